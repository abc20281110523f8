"""How pages travel: encodings, tags, caches, tables as data, hostile addresses."""

import ast
import csv
import dataclasses
import gzip
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures_web import (
    Q3,
    channels,
    checked,
    edition,
    fill,
    lines,
    runs,
    save,
    site,
)
from jobs.standings import COLUMNS
from model import Level, Standing
from settings import Settings
from store import Store
from web import pages, routes, tables
from web.compression import compress, negotiate
from web.errors import NotHere
from web.query import address, read
from web.shelf import Entry, Shelf, matches
from web.source import POLL_S, Source

ROOT = Path(__file__).parent.parent
NOTHING = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

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
    assert said["licence"] == "CC BY 4.0"
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


ENCODINGS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    "identity": bytes,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_encoding_holds_the_same_page(client, encoding):
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    found = client.get("/", headers={"Accept-Encoding": encoding})
    assert ENCODINGS[encoding](found.data) == plain.data
    assert found.headers.get("Content-Encoding", "identity") == encoding
    assert found.headers["Vary"] == "Accept-Encoding"
    assert int(found.headers["Content-Length"]) == len(found.data)


def test_each_encoding_has_a_tag_of_its_own(client):
    tags = {
        client.get("/", headers={"Accept-Encoding": encoding}).headers["ETag"]
        for encoding in ENCODINGS
    }
    assert len(tags) == len(ENCODINGS)


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0, zstd;q=0", "identity"),
        ("*", "br"),
        ("*;q=0, gzip", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0", "identity"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=nonsense, zstd;q=0.1", "zstd"),
        (" gzip ; q=0.2 , zstd ; q=0.3", "zstd"),
        (",,;;=", "identity"),
    ],
)
def test_an_encoding_is_negotiated(header, chosen):
    assert negotiate(header) == chosen


@given(st.text(max_size=60))
def test_any_header_yields_an_encoding_that_can_be_read(header):
    encoding = negotiate(header)
    assert ENCODINGS[encoding](compress(b"body", encoding)) == b"body"


@pytest.mark.parametrize(
    "tags", ["{}", "W/{}", '"other", {}', '"other", W/{} , "x"', "*"]
)
def test_a_reader_who_has_the_page_is_told_so(client, tags):
    tag = client.get("/").headers["ETag"]
    found = client.get("/", headers={"If-None-Match": tags.format(tag)})
    assert (found.status_code, found.data) == (304, b"")
    assert found.headers["ETag"] == tag
    assert "Cache-Control" in found.headers
    assert "Content-Length" not in found.headers


@pytest.mark.parametrize("tags", ['"other"', "", "W/", '"a","b"', "nonsense"])
def test_another_tag_is_another_page(client, tags):
    assert client.get("/", headers={"If-None-Match": tags}).status_code == 200


def test_the_tag_of_another_encoding_does_not_match(client):
    tag = client.get("/", headers={"Accept-Encoding": "br"}).headers["ETag"]
    found = client.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert found.status_code == 200
    assert not matches('"abc-gzip"', '"abc-br"')


@pytest.mark.parametrize("path", ["/", "/brands.csv", "/nope", "/search?q=air"])
@pytest.mark.parametrize("again", [1, 2])
def test_head_is_get_without_a_body(client, path, again):
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code
    assert head.data == b""
    for name in ("Content-Length", "Content-Type"):
        assert head.headers[name] == get.headers[name]


def test_an_error_is_never_answered_by_304(client):
    assert client.get("/nope", headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "patch"])
def test_pages_can_only_be_read(client, method):
    for path in ("/", "/method", "/healthz"):
        response = getattr(client, method)(path)
        assert response.status_code == 405
        assert response.headers["Allow"] == "GET, HEAD"
        checked(response)


def test_a_fault_of_ours_is_a_page_too(world_var, monkeypatch, caplog):
    app = site(world_var)
    monkeypatch.setattr(
        "web.desk.words.period", lambda *_: (_ for _ in ()).throw(RuntimeError("x"))
    )
    assert app.test_client().get("/healthz").status_code == 200
    monkeypatch.undo()
    monkeypatch.setattr("web.views.home.basis", lambda *_: 1 / 0)
    page = checked_error(app.test_client().get("/"))
    assert "Something broke on our side" in page.h1.text
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in page.text


def checked_error(response):
    assert response.status_code == 500
    assert response.headers["Cache-Control"] == "no-store"
    return checked(response)


@pytest.mark.parametrize(
    "path",
    ["/", "/nope", "/healthz", "/brands.csv", "/brands", "/robots.txt", "/brands.json"],
)
def test_every_answer_has_the_security_headers(client, path):
    headers = client.get(path).headers
    for name in (
        "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy",
        "X-Frame-Options", "Permissions-Policy",
    ):  # fmt: skip
        assert len(headers.getlist(name)) == 1
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_health(client, empty):
    assert client.get("/healthz").json == {
        "ok": True, "edition": "2026-Q3", "sample": False,
    }  # fmt: skip
    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"
    assert empty.test_client().get("/healthz").json == {
        "ok": True, "edition": None, "sample": False,
    }  # fmt: skip


def test_robots(client):
    assert "Disallow: /search" in client.get("/robots.txt").text


# Static files


def test_static_files_carry_a_hash_and_stay_forever(world, client):
    urls = world.extensions["answerable"].static.urls
    assert {"look.css", "chart.js", "chart.css", "icon.svg", "plotly.js"} <= set(urls)
    for name, url in urls.items():
        if name == "plotly.js":
            continue
        found = client.get(url)
        assert found.status_code == 200
        assert "immutable" in found.headers["Cache-Control"]
        assert re.fullmatch(r"/static/\w+\.[0-9a-f]{16}\.\w+", url)
    for path in ("/static/look.css", "/static/", "/static/../wsgi.py", "/static/x/y"):
        assert client.get(path).status_code == 404


def test_plotly_comes_from_the_installed_package(world, client):
    import plotly

    url = world.extensions["answerable"].static.url("plotly.js")
    body = client.get(url, headers={"Accept-Encoding": "br"}).data
    bundle = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert brotli.decompress(body) == bundle.read_bytes()
    assert len(body) < 1_600_000


# Caches


def held(app) -> Shelf:
    return app.extensions["answerable"].shelf()


def test_unknown_parameters_make_no_new_page(world_var):
    app = site(world_var)
    client = app.test_client()
    first = client.get("/").headers["ETag"]
    for query in (
        "utm_source=x",
        "utm_campaign=%ff&fbclid=1",
        "industry=",
        "&&&=",
        "x",
    ):
        assert client.get(f"/?{query}").headers["ETag"] == first
    assert len(held(app)) == 1


def test_the_order_of_parameters_makes_no_new_page(world_var):
    app = site(world_var)
    client = app.test_client()
    for query in (
        "sort=wait&industry=banks", "industry=banks&sort=wait",
        "industry=+banks&sort=wait", "sort=wait&industry=%62anks&page=",
        "sort=wait&industry=banks&sort=wait&x=1",
    ):  # fmt: skip
        assert client.get(f"/?{query}").status_code == 200
    assert len(held(app)) == 1


def test_readers_cannot_fill_the_memory(world_var):
    app = site(world_var)
    client = app.test_client()
    for number in range(20):
        client.get(f"/search?q=air{number}")
        client.get(f"/nope/{number}")
        client.get(f"/brands/nope-{number}")
        client.get(f"/?page={number + 2}")
    assert len(held(app)) == 0


def test_the_shelf_puts_out_what_was_used_longest_ago():
    shelf = Shelf("v", limit=2_000)
    first, second, third = (Entry(bytes([n]) * 400, "text/plain") for n in range(3))
    shelf.put("/1", first)
    shelf.put("/2", second)
    assert shelf.get("/1") is first
    shelf.put("/3", third)
    assert (shelf.get("/1"), shelf.get("/2"), shelf.get("/3")) == (first, None, third)
    shelf.put("/3", third)  # put again: counted once
    assert len(shelf) == 2
    shelf.put("/large", Entry(b"x" * 1_001, "text/plain"))
    assert shelf.get("/large") is None


def test_a_page_is_rendered_once(world_var, monkeypatch):
    app = site(world_var)
    rendered = []
    home = next(route for route in routes.ROUTES if route.rule == "/")
    monkeypatch.setattr(
        "web.app._page", lambda *_, **__: rendered.append(1) or Entry(b"x", "text/html")
    )
    for _ in range(3):
        assert app.test_client().get("/").data == b"x"
    assert rendered == [1]
    assert home.kept


# A new edition


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_new_edition_is_seen_within_two_seconds(tmp_path):
    here = Settings(var=tmp_path, database_url="")
    clock = Clock()
    source = Source(here, Store, clock)
    assert source.library().current is None
    store = Store(here.database)
    store.migrate()
    clock.now += POLL_S
    assert source.library().current is None, "a schema is no edition"
    save(store, edition("2026-Q3", Q3), lines())
    assert source.library().current is None, "not asked again so soon"
    clock.now += POLL_S
    assert source.library().current.name == "2026-Q3"
    before = source.library()
    clock.now += POLL_S
    assert source.library() is before, "nothing new: the same books stay open"
    store.close()


def test_a_measured_edition_takes_the_place_of_the_sample(tmp_path):
    here = Settings(var=tmp_path, database_url="")
    sample = Store(here.sample_database)
    sample.migrate()
    save(sample, edition("made-up", Q3, sample=True), lines())
    clock = Clock()
    source = Source(here, Store, clock)
    assert (source.library().current.name, source.library().sample) == ("made-up", True)
    store = Store(here.database)
    store.migrate()
    save(store, edition("2026-Q3", Q3), lines())
    clock.now += POLL_S
    assert (source.library().current.name, source.library().sample) == (
        "2026-Q3", False,
    )  # fmt: skip
    sample.close()
    store.close()


def test_looks_are_shown_before_there_is_an_edition(tmp_path):
    here = Settings(var=tmp_path, database_url="")
    sample = Store(here.sample_database)
    fill(sample, sample=True)
    sample.close()
    client = site(tmp_path).test_client()
    assert "These are real" not in client.get("/sources").text
    store = Store(here.database)
    store.migrate()
    store.put_channels(channels())
    (failed,) = [run for run in runs() if run.outcome == "failed"]
    store.record_run(failed)
    store.close()
    page = checked(site(tmp_path).test_client().get("/sources"), sample=True)
    said = page.select_one("main").text
    assert "1\u00a0source has a problem now" in said
    assert "These are real" in said
    assert "1 source" not in page.select_one(".edition").text
    (tmp_path / "sample.db").unlink()
    page = checked(site(tmp_path).test_client().get("/sources"))
    assert "social.example did not answer" in page.select_one("main").text


def test_pages_change_with_the_edition(tmp_path, monkeypatch):
    monkeypatch.setattr("web.source.POLL_S", 0.0)
    here = Settings(var=tmp_path, database_url="")
    store = Store(here.database)
    store.migrate()
    save(store, edition("2026-Q2", (20_544, 20_635)), lines())
    client = site(tmp_path).test_client()
    before = client.get("/")
    save(store, edition("2026-Q3", Q3), lines())
    after = client.get("/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "edition 2026-Q3" not in before.text
    assert "July to September 2026" in after.text
    store.close()


def test_a_database_that_fails_for_a_moment_takes_nothing_down(
    world_var, monkeypatch, caplog
):
    from sqlalchemy.exc import OperationalError

    app = site(world_var)
    client = app.test_client()
    assert client.get("/").status_code == 200
    source = app.extensions["answerable"].source

    def fail(*_):
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(Store, "version", fail)
    source._due = 0.0
    assert client.get("/").status_code == 200
    assert client.get("/healthz").json["edition"] == "2026-Q3"
    assert "could not be read" in caplog.text


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100])
def test_a_file_that_is_no_database_is_no_edition(tmp_path, content):
    (tmp_path / "answerable.db").write_bytes(content)
    response = site(tmp_path).test_client().get("/")
    assert "Nothing has been measured yet" in checked(response).h1.text
    assert (tmp_path / "answerable.db").read_bytes() == content


# Hostile addresses

HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "airlines", "social", "reviews", "wait", "-wait", "--wait", "1", "0", "-1",
            "1e9", "٣", "999999999999", "'; DROP TABLE edition;--", "<script>", "../..",
            "\x00", "\ud7ff", "%", "%%%", "audit", "a" * 5_000,
        ]
    ),
)  # fmt: skip
NAMES = st.sampled_from(
    ["industry", "family", "sort", "page", "q", "utm_source", "", "Industry", "page[]"]
)
PATHS = st.sampled_from(
    ["/", "/industries", "/industries/banks", "/search", "/brands.csv", "/brands.json",
     "/brands/northwind-air", "/editions/2026-Q2", "/industries/banks.json"]
)  # fmt: skip


CHECKED: set[str] = set()


def checked_once(response) -> None:
    """A page that was held against the rules before need not be again."""
    if response.headers["ETag"] not in CHECKED:
        checked(response)
        CHECKED.add(response.headers["ETag"])


@NOTHING
@given(path=PATHS, asked=st.lists(st.tuples(NAMES, HOSTILE), max_size=4))
def test_no_query_breaks_a_page(client, path, asked):
    response = client.get(path, query_string=asked)
    assert response.status_code in (200, 404)
    if response.mimetype == "text/html":
        checked_once(response)


@NOTHING
@given(raw=st.text("%&=;+?#abcdef0123456789\x7fé", max_size=60), path=PATHS)
def test_no_raw_query_string_breaks_a_page(client, path, raw):
    environ = {"QUERY_STRING": raw.encode().decode("latin-1")}
    response = client.get(path, environ_overrides=environ)
    assert response.status_code in (200, 404)


@NOTHING
@given(
    start=st.sampled_from(["/brands/", "/industries/", "/editions/", "/static/", "/"]),
    rest=HOSTILE,
)
def test_no_path_breaks_the_site(client, start, rest):
    raw = (start + rest).encode("utf-8", "replace").decode("latin-1")
    response = client.get("/", environ_overrides={"PATH_INFO": raw})
    assert response.status_code in (200, 308, 404)
    if response.mimetype == "text/html" and response.status_code != 308:
        checked_once(response)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("industry=nope", "There is no industry “nope” in this edition."),
        ("family=nope", "There is no family “nope”."),
        ("family=audit", "no brands in field studies"),
        ("sort=nope", "There is no sort “nope”."),
        ("page=0", "“0” is not the number of a page."),
        ("page=2", "There are 1 pages of this table, and no page 2."),
        ("sort=wait&sort=name", "gives “sort” twice"),
        ("&".join(f"a{n}=1" for n in range(201)), "more than 200 parameters"),
    ],
)
def test_a_value_that_means_nothing_is_answered_by_a_sentence(get, query, says):
    assert says in get(f"/?{query}", 404).select_one("main").text


@given(
    st.dictionaries(st.sampled_from(["industry", "q", "sort"]), st.text(max_size=20))
)
def test_canonical_addresses_read_back_as_they_were(asked):
    given_values = {**asked, "sort": "wait"}
    _, _, raw = address("/", given_values).partition("?")
    try:
        found = read(raw, ("industry", "q", "sort"))
    except NotHere:
        return
    assert address("/", found) == address("/", read(address("/", found)[2:], found))


def test_slugs_that_nobody_has_are_sentences(get):
    for path in ("/brands/nope", "/industries/nope", "/editions/nope"):
        said = get(path, 404).select_one("main").text
        assert "“nope”" in said
    assert "no brand" in get("/editions/2026-Q2/brands/tiny-bank", 404).text


# Rules of the code


def used_fields() -> dict[str, set[str]]:
    """Template to the fields of ``page`` it uses."""
    found = {}
    for path in (ROOT / "templates" / "pages").glob("*.html"):
        names = re.findall(r"\bpage\.(\w+)", path.read_text())
        found[path.stem] = set(names)
    return found


PAGES = [
    kind for kind in vars(pages).values()
    if isinstance(kind, type) and issubclass(kind, pages.Page) and kind != pages.Page
]  # fmt: skip


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
def test_every_field_of_a_page_is_used_and_it_is_documented(kind):
    base = {field.name for field in dataclasses.fields(pages.Page)}
    fields = {field.name for field in dataclasses.fields(kind)} - base
    used = used_fields()[kind.template]
    unused = fields - used
    assert not unused, f"{kind.template}.html does not use {unused}"
    assert used - base <= fields
    assert kind.__doc__
    assert len(kind.__doc__) > 20


def test_the_layout_uses_every_field_of_page_and_frame():
    text = (ROOT / "templates" / "layouts" / "base.html").read_text()
    for field in dataclasses.fields(pages.Page):
        assert f"page.{field.name}" in text
    everything = text + "".join(
        path.read_text() for path in (ROOT / "templates").rglob("*.html")
    )
    for field in dataclasses.fields(pages.Frame):
        assert f"frame.{field.name}" in everything
    for field in dataclasses.fields(pages.EditionNote):
        assert f"edition.{field.name}" in everything


def test_every_component_is_one_documented_macro_of_its_name():
    for path in (ROOT / "templates" / "components").glob("*.html"):
        text = path.read_text()
        assert text.startswith("{#-"), f"{path.name} does not say what it takes"
        assert f"{{% macro {path.stem}(" in text, path.name
        assert "page." not in re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


def test_every_component_is_on_the_patterns_page_or_on_every_page():
    shown = {path.stem for path in (ROOT / "templates" / "components").glob("*.html")}
    text = (ROOT / "templates" / "pages" / "patterns.html").read_text()
    text += (ROOT / "templates" / "layouts" / "base.html").read_text()
    inside = {"row", "whisker", "place", "share", "section", "history"}
    for name in shown - inside:
        assert f"components/{name}.html" in text, name


def test_views_contain_no_try():
    for path in (ROOT / "site" / "web" / "views").glob("*.py"):
        tree = ast.parse(path.read_text())
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.Try)], path.name


def test_every_column_is_explained():
    from web.views.about import COLUMN_WORDS

    columns = {*tables.BRANDS, *tables.ACCOUNTS, *tables.INDUSTRIES}
    assert columns == set(COLUMN_WORDS)
    assert set(tables.FIGURES) <= set(Standing.model_fields)


def test_gunicorn_serves_the_application_without_any_database(tmp_path):
    """`gunicorn wsgi:app` loads it; nothing is made or migrated on the way."""
    code = (
        "import sys; sys.path[:0] = ['.', 'site']; import wsgi;"
        "print(wsgi.app.test_client().get('/').status_code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"ANSWERABLE_VAR": str(tmp_path / "var"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "200", done.stderr
    assert not (tmp_path / "var").exists()


def test_json_of_a_table_is_valid_for_odd_names(client):
    rows = json.loads(client.get("/brands.json").data)["rows"]
    assert "Sly <Air> & Söhne" in {row["name"] for row in rows}
