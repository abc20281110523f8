"""How much comes in and goes out: posts per reply, what stays unanswered, inquiries a
day. The tables that earlier studies made of whole industries, made of our figures.

Taken from printed figures and from the brands' own posts, so that it agrees with the
standings to the last digit.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from model.words import Level
from scoring.details.case import Case

Said = Iterator[tuple[tuple[str, str, str, str], dict[str, Any]]]

WHOSE = ("slug", "channel", "account")
KEY = ("level", "family", "slug")
POSTED = ("posts", "replies")
SHARE = ("share_t3", "share_t3_low", "share_t3_high")


def details(case: Case) -> Said:
    """By brand and family, by industry and family, and by family (an industry without
    a name) over all its brands.

    Where the brands posted or replied: ``posts`` and ``replies``, posts per reply
    (``ratio``, null without a reply) and ``reply_share``, replies among both, which is
    1 / (1 + ratio). Where a share may be said: ``inquiries``, ``per_day``, those
    ``unanswered`` at the horizon, and ``silent``, their share with its limits. ``wait``
    is the median in seconds; absent where it is not reached within the horizon.
    """
    brands = case.headline.filter(level=Level.BRAND.value).join(
        _posted(case), on=["family", "slug"], how="left", maintain_order="left"
    )
    trades = case.headline.filter(level=Level.INDUSTRY.value).join(
        _sums(brands, "family", "industry"),
        left_on=["family", "slug"],
        right_on=["family", "industry"],
        how="left",
        maintain_order="left",
    )
    for lines in (brands, trades, _families(brands)):
        columns = (*KEY, *POSTED, "inquiries", "answered_t3", *SHARE, "median_wait_s")
        for level, family, slug, *figures in lines.select(columns).rows():
            body = said(case.period.days, *figures)
            if body:
                yield (level, family, "", slug), body


def said(
    days: int,
    posts: int | None,
    replies: int | None,
    inquiries: int,
    answered: int | None,
    share: float | None,
    low: float | None,
    high: float | None,
    wait: int | None,
) -> dict[str, Any]:
    """The body of one line; empty where nothing is known."""
    body: dict[str, Any] = {}
    if posts or replies:
        sent, given = posts or 0, replies or 0
        body = {
            "posts": sent,
            "replies": given,
            "ratio": round(sent / given, 2) if given else None,
            "reply_share": round(given / (sent + given), 4),
        }
    if None not in (answered, share, low, high):
        assert answered is not None
        silent = (
            round(1 - each, 4) + 0.0 for each in (share, high, low) if each is not None
        )
        body |= {
            "inquiries": inquiries,
            "per_day": round(inquiries / days, 2),
            "unanswered": inquiries - answered,
            "silent": list(silent),
        }
        if wait is not None:
            body["wait"] = wait
    return body


def _posted(case: Case) -> pl.DataFrame:
    """Posts and replies by family and slug, of the accounts that have a standing."""
    seen = case.headline.filter(level=Level.ACCOUNT.value).select(WHOSE)
    posted = case.posted.group_by("account").agg(pl.col(POSTED).cast(pl.Int64).sum())
    own = (
        case.names.accounts.select(*WHOSE, "family")
        .with_columns(
            pl.Series("entity", case.brand),
            pl.Series("number", np.arange(len(case.brand)), dtype=pl.Int32),
        )
        .filter(pl.col("entity") >= 0)
        .join(seen, on=WHOSE, how="semi")
        .join(posted, left_on="number", right_on="account")
    )
    return _sums(own, "family", "slug")


def _sums(lines: pl.DataFrame, *by: str) -> pl.DataFrame:
    return lines.group_by(by, maintain_order=True).agg(pl.col(POSTED).sum())


def _families(brands: pl.DataFrame) -> pl.DataFrame:
    """All brands of a family together, as if they were one industry. The squared
    distances to the limits add up, each by its weight, as in an industry's shares."""
    n = pl.col("inquiries").filter(pl.col("share_t3").is_not_null()).cast(pl.Float64)
    share = pl.col("answered_t3").sum() / n.sum()

    def reach(end: str) -> pl.Expr:
        gap = (pl.col(end) - pl.col("share_t3")).drop_nulls()
        return ((n * gap) ** 2).sum().sqrt() / n.sum()

    known = pl.col("share_t3").is_not_null().any()
    return (
        brands.group_by("family", maintain_order=True)
        .agg(
            pl.col(POSTED).sum(),
            n.sum().cast(pl.Int64).alias("inquiries"),
            pl.col("answered_t3").sum(),
            pl.when(known).then(share).alias("share_t3"),
            pl.when(known).then(share - reach("share_t3_low")).alias("share_t3_low"),
            pl.when(known).then(share + reach("share_t3_high")).alias("share_t3_high"),
        )
        .sort("family")
        .with_columns(
            pl.lit(Level.INDUSTRY.value).alias("level"),
            pl.lit("").alias("slug"),
            pl.lit(None, dtype=pl.Int64).alias("median_wait_s"),
            pl.col("share_t3_low", "share_t3_high").clip(0, 1),
        )
    )
