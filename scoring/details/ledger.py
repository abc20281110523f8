"""What of each day each account was watched, as runs of days that are alike.

Days that are in no run were not watched at all. Why, an edition does not know: its
pages look it up in what is known of the looks.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from model.words import Level
from scoring.details.case import Case
from scoring.intervals import Ints

Key = tuple[str, str, str, str]
WHO = ("family", "slug", "channel", "account")


def details(case: Case) -> Iterator[tuple[Key, dict[str, Any]]]:
    """By brand and family: ``accounts``, each with its ``channel``, ``account`` and
    ``seen``: by threes the first day of a run, counted from the first of the period,
    its days, and the seconds seen of each of them. Only of brands with a standing."""
    shown = set(case.lines.select("family", "slug").unique().rows())
    seen = runs(case.covered, case.period.day_from)
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for number, row in enumerate(case.names.accounts.select(WHO).rows()):
        family, slug, channel, account = row
        if (family, slug) in shown:
            found[family, slug].append(
                {"channel": channel, "account": account, "seen": seen.get(number, [])}
            )
    for (family, slug), accounts in found.items():
        yield (Level.BRAND.value, family, "", slug), {"accounts": accounts}


def runs(covered: pl.DataFrame, day_from: int) -> dict[int, list[int]]:
    """By account number its runs, by threes. ``covered`` is sorted by account, day."""
    account, day, seconds = (
        covered[name].to_numpy().astype(np.int64)
        for name in ("account", "day", "seconds")
    )
    if not len(account):
        return {}
    starts = np.flatnonzero(_breaks(account, day, seconds))
    length = np.diff(starts, append=len(account))
    triples = np.stack([day[starts] - day_from, length, seconds[starts]], axis=1)
    firsts = np.flatnonzero(np.diff(account[starts], prepend=-1))
    ends = (3 * np.append(firsts, len(starts))).tolist()
    flat = triples.ravel().tolist()
    whose = account[starts[firsts]].tolist()
    return {
        number: flat[start:end]
        for number, start, end in zip(whose, ends, ends[1:], strict=False)
    }


def _breaks(account: Ints, day: Ints, seconds: Ints) -> Ints:
    """Not 0 where a line does not go on with what the line before it said."""
    steps = [np.diff(account, prepend=-1), np.diff(day, prepend=-1) - 1]
    return np.asarray(
        sum(np.abs(step) for step in (*steps, np.diff(seconds, prepend=-1)))
    )
