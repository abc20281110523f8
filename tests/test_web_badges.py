"""Badges, feeds and lists for machines: short answers that keep their uncertainty."""

import json
from dataclasses import replace
from html import escape
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from fixtures_web import Q2, Q3, site
from model import DAY
from pseudo import Pseudo, leaks
from web import tongue
from web.tongue import OTHERS
from web.views import badge, feed

ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SVG = "{http://www.w3.org/2000/svg}"
LAST = Q3[1] + 92 + badge.GRACE_DAYS


def desk(world, **query):
    return world.extensions["answerable"].desk("/", query)


def test_a_badge_says_how_sure_it_is_of_what_and_until_when(world):
    made = badge.badge(desk(world), "northwind-air", now=Q3[1] * DAY)
    assert made.label == "Northwind Air answers on social networks"
    assert made.value == "80 of 100 within a day"
    assert "95 % interval 75–85" in made.sure.replace("\u00a0", " ")
    assert "inquiries" in made.sure
    assert "2026-Q3, valid until" in made.when
    assert not made.expired


def test_a_badge_grows_old(world):
    before = badge.badge(desk(world), "northwind-air", now=LAST * DAY - 1)
    after = badge.badge(desk(world), "northwind-air", now=LAST * DAY)
    assert (before.expired, after.expired) == (False, True)
    assert "expired" in after.when
    assert (before.tone, after.tone) == ("good", "none")


def test_what_is_withheld_has_no_figure_on_its_badge(world):
    made = badge.badge(desk(world), "half-seen", now=0)
    assert made.value == "not ranked: low coverage"
    assert made.tone == "none"
    assert "interval" not in made.sure


def test_a_badge_of_another_family(client):
    said = client.get("/badge/northwind-air.json?family=reviews").json
    assert said["label"] == "Northwind Air answers in reviews"
    none = client.get("/badge/northwind-air.json?family=complaints")
    assert none.status_code == 404
    assert client.get("/badge/nobody.svg").status_code == 404


def test_the_picture_is_sound_and_says_itself_in_words(client):
    answer = client.get("/badge/northwind-air.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    root = ET.fromstring(answer.data)
    assert root.tag == f"{SVG}svg"
    assert root.get("aria-label") == root.findtext(f"{SVG}title")
    assert "Northwind Air answers on social networks: 80 of 100" in root.get(
        "aria-label"
    )
    first = next(root.iter(f"{SVG}text")).text
    assert first == "Northwind Air: 80 of 100 within a day", "nobody else's"
    width = float(root.get("width"))
    for line in root.iter(f"{SVG}text"):
        assert float(line.get("x")) + float(line.get("textLength")) <= width
    assert not list(root.iter(f"{SVG}script"))


def test_the_endpoint_has_the_fields_of_its_format_and_no_other(client):
    answer = client.get("/badge/northwind-air.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    said = json.loads(answer.data)
    assert set(said) == {
        "schemaVersion", "label", "message", "color", "isError", "cacheSeconds"
    }  # fmt: skip
    assert said["schemaVersion"] == 1
    assert said["message"].startswith("80 of 100 within a day (")
    assert "2026-Q3" in said["message"]


def test_a_pinned_badge_keeps_its_edition(client):
    older = client.get("/editions/2026-Q2/badge/northwind-air.json").json
    assert "2026-Q2" in older["message"]


def entries(client, path):
    answer = client.get(path)
    assert answer.mimetype == "application/atom+xml"
    root = ET.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    for needed in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{needed}") is not None
    found = root.findall(f"{ATOM}entry")
    for entry in found:
        for needed in ("id", "title", "updated", "summary", "link"):
            assert entry.find(f"{ATOM}{needed}") is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in found]
    assert len(ids) == len(set(ids))
    return found


def test_the_feed_of_all_has_an_entry_an_edition(client):
    found = entries(client, "/feed.atom")
    assert [e.findtext(f"{ATOM}title") for e in found] == [
        "Edition 2026-Q3", "Edition 2026-Q2"
    ]  # fmt: skip


def test_the_feed_of_a_brand_says_each_standing_with_its_interval(client):
    found = entries(client, "/brands/northwind-air/feed.atom")
    first = found[0]
    assert "2026-Q3" in first.findtext(f"{ATOM}title")
    said = first.findtext(f"{ATOM}summary").replace("\u00a0", " ")
    assert "of 100 people get an answer within" in said
    assert "95 % interval" in said
    link = first.find(f"{ATOM}link").get("href").partition("#")[0]
    assert link == "/editions/2026-Q3/brands/northwind-air"
    assert client.get(link).status_code == 200
    assert client.get("/brands/nobody/feed.atom").status_code == 404


def test_the_feed_of_an_industry(client):
    found = entries(client, "/industries/airlines/feed.atom")
    assert found
    assert client.get("/industries/nothing/feed.atom").status_code == 404


def test_ids_do_not_hang_on_the_address_of_the_site(world_var, client):
    here = [e.findtext(f"{ATOM}id") for e in entries(client, "/feed.atom")]
    other = site(world_var, public_url="https://answerable.example").test_client()
    there = entries(other, "/feed.atom")
    assert [e.findtext(f"{ATOM}id") for e in there] == here
    assert there[0].find(f"{ATOM}link").get("href").startswith("https://answerable.")


FEEDS = ("/feed.atom", "/brands/sly-air/feed.atom", "/industries/airlines/feed.atom")


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("language", OTHERS)
def test_a_feed_speaks_the_language_of_its_address(client, language, path):
    english, other = entries(client, path), entries(client, f"/{language}{path}")
    root = ET.fromstring(client.get(f"/{language}{path}").data)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    own = root.find(f"{ATOM}link[@rel='self']").get("href")
    assert own == f"/{language}{path}"
    assert len(other) == len(english) > 0
    for one, same in zip(other, english, strict=True):
        assert one.findtext(f"{ATOM}id") != same.findtext(f"{ATOM}id")
        assert one.findtext(f"{ATOM}summary") != same.findtext(f"{ATOM}summary")
        assert one.findtext(f"{ATOM}updated") == same.findtext(f"{ATOM}updated")
        there = one.find(f"{ATOM}link").get("href").partition("#")[0]
        assert there.startswith(f"/{language}/editions/")
        assert client.get(there).status_code == 200


def test_no_word_of_a_feed_passes_its_catalogue_by(monkeypatch, world_var):
    monkeypatch.setattr(
        tongue, "catalogue", lambda name: Pseudo() if name == "fr" else None
    )
    client = site(world_var).test_client()
    for path in FEEDS:
        root = ET.fromstring(client.get(f"/fr{path}").data)
        for tag in root.iter():
            if tag.tag in (f"{ATOM}title", f"{ATOM}summary"):
                assert leaks(escape(tag.text), ("Sly <Air> &amp; Söhne",)) == set()


@pytest.mark.parametrize("path", ["/", "/brands/sly-air", "/industries/airlines"])
def test_a_page_leads_to_the_feed_in_its_language(client, path):
    for language in OTHERS:
        page = BeautifulSoup(client.get(f"/{language}{path}").text, "html.parser")
        link = page.find("link", type="application/atom+xml")["href"]
        assert link.startswith(f"/{language}/")
        assert client.get(link).status_code == 200


def test_provisional_editions_are_no_news(world):
    here = desk(world)
    past = here.book.reader.history("northwind-air")
    edition, row = past[-1]
    passing = (edition.model_copy(update={"provisional": True}), row)
    assert len(feed._past(here, [passing], "/brands/x")) == 0
    sample = (edition.model_copy(update={"sample": True}), row)
    assert "fictional" in feed._past(here, [sample], "/brands/x")[0].says


@pytest.mark.parametrize("path", ["/", "/brands/northwind-air", "/industries/airlines"])
def test_pages_name_their_feed(get, client, path):
    link = get(path).find("link", type="application/atom+xml")
    assert client.get(link["href"]).status_code == 200


def test_a_brand_page_shows_its_badge(get, client):
    page = get("/brands/northwind-air")
    assert client.get(page.find("img", class_="badge")["src"]).status_code == 200


def test_the_list_of_pages_holds_pages_that_are_there(world_var):
    client = site(world_var, public_url="https://answerable.example").test_client()
    root = ET.fromstring(client.get("/sitemap.xml").data)
    found = [url.findtext(f"{MAPS}loc") for url in root]
    assert "https://answerable.example/brands/northwind-air" in found
    assert len(found) == len(set(found))
    for address in found:
        path = address.removeprefix("https://answerable.example")
        assert client.get(path).status_code == 200, path
    robots = client.get("/robots.txt").text
    assert "Sitemap: https://answerable.example/sitemap.xml" in robots


def test_a_site_without_an_address_lists_none(client):
    assert client.get("/sitemap.xml").status_code == 404
    assert "Sitemap" not in client.get("/robots.txt").text


def test_a_sample_badge_says_so(world):
    made = desk(world)
    fiction = replace(made, library=replace(made.library, sample=True))
    assert "fictional" in badge.badge(fiction, "northwind-air", now=0).when
    assert Q2[1] <= Q3[0]
