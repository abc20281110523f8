"""Posts per reply, industry by industry, as a drawing."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from fixtures_web import Get, lines
from model.rows import Standing
from web.views.details import posts

SVG = "{http://www.w3.org/2000/svg}"


def trade(name: str) -> Standing:
    row = next(row for row in lines() if row["level"] == "industry")
    return Standing(**row | {"name": name})


def said(ratio: float | None) -> dict[str, Any]:
    return {"posts": 20, "replies": 10, "ratio": ratio}


KNOWN = [
    (trade("Shops & <b>"), said(1.0), said(4.0)),
    (trade("Banks"), said(2.0), {}),
    (trade("Media"), said(None), said(3.0)),
    (trade("Hotels"), {}, {}),
]


def test_the_page_draws_a_bar_an_industry(get: Get):
    figure = get("/industries").select_one("#posts")
    assert figure is not None
    assert figure.figcaption.b.text == "Posts per reply"
    assert "hollow" not in figure.figcaption.text, "the edition before says nothing"
    (bar,) = figure.select("rect.mark-range")
    assert bar.title.text == "Airlines: 2.4 (2,400\u00a0posts and 1,000\u00a0replies)"
    said = [tag.text for tag in figure.select("svg > text")]
    assert said == ["Airlines", "2.4", "Banks", "no reply"]
    assert figure.find_next_sibling("table") is not None


def test_bars_are_as_long_as_their_figures():
    marks = posts._marks(KNOWN)
    one, two = (mark for mark in marks if mark.kind == "rect")
    assert two.width == 2 * one.width
    (dot,) = (mark for mark in marks if mark.kind == "spot")
    assert dot.x == 4 * one.width == posts.BARS, "the longest of both editions"
    figures = [mark for mark in marks if getattr(mark, "text", "") in ("1.0", "2.0")]
    assert {mark.x for mark in figures} == {posts.BARS}, "a column right of every dot"
    assert all(mark.dx > dot.r for mark in figures)
    soft = [mark.text for mark in marks if getattr(mark, "look", "") == "mark-soft"]
    assert soft == ["no reply", "not known"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Banks", ("Banks",)),
        ("Broadband and mobile", ("Broadband and", "mobile")),
        (
            "Restauration et livraison de repas",
            ("Restauration et", "livraison de repas"),
        ),
        ("Voyages et compagnies aériennes", ("Voyages et", "compagnies aérien…")),
        ("Telecommunications", ("Telecommunications",)),
        ("Donaudampfschifffahrt", ("Donaudampfschifff…",)),
    ],
)
def test_a_name_has_two_lines_beside_a_drawing(name, lines):
    assert posts.in_lines(name) == lines
    named = posts._named(name, 18.0)
    assert tuple(mark.text for mark in named) == lines
    assert all(12 <= mark.y <= posts.ROW_PX - 4 for mark in named), "in its row"


def test_plotlys_figure_shows_the_same():
    graph_objects = pytest.importorskip("plotly.graph_objects")
    made = posts._figure(KNOWN)
    bars, dots, figures = made["data"]
    assert (bars["y"], bars["x"]) == ([0, 1], [1.0, 2.0])
    assert (dots["y"], dots["x"]) == ([0], [4.0])
    assert (figures["x"], figures["text"]) == ([4.0, 4.0], ["  1.0", "  2.0"])
    assert made["layout"]["yaxis"]["ticktext"][0] == "Shops &amp; &lt;b&gt;"
    rules = [mark for mark in posts._marks(KNOWN) if mark.kind == "line"]
    assert len(made["layout"]["shapes"]) == len(rules) == 2
    assert bars["customdata"][0].startswith("Shops &amp; &lt;b&gt;: 1.0 (20\u00a0posts")
    graph_objects.Figure(made["data"], made["layout"])
    assert json.dumps(made)


def test_nobody_who_replied_no_drawing(get: Get, client):
    assert not get("/industries?family=reviews").select("#posts")
    assert client.get("/industries/volume.svg?family=reviews").status_code == 404


def test_it_is_taken_away_as_a_picture(get: Get, client):
    links = get("/industries").select("#posts .tools a")
    assert [link.text for link in links] == ["SVG volume.svg", "PNG volume.png"]
    drawn, painted = (client.get(link["href"]) for link in links)
    said = " ".join(
        tag.text or "" for tag in ET.fromstring(drawn.data).iter(f"{SVG}text")
    )
    assert "n = 2,412\u00a0posts and 1,000\u00a0replies" in said
    assert "Source: Answerable, edition 2026-Q3" in said
    assert painted.mimetype == "image/png"
    other = client.get("/fr/editions/2026-Q3/industries/volume.svg")
    assert "Publications pour chaque réponse" in other.text


def test_tables_to_take_away_are_those_of_the_edition_that_stood_beside_them(get):
    for path in ("/", "/industries/airlines", "/brands/northwind-air", "/studies"):
        links = get(path).select('.tools a[href*=".csv"]')
        assert links, path
        for link in links:
            assert link["href"].startswith("/editions/2026-Q3/"), link["href"]
    assert get("/sources").select_one('.tools a[href="/sources.csv"]'), "as it is now"


def test_a_table_is_saved_under_the_name_of_its_edition(client):
    for path, name in {
        "/brands.csv": "2026-Q3-brands.csv",
        "/editions/2026-Q2/brands.json": "2026-Q2-brands.json",
        "/brands/northwind-air/curve.csv": "2026-Q3-brands-northwind-air-curve.csv",
        "/sources.csv": "sources.csv",
    }.items():
        saved = client.get(path).headers["Content-Disposition"]
        assert saved == f'inline; filename="answerable-{name}"'


def test_links_of_one_name_say_to_which_file_they_lead(get):
    said = [link.text for link in get("/brands/northwind-air").select(".tools a")]
    assert "CSV curve.csv" in said
    assert "Embed curve" in said
    assert len({text for text in said if text.startswith("SVG")}) > 5
