"""/sources and a page for each channel: what was seen day by day, what is left out, how
far behind the watch is, and which channels are off and why."""

import csv
import io
from contextlib import closing
from dataclasses import replace

import pytest

from collectors import channels as declared
from fixtures_web import REGISTRY, channels, checked, fill, getter, site
from jobs.starting import channel_row, opened
from model import DAY, Run
from settings import Settings
from store import Store
from test_store_watching import NOW, TODAY, look, watch
from web.views.sources import RECENT_DAYS, one, reading

HOUR = 3_600


def text(tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(reading, "now", lambda: NOW)


@pytest.fixture
def store(tmp_path):
    """Bluesky watched for 40 days with a hole, Mastodon since ten, X off."""
    with closing(Store(Settings(var=tmp_path, database_url="").database)) as store:
        fill(store)
        store.put_channels([*channels(), row("twcs", "Tweets", how="imported")])
        days = [(day, DAY) for day in range(TODAY - 40, TODAY)]
        hole, part = TODAY - 20, TODAY - 7
        days = [each for each in days if each[0] not in (hole, part)]
        watch(store, "bluesky", NOW - 40 * DAY, NOW - 300,
              *days, (part, 30_000), (TODAY, HOUR - 300))  # fmt: skip
        watch(store, "mastodon", NOW - 10 * DAY, NOW - 6 * HOUR,
              (TODAY - 10, 20_000),
              *((day, DAY) for day in range(TODAY - 9, TODAY)))  # fmt: skip
        for day in range(TODAY - 29, TODAY + 1):
            if day != hole:
                store.record_run(run("bluesky", day, failed=day == part))
            if day >= TODAY - 10:
                store.record_run(run("mastodon", day))
        yield store


def row(slug: str, title: str, **changes):
    made = channels()[0].model_dump()
    return type(channels()[0])(**{**made, "slug": slug, "title": title, **changes})


def run(channel: str, day: int, *, failed: bool = False) -> Run:
    said = {"outcome": "failed", "problem": "[Errno 111] Connection refused"}
    return look(channel, day * DAY, rows_read=100, rows_kept=3,
                refused='{"no account of ours": 90, "too <old>": 7}',
                **(said if failed else {}))  # fmt: skip


@pytest.fixture
def page(store, tmp_path):
    """Fetches a page of that site."""
    return getter(site(tmp_path))


def days(page) -> list[list[str]]:
    table = page.select_one("details table")
    return [
        [text(cell) for cell in line.select("th, td")]
        for line in table.select("tbody tr")
    ]


def test_the_picture_has_a_row_for_each_channel_and_a_cell_for_each_day(page):
    drawing = page("/sources").select_one("#seen")
    said = [each.text for each in drawing.select("rect title")]
    assert len(said) == RECENT_DAYS + 11
    names = [each.text for each in drawing.select("text")]
    assert {"Bluesky", "Mastodon", "X", "Tweets"} <= set(names)
    assert {"off", "from files; none of these days"} <= set(names)
    assert "5 Nov 2026: not at all" not in said
    hole_and_today = drawing.select("rect.mark-day--none")
    assert len(hole_and_today) == 2
    assert drawing.select_one("svg")["aria-label"]


def test_the_table_says_why_not_all_was_seen(page):
    rows = days(page("/sources"))
    bluesky = [row[1:] for row in rows if row[0] == "Bluesky"]
    assert [(row[1], row[2]) for row in bluesky] == [
        ("in full", "nothing is missing"),
        ("not at all", "no look was made that day"),
        ("in full", "nothing is missing"),
        ("in part 34 %",
         "the one look did not succeed: the connection was refused"),
        ("in full", "nothing is missing"),
        ("in part 91 %", "the day is not over"),
    ]  # fmt: skip
    mastodon = [row[2:] for row in rows if row[0] == "Mastodon"]
    assert mastodon == [
        ["not at all", "we were not watching it yet"],
        ["in part 23 %", "our watch of 1 account began that day"],
        ["in full", "nothing is missing"],
        ["not at all", "the day is not over"],
    ]
    assert [row[2:] for row in rows if row[0] == "X"] == [["not at all", "it is off"]]
    assert [row[2:] for row in rows if row[0] == "Tweets"] == [
        ["not at all", "nothing of that day has been imported"]
    ]


def test_a_channel_says_how_much_was_seen_and_how_far_behind_it_is(page):
    said = text(page("/sources").select_one("main"))
    assert "94 % of the last 30 days, 1 account" in said
    assert "91 % of the 11 days since we began" in said
    assert "5 min behind now" in said
    assert "6 h behind now" in said
    assert "4 sources. 1 of them is off here." in said


def test_a_channel_has_a_page_of_its_own(page):
    found = page("/sources/bluesky")
    assert text(found.h1) == "Bluesky: how we watch it"
    said = text(found.select_one("main"))
    assert "private messages" in said, "what it cannot see"
    assert "may be read" in said, "its terms"
    assert "Accounts watched 1 of 1 registered" in said
    assert "How far behind 5 min behind now none is later than" in said
    assert "Looks of the last 30 days 29 1 incomplete or failed" in said
    (refused,) = found.select("#refused ~ table")
    assert [text(line) for line in refused.select("tbody tr")] == [
        "no account of ours 2,610", "too <old> 203",
    ]  # fmt: skip
    table = days(found)
    assert len(table) == RECENT_DAYS
    assert table[-8][1:] == [
        "in part 34 %", "the one look did not succeed: the connection was refused",
        "1 1 not complete", "100", "3",
    ]  # fmt: skip
    assert "northwind.example" not in said, "how many accounts, not whose"


def test_a_channel_that_is_off_says_why_and_draws_nothing(page):
    found = page("/sources/x")
    said = text(found.select_one("main"))
    assert "Why it is off No budget is set" in said
    assert "Nothing was to be seen: it is off." in said
    assert not found.select("svg.chart__still")
    assert "Accounts watched 0 none is registered" in said


def test_no_such_channel(page):
    assert "no source “nowhere”" in text(page("/sources/nowhere", 404))


@pytest.mark.parametrize("path", ["/sources/days", "/sources/bluesky"])
def test_the_days_to_take_away(store, tmp_path, path):
    client = site(tmp_path).test_client()
    rows = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv").text)))
    assert client.get(f"{path}.json").json["columns"] == list(rows[0])
    mine = {row["day"]: row for row in rows if row["channel"] == "bluesky"}
    assert len(mine) == RECENT_DAYS
    part = mine["2026-10-27"]
    assert (TODAY - 7, part["state"], part["share"]) == (20_753, "partly", "0.3472")
    assert (part["looks"], part["looks_not_complete"]) == ("1", "1")
    assert part["seconds"] == "30000"
    if "rows_read" in part:
        assert (part["rows_read"], part["rows_kept"]) == ("100", "3")
    assert client.get("/sources/nowhere.csv").status_code == 404


def test_the_table_of_channels_has_coverage_and_lag(store, tmp_path):
    table = site(tmp_path).test_client().get("/sources.json").json
    rows = {row["channel"]: row for row in table["rows"]}
    assert rows["bluesky"]["behind_s"] == 300
    assert rows["bluesky"]["coverage"] == 0.943
    assert rows["x"]["coverage"] is None
    assert rows["x"]["off_because"] == "no budget is set"
    assert rows["twcs"]["behind_s"] is None


def test_many_accounts_are_seen_together(store):
    """Two accounts: a day is seen in full only when both are."""
    with store._database.writing() as session:
        from sqlalchemy import text as sql

        session.execute(sql("UPDATE account SET channel = 'bluesky'"))
    (bluesky,) = [each for each in reading.watched(store) if each.row.slug == "bluesky"]
    by_day = {day.day: day for day in bluesky.days}
    assert by_day[TODAY - 11].state == "complete", "the second was not watched yet"
    before = by_day[TODAY - 10]
    assert (before.accounts, before.full, before.why) == (
        2, 1, "our watch of 1\u00a0account began that day",
    )  # fmt: skip
    assert by_day[TODAY - 9].state == "complete"
    assert bluesky.behind_s == 6 * HOUR
    from web.views.sources.phrases import behind

    assert behind(bluesky) == (
        "from 5\u00a0min to 6\u00a0h behind now, account by account"
    )


def test_settled_days_are_kept_for_some_minutes(store, monkeypatch):
    asked = []
    seen = store.seen_by_day
    monkeypatch.setattr(
        store, "seen_by_day", lambda a, b: asked.append((a, b)) or seen(a, b)
    )
    first, second = reading.watched(store), reading.watched(store)
    assert first == second
    whole, late = (TODAY - 29, TODAY - 1), (TODAY - 1, TODAY + 1)
    assert asked == [whole, late, late]
    moment = reading.monotonic() + reading.KEPT_S
    monkeypatch.setattr(reading, "monotonic", lambda: moment)
    reading.watched(store)
    assert asked[3:] == [whole, late]


def test_an_empty_database_lists_its_channels(tmp_path):
    """Any command makes the database; the page then says what there is."""
    here = Settings(var=tmp_path, database_url="")
    with opened(here):
        pass
    found = checked(site(tmp_path).test_client().get("/sources"))
    for each in declared().values():
        assert each.title in text(found.select_one("main"))
    assert "no source" not in text(found)
    with closing(Store(here.database)) as store:
        assert {row.slug for row in store.channels()} == set(declared())


def test_what_is_known_of_channels_stays_as_the_worker_put_it(tmp_path):
    here = Settings(var=tmp_path, database_url="")
    with closing(Store(here.database)) as store:
        store.migrate()
        store.put_channels(channels())
    with opened(Settings(var=tmp_path, database_url="", collect=False)) as store:
        assert [each.slug for each in store.channels()] == ["bluesky", "mastodon", "x"]


def test_a_channel_that_is_on_says_what_its_terms_forbid(tmp_path):
    restricted = [each for each in declared().values() if each.restriction]
    assert restricted
    for each in restricted:
        switched = {each.switch: "1" if "budget" in each.switch else True}
        off = channel_row(each, Settings(var=tmp_path))
        on = channel_row(each, Settings(var=tmp_path, **switched))
        for said in (off, on):
            assert each.restriction in f"{said.off_because} {said.terms}"


def doubt(store: Store) -> None:
    """Of four accounts three are not what the registry says."""
    more = tuple(
        replace(REGISTRY.accounts[0], channel="bluesky", account=f"{name}.example")
        for name in "abcd"
    )
    store.put_registry(replace(REGISTRY, accounts=(*REGISTRY.accounts, *more)))
    ids = {"a.example": "1", "b.example": "2", "c.example": "3"}
    store.resolve_accounts("bluesky", NOW - 30 * DAY, ids, {})
    problems = {
        "a.example": "moved: it leads to 9 now",
        "b.example": "renamed: it is called e.example now",
        "c.example": "vanished: nobody is behind it",
        "d.example": "[Errno 111] Connection refused",
    }
    store.resolve_accounts("bluesky", NOW, {}, problems, ["a.example"])


def test_accounts_in_doubt_are_named_with_what_became_of_them(store, page):
    doubt(store)
    table = page("/sources/bluesky").select_one("#accounts ~ details table")
    rows = [[text(cell) for cell in row.select("th, td")] for row in table.select("tr")]
    last = "4 October 2026"
    assert [row[0] for row in rows[1:]] == [f"{n}.example" for n in "abcd"]
    assert rows[1][1].startswith("Its name leads to somebody else now.")
    assert rows[2][1].startswith("It has another name now.")
    assert rows[3][1] == "Nobody is there any more."
    assert rows[4][1] == "the connection was refused"
    assert [row[2] for row in rows[1:]] == ["somebody else", last, last, "never"]
    said = text(page("/sources/bluesky"))
    assert "One in doubt is asked for every day." in said
    listed = page("/sources").select_one("#source-bluesky").parent
    assert "4 of 5 accounts" in text(listed)
    assert listed.select_one('a[href$="/sources/bluesky#accounts"]')


def test_of_many_accounts_in_doubt_some_are_named(store, page, monkeypatch):
    doubt(store)
    monkeypatch.setattr(one, "DOUBTFUL", 2)
    found = page("/sources/bluesky")
    assert "The first 2 are shown." in text(found)
    table = found.select_one("#accounts ~ details table")
    assert len(table.select("tbody tr")) == 2


def test_that_no_account_is_in_doubt_is_said(page):
    said = text(page("/sources/mastodon"))
    assert "0 of 1 account. Each is asked for again at least every" in said
    assert page("/sources/twcs").select_one("#accounts") is None


def test_accounts_that_were_never_asked_for_are_no_doubtful_ones(store, page):
    """And those of a channel that is off are not asked for."""
    x = replace(REGISTRY.accounts[0], channel="x", account="Northwind")
    store.put_registry(replace(REGISTRY, accounts=(*REGISTRY.accounts, x)))
    said = text(page("/sources/x"))
    assert "0 of 1 account. 1 not asked for yet, and not ranked until then." in said
    assert "asked for again" not in said


def test_terms_are_said_or_led_to(store, page):
    terms = "https://terms.example/of-use"
    store.put_channels([*channels(), row("twcs", "Tweets", terms=terms)])
    for path in ("/sources", "/sources/twcs"):
        (link,) = page(path).select(f'a[href="{terms}"]')
        assert (link.text, link["rel"]) == (terms, ["nofollow"])
    assert page("/sources/bluesky").find("dd", string="may be read")


def test_that_nothing_was_looked_at_yet_is_said(store, page):
    with store._database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM run")
    assert "None has been looked at yet." in text(page("/sources"))
