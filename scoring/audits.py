"""What a field audit came to: shares of messages and of brands, by arm and by brand.

The rules are those of observed messages: whether one counts is decided without its
answer (excluded as the protocol foresaw, or not watched for a whole horizon), and an
answer counts when it is no machine's and came within the horizon.

Messages come in clumps here too, by brand: a brand that answers one is likelier to
answer the next. The interval of a share of messages therefore stands on an effective
number of messages, and beside it stands the share of brands, each counted once.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from itertools import combinations
from typing import NamedTuple, cast

import numpy as np
import polars as pl
from scipy.special import ndtri, stdtrit

from model.audits import (
    DIFFERENCE_COLUMNS,
    LINE_COLUMNS,
    MESSAGE_COLUMNS,
    UNFORESEEN,
    Protocol,
    digest,
    seal,
    written,
)
from model.words import Step
from scoring.audit_flags import Facts, flags
from scoring.intervals import LEVEL, Ints, Z, share_limits
from scoring.method import METHOD

SHARE_DECIMALS, SIZE_DECIMALS = 4, 1

ALL, WITH_EXCLUDED, AS_PLANNED, ARM, BRAND = (
    "all", "with-excluded", "as-planned", "arm", "brand",
)  # fmt: skip
"""Levels of a line. ``with-excluded``: as if nothing had been excluded; ``as-planned``:
only as many messages as were planned, those sent first."""

STEPS = {
    int(step): step.name.lower()
    for step in (Step.CANNED, Step.REDIRECT, Step.SUBSTANTIVE)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of figures as printed. None: nothing to say it of.

    ``sent`` messages are ``excluded``, ``young`` (not watched for a whole horizon) or
    counted: ``messages``. ``share`` is of those, with its interval at ``n_eff``.
    ``brands`` were sent a counted message, ``brands_answered`` answered one.
    ``automatic`` got nothing but a machine's message. Waits: among the answered.
    """

    level: str
    name: str
    sent: int
    excluded: int
    young: int
    messages: int
    answered: int
    share: float | None
    share_low: float | None
    share_high: float | None
    n_eff: float | None
    brands: int
    brands_answered: int
    brand_share: float | None
    brand_share_low: float | None
    brand_share_high: float | None
    automatic: int
    quickest_s: int | None
    median_wait_s: int | None
    slowest_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Share of messages answered in the first arm minus that in the second.

    ``sure`` when the interval excludes nought at the level shared by all pairs.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float
    sure: bool


class Outcome(NamedTuple):
    """What is kept of a result."""

    messages: str  # CSV
    figures: str  # JSON
    rows_digest: str
    digest: str


class Interval(NamedTuple):
    """A share and its limits, 0 to 1."""

    share: float
    low: float
    high: float


def outcome(protocol: Protocol, messages: pl.DataFrame) -> Outcome:
    """The result of an audit's messages (``frames.AUDITED``), whatever their order."""
    judged = judge(messages, protocol)
    rows = written(MESSAGE_COLUMNS, _published(judged).iter_rows())
    lines = figures(protocol, judged)
    arms = [line for line in lines if line.level == ARM]
    pairs = differences(arms)
    said = {
        "lines": [asdict(line) for line in lines],
        "differences": [asdict(pair) for pair in pairs],
        "flags": flags(protocol, _facts(protocol, judged, arms)),
        "volunteers": judged["author"].drop_nulls().n_unique(),
        "first_sent_at": judged["sent_at"].min(),
        "last_sent_at": judged["sent_at"].max(),
    }
    return Outcome(
        messages=rows.decode(),
        figures=json.dumps(said, ensure_ascii=False, sort_keys=True),
        rows_digest=digest(rows),
        digest=seal(
            METHOD.version,
            protocol.digest(),
            digest(rows),
            written(LINE_COLUMNS, map(astuple, lines)),
            written(DIFFERENCE_COLUMNS, map(astuple, pairs)),
        ),
    )


def judge(messages: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Messages in the order in which they are published, with ``left_out`` ('' counts)
    and ``wait_s`` (null: no answer that counts)."""
    end = pl.col("sent_at") + protocol.horizon
    excluded = ~pl.col("excluded").is_in(["", UNFORESEEN])
    return (
        messages.with_columns(
            left_out=pl.when(excluded)
            .then(pl.lit("excluded"))
            .when(end > pl.col("watched_until"))
            .then(pl.lit("young"))
            .otherwise(pl.lit("")),
            wait_s=pl.when(pl.col("answered_at") <= end).then(
                pl.col("answered_at") - pl.col("sent_at")
            ),
            machine=(pl.col("automatic_at") <= end).fill_null(False),
        )
        .with_columns(wait_s=pl.when(pl.col("left_out") == "").then("wait_s"))
        .sort(
            "sent_at", "brand", "arm", "channel", "account", "answered_at",
            "automatic_at", "step", "watched_until", "excluded",
        )
    )  # fmt: skip


def _published(judged: pl.DataFrame) -> pl.DataFrame:
    times = ("sent_at", "answered_at", "automatic_at", "watched_until")
    return judged.with_columns(
        pl.from_epoch(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias(name)
        for name in times
    ).select(
        pl.col("step")
        .replace_strict(STEPS, default=None, return_dtype=pl.String)
        .alias(name)
        if name == "answer_step"
        else pl.col(name)
        for name in MESSAGE_COLUMNS
    )


def figures(protocol: Protocol, judged: pl.DataFrame) -> list[Line]:
    """The whole, the whole seen otherwise where that differs, arms, then brands."""
    lines = _across([(ALL, "", judged)])
    if (judged["left_out"] == "excluded").any():
        counted = judged.with_columns(excluded=pl.lit(""))
        lines += _across([(WITH_EXCLUDED, "", judge_again(counted, protocol))])
    if judged.height > protocol.planned_messages:
        lines += _across([(AS_PLANNED, "", judged.head(protocol.planned_messages))])
    arms = [(ARM, str(arm), judged.filter(arm=str(arm))) for arm in protocol.arms]
    return lines + _across(arms) + _brands(judged)


def judge_again(judged: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """``judge`` of what it gave, with a column changed."""
    return judge(judged.drop("left_out", "wait_s", "machine"), protocol)


def _across(parts: list[tuple[str, str, pl.DataFrame]]) -> list[Line]:
    """A line for each part: messages to several brands."""
    lines = []
    for level, name, part in parts:
        by_brand = _tally(part, "brand").filter(pl.col("messages") > 0)
        n, hits = _counts(by_brand)
        size = effective_size(n, hits)
        tally = _tally(part.with_columns(name=pl.lit(name)), "name")
        row = next(tally.iter_rows(named=True), {"name": name, **NOTHING})
        lines.append(_line(level, row, size, (len(n), int((hits > 0).sum()))))
    return lines


def _brands(judged: pl.DataFrame) -> list[Line]:
    """A line for each brand, by name: its own messages and nobody else's."""
    return [
        _line(BRAND, row, row["messages"] or None, None)
        for row in _tally(judged, "brand").iter_rows(named=True)
    ]


COUNTS = ("sent", "excluded", "young", "messages", "answered", "automatic")
WAITS = ("quickest_s", "median_wait_s", "slowest_s")
NOTHING = dict.fromkeys(COUNTS, 0) | dict.fromkeys(WAITS)


def _tally(judged: pl.DataFrame, by: str) -> pl.DataFrame:
    """Counts and waits (k = ceil(n / 2) for the median) by one column, in its order."""
    counted, wait = pl.col("left_out") == "", pl.col("wait_s")
    return (
        judged.group_by(pl.col(by).alias("name"))
        .agg(
            sent=pl.len(),
            excluded=(pl.col("left_out") == "excluded").sum(),
            young=(pl.col("left_out") == "young").sum(),
            messages=counted.sum(),
            answered=wait.count(),
            automatic=(counted & wait.is_null() & pl.col("machine")).sum(),
            quickest_s=wait.min(),
            median_wait_s=wait.quantile(0.5, "lower").cast(pl.Int64),
            slowest_s=wait.max(),
        )
        .sort("name")
    )


def _counts(tally: pl.DataFrame) -> tuple[Ints, Ints]:
    n, hits = (
        tally[name].cast(pl.Int64).to_numpy() for name in ("messages", "answered")
    )
    return cast(Ints, n), cast(Ints, hits)


def _line(
    level: str,
    row: dict[str, object],
    size: float | None,
    brands: tuple[int, int] | None,
) -> Line:
    """``brands``: written to, and answering; None where the line is one brand's."""
    n, hits = cast(int, row["messages"]), cast(int, row["answered"])
    size = None if size is None else _rounded(size, SIZE_DECIMALS)
    share = interval(hits, n, size)
    of, answering = brands or (int(n > 0), int(hits > 0))
    one = interval(answering, of, of) if brands else None
    return Line(
        level=level,
        brands=of,
        brands_answered=answering,
        n_eff=size,
        share=_of(share, "share"),
        share_low=_of(share, "low"),
        share_high=_of(share, "high"),
        brand_share=_of(one, "share"),
        brand_share_low=_of(one, "low"),
        brand_share_high=_of(one, "high"),
        **row,  # type: ignore[arg-type]
    )


def _of(found: Interval | None, end: str) -> float | None:
    return None if found is None else _rounded(getattr(found, end), SHARE_DECIMALS)


def _rounded(value: float, decimals: int) -> float:
    return round(float(value), decimals) + 0.0


def interval(hits: int, n: int, size: float | None, z: float = Z) -> Interval | None:
    """Wilson's limits of hits / n at the size given; None when n is 0.

    Wilson, JASA 22 (1927), 209-212.
    """
    if not n or size is None:
        return None
    low, high = share_limits(np.array([hits]), np.array([n]), np.array([size]), z)
    return Interval(hits / n, float(low[0]), float(high[0]))


def effective_size(n: Ints, hits: Ints) -> float | None:
    """What messages to several brands are worth when brands answer by habit.

    ``n``, ``hits``: messages and answered ones of each brand. n / D, where D is the
    variance of the share when one brand is left out at a time over that of messages
    that owe each other nothing, at least 1; times (t_{n-1} / t_{brands-1})^2 for few
    brands (Korn and Graubard, Survey Methodology 24 (1998), 193-201). Brands with one
    message each: n. Where all or none were answered habit cannot be seen, so it is
    taken to be everything: the effective number of brands. Between 1 and n; None of
    no message.
    """
    total, brands = int(n.sum()), len(n)
    if not total:
        return None
    share = hits.sum() / total
    if brands == 1:
        return 1.0
    if share in (0, 1):
        return float(total**2 / (n.astype(np.float64) ** 2).sum())
    move = (hits - share * n) / (total - n)
    between = (brands - 1) / brands * float((move**2).sum())
    plain = share * (1 - share) / (total - 1)
    tail = 0.5 + LEVEL / 2
    few = (stdtrit(total - 1, tail) / stdtrit(brands - 1, tail)) ** 2
    return float(np.clip(total / max(1.0, between / plain) * few, 1, total))


def differences(arms: list[Line]) -> list[Difference]:
    """Every pair of arms with data in both, the arms in the protocol's order.

    Newcombe's hybrid score interval (Statistics in Medicine 17 (1998), 873-890, method
    10) at the arms' effective sizes. Brands are written to in several arms, which makes
    shares of arms move together: the interval is then rather too wide than too narrow.
    """
    known = [arm for arm in arms if arm.messages]
    pairs = list(combinations(known, 2))
    shared = float(ndtri(1 - (1 - LEVEL) / 2 / max(len(pairs), 1)))
    return [_difference(first, second, shared) for first, second in pairs]


def _difference(first: Line, second: Line, shared: float) -> Difference:
    found = newcombe(_again(first, Z), _again(second, Z))
    strict = newcombe(_again(first, shared), _again(second, shared))
    gap, low, high = (_rounded(value, SHARE_DECIMALS) for value in found)
    return Difference(
        first=first.name,
        second=second.name,
        difference=gap,
        low=low,
        high=high,
        sure=not strict.low <= 0 <= strict.high,
    )


def _again(line: Line, z: float) -> Interval:
    found = interval(line.answered, line.messages, line.n_eff, z)
    assert found is not None  # only lines with messages are compared
    return found


def newcombe(one: Interval, other: Interval) -> Interval:
    """The difference of two shares, -1 to 1, from the limits of each."""
    gap = one.share - other.share
    down = np.hypot(one.share - one.low, other.high - other.share)
    up = np.hypot(one.high - one.share, other.share - other.low)
    return Interval(gap, float(gap - down), float(gap + up))


def _facts(protocol: Protocol, judged: pl.DataFrame, arms: Iterable[Line]) -> Facts:
    answered = pl.col("answered_at") <= pl.col("sent_at") + protocol.horizon
    excluded = judged.filter(left_out="excluded")
    return Facts(
        sent=judged.height,
        brands=judged["brand"].n_unique(),
        first_sent_at=cast(int, judged["sent_at"].min()),
        last_sent_at=cast(int, judged["sent_at"].max()),
        missing=tuple(arm.name for arm in arms if not arm.sent),
        excluded=excluded.height,
        excluded_answered=excluded.filter(answered).height,
        unforeseen=judged.filter(excluded=UNFORESEEN).height,
        young=judged.filter(left_out="young").height,
    )
