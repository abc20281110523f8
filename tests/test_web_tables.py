"""Tables as data: CSV and JSON are one table, and it is the edition's."""

import csv
import io
import json
import re

import pytest

from fixtures_web import lines
from jobs.standings import COLUMNS
from model import Level, Standing
from model.bundle import STANDINGS
from web import tables

TABLES = (
    "/brands", "/brands?family=reviews", "/brands?industry=banks", "/industries",
    "/industries/airlines", "/brands/northwind-air", "/brands/half-seen",
    "/brands/northwind-air/accounts", "/brands/northwind-air/waits",
    "/brands/northwind-air/history", "/editions", "/sources",
    "/editions/2026-Q2/brands", "/editions/2026-Q2/brands/northwind-air",
)  # fmt: skip


def with_ending(address: str, ending: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}.{ending}{mark}{query}"


def printed(value) -> str:
    return "" if value is None else str(value)


@pytest.mark.parametrize("path", TABLES)
def test_csv_and_json_are_the_same_table(client, path):
    text = client.get(with_ending(path, "csv"))
    data = client.get(with_ending(path, "json"))
    assert text.mimetype == "text/csv"
    assert data.mimetype == "application/json"
    head, *rows = csv.reader(io.StringIO(text.text))
    assert head == data.json["columns"]
    assert rows == [[printed(row[name]) for name in head] for row in data.json["rows"]]
    assert rows
    assert data.headers["Access-Control-Allow-Origin"] == "*"


def test_the_columns_are_those_of_the_command():
    assert COLUMNS[Level.BRAND] == tables.BRANDS
    assert COLUMNS[Level.ACCOUNT] == tables.ACCOUNTS
    assert COLUMNS[Level.INDUSTRY] == tables.INDUSTRIES


def test_a_table_holds_what_the_edition_holds(client):
    rows = client.get("/brands.json").json["rows"]
    wanted = [
        row for row in lines() if row["level"] == "brand" and row["family"] == "social"
    ]
    assert {row["slug"] for row in rows} == {row["slug"] for row in wanted}
    for row in wanted:
        (found,) = (each for each in rows if each["slug"] == row["slug"])
        for name, value in found.items():
            assert value == (row[name] if row[name] != "" else None), name
    assert [row["rank"] for row in rows[:3]] == [1, 2, 3]


def test_withheld_is_empty_and_never_nought(client):
    _, *rows = csv.reader(io.StringIO(client.get("/brands/half-seen.csv").text))
    found = dict(zip(tables.BRANDS, rows[0], strict=True))
    empty = {name for name, value in found.items() if value == ""}
    assert {"score", "share_t1", "answered_t1", "median_wait_s", "rank"} <= empty
    assert found["coverage"] == "0.634"


def test_a_table_says_which_edition_it_is_of(client):
    said = client.get("/brands.json").json
    assert said["edition"] == "2026-Q3"
    assert said["licence"] == "CC-BY-4.0"
    assert said["sample"] is False
    assert client.get("/editions/2026-Q2/brands.json").json["edition"] == "2026-Q2"


def test_a_slash_has_tables_too(client):
    assert client.get("/.csv").data == client.get("/brands.csv").data
    assert client.get("/.json").data == client.get("/brands.json").data
    assert client.get("/brands").headers["Location"] == "/"


def test_every_download_on_every_page_is_there(client, get):
    for path in (
        "/",
        "/industries/banks",
        "/brands/northwind-air",
        "/data",
        "/editions",
    ):
        links = [
            a["href"] for a in get(path).select("a")
            if re.search(r"\.(csv|json)(\?|$)", a["href"])
        ]  # fmt: skip
        assert links
        for link in links:
            assert client.get(link).status_code == 200, link


def test_no_link_of_the_site_is_dead(client):
    """From the leaderboard, every address of our own that can be reached."""
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("/static/"):
            continue
        seen.add(path)
        response = client.get(path)
        assert response.status_code == 200, path
        if response.mimetype == "text/html":
            links = re.findall(r'(?:href|action)="(/[^"#]*)', response.text)
            waiting += [link.replace("&amp;", "&") for link in links]
    assert len(seen) > 100


def test_json_of_a_table_is_valid_for_odd_names(client):
    rows = json.loads(client.get("/brands.json").data)["rows"]
    assert "Sly <Air> & Söhne" in {row["name"] for row in rows}


def test_every_column_is_explained():
    columns = {*tables.BRANDS, *tables.ACCOUNTS, *tables.INDUSTRIES}
    assert columns <= set(STANDINGS.names)
    assert set(tables.FIGURES) <= set(Standing.model_fields)
