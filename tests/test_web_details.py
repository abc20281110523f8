"""Blocks and drawings: what an edition keeps beside its standings, on its pages."""

import json

import pytest
from flask.testing import FlaskClient

from fixtures_web import Get
from web.drawing import drawing, lowered
from web.parts import Block, Line, Rect, Spot, Words

MARKS = (
    Rect(x=10, y=20, width=60, height=30, look="mark-band"),
    Line(x1=0, y1=5, x2=100, y2=80, look="mark-line"),
    Spot(x=70, y=35, r=5, look="mark-spot"),
    Words(x=0, y=96, text="0 h"),
)


def a_drawing(**changes):
    usual = {
        "name": "Sly <Air>",
        "of": "share answered",
        "marks": MARKS,
        "height": 100,
        "cite": "Answerable, edition 2026-Q3",
    }
    return drawing("one", **(usual | changes))


def plain(page) -> str:
    """The page's words, every blank the same."""
    return " ".join(page.text.split())


def test_marks_stand_below_the_head_of_the_drawing():
    drawn = a_drawing()
    by = 10
    assert drawn.marks == tuple(lowered(mark, by) for mark in MARKS)
    tops = [getattr(mark, "y", getattr(mark, "y1", 0)) for mark in drawn.marks]
    assert tops == [20 + by, 5 + by, 35 + by, 96 + by]
    assert drawn.height == by + 100


def test_a_figure_is_laid_out_like_the_still_drawing():
    trace = {"type": "scatter", "x": [0], "y": [1]}
    figure = {"data": [trace], "layout": {"xaxis": {"visible": False}}}
    drawn = a_drawing(figure=figure, room="names", foot=30)
    made = json.loads(drawn.figure)
    assert made["data"] == [trace]
    assert made["layout"]["height"] == drawn.height, "so that nothing jumps"
    assert made["layout"]["margin"] == {"l": 136, "r": 16, "t": 10, "b": 30, "pad": 4}
    assert a_drawing().figure == ""


def test_no_text_of_a_figure_ends_its_script():
    figure = {"data": [{"text": ["</script>"]}], "layout": {}}
    drawn = a_drawing(figure=figure)
    assert "<" not in drawn.figure
    assert json.loads(drawn.figure)["data"] == figure["data"]


def test_no_drawing_without_its_table():
    with pytest.raises(ValueError, match="has no table"):
        Block(id="one", title="One", drawing=a_drawing())


def test_the_blind_share_is_said(get: Get):
    page = get("/brands/northwind-air")
    text = plain(page)
    assert "Of 40 answers we know Northwind Air to have given on social" in text
    assert "10 (25" in text
    assert "would not have seen but for the answer" in text
    assert page.select("#watching-social")
    assert not page.select("#watching-reviews")


def test_a_brand_seen_in_full_is_told_so(get: Get):
    assert "Each of the 7 answers" in plain(get("/brands/credit-elan"))
    assert not get("/brands/sly-air").select("#watching-social")


def test_where_only_the_answered_are_known_it_is_not_said_that_they_do_not_count(
    get: Get,
):
    said = plain(get("/brands/answered"))
    assert "172 (99" in said
    assert "are those of the answered alone" in said
    assert "count neither as answered nor at all" not in said


def test_an_older_edition_has_no_details(get: Get):
    assert not get("/editions/2026-Q2/brands/northwind-air").select("#watching-social")


def test_details_as_tables(client: FlaskClient):
    path = "/brands/northwind-air/watching"
    lines = client.get(f"{path}.csv").text.splitlines()
    assert lines == ["slug,family,answers,blind", "northwind-air,social,40,10"]
    told = client.get(f"{path}.json").json
    assert told is not None
    assert told["rows"][0]["blind"] == 10
    assert client.get("/brands/nobody/watching.csv").status_code == 404
    empty = client.get("/editions/2026-Q2/brands/northwind-air/watching.csv")
    assert empty.text.splitlines() == lines[:1]
