"""What the topics are told: the rows of an edition that its headline tables count.

Everything is columns. A topic that needs figures by brand groups by ``brand``, the
number of a brand in one family (sampled channels are in none); ``Case.of`` says which
brand, channel or industry a number stands for.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.frames import COVERED
from model.words import (
    CUT_KINDS,
    DAY,
    FAMILIES,
    Cut,
    FoundBy,
    Kind,
    Level,
    Reason,
    Step,
)
from scoring.ahead import WORKERS, ahead
from scoring.book import Book, Numbers, Period
from scoring.tally import FAR, Slice, first_answers, sliced

COUNTED = pl.Schema(
    {
        "account": pl.Int32(),
        "author": pl.Int32(),  # means nothing outside its brand
        "asked_s": pl.Int32(),  # seconds since the period began
        "wait_s": pl.Int32(),  # null: no answer known, also none after the horizon
        "watched_s": pl.Int32(),  # until when it was watched, since the period began
        "kind": pl.Int8(),  # words.Kind
        "step": pl.Int8(),  # words.Step of the answer whose wait that is
    }
)
"""One line an inquiry. Its wait may be longer than the horizon: such an answer counts
for no share, and is there for those who look beyond."""

ASKED = [name for name in COUNTED if name not in ("wait_s", "step")]
"""What the inquiry says by itself."""

RATED = pl.Schema(
    {
        "account": pl.Int32(),
        "author": pl.Int32(),
        "day": pl.Int32(),  # of the period, from 0
        "timely": pl.Boolean(),
    }
)
"""One line an inquiry on a channel that says only whether an answer was in time."""

NO_STEP = np.int8(127)
NEVER = 2**31 - 1
"""Seconds: longer than any limit."""


@dataclass(frozen=True)
class Case:
    period: Period
    names: Book
    headlines: Mapping[str, Cut]  # by family
    lines: pl.DataFrame  # standings as printed, every level and cut
    posted: pl.DataFrame  # POSTED by account number
    counted: pl.DataFrame  # COUNTED: inquiries of the headline cuts, by people
    replies: pl.DataFrame  # COUNTED: messages known only through their answer
    known: pl.DataFrame  # COUNTED: the same by people, for where nothing else is known
    messages: Numbers  # (accounts, 4): every message of those cuts, by credit class
    covered: pl.DataFrame  # COVERED by account number, by account and day
    rated: pl.DataFrame  # RATED: counted for nothing but themselves

    @cached_property
    def brand(self) -> Numbers:
        """Number of the brand in its family, by account; -1: sampled, in none."""
        return self.names.entity(Level.BRAND)

    def entity(self, level: Level) -> Numbers:
        """By account number, the brand (in a family), channel of a brand, or account
        it belongs to; -1: none."""
        return self.names.entity(level)

    @cached_property
    def headline(self) -> pl.DataFrame:
        """The lines of the headline cuts alone."""
        return self.lines.filter(pl.col("headline"))

    def of(self, level: Level) -> dict[int, tuple[str, str, str, str]]:
        """Entity number to the key of its details: (level, family, channel, slug)."""
        who = self.names.described(level)
        columns = ("entity", "level", "family", "channel", "slug")
        return {row[0]: row[1:] for row in who.select(columns).rows()}

    @cached_property
    def credit(self) -> NDArray[np.int8]:
        """Of each line of ``counted`` the class: 0 answered within t1, 1 within t2, 2
        within t3, 3 not."""
        account = self.counted["account"].to_numpy()
        wait = self.counted["wait_s"].fill_null(NEVER).to_numpy()
        limits = self.names.limits[self.names.family].astype(np.int32)
        credit = np.zeros(len(wait), dtype=np.int8)
        for limit in limits.T:
            credit += wait > limit[account]
        return credit

    @cached_property
    def horizon(self) -> NDArray[np.int64]:
        """Seconds, by account number."""
        return self.names.horizon


def case_of(
    parts: Iterable[pl.DataFrame],
    names: Book,
    period: Period,
    headlines: Mapping[str, Cut],
    lines: pl.DataFrame,
    posted: pl.DataFrame,
    covered: pl.DataFrame | None = None,
) -> Case:
    """The case of frozen slices (FROZEN). ``covered``: None, nothing was watched."""
    of_cut = kinds_of(headlines)
    nobody = pl.DataFrame(schema=COUNTED)
    counted, replies, known = [nobody], [nobody], [nobody]
    rated = [pl.DataFrame(schema=RATED)]
    messages = np.zeros((len(names.accounts), 4), dtype=np.int64)
    with ThreadPoolExecutor(WORKERS) as pool:
        for one, other, third, every, fourth in ahead(
            pool,
            lambda rows: (*_split(rows, names, of_cut), _rated(rows, names, period)),
            parts,
        ):
            counted.append(one)
            replies.append(other)
            known.append(third)
            messages += every
            rated.append(fourth)
    return Case(
        period=period,
        names=names,
        headlines=headlines,
        lines=lines,
        posted=posted,
        counted=pl.concat(counted),
        replies=pl.concat(replies),
        known=pl.concat(known),
        messages=messages,
        covered=pl.DataFrame(schema=COVERED) if covered is None else covered,
        rated=pl.concat(rated),
    )


def kinds_of(headlines: Mapping[str, str]) -> NDArray[np.bool_]:
    """(families, kinds): which kinds the headline tables count. ``headlines``: family
    to its cut; one that is absent counts all."""
    of_cut = np.zeros((len(FAMILIES), len(Kind)), dtype=bool)
    for place, family in enumerate(FAMILIES):
        cut = Cut(headlines.get(family.value, Cut.ALL))
        of_cut[place, list(CUT_KINDS[cut])] = True
    return of_cut


def _rated(frozen: pl.DataFrame, names: Book, period: Period) -> pl.DataFrame:
    """Of a slice (FROZEN) what is on channels that say only whether an answer was in
    time, as far as that time has passed. Never a function of the answer."""
    if not names.promised.any():
        return pl.DataFrame(schema=RATED)
    limit = pl.Series("limit", names.promised[frozen["account"].to_numpy()])
    settled = pl.col("asked_s") + pl.col("limit") <= period.as_of - period.start
    return (
        frozen.with_columns(limit)
        .filter(
            pl.col("limit") > 0,
            settled,
            pl.col("addressed") == 1,
            pl.col("found_by") != FoundBy.REPLY,
            pl.col("deleted_s").is_null(),
        )
        .select(
            "account",
            "author",
            (pl.col("asked_s") // DAY).alias("day"),
            (pl.col("wait_s") <= pl.col("limit")).fill_null(False).alias("timely"),
        )
        .cast(RATED)
    )


def _split(
    frozen: pl.DataFrame, names: Book, of_cut: NDArray[np.bool_]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, Numbers]:
    """The inquiries of a slice that count; what is known only by its answer, by
    messages and by people; every message that counts, by account and credit class."""
    part = sliced(frozen, names)
    wanted = of_cut[names.family[part.account], part.kind]
    every = wanted & (part.reason == Reason.COUNTED)
    only = wanted & (part.reason == Reason.REPLY)
    return (
        _by_people(frozen, part, every),
        _columns(frozen.select(*COUNTED).filter(only)),
        _by_people(frozen, part, only),
        _by_class(part, every, names),
    )


def _by_people(
    frozen: pl.DataFrame, part: Slice, wanted: NDArray[np.bool_]
) -> pl.DataFrame:
    """Of each visit the first row wanted, with the wait of that person that day."""
    rows = np.flatnonzero(wanted)
    rows = rows[np.diff(part.visit[rows], prepend=-1) != 0]
    answered = first_answers(part, rows)
    wait = answered - part.asked[rows]
    known = pl.Series("wait_s", np.where(wait < FAR // 2, wait, -1), pl.Int64)
    step = steps_of(frozen["step"].to_numpy(), part, rows, answered)
    kept = frozen.select(ASKED)[rows]
    return _columns(kept.with_columns(known.replace(-1, None), step))


def steps_of(
    step: NDArray[np.int8], part: Slice, rows: Numbers, answered: Numbers
) -> pl.Series:
    """The steps of these answers, which may be to another message of that day."""
    found = step[rows]
    others = np.flatnonzero(part.answered[rows] != answered)
    if not len(others):
        return pl.Series("step", found)
    visit = part.visit[rows[others]]
    size = np.diff(part.visits)[visit]
    firsts = np.cumsum(size) - size
    within = np.arange(size.sum()) - np.repeat(firsts, size)
    at = np.repeat(part.visits[visit], size) + within
    # Two answers in one second: the lower step, whatever the order of the rows.
    same = part.answered[at] == np.repeat(answered[others], size)
    found[others] = np.minimum.reduceat(np.where(same, step[at], NO_STEP), firsts)
    found[found == NO_STEP] = Step.NONE
    return pl.Series("step", found)


def _by_class(part: Slice, rows: NDArray[np.bool_], names: Book) -> Numbers:
    """(accounts, 4): rows by account and credit class, each for itself."""
    account = part.account[rows]
    wait = part.answered[rows] - part.asked[rows]
    limits = names.limits[names.family]
    credit = sum((wait > limits[:, at][account]).astype(np.int64) for at in range(3))
    size = len(names.accounts)
    return np.bincount(account * 4 + credit, minlength=size * 4).reshape(size, 4)


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(kind) for name, kind in COUNTED.items())
