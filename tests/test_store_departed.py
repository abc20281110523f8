"""Whole accounts that are gone, and gaps in which every answer is known."""

import polars as pl
import pytest
from sqlalchemy import text

from fixtures_store import JANUARY, inquiries, table
from model import DAY, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.looks import DELETED, DEPARTED, OPEN, Look, Seen
from store.looking import DEPARTURES

pytestmark = pytest.mark.slow

HORIZON = 3 * DAY
RUN = Run(what="look", channel="bluesky", started_at=1, finished_at=1, outcome="ok")


@pytest.fixture
def watched(store):
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="banks", name="Banks", nace="K"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="banks"),),
            accounts=(
                AccountEntry(brand="acme", channel="bluesky", account="acme"),
                AccountEntry(brand="acme", channel="mastodon", account="acme"),
            ),
        )
    )
    return store


def asked(key, at, **more):
    usual = {"channel": "bluesky", "message": key, "url": f"https://x.example/{key}"}
    return {"key": key, "asked_at": at} | usual | more


def apply(store, number, *asks, departed=(), deleted=(), channel="bluesky", **changes):
    before = {"stream": str(number - 1)} if number > 1 else {}
    look = Look(
        channel=channel,
        inquiries=inquiries(*asks),
        departed=_frame(departed, DEPARTED),
        deletions=_frame(deleted, DELETED),
        cursors_before=before,
        cursors={"stream": str(number)},
        **changes,
    )
    store.apply(look, Run(**RUN.model_dump(exclude={"id"})), None, HORIZON)


def _frame(rows, schema):
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def tombs(store):
    """key: (deleted_at, whether it still names anybody)"""
    rows = table(store, "inquiry", "key, deleted_at, author, url")
    return {
        key: (deleted, author != key or url is not None)
        for key, deleted, author, url in rows
    }


T = JANUARY + DAY


def test_who_left_left_with_what_was_written_until_then(watched):
    apply(
        watched,
        1,
        asked(1, T, author=7),
        asked(2, T + 50, author=7),
        asked(3, T + 51, author=7),
        asked(4, T, author=8),
        departed=[(7, T + 50), (9, T)],
    )
    assert tombs(watched) == {
        1: (T + 50, False),
        2: (T + 50, False),
        3: (None, True),
        4: (None, True),
    }


def test_what_was_known_before_goes_too_and_the_first_time_counts(watched):
    apply(watched, 1, asked(1, T, author=7), asked(2, T + 30, author=7))
    apply(watched, 2, departed=[(7, T + 20), (7, T + 40), (7, T + 40)])
    assert tombs(watched) == {1: (T + 20, False), 2: (T + 40, False)}
    apply(watched, 3, departed=[(7, T + 10)])  # a tombstone names nobody
    apply(watched, 4, asked(1, T, author=7))  # read again
    assert tombs(watched)[1] == (T + 20, False)


@pytest.mark.parametrize(("left", "deleted"), [(T + 5, T + 9), (T + 9, T + 5)])
def test_whether_a_message_or_its_author_went_first_hangs_on_no_look(
    watched, left, deleted
):
    apply(watched, 1, asked(1, T, author=7))
    apply(watched, 2, departed=[(7, left)], deleted=[(1, deleted)])
    assert tombs(watched) == {1: (T + 5, False)}


def test_people_of_other_channels_stay(watched):
    apply(watched, 1, asked(1, T, author=7, channel="mastodon"), channel="mastodon")
    apply(watched, 1, departed=[(7, T + 20)])
    assert tombs(watched) == {1: (None, True)}


def cut(store):
    return dict(table(store, "inquiry", "key, watched_until"))


def test_a_gap_in_which_every_answer_is_known_cuts_nothing_short(watched):
    seen = (Seen("acme", T - DAY, T + 100),)
    apply(watched, 1, asked(1, T), asked(2, T + 50), seen=seen)
    apply(
        watched,
        2,
        followed=(Seen("acme", T + 100, T + 900),),
        seen=(Seen("acme", T + 900, T + 1_000), Seen("acme", T + 1_100, T + 1_200)),
    )
    assert cut(watched) == {1: T + 1_000, 2: T + 1_000}  # by the hole alone
    seconds = sum(row[0] for row in table(watched, "coverage", "seconds"))
    assert seconds == DAY + 100 + 200
    ((_, until),) = [
        row for row in table(watched, "account", "channel, watched_until") if row[1]
    ]
    assert until == T + 1_200


def test_a_gap_that_was_not_followed_cuts_short(watched):
    apply(watched, 1, asked(1, T), seen=(Seen("acme", T - DAY, T + 100),))
    apply(watched, 2, seen=(Seen("acme", T + 900, T + 1_000),))
    assert cut(watched) == {1: T + 100}


def test_what_is_open(watched):
    apply(
        watched,
        1,
        asked(1, T + 9, answered_at=T + 20, found_by=4),
        asked(2, T - 1),
        asked(3, T),
        asked(4, T + 1, deleted_at=T + 2),
    )
    apply(watched, 1, asked(5, T, channel="mastodon"), channel="mastodon")
    rows = watched.open_since("bluesky", T)
    assert dict(rows.schema) == OPEN
    assert rows.rows() == [
        ("acme", 3, 3, T, None, "https://x.example/3", 1),
        ("acme", 1, 1, T + 9, T + 20, "https://x.example/1", 4),
    ]


def test_who_left_is_found_without_reading_all_the_channel(sqlite_store):
    """Accounts leave every minute; a channel may hold millions of inquiries."""
    with sqlite_store._database.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql(
            "CREATE TEMP TABLE stage_departed (author INTEGER, left_at INTEGER)"
        )
        plan = connection.execute(
            text(f"EXPLAIN QUERY PLAN {DEPARTURES}"), {"channel": "bluesky"}
        ).all()
    said = [each.detail for each in plan]
    assert any("inquiry USING INDEX ix_inquiry_author" in each for each in said)
    assert not any(each.startswith("SCAN inquiry") for each in said)
