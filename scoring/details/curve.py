"""The response curve of each brand in a family, of its channels where it has several,
and of each industry: the share answered by time waited, with a pointwise band.

At the family's three limits curve and band are the shares and intervals of the
standings, as printed. Between them the band rests on n_eff between theirs; beyond the
horizon on n_eff at the horizon, times the share of inquiries still watched: of all of
them, so that no answer decides how sure we say we are. That is never narrower than
Greenwood's formula at that n_eff.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from model.words import FAMILIES, Level, Status
from scoring.details.case import Case
from scoring.intervals import Floats, Ints
from scoring.method import LIMITS
from scoring.standing import ENDS, SHARES
from scoring.survival import (
    NEVER,
    TIMES,
    Watched,
    added,
    band,
    between,
    curves,
    known_so_long,
    sizes,
    watched,
)

OF_FAMILY = np.array(
    [(LIMITS[family].t1, LIMITS[family].t2, LIMITS[family].t3) for family in FAMILIES],
    dtype=np.int64,
)
PLACE_OF = {family.value: place for place, family in enumerate(FAMILIES)}

RATED = pl.col("status").is_in(
    [Status.RANKED.value, Status.TOO_FEW.value, Status.FEW_DAYS.value]
)
ONLY = pl.col("status") == Status.ANSWERED_ONLY.value

Key = tuple[str, str, str, str]
Said = Iterator[tuple[Key, dict[str, Any] | str]]


@dataclass(frozen=True)
class Group:
    """Standings whose curves are made together: line i is group i of ``of``."""

    lines: pl.DataFrame  # as printed
    of: Ints  # by account number; -1 in none

    def kept(self, flags: pl.Expr) -> "Group":
        """Those lines alone."""
        here = self.lines.select(flags).to_series().to_numpy()
        number = np.append(np.where(here, np.cumsum(here) - 1, -1), -1)
        return Group(self.lines.filter(pl.Series(here)), number[self.of])


def details(case: Case) -> Said:
    """Ten-thousandths, one a time of METHOD.curve_times while there is something to
    say: ``share``, ``low`` and ``high``; ``n`` inquiries; ``seen`` how many of them
    were still watched at each time beyond the horizon.

    A standing without shares has no curve. One of answered conversations alone has
    ``of`` "answered": the share of the answered by time waited, without a band; ``n``
    are those answered within the horizon. Key (industry, family, "", ""): ``of``
    "industries", the mean of the curves of ``n`` of them up to the horizon.
    """
    horizon = case.horizon
    counted = _watched(case.counted, horizon)
    known = _watched(case.known, horizon)
    brands, channels = _brands(case), _channels(case)
    trades = _industries(case, brands.kept(RATED)).kept(RATED)
    of_answers = _industries(case, brands.kept(ONLY))
    for group in (brands, channels):
        yield from _rates(counted, group.kept(RATED))
        yield from _answered(known, group.kept(ONLY))
    yield from _rates(counted, trades)
    yield from _answered(known, of_answers.kept(ONLY))
    yield from _mean(counted, trades)


def _watched(rows: pl.DataFrame, horizon: Ints) -> Watched:
    return watched(
        rows["account"].to_numpy(),
        rows["wait_s"].fill_null(NEVER).to_numpy(),
        (rows["watched_s"] - rows["asked_s"]).to_numpy(),
        horizon,
    )


def _grouped(case: Case, level: Level, **of: str) -> Group:
    """The headline lines of a level, and of each account the line it belongs to.
    ``of``: columns of a line, and those of an account that must agree with them."""
    lines = case.headline.filter(pl.col("level") == level.value)
    columns = list(of.values())
    numbers = case.names.accounts.select(columns).join(
        lines.select(list(of)).with_row_index("line"),
        left_on=columns,
        right_on=list(of),
        how="left",
        maintain_order="left",
    )
    return Group(lines, numbers["line"].cast(pl.Int64).fill_null(-1).to_numpy())


def _brands(case: Case) -> Group:
    brands = _grouped(case, Level.BRAND, family="family", slug="slug")
    return Group(brands.lines, np.where(case.brand >= 0, brands.of, -1))


def _channels(case: Case) -> Group:
    """Channels whose curve is not that of the brand: of brands with several in one
    family, and those that are seen as a sample only."""
    group = _grouped(
        case, Level.CHANNEL, family="family", channel="channel", slug="slug"
    )
    pooled = group.of[(case.brand >= 0) & (group.of >= 0)]
    alone = np.bincount(pooled, minlength=len(group.lines)) == 0
    marked = group.lines.with_columns(pl.Series("alone", alone))
    several = (~pl.col("alone")).sum().over("family", "slug") > 1
    return Group(marked, group.of).kept(pl.col("alone") | several)


def _industries(case: Case, brands: Group) -> Group:
    """Industries of the brands of a group, which their shares are pooled over."""
    trades = _grouped(case, Level.INDUSTRY, family="family", slug="industry")
    return Group(trades.lines, np.where(brands.of >= 0, trades.of, -1))


def _keys(lines: pl.DataFrame) -> list[Key]:
    return list(lines.select("level", "family", "channel", "slug").rows())


def _rates(found: Watched, group: Group) -> Said:
    """Curves with their bands."""
    lines, horizon = group.lines, group.lines["t3_s"].to_numpy()
    pooled = added(found, group.of, len(lines))
    drawn = curves(pooled, horizon)
    ends = (drawn.share, *_band(lines, pooled, drawn.share))
    figures = [
        _as_published(lines, printed(figure), end)
        for figure, end in zip(ends, ENDS, strict=True)
    ]
    stop = known_so_long(pooled, drawn.defined, horizon)
    start = np.searchsorted(TIMES, horizon, side="right")
    bodies = pl.DataFrame({"n": pooled.n}).select(
        pl.concat_str(
            pl.lit('{"high":['),
            _listed(figures[2], stop),
            pl.lit('],"low":['),
            _listed(figures[1], stop),
            pl.lit('],"n":'),
            pl.col("n").cast(pl.String),
            pl.lit(',"seen":['),
            _listed(pooled.seen, stop - start, start),
            pl.lit('],"share":['),
            _listed(figures[0], stop),
            pl.lit("]}"),
        )
    )
    for key, n, body in zip(
        _keys(lines), pooled.n.tolist(), bodies.to_series(), strict=True
    ):
        if n:
            yield key, body


def _listed(figures: Ints, length: Ints, start: Ints | None = None) -> pl.Series:
    """Of each line so many figures, from ``start`` on, with commas between."""
    rows = pl.DataFrame(
        {
            "figures": pl.Series(figures, dtype=pl.Array(pl.Int64, figures.shape[1])),
            "start": np.zeros_like(length) if start is None else start,
            "length": length,
        }
    )
    kept = pl.col("figures").arr.to_list().list.slice("start", "length")
    return rows.select(kept.cast(pl.List(pl.String)).list.join(",")).to_series()


def _band(lines: pl.DataFrame, pooled: Watched, share: Floats) -> tuple[Floats, Floats]:
    """Limits of every share (lines, times)."""
    families = lines["family"].replace_strict(PLACE_OF, return_dtype=pl.Int64)
    family = families.to_numpy()
    at = np.searchsorted(TIMES, OF_FAMILY)[family]
    exact = np.take_along_axis(share, at, axis=1)
    low, high = (_published(lines, end) / 10_000 for end in ENDS[1:])
    beyond = OF_FAMILY[family, 2:] < TIMES
    still = np.where(beyond, pooled.seen / np.maximum(pooled.n, 1)[:, None], 1.0)
    weights = between(OF_FAMILY)[family]
    below, above = (
        np.maximum(np.exp((np.log(size)[:, None, :] @ weights)[:, 0]) * still, 1.0)
        for size in sizes(exact, low, high, pooled.n)
    )
    return band(share, below, above)


def _as_published(lines: pl.DataFrame, figures: Ints, end: str) -> Ints:
    """The figures, those of the standings in their places."""
    limits = lines.select(f"{t}_s" for t in SHARES).to_numpy()
    np.put_along_axis(
        figures, np.searchsorted(TIMES, limits), _published(lines, end), axis=1
    )
    return figures


def _published(lines: pl.DataFrame, end: str) -> Ints:
    """(lines, 3): shares of the standings, or their limits, in ten-thousandths."""
    names = [f"share_{t}{end}" for t in SHARES]
    return printed(lines.select(pl.col(names).cast(pl.Float64)).to_numpy())


def printed(shares: Floats) -> Ints:
    """Shares in ten-thousandths, halves upwards as in the standings. NaN: 0."""
    return np.floor(np.nan_to_num(shares) * 10_000 + 0.5).astype(np.int64)


def _answered(found: Watched, group: Group) -> Said:
    """Of sources that hold only answered conversations: among those answered within
    the horizon."""
    lines = group.lines
    pooled = added(found, group.of, len(lines))
    stops = np.searchsorted(TIMES, lines["t3_s"].to_numpy(), side="right").tolist()
    for key, stop, answered in zip(_keys(lines), stops, pooled.answered, strict=True):
        n = int(answered[stop - 1])
        if n:
            share = printed(answered[:stop] / n).tolist()
            yield key, {"n": n, "of": "answered", "share": share}


def _mean(found: Watched, group: Group) -> Said:
    """The mean of the industries' curves of each family, each industry once."""
    pooled = added(found, group.of, len(group.lines))
    for family, limits in LIMITS.items():
        mine = (group.lines["family"] == family.value).to_numpy() & (pooled.n > 0)
        stop = int(np.searchsorted(TIMES, limits.t3, side="right"))
        if mine.sum() > 1:
            shares = pooled.answered[mine, :stop] / pooled.n[mine, None]
            key = (Level.INDUSTRY.value, family.value, "", "")
            whose = {"n": int(mine.sum()), "of": "industries"}
            yield key, {**whose, "share": printed(shares.mean(0)).tolist()}
