"""The scores of earlier editions as a drawing: frozen with the edition that is read."""

import json
from typing import Any

import pytest

from fixtures_web import Get, edition, lines
from model.rows import Standing
from store.pages import Past
from web.views.details import past

BRAND = "/brands/northwind-air"
DRAWN = "#past-social"
QUARTER = 90


def told(name: str, at: int, score: float | None = 60.0, **changes: Any) -> Past:
    """A quarter and the brand's standing in it; ids in the order of publishing."""
    row = next(row for row in lines() if row["slug"] == "northwind-air")
    row |= {"score": score, "score_low": 55.0, "score_high": 65.0}
    if score is None:
        row |= {"status": "too-few", "score_low": None, "score_high": None}
    period = (20_000 + at * QUARTER, 20_090 + at * QUARTER)
    values = {"id": at + 1} | changes
    period = values.pop("period", period)
    return Past(edition(name, period, **values), Standing(**row))


def points(history: list[Past], here: int) -> list[past.Point]:
    return past._points(history[here].edition, history[here].standing, history)


def test_each_edition_has_its_score_and_interval(get: Get):
    figure = get(BRAND).select_one(DRAWN)
    assert figure is not None
    dots = figure.select("circle")
    assert [dot.title.text for dot in dots] == [
        "2026-Q2: 60 (55–65), 1,000\u00a0inquiries",
        "2026-Q3: 66 (61–71), 1,000\u00a0inquiries",
    ]
    assert [dot["class"] for dot in dots] == [["mark-spot"], ["mark-spot--this"]]
    bars = figure.select("line.mark-line")
    for dot, bar in zip(dots, bars, strict=True):
        assert bar["x1"] == bar["x2"] == dot["cx"]
        assert float(bar["y1"]) < float(dot["cy"]) < float(bar["y2"])
    assert figure.find_next_sibling("table")["class"] == ["history"]


def test_plotlys_figure_shows_the_same(get: Get):
    graph_objects = pytest.importorskip("plotly.graph_objects")
    made = json.loads(get(BRAND).select_one(f"{DRAWN} .chart__data").text)
    (trace,) = made["data"]
    assert trace["y"][0] == 60.1
    assert trace["error_y"]["array"][0] == pytest.approx(4.9)
    assert trace["error_y"]["arrayminus"][0] == pytest.approx(5.1)
    assert made["layout"]["xaxis"]["ticktext"] == ["2026-Q2", "2026-Q3"]
    graph_objects.Figure(made["data"], made["layout"])


def test_an_earlier_edition_knows_nothing_of_later_ones(client, get: Get):
    assert not get(f"/editions/2026-Q2{BRAND}").select(DRAWN)
    answer = client.get(f"/editions/2026-Q2{BRAND}/history.svg")
    assert answer.status_code == 404
    assert client.get(f"/editions/2026-Q3{BRAND}/history.svg").status_code == 200


def test_it_goes_up_to_the_edition_that_is_read():
    history = [told("Q1", 0), told("Q2", 1), told("Q3", 2)]
    assert [point.name for point in points(history, 1)] == ["Q1", "Q2"]
    assert [point.here for point in points(history, 1)] == [False, True]


def test_what_is_provisional_is_followed_by_nothing():
    history = [told("Q1", 0), told("now", 1, provisional=True), told("Q2", 2)]
    assert [point.name for point in points(history, 2)] == ["Q1", "Q2"]
    assert [point.name for point in points(history, 1)] == ["Q1", "now"]


def test_of_two_editions_of_one_period_the_newer_counts():
    again = told("Q1-again", 5, 70.0, period=(20_000, 20_090))
    history = [told("Q1", 0), again, told("Q2", 6)]
    assert [point.score for point in points(history, 2)] == [70.0, 60.0]


def test_other_families_are_not_mixed_in():
    history = [told("Q1", 0), told("Q2", 1)]
    history[0].standing.family = "reviews"
    assert [point.name for point in points(history, 1)] == ["Q2"]


def test_what_was_counted_otherwise_is_not_set_beside_it():
    history = [told("Q1", 0, method="0"), told("Q2", 1), told("Q3", 2)]
    history[1].standing.cut = "needs-answer"
    assert [point.name for point in points(history, 2)] == ["Q3"]


def test_an_edition_without_a_score_is_stepped_over():
    found = points([told("Q1", 0), told("Q2", 1, None), told("Q3", 2)], 2)
    assert found[1].says.startswith("Q2: ")
    marks = past._marks(found)
    assert [mark.x for mark in marks if mark.kind == "spot"] == [16.67, 83.33]
    (way,) = (mark for mark in marks if mark.kind == "path")
    assert len(way.points.split()) == 2
    made = past._figure(found)
    assert made["data"][0]["x"] == [0, 2]
    assert made["layout"]["xaxis"]["ticktext"] == ["Q1", "Q2", "Q3"]


def test_many_editions_are_cut_and_thinned():
    history = [told(f"E{at}", at) for at in range(20)]
    found = points(history, 19)
    assert len(found) == past.MOST
    assert found[-1].name == "E19"
    named = past._named(found)
    assert named[-1] == past.MOST - 1
    assert len(named) <= past.NAMED
    for count in range(1, 30):
        assert len(past._named(found[:1] * count)) <= past.NAMED
