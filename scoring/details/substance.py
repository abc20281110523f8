"""How many people got an answer of substance, and how soon; and how many of the answers
call by name whom they answer.

Here the clock runs to the first answer of substance, whatever came before it: whoever
was asked into private first, and told something in public later, has got one. How a
person is addressed is looked at in the answer that stops the clock of the standings.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import DAY, Level, Reason, Step
from scoring.book import Book, Numbers
from scoring.details.case import kinds_of, steps_of
from scoring.details.ladder import pooled_ends, share_ends
from scoring.tally import FAR, Slice, first_answers, sliced

TOPIC = "substance"
NOT_SAID, NO, YES = 0, 1, 2
"""Whether an answer calls its person by name, or is a near-copy of answers to others;
of two in one second the lower holds."""
CODES = YES + 1
"""How many there are of these; what is to hold for the lower step is put above them."""

LIMITS = 3

Key = tuple[str, str, str, str]
Body = dict[str, Any]


def details(
    parts: Iterable[pl.DataFrame],
    names: Book,
    headlines: Mapping[str, str],
    ladder: Mapping[Key, Body],
) -> Iterator[tuple[Key, Body]]:
    """Of everyone of whom the topic ``ladder`` says something; ``ladder``: its bodies.

    ``parts``: frozen rows (FROZEN, in their order) with the columns of FURTHER. ``n``
    as there, and of them ``within``: those who got an answer of substance within each
    of the family's three limits; where the ladder has limits, ``limits`` of these
    shares, in ten-thousandths. ``address``: of the answers that counted and whose words
    were read, how many call the person by name, of how many, and the limits of that
    share. ``copies`` likewise of the answers that were judged: near-copies of answers
    to others, redirections among them, of how many, the limits of that share, and how
    many of them are redirections; not where of a redirection nobody knows it. ``of`` as
    there. An industry adds up its brands that have limits.
    """
    counted, known = _people(parts, names, headlines, {slug for *_, slug in ladder})
    brands: dict[Key, Body] = {}
    for level in (Level.BRAND, Level.CHANNEL):
        keys = [key for key in ladder if key[0] == level.value]
        for rows, only in ((counted, False), (known, True)):
            mine = [key for key in keys if ("of" in ladder[key]) == only]
            sure = [key for key in mine if "limits" in ladder[key]]
            found = _bodies(rows, names, level, mine, sure)
            brands |= found if level is Level.BRAND else {}
            for key, body in found.items():
                yield key, body | ({"of": "answered"} if only else {})
    for key in ladder:
        if key[0] == Level.INDUSTRY.value:
            yield key, _together(_of_industry(key, brands, names))


def _people(
    parts: Iterable[pl.DataFrame],
    names: Book,
    headlines: Mapping[str, str],
    slugs: set[str],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The inquiries of these brands that count, by people; and of those known only by
    their answers the ones answered within the horizon."""
    wanted = names.accounts["slug"].is_in(sorted(slugs)).to_numpy()
    of_cut = kinds_of(headlines)
    kept = False
    found: tuple[list[pl.DataFrame], list[pl.DataFrame]] = [], []
    for every in parts:
        kept = kept or bool(every["copied"].count())
        rows = every.filter(pl.Series(wanted[every["account"].to_numpy()]))
        part = sliced(rows, names)
        in_cut = of_cut[names.family[part.account], part.kind]
        for into, reason in zip(found, (Reason.COUNTED, Reason.REPLY), strict=True):
            into.append(_told(rows, part, names, in_cut & (part.reason == reason)))
    counted, known = (pl.concat([_nobody(), *each]) for each in found)
    if not kept:
        # An edition older than this says what it said.
        counted, known = (r.with_columns(copy=NOT_SAID) for r in (counted, known))
    return counted, known.filter("answered")


def _nobody() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "account": pl.Int64(),
            "author": pl.Int32(),
            "day": pl.Int64(),  # of the period, from 0
            "late": pl.Int64(),  # how many of the limits substance came after
            "address": pl.Int8(),
            "copy": pl.Int8(),
            "moved": pl.Boolean(),  # it was a redirection
            "answered": pl.Boolean(),  # within the horizon
        }
    )


def _told(
    rows: pl.DataFrame, part: Slice, names: Book, wanted: NDArray[np.bool_]
) -> pl.DataFrame:
    """Of each visit its first row that is wanted: see ``_nobody``."""
    at = np.flatnonzero(wanted)
    at = at[np.diff(part.visit[at], prepend=-1) != 0]
    account, asked = part.account[at], part.asked[at]
    limits = names.limits[names.family[account]]
    answered = first_answers(part, at)
    told = first_answers(replace(part, answered=_of_substance(rows, part)), at)
    calls = (rows["personal"].fill_null(-1) + 1).to_numpy().astype(np.int8)
    address = steps_of(calls, part, at, answered).to_numpy()
    within = answered - asked <= limits[:, LIMITS - 1]
    copies = steps_of(_copies(rows), part, at, answered).to_numpy()
    return pl.DataFrame(
        {
            "account": account,
            "author": rows["author"].to_numpy()[at],
            "day": asked // DAY,
            "late": ((told - asked)[:, None] > limits).sum(1),
            "address": np.where(within, address, NOT_SAID),
            "copy": np.where(within, copies % CODES, NOT_SAID),
            "moved": within & (copies // CODES == Step.REDIRECT),
            "answered": within,
        },
        _nobody().schema,
    )


def _copies(rows: pl.DataFrame) -> NDArray[np.int8]:
    """Each message's step, and with it whether its answer is a near-copy."""
    step = pl.col("step")
    code = (
        pl.when(step == Step.CANNED)
        .then(YES)
        .when(step == Step.SUBSTANTIVE)
        .then(NO)
        .when(step == Step.REDIRECT)
        .then(pl.col("copied") + 1)
        .fill_null(NOT_SAID)
    )
    both = rows.select((step * CODES + code).cast(pl.Int8)).to_series()
    return np.asarray(both.to_numpy())


def _of_substance(rows: pl.DataFrame, part: Slice) -> Numbers:
    """When each message had its first answer of substance; about FAR: it had none."""
    first = pl.when(pl.col("step") == Step.SUBSTANTIVE).then("wait_s")
    wait = rows.select(first.otherwise("substantive_s").cast(pl.Int64).fill_null(FAR))
    return np.asarray(part.asked + wait.to_series().to_numpy())


def _bodies(
    rows: pl.DataFrame, names: Book, level: Level, mine: list[Key], sure: list[Key]
) -> dict[Key, Body]:
    """``sure``: those of whom shares may be said."""
    rows = _lines(rows, names, level, mine)
    cell = rows["line"].to_numpy() * (LIMITS + 1) + rows["late"].to_numpy()
    late = np.bincount(cell, minlength=len(mine) * (LIMITS + 1))
    counts = late.reshape(-1, LIMITS + 1).cumsum(1)
    found: dict[Key, Body] = {
        key: {"n": int(n), "within": within}
        for key, (*within, n) in zip(mine, counts.tolist(), strict=True)
    }
    shares = _lines(rows, names, level, sure)
    ends = [
        share_ends(shares.with_columns(hit=pl.col("late") <= at), len(sure))
        for at in range(LIMITS)
    ]
    for line, key in enumerate(sure):
        found[key]["limits"] = [[int(low[line]), int(high[line])] for low, high in ends]
    for key, told in _share(rows, mine, "address").items():
        found[key]["address"] = told
    # Of a redirection of which nobody knows it: nothing is said of all of them.
    gap = (pl.col("moved") & (pl.col("copy") == NOT_SAID)).any().over("line")
    rows = rows.filter(~gap)
    both = rows.filter("moved", pl.col("copy") == YES)["line"].to_numpy()
    moved = np.bincount(both, minlength=len(mine)).tolist()
    redirected = dict(zip(mine, moved, strict=True))
    for key, told in _share(rows, mine, "copy").items():
        found[key]["copies"] = [*told, redirected[key]]
    return found


def _share(rows: pl.DataFrame, keys: list[Key], what: str) -> dict[Key, list[int]]:
    """Of how many answers it holds, of how many it is known, lower and upper limit of
    that share."""
    said = rows.filter(pl.col(what) != NOT_SAID).with_columns(hit=pl.col(what) == YES)
    lines = said["line"].unique().sort()
    place = pl.Series(np.searchsorted(lines.to_numpy(), said["line"].to_numpy()))
    said = said.with_columns(line=place)
    sums = said.group_by("line").agg(pl.col("hit").sum(), n=pl.len()).sort("line")
    low, high = share_ends(said, len(lines))
    return {
        keys[line]: [hits, n, int(low[at]), int(high[at])]
        for at, (line, hits, n) in enumerate(
            zip(lines, sums["hit"], sums["n"], strict=True)
        )
    }


def _lines(
    rows: pl.DataFrame, names: Book, level: Level, keys: list[Key]
) -> pl.DataFrame:
    """The rows of these, each with the place of its key as ``line``."""
    who = names.described(level).select("entity", "level", "family", "channel", "slug")
    number = {row[1:]: row[0] for row in who.rows()}
    entity = names.entity(level)
    line = np.full(int(entity.max(initial=-1)) + 2, -1, dtype=np.int64)
    line[[number[key] for key in keys]] = np.arange(len(keys))
    of = pl.Series(line[entity][rows["account"].to_numpy()], dtype=pl.Int64)
    return rows.with_columns(line=of).filter(pl.col("line") >= 0)


def _of_industry(key: Key, brands: dict[Key, Body], names: Book) -> list[Body]:
    _, family, _, industry = key
    trade = dict(names.accounts.select("slug", "industry").unique().rows())
    return [
        body
        for (_, family_, _, slug), body in brands.items()
        if (family_, trade[slug]) == (family, industry) and "limits" in body
    ]


def _together(bodies: list[Body]) -> Body:
    """The people of several brands; the limits as an industry's others."""
    told: Body = {
        "n": sum(body["n"] for body in bodies),
        "within": np.sum([body["within"] for body in bodies], axis=0).tolist(),
        "limits": _pooled([(b["within"], b["n"], b["limits"]) for b in bodies]),
        "brands": len(bodies),
    }
    for name in ("address", "copies"):
        shares = [body[name] for body in bodies if name in body]
        # Said of all brands whose answers are counted here, or of nobody.
        if shares and (name == "address" or len(shares) == len(bodies)):
            hits, n, _, _, *more = np.sum(shares, axis=0).tolist()
            ends = _pooled([([each[0]], each[1], [each[2:4]]) for each in shares])
            told[name] = [hits, n, *ends[0], *more]
    return told


def _pooled(shares: list[tuple[list[int], int, list[list[int]]]]) -> list[list[int]]:
    """From each brand's hits, n and limits."""
    hits, n, limits = (np.array(each) for each in zip(*shares, strict=True))
    return pooled_ends(hits, n, limits / 10_000)
