"""The response curves of a comparison: on the page, as pictures, as a table."""

from xml.etree import ElementTree as ET

import pytest

from fixtures_web import site
from web.pictures.raster import MAGIC
from web.views import compare_picture

PUBLIC = "https://answerable.example"
TWO = "brands=northwind-air,sly-air"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def ours(world_var):
    return site(world_var, public_url=PUBLIC).test_client()


def text(tag):
    return " ".join(tag.get_text(" ").split())


def texts(body):
    return " ".join(
        " ".join((tag.text or "").split())
        for tag in ET.fromstring(body).iter(f"{SVG}text")
    )


def test_every_brand_has_a_panel_with_the_others_behind_it(get):
    page = get(f"/compare?{TWO}")
    assert text(page.find(id="curves-social")) == "How fast an answer comes"
    figure = page.find(id="curves-social-drawing")
    assert text(figure.figcaption).startswith("Northwind Air and Sly <Air> & Söhne ")
    names = [text(tag) for tag in figure.select("svg > text")]
    assert "Northwind Air, 1,000 inquiries" in names
    own, behind = figure.select(".mark-line"), figure.select(".mark-other")
    assert len(own) == len(behind) == len(figure.select(".mark-band")) == 2
    assert [line["points"] for line in behind] == [
        line["points"] for line in reversed(own)
    ]


def test_the_same_figures_stand_in_a_table(get):
    table = get(f"/compare?{TWO}").select_one("#curves-social-drawing + details table")
    assert [text(cell) for cell in table.select("thead th")] == [
        "Waited", "Northwind Air", "Sly <Air> & Söhne",
    ]  # fmt: skip
    own = get("/brands/northwind-air").select("#curve-social-drawing + details tr")
    rows = table.select("tr")
    assert len(rows) == len(own)
    for mine, theirs in zip(rows[1:], own[1:], strict=True):
        assert text(mine.select("td")[0]) == text(theirs.select("td")[0])


def test_what_counts_only_the_answered_is_not_laid_beside_others(get):
    page = get(f"/compare?{TWO},answered")
    said = text(page.main)
    assert "Not drawn, because too little is known: Answered & Co." in said
    figure = page.find(id="curves-social-drawing")
    assert "Answered & Co" not in text(figure)
    assert len(figure.select(".mark-line")) == 2


@pytest.mark.parametrize("brands", ["northwind-air", "northwind-air,answered"])
def test_one_curve_alone_is_no_comparison(get, ours, brands):
    assert not get(f"/compare?brands={brands}").select("[id^=curves-]")
    answer = ours.get(f"/compare/curve.svg?brands={brands}")
    assert answer.status_code == 404
    assert "name two brands or more that it ranks" in answer.text


def test_it_is_taken_away_as_a_picture_that_stays_with_its_edition(get, ours):
    takes = get(f"/compare?{TWO}").select(".tools--picture a")
    assert [link.text for link in takes] == ["SVG curve.svg", "PNG curve.png"]
    assert all(link["href"].startswith("/editions/2026-Q3/compare/") for link in takes)
    drawn, painted = (ours.get(link["href"]) for link in takes)
    said = texts(drawn.data)
    assert "Northwind Air and Sly <Air> & Söhne" in said
    assert "Unit: of 100 inquiries. n = " in said
    assert "Thin lines: the other brands." in said
    assert "Source: Answerable, edition 2026-Q3" in said
    assert f"{PUBLIC}/editions/2026-Q3/compare?{TWO}" in said
    assert "Disputed" not in said
    assert drawn.headers["Content-Disposition"].endswith(
        'filename="answerable-2026-Q3-compared-curve.svg"'
    )
    assert painted.data.startswith(MAGIC)


def test_the_picture_speaks_the_language_of_its_page(ours):
    page = ours.get(f"/fr/compare?{TWO}").text
    assert "/fr/editions/2026-Q3/compare/curve.svg?" in page
    said = texts(ours.get(f"/fr/editions/2026-Q3/compare/curve.svg?{TWO}").data)
    assert "les autres marques" in said
    assert f"{PUBLIC}/fr/editions/2026-Q3/compare?{TWO}" in said


def test_a_picture_says_whose_figures_are_disputed(world_var, monkeypatch):
    monkeypatch.setattr(
        compare_picture.picture, "in_dispute", lambda desk, slug: slug == "sly-air"
    )
    client = site(world_var, public_url=PUBLIC).test_client()
    said = texts(client.get(f"/compare/curve.svg?{TWO}").data)
    assert f"Disputed by Sly <Air> & Söhne: {PUBLIC}/corrections" in said


def test_no_brand_no_picture(ours):
    for asked in ("", "?brands=", "?brands=nobody", f"?{TWO}&family=nothing"):
        assert ours.get(f"/compare/curve.png{asked}").status_code == 404


def test_nothing_published_no_picture(tmp_path):
    client = site(tmp_path, public_url=PUBLIC).test_client()
    for path in ("/compare/curve.svg", "/industries/volume.svg"):
        assert client.get(f"{path}?{TWO}").status_code == 404


def test_the_table_has_the_points_of_every_chosen_brand(ours):
    told = ours.get(f"/compare/curve.json?{TWO}").json["rows"]
    assert list(dict.fromkeys(row["slug"] for row in told)) == [
        "northwind-air", "sly-air",
    ]  # fmt: skip
    assert [row for row in told if row["slug"] == "sly-air"] == ours.get(
        "/brands/sly-air/curve.json"
    ).json["rows"]
    assert len(ours.get(f"/compare/curve.csv?{TWO}").text.splitlines()) == 1 + len(told)
    assert ours.get("/compare/curve.csv?brands=nobody").status_code == 404
