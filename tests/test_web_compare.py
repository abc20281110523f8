"""/compare: several brands side by side, and which differences are sure."""

import pytest

from fixtures_web import getter, site
from web.views.compare import MOST


def text(tag):
    return " ".join(tag.get_text(" ").split())


def test_brands_stand_side_by_side_with_their_intervals(get):
    page = get("/compare?brands=credit-elan,northwind-air")
    assert text(page.h1) == "Crédit Élan and Northwind Air compared"
    social = page.find("h2", id="social")
    table = social.find_next("table", class_="plain")
    lines = [
        [text(cell) for cell in row.select("th, td")] for row in table.select("tr")
    ]
    assert lines[0] == ["Brand", "an hour", "a day", "three days", "Inquiries"]
    assert [line[0] for line in lines[1:]] == ["Crédit Élan", "Northwind Air"]
    assert "80 (75–85)" in lines[2]
    assert "1,000" in lines[2]


def test_what_is_sure_is_said_pair_by_pair(get):
    page = get("/compare?brands=northwind-air,credit-elan,sly-air")
    heading = page.find("h3", id="sure-social")
    assert heading is not None
    said = [text(item) for item in heading.find_next("ul").select("li")]
    assert len(said) == 3
    assert all(
        "surely above" in each or "cannot be told apart" in each for each in said
    )


def test_withheld_brands_are_shown_with_the_reason_and_without_figures(get):
    page = get("/compare?brands=northwind-air,half-seen")
    table = page.find("h2", id="social").find_next("table", class_="plain")
    line = next(row for row in table.select("tr") if "Half Seen" in text(row))
    assert text(line).count("not known") == 3


def test_where_a_brand_is_not_watched_is_said(get):
    page = get("/compare?brands=northwind-air,tiny-bank")
    assert "Not watched in reviews: Tiny Bank." in text(page.main)


def test_a_brand_is_found_by_name_and_added_by_a_link(get):
    page = get("/compare?brands=northwind-air&add=credit")
    link = page.select_one(".found a")
    assert text(link) == "Add Crédit Élan"
    assert link["href"] == "/compare?brands=northwind-air,credit-elan"
    assert get(link["href"]).find("h2", id="social")
    again = get("/compare?brands=northwind-air,credit-elan")
    gone = next(
        link for link in again.select("main p a") if "from the comparison" in text(link)
    )
    assert gone["href"] == "/compare?brands=credit-elan"


def test_nothing_found_is_said(get):
    assert "No other brand" in text(get("/compare?brands=sly-air&add=zzzz").main)


def test_an_empty_comparison_says_what_to_do(get):
    assert "two brands or more, by name" in text(get("/compare").main)
    assert "another brand" in text(get("/compare?brands=sly-air").main)


def test_a_comparison_may_be_pinned(get):
    page = get("/editions/2026-Q2/compare?brands=northwind-air,credit-elan")
    link = page.select_one("table.standings tbody th a")
    assert link["href"].startswith("/editions/2026-Q2/brands/")


SEVEN = "northwind-air,credit-elan,sly-air,tiny-bank,one-day-air,half-seen,answered"
PUBLIC = "https://who.example"


@pytest.mark.parametrize("asked", ["nobody", "x" * 2_000, "Nobody,no,one,at,all,is,a"])
def test_what_cannot_be_compared_is_said(get, asked):
    page = get(f"/compare?brands={asked}", 404)
    assert f"There is no brand “{asked[:40].split(',')[0]}”" in text(page.main)


def notices(page):
    return [text(each) for each in page.select("h1 ~ .state")]


def test_unknown_brands_are_left_out_and_named(get):
    page = get("/compare?brands=nosuch,sly-air,Gone-Bank,credit-elan")
    assert text(page.h1) == "Sly <Air> & Söhne and Crédit Élan compared"
    assert notices(page) == [
        "There is no brand “nosuch” in this edition.",
        "There is no brand “Gone-Bank” in this edition.",
    ]
    assert page.find("input", attrs={"name": "brands"})["value"] == (
        "sly-air,credit-elan"
    )
    one = get("/compare?brands=sly-air,nosuch")
    assert "Choose another brand" in text(one.main)
    assert notices(one) == ["There is no brand “nosuch” in this edition."]
    assert notices(get("/compare?brands=sly-air,credit-elan")) == []


def test_of_more_than_fit_the_first_are_compared(get):
    assert SEVEN.count(",") == MOST
    page = get(f"/compare?brands={SEVEN}")
    assert "Half Seen compared" in text(page.h1)
    assert notices(page) == [
        "At most 6 brands are compared at once. Left out: Answered & Co."
    ]
    assert "as many as fit" in text(page.main)
    links = [link["href"] for link in page.select('a[href*="compare.csv"]')]
    assert links == [f"/compare.csv?brands={SEVEN.removesuffix(',answered')}"]
    unknown = get(f"/compare?brands=nosuch,{SEVEN.removesuffix(',answered')}")
    assert notices(unknown) == ["There is no brand “nosuch” in this edition."]


def test_capital_letters_are_small_ones(get, client):
    page = get("/compare?brands=Northwind-Air,CREDIT-ELAN,northwind-air")
    assert text(page.h1) == "Northwind Air and Crédit Élan compared"
    assert notices(page) == []
    assert client.get("/compare.json?brands=Sly-Air").json["rows"]
    assert client.get("/compare/curve.csv?brands=Sly-Air").status_code == 200


@pytest.mark.parametrize(
    ("brands", "says"),
    [
        ("sly-air,nosuch", "There is no brand “nosuch” in this edition."),
        (SEVEN, "7 brands are too many to compare; at most 6."),
    ],
)
@pytest.mark.parametrize(
    "path", ["compare.csv", "compare.json", "compare/curve.csv", "compare/curve.svg"]
)
def test_what_is_taken_away_has_every_brand_or_says_why_not(client, path, brands, says):
    answer = client.get(f"/{path}?brands={brands}")
    assert answer.status_code == 404
    assert says in answer.text


def test_search_engines_are_told_the_address_of_what_is_shown(world_var):
    page = getter(site(world_var, public_url=PUBLIC))(
        "/compare?brands=nosuch,Sly-Air&sort=wait"
    )
    whole = page.find("link", rel="canonical")["href"]
    assert whole == f"{PUBLIC}/compare?brands=sly-air&sort=wait"
    assert "nosuch" in page.find("a", hreflang="fr")["href"]


def test_each_brand_once(client):
    path = "/compare.json?brands=sly-air,sly-air, ,sly-air"
    rows = client.get(path).json["rows"]
    assert {row["slug"] for row in rows} == {"sly-air"}
    assert len(rows) == len({row["family"] for row in rows})
    assert client.get(path.replace("json", "csv")).text.count("sly-air") == len(rows)


def test_brand_pages_lead_here(get):
    page = get("/brands/northwind-air")
    link = page.find("a", string="Compare Northwind Air with others")
    assert link["href"] == "/compare?brands=northwind-air"


@pytest.mark.parametrize(
    "path", ["/compare?brands=northwind-air,sly-air,one-day-air", "/", "/?sort=wait"]
)
def test_typical_waits_are_set_beside_how_sure_they_are(get, path):
    table = get(path).select_one("table.standings")
    said = {
        text(row.select_one(".col-brand a")): text(row.select_one(".col-wait"))
        for row in table.select(".row")
    }
    sure = "Typical wait: 3 h 10 min 1 h 30 min to 6 h"
    assert said["Northwind Air"] == sure
    assert said["Sly <Air> & Söhne"].endswith("half surely had no answer by then")
    assert said["One Day Air"] == "Typical wait: 2 h", "it has no curve here"
    key = [text(each) for each in table.find_previous(class_="key").select("li")]
    assert key[-1] == "in small: where the true figure lies, 95 % sure"


def test_the_table_stands_in_the_order_that_its_heading_says(get):
    """Whatever order the address has: best first, until another is asked for."""
    for path in ("", "&sort=name"):
        page = get(f"/compare?brands=sly-air,credit-elan,northwind-air{path}")
        table = page.select_one("table.standings")
        names = [text(a) for a in table.select("tr.row .col-brand > a")]
        sorted_by = table.select_one("th[aria-sort]")
        best = ["Northwind Air", "Crédit Élan", "Sly <Air> & Söhne"]
        if path:
            assert (text(sorted_by), names) == ("Brand", sorted(best))
        else:
            assert (text(sorted_by), names) == ("Score", best)
