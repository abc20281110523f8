"""The registry: plain text files of industries, brands and their accounts.

Three CSV files in one folder, one line each, sorted, so that a proposed change is a
few changed lines. Reading finds every problem, not only the first, and says each as a
sentence with file and line, for whoever proposed the change.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

from collectors.base import CollectorError
from model.entries import (
    AccountEntry,
    BrandEntry,
    IndustryEntry,
    Registry,
    StaffEntry,
)
from model.words import CHANNEL_FAMILY

UNCLASSIFIED = "unclassified"
"""The industry of brands that nobody has placed yet. The registry must have it."""

_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
_NAME = (r"\S(?:.*\S)?", "the company's name exactly as the source writes it")
_HANDLE = (r"\w{1,15}", "a handle without @, up to 15 letters, digits or _")
ACCOUNTS: dict[str, tuple[str, str]] = {
    "bluesky": (_HOST, "a Bluesky handle such as brand.example, in lower case"),
    "mastodon": (rf"[\w.-]+@{_HOST}", "user@instance"),
    "github": (r"[A-Za-z0-9-]+/[\w.-]+", "owner/repository"),
    "discourse": (
        rf"https?://{_HOST}(?:/[\w./-]*\w)?",
        "the forum's address, with https:// and no slash at its end",
    ),
    "stackexchange": (r"[a-z0-9.]+\|[a-z0-9.+#-]+", "site|tag"),
    "google_play": (r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+", "a package such as org.example"),
    "app_store": (r"[1-9]\d{4,11}", "the app's number in the App Store"),
    "x": _HANDLE,
    "youtube": (r"[\w.·-]{3,30}", "a channel's handle without @"),
    "reddit": (r"r/\w{2,21}|u/[\w-]{3,20}", "r/subreddit or u/user"),
    "twcs": _HANDLE,
    "trustpilot": (_HOST, "the domain under which it is reviewed"),
    "consumidor": _NAME,
    "cfpb": _NAME,
}
"""How an account is written on each channel: the pattern, and the pattern in words."""

STAFF: dict[str, tuple[str, str]] = {
    "stackexchange": (r"[1-9]\d{0,9}", "a user's number on that site"),
}
"""The channels whose users answer for a brand without a mark of it, and how such a user
is written: by a number, for the registry holds no names of private persons."""

_ISO_3166 = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM
    BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX
    CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG
    GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV
    LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE
    NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
    RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF
    WS YE YT ZA ZM ZW EU"""
COUNTRIES = frozenset(_ISO_3166.split())
"""ISO 3166-1 alpha-2, and EU."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WIKIDATA = re.compile(r"Q[1-9]\d*")
_WEBSITE = re.compile(rf"https?://{_HOST}(?:/\S*)?")
_ROLES = ("main", "support")
_CONFIDENCES = ("high", "medium", "low")
_LONGEST = 300


class UnreadableRegistry(CollectorError):
    """The registry has problems. ``problems`` names every one, with file and line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        rest = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{rest}")


@dataclass(frozen=True)
class _Line:
    """One line of a file: where it stands, and what it says."""

    file: str
    number: int
    says: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.says[column]

    def problem(self, sentence: str) -> str:
        return f"{self.file}:{self.number}: {sentence}"


def read(folder: Path) -> Registry:
    """The registry in a folder. Raises UnreadableRegistry with all of its problems."""
    registry, problems = examine(folder)
    if problems:
        raise UnreadableRegistry(problems)
    return registry


def examine(folder: Path) -> tuple[Registry, list[str]]:
    """The registry as far as it can be read, and every problem, file by file."""
    problems: list[str] = []
    industries = _lines(folder, "industries.csv", IndustryEntry, problems)
    brands = _lines(folder, "brands.csv", BrandEntry, problems)
    accounts = _lines(folder, "accounts.csv", AccountEntry, problems)
    staff = []
    if (folder / "staff.csv").exists():
        staff = _lines(folder, "staff.csv", StaffEntry, problems)
    registry = Registry(
        industries=tuple(IndustryEntry(**line.says) for line in industries),
        brands=tuple(BrandEntry(**line.says) for line in brands),
        accounts=tuple(AccountEntry(**line.says) for line in accounts),
        staff=tuple(StaffEntry(**line.says) for line in staff),
    )
    problems += _of_industries(industries)
    problems += _of_brands(brands, {line["slug"] for line in industries})
    problems += _of_accounts(accounts, {line["slug"] for line in brands})
    problems += _of_staff(
        staff, {(line["channel"], line["account"].lower()) for line in accounts}
    )
    return registry, problems


def _lines(
    folder: Path, name: str, entry: type[Any], problems: list[str]
) -> list[_Line]:
    """The lines of one file that have the right columns."""
    path = folder / name
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        problems.append(f"{path}: {problem.strerror or 'it cannot be read'}")
        return []
    except UnicodeDecodeError:
        problems.append(f"{path}: the file must be in UTF-8")
        return []
    columns = [field.name for field in fields(entry)]
    return list(_rows(str(path), text, columns, problems))


def _rows(
    path: str, text: str, columns: list[str], problems: list[str]
) -> Iterator[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    while True:
        try:
            row = next(reader, None)
        except csv.Error as problem:
            problems.append(f"{path}:{reader.line_num}: broken quoting: {problem}")
            return
        if row is None:
            break
        at = f"{path}:{reader.line_num}"
        if header is None:
            header = row
            if sorted(row) != sorted(columns):
                problems.append(f"{at}: the header must be {','.join(columns)}")
                return
        elif len(row) != len(header):
            problems.append(f"{at}: {len(header)} fields belong here, not {len(row)}")
        else:
            says = dict(zip(header, row, strict=True))
            yield _Line(path, reader.line_num, says)
    if header is None:
        problems.append(f"{path}: the file is empty")


def _of_industries(lines: list[_Line]) -> Iterator[str]:
    yield from _texts(lines)
    yield from _unsorted(lines, "slug")
    yield from _repeated(lines, "slug")
    yield from _repeated(lines, "name")
    for line in lines:
        yield from _misspelt(line, "slug", _SLUG)
        yield from _missing(line, "name")
        if line["nace"] not in (*"ABCDEFGHIJKLMNOPQRSTU", ""):
            yield line.problem(f"nace is a letter from A to U, not {line['nace']!r}")
    if lines and UNCLASSIFIED not in {line["slug"] for line in lines}:
        yield f"{lines[0].file}: the industry {UNCLASSIFIED!r} must be there"


def _of_brands(lines: list[_Line], industries: set[str]) -> Iterator[str]:
    yield from _texts(lines)
    yield from _unsorted(lines, "slug")
    for column in ("slug", "name", "wikidata"):
        yield from _repeated(lines, column)
    for line in lines:
        yield from _misspelt(line, "slug", _SLUG)
        yield from _missing(line, "name")
        if line["industry"] not in industries:
            yield line.problem(f"there is no industry {line['industry']!r}")
        if line["country"] not in COUNTRIES | {""}:
            yield line.problem(
                f"country is two letters of ISO 3166 or EU, not {line['country']!r}"
            )
        for column, pattern in (("wikidata", _WIKIDATA), ("website", _WEBSITE)):
            if line[column]:
                yield from _misspelt(line, column, pattern)


def _of_accounts(lines: list[_Line], brands: set[str]) -> Iterator[str]:
    yield from _texts(lines)
    yield from _unsorted(lines, "brand", "channel", "account")
    yield from _repeated(lines, "channel", "account")
    for line in lines:
        if line["brand"] not in brands:
            yield line.problem(f"there is no brand {line['brand']!r}")
        yield from _of_account(line)
        for column, words in (("role", _ROLES), ("confidence", _CONFIDENCES)):
            if line[column] not in words:
                yield line.problem(f"{column} is {' or '.join(words)}")
        yield from _missing(line, "evidence")


def _of_account(line: _Line) -> Iterator[str]:
    channel, account = line["channel"], line["account"]
    if channel not in CHANNEL_FAMILY:
        yield line.problem(f"there is no channel {channel!r}")
        return
    pattern, words = ACCOUNTS.get(channel, _NAME)
    if not re.fullmatch(pattern, account, re.ASCII):
        yield line.problem(f"an account on {channel} is {words}, not {account!r}")


def _of_staff(lines: list[_Line], accounts: set[tuple[str, str]]) -> Iterator[str]:
    yield from _texts(lines)
    yield from _unsorted(lines, "channel", "account", "user")
    yield from _repeated(lines, "channel", "account", "user")
    for line in lines:
        channel = line["channel"]
        if channel not in STAFF:
            yield line.problem(
                f"staff is listed only of {', '.join(STAFF)}, not of {channel!r}"
            )
            continue
        if (channel, line["account"].lower()) not in accounts:
            yield line.problem(f"{line['account']!r} is not in accounts.csv")
        pattern, words = STAFF[channel]
        if not re.fullmatch(pattern, line["user"], re.ASCII):
            yield line.problem(f"user is {words}, not {line['user']!r}")
        if not _WEBSITE.fullmatch(line["evidence"]):
            yield line.problem(
                "evidence is the address where the brand itself names this user"
            )


def _texts(lines: list[_Line]) -> Iterator[str]:
    for line in lines:
        for column, value in line.says.items():
            if not value.isprintable() or len(value) > _LONGEST:
                yield line.problem(
                    f"{column} is one line of up to {_LONGEST} printable characters"
                )
            elif value != value.strip():
                yield line.problem(f"{column} has a space at its start or end")


def _missing(line: _Line, column: str) -> Iterator[str]:
    if not line[column]:
        yield line.problem(f"{column} is missing")


def _misspelt(line: _Line, column: str, pattern: re.Pattern[str]) -> Iterator[str]:
    if not pattern.fullmatch(line[column]):
        yield line.problem(f"{column} is not well formed: {line[column]!r}")


def _key(line: _Line, columns: tuple[str, ...], text: Callable[[str], str]) -> Any:
    return tuple(text(line[column]) for column in columns)


def _unsorted(lines: list[_Line], *columns: str) -> Iterator[str]:
    key = partial(_key, columns=columns, text=str)
    for before, line in zip(lines, lines[1:], strict=False):
        if key(line) < key(before):
            yield line.problem(f"out of order: sort the lines by {', '.join(columns)}")


def _repeated(lines: list[_Line], *columns: str) -> Iterator[str]:
    """Compared without regard to case; an empty text repeats nothing."""
    first: dict[Any, _Line] = {}
    for line in lines:
        key = _key(line, columns, str.casefold)
        if key in first and key[-1]:
            yield line.problem(
                f"{' and '.join(columns)} {', '.join(key)!r} is in line"
                f" {first[key].number} already"
            )
        first.setdefault(key, line)
