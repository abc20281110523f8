"""Pages on changes, like with like and funnels: what they say, and the same as data."""

import json

import pytest
from flask.testing import FlaskClient

from fixtures_changes import TOLD
from fixtures_web import Get
from web.views.details import funnel
from web.views.details.change import points, signed
from web.views.details.funnel import Scale


def part(page, ident: str) -> str:
    """The words from a heading to the next, every blank the same."""
    heading = page.find(id=ident)
    assert heading is not None, ident
    said = [heading.text]
    start = heading.parent if heading.parent.name == "summary" else heading
    for tag in start.find_next_siblings():
        if tag.name == heading.name:
            break
        said.append(tag.text)
    return " ".join(" ".join(said).split())


@pytest.mark.parametrize(
    ("value", "words"),
    [(2.1, "+2.1"), (-0.52, "−0.5"), (0.0, "0.0"), (-0.04, "0.0"), (39, "+39.0")],
)
def test_a_change_has_its_sign(value, words):
    assert signed(value, 1) == words


def test_points():
    assert points(1) == "+1.0\u00a0point"
    assert points(-1) == "−1.0\u00a0point"
    assert points(11) == "+11.0\u00a0points"
    assert points(0) == "0.0\u00a0points"


def test_luck_is_not_called_a_change(get: Get):
    said = part(get("/brands/northwind-air"), "change-social")
    assert "In July to September 2026 the score of Northwind Air" in said
    assert "was 66.4, after 60.1 in April to June 2026: +6.3 points." in said
    assert "95 % sure that what it did itself moved it by −1.2 to +13.5" in said
    assert "we do not call it one" in said
    assert "method, which has changed" not in said


def test_the_ledger_adds_up(get: Get):
    page = get("/brands/northwind-air")
    heading = page.find(id="change-social")
    rows = heading.find_next("table").select("tbody tr")
    figures = [row.td.contents[0].strip().replace("−", "-") for row in rows]
    start, *parts, end = map(float, figures)
    assert round(start + sum(parts), 2) == end
    assert rows[0].a["href"] == "/editions/2026-Q2/brands/northwind-air"


def test_a_change_is_called_one_and_of_lists_more_is_wanted(get: Get):
    said = part(get("/brands/credit-elan"), "change-social")
    assert "so we call it a change" in said
    assert "Of 5 brands compared a few would get as far by luck" in said
    assert "in no list" in said


def test_what_our_method_did_is_told_apart(get: Get):
    said = part(get("/brands/sly-air"), "change-social")
    assert "was 0.0, after 39.0" in said
    assert "+2.0 points of it is our method" in said
    assert "what it did itself is −41.0 points" in said
    assert "even where all 5 brands are compared at once" in said


def test_nothing_is_said_where_there_was_nothing(get: Get):
    assert not get("/brands/tiny-bank").select("#change-social")
    older = get("/editions/2026-Q2/brands/northwind-air")
    assert not older.select("#change-social, #standard-social")
    assert not get("/editions/2026-Q2/industries/airlines").select(
        "#change, #like-with-like, #funnel"
    )


def test_an_industry_lists_only_what_is_sure_of_all_at_once(get: Get):
    said = part(get("/industries/airlines"), "change")
    assert "Airlines: in July to September 2026" in said
    assert "the mean score of the 2 brands that were ranked both times" in said
    assert "was 33.21, after 49.55" in said
    assert "−16.34 points (−21.50 to −10.10)" in said, "exactly their difference"
    assert "Of that −12.95 is how many were answered, −4.59 how soon, +0.20" in said
    assert "Sure to have changed: Sly <Air> & Söhne (−39.0 points)." in said
    assert "2 brands of this industry were compared, 5 in the whole edition" in said
    assert "That may be luck" not in said
    banks = part(get("/industries/banks"), "change")
    assert "No brand is sure to have changed. 1 brand of this industry was" in banks
    assert "the mean score" not in banks


def test_on_the_same_mix(get: Get):
    said = part(get("/brands/northwind-air"), "standard-social")
    assert "its score would be 58 (95 %: 50–66) in place of 66" in said
    assert "would stand behind Sly <Air> & Söhne, the other way round" in said
    assert "Bluesky" in said
    assert "complaints" in said
    sly = part(get("/brands/sly-air"), "standard-social")
    assert "would stand before 7 brands and behind One Day Air" in sly


def test_who_passes_nobody_and_who_is_not_ranked(get: Get):
    elan = part(get("/brands/credit-elan"), "standard-social")
    assert "changes the order with no other ranked brand" in elan
    assert "would stand" not in part(get("/brands/one-day-air"), "standard-social")


def test_too_little_of_the_mix_is_said_to_be_too_little(get: Get):
    said = part(get("/brands/tiny-bank"), "standard-social")
    assert "cannot be said" in said
    assert "hold 40 % of that mix, and 80 % are needed" in said
    assert "would be" not in said


def test_pairs_of_an_industry(get: Get):
    said = part(get("/industries/airlines"), "like-with-like")
    assert "Pairs of its 2 ranked brands that this reverses: 1 of 1." in said
    assert "Sly <Air> & Söhne would stand before Northwind Air" in said
    banks = part(get("/industries/banks"), "like-with-like")
    assert "Pairs of its 2 ranked brands that this reverses: 0 of 1." in banks
    assert "gone-bank" in banks


@pytest.mark.parametrize(
    ("aparts", "says"),
    [(0, "By score none of those is surely apart anyway"), (3, "in all 3")],
)
def test_reversed_pairs_in_words(get: Get, monkeypatch, aparts, says):
    from web.views.details import standard

    said = {
        "brands": 4, "pairs": 6, "reversed": 4, "aparts": aparts,
        "apart": [["a", "b"]][: aparts or 0],
    }  # fmt: skip

    class Desk:
        class book:
            names = {"a": "A", "b": "B"}

    assert says in standard._pairs(Desk(), said)  # type: ignore[arg-type]


def test_a_funnel_is_drawn_and_told(get: Get):
    page = get("/industries/airlines")
    said = part(page, "funnel")
    assert "leave 950 of 1,000 within the band and 998 within the broken" in said
    assert "Outside the band are 2 of 3 ranked brands" in said
    assert "luck alone would put fewer than one there" in said
    assert "above the limit of 99.8 %" in said
    assert "below the limit of 95 %" in said
    assert "within what luck does" in said
    drawing = page.find(id="funnel-drawing")
    dots = drawing.select("circle:has(title)")
    assert [dot.title.text.split(":")[0] for dot in dots] == [
        "Northwind Air", "One Day Air", "Sly <Air> & Söhne",
    ]  # fmt: skip
    assert len({" ".join(dot["class"]) for dot in dots}) == 3
    figure = json.loads(drawing.select_one(".chart__data").text)
    marked = figure["data"][-1]
    assert marked["x"] == [800.5, 300.0, 80.1]
    assert "Sly &lt;Air&gt;" in marked["customdata"][2]
    assert figure["layout"]["xaxis"]["type"] == "log"


def test_a_scale_holds_everything():
    said = TOLD["funnel", "industry", "social", "", "airlines"]
    scale = Scale(said)
    for _, score, size, _ in said["brands"]:
        assert 0 <= scale.x(size) <= 100
        assert 0 <= scale.y(score) <= funnel.TALL
    assert scale.ticks() == [100, 200, 500]
    assert list(scale.levels) == [0, 20, 40, 60, 80]
    near = {
        "brands": [["a", 52.0, 100.0, 0]],
        "limits": [[100.0, 48.0, 46.0, 57.0, 59.0], [101.0, 48.0, 46.0, 57.0, 59.0]],
    }
    assert list(Scale(near).levels) == [45, 50, 55, 60]


def test_many_brands_may_lie_outside_by_luck():
    said = {
        "mean": 40.0,
        "brands": [["a", 50.0, 100.0, 1]] + [["b", 40.0, 100.0, 0]] * 59,
    }
    first, second = funnel._text(said)
    assert "(40 of 100)" in first
    assert "Outside the band is 1 of 60" in second
    assert "about 3 there" in second


def rows(client: FlaskClient, path: str):
    told = client.get(f"{path}.json").json
    assert told is not None
    lines = client.get(f"{path}.csv").text.splitlines()
    assert len(lines) == len(told["rows"]) + 1
    return told["rows"]


def test_tables(client: FlaskClient):
    (line,) = rows(client, "/brands/sly-air/change")
    assert (line["before"], line["score_before"], line["method"]) == (
        "2026-Q2", 39.0, 2.0,
    )  # fmt: skip
    trade = rows(client, "/industries/airlines/change")
    assert [line["slug"] for line in trade] == ["northwind-air", "sly-air"]
    assert trade[1]["called"] == 2
    strata = rows(client, "/brands/northwind-air/standard")
    assert [line["channel"] for line in strata] == ["bluesky", "mastodon"]
    assert strata[0]["standard"] == 58.21
    assert strata[0]["inquiries"] == 600
    (tiny,) = rows(client, "/brands/tiny-bank/standard")
    assert tiny["standard"] is None
    assert tiny["held"] == 0.4
    like = rows(client, "/industries/airlines/standard")
    assert like[0]["standard_n_eff"] == 610.2
    drawn = rows(client, "/industries/airlines/funnel")
    assert [line["slug"] for line in drawn[:4]] == [
        "northwind-air", "one-day-air", "sly-air", None,
    ]  # fmt: skip
    assert drawn[3]["low_95"] == 31.0
    assert drawn[3]["high_998"] == 55.4


@pytest.mark.parametrize("table", ["change", "standard", "funnel"])
def test_tables_of_nobody(client: FlaskClient, table):
    if table != "funnel":
        assert client.get(f"/brands/nobody/{table}.csv").status_code == 404
        older = client.get(f"/editions/2026-Q2/brands/northwind-air/{table}.csv")
        assert len(older.text.splitlines()) == 1
    assert client.get(f"/industries/nothing/{table}.csv").status_code == 404
    older = client.get(f"/editions/2026-Q2/industries/airlines/{table}.csv")
    assert len(older.text.splitlines()) == 1
