"""A brand's request as a change of the registry's text, for somebody to read and apply.

Nothing is asked of any network here: an account that is added is unverified until
`registry check --live` has found it.
"""

import csv
import io
import json
import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import unified_diff
from pathlib import Path
from typing import Any

from collectors import registry
from jobs import Failed
from model.entries import AccountEntry, BrandEntry, Registry
from store.naming import slugify

LARGEST = 100_000
"""Bytes of a request: the longest list of accounts is a hundredth of that."""

UnreadableRegistry = registry.UnreadableRegistry

BRANDS, ACCOUNTS = "brands.csv", "accounts.csv"
SORTED_BY = {BRANDS: ("slug",), ACCOUNTS: ("brand", "channel", "account")}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a brand asks for: itself, when it is new, and its accounts."""

    brand: BrandEntry  # slug and industry may be "": told by its name
    accounts: tuple[AccountEntry, ...]  # their ``brand`` is not read


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The change, file by file; ``diff`` is what `git apply` takes."""

    folder: Path
    texts: dict[str, str]  # file: as it would be
    diff: str
    slug: str
    new_brand: bool
    accounts: int

    def write(self) -> None:
        """Puts the change into the files, each whole or not at all."""
        for name, text in self.texts.items():
            path = self.folder / name
            with tempfile.NamedTemporaryFile(
                "w", dir=self.folder, delete=False, encoding="utf-8", newline=""
            ) as made:
                made.write(text)
            Path(made.name).chmod(path.stat().st_mode)
            Path(made.name).replace(path)


def read(path: Path) -> Request:
    """A request from a TOML or JSON file. Raises Failed, saying what was expected."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as problem:
        raise Failed(f"{path}: {problem.strerror or 'it cannot be read'}") from None
    if len(content) > LARGEST:
        raise Failed(f"{path}: a request has at most {LARGEST:,} bytes")
    try:
        text = content.decode("utf-8-sig")
        said = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise Failed(f"{path}: expected {kind} in UTF-8 ({problem})") from None
    return request(said, str(path))


def request(said: object, where: str) -> Request:
    """A request as a table: the columns of a brand, and ``accounts``, a list of tables
    with those of an account. Raises Failed."""
    table = _table(said, where)
    accounts = table.pop("accounts", [])
    if not isinstance(accounts, list):
        raise Failed(f"{where}: accounts must be a list, one table an account")
    usual = {"slug": "", "industry": ""}
    brand = usual | _texts(table, BrandEntry, {"name"}, where)
    return Request(
        brand=BrandEntry(**brand),
        accounts=tuple(
            AccountEntry(
                **{"brand": "", "role": "main", "confidence": "medium"}
                | _texts(
                    _table(each, f"{where}: account {number}"),
                    AccountEntry,
                    {"channel", "account"},
                    f"{where}: account {number}",
                )
            )
            for number, each in enumerate(accounts, 1)
        ),
    )


def _table(said: object, where: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise Failed(f"{where}: expected names with values, found something else")
    return dict(said)


def _texts(
    table: Mapping[str, Any], entry: type[Any], needed: set[str], where: str
) -> dict[str, str]:
    """The table as texts, of names that an entry has. Raises Failed."""
    columns = {field.name for field in fields(entry)} - {"brand"}
    if strange := sorted(map(str, table.keys() - columns)):
        known = ", ".join(sorted(columns))
        raise Failed(f"{where}: {strange[0]!r} is none of {known}")
    for name, value in table.items():
        if not isinstance(value, str):
            raise Failed(f"{where}: {name} must be a text, in quotation marks")
        if not value.strip().isprintable():
            raise Failed(f"{where}: {name} is one line of printable characters")
    if missing := sorted(needed - table.keys()):
        raise Failed(f"{where}: {missing[0]} is missing")
    return {name: value.strip() for name, value in table.items()}


def propose(folder: Path, asked: Request) -> Proposal:
    """The change that a request comes to, checked as the registry is.

    Raises UnreadableRegistry when the registry has a problem already, or would have one
    (its ``problems`` name each line), and Failed when nothing would change.
    """
    now = registry.read(folder)
    brand, new = _brand(now, asked.brand)
    accounts = [
        AccountEntry(**_row(each) | {"brand": brand.slug}) for each in asked.accounts
    ]
    added: dict[str, list[Any]] = {BRANDS: [brand] if new else [], ACCOUNTS: accounts}
    before = {name: _text(folder / name) for name in added}
    texts = {
        name: _with(before[name], entries, SORTED_BY[name])
        for name, entries in added.items()
        if entries
    }
    if not texts:
        raise Failed(f"{brand.name} is in the registry already; name its new accounts")
    _check(folder, texts)
    return Proposal(
        folder=folder,
        texts=texts,
        diff="".join(
            _diff(folder, before[name], name, text) for name, text in texts.items()
        ),
        slug=brand.slug,
        new_brand=new,
        accounts=len(accounts),
    )


def _brand(now: Registry, asked: BrandEntry) -> tuple[BrandEntry, bool]:
    """The brand that is meant, and whether it is a new one. Raises Failed."""
    slug = asked.slug or slugify(asked.name)
    for there in now.brands:
        if there.slug == slug or there.name.casefold() == asked.name.casefold():
            for column in ("industry", "country", "website", "wikidata"):
                said = getattr(asked, column)
                if said and said != getattr(there, column):
                    raise Failed(
                        f"{there.name} is in the registry with {column}"
                        f" {getattr(there, column)!r}, not {said!r}; accounts are added"
                        " here, a line that is there is changed by hand"
                    )
            return there, False
    if not asked.industry:
        names = ", ".join(each.slug for each in now.industries)
        raise Failed(f"a new brand needs an industry; there are {names}")
    return BrandEntry(**_row(asked) | {"slug": slug}), True


def _row(entry: Any) -> dict[str, str]:
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _with(text: str, entries: Iterable[Any], key: Sequence[str]) -> str:
    """The file with these lines where they belong; every other line as it was."""
    lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")]
    columns = next(csv.reader(lines[:1]))
    for entry in entries:
        row = [getattr(entry, name) for name in columns]
        mine = tuple(getattr(entry, name) for name in key)
        at = next(
            (
                n
                for n, line in enumerate(lines[1:], 1)
                if _key(line, columns, key) > mine
            ),
            len(lines),
        )
        lines.insert(at, _line(row))
    return "".join(lines)


def _key(line: str, columns: Sequence[str], key: Sequence[str]) -> tuple[str, ...]:
    said = dict(zip(columns, next(csv.reader([line])), strict=True))
    return tuple(said[name] for name in key)


def _line(row: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def _check(folder: Path, texts: Mapping[str, str]) -> None:
    """Raises UnreadableRegistry with what the registry's check would say."""
    with tempfile.TemporaryDirectory() as made:
        for path in folder.glob("*.csv"):
            content = texts.get(path.name)
            copy = Path(made) / path.name
            copy.write_bytes(
                path.read_bytes() if content is None else content.encode("utf-8")
            )
        _, problems = registry.examine(Path(made))
    if problems:
        said = [
            each.replace(f"{made}{os.sep}", f"{folder}{os.sep}") for each in problems
        ]
        raise UnreadableRegistry(said)


def _diff(folder: Path, before: str, name: str, after: str) -> str:
    path = f"{folder.name}/{name}"
    return "".join(
        unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"a/{path}",
            f"b/{path}",
        )
    )
