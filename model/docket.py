"""The docket: what brands ask us to put right, and how long we take to answer.

Whoever asks is not kept: an address is written to once and forgotten. Times are whole
epoch seconds, UTC, as everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sqlmodel import Field, SQLModel

from model.rows import Big, Key


class Asked(StrEnum):
    """What a filing is about."""

    REPLY = "reply"
    ACCOUNT = "account"
    NOT_COMPLAINT = "not-complaint"
    WATCH = "watch"


class State(StrEnum):
    """Where a filing stands. Only what was confirmed by mail is on the docket."""

    UNCONFIRMED = "unconfirmed"
    REVIEW = "review"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    DECLINED = "declined"


DISPUTING = frozenset({Asked.REPLY, Asked.ACCOUNT, Asked.NOT_COMPLAINT})
"""Kinds that dispute figures; asking to be watched disputes none."""

STANDING = frozenset({State.REVIEW, State.ANSWERED, State.ACCEPTED})
"""States in which a brand's page says that its figures are disputed."""


class Filing(SQLModel, table=True):
    """One request. It has a number, and is public, once it was confirmed."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    number: int | None = Field(
        default=None, unique=True, description="None: not confirmed yet"
    )
    kind: str
    brand: str = Field(index=True, description="slug; '' none of our list")
    name: str = Field(description="of the brand, as our list or the filer has it")
    domain: str = Field(description="of the address that confirmed; not the address")
    known_domain: bool = Field(description="it is the brand's own in our list")
    text: str = Field(description="what is asked; public once accepted")
    state: str
    token: str = Field(index=True, description="hash of the mail's; '' it was used")
    expires_at: int = Field(sa_type=Big, description="of the token")
    made_at: int = Field(sa_type=Big)
    confirmed_at: int | None = Field(default=None, sa_type=Big)
    answered_at: int | None = Field(
        default=None, sa_type=Big, description="our first answer; None: not yet"
    )
    decided_at: int | None = Field(
        default=None, sa_type=Big, description="accepted or declined; None: not yet"
    )
    outcome: str = Field(default="", description="what we said last; public")
    steps: int = Field(default=0, description="how often it changed in public")

    @property
    def disputes(self) -> bool:
        """Whether the brand's page has to say that figures are disputed."""
        return self.kind in DISPUTING and self.state in STANDING


@dataclass(frozen=True, slots=True)
class OurAnswers:
    """How long we take. ``median`` None: fewer than half have an answer by then."""

    filed: int
    answered: int
    median: int | None  # seconds


def our_answers(filings: Iterable[Filing], now: int) -> OurAnswers:
    """Our own answers to what was confirmed, the unanswered counted as waiting.

    The median is that of Kaplan and Meier (1958): the first wait by which at least half
    are answered, what still waits being at risk as long as it has waited.
    """
    waits = sorted(
        (
            max(0, (one.answered_at or now) - one.confirmed_at),
            one.answered_at is None,
        )
        for one in filings
        if one.confirmed_at is not None
    )
    done = sum(not waiting for _, waiting in waits)
    return OurAnswers(len(waits), done, _median(waits))


def _median(waits: list[tuple[int, bool]]) -> int | None:
    """Of (wait, is waiting still), sorted. The share is kept as a fraction of whole
    numbers, so that a half is a half."""
    left, risk = (1, 1), len(waits)
    for wait, group in groupby(waits, key=lambda pair: pair[0]):
        ended = [waiting for _, waiting in group]
        answered = ended.count(False)
        left = (left[0] * (risk - answered), left[1] * risk)
        if answered and 2 * left[0] <= left[1]:
            return int(wait)
        risk -= len(ended)
    return None
