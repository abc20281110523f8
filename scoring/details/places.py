"""Which brands are surely above which, pair by pair.

k is surely above j when s_k - s_j > sqrt((s_k - low_k)^2 + (high_j - s_j)^2), limits at
``range_critical`` of the table: the statement that the rank ranges are counted from,
so that a best place is one more than how many are surely above. All pairs of a table
hold together, at the level of the method. Made from printed figures alone.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import Level, Status
from scoring.details.case import Case
from scoring.details.sensitivity import classes_of
from scoring.intervals import Floats, score_limits
from scoring.ranks import range_critical
from scoring.standing import score

NAMED = {"industry": 1_000, "family": 60}
"""The largest table whose pairs are told by name, of an industry and of a family. The
places of larger ones say how many are above and below, which is what fits a page."""

Key = tuple[str, str, str, str]


def details(case: Case) -> Iterator[tuple[Key, dict[str, Any]]]:
    """By industry, and by family as a whole (its key has no slug): ``slugs``, the
    ranked brands from the highest score down, and ``above``, for each of them who is
    surely above: places in ``slugs`` as runs, first and last of each by turns."""
    brands = case.headline.filter(
        level=Level.BRAND.value, status=Status.RANKED.value
    ).sort("slug")
    for (family,), table in _tables(brands, "family"):
        if len(table) <= NAMED["family"]:
            yield (Level.BRAND.value, family, "", ""), told(table)
    for (family, industry), table in _tables(brands, "family", "industry"):
        if len(table) <= NAMED["industry"]:
            yield (Level.INDUSTRY.value, family, "", industry), told(table)


def _tables(
    brands: pl.DataFrame, *within: str
) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    """Brands that are ranked together; of one alone there is nothing to tell."""
    parts = brands.partition_by(within, as_dict=True, maintain_order=True)
    for key in sorted(parts):
        if len(parts[key]) > 1:
            yield key, parts[key]


def told(table: pl.DataFrame) -> dict[str, Any]:
    """What is said of one table of ranked lines, as printed, sorted by slug."""
    classes = classes_of(table)
    points = score(classes)
    low, high = score_limits(
        classes, table["n_eff"].to_numpy(), range_critical(len(table))
    )
    order = np.argsort(-points, kind="stable")
    surely = above(points[order], 100 * low[order], 100 * high[order])
    return {"slugs": table["slug"][order].to_list(), "above": runs(surely)}


def above(points: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """(brands, brands): whether the brand of the column is surely above that of the
    line."""
    gap = points[None, :] - points[:, None]
    reach = ((points - low) ** 2)[None, :] + ((high - points) ** 2)[:, None]
    return np.asarray((gap > 0) & (gap * gap > reach))


def runs(lines: NDArray[np.bool_]) -> list[list[int]]:
    """For each line the runs of what is true: first and last place, by turns."""
    edges = np.diff(lines.astype(np.int8), prepend=0, append=0, axis=1)
    line, at = np.nonzero(edges)
    ends = at - (edges[line, at] < 0)
    bounds = np.searchsorted(line, np.arange(1, len(lines)))
    return [part.tolist() for part in np.split(ends, bounds)]
