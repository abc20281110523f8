"""The coverage ledger: what was watched, day by day, comes out of its runs again."""

import json

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import scoring_world as world
from model.frames import COVERED
from model.words import DAY
from scoring.details import ledger
from scoring.details.ledger import runs
from scoring.edition import make

SEEN = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(100, 130)),
    st.sampled_from([1, 600, DAY - 1, DAY]),
    max_size=40,
)


def frame(seen) -> pl.DataFrame:
    lines = [(*key, seconds) for key, seconds in sorted(seen.items())]
    return pl.DataFrame(lines, schema=COVERED, orient="row")


@given(SEEN)
def test_runs_hold_every_day_and_no_other(seen):
    found = {
        (number, 100 + first + at): seconds
        for number, flat in runs(frame(seen), 100).items()
        for first, days, seconds in zip(*[iter(flat)] * 3, strict=True)
        for at in range(days)
    }
    assert found == seen


@given(SEEN)
def test_runs_are_as_long_as_they_can_be(seen):
    for flat in runs(frame(seen), 100).values():
        triples = list(zip(*[iter(flat)] * 3, strict=True))
        for (first, days, seconds), after in zip(triples, triples[1:], strict=False):
            assert (first + days, seconds) != (after[0], after[2])


def test_a_brand_says_it_of_each_of_its_accounts(monkeypatch):
    monkeypatch.setattr("scoring.details.TOPICS", {"ledger": ledger.details})
    own = world.ACCOUNTS[0]
    others = [a for a in world.ACCOUNTS if a.slug == own.slug and a.id != own.id]
    asked = [{"account": own.id, "author": 1, "asked_at": world.START * DAY}]
    seen = {(own.id, world.START): DAY, (own.id, world.START + 1): DAY}
    seen |= {(own.id, world.START + 5): 90}
    made = make(
        [world.rows(asked, world.ACCOUNTS)],
        world.directory(world.ACCOUNTS),
        frame(seen),
        world.posted([]),
        world.PERIOD,
    )
    told = made.details.filter(topic="ledger")
    assert set(told["slug"]) == {own.slug}
    bodies = [json.loads(body)["accounts"] for body in told["body"]]
    accounts = {
        (each["channel"], each["account"]): each["seen"]
        for body in bodies
        for each in body
    }
    assert accounts[own.channel, own.account] == [0, 2, DAY, 5, 1, 90]
    for other in others:
        assert accounts.get((other.channel, other.account), []) == []
