"""Columns of all inquiries kept in files, so that publishing reads what is new.

Reading millions of rows out of a database takes longer than counting them, and most are
as they were when they were last read. So what ``packed`` reads is kept beside the
database, a file for every SPAN ids, and brought up to date before it is used: rows with
new ids are added, rows that were changed or deleted (table ``touched``) are read again.

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
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import text

from store import packed
from store.database import Database
from store.packed import RARELY, Chunk, Numbers, chunk, ends, fetch

log = logging.getLogger(__name__)

FORMAT = 1
"""Of the files; one of another is none."""

SPAN = packed.SPAN
WORD = 8
THREADS = 2

COMMON = 3
"""Columns of every row, 8 bytes each; then, of the rare rows, their number and what
they have."""

ALL = packed.Period(start=0, end=2**32, origin=2**31)
"""Any inquiry that an edition could hold: asked between 1970 and 2106."""

SOME = 2**12
"""Changed rows that are read by their ids; of more the whole file is made anew."""


class Damaged(Exception):
    """Kept columns that are not what they were when they were written."""


@dataclass(frozen=True)
class Segment:
    """A file, as the list of files has it."""

    file: str
    rows: int
    rare: int
    check: int
    asked_from: int  # the first moment any was asked
    asked_to: int  # the last


@dataclass(frozen=True)
class Listing:
    """The list of files. ``last``: ids up to here are in them, or are no more."""

    segments: Mapping[int, Segment] = field(default_factory=dict)
    last: int = 0
    schema: str = ""

    @property
    def rows(self) -> int:
        return sum(segment.rows for segment in self.segments.values())


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
                made = _renewed(connections, folder, listing, before)
                if listing.segments and made.rows != before.count:
                    raise Damaged("rows were changed without a note")
                chunks = _mapped(folder, made, start, end)
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
    good = {segment.file for segment in made.listing.segments.values()}
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
            {int(n): Segment(**each) for n, each in body["segments"].items()},
            body["last"],
            body["schema"],
        )
    except (ValueError, LookupError, TypeError):
        return Listing()
    return found if found.schema == known.schema else Listing()


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
    connections: Sequence[Any], folder: Path, listing: Listing, known: Known
) -> Listing:
    """The list brought up to date, the files it newly names written."""
    due = _due(listing, known)
    shares = [due[at :: len(connections)] for at in range(len(connections))]

    def work(connection: Any, numbers: Sequence[int]) -> dict[int, Segment | None]:
        return {
            number: _written(
                folder, number, _one(connection, folder, listing, known, number)
            )
            for number in numbers
        }

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
    connection: Any, folder: Path, listing: Listing, known: Known, number: int
) -> Chunk:
    """The rows of a file, as they are now."""
    first = number * SPAN
    end = max(first, min(first + SPAN, known.high + 1))
    old = listing.segments.get(number)
    touched = known.touched
    old_end = min(first + SPAN, listing.last + 1)
    touched = touched[(touched >= first) & (touched < old_end)]
    if old is None or len(touched) > SOME:
        return chunk(connection, first, end, ALL)
    was = _loaded(folder, number, old)
    parts = [was.only(np.flatnonzero(~np.isin(was.place + first, touched)))]
    if len(touched):
        ids = f"AND id IN ({', '.join(map(str, touched.tolist()))})"
        within = (int(touched[0]), int(touched[-1]) + 1)
        parts.append(chunk(connection, *within, ALL._replace(chosen=ids), first))
    new = max(first, listing.last + 1)
    if new < end:
        parts.append(chunk(connection, new, end, ALL, first))
    return packed.stacked(parts)


def _written(folder: Path, number: int, rows: Chunk) -> Segment | None:
    """A new file of these rows; none of no rows."""
    if not len(rows.codes):
        return None
    columns = (rows.author, rows.times, rows.codes, rows.at, rows.rare.ravel())
    content = np.concatenate(columns).astype("<i8", copy=False)
    file = f"{number:06}-{secrets.token_hex(8)}.columns"
    (folder / file).write_bytes(content.data)
    return Segment(
        file=file,
        rows=len(rows.codes),
        rare=len(rows.at),
        check=zlib.crc32(content.data),
        asked_from=int(rows.asked.min()),
        asked_to=int(rows.asked.max()),
    )


def _loaded(folder: Path, number: int, segment: Segment) -> Chunk:
    """The rows of a file. Raises Damaged."""
    path = folder / segment.file
    size = WORD * (COMMON * segment.rows + (1 + len(RARELY)) * segment.rare)
    if not path.is_file() or path.stat().st_size != size:
        raise Damaged(f"{segment.file} is not there, or not whole")
    content = np.memmap(path, dtype="<i8", mode="r")
    if zlib.crc32(content.data) != segment.check:
        raise Damaged(f"{segment.file} is not what was written")
    cuts = np.cumsum([segment.rows] * COMMON + [segment.rare])
    author, times, codes, at, rare = np.split(np.asarray(content), cuts)
    return Chunk(
        number * SPAN,
        ALL.origin,
        author,
        times,
        codes,
        at,
        rare.reshape(len(RARELY), -1),
    )


def _mapped(folder: Path, listing: Listing, start: int, end: int) -> list[Chunk]:
    """What was asked from ``start`` to ``end`` (excluded). Raises Damaged."""

    def one(item: tuple[int, Segment]) -> Chunk:
        rows = _loaded(folder, *item)
        if start <= item[1].asked_from and item[1].asked_to < end:
            return rows
        asked = rows.asked
        return rows.only(np.flatnonzero((asked >= start) & (asked < end)))

    mine = [
        (number, segment)
        for number, segment in listing.segments.items()
        if segment.asked_from < end and segment.asked_to >= start
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, mine))
