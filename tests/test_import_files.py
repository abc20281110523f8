"""Dirty files: encodings, quoting, ragged rows, times."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collectors import columns, files, hashing, times
from collectors.base import UnreadableFile
from importing import quick

PATH = Path("given.csv")
NAMES = ["a", "b", "c"]


def table(content: bytes | str) -> files.Table:
    data = content.encode() if isinstance(content, str) else content
    return files.read_csv(PATH, data, NAMES)


def rows(content: bytes | str) -> list[tuple[str, ...]]:
    return table(content).frame.rows()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b,c\n1,2,3\n", [("1", "2", "3")]),
        ("a,b,c\n1,2,3", [("1", "2", "3")]),
        ("a,b,c\r\n1,2,3\r\n", [("1", "2", "3")]),
        ("a,b,c\r1,2,3\r", [("1", "2", "3")]),
        ("\n\na,b,c\n\n1,2,3\n\n", [("1", "2", "3")]),
        ("a , b,c\n1,,3\n", [("1", "", "3")]),
        ('a,b,c\n"1\n1","2,2","3""3"\n', [("1\n1", "2,2", '3"3')]),
        ('a,b,c\n1,two "2" 2,3\n', [("1", 'two "2" 2', "3")]),
        ("a,b,c\n", []),
        ("a,b,c", []),
        ("\ufeffa,b,c\n1,2,3\n", [("1", "2", "3")]),
        ("a,b,c\n1,é,3\n".encode("latin-1"), [("1", "é", "3")]),
        ("a,b,c\n1,€,3\n".encode("cp1252"), [("1", "€", "3")]),
        (b"a,b,c\n1,\x81,3\n", [("1", "\x81", "3")]),
        ("a,b,c\n1,é,3\n".encode("utf-16"), [("1", "é", "3")]),
        ("a,b,c\n1,é,3\n".encode("utf-32"), [("1", "é", "3")]),
        ("a,b,c\n1,é,3\n".encode() + b"4,\xe9,6\n", [("1", "é", "3"), ("4", "é", "6")]),
    ],
)
def test_a_file_is_read_as_it_was_meant(content, expected):
    assert rows(content) == expected
    assert table(content).read == len(expected)
    assert table(content).refused == {}


def test_what_was_guessed_is_said():
    said = table("a,b,c\n1,é,3\n".encode("latin-1")).notes
    assert said == ("1 bytes are not UTF-8 and were read as Windows-1252.",)


@pytest.mark.parametrize(
    ("content", "kept", "refused"),
    [
        ("a,b,c\n1,2\n4,5,6\n", [("4", "5", "6")], {files.FEWER: 1}),
        ("a,b,c\n1,2,3,\n4,5,6\n", [("4", "5", "6")], {files.MORE: 1}),
        (
            "a,b,c\n1,2\n1,2,3,4\n4,5,6\n",
            [("4", "5", "6")],
            {files.FEWER: 1, files.MORE: 1},
        ),
        ("a,b,c\n1,\0,3\n4,5,6\n", [("4", "5", "6")], {files.NUL: 1}),
        # A quote that is never closed takes its own line with it, and no other.
        (
            'a,b,c\n1,"2,3\n4,5,6\n7,8,9\n',
            [("4", "5", "6"), ("7", "8", "9")],
            {files.QUOTE: 1},
        ),
        ('a,b,c\n1,2,"3\n4,5,6\n', [("4", "5", "6")], {files.QUOTE: 1}),
        ('a,b,c\n4,5,6\n1,2,"3', [("4", "5", "6")], {files.QUOTE: 1}),
        ('a,b,c\n1,"2,3\n4,5",6\n7,8\n', [("1", "2,3\n4,5", "6")], {files.FEWER: 1}),
        ('a,b,c\n1,"2",3,"\n\n\n"\n4,5,6\n', [("4", "5", "6")], {files.QUOTE: 2}),
        ('a,b,c\n"x\n', [], {files.QUOTE: 1}),
    ],
)
def test_damaged_rows_are_refused_and_the_others_kept(content, kept, refused):
    said = table(content)
    assert said.frame.rows() == kept
    assert said.refused == refused
    assert said.read == len(kept) + sum(refused.values())


def test_a_file_that_was_cut_off_loses_its_last_row_only():
    """A cut row must not become an inquiry without an answer."""
    whole = "a,b,c\n" + "1,2,3\n" * 100
    for end in range(len("a,b,c\n1,2,3\n"), len(whole)):
        said = table(whole[:end])
        assert said.frame.height + sum(said.refused.values()) == said.read
        assert set(said.frame.rows()) <= {("1", "2", "3"), ("1", "2", "")}


def test_a_long_line_is_a_line():
    long = "x" * 10_000_000
    assert rows(f"a,b,c\n1,{long},3\n4,5,6\n") == [("1", long, "3"), ("4", "5", "6")]


def test_a_line_too_long_for_the_quick_way_is_read_all_the_same(monkeypatch):
    monkeypatch.setattr(files, "_BLOCK", 100)
    long = "x" * 1_000
    assert rows(f"a,b,c\n1,2,3\n1,{long},3\n4,5,6\n") == [
        ("1", "2", "3"),
        ("1", long, "3"),
        ("4", "5", "6"),
    ]


def test_a_field_without_end_is_refused(monkeypatch):
    before = csv.field_size_limit(100)
    try:
        said = table(f'a,b,c\n1,"{"x" * 101}",3\n4,5,6\n1,2,"3\n')
    finally:
        csv.field_size_limit(before)
    assert said.frame.rows() == [("4", "5", "6")]
    assert said.refused == {files.TOO_LONG: 1, files.QUOTE: 1}


def test_hostile_quotes_are_not_read_over_and_over():
    """Every line opens a quote that the next one closes and opens again."""
    lines = 20_000
    said = table("a,b,c\n" + 'a","\n' * lines + '"')
    assert said.frame.height == 0
    assert said.read == sum(said.refused.values())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the columns a, b, c; found none"),
        (b"a,b\n1,2\n", "the columns c; found a, b"),
        (b"a;b;c\n1;2;3\n", "separated by commas"),
        (b"a,b,c,a\n1,2,3,4\n", "each column once, found 'a' twice"),
        (b'"a,b,c\n1,2,3\n', "a header line of names"),
        (b"\xff\xfea\0,\0b\0", "the columns c; found a, b"),
        (b"\xff\xfea\0,\0b", "text in UTF-16"),
        (b"\xff\xfe\0\0\xff\xff\xff\xff", "text in UTF-32"),
        (b"\x00\x01\x02\x03" * 50, "the columns"),
    ],
)
def test_what_is_no_such_table_is_refused(content, said):
    with pytest.raises(UnreadableFile, match=f"given.csv: expected .*{said}"):
        table(content)


@pytest.mark.parametrize("magic", files._MAGIC)
def test_packed_files_are_refused_with_a_way_out(magic, tmp_path):
    path = tmp_path / "given.csv"
    path.write_bytes(magic + b"anything")
    with pytest.raises(UnreadableFile, match="unpack it first"):
        files.read_bytes(path)


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    path = tmp_path / "given.csv"
    path.touch()

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableFile, match="a readable file: Permission denied"):
        files.read_bytes(path)


plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@quick
@given(st.lists(st.tuples(plain, plain, plain)))
@example([("", "", "")])
@example([('"', "\n", ",")])
@example([("\x1c", "\x85", "\u2028")])
def test_what_was_written_by_the_rules_is_read_back(content):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerows([NAMES, *content])
    said = table(buffer.getvalue())
    assert said.frame.rows() == content
    assert said.refused == {}


@quick
@given(st.binary())
@example(b'1,"2,3\n4,5,6')
@example(b'"')
@example(b'a","\na","\na",""')
def test_rows_read_are_rows_kept_and_refused(content):
    said = table(b"a,b,c\n" + content)
    assert said.read == said.frame.height + sum(said.refused.values())
    assert said.frame.columns == NAMES


# JSON lines


def objects(content: bytes | str) -> files.Table:
    data = content.encode() if isinstance(content, str) else content
    return files.read_jsonl(PATH, data, NAMES)


@pytest.mark.parametrize(
    ("content", "kept", "refused"),
    [
        ('{"a":"x","b":3,"c":true}\n', [("x", "3", "true")], {}),
        ('{"a":null}\n\n{"z":1}\n', [("", "", ""), ("", "", "")], {}),
        (
            '{"a":"x"}\nnonsense\n[1]\n5\n{"a":"y"}',
            [("x", "", ""), ("y", "", "")],
            {files.NO_OBJECT: 3},
        ),
        (
            '{"a":["x"],"b":{"k":1},"c":1.5}\n{',
            [('["x"]', '{"k": 1}', "1.5")],
            {files.NO_OBJECT: 1},
        ),
        ('{"a":"\\u0000"}\n{"a":"y"}\n', [("y", "", "")], {files.NUL: 1}),
        ('{"a":"\\ud800"}\n{"a":"y"}\n{', [("y", "", "")], {files.NO_OBJECT: 2}),
        ("[" * 100_000 + '\n{"a":"y"}\n', [("y", "", "")], {files.NO_OBJECT: 1}),
        (
            '{"a":' + "9" * 5_000 + '}\n{"a":"y"}\n{',
            [("y", "", "")],
            {files.NO_OBJECT: 2},
        ),
    ],
)
def test_lines_that_are_no_objects_are_refused(content, kept, refused):
    said = objects(content)
    assert said.frame.rows() == kept
    assert said.refused == refused
    assert said.read == len(kept) + sum(refused.values())


# Times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T09:00:00Z", 1772442000),
        ("2026-03-02 09:00:00Z", 1772442000),
        ("2026-03-02t09:00:00z", 1772442000),
        ("2026-03-02T09:00Z", 1772442000),
        ("2026-03-02T10:00:00+01:00", 1772442000),
        ("2026-03-02T10:00:00+0100", 1772442000),
        ("2026-03-02 10:00+01:00", 1772442000),
        ("2026-03-02T09:00:00.999999Z", 1772442000),
        ("2026-03-02T09:00:00,5+00:00", 1772442000),
        ("1772442000", 1772442000),
        (" 1772442000 ", 1772442000),
        ("1772442000.0", 1772442000),
        ("1772442000.9", 1772442000),
        ("631152000", times.EARLIEST),
        ("4102444799", times.LATEST - 1),
    ],
)
def test_a_time_is_read(text, expected):
    at, code = times.seconds(pl.Series([text]))
    assert (at[0], code[0]) == (expected, times.GIVEN)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", times.EMPTY),
        ("  ", times.EMPTY),
        (None, times.EMPTY),
        ("2026-03-02T09:00:00", times.NO_ZONE),
        ("2026-03-02 09:00", times.NO_ZONE),
        ("2026-03-02", times.NO_ZONE),
        ("02/03/2026 09:00", times.NO_TIME),
        ("2026-02-30T09:00:00Z", times.NO_TIME),
        ("2026-03-02T25:00:00Z", times.NO_TIME),
        ("2026-03-02T09:00:00Zulu", times.NO_TIME),
        ("soon", times.NO_TIME),
        ("nan", times.NO_TIME),
        ("1e9", times.NO_TIME),
        ("1772442000000", times.ABSURD),
        ("0", times.ABSURD),
        ("-1", times.ABSURD),
        ("631151999", times.ABSURD),
        ("4102444800", times.ABSURD),
        ("0001-01-01T00:00:00Z", times.ABSURD),
        ("9999-12-31T23:59:59Z", times.ABSURD),
        ("99999999999999999999", times.NO_TIME),
    ],
)
def test_what_is_no_certain_time_is_refused(text, code):
    at, said = times.seconds(pl.Series([text], dtype=pl.String))
    assert (at[0], said[0]) == (None, code)


def test_a_time_without_a_zone_can_be_taken_as_utc():
    said = ["2026-03-02 09:00:00", "2026-03-02T09:00", "2026-03-02T10:00:00+01:00", "x"]
    at, _ = times.seconds(pl.Series(said), zoneless=True)
    assert at.to_list() == [1772442000] * 3 + [None]


@quick
@given(
    st.lists(
        st.datetimes(
            datetime.fromisoformat("1990-01-02"),
            datetime.fromisoformat("2099-12-30"),
            timezones=st.just(UTC),
        )
    ),
    st.integers(-14 * 60, 14 * 60),
)
def test_every_way_to_write_a_time_is_the_same_second(moments, minutes):
    zone = timezone(timedelta(minutes=minutes))
    expected = [int(moment.timestamp()) for moment in moments]
    for texts in (
        [moment.isoformat() for moment in moments],
        [moment.astimezone(zone).isoformat() for moment in moments],
        [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in moments],
        [str(second) for second in expected],
    ):
        at, code = times.seconds(pl.Series(texts, dtype=pl.String))
        assert at.to_list() == expected
        assert set(code) <= {times.GIVEN}


# Hashes, spelling, sifting

NEW_YEARS = [1_767_225_599, 1_767_225_600, 1_798_761_599]
"""The last second of 2025, the first and the last of 2026, UTC."""


@quick
@given(
    st.lists(st.one_of(st.none(), plain)),
    st.binary(max_size=80),
    st.booleans(),
    st.data(),
)
@example(["a"] * 9, b"", False, None)
def test_many_hashes_are_the_same_as_one_by_one(texts, secret, keyed, data):
    series = pl.Series("given", texts, dtype=pl.String)
    if keyed:
        moments = st.integers(-(2**62), 2**62) | st.sampled_from(NEW_YEARS)
        ats = data.draw(st.lists(moments, min_size=len(texts), max_size=len(texts)))
        said = hashing.authors(series, pl.Series(ats, dtype=pl.Int64), secret)
        expected = [
            None if text is None else hashing.author(text, at, secret)
            for text, at in zip(texts, ats, strict=True)
        ]
    else:
        said = hashing.keys(series)
        expected = [None if t is None else hashing.key(t) for t in texts]
    assert said.to_list() == expected
    assert said.dtype == pl.Int64
    assert said.name == "given"


def test_a_hash_stays_what_it_is():
    """Stored for years: these values may never change."""
    assert hashing.key("at://example") == int.from_bytes(
        blake2b(b"at://example", digest_size=8).digest(), "big", signed=True
    )
    assert hashing.key("1") == -649571662916077706
    secret = b"0123456789abcdef"
    assert hashing.author("x|person", 1_767_225_599, secret) == -5944066544141316914
    assert hashing.author("x|person", 1_767_225_600, secret) == -6340495250954592422


def test_a_person_is_another_one_every_year_and_the_same_within_it():
    """A year ends where a quarter does, so no edition of a quarter notices."""
    secret = b"0123456789abcdef"
    last, first = (hashing.author("x|person", at, secret) for at in NEW_YEARS[:2])
    assert last != first
    assert first == hashing.author("x|person", NEW_YEARS[2], secret)
    assert first != hashing.author("x|person", NEW_YEARS[1], b"another secret of ours")
    people = pl.Series(["x|person"] * 3)
    ats = pl.Series(NEW_YEARS, dtype=pl.Int64)
    assert hashing.authors(people, ats, secret).to_list() == [last, first, first]
    assert hashing.authors(people[:0], ats[:0], secret).to_list() == []


def test_two_texts_on_one_place_are_still_two(monkeypatch):
    """Telling texts apart by a short hash is only a guess, and is checked."""
    monkeypatch.setattr(
        pl.Series, "hash", lambda self: pl.Series([0] * len(self), dtype=pl.UInt64)
    )
    texts = pl.Series(["a", "b", "a", "b", "a", "b"])
    assert hashing.keys(texts).to_list() == [hashing.key(t) for t in texts]


def test_the_first_reason_takes_the_row():
    frame = pl.DataFrame({"n": [1, 2, 3, 4, None]})
    kept, refused = columns.sift(
        frame, {"big": pl.col("n") > 3, "even": pl.col("n") % 2 == 0}
    )
    assert kept["n"].to_list() == [1, 3, None]
    assert refused == {"big": 1, "even": 1}


def test_one_spelling_is_for_one_channel():
    frame = pl.DataFrame(
        {"channel": ["x", "x", "x", "cfpb"], "account": ["b", "B", "c", "b"]}
    )
    assert columns.one_spelling(frame)["account"].to_list() == ["B", "B", "c", "b"]


def test_extremes_of_nothing_are_not_known():
    frame = pl.DataFrame({"n": [None]}, schema={"n": pl.Int64()})
    assert columns.earliest(frame, ["n"]) is None
    assert columns.latest(frame, ["n"]) is None


def test_names_of_unknown_columns_are_shown_in_part():
    assert columns.unknown(["a", "b"], ["a", "b"]) == ()
    (said,) = columns.unknown([f"c{n}" for n in range(99)] + [""], ["a"])
    assert said.startswith("100 columns the format does not have: c0, c1")
    assert len(said) < 200
