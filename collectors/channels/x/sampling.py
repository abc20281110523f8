"""When we listen: stretches of time drawn by lot, a day ahead of what is said in them.

Pure: no I/O, no clock. A stretch is drawn for each account and UTC day from a hash of
both under the installation's secret, so nobody outside can know when a brand is
listened to, and everybody inside finds the same. How long it is follows from the budget
and from how many posts a second there were in earlier stretches, never from answers.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, NamedTuple, Self

from model import DAY

SHORTEST = 300
"""Seconds of a stretch, at least."""
UNKNOWN = 900
"""Of one for an account of which nothing is known yet."""
FADES = 0.8
"""What an earlier stretch says of the next one, with each stretch in between."""


class Stretch(NamedTuple):
    """From a second (included) to another (excluded)."""

    since: int
    until: int


@dataclass(frozen=True)
class Plan:
    """What is to be listened to of one account, and what was learnt for that.

    ``threads``: of inquiries still followed whose post did not begin its conversation,
    the conversation, by the post. Ids of posts; nothing of people.
    """

    drawn: int = -1  # the last day of which stretches were drawn; -1: none yet
    ahead: tuple[Stretch, ...] = ()
    posts: float = 0.0  # read in earlier stretches, the older ones for less
    seconds: float = 0.0  # of those
    threads: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, said: str | None) -> Self:
        """The plan as ``said`` wrote it; a new one where there is none."""
        if said is None:
            return cls()
        kept: dict[str, Any] = json.loads(said)
        ahead = tuple(Stretch(*each) for each in kept.pop("ahead"))
        return cls(ahead=ahead, **kept)

    def said(self) -> str:
        return json.dumps(
            {
                "drawn": self.drawn,
                "ahead": [list(each) for each in self.ahead],
                "posts": round(self.posts, 3),
                "seconds": round(self.seconds, 3),
                "threads": self.threads,
            },
            sort_keys=True,
        )

    def lasting(self, posts: float) -> int:
        """Seconds of a stretch in which so many posts are to be expected. The day, when
        that is more than half of it."""
        if not self.seconds:
            return UNKNOWN
        # One post more than there was: nobody is silent for ever.
        expected = posts * self.seconds / (self.posts + 1)
        return DAY if 2 * expected > DAY else max(SHORTEST, int(expected))

    def draw(self, account: str, days: Stretch, posts: float, secret: bytes) -> Self:
        """With stretches for those of some days that were not drawn yet."""
        last = days.until - 1
        new = tuple(
            stretch(account, day, self.lasting(posts), secret)
            for day in range(max(self.drawn + 1, days.since), last + 1)
        )
        return replace(self, drawn=max(last, self.drawn), ahead=(*self.ahead, *new))

    def parts(self, since: int, until: int) -> Iterator[Stretch]:
        """What of the stretches lies between two seconds; what overlaps, once."""
        end = since
        for begun, ended in sorted(self.ahead):
            part = Stretch(max(begun, end), min(ended, until))
            if part.since < part.until:
                yield part
                end = part.until

    def learnt(self, posts: int, seconds: int) -> Self:
        """With what one more stretch had."""
        return replace(
            self,
            posts=self.posts * FADES + posts,
            seconds=self.seconds * FADES + seconds,
        )

    def past(self, until: int) -> Self:
        """Without the stretches that are over."""
        return replace(self, ahead=tuple(s for s in self.ahead if s.until > until))


def stretch(account: str, day: int, lasting: int, secret: bytes) -> Stretch:
    """One stretch, its beginning anywhere in the day, the same for the same day. It may
    reach into the next one, so that no hour is listened to less than others."""
    if lasting >= DAY:
        return Stretch(day * DAY, (day + 1) * DAY)
    said = f"answerable: x, when {account.lower()} is listened to on day {day}"
    drawn = blake2b(said.encode(), digest_size=8, key=secret[:64]).digest()
    since = day * DAY + int.from_bytes(drawn, "big") % DAY
    return Stretch(since, since + lasting)
