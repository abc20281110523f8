"""The coverage ledger on pages: each day in full, in part or not at all, and why."""

import json
from datetime import date

import pytest
from flask.testing import FlaskClient

from fixtures_web import Get, site
from model.rows import Account, Run
from model.words import DAY
from settings import Settings
from store import DayLooks, Store
from web import words
from web.views.details.calendar import calendar, week, weekday
from web.views.details.days import Day, Known, counts, days_of, explained, spans, why

SEEN = [2, 3, DAY, 6, 1, 600]
VERIFIED = Account(brand_id=1, channel="bluesky", account="a", resolved_at=1)


def known(**changes) -> Known:
    usual = {"account": VERIFIED, "imported": False, "looks": {}, "since": None}
    return Known(**(usual | changes))


def plain(tag) -> str:
    return " ".join(tag.text.split())


def test_runs_are_days_again():
    days = days_of(SEEN, 100, 109)
    assert [day.seconds for day in days] == [0, 0, DAY, DAY, DAY, 0, 600, 0, 0]
    assert [day.day for day in days] == list(range(100, 109))
    assert counts(days) == {"complete": 3, "partly": 1, "nothing": 5}
    assert [day.seconds for day in days_of([], 100, 102)] == [0, 0]


def test_each_day_that_is_missing_has_its_reason():
    days = explained(days_of(SEEN, 100, 109), known())
    assert [day.why for day in days] == [
        "we were not watching it yet",
        "we were not watching it yet",
        "",
        "",
        "",
        "not known",
        "our watch ended that day",
        "not looked at since",
        "not looked at since",
    ]
    assert [len(alike) for alike in spans(days)] == [2, 3, 1, 1, 2]


def test_looks_say_why():
    looks = {
        103: DayLooks(8, 3, "[Errno -2] Name or service not known"),
        105: DayLooks(1, 1, "the answer was cut off"),
        106: DayLooks(5, 0, ""),
    }
    of = known(looks=looks, since=103)
    ends = (101, 108)
    assert why(Day(103, 9), of, ends) == (
        "3 of 8\u00a0looks did not succeed, mostly: its name could not be found"
    )
    assert why(Day(105, 9), of, ends) == (
        "the one look did not succeed: the answer was cut off"
    )
    assert why(Day(104, 0), of, ends) == "no look was made that day"
    assert why(Day(106, 9), of, ends) == "not known"
    assert why(Day(101, 9), of, ends) == "our watch began that day"
    assert why(Day(102, 0), of, ends) == "not known"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"imported": True}, "the files we were given do not reach so far"),
        ({"account": None}, "the account is no longer in our list"),
        (
            {"account": Account(brand_id=1, channel="x", account="a")},
            "the account has not been verified, so it is not watched",
        ),
    ],
)
def test_what_holds_for_an_account_comes_first(changes, said):
    days = explained(days_of([], 100, 102), known(**changes))
    assert {day.why for day in days} == {said}


def test_weeks_begin_on_monday():
    for text in ("2026-07-06", "1990-01-01", "2023-05-01"):
        day = (date.fromisoformat(text) - date(1970, 1, 1)).days
        assert weekday(day) == 0
        assert week(day) == week(day + 6) == week(day + 7) - 1


def drawn(days):
    return calendar(
        "days-1", days, name="a", where="Bluesky", cite="Answerable", script="/s.js"
    )


def test_as_much_of_a_day_is_filled_as_was_seen():
    days = [Day(20_635 + at, seconds) for at, seconds in enumerate([0, DAY, DAY // 2])]
    found = drawn(days)
    boxes = [mark for mark in found.marks if mark.kind == "rect"]
    looks = [(mark.look, mark.height) for mark in boxes]
    assert looks == [
        ("mark-day mark-day--none", 18),
        ("mark-range", 18),
        ("mark-day", 18),
        ("mark-range", 9),
        ("mark-day", 18),
    ]
    assert boxes[0].says == "1 July 2026: not at all"
    outline, filled = json.loads(found.figure)["data"]
    assert len(outline["x"]) == len(filled["x"]) == 3
    assert filled["y"] == [0, -0.82, -0.41]
    assert "Jul" in found.figure


def test_a_long_period_is_drawn_by_the_week():
    days = [Day(20_000 + at, DAY if at < 700 else 0) for at in range(1_000)]
    found = drawn(days)
    assert found.figure == ""
    assert found.caption.of == "Bluesky: how much of each week we saw"
    boxes = [mark for mark in found.marks if mark.kind == "rect"]
    assert len(boxes) == week(20_999) - week(20_000) + 2
    assert boxes[0].height == 60
    assert boxes[-2].height == 0
    years = [mark.text for mark in found.marks if mark.kind == "words"]
    assert years == ["2025", "2026", "2027"]


def test_a_page_shows_each_account(get: Get):
    page = get("/brands/northwind-air/coverage")
    text = plain(page)
    assert (
        "Of the 92 days of the period we saw 82 in full, 1 in part and 9 not at all."
        in text
    )
    rows = [
        [plain(cell) for cell in row.select("th, td")]
        for row in page.select_one("#account-1").find_next("table").select("tr")
    ]
    assert rows[1] == [
        "1 July to 5 July 2026",
        "not at all",
        "the account has not been verified, so it is not watched",
    ]
    assert rows[2] == ["6 July to 3 September 2026", "in full", "nothing is missing"]
    assert rows[3][1] == "in part50 %"
    assert page.select_one("#days-1 rect title")
    assert "0 in full, 0 in part and 92 not at all" in text


def test_the_brand_page_counts_the_days(get: Get):
    page = get("/brands/northwind-air")
    block = page.select_one("#ledger-social")
    link = block.find_next("dl").select_one("a")
    assert link["href"] == "/brands/northwind-air/coverage"
    rows = [plain(row) for row in block.find_next("table").select("tbody tr")]
    assert rows == ["northwind.example 82 1 9", "northwind@social.example 0 0 92"]
    assert not page.select("#ledger-reviews")


def test_an_older_edition_says_that_it_keeps_none(get: Get):
    page = get("/editions/2026-Q2/brands/northwind-air/coverage")
    assert "This edition keeps no ledger" in plain(page)
    assert not page.select("figure")
    assert get("/brands/nobody/coverage", 404)


def test_days_as_data(client: FlaskClient):
    lines = client.get("/brands/northwind-air/coverage.csv").text.splitlines()
    assert len(lines) == 1 + 2 * 92
    assert lines[0] == "slug,family,channel,account,day,state,seconds,why"
    assert lines[6] == (
        "northwind-air,social,bluesky,northwind.example,2026-07-06,complete,86400,"
    )
    assert client.get("/brands/nobody/coverage.json").status_code == 404


def test_the_looks_of_a_day(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.migrate()
    at = 20_640 * DAY
    for start, problem in (
        (at, "no"), (at + 9, "silent"), (at + 10, "silent"), (at + 11, ""),
        (at + DAY, ""), (at + 2 * DAY, "later"),
    ):  # fmt: skip
        outcome = "failed" if problem else "ok"
        run = Run(what="look", channel="bluesky", started_at=start, finished_at=start,
                  outcome=outcome, problem=problem)  # fmt: skip
        store.record_run(run)
    run = Run(what="look", channel="mastodon", started_at=at, finished_at=at,
              outcome="failed", problem="no")  # fmt: skip
    store.record_run(run)
    assert store.looks_by_day("bluesky", 20_640, 20_642) == {
        20_640: DayLooks(4, 3, "silent"),
        20_641: DayLooks(1, 0, ""),
    }
    store.close()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("[Errno -2] Name or service not known", "its name could not be found"),
        (
            "Jetstream: [Errno -3] Temporary failure in name resolution; tried twice",
            "Jetstream: its name could not be found; tried twice",
        ),
        ("a: [Errno 111] Connection refused", "a: the connection was refused"),
        ("[Errno 104] Connection reset by peer", "the connection was broken off"),
        ("[Errno 110] Connection timed out", "it did not answer in time"),
        ("[Errno 113] No route to host", "there was no way to it"),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: expired"
            " (_ssl.c:1006)",
            "its certificate could not be verified",
        ),
        ("[Errno 28] No space left on device", "No space left on device"),
        ("the last answer was 503", "the last answer was 503"),
        ("", ""),
    ],
)
def test_problems_are_said_in_words(raw, said):
    assert words.problem(raw) == said


def test_what_was_only_imported_needs_no_account(tmp_path):
    from fixtures_web import channels, fill

    store = Store(Settings(var=tmp_path, database_url="").database)
    fill(store)
    first, second, third = channels()
    third.how, third.on, third.off_because = "imported", True, ""
    store.put_channels([first, second, third])
    run = Run(what="look", channel="bluesky", started_at=20_731 * DAY,
              finished_at=20_731 * DAY, outcome="failed",
              problem="[Errno -2] Name or service not known")  # fmt: skip
    store.record_run(run)
    store.close()
    text = " ".join(site(tmp_path).test_client().get("/sources").text.split())
    assert "nothing of it has been imported yet" in text
    assert "its name could not be found" in text
    assert "Errno" not in text
