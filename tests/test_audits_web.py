"""The pages of field audits: their figures in words, and every table to take away."""

import csv
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import audit_example
from fixtures_web import getter, site
from settings import Settings
from store import Store

PAGE = f"/audits/{audit_example.SLUG}"
HOUR = 3_600


def text(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def rows_of(table: Any) -> list[list[str]]:
    return [[text(cell) for cell in row.select("th, td")] for row in table.select("tr")]


@pytest.fixture
def with_audit(tmp_path: Path):
    """A site whose database holds nothing but audits: made of rows, and changed."""

    def made(*several: dict[str, Any]) -> Flask:
        store = Store(Settings(var=tmp_path, database_url="").database)
        store.migrate()
        for each in several:
            audit_example.put(store, **each)
        store.close()
        return site(tmp_path)

    return made


class TestTheExample:
    def test_it_says_what_came_back_with_n_and_interval(self, get):
        page = get(PAGE)
        assert text(page.select_one(".say")) == (
            "1 of 18 brands answered (5.6 %, 95 % interval 1 to 26 %)."
        )
        said = text(page.select_one(".sure"))
        assert said.startswith(
            "2 of 26 messages by 3 volunteers had an answer within three days"
            " (7.7 %, 95 % interval 1 to 35 %)."
        )
        assert "messages tell as much of brands as 11.8 messages" in said
        assert said.endswith("the answers came after 38 min and 9 min.")
        assert not page.select(".state")

    def test_arms_with_shares_of_messages_and_of_brands(self, get):
        table = rows_of(get(PAGE).select_one("#arms ~ table"))
        assert table[1:3] == [
            ["All messages", "26", "2 7.7 %: 1 to 35 %", "18", "1 5.6 %: 1 to 26 %",
             "0", "9 min"],
            ["Compliments", "8", "2 25 %: 4 to 73 %", "7", "1 14.3 %: 3 to 51 %",
             "0", "9 min"],
        ]  # fmt: skip
        assert table[3] == [
            "Complaints", "6", "0 0 %: 0 to 39 %", "6", "0 0 %: 0 to 39 %", "0",
            "none answered",
        ]  # fmt: skip

    def test_differences_are_not_called_sure(self, get):
        table = rows_of(get(PAGE).select_one("#differences ~ table"))
        assert table[1] == [
            "Compliments against complaints", "+25", "−19 to +73", "may be chance",
        ]  # fmt: skip
        assert {row[-1] for row in table[1:]} == {"may be chance"}

    def test_every_brand_has_its_line(self, get):
        table = rows_of(get(PAGE).select_one("#brands ~ table"))
        assert len(table) == 19
        assert table[1] == ["brand-01", "2", "2 100 %: 34 to 100 %", "9 min"]

    def test_the_protocol_in_full(self, get):
        page = get(PAGE)
        table = dict(rows_of(page.select_one("#protocol ~ table"))[1:])
        assert table["Question, stated beforehand"] == (
            "How many of 18 brands answer a stranger in public within 72 hours?"
        )
        assert table["Registered"] == "2026-01-20T12:00:00Z"
        assert table["Excluded as “wrong-account”"].startswith("The message went to")
        assert table["First seen here"].endswith("rests on the address above.")
        (link,) = page.select('#protocol ~ table a[href^="https"]')
        assert link["href"] == "https://registry.example/answers-2026"

    def test_it_can_be_cited_and_checked(self, get, client):
        page = get(PAGE)
        assert text(page.select_one(".cite")).startswith(
            "Example Consumers' Association. Do brands answer strangers in public?"
            " Field audit “do-they-answer-2026”, result 1 of 28 November 2026,"
        )
        shown = {text(d.dt): text(d.dd) for d in page.select("dl.pairs > div")}
        assert shown["method"] == "1"
        listed = "method 1\n"
        for name, address in {
            "protocol": f"{PAGE}/protocol.csv",
            "messages": f"{PAGE}/messages.csv",
            "lines": f"{PAGE}.csv",
            "differences": f"{PAGE}/differences.csv",
        }.items():
            found = hashlib.sha256(client.get(address).data).hexdigest()
            on_page = f"{audit_example.SLUG}.csv" if name == "lines" else f"{name}.csv"
            assert shown[on_page] == found
            listed += f"{found}  {name}.csv\n"
        whole = hashlib.sha256(listed.encode()).hexdigest()
        assert shown["this result"] == whole
        assert whole[:12] in text(page.select_one(".cite"))

    def test_it_is_in_the_list(self, get):
        page = get("/audits")
        assert "1 field audit on this site." in text(page.select_one(".lede"))
        (line,) = rows_of(page.table)[1:]
        assert line == [
            "Do brands answer strangers in public? Example Consumers' Association",
            "20 January 2026", "26", "2 7.7 %: 1 to 35 %", "18", "1 5.6 %: 1 to 26 %",
        ]  # fmt: skip
        assert page.table.a["href"] == PAGE

    def test_every_page_leads_to_the_list(self, get):
        assert get("/").select('.foot__nav a[href="/audits"]')
        assert get("/data").select('.tables a[href="/audits.csv"]')

    def test_nothing_of_it_is_in_a_ranking(self, get):
        for address in ("/", "/industries", "/sources"):
            assert "brand-01" not in get(address).text


@pytest.mark.parametrize(
    "path", [f"{PAGE}{end}" for end in ("", "/messages", "/differences", "/protocol")]
    + ["/audits"],
)  # fmt: skip
def test_tables_are_the_same_in_csv_and_json(client, path):
    rows = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv").text)))
    said = json.loads(client.get(f"{path}.json").data)
    assert said["licence"] == "CC-BY-4.0"
    assert said["sample"] is False
    assert len(rows) == len(said["rows"]) > 0
    for row, other in zip(rows, said["rows"], strict=True):
        assert row == {
            name: "" if value is None else str(value) for name, value in other.items()
        }
    if path != "/audits":
        assert said["audit"] == audit_example.SLUG
        assert len(said["digest"]) == len(said["protocol_digest"]) == 64


def test_no_volunteer_and_no_address_is_shown(client, get):
    everything = text(get(PAGE)) + "".join(
        client.get(f"{PAGE}{end}.{kind}").text
        for end in ("", "/messages", "/differences", "/protocol")
        for kind in ("csv", "json")
    )
    assert "volunteer 1" not in everything
    assert "notes/" not in everything
    assert not re.search(r"-?\d{17,}", everything)  # nor a hash of either


def test_where_nothing_was_measured_there_is_none_and_how_to_add_one(empty):
    page = getter(empty)("/audits")
    assert "There is none on this site yet." in text(page.select_one(".lede"))
    assert "answerable import audit protocol.toml results.csv" in text(page.main)
    assert not page.select("table")
    client = empty.test_client()
    assert client.get("/audits.json").json["rows"] == []
    getter(empty)(PAGE, 404)


def test_the_sample_has_none_and_is_not_asked(tmp_path):
    from fixtures_web import fill

    settings = Settings(var=tmp_path, database_url="")
    store = Store(settings.sample_database)
    fill(store, sample=True)
    audit_example.put(store)  # as nobody ever does
    store.close()
    get = getter(site(tmp_path))
    assert "There is none on this site yet." in text(get("/audits").select_one(".lede"))
    get(PAGE, 404)
    store = Store(settings.database)
    store.migrate()
    audit_example.put(store)
    store.close()
    get = getter(site(tmp_path))  # measured audits, while editions are the sample's
    assert "1 of 18 brands" in text(get(PAGE).select_one(".say"))
    assert not get(PAGE).select('#brands ~ table a[href^="/brands/"]')


def test_an_audit_nobody_knows(get, client):
    assert "There is no field audit “nobody”." in text(get("/audits/nobody", 404).main)
    assert client.get("/audits/nobody.csv").status_code == 404
    assert client.get(f"{PAGE}/author.csv").status_code == 404


class TestStates:
    def test_a_protocol_alone(self, with_audit):
        get = getter(with_audit({"of": [], "now": audit_example.FEBRUARY - HOUR}))
        page = get(PAGE)
        assert not page.select(".say")
        assert "No message has come in yet." in text(page.select_one(".sure"))
        assert text(page.select_one(".cite")).endswith(f"protocol. Answerable. {PAGE}")
        assert [text(dt) for dt in page.select("dl.pairs dt")] == ["protocol.csv"]
        assert rows_of(get("/audits").table)[1][2:] == ["none yet"] * 4

    def test_a_protocol_seen_before_the_first_message(self, with_audit):
        early = {"of": [], "now": audit_example.FEBRUARY - HOUR}
        page = getter(with_audit(early, {}))(PAGE)
        table = dict(rows_of(page.select_one("#protocol ~ table"))[1:])
        assert table["First seen here"] == (
            "31 January 2026, before the first message was sent."
        )

    def test_nothing_that_counts(self, with_audit):
        young = [
            row | {"watched_until": row["sent_at"] + HOUR, "answered_at": ""}
            for row in audit_example.rows()
        ]
        page = getter(with_audit({"of": young}))(PAGE)
        assert text(page.select_one(".say")) == (
            "No message that counts has come in yet."
        )
        assert "26 messages were watched for less than 72 hours" in text(
            page.select_one(".state")
        )
        arms = rows_of(page.select_one("#arms ~ table"))
        assert arms[1][:3] == ["All messages 26 watched too briefly", "0", "0"]
        assert not page.select("#differences")

    def test_nobody_answered(self, with_audit):
        silent = [row | {"answered_at": ""} for row in audit_example.rows()]
        page = getter(with_audit({"of": silent}))(PAGE)
        assert text(page.select_one(".say")) == (
            "0 of 18 brands answered (0 %, 95 % interval 0 to 18 %)."
        )
        assert "the answer" not in text(page.select_one(".sure"))

    def test_one_answer(self, with_audit):
        few = audit_example.rows()
        few[18]["answered_at"] = ""
        page = getter(with_audit({"of": few}))(PAGE)
        assert text(page.select_one(".sure")).endswith("The answer came after 38 min.")

    def test_a_brand_written_to_once_each_needs_no_word_on_habit(self, with_audit):
        page = getter(with_audit({"of": audit_example.rows()[:18]}))(PAGE)
        assert "tell as much of brands" not in text(page.select_one(".sure"))

    def test_volunteers_nobody_named(self, with_audit):
        of = [row | {"author": ""} for row in audit_example.rows()]
        page = getter(with_audit({"of": of}))(PAGE)
        assert text(page.select_one(".sure")).startswith("2 of 26 messages had an")

    def test_what_went_otherwise_than_planned_is_said(self, with_audit):
        of = audit_example.rows()
        of[3]["excluded"] = "wrong-account"
        of[4]["excluded"] = "they were rude"
        page = getter(
            with_audit(
                {"of": of, "planned_messages": "25",
                 "registered_at": "2026-02-03T00:00:00Z"}
            )
        )(PAGE)  # fmt: skip
        flags = [text(each) for each in page.select(".state")]
        assert [flag.partition(" ")[0] for flag in flags] == ["The", "26", "1", "1"]
        assert "after the first message was sent (2026-02-01)" in flags[0]
        names = [row[0] for row in rows_of(page.select_one("#arms ~ table"))[1:4]]
        assert names == [
            "All messages 1 excluded",
            "With the excluded",
            "Only as many as planned 1 excluded",
        ]

    def test_many_answers_and_many_brands(self, with_audit):
        first = audit_example.rows()[0]
        of = [
            first
            | {"brand": f"brand-{n:03}", "message": f"m{n}",
               "answered_at": first["sent_at"] + 60 * (n + 1) if n < 12 else ""}
            for n in range(201)
        ]  # fmt: skip
        page = getter(with_audit({"of": of}))(PAGE)
        assert text(page.select_one(".sure")).endswith(
            "Among the answered, half had their answer after 6 min; the quickest came"
            " after 1 min, the slowest after 12 min."
        )
        assert len(rows_of(page.select_one("#brands ~ table"))) == 201
        assert "The first 200 of 201 brands" in text(page.main)

    @pytest.mark.parametrize(
        ("arms", "line"),
        [
            (
                "['mention', 'question']",
                ["Plain mentions against questions", "+100", "+88 to +100",
                 "the first surely answered more often"],
            ),
            (
                "['question', 'mention']",
                ["Questions against plain mentions", "−100", "−100 to −88",
                 "the first surely answered less often"],
            ),
        ],
    )  # fmt: skip
    def test_a_sure_difference(self, with_audit, arms, line):
        of = []
        for n in range(40):
            row = audit_example.rows()[0] | {"brand": f"b{n}", "answered_at": ""}
            of.append(row | {"message": f"q{n}", "arm": "question"})
            answered = row["sent_at"] + 60
            of.append(row | {"message": f"c{n}", "arm": "mention",
                             "answered_at": answered})  # fmt: skip
        page = getter(with_audit({"of": of, "arms": arms}))(PAGE)
        assert rows_of(page.select_one("#differences ~ table"))[1] == line

    def test_a_later_result_stands_beside_the_first(self, with_audit):
        later = audit_example.rows()
        later[1]["answered_at"] = later[1]["sent_at"] + 60
        page = getter(with_audit({}, {"of": later, "now": audit_example.NOW + 60}))(
            PAGE
        )
        assert "2 of 18 brands answered" in text(page.select_one(".say"))
        table = rows_of(page.select("table")[-1])
        assert [row[0] for row in table[1:]] == ["2", "1"]

    def test_versions_name_each_other(self, with_audit):
        get = getter(
            with_audit({}, {"id": "'second'", "replaces": f"'{audit_example.SLUG}'"})
        )
        assert "“second” is a new version of this one." in text(
            get(PAGE).select_one(".state")
        )
        assert f"new version of the audit “{audit_example.SLUG}”" in text(
            get("/audits/second").select_one(".state")
        )
        assert "2 field audits" in text(get("/audits").select_one(".lede"))

    def test_a_brand_with_a_page_is_linked_and_named(self, world_var, tmp_path):
        import shutil

        shutil.copytree(world_var, tmp_path / "world")
        store = Store(Settings(var=tmp_path / "world", database_url="").database)
        of = [audit_example.rows()[0] | {"brand": "northwind-air"}]
        audit_example.put(store, of, id="'linked'", title="'No question here'")
        store.close()
        page = getter(site(tmp_path / "world"))("/audits/linked")
        (link,) = page.select("#brands ~ table a[href^='/brands/']")
        assert (link.text, link["href"]) == ("Northwind Air", "/brands/northwind-air")
        assert "No question here. Field audit" in text(page.select_one(".cite"))
