"""Figures in words."""

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from fixtures_web import line
from model import Standing
from model.words import DAY
from scoring.method import METHOD
from scoring.waits import Between
from web import tongue, words

NB = words.NBSP


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, f"under{NB}1{NB}min"),
        (59, f"under{NB}1{NB}min"),
        (60, f"1{NB}min"),
        (480, f"8{NB}min"),
        (3_569, f"59{NB}min"),
        (3_570, f"1{NB}h"),
        (3_600, f"1{NB}h"),
        (11_400, f"3{NB}h{NB}10{NB}min"),
        (35_999, f"10{NB}h"),
        (46_800, f"13{NB}h"),
        (172_800, f"2{NB}days"),
        (187_200, f"2{NB}days{NB}4{NB}h"),
        (30 * 86_400 + 7_200, f"30{NB}days"),
    ],
)
def test_a_wait_as_people_say_it(seconds, said):
    assert words.duration(seconds) == said


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_a_longer_wait_never_sounds_shorter(one, other):
    """Rounded figures keep their order."""

    def seconds(text):
        parts = text.replace("under", "0").split(NB)
        unit = {"min": 60, "h": 3_600, "days": 86_400}
        numbers = [int(part) for part in parts if part.isdigit()]
        units = [unit[part] for part in parts if part in unit]
        return (
            0
            if text.startswith("under")
            else sum(n * u for n, u in zip(numbers, units, strict=True))
        )

    short, long = sorted((one, other))
    assert seconds(words.duration(short)) <= seconds(words.duration(long))


@pytest.mark.parametrize(
    ("value", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"),
     (13, "13th"), (21, "21st"), (102, "102nd"), (111, "111th"), (1003, "1003rd")],
)  # fmt: skip
def test_ordinals(value, said):
    assert words.ordinal(value) == said


def test_places():
    assert words.places(3, 9, 41) == "3rd to 9th of 41"
    assert words.places(1, 1, 41) == "1st of 41"
    assert words.place_range(3, 9) == "3rd to 9th"
    assert words.place_range(1, 1) == "1st"


@pytest.mark.parametrize(
    ("share", "said"), [(0, 0), (0.001, 1), (0.125, 13), (0.999, 99), (1, 100)]
)
def test_none_and_all_of_a_hundred_only_where_it_is_so(share, said):
    assert words.hundred(share) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (20_635, 20_727, "July to September 2026"),
        (20_635, 20_666, "July 2026"),
        (20_423, 20_513, "December 2025 to February 2026"),
        (20_636, 20_650, "2 July to 15 July 2026"),
        (20_636, 20_637, "2 July 2026"),
        (20_440, 20_460, "18 December 2025 to 6 January 2026"),
    ],
)
def test_periods(first, last, said):
    assert words.period(first, last) == said


def test_limits():
    days = [words.limit(n * 86_400) for n in (1, 2, 3, 5, 7, 10, 14)]
    assert days == [
        "a day", "two days", "three days", "five days", "a week", "ten days", "14 days"
    ]  # fmt: skip
    assert words.limit(3_600) == "an hour"
    assert words.limit(5_400) == f"1{NB}h{NB}30{NB}min"


def test_bins_of_waits_are_named_without_gap_or_overlap():
    ends = METHOD.wait_bins.value
    labels = [
        words.bin_label(start, end)
        for start, end in zip((0, *ends), ends, strict=False)
    ]
    assert labels == [
        "up to 5 min", "5 to 15 min", "15 to 30 min", "30 min to 1 hour",
        "1 to 2 hours", "2 to 4 hours", "4 to 8 hours", "8 hours to 1 day",
        "1 to 2 days", "2 to 3 days", "3 to 5 days", "5 to 7 days", "7 to 10 days",
    ]  # fmt: skip


def standing(**changes):
    return Standing(edition_id=1, **line("a", "A", "banks", **changes))


@pytest.mark.parametrize(
    ("inquiries", "authors", "said"),
    [
        (38, 23, "12 more inquiries from 7 more people needed"),
        (49, 29, "1 more inquiry from 1 more person needed"),
        (45, 30, "5 more inquiries needed"),
        (50, 20, "inquiries from 10 more people needed"),
    ],
)
def test_too_few_says_what_is_missing(inquiries, authors, said):
    row = standing(status="too_few", inquiries=inquiries, authors=authors)
    assert words.status(row).replace(NB, " ") == f"Too few to rank: {said}"


def test_every_status_has_words():
    assert words.status(standing(status="ranked")) == ""
    assert "a few days decide" in words.status(standing(status="few_days"))
    low = words.status(standing(status="low_coverage", coverage=0.634))
    assert low.replace(NB, " ") == (
        "Withheld: we saw only 63 % of the period; 80 % is needed"
    )
    never = words.status(standing(status="low_coverage", coverage=None))
    assert "we did not watch it" in never
    assert "answered conversations" in words.status(standing(status="answered_only"))


@pytest.mark.parametrize(
    ("days", "said"),
    [(1.0, "1 day;"), (3.0, "3 days;"), (4.21, "4 days;"), (14.97, "14 days;"),
     (15.0, "14 days;")],
)  # fmt: skip
def test_how_few_days_decide_is_said_in_whole_days_downwards(days, said):
    assert words.status(standing(status="few_days", days=days)).replace(NB, " ") == (
        "Not ranked: too many of its inquiries came on a few days, as if all had come"
        f" on only {said} 15 are needed"
    )


def test_coverage_just_below_the_limit_never_reads_as_the_limit():
    said = words.status(standing(status="low_coverage", coverage=0.7999))
    assert f"only 79{NB}%" in said


@pytest.mark.parametrize(
    ("changes", "wait", "note"),
    [
        ({"median_wait_s": 600, "inquiries": 60}, f"10{NB}min", ""),
        ({"inquiries": 60}, "more than three days", "half had no answer by then"),
        ({"inquiries": 60, "status": "low_coverage"}, "not known", ""),
        ({"inquiries": 0}, "not known", ""),
        (
            {"status": "answered_only", "median_wait_s": 600},
            f"10{NB}min",
            "among those answered",
        ),
    ],
)
def test_the_typical_wait_is_never_a_guess(changes, wait, note):
    row = standing(**changes)
    assert (words.typical_wait(row), words.wait_note(row)) == (wait, note)


def test_small_things():
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.big(999_999) == "999,999"
    assert words.big(1_903_442) == f"1.9{NB}million"
    assert words.span(40.4, 40.6) == "40–41"
    assert words.span(40.1, 40.2) == "40"
    assert words.moment(1_795_305_600) == "22 November 2026, 00:00 UTC"
    assert words.iso(1_795_305_600) == "2026-11-22T00:00:00Z"


@pytest.mark.parametrize("language", tongue.OTHERS)
def test_a_number_is_written_as_babel_writes_it_however_often(language):
    locale = tongue.catalogue(language).locale
    for value in (0, 7, 999, 1_000, 9_999, 10_000, 1_234_567, -1_200):
        with tongue.speaking(language):
            said = [words.number(value) for _ in range(3)]
        assert said == [format_decimal(value, locale=locale)] * 3
        assert words.number(value) == f"{value:,}", "English again"


@pytest.mark.parametrize(
    ("more", "most", "said"),
    [
        (2_700, 7_200, f"95 % sure between 45{NB}min and 2{NB}h"),
        (None, 60, f"95 % sure: at most 1{NB}min"),
        (DAY, None, f"95 % sure: more than 24{NB}h"),
        (3 * DAY, None, "95 % sure"),
        (None, None, ""),
    ],
)
def test_how_sure_a_wait_is(more, most, said):
    found = words.surely(Between(more, most), 3 * DAY)
    assert found.replace("95\u00a0%", "95 %") == said


@pytest.mark.parametrize(
    ("more", "most", "said"),
    [
        (2_700, 7_200, f"45{NB}min to 2{NB}h"),
        (None, 60, f"at most 1{NB}min"),
        (DAY, None, f"more than 24{NB}h"),
        (None, None, ""),
    ],
)
def test_beside_a_wait_stands_between_what_it_lies(more, most, said):
    row = standing(median_wait_s=3_600, inquiries=60)
    assert words.wait_within(row, Between(more, most)) == said


@pytest.mark.parametrize(
    ("changes", "more", "said"),
    [
        ({}, 3 * DAY, "half surely had no answer by then"),
        ({}, DAY, f"half had no answer by then; surely more than 24{NB}h"),
        ({}, None, "half had no answer by then"),
        ({"status": "low_coverage"}, None, ""),
        (
            {"status": "answered_only", "median_wait_s": 600},
            None,
            "among those answered",
        ),
    ],
)
def test_beside_a_wait_longer_than_we_look_stands_how_sure_that_is(changes, more, said):
    row = standing(**{"inquiries": 60, **changes})
    assert words.wait_within(row, Between(more, None)) == said
