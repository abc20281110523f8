"""Which step of the ladder each reply stands on, told beside the account's others.

A reply is judged again whenever the set changes that its verdict hangs on: the replies
sent within ``Judge.reach`` of it, and the message that each answers. So the verdicts
are those of the set as it is, in whatever order it came together, and a look costs what
is new in it and what lies around that. Deleted replies were sent too: they are shown to
the judge.
"""

from typing import NamedTuple

import polars as pl
from sqlalchemy import Connection, text

from model.looks import REPLIES, Judge
from model.words import Step

_STANDING = (
    "FROM response r WHERE r.account_id = inquiry.account_id AND r.key = inquiry.key"
    " AND r.deleted_at IS NULL AND r.responded_at >= inquiry.asked_at"
)


def answers(which: str) -> str:
    """The statement that works out what inquiries were answered with, from their
    responses that still stand. ``which``: what their id is to be."""
    return f"""
    UPDATE inquiry SET
        answered_at = (
            SELECT min(r.responded_at) {_STANDING} AND r.step <> {Step.AUTOMATIC}
        ),
        automatic_at = (
            SELECT min(r.responded_at) {_STANDING} AND r.step = {Step.AUTOMATIC}
        ),
        substantive_at = (
            SELECT min(r.responded_at) {_STANDING} AND r.step = {Step.SUBSTANTIVE}
        ),
        step = coalesce((
            SELECT r.step {_STANDING} AND r.step <> {Step.AUTOMATIC}
            ORDER BY r.responded_at, r.message LIMIT 1
        ), {Step.NONE})
    WHERE id {which}
    AND EXISTS (
        SELECT 1 FROM response r
        WHERE r.account_id = inquiry.account_id AND r.key = inquiry.key
    )
    """


class _Around(NamedTuple):
    """Where in an account's replies something is new: first and last moment."""

    account_id: int
    first: int
    last: int


TOUCHED = """
    SELECT account_id, min(responded_at), max(responded_at) FROM (
        SELECT r.account_id, r.responded_at FROM stage_response s
        JOIN response r ON r.message = s.message AND r.account_id = s.account_id
        UNION ALL
        SELECT r.account_id, r.responded_at FROM stage_inquiry s
        JOIN response r ON r.account_id = s.account_id AND r.key = s.key
    ) touched GROUP BY account_id ORDER BY account_id
"""
"""What a look brought: responses, and inquiries whose waits may have changed."""

AROUND = """
    SELECT r.id, r.step, coalesce(r.to_message, r.key) AS conversation, r.responded_at,
        r.responded_at - i.asked_at AS wait, r.reads, r.fingerprint
    FROM response r
    LEFT JOIN inquiry i ON i.account_id = r.account_id AND i.key = r.key
    WHERE r.account_id = :account_id
    AND r.responded_at BETWEEN :first AND :last
    ORDER BY r.id
"""
"""A quotation is always known by what it quotes, whenever its conversation is found."""

REPLY = {"id": pl.Int64(), "step": pl.Int8()} | REPLIES


def climb(connection: Connection, judge: Judge) -> None:
    """Judges what a staged look has touched, and what was answered with it."""
    for row in connection.execute(text(TOUCHED)).all():
        changed = _verdicts(connection, _Around(*row), judge)
        if changed:
            connection.execute(
                text("UPDATE response SET step = :step WHERE id = :id"), changed
            )
            connection.execute(
                text(_ANSWERED), [{"id": each["id"]} for each in changed]
            )


_ANSWERED = answers(
    "IN (SELECT i.id FROM response r"
    " JOIN inquiry i ON i.account_id = r.account_id AND i.key = r.key"
    " WHERE r.id = :id)"
)


def _verdicts(
    connection: Connection, around: _Around, judge: Judge
) -> list[dict[str, int]]:
    """The id and step of each reply that stands on another step now."""
    given = {
        "account_id": around.account_id,
        "first": around.first - 2 * judge.reach,
        "last": around.last + 2 * judge.reach,
    }
    rows = connection.execute(text(AROUND), given).all()
    replies = pl.DataFrame(list(map(tuple, rows)), REPLY, orient="row")
    steps = judge(replies.select(REPLIES.keys()))
    # Those further out than reach were needed to judge these, and are as they were.
    within = pl.col("responded_at").is_between(
        around.first - judge.reach, around.last + judge.reach
    )
    changed = replies.with_columns(now=steps).filter(
        within & (pl.col("now") != pl.col("step"))
    )
    return [{"id": id_, "step": now} for id_, now in changed.select("id", "now").rows()]
