"""Which database the site reads, and the edition it reads from it, opened.

The site never makes or migrates a database: a file that is not there is no edition.
"""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

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
    Listed,
    Outbox,
    Past,
    RunSum,
    StoreError,
    Watch,
)
from web.book import Book
from web.errors import NotHere
from web.opening import Beside, Opens
from web.tongue import mark, t

log = logging.getLogger(__name__)

POLL_S = 2.0
"""How old an answer to "is there a new edition?" may be."""
OPEN_EDITIONS = 4
"""Editions kept open at once; a reader of another one waits for it to be loaded."""


class Reader(Protocol):
    """What the pages ask of a store. ``store.Store`` answers all of it. Only the last
    few write, and only the docket and who watches."""

    def version(self) -> str: ...
    def editions(self) -> list[Edition]: ...
    def current_edition(self) -> Edition | None: ...
    def standings(
        self,
        edition_id: int,
        level: str | None = None,
        *,
        slug: str | None = None,
        headline: bool | None = None,
    ) -> list[Standing]: ...
    def listed(self, edition_id: int, level: str) -> list[Listed]: ...
    def standings_of(self, ids: Collection[int]) -> list[Standing]: ...
    def former_names(self) -> dict[str, str]: ...
    def details(
        self, edition_id: int, level: str, slug: str | None = None
    ) -> list[EditionDetail]: ...
    def told_of(
        self,
        edition_id: int,
        topic: str,
        level: str,
        family: str,
        slugs: Collection[str],
    ) -> dict[str, str]: ...
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
