"""The tables of the sources: what is so now, not of an edition."""

from typing import Any

from web import words
from web.desk import Desk
from web.tables import Data
from web.views.sources.one import found
from web.views.sources.reading import ChannelDay, Watched, watched

SOURCES = (
    "channel", "title", "family", "how", "on", "off_because", "every_s", "source",
    "licence", "terms", "cannot_see", "accounts", "coverage", "behind_s",
    "last_started_at", "last_outcome", "last_problem",
)  # fmt: skip
DAYS = (
    "channel", "day", "state", "share", "accounts", "accounts_in_full", "seconds",
    "looks", "looks_not_complete", "why",
)  # fmt: skip
ONE = (*DAYS, "rows_read", "rows_kept")


def table(desk: Desk) -> Data:
    """A line a channel. ``coverage``: of the last days since its watch began."""
    reader = desk.library.watched
    return Data(
        SOURCES,
        tuple(_line(each) for each in (watched(reader) if reader else ())),
        desk.about(),
    )


def _line(each: Watched) -> tuple[Any, ...]:
    row, last = each.row, each.runs.any if each.runs else None
    share = each.share
    return (
        row.slug, row.title, row.family, row.how, row.on, row.off_because or None,
        row.every_s, row.source, row.licence, row.terms, row.cannot_see,
        each.accounts.begun if each.accounts else 0,
        None if share is None else round(share, 4),
        None if row.how == "imported" else each.behind_s,
        words.iso(last.started_at) if last else None,
        last.outcome if last else None,
        (last.problem or None) if last else None,
    )  # fmt: skip


def days_table(desk: Desk) -> Data:
    """A line a channel and day."""
    reader = desk.library.watched
    rows = tuple(
        _day(each, day) for each in (watched(reader) if reader else ()) for day in
        each.days
    )  # fmt: skip
    return Data(DAYS, rows, desk.about())


def source_table(desk: Desk, slug: str) -> Data:
    """A line a day of one channel. Raises NotHere."""
    reader, each = found(desk, slug)
    rows = reader.rows_by_day(slug, each.days[0].day, each.days[-1].day + 1)
    return Data(
        ONE,
        tuple((*_day(each, day), *rows.get(day.day, (0, 0))) for day in each.days),
        desk.about(),
    )


def _day(each: Watched, day: ChannelDay) -> tuple[Any, ...]:
    return (
        each.row.slug, words.day(day.day).isoformat(), day.state,
        None if day.share is None else round(day.share, 4), day.accounts, day.full,
        day.seconds, day.looks, day.failed, day.why or None,
    )  # fmt: skip
