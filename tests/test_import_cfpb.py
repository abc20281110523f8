"""Complaints to the US consumer bureau: in time or not, from files and from itself."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from collectors import hashing
from collectors.base import Watched
from collectors.channels import cfpb
from collectors.channels.cfpb import live
from collectors.channels.cfpb.complaints import NEEDED, SETTLED, TWICE, YOUNG
from collectors.looking import Task
from fixtures_store import ROOT
from importing import SECRET, read_as
from model import DAY, FoundBy, Kind, Step
from model.looks import Reading
from model.words import RATES_ONLY
from review_servers import Site

SHARED = Path(os.environ.get("ANSWERABLE_SHARED", ROOT.parent / "shared"))
SENT = 20_514 * DAY  # 2026-03-02
LIMIT = RATES_ONLY["cfpb"]
ROW = {
    "Complaint ID": "1",
    "Company": "EXAMPLE BANK, N.A.",
    "Date received": "2026-03-01",
    "Date sent to company": "2026-03-02",
    "Timely response?": "Yes",
}
LATER = SENT + 90 * DAY


def read(*rows: dict[str, str], as_of: int | None = LATER) -> Reading:
    lines = [NEEDED, *([(ROW | row)[name] for name in NEEDED] for row in rows)]
    quoted = "\n".join(",".join(f'"{each}"' for each in line) for line in lines)
    return read_as("cfpb", quoted, as_of=as_of)


def test_what_was_answered_in_time_is_known_by_the_end_of_that_time():
    (row,) = read({}).inquiries.rows(named=True)
    assert row | {"brand": None} == row
    assert (row["asked_at"], row["answered_at"]) == (SENT, SENT + LIMIT)
    assert (row["kind"], row["step"]) == (Kind.COMPLAINT, Step.UNJUDGED)
    assert (row["found_by"], row["account"]) == (FoundBy.LIST, "EXAMPLE BANK, N.A.")
    assert row["key"] == hashing.key("cfpb|1")
    assert row["author"] == hashing.author("cfpb|1", SENT, SECRET)
    assert row["url"].endswith("/search/detail/1")


def test_what_was_late_is_not_known_to_be_answered_at_all():
    (row,) = read({"Timely response?": " no "}).inquiries.rows(named=True)
    assert (row["answered_at"], row["step"]) == (None, Step.NONE)


@pytest.mark.parametrize("said", ["Yes", "No"])
def test_it_is_watched_when_it_is_asked_and_no_longer(said):
    """Answered or not: what counts must not hang on the answer."""
    (row,) = read({"Timely response?": said}).inquiries.rows(named=True)
    assert row["watched_until"] == row["asked_at"]


@pytest.mark.parametrize(
    "text",
    ["2026-03-02", "03/02/2026", "3/2/2026", "03/02/26", "2026-03-02T12:00:00-05:00"],
)
def test_days_are_written_in_several_ways(text):
    (row,) = read({"Date sent to company": text}).inquiries.rows(named=True)
    assert row["asked_at"] == SENT


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"Company": " "}, "the company is missing"),
        ({"Company": "a" * 301}, "the company is longer than 300 characters"),
        ({"Company": "a\x07b"}, "the company holds control characters"),
        ({"Complaint ID": "x1"}, "Complaint ID is not a number"),
        (
            {"Date sent to company": ""},
            "the day it was sent to the company is not a day since 2011",
        ),
        (
            {"Date sent to company": "1999-03-02"},
            "the day it was sent to the company is not a day since 2011",
        ),
        (
            {"Date received": "2026-03-03"},
            "sent to the company before it was received",
        ),
        ({"Timely response?": ""}, "whether it was answered in time is not said"),
        ({"Timely response?": "N/A"}, "whether it was answered in time is not said"),
    ],
)
def test_what_is_refused_and_why(values, why):
    said = read(values)
    assert said.refused == {why: 1}
    assert said.inquiries.is_empty()
    assert said.as_of is None


def test_one_complaint_is_one_however_often_it_is_written():
    said = read({}, {"Timely response?": "No"}, {"Complaint ID": "1.0"})
    assert said.refused == {TWICE: 2}
    assert said.inquiries["answered_at"].to_list() == [SENT + LIMIT]


def test_the_youngest_are_left_out_answered_or_not():
    """They became public because they were answered."""
    edge = {"Complaint ID": "2", "Date sent to company": "2026-03-22"}
    said = read(
        {}, edge, edge | {"Complaint ID": "3", "Timely response?": "No"}, as_of=None
    )
    assert said.refused == {YOUNG: 2}
    assert said.as_of == SENT
    late = read({}, edge, as_of=SENT + (20 + SETTLED) * DAY)
    assert late.refused == {}
    assert late.as_of == SENT + 20 * DAY
    assert read({}).as_of == SENT  # no further than the file goes


def test_two_spellings_are_one_company():
    said = read({}, {"Complaint ID": "2", "Company": "Example Bank, N.A."})
    assert set(said.inquiries["account"]) == {"EXAMPLE BANK, N.A."}


@pytest.mark.parametrize("name", ["elvus", "lakshlk0310"])
def test_real_files_agree_with_the_reference(name):
    path = SHARED / "data" / "cfpb" / f"{name}.csv"
    reference = SHARED / "data" / "reference" / f"cfpb_by_company__{name}.csv"
    if not path.exists() or not reference.exists():
        pytest.skip("the bureau's real complaints are not here")
    said = read_as("cfpb", path.read_bytes(), as_of=1_700_000_000)
    assert said.read - said.inquiries.height <= 3  # cut off, and two control characters
    ours = (
        said.inquiries.group_by("account")
        .agg(n=pl.len(), timely=pl.col("answered_at").count())
        .with_columns(pct=100 * pl.col("timely") / pl.col("n"))
    )
    theirs = pl.read_csv(reference, infer_schema_length=None)
    both = ours.join(theirs, left_on="account", right_on="company")
    assert len(both) >= 0.95 * len(ours)
    assert (both["complaints"] - both["n"]).abs().max() <= 1
    assert (both["pct"] - both["pct_timely"]).abs().max() < 0.01


# The database asked itself

TODAY = 20_600
NOW = TODAY * DAY + 3_600
END = TODAY - SETTLED


class Bureau(Site):
    """The Consumer Complaint Database. ``complaints``: (id, day sent, timely)."""

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.complaints: list[tuple[int, int, str]] = []
        self.issue = False
        self.updated = TODAY
        self.plain_total = False
        self.answers("/api/v1/", self._search)

    def complain(self, day: int, timely: str = "Yes", number: int = 1) -> None:
        for _ in range(number):
            self.complaints.append((len(self.complaints) + 1, day, timely))

    def _search(self, query: dict[str, str]) -> dict[str, Any]:
        assert query["company"] == "EXAMPLE BANK, N.A."
        assert query["no_aggs"] == query["no_highlight"] == "true"
        first = query.get("company_received_min", "0")
        last = query.get("company_received_max", "9")
        found = sorted(
            (c for c in self.complaints if first <= live._iso(c[1]) <= last),
            key=lambda each: (each[1], each[0]),
        )
        after = [int(each) for each in query.get("search_after", "0_0").split("_")]
        rest = [c for c in found if [c[1], c[0]] > after]
        hits = [_hit(*each) for each in rest[: int(query["size"])]]
        total: Any = {"value": len(found), "relation": "eq"}
        return {
            "hits": {"total": len(found) if self.plain_total else total, "hits": hits},
            "_meta": {
                "last_updated": f"{live._iso(self.updated)}T12:00:00-05:00",
                "has_data_issue": self.issue,
            },
        }


def _hit(number: int, day: int, timely: str) -> dict[str, Any]:
    return {
        "_source": {
            "complaint_id": str(number),
            "company": "EXAMPLE BANK, N.A.",
            "date_received": f"{live._iso(day)}T12:00:00-05:00",
            "date_sent_to_company": f"{live._iso(day)}T12:00:00-05:00",
            "timely": timely,
            "complaint_what_happened": "xxxx",
        },
        "sort": [day, str(number)],
    }


@pytest.fixture
def bureau() -> Iterator[Bureau]:
    with Bureau.open() as made:
        yield made


def look(bureau: Bureau, cursors=None, known=None, now=NOW):
    return cfpb.look(
        Task(
            accounts=[Watched("EXAMPLE BANK, N.A.", "", "acme")],
            http=bureau.client(),
            secret=b"a secret of sixteen",
            started_us=now * 1_000_000,
            cursors=cursors or {},
            options={"api": f"{bureau.url}/api/v1", "first_days": 60},
            known=lambda asked: {
                one: at for one, at in (known or {}).items() if one in asked
            },
        )
    )


def test_what_is_settled_is_read_and_the_rest_waits(bureau):
    bureau.complain(END - 1, "Yes")
    bureau.complain(END - 2, "No")
    bureau.complain(END, "Yes")
    bureau.complain(END - 3, "")
    seen = look(bureau)
    assert seen.problem == ""
    rows = seen.inquiries.sort("asked_at").rows(named=True)
    assert [row["asked_at"] // DAY for row in rows] == [END - 2, END - 1]
    assert [row["watched_until"] for row in rows] == [row["asked_at"] for row in rows]
    (response,) = seen.responses.rows(named=True)
    assert response["key"] == rows[1]["key"]
    assert response["responded_at"] == rows[1]["asked_at"] + LIMIT
    ((_, since, until),) = seen.seen
    assert (since, until) == (NOW - 60 * DAY, END * DAY)
    assert seen.refused["whether it was answered in time is not said"] == 1
    held = {
        (a, k): at
        for a, k, at in seen.inquiries.select("account", "key", "asked_at").rows()
    }
    bureau.updated += 1
    later = look(bureau, seen.cursors, held, NOW + DAY)
    assert [row // DAY for row in later.inquiries["asked_at"]] == [END]
    assert [tuple(each)[1:] for each in later.seen] == [(END * DAY, (END + 1) * DAY)]


def test_it_is_the_same_complaint_as_in_a_file(bureau):
    bureau.complain(END - 1, "Yes")
    (row,) = look(bureau).inquiries.rows(named=True)
    day = live._iso(END - 1)
    days = {"Date received": day, "Date sent to company": day}
    (filed,) = read(days, as_of=NOW).inquiries.rows(named=True)
    same = ("key", "asked_at", "watched_until", "kind", "url", "account", "found_by")
    assert [row[name] for name in same] == [filed[name] for name in same]


def test_nothing_new_is_settled_within_the_day(bureau):
    bureau.complain(END - 1)
    first = look(bureau)
    again = look(bureau, first.cursors, now=NOW + 60)
    assert again.seen == ()
    assert again.problem == ""
    assert again.cursors == first.cursors


def test_many_pages_are_read_to_their_end(bureau, monkeypatch):
    monkeypatch.setattr(live, "PAGE", 10)
    bureau.complain(END - 3, number=15)
    bureau.complain(END - 2, number=10)
    bureau.plain_total = True
    assert len(look(bureau).inquiries) == 25


def test_too_many_for_a_round_are_read_in_several(bureau, monkeypatch):
    monkeypatch.setattr(live, "MOST", 12)
    for day in range(END - 16, END):
        bureau.complain(day, number=2)
    seen, found, cursors = None, 0, None
    for _ in range(20):
        seen = look(bureau, cursors)
        assert seen.problem == ""
        found, cursors = found + len(seen.inquiries), seen.cursors
        if seen.seen[-1].until == END * DAY:
            break
    assert len(cursors) > 0
    assert found >= 32
    assert seen.seen[-1].until == END * DAY


def test_a_day_too_busy_for_a_round_is_left_to_files(bureau, monkeypatch):
    monkeypatch.setattr(live, "MOST", 3)
    bureau.complain(TODAY - 60, number=9)
    seen = look(bureau)
    assert "more than 3 complaints on one day: import them as a file" in seen.problem
    assert seen.seen == ()


def test_pages_that_go_nowhere_are_a_gap(bureau, monkeypatch):
    monkeypatch.setattr(live, "PAGE", 2)
    bureau.complain(END - 3, number=5)
    search = bureau._search
    bureau.answers("/api/v1/", lambda query: search({**query, "search_after": "0_0"}))
    assert "a page after a full one" in look(bureau).problem

    def unsorted(query):
        said = search(query)
        return json.loads(json.dumps(said).replace('"sort"', '"kind"'))

    bureau.answers("/api/v1/", unsorted)
    assert "a page after a full one" in look(bureau).problem


def test_a_database_that_is_behind_is_known_only_as_far_as_it_goes(bureau):
    bureau.complain(END - 30)
    bureau.updated = TODAY - 10
    ((_, _, until),) = look(bureau).seen
    assert until == (END - 10) * DAY


def test_data_that_the_bureau_itself_doubts_are_not_taken(bureau):
    bureau.complain(END - 3)
    bureau.issue = True
    seen = look(bureau)
    assert "an issue with its data" in seen.problem
    assert seen.inquiries.is_empty()
    assert seen.seen == ()


def test_a_firm_that_nobody_names_is_unresolved(bureau):
    seen = look(bureau)
    assert seen.unresolved == {
        "EXAMPLE BANK, N.A.": "no complaint names a company 'EXAMPLE BANK, N.A.'"
    }
