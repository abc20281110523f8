"""Texts become what they are, and are gone."""

import logging
import pickle

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import judging
from jobs.judging import Unjudged, inquiries, judged, judged_file
from model import Kind
from model.frames import IMPORTED, conform
from model.looks import HEARD, Look, Reading

BROKEN = "my order arrived broken, I want a refund"


def heard(*rows):
    """(text, language, kind) as a collector hands them on."""
    columns = {"text": pl.String, "language": pl.String, "kind": pl.Int8}
    return conform(pl.DataFrame(list(rows), columns, orient="row"), HEARD)


def told(frame):
    return frame.select("kind", "language").rows()


def test_where_the_channel_says_nothing_the_text_does():
    frame = heard(
        (BROKEN, "en", Kind.UNSAID),
        ("Unde este magazinul din Cluj?", None, None),
        ("Excelente atención, muchas gracias", "es-MX", Kind.UNSAID),
        ("reading the paper on a bench", "en", Kind.UNSAID),
    )
    found = inquiries(frame)
    assert found.schema == pl.Schema(IMPORTED)
    assert told(found) == [
        (Kind.COMPLAINT, "en"),
        (Kind.QUESTION, "ro"),
        (Kind.COMPLIMENT, "es-MX"),
        (Kind.OTHER, "en"),
    ]


def test_what_the_channel_says_stays():
    frame = heard(
        (BROKEN, "en", Kind.COMPLIMENT), (BROKEN, None, Kind.OTHER), (None, "en", 0)
    )
    assert told(inquiries(frame)) == [
        (Kind.COMPLIMENT, "en"),
        (Kind.OTHER, None),
        (Kind.UNSAID, "en"),
    ]


def test_a_language_without_words_leaves_it_unsaid():
    """So that a headline cut of complaints and questions does not come into force where
    most of what people write cannot be told."""
    frame = heard(
        ("Mijn pakket is kapot en niemand antwoordt mij", None, 0),
        ("Mijn pakket is kapot", "nl", 0),
        ("", None, 0),
        ("@acme 123", None, 0),
    )
    assert told(inquiries(frame)) == [
        (Kind.UNSAID, "nl"),
        (Kind.UNSAID, "nl"),
        (Kind.UNSAID, None),
        (Kind.UNSAID, None),
    ]


@pytest.mark.parametrize(("source", "judge"), [(Look, judged), (Reading, judged_file)])
def test_nothing_of_a_text_is_left(source, judge):
    made = source(channel="bluesky", inquiries=heard((BROKEN, "en", 0)))
    assert b"refund" in pickle.dumps(made)
    done = judge(made)
    assert b"refund" not in pickle.dumps(done)
    assert done.inquiries["kind"].to_list() == [Kind.COMPLAINT]


def test_a_channel_without_texts_pays_nothing():
    frame = conform(pl.DataFrame({"kind": [0, 1]}), IMPORTED)
    assert inquiries(frame) is frame


def test_what_goes_wrong_says_nothing_of_the_text(monkeypatch, caplog):
    def broken(texts, _):
        raise ValueError(f"cannot read {texts.to_list()}")

    monkeypatch.setattr(judging, "judged_kinds", broken)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Unjudged, match="ValueError: a mistake of ours") as problem:
        judged(Look(channel="bluesky", inquiries=heard((BROKEN, "en", 0))))
    assert problem.value.__suppress_context__
    assert "refund" not in f"{problem.value}{caplog.text}"


ROWS = st.tuples(
    st.none() | st.text(max_size=40) | st.sampled_from([BROKEN, "Wo ist mein Paket?"]),
    st.sampled_from([None, "en", "de", "nl", "x"]),
    st.none() | st.sampled_from(list(Kind)),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(rows=st.lists(ROWS, max_size=8), cut=st.integers(0, 8))
def test_each_is_judged_alone_however_a_look_is_cut(rows, cut):
    whole = inquiries(heard(*rows))
    parts = pl.concat([inquiries(heard(*rows[:cut])), inquiries(heard(*rows[cut:]))])
    assert parts.equals(whole)
