"""What would move a brand up: the same inquiries, answered more or sooner."""

import json
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scoring_world as world
from model.words import DAY
from scoring.details import TOPICS, whatif
from scoring.edition import make
from scoring.standing import score

COUNTS = st.lists(st.integers(0, 300), min_size=4, max_size=4).filter(any)


@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_answering_more_moves_a_tenth_of_all_and_never_more_than_were_left(found):
    counts = np.array(found)
    changed = whatif.more(counts)
    assert (changed.sum(1) == counts.sum(1) * whatif.PARTS).all()
    assert (changed >= 0).all()
    moved = counts[:, 3] * whatif.PARTS - changed[:, 3]
    wanted = np.minimum(counts.sum(1) * 10, counts[:, 3] * 100)
    assert (moved == wanted).all()
    assert (score(changed) >= score(counts) - 1e-9).all()


def test_answers_are_added_as_fast_as_they_come_now():
    changed = whatif.more(np.array([[20, 20, 10, 50], [0, 0, 0, 80]]))
    assert changed.tolist() == [[2400, 2400, 1200, 4000], [0, 0, 800, 7200]]


def told(found):
    with patch.dict(TOPICS, {"whatif": whatif.details}, clear=True):
        made = make(
            [world.rows(found, world.ACCOUNTS)],
            world.directory(world.ACCOUNTS),
            world.covered(world.ACCOUNTS),
            world.posted([]),
            world.PERIOD,
        )
    rows = made.details.filter(topic="whatif").rows()
    return {row[1:5]: json.loads(row[5]) for row in rows}, made


def asked(account, author, day, wait):
    at = (world.START + day) * DAY + 40_000
    return {
        "account": account, "author": author * 2**40, "asked_at": at,
        "answered_at": None if wait is None else at + wait, "deleted_at": None,
        "watched_until": world.PERIOD.as_of, "kind": 0, "found_by": 1, "step": 0,
        "addressed": 1,
    }  # fmt: skip


BLUESKY = [a for a in world.ACCOUNTS if a.channel == "bluesky"]
WAITS = (None, 600, 3_700, 3_600 + DAY, 4 * DAY)


def crowd(seed):
    """A hundred and more inquiries to each of two brands, with waits drawn."""
    rng = np.random.default_rng(seed)
    slugs = list(dict.fromkeys(account.slug for account in BLUESKY))[:2]
    accounts = [next(a for a in BLUESKY if a.slug == slug) for slug in slugs]
    return [
        asked(account.id, number + 1, int(rng.integers(0, world.DAYS)), wait)
        for at, account in enumerate(accounts)
        for number, wait in enumerate(
            rng.choice(
                np.array(WAITS), 150, p=[0.2 + at / 5, 0.3 - at / 5, 0.2, 0.2, 0.1]
            )
        )
    ]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_told_begins_at_the_standing(seed):
    said, made = told(crowd(seed))
    lines = made.standings.filter(headline=True, level="brand", status="ranked")
    assert len(lines) == 2
    assert {(key[1], key[3]) for key in said} == set(
        lines.select("family", "slug").rows()
    )
    for row in lines.to_dicts():
        body = said["brand", row["family"], "", row["slug"]]
        assert body["of"] == row["of"]
        assert body["now"][:3] == pytest.approx(
            [row["score"], row["score_low"], row["score_high"]], abs=0.011
        )
        assert body["now"][3] == row["rank"]
        for name in ("more", "sooner"):
            points, low, high, place = body[name]
            assert low < points < high
            assert points > body["now"][0]
            assert place <= body["now"][3]


def test_sooner_by_hand():
    """Counted in plain Python, wait by wait."""
    found = crowd(0)
    said, made = told(found)
    row = made.standings.filter(headline=True, level="brand", status="ranked").row(
        0, named=True
    )
    ids = {a.id for a in BLUESKY if a.slug == row["slug"]}
    waits = [
        None if r["answered_at"] is None else r["answered_at"] - r["asked_at"]
        for r in found
        if r["account"] in ids
    ]
    limits = world.LIMITS["social"]
    counts = [0, 0, 0, 0]
    for wait in waits:
        late = 3 if wait is None else sum(max(wait - 3_600, 0) > end for end in limits)
        counts[late] += 1
    body = said["brand", "social", "", row["slug"]]
    assert body["sooner"][0] == pytest.approx(score(np.array([counts]))[0], abs=0.006)


def test_a_brand_that_left_nobody_out_cannot_answer_more():
    found = [{**each, "answered_at": each["asked_at"] + 7_200} for each in crowd(1)]
    said, _ = told(found)
    assert said
    assert all("more" not in body and "sooner" in body for body in said.values())
