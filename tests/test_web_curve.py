"""How fast an answer comes: curves on the pages of brands and industries."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from fixtures_web import DETAILS, NORTHWIND, Get, getter, line, lines, site
from model.rows import Standing
from scoring.method import LIMITS, METHOD, WAIT_BINS
from web import words
from web.views.details import curve, curve_drawing
from web.views.details.curve_drawing import TIMES, across, short

BRAND = "/brands/northwind-air"
DRAWN = "#curve-social-drawing"


def plain(tag: Any) -> str:
    """The words of a page or a part of it, every blank the same."""
    return " ".join(tag.get_text(" ").split())


def body(*key: str) -> dict[str, Any]:
    level, family, channel, slug = key
    return DETAILS["curve", level, family, channel, slug]


def points(path: Any) -> list[tuple[float, float]]:
    pairs = [pair.split(",") for pair in path["points"].split()]
    return [(float(x), float(y)) for x, y in pairs]


def test_the_times_are_those_of_the_method():
    assert METHOD.curve_times.value == TIMES
    assert set(curve_drawing.TICKS) <= set(TIMES)
    assert set(WAIT_BINS) <= set(TIMES)
    assert across(TIMES[0]) == 0
    assert across(TIMES[-1]) == 100


def test_a_brands_curve_is_told(get: Get):
    page = get(BRAND)
    assert page.select("h3#curve-social")[0].text == "How fast an answer comes"
    text = plain(page)
    assert "the three limits of the score: an hour, a day and three days" in text
    assert "from 1,000 inquiries that came in clumps and say as much as 800" in text
    assert "Beyond three days the line is dotted" in text
    assert "after 8 days we still watched 960 of 1,000" in text
    assert "not part of any share, score or place" in text
    assert page.select('a[href="/method#curve"]')


@pytest.mark.parametrize(
    ("n_eff", "said"),
    [
        (1.2, "and say as much as 1 independent one"),
        (1.6, "and say as much as 2 independent ones"),
        (1_000.0, "1,000 inquiries"),
        (None, "1,000 inquiries"),
    ],
)
def test_what_inquiries_in_clumps_say_is_counted_in_words(
    n_eff: float | None, said: str
):
    changes = {**NORTHWIND, "n_eff": n_eff}
    row = Standing(edition_id=1, **line("a", "A", "banks", **changes))
    assert curve._weighed(row, "1,000 inquiries").endswith(said)


def test_the_drawing_passes_through_the_figures_of_the_page(get: Get):
    drawn = get(BRAND).select_one(f"{DRAWN} svg.chart__still")
    assert drawn is not None
    box = drawn.select_one("svg:has(.mark-line)")
    assert box is not None
    height = float(box["height"])
    known, late = drawn.select(".mark-line")[0], drawn.select(".mark-dotted")[0]
    solid = {x: 100 * (1 - y / height) for x, y in points(known)}
    row = next(row for row in lines() if row["slug"] == "northwind-air")
    for number in (1, 2, 3):
        seconds, share = row[f"t{number}_s"], row[f"share_t{number}"]
        assert solid[across(seconds)] == pytest.approx(100 * share, abs=0.05)
    assert solid[across(row["median_wait_s"])] == pytest.approx(50, abs=0.05)
    assert points(late)[0] == points(known)[-1]
    assert [x for x, _ in points(late)] == [across(time) for time in TIMES[27:33]]
    assert list(solid) == sorted(solid)
    band = points(drawn.select(".mark-band")[0])
    assert len(band) == 2 * 33
    edges = [line["x1"] for line in drawn.select("line.mark-edge")]
    assert edges == [f"{across(seconds)}%" for seconds in (3_600, 86_400, 259_200)]
    said = [tag.text for tag in drawn.select("circle title")]
    assert said[:3] == [
        "Within 1\u00a0h: 41.0 of 100 (36.0 to 46.0)",
        "Within 24\u00a0h: 80.0 of 100 (75.0 to 85.0)",
        "Within 3\u00a0days: 83.0 of 100 (78.0 to 88.0)",
    ]
    assert said[3] == "Half had an answer after 3\u00a0h\u00a010\u00a0min"


def test_plotlys_figure_shows_the_same(get: Get):
    found = get(BRAND).select_one(f"{DRAWN} .chart__data")
    assert found is not None
    figure = json.loads(found.text)
    told = body("brand", "social", "", "northwind-air")
    low, high, solid, dotted = figure["data"][:4]
    assert low["y"] == [end / 100 for end in told["low"]]
    assert high["y"] == [end / 100 for end in told["high"]]
    assert high["fill"] == "tonexty"
    assert low["x"] == high["x"] == list(TIMES[:33])
    at = dict(zip(solid["x"], solid["y"], strict=True))
    assert [at[limit] for limit in (3_600, 86_400, 259_200)] == [41, 80, 83]
    assert at[11_400] == 50
    assert solid["x"] == sorted(solid["x"])
    texts = dict(zip(solid["x"], solid["customdata"], strict=True))
    assert texts[11_400] == "Within 3\u00a0h\u00a010\u00a0min: 50.0 of 100"
    assert dotted["line"]["dash"] == "2px,5px"
    assert dotted["customdata"][-1].endswith(", an estimate")
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [
        3_600,
        86_400,
        259_200,
    ]
    assert [note["text"] for note in figure["layout"]["annotations"]] == [
        "1\u00a0h",
        "24\u00a0h",
        "72\u00a0h",
    ]


def test_plotly_itself_reads_the_figure(get: Get):
    graph_objects = pytest.importorskip("plotly.graph_objects")
    for path in (BRAND, "/brands/answered", "/industries/airlines"):
        for tag in get(path).select("figure[id^=curve] .chart__data"):
            made = json.loads(tag.text)
            graph_objects.Figure(made["data"], made["layout"])


def test_the_table_has_every_point(get: Get):
    page = get(BRAND)
    table = next(
        table
        for table in page.select("table")
        if table.caption and "Answered by then, of 100 inq" in table.caption.text
    )
    rows = [
        [plain(cell) for cell in row.select("th, td")]
        for row in table.select("tbody tr")
    ]
    assert len(rows) == 33
    assert rows[0] == ["1 min", "2.0 0.0–7.0", "1,000"]
    assert rows[11] == ["1 h", "41.0 36.0–46.0", "1,000"]
    assert rows[27] == ["3 days", "83.0 78.0–88.0", "1,000"]
    assert rows[32] == ["8 days estimate", "83.5 78.0–88.0", "960"]


def test_each_channel_has_its_panel(get: Get):
    page = get(BRAND)
    drawn = page.select_one("#curves-social-drawing svg.chart__still")
    assert drawn is not None
    texts = [tag.text for tag in drawn.select("text")]
    assert texts.index("Bluesky, 600\u00a0inquiries") < texts.index(
        "Mastodon, 400\u00a0inquiries"
    )
    assert len(drawn.select(".mark-band")) == len(drawn.select(".mark-dotted")) == 2
    assert not page.select("#curves-social-drawing .chart__data")
    assert not page.select("#curves-reviews")
    table = next(
        table
        for table in page.select("table")
        if table.caption and "channel by channel: of 100" in table.caption.text
    )
    cells = [plain(cell) for cell in table.select("tbody tr")[-1].select("th, td")]
    assert cells[0] == "8 days"
    assert cells[2] == "", "the other channel was not watched so long"


def test_who_answers_nobody_has_a_flat_curve_and_no_dots(get: Get):
    page = get("/brands/sly-air")
    drawn = page.select_one(DRAWN)
    assert drawn is not None
    assert {y for _, y in points(drawn.select(".mark-line")[0])} == {240.0}
    assert not drawn.select(".mark-dotted")
    assert "Beyond three days the line is dotted" not in plain(page)
    assert len(drawn.select("circle")) == 3
    told = plain(page.select("#curve-social + p")[0])
    assert told.endswith("The typical wait is more than three days; 95 % sure.")


def facts(page: Any) -> dict[str, str]:
    """Label to value and note, of what stands first on a brand's page."""
    return {
        plain(label): plain(label.find_next("dd"))
        for label in page.select("#social ~ .facts dt, .facts dt")
    }


def test_typical_waits_have_intervals_read_from_the_band(get: Get):
    """Northwind: 45 of 100 at an hour and a half, 50 at three, five either way."""
    found = facts(get(BRAND))
    said = body("brand", "social", "", "northwind-air")
    limits = {time: said["high"][TIMES.index(time)] for time in (5_400, 7_200)}
    assert limits[5_400] < 5_000 <= limits[7_200]
    limits = {time: said["low"][TIMES.index(time)] for time in (14_400, 21_600)}
    assert limits[14_400] < 5_000 <= limits[21_600]
    assert found["Typical wait"] == (
        "3 h 10 min half of all who wrote had an answer by then;"
        " 95 % sure between 1 h 30 min and 6 h"
    )
    text = plain(get("/industries/airlines"))
    assert "The typical wait is 15 h; 95 % sure" in text
    assert "sure" not in facts(get("/brands/answered"))["Typical wait"]


def test_answered_conversations_alone_are_called_so(get: Get):
    page = get("/brands/answered")
    text = plain(page)
    assert (
        "Of 173 inquiries to Answered & Co on social networks that we know to" in text
    )
    assert "the line ends at 100 % whatever is left unanswered" in text
    drawn = page.select_one(DRAWN)
    assert drawn is not None
    assert not drawn.select(".mark-band, .mark-dotted")
    assert [tag.text for tag in drawn.select("circle title")] == [
        "Half had an answer after 59\u00a0min, of those answered"
    ]
    figure = json.loads(drawn.select(".chart__data")[0].text)
    assert [trace["mode"] for trace in figure["data"]] == ["lines", "markers"]
    assert "–" not in plain(page.select(f"{DRAWN} + details table")[0])


def test_what_is_withheld_has_no_curve(get: Get):
    assert not get("/brands/half-seen").select("[id^=curve]")
    assert not get("/editions/2026-Q2/brands/northwind-air").select("[id^=curve]")


def test_an_industry_stands_beside_the_mean_of_all(get: Get):
    page = get("/industries/airlines")
    text = plain(page)
    assert "The dashed grey line is the mean of 2 industries, each counted once" in text
    drawn = page.select_one(DRAWN)
    assert drawn is not None
    assert len(points(drawn.select(".mark-beside")[0])) == 28
    rows = page.select(f"{DRAWN} + details tbody tr")
    assert plain(rows[11].select("td")[-1]) == "32.8"
    assert plain(rows[-1].select("td")[-1]) == ""
    figure = json.loads(drawn.select(".chart__data")[0].text)
    assert [trace.get("line", {}).get("dash") for trace in figure["data"][2:5]] == [
        "6px,4px",
        "solid",
        "2px,5px",
    ]
    assert not get("/industries/airlines?family=reviews").select("[id^=curve]")


def test_an_industry_alone_has_no_mean_beside_it(world_var: Path, monkeypatch):
    """On a site of its own: pages that others have read are kept."""
    monkeypatch.setattr(curve, "_mean", lambda desk, family: (0, []))
    alone = getter(site(world_var))
    page = alone("/industries/banks")
    assert page.select(DRAWN)
    assert "dashed grey line" not in plain(page)
    assert not page.select(".mark-beside")
    embed = alone("/embed/industries/banks/curve")
    assert "dashed grey line" not in plain(embed)


def test_a_picture_says_what_the_lines_and_the_point_in_it_are(client, get: Get):
    """Whoever meets it without its page reads it there."""
    dashed = "The dashed grey line is the mean of 2 industries, each counted once."
    point = "The point on the line at 50 is the typical wait."
    told = {
        path: " ".join(client.get(f"{path}.svg").text.split())
        for path in ("/industries/airlines/curve", f"{BRAND}/curve")
    }
    told = {path: re.sub("</text>.*?>", " ", said) for path, said in told.items()}
    assert dashed in told["/industries/airlines/curve"]
    assert dashed not in told[f"{BRAND}/curve"]
    assert point in told[f"{BRAND}/curve"]
    assert dashed in plain(get("/embed/industries/airlines/curve"))


def test_curves_as_tables(client: FlaskClient):
    lines_ = client.get(f"{BRAND}/curve.csv").text.splitlines()
    head = "slug,family,channel,of,waited_s,part,share,share_low,share_high,n"
    assert lines_[0] == f"{head},still_watched"
    assert "northwind-air,social,,all,3600,count,0.41,0.36,0.46,1000,1000" in lines_
    last = "northwind-air,social,,all,691200,estimate,0.835,0.78,0.88,1000,960"
    assert last in lines_
    assert (
        "northwind-air,social,mastodon,all,60,count,0.016,0.0,0.066,400,400" in lines_
    )
    assert len(lines_) == 1 + 33 + 36 + 33 + 30
    told = client.get("/brands/answered/curve.json").json
    assert told is not None
    assert told["rows"][-1] == {
        "slug": "answered", "family": "social", "channel": None, "of": "answered",
        "waited_s": 259_200, "part": "count", "share": 1.0, "share_low": None,
        "share_high": None, "n": 173, "still_watched": None,
    }  # fmt: skip
    industry = client.get("/industries/airlines/curve.csv").text.splitlines()
    assert ",social,,industries,60,count,0.016,,,2," in industry
    assert "airlines,social,,all,60,count,0.014,0.0,0.064,1500,1500" in industry
    assert client.get("/brands/nobody/curve.csv").status_code == 404
    assert client.get("/industries/nothing/curve.csv").status_code == 404


def test_the_method_page_says_what_the_dotted_part_is_not(get: Get):
    page = get("/method")
    rule = page.select_one("#curve")
    assert rule is not None
    text = plain(page)
    assert "Kaplan and Meier, 1958" in text
    assert "It is no promise, it enters no share, no score and no place" in text
    assert "1 min, 2 min, 3 min" in text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (60, "1 min"),
        (2_700, "45 min"),
        (3_600, "1 h"),
        (259_200, "72 h"),
        (864_000, "10 d"),
    ],
)
def test_times_are_short_beside_an_axis(seconds: int, said: str):
    assert short(seconds).replace(words.NBSP, " ") == said


def test_limits_keep_apart_on_a_phone():
    """Their names stand above the lines: right of the last, left of the first."""
    wide = 268  # pixels of a drawing on a phone
    for limits in LIMITS.values():
        first, second, third = (wide * across(t) / 100 for t in
                                (limits.t1, limits.t2, limits.t3))  # fmt: skip
        letters = 7.5 * max(len(short(t)) for t in (limits.t1, limits.t2, limits.t3))
        assert second - letters / 2 >= first - 2
        assert second + letters / 2 <= third + 2 + 6
