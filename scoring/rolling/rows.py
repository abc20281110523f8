"""Messages by day, as they come and go."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from model.words import DAY, FoundBy, Level
from scoring.book import Book
from scoring.clumps import Flags
from scoring.freeze import Frozen
from scoring.intervals import Ints

LEVELS = (Level.ACCOUNT, Level.BRAND, Level.CHANNEL)
LINES = 2**17
"""Each takes some hundred bytes a day in every cut."""

MOST_DAYS = 255
"""A person counts once a day, and so has no more inquiries than fit into a byte."""


class Unfit(ValueError):
    """Too many accounts or days for the numbers kept here: the tally has to be made
    anew each time."""


@dataclass(frozen=True)
class Rows:
    """Messages, by pool, person and time, ties as an edition breaks them."""

    account: NDArray[np.int32]
    author: Ints  # the author's hash: the same person from day to day
    asked: Ints  # epoch seconds
    wait: NDArray[np.int32]  # seconds; -1: no answer known
    kind: NDArray[np.int8]
    reason: NDArray[np.int8]
    reply: Flags

    def __len__(self) -> int:
        return len(self.account)

    def only(self, which: Ints | Flags) -> "Rows":
        return Rows(*(getattr(self, name)[which] for name in COLUMNS))


COLUMNS = tuple(field.name for field in fields(Rows))
_LONG = np.zeros(0, dtype=np.int64)
_HALF = np.zeros(0, dtype=np.int32)
_BYTE = np.zeros(0, dtype=np.int8)
NOTHING = Rows(_HALF, _LONG, _LONG, _HALF, _BYTE, _BYTE, np.zeros(0, dtype=bool))


def by_day(
    frozen: Frozen, author: Ints, directory: Book, start: int
) -> dict[int, Rows]:
    """The rows of an edition (as ``freeze.frozen`` gives them) by day. ``author``:
    their authors' hashes, by which people stand in the same order in every edition;
    ``start``: epoch seconds at which the period begins. An answer that comes a day or
    more after its horizon is none: it is too late for anything written that day."""
    asked = frozen["asked_s"].astype(np.int64) + start
    account = frozen["account"].astype(np.int32)
    wait = frozen["wait_s"].astype(np.int64)
    rows = Rows(
        account,
        author,
        asked,
        np.where(wait > directory.horizon[account] + DAY, -1, wait).astype(np.int32),
        frozen["kind"],
        frozen["reason"],
        frozen["found_by"] == FoundBy.REPLY,
    )
    day = asked // DAY
    order = np.lexsort((author, directory.pool[rows.account], day))
    days, starts = np.unique(day[order], return_index=True)
    return {
        int(each): rows.only(at)
        for each, at in zip(days, np.split(order, starts[1:]), strict=False)
    }


def gathered(parts: list[Rows], directory: Book) -> Rows:
    """The rows of a day in parts that share no pool, in the order of the pools."""
    rows = joined(parts)
    return rows.only(np.argsort(directory.pool[rows.account], kind="stable"))


def joined(parts: list[Rows]) -> Rows:
    return Rows(
        *(np.concatenate([getattr(p, n) for p in (NOTHING, *parts)]) for n in COLUMNS)
    )
