"""The shared words: columns that conform, codes that agree with each other."""

import polars as pl
import pytest

import model
from model.frames import IMPORTED, PUBLISHED, TALLIED, conform, empty
from model.looks import DELETED, RESPONDED, Look, Reading
from model.rows import InquiryRow, columns
from model.words import CHANNEL_FAMILY, CUT_KINDS, FAMILIES, SAMPLED_CHANNELS, Cut, Kind

SCHEMAS = [IMPORTED, PUBLISHED, TALLIED, RESPONDED, DELETED]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_empty_frame_has_every_column(schema):
    assert dict(empty(schema).schema) == schema
    assert empty(schema).height == 0


def test_conform_orders_casts_and_fills_with_null():
    frame = conform(
        pl.DataFrame({"seconds": [1], "account": ["acme.example"]}),
        {"account": pl.String(), "day": pl.Int32(), "seconds": pl.Int64()},
    )
    assert frame.columns == ["account", "day", "seconds"]
    assert frame.schema["seconds"] == pl.Int64
    assert frame.row(0) == ("acme.example", None, 1)


def test_conform_refuses_a_column_nobody_declared():
    with pytest.raises(ValueError, match="columns nobody declared: acount, zeal"):
        conform(pl.DataFrame({"zeal": [1], "acount": ["a"]}), PUBLISHED)


def test_conform_refuses_what_cannot_be_cast():
    with pytest.raises(pl.exceptions.InvalidOperationError):
        conform(pl.DataFrame({"day": ["tomorrow"]}), PUBLISHED)


def test_columns_are_those_of_the_table_in_order():
    names = list(columns(InquiryRow))
    assert names[:3] == ["id", "account_id", "key"]
    assert set(names) == InquiryRow.model_fields.keys()


def test_every_cut_has_its_kinds():
    assert CUT_KINDS.keys() == set(Cut)
    apart = [Cut.COMPLAINT, Cut.QUESTION, Cut.COMPLIMENT, Cut.OTHER]
    together = [kind for cut in apart for kind in CUT_KINDS[cut]]
    assert sorted(together) == sorted(Kind), "every kind is in exactly one cut"


def test_channels_and_families_agree():
    assert set(CHANNEL_FAMILY.values()) == set(FAMILIES)
    assert CHANNEL_FAMILY.keys() >= SAMPLED_CHANNELS


def test_what_a_look_did_not_see_is_empty_not_none():
    look = Look(channel="bluesky")
    assert dict(look.inquiries.schema) == IMPORTED
    assert dict(look.responses.schema) == RESPONDED
    assert dict(look.deletions.schema) == DELETED
    assert dict(look.published.schema) == PUBLISHED
    assert look.problem == ""
    reading = Reading(channel="twcs", inquiries=empty(IMPORTED))
    assert dict(reading.published.schema) == PUBLISHED
    assert reading.as_of is None


def test_everything_the_package_names_is_there():
    assert all(hasattr(model, name) for name in model.__all__)
