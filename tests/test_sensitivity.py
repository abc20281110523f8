"""How much an order owes to our choices: by pairs counted one by one, and by hand."""

import csv
import io
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

import scoring_world as world
from jobs import Failed
from jobs.sensitivity import SENSITIVITY, sensitivity, to_table
from jobs.standings import to_csv
from model.words import Kind
from scoring.details import sensitivity as topic
from scoring.details.sensitivity import VARIANTS, agreement, places, turned
from scoring.edition import make
from scoring.intervals import score_limits
from scoring.method import CREDITS, METHOD
from scoring.ranks import range_critical, rank_ranges
from store import Store, UnknownEdition


def two():
    each = st.integers(2, 12).flatmap(
        lambda n: st.tuples(
            *[st.lists(st.integers(0, 6), min_size=n, max_size=n)] * 2,
        )
    )
    return each.map(lambda both: [np.array(one, float) for one in both])


@given(two())
def test_agreement_is_what_the_pairs_say(both):
    one, other = both
    pairs = [(i, j) for i in range(len(one)) for j in range(i)]
    signs = [(one[i] - one[j]) * (other[i] - other[j]) for i, j in pairs]
    (swapped,) = turned(one, one, one, other[None]).swapped
    assert swapped == sum(each < 0 for each in signs)
    tau = agreement(one, other, swapped)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert tau is None
    else:
        assert tau == pytest.approx(kendalltau(one, other).statistic)


def test_an_order_agrees_with_itself_and_not_with_its_contrary():
    order = np.arange(50.0)
    others = np.stack([order, -order])
    same, against = turned(order, order, order, others).swapped
    assert (same, against) == (0, 50 * 49 // 2)
    assert agreement(order, order, same) == pytest.approx(1)
    assert agreement(order, -order, against) == pytest.approx(-1)


@given(two(), st.lists(st.floats(0, 3), min_size=24, max_size=24))
def test_surely_apart_is_what_the_ranges_are_made_of(both, gaps):
    score, other = both
    size = len(score)
    low, high = score - np.array(gaps[:size]), score + np.array(gaps[-size:])
    apart, _, (swapped,) = turned(score, low, high, other[None])
    best, worst = rank_ranges(score, low, high)
    assert apart == (best - 1).sum() == (size - worst).sum()
    both_ways = sum(
        score[k] > score[j]
        and (score[k] - score[j]) ** 2
        > (score[k] - low[k]) ** 2 + (high[j] - score[j]) ** 2
        and other[k] < other[j]
        for k in range(size)
        for j in range(size)
    )
    assert swapped == both_ways


def test_tiles_change_nothing(monkeypatch):
    rng = np.random.default_rng(1)
    score, others = rng.random(40), rng.random((3, 40))
    whole = turned(score, score - 0.1, score + 0.1, others)
    monkeypatch.setattr(topic, "TILE", 90)
    assert turned(score, score - 0.1, score + 0.1, others) == whole


def test_places_share_the_better_one():
    assert places(np.array([3.0, 5.0, 3.0, 1.0])).tolist() == [2, 1, 2, 4]


def test_no_variant_is_the_method_itself():
    assert METHOD.weights.value not in topic.WEIGHTS.values()
    first, second, third = (sum(METHOD.weights.value[:n]) for n in (1, 2, 3))
    lower = topic.WEIGHTS["lower_reading"]
    assert sum(lower) == third - first  # 0.58 of those within t1 ...
    assert lower[1] == third - second  # ... and 0.16 of those within t2


ACCOUNTS = [
    world.Account(number, "bluesky", f"{slug}.example", slug)
    for number, slug in enumerate(("fast", "fair", "slow", "late"))
]
START = world.START * world.DAY
HOUR = 3_600


def asked(account, number, n, waits, every=6, **changes):
    """n messages to a brand, by as many people, some hours apart; ``waits`` in turn."""
    out = []
    for at in range(n):
        when = START + (at * every + account) * HOUR
        wait = waits[at % len(waits)]
        out.append(
            {
                "account": account,
                "author": number * 1_000 + at,
                "asked_at": when,
                "answered_at": None if wait is None else when + wait,
            }
            | changes
        )
    return out


MESSAGES = [
    *asked(0, 1, 80, [60, None]),  # half at once, half never: 50
    *asked(1, 2, 80, [2 * HOUR, 2 * HOUR, 2 * HOUR, None]),  # three in four: 43.5
    *asked(2, 3, 80, [30 * HOUR]),  # everybody, on the next day: 16
    *asked(3, 4, 80, [40 * HOUR, None]),  # 8
]


def edition(found, accounts=ACCOUNTS):
    return make(
        [world.rows(found, accounts)] if found else [],
        world.directory(accounts),
        world.covered(accounts),
        world.posted([]),
        world.PERIOD,
    )


def said(found, accounts=ACCOUNTS, family="social"):
    rows = edition(found, accounts).details.filter(topic="sensitivity", family=family)
    if rows.is_empty():
        return None
    ((level, channel, slug, body),) = rows.select(
        "level", "channel", "slug", "body"
    ).rows()
    assert (level, channel, slug) == ("brand", "", "")
    return json.loads(body)


def test_by_hand():
    found = said(MESSAGES)
    assert (found["brands"], found["pairs"]) == (4, 6)
    assert found["apart"] == 5  # 50 and 43.5 cannot be told apart
    variants = found["variants"]
    assert set(variants) == set(VARIANTS) - {"all_kinds"}
    same = {"tau": 1.0, "swapped": 0, "apart": 0, "moved": 0.0, "most": 0}
    assert variants["impatient"] == same  # 62, 21, 16, 8
    assert variants["messages"] == same
    # 0.5, 0.75, 0 and 0: the first two change sides, the last two share a place
    assert variants["only_t2"] == {
        "tau": pytest.approx(0.5477, abs=1e-4),
        "swapped": 1, "apart": 0, "moved": 1.0, "most": 1,
    }  # fmt: skip
    # 0.5, 0.75, 1 and 0.5
    assert variants["only_t3"]["swapped"] == 3
    assert variants["only_t3"]["apart"] == 2
    # 100, 58, 16 and 16 of those answered
    assert variants["speed_alone"]["swapped"] == 0
    # 0.5, 0, 0 and 0
    assert variants["only_t1"]["moved"] == 0.5


def test_it_agrees_with_the_published_ranges():
    """Pairs surely apart are those that the ranges of places are made of."""
    made = edition(MESSAGES)
    lines = made.standings.filter(level="brand", headline=True)
    above = (lines["rank_low"] - 1).sum()
    assert said(MESSAGES)["apart"] == above


def test_weekdays_and_busiest_days_are_left_out():
    """A brand that answers on weekdays only, and one that a single day makes good."""
    resting = [
        each | {"answered_at": None}
        if (each["asked_at"] // world.DAY + 3) % 7 >= 5
        else each
        for each in asked(0, 1, 80, [60])
    ]
    crowd = [
        each | {"asked_at": START + 90 * at, "answered_at": START + 90 * at + 60}
        for at, each in enumerate(asked(1, 3, 10, [60]))
    ]
    steady = asked(1, 2, 80, [60, 60, 60, None, None])
    found = said(resting + steady + crowd, ACCOUNTS[:2])["variants"]
    weekday = [e for e in resting if (e["asked_at"] // world.DAY + 3) % 7 < 5]
    assert all(e["answered_at"] for e in weekday)
    assert found["weekdays"]["swapped"] == 0
    assert found["no_busiest_day"]["swapped"] == 0
    case_scores = topic_scores(resting + steady + crowd, ACCOUNTS[:2])
    assert case_scores["weekdays"][1] == pytest.approx(100)  # "fast", after "fair"
    without = [e for e in steady if e["asked_at"] // world.DAY != world.START]
    share = np.mean([e["answered_at"] is not None for e in without])
    assert case_scores["no_busiest_day"][0] == pytest.approx(100 * share)


def topic_scores(found, accounts):
    """Scores by variant, of the ranked brands by slug."""
    from scoring.book import book
    from scoring.details.case import case_of
    from scoring.edition import INQUIRIES, thawed

    made = edition(found, accounts)
    names, _ = book(world.directory(accounts))
    parts = [thawed(part) for name, part in made.parts if INQUIRIES in name]
    case = case_of(
        parts, names, world.PERIOD, made.cuts, made.standings, world.posted([])
    )
    lines = made.standings.filter(level="brand", headline=True).sort("slug")
    return topic.variants(case, lines, topic.recounted(case))


def test_every_message_and_every_kind_are_counted_where_the_order_leaves_them_out():
    thrice = [
        each | {"kind": Kind.COMPLAINT.value, "author": each["author"] // 3}
        for each in asked(0, 1, 180, [None, 60, 60], every=2)
    ]
    praise = asked(1, 5, 60, [60], kind=Kind.COMPLIMENT.value)
    other = asked(1, 2, 80, [60, 60, None], kind=Kind.QUESTION.value)
    third = asked(0, 9, 40, [None], kind=Kind.COMPLIMENT.value)
    found = topic_scores(thrice + other + praise + third, ACCOUNTS[:2])
    assert found["messages"][1] == pytest.approx(100 * 120 / 180)
    answered = sum(e["answered_at"] is not None for e in other) + 60
    assert found["all_kinds"][0] == pytest.approx(100 * answered / 140)


def test_nothing_is_said_of_fewer_than_two_brands():
    assert said(MESSAGES[:80]) is None
    assert said([]) is None


def test_the_critical_value_is_that_of_the_table():
    classes = np.array([[40, 0, 0, 40], [0, 60, 0, 20], [0, 0, 80, 0], [0, 0, 40, 40]])
    score = classes @ np.array(CREDITS) / 80
    low, high = score_limits(classes, np.full(4, 80.0), range_critical(4))
    assert turned(score, 100 * low, 100 * high, score[None]).apart == 5


def test_of_an_edition_from_its_frozen_parts(sample_store):
    """The same as the edition keeps, for each of its families."""
    current = sample_store.current_edition()
    found = sensitivity(sample_store)
    assert found.schema == SENSITIVITY
    assert found.equals(sensitivity(sample_store, current.name))
    kept = {
        row.family: json.loads(row.body)
        for row in sample_store.details(current.id, "brand", "")
        if row.topic == "sensitivity"
    }
    assert set(found["family"]) == set(kept)
    for row in found.iter_rows(named=True):
        told = kept[row["family"]]
        each = told["variants"][row["variant"]]
        assert row["brands"] == told["brands"]
        assert (row["tau"], row["swapped"], row["apart_swapped"]) == (
            each["tau"],
            each["swapped"],
            each["apart"],
        )
        assert row["share_swapped"] == round(row["swapped"] / row["pairs"], 4)
    social = found.filter(family="social", variant="equal").row(0, named=True)
    assert social["tau"] > 0.9
    rows = list(csv.DictReader(io.StringIO(to_csv(found))))
    assert len(rows) == len(found)
    table = to_table(found)
    assert "lower reading" in table
    assert table.count("\n") == len(found) + 1


def test_a_table_of_nothing_says_so():
    assert "two ranked brands" in to_table(pl.DataFrame(schema=SENSITIVITY))


def test_an_edition_there_is_not(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    store.migrate()
    with pytest.raises(Failed, match="nothing has been published yet"):
        sensitivity(store)
    with pytest.raises(UnknownEdition):
        sensitivity(store, "2001-Q1")
    store.close()
