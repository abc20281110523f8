"""Ten thousand brands: all ranges of places, and how much hangs on our choices.

In a process of its own, so that its peak memory is its own, in tables that were drawn.
The floor is one pass over all pairs of scores, which says no more than who is ahead.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from scoring.details.sensitivity import agreement, turned
from scoring.intervals import WORTH, score_limits
from scoring.ranks import range_critical, ranks

BRANDS = 10_000
VARIANTS = 10
RUNS = 3


def run() -> Iterator[str]:
    runs = [json.loads(_child()) for _ in range(RUNS)]
    took = {name: median(each[name] for each in runs) for name in runs[0]}
    yield f"floor, who is ahead in {BRANDS:,} x {BRANDS:,} pairs: {took['pairs']:.2f} s"
    yield (
        f"limits and ranges of places of {BRANDS:,} brands: {took['ranges']:.2f} s"
        f" = {took['ranges'] / took['pairs']:.1f} x the floor (wanted: at most 5 s)"
    )
    yield (
        f"their order beside {VARIANTS} others: {took['others']:.2f} s"
        f" = {took['others'] / took['pairs']:.1f} x the floor"
    )
    yield f"peak memory: {took['mib']:.0f} MiB (wanted: under 1024)"


def _child() -> bytes:
    command = [sys.executable, "-m", "benchmarks.places"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _measured() -> dict[str, float]:
    rng = np.random.default_rng(0)
    answers = rng.beta(1, 4, BRANDS)
    n = (50 * np.exp(rng.exponential(1.3, BRANDS))).astype(np.int64)
    parts = answers[:, None] * rng.dirichlet([2, 2, 1], BRANDS)
    counts = rng.multinomial(n, np.column_stack([parts, 1 - answers])).astype(np.int64)
    score = counts @ WORTH / n
    others = score + rng.normal(0, 0.02, (VARIANTS, BRANDS))
    start = time.perf_counter()
    ahead = sum(int((score > each).sum()) for each in score)
    pairs = time.perf_counter()
    low, high = score_limits(counts, z=range_critical(BRANDS))
    ranks(score, low, high)
    ranges = time.perf_counter()
    found = turned(score, low, high, others)
    for other, swapped in zip(others, found.swapped, strict=True):
        agreement(score, other, swapped)
    done = time.perf_counter()
    assert ahead > 0
    return {
        "pairs": pairs - start,
        "ranges": ranges - pairs,
        "others": done - ranges,
        "mib": _peak(),
    }


def _peak() -> float:
    """MiB of this program at most, whatever started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured()))
