"""The pages in a real browser: drawn, accessible, usable by keyboard and without
scripts, and with nothing that our own policy forbids. `make browser` runs these."""

import re
import time

import pytest

from fixtures_browser import PATIENCE_MS, WIDTHS, faults, serve
from fixtures_web import fill
from settings import Settings
from store import Store
from web.routes import ROUTES
from web.views.picture import CHARTS

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/?family=reviews&sort=wait", "/industries", "/industries/airlines",
    "/industries/banks", "/industries/banks?family=reviews",
    "/brands/northwind-air", "/brands/credit-elan", "/brands/sly-air",
    "/brands/tiny-bank", "/brands/one-day-air", "/brands/half-seen",
    "/brands/answered", "/search", "/search?q=air", "/search?q=zeppelin",
    "/compare", "/compare?brands=northwind-air",
    "/compare?brands=northwind-air,credit-elan,sly-air,tiny-bank,half-seen,answered",
    "/editions", "/editions/2026-Q2", "/editions/2026-Q2/brands/northwind-air",
    "/method", "/method/log", "/sources", "/sources/bluesky", "/sources/x",
    "/data", "/about", "/api", "/studies", "/patterns",
    "/audits", "/audits/do-they-answer-2026",
    "/brands/northwind-air/coverage", "/corrections", "/corrections/ask",
    "/brands/northwind-air/reply", "/brands/northwind-air/watch",
    "/embed/brands/northwind-air", "/embed/brands/half-seen",
    "/editions/2026-Q2/embed/brands/northwind-air",
    "/embed/brands/northwind-air/waits", "/embed/industries/airlines/places",
    "/brands/northwind-air/curve/embed", "/industries/airlines/places/embed",
    "/fr/", "/ro/brands/northwind-air", "/pt/industries/airlines", "/ro/",
    "/ro/compare?brands=northwind-air,credit-elan",
    "/nope",
)  # fmt: skip
NO_PAGE = re.compile(r"\.(csv|json|svg|png|atom|xml)$|^/oembed$")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_a_fault_that_axe_can_find(open_page, width):
    found = []
    for path in PAGES:
        page = open_page(path, width, bypass_csp=True)
        found += [f"{path} {width} {fault}" for fault in faults(page)]
        page.close()
    assert not found, "\n".join(found)


EMBEDS = tuple(
    f"{address}/{name}{end}"
    for under, slug in (("brands", "northwind-air"), ("industries", "airlines"))
    for name in CHARTS[under]
    for address, end in (
        (f"/embed/{under}/{slug}", ""),
        (f"/{under}/{slug}", "/embed"),
    )
)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_chart_inside_another_page_has_one_either(open_page, width):
    """Nor is it wider than the place it is shown in."""
    found = []
    for path in EMBEDS:
        page = open_page(path, width, bypass_csp=True)
        assert page.locator("figure svg[role=img]").count() == 1, path
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} {width} has to be moved sideways")
        found += [f"{path} {width} {fault}" for fault in faults(page)]
        page.close()
    assert not found, "\n".join(found)


def test_every_kind_of_page_is_looked_at():
    """A page that is new to the site is new to this list, too."""
    plain = [route.rule for route in ROUTES if not NO_PAGE.search(route.rule)]
    rules = {rule: re.compile(re.sub("<[^>]+>", "[^/]+", rule)) for rule in plain}
    looked_at = [address.partition("?")[0] for address in (*PAGES, "/corrections/1")]
    missing = [
        rule
        for rule, shape in rules.items()
        if not any(shape.fullmatch(path) for path in looked_at)
    ]
    assert missing == []


def test_the_notice_on_sample_data_has_no_fault_either(browser, tmp_path):
    store = Store(Settings(var=tmp_path, database_url="").sample_database)
    fill(store, sample=True)
    store.close()
    context = browser.new_context(bypass_csp=True)
    for address in serve(tmp_path):
        page = context.new_page()
        page.goto(address)
        assert page.locator(".notice").is_visible()
        assert faults(page) == []
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_a_phone(open_page, path):
    page = open_page(path, "phone")
    draw(page)
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"
OUTSIDE = """[...document.querySelectorAll('main *')].filter(each =>
    !each.closest('svg, .scroll, .away') && each.getBoundingClientRect().right > 360.5
).map(each => each.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("path", PAGES)
def test_no_table_is_wider_than_a_phone_when_it_is_opened(open_page, path):
    """What is wider still is moved within a place of its own, by keys as well."""
    page = open_page(path, "phone", bypass_csp=True)
    page.evaluate(OPEN_ALL)
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults(page) == []


def test_a_wide_table_is_moved_by_keys(open_page):
    page = open_page("/patterns", "phone")
    page.evaluate(OPEN_ALL)
    place = page.locator(".scroll")
    assert place.evaluate("e => e.scrollWidth > e.clientWidth")
    assert place.get_attribute("aria-label") == "The drawing's figures"
    place.focus()
    until = time.monotonic() + PATIENCE_MS / 1_000
    while not place.evaluate("e => e.scrollLeft") and time.monotonic() < until:
        page.keyboard.press("ArrowRight")  # a busy page may lose one
        page.wait_for_timeout(50)
    assert place.evaluate("e => e.scrollLeft") > 0


OPEN = "document.querySelectorAll('.fold').forEach(e => { e.open = true });"
HEIGHTS = f"""() => {{ {OPEN} return [...document.querySelectorAll('figure.chart')]
    .map(e => Math.round(e.getBoundingClientRect().height)) }}"""


def draw(page) -> int:
    """Opens what is behind a heading, scrolls to every chart and waits until Plotly
    has drawn it; how many."""
    page.evaluate(OPEN)
    charts = page.locator("figure.chart")
    for number in range(charts.count()):
        charts.nth(number).scroll_into_view_if_needed()
        page.wait_for_selector(
            f":nth-match(figure.chart[data-drawn], {number + 1})", timeout=PATIENCE_MS
        )
    return charts.count()


@pytest.mark.parametrize("width", WIDTHS)
def test_plotly_draws_every_chart_under_our_policy(open_page, width):
    """No violation is reported, and what it drew is what the still drawing showed."""
    page = open_page("/brands/northwind-air", width)
    assert draw(page) >= 4  # waits and curves of two families
    figure = page.locator("figure.chart").first
    assert not figure.locator("svg.chart__still").is_visible()
    live = figure.locator(".chart__live")
    still = page.evaluate(
        "[...document.querySelectorAll('.chart__still')[0]"
        ".querySelectorAll('.chart__figure')].map(t => t.textContent)"
    )
    assert live.locator(".bartext").all_text_contents() == still
    said = figure.inner_text()
    assert "Northwind Air" in said
    assert "time to the first answer" in said
    assert "2026-Q3" in said, "the citation is inside the picture"
    box, inner = (
        figure.bounding_box(),
        live.locator("svg.main-svg").first.bounding_box(),
    )
    assert inner["width"] <= box["width"] + 1
    for text in live.locator("text").all():
        place = text.bounding_box()
        if place and place["width"]:
            assert place["x"] >= box["x"] - 1
            assert place["x"] + place["width"] <= box["x"] + box["width"] + 1


@pytest.mark.parametrize("width", WIDTHS)
def test_plotly_draws_the_curve_as_the_still_drawing_has_it(open_page, width):
    """The same limits above it, its late part dotted, and nothing cut off."""
    page = open_page("/brands/northwind-air", width)
    still = page.locator("#curve-social-drawing .chart__still")
    names = ["1\u00a0h", "24\u00a0h", "72\u00a0h"]
    assert set(names) <= set(still.locator("text").all_text_contents())
    figure = page.locator("#curve-social-drawing")
    before = page.evaluate(HEIGHTS)
    draw(page)
    assert page.evaluate(HEIGHTS) == before, "nothing jumps"
    box, live = figure.bounding_box(), figure.locator(".chart__live")
    lines = live.locator(".scatterlayer path.js-line")
    dashes = lines.evaluate_all("all => all.map(e => e.style.strokeDasharray)")
    assert sum(dash not in ("", "none") for dash in dashes) == 1, "one part is dotted"
    assert live.locator(".scatterlayer .js-fill").count() >= 1, "the band"
    notes = live.locator(".annotation-text")
    title = figure.locator("figcaption").bounding_box()
    above = title["y"] + title["height"]
    for name in names:
        (place,) = [
            note.bounding_box() for note in notes.all() if note.text_content() == name
        ]
        assert place["y"] >= above
        assert place["x"] >= box["x"]
        assert place["x"] + place["width"] <= box["x"] + box["width"]


def test_plotly_is_loaded_late_and_only_where_a_chart_is(open_page):
    page = open_page("/")
    assert page.locator("script[src*='chart'], script[src*='plotly']").count() == 0
    page = open_page("/brands/northwind-air", "phone")
    page.wait_for_timeout(500)
    loaded = "performance.getEntriesByType('resource').map(e => e.name).join()"
    assert "/static/plotly." not in page.evaluate(loaded)
    draw(page)
    assert "/static/plotly." in page.evaluate(loaded)


def test_the_chart_follows_the_reader_into_the_dark(open_page):
    page = open_page("/brands/northwind-air")
    draw(page)
    colour = "getComputedStyle(document.querySelector('.chart__live .point path')).fill"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    until = time.monotonic() + PATIENCE_MS / 1_000
    while page.evaluate(colour) == light and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert page.evaluate(colour) != light


def test_without_scripts_everything_is_there_to_be_read(open_page):
    page = open_page("/brands/northwind-air", "phone", java_script_enabled=False)
    assert page.locator("svg.chart__still").first.is_visible()
    assert not page.locator(".chart__live").first.is_visible()
    page.locator("summary").first.click()
    assert page.locator("table.plain--narrow").first.is_visible()
    page.goto(page.url.replace("/brands/northwind-air", "/"))
    page.select_option("#industry", "banks")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/?industry=banks&family=social")
    page.get_by_role("link", name="Typical wait").click()
    page.wait_for_url("**sort=wait**")
    assert page.locator("tbody th > a").first.inner_text() == "Crédit Élan"
    page.fill("#find", "southwind")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url("**/search?**")
    assert page.locator(".found a").first.inner_text() == "Northwind Air"


def test_a_keyboard_reaches_the_content_and_shows_where_it_is(open_page):
    page = open_page("/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(e => { const look = getComputedStyle(e); return [e.tagName,"
                " look.outlineStyle, parseFloat(look.outlineWidth)]; })"
                "(document.activeElement)"
            )
        )
    assert {tag for tag, _, _ in seen} >= {"SELECT", "BUTTON", "A"}
    assert all(style == "solid" and width >= 2 for _, style, width in seen)


def test_a_table_on_a_desk_is_a_list_on_a_phone(open_page):
    row = "getComputedStyle(document.querySelector('tr.row')).display"
    assert open_page("/", "desk").evaluate(row) == "table-row"
    phone = open_page("/", "phone")
    assert phone.evaluate(row) == "grid"
    # the head of a phone's page: name, search, menu, a line each and no more
    assert phone.locator("header.top").bounding_box()["height"] <= 150
    assert phone.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('tr.row td')).fontSize)"
    ) >= 16  # fmt: skip


def test_the_still_chart_is_not_cut_off_on_a_phone(open_page):
    page = open_page("/brands/northwind-air", "phone", java_script_enabled=False)
    for text in page.locator("svg.chart__still text").all():
        place = text.bounding_box()
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 360, text.inner_html()
        assert (
            float(text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 12
        )


def test_paper_shows_the_table_and_the_still_chart(open_page):
    page = open_page("/brands/northwind-air")
    draw(page)
    page.emulate_media(media="print")
    assert page.locator("svg.chart__still").first.is_visible()
    assert not page.locator(".top__nav").is_visible()
