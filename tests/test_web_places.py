"""Places on pages: pairs by name, ranges of an industry, always as a range in words."""

import json

from flask.testing import FlaskClient

from fixtures_web import Get
from web.views.details.pairs import against
from web.views.details.places import shortened

SAID = {"slugs": ["a", "b", "c", "d"], "above": [[], [], [0, 0], [0, 1]]}


def plain(tag) -> str:
    return " ".join(tag.text.split())


def lists(page, ident: str) -> dict[str, str]:
    """Label to what is listed, of the block with this heading."""
    block = page.select_one(f"#{ident}").find_next("dl", class_="lists")
    return {plain(one.dt): plain(one.dd) for one in block.select("div")}


def test_each_brand_sees_the_others_from_where_it_stands():
    seen = {slug: against(SAID, slug) for slug in SAID["slugs"]}
    assert seen["a"].above == ()
    assert seen["a"].below == ("c", "d")
    assert seen["a"].open == ("b",)
    assert seen["b"].open == ("a", "c")
    assert seen["b"].below == ("d",)
    assert seen["c"].above == ("a",)
    assert seen["c"].open == ("b", "d")
    assert seen["d"].above == ("a", "b")
    assert seen["d"].open == ("c",)
    assert against(SAID, "nobody") is None
    assert against(None, "a") is None


def test_a_brand_page_names_who_is_above_and_below(get: Get):
    page = get("/brands/northwind-air")
    text = plain(page)
    assert (
        "Northwind Air is 1st to 2nd of 3 on social networks. Of the 2 other ranked"
        " brands there, 0 are surely above it, 1 is surely below it, and 1 cannot be"
        " told apart from it." in text
    )
    assert lists(page, "places-family-social") == {
        "Surely above it (0)": "no brand is surely above it",
        "Not to be told apart from it (1)": "Crédit Élan",
        "Surely below it (1)": "Sly <Air> & Söhne",
    }
    assert lists(page, "places-industry-social")["Surely below it (1)"].startswith(
        "Sly"
    )
    link = page.select_one("#places-family-social").find_next("dl").select_one("a")
    assert link["href"] == "/brands/credit-elan"


def test_each_pair_is_judged_by_itself(get: Get):
    assert "each pair is judged by itself" in plain(get("/brands/credit-elan"))
    assert "each pair is judged by itself" not in plain(get("/brands/sly-air"))


def test_who_is_alone_or_not_ranked_is_set_against_nobody(get: Get):
    page = get("/brands/credit-elan")
    assert not page.select("#places-industry-social")
    assert page.select("#places-family-social")
    assert not get("/brands/northwind-air").select("#places-family-reviews")
    assert "surely above" not in plain(get("/brands/tiny-bank"))


def test_without_names_the_counts_are_said(get: Get):
    page = get("/editions/2026-Q2/brands/northwind-air")
    text = plain(page)
    assert "1 is surely below it, and 1 cannot be told apart from it" in text
    assert not page.select(".lists")


def test_pairs_as_data(client: FlaskClient):
    lines = client.get("/brands/northwind-air/places.csv").text.splitlines()
    assert lines == [
        "slug,family,among,industry,other,name,stands",
        "northwind-air,social,industry,airlines,sly-air,Sly <Air> & Söhne,surely_below",
        "northwind-air,social,family,airlines,credit-elan,Crédit Élan,not_told_apart",
        "northwind-air,social,family,airlines,sly-air,Sly <Air> & Söhne,surely_below",
    ]
    assert client.get("/brands/nobody/places.json").status_code == 404


def test_an_industry_shows_all_ranges_at_once(get: Get):
    page = get("/industries/airlines")
    drawn = page.select_one("#ranges-drawing")
    titles = [tag.text for tag in drawn.select("rect title")]
    assert titles == ["Northwind Air: 1st of 2", "Sly <Air> & Söhne: 2nd of 2"]
    table = page.select_one("#ranges").find_next("table")
    rows = [
        [plain(cell) for cell in row.select("th, td")] for row in table.select("tr")
    ]
    assert rows[1][:2] == ["Northwind Air", "1st of 2"]
    made = json.loads(drawn.select_one("script").text)
    (bars,) = made["data"]
    assert bars["base"] == [0, 1]
    assert bars["x"] == [1, 1]
    assert bars["customdata"][1] == "Sly &lt;Air&gt; &amp; Söhne: 2nd of 2"


def test_an_industry_of_one_ranked_brand_has_no_picture(get: Get):
    assert not get("/industries/banks").select("#ranges")


def test_ranges_as_data(client: FlaskClient):
    told = client.get("/industries/airlines/places.json").json
    assert told is not None
    first, second, other = told["rows"]
    assert (first["industry_rank_low"], first["industry_of"]) == (1, 2)
    assert (second["slug"], second["score_low"]) == ("sly-air", 0.0)
    assert other["family"] == "reviews"
    assert client.get("/industries/nothing/places.csv").status_code == 404


def test_a_long_name_is_shortened_beside_a_drawing():
    assert shortened("Northwind Air") == "Northwind Air"
    assert shortened("Northwind Aeronautical Holdings") == "Northwind Aeron…"
