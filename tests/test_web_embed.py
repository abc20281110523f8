"""Embeds: a figure inside other pages, pinned, and what describes it (oEmbed)."""

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from bs4 import BeautifulSoup

from fixtures_web import site

PUBLIC = "https://answerable.example"


@pytest.fixture(scope="module")
def public(world_var):
    return site(world_var, public_url=PUBLIC).test_client()


def text(tag):
    return " ".join(tag.get_text(" ").split())


def asked(client, url, **more):
    query = "&".join(
        f"{name}={quote(str(v))}" for name, v in {"url": url, **more}.items()
    )
    return client.get(f"/oembed?{query}")


def test_an_embed_carries_what_it_takes_to_be_quoted(get):
    said = text(get("/editions/2026-Q3/embed/brands/northwind-air").main)
    assert "get an answer" in said
    assert "95" in said
    assert "1,000 inquiries from 900 people" in said
    assert "edition 2026-Q3, method" in said
    assert "newer edition" not in said


def test_an_older_embed_stays_and_points_to_the_newer(get):
    page = get("/editions/2026-Q2/embed/brands/northwind-air")
    assert "edition 2026-Q2" in text(page.main)
    assert page.select(".embed__source a")[1]["href"] == "/brands/northwind-air"


def test_what_is_withheld_shows_no_picture(get):
    page = get("/embed/brands/half-seen")
    assert not page.select("svg")
    assert "of the period" in text(page.main)


def test_only_embeds_may_be_shown_inside_other_pages(client):
    inside = client.get("/embed/brands/northwind-air").headers
    assert "frame-ancestors *" in inside["Content-Security-Policy"]
    assert "X-Frame-Options" not in inside
    outside = client.get("/brands/northwind-air").headers
    assert "frame-ancestors 'none'" in outside["Content-Security-Policy"]
    assert outside["X-Frame-Options"] == "DENY"


def test_another_family_may_be_asked_for(client):
    assert "Reviews" in client.get("/embed/brands/northwind-air?family=reviews").text
    assert client.get("/embed/brands/tiny-bank?family=reviews").status_code == 404
    assert client.get("/embed/brands/nobody").status_code == 404


@pytest.mark.parametrize(
    ("path", "edition"),
    [
        ("/brands/northwind-air", "2026-Q3"),
        ("/editions/2026-Q2/brands/northwind-air", "2026-Q2"),
        ("/editions/2026-Q2/embed/brands/northwind-air", "2026-Q2"),
    ],
)
def test_oembed_hands_out_the_pinned_embed(public, path, edition):
    said = asked(public, PUBLIC + path).json
    assert (said["version"], said["type"]) == ("1.0", "rich")
    frame = BeautifulSoup(said["html"], "html.parser").iframe
    assert frame["src"] == f"{PUBLIC}/editions/{edition}/embed/brands/northwind-air"
    assert (frame["width"], frame["height"]) == ("600", str(said["height"]))
    assert said["width"] == 600
    assert 500 < said["height"] < 800
    assert public.get(urlsplit(frame["src"]).path).status_code == 200


def test_oembed_keeps_to_the_size_and_the_family_asked_for(public):
    url = f"{PUBLIC}/brands/northwind-air?family=reviews"
    said = asked(public, url, maxwidth=400, maxheight=1).json
    assert (said["width"], said["height"]) == (400, 200)
    assert 'family=reviews"' in said["html"]


@pytest.mark.parametrize(
    ("url", "more", "says"),
    [
        ("https://elsewhere.example/brands/northwind-air", {}, "must be a page"),
        (f"{PUBLIC}/method", {}, "must be a page"),
        (f"{PUBLIC}/industries/banks", {}, "no such chart"),
        (f"{PUBLIC}/brands/northwind-air/nosuch.svg", {}, "no such chart"),
        (f"{PUBLIC}/brands/nobody", {}, "no brand"),
        (f"{PUBLIC}/editions/1999/brands/northwind-air", {}, "no edition"),
        (f"{PUBLIC}/brands/northwind-air", {"format": "xml"}, "JSON only"),
        (f"{PUBLIC}/brands/northwind-air", {"maxwidth": "wide"}, "pixels"),
        ("http://[", {}, "must be"),
        ("", {}, "must be a page"),
    ],
)
def test_what_cannot_be_embedded_is_said(public, url, more, says):
    answer = asked(public, url, **more)
    assert answer.status_code == 404
    assert says in answer.text


def test_a_site_without_an_address_embeds_nothing(client):
    assert asked(client, "http://localhost/brands/northwind-air").status_code == 404


def test_brand_pages_hand_out_their_embed_and_name_its_description(public):
    page = BeautifulSoup(public.get("/brands/northwind-air").text, "html.parser")
    link = page.find("link", type="application/json+oembed")
    parts = urlsplit(link["href"])
    assert public.get(f"{parts.path}?{parts.query}").status_code == 200
    assert parse_qs(parts.query)["url"] == [
        f"{PUBLIC}/editions/2026-Q3/brands/northwind-air"
    ]
    pasted = page.find(id="embed").find_next("pre").text
    src = re.search(r'src="([^"]+)"', pasted)
    assert src is not None
    assert public.get(urlsplit(src[1]).path).status_code == 200


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        (
            "northwind-air",
            "Northwind Air on social networks, July to September 2026: 80 of 100 people"
            " had an answer within a day (95 % interval 75–85; 1,000 inquiries),"
            " between 1st and 2nd place of 3.",
        ),
        ("half-seen", "Half Seen on social networks, July to September 2026:"),
    ],
)
def test_a_page_can_be_quoted_in_one_sentence_that_is_right(get, slug, said):
    page = get(f"/brands/{slug}")
    quoted = text(page.find("h2", id="cite").find_next("p")).replace("\u00a0", " ")
    assert quoted.startswith(said)
    assert "@misc" in page.find("h2", id="cite").find_next("pre").text
