"""One edition, opened: what is read of it when, and what of it stays read.

Of ten thousand brands a page shows a hundred. So of all of them only what tables are
chosen, sorted and counted by is read (``store.Listed``); whole standings are read for
those that are shown.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from model.rows import Edition, Standing
from model.words import FAMILIES, Level, Status
from store import Listed
from store.base import unswept
from web.errors import NotHere
from web.tongue import t

if TYPE_CHECKING:
    from web.source import Reader

KEPT_DETAILS = 8
"""Brands and industries whose details are kept read, of each edition."""
KEPT_PARTS = 2 * KEPT_DETAILS
"""The same of their standings by channel and by account, each for itself."""
KEPT_LINES = 1_000
"""Brands' whole standings kept read, of each edition: those of some ten pages."""
PICKED = 500
"""Standings asked for at once by their ids; for more, all of the edition are read."""

RANKED, ANSWERED_ONLY = Status.RANKED.value, Status.ANSWERED_ONLY.value

Made = TypeVar("Made")
Key = TypeVar("Key")
Said = tuple[str, str, str]
"""Topic, family and channel ('' of no one channel) of a detail."""


class Basis(NamedTuple):
    """Of how many brands and inquiries a family's table is made."""

    brands: int = 0
    ranked: int = 0
    inquiries: int = 0  # without those known only because they were answered


@dataclass(frozen=True)
class Book:
    """One edition, opened: its headline standings, found by family and by slug."""

    edition: Edition
    reader: "Reader"
    industry_names: Mapping[str, str]
    _told: dict[tuple[Level, str], dict[Said, dict[str, Any]]] = field(
        default_factory=dict
    )
    _parts: dict[tuple[Level, str], list[Standing]] = field(default_factory=dict)
    _lines: dict[int, Standing] = field(default_factory=dict)
    _once: dict[str, Any] = field(default_factory=dict)

    @property
    def _id(self) -> int:
        assert self.edition.id is not None
        return self.edition.id

    @cached_property
    def listed(self) -> dict[str, dict[str, Listed]]:
        """Family to slug to what is listed of the brand, best first, unranked by
        name."""
        found: dict[str, dict[str, Listed]] = {}
        with unswept():
            rows = self.reader.listed(self._id, Level.BRAND)
            for row in sorted(rows, key=best_first):
                found.setdefault(row.family, {})[row.slug] = row
        return found

    @cached_property
    def industries(self) -> dict[str, dict[str, Standing]]:
        """Family to slug to the industry's standing, best first, unranked by name."""
        found: dict[str, dict[str, Standing]] = {}
        rows = self.reader.standings(self._id, Level.INDUSTRY, headline=True)
        for row in sorted(rows, key=best_first):
            found.setdefault(row.family, {})[row.slug] = row
        return found

    @cached_property
    def basis(self) -> dict[str, Basis]:
        """What the table of each family stands on."""
        return {
            family: Basis(
                brands=len(rows),
                ranked=sum(row.status == RANKED for row in rows.values()),
                inquiries=sum(
                    row.inquiries
                    for row in rows.values()
                    if row.status != ANSWERED_ONLY
                ),
            )
            for family, rows in self.listed.items()
        }

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Those with brands, the one with most ranked brands first."""
        ranked = {family: found.ranked for family, found in self.basis.items()}
        order = [family.value for family in FAMILIES]
        return tuple(
            sorted(ranked, key=lambda name: (-ranked[name], order.index(name)))
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """Slug to name of every brand of the edition."""
        return {
            slug: row.name
            for rows in self.listed.values()
            for slug, row in rows.items()
        }

    @cached_property
    def industry_slugs(self) -> dict[str, str]:
        """Slug to name of every industry that has a brand here, by name."""
        used = {row.industry for rows in self.listed.values() for row in rows.values()}
        named = {slug: self.industry_names.get(slug, slug) for slug in used}
        return dict(sorted(named.items(), key=lambda item: item[1].casefold()))

    def once(self, name: str, make: Callable[["Book"], Made]) -> Made:
        """What a view makes of the whole edition, made when first asked for."""
        if name not in self._once:
            self._once[name] = make(self)
        made: Made = self._once[name]
        return made

    def lines(self, rows: Sequence[Listed]) -> list[Standing]:
        """The whole standings of these, in their order."""
        missing = [row.id for row in rows if row.id not in self._lines]
        if len(missing) > PICKED:
            every = self.reader.standings(self._id, Level.BRAND, headline=True)
            read = {line.id: line for line in every}
            return [read[row.id] for row in rows]
        read = {row.id: self._lines[row.id] for row in rows if row.id in self._lines}
        if missing:
            for line in self.reader.standings_of(missing):
                assert line.id is not None
                read[line.id] = _kept(self._lines, line.id, line, KEPT_LINES)
        return [read[row.id] for row in rows]

    def chosen(self, family: str, slugs: Iterable[str]) -> dict[str, Standing]:
        """By slug the standings of those of these brands that have one in the family,
        in the order given."""
        rows = self.listed.get(family, {})
        here = [rows[slug] for slug in slugs if slug in rows]
        return {line.slug: line for line in self.lines(here)}

    def of_brand(self, slug: str) -> list[Standing]:
        """The brand's standing in each family it has one in, in the book's order."""
        rows = (self.listed[family].get(slug) for family in self.families)
        return self.lines([row for row in rows if row is not None])

    def known(self, slug: str) -> None:
        """Raises NotHere for a brand that has no standing here."""
        if slug not in self.names:
            raise NotHere(
                t("There is no brand “%(name)s” in this edition.", name=slug[:40])
            )

    def industry_known(self, slug: str) -> None:
        """Raises NotHere for an industry that has no brand here."""
        if slug not in self.industry_slugs:
            raise NotHere(
                t("There is no industry “%(name)s” in this edition.", name=slug[:40])
            )

    def channels(self, slug: str) -> list[Standing]:
        """A brand's standings by channel, best first."""
        return self._of(Level.CHANNEL, slug)

    def accounts(self, slug: str) -> list[Standing]:
        return self._of(Level.ACCOUNT, slug)

    def details(self, level: Level, slug: str) -> dict[Said, dict[str, Any]]:
        """What the edition says of a brand or industry beside its standings, by
        (topic, family, channel); ``slug`` '': of all of a family. The last few asked
        for are kept: a page asks often."""
        found = self._told.get((level, slug))
        if found is not None:
            return found
        said = {
            (row.topic, row.family, row.channel): json.loads(row.body)
            for row in self.reader.details(self._id, level, slug)
        }
        return _kept(self._told, (level, slug), said, KEPT_DETAILS)

    def told_of(
        self, topic: str, level: Level, family: str, slugs: Sequence[str]
    ) -> dict[str, dict[str, Any]]:
        """The same on one topic of as many as a page shows, by slug: those of whom
        nothing is said are absent. Not kept, for a page is made once."""
        said = self.reader.told_of(self._id, topic, level, family, slugs)
        return {slug: json.loads(body) for slug, body in said.items()}

    def _of(self, level: Level, slug: str) -> list[Standing]:
        found = self._parts.get((level, slug))
        if found is not None:
            return found
        rows = self.reader.standings(self._id, level, slug=slug, headline=True)
        rows = sorted(rows, key=best_first)
        return _kept(self._parts, (level, slug), rows, KEPT_PARTS)


def _kept(where: dict[Key, Made], key: Key, made: Made, most: int) -> Made:
    """``made``, which is kept from now on; what was kept first goes."""
    while len(where) >= most:
        where.pop(next(iter(where)), None)
    where[key] = made
    return made


def best_first(row: Listed | Standing) -> tuple[bool, float, str]:
    """Ranked rows by score, then the others by name: noise gives nobody a place."""
    ranked = row.status == RANKED and row.score is not None
    return (not ranked, -(row.score or 0.0) if ranked else 0.0, row.name.casefold())
