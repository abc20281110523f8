"""Charts to take away and cards for who shares a page: what is in them, that they stay
with their edition, and that pages never wait for them."""

import re
import struct
import zlib
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from fixtures_web import site
from web.errors import Busy
from web.parts import Dot
from web.pictures import card, easel, paint, raster, sheet
from web.views.picture import CHARTS

PUBLIC = "https://answerable.example"
SLUGS = {"brands": "northwind-air", "industries": "airlines"}
ALL = [(under, name) for under, names in CHARTS.items() for name in names]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def app(world_var):
    return site(world_var, public_url=PUBLIC)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def fresh(world_var):
    """The site before anybody has asked for a picture."""
    return site(world_var, public_url=PUBLIC)


def at(under, name, ending, edition="/editions/2026-Q3"):
    return f"{edition}/{under}/{SLUGS[under]}/{name}.{ending}"


def texts(body):
    root = ET.fromstring(body)
    return " ".join(
        " ".join((tag.text or "").split()) for tag in root.iter(f"{SVG}text")
    )


def chunks(png):
    """Name and body of each, checked by its sum."""
    assert png.startswith(raster.MAGIC)
    found, place = [], len(raster.MAGIC)
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        name, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        (summed,) = struct.unpack(">I", png[place + 8 + size : place + 12 + size])
        assert zlib.crc32(name + body) == summed
        found.append((name, body))
        place += 12 + size
    return found


def size(png):
    ((name, head), *_) = chunks(png)
    assert name == b"IHDR"
    return struct.unpack(">II", head[:8])


@pytest.mark.parametrize(("under", "name"), ALL)
def test_every_picture_says_what_somebody_needs_who_finds_it(client, under, name):
    answer = client.get(at(under, name, "svg"))
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    said = texts(answer.data)
    assert re.search(r"Unit: \S+", said)
    assert re.search(r"n = [\d\u202f,]+ \w+", said)
    assert "Source: Answerable, edition 2026-Q3" in said
    assert "method 1." in said
    assert "Creative Commons Attribution 4.0" in said
    assert f"{PUBLIC}/editions/2026-Q3/{under}/{SLUGS[under]}" in said
    root = ET.fromstring(answer.data)
    assert root[0].tag == f"{SVG}title"
    assert root[0].text
    assert "Source: Answerable" in root[1].text


@pytest.mark.parametrize(("under", "name"), ALL)
def test_nothing_is_drawn_beside_the_paper(client, under, name):
    root = ET.fromstring(client.get(at(under, name, "svg")).data)
    width, height = float(root.get("width")), float(root.get("height"))
    for tag in root.iter():
        assert tag.get("class") is None, "a class needs a style sheet"
        assert tag.get("style") is None
        for name_, most in (("x", width), ("y", height), ("cx", width), ("x2", width)):
            assert 0 <= float(tag.get(name_, 0)) <= most, tag.attrib


@pytest.mark.parametrize(("under", "name"), ALL)
def test_each_picture_is_drawn_as_png_with_its_source_inside(client, under, name):
    answer = client.get(at(under, name, "png"))
    assert answer.mimetype == "image/png"
    width, height = size(answer.data)
    assert width == sheet.WIDTH * raster.SHARP
    assert height > 300
    inside = dict(chunks(answer.data))[b"iTXt"].decode()
    assert inside.startswith("Description\0")
    assert "edition 2026-Q3" in inside


def test_pages_lead_to_pinned_pictures_that_are_there(client):
    found = 0
    for under, slug in SLUGS.items():
        page = BeautifulSoup(client.get(f"/{under}/{slug}").text, "html.parser")
        links = [str(link["href"]) for link in page.select(".tools--picture a")]
        assert links
        for link in links:
            assert link.startswith(f"/editions/2026-Q3/{under}/{slug}/")
            if link.split("?")[0].endswith("svg"):
                assert client.get(link).status_code == 200, link
        found += len(links)
    assert found >= 2 * len(ALL)


def test_a_pinned_picture_stays_what_it_was(client):
    old = client.get(at("brands", "waits", "svg", "/editions/2026-Q2"))
    assert "edition 2026-Q2" in texts(old.data)
    assert "edition 2026-Q3" not in texts(old.data)
    current = client.get(at("brands", "waits", "svg", ""))
    assert "edition 2026-Q3" in texts(current.data)


def test_another_family_has_its_own_picture(client):
    address = at("brands", "curve", "svg")
    assert "on social networks" in texts(client.get(address).data)
    reviews = texts(client.get(f"{address}?family=reviews").data)
    assert "on social networks" not in reviews
    assert "n = 60" in reviews


@pytest.mark.parametrize(
    "path",
    [
        "/brands/nobody/waits.svg",
        "/brands/half-seen/curve.png",
        "/brands/tiny-bank/waits.svg?family=reviews",
        "/industries/nobody/places.png",
        "/industries/banks/places.svg",
        "/industries/nobody/card.png",
        "/brands/nobody/card.png",
        "/editions/1999/brands/northwind-air/waits.svg",
        "/brands/northwind-air/nothing.svg",
    ],
)
def test_what_is_not_there_is_said(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_others_may_show_them_and_know_under_which_name_to_save_them(client):
    answer = client.get(at("brands", "waits", "png"), headers={"Accept-Encoding": "br"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Content-Encoding" not in answer.headers
    name = "answerable-2026-Q3-northwind-air-waits.png"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'


def test_a_picture_is_drawn_once_and_pushes_no_page_out(fresh, monkeypatch):
    client, drawn = fresh.test_client(), []
    draw = raster.png
    monkeypatch.setattr(raster, "png", lambda *a, **k: drawn.append(a) or draw(*a, **k))
    address = at("industries", "curve", "png")
    first, second = client.get(address), client.get(address)
    assert first.data == second.data
    assert len(drawn) == 1
    shared = fresh.extensions["answerable"]
    assert shared.shelf().get(address) is None
    assert shared.pictures().get(address) is not None


def test_who_walks_through_all_of_them_waits_and_pages_do_not(fresh):
    client = fresh.test_client()
    fresh.extensions["answerable"].easel.most = 1
    assert client.get(at("industries", "curve", "png")).status_code == 200
    assert client.get(at("industries", "curve", "png")).status_code == 200, "kept"
    answer = client.get(at("industries", "week", "png"))
    assert answer.status_code == 503
    assert 1 <= int(answer.headers["Retry-After"]) <= easel.WITHIN_S + 1
    assert "Try again" in answer.text
    assert client.get(at("industries", "week", "svg")).status_code == 200
    assert client.get("/brands/northwind-air").status_code == 200


def test_turns_come_again():
    one = easel.Easel()
    for moment in range(easel.MOST):
        one.turn(moment / easel.MOST)
    with pytest.raises(Busy) as told:
        one.turn(easel.WITHIN_S / 2)
    assert told.value.after_s == 1 + easel.WITHIN_S / 2
    one.turn(easel.WITHIN_S)
    with pytest.raises(Busy):
        easel.Easel(most=0).turn(0.0)


# Cards


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/brands/northwind-air", "80 of 100"),
        ("/brands/half-seen", "of the period"),
        ("/brands/answered", "answered"),
        ("/industries/airlines", "50 of 100"),
        ("/industries/banks", "50 of 100"),
    ],
)
def test_pages_name_their_card_and_it_is_as_large_as_they_say(client, path, says):
    page = BeautifulSoup(client.get(path).text, "html.parser")
    told = {
        str(tag.get("property") or tag.get("name")): str(tag["content"])
        for tag in page.select("meta[property], meta[name='twitter:card']")
    }
    assert told["twitter:card"] == "summary_large_image"
    assert told["og:url"].startswith(PUBLIC)
    address = told["og:image"]
    assert address.startswith(f"{PUBLIC}/editions/2026-Q3{path}/card.png")
    answer = client.get(address.removeprefix(PUBLIC))
    assert answer.status_code == 200
    wanted = told["og:image:width"], told["og:image:height"]
    assert tuple(str(side) for side in size(answer.data)) == wanted
    inside = dict(chunks(answer.data))[b"iTXt"].decode()
    assert says in inside
    assert "edition 2026-Q3" in inside


@pytest.mark.parametrize("path", ["/", "/industries", "/studies", "/method", "/fr/"])
def test_pages_without_a_card_say_what_they_are_where_they_are_shared(client, path):
    page = BeautifulSoup(client.get(path).text, "html.parser")
    told = {
        str(tag.get("property") or tag.get("name")): str(tag["content"])
        for tag in page.select("meta[property], meta[name='twitter:card']")
    }
    assert told["twitter:card"] == "summary"
    assert told["og:url"] == PUBLIC + path
    assert told["og:title"] == page.h1.get_text(" ", strip=True)
    assert told["og:description"]
    assert "og:image" not in told


def test_a_card_with_a_figure_has_its_interval_and_n(client):
    inside = dict(chunks(client.get("/brands/northwind-air/card.png").data))[b"iTXt"]
    said = inside.decode().replace("\u00a0", " ")
    assert "within a day" in said
    assert "95 % interval 75–85; 1,000 inquiries" in said


def test_a_site_without_an_address_names_no_card(world):
    assert "og:image" not in world.test_client().get("/brands/northwind-air").text


@pytest.mark.parametrize("letters", [4, 20, 28, 60, 200])
def test_a_long_name_stays_on_its_card(letters):
    made = card.Card(
        name=("Wide name " * 30)[:letters].strip(),
        where="on social networks, July to September 2026",
        value="Listed, not ranked: " + "too few inquiries to be ranked at all " * 2,
        means="",
        sure="38 inquiries",
        place="",
        dots=(Dot(tone=1, x=0, y=0, unsure=True),),
        ringed="ringed: either",
        source="Answerable",
        warning="Sample",
    )
    root = ET.fromstring(card.card(made))
    for line in root.iter(f"{SVG}text"):
        wide = len(line.text or "") * float(line.get("font-size", 0)) * 0.56
        assert float(line.get("x")) + wide <= card.WIDTH, line.text
        assert float(line.get("y")) <= card.HEIGHT


# How they are painted


def test_colours_are_those_of_the_style_sheet(app):
    css = (app.extensions["answerable"].static._folder / "look.css").read_text()
    said = {}
    for name, colour in re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", css):
        said.setdefault(name, colour)  # the first is the light one
    assert {name: said[name] for name in paint.TOKENS} == paint.TOKENS


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("Crédit Élan, Știință, São, Ελλάς, Жук – “80–94” 12\u00a0%", True),
        ("日本の会社", False),
        ("عربي", False),
    ],
)
def test_letters_that_our_font_lacks_are_looked_for_on_the_machine(text, ours):
    assert raster.ours(text) is ours


@pytest.mark.parametrize("letter", "éțșăãçőŁΩж–“…")
def test_our_font_draws_every_letter_we_write(letter):
    """Ink where the letter is, other than the box of a letter that is missing."""
    inks = []
    for said in (letter, "\ue000"):
        svg = sheet.blank(60, 60, "", "")
        ET.SubElement(
            svg, "text", {"x": "10", "y": "45", "font-size": "40"}
        ).text = said
        body = sheet.written(svg)
        inks.append(raster.png(body, 60, 60, said="", sharp=1))
    nothing = sheet.written(sheet.blank(60, 60, "", ""))
    inks.append(raster.png(nothing, 60, 60, said="", sharp=1))
    assert inks[0] not in inks[1:]


def test_a_very_tall_drawing_is_less_sharp_rather_than_larger():
    svg = sheet.written(sheet.blank(760, 30_000, "", ""))
    width, height = size(raster.png(svg, 760, 30_000, said=""))
    assert width * height <= raster.MOST_PIXELS * 1.01


def test_a_missing_font_is_said(monkeypatch):
    monkeypatch.setattr(raster, "find_spec", lambda name: None)
    raster.font.cache_clear()
    with pytest.raises(FileNotFoundError, match="make setup"):
        raster.font()
    raster.font.cache_clear()
