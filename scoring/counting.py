"""Slices counted, each by itself, and what they come to together.

``count`` is a pure function of one slice, so that slices may be counted at the same
time; ``Counting`` puts what they gave side by side.
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from model.words import CUT_KINDS, FAMILIES, Count, Cut, Kind, Level, Reason
from scoring.book import Book, Period
from scoring.industries import industries
from scoring.intervals import Ints
from scoring.method import METHOD
from scoring.standing import NOTHING, figures, named, ranked, standings, watched
from scoring.tally import Chosen, Slice, Waits, chosen, several, tally

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
    figures: dict[tuple[Cut, Level], list[pl.DataFrame]] = field(default_factory=dict)
    waits: dict[Cut, list[Waits]] = field(default_factory=dict)


def count(part: Slice, directory: Book, what: What) -> Found:
    """Counts one slice."""
    place = (directory.family[part.account] * 5 + part.reason) * 5 + part.kind
    found = Found(
        np.bincount(part.account, minlength=len(directory.accounts)),
        np.bincount(place, minlength=125).reshape(5, 5, 5),
    )
    for cut in what.cuts:
        inquiries = chosen(part, directory, cut, what.count)
        _levels(found, part, directory, cut, inquiries, what.levels)
    return found


def _levels(
    found: Found,
    part: Slice,
    directory: Book,
    cut: Cut,
    inquiries: Chosen,
    levels: tuple[Level, ...],
) -> None:
    """Each account is counted once; what has only one takes its figures."""
    each = tally(part, inquiries, directory, directory.entity(Level.ACCOUNT))
    own = figures(each)
    for level in levels:
        crowds, alone = several(directory.entity(level), part.account)
        lines, waits = (
            [named(own, alone)],
            [replace(each.pooled, entity=alone[each.entity])],
        )
        if (crowds >= 0).any():
            many = tally(part, inquiries, directory, crowds)
            lines.append(figures(many))
            waits.append(many.pooled)
        found.figures[cut, level] = lines
        if level is Level.BRAND:
            found.waits[cut] = waits


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
        for key, figures_ in found.figures.items():
            self.found.figures.setdefault(key, []).extend(figures_)
        for cut, waits in found.waits.items():
            self.found.waits.setdefault(cut, []).extend(waits)

    def lines(self, wanted: Mapping[str, Cut], pool: Executor) -> pl.DataFrame:
        """Exact lines, ranked, of each family in the cut wanted; industries too."""
        seen = watched(
            self.directory, self.period, self.found.messages, self.covered, self.posted
        )
        tables = [
            (level, cut, [family for family, c in wanted.items() if c is cut], seen)
            for cut in dict.fromkeys(wanted.values())
            for level in self.what.levels
        ]
        made = pool.map(lambda table: self._table(*table), tables)
        return pl.concat(made, how="diagonal_relaxed")

    def _table(
        self, level: Level, cut: Cut, families: list[str], seen: pl.DataFrame
    ) -> pl.DataFrame:
        """The lines of one level and cut; industries with the brands."""
        found = self.found.figures.get((cut, level), [])
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
                pl.concat([NOTHING, *self.found.figures.get((cut, Level.ACCOUNT), [])])
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


def _headline(rows: Ints) -> Cut:
    """``rows`` (reasons, kinds) of a family."""
    counts = rows[Reason.COUNTED] if rows[Reason.COUNTED].any() else rows.sum(0)
    total = counts.sum()
    said = total - counts[Kind.UNSAID]
    enough = total > 0 and said >= METHOD.headline_kinds.value * total
    return Cut.NEEDS_ANSWER if enough else Cut.ALL
