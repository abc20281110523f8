"""What a look at a channel, or a file, gives the store: columns and what we know of
how they were seen. Made by ``collectors``, applied by ``store`` in one transaction.

A channel that gives texts and does not say what they are hands them on beside its rows
(``HEARD``, ``SPOKEN``); ``jobs.judging`` puts what they are in their place. The store
refuses a frame that still has a text.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import polars as pl

from model.frames import IMPORTED, PUBLISHED, empty

RESPONDED: dict[str, pl.DataType] = {
    "account": pl.String(),
    "message": pl.Int64(),  # hash of the response's own address
    "key": pl.Int64(),  # of the inquiry it answers; null: see to_message
    "to_message": pl.Int64(),  # address hash of the message it quotes
    "responded_at": pl.Int64(),
    "step": pl.Int8(),  # what it is by its own words alone
    "fingerprint": pl.Int64(),  # language.fingerprint; null: not known
    "personal": pl.Int8(),  # 1: calls the person by name, 0: does not; null: not known
}

HEARD: dict[str, pl.DataType] = IMPORTED | {"text": pl.String()}
"""Inquiries with what people wrote, as a collector hands them on to be judged. Null:
there is no text. Cut it at ``LONGEST``."""

SPOKEN: dict[str, pl.DataType] = RESPONDED | {
    "text": pl.String(),
    "language": pl.String(),
}
"""Responses with what the brand wrote, likewise."""

LONGEST = 2_000
"""Characters of a text that are looked at."""

DELETED: dict[str, pl.DataType] = {
    "message": pl.Int64(),  # address hash of an inquiry or of a response
    "deleted_at": pl.Int64(),
}

DEPARTED: dict[str, pl.DataType] = {
    "author": pl.Int64(),  # keyed hash; a person has one for each year
    "left_at": pl.Int64(),
}
"""People whose whole account is gone: what they wrote until then went with it."""

OPEN: dict[str, pl.DataType] = {
    "account": pl.String(),
    "key": pl.Int64(),
    "message": pl.Int64(),  # null: the channel gives messages no address of their own
    "asked_at": pl.Int64(),
    "answered_at": pl.Int64(),  # null: not answered yet
    "url": pl.String(),
    "found_by": pl.Int8(),
}
"""Inquiries that may still change what is counted: neither deleted nor older than was
asked for. Answered ones too: whether a deletion is noticed must not hang on that."""

REPLIES: dict[str, pl.DataType] = {
    "conversation": pl.Int64(),
    "responded_at": pl.Int64(),
    "wait": pl.Int64(),  # seconds since the inquiry; null: that is not known
    "reads": pl.Int8(),  # words.Step by its own words alone
    "fingerprint": pl.Int64(),
}
"""One account's replies, as the judge of their steps is shown them."""


class Judge(Protocol):
    """Tells the step (Int8) of each of an account's replies from all of them (REPLIES).

    Its verdict on a reply hangs on those sent at most ``reach`` seconds before or after
    it and on nothing else, in whatever order they come.
    """

    @property
    def reach(self) -> int: ...

    def __call__(self, replies: pl.DataFrame) -> pl.Series: ...

    def copied(self, replies: pl.DataFrame, wanted: pl.Series) -> pl.Series:
        """Whether (Int8, 1 or 0) others got a near-copy of each reply that is wanted
        (Boolean); null of the rest, and of those without a fingerprint."""
        ...


class Seen(NamedTuple):
    """One account was watched without a gap from ``since`` to ``until`` (seconds)."""

    account: str
    since: int
    until: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one imported file said.

    ``since`` to ``as_of`` is what the source knows: every account named in the file
    counts as seen in full on those days and as watched until ``as_of``.
    """

    channel: str  # of the format; rows carry their own
    inquiries: pl.DataFrame  # IMPORTED; HEARD until it has been judged
    published: pl.DataFrame = field(default_factory=lambda: empty(PUBLISHED))
    read: int = 0
    refused: dict[str, int] = field(default_factory=dict)  # reason: rows
    notes: tuple[str, ...] = ()  # sentences: what was passed over without loss
    since: int | None = None  # None: no row could be kept
    as_of: int | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one look at a channel came to.

    ``cursors_before`` are the cursors the look started from: the store refuses a look
    whose start is no longer where the stored state ends, so that nothing is applied
    twice when two processes look at once.
    """

    channel: str
    inquiries: pl.DataFrame = field(default_factory=lambda: empty(IMPORTED))
    """IMPORTED; HEARD until it has been judged."""
    responses: pl.DataFrame = field(default_factory=lambda: empty(RESPONDED))
    """RESPONDED; SPOKEN until it has been judged."""
    deletions: pl.DataFrame = field(default_factory=lambda: empty(DELETED))
    departed: pl.DataFrame = field(default_factory=lambda: empty(DEPARTED))
    published: pl.DataFrame = field(default_factory=lambda: empty(PUBLISHED))
    seen: tuple[Seen, ...] = ()
    followed: tuple[Seen, ...] = ()
    """Of which every answer is known although not every question is: no coverage, but
    nothing is cut short there either."""
    resolved: dict[str, str] = field(default_factory=dict)  # account: external id
    unresolved: dict[str, str] = field(default_factory=dict)  # account: why not
    cursors_before: dict[str, str] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    started_at: int = 0
    finished_at: int = 0
    read: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    problem: str = ""  # a sentence; '' when the look is complete
