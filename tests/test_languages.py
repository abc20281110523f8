"""Pages in French, Romanian and Portuguese: whole, and found by who wants them."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import audit_example
from fixtures_web import checked, site
from pseudo import Pseudo, leaks
from web import arrival, routes, tongue, words
from web.tongue import OFFERED, OTHERS, speaking

ROOT = Path(__file__).parent.parent
PAGES = {
    "/": ["/", "/?family=reviews", "/?industry=banks&sort=-wait", "/?page=7", "/nope"],
    "/industries": ["/industries", "/industries?family=reviews"],
    "/industries/<slug:slug>": ["/industries/airlines", "/industries/banks"],
    "/brands/<slug:slug>": [
        f"/brands/{slug}"
        for slug in (
            "northwind-air",
            "credit-elan",
            "sly-air",
            "tiny-bank",
            "one-day-air",
            "half-seen",
            "answered",
        )
    ],
    "/brands/<slug:slug>/coverage": [
        "/brands/northwind-air/coverage",
        "/brands/tiny-bank/coverage",
    ],
    "/embed/brands/<slug:slug>": [
        "/embed/brands/northwind-air",
        "/embed/brands/sly-air",
        "/embed/brands/half-seen",
        "/editions/2026-Q2/embed/brands/northwind-air",
    ],
    "/embed/brands/<slug:slug>/<slug:name>": [
        "/embed/brands/northwind-air/waits",
        "/embed/brands/northwind-air/curve",
        "/embed/brands/northwind-air/week",
        "/editions/2026-Q2/embed/brands/northwind-air/waits",
    ],
    "/embed/industries/<slug:slug>/<slug:name>": [
        "/embed/industries/airlines/places",
        "/embed/industries/airlines/funnel",
    ],
    "/brands/<slug:slug>/<slug:name>/embed": ["/brands/northwind-air/curve/embed"],
    "/industries/<slug:slug>/<slug:name>/embed": ["/industries/airlines/places/embed"],
    "/compare": [
        "/compare",
        "/compare?brands=nosuch",
        "/compare?add=air&brands=tiny-bank",
        "/compare?brands=tiny-bank,nosuch",
        "/compare?brands=northwind-air,credit-elan,sly-air,tiny-bank,one-day-air,"
        "half-seen,answered",
        "/compare?brands=northwind-air,credit-elan,sly-air,tiny-bank",
    ],
    "/editions": ["/editions"],
    "/about": ["/about"],
    "/method": ["/method", "/editions/2026-Q2/method"],
    "/method/log": ["/method/log"],
    "/data": ["/data"],
    "/api": ["/api"],
    "/corrections": ["/corrections"],
    "/corrections/<slug:number>": ["/corrections/7"],
    "/search": ["/search", "/search?q=north", "/search?q=zzzz"],
    "/sources": ["/sources"],
    "/sources/<slug:slug>": ["/sources/bluesky", "/sources/mastodon", "/sources/x"],
    "/audits": ["/audits"],
    "/audits/<slug:slug>": [f"/audits/{audit_example.SLUG}"],
    "/studies": ["/studies"],
}
"""Addresses of the small world for each address that is offered."""
NAMES = (
    "Northwind Air", "Crédit Élan", "Sly <Air> & Söhne", "Tiny Bank", "One Day Air",
    "Sly <Air> & Söh…",
    "Half Seen", "Answered & Co", "northwind.example", "northwind@social.example",
    "help@social.example", "Bluesky", "Mastodon", "GitHub", "gone-bank", "air/coverage",
)  # fmt: skip
PROTOCOL = tomllib.loads(audit_example.PROTOCOL)
NAMES += (
    audit_example.SLUG, "wrong-account", *audit_example.brands(),
    "; ".join(audit_example.ARMS), "protocol.csv", "messages.csv", "differences.csv",
    "2026-01-20T12:00:00Z", *(text for text in PROTOCOL.values() if type(text) is str),
    *PROTOCOL["exclusions"].values(),
)  # fmt: skip
"""What an audit says in words of its own."""
EVERY = [address for rule in OFFERED for address in PAGES.get(rule, [])]


@pytest.fixture
def pseudo(monkeypatch, world_var):
    """The small world in the language that nobody speaks."""
    monkeypatch.setattr(
        tongue, "catalogue", lambda name: Pseudo() if name == "fr" else None
    )
    return site(world_var).test_client()


def test_every_address_offered_is_there():
    rules = {route.rule for route in routes.ROUTES}
    assert set(OFFERED) <= rules
    assert set(PAGES) == {
        rule for rule in OFFERED if not rule.endswith((".json", ".atom"))
    }


@pytest.mark.parametrize("address", EVERY)
def test_no_word_of_a_page_passes_its_catalogue_by(pseudo, address):
    response = pseudo.get(f"/fr{address}")
    assert "⟦" in response.text
    assert leaks(response.text, NAMES) == set()


def test_the_language_that_nobody_speaks_finds_what_is_not_said():
    html = '<p aria-label="So">⟦Yes ⟦9⟧⟧ and</p><a hreflang="en">English</a>'
    assert leaks(html, ()) == {"So", "and"}
    assert leaks("<p>Tiny Bank, 9 min</p>", ["Tiny Bank"]) == set()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("address", EVERY)
def test_pages_keep_the_house_rules_in_every_language(client, language, address):
    page = checked(client.get(f"/{language}{address}"))
    assert page.html["lang"] == language


@pytest.mark.parametrize("language", OTHERS)
def test_a_page_leads_to_itself_in_other_languages(world_var, language):
    client = site(world_var, public_url="https://who.example").test_client()
    page = BeautifulSoup(client.get(f"/{language}/?family=reviews").text, "html.parser")
    whole = f"https://who.example/{language}/?family=reviews"
    assert page.select_one('link[rel="canonical"]')["href"] == whole
    found = {
        link["hreflang"]: link["href"]
        for link in page.select('link[rel="alternate"][hreflang]')
    }
    assert set(found) == {*tongue.NAMES, "x-default"}
    assert found[language] == whole
    assert found["x-default"] == found["en"] == "https://who.example/?family=reviews"
    for link in page.select("nav.languages a"):
        there = client.get(link["href"])
        assert f'<html lang="{link["hreflang"]}">' in there.text


def test_a_page_that_is_in_english_alone_offers_no_other(world_var):
    client = site(world_var, public_url="https://who.example").test_client()
    page = BeautifulSoup(client.get("/patterns").text, "html.parser")
    assert not page.select("link[hreflang]")
    inner = BeautifulSoup(client.get("/fr/").text, "html.parser")
    assert inner.select('.foot__nav a[href="/fr/api"]')
    assert inner.select('.foot__nav a[href="/fr/about"]')
    links = {link["hreflang"]: link["href"] for link in page.select(".languages a")}
    assert links == {name: f"/{name}/" for name in OTHERS}
    assert client.get("/fr/patterns").status_code == 404


def test_editions_and_data_stay_within_reach(client):
    page = BeautifulSoup(client.get("/ro/editions/2026-Q2").text, "html.parser")
    assert page.html["lang"] == "ro"
    assert page.select_one(".older a")["href"] == "/ro/"
    data = [link["href"] for link in page.select(".tools a")]
    assert data
    assert all(link.startswith("/editions/2026-Q2/") for link in data)
    assert client.get("/fr").headers["Location"].endswith("/fr/")


def test_search_engines_are_told_of_every_language(world_var):
    client = site(world_var, public_url="https://who.example").test_client()
    listed = client.get("/sitemap.xml").text
    for language in OTHERS:
        at = f"https://who.example/{language}/brands/northwind-air"
        assert f"<loc>{at}</loc>" in listed
        assert f'hreflang="{language}" href="{at}"' in listed
    for rule in OFFERED:  # feeds and suggestions are no pages
        listable = not re.search(r"[<.]|/search", rule)
        assert not listable or f"<loc>https://who.example/fr{rule}</loc>" in listed
    assert "https://who.example/fr/patterns" not in listed


def test_what_is_suggested_leads_on_in_the_language(client):
    rows = client.get("/pt/search.json?q=airlin").json["rows"]
    assert rows[0]["name"] == "Companhias aéreas"
    assert client.get("/pt/search.json?q=companhias").json["rows"] == rows
    assert client.get("/search.json?q=airlin").json["rows"][0]["name"] == "Airlines"
    script = (ROOT / "site/static/search.js").read_text()
    for language in tongue.NAMES:
        assert f'{language}: "' in script


FRENCH = "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5"


@pytest.mark.parametrize("came", arrival.FROM_ELSEWHERE)
def test_who_comes_from_elsewhere_is_met_in_their_language(client, came):
    for _ in range(2):  # made, then from the shelf
        asked = {"Accept-Language": FRENCH, "Sec-Fetch-Site": came}
        answer = client.get("/", headers=asked)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/fr/"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Accept-Language" in answer.headers["Vary"]
        client.get("/")


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/", {"Accept-Language": FRENCH}),  # programs do not say where they come from
        ("/", {"Accept-Language": FRENCH, "Sec-Fetch-Site": "same-origin"}),
        ("/", {"Accept-Language": "en, fr;q=0.9", "Sec-Fetch-Site": "none"}),
        ("/", {"Accept-Language": "en, fr", "Sec-Fetch-Site": "none"}),
        ("/", {"Accept-Language": "de, ja;q=0.9", "Sec-Fetch-Site": "none"}),
        ("/", {"Accept-Language": ";;q=x,,\0", "Sec-Fetch-Site": "none"}),
        ("/", {"Sec-Fetch-Site": "none"}),
        ("/?sort=name", {"Accept-Language": FRENCH, "Sec-Fetch-Site": "none"}),
        ("/search", {"Accept-Language": FRENCH, "Sec-Fetch-Site": "none"}),
        ("/.csv", {"Accept-Language": FRENCH, "Sec-Fetch-Site": "none"}),
    ],
)
def test_everybody_else_gets_what_they_asked_for(client, address, headers):
    assert client.get(address, headers=headers).status_code == 200


def test_caches_are_told_that_the_first_page_depends_on_the_reader(client):
    said = client.get("/").headers["Vary"]
    assert {"Accept-Language", "Sec-Fetch-Site"} <= set(said.split(", "))
    for address in ("/fr/", "/search", "/?sort=name"):
        assert client.get(address).headers["Vary"] == "Accept-Encoding"


def test_a_language_is_read_from_its_header():
    assert tongue.preferred("ro-RO,ro;q=0.9,en-US;q=0.8") == "ro"
    assert tongue.preferred("de, pt-BR;q=0.4, en;q=0.3") == "pt"
    assert tongue.preferred("fr;q=0") == "en"
    assert tongue.preferred("") == "en"
    assert tongue.weights("fr;q=2, en;q=.5, ro") == {"ro": 1.0}


SAYS = {
    "en": ("3rd to 9th of 41", "1,234,567", "95\u00a0%", "1 July 2026", "1.9"),
    "fr": ("3e à 9e sur 41", "1\u202f234\u202f567", "95\u202f%", "1er juillet 2026",
           "1,9"),
    "ro": ("3–9 din 41", "1.234.567", "95\u00a0%", "1 iulie 2026", "1,9"),
    "pt": ("3.º a 9.º de 41", "1\u00a0234\u00a0567", "95%", "1 de julho de 2026",
           "1,9"),
}  # fmt: skip


@pytest.mark.parametrize("language", tongue.NAMES)
def test_figures_are_written_as_the_language_does(language):
    with speaking(language):
        said = (
            words.places(3, 9, 41),
            words.number(1_234_567),
            words.percent(0.95),
            words.long_date(date(2026, 7, 1)),
            words.decimal(1.94),
        )
    assert said == SAYS[language]
    assert tongue.language() == "en"


PERIODS = {
    "en": ("July to September 2026", "", "19 July 2026, 00:00 UTC"),
    "fr": ("juillet à septembre 2026", "",
           "19 juillet 2026, 00:00 UTC"),
    "ro": ("iulie–septembrie 2026", "", "19 iulie 2026, 00:00 UTC"),
    "pt": ("julho a setembro de 2026", "", "19 de julho de 2026, 00:00 UTC"),
}  # fmt: skip


@pytest.mark.parametrize("language", tongue.NAMES)
def test_periods_and_moments(language):
    whole, _, moment = PERIODS[language]
    with speaking(language):
        assert words.period(20_635, 20_727) == whole
        assert words.moment(20_653 * 86_400) == moment


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 brand"), (7, "7 branduri"), (21, "21 de branduri")]
)
def test_romanian_plurals(n, said):
    with speaking("ro"):
        assert words.counted(n, "brand", "brands").replace("\u00a0", " ") == said
    with speaking("fr"):
        assert words.counted(0, "brand", "brands") == "0\u00a0marque"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("95 %", "99.8 %", "91.0 %")),
        ("fr", ("95 %", "99,8 %", "91,0 %")),
        ("ro", ("95 %", "99,8 %", "91,0 %")),
        ("pt", ("95%", "99,8%", "91,0%")),
    ],
)
def test_shares_that_are_no_whole_per_cent(language, said):
    with speaking(language):
        exact = (words.exact(0.95), words.exact(0.998), words.exact(0.91, 1))
    assert tuple(" ".join(each.split()) for each in exact) == said


def test_waits_in_words():
    with speaking("ro"):
        assert words.duration(2 * 86_400 + 4 * 3_600) == "2\u00a0zile\u00a04\u00a0h"
        assert words.limit(3 * 86_400) == "trei zile"
        assert words.limit(30 * 86_400) == "30 de zile"
        assert words.bin_label(3_600, 7_200) == "1–2 ore"
    with speaking("fr"):
        assert words.ordinal(1) == "1re"
        assert words.limit(3_600) == "une heure"
        assert words.between("83–91") == "83 et 91"
        assert words.between("83") == "83"
