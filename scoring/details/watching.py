"""How much of a brand's conversations we see: the answers it gave to messages that we
knew only because it answered them (the blind share), and publications by replies."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from model.words import Level
from scoring.details.case import Case


def details(case: Case) -> Iterator[tuple[tuple[str, str, str, str], dict[str, Any]]]:
    """By brand and family: ``answers`` known, and ``blind``, those of them given to
    messages that we would not have seen otherwise."""
    seen = _answers(case, case.counted)
    blind = _answers(case, case.replies)
    keys = case.of(Level.BRAND)
    for entity in np.flatnonzero(seen + blind).tolist():
        yield (
            keys[entity],
            {"answers": int(seen[entity] + blind[entity]), "blind": int(blind[entity])},
        )


def _answers(case: Case, rows: pl.DataFrame) -> NDArray[np.int64]:
    """Answers within the horizon, by brand number."""
    account = rows["account"].to_numpy()
    wait = rows["wait_s"].fill_null(2**31 - 1).to_numpy()
    brand = case.brand[account]
    mine = (wait <= case.horizon[account]) & (brand >= 0)
    size = int(case.brand.max(initial=-1)) + 1
    return np.bincount(brand[mine], minlength=size)
