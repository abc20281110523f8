"""The story of a consumer with a phone in hand and a name half remembered: will they
answer, and where should I write to them?"""

import pytest

pytestmark = pytest.mark.browser

SAID = (
    "Of 100 people who write to Northwind Air on social networks, 83 get an answer"
    " within three days, 41 of them within an hour."
)
SCREENS = 2 * 740
"""Pixels: two screens of the phone, before which the advice must begin."""


def plain(locator) -> str:
    return " ".join(locator.inner_text().replace("\u00a0", " ").split())


def read(page) -> None:
    """What the consumer came for, in the order in which it is read."""
    assert page.locator("h1").inner_text() == "Northwind Air"
    say = page.locator(".say").first
    assert plain(say).startswith(SAID), plain(say)
    assert say.bounding_box()["y"] < 740, "the answer is on the first screen"
    sure = plain(page.locator(".sure").first)
    assert "Based on 1,000 inquiries from 900 people" in sure
    assert "95 % sure that the true share lies between 78 and 88 of 100" in sure
    advice = page.locator(".advice").first
    assert plain(advice).startswith("Write on Bluesky.")
    assert "Bluesky 90 of 100 (85–95, 600 inquiries)" in plain(advice)
    assert "Mastodon 60 of 100 (55–65, 400 inquiries)" in plain(advice)
    assert advice.bounding_box()["y"] < SCREENS
    write = page.locator("#write + .presences")
    link = write.get_by_role("link", name="northwind.example")
    assert link.get_attribute("href").endswith("/profile/northwind.example")
    wide = "[document.documentElement.scrollWidth, innerWidth]"
    assert len(set(page.evaluate(wide))) == 1, "nothing has to be moved sideways"


def test_a_consumer_finds_the_best_channel_by_a_name_with_a_typo(open_page):
    page = open_page("/", "phone", has_touch=True)
    field = page.locator("#find")
    field.tap()
    field.press_sequentially("nortwin ar")
    # There may be another list for what was typed first.
    first = page.locator(".suggest:visible li:first-child", has_text="Northwind Air")
    first.wait_for()
    assert first.bounding_box()["height"] >= 24, "a finger meets it"
    first.tap()
    page.wait_for_url("**/brands/northwind-air")
    read(page)


def test_the_same_without_any_script(open_page):
    page = open_page("/", "phone", java_script_enabled=False)
    page.fill("#find", "nortwin ar")
    page.get_by_role("button", name="Find").click()
    found = page.locator(".found a")
    assert found.first.inner_text() == "Northwind Air"
    found.first.click()
    page.wait_for_url("**/brands/northwind-air")
    read_still(page)


def read_still(page) -> None:
    """The same where no script may be asked for the width of the page."""
    assert plain(page.locator(".say").first).startswith(SAID)
    assert plain(page.locator(".advice").first).startswith("Write on Bluesky.")
    assert page.locator("svg.chart__still").first.is_visible()
    summary = page.locator(".fold > summary").first
    block = page.locator(".fold").first
    shut = block.bounding_box()["height"]
    summary.click()
    assert block.bounding_box()["height"] > 3 * shut, "it opens without a script"


def test_a_name_of_another_spelling_or_of_before_is_found_too(open_page):
    page = open_page("/search?q=credit+elan", "phone")
    assert page.locator(".found a").first.inner_text() == "Crédit Élan"
    page.goto(page.url.split("?")[0] + "?q=southwind")
    assert page.locator(".found a").first.inner_text() == "Northwind Air"
    assert "formerly Southwind Airways" in page.locator(".found li").first.inner_text()


def test_where_nothing_can_be_advised_it_is_said(open_page):
    page = open_page("/brands/half-seen", "phone")
    assert "of the period" in plain(page.locator(".state").first)
    assert page.locator(".advice").count() == 0
