"""The parameters of each operation: declared once, read and described from that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from model.words import FAMILIES, Status
from web.api.problems import BadQuery, Wrong
from web.errors import printable
from web.query import MOST_PAIRS

MOST = 500
USUAL = 100
LONGEST = 200
SLUG = r"^[^/.]+$"
"""No point, which begins an extension in the addresses of pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a query: its words, or the numbers it lies between."""

    name: str
    says: str
    words: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    usual: int | str | None = None
    pattern: str = ""
    needed: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        said: dict[str, Any] = {"type": "integer" if self.number else "string"}
        if self.number:
            said |= {"minimum": self.least, "maximum": self.most}
        elif self.words:
            said["enum"] = list(self.words)
        else:
            said |= {"minLength": 1, "maxLength": LONGEST}
        if self.pattern:
            said["pattern"] = self.pattern
        if self.usual is not None:
            said["default"] = self.usual
        return said

    @property
    def number(self) -> bool:
        return self.least is not None

    def read(self, value: str) -> int | str:
        """Raises ValueError with a sentence."""
        if self.number:
            return self._number(value)
        if self.words and value not in self.words:
            raise ValueError(f"{self.name} must be one of: {', '.join(self.words)}")
        if not 0 < len(value) <= LONGEST:
            raise ValueError(f"{self.name} must have 1 to {LONGEST} characters")
        if self.pattern and not re.search(self.pattern, value):
            raise ValueError(f"{self.name} must be as {self.pattern} says")
        return value

    def _number(self, value: str) -> int:
        assert self.least is not None
        assert self.most is not None
        plain = value.isascii() and value.isdigit() and len(value) <= 6
        if not plain or not self.least <= int(value) <= self.most:
            raise ValueError(
                f"{self.name} must be a whole number from {self.least} to {self.most}"
            )
        return int(value)


EDITION = Parameter(
    name="edition", says="name of an edition; without it, the current one"
)
FAMILY = Parameter(
    name="family",
    says="only this family of channels; families have clocks of their own",
    words=tuple(FAMILIES),
)
INDUSTRY = Parameter(name="industry", says="only this industry, by its slug")
STATUS = Parameter(
    name="status",
    says="only lines of this status; the unranked are listed too, unless left out",
    words=tuple(status.value for status in Status),
)
LIMIT = Parameter(
    name="limit", says="how many at most", least=1, most=MOST, usual=USUAL
)
CURSOR = Parameter(
    name="cursor",
    says="where the page before this one ended; take it from next, make none",
    pattern=r"^[A-Za-z0-9_-]{1,200}$",
)
TEXT = Parameter(name="q", says="a name, or a part of it", needed=True)
TOPIC = Parameter(
    name="topic", says="only this topic, as `topic` of each detail names it"
)

Asked = Mapping[str, Any]
"""Values by name; what was not said is None, or what is usual."""


def read(raw: str, allowed: tuple[Parameter, ...]) -> dict[str, Any]:
    """The parameters of a query string. Raises BadQuery, naming every one that is
    wrong: unknown, said twice, missing or without meaning."""
    known = {each.name: each for each in allowed}
    found: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name, value in _pairs(raw):
        if name not in known:
            words = ", ".join(known) or "none"
            shown = printable(name)[:40]
            wrong.append(Wrong(shown, f"{shown!r} is unknown; there are: {words}"))
        elif name in found:
            wrong.append(Wrong(name, f"{name} is said more than once"))
        else:
            found[name] = _value(known[name], value, wrong)
    wrong += [
        Wrong(each.name, f"{each.name} is needed")
        for each in allowed
        if each.needed and each.name not in found
    ]
    if wrong:
        raise BadQuery(wrong)
    return {each.name: found.get(each.name, each.usual) for each in allowed}


def _pairs(raw: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            raw, keep_blank_values=True, max_num_fields=MOST_PAIRS, errors="replace"
        )
    except ValueError:
        raise BadQuery(
            [Wrong("", f"more than {MOST_PAIRS} parameters; no operation has so many")]
        ) from None


def _value(parameter: Parameter, value: str, wrong: list[Wrong]) -> Any:
    try:
        return parameter.read(value)
    except ValueError as problem:
        wrong.append(Wrong(parameter.name, str(problem)))
        return None
