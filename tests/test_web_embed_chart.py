"""Charts inside the pages of others: alone, pinned, and with what a citation needs."""

import re
from html import unescape
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from fixtures_web import checked, site
from web.desk import Desk
from web.views.picture import CHARTS

PUBLIC = "https://answerable.example"
SLUGS = {"brands": "northwind-air", "industries": "airlines"}
ALL = [(under, name) for under, names in CHARTS.items() for name in names]


@pytest.fixture(scope="module")
def client(world_var):
    return site(world_var, public_url=PUBLIC).test_client()


def embed(under, name, edition="/editions/2026-Q3"):
    return f"{edition}/embed/{under}/{SLUGS[under]}/{name}"


def how(under, name, edition=""):
    return f"{edition}/{under}/{SLUGS[under]}/{name}/embed"


@pytest.mark.parametrize(("under", "name"), ALL)
def test_a_chart_stands_alone_and_says_where_it_is_from(client, under, name):
    answer = client.get(embed(under, name))
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    page = checked(answer)
    assert not page.select("script, nav, form, header, .tools")
    (figure,) = page.select("figure svg[role=img]")
    assert figure["aria-label"] == f"{page.h1.text}."
    said = " ".join(page.select_one("main").text.split())
    assert re.search(r"Unit: \S+", said)
    assert re.search(r"n = [\d,]+ \w+", said)
    assert "Answerable, edition 2026-Q3, method 1." in said
    whole = " ".join(page.select_one("figure").text.split())
    assert "edition 2026-Q3" in whole, "inside the picture too"
    (whole,) = page.select(".embed__source a")
    assert whole["href"] == f"{PUBLIC}/editions/2026-Q3/{under}/{SLUGS[under]}"
    assert "newer" not in said


def test_it_stays_with_its_edition_and_points_to_a_newer_one(client):
    page = checked(
        client.get(
            embed("brands", "waits", "/editions/2026-Q2"),
        )
    )
    said = page.select_one(".embed__source")
    assert "edition 2026-Q2" in said.text
    assert "There is a newer edition: 2026-Q3." in " ".join(said.text.split())
    assert said.select("a")[1]["href"] == f"{PUBLIC}/brands/northwind-air"


def test_the_bars_of_a_chart_are_all_in_its_embed(client):
    whole = BeautifulSoup(client.get("/brands/northwind-air").text, "html.parser")
    chart = whole.select_one("figure.chart:not(.drawing) svg")
    page = checked(client.get(embed("brands", "waits")))
    for look in ("chart-label", "chart__figure"):
        for text in chart.select(f".{look}"):
            assert text.text in page.select_one("figure").text


@pytest.mark.parametrize(("under", "name"), ALL)
def test_how_to_embed_it_is_said_with_the_code_to_copy(client, under, name):
    page = checked(client.get(how(under, name)))
    code = BeautifulSoup(unescape(page.select_one("pre.code").text), "html.parser")
    frame = code.select_one("iframe")
    assert frame["src"] == PUBLIC + embed(under, name)
    assert int(frame["height"]) > 200
    assert client.get(frame["src"].removeprefix(PUBLIC)).status_code == 200
    assert "edition 2026-Q3" in page.select_one(".lede").text


def test_pages_lead_to_how_their_charts_are_embedded(client):
    for under, slug in SLUGS.items():
        page = checked(client.get(f"/{under}/{slug}"))
        links = [
            link["href"]
            for link in page.select(".tools--picture a")
            if link.text.startswith("Embed ")
        ]
        assert len(links) >= len(CHARTS[under]) - 1
        for link in links:
            checked(client.get(link))


def test_another_family_is_said_in_the_address(client):
    page = checked(client.get(f"{how('brands', 'curve')}?family=reviews"))
    code = unescape(page.select_one("pre.code").text)
    assert "/embed/brands/northwind-air/curve?family=reviews" in code
    shown = checked(client.get(f"{embed('brands', 'curve')}?family=reviews"))
    assert "reviews" in shown.select_one("figure").text


@pytest.mark.parametrize(
    "path",
    [
        "/embed/brands/northwind-air/nosuch",
        "/embed/brands/nosuch/curve",
        "/embed/industries/nosuch/places",
        "/embed/brands/half-seen/curve",
        "/brands/nosuch/curve/embed",
        "/brands/northwind-air/nosuch/embed",
    ],
)
def test_what_is_not_there_is_said(client, path):
    checked(client.get(path))
    assert client.get(path).status_code == 404


def test_a_site_without_an_address_of_its_own_hands_out_no_code(world):
    page = checked(world.test_client().get(how("brands", "curve")))
    assert not page.select("pre.code")
    assert "not been told its own address" in page.text


def test_a_chart_of_the_current_edition_can_be_seen_too(client):
    checked(client.get(embed("brands", "curve", "")))


def described(client, url, **more):
    return client.get("/oembed", query_string={"url": PUBLIC + url, **more})


@pytest.mark.parametrize(
    ("url", "embed"),
    [
        ("/industries/airlines", "/industries/airlines/places"),
        ("/brands/northwind-air/curve.png", "/brands/northwind-air/curve"),
        (
            "/editions/2026-Q3/brands/northwind-air/week.svg",
            "/brands/northwind-air/week",
        ),
        ("/embed/industries/airlines/funnel", "/industries/airlines/funnel"),
        ("/brands/northwind-air/waits/embed", "/brands/northwind-air/waits"),
    ],
)
def test_oembed_knows_charts(client, url, embed):
    said = described(client, url).json
    frame = BeautifulSoup(said["html"], "html.parser").iframe
    assert frame["src"] == f"{PUBLIC}/editions/2026-Q3/embed{embed}"
    assert said["height"] == int(frame["height"]) > 200
    assert client.get(frame["src"].removeprefix(PUBLIC)).status_code == 200


def test_oembed_keeps_to_edition_family_and_size(client):
    url = "/editions/2026-Q2/brands/northwind-air/waits.svg"
    said = described(client, url, maxheight=300).json
    assert "/editions/2026-Q2/embed/brands/northwind-air/waits" in said["html"]
    assert said["height"] == 300
    said = described(client, "/brands/northwind-air/curve?family=reviews").json
    assert "/curve?family=reviews" in said["html"]


def test_industries_name_their_description_where_there_is_one(client):
    page = checked(client.get("/industries/airlines"))
    link = page.find("link", type="application/json+oembed")
    assert client.get(link["href"].removeprefix(PUBLIC)).status_code == 200
    few = checked(client.get("/industries/banks"))
    assert few.find("link", type="application/json+oembed") is None


def test_a_newer_edition_is_pointed_to_where_it_has_the_page(client):
    """It may lack a chart that an older one has, and a brand."""
    page = client.get("/editions/2026-Q2/brands/northwind-air/waits/embed")
    (link,) = BeautifulSoup(page.text, "html.parser").select(".older a")
    assert link["href"] == "/brands/northwind-air"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", "/"),
        ("/industries", "/industries"),
        ("/brands/gone-air", "/"),
        ("/brands/gone-air/curve/embed", "/"),
        ("/brands/northwind-air/coverage", "/brands/northwind-air/coverage"),
        ("/industries/gone", "/"),
        ("/industries/airlines/curve/embed", "/industries/airlines"),
    ],
)
def test_what_is_left_of_a_page_in_the_current_edition(path, found):
    book = SimpleNamespace(names={"northwind-air": ""}, industry_slugs={"airlines": ""})
    desk = Desk(
        library=SimpleNamespace(book=lambda: book),
        pinned="2026-Q2",
        path=path,
        query={},
        public="",
        static=str,
        per_minute=1,
        bundle=lambda edition: None,
    )
    assert desk.latest(path) == found
