"""What answers are worth, against a plain reading of the same inquiries."""

import json
import math
from collections import Counter, defaultdict
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring_world as world
from model.words import DAY, FoundBy, Kind, Step
from scoring.details import TOPICS, ladder
from scoring.edition import make
from scoring.intervals import Z

ONE = world.ACCOUNTS[0]
START = world.START * DAY
HORIZON = 3 * DAY
STEPS = (Step.CANNED, Step.REDIRECT, Step.SUBSTANTIVE)
NAMES = ("canned", "redirect", "substantive", "unjudged")


def said(found, seconds=DAY):
    """Bodies of brands, by (slug, family)."""
    every = told(found, world.ACCOUNTS, seconds)
    return {
        (slug, family): body
        for (level, family, _, slug), body in every.items()
        if level == "brand"
    }


def told(found, accounts, seconds=DAY):
    """Bodies by (level, family, channel, slug)."""
    with patch.dict(TOPICS, {"ladder": ladder.details}, clear=True):
        whole = make(
            [world.rows(found, accounts)],
            world.directory(accounts),
            world.covered(accounts, seconds),
            world.posted([]),
            world.PERIOD,
        )
    return {tuple(key[1:]): json.loads(body) for *key, body in whole.details.rows()}


def test_a_channel_is_told_where_it_is_not_all_of_its_brand():
    """Two pooled channels of one brand; one of another; the sampled one stands alone;
    a channel with no judged answer says nothing."""
    bluesky, mastodon, sampled, alone, silent = (
        world.ACCOUNTS[0], world.ACCOUNTS[1], world.ACCOUNTS[4], world.ACCOUNTS[5],
        world.ACCOUNTS[6],
    )  # fmt: skip
    found = [
        asked(1, Step.CANNED, account=bluesky.id),
        asked(2, Step.SUBSTANTIVE, account=mastodon.id),
        asked(3, account=mastodon.id),
        asked(4, Step.REDIRECT, account=sampled.id),
        asked(5, Step.SUBSTANTIVE, account=alone.id),
        asked(6, account=silent.id),
    ]
    every = told(found, world.ACCOUNTS)
    counted = {key: (*counts(body), body["n"]) for key, body in every.items()}
    assert counted == {
        ("brand", "social", "", "acme"): (1, 0, 1, 0, 3),
        ("channel", "social", "bluesky", "acme"): (1, 0, 0, 0, 1),
        ("channel", "social", "mastodon", "acme"): (0, 0, 1, 0, 2),
        ("channel", "social", "x", "acme"): (0, 1, 0, 0, 1),
        ("brand", "social", "", "bolt"): (0, 0, 1, 0, 1),
    }


def test_a_channel_has_the_limits_of_its_own_inquiries():
    found = [asked(n, Step.SUBSTANTIVE if n % 3 else Step.NONE) for n in range(12)]
    other = [asked(n, Step.CANNED, account=world.ACCOUNTS[1].id) for n in range(20, 25)]
    every = told([*found, *other], world.ACCOUNTS)
    body = every["channel", "social", "bluesky", "acme"]
    for step, (low, high) in zip(STEPS, body["limits"], strict=True):
        hits = sum(each.get("step") == step.value for each in found)
        ends = wilson(hits, len(found), effective(found, step))
        assert (low / 10_000, high / 10_000) == pytest.approx(ends, abs=6e-5)


def brands(*industries):
    return [
        world.Account(10 + at, "bluesky", f"b{at}.example", f"b{at}", industry)
        for at, industry in enumerate(industries)
    ]


def test_an_industry_adds_up_its_brands():
    """Three brands of one industry; two of another are too few."""
    accounts = brands("banks", "banks", "banks", "power", "power")
    found = [
        asked(100 * at + n, step, account=account.id, at=n * 9_999)
        for at, account in enumerate(accounts)
        for n, step in enumerate(
            [Step.SUBSTANTIVE] * (2 + at) + [Step.REDIRECT] + [Step.NONE] * 4
        )
    ]
    every = told(found, accounts)
    trades = {key: body for key, body in every.items() if key[0] == "industry"}
    assert list(trades) == [("industry", "social", "", "banks")]
    (body,) = trades.values()
    of = [every["brand", "social", "", f"b{at}"] for at in range(3)]
    assert body["brands"] == 3
    assert body["n"] == sum(each["n"] for each in of) == 7 + 8 + 9
    assert counts(body) == [0, 3, 2 + 3 + 4, 0]
    n = body["n"]
    for at, name in enumerate(NAMES[:3]):
        share = sum(each[name] for each in of) / n
        low, high = (
            share + sign * math.hypot(*(
                each["n"] * (each[name] / each["n"] - each["limits"][at][end] / 10_000)
                for each in of
            )) / n
            for sign, end in ((-1, 0), (1, 1))
        )  # fmt: skip
        shown = [end / 10_000 for end in body["limits"][at]]
        assert shown == pytest.approx([max(0, low), min(1, high)], abs=6e-5)


def test_an_industry_leaves_out_brands_whose_answers_could_not_be_judged():
    accounts = brands("banks", "banks", "banks", "banks")
    found = [
        asked(100 * at + n, Step.UNJUDGED if at == 3 else Step.CANNED,
              account=account.id)
        for at, account in enumerate(accounts) for n in range(4)
    ]  # fmt: skip
    found.append(asked(399, Step.CANNED, account=accounts[3].id))
    body = told(found, accounts)["industry", "social", "", "banks"]
    assert (body["brands"], body["n"], body["canned"]) == (3, 12, 12)
    fewer = [each for each in found if each["account"] != accounts[0].id]
    assert ("industry", "social", "", "banks") not in told(fewer, accounts)


def asked(author, step=Step.NONE, *, at=0, wait=600, **more):
    """Somebody's inquiry, ``at`` seconds into the period."""
    told = {"account": ONE.id, "author": author, "asked_at": START + at}
    if step is not Step.NONE:
        told |= {"answered_at": START + at + wait, "step": step.value}
    return told | more


def only(found, **more):
    (body,) = said(found, **more).values()
    return body


def counts(body):
    return [body[name] for name in NAMES]


def test_answers_are_counted_by_their_step():
    found = [asked(n, Step.SUBSTANTIVE) for n in range(4)]
    found += [asked(n, Step.CANNED) for n in range(10, 13)]
    found += [asked(20, Step.REDIRECT), asked(30, Step.UNJUDGED), asked(40), asked(41)]
    body = only(found)
    assert counts(body) == [3, 1, 4, 1]
    assert body["n"] == 11
    assert len(body["limits"]) == 3


def test_nothing_is_said_where_no_step_was_judged():
    assert said([asked(1, Step.UNJUDGED), asked(2)]) == {}


def test_an_answer_after_the_horizon_is_none():
    late = asked(1, Step.SUBSTANTIVE, wait=HORIZON + 1)
    just = asked(2, Step.SUBSTANTIVE, wait=HORIZON)
    assert counts(only([late, just])) == [0, 0, 1, 0]


def test_no_share_where_too_few_answers_were_judged():
    judged = [asked(n, Step.CANNED) for n in range(4)]
    assert "limits" in only([*judged, asked(9, Step.UNJUDGED)])
    assert "limits" not in only([*judged, *(asked(n, Step.UNJUDGED) for n in (8, 9))])


def test_nothing_is_said_where_too_little_was_watched():
    assert said([asked(1, Step.CANNED)], seconds=DAY // 2) == {}


def test_where_only_answers_are_known_they_are_all_there_is():
    known = {"found_by": FoundBy.REPLY.value}
    body = only([asked(1, Step.CANNED, **known), asked(2, Step.SUBSTANTIVE, **known)])
    assert body == {
        "canned": 1, "redirect": 0, "substantive": 1, "unjudged": 0, "n": 2,
        "of": "answered",
    }  # fmt: skip


class TestTheAnswerThatCounts:
    """A person counts once a day; the answer may be to another message of that day."""

    def test_to_a_later_message(self):
        found = [asked(1), asked(1, Step.REDIRECT, at=60)]
        assert counts(only(found)) == [0, 1, 0, 0]

    def test_the_first_of_several(self):
        found = [
            asked(1, Step.CANNED, wait=900),
            asked(1, Step.SUBSTANTIVE, at=60, wait=60),
        ]
        assert counts(only(found)) == [0, 0, 1, 0]

    def test_two_in_one_second_are_the_lower_step(self):
        found = [
            asked(1, Step.SUBSTANTIVE, at=10, wait=90),
            asked(1, Step.CANNED, at=20, wait=80),
            asked(1),
        ]
        assert counts(only(found)) == [1, 0, 0, 0]

    def test_one_late_answer_does_not_lend_its_step(self):
        found = [
            asked(1, Step.SUBSTANTIVE, wait=HORIZON + 9),
            asked(1, Step.CANNED, at=60, wait=HORIZON - 100),
        ]
        assert counts(only(found)) == [1, 0, 0, 0]

    def test_an_answer_before_the_question_lends_it_no_step(self):
        found = [
            asked(1, Step.SUBSTANTIVE, wait=10, kind=Kind.COMPLIMENT.value),
            asked(1, at=100, kind=Kind.COMPLAINT.value),
            asked(2, Step.CANNED, kind=Kind.COMPLAINT.value),
        ]
        body = only(found)
        assert (counts(body), body["n"]) == ([1, 0, 0, 0], 2)

    def test_what_stopped_the_clock_on_another_step_was_not_judged(self):
        found = [asked(1, Step.AUTOMATIC), asked(2, Step.CANNED)]
        assert counts(only(found)) == [1, 0, 0, 1]


def wilson(hits, n, size):
    share, z2 = hits / n, Z * Z
    centre = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = (
        Z / (1 + z2 / size)
        * math.sqrt(share * (1 - share) / size + z2 / (4 * size * size))
    )  # fmt: skip
    return min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))


def effective(found, step):
    """n_eff of a share, as DESIGN's rule 9 and the intervals' docstrings say it."""
    from scipy.stats import t

    hits = [each.get("step") == step.value for each in found]
    n, mean = len(hits), sum(hits) / len(hits)

    def clumps(unit):
        of = defaultdict(list)
        for each, hit in zip(found, hits, strict=True):
            of[unit(each)].append(hit)
        groups = [(len(g), sum(g)) for g in of.values()]
        moves = [((s - m * mean) / (n - m)) ** 2 if m < n else 0.0 for m, s in groups]
        spread = (len(groups) - 1) / len(groups) * sum(moves)
        return spread, n * n / sum(m * m for m, _ in groups)

    day, days = clumps(lambda each: each["asked_at"] // DAY)
    week, _ = clumps(lambda each: (each["asked_at"] - START) // DAY // 7)
    author, people = clumps(lambda each: each["author"])
    plain = mean * (1 - mean) / (n - 1)
    design = 1.0
    if plain > 1e-15:
        clumped = max(1, day / plain, week / plain)
        design = clumped + max(1, author / plain) - 1
    factor = t.ppf(0.975, max(min(days, people) - 1, 1)) / Z
    return max(n / (design * factor**2), 1.0)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 6),
            st.integers(0, world.DAYS - 1),
            st.sampled_from([Step.NONE, *STEPS, Step.SUBSTANTIVE]),
        ),
        min_size=8,
        max_size=40,
        unique_by=lambda each: each[:2],
    )
)
def test_limits_are_those_of_the_rule(drawn):
    found = [asked(who, step, at=day * DAY) for who, day, step in drawn]
    told = Counter(step for _, _, step in drawn)
    bodies = said(found)
    if not any(told[step] for step in STEPS):
        assert bodies == {}
        return
    (body,) = bodies.values()
    assert counts(body) == [*(told[step] for step in STEPS), 0]
    for step, (low, high) in zip(STEPS, body["limits"], strict=True):
        ends = wilson(told[step], len(found), effective(found, step))
        assert (low / 10_000, high / 10_000) == pytest.approx(ends, abs=6e-5)
