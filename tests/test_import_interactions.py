"""The project's own table of conversations: every rule, in every format."""

import io
import json
import random
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import hashing
from collectors.base import UnreadableFile
from collectors.channels import interactions
from importing import SECRET, quick, read_as
from model.looks import Reading
from model.words import CHANNEL_FAMILY, FoundBy, Kind, Step

ROW = {
    "channel": "x",
    "account": "brand",
    "inquiry_id": "1",
    "author": "person",
    "asked_at": "2026-03-02T09:00:00Z",
    "kind": "question",
}
ASKED = 1772442000


def csv(*rows: dict[str, str]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame(
        {name: [row.get(name, "") for row in rows] for name in names}
    ).write_csv(quote_style="always")


def one(**values: str) -> dict[str, object]:
    """The one inquiry of a file of one row."""
    said = read_as("interactions", csv(ROW | values))
    assert said.refused == {}
    (row,) = said.inquiries.rows(named=True)
    return row


def refused(as_of: int | None = None, **values: str) -> str:
    """Why the one row of a file is refused."""
    said = read_as("interactions", csv(ROW | values), as_of=as_of)
    assert said.inquiries.height == 0
    assert (said.since, said.as_of) == (None, None)
    ((reason, count),) = said.refused.items()
    assert (count, said.read) == (1, 1)
    return reason


def test_the_least_that_a_row_needs():
    assert one() == {
        "channel": "x",
        "account": "brand",
        "key": hashing.key("1"),
        "author": hashing.author("x|person", ASKED, SECRET),
        "asked_at": ASKED,
        "answered_at": None,
        "automatic_at": None,
        "substantive_at": None,
        "step": Step.NONE,
        "kind": Kind.QUESTION,
        "found_by": FoundBy.LIST,
        "addressed": 1,
        "watched_until": None,
        "deleted_at": None,
        "message": None,
        "language": None,
        "url": None,
        "brand": None,
        "industry": None,
    }


@pytest.mark.parametrize("channel", CHANNEL_FAMILY)
def test_every_channel_may_be_named(channel):
    assert one(channel=channel.upper())["channel"] == channel


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("", Kind.UNSAID),
        ("complaint", Kind.COMPLAINT),
        (" Question ", Kind.QUESTION),
        ("COMPLIMENT", Kind.COMPLIMENT),
        ("other", Kind.OTHER),
    ],
)
def test_kinds(word, kind):
    assert one(kind=word)["kind"] == kind


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("", FoundBy.LIST),
        ("stream", FoundBy.STREAM),
        ("thread", FoundBy.THREAD),
        ("List", FoundBy.LIST),
        ("reply", FoundBy.REPLY),
    ],
)
def test_ways_of_finding(word, way):
    assert one(found_by=word)["found_by"] == way


@pytest.mark.parametrize(
    ("word", "step", "columns"),
    [
        ("", Step.UNJUDGED, ["answered_at"]),
        ("canned", Step.CANNED, ["answered_at"]),
        ("redirect", Step.REDIRECT, ["answered_at"]),
        ("substantive", Step.SUBSTANTIVE, ["answered_at", "substantive_at"]),
        ("automatic", Step.NONE, ["automatic_at"]),  # no answer, says the method
    ],
)
def test_steps_of_answers(word, step, columns):
    row = one(answered_at=str(ASKED + 60), answer_step=word)
    assert row["step"] == step
    given = [n for n in ("answered_at", "automatic_at", "substantive_at") if row[n]]
    assert given == columns
    assert {row[name] for name in columns} == {ASKED + 60}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"channel": ""}, "channel is missing"),
        ({"channel": "fax"}, "unknown channel"),
        ({"channel": "interactions"}, "unknown channel"),
        ({"account": " "}, "account is missing"),
        ({"account": "@"}, "account is missing"),
        ({"account": "a" * 301}, "account is longer than 300 characters"),
        ({"account": "a\x07b"}, "account holds control characters"),
        ({"inquiry_id": ""}, "inquiry_id is missing"),
        ({"author": " "}, "author is missing"),
        ({"asked_at": ""}, "asked_at is missing"),
        ({"asked_at": "2026-03-02T09:00:00"}, "asked_at has no time zone"),
        ({"asked_at": "then"}, "asked_at is not a time"),
        ({"asked_at": "12"}, "asked_at is before 1990 or after 2100"),
        ({"answered_at": "2026-03-02T09:00:00"}, "answered_at has no time zone"),
        ({"answered_at": "later"}, "answered_at is not a time"),
        ({"watched_until": "99999999999"}, "watched_until is before 1990 or after"),
        ({"kind": "rant"}, "kind is not complaint"),
        ({"found_by": "luck"}, "found_by is not stream"),
        ({"answered_at": "1772442060", "answer_step": "kind"}, "answer_step is not"),
        ({"answer_step": "canned"}, "answer_step without answered_at"),
        ({"answered_at": "1772441999"}, "answered before it was asked"),
        ({"watched_until": "1772441999"}, "watched_until is before asked_at"),
        (
            {"answered_at": "1772442060", "watched_until": "1772442059"},
            "answered after watched_until",
        ),
        ({"brand": "b" * 201}, "brand is longer than 200 characters"),
        ({"industry": "a\tb"}, "industry holds control characters"),
        ({"author": "per\0son"}, "the row holds a NUL byte"),
    ],
)
def test_rows_that_are_refused(values, reason):
    assert refused(**values).startswith(reason)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"asked_at": "1772442001"}, "asked after the time the source stops knowing"),
        ({"answered_at": "1772442001"}, "answered after the time the source stops"),
    ],
)
def test_what_a_source_cannot_know_is_refused(values, reason):
    assert refused(as_of=ASKED, **values).startswith(reason)


def test_the_edges_of_an_interval_are_in_it():
    row = one(answered_at=str(ASKED), watched_until=str(ASKED))
    assert (row["answered_at"], row["watched_until"]) == (ASKED, ASKED)
    said = read_as("interactions", csv(ROW), as_of=ASKED)
    assert (said.inquiries.height, said.as_of) == (1, ASKED)


def test_the_source_knows_until_its_latest_time():
    rows = [
        ROW,
        ROW | {"inquiry_id": "2", "answered_at": str(ASKED + 5)},
        ROW | {"inquiry_id": "3", "watched_until": str(ASKED + 9)},
        ROW | {"inquiry_id": "4", "asked_at": str(ASKED - 7)},
        ROW | {"inquiry_id": "", "asked_at": str(ASKED + 99)},  # refused
    ]
    said = read_as("interactions", csv(*rows))
    assert (said.since, said.as_of) == (ASKED - 7, ASKED + 9)
    automatic = {"answered_at": str(ASKED + 20), "answer_step": "automatic"}
    said = read_as("interactions", csv(*rows, ROW | {"inquiry_id": "5"} | automatic))
    assert said.as_of == ASKED + 20
    assert read_as("interactions", csv(*rows), as_of=ASKED + 60).as_of == ASKED + 60


@pytest.mark.parametrize(
    ("channel", "written", "account"),
    [
        ("x", "@brand", "brand"),
        ("mastodon", "@brand@social.example", "brand@social.example"),
        ("cfpb", "@brand", "@brand"),
    ],
)
def test_an_at_sign_is_no_part_of_a_handle(channel, written, account):
    assert one(channel=channel, account=written)["account"] == account


def test_an_author_is_one_person_on_one_channel():
    said = read_as(
        "interactions",
        csv(
            ROW,
            ROW | {"inquiry_id": "2"},
            ROW | {"inquiry_id": "3", "author": "other"},
            ROW | {"inquiry_id": "4", "channel": "bluesky"},
        ),
    )
    first, second, third, fourth = said.inquiries["author"]
    assert first == second
    assert len({first, third, fourth}) == 3


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://example.org",
        "https://example.org/a b",
        "https://example.org/" + "a" * 2_000,
        "//example.org",
        "https://",
    ],
)
def test_an_address_that_is_none_is_left_out_and_said(url):
    said = read_as("interactions", csv(ROW | {"url": url}))
    assert said.inquiries["url"].to_list() == [None]
    assert said.notes == ("The url is not an http address and was left out: 1 rows.",)


def test_what_may_be_said_is_kept():
    row = one(
        url=" https://example.org/1 ",
        language="pt-BR",
        brand="Example",
        industry="Software",
    )
    assert row["url"] == "https://example.org/1"
    assert row["language"] == "pt-BR"
    assert (row["brand"], row["industry"]) == ("Example", "Software")


def test_columns_nobody_asked_for_are_named():
    said = read_as("interactions", csv(ROW | {"mood": "angry"}))
    assert said.notes == ("1 column the format does not have: mood.",)


# Repeated inquiries


def merged(*rows: dict[str, str]) -> Reading:
    return read_as("interactions", csv(*(ROW | row for row in rows)))


def test_a_later_row_that_knows_more_completes_the_first():
    said = merged(
        {"watched_until": str(ASKED + 100), "kind": ""},
        {"answered_at": str(ASKED + 200), "watched_until": str(ASKED + 300)},
        {"answered_at": str(ASKED + 50), "answer_step": "automatic", "language": "de"},
    )
    (row,) = said.inquiries.rows(named=True)
    assert said.refused == {interactions.MERGED: 2}
    assert row["answered_at"] == ASKED + 200
    assert row["automatic_at"] == ASKED + 50
    assert row["watched_until"] is None  # one of the rows sets no end
    assert row["step"] == Step.UNJUDGED
    assert row["kind"] == Kind.QUESTION
    assert row["language"] == "de"


def test_the_longest_watch_counts():
    said = merged(
        {"watched_until": str(ASKED + 100)}, {"watched_until": str(ASKED + 300)}
    )
    assert said.inquiries["watched_until"].to_list() == [ASKED + 300]


def test_finding_it_without_its_answer_is_what_counts():
    said = merged({"found_by": "reply"}, {"found_by": "stream"})
    assert said.inquiries["found_by"].to_list() == [FoundBy.STREAM]


def test_an_id_belongs_to_its_account():
    said = merged({}, {"account": "other"}, {"channel": "bluesky"})
    assert (said.inquiries.height, said.refused) == (3, {})


def test_two_spellings_of_an_account_are_one():
    said = merged({"account": "Brand"}, {"account": "brand"}, {"inquiry_id": "2"})
    assert said.inquiries["account"].to_list() == ["Brand", "Brand"]
    assert said.refused == {interactions.MERGED: 1}


offsets = st.integers(0, 50)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "inquiry_id": st.sampled_from(["1", "2"]),
            "author": st.sampled_from(["a", "b"]),
            "asked_at": offsets.map(lambda s: str(ASKED + s)),
            "kind": st.sampled_from(["", "question", "complaint"]),
            "answered_at": st.one_of(
                st.just(""), st.integers(50, 90).map(lambda s: str(ASKED + s))
            ),
            "watched_until": st.one_of(
                st.just(""), st.integers(90, 99).map(lambda s: str(ASKED + s))
            ),
            "found_by": st.sampled_from(["", "reply", "stream"]),
            "language": st.sampled_from(["", "en", "de"]),
        }
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.slow
@quick
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[dict[str, str]], by: random.Random):
    shuffled = rows[:]
    by.shuffle(shuffled)
    one, other = merged(*rows), merged(*shuffled)
    assert one.inquiries.sort("key").equals(other.inquiries.sort("key"))
    assert (one.refused, one.since, one.as_of) == (
        other.refused,
        other.since,
        other.as_of,
    )


@pytest.mark.slow
@quick
@given(rows)
def test_every_format_says_the_same(rows: list[dict[str, str]]):
    full = [ROW | row for row in rows]
    lines = "\n".join(json.dumps(row) for row in full)
    buffer = io.BytesIO()
    pl.DataFrame(full).write_parquet(buffer)
    expected = merged(*rows).inquiries
    for content, suffix in (
        (lines, ".jsonl"),
        (lines, ".txt"),
        ("\ufeff" + lines, ".csv"),
        (buffer.getvalue(), ".parquet"),
        (buffer.getvalue(), ".csv"),
    ):
        assert read_as("interactions", content, suffix).inquiries.equals(expected)


# Parquet's own types


def parquet(**columns: pl.Series) -> bytes:
    buffer = io.BytesIO()
    frame = pl.DataFrame({name: [value] for name, value in ROW.items()})
    frame.with_columns(**columns).write_parquet(buffer)
    return buffer.getvalue()


def test_parquet_times_with_a_zone_integers_and_decimals():
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for column in (
        pl.Series([moment], dtype=pl.Datetime("us", "UTC")),
        pl.Series([moment], dtype=pl.Datetime("ns", "Europe/Berlin")),
        pl.Series([ASKED]),
        pl.Series([ASKED + 0.9]),
    ):
        said = read_as("interactions", parquet(asked_at=column), ".parquet")
        assert said.inquiries["asked_at"].to_list() == [ASKED]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pl.Series([datetime.fromisoformat("2026-03-02")]), "has no time zone"),
        (pl.Series([None], dtype=pl.Int64), "is missing"),
        (pl.Series([float("nan")]), "is missing"),
        (pl.Series([ASKED * 1_000]), "is before 1990"),
    ],
)
def test_parquet_times_that_are_none(column, reason):
    said = read_as("interactions", parquet(asked_at=column), ".parquet")
    assert reason in next(iter(said.refused))


@pytest.mark.parametrize("column", [pl.Series([[1]]), pl.Series([b"x"])])
def test_parquet_columns_that_are_no_text_are_refused(column):
    with pytest.raises(UnreadableFile, match="times in the column author"):
        read_as("interactions", parquet(author=column), ".parquet")


def test_parquet_that_is_broken_is_refused():
    with pytest.raises(UnreadableFile, match="a Parquet file"):
        read_as("interactions", b"PAR1" + b"\0" * 40 + b"PAR1", ".parquet")


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".ndjson"])
def test_a_name_that_promises_another_format_is_not_believed_silently(suffix):
    with pytest.raises(UnreadableFile, match=suffix[1:]):
        read_as("interactions", csv(ROW), suffix)
