"""What ``scoring.details.ledger`` keeps of an account, day by day again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from model.rows import Account
from model.words import DAY
from store import DayLooks
from web import words
from web.tongue import mark, t, tn

COMPLETE, PARTLY, NOTHING = "complete", "partly", "nothing"
SAID = {
    COMPLETE: mark("in full"),
    PARTLY: mark("in part"),
    NOTHING: mark("not at all"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day of an account. ``why`` is '' where all of it was seen."""

    day: int
    seconds: int
    why: str = ""

    @property
    def state(self) -> str:
        if self.seconds >= DAY:
            return COMPLETE
        return PARTLY if self.seconds else NOTHING


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of why an account was not watched, beside its days."""

    account: Account | None  # None: it is no longer in the registry
    imported: bool  # nobody looks at its channel: files are read
    looks: Mapping[int, DayLooks]  # at its channel, by day
    since: int | None  # the first day on which looks were noted at all


def days_of(seen: Sequence[int], day_from: int, day_to: int) -> list[Day]:
    """Every day of the period. ``seen``: first day, days and seconds, by threes."""
    seconds = dict.fromkeys(range(day_from, day_to), 0)
    for first, count, each in zip(seen[::3], seen[1::3], seen[2::3], strict=True):
        for day in range(day_from + first, day_from + first + count):
            seconds[day] = each
    return [Day(day, count) for day, count in seconds.items()]


def explained(days: Sequence[Day], known: Known) -> list[Day]:
    """The same days, each that was not seen in full with its reason."""
    watched = [day.day for day in days if day.seconds]
    ends = (watched[0], watched[-1]) if watched else None
    return [
        day
        if day.state == COMPLETE
        else Day(day.day, day.seconds, why(day, known, ends))
        for day in days
    ]


def why(day: Day, known: Known, ends: tuple[int, int] | None) -> str:
    """The reason, as far as it is known. ``ends``: first and last day with anything."""
    if known.imported:
        return t("the files we were given do not reach so far")
    if known.account is None:
        return t("the account is no longer in our list")
    if known.account.resolved_at is None:
        return t("the account has not been verified, so it is not watched")
    if ends is None or day.day < ends[0]:
        return t("we were not watching it yet")
    return _of_looks(day, known) or _of_ends(day, ends)


def _of_looks(day: Day, known: Known) -> str:
    """What the looks of the day say; '' nothing."""
    looks = known.looks.get(day.day)
    if looks is not None:
        return troubled(looks) if looks.troubled else ""
    made = known.since is not None and day.day >= known.since
    return t("no look was made that day") if made else ""


def _of_ends(day: Day, ends: tuple[int, int]) -> str:
    if day.day == ends[0]:
        return t("our watch began that day")
    if day.day == ends[1]:
        return t("our watch ended that day")
    if day.day > ends[1]:
        return t("not looked at since")
    return t("not known")


def troubled(looks: DayLooks) -> str:
    """What went wrong with the looks of a day."""
    said = words.problem(looks.problem)
    if looks.looks == 1:
        return t("the one look did not succeed: %(said)s", said=said)
    return tn(
        "%(n)s of %(looks)s did not succeed, mostly: %(said)s",
        "%(n)s of %(looks)s did not succeed, mostly: %(said)s",
        looks.troubled,
        looks=words.counted(looks.looks, "look", "looks"),
        said=said,
    )


def spans(days: Sequence[Day]) -> Iterator[list[Day]]:
    """Neighbouring days that say the same."""
    for _, alike in groupby(days, lambda day: (day.state, day.why)):
        yield list(alike)


def counts(days: Sequence[Day]) -> dict[str, int]:
    found = dict.fromkeys((COMPLETE, PARTLY, NOTHING), 0)
    for day in days:
        found[day.state] += 1
    return found


def accounts(said: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The accounts of a body; none where the edition keeps no ledger."""
    return list(said["accounts"]) if said else []
