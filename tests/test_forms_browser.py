"""Forms in a real browser: what axe finds on them in every state they have, and that
they can be filled in, corrected and sent by keyboard alone and without scripts."""

import re
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from flask import Flask, abort
from werkzeug.serving import make_server

from fixtures_browser import WIDTHS, Reader, faults
from fixtures_web import site
from web import filing

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WATCH, REPLY, ASK = (
    "/brands/northwind-air/watch",
    "/brands/northwind-air/reply",
    "/corrections/ask",
)
HOOK = "https://hooks.northwind.example/a/rather/long/address/of/a/webhook"
WORDS = "We hired twelve people in February, and so we answer at night as well."


@contextmanager
def serving(app: Flask):
    """In this process, so that a test can change what it does."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def address(mail_app):
    with serving(mail_app) as address:
        yield address


@pytest.fixture(params=WIDTHS)
def page(request, browser):
    size = dict(zip(("width", "height"), WIDTHS[request.param], strict=True))
    context = browser.new_context(viewport=size, bypass_csp=True)
    yield context.new_page()
    context.close()


def link(box) -> str:
    (found,) = re.findall(r"https?://\S+/confirm/\S+", box.mails[-1].get_content())
    return urlsplit(found).path


def send(page) -> None:
    with page.expect_navigation():
        page.locator("main form.file button").click()


class Looked:
    """What axe finds, page after page, with the state in which it was found."""

    def __init__(self, page, address: str) -> None:
        self.page, self.address, self.found, self.looked = page, address, [], 0

    def at(self, state: str, path: str = "") -> None:
        if path:
            self.page.goto(self.address + path)
        self.looked += 1
        self.found += [f"{state}: {fault}" for fault in faults(self.page)]
        wide = "document.documentElement.scrollWidth - innerWidth"
        if self.page.evaluate(wide) > 0:
            self.found.append(f"{state}: scrolls sideways")


def test_no_form_has_a_fault_in_any_state(page, address, box, monkeypatch):
    look = Looked(page, address)
    for path in (WATCH, REPLY, ASK):
        look.at(f"empty {path}", path)
        send(page)
        assert page.locator(".wrong").is_visible()
        look.at(f"with mistakes {path}")

    page.goto(address + WATCH)
    page.check("#webhook")
    page.fill("#email", "it@northwind.example")
    page.fill("#url", HOOK)
    box.refusing = True
    send(page)
    look.at("mail that cannot be sent")
    box.refusing = False
    send(page)
    look.at("a mail was sent")
    look.at("to confirm", link(box))
    send(page)
    assert page.locator("pre.code").is_visible()
    look.at("the key of a webhook")

    page.goto(address + REPLY)
    page.check("#reply")
    page.fill("#email", "press@northwind.example")
    page.fill("#text", WORDS)
    send(page)
    look.at("a filing to confirm", link(box))
    send(page)
    look.at("a filing that waits")
    look.at("a docket", "/corrections")
    look.at("a brand that disputes its figures", "/brands/northwind-air")

    monkeypatch.setattr(filing.Office, "may_mail", lambda *_: False)
    page.goto(address + WATCH)
    page.fill("#email", "reader@mail.example")
    send(page)
    look.at("too many")
    assert look.looked == 15
    assert look.found == []


@pytest.mark.parametrize("status", [400, 403, 405, 413, 500, 503])
def test_no_page_about_a_fault_has_one(page, world_var, status):
    app = site(world_var)
    app.view_functions["current /about"] = lambda: abort(status)
    with serving(app) as address:
        look = Looked(page, address)
        look.at(f"status {status}", "/about")
        assert page.locator("h1").is_visible()
        assert look.found == []


def test_no_page_has_a_fault_where_nothing_was_measured(page, tmp_path):
    with serving(site(tmp_path / "nowhere")) as address:
        look = Looked(page, address)
        for path in ("/", "/sources", "/method", "/corrections", "/data", "/search"):
            look.at(f"empty {path}", path)
        assert look.found == []


@pytest.fixture
def reader(browser, address):
    context = browser.new_context(java_script_enabled=False)
    yield Reader(context.new_page(), address)
    context.close()


def test_mistakes_are_found_and_mended_by_keyboard_without_scripts(reader, box):
    """From the list of what is wrong each link leads into its field."""
    reader.open(WATCH)
    reader.choose("#webhook")
    reader.type("#email", "it@northwind.example")
    reader.follow("main button[type=submit]")
    wrong = reader.page.locator(".wrong")
    assert wrong.get_attribute("role") == "alert"
    reader.reach(".wrong a")
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.press("Tab")  # from where the link led
    at = reader.page.locator(":focus")
    assert at.get_attribute("id") in ("url", None)
    assert reader.page.locator("#email").input_value() == "it@northwind.example"
    assert reader.page.locator("#webhook").is_checked()
    reader.type("#url", HOOK)
    reader.follow("main button[type=submit]")
    assert wrong.count() == 0
    assert box.recipients == ["it@northwind.example"]


def test_who_asks_for_a_brand_needs_no_pointer_and_no_script(reader, box):
    reader.open("/search?q=zeppelin")
    reader.follow('main a[href^="/corrections/ask"]')
    assert reader.page.locator("#name").input_value() == "zeppelin"
    reader.type("#email", "reader@mail.example")
    reader.type("#text", "They answer nobody, and I would like to know since when.")
    reader.follow("main button[type=submit]")
    reader.open(link(box))
    reader.follow("main button")
    assert "a brand that is not in our list" in reader.said()


@pytest.fixture
def still(browser, served):
    """Somebody with a keyboard on the small world, where no script runs."""
    context = browser.new_context(java_script_enabled=False)
    yield Reader(context.new_page(), served)
    context.close()


def test_brands_are_compared_by_keyboard_without_scripts(still):
    still.open("/compare")
    for typed, name in (("nortwind", "Northwind Air"), ("elan", "Crédit Élan")):
        still.type("#add", typed)
        still.follow("form.find:has(#add) button")
        still.follow(f'.found a:has-text("{name}")')
    rows = still.page.locator("tbody th > a")
    assert sorted(set(rows.all_inner_texts())) == ["Crédit Élan", "Northwind Air"]
    still.follow('main p a:has-text("Northwind Air")')
    assert "Northwind Air" not in rows.all_inner_texts()
    assert rows.count() > 0


def test_a_brand_is_found_and_its_blocks_opened_by_keyboard_without_scripts(still):
    still.open("/search")
    still.type("#again", "southwind")
    still.follow("main form.find button")
    still.follow(".found a")
    assert still.heading() == "Northwind Air"
    still.reach(".fold > summary")
    block = still.page.locator(".fold").first
    shut = block.bounding_box()["height"]
    still.page.keyboard.press("Enter")
    assert block.bounding_box()["height"] > shut


def test_the_table_is_filtered_and_sorted_by_keyboard_without_scripts(still):
    still.open("/")
    still.reach("#industry")
    still.page.keyboard.type("Ban")
    still.follow("form.filters button")
    assert "industry=banks" in still.page.url
    still.follow('thead a:has-text("Typical wait")')
    assert "sort=wait" in still.page.url
    assert still.page.locator("tbody th > a").first.inner_text() == "Crédit Élan"
