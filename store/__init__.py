"""The only package that speaks SQL: everything kept, and everything read back.

What the website needs is imported here; what works on columns (polars) or changes the
schema (Alembic) is imported when it is first asked for, so that a process which serves
pages never loads it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from store.auditing import (
    AuditBook,
    AuditLine,
    AuditMerged,
    Audits,
    ChangedProtocol,
    PastResult,
    UnknownAudit,
)
from store.database import Database
from store.docket import BrandSite, Docket, FullDocket, UnknownFiling
from store.editions import Editions
from store.errors import (
    AlreadyRunning,
    EditionExists,
    NewerSchema,
    NoRoom,
    OldSchema,
    StaleLook,
    StoreError,
    UnknownEdition,
    WrongAddress,
)
from store.notices import Due, Figure, FullList, Moved, Notices, Outbox
from store.pages import (
    BrandLine,
    ChannelCoverage,
    DayLooks,
    LastRuns,
    Listed,
    Pages,
    Past,
)
from store.registrar import Registrar
from store.watching import DaySeen, RunSum, Watch, Watching

if TYPE_CHECKING:
    import polars as pl

    from model import Run
    from model.looks import Judge, Look, Reading
    from store.expiring import Expired
    from store.forgetting import Forgotten
    from store.locks import Lock
    from store.merging import Merged
    from store.tallying import Tallied

__all__ = [
    "AlreadyRunning",
    "AuditBook",
    "AuditLine",
    "AuditMerged",
    "BrandLine",
    "BrandSite",
    "ChangedProtocol",
    "ChannelCoverage",
    "DayLooks",
    "DaySeen",
    "EditionExists",
    "Due",
    "Figure",
    "FullDocket",
    "FullList",
    "LastRuns",
    "Listed",
    "Moved",
    "NewerSchema",
    "NoRoom",
    "OldSchema",
    "Outbox",
    "Past",
    "PastResult",
    "RunSum",
    "StaleLook",
    "Store",
    "StoreError",
    "UnknownAudit",
    "UnknownEdition",
    "UnknownFiling",
    "Watch",
    "WrongAddress",
]


class Store(Pages, Watching, Registrar, Editions, Audits, Docket, Notices):
    """One database: SQLite (``sqlite:///PATH``) or PostgreSQL (``postgresql://...``).

    Safe to use from several threads. Raises WrongAddress.
    """

    def __init__(self, address: str, var: Path | None = None) -> None:
        """``var``: the folder in which a server's database may keep files."""
        self._database = Database(address, var)

    def close(self) -> None:
        self._database.close()

    def migrate(self) -> None:
        """Brings the schema up to date. Two processes may do so at once."""
        from store import migration

        migration.migrate(self._database)

    def schema_is_current(self) -> bool:
        """Whether the schema is the one this code was written for."""
        from store import migration

        return migration.current(self._database) == migration.head()

    def merge(self, reading: "Reading") -> "Merged":
        """Merges what an imported file says. Taken again, it changes nothing."""
        from store.merging import merge

        return merge(self._database, reading)

    def apply(
        self,
        look: "Look",
        run: "Run",
        judge: "Judge | None" = None,
        horizon: int | None = None,
    ) -> None:
        """Applies a look and records its run in one transaction.

        ``judge`` tells the steps of replies from an account's other ones; None: each is
        what its own words say. ``horizon``, seconds: inquiries that were within it when
        we stopped watching are known up to then. Raises StaleLook, keeping nothing,
        when another look came first.
        """
        from store.looking import apply

        apply(self._database, look, run, judge, horizon)

    def respond(self, replies: "pl.DataFrame") -> None:
        """Keeps replies (``looks.RESPONDED``, and the ``channel`` of each) to inquiries
        that say themselves what they were answered with. Raises ValueError where one
        names an account that is not there."""
        from store.looking import respond

        respond(self._database, replies)

    def opened(
        self, channel: str, conversations: Collection[tuple[str, int]]
    ) -> dict[tuple[str, int], int]:
        """Of these (account, key), the ones that are kept, and when each was asked."""
        from store.opened import opened

        return opened(self._database, channel, conversations)

    def open_since(self, channel: str, since: int) -> "pl.DataFrame":
        """Inquiries asked since a second that nobody deleted, as ``looks.OPEN``."""
        from store.opened import open_since

        return open_since(self._database, channel, since)

    def forget(
        self, links: Collection[str], names: Collection[tuple[str, int]], at: int
    ) -> "Forgotten":
        """Erases author and link of the inquiries with one of these links, or of these
        names: (channel, hash of its own id); they count as deleted at ``at``."""
        from store.forgetting import forget

        return forget(self._database, links, names, at)

    def expire(
        self, channel: str, links_before: int | None, rows_before: int | None
    ) -> "Expired":
        """Erases a channel's links to what was asked before a second, and all that was
        said before another one; None: nothing of it."""
        from store.expiring import expire

        return expire(self._database, channel, links_before, rows_before)

    def worker_lock(self) -> AbstractContextManager["Lock"]:
        """Held by the one worker. Raises AlreadyRunning when another has it."""
        from store.locks import worker_lock

        return worker_lock(self._database)

    def tally_slices(
        self,
        day_from: int,
        day_to: int,
        as_of: int,
        rows_per_slice: int = 1_250_000,
        *,
        keep: bool = False,
    ) -> Iterator["pl.DataFrame"]:
        """Inquiries of a period as columns (``frames.TALLIED``), each brand whole.

        ``keep``: columns are kept in files, so that the next time only what is new is
        read (``kept``).
        """
        from store.tallying import tally_slices

        return tally_slices(
            self._database, day_from, day_to, as_of, rows_per_slice, keep=keep
        )

    def tallied(
        self,
        day_from: int,
        day_to: int,
        as_of: int,
        rows_per_slice: int,
        *,
        keep: bool = False,
    ) -> "AbstractContextManager[Tallied]":
        """The same slices, and directory, coverage and publications of the period, all
        of one snapshot."""
        from store.tallying import tallied

        return tallied(
            self._database, day_from, day_to, as_of, rows_per_slice, keep=keep
        )

    def answered(
        self,
        day_from: int,
        day_to: int,
        as_of: int = 2**62,
        judge: "Judge | None" = None,
    ) -> "pl.DataFrame":
        """What is known of the answers to inquiries of a period beside when the first
        came and what it was worth (``frames.ANSWERED``). ``judge``: of near-copies
        among what was sent by ``as_of``; None: nothing is said of them."""
        from store.answering import answered

        return answered(self._database, day_from, day_to, as_of, judge)

    def lines(
        self, edition_id: int, types: "Mapping[str, pl.DataType]"
    ) -> "pl.DataFrame":
        """All lines of an edition as columns of these names, as published."""
        from store.bundling import lines

        return lines(self._database, edition_id, types)

    def detail_lines(
        self, edition_id: int, topic: Literal["standard"] | None = None
    ) -> "pl.DataFrame":
        """All details of an edition, or those of one topic, sorted by their key."""
        from store.bundling import details

        return details(self._database, edition_id, topic)

    def links(self, asked: "pl.DataFrame") -> "pl.DataFrame":
        """Of these inquiries (id, asked_at) the ones with a ``url`` that stands."""
        from store.bundling import links

        return links(self._database, asked)
