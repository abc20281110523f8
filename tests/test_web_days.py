"""What we watched of an account, day by day, as a picture to take away."""

from xml.etree import ElementTree as ET

import pytest

from fixtures_web import checked, site

PUBLIC = "https://answerable.example"
PAGE = "/brands/northwind-air/coverage"


@pytest.fixture(scope="module")
def client(world_var):
    return site(world_var, public_url=PUBLIC).test_client()


def words(svg):
    return " ".join("".join(part.itertext()) for part in ET.fromstring(svg))


def test_each_account_leads_to_its_pictures_and_to_its_embed(client):
    page = checked(client.get(PAGE))
    links = [link["href"] for link in page.select(".tools--picture a")]
    at = "/editions/2026-Q3/brands/northwind-air/days-"
    assert links == [
        f"{at}{number}{ending}"
        for number in (1, 2)
        for ending in (".svg", ".png", "/embed")
    ]
    for link in links:
        assert client.get(link).status_code == 200


def test_the_picture_says_what_a_citation_needs(client):
    svg = client.get("/brands/northwind-air/days-1.svg")
    assert svg.mimetype == "image/svg+xml"
    said = words(svg.data)
    assert "northwind.example" in said
    assert "Bluesky: how much of each day we saw" in said
    assert "Unit: part of each UTC day that we saw. n = 92" in said
    assert "edition 2026-Q3" in said
    assert "method 1" in said
    assert "/editions/2026-Q3/brands/northwind-air" in said
    png = client.get("/brands/northwind-air/days-2.png")
    assert png.data.startswith(b"\x89PNG")


def test_the_picture_speaks_the_language_of_its_address(client):
    said = words(client.get("/fr/brands/northwind-air/days-1.svg").data)
    assert "part de chaque jour" in said


def test_it_can_be_embedded(client):
    page = checked(client.get("/embed/brands/northwind-air/days-1"))
    assert "northwind.example" in page.h1.text
    assert page.select("figure svg[role=img]")


@pytest.mark.parametrize("at", ["0", "3", "x", "-1", "999999999", "\u00b2"])
def test_an_account_that_is_not_there_has_no_picture(client, at):
    assert client.get(f"/brands/northwind-air/days-{at}.svg").status_code == 404
    assert client.get("/brands/nobody/days-1.svg").status_code == 404


def test_sources_lead_to_pictures_of_what_was_seen(client):
    page = checked(client.get("/sources"))
    links = [link["href"] for link in page.select(".tools--picture a")]
    assert links == ["/sources/seen.svg", "/sources/seen.png"]
    said = words(client.get(links[0]).data)
    assert "What we saw, day by day" in said
    assert "Unit: part of each UTC day that we saw" in said
    assert "n = 30\u00a0days" in said
    assert "Source: Answerable, as of" in said
    assert "method 1" in said
    assert f"{PUBLIC}/sources" in said
    assert client.get(links[1]).data.startswith(b"\x89PNG")
    french = words(client.get("/fr/sources/seen.svg").data)
    assert "méthode 1" in french


def test_a_source_of_which_nothing_was_to_be_seen_has_no_picture(client):
    assert client.get("/sources/x/seen.svg").status_code == 404
    assert client.get("/sources/nosuch/seen.svg").status_code == 404
    assert not checked(client.get("/sources/x")).select(".tools--picture")


def test_nothing_measured_has_no_picture(empty):
    assert empty.test_client().get("/sources/seen.png").status_code == 404
