"""The story of a journalist: a sentence that is right, its citation, its data, and a
figure in an article that stays what it was when the next edition comes out."""

import csv
import io
import re
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fixtures_browser import serve
from fixtures_web import (
    Q2,
    Q3,
    REGISTRY,
    channels,
    details,
    edition,
    lines,
    save,
    shares,
)
from settings import Settings
from store import Store

pytestmark = pytest.mark.browser

SOON_S = 30.0


@pytest.fixture
def desk(tmp_path):
    """A site of one edition, which the test publishes another one to."""
    store = Store(Settings(var=tmp_path / "var", database_url="").database)
    store.migrate()
    store.put_registry(REGISTRY)
    store.put_channels(channels())
    save(store, edition("2026-Q2", Q2), lines(), details())
    for address in serve(tmp_path / "var", public=True):
        yield address, store
    store.close()


@pytest.fixture
def newspaper(tmp_path):
    """Another site, on which an article is put up."""
    folder = tmp_path / "newspaper"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *said):
            pass

    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    thread.join()
    server.server_close()


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def publish_another(store: Store) -> None:
    """The brand answers fewer people in it."""
    rows = [
        {**row, **shares(0.2, 0.33, 0.4, 1_000)}
        if row["slug"] == "northwind-air" and row["level"] == "brand"
        else row
        for row in lines()
    ]
    save(store, edition("2026-Q3", Q3), rows, details())


def until(shown: Callable[[], bool]) -> None:
    """Looks again until it is so: each of the site's processes finds a new edition by
    itself, within two seconds, and any of them may answer."""
    end = time.monotonic() + SOON_S
    while not shown():
        assert time.monotonic() < end, f"not shown within {SOON_S:.0f} seconds"
        time.sleep(0.2)


@contextmanager
def new_reader(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


TABLE = "Figures CSV northwind-air.csv"


def taken(page, address: str, name: str) -> bytes:
    """What a link of the page leads to."""
    link = page.get_by_role("link", name=name, exact=True).first
    answer = page.request.get(f"{address}{link.get_attribute('href')}")
    assert answer.status == 200
    return answer.body()


def test_a_journalist_quotes_cites_checks_and_embeds(desk, newspaper, browser):
    address, store = desk
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/brands/northwind-air")

    sentence = plain(page.locator("#cite + .cite").inner_text())
    told = re.fullmatch(
        r"Northwind Air on social networks, April to June 2026: (\d+) of 100 people had"
        r" an answer within a day \(95 % interval (\d+)–(\d+); ([\d,]+) inquiries\),"
        r" between 1st and 2nd place of 3\.",
        sentence,
    )
    assert told, sentence

    table = taken(page, address, TABLE)
    of_table = page.get_by_role("link", name=TABLE).first.get_attribute("href")
    (row, *_) = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    share, low, high = (
        round(100 * float(row[f"share_t2{end}"])) for end in ("", "_low", "_high")
    )
    assert told.groups() == (str(share), str(low), str(high), f"{share and 1_000:,}")
    assert int(row["inquiries"]) == 1_000
    assert (row["rank_low"], row["rank_high"]) == ("1", "2")

    page.get_by_text("APA and BibTeX").click()
    pinned = f"{address}/editions/2026-Q2/brands/northwind-air"
    apa = page.locator("details[open] .cite").inner_text()
    bibtex = page.locator("details[open] pre").inner_text()
    for said in (apa, bibtex):
        assert pinned in said
        assert "edition 2026-Q2" in said
    assert apa.startswith("Answerable. (2026).")
    assert bibtex.startswith("@misc{answerable-2026-Q2,")

    svg, png = (
        taken(page, address, f"{kind.upper()} waits.{kind}") for kind in ("svg", "png")
    )
    assert b"edition 2026-Q2" in svg
    assert png.startswith(b"\x89PNG")
    assert b"edition 2026-Q2" in png
    picture = page.get_by_role("link", name="PNG waits.png").first
    at = f"{address}{picture.get_attribute('href')}"

    snippet = page.locator("#embed + pre").inner_text()
    article = f"<!doctype html><title>Article</title><p>{sentence}</p>{snippet}"
    site, folder = newspaper
    (folder / "index.html").write_text(article, encoding="utf-8")
    page.goto(site)
    shown = page.frame_locator("iframe")
    before = plain(shown.locator(".embed__say").inner_text())
    assert "83 get an answer within three days" in before
    assert "newer edition" not in shown.locator(".embed__source").inner_text()

    publish_another(store)
    found = []

    def told_of_a_newer_one() -> bool:
        with new_reader(browser) as page:  # whose browser keeps nothing yet
            page.goto(site)
            shown = page.frame_locator("iframe")
            assert plain(shown.locator(".embed__say").inner_text()) == before
            source = shown.locator(".embed__source")
            assert "edition 2026-Q2" in plain(source.inner_text())
            link = source.get_by_role("link", name="2026-Q3")
            found[:] = [link.get_attribute("href")] if link.count() else []
            return "There is a newer edition: 2026-Q3." in plain(source.inner_text())

    until(told_of_a_newer_one)
    (newer,) = found
    assert page.request.get(at).body() == png, "the picture stays as well"
    assert page.request.get(f"{address}{of_table}").body() == table, "and the table"

    def newer_is_shown() -> bool:
        with new_reader(browser) as page:
            page.goto(newer)
            return "40 get an answer" in plain(page.locator(".say").first.inner_text())

    until(newer_is_shown)
    page.goto(pinned)
    assert sentence in plain(page.locator("main").inner_text())
    assert "You are reading edition 2026-Q2" in page.locator(".older").inner_text()
    context.close()
