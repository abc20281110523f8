"""Pages for those who see them otherwise: in a theme of few colours, on a small phone
in every language, from right to left, or read aloud. `make browser` runs these."""

import pytest

from fixtures_browser import PATIENCE_MS
from web.tongue import OTHERS

pytestmark = pytest.mark.browser

SPOKEN = ("", *(f"/{language}" for language in OTHERS))
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"
USABLE = """e => { const look = getComputedStyle(e);
    return e.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight)
}"""
BACKGROUND = "e => getComputedStyle(e).backgroundColor"
COLOUR = "e => getComputedStyle(e).color"
FOOT_OF = "e => getComputedStyle(e).borderBottomColor"
MIRRORED = "document.documentElement.dir = 'rtl'; document.documentElement.scrollWidth"
NOTES = """() => [...document.querySelectorAll('.plain--narrow th small')].map(each => [
    each.textContent,
    each.getBoundingClientRect().height / parseFloat(getComputedStyle(each).fontSize)
])"""
"""What they say, and how many times as high as a letter they are."""


def drawn(page, ident: str):
    """The figure, once Plotly has drawn it."""
    page.evaluate(OPEN_ALL)
    figure = page.locator(f"#{ident}")
    figure.scroll_into_view_if_needed()
    page.wait_for_selector(f"#{ident}[data-drawn]", timeout=PATIENCE_MS)
    return figure


# A theme of few colours


def test_the_page_one_is_on_can_be_told_in_a_theme_of_few_colours(open_page):
    page = open_page("/", forced_colors="active")
    here = page.locator(".top__nav [aria-current]").evaluate(FOOT_OF)
    paper = page.locator("body").evaluate(BACKGROUND)
    others = page.locator(".top__nav a:not([aria-current])")
    assert others.count() > 2
    assert {other.evaluate(FOOT_OF) for other in others.all()} == {paper}
    assert here != paper


def test_a_chosen_suggestion_can_be_told_there(open_page):
    page = open_page("/", forced_colors="active")
    page.locator("#find").fill("air")
    page.wait_for_selector(".suggest li:visible")
    page.locator("#find").press("ArrowDown")
    chosen = page.locator(".suggest:visible [aria-selected=true]")
    other = page.locator(".suggest:visible [aria-selected=false]").first
    for look in (COLOUR, BACKGROUND):
        assert chosen.evaluate(look) != other.evaluate(look)


def test_a_key_keeps_its_tones_there(open_page):
    tone = "all => all.map(e => getComputedStyle(e, '::before').backgroundColor)"
    items = ".key__item--1, .key__item--2, .key__item--3, .key__item--4"
    usual = open_page("/").locator(items).evaluate_all(tone)
    forced = open_page("/", forced_colors="active").locator(items).evaluate_all(tone)
    assert forced == usual
    assert len(set(forced)) == 4


# A small phone, in every language


@pytest.mark.parametrize("language", SPOKEN)
def test_what_is_typed_into_the_search_can_be_read_on_a_phone(open_page, language):
    page = open_page(f"{language}/", "phone")
    field = page.locator("#find")
    assert field.evaluate(USABLE) >= 180
    before = page.locator("h1").bounding_box()
    field.focus()
    assert page.locator("h1").bounding_box() == before, "nothing moves"


@pytest.mark.parametrize("language", SPOKEN)
def test_no_word_beside_a_figure_is_broken_on_a_phone(open_page, language):
    page = open_page(f"{language}/industries/airlines", "phone")
    page.evaluate(OPEN_ALL)
    notes = page.evaluate(NOTES)
    assert notes, "times beyond the horizon are estimates"
    assert [text for text, high in notes if " " not in text and high > 2] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


TEXTS = "text => text.map(e => [e.textContent, e.getBoundingClientRect().right])"


@pytest.mark.parametrize("language", SPOKEN)
def test_no_word_of_a_funnel_is_cut_off_on_a_phone(open_page, language):
    page = open_page(f"{language}/industries/airlines", "phone")
    figure = page.locator("#funnel-drawing")
    still = figure.locator(".chart__still text").evaluate_all(TEXTS)
    figure = drawn(page, "funnel-drawing")
    live = figure.locator(".chart__live text").evaluate_all(TEXTS)
    box = figure.bounding_box()
    assert len(still) > 10 < len(live)
    edge = box["x"] + box["width"]
    assert [text for text, right in (*still, *live) if right > edge] == []


# From right to left


@pytest.mark.parametrize("width", ["phone", "desk"])
@pytest.mark.parametrize(
    "path", ["/", "/industries/airlines", "/brands/northwind-air", "/compare"]
)
def test_a_page_from_right_to_left_is_no_wider_than_its_window(open_page, path, width):
    page = open_page(path, width)
    page.evaluate(OPEN_ALL)
    assert page.evaluate(MIRRORED) <= page.viewport_size["width"]


# Read aloud


@pytest.mark.parametrize(
    ("path", "ident"),
    [
        ("/brands/northwind-air", "waits-social"),
        ("/industries/airlines", "funnel-drawing"),
    ],
)
def test_plotlys_chart_is_named_as_the_still_one_is(open_page, path, ident):
    page = open_page(path)
    still = page.locator(f"#{ident} .chart__still").get_attribute("aria-label")
    figure = drawn(page, ident)
    images = figure.get_by_role("img")
    assert images.count() == 1, "one picture, and nothing in it is told by itself"
    assert images.get_attribute("class").startswith("chart__live")
    assert figure.get_by_role("img", name=still, exact=True).count() == 1
    told = figure.aria_snapshot()
    assert told.count("- img ") + told.count("- 'img ") == 1
    assert page.locator(f"#{ident} [aria-hidden=true] [tabindex]").count() == 0
    table = page.locator(f"#{ident} + details")
    assert table.get_by_role("table").count() == 1, "the figures are a table still"


def test_a_chart_drawn_anew_in_the_dark_keeps_its_name(open_page):
    page = open_page("/industries/airlines")
    figure = drawn(page, "funnel-drawing")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1_000)
    assert figure.get_by_role("img").count() == 1
    assert "scores and luck" in figure.get_by_role("img").get_attribute("aria-label")
