"""What a bundle claims of its edition, read from its JSON and held to its own files."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jobs import Failed
from jobs.bundle.described import DAYS, EPOCH, MOMENTS, NESTED, method_said
from jobs.bundle.reading import MOST, read_json
from jobs.publishing import LONGEST_DAYS, NAME
from model import DAY, Edition
from model.bundle import DOCUMENTS, FORMAT, NOT_COUNTED, PACKAGE, TABLES
from model.words import Cut, Family
from scoring.book import Period
from scoring.method import METHOD

DIGEST = re.compile(r"[0-9a-f]{64}")
LATEST = 7_258_118_400
"""2200-01-01, in seconds since 1970."""

TYPES: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "method": (str,),
    "code": (str,),
    "provisional": (bool,),
    "sample": (bool,),
    "inquiries": (int,),
    "messages": (int,),
    "brands": (int,),
    "coverage": (float, int, type(None)),
    "cuts": (dict,),
    "left_out": (dict,),
    "input_digest": (str,),
    "result_digest": (str,),
    "previous": (str,),
    "digest": (str,),
    "licence": (str,),
    "corrects": (str,),
    **dict.fromkeys((*DAYS, *MOMENTS), (str,)),
}


@dataclass(frozen=True)
class Claims:
    """``said``: the fields of an edition, days and moments as whole numbers."""

    said: dict[str, Any]

    @property
    def period(self) -> Period:
        return Period(self.said["day_from"], self.said["day_to"], self.said["as_of"])


def claims(folder: Path) -> Claims:
    """edition.json, checked. Raises Failed, also for a method this code has not."""
    raw = read_json(folder / "edition.json")
    if raw.pop("bundle", None) != FORMAT:
        raise Failed(
            f"edition.json: expected bundle {FORMAT}, the layout this code knows; use"
            " the version of the code that wrote it"
        )
    if raw.keys() != TYPES.keys():
        odd = ", ".join(sorted(raw.keys() ^ TYPES.keys()))[:200]
        raise Failed(
            f"edition.json: expected the fields {', '.join(TYPES)}; not so: {odd}"
        )
    said = {name: _field(name, raw[name]) for name in TYPES}
    _check(said)
    return Claims(said)


def _field(name: str, value: Any) -> Any:
    right = isinstance(value, TYPES[name]) and not (
        isinstance(value, bool) and bool not in TYPES[name]
    )
    if right and int in TYPES[name] and value is not None:
        right = 0 <= value <= MOST
    if right and name in DAYS:
        return _day(name, value)
    if right and name in MOMENTS:
        return _moment(name, value)
    if not right:
        wanted = " or ".join(kind.__name__ for kind in TYPES[name])
        raise Failed(
            f"edition.json, {name}: expected a {wanted}, found {str(value)[:80]!r}"
        )
    return value


def _day(name: str, value: str) -> int:
    try:
        return (date.fromisoformat(value) - EPOCH).days
    except ValueError:
        raise Failed(
            f"edition.json, {name}: expected a day such as 2026-07-01, found"
            f" {value[:80]!r}"
        ) from None


def _moment(name: str, value: str) -> int:
    try:
        moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        seconds = -1
    if not 0 <= seconds <= LATEST:
        raise Failed(
            f"edition.json, {name}: expected a time such as 2026-07-01T00:00:00Z, found"
            f" {value[:80]!r}"
        )
    return seconds


def _check(said: dict[str, Any]) -> None:
    if said["method"] != METHOD.version:
        raise Failed(
            f"this bundle was made under method {said['method'][:40]!r} by code"
            f" {said['code'][:40]!r}, and this code knows method {METHOD.version!r};"
            " nothing was compared: verify it with the version that made it"
        )
    if not NAME.fullmatch(said["name"]):
        raise Failed(f"edition.json: {said['name'][:80]!r} cannot name an edition")
    _check_period(said)
    for name in ("input_digest", "result_digest", "digest", "previous"):
        if not DIGEST.fullmatch(said[name]) and (name, said[name]) != ("previous", ""):
            raise Failed(f"edition.json, {name}: expected 64 hexadecimal digits")
    _check_counts(said)


def _check_period(said: dict[str, Any]) -> None:
    length = said["day_to"] - said["day_from"]
    if not (said["day_from"] >= 0 and 0 < length <= LONGEST_DAYS):
        raise Failed("edition.json: the period is empty, or too long, or before 1970")
    if said["day_to"] * DAY > LATEST:
        raise Failed("edition.json: the period lies after the year 2200")


def _check_counts(said: dict[str, Any]) -> None:
    cuts = said["cuts"]
    known = all(type(cut) is str and cut in list(Cut) for cut in cuts.values())
    if not (known and cuts.keys() <= set(Family)):
        raise Failed("edition.json, cuts: expected families and their cuts")
    counts = said["left_out"]
    whole = all(type(n) is int and 0 <= n <= MOST for n in counts.values())
    if counts.keys() != set(NOT_COUNTED) or not whole:
        raise Failed(
            "edition.json, left_out: expected a number of messages for each of"
            f" {', '.join(NOT_COUNTED)}"
        )


def edition_of(claimed: Claims) -> Edition:
    """The edition as its bundle claims it."""
    nested = {name: json.dumps(claimed.said[name], sort_keys=True) for name in NESTED}
    return Edition(**(claimed.said | nested))


def altered_files(folder: Path) -> list[str]:
    """Files that are not the ones datapackage.json describes. Raises Failed."""
    package = read_json(folder / PACKAGE)
    listed: dict[str, Any] = {}
    for group in ("resources", "documents"):
        for entry in _list(package.get(group)):
            if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                listed[entry["path"]] = entry.get("hash")
    wanted = {*DOCUMENTS, *(table.file for table in TABLES)}
    if listed.keys() != wanted:
        raise Failed(
            f"{PACKAGE}: expected to find {', '.join(sorted(wanted))} described, each"
            " with its path and hash"
        )
    return [name for name in sorted(wanted) if listed[name] != _hash(folder / name)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def method_differs(folder: Path) -> list[tuple[str, Any, Any]]:
    """Choices of method.json that are not the code's: name, theirs, the code's."""
    theirs, ours = read_json(folder / "method.json"), method_said()
    if theirs.keys() != ours.keys() or not isinstance(theirs["choices"], dict):
        raise Failed(f"method.json: expected {', '.join(ours)}")
    pairs = [(name, theirs[name], ours[name]) for name in ("version", "limits")]
    names = [*ours["choices"], *(theirs["choices"].keys() - ours["choices"].keys())]
    pairs += [
        (name, theirs["choices"].get(name), ours["choices"].get(name)) for name in names
    ]
    return [(name, was, now) for name, was, now in pairs if was != now]
