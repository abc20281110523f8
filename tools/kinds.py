"""Measures how often kinds are right: `tools/kinds.py FOLDER`; writes the table.

FOLDER holds messages labelled by people, as CSV; see FILES for names and columns.
"""

import csv
import sys
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.append(str(ROOT))

from language.kinds import kinds  # noqa: E402  # found by then
from language.quality import TABLE, Quality  # noqa: E402
from model import Cut  # noqa: E402
from model.words import CUT_KINDS  # noqa: E402

FILES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("en", "complaints", ("complaints_en.csv",)),
    ("en", "airlines", ("airlines_en.csv",)),
    ("en", "sentiment", ("sentiment_english.csv",)),
    ("fr", "sentiment", ("sentiment_french.csv",)),
    ("ro", "reviews", ("reviews_ro_negative.csv", "reviews_ro_positive.csv")),
    ("es", "sentiment", ("sentiment_spanish.csv",)),
    ("pt", "sentiment", ("sentiment_portuguese.csv",)),
    ("de", "sentiment", ("sentiment_german.csv",)),
    ("it", "sentiment", ("sentiment_italian.csv",)),
)
"""Language, set, and its files; every file has a column ``text``."""

UNKIND = {
    "complaints": pl.col("complaint") == "1",
    "reviews": pl.col("stars").is_in(["1", "2"]),
}
KIND = {"reviews": pl.col("stars").is_in(["4", "5"])}
NEGATIVE, POSITIVE = (pl.col("sentiment") == word for word in ("negative", "positive"))


def measured(folder: Path) -> list[Quality]:
    """The table, from the labelled messages. Raises OSError where a file is missing."""
    return [row for each in FILES for row in _of_set(folder, *each)]


def _of_set(
    folder: Path, language: str, messages: str, files: tuple[str, ...]
) -> list[Quality]:
    frame = pl.concat([pl.read_csv(folder / n, infer_schema=False) for n in files])
    found = kinds(frame["text"], pl.repeat(language, frame.height, eager=True))
    unkind = frame.select(UNKIND.get(messages, NEGATIVE)).to_series()
    truths = {Cut.COMPLAINT: unkind, Cut.NEEDS_ANSWER: unkind}
    if messages != "complaints":  # which says nothing of praise
        kind = frame.select(KIND.get(messages, POSITIVE)).to_series()
        truths[Cut.COMPLIMENT] = kind
    rows = []
    for cut, truth in truths.items():
        called = found.is_in([kind.value for kind in CUT_KINDS[cut]])
        counts = frame.height, truth.sum(), called.sum(), (truth & called).sum()
        rows.append(Quality(language, messages, str(cut), *map(int, counts)))
    return rows


def main(folder: str) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(Quality._fields)
        lines.writerows(measured(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
