"""How the watching goes, as both kinds of database tell it: days seen, how far behind,
sums of looks."""

import pytest
from sqlalchemy import text

from fixtures_web import REGISTRY, channels
from model import DAY, Run
from store import DaySeen, RunSum, Store, Watch

NOW = 20_760 * DAY + 3_600
TODAY = NOW // DAY


@pytest.fixture
def known(store):
    """A store of either kind that knows the brands and channels of the small world."""
    store.put_registry(REGISTRY)
    store.put_channels(channels())
    return store


def watch(store: Store, channel: str, since: int, until: int, *days) -> None:
    """An account found live and watched, with what was seen of it: (day, seconds)."""
    (account,) = store.accounts(channel)
    store.resolve_accounts(channel, since, {account.account: "an-id"}, {})
    with store._database.writing() as session:
        session.execute(
            text("UPDATE account SET watched_from = :since, watched_until = :until"
                 " WHERE id = :id"),
            {"since": since, "until": until, "id": account.id},
        )  # fmt: skip
        for day, seconds in days:
            session.execute(
                text("INSERT INTO coverage VALUES (:id, :day, :seconds)"),
                {"id": account.id, "day": day, "seconds": seconds},
            )


def look(channel: str, at: int, outcome: str = "ok", **more) -> Run:
    return Run(what="look", channel=channel, started_at=at, finished_at=at + 7,
               outcome=outcome, **more)  # fmt: skip


def test_what_was_seen_is_added_up_by_channel_and_day(known):
    watch(known, "bluesky", NOW - 5 * DAY, NOW - 60, (TODAY - 2, DAY),
          (TODAY - 1, 600), (TODAY, 0))  # fmt: skip
    watch(known, "mastodon", NOW - DAY, NOW - DAY, (TODAY - 1, DAY))
    seen = known.seen_by_day(TODAY - 2, TODAY + 1)
    assert seen == {
        "bluesky": {TODAY - 2: DaySeen(1, 1, DAY), TODAY - 1: DaySeen(1, 0, 600)},
        "mastodon": {TODAY - 1: DaySeen(1, 1, DAY)},
    }
    assert known.seen_by_day(TODAY - 2, TODAY - 1) == {
        "bluesky": {TODAY - 2: DaySeen(1, 1, DAY)}
    }
    assert known.begun_by_day() == {
        "bluesky": {TODAY - 5: 1}, "mastodon": {TODAY - 1: 1}
    }  # fmt: skip


def test_accounts_say_how_far_the_watch_is(known):
    (unknown,) = [each for each in known.watch(NOW).items() if each[0] == "bluesky"]
    assert unknown == ("bluesky", Watch(1, 0, 0, 0, 1, None, None))
    watch(known, "bluesky", NOW - DAY, NOW - 60)
    assert known.watch(NOW)["bluesky"] == Watch(1, 1, 1, 0, 0, NOW - 60, NOW - 60)
    late = NOW + 3 * 300  # three turns of five minutes after it was watched
    assert known.watch(late - 60)["bluesky"].late == 0
    assert known.watch(late)["bluesky"].late == 1
    assert "x" not in known.watch(NOW), "it has no account"


def test_an_account_that_vanished_is_troubled(known):
    watch(known, "bluesky", NOW - DAY, NOW - 60)
    (account,) = known.accounts("bluesky")
    known.resolve_accounts("bluesky", NOW, {}, {account.account: "it is gone"})
    assert known.watch(NOW)["bluesky"].troubled == 1


def test_rows_and_refusals_of_some_days(known):
    for day, read, refused in (
        (TODAY - 2, 5, '{"too old": 4}'),
        (TODAY - 1, 7, '{"too old": 2, "no <account>": 3}'),
        (TODAY - 1, 7, '{"too old": 2, "no <account>": 3}'),
        (TODAY - 1, 1, "{}"),
    ):
        known.record_run(
            look("bluesky", day * DAY, rows_read=read, rows_kept=1, refused=refused)
        )
    known.record_run(look("x", TODAY * DAY, rows_read=99, refused='{"other": 9}'))
    assert known.rows_by_day("bluesky", TODAY - 1, TODAY) == {TODAY - 1: (15, 3)}
    assert known.refusals("bluesky", TODAY - 1, TODAY) == {
        "no <account>": 6, "too old": 4,
    }  # fmt: skip
    assert list(known.refusals("bluesky", TODAY - 2, TODAY)) == [
        "too old", "no <account>",
    ]  # fmt: skip
    assert known.refusals("bluesky", TODAY, TODAY + 1) == {}


def test_runs_are_added_up_between_two_numbers(known):
    assert (known.newest_run(), known.run_sums(0, 9), known.refused_sums(0, 9)) == (
        0, [], {}
    )  # fmt: skip
    for each in (
        look("bluesky", NOW, rows_read=5, rows_kept=2, refused='{"a": 1, "b": 2}'),
        look("bluesky", NOW + 60, rows_read=1),
        look("bluesky", NOW + 120, "failed", problem="gone"),
        Run(what="import", channel="bluesky", started_at=NOW, finished_at=NOW + 1,
            outcome="ok", rows_read=50, rows_kept=50, refused='{"a": 1}'),
        Run(what="publish", channel="", started_at=NOW, finished_at=NOW + 1,
            outcome="ok"),
    ):  # fmt: skip
        known.record_run(each)
    assert known.newest_run() == 5
    assert sorted(known.run_sums(0, 5)) == [
        RunSum("bluesky", "import", "ok", 1, 50, 50, 1, 4, NOW + 1),
        RunSum("bluesky", "look", "failed", 1, 0, 0, 7, 3, NOW + 127),
        RunSum("bluesky", "look", "ok", 2, 6, 2, 14, 2, NOW + 67),
    ]
    assert [each.runs for each in known.run_sums(1, 2)] == [1]
    assert known.refused_sums(0, 5) == {"bluesky": 4}
    assert known.refused_sums(1, 5) == {"bluesky": 1}
