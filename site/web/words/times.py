"""Waits, days and periods in words."""

from datetime import UTC, date, datetime, timedelta

from babel.dates import format_date

from model.words import DAY
from scoring.method import METHOD
from scoring.waits import Between
from web import tongue
from web.tongue import mark, t, tn
from web.words.figures import NBSP, french, percent, small

HOUR = 3_600


def duration(seconds: int) -> str:
    """A wait as people say it: "8 min", "3 h 10 min", "13 h", "2 days 4 h"."""
    if seconds < 60:
        return t("under\u00a01\u00a0min")
    minutes = (seconds + 30) // 60
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    if minutes < 600:
        return _hours(*divmod(minutes, 60))
    hours = (seconds + HOUR // 2) // HOUR
    if hours < 48:
        return f"{hours}{NBSP}h"
    days, rest = divmod(hours, 24)
    unit = tn("day", "days", days)
    text = f"{days}{NBSP}{unit}"
    return f"{text}{NBSP}{rest}{NBSP}h" if rest and days < 10 else text


def surely(wait: Between, horizon_s: int) -> str:
    """How sure a wait is, beside it: "95 % sure between 45 min and 2 h"; '' where
    nothing is known of it. A wait beyond the horizon says by itself how long it is."""
    more, most = wait
    sure = percent(METHOD.confidence.value)
    if more == horizon_s:
        return t("%(sure)s sure", sure=sure)
    if more is not None and most is not None:
        return t(
            "%(sure)s sure between %(low)s and %(high)s",
            sure=sure,
            low=duration(more),
            high=duration(most),
        )
    if more is not None:
        return t("%(sure)s sure: more than %(wait)s", sure=sure, wait=duration(more))
    if most is not None:
        return t("%(sure)s sure: at most %(wait)s", sure=sure, wait=duration(most))
    return ""


def within(wait: Between) -> str:
    """The same where a table says once how sure it is: "45 min to 2 h"; '' where
    nothing is known of it."""
    more, most = wait
    if more is not None and most is not None:
        return t("%(least)s to %(most)s", least=duration(more), most=duration(most))
    if more is not None:
        return t("more than %(wait)s", wait=duration(more))
    return t("at most %(wait)s", wait=duration(most)) if most is not None else ""


def _hours(hours: int, minutes: int) -> str:
    """Units as all our languages write them."""
    text = f"{hours}{NBSP}h"
    return f"{text}{NBSP}{minutes}{NBSP}min" if minutes else text


NAMED = {HOUR: mark("an hour"), DAY: mark("a day"), 7 * DAY: mark("a week")}


def limit(seconds: int) -> str:
    """One of a family's limits: "an hour", "a day", "three days", "a week"."""
    if seconds in NAMED:
        return t(NAMED[seconds])
    if seconds % DAY == 0:
        count = seconds // DAY
        return tn("%(count)s day", "%(count)s days", count, count=small(count))
    return duration(seconds)


def day(epoch_day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=epoch_day)


def parsed(text: str) -> date:
    """A day as data have it: "2026-11-21"."""
    return date.fromisoformat(text)


def long_date(when: date) -> str:
    locale = tongue.locale()
    if locale is None:
        return f"{when.day} {when:%B} {when.year}"
    said = format_date(when, "long", locale=locale)
    return said.replace("1 ", "1er ", 1) if when.day == 1 and french() else said


def month(when: date, *, year: bool) -> str:
    """ "July 2026", or "July"."""
    locale = tongue.locale()
    if locale is None:
        return f"{when:%B} {when.year}" if year else f"{when:%B}"
    pattern = MONTHS.get(tongue.language(), "LLLL y") if year else "LLLL"
    return format_date(when, pattern, locale=locale)


MONTHS = {"pt": "LLLL 'de' y"}


def short_month(when: date) -> str:
    """ "Jul", for the foot of a drawing."""
    locale = tongue.locale()
    return f"{when:%b}" if locale is None else format_date(when, "LLL", locale=locale)


def _day_of(when: date) -> str:
    """ "3 July"."""
    locale = tongue.locale()
    if locale is None:
        return f"{when.day} {when:%B}"
    pattern = {"pt": "d 'de' MMMM"}.get(tongue.language(), "d MMMM")
    said = format_date(when, pattern, locale=locale)
    return said.replace("1 ", "1er ", 1) if when.day == 1 and french() else said


def short_day(when: date) -> str:
    """ "3 Jul", for an axis."""
    locale = tongue.locale()
    if locale is None:
        return f"{when.day} {when:%b}"
    return format_date(when, "d MMM", locale=locale)


def moment(seconds: int) -> str:
    """A point of time: "21 November 2026, 14:05 UTC"."""
    at = datetime.fromtimestamp(seconds, UTC)
    return t("%(day)s, %(time)s UTC", day=long_date(at.date()), time=f"{at:%H:%M}")


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def period(day_from: int, day_to: int) -> str:
    """Days asked, the last excluded: "July to September 2026" for whole months."""
    first, last, after = day(day_from), day(day_to - 1), day(day_to)
    if first.day == 1 and after.day == 1:
        return _months(first, last)
    if first == last:
        return long_date(first)
    start = _day_of(first) if first.year == last.year else long_date(first)
    return t("%(first)s to %(last)s", first=start, last=long_date(last))


def _months(first: date, last: date) -> str:
    end = month(last, year=True)
    if (first.year, first.month) == (last.year, last.month):
        return end
    start = month(first, year=first.year != last.year)
    return t("%(first)s to %(last)s", first=start, last=end)


def bin_label(low: int, high: int) -> str:
    """A bar of the chart of waits: "5 to 15 min", "1 to 2 hours", "2 to 3 days"."""
    if low == 0:
        return t("up to %(wait)s", wait=_unit(high))
    same = _scale(low) == _scale(high)
    first = str(low // _scale(low)) if same else _unit(low)
    return t("%(first)s to %(last)s", first=first, last=_unit(high))


def _scale(seconds: int) -> int:
    if seconds % DAY == 0:
        return DAY
    return HOUR if seconds % HOUR == 0 else 60


def _unit(seconds: int) -> str:
    scale = _scale(seconds)
    count = seconds // scale
    if scale == 60:
        return f"{count} min"
    if scale == DAY:
        return tn("%(count)s day", "%(count)s days", count, count=count)
    return tn("%(count)s hour", "%(count)s hours", count, count=count)
