"""What one look at a channel came to, applied in one transaction with its cursors.

Responses are kept as a set beside the inquiries, and what an inquiry was answered with
is worked out from that set, each reply's step on the ladder included (``climbing``). So
it does not matter in which order messages arrive, how often, or whether an answer comes
before what it answers.
"""

from collections import Counter

import polars as pl
from sqlalchemy import Connection, text

from model import Run
from model.frames import IMPORTED, PUBLISHED, conform
from model.looks import DELETED, DEPARTED, RESPONDED, Judge, Look, Seen
from model.rows import STANDING
from model.words import DAY, Step
from store.climbing import answers, climb
from store.database import Database
from store.errors import StaleLook
from store.registrar import resolve
from store.staging import staged
from store.upsert import TOMBSTONE, combine, inquiries_of, split, upsert


def apply(
    database: Database,
    look: Look,
    run: Run,
    judge: Judge | None = None,
    horizon: int | None = None,
) -> None:
    """Applies a look and records its run: everything, or nothing.

    ``judge`` tells the steps of replies; None: each is what its own words say.
    ``horizon``: seconds that the channel's inquiries are given; what was still within
    it when we stopped watching an account is known only up to then, for answers that
    came meanwhile may never be learnt. None: gaps are nobody's concern. Raises
    StaleLook when the look did not start where the stored state ends, ValueError
    when it names an account that the store does not have on its channel.
    """
    frames = _frames(database, look)
    frames["inquiry"], values = split(frames["inquiry"])
    with staged(database, frames) as connection, connection.begin():
        _hold(connection, look)
        if len(frames["inquiry"]):
            upsert(connection, 1, len(frames["inquiry"]), values)
        if len(frames["departed"]):
            connection.execute(text(DEPARTURES), {"channel": look.channel})
        for statement in STATEMENTS:
            connection.execute(text(statement), {"channel": look.channel})
        if judge is not None and frames["response"].height + frames["inquiry"].height:
            climb(connection, judge)
        connection.execute(text(ANSWERED))
        if horizon is not None:
            connection.execute(text(INTERRUPTED), {"horizon": horizon})
        for statement in WATCHED:
            connection.execute(text(statement))
        resolve(
            connection, look.channel, look.finished_at, look.resolved, look.unresolved
        )
        _move_cursors(connection, look)
        connection.execute(
            Run.__table__.insert(),  # type: ignore[attr-defined]
            run.model_dump(exclude={"id"}),
        )


def respond(database: Database, replies: pl.DataFrame) -> None:
    """Keeps replies (RESPONDED, with the ``channel`` of each) to inquiries that say by
    themselves what they were answered with. Raises ValueError where one names an
    account that is not there."""
    for (channel,), rows in replies.group_by("channel", maintain_order=True):
        look = Look(
            channel=str(channel), responses=conform(rows.drop("channel"), RESPONDED)
        )
        frames = {"response": _frames(database, look)["response"]}
        with staged(database, frames, large=True) as connection, connection.begin():
            connection.execute(text(STATEMENTS[0]))


def _frames(database: Database, look: Look) -> dict[str, pl.DataFrame]:
    ids = _account_ids(database, look.channel)

    def known(frame: pl.DataFrame) -> pl.DataFrame:
        joined = frame.join(ids, on="account", how="left", maintain_order="left")
        strangers = joined.filter(pl.col("account_id").is_null())["account"]
        if len(strangers):
            raise ValueError(
                f"the look names {strangers[0]!r}, which is no account on"
                f" {look.channel}"
            )
        return joined

    return {
        "inquiry": combine(inquiries_of(known(conform(look.inquiries, IMPORTED)))),
        "response": known(conform(look.responses, RESPONDED))
        .sort("responded_at")
        .unique(["account_id", "message"], keep="first", maintain_order=True)
        .drop("account")
        .with_columns(pl.col("step").fill_null(Step.UNJUDGED)),
        "deleted": conform(look.deletions, DELETED)
        .group_by("message", maintain_order=True)
        .agg(pl.col("deleted_at").min()),
        "departed": conform(look.departed, DEPARTED).unique(maintain_order=True),
        "published": known(conform(look.published, PUBLISHED))
        .group_by("account_id", "day", maintain_order=True)
        .agg(pl.col("posts", "replies").sum()),
        "seen": known(_seen_days(look.seen)).drop("account"),
        "watched": known(_watched(look.seen + look.followed)).drop("account"),
        "hole": known(_holes(look.seen + look.followed)).drop("account"),
    }


def _account_ids(database: Database, channel: str) -> pl.DataFrame:
    query = text("SELECT account, id FROM account WHERE channel = :channel")
    with database.reading() as session:
        rows = session.connection().execute(query, {"channel": channel}).all()
    return pl.DataFrame(
        [tuple(row) for row in rows],
        schema={"account": pl.String(), "account_id": pl.Int32()},
        orient="row",
    )


def _seen_days(seen: tuple[Seen, ...]) -> pl.DataFrame:
    """account, day, seconds: the intervals cut at every midnight, UTC."""
    seconds: Counter[tuple[str, int]] = Counter()
    for account, since, until in seen:
        for day in range(since // DAY, until // DAY + 1):
            inside = min(until, (day + 1) * DAY) - max(since, day * DAY)
            if inside > 0:
                seconds[account, day] += inside
    return pl.DataFrame(
        [(account, day, min(n, DAY)) for (account, day), n in seconds.items()],
        schema={"account": pl.String(), "day": pl.Int32(), "seconds": pl.Int32()},
        orient="row",
    )


def _watched(seen: tuple[Seen, ...]) -> pl.DataFrame:
    frame = pl.DataFrame(
        [tuple(each) for each in seen],
        schema={"account": pl.String(), "since": pl.Int64(), "until": pl.Int64()},
        orient="row",
    )
    return frame.group_by("account", maintain_order=True).agg(
        pl.col("since").min(), pl.col("until").max()
    )


def _holes(seen: tuple[Seen, ...]) -> pl.DataFrame:
    """account, begun, ended: what lies between the stretches of one look."""
    ends: dict[str, int] = {}
    holes = []
    for account, since, until in sorted(seen):
        if since > ends.get(account, since):
            holes.append((account, ends[account], since))
        ends[account] = max(until, ends.get(account, until))
    schema = {"account": pl.String(), "begun": pl.Int64(), "ended": pl.Int64()}
    return pl.DataFrame(holes, schema, orient="row")


def _hold(connection: Connection, look: Look) -> None:
    """Lets no other look at this channel be applied meanwhile; refuses a stale one."""
    given = {"channel": look.channel}
    if connection.dialect.name != "sqlite":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:channel, 0))"), given
        )
    rows = connection.execute(
        text("SELECT name, value FROM cursor WHERE channel = :channel"), given
    ).all()
    stored: dict[str, str] = {row.name: row.value for row in rows}
    for name in look.cursors_before.keys() | look.cursors.keys():
        if stored.get(name) != look.cursors_before.get(name):
            raise StaleLook(look.channel)


def _move_cursors(connection: Connection, look: Look) -> None:
    rows = [
        {"channel": look.channel, "name": name, "value": value, "at": look.finished_at}
        for name, value in look.cursors.items()
    ]
    if rows:
        connection.execute(
            text(
                "INSERT INTO cursor (channel, name, value, at)"
                " VALUES (:channel, :name, :value, :at)"
                " ON CONFLICT (channel, name) DO UPDATE"
                " SET value = excluded.value, at = excluded.at"
            ),
            rows,
        )


DEPARTURES = f"""
    UPDATE inquiry SET {TOMBSTONE}, deleted_at = (
        SELECT min(d.left_at) FROM stage_departed d
        WHERE d.author = inquiry.author AND d.left_at >= inquiry.asked_at
    )
    WHERE author IN (SELECT author FROM stage_departed) AND {STANDING}
    AND account_id IN (SELECT id FROM account WHERE channel = :channel)
    AND EXISTS (
        SELECT 1 FROM stage_departed d
        WHERE d.author = inquiry.author AND d.left_at >= inquiry.asked_at
    )
"""
"""Whole accounts that are gone. Before single messages: a tombstone names nobody. What
was imported names no message and is not followed, whoever deletes what."""

STATEMENTS = (
    # Responses; what was said of one first stays.
    """
    INSERT INTO response (account_id, message, key, to_message, responded_at, step,
        reads, fingerprint, personal)
    SELECT account_id, message, key, to_message, responded_at, step,
        step, fingerprint, personal
    FROM stage_response WHERE true
    ON CONFLICT (message, account_id) DO UPDATE SET
        key = coalesce(response.key, excluded.key),
        to_message = coalesce(response.to_message, excluded.to_message)
    """,
    # One that quotes a message answers the inquiry of that message, once it is known.
    """
    UPDATE response SET key = (
        SELECT min(i.key) FROM inquiry i
        WHERE i.message = response.to_message AND i.account_id = response.account_id
    )
    WHERE key IS NULL AND to_message IS NOT NULL
    AND account_id IN (SELECT id FROM account WHERE channel = :channel)
    """,
    # Deletions; the first is the one that counts. Who wrote it and where it stood goes.
    f"""
    UPDATE inquiry SET {TOMBSTONE}, deleted_at = (
        SELECT min(d.deleted_at) FROM stage_deleted d WHERE d.message = inquiry.message
    )
    WHERE id IN (
        SELECT i.id FROM stage_deleted d
        JOIN inquiry i ON i.message = d.message
        JOIN account a ON a.id = i.account_id
        WHERE a.channel = :channel
        AND (i.deleted_at IS NULL OR i.deleted_at > d.deleted_at)
    )
    """,
    """
    UPDATE response SET deleted_at = (
        SELECT min(d.deleted_at) FROM stage_deleted d WHERE d.message = response.message
    )
    WHERE id IN (
        SELECT r.id FROM stage_deleted d
        JOIN response r ON r.message = d.message
        JOIN account a ON a.id = r.account_id
        WHERE a.channel = :channel
        AND (r.deleted_at IS NULL OR r.deleted_at > d.deleted_at)
    )
    """,
)
"""In this order. What a look holds is staged; see ``staging``."""

ANSWERED = answers(
    """
    IN (
        SELECT i.id FROM stage_inquiry s
        JOIN inquiry i ON i.account_id = s.account_id AND i.key = s.key
        UNION
        SELECT i.id FROM stage_response s
        JOIN response r ON r.message = s.message AND r.account_id = s.account_id
        JOIN inquiry i ON i.account_id = r.account_id AND i.key = r.key
        UNION
        SELECT i.id FROM stage_deleted d
        JOIN response r ON r.message = d.message
        JOIN inquiry i ON i.account_id = r.account_id AND i.key = r.key
    )
    """
)
"""Of every inquiry that this look may have changed."""

GAPS = """
    SELECT w.account_id, a.watched_until AS begun, w.since AS ended
    FROM stage_watched w JOIN account a ON a.id = w.account_id
    WHERE a.watched_until < w.since
    UNION ALL SELECT account_id, begun, ended FROM stage_hole
"""
"""When each account was not watched, since the last look and within this one."""

CROSSED = f"""
    SELECT min(g.begun) FROM ({GAPS}) g WHERE g.account_id = inquiry.account_id
    AND inquiry.asked_at < g.ended AND inquiry.asked_at > g.begun - :horizon
"""

INTERRUPTED = f"""
    UPDATE inquiry SET watched_until = ({CROSSED})
    WHERE account_id IN (SELECT account_id FROM ({GAPS}) g)
    AND ({CROSSED}) < coalesce(watched_until, {2**62})
"""
"""Whether answered or not: what counts must not hang on the answer."""

WATCHED = (
    # A stream says how many posts more, not how many a day had: it adds.
    """
    INSERT INTO publication (account_id, day, posts, replies)
    SELECT account_id, day, posts, replies FROM stage_published WHERE true
    ON CONFLICT (account_id, day) DO UPDATE SET
        posts = publication.posts + excluded.posts,
        replies = publication.replies + excluded.replies
    """,
    f"""
    INSERT INTO coverage (account_id, day, seconds)
    SELECT account_id, day, seconds FROM stage_seen WHERE true
    ON CONFLICT (account_id, day) DO UPDATE SET seconds = CASE
        WHEN coverage.seconds + excluded.seconds < {DAY}
        THEN coverage.seconds + excluded.seconds ELSE {DAY} END
    """,
    """
    UPDATE account SET
        watched_from = CASE WHEN watched_from <= w.since
            THEN watched_from ELSE w.since END,
        watched_until = CASE WHEN watched_until >= w.until
            THEN watched_until ELSE w.until END
    FROM stage_watched w WHERE w.account_id = account.id
    """,
)
