"""Like with like: the score a brand would have on its family's common mix of channels,
kinds and parts of the week.

Direct standardisation. A stratum is a channel and a kind; w is its share of all that
counts in the family, and S* = sum of w s / sum of w over the strata in which the brand
has METHOD.stratum_inquiries or more, told where those hold METHOD.mix_held of w. In a
stratum each part of the week weighs as it does in the family; where the brand has
too few for that, what it does in the whole stratum stands in. So S* is a mean of the
brand's inquiries with weights that depend on the questions alone, and its interval is
that of the score at another size: n_w / D, where D = n / n_eff is how the brand's
messages clump, and n_w = min((sum a)^2 / sum a^2 (Kish, Survey Sampling, 1965),
V / V_a): V the variance of one inquiry under the weights a, V_a that of their mean.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import DAY, Kind, Level, Status
from scoring.details.case import Case
from scoring.details.places import above
from scoring.details.sensitivity import classes_of
from scoring.intervals import WORTH, Floats, Ints, score_limits
from scoring.method import METHOD
from scoring.ranks import range_critical

KINDS = (Kind.COMPLAINT, Kind.QUESTION, Kind.COMPLIMENT, Kind.OTHER)
KIND_WORDS = [kind.name.lower() for kind in KINDS]
KIND_OF = np.array([3, 0, 1, 2, 3], dtype=np.int32)
"""Place in KINDS, by words.Kind: what a channel does not say is shown as other."""

PART_S: int = METHOD.week_part.value
IN_A_DAY = DAY // PART_S
PARTS = 2 * IN_A_DAY
"""Parts of the week: those of weekdays, then those of Saturdays and Sundays."""

NAMED = 20
"""Pairs of an industry, and brands that one would pass, that are told by name."""

Key = tuple[str, str, str, str]

STRATA = pl.Schema(
    {
        "family": pl.String(),
        "slug": pl.String(),
        "channel": pl.String(),
        "kind": pl.String(),
        **{f"class_{at}": pl.Int64() for at in range(4)},
    }
)
"""Counted inquiries of brands by credit class, as told in the details."""


@dataclass(frozen=True)
class Mix:
    """Line i is a channel of a brand that is pooled: ``brand[i]`` and ``channel[i]``.

    ``counts`` (lines, KINDS, PARTS, 4): inquiries by credit class.
    """

    brand: Ints
    family: Ints
    channel: list[str]
    counts: Ints
    weight: Floats  # (lines, KINDS, PARTS): share of what counts in the family


@dataclass(frozen=True)
class Standard:
    """By brand number: what S* is taken from. A brand without a stratum has zeros."""

    classes: Floats  # (brands, 4): weights by credit class
    squares: Floats  # (brands, 4): squared weights
    held: Floats  # (brands,): share of the mix in which the brand has enough


def details(case: Case) -> Iterator[tuple[Key, dict[str, Any]]]:
    """By brand with a score: ``strata`` (channel, kind, share of the family's mix, and
    the brand's inquiries by credit class), ``held``, and where that suffices
    ``standard`` (S*, its limits, its effective size) and, for ranked brands,
    ``before`` and ``after``: whom of its industry it would pass and be passed by.

    By industry with two such brands or more: ``brands``, ``pairs``, how many are
    ``reversed``, those of them that the scores tell ``apart`` by name, and ``rows``.
    """
    mix = counted_mix(case)
    lines = _scored(case)
    told = standardised(mix, lines)
    turned: dict[tuple[str, str], dict[str, Any]] = {}
    for key, body in _industries(told):
        turned |= body.pop("turned")
        yield key, body
    strata = _strata(mix)
    for row in told.select(BRANDS).rows():
        yield _brand(row, strata, turned)


def counted_mix(case: Case) -> Mix:
    """The counted inquiries of pooled brands by channel, kind and part of the week."""
    account = case.counted["account"].to_numpy()
    line = np.where(case.brand >= 0, case.entity(Level.CHANNEL), -1).astype(np.int32)
    place = line[account]
    shape = (len(KINDS), PARTS, 4)
    size = int(line.max(initial=-1)) + 1
    cell = (place * len(KINDS) + KIND_OF[case.counted["kind"].to_numpy()]) * PARTS
    cell = (cell + _part(case)) * 4 + case.credit
    counts = np.bincount(cell[place >= 0], minlength=size * int(np.prod(shape)))
    lines, first = np.unique(line[line >= 0], return_index=True)
    accounts = np.flatnonzero(line >= 0)[first]
    family = case.names.family[accounts]
    channel = case.names.accounts["channel"][accounts].to_list()
    kept = counts.reshape(size, *shape)[lines]
    return Mix(
        case.brand[accounts], family, channel, kept, _weights(kept, family, channel)
    )


def _part(case: Case) -> Ints:
    """The part of the week in which each inquiry was asked, UTC."""
    parts = np.arange(case.period.days * IN_A_DAY, dtype=np.int32)
    # day 0 of the epoch was a Thursday
    weekday = (case.period.day_from + parts // IN_A_DAY + 3) % 7
    of = (weekday >= 5) * IN_A_DAY + parts % IN_A_DAY
    asked = case.counted["asked_s"].to_numpy()
    return np.asarray(of.astype(np.int32)[asked // np.int32(PART_S)])


def _weights(counts: Ints, family: Ints, channel: list[str]) -> Floats:
    """The share of each cell of a line's channel in what counts in its family."""
    names, at = np.unique(np.array(channel, dtype=str), return_inverse=True)
    cells = counts.sum(3)
    of_channel = np.zeros((len(names), *cells.shape[1:]))
    np.add.at(of_channel, at, cells)
    total = np.bincount(family, cells.sum((1, 2)), minlength=1)
    return np.asarray(of_channel[at] / np.maximum(total[family], 1)[:, None, None])


def _scored(case: Case) -> pl.DataFrame:
    """The brands that have a score, in the order of their numbers."""
    numbers = pl.DataFrame(
        [(number, key[1], key[3]) for number, key in case.of(Level.BRAND).items()],
        schema={"brand": pl.Int64(), "family": pl.String(), "slug": pl.String()},
        orient="row",
    )
    mine = case.headline.filter(
        pl.col("level") == Level.BRAND.value, pl.col("score").is_not_null()
    )
    return numbers.join(mine, on=["family", "slug"]).sort("brand")


def standardised(mix: Mix, lines: pl.DataFrame) -> pl.DataFrame:
    """``lines`` (as printed, with ``brand``) with ``standard``, its ``_low`` and
    ``_high``, ``_n_eff`` and ``held``, as printed; null where too little is held."""
    found = weighted(mix, int(lines["brand"].max() or 0) + 1)  # type: ignore[arg-type]
    mine = lines["brand"].to_numpy()
    held = np.round(found.held[mine], 4)
    enough = held >= METHOD.mix_held.value
    size = effective(found.classes[mine], found.squares[mine])
    clumped = lines["n_eff"].to_numpy() / np.maximum(lines["inquiries"].to_numpy(), 1)
    size = np.maximum(size * np.minimum(clumped, 1.0), 1.0)
    classes = found.classes[mine]
    share = classes / np.maximum(classes.sum(1), 1e-300)[:, None]
    low, high = score_limits(cast(Ints, share), size)  # weights in place of counts
    columns = {
        "held": np.round(held, 4),
        "standard": np.round(100 * (share @ WORTH), 2),
        "standard_low": np.round(100 * low, 2),
        "standard_high": np.round(100 * high, 2),
        "standard_n_eff": np.round(size, 1),
    }
    return lines.with_columns(
        pl.Series(name, np.where(enough | (name == "held"), values + 0.0, np.nan))
        for name, values in columns.items()
    ).with_columns(pl.col([*columns]).fill_nan(None))


def weighted(mix: Mix, brands: int) -> Standard:
    """The weights of every brand's inquiries, added up."""
    fewest = METHOD.stratum_inquiries.value
    cells = mix.counts.sum(3)
    stratum = cells.sum(2)
    usable = (stratum >= fewest)[:, :, None]
    dense = usable & (cells >= fewest)
    own = np.where(dense, mix.weight / np.maximum(cells, 1), 0.0)
    rest = np.where(usable & ~dense, mix.weight, 0.0).sum(2) / np.maximum(stratum, 1)
    each = own + rest[:, :, None]

    def added(values: Floats) -> Floats:
        out = np.zeros((brands, *values.shape[1:]))
        inside = mix.brand < brands
        np.add.at(out, mix.brand[inside], values[inside])
        return out

    return Standard(
        added(np.einsum("lkp,lkpc->lc", each, mix.counts)),
        added(np.einsum("lkp,lkpc->lc", each**2, mix.counts)),
        added(np.where(usable, mix.weight, 0.0).sum((1, 2))),
    )


def effective(classes: Floats, squares: Floats) -> Floats:
    """n_w: how many inquiries of equal weight say as much, from sums of weights and
    of squared weights by credit class (lines, 4). 0 where there is none."""
    total = np.where(classes.any(1), classes.sum(1), 1.0)[:, None]
    share, square = classes / total, squares / total**2
    mean = share @ WORTH
    gap = (WORTH - mean[:, None]) ** 2
    spread, of_mean = (share * gap).sum(1), (square * gap).sum(1)
    kish = 1 / np.maximum(square.sum(1), 1e-300)
    known = of_mean > 1e-15
    ratio = np.divide(spread, of_mean, out=kish.copy(), where=known)
    return np.where(classes.any(1), np.minimum(kish, ratio), 0.0)


def _strata(mix: Mix) -> dict[int, list[list[Any]]]:
    """Brand number to its strata: channel, kind, share of the mix, counts by class."""
    out: dict[int, list[list[Any]]] = {}
    counts = mix.counts.sum(2)
    line, kind = np.nonzero(counts.any(2))
    columns = (
        mix.brand[line].tolist(),
        line.tolist(),
        kind.tolist(),
        np.round(mix.weight.sum(2)[line, kind], 4).tolist(),
        counts[line, kind].tolist(),
    )
    for brand, at, which, weight, classes in zip(*columns, strict=True):
        told = [mix.channel[at], KIND_WORDS[which], weight, *classes]
        out.setdefault(brand, []).append(told)
    return out


BRANDS = (
    *("brand", "family", "slug", "held"),
    *(f"standard{end}" for end in ("", "_low", "_high", "_n_eff")),
)


def _brand(
    row: tuple[Any, ...],
    strata: dict[int, list[list[Any]]],
    turned: dict[tuple[str, str], dict[str, Any]],
) -> tuple[Key, dict[str, Any]]:
    """``row``: the columns of BRANDS."""
    brand, family, slug, held, *standard = row
    body: dict[str, Any] = {"strata": strata[brand], "held": held}
    if standard[0] is not None:
        body |= {"standard": standard, **turned.get((family, slug), {})}
    return (Level.BRAND.value, family, "", slug), body


ROWS = ("slug", "score", "standard", "standard_low", "standard_high", "standard_n_eff")


def _industries(told: pl.DataFrame) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Tables of ranked brands; columns are cut by hand, which is quicker for many."""
    ranked = told.filter(
        pl.col("status") == Status.RANKED.value, pl.col("standard").is_not_null()
    ).sort(
        "family", "industry", "score", "slug", descending=[False, False, True, False]
    )
    whose = ranked.select("family", "industry").rows()
    rows = ranked.select(ROWS).rows()
    figures = ranked.select("score", "standard", "n_eff").to_numpy()
    classes = classes_of(ranked)
    starts = [at for at, key in enumerate(whose) if not at or key != whose[at - 1]]
    for start, end in pairwise([*starts, len(whose)]):
        if end - start > 1:
            family, industry = whose[start]
            part = slice(start, end)
            body = _table(family, rows[part], figures[part], classes[part])
            yield (Level.INDUSTRY.value, family, "", industry), body


def _table(
    family: str, rows: list[tuple[Any, ...]], figures: Floats, classes: Ints
) -> dict[str, Any]:
    """One industry: its brands from the highest score down. ``figures`` (brands, 3):
    score, S*, n_eff."""
    score, standard, size = figures.T
    low, high = score_limits(classes, size, range_critical(len(rows)))
    against = reversals(score, standard)
    # [j, k]: k before j by score, behind it like with like; and surely above it
    apart = np.argwhere(against & above(score, 100 * low, 100 * high)).tolist()
    slugs = [row[0] for row in rows]
    return {
        "brands": len(rows),
        "pairs": len(rows) * (len(rows) - 1) // 2,
        "reversed": int(against.sum()),
        "apart": [[slugs[k], slugs[j]] for j, k in apart[:NAMED]],
        "aparts": len(apart),
        "rows": [list(row) for row in rows],
        "turned": {
            (family, slug): _passed(slugs, passed, passing)
            for slug, passed, passing in zip(
                slugs, _listed(against), _listed(against.T), strict=True
            )
        },
    }


def _listed(flags: NDArray[np.bool_]) -> list[list[int]]:
    """For each line the columns that are true."""
    line, column = np.nonzero(flags)
    ends = np.searchsorted(line, np.arange(len(flags) + 1)).tolist()
    columns = column.tolist()
    return [columns[start:end] for start, end in pairwise(ends)]


def reversals(score: Floats, standard: Floats) -> NDArray[np.bool_]:
    """(brands, brands): whether the brand of the column has the higher score and the
    lower S* than that of the line. Ties reverse nothing."""
    higher = score[None, :] > score[:, None]
    return np.asarray(higher & (standard[None, :] < standard[:, None]))


def _passed(slugs: list[str], passed: list[int], passing: list[int]) -> dict[str, Any]:
    """Of one brand: how many it would pass and be passed by, the first of them."""
    return {
        name: {"brands": len(found), "slugs": [slugs[at] for at in found[:NAMED]]}
        for name, found in (("before", passed), ("after", passing))
        if found
    }


def strata_of(case: Case) -> pl.DataFrame:
    """The strata (STRATA) of every brand of a case."""
    keys = case.of(Level.BRAND)
    rows = [
        (keys[brand][1], keys[brand][3], channel, kind, *counts)
        for brand, strata in _strata(counted_mix(case)).items()
        for channel, kind, _, *counts in strata
    ]
    return pl.DataFrame(rows, STRATA, orient="row")


def strata_told(details: pl.DataFrame) -> pl.DataFrame:
    """The strata (STRATA) that an edition's details (DETAILS) tell of its brands."""
    mine = details.filter(
        pl.col("topic") == "standard", pl.col("level") == Level.BRAND.value
    )
    rows = [
        (family, slug, channel, kind, *counts)
        for family, slug, body in mine.select("family", "slug", "body").rows()
        for channel, kind, _, *counts in json.loads(body)["strata"]
    ]
    return pl.DataFrame(rows, STRATA, orient="row")
