"""The files in which columns are kept, and what they say of themselves.

A file for every SPAN ids, and beside it, where rows of it were changed since, a small
one of those: writing a file of which one row in a hundred is new takes longer than
reading that row.
"""

import secrets
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store import packed
from store.packed import RARELY, Chunk, Numbers

WORD = 8

COMMON = 3
"""Columns of every row, 8 bytes each; then, of the rare rows, their number and what
they have."""

ALL = packed.Period(start=0, end=2**32, origin=2**31)
"""Any inquiry that an edition could hold: asked between 1970 and 2106."""


class Damaged(Exception):
    """Kept columns that are not what they were when they were written."""


@dataclass(frozen=True)
class Note:
    """Rows of a segment as they are now, and the ids that are no more what its file
    says: those of these rows, and of rows that are gone."""

    file: str
    ids: int
    rows: int
    rare: int
    check: int
    superseded: int  # rows of the segment's file with one of the ids


@dataclass(frozen=True)
class Segment:
    """A file, as the list of files has it."""

    file: str
    rows: int
    rare: int
    check: int
    asked_from: int  # the first moment any was asked
    asked_to: int  # the last
    note: Note | None = None

    @property
    def count(self) -> int:
        """Rows with those of the note."""
        note = self.note
        return self.rows + (note.rows - note.superseded if note else 0)

    @property
    def files(self) -> list[str]:
        return [self.file, *([self.note.file] if self.note else ())]


class Noted(NamedTuple):
    """What a note holds."""

    ids: Numbers  # ascending
    rows: Chunk


class Files:
    """A folder of such files; what was read of it once is not read again."""

    def __init__(self, folder: Path, span: int) -> None:
        self.folder, self._span = folder, span
        self._known: dict[str, Chunk] = {}

    def write(self, number: int, rows: Chunk) -> Segment | None:
        """A new file of these rows; none of no rows."""
        if not len(rows.codes):
            return None
        content, file = self._written(number, rows)
        return Segment(
            file=file,
            rows=len(rows.codes),
            rare=len(rows.at),
            check=zlib.crc32(content.data),
            asked_from=int(rows.asked.min()),
            asked_to=int(rows.asked.max()),
        )

    def write_note(self, number: int, noted: Noted, superseded: int) -> Note:
        content, file = self._written(number, noted.rows, noted.ids)
        return Note(
            file=file,
            ids=len(noted.ids),
            rows=len(noted.rows.codes),
            rare=len(noted.rows.at),
            check=zlib.crc32(content.data),
            superseded=superseded,
        )

    def read(self, number: int, segment: Segment) -> Chunk:
        """The rows of a file, without its note. Raises Damaged."""
        if segment.file not in self._known:
            content = self._content(segment, COMMON * segment.rows)
            self._known[segment.file] = self._chunk(number, content, segment)
        return self._known[segment.file]

    def read_note(self, number: int, note: Note | None) -> Noted:
        """Raises Damaged."""
        if note is None:
            return Noted(np.zeros(0, dtype=np.int64), self._nothing(number))
        content = self._content(note, note.ids + COMMON * note.rows)
        return Noted(
            content[: note.ids], self._chunk(number, content[note.ids :], note)
        )

    def outside(self, number: int, rows: Chunk, ids: Numbers) -> NDArray[np.bool_]:
        """Which rows have none of the ids."""
        stays = np.ones(self._span, dtype=bool)
        stays[ids - number * self._span] = False
        return np.asarray(stays[rows.place])

    def now(self, number: int, segment: Segment) -> list[Chunk]:
        """The rows of a segment as they are now. Raises Damaged."""
        rows = self.read(number, segment)
        if segment.note is None:
            return [rows]
        noted = self.read_note(number, segment.note)
        stays = self.outside(number, rows, noted.ids)
        return [rows.only(np.flatnonzero(stays)), noted.rows]

    def _written(
        self, number: int, rows: Chunk, *first: Numbers
    ) -> tuple[Numbers, str]:
        columns = (*first, rows.author, rows.times, rows.codes, rows.at)
        content = np.concatenate([*columns, rows.rare.ravel()])
        content = content.astype("<i8", copy=False)
        file = f"{number:06}-{secrets.token_hex(8)}.columns"
        (self.folder / file).write_bytes(content.data)
        return content, file

    def _content(self, said: Segment | Note, words: int) -> Numbers:
        path = self.folder / said.file
        size = WORD * (words + (1 + len(RARELY)) * said.rare)
        if not path.is_file() or path.stat().st_size != size:
            raise Damaged(f"{said.file} is not there, or not whole")
        content = np.memmap(path, dtype="<i8", mode="r")
        if zlib.crc32(content.data) != said.check:
            raise Damaged(f"{said.file} is not what was written")
        return np.asarray(content)

    def _chunk(self, number: int, content: Numbers, said: Segment | Note) -> Chunk:
        cuts = np.cumsum([said.rows] * COMMON + [said.rare])
        author, times, codes, at, rare = np.split(content, cuts)
        first = number * self._span
        rarely = rare.reshape(len(RARELY), -1)
        return Chunk(first, ALL.origin, author, times, codes, at, rarely)

    def _nothing(self, number: int) -> Chunk:
        none = np.zeros(0, dtype=np.int64)
        first, rare = number * self._span, np.zeros((len(RARELY), 0), dtype=np.int64)
        return Chunk(first, ALL.origin, none, none, none, none, rare)
