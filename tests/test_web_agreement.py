"""The figures of a brand are the same in its sentence, its dots, its facts, its chart,
the chart's table, its quotation, its JSON and the API."""

import json
import re

import pytest

from fixtures_web import checked

SLUGS = ("northwind-air", "credit-elan", "sly-air", "tiny-bank", "one-day-air")
KNOWN_BY_WAIT = SLUGS[:3]


def text(element) -> str:
    return " ".join(element.get_text(" ").replace("\u00a0", " ").split())


def numbers(said: str) -> list[int]:
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", said)]


def hundred(share: float) -> int:
    return int(100 * share + 0.5)


def rows(client, address: str) -> list[dict]:
    found: list[dict] = client.get(f"{address}.json").json["rows"]
    return found


@pytest.fixture(params=SLUGS)
def brand(request, client):
    """A brand's page in its first family, and that family's row as JSON."""
    slug = request.param
    page = checked(client.get(f"/brands/{slug}"))
    row = rows(client, f"/brands/{slug}")[0]
    assert row["family"] == "social"
    return slug, page, page.select_one(".family"), row


def test_the_sentence_the_dots_and_the_facts_are_those_of_the_data(brand):
    _, _, section, row = brand
    shares = [hundred(row[f"share_t{limit}"]) for limit in (1, 2, 3)]
    said = text(section.select_one(".say")).partition(". ")[0]
    if shares[2]:
        assert f"{shares[2]} get an answer" in said
        assert f"{shares[0]} of them" in said
    else:
        assert "none gets an answer" in said
    dots = [int(each.text) for each in section.select(".dots .key b")]
    assert [sum(dots[: at + 1]) for at in range(4)] == [*shares, 100]
    based, sure = text(section.select_one(".sure")).split(" people, ")
    assert numbers(based) == [row["inquiries"], row["authors"]]
    ends = [hundred(row[f"share_t3_{end}"]) for end in ("low", "high")]
    assert numbers(sure.partition("lies")[2]) == [*ends, 100]
    facts = {text(each.dt): text(each.dd) for each in section.select(".facts > div")}
    assert numbers(facts["Inquiries"])[:2] == [row["inquiries"], row["authors"]]
    score, _, _, *interval = numbers(facts["Score"])
    assert score == int(row["score"] + 0.5)
    assert interval == [int(row[f"score_{end}"] + 0.5) for end in ("low", "high")]


def test_the_chart_its_table_and_its_data_are_the_same(brand, client):
    slug, _, section, _ = brand
    waits = [row["inquiries"] for row in rows(client, f"/brands/{slug}/waits")
             if row["family"] == "social"]  # fmt: skip
    figures = section.select("figure.chart")
    if slug not in KNOWN_BY_WAIT:
        assert waits == []
        assert not any(each.select(".chart__figure") for each in figures)
        return
    chart = figures[0]
    assert [numbers(each.text)[0] for each in chart.select(".chart__figure")] == waits
    live = json.loads(chart.select_one(".chart__data").text)["data"][0]["x"]
    assert sorted(live) == sorted(waits)
    lines = chart.find_next("table").select("tbody tr")
    assert [numbers(line.td.text)[0] for line in lines] == waits


def test_the_quotation_and_the_api_say_no_other_figure(brand, client):
    slug, page, _, row = brand
    quoted = text(page.select_one("#cite ~ .cite"))
    share = numbers(quoted.partition(": ")[2])
    ends = [hundred(row[f"share_t2{end}"]) for end in ("", "_low", "_high")]
    assert [share[0], *share[3:6]] == [*ends, row["inquiries"]]
    told = client.get(f"/api/v1/brands/{slug}").json["data"]["standings"]
    (same,) = [each for each in told
               if (each["level"], each["family"]) == ("brand", "social")]  # fmt: skip
    for name in set(same) & set(row):
        assert same[name] == row[name], name
