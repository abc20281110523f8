"""The protocol of a field audit, in TOML or JSON, read strictly.

Everything in it is printed on a public page, so what it may hold is narrow: known
fields, plain text, no handle and no e-mail address. Every problem is named at once.

History
-------
2026-11-22: first version.
"""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from collectors import times
from collectors.base import UnreadableFile
from collectors.files import as_utf8, read_bytes
from model.audits import MOST_MESSAGES, UNFORESEEN, Arm, Protocol

LARGEST = 1 << 18
"""Bytes. A protocol is a page or two."""
LONGEST = 2_000
MOST_UNKNOWN = 5
"""Fields nobody knows that are named; more say nothing new."""
MOST_EXCLUSIONS = 20
LONGEST_HORIZON = 90 * 24

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WORD = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[^\s@]*)?")
_INJECTED = "=+-@"
"""What a spreadsheet would take a text that begins with it for: a formula."""


class _Wrong(Exception):
    """A field does not hold what it should. The message says what it should."""


def read_protocol(path: Path) -> Protocol:
    """Raises UnreadableFile, which names every field that is wrong."""
    found = _fields(path)
    known = {each.name for each in fields(Protocol)}
    problems = [
        f"no field {name[:40]!r}, which a protocol does not have"
        for name in sorted(found.keys() - known)[:MOST_UNKNOWN]
    ]
    values: dict[str, Any] = {}
    for each in fields(Protocol):
        needed = each.default is MISSING and each.default_factory is MISSING
        if each.name not in found:
            problems += [f"a field {each.name!r}"] if needed else []
            continue
        try:
            values[each.name] = READ[each.name](found[each.name])
        except _Wrong as problem:
            problems.append(f"{each.name!r} to be {problem}")
    if problems:
        raise UnreadableFile(path, "; ".join(problems) + " (see docs/audits.md)")
    return Protocol(**values)


def _fields(path: Path) -> dict[str, Any]:
    """The file's fields. The content says whether it is JSON, not the name."""
    if path.is_file() and path.stat().st_size > LARGEST:
        raise UnreadableFile(path, f"a protocol, of at most {LARGEST} bytes")
    text, notes = as_utf8(path, read_bytes(path))
    if notes:
        raise UnreadableFile(path, "a protocol in UTF-8")
    is_json = text.lstrip().startswith(b"{")
    try:
        found = (
            json.loads(text, object_pairs_hook=_once)
            if is_json
            else tomllib.loads(text.decode())
        )
    except (ValueError, RecursionError) as problem:
        said = " ".join(str(problem).split())[:200]
        kind = "JSON" if is_json else "TOML"
        raise UnreadableFile(path, f"a protocol in {kind}: {said}") from problem
    assert isinstance(found, dict)  # what begins with { is an object
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field is there twice")
    return found


def _slug(value: object) -> str:
    if isinstance(value, str) and len(value) <= 64 and _SLUG.fullmatch(value):
        return value
    raise _Wrong("small letters, digits and single hyphens, at most 64")


def _text(value: object) -> str:
    """One line of text that names nobody."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > LONGEST or not text.isprintable():
        raise _Wrong(f"a text of 1 to {LONGEST} characters without control characters")
    if "@" in text:
        raise _Wrong("without handles and e-mail addresses: no '@'")
    if text[0] in _INJECTED:
        raise _Wrong("a text that begins with a letter or a digit")
    return text


def _url(value: object) -> str:
    if (
        isinstance(value, str)
        and len(value) <= LONGEST
        and value.isprintable()
        and _URL.fullmatch(value)
    ):
        return value
    raise _Wrong("an address that begins with https:// and holds no '@'")


def _number(most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if type(value) is int and 1 <= value <= most:
            return value
        raise _Wrong(f"a whole number from 1 to {most}")

    return read


def arm_word(text: str) -> str:
    """An arm as people write it: "Plain mention" is ``mention``."""
    word = re.sub(r"[\s_-]+", " ", text.strip().lower())
    return word.removeprefix("plain ")


def _arms(value: object) -> tuple[Arm, ...]:
    listed = value if isinstance(value, list) else []
    words = [arm_word(each) for each in listed if isinstance(each, str)]
    known = [Arm(word) for word in words if word in set(Arm)]
    if not known or len(known) != len(listed) or len(set(known)) != len(known):
        raise _Wrong(f"a list of {', '.join(Arm)}, each at most once")
    return tuple(known)


def _exclusions(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_EXCLUSIONS:
        raise _Wrong(f"a table of at most {MOST_EXCLUSIONS} words and reasons")
    for word in value:
        if len(word) > 40 or not _WORD.fullmatch(word) or word == UNFORESEEN:
            raise _Wrong(
                "a table whose words are small letters, digits, - and _, at most 40,"
                f" and not {UNFORESEEN!r}"
            )
    return {word: _text(why) for word, why in value.items()}


def _time(value: object) -> int:
    said = value.isoformat() if isinstance(value, date | datetime) else value
    at, _ = times.seconds(pl.Series([said if isinstance(said, str) else ""]))
    found = at[0]
    if found is None:
        raise _Wrong("a time with its zone, such as 2026-07-01T00:00:00Z")
    return int(found)


READ: dict[str, Callable[[object], object]] = {
    "id": _slug,
    "title": _text,
    "question": _text,
    "organisation": _text,
    "arms": _arms,
    "planned_messages": _number(MOST_MESSAGES),
    "sampling": _text,
    "horizon_hours": _number(LONGEST_HORIZON),
    "registered_at": _time,
    "registered_url": _url,
    "planned_brands": _number(MOST_MESSAGES),
    "analysis": _text,
    "replaces": _slug,
    "exclusions": _exclusions,
}
"""How each field is read. A test holds it to the fields of ``Protocol``."""
