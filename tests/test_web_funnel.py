"""Funnel plots explain their own marks, in the page and wherever they are taken to."""

import json
from xml.etree import ElementTree as ET

import pytest

from fixtures_web import Get
from web.views.details import funnel, funnel_key

SVG = "{http://www.w3.org/2000/svg}"
AT = "/industries/airlines"
KEY = ["within the band", "outside the band", "outside the lines"]


def texts(root) -> list[str]:
    return [tag.text or "" for tag in root.iter(f"{SVG}text")]


def test_the_drawing_says_what_its_dots_and_its_line_are(get: Get):
    still = get(AT).select_one("#funnel-drawing svg.chart__still")
    assert still is not None
    said = [tag.text for tag in still.select("text")]
    start = said.index(KEY[0])
    assert said[start : start + 3] == KEY
    assert said[start + 3].startswith("mean: ")
    samples = [
        tag for tag in still.select("circle") if float(tag["cy"]) > funnel.TALL + 10
    ]
    assert [tag["class"] for tag in samples] == [
        look.split() for look in funnel_key.LOOKS
    ]


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_what_is_taken_away_says_it_too(client, ending):
    answer = client.get(f"{AT}/funnel.{ending}")
    assert answer.status_code == 200
    if ending == "svg":
        assert set(KEY) <= set(texts(ET.fromstring(answer.data)))


def test_so_does_what_others_show_in_their_pages(get: Get):
    said = [tag.text for tag in get(f"/embed{AT}/funnel").select("figure text")]
    assert set(KEY) <= set(said)


def test_plotlys_figure_shows_the_same(get: Get):
    """The words of the axes and of the key, dots where the still drawing has them, and
    the mean from edge to edge."""
    graph_objects = pytest.importorskip("plotly.graph_objects")
    figure = get(AT).select_one("#funnel-drawing")
    made = json.loads(figure.select_one(".chart__data").text)
    graph_objects.Figure(made["data"], made["layout"])
    below = [tag.text for tag in figure.select("text")]
    said = [each["text"] for each in made["layout"]["annotations"]]
    assert said == [text for text in below if text in said]
    assert said[2:5] == KEY
    *dots, line = made["layout"]["shapes"]
    still = [
        (float(tag["cx"].rstrip("%")) / 100, float(tag["cy"]) - 10 - funnel.TALL)
        for tag in figure.select("circle")[:3]
    ]
    live = [(dot["xanchor"], -(dot["y0"] + dot["y1"]) / 2) for dot in dots]
    assert live == still
    assert line["y0"] == line["y1"] == dots[2]["y0"] + funnel_key.RADIUS_PX
    mean = made["data"][4]
    ends = made["layout"]["xaxis"]["range"]
    assert mean["x"] == pytest.approx([10**end for end in ends])
    assert len(set(mean["y"])) == 1
