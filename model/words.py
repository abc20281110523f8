"""The vocabulary: families and their channels, kinds, ladder steps, statuses.

Codes are small integers because millions of rows carry them; a code is never reused.
"""

from enum import IntEnum, StrEnum

DAY = 86_400
"""Seconds in a UTC day. Times are whole seconds since 1970-01-01T00:00:00Z."""


class Family(StrEnum):
    """Channels that share one clock. Families are never mixed in one ranking."""

    SOCIAL = "social"
    REVIEWS = "reviews"
    SUPPORT = "support"
    COMPLAINTS = "complaints"
    AUDIT = "audit"


FAMILIES = tuple(Family)

CHANNEL_FAMILY: dict[str, Family] = {
    "bluesky": Family.SOCIAL,
    "mastodon": Family.SOCIAL,
    "x": Family.SOCIAL,
    "youtube": Family.SOCIAL,
    "reddit": Family.SOCIAL,
    "twcs": Family.SOCIAL,
    "github": Family.SUPPORT,
    "discourse": Family.SUPPORT,
    "stackexchange": Family.SUPPORT,
    "google_play": Family.REVIEWS,
    "app_store": Family.REVIEWS,
    "trustpilot": Family.REVIEWS,
    "consumidor": Family.COMPLAINTS,
    "cfpb": Family.COMPLAINTS,
    "audit": Family.AUDIT,
}
"""Every channel an account may be on, and its family. A collector module of the same
slug must agree with it (a test holds them together)."""

SAMPLED_CHANNELS = frozenset({"x"})
"""Seen only as a random sample: never pooled with channels that are seen in full."""

RATES_ONLY: dict[str, int] = {"cfpb": 15 * DAY}
"""Channels that say whether an answer came within so many seconds, and never when. What
they hold enters no share within a limit of its family, no score and no wait: it carries
the end of that time as its answer's, and as *watched until* the moment it was asked."""

UNPUBLISHED_CHANNELS = frozenset({"youtube"})
"""Their terms allow no figures of one's own: measured, and in no edition."""


class Kind(IntEnum):
    """What an inquiry is. ``UNSAID`` is shown as ``other``: the channel did not say."""

    UNSAID = 0
    COMPLAINT = 1
    QUESTION = 2
    COMPLIMENT = 3
    OTHER = 4


class FoundBy(IntEnum):
    """How we came to know an inquiry. ``REPLY``: only because the brand answered it."""

    STREAM = 1
    THREAD = 2
    LIST = 3
    REPLY = 4


class Step(IntEnum):
    """The reply ladder. ``UNJUDGED``: not known to be automatic, so it counts."""

    NONE = 0
    AUTOMATIC = 1
    CANNED = 2
    REDIRECT = 3
    SUBSTANTIVE = 4
    UNJUDGED = 5


class Reason(IntEnum):
    """Whether a message counts, and if not, why; the first that applies.

    Never a function of the answer: who drops all answers finds the same reasons.
    """

    COUNTED = 0
    SEVERAL = 1  # names several brands
    REPLY = 2  # known only because it was answered
    YOUNG = 3  # not watched for a whole horizon
    LOST = 4  # deleted by its author within the horizon


class Cut(StrEnum):
    """Which kinds of inquiry a table counts."""

    NEEDS_ANSWER = "needs-answer"
    ALL = "all"
    COMPLAINT = "complaint"
    QUESTION = "question"
    COMPLIMENT = "compliment"
    OTHER = "other"


CUT_KINDS: dict[Cut, tuple[Kind, ...]] = {
    Cut.NEEDS_ANSWER: (Kind.COMPLAINT, Kind.QUESTION),
    Cut.ALL: tuple(Kind),
    Cut.COMPLAINT: (Kind.COMPLAINT,),
    Cut.QUESTION: (Kind.QUESTION,),
    Cut.COMPLIMENT: (Kind.COMPLIMENT,),
    Cut.OTHER: (Kind.OTHER, Kind.UNSAID),
}


class Count(StrEnum):
    """``people``: one author counts once per brand and UTC day; or every message."""

    PEOPLE = "people"
    MESSAGES = "messages"


class Level(StrEnum):
    """What a standing is the standing of."""

    BRAND = "brand"
    CHANNEL = "channel"  # one brand on one channel
    ACCOUNT = "account"
    INDUSTRY = "industry"


class Status(StrEnum):
    """Why a standing is ranked or not."""

    RANKED = "ranked"
    TOO_FEW = "too_few"
    FEW_DAYS = "few_days"
    LOW_COVERAGE = "low_coverage"
    ANSWERED_ONLY = "answered_only"


class Became(StrEnum):
    """What became of an account, as its channel said when it was last asked."""

    MOVED = "moved"  # its name leads to somebody else
    VANISHED = "vanished"
    RENAMED = "renamed"  # still the same, under another name
    UNKNOWN = "unknown"  # it was never found

    def said(self, why: str) -> str:
        """As an account's problem; of one that was never found it is ``why`` alone."""
        return f"{self}: {why}"


def became(problem: str) -> Became | None:
    """What an account's problem says of it; None: it has none."""
    word = problem.partition(": ")[0]
    known = (Became.MOVED, Became.VANISHED, Became.RENAMED)
    return next(
        (each for each in known if each == word), Became.UNKNOWN if problem else None
    )
