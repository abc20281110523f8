"""Editions made and kept: the only way in which a standing comes to be seen."""

import json
import re
import time
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from jobs import Failed, changes
from model import CHANNEL_FAMILY, DAY, Edition, Run
from model.chain import chained
from model.words import Family
from scoring import VERSION
from scoring.answers import judged, with_answers
from scoring.book import Period
from scoring.edition import Result, make, silent
from scoring.ladder import LADDER
from scoring.method import LIMITS, METHOD
from settings import Settings
from store import EditionExists, Store, UnknownEdition

LICENCE = "CC-BY-4.0"
"""As SPDX names it, in all data; pages spell it out."""

ROLLING_DAYS = 91
"""Thirteen whole weeks, so that the mix of weekdays is the same every day."""

KEEP_PROVISIONAL = 7
ROWS_PER_SLICE = 200_000
"""Enough that a slice is worth a thread, few enough that its columns stay in the
processor's cache and that threads come to their end together."""

EARLIEST = date(1990, 1, 1)
LONGEST_DAYS = 20 * 366
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
EPOCH = date(1970, 1, 1)

Progress = Callable[[str, int], None]
"""Told what has been done, and for how many inquiries."""


def publish(
    store: Store,
    day_from: int,
    day_to: int,
    as_of: int | None = None,
    name: str | None = None,
    provisional: bool = False,
    sample: bool = False,
    progress: Progress | None = None,
) -> Edition:
    """Makes and keeps the edition of inquiries asked from ``day_from`` (included) to
    ``day_to`` (excluded), days since 1970, UTC, as known at ``as_of`` (default: now).

    Raises Failed, having kept nothing: for a period that is empty, absurd, without an
    inquiry, or not yet a horizon old (unless provisional: then for one of which nothing
    can be shown yet), and for a name that is taken or cannot stand in an address.
    """
    now = int(time.time())
    period = Period(day_from, day_to, now if as_of is None else as_of)
    _check_period(period, now)
    name = _name(period, provisional) if name is None else name
    _check_name(store, name)
    result = _make(store, period, provisional, progress or silent, keep=not sample)
    _check_result(result, period, provisional)
    if judged(result):
        known = store.answered(period.day_from, period.day_to, period.as_of, LADDER)
        result = with_answers(result, known, period)
    result = changes.since(store, result, period, sample=sample)
    edition = _edition(store, period, result, name, provisional, sample)
    try:
        kept = store.save_edition(
            edition, result.standings, result.parts, result.details
        )
    except EditionExists as taken:
        raise Failed(str(taken)) from taken
    store.record_run(_run(kept, now))
    return kept


def daily_provisional(
    store: Store, settings: Settings | None = None, now: int | None = None
) -> Edition:
    """The edition of the last 91 whole days; the one of today if it is there already.

    Older provisional editions are removed after a week. Raises Failed as ``publish``.
    """
    now = int(time.time()) if now is None else now
    period = Period(now // DAY - ROLLING_DAYS, now // DAY, now)
    name = _name(period, provisional=True)
    try:
        return store.edition(name)
    except UnknownEdition:
        pass
    edition = publish(
        store, period.day_from, period.day_to, now, name, provisional=True
    )
    store.prune_provisional(KEEP_PROVISIONAL)
    return edition


def day(days: int) -> str:
    """A day since 1970 as people write it."""
    return (EPOCH + timedelta(days=days)).isoformat()


def _check_period(period: Period, now: int) -> None:
    earliest = (EARLIEST - EPOCH).days
    latest = now // DAY + 1
    for name, asked in (("from", period.day_from), ("to", period.day_to)):
        if not earliest <= asked <= latest + LONGEST_DAYS:
            raise Failed(
                f"the period cannot begin or end there (--{name}); expected a day"
                f" from {EARLIEST} to {day(latest)}"
            )
    if period.days <= 0:
        raise Failed(
            f"the period from {day(period.day_from)} to {day(period.day_to)} is empty:"
            " --to is the first day that is not part of it, so it must be later"
        )
    if period.days > LONGEST_DAYS:
        raise Failed(
            f"a period of {period.days} days is too long; at most {LONGEST_DAYS}"
        )
    if not 0 <= period.as_of <= now + DAY:
        raise Failed(
            "--as-of lies in the future or before 1970; expected a time up to now"
        )


def _check_name(store: Store, name: str) -> None:
    if not NAME.fullmatch(name):
        raise Failed(
            f"{name[:80]!r} cannot name an edition: expected up to 64 letters, digits,"
            " dashes and underscores, because the name stands in its address"
        )
    try:
        store.edition(name)
    except UnknownEdition:
        return
    raise Failed(str(EditionExists(name)))


def _check_age(families: Collection[Family], period: Period) -> None:
    ripe = _ripe(families, period)
    if period.as_of < ripe:
        when = datetime.fromtimestamp(ripe, UTC).strftime("%Y-%m-%d %H:%M UTC")
        raise Failed(
            f"the period ends on {day(period.day_to)} and its last inquiries have"
            f" until {when} to be answered; publish it then, or now as provisional"
        )


def _check_result(result: Result, period: Period, provisional: bool) -> None:
    span = f"from {day(period.day_from)} to {day(period.day_to)}"
    if not result.messages:
        raise Failed(
            f"no inquiry is known that was asked {span}; import or collect some, or"
            " choose another period"
        )
    if provisional and not result.standings["inquiries"].sum():
        raise Failed(
            f"no inquiry asked {span} has been watched for a whole horizon yet; try"
            " again in some days"
        )


def _ripe(families: Collection[Family], period: Period) -> int:
    """When the last inquiry of a period has had the longest horizon of the families."""
    return period.day_to * DAY + max(LIMITS[family].horizon for family in families)


def _families(directory: pl.DataFrame, covered: pl.DataFrame) -> Collection[Family]:
    """Those that were watched in the period; all where nothing was."""
    seen = covered["account"].unique()
    channels = directory.filter(pl.col("id").is_in(seen.implode()))["channel"]
    return {CHANNEL_FAMILY[channel] for channel in channels.unique()} or LIMITS.keys()


def _name(period: Period, provisional: bool) -> str:
    if provisional:
        return f"provisional-{day(period.as_of // DAY)}"
    first, end = (EPOCH + timedelta(days=d) for d in (period.day_from, period.day_to))
    quarter = (first.month + 2) // 3
    after = date(first.year + quarter // 4, quarter % 4 * 3 + 1, 1)
    if first == date(first.year, quarter * 3 - 2, 1) and end == after:
        return f"{first.year}-Q{quarter}"
    return f"{first}_{end}"


def _make(
    store: Store, period: Period, provisional: bool, progress: Progress, *, keep: bool
) -> Result:
    """Reads and counts. ``keep``: what was read is kept for the next time."""
    span = (period.day_from, period.day_to, period.as_of, ROWS_PER_SLICE)
    with store.tallied(*span, keep=keep) as found:
        directory = named(found.directory)
        if not provisional and period.as_of < _ripe(LIMITS, period):
            _check_age(_families(directory, found.coverage), period)
        return make(
            found.slices,
            directory,
            lambda: found.coverage,
            lambda: found.publications,
            period,
            progress,
        )


def named(directory: pl.DataFrame) -> pl.DataFrame:
    """DIRECTORY, of the store's."""
    return directory.select(
        pl.col("account").alias("id"),
        "channel",
        pl.col("account_name").alias("account"),
        pl.col("brand_slug").alias("slug"),
        pl.col("brand_name").alias("name"),
        pl.col("industry_slug").alias("industry"),
        "industry_name",
    )


def _edition(
    store: Store,
    period: Period,
    result: Result,
    name: str,
    provisional: bool,
    sample: bool,
) -> Edition:
    said: dict[str, Any] = {
        "name": name,
        "day_from": period.day_from,
        "day_to": period.day_to,
        "as_of": period.as_of,
        "method": METHOD.version,
        "code": VERSION,
        "provisional": provisional,
        "sample": sample,
        "inquiries": result.inquiries,
        "messages": result.messages,
        "brands": result.brands,
        "coverage": result.coverage,
        "cuts": json.dumps(result.cuts, sort_keys=True),
        "left_out": json.dumps(result.left_out, sort_keys=True),
        "input_digest": result.input_digest,
        "result_digest": result.result_digest,
        "previous": store.last_digest(sample),
        "licence": LICENCE,
        "corrects": "",
    }
    return Edition(**said, made_at=int(time.time()), digest=chained(said))


def _run(kept: Edition, started: int) -> Run:
    """What publishing came to: messages read, inquiries counted."""
    return Run(
        what="publish",
        channel="",
        started_at=started,
        finished_at=int(time.time()),
        outcome="ok",
        rows_read=kept.messages,
        rows_kept=kept.inquiries,
    )
