"""What changed since an earlier edition: how much, whether surely, and why.

Made from printed figures alone: the score of a brand in both editions with its limits
and effective size, and its counted inquiries by channel and kind. Periods must not
overlap, so that the two are independent.

Interval: of a difference of two figures whose limits are known, by square and add
(Newcombe, Statistics in Medicine 17 (1998), 873-890; Zou and Donner, same 27 (2008),
1693-1702). Split: with w the share of a stratum, R the share answered there and Q the
mean credit of those answered, a score is 100 sum w R Q, and with means of both
editions (Kitagawa, JASA 50 (1955), 1168-1194)

    rate  = sum w̄ dR Q̄,   speed = sum w̄ R̄ dQ,   mix = sum dw (R Q)̄

add up to its change without a rest. Beside them stands what a change of our method
did: the earlier period counted the new way, less what was published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from model.words import Level, Status
from scoring.details.sensitivity import classes_of
from scoring.details.standard import STRATA, strata_told
from scoring.details.told import DETAILS, told
from scoring.intervals import WORTH, Floats, Ints, score_limits
from scoring.method import METHOD

TOPIC = "change"
PARTS = ("rate", "speed", "mix", "method")
KEY = ["family", "slug"]

WAS = pl.Schema(
    {
        "family": pl.String(),
        "slug": pl.String(),
        "score": pl.Float64(),  # counted as the later edition counts
        "score_low": pl.Float64(),
        "score_high": pl.Float64(),
        "inquiries": pl.Int64(),
        "n_eff": pl.Float64(),
        "published": pl.Float64(),  # the score as it was published then
    }
)
"""Ranked brands of an earlier edition."""


@dataclass(frozen=True)
class Before:
    """An earlier edition. ``facts``: its name, digest, method, day_from, day_to."""

    facts: dict[str, Any]
    lines: pl.DataFrame  # WAS
    strata: pl.DataFrame  # STRATA


Limited = tuple[Floats, Floats, Floats]
"""Figures, their lower and their upper limits."""


def difference(new: Limited, old: Limited) -> Limited:
    """How much greater the new figures are than the old, and the limits of that."""
    score, low, high = new
    was, was_low, was_high = old
    change = score - was
    down, up = (
        np.hypot(score - low, was_high - was),
        np.hypot(high - score, was - was_low),
    )
    return change, change - down, change + up


def called(low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Whether an interval excludes zero."""
    return np.asarray((low > 0) | (high < 0))


def critical(tests: int) -> float:
    """Standard errors that an interval reaches at level 1 - 0.05 / ``tests`` (with
    METHOD.confidence 0.95): all of so many statements hold together at the level."""
    return float(ndtri(1 - (1 - METHOD.confidence.value) / 2 / max(tests, 1)))


def flags(
    new: Ints, new_size: Floats, old: Ints, old_size: Floats, tests: int = 1
) -> NDArray[np.bool_]:
    """Which brands' scores surely changed. ``new`` and ``old`` (brands, 4): inquiries
    by credit class; ``_size``: n_eff. ``tests`` 1: each for itself, as on the brand's
    own page; their number: as in lists and feeds."""
    z = critical(tests)
    _, low, high = difference(
        (counts_score(new), *score_limits(new, new_size, z)),
        (counts_score(old), *score_limits(old, old_size, z)),
    )
    return called(low, high)


def counts_score(counts: Ints) -> Floats:
    """The score of inquiries by credit class, on the scale 0 to 1."""
    return np.asarray(counts @ WORTH / np.maximum(counts.sum(1), 1))


def split(brand: Ints, old: Ints, new: Ints, brands: int) -> Floats:
    """(brands, 3): rate, speed and mix, on the scale 0 to 100.

    Line i of ``old`` and ``new`` (strata, 4) are the inquiries of one stratum of
    ``brand[i]`` by credit class. Each brand has some in both editions. A stratum that
    is empty in one of them, or without an answer, borrows what it lacks of the other.
    """
    w0, r0, q0 = _rates(brand, old, brands)
    w1, r1, q1 = _rates(brand, new, brands)
    r0, r1 = np.where(w0 > 0, r0, r1), np.where(w1 > 0, r1, r0)
    q0, q1 = np.where(np.isnan(q0), q1, q0), np.where(np.isnan(q1), q0, q1)
    q0, q1 = np.nan_to_num(q0), np.nan_to_num(q1)
    parts = (
        (w0 + w1) / 2 * (r1 - r0) * (q0 + q1) / 2,
        (w0 + w1) / 2 * (q1 - q0) * (r0 + r1) / 2,
        (w1 - w0) * (r0 * q0 + r1 * q1) / 2,
    )
    return np.stack(
        [100 * np.bincount(brand, part, minlength=brands) for part in parts], axis=1
    )


def _rates(brand: Ints, counts: Ints, brands: int) -> tuple[Floats, Floats, Floats]:
    """Of each stratum its weight, share answered, and mean credit of the answered,
    NaN where nobody was."""
    n, answered = counts.sum(1), counts[:, :3].sum(1)
    total = np.bincount(brand, n, minlength=brands)
    with np.errstate(invalid="ignore"):
        credit = np.where(answered > 0, counts @ WORTH / answered, np.nan)
    return n / total[brand], answered / np.maximum(n, 1), credit


def apportioned(parts: Floats, total: Ints) -> Ints:
    """Parts (lines, some) as whole numbers that add up to ``total``, by largest
    remainders; equal ones in their order. ``total`` is their sum, rounded."""
    exact = np.round(parts, 6)  # the last bits differ between machines
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    return np.asarray(whole + (rank < (total - whole.sum(1))[:, None]))


def changes(
    standings: pl.DataFrame, details: pl.DataFrame, before: Before
) -> pl.DataFrame:
    """Everything the topic says (DETAILS), sorted.

    ``standings`` and ``details``: what the later edition prints otherwise. Of the
    edition as a whole: what ``before`` is and how many ``brands`` were compared, those
    ranked in both. By brand: ``was`` (score, limits, inquiries, n_eff) and its
    ``strata`` then, ``published`` where the method or its headline differs; ``change``
    of the published score and its four ``parts``, which add up to it; ``low`` and
    ``high`` of the change that is not of the method; ``called``: 0 may be luck, 1
    surely a change, 2 also at the level of lists. By industry the same of the mean.
    """
    both = _both(standings, before)
    rows = _figures(both, *_strata(both, strata_told(details), before.strata))
    said = [
        (("", "", "", ""), before.facts | {"brands": len(both)}),
        *_brands(rows, before.strata),
        *_industries(rows),
    ]
    return told(TOPIC, said).sort(DETAILS.names()[:-1])


def _both(standings: pl.DataFrame, before: Before) -> pl.DataFrame:
    """Brands ranked in both editions; what they were ends in _was."""
    now = standings.filter(
        pl.col("level") == Level.BRAND.value,
        "headline",
        pl.col("status") == Status.RANKED.value,
    )
    return now.join(before.lines, on=KEY, suffix="_was").sort(KEY)


def _strata(
    both: pl.DataFrame, now: pl.DataFrame, was: pl.DataFrame
) -> tuple[Ints, Ints, Ints]:
    """Line of ``both`` of each stratum, and its inquiries by class then and now."""
    whose = both.select(*KEY, brand=pl.int_range(pl.len(), dtype=pl.Int64))
    strata = [*KEY, "channel", "kind"]
    counts = [name for name in STRATA if name not in strata]
    lines = (
        was.join(now, on=strata, how="full", coalesce=True, suffix="_now")
        .join(whose, on=KEY)
        .sort("brand", *strata)
        .fill_null(0)
    )
    return (
        lines["brand"].to_numpy(),
        lines.select(counts).to_numpy(),
        lines.select(f"{name}_now" for name in counts).to_numpy(),
    )


def _figures(both: pl.DataFrame, brand: Ints, old: Ints, new: Ints) -> pl.DataFrame:
    """``both`` with ``change``, ``low``, ``high``, PARTS and ``called``, as printed."""

    def hundredths(name: str) -> Ints:
        return np.asarray(np.rint(100 * both[name].to_numpy()), dtype=np.int64)

    score, again, published = map(hundredths, ("score", "score_was", "published"))
    _, low, high = difference(_limited(both), _limited(both, "_was"))
    low, high = np.round(low, 2) + 0.0, np.round(high, 2) + 0.0
    classes = np.zeros((len(both), 4), dtype=np.int64)
    np.add.at(classes, brand, old)
    sizes = (both[name].to_numpy() for name in ("n_eff", "n_eff_was"))
    own, among = called(low, high), _among(both, classes, *sizes)
    exact = split(brand, old, new, len(both))
    parts = [*apportioned(100 * exact, score - again).T, again - published]
    return both.with_columns(
        pl.Series("change", (score - published) / 100),
        pl.Series("low", low),
        pl.Series("high", high),
        *(pl.Series(name, part / 100) for name, part in zip(PARTS, parts, strict=True)),
        pl.Series("called", own.astype(np.int64) + (own & among)),
    )


def _limited(both: pl.DataFrame, when: str = "") -> Limited:
    score, low, high = (
        both[f"score{end}{when}"].to_numpy() for end in ("", "_low", "_high")
    )
    return score, low, high


def _among(both: pl.DataFrame, was: Ints, now_size: Floats, size: Floats) -> Any:
    """Which changes are sure at the level of lists: limits are made anew for it."""
    return flags(classes_of(both), now_size, was, size, len(both))


Said = Iterator[tuple[tuple[str, str, str, str], dict[str, Any]]]
ROW = ("slug", "published", "score", "change", "low", "high", *PARTS, "called")


TOLD = (
    *("family", "slug", "published", "score_was", "score_low_was", "score_high_was"),
    *("inquiries_was", "n_eff_was", "change", "low", "high", *PARTS, "called"),
)


def _brands(rows: pl.DataFrame, strata: pl.DataFrame) -> Said:
    then: dict[tuple[str, str], list[list[Any]]] = {}
    for family, slug, *stratum in strata.sort(STRATA.names()).rows():
        then.setdefault((family, slug), []).append(stratum)
    for family, slug, published, *row in rows.select(TOLD).rows():
        was, (change, low, high, *parts, surely) = row[:5], row[5:]
        body = {
            "was": was,
            "strata": then[family, slug],
            "parts": parts,
            "change": change,
            "low": low,
            "high": high,
            "called": surely,
        }
        if published != was[0]:
            body["published"] = published
        yield (Level.BRAND.value, family, "", slug), body


def _industries(rows: pl.DataFrame) -> Said:
    for part in rows.sort("family", "industry", "slug").partition_by(
        "family", "industry", maintain_order=True
    ):
        body: dict[str, Any] = {"rows": [list(row) for row in part.select(ROW).rows()]}
        if len(part) >= METHOD.fewest_brands.value:
            body |= mean(part)
        key = (Level.INDUSTRY.value, part["family"][0], "", part["industry"][0])
        yield key, body


def mean(part: pl.DataFrame) -> dict[str, Any]:
    """The mean change of some brands, each once. They are independent, so the squared
    distances to their limits add up."""
    columns = part.select("change", "low", "high", *PARTS).to_numpy()
    change, low, high, *parts = np.rint(100 * columns).T
    conduct = change - parts[-1]
    total, ours = round(change.mean()), round(parts[-1].mean())
    score = round(np.rint(100 * part["score"].to_numpy()).mean())
    exact = np.array([[each.mean() for each in parts[:-1]]])
    down, up = np.linalg.norm(conduct - low), np.linalg.norm(high - conduct)
    ends = np.rint(conduct.mean() + np.array([-down, up]) / len(part))
    return {
        "was": (score - total) / 100,
        "score": score / 100,
        "change": total / 100,
        "low": ends[0] / 100 + 0.0,
        "high": ends[1] / 100 + 0.0,
        "parts": [
            *(apportioned(exact, np.array([total - ours]))[0] / 100).tolist(),
            ours / 100,
        ],
        "called": int(called(*ends[:, None])[0]),
    }
