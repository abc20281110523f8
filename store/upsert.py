"""The one statement by which inquiries enter the table, from a file or from a look.

Merging is the same whichever of two sightings of an inquiry comes first, save for what
is frozen when first said (step, and a kind that the opening itself does not say): so
order and repeats change nothing. ``combine`` is the same rule for two sightings within
one frame.

What opened a conversation is the earliest of its messages that was found without the
help of an answer, and only where there is none the earliest known by its answer: an
answer that shows an earlier message must not move an inquiry, or whether it counts
would hang on its being answered.

What its author deleted is a tombstone: it has no link, and stands for a person of its
own, whose number is the inquiry's ``key``. That ties it to nobody, is the same in
whatever order things were learnt, and counts as one person as before.
"""

from collections.abc import Collection
from functools import cache
from typing import NamedTuple

import polars as pl
from sqlalchemy import Connection, text

from model.words import FoundBy, Kind, Step

COLUMNS: dict[str, pl.DataType] = {
    "account_id": pl.Int32(),
    "key": pl.Int64(),
    "author": pl.Int64(),
    "asked_at": pl.Int64(),
    "answered_at": pl.Int64(),
    "automatic_at": pl.Int64(),
    "substantive_at": pl.Int64(),
    "step": pl.Int8(),
    "kind": pl.Int8(),
    "found_by": pl.Int8(),
    "addressed": pl.Int8(),
    "watched_until": pl.Int64(),
    "deleted_at": pl.Int64(),
    "message": pl.Int64(),
    "language": pl.String(),
    "url": pl.String(),
}
"""What is staged: ``inquiry`` without its id."""


def _least(name: str) -> str:
    """The smaller of what is known; NULL only when neither is."""
    return (
        f"CASE WHEN excluded.{name} < coalesce(inquiry.{name}, excluded.{name} + 1)"
        f" THEN excluded.{name} ELSE inquiry.{name} END"
    )


SURER = f"excluded.found_by <> {FoundBy.REPLY} AND inquiry.found_by = {FoundBy.REPLY}"
ALIKE = f"(excluded.found_by = {FoundBy.REPLY}) = (inquiry.found_by = {FoundBy.REPLY})"

OPENS = f"({SURER} OR {ALIKE} AND excluded.asked_at < inquiry.asked_at)"
"""Whether what is seen now is what opened the conversation, and not what was known."""


def _opening(name: str) -> str:
    """Belongs to the message that opened the conversation."""
    return (
        f"CASE WHEN {OPENS}"
        f" THEN coalesce(excluded.{name}, inquiry.{name})"
        f" ELSE coalesce(inquiry.{name}, excluded.{name}) END"
    )


def _of_who_stands(name: str, deleted: str) -> str:
    """Belongs to the opening, as long as nobody deleted it."""
    return (
        "CASE WHEN coalesce(excluded.deleted_at, inquiry.deleted_at) IS NOT NULL"
        f" THEN {deleted} ELSE {_opening(name)} END"
    )


TOMBSTONE = "author = key, url = NULL"
"""What is set of a row of ``inquiry`` beside ``deleted_at``."""

MERGED: dict[str, str] = {
    "author": _of_who_stands("author", deleted="inquiry.key"),
    "asked_at": _opening("asked_at"),
    # An answer is frozen when first seen; only an earlier one replaces it.
    "answered_at": _least("answered_at"),
    "automatic_at": _least("automatic_at"),
    "substantive_at": _least("substantive_at"),
    "step": (
        "CASE WHEN excluded.answered_at"
        " < coalesce(inquiry.answered_at, excluded.answered_at + 1)"
        " THEN excluded.step"
        " WHEN inquiry.step = 0 THEN excluded.step ELSE inquiry.step END"
    ),
    # The opening's, as its address and language; another's where it says none.
    "kind": (
        "CASE WHEN inquiry.kind = 0 THEN excluded.kind"
        f" WHEN {OPENS} AND excluded.kind <> 0"
        " THEN excluded.kind ELSE inquiry.kind END"
    ),
    # The codes are ordered: found without the answer's help is the smaller.
    "found_by": _least("found_by"),
    "addressed": (
        f"CASE WHEN {SURER} OR {ALIKE} AND excluded.addressed > inquiry.addressed"
        " THEN excluded.addressed ELSE inquiry.addressed END"
    ),
    # NULL means as long as its account, which is never the shorter.
    "watched_until": (
        "CASE WHEN inquiry.watched_until < excluded.watched_until"
        " THEN excluded.watched_until"
        " WHEN excluded.watched_until IS NULL THEN NULL"
        " ELSE inquiry.watched_until END"
    ),
    "deleted_at": _least("deleted_at"),
    "message": _opening("message"),
    "language": _opening("language"),
    "url": _of_who_stands("url", deleted="NULL"),
}
"""Column: what it becomes when an inquiry is seen again."""


OPENING = ("author", "asked_at", "message", "language", "url")
"""What belongs to the message that opened a conversation."""

ALWAYS = ("watched_until", "url")
"""Columns that are merged even where nothing is given: null says something of the
first, and a deletion takes the second away."""

CODES = ("step", "kind", "found_by", "addressed")

Values = tuple[tuple[str, str], ...]
"""Column of ``inquiry``: what a statement takes for it, a staged column or a number."""


class Counts(NamedTuple):
    """Of the inquiries given: new ones, changed ones, and those known as they are."""

    new: int
    changed: int
    same: int

    def __add__(self, other: object) -> "Counts":
        if not isinstance(other, Counts):
            return NotImplemented
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


def inquiries_of(frame: pl.DataFrame) -> pl.DataFrame:
    """``frames.IMPORTED`` with an ``account_id``, as the table wants it."""
    answered = pl.col("answered_at").is_not_null()
    unsaid = pl.when(answered).then(Step.UNJUDGED).otherwise(Step.NONE)
    return frame.with_columns(
        pl.col("step").fill_null(unsaid.cast(pl.Int8)),
        pl.col("kind").fill_null(Kind.UNSAID),
        pl.col("addressed").fill_null(1),
        # PostgreSQL keeps no NUL in a text.
        pl.col("language", "url").str.replace_all("\0", "", literal=True),
    ).select(list(COLUMNS))


def combine(frame: pl.DataFrame) -> pl.DataFrame:
    """One row an inquiry, in the order of the table's unique key.

    Sorted, because inserting in the order of the index is four times as fast.
    """
    by_reply = pl.col("found_by") == FoundBy.REPLY
    return _buried(_single(frame.sort("account_id", "key", by_reply, "asked_at")))


def _buried(frame: pl.DataFrame) -> pl.DataFrame:
    """What was deleted without its author and its link."""
    if "deleted_at" not in frame.columns:
        return frame
    stands = pl.col("deleted_at").is_null()
    kept = frame.with_columns(pl.when(stands).then("author").otherwise("key"))
    if "url" not in frame.columns:
        return kept
    return kept.with_columns(pl.when(stands).then("url"))


def _single(frame: pl.DataFrame) -> pl.DataFrame:
    """One row an inquiry, of a sorted frame."""
    again = (pl.col("account_id") == pl.col("account_id").shift(1)) & (
        pl.col("key") == pl.col("key").shift(1)
    )
    marked = frame.with_columns(again.fill_null(False).alias("again"))
    if not marked["again"].any():
        return frame
    grouped = marked.with_columns(
        (~pl.col("again")).cum_sum().alias("group")
    ).with_columns(pl.len().over("group").alias("rows"))
    several = (
        grouped.filter(pl.col("rows") > 1)
        .group_by("group", maintain_order=True)
        .agg(_combined(frame.columns))
        .select(frame.columns)
        .cast(frame.schema)
    )
    single = grouped.filter(pl.col("rows") == 1).select(frame.columns)
    return pl.concat([single, several]).sort("account_id", "key")


def _combined(names: Collection[str]) -> list[pl.Expr]:
    """How rows of one inquiry, sorted by which of them opened it, become one."""
    alike = (pl.col("found_by") == FoundBy.REPLY) == (
        pl.col("found_by").min() == FoundBy.REPLY
    )
    said_first = pl.col("kind").filter(pl.col("kind") != Kind.UNSAID).first()
    unlimited = pl.col("watched_until").is_null().any()
    several = {
        "step": pl.col("step").sort_by("answered_at", nulls_last=True).first()
        if "answered_at" in names
        else pl.col("step").first(),
        "kind": said_first.fill_null(Kind.UNSAID),
        "addressed": pl.col("addressed").filter(alike).max(),
        "watched_until": pl.when(~unlimited).then(pl.col("watched_until").max()),
    }
    for name, merged in MERGED.items():
        if merged == _least(name):
            several[name] = pl.col(name).min()
        elif name in OPENING:
            several[name] = pl.col(name).drop_nulls().first()
    first = pl.col("account_id", "key").first()
    return [first, *(several[name].alias(name) for name in several if name in names)]


def said(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the columns that hold nothing: most files leave half of them empty."""
    empty = [series.name for series in frame if series.null_count() == len(frame)]
    return frame.drop(empty) if len(frame) else frame


def split(frame: pl.DataFrame) -> tuple[pl.DataFrame, Values]:
    """What has to be staged, and how the statement says each column of ``frame``.

    A code that is the same throughout is written into the statement, because staging
    costs by the column.
    """
    values = {name: name for name in frame.columns}
    for name in CODES:
        if frame[name].min() == frame[name].max() is not None:
            values[name] = str(frame[name][0])
    staged = frame.select(name for name, value in values.items() if name == value)
    return staged, tuple(values.items())


def upsert(connection: Connection, first: int, last: int, values: Values) -> Counts:
    """Merges the staged rows ``first`` to ``last``; writes nothing that is known.

    ``values``: see ``split``. Columns that are not among them are null in every row.
    """
    given = {"first": first, "last": last}
    rows = last - first + 1
    if connection.dialect.name == "sqlite":
        before = _top(connection)
        done = connection.execute(text(_statement(values, "rowid", "IS NOT")), given)
        new, touched = _top(connection) - before, done.rowcount
    else:
        merging = _statement(values, "n", "IS DISTINCT FROM")
        counted = (
            f"WITH done AS ({merging} RETURNING (xmax = 0) AS fresh)"
            " SELECT count(*) FILTER (WHERE fresh), count(*) FROM done"
        )
        new, touched = connection.execute(text(counted), given).one()
    return Counts(new, touched - new, rows - touched)


def _top(connection: Connection) -> int:
    """SQLite numbers new rows upwards, so this counts what an insert added."""
    return int(connection.scalar(text("SELECT max(id) FROM inquiry")) or 0)


@cache
def _statement(values: Values, number: str, differs: str) -> str:
    names = [name for name, _ in values]
    merged = {
        name: becomes
        for name, becomes in MERGED.items()
        if name in names or name in ALWAYS
    }
    updates = ", ".join(f"{name} = {becomes}" for name, becomes in merged.items())
    now = ", ".join(f"inquiry.{name}" for name in merged)
    then = ", ".join(merged.values())
    return (
        f"INSERT INTO inquiry ({', '.join(names)})"
        f" SELECT {', '.join(value for _, value in values)} FROM stage_inquiry"
        f" WHERE {number} BETWEEN :first AND :last"
        f" ON CONFLICT (account_id, key) DO UPDATE SET {updates}"
        f" WHERE ({now}) {differs} ({then})"
    )
