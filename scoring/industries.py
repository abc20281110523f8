"""Industries: the mean of their ranked brands' scores, and the pooled shares beside it.

The mean says how these brands do, each brand once; a pooled share what happens to
people who write to any of them. Both intervals are about these brands, not about
others of the trade: brands are independent, so the squared distances to their limits
add up (var = sum of v_b / B^2 on each side).
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from model.words import Level, Status
from scoring.intervals import Floats, Ints, Z
from scoring.method import METHOD
from scoring.standing import CLASSES, COUNTS, SHARES, limits_at
from scoring.tally import WAIT_BITS, Waits, kth

KEPT = ("family", "cut", "t1_s", "t2_s", "t3_s")
COUNTABLE = [s.value for s in (Status.RANKED, Status.TOO_FEW, Status.FEW_DAYS)]


def industries(
    brands: pl.DataFrame, names: dict[str, str], tallies: Sequence[Waits]
) -> pl.DataFrame:
    """One line for each industry of a family, from its brands' lines of one cut.

    ``names``: industry slug to name. ``tallies`` are those the brands came from; the
    typical wait is taken over all inquiries of the brands that are not withheld.
    """
    lines, pooled = [], []
    groups = brands.partition_by("family", "industry", maintain_order=True)
    for group in groups:
        line, part = _line(group)
        lines.append(line)
        pooled.append(part["entity"].to_numpy())
    if not lines:
        return brands.clear()
    together = pl.DataFrame(lines, infer_schema_length=None).with_columns(
        pl.col("slug").replace_strict(names).alias("name")
    )
    return together.with_columns(_waits(pooled, tallies))


def _line(group: pl.DataFrame) -> tuple[dict[str, object], pl.DataFrame]:
    """An industry's figures, and the lines of the brands its shares are pooled over."""
    ranked = group.filter(pl.col("status") == Status.RANKED.value)
    part = group.filter(pl.col("status").is_in(COUNTABLE))
    status = Status.RANKED if len(ranked) >= METHOD.fewest_brands.value else None
    if not len(part):
        status = _withheld(group)
        part = group.filter(pl.col("status") == status.value)
    first = group.row(0, named=True)
    line: dict[str, object] = {
        "entity": -1,
        "level": Level.INDUSTRY.value,
        "channel": "",
        "account": "",
        "slug": first["industry"],
        "industry": first["industry"],
        "alone": "",
        "status": (status or Status.TOO_FEW).value,
        "brands": len(ranked),
        "coverage": group["coverage"].mean(),
        "waits": _added(part["waits"]),
        **{name: first[name] for name in KEPT},
        **{name: int(part[name].sum()) for name in COUNTS},
        **_posts(group),
        **_mean(ranked, status is Status.RANKED),
        **_shares(part),
    }
    return line, part


def _withheld(group: pl.DataFrame) -> Status:
    only = (group["status"] == Status.ANSWERED_ONLY.value).any()
    return Status.ANSWERED_ONLY if only else Status.LOW_COVERAGE


def _added(waits: pl.Series) -> str:
    counts = [[int(count) for count in line.split(",")] for line in waits]
    return ",".join(str(sum(column)) for column in zip(*counts, strict=True))


def _posts(group: pl.DataFrame) -> dict[str, float | None]:
    posts, replies = int(group["posts"].sum()), int(group["replies"].sum())
    return {"posts_per_reply": posts / replies if replies else None}


def _mean(ranked: pl.DataFrame, enough: bool) -> dict[str, float | None]:
    """Score with limits, and one standard error to each side, on the scale 0 to 100."""
    if not enough:
        return dict.fromkeys(("score", "score_low", "score_high", "down", "up"))
    score = ranked["score"].to_numpy()
    low, high = limits_at(ranked, Z)
    mean = float(score.mean())
    down = float(np.sqrt(((score - low) ** 2).sum()) / len(score) / Z)
    up = float(np.sqrt(((high - score) ** 2).sum()) / len(score) / Z)
    return {
        "score": mean,
        "score_low": max(mean - Z * down, 0.0),
        "score_high": min(mean + Z * up, 100.0),
        "down": down,
        "up": up,
    }


def _shares(part: pl.DataFrame) -> dict[str, float | int | None]:
    """Pooled shares: every inquiry once; limits add up over brands by their weight."""
    part = part.filter(pl.col("inquiries") > 0)
    n = part["inquiries"].to_numpy().astype(np.float64)
    out: dict[str, float | int | None] = {"size_score": None}
    total = float(n.sum())
    if total:
        size = part["size_score"].to_numpy()
        out["size_score"] = float(total**2 / (n**2 / size).sum())
    for i, name in enumerate(SHARES):
        answered = int(part.select(CLASSES[: i + 1]).to_numpy().sum())
        share = answered / total if total else None
        reach = [_reach(part, name, end, n) for end in ("_low", "_high")]
        out[f"answered_{name}"] = answered
        out[f"share_{name}"] = share
        out[f"share_{name}_low"] = None if share is None else max(share - reach[0], 0.0)
        out[f"share_{name}_high"] = (
            None if share is None else min(share + reach[1], 1.0)
        )
    return out


def _reach(part: pl.DataFrame, name: str, end: str, n: Floats) -> float:
    gap = (part[f"share_{name}{end}"] - part[f"share_{name}"]).to_numpy()
    return float(np.sqrt(((n * gap) ** 2).sum()) / max(n.sum(), 1.0))


def _waits(pooled: Sequence[Ints], tallies: Sequence[Waits]) -> list[pl.Series]:
    """Median and p90 over the pooled brands of each industry, as in ``tally``."""
    named = [*pooled, *(tally.entity for tally in tallies)]
    top = max((int(entity.max(initial=-1)) for entity in named), default=-1)
    line_of = np.full(top + 2, -1, dtype=np.int64)  # the last is nobody's: -1
    for line, entities in enumerate(pooled):
        line_of[entities] = line
    size = len(pooled)
    total = np.zeros(size + 1, dtype=np.int64)
    keys = [np.zeros(0, dtype=np.int64)]
    for tally in tallies:
        whose = line_of[tally.entity]
        total += np.bincount(whose + 1, tally.of, minlength=size + 1).astype(np.int64)
        each = np.repeat(whose, tally.answered)
        keys.append(((each << WAIT_BITS) | tally.wait)[each >= 0])
    together = np.sort(np.concatenate(keys))
    bounds = np.searchsorted(together, np.arange(size + 1) << WAIT_BITS)
    answered, of = np.diff(bounds), total[1:]
    median = kth(together, bounds[:-1], answered, -(-of // 2))
    p90 = kth(together, bounds[:-1], answered, -(-9 * of // 10))
    return [
        pl.Series("median_wait_s", median, dtype=pl.Int64),
        pl.Series("p90_wait_s", p90, dtype=pl.Int64),
    ]
