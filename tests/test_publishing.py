"""Publishing through the store, what it refuses, and the tables read back."""

import csv
import io
import json
import time
from datetime import date
from itertools import product

import polars as pl
import pytest

import jobs
from collectors.hashing import key
from fixtures_store import inquiries, table
from jobs.publishing import daily_provisional, day, publish
from jobs.standings import COLUMNS, standings, to_csv, to_json, to_table
from model import DAY, Level
from model.chain import chained
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.looks import Reading
from store import UnknownEdition

EPOCH = date(1970, 1, 1)
FROM = (date(2026, 1, 1) - EPOCH).days
TO = (date(2026, 4, 1) - EPOCH).days
KNOWN = (TO + 10) * DAY


def registry(brands):
    return Registry(
        industries=(
            IndustryEntry(slug="banks", name="Banks", nace="K"),
            IndustryEntry(slug="power", name="Power", nace="D"),
        ),
        brands=tuple(
            BrandEntry(slug=b, name=b.title(), industry="banks") for b in brands
        ),
        accounts=tuple(
            AccountEntry(brand=b, channel=channel, account=f"{b}.example")
            for b in brands
            for channel in ("mastodon", "google_play")
        ),
    )


def asked(brand, channel="mastodon", n=180, answered=0.5, kind=0, **changes):
    """n people, two a day; of ten, so many are answered after ten minutes."""
    rows = []
    for at in range(n):
        when = FROM * DAY + at * DAY // 2
        rows.append(
            {
                "channel": channel,
                "account": f"{brand}.example",
                "key": key(f"{brand} {channel} {at}"),
                "author": at,
                "asked_at": when,
                "answered_at": when + 600 if at % 10 < answered * 10 else None,
                "kind": (1 + at % 4) if kind is None else kind,
                "found_by": 1,
            }
            | changes
        )
    return rows


@pytest.fixture
def filled(sqlite_store):
    """Three brands on Mastodon, of which one is also reviewed; all of it watched."""
    return fill(sqlite_store)


def fill(store):
    store.put_registry(registry(["acme", "bolt", "cove"]))
    rows = (
        asked("acme", answered=0.9)
        + asked("bolt", answered=0.1)
        + asked("cove", n=20)
        + asked("acme", "google_play", kind=None)
    )
    store.merge(
        Reading(
            channel="interactions",
            inquiries=inquiries(*rows),
            since=FROM * DAY,
            as_of=KNOWN,
        )
    )
    return store


def test_an_edition_is_published_and_kept(store):
    fill(store)
    edition = publish(store, FROM, TO, KNOWN)
    assert edition.name == "2026-Q1"
    assert (edition.messages, edition.inquiries, edition.brands) == (560, 470, 3)
    assert json.loads(edition.cuts) == {"reviews": "needs-answer", "social": "all"}
    left_out = json.loads(edition.left_out)
    assert left_out.pop("other_kind") == 90
    assert set(left_out.values()) == {0}
    assert edition.coverage == 1
    assert (edition.previous, edition.sample, edition.provisional) == ("", False, False)
    lines = standings(store, family="social")
    assert lines["slug"].to_list() == ["acme", "bolt", "cove"]
    assert lines["rank"].to_list() == [1, 2, None]
    assert lines["status"].to_list() == ["ranked", "ranked", "too_few"]
    assert lines["score"].to_list() == [90, 10, 50]
    assert lines["median_wait_s"].to_list() == [600, None, 600]
    assert store.current_edition().name == "2026-Q1"


def test_that_an_edition_was_published_is_a_run_like_any_other(filled):
    edition = publish(filled, FROM, TO, KNOWN, "first")
    (run,) = [run for run in filled.runs() if run.what == "publish"]
    assert (run.outcome, run.problem, run.channel) == ("ok", "", "")
    assert (run.rows_read, run.rows_kept) == (edition.messages, edition.inquiries)
    assert run.started_at <= edition.made_at <= run.finished_at
    with pytest.raises(jobs.Failed):
        publish(filled, FROM, TO, KNOWN, "first")
    assert [run.what for run in filled.runs()].count("publish") == 1


def test_both_databases_come_to_the_same(sqlite_store, postgres_address, open_store):
    other = open_store(postgres_address)
    other.migrate()
    made = [publish(fill(each), FROM, TO, KNOWN) for each in (sqlite_store, other)]
    assert made[0].input_digest == made[1].input_digest
    assert made[0].result_digest == made[1].result_digest
    assert made[0].digest == made[1].digest


def test_editions_are_a_chain(filled):
    first = publish(filled, FROM, FROM + 30, KNOWN)
    assert first.name == "2026-01-01_2026-01-31"
    second = publish(filled, FROM + 30, TO, KNOWN, name="second")
    assert second.previous == first.digest
    said = second.model_dump(exclude={"id", "made_at", "digest"})
    assert chained(said) == second.digest
    assert chained(said | {"inquiries": 1}) != second.digest
    rehearsed = publish(filled, FROM, TO, KNOWN, provisional=True)
    assert rehearsed.previous == second.digest
    assert publish(filled, FROM, TO, KNOWN).previous == second.digest


def test_the_same_input_has_the_same_digests(filled):
    first = publish(filled, FROM, TO, KNOWN, name="a")
    again = publish(filled, FROM, TO, KNOWN, name="b")
    assert first.input_digest == again.input_digest
    assert first.result_digest == again.result_digest
    assert first.digest != again.digest


@pytest.mark.parametrize(
    ("first", "end", "name"),
    [
        ("2026-01-01", "2026-04-01", "2026-Q1"),
        ("2026-04-01", "2026-07-01", "2026-Q2"),
        ("2026-07-01", "2026-10-01", "2026-Q3"),
        ("2025-10-01", "2026-01-01", "2025-Q4"),
        ("2026-01-01", "2026-07-01", "2026-01-01_2026-07-01"),
        ("2026-01-02", "2026-04-01", "2026-01-02_2026-04-01"),
        ("2026-02-01", "2026-05-01", "2026-02-01_2026-05-01"),
    ],
)
def test_names(first, end, name):
    from jobs.publishing import _name
    from scoring.book import Period

    days = [(date.fromisoformat(d) - EPOCH).days for d in (first, end)]
    period = Period(days[0], days[1], KNOWN)
    assert _name(period, provisional=False) == name
    assert _name(period, provisional=True) == "provisional-2026-04-11"


@pytest.mark.parametrize(
    ("first", "end", "changes", "sentence"),
    [
        (FROM, FROM, {}, "is empty"),
        (TO, FROM, {}, "is empty"),
        (-5, FROM, {}, "expected a day from 1990-01-01"),
        (FROM, 10**9, {}, "--to"),
        (-(10**12), 10**12, {}, "--from"),
        (8_000, 16_000, {}, "too long"),
        (FROM, TO, {"as_of": 10**12}, "--as-of"),
        (FROM, TO, {"as_of": -1}, "--as-of"),
        (FROM, TO, {"as_of": (TO + 7) * DAY - 1}, "2026-04-08 00:00 UTC"),
        (FROM - 400, FROM - 300, {"as_of": KNOWN}, "no inquiry is known"),
        (FROM, TO, {"as_of": KNOWN, "name": "../etc"}, "cannot name an edition"),
        (FROM, TO, {"as_of": KNOWN, "name": "v1.0"}, "cannot name an edition"),
        (FROM, TO, {"as_of": KNOWN, "name": ""}, "cannot name an edition"),
        (FROM, TO, {"as_of": KNOWN, "name": "a" * 65}, "cannot name an edition"),
    ],
)
def test_what_is_refused_keeps_nothing(filled, first, end, changes, sentence):
    with pytest.raises(jobs.Failed, match=sentence):
        publish(filled, first, end, **changes)
    assert filled.editions() == []
    assert table(filled, "standing", "id") == []
    assert table(filled, "edition_rows", "part") == []


def test_only_what_was_watched_has_to_be_ripe(sqlite_store):
    """Without reviews the last inquiries have three days, not seven."""
    sqlite_store.put_registry(registry(["acme"]))
    reading = Reading(
        channel="interactions",
        inquiries=inquiries(*asked("acme")),
        since=FROM * DAY,
        as_of=KNOWN,
    )
    sqlite_store.merge(reading)
    assert publish(sqlite_store, FROM, TO, (TO + 3) * DAY).inquiries == 180


def test_an_empty_database_has_nothing_to_publish(sqlite_store):
    with pytest.raises(jobs.Failed, match="no inquiry is known"):
        publish(sqlite_store, FROM, TO, KNOWN)
    with pytest.raises(jobs.Failed, match="nothing has been published"):
        standings(sqlite_store)


def test_a_name_is_taken_once(filled):
    publish(filled, FROM, TO, KNOWN)
    with pytest.raises(jobs.Failed, match="'2026-Q1' exists"):
        publish(filled, FROM, TO, KNOWN)
    assert len(filled.editions()) == 1


def test_two_who_publish_one_name_at_once(filled, monkeypatch):
    """The database decides; the loser gets the same sentence."""
    publish(filled, FROM, TO, KNOWN)
    monkeypatch.setattr("jobs.publishing._check_name", lambda _store, _name: None)
    with pytest.raises(jobs.Failed, match="'2026-Q1' exists"):
        publish(filled, FROM, TO, KNOWN)


def test_not_ripe_may_be_provisional(filled):
    early = (TO - 1) * DAY
    edition = publish(filled, FROM, TO, early, provisional=True)
    assert (edition.name, edition.provisional) == ("provisional-2026-03-31", True)
    assert json.loads(edition.left_out)["young"] > 0


def test_the_daily_edition_rolls_over_thirteen_weeks(filled):
    now = TO * DAY + 5_000
    edition = daily_provisional(filled, now=now)
    assert (edition.day_from, edition.day_to) == (TO - 91, TO)
    assert edition.name == "provisional-2026-04-01"
    assert daily_provisional(filled, now=now + 60).digest == edition.digest
    for later in range(1, 10):
        daily_provisional(filled, now=now + later * DAY)
    kept = [each.name for each in filled.editions()]
    assert len(kept) == 7
    assert "provisional-2026-04-01" not in kept
    kept_parts = {row[0] for row in table(filled, "edition_rows", "edition_id")}
    assert kept_parts == {each.id for each in filled.editions()}


def test_no_daily_edition_before_there_is_something_to_show(sqlite_store):
    """A worker on its first days: messages are known, none was watched long enough."""
    sqlite_store.put_registry(registry(["acme"]))
    rows = pl.DataFrame(asked("acme", n=4), infer_schema_length=None)
    sqlite_store.merge(
        Reading(
            channel="interactions", inquiries=rows, since=FROM * DAY,
            as_of=(FROM + 2) * DAY,
        )
    )  # fmt: skip
    with pytest.raises(jobs.Failed, match="watched for a whole horizon yet"):
        daily_provisional(sqlite_store, now=(FROM + 2) * DAY)
    assert sqlite_store.editions() == []


def test_the_daily_edition_is_of_now(filled):
    with pytest.raises(jobs.Failed, match="no inquiry is known"):
        daily_provisional(filled, now=int(time.time()))


@pytest.fixture
def published(filled):
    publish(filled, FROM, TO, KNOWN)
    return filled


def test_every_table_can_be_had(published):
    choices = product(
        ("brand", "account", "industry"),
        (None, "all", "needs-answer", "question", "other"),
        (None, "mastodon", "google_play"),
        ("people", "messages"),
    )
    for by, kind, channel, count in choices:
        lines = standings(published, by=by, kind=kind, channel=channel, count=count)
        assert tuple(lines.columns) == COLUMNS[Level(by)]
        families = {None: {"social", "reviews"}, "mastodon": {"social"}}
        assert set(lines["family"]) == families.get(channel, {"reviews"})
        ranked = lines.filter(pl.col("rank").is_not_null())
        assert (ranked["status"] == "ranked").all()
        for part in ranked.partition_by("family"):
            assert part["rank"].to_list() == sorted(part["rank"])
            assert part["rank"][0] == 1


def test_stored_and_recomputed_tables_agree(published):
    """What was published is what its frozen rows say: people wrote once a day here."""
    for by in ("brand", "account", "industry"):
        stored = standings(published, by=by, kind="all")
        counted = standings(published, by=by, kind="all", count="messages")
        assert stored.equals(counted)
    for channel in ("mastodon", "google_play"):
        stored = standings(published, kind="all", channel=channel)
        counted = standings(published, kind="all", channel=channel, count="messages")
        assert stored.equals(counted)
    one = standings(published, family="reviews", kind="needs-answer")
    assert one.equals(standings(published, family="reviews"))


def test_kinds_split_the_whole(published):
    total = {
        kind: standings(published, family="reviews", kind=kind)["inquiries"].sum()
        for kind in ("all", "complaint", "question", "compliment", "other")
    }
    assert total["all"] == 180 == sum(total.values()) - total["all"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"by": "planet"}, "--by 'planet' is none of brand, account, industry"),
        ({"by": "channel"}, "--by"),
        ({"kind": "rant"}, "--kind"),
        ({"count": "sheep"}, "--count"),
        ({"family": "noble"}, "--family"),
        ({"channel": "\x00'; DROP TABLE"}, "--channel"),
    ],
)
def test_words_that_are_none(published, changes, sentence):
    with pytest.raises(jobs.Failed, match=sentence):
        standings(published, **changes)


def test_an_edition_that_is_not_there(published):
    with pytest.raises(UnknownEdition, match="2020-Q1"):
        standings(published, edition="2020-Q1")
    assert len(standings(published, edition="2026-Q1")) == 4


def test_csv_leaves_empty_what_is_not_known(published):
    rows = list(csv.DictReader(io.StringIO(to_csv(standings(published)))))
    assert tuple(rows[0]) == COLUMNS[Level.BRAND]
    cove = next(r for r in rows if r["slug"] == "cove" and r["family"] == "social")
    assert (cove["rank"], cove["placed"], cove["inquiries"]) == ("", "", "20")
    assert (cove["lost"], cove["score"]) == ("0", "50.0")
    assert '""' not in to_csv(standings(published))


def test_json_says_null_for_what_is_not_known(published):
    rows = json.loads(to_json(standings(published, by="industry")))
    assert list(rows[0]) == list(COLUMNS[Level.INDUSTRY])
    social = next(row for row in rows if row["family"] == "social")
    assert (social["brands"], social["score"], social["status"]) == (2, None, "too_few")
    assert social["placed"] is None
    assert social["name"] == "Banks"


def test_the_table_for_a_terminal(published):
    text = to_table(standings(published, family="social")).splitlines()
    assert text[0].split()[:2] == ["rank", "could"]
    assert text[1].split()[:5] == ["1", "1", "to", "1", "Acme"]
    assert "10.0 min" in text[1]
    assert text[3].split()[0] == "-"
    assert "too_few" in text[3]
    accounts = to_table(standings(published, by="account", family="social"))
    assert "mastodon/acme.example" in accounts
    assert to_table(standings(published, family="audit")).startswith("Nobody")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "-"), (5, "5 s"), (90, "1.5 min"), (7_200, "2.0 h"), (259_200, "3.0 d")],
)
def test_waits_in_words(seconds, words):
    from jobs.standings import _duration

    assert _duration(seconds) == words


def test_a_day_in_words():
    assert day(FROM) == "2026-01-01"
