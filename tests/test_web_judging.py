"""/method on kinds and steps: the measured table, and examples of each."""

import json
import re
from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.kinds import kind
from language.quality import SETS as MEASURED
from language.quality import quality, span
from language.replies import read
from model import Kind, Step
from web.tongue import NAMES, speaking, t
from web.views import judging


def cells(page, block):
    """The rows of the table under a heading."""
    table = page.select_one(f"#{block}").find_next("table")
    rows = table.select("tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")]
            for row in rows]  # fmt: skip


def test_every_measured_line_is_printed(get):
    page = get("/method")
    rows = cells(page, "kinds-right")
    assert len(rows) == len(quality())
    for row, told in zip(rows, quality(), strict=True):
        assert judging.LANGUAGES[told.language] in row[0]
        assert judging.SETS[told.messages] in row[0]
        assert row[2] == f"{told.called:,}"
        assert row[4] == f"{told.labelled:,}"
        assert row[3].startswith(f"{int(100 * told.precision + 0.5)}")
        assert row[5].startswith(f"{int(100 * told.recall + 0.5)}")


def test_the_first_line_is_read_aloud(get):
    said = get("/method").select_one("main").get_text(" ", strip=True)
    first = quality()[0]
    assert f"of {first.called} messages in English that we call complaints" in said
    assert f"of {first.labelled} that people call complaints we find" in said
    messages = sum({(q.language, q.messages): q.total for q in quality()}.values())
    assert f"read {messages:,} messages" in said


def test_languages_sets_and_kinds_have_names():
    assert judging.LANGUAGES.keys() == {row.language for row in quality()}
    assert judging.SETS.keys() == MEASURED.keys()
    assert judging.KINDS.keys() == {row.kind for row in quality()}


QUOTES = "“”„«»\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize(("said", "text"), judging.MESSAGES)
def test_invented_messages_are_what_they_stand_for(said, text, language):
    with speaking(language):
        assert kind(t(text).strip(QUOTES), language) is Kind[said.upper()]


def test_there_is_an_example_of_every_kind_and_step(get):
    page = get("/method")
    assert [row[0] for row in cells(page, "kinds-judged")] == [
        "complaint", "question", "compliment", "other"
    ]  # fmt: skip
    steps = [row[0] for row in cells(page, "steps")]
    known = [s.name.lower() for s in Step if s not in (Step.NONE, Step.UNJUDGED)]
    assert steps == [*known, "not judged"]


@pytest.mark.parametrize("language", NAMES)
def test_invented_answers_read_as_they_should(language):
    with speaking(language):
        whole = [t(text) for _, text, _ in judging.REPLIES]
    texts = [re.split("[”»]", text)[0].strip(QUOTES) for text in whole]
    said = pl.repeat(language, len(texts), dtype=pl.String, eager=True)
    found = read(pl.Series(texts), said)["step"].to_list()
    assert found[2:4] == [Step.REDIRECT, Step.SUBSTANTIVE]
    assert Step.REDIRECT not in found[:2]


def edition(messages, **left_out):
    return SimpleNamespace(messages=messages, left_out=json.dumps(left_out))


def test_the_page_says_how_much_was_left_out():
    (kinds, _, _) = judging.blocks(edition(2_140, other_kind=321, reply=7))
    said = kinds.text[-1].replace("\N{NO-BREAK SPACE}", " ")
    assert "Of 2,140 messages of this edition’s period 321 (15 %) were left out" in said
    for none in (None, edition(0), edition(9, reply=7), edition(9, other_kind=0)):
        assert len(judging.blocks(none)[0].text) == len(kinds.text) - 1


@given(of=st.integers(0, 400), data=st.data())
def test_a_span_contains_its_share(of, data):
    right = data.draw(st.integers(0, of))
    low, high = span(right, of)
    assert 0 <= low <= high <= 1
    if of:
        assert low <= right / of <= high


def test_spans_are_wilsons():
    assert span(0, 0) == (0, 1)
    low, high = span(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert round(span(0, 50)[1], 4) == 0.0713
