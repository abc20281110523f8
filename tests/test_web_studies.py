"""/studies: what others published, and what of ours may stand beside it."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures_web import site
from web.views import studies

KEYS = {"slug", "title", "by", "kind", "source", "figures"}
MAY = {"note", "reports"}


def text(tag):
    return " ".join(tag.get_text(" ").split())


def test_every_study_is_whole():
    found = studies.known()
    assert len(found) == 8
    assert len({each["slug"] for each in found}) == len(found)
    for each in found:
        assert KEYS <= set(each) <= KEYS | MAY
        assert each["kind"] in studies.KINDS
        for figure in each["figures"]:
            assert {"says", "because"} <= set(figure) <= {"says", "ours", "because"}
            assert figure["says"].endswith(".")
            assert figure.get("ours", "volume") in studies.OURS
        for report in each.get("reports", []):
            assert set(report) == {"by", "on", "link"}
            assert re.fullmatch(r"20\d\d(-\d\d){0,2}", report["on"])
            assert urlsplit(report["link"]).scheme in ("http", "https")


def test_each_figure_has_ours_beside_it_or_the_reason_why_not(get):
    page = get("/studies")
    for each in studies.known():
        rows = page.find("h2", id=each["slug"]).find_next("table").select("tbody tr")
        assert [text(row.th) for row in rows] == [f["says"] for f in each["figures"]]
        for row, figure in zip(rows, each["figures"], strict=True):
            here, why = row.select("td")
            assert ("ours" in figure) == (text(here) != "not comparable")
            assert text(why)


def test_where_a_study_can_be_read_and_what_we_doubt_stands_with_it(get, client):
    section = get("/studies").find("h2", id="expectations").find_next("p")
    assert [(text(a), a["href"][:24]) for a in section.select("a")] == [
        ("Lithium Technologies, 2013", "https://www.lithium.com/"),
        ("Marketing Land, 2013", "https://marketingland.com"[:24]),
    ]
    assert "published in October 2013" in text(section.find_next("p"))
    rows = client.get("/studies.json").json["rows"]
    (row,) = (row for row in rows if row["published"].startswith("72 %"))
    assert row["reports"].startswith("https://www.lithium.com/")
    assert "older than the index" in row["note"]


def test_figures_of_all_together_and_of_the_mean_brand_are_told_apart(get):
    page = get("/studies")
    assert "all brands together" in text(page.find("h2", id="sprout-2015").parent)
    assert "mean of 3 ranked brands" in text(page.find("h2", id="expectations").parent)


def test_ours_carry_their_interval_and_edition(get):
    said = text(get("/studies").find("h2", id="expectations").find_next("table"))
    assert "of 100 answered within a day" in said
    assert "95 % interval" in said
    older = get("/editions/2026-Q2/studies")
    assert "not known: nothing counted on social networks" in text(older.main)


def test_the_table_to_take_away_says_the_same(client):
    rows = client.get("/studies.json").json["rows"]
    assert len(rows) == sum(len(each["figures"]) for each in studies.known())
    for row in rows:
        assert row["here"] or row["not_the_same_because"]


def test_without_an_edition_there_is_nothing_to_compare(tmp_path):
    client = site(tmp_path).test_client()
    assert "measured" in client.get("/studies").text


SHARES = st.tuples(*[st.floats(0, 1)] * 3).map(sorted).map(lambda s: (s[1], s[0], s[2]))


@given(st.lists(SHARES, min_size=1, max_size=20))
def test_a_mean_lies_within_its_limits_and_they_narrow_with_many(shares):
    middle, low, high = studies.mean(shares)
    assert 0 <= low <= middle + 1e-12
    assert middle - 1e-12 <= high <= 1
    _, lower, higher = studies.mean(shares * 4)
    assert higher - lower <= high - low + 1e-12


def test_a_mean_by_hand():
    middle, low, high = studies.mean([(0.5, 0.4, 0.6), (0.7, 0.6, 0.9)])
    assert middle == pytest.approx(0.6)
    assert low == pytest.approx(0.6 - 0.02**0.5 / 2)
    assert high == pytest.approx(0.6 + 0.05**0.5 / 2)
