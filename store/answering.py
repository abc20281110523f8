"""What is known of brands' answers beside when the first came and what it was worth.

Read after the rows of an edition, in a snapshot of its own: whoever uses it takes only
what speaks of the very answer in those rows.
"""

from typing import Any

import polars as pl

from model.frames import ANSWERED
from model.looks import REPLIES, Judge
from model.words import DAY, Step
from store.climbing import AROUND, REPLY
from store.database import Database
from store.packed import fetch

_PERIOD = "i.asked_at >= {start} AND i.asked_at < {end}"

LATER = f"""
    SELECT i.id AS inquiry, i.answered_at, i.substantive_at
    FROM inquiry i WHERE i.substantive_at > i.answered_at AND {_PERIOD}
"""

FIRST = f"""
    SELECT i.id AS inquiry, i.answered_at, r.message, r.personal,
        r.id AS reply, r.account_id, r.step
    FROM response r JOIN inquiry i
    ON i.account_id = r.account_id AND i.key = r.key AND i.answered_at = r.responded_at
    WHERE r.deleted_at IS NULL AND r.step <> {Step.AUTOMATIC} AND {_PERIOD}
"""
"""The replies that stopped the clock; of several in one second the first by its number
does, as in ``climbing``."""

_ANSWER: dict[str, pl.DataType] = {"inquiry": pl.Int64(), "answered_at": pl.Int64()}
_LATER: dict[str, pl.DataType] = _ANSWER | {"substantive_at": pl.Int64()}
_FIRST: dict[str, pl.DataType] = _ANSWER | {
    "message": pl.Int64(),
    "personal": pl.Int8(),
    "reply": pl.Int64(),
    "account_id": pl.Int64(),
    "step": pl.Int8(),
}


def answered(
    database: Database,
    day_from: int,
    day_to: int,
    as_of: int = 2**62,
    judge: Judge | None = None,
) -> pl.DataFrame:
    """Of inquiries asked from ``day_from`` to ``day_to`` (excluded), as ANSWERED.
    ``judge`` tells which redirections are near-copies too, of what had been sent by
    ``as_of``; None: nobody does."""
    span = {"start": int(day_from) * DAY, "end": int(day_to) * DAY}
    with database.columnar() as connection:
        later = fetch(connection, LATER.format(**span), _LATER)
        first = (
            fetch(connection, FIRST.format(**span), _FIRST)
            .sort("inquiry", "message")
            .unique("inquiry", keep="first", maintain_order=True)
        )
        copied = _copied(connection, first, as_of, judge)
    told = (
        first.join(copied, on="reply", how="left", maintain_order="left")
        .select(*_ANSWER, "personal", "copied")
        .filter(pl.any_horizontal(pl.col("personal", "copied").is_not_null()))
    )
    both = later.join(
        told, on=["inquiry", "answered_at"], how="full", coalesce=True
    ).sort("inquiry")
    return both.select(ANSWERED.keys()).cast(ANSWERED)  # type: ignore[arg-type]


def _copied(
    connection: Any, first: pl.DataFrame, as_of: int, judge: Judge | None
) -> pl.DataFrame:
    """reply, copied: of the redirections among these answers."""
    parts = [pl.DataFrame(schema={"reply": pl.Int64(), "copied": pl.Int8()})]
    moved = first.filter(pl.col("step") == Step.REDIRECT)
    if judge is None or moved.is_empty():
        return parts[0]
    spans = moved.group_by("account_id", maintain_order=True).agg(
        first=pl.col("answered_at").min() - judge.reach,
        last=pl.min_horizontal(pl.col("answered_at").max() + judge.reach, as_of),
    )
    for span in spans.iter_rows(named=True):
        replies = fetch(connection, _filled(AROUND, span), REPLY)
        wanted = replies["id"].is_in(moved["reply"].implode())
        found = replies.select(
            pl.col("id").alias("reply"),
            judge.copied(replies.select(REPLIES.keys()), wanted),
        )
        parts.append(found.filter(pl.Series(wanted)))
    return pl.concat(parts)


def _filled(statement: str, values: dict[str, int]) -> str:
    """A statement with whole numbers where it has names of values."""
    for name, value in values.items():
        statement = statement.replace(f":{name}", str(int(value)))
    return statement
