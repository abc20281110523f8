"""What is known of brands' answers beside when the first came and what it was worth.

Read after the rows of an edition, in a snapshot of its own: whoever uses it takes only
what speaks of the very answer in those rows.
"""

import polars as pl

from model.frames import ANSWERED
from model.words import DAY, Step
from store.database import Database
from store.packed import fetch

_PERIOD = "i.asked_at >= {start} AND i.asked_at < {end}"

LATER = f"""
    SELECT i.id AS inquiry, i.answered_at, i.substantive_at
    FROM inquiry i WHERE i.substantive_at > i.answered_at AND {_PERIOD}
"""

FIRST = f"""
    SELECT i.id AS inquiry, i.answered_at, r.message, r.personal
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
}


def answered(database: Database, day_from: int, day_to: int) -> pl.DataFrame:
    """Of inquiries asked from ``day_from`` to ``day_to`` (excluded), as ANSWERED."""
    span = {"start": int(day_from) * DAY, "end": int(day_to) * DAY}
    with database.columnar() as connection:
        later = fetch(connection, LATER.format(**span), _LATER)
        first = fetch(connection, FIRST.format(**span), _FIRST)
    calls = (
        first.sort("inquiry", "message")
        .unique("inquiry", keep="first", maintain_order=True)
        .drop("message")
        .drop_nulls("personal")
    )
    both = later.join(
        calls, on=["inquiry", "answered_at"], how="full", coalesce=True
    ).sort("inquiry")
    return both.select(ANSWERED.keys()).cast(ANSWERED)  # type: ignore[arg-type]
