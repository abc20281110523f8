"""Slices counted, each by itself, and what they come to together.

``count`` is a pure function of one slice, so that slices may be counted at the same
time; ``Counting`` puts what they gave side by side.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from model.words import CUT_KINDS, FAMILIES, Count, Cut, Kind, Level, Reason
from scoring.book import Book, Period
from scoring.industries import industries
from scoring.intervals import Ints
from scoring.method import METHOD
from scoring.standing import (
    Columns,
    figures,
    framed,
    named,
    ranked,
    standings,
    watched,
)
from scoring.tally import Slice, Waits, chosen, several, tally

LEVELS = (Level.BRAND, Level.CHANNEL, Level.ACCOUNT)
WITHIN: dict[Level, tuple[str, ...]] = {
    Level.BRAND: ("family",),
    Level.CHANNEL: ("family", "channel"),
    Level.ACCOUNT: ("family", "alone"),
    Level.INDUSTRY: ("family",),
}
"""Which lines are ranked together."""


@dataclass(frozen=True)
class What:
    """What is to be counted."""

    cuts: tuple[Cut, ...]
    count: Count = Count.PEOPLE
    levels: tuple[Level, ...] = LEVELS


@dataclass
class Found:
    """What one slice came to, or several."""

    messages: Ints  # by account
    census: Ints  # (families, reasons, kinds): messages
    accounts: dict[Cut, list[Columns]] = field(default_factory=dict)
    crowds: dict[tuple[Cut, Level], list[Columns]] = field(default_factory=dict)
    waits: dict[Cut, list[Waits]] = field(default_factory=dict)  # of brands


def count(part: Slice, directory: Book, what: What) -> Found:
    """Counts one slice. Each account is counted once; what has only one account takes
    its figures."""
    place = (directory.family[part.account] * 5 + part.reason) * 5 + part.kind
    messages = np.zeros(len(directory.accounts), dtype=np.int64)
    messages[: len(part.messages)] = part.messages
    census = np.bincount(place, minlength=125).reshape(5, 5, 5)
    found = Found(messages, census)
    for cut in what.cuts:
        inquiries = chosen(part, directory, cut, what.count)
        each = tally(part, inquiries, directory, directory.entity(Level.ACCOUNT))
        found.accounts[cut] = [figures(each)]
        for level in what.levels:
            crowds, alone = several(directory.entity(level), part.accounts)
            waits = [replace(each.pooled, entity=alone[each.entity])]
            if (crowds >= 0).any():
                many = tally(part, inquiries, directory, crowds)
                found.crowds[cut, level] = [figures(many)]
                waits.append(many.pooled)
            if level is Level.BRAND:
                found.waits[cut] = waits
    return found


@dataclass
class Counting:
    """What all slices came to."""

    directory: Book
    period: Period
    what: What
    covered: pl.DataFrame
    posted: pl.DataFrame
    found: Found = field(init=False)

    def __post_init__(self) -> None:
        accounts = len(self.directory.accounts)
        nothing = np.zeros((5, 5, 5), dtype=np.int64)
        self.found = Found(np.zeros(accounts, dtype=np.int64), nothing)

    def add(self, found: Found) -> None:
        self.found.messages += found.messages
        self.found.census += found.census
        for cut, columns in found.accounts.items():
            self.found.accounts.setdefault(cut, []).extend(columns)
        for key, columns in found.crowds.items():
            self.found.crowds.setdefault(key, []).extend(columns)
        for cut, waits in found.waits.items():
            self.found.waits.setdefault(cut, []).extend(waits)

    def figures(self, cut: Cut, level: Level) -> pl.DataFrame:
        """The figures of every entity of a level that anybody wrote to."""
        accounts = framed(self.found.accounts.get(cut, []))
        whose = self.directory.entity(level)
        _, alone = several(whose, np.flatnonzero(self.found.messages))
        crowds = framed(self.found.crowds.get((cut, level), []))
        return pl.concat([named(accounts, alone), crowds])

    def tables(
        self, wanted: Sequence[Mapping[str, Cut]], pool: Executor
    ) -> Iterator[pl.DataFrame]:
        """Exact lines, ranked, of each family in the cuts wanted; industries too. They
        are worked at from now on; ``together`` waits for them.

        Each of ``wanted`` says a cut by family.
        """
        seen = watched(
            self.directory, self.period, self.found.messages, self.covered, self.posted
        )
        tables = [
            (level, cut, [family for family, c in each.items() if c is cut], seen)
            for each in wanted
            for cut in dict.fromkeys(each.values())
            for level in self.what.levels
        ]
        return pool.map(lambda table: self._table(*table), tables)

    def _table(
        self, level: Level, cut: Cut, families: list[str], seen: pl.DataFrame
    ) -> pl.DataFrame:
        """The lines of one level and cut; industries with the brands."""
        found = self.figures(cut, level)
        lines = standings(self.directory, level, cut, found, seen).filter(
            pl.col("family").is_in(families)
        )
        lines = ranked(lines, WITHIN[level])
        if level is not Level.BRAND:
            return lines
        lines = ranked(lines, (*WITHIN[level], "industry"), "industry_")
        trades = industries(
            lines, self.directory.industries, self.found.waits.get(cut, [])
        )
        trades = ranked(trades, WITHIN[Level.INDUSTRY])
        return pl.concat([lines, trades], how="diagonal_relaxed")

    def inquiries(self, wanted: Mapping[str, Cut]) -> int:
        """Inquiries counted, over all accounts, each family in the cut wanted."""
        family = self.directory.described(Level.ACCOUNT).select("entity", "family")
        return sum(
            int(
                framed(self.found.accounts.get(cut, []))
                .filter(~pl.col("only"))
                .join(family, on="entity")
                .filter(
                    pl.col("family").is_in([f for f, c in wanted.items() if c is cut])
                )["inquiries"]
                .sum()
            )
            for cut in dict.fromkeys(wanted.values())
        )

    def headlines(self) -> dict[str, Cut]:
        """Family to its headline cut: whether its kinds are known well enough.

        Judged on what counts; where nothing does, on whatever is known.
        """
        return {
            family.value: _headline(self.found.census[place])
            for place, family in enumerate(FAMILIES)
        }

    def left_out(self, headlines: Mapping[str, Cut], inquiries: int) -> dict[str, int]:
        """Reason to messages: with the inquiries they make up all messages."""
        out = {
            reason.name.lower(): int(self.found.census[:, reason].sum())
            for reason in Reason
            if reason is not Reason.COUNTED
        }
        eligible = self.found.census[:, Reason.COUNTED]
        of_cut = sum(
            int(eligible[place, list(CUT_KINDS[headlines[family.value]])].sum())
            for place, family in enumerate(FAMILIES)
        )
        out["other_kind"] = int(eligible.sum()) - of_cut
        out["same_day"] = of_cut - inquiries
        return out


def together(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The lines of ``Counting.tables``."""
    return pl.concat(tables, how="diagonal_relaxed")


def _headline(rows: Ints) -> Cut:
    """``rows`` (reasons, kinds) of a family."""
    counts = rows[Reason.COUNTED] if rows[Reason.COUNTED].any() else rows.sum(0)
    total = counts.sum()
    said = total - counts[Kind.UNSAID]
    enough = total > 0 and said >= METHOD.headline_kinds.value * total
    return Cut.NEEDS_ANSWER if enough else Cut.ALL
