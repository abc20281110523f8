"""Search while one types: by keyboard, by pointer, and without any script."""

import pytest

pytestmark = pytest.mark.browser


def suggested(page):
    page.wait_for_selector(".suggest li:visible")
    return page.locator(".suggest:visible li")


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_names_are_suggested_while_one_types_in_spite_of_spelling(open_page, width):
    page = open_page("/", width)
    page.fill("#find", "")
    page.locator("#find").press_sequentially("nortwin")
    # There may be another list for what was typed first.
    first = page.locator(".suggest:visible li:first-child", has_text="Northwind Air")
    first.wait_for()
    box = page.locator(".suggest:visible").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    first.click()
    page.wait_for_url("**/brands/northwind-air")


def test_the_list_is_used_by_keyboard_and_told_to_those_who_listen(open_page):
    page = open_page("/")
    field = page.locator("#find")
    assert field.get_attribute("role") == "combobox"
    field.fill("air")  # at once: one list, and not another while one is in it
    items = suggested(page)
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    field.press("ArrowDown")
    chosen = items.nth(1)
    assert chosen.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    name = chosen.inner_text()
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    field.fill("air ")
    suggested(page)
    field.press("ArrowUp")  # from the field to the last
    last = page.locator(".suggest:visible [aria-selected=true]")
    assert last.inner_text() != name
    field.press("Enter")
    page.wait_for_url("**/brands/*")


def test_what_has_no_name_like_it_shows_no_list(open_page):
    page = open_page("/")
    with page.expect_response("**/search.json?*"):
        page.locator("#find").press_sequentially("zzzz")
    page.wait_for_timeout(100)
    assert page.locator(".suggest:visible").count() == 0


def test_without_scripts_the_form_leads_to_a_page(open_page):
    page = open_page("/", java_script_enabled=False)
    page.fill("#find", "nortwind")
    page.press("#find", "Enter")
    page.wait_for_url("**/search?q=nortwind*")
    assert page.locator(".found a").first.inner_text() == "Northwind Air"


def test_a_pinned_page_suggests_of_its_edition(open_page):
    page = open_page("/editions/2026-Q2")
    page.locator("#find").fill("northw")
    suggested(page).first.click()
    page.wait_for_url("**/editions/2026-Q2/brands/northwind-air")
