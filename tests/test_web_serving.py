"""How pages travel: encodings, tags, headers, static files, caches."""

import gzip
import json
import re

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import BuildError

from fixtures_web import checked, site
from settings import ROOT
from web import routes, static
from web.app import warm
from web.compression import compress, negotiate
from web.shelf import Entry, Shelf, matches

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
    assert "Accept-Encoding" in found.headers["Vary"]
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


@pytest.mark.parametrize("path", ["/api/v1/brands", "/brands.csv", "/brands.json"])
def test_scripts_of_other_sites_may_read_that_nothing_has_changed(client, path):
    """Browsers keep an answer from them that does not say so itself."""
    whole = client.get(path)
    same = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert same.status_code == 304
    for found in (whole, same):
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in found.headers["Access-Control-Expose-Headers"]


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


def test_plotly_comes_from_an_installed_package(world, client):
    """The smaller bundle where set-up could fetch it, else that of Python's package."""
    url = world.extensions["answerable"].static.url("plotly.js")
    body = client.get(url, headers={"Accept-Encoding": "br"}).data
    bundle = static.plotly_js()
    assert {"node_modules", "package_data"} & {part.name for part in bundle.parents}
    # No comparison that would be explained line by line when it fails.
    same = brotli.decompress(body) == bundle.read_bytes()
    assert same, bundle
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


# The bundle of charts


def bundle(folder, version):
    made = folder / "plotly-basic.min.js"
    made.write_bytes(b"/**\n* plotly.js (basic - minified) v" + version + b"\n*/")
    return made


def test_the_small_bundle_is_served_where_it_is_of_the_packages_version(tmp_path):
    version = static._version(static.packaged())
    assert re.fullmatch(rb"\d+\.\d+\.\d+", version)
    small = bundle(tmp_path, version)
    assert static.plotly_js(small) == small


@pytest.mark.parametrize("version", [b"1.2.3", b"", b"9"])
def test_another_or_none_leaves_the_packages(tmp_path, version):
    assert static.plotly_js(bundle(tmp_path, version)) == static.packaged()
    assert static.plotly_js(tmp_path / "nothing.js") == static.packaged()


def test_the_bundle_that_set_up_fetches_is_of_the_packages_version():
    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    version = static._version(static.packaged()).decode()
    assert asked == {"plotly.js-basic-dist-min": version}


@pytest.mark.parametrize("path", ["/brands/northwind-air", "/industries/airlines"])
def test_charts_are_of_kinds_that_the_small_bundle_draws(get, path):
    found = {
        trace["type"]
        for data in get(path).select(".chart__data")
        for trace in json.loads(data.text)["data"]
    }
    assert found
    assert found <= {"bar", "scatter", "pie"}


def test_a_style_sheet_in_parts_is_served_as_one(tmp_path):
    for name, text in (("look.css", "a{}"), ("look-b.css", "b{}"), ("c.css", "c{}")):
        (tmp_path / name).write_text(text)
    files = static.Static(tmp_path)
    assert set(files.urls) == {"look.css", "c.css", "plotly.js"}
    entry = files.entry(files.url("look.css"))
    assert entry is not None
    assert entry.plain == b"a{}b{}"


def test_a_site_is_read_before_anybody_asks(world_var):
    app = site(world_var)
    assert app.extensions["answerable"]._shelf.version == ""
    warm(app)
    assert app.extensions["answerable"].shelf().get("/") is not None


def test_a_rule_is_turned_back_into_an_address_when_that_is_asked_for(world):
    """No page does; Flask and what is plugged into it may."""
    with world.test_request_context():
        where = world.url_for("current /brands/<slug:slug>", slug="a b", x="1/2")
        assert where == "/brands/a%20b?x=1/2"
        with pytest.raises(BuildError):
            world.url_for("current /brands/<slug:slug>")
