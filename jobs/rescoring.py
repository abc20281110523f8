"""An edition under another version of the method, and who moves by it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from jobs import Failed
from jobs.rescored import apart
from model import Edition
from scoring.edition import thawed
from scoring.method import METHODS, Method
from scoring.printing import TYPES
from store import Store

KEY = ("level", "family", "channel", "account", "slug")
FIGURES = (
    "status", "rank", "rank_low", "rank_high", "of", "score", "score_low", "score_high",
)  # fmt: skip
COLUMNS = (
    *KEY, "name", *FIGURES, *(f"{name}_then" for name in FIGURES), "moved", "beyond",
)  # fmt: skip
"""``_then``: under the other version. ``moved``: any of these figures is another;
``beyond``: the score left the interval it was published with."""

FURTHEST = [
    pl.col("beyond").cast(pl.Int8),
    (pl.col("score_then") - pl.col("score")).abs().fill_null(-1.0),
]


@dataclass(frozen=True)
class Rescored:
    edition: Edition
    version: str
    lines: pl.DataFrame  # COLUMNS, every line of the headline cuts

    @property
    def moved(self) -> pl.DataFrame:
        return self.lines.filter("moved")


def rescore(
    store: Store,
    name: str,
    version: str,
    methods: Mapping[str, Method] = METHODS,
) -> Rescored:
    """Counts an edition's frozen rows again under a version of the method.

    Nothing is kept: an edition stays as it was published. Kinds, ladder steps and
    details are not made anew. Raises Failed for a version nobody knows, and for an
    edition that keeps no rows; UnknownEdition.
    """
    method = methods.get(version)
    if method is None:
        raise Failed(
            f"there is no version {version[:40]!r} of the method; known:"
            f" {', '.join(methods)}"
        )
    edition = store.edition(name)
    parts = store.edition_parts(name)
    if "accounts" not in parts:
        raise Failed(
            f"edition {name} keeps no rows to count again; publish its period anew"
        )
    period = (edition.day_from, edition.day_to, edition.as_of)
    then = thawed(apart(method, parts, period))
    assert edition.id is not None
    now = store.lines(edition.id, TYPES).filter("headline")
    return Rescored(edition, version, compared(now, then.filter("headline")))


def compared(now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """COLUMNS of every line that is in one of two sets of standings, as published
    first."""
    both = now.select(*KEY, "name", *FIGURES).join(
        then.select(*KEY, "name", *FIGURES),
        on=KEY,
        how="full",
        coalesce=True,
        suffix="_then",
        maintain_order="left_right",
    )
    other = [pl.col(name).ne_missing(pl.col(f"{name}_then")) for name in FIGURES]
    outside = (pl.col("score_then") < pl.col("score_low")) | (
        pl.col("score_then") > pl.col("score_high")
    )
    return both.with_columns(
        pl.col("name").fill_null(pl.col("name_then")),
        pl.any_horizontal(other).alias("moved"),
        outside.fill_null(value=False).alias("beyond"),
    ).select(COLUMNS)


def to_text(found: Rescored, shown: int = 40) -> str:
    """For people at a terminal: who moved, brands before industries, the furthest
    first."""
    brands = _at(found, "brand")
    moved = brands.filter("moved")
    lines = [
        f"Edition {found.edition.name}, published under method {found.edition.method},"
        f" counted again under method {found.version}: of {len(brands)} standings of"
        f" brands {len(moved)} moved, {int(moved['beyond'].sum())} of them beyond the"
        " interval of their score.",
    ]
    for level in ("brand", "industry"):
        rows = _at(found, level).filter("moved").sort(FURTHEST, descending=True)
        lines += [_line(row) for row in rows.head(shown).iter_rows(named=True)]
        if len(rows) > shown:
            lines.append(f"  and {len(rows) - shown} more; --format csv has all")
    others = len(found.moved) - sum(
        len(_at(found, level).filter("moved")) for level in ("brand", "industry")
    )
    if others:
        lines.append(f"  Besides, {others} channels and accounts of brands moved.")
    if not len(found.moved):
        lines.append("Nothing moved.")
    lines.append(
        "Not counted anew: kinds of messages, steps of answers, details; they are"
        " frozen with the edition."
    )
    return "\n".join(lines) + "\n"


def _at(found: Rescored, level: str) -> pl.DataFrame:
    return found.lines.filter(level=level)


def _line(row: Mapping[str, object]) -> str:
    beyond = "  BEYOND ITS INTERVAL" if row["beyond"] else ""
    return (
        f"  {row['name']} ({row['family']}): {_figures(row, '')} ->"
        f" {_figures(row, '_then')}{beyond}"
    )


def _figures(row: Mapping[str, object], end: str) -> str:
    """ "61.2 [55.0 to 66.1], place 3 to 9 of 41"."""
    status, score = row[f"status{end}"], row[f"score{end}"]
    if score is None:
        return str(status or "no line").replace("_", " ")
    said = f"{score} [{row[f'score_low{end}']} to {row[f'score_high{end}']}]"
    if row[f"rank_low{end}"] is None:
        return f"{said}, {str(status).replace('_', ' ')}"
    return (
        f"{said}, place {row[f'rank_low{end}']} to {row[f'rank_high{end}']}"
        f" of {row[f'of{end}']}"
    )
