"""A brand watches itself, hears that it moved, replies, and sees that on the docket:
in a real browser without scripts, by keyboard alone, with real mail."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

import cli
from fixtures_browser import WIDTHS, Reader, serve
from jobs.telling import tell
from settings import Settings
from smtp_server import Postbox
from store import Store
from test_changes_published import fill, made, registry
from web.filing import FASTEST_S

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "We hired twelve people in February; that is why more of you had an answer."


@pytest.fixture
def bolt(tmp_path: Path):
    """Three brands of which Bolt answers far more in the second of two periods; only
    the first is published."""
    store = Store(Settings(var=tmp_path, database_url="").database)
    store.migrate()
    fill(store)
    known = registry()
    brands = tuple(
        replace(one, website=f"https://www.{one.slug}.example") for one in known.brands
    )
    store.put_registry(replace(known, brands=brands))
    made(store, 0, "one")
    yield store
    store.close()


def link(box: Postbox, part: str) -> str:
    (found,) = re.findall(rf"http://\S+{part}\S*", box.mails[-1].get_content())
    return str(found)


@pytest.fixture(params=["phone", "desk"])
def reader(request, browser, bolt, box, tmp_path):
    settings = {
        "ANSWERABLE_SMTP_HOST": "127.0.0.1",
        "ANSWERABLE_SMTP_PORT": str(box.port),
        "ANSWERABLE_SMTP_TLS": "none",
        "ANSWERABLE_MAIL_FROM": "docket@answerable.example",
    }
    size = dict(zip(("width", "height"), WIDTHS[request.param], strict=True))
    for address in serve(tmp_path, public=True, **settings):
        context = browser.new_context(viewport=size, java_script_enabled=False)
        yield Reader(context.new_page(), address)
        context.close()


def until(what, seconds: float = 60.0) -> None:
    """A site looks for a new edition every other second."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.3)


def test_a_brand_watches_itself_replies_and_sees_it_on_the_docket(
    reader: Reader, bolt: Store, box: Postbox, tmp_path: Path, monkeypatch, capsys
) -> None:
    # It watches itself.
    reader.open("/brands/bolt")
    reader.follow('a[href="/brands/bolt/watch"]')
    assert reader.heading() == "Watch Bolt"
    reader.choose("#mail")
    reader.type("#email", "press@bolt.example")
    time.sleep(FASTEST_S)
    reader.follow("main button")
    assert reader.heading() == "Look into your mail"
    reader.open(link(box, "/watch/confirm/"))
    reader.follow("main button")
    assert reader.heading() == "You watch this brand"

    # A later edition moves it, and the mail comes, once.
    settings = Settings(
        var=tmp_path, database_url="", public_url=reader.address,
        smtp_host="127.0.0.1", smtp_port=box.port, smtp_tls="none",
        mail_from="docket@answerable.example",
    )  # fmt: skip
    assert tell(bolt, settings) == 0
    made(bolt, 1, "two")
    assert tell(bolt, settings) == 1
    assert tell(bolt, settings) == 0
    assert box.recipients == ["press@bolt.example"] * 2
    assert box.mails[-1]["Subject"] == "Bolt has moved in edition two"
    assert "its score rose to" in box.mails[-1].get_content()
    stop = link(box, "/watch/stop/")

    # It reads what moved, and replies.
    def moved() -> bool:
        response = reader.page.goto(link(box, "/editions/two/brands/bolt"))
        return bool(response.status == 200)

    until(moved)
    assert reader.heading() == "Bolt"
    reader.follow('a[href="/brands/bolt/reply"]')
    reader.choose("#reply")
    reader.type("#email", "press@bolt.example")
    reader.type("#text", WORDS)
    time.sleep(FASTEST_S)
    reader.follow("main button")
    assert reader.heading() == "Look into your mail"
    reader.open(link(box, "/corrections/confirm/"))
    reader.follow("main button")
    assert "Under review" in reader.said()
    assert WORDS not in reader.said()

    # The operator accepts it.
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path))
    monkeypatch.delenv("ANSWERABLE_DATABASE_URL", raising=False)
    assert cli.main(["corrections", "accept", "1", "--text", "Thank you."]) == 0
    assert "public now" in capsys.readouterr().out

    # It is on the docket, and beside the figure.
    reader.open("/corrections")
    assert "Accepted" in reader.said()
    reader.follow('main a[href="/corrections/1"]')
    reader.page.reload()  # it was here before, and a page may be kept half a minute
    assert WORDS in reader.said()

    reader.open("/brands/bolt")

    def disputed() -> bool:
        reader.page.reload()
        return bool(reader.page.locator("#disputed").count() == 1)

    until(disputed)
    reader.follow("#disputed a")
    assert reader.page.url == f"{reader.address}/corrections/1"

    # And it stops watching.
    reader.open(stop)
    reader.follow("main button")
    assert reader.heading() == "You have stopped watching"
    assert bolt.outbox().watching == 0
