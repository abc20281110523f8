"""The sample edition: sixty fictional brands, for whoever has measured nothing yet.

It is made the way a measured one is, through the same store and the same publishing,
but in a database file of its own: fiction and measurement are never mixed.
"""

import logging
import os
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from sqlalchemy.exc import SQLAlchemyError

from jobs import fictional
from jobs.fictional import Fiction, Quarter
from jobs.publishing import publish
from model import CHANNEL_FAMILY, DAY, ChannelRow
from model.frames import IMPORTED, PUBLISHED, conform
from model.looks import Reading
from scoring.method import LIMITS
from scoring.worlds import simulate
from settings import Settings
from store import Store

log = logging.getLogger(__name__)

HORIZON = max(limits.horizon for limits in LIMITS.values())
"""Seconds after which every family's inquiries are ripe."""

SEEN_DAYS = 55
"""Of each quarter, of the brand that shows what too little coverage does."""


class Known(NamedTuple):
    """What somebody who watched some of the brands for a while has seen."""

    reading: Reading
    replies: pl.DataFrame  # RESPONDED, and channel


class Told(NamedTuple):
    """What the sample says of one account in one quarter."""

    inquiries: pl.DataFrame
    posts: pl.DataFrame  # channel, account, day, posts
    replies: pl.DataFrame  # RESPONDED, and channel


def is_there(settings: Settings) -> bool:
    """Whether a sample has been made. One that cannot be read is none."""
    if not (settings.var / "sample.db").is_file():
        return False
    store = Store(settings.sample_database)
    try:
        return store.schema_is_current() and bool(store.editions())
    except SQLAlchemyError:
        return False
    finally:
        store.close()


def make(settings: Settings, now: int | None = None) -> list[str]:
    """Makes the sample database anew; the names of its editions, oldest first.

    It is made beside the old one and takes its place whole, so that a website which
    reads it meanwhile sees the one or the other.
    """
    now = int(time.time()) if now is None else now
    settings.var.mkdir(parents=True, exist_ok=True)
    path = settings.var / "sample.db"
    fresh = settings.var / f"sample.{os.getpid()}.db"
    store = Store(f"sqlite:///{fresh}")
    try:
        quarters = fictional.quarters(now)
        fill(store, quarters)
        names = [_publish(store, quarter) for quarter in quarters]
        store.close()
        fresh.replace(path)
    finally:
        store.close()
        for left in (fresh, *_beside(fresh)):
            left.unlink(missing_ok=True)
    log.info("made sample editions %s", ", ".join(names))
    return names


def _beside(path: Path) -> list[Path]:
    """The files that SQLite keeps beside a database that is open."""
    return [path.with_name(path.name + end) for end in ("-wal", "-shm")]


def fill(store: Store, quarters: list[Quarter]) -> None:
    """The schema, the fictional registry and everything its people wrote."""
    store.migrate()
    store.put_registry(fictional.registry())
    store.put_channels(channel_rows())
    for known in everything(quarters):
        store.merge(known.reading)
        store.respond(known.replies)


def channel_rows() -> list[ChannelRow]:
    """The channels of the sample, which say what they are."""
    return [
        ChannelRow(
            slug=slug,
            title=f"{slug.replace('_', ' ').title()} (simulated)",
            family=CHANNEL_FAMILY[slug],
            source="",
            licence="CC0-1.0",
            terms="invented: nobody wrote any of it",
            cannot_see="nothing: it knows the truth it simulated",
            how="imported",
            on=True,
        )
        for slug in fictional.CHANNELS.values()
    ]


def everything(quarters: list[Quarter]) -> list[Known]:
    """All there is to know of the quarters: what was seen in full, and what in part."""
    until = quarters[-1].days.stop * DAY + HORIZON
    whole = [b for b in fictional.FICTIONS if b.special != fictional.LOW_COVERAGE]
    partly = [b for b in fictional.FICTIONS if b.special == fictional.LOW_COVERAGE]
    start = quarters[0].days.start * DAY
    seen = [_known(whole, quarters, start, until)]
    for quarter in quarters:
        start = quarter.days.start * DAY
        seen.append(_known(partly, [quarter], start, start + SEEN_DAYS * DAY))
    return seen


def _known(
    brands: list[Fiction], quarters: list[Quarter], since: int, until: int
) -> Known:
    told = [
        tell(brand, channel, quarter)
        for brand in brands
        for channel in fictional.channels(brand)
        for quarter in quarters
    ]
    inquiries = _known_by(pl.concat([each.inquiries for each in told]), until)
    posts = pl.concat([each.posts for each in told])
    replies = pl.concat([each.replies for each in told])
    reading = Reading(
        channel="interactions",
        inquiries=conform(inquiries, IMPORTED),
        published=conform(_published(posts, inquiries, until), PUBLISHED),
        read=len(inquiries),
        since=since,
        as_of=until,
    )
    return Known(reading, replies.filter(pl.col("responded_at") < until))


def _published(
    posts: pl.DataFrame, inquiries: pl.DataFrame, until: int
) -> pl.DataFrame:
    """Per account and day, the brand's own posts and its replies."""
    replies = (
        inquiries.filter(pl.col("answered_at").is_not_null())
        .group_by("channel", "account", (pl.col("answered_at") // DAY).alias("day"))
        .len("replies")
    )
    return (
        posts.filter(pl.col("day") < until // DAY)
        .join(replies, on=["channel", "account", "day"], how="full", coalesce=True)
        .with_columns(pl.col("posts", "replies").fill_null(0))
        .sort("channel", "account", "day")
    )


def _known_by(inquiries: pl.DataFrame, until: int) -> pl.DataFrame:
    """What somebody who stopped watching then had seen."""
    answered = pl.col("answered_at") < until
    return inquiries.filter(pl.col("asked_at") < until).with_columns(
        answered_at=pl.when(answered).then("answered_at"),
        step=pl.when(answered).then("step").otherwise(0),
        automatic_at=pl.when(pl.col("automatic_at") < until).then("automatic_at"),
        deleted_at=pl.when(pl.col("deleted_at") < until).then("deleted_at"),
    )


def tell(brand: Fiction, channel: str, quarter: Quarter) -> Told:
    """One account's quarter: what people wrote to it, and what it published."""
    horizon = LIMITS[CHANNEL_FAMILY[channel]].horizon
    seed = fictional.seed(brand, channel, quarter)
    where = {
        "channel": pl.lit(channel),
        "account": pl.lit(fictional.account(brand, channel)),
    }
    inquiries = simulate(
        fictional.habit(brand, channel, quarter), quarter.days, horizon, seed
    )
    replies = len(inquiries) * brand.answers
    mean = max(fictional.posts_per_reply(brand) * replies, 20) / len(quarter.days)
    posts = np.random.default_rng((*seed, 1)).poisson(mean, len(quarter.days))
    days = pl.DataFrame(
        {"day": np.arange(quarter.days.start, quarter.days.stop), "posts": posts}
    )
    stepped = inquiries.with_columns(step=fictional.steps(brand, inquiries, seed))
    words = fictional.replies(brand, stepped, seed)
    return Told(*(each.with_columns(**where) for each in (stepped, days, words)))


def _publish(store: Store, quarter: Quarter) -> str:
    """As it would have been published then: no later answer was known."""
    first, end = quarter.days.start, quarter.days.stop
    return publish(store, first, end, as_of=end * DAY + HORIZON, sample=True).name
