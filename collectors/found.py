"""What asking for one account gives, as a channel's module says it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from collectors.base import CollectorError
from model import FoundBy, Kind


class Elsewhere(CollectorError):
    """An account is not what the registry says it is: it moved, or is another now. It
    is unresolved until somebody has looked, and not measured meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The message that opened a thread on an account.

    Found by the brand's reply, it is an inquiry only where no account of the brand has
    the thread already, and it may be older than the watch.
    """

    thread: str  # the channel's own id of the thread
    author: str  # the channel's own id of a person; never kept
    at: int
    kind: Kind = Kind.UNSAID
    url: str | None = None
    text: str = ""
    language: str | None = None
    addressed: int = 1  # registered brands that it names
    found_by: FoundBy = FoundBy.LIST
    message: str = ""  # the channel's own id of the message; "" that of its thread
    surer: bool = False  # the thread may be held as one known only by its answer

    @property
    def by_reply(self) -> bool:
        return self.found_by == FoundBy.REPLY


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A message of the brand in a thread."""

    thread: str
    message: str  # the channel's own id of it
    at: int
    text: str = ""
    language: str | None = None
    for_brand: bool = False  # it answers whoever asked another account of the brand


class Erased(NamedTuple):
    """A message, of a person or of the brand, that is there no more."""

    message: int  # hashing.key of it
    at: int  # when it was last known to stand


class Posted(NamedTuple):
    """One of a brand's own messages, for the ratio of posts to replies."""

    at: int
    reply: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """What asking for one account gave, all of it or as far as was read.

    ``until``: everything up to this second was read. None: up to the round's start.
    ``posted`` may hold what earlier rounds held: each is counted in the round that saw
    the second in which it was posted. ``memory`` is given back to the next round, also
    when nothing was read to its end; None: as it was.
    """

    asked: list[Asked] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # threads that their authors deleted
    erased: list[Erased] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    memory: str | None = None
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    until: int | None = None
    since: int | None = None  # nothing before this second could be read; None: all was
    problem: str = ""
