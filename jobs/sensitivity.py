"""How much an edition's order owes to our choices, from its frozen parts."""

import json
from typing import Any

import polars as pl

from jobs import Failed
from model.words import Cut
from scoring.book import Book, Period
from scoring.details.case import Case, case_of
from scoring.details.sensitivity import details
from scoring.edition import INQUIRIES, thawed
from scoring.printing import TYPES
from store import Store

SENSITIVITY = pl.Schema(
    {
        "family": pl.String(),
        "variant": pl.String(),
        "brands": pl.Int64(),  # ranked
        "pairs": pl.Int64(),  # of them
        "swapped": pl.Int64(),  # pairs in another order than published
        "share_swapped": pl.Float64(),
        "tau": pl.Float64(),  # Kendall's, with the published order
        "apart": pl.Int64(),  # pairs that the intervals tell apart
        "apart_swapped": pl.Int64(),
        "moved": pl.Float64(),  # places a brand moves, in the median
        "most": pl.Int64(),  # and at most
    }
)


def sensitivity(store: Store, edition: str | None = None) -> pl.DataFrame:
    """One line (SENSITIVITY) for each other way of counting, family by family.

    ``edition`` None: the current one. Empty where no family has two ranked brands.
    Raises Failed when nothing was published; UnknownEdition.
    """
    found = store.current_edition() if edition is None else store.edition(edition)
    if found is None or found.id is None:
        raise Failed(
            "nothing has been published yet; make an edition with `answerable publish"
            " --from DATE --to DATE`"
        )
    parts = store.edition_parts(found.name)
    case = case_of(
        (thawed(part) for name, part in sorted(parts.items()) if INQUIRIES in name),
        Book(thawed(parts["accounts"])),
        Period(found.day_from, found.day_to, found.as_of),
        {family: Cut(cut) for family, cut in json.loads(found.cuts).items()},
        store.lines(found.id, TYPES),
        thawed(parts["publications"]),
    )
    return lines(case)


def lines(case: Case) -> pl.DataFrame:
    """What the topic says, as a table."""
    rows = [
        _row(family, name, said, each)
        for (_, family, _, _), said in details(case)
        for name, each in said["variants"].items()
    ]
    return pl.DataFrame(rows, SENSITIVITY, orient="row")


def _row(
    family: str, name: str, said: dict[str, Any], each: dict[str, Any]
) -> tuple[Any, ...]:
    return (
        family,
        name,
        said["brands"],
        said["pairs"],
        each["swapped"],
        round(each["swapped"] / said["pairs"], 4),
        each["tau"],
        said["apart"],
        each["apart"],
        each["moved"],
        each["most"],
    )


def to_table(found: pl.DataFrame) -> str:
    """For people at a terminal."""
    if not len(found):
        return "No family of this edition has two ranked brands.\n"
    heads = (
        "family", "other way", "tau", "pairs that swap", "of those surely apart",
        "places moved, median", "most",
    )  # fmt: skip
    shown = [heads, *(_cells(row) for row in found.iter_rows(named=True))]
    widths = [max(len(row[at]) for row in shown) for at in range(len(heads))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        .rstrip() + "\n"
        for row in shown
    )  # fmt: skip


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["family"],
        row["variant"].replace("_", " "),
        "-" if row["tau"] is None else f"{row['tau']:.2f}",
        f"{row['swapped']} of {row['pairs']} ({100 * row['share_swapped']:.1f} %)",
        f"{row['apart_swapped']} of {row['apart']}",
        f"{row['moved']:g}",
        str(row["most"]),
    )
