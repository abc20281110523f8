"""Nights, weekends, maps of the week and the tables of an earlier study, as read."""

import json
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from fixtures_web import Q2, Q3, VOLUME, Get, edition, getter, lines, save, site
from scoring.changes import difference
from settings import Settings
from store import Store
from web import words
from web.parts import Rect, Words
from web.views.details.volume import _tested, change_words
from web.views.details.week_map import (
    Grid,
    Shaded,
    _axes,
    _cells,
    _legend,
    count_key,
    hundred_key,
    quarter,
)

Q1 = (20_454, 20_544)


def said(page: BeautifulSoup, ident: str) -> str:
    """The words of a block, from its heading to the next."""
    heading = page.select_one(f"#{ident}")
    assert heading is not None, ident
    found = []
    start = heading.parent if heading.parent.name == "summary" else heading
    for each in start.next_siblings:
        if isinstance(each, Tag) and each.name in ("h2", "h3"):
            break
        found.append(each.get_text(" "))
    return " ".join(" ".join(found).split())


def test_nights_and_weekends_are_said_with_n_and_intervals(get: Get):
    text = said(get("/brands/northwind-air"), "nights-social")
    assert "At night surely fewer people have an answer within an hour" in text
    assert "34 to 46 fewer of 100" in text
    assert "At the weekend it cannot be told" in text
    assert "The clock is UTC" in text
    assert "Monday to Friday, 8 to 20 h 60 (56–64) 80 (76–83) 90 (87–92) 500" in text
    assert "Monday to Friday, 20 to 8 h 20 (16–25)" in text
    assert "Saturday and Sunday 60 (53–67)" in text
    assert "57 %" in text


def test_where_neither_is_sure_it_is_said_once(get: Get):
    text = said(get("/industries/airlines"), "nights-social")
    assert "At night as at the weekend it cannot be told" in text
    assert text.count("cannot be told") == 1
    assert "not that of these brands" in text


def test_where_more_are_answered_it_says_so(get: Get):
    text = said(get("/brands/sly-air"), "nights-social")
    assert "At the weekend surely more people" in text
    assert "52 to 86 more of 100" in text
    assert "At night" not in text


def test_too_few_get_no_share(get: Get):
    text = said(get("/brands/northwind-air"), "nights-reviews")
    assert "Too few people wrote at some of these times to compare them." in text
    assert "too few to say 1 of 8" in text
    assert not get("/brands/northwind-air").select("#week-reviews, #given-reviews")


def test_the_map_prints_each_figure_in_its_cell(get: Get):
    page = get("/brands/northwind-air")
    drawn = page.select_one("#map-social")
    assert drawn is not None
    cells = drawn.select("svg rect.mark-heat")
    assert len(cells) == 42 + 5
    assert len(drawn.select("svg rect.mark-heat--none")) == 5  # n of 5 to 9
    figures = drawn.select("svg text[class^=mark-on-heat]")
    assert len(figures) == 42 - 5 + 5
    texts = [each.text for each in drawn.select("svg text")]
    assert {"Mon", "Sun", "00–04", "20–24", "75–100"} <= set(texts)
    words = said(page, "week-social")
    assert "Hours are UTC" in words
    assert "fewer than ten people wrote" in words
    (table,) = [t for t in page.select("table") if "at a time" in t.text]
    first = [cell.get_text(" ") for cell in table.select("tbody tr")[0].select("td")]
    assert first[0].split() == ["–", "n", "5"]
    assert first[1].split() == ["27", "n", "11"]


def test_plotly_reads_the_maps(get: Get):
    page = get("/brands/northwind-air")
    for ident, traces in (("map-social", 7), ("answers-social", 2)):
        data = page.select_one(f"#{ident} script")
        assert data is not None
        made = json.loads(data.text)
        figure = go.Figure(made["data"], made["layout"])
        assert len(figure.data) == traces
        for trace in figure.data:
            assert set(trace.x) == {1}
            assert len(trace.y) == len(trace.marker.color) == 6
    assert "heat-0" in data.text


def test_when_answers_come(get: Get):
    page = get("/brands/northwind-air")
    assert "198 answers came" in said(page, "given-social").replace("\xa0", " ")
    only = get("/brands/answered")
    assert only.select("#given-social")
    assert not only.select("#week-social, #nights-social, #volume-social")
    industry = get("/industries/airlines")
    for ident in ("nights", "week", "given", "volume"):
        assert industry.select(f"#{ident}-social"), ident
    assert not get("/industries/banks").select("#nights-social, #week-social")
    assert not get("/industries/banks?family=reviews").select("#volume-reviews")


def test_the_figures_as_tables(client: FlaskClient):
    def rows(path: str) -> list[dict[str, object]]:
        answer = client.get(f"{path}.json")
        assert answer.status_code == 200
        body = answer.json
        assert body is not None
        assert client.get(f"{path}.csv").text.count("\n") == len(body["rows"]) + 1
        return list(body["rows"])

    for path in ("/brands/northwind-air", "/industries/airlines"):
        nights = [row for row in rows(f"{path}/nights") if row["family"] == "social"]
        assert [row["time"] for row in nights] == ["weekday", "night", "weekend"]
        assert nights[1]["inquiries"] == 300
        assert nights[1]["share_t1"] == 0.2
        assert nights[1]["share_t3_high"] == 0.7803
        week = rows(f"{path}/week")
        assert len(week) == 42
        assert week[0]["share_t1"] is None
        assert (week[7]["day_first"], week[7]["hour_from"], week[7]["hour_to"]) == (
            2,
            4,
            8,
        )
        assert (week[7]["inquiries"], week[7]["share_t2"]) == (12, round(7 / 12, 4))
        answers = rows(f"{path}/answers")
        assert [row["day_last"] for row in answers] == [5] * 6 + [7] * 6
        assert sum(int(str(row["answers"])) for row in answers) == 198
        (volume,) = [row for row in rows(f"{path}/volume") if row["family"] == "social"]
        assert volume["posts_per_reply"] == 2.4
        assert volume["unanswered_high"] == 0.22
    few = [row for row in rows("/brands/northwind-air/nights") if row["inquiries"] == 8]
    assert few[0]["share_t1"] is None
    for name in ("nights", "week", "answers", "volume"):
        for under in ("brands", "industries"):
            assert client.get(f"/{under}/nobody/{name}.csv").status_code == 404


def test_volume_without_an_edition_before(get: Get):
    page = get("/brands/northwind-air")
    text = said(page, "volume-social")
    assert "published 2.4 posts for each reply on social networks" in text
    assert "29 answered somebody" in text
    assert "Of 100 people who wrote, 17 (12–22) had no answer after three days" in text
    assert "no change is claimed" not in text
    assert "not known" in said(page, "volume-reviews")
    assert "more than a week" in said(page, "volume-reviews")
    withheld = said(get("/brands/half-seen"), "volume-social")
    assert "published 7 posts and no reply" in withheld.replace("\xa0", " ")
    assert "Inquiries a day" not in withheld
    industries = said(get("/industries"), "volume")
    assert "There is no earlier edition" not in industries
    assert "before" in industries
    assert industries.index("Airlines") < industries.index("Banks")


def test_the_earlier_study_stands_beside_ours(get: Get):
    text = said(get("/industries"), "study")
    assert "Posts per reply, real estate 11.7 no such industry in this edition" in text
    assert "7 of 8: 88 20 15–25" in text
    assert "no edition of two periods before" in text
    assert not get("/industries?family=reviews").select("#study, #volume")


@pytest.fixture
def three(tmp_path: Path) -> Flask:
    """Three quarters, a provisional edition, and one that shares days with another."""
    store = Store(Settings(var=tmp_path, database_url="").database)
    store.migrate()

    def told(**changes) -> pl.DataFrame:
        body = json.dumps({**VOLUME, **changes})
        keys = (("brand", "northwind-air"), ("industry", "airlines"), ("industry", ""))
        rows = [("volume", level, "social", "", slug, body) for level, slug in keys]
        columns = ("topic", "level", "family", "channel", "slug", "body")
        return pl.DataFrame(rows, columns, orient="row")

    for name, period, changes, more in (
        ("2026-Q1", Q1, {"per_day": 10.0, "silent": [0.5, 0.4, 0.6]}, {}),
        ("2026-Q2-old", Q2, {"per_day": 99.0}, {}),
        ("2026-Q2", Q2, {"per_day": 8.0, "ratio": 3.1, "silent": [0.3, 0.2, 0.4]}, {}),
        ("shared-days", (Q2[0] + 40, Q2[1] + 5), {"per_day": 77.0}, {}),
        ("days-91", (Q2[1] - 91, Q2[1]), {"per_day": 55.0}, {"provisional": True}),
        ("2026-Q3", Q3, {}, {}),
    ):
        of = edition(name, period, **more)
        of.made_at += 60 * (name == "2026-Q2")
        save(store, of, lines(), told(**changes))
    store.close()
    return site(tmp_path)


def test_editions_whose_periods_share_no_day_stand_below_each_other(three: Flask):
    get = getter(three)
    text = said(get("/brands/northwind-air"), "volume-social")
    assert "no change is claimed" in text
    for when, per_day in (
        ("July to", "10.9"),
        ("April to", "8.0"),
        ("January to", "10.0"),
    ):
        assert when in text
        assert f" {per_day} " in text
    for other in ("99.0", "77.0", "55.0"):
        assert other not in text
    older = said(get("/editions/2026-Q2/brands/northwind-air"), "volume-social")
    assert "July" not in older
    assert "January to March 2026" in older
    rows = three.test_client().get("/brands/northwind-air/volume.json").json
    assert rows is not None
    assert [row["edition"] for row in rows["rows"]] == ["2026-Q3", "2026-Q2", "2026-Q1"]


def test_industries_stand_beside_the_edition_before(three: Flask):
    get = getter(three)
    page = get("/industries")
    text = said(page, "volume")
    assert "those of April to June 2026" in text
    assert "before 3.1" in text
    assert "before 8.0 (+36 %, not tested)" in text
    assert "12–22; n = 1,000; before 30 (20–40): 13 fewer (2–24)" in text
    assert "one may miss by chance" in text
    study = said(page, "study")
    assert "+9 % since January to March 2026; not tested" in study
    assert "+66 % since January to March 2026; not tested" in study
    oldest = get("/editions/2026-Q1/industries")
    assert "There is no earlier edition" in said(oldest, "volume")
    table = three.test_client().get("/industries/volume.json").json
    assert table is not None
    assert [(row["slug"], row["edition"]) for row in table["rows"]] == [
        (None, "2026-Q3"), ("airlines", "2026-Q3"),
        (None, "2026-Q2"), ("airlines", "2026-Q2"),
    ]  # fmt: skip


def test_only_what_is_sure_is_called_more_or_fewer():
    """Of 100, with limits: now, and before."""
    new = (0.30, 0.26, 0.35)
    assert _tested(new, (0.17, 0.13, 0.22)) == "(13–22): 13 more (7–19)"
    assert _tested((0.17, 0.13, 0.22), new) == "(26–35): 13 fewer (7–19)"
    assert _tested(new, (0.28, 0.2, 0.37)) == (
        "(20–37): no sure difference (−8 to +11)"
    )
    assert _tested(new, new) == "(26–35): no sure difference (−6 to +6)"


limited = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(
    lambda three: (sorted(three)[1], sorted(three)[0], sorted(three)[2])
)
"""A share, its lower and its upper limit."""


@given(limited, limited)
def test_the_difference_is_that_of_all_changes(new, old):
    shown = words.difference(new, old)
    expected = difference(*(tuple(np.array([x]) for x in each) for each in (new, old)))
    assert shown == pytest.approx([float(x[0]) for x in expected], abs=1e-12)


def test_changes_in_words():
    assert change_words(3, 2) == "+50\xa0%"
    assert change_words(1, 2) == "−50\xa0%"
    assert change_words(2.001, 2) == "0\xa0%"


def test_keys_of_the_shades():
    assert hundred_key() == ("0", "1–24", "25–49", "50–74", "75–100")
    for value in range(101):
        low, _, high = hundred_key()[quarter(value, 100)].partition("–")
        assert int(low) <= value <= int(high or low)
    for most in range(1, 60):
        key = count_key(most)
        for value in range(most + 1):
            low, _, high = key[quarter(value, most)].partition("–")
            assert int(low) <= value <= int(high or low)


def test_marks_lie_within_the_drawing():
    for hours, rows in ((1, 7), (2, 7), (4, 7), (4, 2)):
        grid = Grid(hours=hours, rows=rows)
        cells = [Shaded(shade=4, text="100")] * (rows * 24 // hours)
        marks = [*_cells(grid, cells, 20), *_axes(grid, 20, 99), *_legend(("0",), 9)]
        for mark in marks:
            assert isinstance(mark, Rect | Words)
            assert 0 <= mark.x <= 100
            if isinstance(mark, Rect):
                assert mark.x + mark.width <= 100.01
