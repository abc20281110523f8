"""Figures and statuses in words. Every phrase a page says about a number is here.

Spaces inside a figure are no-break spaces, so that a line never ends in its middle.
``None`` always means "not known" and has its own words; it is never zero.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import hypot

from model.rows import Standing
from model.words import DAY, Cut, Family, Status
from scoring.method import METHOD

HOUR = 3_600
NBSP = "\u00a0"
RANGE = "\u2013"
NOT_KNOWN = "not known"
SMALL = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip

FAMILY_TITLE = {
    Family.SOCIAL: "Social networks",
    Family.REVIEWS: "Reviews",
    Family.SUPPORT: "Support forums",
    Family.COMPLAINTS: "Complaint boards",
    Family.AUDIT: "Field studies",
}
FAMILY_PLACE = {
    Family.SOCIAL: "on social networks",
    Family.REVIEWS: "in reviews",
    Family.SUPPORT: "in support forums",
    Family.COMPLAINTS: "on complaint boards",
    Family.AUDIT: "in field studies",
}
CUT_WORDS = {
    Cut.NEEDS_ANSWER: "complaints and questions",
    Cut.ALL: "messages of every kind",
    Cut.COMPLAINT: "complaints",
    Cut.QUESTION: "questions",
    Cut.COMPLIMENT: "compliments",
    Cut.OTHER: "other messages",
}
THIRD = {"upper": "upper third", "lower": "lower third"}
"""Said with "surely in the" before it: the whole range of places lies there."""


def number(value: int) -> str:
    """1234567 -> 1,234,567."""
    return f"{value:,}"


def counted(value: int, one: str, many: str = "") -> str:
    """(1, "person", "people") -> "1 person"."""
    return f"{number(value)}{NBSP}{one if value == 1 else many or one + 's'}"


def big(value: int) -> str:
    """A count for a sentence: 1,903,442 -> "1.9 million"; smaller ones in full."""
    if value < 1_000_000:
        return number(value)
    return f"{value / 1_000_000:.1f}{NBSP}million"


def whole(value: float) -> int:
    """The nearest whole number, halves upwards: what a reader does by hand."""
    return int(value + 0.5)


def hundred(share: float) -> int:
    """A share as so many of a hundred; 0 and 100 only where it is none and all."""
    if 0 < share < 1:
        return min(99, max(1, whole(100 * share)))
    return whole(100 * share)


def percent(share: float) -> str:
    return f"{whole(100 * share)}{NBSP}%"


def span(low: float, high: float) -> str:
    """An interval of whole numbers, 83–91; one number where both ends are the same."""
    left, right = whole(low), whole(high)
    return str(left) if left == right else f"{left}{RANGE}{right}"


def interval() -> str:
    """What the ends of a span are: "95 % interval"."""
    return f"{percent(METHOD.confidence.value)} interval"


def share_span(low: float, high: float) -> str:
    return span(100 * low, 100 * high)


def difference(
    new: Sequence[float], old: Sequence[float]
) -> tuple[float, float, float]:
    """How much greater one figure is than another of other people, each given with its
    limits, and the limits of that: square and add, as for all changes."""
    (share, low, high), (was, was_low, was_high) = new, old
    change = share - was
    down = hypot(share - low, was_high - was)
    return change, change - down, change + hypot(high - share, was - was_low)


def ordinal(value: int) -> str:
    """3 -> "3rd"."""
    if value % 100 in (11, 12, 13):
        return f"{value}th"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def places(low: int, high: int, of: int) -> str:
    """A range of ranks in words: "3rd to 9th of 41"."""
    return f"{place_range(low, high)} of {number(of)}"


def place_range(low: int, high: int) -> str:
    """The same without how many there are: "3rd to 9th"."""
    return ordinal(low) if low == high else f"{ordinal(low)} to {ordinal(high)}"


def listed(words: list[str]) -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def duration(seconds: int) -> str:
    """A wait as people say it: "8 min", "3 h 10 min", "13 h", "2 days 4 h"."""
    if seconds < 60:
        return f"under{NBSP}1{NBSP}min"
    minutes = (seconds + 30) // 60
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    if minutes < 600:
        return _two(*divmod(minutes, 60), "h", "min")
    hours = (seconds + HOUR // 2) // HOUR
    if hours < 48:
        return f"{hours}{NBSP}h"
    days, rest = divmod(hours, 24)
    return _two(days, rest if days < 10 else 0, "days", "h")


def _two(first: int, second: int, unit: str, smaller: str) -> str:
    text = f"{first}{NBSP}{unit}"
    return f"{text}{NBSP}{second}{NBSP}{smaller}" if second else text


def limit(seconds: int) -> str:
    """One of a family's limits: "an hour", "a day", "three days", "a week"."""
    named = {HOUR: "an hour", DAY: "a day", 7 * DAY: "a week"}
    if seconds in named:
        return named[seconds]
    count, unit = (seconds // DAY, "day") if seconds % DAY == 0 else (0, "")
    if unit:
        word = SMALL[count] if count < len(SMALL) else number(count)
        return f"{word} {unit}s"
    return duration(seconds)


def day(epoch_day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=epoch_day)


def parsed(text: str) -> date:
    """A day as data have it: "2026-11-21"."""
    return date.fromisoformat(text)


def long_date(when: date) -> str:
    return f"{when.day} {when:%B} {when.year}"


def moment(seconds: int) -> str:
    """A point of time: "21 November 2026, 14:05 UTC"."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{long_date(at.date())}, {at:%H:%M} UTC"


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def period(day_from: int, day_to: int) -> str:
    """Days asked, the last excluded: "July to September 2026" for whole months."""
    first, last, after = day(day_from), day(day_to - 1), day(day_to)
    if first.day == 1 and after.day == 1:
        return _months(first, last)
    if first == last:
        return long_date(first)
    if first.year == last.year:
        return f"{first.day} {first:%B} to {long_date(last)}"
    return f"{long_date(first)} to {long_date(last)}"


def _months(first: date, last: date) -> str:
    end = f"{last:%B} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return end
    start = f"{first:%B}" if first.year == last.year else f"{first:%B} {first.year}"
    return f"{start} to {end}"


def too_few(row: Standing) -> str:
    """What is missing before a brand can be ranked, as people can count it."""
    inquiries = max(0, METHOD.fewest_inquiries.value - row.inquiries)
    people = max(0, METHOD.fewest_people.value - row.authors)
    more = counted(inquiries, "more inquiry", "more inquiries")
    whom = counted(people, "more person", "more people")
    if inquiries and people:
        return f"Too few to rank: {more} from {whom} needed"
    if inquiries:
        return f"Too few to rank: {more} needed"
    return f"Too few to rank: inquiries from {whom} needed"


def status(row: Standing) -> str:
    """Why a standing is not ranked, as a sentence without a full stop; '' ranked."""
    match row.status:
        case Status.TOO_FEW:
            return too_few(row)
        case Status.FEW_DAYS:
            return _few_days(row)
        case Status.LOW_COVERAGE:
            return f"Withheld: {_saw(row.coverage)}"
        case Status.ANSWERED_ONLY:
            return "No rate: this source holds only answered conversations"
    return ""


def _few_days(row: Standing) -> str:
    needed = METHOD.fewest_days.value
    if row.days is None:
        return f"Not ranked: a few days decide; {needed} are needed"
    return (
        f"Not ranked: a few days decide. The inquiries weigh like "
        f"{row.days:.1f}{NBSP}even days; {needed} are needed"
    )


def _saw(coverage: float | None) -> str:
    needed = percent(METHOD.lowest_coverage.value)
    if coverage is None:
        return f"we did not watch it; {needed} of the period is needed"
    seen = f"{int(100 * coverage)}{NBSP}%"  # down: just below 80 % is not 80 %
    return f"we saw only {seen} of the period; {needed} is needed"


STATUS_SHORT = {
    Status.TOO_FEW: "too few",
    Status.FEW_DAYS: "few days",
    Status.LOW_COVERAGE: "low coverage",
    Status.ANSWERED_ONLY: "answered only",
}
"""For the narrow column of places; the sentence of ``status`` is always beside it."""


def typical_wait(row: Standing) -> str:
    """The time by which half of all who wrote had an answer. Never the mean."""
    if row.median_wait_s is not None:
        return duration(row.median_wait_s)
    if row.status in (Status.LOW_COVERAGE, Status.ANSWERED_ONLY) or not row.inquiries:
        return NOT_KNOWN
    return f"more than {limit(row.t3_s)}"


def wait_note(row: Standing) -> str:
    """What a reader must know beside ``typical_wait``; '' when nothing."""
    if row.status == Status.ANSWERED_ONLY and row.median_wait_s is not None:
        return "among those answered"
    if row.median_wait_s is None and typical_wait(row) != NOT_KNOWN:
        return "half had no answer by then"
    return ""


PLAIN = (
    (r"\[Errno -\d+\][^;,.)]*", "its name could not be found"),
    (r"\[Errno 111\][^;,.)]*", "the connection was refused"),
    (r"\[Errno (?:104|32)\][^;,.)]*", "the connection was broken off"),
    (r"\[Errno 110\][^;,.)]*", "it did not answer in time"),
    (r"\[Errno (?:101|113)\][^;,.)]*", "there was no way to it"),
    (r"\[SSL: CERTIFICATE_VERIFY_FAILED\].*?(?:\(_ssl[^)]*\)|$)",
     "its certificate could not be verified"),
    (r"\[Errno \d+\]\s*", ""),
)  # fmt: skip
"""What systems say of a failure, and what it means."""


def problem(text: str) -> str:
    """A look's problem without the words of machines."""
    for machine, plain in PLAIN:
        text = re.sub(machine, plain, text)
    return text


def bin_label(low: int, high: int) -> str:
    """A bar of the chart of waits: "5 to 15 min", "1 to 2 hours", "2 to 3 days"."""
    if low == 0:
        return f"up to {_unit(high)}"
    if _scale(low) == _scale(high):
        return f"{low // _scale(low)} to {_unit(high)}"
    return f"{_unit(low)} to {_unit(high)}"


def _scale(seconds: int) -> int:
    if seconds % DAY == 0:
        return DAY
    return HOUR if seconds % HOUR == 0 else 60


def _unit(seconds: int) -> str:
    scale = _scale(seconds)
    count = seconds // scale
    name = {DAY: "day", HOUR: "hour", 60: "min"}[scale]
    return f"{count} {name}" + ("s" if count > 1 and name != "min" else "")


def family_title(family: str) -> str:
    """'' is a format whose rows say themselves where they come from."""
    return FAMILY_TITLE[Family(family)] if family else "Any"


def family_place(family: str) -> str:
    return FAMILY_PLACE[Family(family)]


def cut_words(cut: str) -> str:
    return CUT_WORDS[Cut(cut)]
