"""What an edition says of an earlier one: which that is, and what is read of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import polars as pl

from jobs import Failed
from model import CHANNEL_FAMILY, Edition
from model.words import Cut, Level, Status
from scoring.book import Book, Period
from scoring.changes import TOPIC, WAS, Before, changes
from scoring.details.case import case_of
from scoring.details.standard import KIND_WORDS, STRATA, strata_of, strata_told
from scoring.details.told import DETAILS, digest_of_all
from scoring.edition import INQUIRIES, Result, recompute, thawed
from scoring.method import METHOD
from scoring.printing import TYPES, result_digest
from store import Store

Parts = Callable[[], Mapping[str, bytes]]

FACTS = ("name", "digest", "method", "day_from", "day_to")
MOST = 2**53


def since(store: Store, result: Result, period: Period, *, sample: bool) -> Result:
    """The result with what changed since the edition before it, if there is one."""
    edition = previous(store, period, sample=sample)
    if edition is None:
        return result
    assert edition.id is not None
    was = before(
        edition,
        store.lines(edition.id, TYPES),
        store.detail_lines(edition.id, "standard"),
        lambda: store.edition_parts(edition.name),
        result.cuts,
    )
    return told_since(result, was)


def previous(store: Store, period: Period, *, sample: bool) -> Edition | None:
    """The latest edition that ends before the period begins: kept for good, and of
    the same world. Of several that end on one day the last made, which corrects."""
    ended = (
        edition
        for edition in store.editions(sample)
        if not edition.provisional and edition.day_to <= period.day_from
    )
    return next(ended, None)


def told_since(result: Result, was: Before) -> Result:
    """The result with the topic of changes; its digest covers them like all else."""
    key = DETAILS.names()[:-1]
    more = pl.concat(
        [result.details, changes(result.standings, result.details, was)]
    ).sort(key)
    digest = digest_of_all(result_digest(result.standings), more)
    return replace(result, details=more, result_digest=digest)


def before(
    edition: Edition,
    standings: pl.DataFrame,
    details: pl.DataFrame,
    parts: Parts,
    cuts: Mapping[str, str],
) -> Before:
    """What there is to compare with. ``cuts``: family to the headline of the later
    edition. Where the method or a headline is another, the frozen rows (``parts``)
    are counted anew, the way the later edition counts."""
    facts = {name: getattr(edition, name) for name in FACTS}
    then = _ranked(standings.filter("headline")).with_columns(published="score")
    strata = strata_told(details)
    old = json.loads(edition.cuts)
    alike = all(old.get(family, cut) == cut for family, cut in cuts.items())
    if edition.method != METHOD.version or not alike or strata.is_empty():
        lines, strata = again(edition, parts(), cuts)
        then = _ranked(lines).join(
            then.select("family", "slug", "published"), on=["family", "slug"]
        )
    lines = then.select(pl.col(name).cast(kind) for name, kind in WAS.items())
    return Before(facts, lines, strata)


def _ranked(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.filter(
        pl.col("level") == Level.BRAND.value, pl.col("status") == Status.RANKED.value
    )


def again(
    edition: Edition, parts: Mapping[str, bytes], cuts: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Brands' lines and strata of frozen parts, each family in this cut, by this
    code's method."""
    period = Period(edition.day_from, edition.day_to, edition.as_of)
    wanted = {family: Cut(cut) for family, cut in cuts.items()}
    lines = [
        recompute(parts, period, cut, levels=(Level.BRAND,)).filter(
            pl.col("family").is_in([f for f, c in wanted.items() if c is cut])
        )
        for cut in dict.fromkeys(wanted.values())
    ]
    frozen = [thawed(part) for name, part in sorted(parts.items()) if INQUIRIES in name]
    names, every = Book(thawed(parts["accounts"])), pl.concat(lines)
    posted = thawed(parts["publications"])
    return every, strata_of(case_of(frozen, names, period, wanted, every, posted))


def published(details: pl.DataFrame) -> Before | None:
    """What a bundle's details (DETAILS) say of the edition before it; None: nothing.

    Raises Failed where it cannot be that.
    """
    mine = details.filter(pl.col("topic") == TOPIC)
    if mine.is_empty():
        return None
    try:
        return _read(mine)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as wrong:
        raise Failed(
            f"details.csv, topic {TOPIC}: expected what `answerable export` writes of"
            f" the edition before it, found something else ({str(wrong)[:80]})"
        ) from wrong


def _read(mine: pl.DataFrame) -> Before:
    whole = mine.filter(pl.col("level") == "")
    if len(whole) != 1:
        raise ValueError("not said once which edition that is")
    facts = json.loads(whole["body"][0])
    lines, strata = [], []
    brands = mine.filter(pl.col("level") == Level.BRAND.value)
    for family, slug, body in brands.select("family", "slug", "body").rows():
        said = json.loads(body)
        score, low, high, inquiries, size = said["was"]
        figures = (_number(score), _number(low), _number(high))
        then = _number(said.get("published", score))
        if not _number(size) > 0:
            raise ValueError(f"n_eff {size}")
        lines.append((family, slug, *figures, _count(inquiries), float(size), then))
        strata += [(family, slug, *_stratum(*each)) for each in said["strata"]]
    found = pl.DataFrame(strata, STRATA, orient="row")
    some = found.filter(pl.sum_horizontal(pl.col("^class_.*$")) > 0)
    told = pl.DataFrame(lines, WAS, orient="row")
    if len(told.join(some, on=["family", "slug"], how="anti")):
        raise ValueError("a brand without inquiries")
    return Before({name: _fact(facts[name]) for name in FACTS}, told, found)


def _stratum(channel: Any, kind: Any, *counts: Any) -> tuple[Any, ...]:
    if channel not in CHANNEL_FAMILY or kind not in KIND_WORDS or len(counts) != 4:
        raise ValueError("a stratum that cannot be")
    return channel, kind, *(_count(count) for count in counts)


def _fact(value: Any) -> Any:
    if not isinstance(value, str):
        return _count(value)
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST:
        raise ValueError(f"{str(value)[:20]} is no count")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not isfinite(value) or abs(value) > MOST:
        raise ValueError(f"{str(value)[:20]} is no figure")
    return float(value)
