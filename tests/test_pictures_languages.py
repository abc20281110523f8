"""Charts to take away and cards of pages, in the language of the page."""

from html import escape
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from fixtures_web import site
from pseudo import Pseudo, leaks
from test_languages import NAMES
from web import routes, tongue
from web.pictures import card, raster, sheet
from web.tongue import OTHERS, speaking
from web.views import picture

PUBLIC = "https://who.example"
SVG = "{http://www.w3.org/2000/svg}"
SLUGS = {"brands": "northwind-air", "industries": "airlines"}
CHARTS = [
    f"/editions/2026-Q3/{under}/{SLUGS[under]}/{name}"
    for under, names in picture.CHARTS.items()
    for name in names
]
CARDS = [
    *(f"/brands/{slug}" for slug in ("northwind-air", "tiny-bank", "one-day-air",
                                     "half-seen", "answered", "credit-elan")),
    *(f"/industries/{slug}" for slug in ("airlines", "banks")),
]  # fmt: skip
WIDE, WIDE_SMALL = 0.56, 0.5
"""Of its size, how wide a letter of our font is at most in a line of a card, bold, and
in a line of a chart. In usual sentences it is 0.46."""


@pytest.fixture(scope="module")
def app(world_var):
    return site(world_var, public_url=PUBLIC)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def drawn(monkeypatch):
    """What is given to be drawn as PNG, none of which is."""
    seen = []

    def draw(svg, *size, **how):
        seen.append(ET.fromstring(svg))
        return b""

    monkeypatch.setattr(raster, "png", draw)
    return seen


def words(root):
    """All that is written in a picture, as a page with one paragraph."""
    said = " ".join(each.text or "" for each in root.iter(f"{SVG}text"))
    told = " ".join(each.text or "" for each in root.iter(f"{SVG}title"))
    return f"<p>{escape(said)}</p><p>{escape(told)}</p><p>{escape(root[1].text)}</p>"


def test_every_picture_is_there_in_every_language():
    pictures = [route.rule for route in routes.ROUTES if route.picture]
    assert pictures
    for rule in pictures:
        assert tongue.offered(rule.replace("<slug:slug>", "somebody")), rule


@pytest.mark.parametrize("chart", CHARTS)
def test_no_word_of_a_chart_passes_its_catalogue_by(monkeypatch, world_var, chart):
    monkeypatch.setattr(
        tongue, "catalogue", lambda name: Pseudo() if name == "fr" else None
    )
    fresh = site(world_var, public_url=PUBLIC).test_client()
    root = ET.fromstring(fresh.get(f"/fr{chart}.svg").data)
    known = (*NAMES, "Creative Commons Attribution 4.0 International", "CET", "CEST")
    assert leaks(words(root), known) == set()


@pytest.mark.parametrize("page", CARDS)
def test_no_word_of_a_card_passes_its_catalogue_by(monkeypatch, world_var, drawn, page):
    monkeypatch.setattr(
        tongue, "catalogue", lambda name: Pseudo() if name == "fr" else None
    )
    fresh = site(world_var, public_url=PUBLIC).test_client()
    assert fresh.get(f"/fr{page}/card.png").status_code == 200
    assert leaks(words(drawn[0]), NAMES) == set()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("page", CARDS)
def test_every_line_of_a_card_stays_on_it(app, drawn, language, page):
    assert app.test_client().get(f"/{language}{page}/card.png").status_code == 200
    (root,) = drawn
    assert root.get("lang") == language
    for line in root.iter(f"{SVG}text"):
        wide = len(line.text or "") * float(line.get("font-size", 0)) * WIDE
        assert float(line.get("x")) + wide <= card.WIDTH, line.text
        assert float(line.get("y")) <= card.HEIGHT - 30, line.text


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("chart", CHARTS)
def test_every_line_of_a_chart_stays_on_it(client, language, chart):
    root = ET.fromstring(client.get(f"/{language}{chart}.svg").data)
    assert root.get("lang") == language
    for line in root.iter(f"{SVG}text"):
        if line.get("text-anchor") in (None, "start"):
            wide = len(line.text or "") * float(line.get("font-size")) * WIDE_SMALL
            assert float(line.get("x")) + wide <= sheet.WIDTH, line.text
    foot = words(root)
    assert f"{PUBLIC}/{language}/editions/2026-Q3/" in foot
    assert "Answerable, edition" not in foot


def test_a_page_names_the_card_and_the_pictures_of_its_language(client):
    page = BeautifulSoup(client.get("/pt/brands/northwind-air").text, "html.parser")
    named = page.select_one('meta[property="og:image"]')["content"]
    at = f"{PUBLIC}/pt/editions/2026-Q3/brands/northwind-air/card.png"
    assert named == at
    answer = client.get(at.removeprefix(PUBLIC))
    assert answer.mimetype == "image/png"
    assert b"iTXtDescription\0\0\0pt\0\0" in answer.data
    assert "pessoas têm resposta".encode() in answer.data
    saved = answer.headers["Content-Disposition"]
    assert 'filename="answerable-2026-Q3-northwind-air-pt-card.png"' in saved
    links = [str(link["href"]) for link in page.select(".tools--picture a")]
    pictures = [link for link in links if link.endswith((".svg", ".png"))]
    assert pictures
    for link in pictures:
        assert link.startswith("/pt/editions/2026-Q3/brands/northwind-air/")
    assert client.get(pictures[0]).status_code == 200


def test_english_pictures_keep_their_addresses_and_names(client):
    page = BeautifulSoup(client.get("/brands/northwind-air").text, "html.parser")
    named = page.select_one('meta[property="og:image"]')["content"]
    assert named == f"{PUBLIC}/editions/2026-Q3/brands/northwind-air/card.png"
    saved = client.get(f"{CHARTS[0]}.svg").headers["Content-Disposition"]
    assert 'filename="answerable-2026-Q3-northwind-air-waits.svg"' in saved


def test_pictures_of_all_languages_are_kept_apart_from_pages(world_var):
    fresh = site(world_var, public_url=PUBLIC)
    address = f"/ro{CHARTS[0]}.svg"
    assert fresh.test_client().get(address).status_code == 200
    shared = fresh.extensions["answerable"]
    assert shared.shelf().get(address) is None
    assert shared.pictures().get(address) is not None


@pytest.mark.parametrize("letters", ["\u202f", "’", "«»", "„”", "ș", "ț", "ã", "º"])
def test_our_font_draws_what_other_languages_write(letters):
    """What has no box of a letter that is missing."""
    inks, missing = [], "\ue000" * len(letters)
    for said in (f"x{letters}x", f"x{missing}x"):
        with speaking("fr"):
            svg = sheet.blank(120, 60, "", "")
        at = {"x": "10", "y": "45", "font-size": "30"}
        ET.SubElement(svg, "text", at).text = said
        inks.append(raster.png(sheet.written(svg), 120, 60, said="", sharp=1))
    assert inks[0] != inks[1]
