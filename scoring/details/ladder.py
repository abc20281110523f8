"""What a brand's answers are worth: how many people got one on each step of the ladder,
and the share who got one of substance.

An answer is counted by its own step, which is the first that no machine sent. Somebody
who was asked into private first and told something later has got a redirection.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from model.words import Level, Status, Step
from scoring.details.case import Case
from scoring.intervals import (
    Floats,
    Ints,
    Units,
    effective_size,
    share_limits,
    unit_spread,
)
from scoring.method import METHOD

STEPS = (Step.CANNED, Step.REDIRECT, Step.SUBSTANTIVE)
RATED = (Status.RANKED.value, Status.TOO_FEW.value, Status.FEW_DAYS.value)
"""Of these a share may be said."""

DAY_S = 86_400
WEEK = 7
HIT, MISS = 0, 3
"""Credit classes, as the intervals know them: their first figure but the score is the
share of the first class."""

Key = tuple[str, str, str, str]
Said = Iterator[tuple[Key, dict[str, Any]]]


def details(case: Case) -> Said:
    """By brand and family with an answer whose step was judged; by channel of a brand
    that has several in a family, or is sampled there; by industry.

    ``n`` people who wrote, and of them those answered within the horizon by the
    answer's step: ``canned``, ``redirect``, ``substantive``, ``unjudged``. Where
    METHOD.judged_answers of the answers were judged and a share may be said,
    ``limits``: lower and upper of the three shares of n, in ten-thousandths; those not
    judged are then taken for none of the three. ``of`` "answered": of a source that
    holds only answered conversations; ``n`` are those answered within the horizon.

    An industry adds up its ``brands`` that have limits, METHOD.fewest_brands at least.
    """
    brands = list(_level(case, Level.BRAND, case.brand))
    yield from brands
    yield from _level(case, Level.CHANNEL, _channels(case))
    yield from _industries(case, brands)


def _channels(case: Case) -> Ints:
    """Number of the channel of a brand, by account; -1 where it is all of the brand."""
    who = case.names.described(Level.CHANNEL).select(
        "entity", "family", "slug", "alone"
    )
    pooled = (pl.col("alone") == "").sum().over("family", "slug")
    kept = who.filter((pl.col("alone") != "") | (pooled > 1))["entity"].to_numpy()
    of = case.entity(Level.CHANNEL)
    return np.where(np.isin(of, kept), of, -1)


def _level(case: Case, level: Level, of: Ints) -> Said:
    """``of``: number of the entity, by account; -1 none."""
    lines = case.headline.filter(pl.col("level") == level.value)
    status = dict(
        zip(
            lines.select("level", "family", "channel", "slug").rows(),
            lines["status"].to_list(),
            strict=True,
        )
    )
    keys = case.of(level)
    states = np.full(int(of.max(initial=-1)) + 1, "", dtype=object)
    for entity, key in keys.items():
        if entity < len(states):
            states[entity] = status.get(key, "")
    rated = np.isin(states, RATED)
    only = states == Status.ANSWERED_ONLY.value
    yield from _rates(_answered(case, of, case.counted, rated), keys, len(states))
    for entity, counts in _counts(_answered(case, of, case.known, only), len(states)):
        yield keys[entity], _body(counts[:-1]) | {"of": "answered"}


def _industries(case: Case, brands: list[tuple[Key, dict[str, Any]]]) -> Said:
    """The people of an industry's brands together. The squared distances of the brands
    to their limits add up, each by its people, as in the industry's other shares."""
    trade = dict(case.names.accounts.select("slug", "industry").unique().rows())
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (_, family, _, slug), body in brands:
        if "limits" in body:
            found.setdefault((family, trade[slug]), []).append(body)
    for (family, industry), bodies in sorted(found.items()):
        if len(bodies) >= METHOD.fewest_brands.value:
            yield (Level.INDUSTRY.value, family, "", industry), _together(bodies)


def _together(bodies: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("canned", "redirect", "substantive", "unjudged", "n")
    told = {name: sum(body[name] for body in bodies) for name in names}
    n = np.array([body["n"] for body in bodies])
    hits = np.array([[body[name] for name in names[:3]] for body in bodies])
    limits = np.array([body["limits"] for body in bodies]) / 10_000
    return told | {"limits": pooled_ends(hits, n, limits), "brands": len(bodies)}


def pooled_ends(hits: Ints, n: Ints, limits: Floats) -> list[list[int]]:
    """Limits, in ten-thousandths, of shares of several brands together. ``hits``
    (brands, shares), ``n`` (brands,), ``limits`` (brands, shares, 2), 0 to 1."""
    share, own = hits.sum(0) / n.sum(), hits / n[:, None]
    low, high = limits[:, :, 0], limits[:, :, 1]
    down, up = (
        np.linalg.norm(n[:, None] * gap, axis=0) / n.sum()
        for gap in (own - low, high - own)
    )
    ends = np.clip(np.stack([share - down, share + up], axis=1), 0, 1)
    whole: list[list[int]] = np.floor(10_000 * ends + 0.5).astype(int).tolist()
    return whole


def _answered(case: Case, of: Ints, rows: pl.DataFrame, which: Any) -> pl.DataFrame:
    """Inquiries of some entities: entity, author, day, and step (NONE: not within the
    horizon)."""
    account = rows["account"].to_numpy()
    entity = of[account]
    mine = np.flatnonzero((entity >= 0) & np.append(which, False)[entity])
    account, entity = account[mine], entity[mine]
    wait = rows["wait_s"].fill_null(2**31 - 1).to_numpy()[mine]
    inside = wait <= case.horizon[account]
    step = rows["step"].to_numpy()[mine]
    # Whatever stopped the clock on another step than these was not judged.
    known = np.where(np.isin(step, STEPS), step, Step.UNJUDGED)
    return pl.DataFrame(
        {
            "entity": entity,
            "author": rows["author"].to_numpy()[mine],
            "day": rows["asked_s"].to_numpy()[mine] // DAY_S,
            "step": np.where(inside, known, Step.NONE).astype(np.int8),
        }
    )


def _counts(rows: pl.DataFrame, size: int) -> Iterator[tuple[int, Ints]]:
    """Of each entity with a judged answer: inquiries by STEPS, not judged, none."""
    cell = rows["entity"].to_numpy() * len(Step) + rows["step"].to_numpy()
    table = np.bincount(cell, minlength=size * len(Step)).reshape(size, len(Step))
    order = [*STEPS, Step.UNJUDGED, Step.NONE]
    for entity in np.flatnonzero(table[:, list(STEPS)].sum(1)).tolist():
        yield entity, table[entity, order]


def _body(counts: Ints) -> dict[str, Any]:
    names = ("canned", "redirect", "substantive", "unjudged")
    told = dict(zip(names, counts.tolist(), strict=False))
    return told | {"n": int(counts.sum())}


def _rates(rows: pl.DataFrame, keys: dict[int, Key], size: int) -> Said:
    found = list(_counts(rows, size))
    sure = [
        entity
        for entity, counts in found
        if counts[:3].sum() >= METHOD.judged_answers.value * counts[:4].sum()
    ]
    limits = _limits(rows.filter(pl.col("entity").is_in(sure)), sure)
    for entity, counts in found:
        ends = {"limits": limits[entity]} if entity in limits else {}
        yield keys[entity], _body(counts) | ends


def _limits(rows: pl.DataFrame, entities: list[int]) -> dict[int, list[list[int]]]:
    """Wilson's limits of the share of each of STEPS, on n_eff of that very share."""
    if not entities:
        return {}
    line = pl.Series(np.searchsorted(entities, rows["entity"].to_numpy()))
    rows = rows.with_columns(line=line)
    ends = [
        share_ends(rows.with_columns(hit=pl.col("step") == step.value), len(entities))
        for step in STEPS
    ]
    return {
        entity: [[int(low[at]), int(high[at])] for low, high in ends]
        for at, entity in enumerate(entities)
    }


def share_ends(rows: pl.DataFrame, lines: int) -> tuple[Ints, Ints]:
    """Wilson's limits, in ten-thousandths, of the share of ``hit`` among the rows of
    each line, on n_eff of that very share. Rows: line (each below ``lines`` has some),
    day, author, hit."""
    rows = rows.with_columns(week=pl.col("day") // WEEK)
    units = (_units(rows, unit, lines) for unit in ("day", "week", "author"))
    classes = _four(_classes(rows, ["line"]).sort("line").select("hits", "misses"))
    spread = [unit_spread(each, classes) for each in units]
    size = effective_size(classes, *spread)[:, 1]
    low, high = share_limits(classes[:, HIT], classes.sum(1), size)
    whole = [np.floor(10_000 * x + 0.5).astype(np.int64) for x in (low, high)]
    return whole[0], whole[1]


def _classes(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    hits = pl.col("hit").sum().cast(pl.Int64)
    return rows.group_by(by).agg(hits=hits, misses=pl.len().cast(pl.Int64) - hits)


def _four(counts: pl.DataFrame) -> Ints:
    """Hits and misses as the credit classes of the intervals."""
    found = np.zeros((len(counts), 4), dtype=np.int64)
    found[:, [HIT, MISS]] = counts.to_numpy()
    return found


def _units(rows: pl.DataFrame, unit: str, lines: int) -> Units:
    cells = _classes(rows, ["line", unit]).sort("line", unit)
    nobody = np.zeros((lines, 4), dtype=np.int64)
    entity = cells["line"].to_numpy().astype(np.int64)
    return Units(entity, _four(cells.select("hits", "misses")), nobody)
