"""Standings of an edition, in any cut, and as text.

Headline tables are read as they were published; other cuts are counted anew from the
rows the edition froze, so every answer comes from the edition and from nothing else.
"""

import json

import polars as pl

from jobs import Failed
from model import CHANNEL_FAMILY, Count, Cut, Edition, Family, Level
from model.rows import Standing, columns
from scoring.book import Period
from scoring.edition import recompute
from scoring.printing import TYPES
from store import Store

_HEAD = ("slug", "name", "industry")
_FIGURES = (
    "family", "rank", "rank_low", "rank_high", "score", "score_low", "score_high",
    "inquiries", "authors", "t1_s", "t2_s", "t3_s", "answered_t1", "answered_t2",
    "answered_t3", "share_t1", "share_t1_low", "share_t1_high", "share_t2",
    "share_t2_low", "share_t2_high", "share_t3", "share_t3_low", "share_t3_high",
    "median_wait_s", "p90_wait_s", "posts_per_reply", "n_eff", "placed", "lost",
    "coverage", "status",
)  # fmt: skip
COLUMNS: dict[Level, tuple[str, ...]] = {
    Level.BRAND: (*_HEAD, *_FIGURES),
    Level.ACCOUNT: ("channel", "account", *_FIGURES),
    Level.INDUSTRY: (*_HEAD, *_FIGURES, "brands"),
}
"""What is printed of a table by brand, account or industry, in order."""


def standings(
    store: Store,
    edition: str | None = None,
    by: str = "brand",
    family: str | None = None,
    channel: str | None = None,
    kind: str | None = None,
    count: str = "people",
) -> pl.DataFrame:
    """One line a brand, account or industry, best first in each family.

    ``edition`` None: the current one. ``kind`` None: each family's headline cut.
    Figures that are not known are null. Raises Failed for a word that is none of
    those there are, and when nothing was published; UnknownEdition.
    """
    level = Level(_one_of("--by", by, [level.value for level in COLUMNS]))
    cut = None if kind is None else Cut(_one_of("--kind", kind, list(Cut)))
    counted = Count(_one_of("--count", count, list(Count)))
    if family is not None:
        _one_of("--family", family, list(Family))
    if channel is not None:
        _one_of("--channel", channel, sorted(CHANNEL_FAMILY))
    found = _edition(store, edition)
    lines = _lines(store, found, level, cut, counted, channel)
    if family is not None:
        lines = lines.filter(pl.col("family") == family)
    return lines.select(COLUMNS[level])


def to_csv(lines: pl.DataFrame) -> str:
    """CSV with a header. Empty: not known, never 0."""
    words = pl.col(pl.String)
    return lines.with_columns(pl.when(words != "").then(words)).write_csv()


def to_json(lines: pl.DataFrame) -> str:
    """A list of objects, one a line. null: not known, never 0."""
    rows = [
        {name: None if value == "" else value for name, value in row.items()}
        for row in lines.iter_rows(named=True)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def to_table(lines: pl.DataFrame) -> str:
    """For people at a terminal: the main figures, each with its interval and n."""
    if not len(lines):
        return "Nobody: no line of this edition is of that kind.\n"
    shown = [_HEADINGS, *(_cells(row) for row in lines.iter_rows(named=True))]
    widths = [max(len(row[i]) for row in shown) for i in range(len(_HEADINGS))]
    return "".join(
        "  ".join(
            cell.ljust(width) if i in _LEFT else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        + "\n"
        for row in shown
    )


_HEADINGS = (
    "rank", "could be", "who", "family", "score", "95 %", "people", "in time 1",
    "in time 2", "in time 3", "half by", "status",
)  # fmt: skip
_LEFT = {2, 3, 11}


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    who = row.get("name") or f"{row.get('channel')}/{row.get('account')}"
    return (
        _text(row["rank"]),
        _between(row["rank_low"], row["rank_high"]),
        str(who),
        str(row["family"]),
        _text(row["score"]),
        _between(row["score_low"], row["score_high"]),
        _text(row["inquiries"]),
        *(_share(row[f"share_{t}"]) for t in ("t1", "t2", "t3")),
        _duration(row["median_wait_s"]),
        str(row["status"]),
    )


def _text(value: object) -> str:
    return "-" if value is None else f"{value:.1f}" if _is_float(value) else str(value)


def _is_float(value: object) -> bool:
    return isinstance(value, float)


def _between(low: object, high: object) -> str:
    return "-" if low is None else f"{_text(low)} to {_text(high)}"


def _share(value: object) -> str:
    return f"{100 * value:.1f} %" if isinstance(value, float) else "-"


def _duration(seconds: object) -> str:
    if not isinstance(seconds, int):
        return "-"
    for size, word in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {word}"
    return f"{seconds} s"


def _one_of(option: str, word: str, words: list[str]) -> str:
    if word not in words:
        raise Failed(f"{option} {word[:60]!r} is none of {', '.join(words)}")
    return word


def _edition(store: Store, name: str | None) -> Edition:
    found = store.current_edition() if name is None else store.edition(name)
    if found is None:
        raise Failed(
            "nothing has been published yet; make an edition with `answerable publish"
            " --from DATE --to DATE`"
        )
    return found


def _lines(
    store: Store,
    edition: Edition,
    level: Level,
    cut: Cut | None,
    count: Count,
    channel: str | None,
) -> pl.DataFrame:
    of_channel = channel is not None and level is Level.BRAND
    stored = Level.CHANNEL if of_channel else level
    ready = of_channel or channel is None
    if ready and count is Count.PEOPLE and cut in (None, Cut.ALL):
        lines = _stored(store, edition, stored, cut)
        return lines if channel is None else lines.filter(channel=channel)
    if of_channel:
        lines = _recomputed(store, edition, Level.CHANNEL, cut, count, None)
        return lines.filter(channel=channel)
    return _recomputed(store, edition, level, cut, count, channel)


def _stored(
    store: Store, edition: Edition, level: Level, cut: Cut | None
) -> pl.DataFrame:
    assert edition.id is not None
    rows = store.standings(
        edition.id, level.value, headline=True if cut is None else None
    )
    kept = [row for row in rows if cut is None or row.cut == cut.value]
    return pl.DataFrame(
        {
            name: pl.Series([getattr(row, name) for row in kept], dtype=TYPES[name])
            for name in columns(Standing)
            if name in TYPES
        }
    )


def _recomputed(
    store: Store,
    edition: Edition,
    level: Level,
    cut: Cut | None,
    count: Count,
    channel: str | None,
) -> pl.DataFrame:
    period = Period(edition.day_from, edition.day_to, edition.as_of)
    levels = (Level.BRAND if level is Level.INDUSTRY else level,)
    parts = store.edition_parts(edition.name)
    lines = recompute(parts, period, cut, count, levels, channel)
    return lines.filter(level=level.value)
