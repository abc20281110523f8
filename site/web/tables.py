"""Tables as data: the same rows as CSV and as JSON, never one without the other."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.rows import Edition, Standing
from web import words

LICENCE = "CC-BY-4.0"
"""As SPDX names it, and as editions say it; pages spell it out."""

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

FIGURES = (
    "family", "rank", "rank_low", "rank_high", "score", "score_low", "score_high",
    "inquiries", "authors", "t1_s", "t2_s", "t3_s", "answered_t1", "answered_t2",
    "answered_t3", "share_t1", "share_t1_low", "share_t1_high", "share_t2",
    "share_t2_low", "share_t2_high", "share_t3", "share_t3_low", "share_t3_high",
    "median_wait_s", "p90_wait_s", "posts_per_reply", "n_eff", "placed", "lost",
    "coverage", "status",
)  # fmt: skip
BRANDS = ("slug", "name", "industry", *FIGURES)
"""The columns of ``standings``, as the design lists them."""
ACCOUNTS = ("channel", "account", *FIGURES)
INDUSTRIES = (*BRANDS, "brands")
HISTORY = ("edition", "day_from", "day_to", *BRANDS)


@dataclass(frozen=True, slots=True)
class Data:
    """A table to be written as CSV or JSON. None is an empty cell, and null."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    about: Mapping[str, Any]

    def csv(self) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow(_printed(value) for value in row)
        return out.getvalue().encode()

    def json(self) -> bytes:
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        text = {**self.about, "columns": self.columns, "rows": rows}
        return json.dumps(text, ensure_ascii=False, separators=(",", ":")).encode()


def _printed(value: Any) -> str:
    """Figures as the edition holds them: its digest is taken over just these."""
    return "" if value is None else str(value)


def about(edition: Edition | None, *, sample: bool) -> dict[str, Any]:
    """Where a table's figures come from; travels inside every JSON answer."""
    said: dict[str, Any] = {"licence": LICENCE, "licence_url": LICENCE_URL}
    if edition is not None:
        said |= {
            "edition": edition.name,
            "day_from": words.day(edition.day_from).isoformat(),
            "day_to": words.day(edition.day_to).isoformat(),
            "method": edition.method,
            "provisional": edition.provisional,
            "digest": edition.digest,
        }
    return said | {"sample": sample}


def of_standings(
    rows: Iterable[Standing], columns: tuple[str, ...], said: Mapping[str, Any]
) -> Data:
    """``placed`` is empty text in a standing and not known in a table: ''."""
    table = tuple(tuple(_value(row, name) for name in columns) for row in rows)
    return Data(columns, table, said)


def _value(row: Standing, name: str) -> Any:
    value = getattr(row, name)
    return None if value == "" else value


def of_history(
    past: Sequence[tuple[Edition, Standing]], said: Mapping[str, Any]
) -> Data:
    rows = tuple(
        (
            edition.name,
            words.day(edition.day_from).isoformat(),
            words.day(edition.day_to).isoformat(),
            *(_value(row, name) for name in BRANDS),
        )
        for edition, row in past
    )
    return Data(HISTORY, rows, said)
