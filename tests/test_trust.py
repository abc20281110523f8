"""The method page says how often we are right, and what hangs on our choices."""

import csv
import io

import pytest

from fixtures_web import getter, site
from model.words import FAMILIES
from scoring import trials
from scoring.details.sensitivity import VARIANTS
from scoring.method import METHOD
from scoring.trials import Measured, Told, Trial, lines, measured
from web.tongue import OTHERS
from web.views.choices import OTHERWISE, TITLES
from web.views.trust import FIGURES, MISSED, SHAPES, SHARES, SPEEDS


def text(tag):
    return " ".join(tag.get_text(" ").split())


def table(page, name):
    """Cells below the heading of an id, row by row."""
    found = page.select_one(f"#{name}").find_next("table")
    return [[text(cell) for cell in row.select("th, td")] for row in found.select("tr")]


def test_every_world_is_on_the_page_with_what_happens_in_it(get):
    page = get("/method")
    rows = {row[0]: row for row in table(page, "right")[1:]}
    for kind in measured().kinds:
        if not kind.name.endswith(("alike, 30 %", "alike, 3 %")):
            assert f"{kind.name} {kind.says}" in rows
    (line,) = [
        line
        for line in lines(measured())
        if (line.world, line.n, line.figure) == ("no clumps", 400, "score")
    ]
    row = next(row for name, row in rows.items() if name.startswith("no clumps"))
    assert row[3].startswith(f"{100 * line.share:.1f} %")
    places = table(page, "right-places")
    assert len(places) == 1 + len(measured().kinds)
    assert all(len(row) == 4 for row in places)


def test_how_it_was_measured_is_said(get):
    said = text(get("/method").select_one("main"))
    assert (
        f"{measured().worlds:,} quarters of each kind, seed {measured().seed}" in said
    )
    assert f"version {METHOD.version} of the method" in said
    assert "94 % to 97.5 %" in said
    assert "has not been measured again" not in said


def test_all_of_it_can_be_taken_away(world):
    client = world.test_client()
    rows = list(csv.DictReader(io.StringIO(client.get("/method/right.csv").text)))
    assert len(rows) == len(list(lines(measured())))
    assert rows[0]["world"] == "no clumps"
    said = client.get("/method/right.json").json
    assert said["worlds"] == measured().worlds
    assert said["rows"][0]["share"] == pytest.approx(float(rows[0]["share"]))


KINDS = (Told("calm", "Calm.", False), Told("storms", "Storms.", True))


def shown(monkeypatch, *rows, **changes):
    """What the page says of another measurement."""
    found = Measured(METHOD.version, trials.choices(), "0", 1, 9, KINDS, rows)
    found = found._replace(**changes)
    monkeypatch.setattr(trials, "measured", lambda: found)


PLACES = tuple(Trial(kind.name, 0, "", "places", 100, 100, 3.0) for kind in KINDS)


def test_what_misses_is_named_in_a_sentence(monkeypatch, world_var):
    shown(
        monkeypatch,
        *PLACES,
        Trial("calm", 50, "half, fast", "score", 1_000, 960, 10.0),
        Trial("calm", 50, "half, fast", "t1", 1_000, 850, 10.0),
        Trial("storms", 100, "good", "score", 1_000, 800, 10.0),
        Trial("storms", 400, "good", "score", 1_000, 700, 10.0),
        Trial("storms", 400, "good", "t3", 1_000, 750, 10.0),
        Trial("storms", 400, "good", "ranked", 1_000, 999, 10.0),
        Trial("storms", 0, "", "industry", 100, 50, 10.0),
    )
    page = getter(site(world_var))("/method")
    said = text(page.select_one("main"))
    for sentence in (
        "Calm: too seldom, 85.0 % for shares at 50 messages.",
        "Calm: too seldom for “half, fast”, 85.0 % for shares at 50 messages.",
        "Storms: too seldom, 50.0 to 80.0 % for an industry’s mean, the score and"
        " shares at 100 and 400 messages.",
        "Storms: wider than needed, 99.9 % for the score of ranked brands at 400"
        " messages.",
    ):
        assert sentence in said
    calm, storms = table(page, "right")[1:]
    assert calm[1:] == ["96.0 %", "–", "–", "–", "–"]
    assert storms[2:4] == ["80.0 % too seldom", "70.0 % too seldom"]
    assert (
        table(page, "right-shares")[1][1]
        == "85.0 % too seldom; too seldom for “half, fast”"
    )
    assert table(page, "right-places")[1][1:] == ["100.0 %", "3.0", "–"]


def test_nothing_missed_is_said_too(monkeypatch, world_var):
    good = Trial("calm", 50, "good", "score", 1_000, 960, 10.0)
    shown(monkeypatch, *PLACES, good)
    said = text(getter(site(world_var))("/method").select_one("main"))
    assert "Nowhere, as far as so many worlds can say." in said


@pytest.mark.parametrize("changes", [{"method": "0"}, {"choices": "others"}])
def test_a_measurement_of_another_method_is_called_so(monkeypatch, world_var, changes):
    good = Trial("calm", 50, "good", "score", 1_000, 960, 10.0)
    shown(monkeypatch, *PLACES, good, **changes)
    said = text(getter(site(world_var))("/method").select_one("main"))
    assert "It has not been measured again since the method changed." in said


def test_what_hangs_on_our_choices(get):
    page = get("/method")
    heading = page.select_one("#choices-social")
    assert "3 pairs; of 2 the intervals say surely" in text(heading.find_next("p"))
    rows = table(page, "choices-social")[1:]
    assert [row[1:] for row in rows] == [
        ["1.00", "0.0 % 0", "0", "0", "0"],
        ["0.33", "33.3 % 1", "0", "1", "1"],
        ["–", "0.0 % 0", "0", "0.5", "2"],
    ]
    assert rows[1][0] == "counted only answers within a day"
    assert page.select_one("#choices-reviews") is None


def test_an_edition_without_it_says_nothing_of_choices(get):
    assert get("/editions/2026-Q2/method").select_one("#choices-social") is None


def test_without_any_edition_there_is_still_how_often_we_are_right(empty):
    page = getter(empty)("/method")
    assert page.select_one("#right") is not None
    assert page.select_one("#choices-social") is None


def test_every_variant_has_words():
    assert set(OTHERWISE) == set(VARIANTS)
    assert set(TITLES) == set(FAMILIES)


def test_every_kind_of_brand_and_way_of_missing_has_words():
    shapes = {line.worst for line in lines(measured())} - {""}
    for shape in shapes:
        share, _, speed = shape.partition(" % ")
        assert shape in SHAPES or (speed in SPEEDS and share.isdigit()), shape
    said = {word for line in lines(measured()) for word in line.missed.split("; ")}
    assert {word for word in said if "“" not in word} - {""} <= set(MISSED)
    assert set(FIGURES) | set(SHARES) | {"score", "plain"} == set(trials.FIGURES)


def test_a_kind_of_brand_is_named_in_the_language(monkeypatch, world_var):
    shown(
        monkeypatch,
        *PLACES,
        Trial("calm", 50, "30 % within t2", "score", 1_000, 800, 10.0),
        Trial("calm", 50, "half, fast", "t1", 1_000, 850, 10.0),
        Trial("calm", 100, "unheard of", "score", 1_000, 800, 10.0),
    )
    get = getter(site(world_var))
    english = text(get("/method").select_one("main"))
    assert "too seldom for “30 % within the second limit”, 80.0 %" in english
    assert "too seldom for “unheard of”, 80.0 %" in english
    french = text(get("/fr/method").select_one("main"))
    assert "trop rarement pour « 30 % dans la deuxième limite », 80,0 %" in french
    assert "trop rarement pour « la moitié, vite », 85,0 %" in french


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("address", ["/method", "/editions/2026-Q2/method"])
def test_anchors_are_the_same_in_every_language(get, language, address):
    def anchors(page):
        return [tag["id"] for tag in page.select("main [id]")]

    def table_of_contents(page):
        return [link["href"] for link in page.select("nav.contents a")]

    english, other = get(address), get(f"/{language}{address}")
    assert anchors(other) == anchors(english)
    assert table_of_contents(other) == table_of_contents(english)
    assert len(anchors(english)) > 30
