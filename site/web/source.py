"""Which database the site reads, and the edition it reads from it, opened.

The site never makes or migrates a database: a file that is not there is no edition.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from model.docket import Filing
from model.notices import Subscription
from model.rows import (
    Account,
    ChannelRow,
    Edition,
    EditionDetail,
    Industry,
    Run,
    Standing,
)
from model.words import FAMILIES, Level, Status
from settings import Settings
from store import (
    AuditBook,
    AuditLine,
    BrandLine,
    BrandSite,
    ChannelCoverage,
    DayLooks,
    DaySeen,
    LastRuns,
    Outbox,
    Past,
    RunSum,
    StoreError,
    Watch,
)
from web.errors import NotHere
from web.opening import Beside, Opens
from web.tongue import mark, t

log = logging.getLogger(__name__)

POLL_S = 2.0
"""How old an answer to "is there a new edition?" may be."""
KEPT_DETAILS = 8
"""Brands and industries whose details are kept read, of each edition."""
OPEN_EDITIONS = 4
"""Editions kept open at once; a reader of another one waits for it to be loaded."""


Made = TypeVar("Made")
Said = tuple[str, str, str]
"""Topic, family and channel ('' of no one channel) of a detail."""


class Reader(Protocol):
    """What the pages ask of a store. ``store.Store`` answers all of it. Only the last
    few write, and only the docket and who watches."""

    def version(self) -> str: ...
    def editions(self) -> list[Edition]: ...
    def current_edition(self) -> Edition | None: ...
    def standings(
        self, edition_id: int, level: str | None = None, *, headline: bool | None = None
    ) -> list[Standing]: ...
    def details(
        self, edition_id: int, level: str, slug: str | None = None
    ) -> list[EditionDetail]: ...
    def history(self, slug: str, level: str = "brand") -> list[Past]: ...
    def channels(self) -> list[ChannelRow]: ...
    def runs(self, channel: str | None = None, limit: int = 50) -> list[Run]: ...
    def last_runs(self) -> dict[str, LastRuns]: ...
    def looks_by_day(
        self, channel: str, day_from: int, day_to: int
    ) -> dict[int, DayLooks]: ...
    def coverage_by_channel(
        self, day_from: int, day_to: int
    ) -> dict[str, ChannelCoverage]: ...
    def seen_by_day(
        self, day_from: int, day_to: int
    ) -> dict[str, dict[int, DaySeen]]: ...
    def begun_by_day(self) -> dict[str, dict[int, int]]: ...
    def watch(self, now: int) -> dict[str, Watch]: ...
    def rows_by_day(
        self, channel: str, day_from: int, day_to: int
    ) -> dict[int, tuple[int, int]]: ...
    def refusals(self, channel: str, day_from: int, day_to: int) -> dict[str, int]: ...
    def newest_run(self) -> int: ...
    def run_sums(self, after: int, upto: int) -> list[RunSum]: ...
    def refused_sums(self, after: int, upto: int) -> dict[str, int]: ...
    def accounts(self, channel: str | None = None) -> list[Account]: ...
    def accounts_of(self, brand: str) -> list[Account]: ...
    def brands(self) -> list[BrandLine]: ...
    def industries(self) -> list[Industry]: ...
    def audits(self) -> list[AuditLine]: ...
    def audit(self, slug: str) -> AuditBook | None: ...
    def brand_site(self, slug: str) -> BrandSite | None: ...
    def docket(self) -> list[Filing]: ...
    def filings_of(self, brand: str) -> list[Filing]: ...
    def file(self, filing: Filing) -> int: ...
    def withdraw(self, filing_id: int) -> None: ...
    def waiting(self, token: str, now: int) -> Filing | None: ...
    def confirm(self, token: str, now: int) -> int | None: ...
    def subscribe(self, made: Subscription) -> bool: ...
    def asked_for(self, token: str, now: int) -> Subscription | None: ...
    def confirm_subscription(self, token: str, now: int) -> Subscription | None: ...
    def unsubscribe(self, ident: str) -> bool: ...
    def outbox(self) -> Outbox: ...


def is_there(address: str) -> bool:
    """Whether opening the address would not make a file."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return True
    return bool(url.database) and Path(str(url.database)).is_file()


@dataclass(frozen=True)
class Book:
    """One edition, opened: its headline standings, found by family and by slug."""

    edition: Edition
    reader: Reader
    industry_names: Mapping[str, str]
    _told: dict[tuple[Level, str], dict[Said, dict[str, Any]]] = field(
        default_factory=dict
    )
    _once: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def brands(self) -> dict[str, dict[str, Standing]]:
        """Family to slug to the brand's standing, best first, unranked by name."""
        return self._by_family(Level.BRAND)

    @cached_property
    def industries(self) -> dict[str, dict[str, Standing]]:
        return self._by_family(Level.INDUSTRY)

    @cached_property
    def channels(self) -> dict[str, list[Standing]]:
        return self._by_slug(Level.CHANNEL)

    @cached_property
    def accounts(self) -> dict[str, list[Standing]]:
        return self._by_slug(Level.ACCOUNT)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Those with brands, the one with most ranked brands first."""
        ranked = {
            family: sum(row.status == Status.RANKED for row in rows.values())
            for family, rows in self.brands.items()
        }
        order = [family.value for family in FAMILIES]
        return tuple(
            sorted(ranked, key=lambda name: (-ranked[name], order.index(name)))
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """Slug to name of every brand of the edition."""
        return {
            slug: row.name
            for rows in self.brands.values()
            for slug, row in rows.items()
        }

    @cached_property
    def industry_slugs(self) -> dict[str, str]:
        """Slug to name of every industry that has a brand here, by name."""
        used = {row.industry for rows in self.brands.values() for row in rows.values()}
        named = {slug: self.industry_names.get(slug, slug) for slug in used}
        return dict(sorted(named.items(), key=lambda item: item[1].casefold()))

    def once(self, name: str, make: Callable[["Book"], Made]) -> Made:
        """What a view makes of the whole edition, made when first asked for."""
        if name not in self._once:
            self._once[name] = make(self)
        made: Made = self._once[name]
        return made

    def of_brand(self, slug: str) -> list[Standing]:
        """The brand's standing in each family it has one in, in the book's order."""
        return [
            self.brands[family][slug]
            for family in self.families
            if slug in self.brands[family]
        ]

    def known(self, slug: str) -> None:
        """Raises NotHere for a brand that has no standing here."""
        if not self.of_brand(slug):
            raise NotHere(
                t("There is no brand “%(name)s” in this edition.", name=slug[:40])
            )

    def industry_known(self, slug: str) -> None:
        """Raises NotHere for an industry that has no brand here."""
        if slug not in self.industry_slugs:
            raise NotHere(
                t("There is no industry “%(name)s” in this edition.", name=slug[:40])
            )

    def details(self, level: Level, slug: str) -> dict[Said, dict[str, Any]]:
        """What the edition says of a brand or industry beside its standings, by
        (topic, family, channel); ``slug`` '': of all of a family. The last few asked
        for are kept: a page asks often."""
        if (level, slug) not in self._told:
            assert self.edition.id is not None
            rows = self.reader.details(self.edition.id, level, slug)
            while len(self._told) >= KEPT_DETAILS:
                self._told.pop(next(iter(self._told)), None)
            said = {
                (row.topic, row.family, row.channel): json.loads(row.body)
                for row in rows
            }
            self._told[level, slug] = said
            return said
        return self._told[level, slug]

    def _rows(self, level: Level) -> Iterable[Standing]:
        assert self.edition.id is not None
        rows = self.reader.standings(self.edition.id, level, headline=True)
        return sorted(rows, key=best_first)

    def _by_family(self, level: Level) -> dict[str, dict[str, Standing]]:
        found: dict[str, dict[str, Standing]] = {}
        for row in self._rows(level):
            found.setdefault(row.family, {})[row.slug] = row
        return found

    def _by_slug(self, level: Level) -> dict[str, list[Standing]]:
        found: dict[str, list[Standing]] = {}
        for row in self._rows(level):
            found.setdefault(row.slug, []).append(row)
        return found


def best_first(row: Standing) -> tuple[bool, float, str]:
    """Ranked rows by score, then the others by name: noise gives nobody a place."""
    ranked = row.status == Status.RANKED and row.score is not None
    return (not ranked, -(row.score or 0.0) if ranked else 0.0, row.name.casefold())


@dataclass(frozen=True)
class Library:
    """What there is to read at one moment. Another moment is another Library."""

    reader: Reader | None  # None: nothing has been measured
    sample: bool
    version: str
    current: Edition | None
    editions: tuple[Edition, ...]  # newest first
    watched: Reader | None = None  # where looks are kept: measured, even if none shown
    _open: dict[str, Book] = field(default_factory=dict)

    @property
    def measured(self) -> Reader | None:
        """Where looks at real brands are kept; None: there is nothing but a sample."""
        fictional = self.sample and self.watched is self.reader
        return None if fictional else self.watched

    def book(self, name: str | None = None) -> Book:
        """The edition of that name, or the current one. Raises NotHere."""
        edition = self._named(name)
        if edition is None or self.reader is None:
            said = (
                t("There is no edition “%(name)s”.", name=name) if name else t(NOTHING)
            )
            raise NotHere(said)
        if edition.name not in self._open:
            names = {row.slug: row.name for row in self.reader.industries()}
            while len(self._open) >= OPEN_EDITIONS:
                self._open.pop(next(iter(self._open)), None)
            self._open[edition.name] = Book(edition, self.reader, names)
        return self._open[edition.name]

    def _named(self, name: str | None) -> Edition | None:
        if name is None:
            return self.current
        return next((row for row in self.editions if row.name == name), None)


NOTHING = mark("Nothing has been measured yet.")
EMPTY = Library(None, False, "nothing", None, ())


class Source:
    """Looks for a new edition at most every ``POLL_S`` seconds, when asked."""

    def __init__(
        self,
        settings: Settings,
        connect: Callable[[str], Reader],
        clock: Callable[[], float] = time.monotonic,
        opens: Opens | None = None,
    ) -> None:
        """``opens``: reads what pages need of a new edition before it is shown."""
        self._addresses = ((settings.database, False), (settings.sample_database, True))
        self._connect = connect
        self._clock = clock
        self._readers: dict[str, Reader] = {}
        self._library = EMPTY
        self._due = float("-inf")
        self._said: dict[str, str] = {}
        self.beside = Beside(opens)

    @property
    def problem(self) -> str:
        """Why a database could not be read when last it was asked; '' it could."""
        return next((said for said in self._said.values() if said), "")

    def library(self) -> Library:
        now = self._clock()
        if now >= self._due:
            self._due = now + POLL_S
            self._library = self.beside.shown(self._library, self._look())
        return self._library

    def _look(self) -> Library:
        """The measured edition, or the sample, or nothing.

        Looks are shown from the measured database as soon as it is there: collectors
        that fail before the first edition must not do so unseen.
        """
        (measured, _), *_ = self._addresses
        for address, sample in self._addresses:
            found = self._try(address, sample)
            if found is not None and found.current is not None:
                watched = self._readers.get(measured)
                if found.watched is (watched or found.reader):
                    return found
                return replace(found, watched=watched or found.reader)
        return replace(EMPTY, watched=self._readers.get(measured))

    def _try(self, address: str, sample: bool) -> Library | None:
        """The library at the address; None where it holds no edition to show.

        A database that does not answer for a moment must not take the site down:
        what was last read from it stays.
        """
        try:
            if not is_there(address):
                self._readers.pop(address, None)
                self._said.pop(address, None)
                return None
            found = self._read(self._reader(address), sample)
            self._said[address] = ""
            return found
        except (SQLAlchemyError, StoreError, OSError) as problem:
            self._say(address, str(problem))
            held, reader = self._library, self._readers.pop(address, None)
            if reader is None or held.reader is not reader:
                return None
            self._readers[address] = reader
            return held

    def _say(self, address: str, problem: str) -> None:
        """Once for each new problem, not every two seconds."""
        if problem != self._said.get(address):
            log.warning("the database could not be read: %s", problem)
            self._said[address] = problem

    def _reader(self, address: str) -> Reader:
        if address not in self._readers:
            self._readers[address] = self._connect(address)
        return self._readers[address]

    def _read(self, reader: Reader, sample: bool) -> Library | None:
        version = f"{'sample' if sample else 'main'} {reader.version()}"
        if version == self._library.version:
            return self._library
        current = reader.current_edition()
        if current is None:
            return None
        return Library(reader, sample, version, current, tuple(reader.editions()))
