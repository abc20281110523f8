"""Columns of all inquiries kept in files, so that publishing reads what is new.

Reading millions of rows out of a database takes longer than counting them, and most are
as they were when they were last read. So what ``packed`` reads is kept beside the
database, a file for every SPAN ids, and brought up to date before it is used: rows with
new ids are added, rows that were changed or deleted (table ``touched``) are read again
and stand in a small file beside the other, until they are many (``segments``).

It is a cache, and never believed without reason. The database holds a random token that
names the one list of files that goes with it: written anew with every change of the
files, in the transaction that forgets what was touched before. A database that was put
back to an older state holds an older token, whose list is gone. Each file has its
length and checksum in the list, the list its own, and the rows of all files are as many
as those of the table. Whatever does not agree is made anew from the database.
"""

import json
import logging
import secrets
import zlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import text

from store import packed
from store.database import Database
from store.packed import Chunk, Numbers, chunk, ends, fetch
from store.segments import ALL, Damaged, Files, Note, Noted, Segment

log = logging.getLogger(__name__)

FORMAT = 2
"""Of the files; one of another is none."""

SPAN = packed.SPAN
THREADS = 2

SOME = 2**12
"""Changed rows of a file that stand beside it; of more it is made anew."""


@dataclass(frozen=True)
class Listing:
    """The list of files. ``last``: ids up to here are in them, or are no more."""

    segments: Mapping[int, Segment] = field(default_factory=dict)
    last: int = 0
    schema: str = ""

    @property
    def rows(self) -> int:
        return sum(segment.count for segment in self.segments.values())


@dataclass(frozen=True)
class Known:
    """What a database says of itself, in the snapshot that is read."""

    token: str
    schema: str
    touched: Numbers  # ids of inquiries
    noted: int  # the last note that was seen of any
    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Renewed:
    """Columns as they are now, and what to tell the database of them."""

    chunks: list[Chunk]
    listing: Listing
    before: Known
    changed: bool


def wanted(database: Database) -> Path | None:
    """The folder of a database's columns, made, and the database told to note from now
    on what is touched. None: it has no place for them."""
    folder = database.columns
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        log.warning("columns cannot be kept folder=%s problem=%s", folder, problem)
        return None
    with database.reading() as session:
        there = session.connection().scalar(text("SELECT count(*) FROM kept"))
    if not there:
        with database.writing() as session:
            session.connection().execute(
                text(
                    "INSERT INTO kept (id, token) VALUES (1, '')"
                    " ON CONFLICT (id) DO NOTHING"
                )
            )
    return folder


def renewed(
    connections: Sequence[Any], folder: Path, start: int, end: int
) -> Renewed | None:
    """The columns of inquiries asked from ``start`` to ``end`` (excluded), brought up
    to date; ``connections`` see one snapshot. None: files cannot be written there."""
    before = _known(connections[0])
    try:
        for listing in (_listed(folder, before), Listing()):
            try:
                files = Files(folder, SPAN)
                made = _renewed(connections, files, listing, before)
                if listing.segments and made.rows != before.count:
                    raise Damaged("rows were changed without a note")
                chunks = _mapped(files, made, start, end)
            except Damaged as problem:
                log.warning("columns are read anew folder=%s why=%s", folder, problem)
                continue
            return Renewed(chunks, made, before, changed=made != listing)
    except OSError as problem:
        log.warning("columns cannot be kept folder=%s problem=%s", folder, problem)
    return None


def save(database: Database, folder: Path, made: Renewed) -> None:
    """Makes the new files the good ones, unless somebody else was quicker."""
    if not made.changed:
        return
    token = secrets.token_hex(16)
    try:
        _write_list(folder / f"{token}.json", made.listing)
    except OSError as problem:
        log.warning("columns cannot be kept folder=%s problem=%s", folder, problem)
        return
    with database.writing() as session:
        connection = session.connection()
        won = connection.execute(
            text("UPDATE kept SET token = :new WHERE token = :old"),
            {"new": token, "old": made.before.token},
        ).rowcount
        if won:
            connection.execute(
                text("DELETE FROM touched WHERE id <= :noted"),
                {"noted": made.before.noted},
            )
    good = {file for each in made.listing.segments.values() for file in each.files}
    good.add(f"{token}.json")
    if won:
        _remove(file for file in folder.iterdir() if file.name not in good)
    else:
        _remove([folder / f"{token}.json"])


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink()


def _known(connection: Any) -> Known:
    ((token, schema),) = fetch(
        connection,
        "SELECT token, version_num FROM kept CROSS JOIN alembic_version",
        {"token": pl.String(), "version_num": pl.String()},
    ).rows()
    notes = fetch(
        connection,
        "SELECT id, inquiry_id FROM touched",
        {"id": pl.Int64(), "inquiry_id": pl.Int64()},
    )
    low, high = ends(connection)
    (count,) = fetch(
        connection, "SELECT count(*) AS n FROM inquiry", {"n": pl.Int64()}
    )["n"]
    touched = np.unique(notes["inquiry_id"].to_numpy())
    noted = int(notes["id"].to_numpy().max(initial=0))
    return Known(token, schema, touched, noted, low, high, count)


def _listed(folder: Path, known: Known) -> Listing:
    """The list that the database's token names; an empty one where there is none."""
    path = folder / f"{known.token}.json"
    if not known.token or not path.is_file():
        return Listing()
    try:
        said = json.loads(path.read_bytes())
        body = said["body"]
        if said["check"] != _check(body) or body["format"] != FORMAT:
            return Listing()
        found = Listing(
            {int(n): _segment(**each) for n, each in body["segments"].items()},
            body["last"],
            body["schema"],
        )
    except (ValueError, LookupError, TypeError):
        return Listing()
    return found if found.schema == known.schema else Listing()


def _segment(note: dict[str, Any] | None, **said: Any) -> Segment:
    return Segment(**said, note=None if note is None else Note(**note))


def _write_list(path: Path, listing: Listing) -> None:
    body = {
        "format": FORMAT,
        "segments": {str(n): asdict(each) for n, each in listing.segments.items()},
        "last": listing.last,
        "schema": listing.schema,
    }
    path.write_text(json.dumps({"body": body, "check": _check(body)}))


def _check(body: object) -> int:
    return zlib.crc32(json.dumps(body, sort_keys=True).encode())


def _renewed(
    connections: Sequence[Any], files: Files, listing: Listing, known: Known
) -> Listing:
    """The list brought up to date, the files it newly names written."""
    due = _due(listing, known)
    shares = [due[at :: len(connections)] for at in range(len(connections))]

    def work(connection: Any, numbers: Sequence[int]) -> dict[int, Segment | None]:
        return {n: _one(connection, files, listing, known, n) for n in numbers}

    segments = dict(listing.segments)
    with ThreadPoolExecutor(len(connections)) as pool:
        for some in pool.map(work, connections, shares):
            for number, made in some.items():
                segments.pop(number, None)
                if made is not None:
                    segments[number] = made
    return Listing(dict(sorted(segments.items())), known.high, known.schema)


def _due(listing: Listing, known: Known) -> list[int]:
    """Numbers of the files in which something is not as it was."""
    touched = known.touched[known.touched <= listing.last] // SPAN
    first = max(known.low, listing.last + 1)
    new = range(first // SPAN, known.high // SPAN + 1) if first <= known.high else ()
    return sorted({*touched.tolist(), *new})


def _one(
    connection: Any, files: Files, listing: Listing, known: Known, number: int
) -> Segment | None:
    """A segment as it is now, what is new of it written; None: it has no rows."""
    first = number * SPAN
    end = max(first, min(first + SPAN, known.high + 1))
    old = listing.segments.get(number)
    old_end = min(first + SPAN, listing.last + 1)
    touched = known.touched[(known.touched >= first) & (known.touched < old_end)]
    if old is None or len(touched) > SOME:
        return files.write(number, chunk(connection, first, end, ALL))
    noted = files.read_note(number, old.note)
    ids = np.union1d(noted.ids, touched)
    if len(ids) > SOME:
        return files.write(number, chunk(connection, first, end, ALL))
    if len(touched):
        again = _read_again(connection, files, number, noted.rows, touched)
        noted = Noted(ids, again)
    new = max(first, listing.last + 1)
    base = files.read(number, old)
    stays = files.outside(number, base, ids)
    if new < end or _erased(base.only(np.flatnonzero(~stays)), noted.rows):
        added = [chunk(connection, new, end, ALL, first)] if new < end else []
        parts = [base.only(np.flatnonzero(stays)), noted.rows, *added]
        return files.write(number, packed.stacked(parts))
    superseded = len(stays) - int(np.count_nonzero(stays))
    moments = [*noted.rows.asked.tolist(), old.asked_from, old.asked_to]
    return replace(
        old,
        asked_from=min(moments),
        asked_to=max(moments),
        note=files.write_note(number, noted, superseded),
    )


def _erased(before: Chunk, now: Chunk) -> bool:
    """Whether a row went, or its author: what is to be forgotten is in no file."""
    row = np.full(SPAN, -1)
    row[now.place] = np.arange(len(now.codes))
    at = row[before.place]
    return bool((at < 0).any() or (now.author[at] != before.author).any())


def _read_again(
    connection: Any, files: Files, number: int, rows: Chunk, touched: Numbers
) -> Chunk:
    """The rows of a note with what these ids have now."""
    ids = f"AND id IN ({', '.join(map(str, touched.tolist()))})"
    within = (int(touched[0]), int(touched[-1]) + 1)
    now = chunk(connection, *within, ALL._replace(ids=ids), number * SPAN)
    stays = np.flatnonzero(files.outside(number, rows, touched))
    return packed.stacked([rows.only(stays), now])


def _mapped(files: Files, listing: Listing, start: int, end: int) -> list[Chunk]:
    """What was asked from ``start`` to ``end`` (excluded). Raises Damaged."""

    def one(item: tuple[int, Segment]) -> list[Chunk]:
        now = files.now(*item)
        if start <= item[1].asked_from and item[1].asked_to < end:
            return now
        return [
            rows.only(np.flatnonzero((rows.asked >= start) & (rows.asked < end)))
            for rows in now
        ]

    mine = [
        (number, segment)
        for number, segment in listing.segments.items()
        if segment.asked_from < end and segment.asked_to >= start
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        return [rows for some in pool.map(one, mine) for rows in some]
