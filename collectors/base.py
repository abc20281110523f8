"""What a channel is. A channel module fills one of these in and names it CHANNEL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from model.looks import Look, Reading


class CollectorError(Exception):
    """The root of what can go wrong with a source. The message is a sentence."""


class UnreadablePage(CollectorError):
    """The source changed shape. Say where and what was expected; guess nothing."""

    def __init__(self, where: str, expected: str) -> None:
        super().__init__(f"{where}: expected {expected}")


class UnreadableFile(CollectorError):
    """A file is not what its format promises. Say where and what was expected."""

    def __init__(self, path: Path, expected: str) -> None:
        super().__init__(f"{path}: expected {expected}")


class ReadFile(Protocol):
    """Reads one file of a format. Does no other I/O, asks no clock."""

    def __call__(
        self,
        path: Path,
        *,
        secret: bytes,
        as_of: int | None,
        known: "Known",
    ) -> Reading: ...


@dataclass(frozen=True)
class Known:
    """What an importer may know of the registry: account to brand slug, per channel.

    Handles are compared without regard to case.
    """

    brands: dict[tuple[str, str], str]  # (channel, lower-case account): brand slug

    def brand(self, channel: str, account: str) -> str | None:
        return self.brands.get((channel, account.lower()))


@dataclass(frozen=True)
class Watched:
    """An account a look is to watch."""

    account: str
    external_id: str  # "" not resolved yet
    brand: str = ""  # slug; "" is a brand of its own
    watched_from: int | None = None  # seconds; None: never looked at yet
    staff: tuple[str, ...] = ()  # users who answer for it, where the registry says so


class Pace(NamedTuple):
    """How many requests a host allows in any stretch of so many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One public place of one kind, as its module declares it."""

    slug: str  # equals the module's file name
    title: str  # as readers see it
    source: str  # where a reader can check us
    licence: str
    terms: str
    cannot_see: str
    says_kind: bool = False  # the channel itself says what an inquiry is
    answered_only: bool = False  # holds only answered conversations: never a rate
    every: timedelta | None = None  # None: imported, not scheduled
    normal: range = range(1_000_000)  # inquiries that a healthy look yields
    key_setting: str = ""  # the setting that holds its key; "" needs none
    switch: str = ""  # the setting that must be on; "": on by default
    restriction: str = ""  # what its terms forbid, in our words, with the source
    links_kept: timedelta | None = None  # then they are erased; None: for good
    rows_kept: timedelta | None = None  # likewise, whole messages
    published: bool = True  # False: measured, and in no edition
    pace: Pace | None = None  # its documented limit for each host; None: none known
    look: Callable[..., Look] | None = None
    resolve: Callable[..., str] | None = None  # (http, options, account) -> id
    named: Callable[..., str] | None = None  # (http, options, id) -> account, today
    confirms: bool = False  # its looks ask who accounts are, for asking costs
    message_at: Callable[..., str] | None = None
    """(http, options, address of a page) -> its own id of the inquiry that stands
    there, as it is hashed; "": the page is none of this channel's. Lets a person have
    it erased by an address that is written otherwise than the link that is kept."""
    read_file: ReadFile | None = None
    extra: tuple[tuple[str, Any], ...] = ()


Accounts = Sequence[Watched]
