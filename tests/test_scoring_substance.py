"""Answers of substance by the time they took, and answers that call people by name,
against a plain reading of the same inquiries."""

import json
import math
from collections import defaultdict
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring_world as world
from model.frames import ANSWERED, FURTHER, conform, empty
from model.words import DAY, FoundBy, Kind, Step
from scoring.answers import PART, judged, kept_in, with_answers
from scoring.details import TOPICS, ladder
from scoring.edition import make
from test_scoring_worth import effective, wilson

ONE, TWO = world.ACCOUNTS[0], world.ACCOUNTS[1]
START = world.START * DAY
LIMITS = (3_600, DAY, 3 * DAY)
C, R, S, U = Step.CANNED, Step.REDIRECT, Step.SUBSTANTIVE, Step.UNJUDGED


def asked(author, step=Step.NONE, *, at=0, wait=600, later=None, personal=None,
          copied=None, **more):  # fmt: skip
    """Somebody's inquiry ``at`` seconds into the period; ``later``: seconds until an
    answer of substance that came after the first."""
    told = {"account": ONE.id, "author": author, "asked_at": START + at} | more
    if step is not Step.NONE:
        told |= {"answered_at": START + at + wait, "step": step.value}
    if later is not None:
        told["substantive_at"] = START + at + later
    return told | {"personal": personal, "copied": copied}


def known(found):
    """ANSWERED of what ``asked`` says."""
    rows = [
        {
            "inquiry": at,
            "answered_at": each["answered_at"],
            "substantive_at": each.get("substantive_at"),
            "personal": each["personal"],
            "copied": each["copied"],
        }
        for at, each in enumerate(found)
        if "answered_at" in each
        and (
            each.get("substantive_at")
            or each["personal"] is not None
            or each["copied"] is not None
        )
    ]
    if not rows:
        return empty(ANSWERED)
    return conform(pl.DataFrame(rows, infer_schema_length=None), ANSWERED)


def plain(found):
    """What goes into an edition by itself."""
    return [
        {
            name: v
            for name, v in row.items()
            if name not in ("substantive_at", "personal", "copied")
        }
        for row in found
    ]


def made(found, accounts=world.ACCOUNTS, answers=None):
    with patch.dict(TOPICS, {"ladder": ladder.details}, clear=True):
        bare = make(
            [world.rows(plain(found), accounts)],
            world.directory(accounts),
            world.covered(accounts),
            world.posted([]),
            world.PERIOD,
        )
    return bare, with_answers(
        bare, known(found) if answers is None else answers, world.PERIOD
    )


def told(found, accounts=world.ACCOUNTS):
    """Bodies by (level, family, channel, slug)."""
    lines = made(found, accounts)[1].details.filter(topic="substance")
    return {tuple(key[1:]): json.loads(body) for *key, body in lines.rows()}


def only(found):
    (body,) = (body for key, body in told(found).items() if key[0] == "brand")
    return body


def test_the_clock_runs_to_the_first_answer_of_substance():
    found = [
        asked(1, S, wait=3_600),
        asked(2, S, wait=3_601),
        asked(3, R, later=DAY + 1, at=DAY),
        asked(4, C, wait=60, later=3_000, at=2 * DAY),
        asked(5, R, later=3 * DAY + 1, at=3 * DAY),
        asked(6, U),
        asked(7),
    ]
    assert only(found)["within"] == [2, 3, 4]
    assert only(found)["n"] == 7


def test_an_edition_keeps_only_what_its_rows_do_not_say():
    found = [
        asked(1, S, wait=60, later=60),
        asked(2, R, wait=60, later=900),
        asked(3, C, wait=60, personal=0),
        asked(4, S, wait=60, personal=1),
        asked(5, U, wait=60, later=world.PERIOD.as_of - START + 1),
    ]
    bare, result = made(found)
    assert kept_in(dict(result.parts)).rows() == [
        (1, 900, None, None),
        (2, None, 0, None),
        (3, None, 1, None),
    ]
    assert kept_in(dict(bare.parts)).equals(empty(FURTHER))
    assert [name for name, _ in result.parts if name not in dict(bare.parts)] == [PART]


def test_an_answer_that_is_another_by_now_says_nothing():
    """Between reading the rows and reading of their answers a look may be applied."""
    found = [asked(1, R), asked(2, S), asked(3)]
    since = known([
        asked(1, R, wait=500, later=900, personal=1),
        asked(2, S, personal=1),
        asked(3, R, later=900, personal=1),
    ])  # fmt: skip
    _, result = made(found, answers=since)
    assert kept_in(dict(result.parts)).rows() == [(1, None, 1, None)]


def test_where_nothing_more_is_known_the_steps_alone_say_it():
    found = [asked(1, S), asked(2, R), asked(3)]
    bare, result = made(found)
    assert only(found)["within"] == [1, 1, 1]
    assert "address" not in only(found)
    assert result.parts == bare.parts
    assert result.input_digest == bare.input_digest
    assert result.result_digest != bare.result_digest


def test_where_no_answer_was_judged_there_is_nothing_to_say():
    bare, result = made([asked(1, U), asked(2)])
    assert not judged(bare)
    assert result.details.equals(bare.details)
    assert judged(made([asked(1, C)])[0])


@pytest.mark.parametrize(
    "other",
    [
        asked(1, R, later=901, personal=1),
        asked(1, R, later=900, personal=0),
        asked(1, R, later=900),
        asked(1, R, personal=1),
        asked(1, R, later=900, personal=1, copied=0),
        asked(2, R, later=900, personal=1, at=5),
    ],
)
def test_every_figure_is_in_the_digest_of_what_went_in(other):
    rows = [asked(2, C, at=5), asked(3, S)]
    same = made([asked(1, R, later=900, personal=1), *rows])[1]
    assert made([*rows, asked(1, R, later=900, personal=1)])[1].input_digest == (
        same.input_digest
    ), "whatever the order"
    if other["author"] == 2:
        changed = [asked(1, R), other, asked(3, S)]
    else:
        changed = [other, *rows]
    assert made(changed)[1].input_digest != same.input_digest


class TestAPersonsDay:
    def test_the_answer_of_substance_may_be_to_another_message(self):
        found = [asked(1, R, wait=60), asked(1, S, at=100, wait=60)]
        assert only(found) | {"limits": 0} == {"n": 1, "within": [1, 1, 1], "limits": 0}

    def test_one_before_the_inquiry_that_counts_is_none(self):
        found = [
            asked(1, S, wait=10, kind=Kind.COMPLIMENT.value),
            asked(1, at=100, kind=Kind.COMPLAINT.value),
            asked(2, R, kind=Kind.COMPLAINT.value, at=DAY),
        ]
        assert only(found)["within"] == [0, 0, 0]

    def test_the_address_is_that_of_the_answer_that_counts(self):
        found = [
            asked(1, R, wait=900, personal=1),
            asked(1, C, at=60, wait=60, personal=0),
        ]
        assert only(found)["address"][:2] == [0, 1]

    def test_an_answer_after_the_horizon_has_no_address(self):
        found = [asked(1, C, personal=0), asked(2, S, wait=3 * DAY + 1, personal=1)]
        assert only(found)["address"][:2] == [0, 1]


class TestCopies:
    def test_copies_among_redirections_are_counted_with_the_others(self):
        found = [
            asked(1, C),
            asked(2, R, copied=1),
            asked(3, R, copied=0),
            asked(4, S),
            asked(5, U),
            asked(6, R, copied=1, wait=3 * DAY + 1),
            asked(7),
        ]
        hits, n, low, high, moved = only(found)["copies"]
        assert (hits, n, moved) == (2, 4, 1)
        assert low < 5_000 < high

    def test_where_of_one_redirection_nobody_knows_it_nothing_is_said(self):
        found = [asked(1, R, copied=1), asked(2, R), asked(3, C)]
        assert "copies" not in only(found)
        other = asked(9, R, account=TWO.id, copied=0)
        lines = told([*found, other])
        assert {
            key[2]: body.get("copies", [])[:2]
            for key, body in lines.items()
            if key[0] == "channel"
        } == {ONE.channel: [], TWO.channel: [0, 1]}

    def test_an_edition_that_kept_none_of_it_says_what_it_said(self):
        assert "copies" not in only([asked(1, C, personal=1), asked(2, S)])

    def test_only_a_redirection_keeps_it(self):
        found = [asked(1, S, copied=1), asked(2, R, copied=1)]
        kept = kept_in(dict(made(found)[1].parts))
        assert kept["copied"].to_list() == [1]

    @pytest.mark.parametrize("known", [True, False])
    def test_an_industry_adds_up_its_brands_or_says_nothing(self, known):
        accounts = [
            world.Account(10 + at, "bluesky", f"b{at}.example", f"b{at}")
            for at in range(3)
        ]
        found = [
            asked(9 * at + n, R if n else C, account=each.id, at=n * DAY,
                  copied=None if at + n == 4 and not known else n % 2)
            for at, each in enumerate(accounts)
            for n in range(3)
        ]  # fmt: skip
        every = told(found, accounts)
        trade = every["industry", "social", "", "banks"]
        if not known:
            assert "copies" not in trade
            return
        hits, n, low, high, moved = trade["copies"]
        assert (hits, n, moved) == (6, 9, 3)
        assert low < 6_667 < high


def test_where_only_answers_are_known_they_are_all_there_is():
    reply = {"found_by": FoundBy.REPLY.value}
    found = [
        asked(1, S, personal=1, **reply),
        asked(2, R, later=2 * DAY, personal=0, **reply),
        asked(3, S, wait=3 * DAY + 1, personal=1, **reply),
    ]
    body = only(found)
    assert body.pop("address")[:2] == [1, 2]
    assert body == {"n": 2, "within": [1, 1, 2], "of": "answered"}


def test_channels_and_industries_are_told_as_on_the_ladder():
    accounts = [
        world.Account(10 + at, "bluesky", f"b{at}.example", f"b{at}") for at in range(3)
    ] + [world.Account(20, "mastodon", "@b0", "b0")]
    found = [
        asked(100 * at + n, R if n % 2 else S, account=account.id, at=n * DAY + at,
              later=DAY if n % 4 == 1 else None, personal=n % 2)
        for at, account in enumerate(accounts)
        for n in range(6 + at)
    ]  # fmt: skip
    every = told(found, accounts)
    ladders = {
        tuple(key[1:]): json.loads(body)
        for *key, body in made(found, accounts)[1].details.filter(topic="ladder").rows()
    }
    assert every.keys() == ladders.keys()
    assert {key: body["n"] for key, body in every.items()} == {
        key: body["n"] for key, body in ladders.items()
    }
    trade = every["industry", "social", "", "banks"]
    of = [every["brand", "social", "", f"b{at}"] for at in range(3)]
    assert trade["brands"] == 3
    assert trade["within"] == [sum(b["within"][at] for b in of) for at in range(3)]
    for at, (low, high) in enumerate(trade["limits"]):
        share = trade["within"][at] / trade["n"]
        far = [
            [b["n"] * (b["limits"][at][end] / 10_000 - b["within"][at] / b["n"])
             for b in of]
            for end in (0, 1)
        ]  # fmt: skip
        reach = [math.hypot(*each) / trade["n"] for each in far]
        ends = max(share - reach[0], 0), min(share + reach[1], 1)
        assert (low / 10_000, high / 10_000) == pytest.approx(ends, abs=1.1e-4)
    assert trade["address"][:2] == [
        sum(b["address"][at] for b in of) for at in range(2)
    ]
    low, high = trade["address"][2:]
    assert low < 10_000 * trade["address"][0] / trade["address"][1] < high


def test_an_industry_none_of_whose_answers_had_words_says_nothing_of_address():
    accounts = [
        world.Account(10 + at, "bluesky", f"b{at}.example", f"b{at}") for at in range(3)
    ]
    found = [asked(each.id, S, account=each.id) for each in accounts]
    assert "address" not in told(found, accounts)["industry", "social", "", "banks"]


DRAWN = st.lists(
    st.tuples(
        st.integers(0, 5),  # who
        st.integers(0, world.DAYS - 1),
        st.integers(0, 3),  # which of that person's messages that day
        st.sampled_from([Step.NONE, C, R, S, S]),
        st.sampled_from([60, 3_600, 3_601, DAY, 3 * DAY, 3 * DAY + 1]),
        st.sampled_from([None, 60, 3_601, 2 * DAY, 4 * DAY]),
        st.sampled_from([None, 0, 1]),
        st.sampled_from([None, 0, 1, 1, 1, 1]),
    ),
    min_size=4,
    max_size=40,
    unique_by=lambda each: each[:3],
)


@settings(max_examples=40, deadline=None)
@given(DRAWN)
def test_counts_and_limits_are_those_of_a_plain_reading(drawn):
    found = [
        asked(who, step, at=day * DAY + 7 * which, wait=wait,
              later=None if later is None or step in (S, Step.NONE) else wait + later,
              personal=None if step is Step.NONE else personal,
              copied=copied if step is R else None)
        for who, day, which, step, wait, later, personal, copied in drawn
    ]  # fmt: skip
    days = defaultdict(list)
    for each in sorted(found, key=lambda each: each["asked_at"]):
        days[each["author"], each["asked_at"] // DAY].append(each)
    people = [_person(messages) for messages in days.values()]
    bodies = told(found)
    if not any(each["judged"] for each in people):
        assert bodies == {}
        return
    body = only(found)
    assert body["n"] == len(people)
    for at, limit in enumerate(LIMITS):
        hits = [each["good"] is not None and each["good"] <= limit for each in people]
        assert body["within"][at] == sum(hits)
        _ends_agree(body["limits"][at], people, hits)
    called = [each for each in people if each["personal"] is not None]
    assert ("address" in body) == bool(called)
    if called:
        hits = [each["personal"] == 1 for each in called]
        assert body["address"][:2] == [sum(hits), len(hits)]
        _ends_agree(body["address"][2:], called, hits)
    kept = any(each["copied"] is not None for each in found)
    alike = [each for each in people if each["judged"]]
    certain = kept and all(each["copied"] != R for each in alike)
    assert ("copies" in body) == (certain and bool(alike))
    if "copies" in body:
        hits = [each["copied"] in (C, (R, 1)) for each in alike]
        moved = [each["copied"] == (R, 1) for each in alike]
        assert body["copies"][:2] == [sum(hits), len(hits)]
        assert body["copies"][4] == sum(moved)
        _ends_agree(body["copies"][2:4], alike, hits)


def _person(messages):
    """One person's day: of all answers to any of the messages the first."""
    first = messages[0]["asked_at"]
    answers = [each for each in messages if "answered_at" in each]
    good = [
        each["answered_at"] if each["step"] == S else each["substantive_at"]
        for each in answers
        if each["step"] == S or "substantive_at" in each
    ]
    person = {
        "author": messages[0]["author"],
        "asked_at": first,
        "good": min(good) - first if good else None,
        "personal": None,
        "copied": None,
        "judged": False,
    }
    soonest = min((each["answered_at"] for each in answers), default=None)
    if soonest is None or soonest - first > LIMITS[2]:
        return person
    same = [each for each in answers if each["answered_at"] == soonest]
    if messages[0].get("answered_at") == soonest:
        same = same[:1]
    lowest = min(-1 if each["personal"] is None else each["personal"] for each in same)
    step, copy = min(
        (each["step"], -1 if each["copied"] is None else each["copied"])
        for each in same
    )
    return person | {
        "personal": None if lowest < 0 else lowest,
        # the step alone where it says all, or where nobody knows more
        "copied": (R, copy) if step == R and copy >= 0 else step,
        "judged": True,
    }


def _ends_agree(said, people, hits):
    as_steps = [
        each | {"step": S.value if hit else Step.NONE.value}
        for each, hit in zip(people, hits, strict=True)
    ]
    n = len(as_steps)
    size = 1.0 if n == 1 else effective(as_steps, S)
    ends = wilson(sum(hits), n, size)
    assert (said[0] / 10_000, said[1] / 10_000) == pytest.approx(ends, abs=6e-5)
