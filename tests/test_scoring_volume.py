"""Posts per reply, silence and inquiries a day agree with the standings and add up."""

import json
import math
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring_world as world
from model.words import DAY
from scoring.details import TOPICS, volume
from scoring.edition import make

INDUSTRY = {account.slug: account.industry for account in world.ACCOUNTS}


def made(found, posted=(), *, seconds=DAY, accounts=world.ACCOUNTS):
    """Bodies by (level, family, slug), and the headline lines of the standings."""
    with patch.dict(TOPICS, {"volume": volume.details}, clear=True):
        whole = make(
            [world.rows(found, accounts)] if found else [],
            world.directory(accounts),
            world.covered(accounts, seconds),
            world.posted(list(posted)),
            world.PERIOD,
        )
    bodies = {
        (level, family, slug): json.loads(body)
        for _, level, family, _, slug, body in whole.details.rows()
    }
    return bodies, whole.standings.filter("headline")


def postings():
    day = st.integers(world.PERIOD.day_from, world.PERIOD.day_to - 1)
    account = st.sampled_from([account.id for account in world.ACCOUNTS])
    count = st.integers(0, 9)
    return st.lists(
        st.tuples(account, day, count, count), max_size=20, unique_by=lambda x: x[:2]
    )


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(world.inquiries(), postings())
def test_it_agrees_with_the_standings(found, posted):
    bodies, lines = made(found, posted)
    for line in lines.filter(pl.col("level").is_in(["brand", "industry"])).to_dicts():
        body = bodies.pop((line["level"], line["family"], line["slug"]), {})
        assert body.get("ratio") == line["posts_per_reply"]
        if line["share_t3"] is None:
            assert "silent" not in body
            continue
        n = line["inquiries"]
        assert body["inquiries"] == n
        assert body["per_day"] == round(n / world.DAYS, 2)
        assert body["unanswered"] == n - line["answered_t3"]
        ends = (1 - line[f"share_t3{end}"] for end in ("", "_high", "_low"))
        assert body["silent"] == pytest.approx(list(ends), abs=1e-9)
        assert body.get("wait") == line["median_wait_s"]
    assert all(slug == "" for _, _, slug in bodies)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(world.inquiries(), postings())
def test_posts_and_replies_add_up(found, posted):
    bodies, _ = made(found, posted)
    sums: dict[tuple[str, str, str], list[int]] = {}
    for number, _, posts, replies in posted:
        account = next(a for a in world.ACCOUNTS if a.id == number)
        key = world._key(account, "brand")
        if key is None:
            continue
        slug, family = key
        for level, name in (
            ("brand", slug),
            ("industry", INDUSTRY[slug]),
            ("industry", ""),
        ):
            total = sums.setdefault((level, family, name), [0, 0])
            total[0] += posts
            total[1] += replies
    said = {
        key: [b["posts"], b["replies"]] for key, b in bodies.items() if "posts" in b
    }
    assert said == {key: total for key, total in sums.items() if any(total)}
    for body in bodies.values():
        if body.get("replies"):
            x = body["posts"] / body["replies"]
            assert body["ratio"] == round(x, 2)
            assert body["reply_share"] == pytest.approx(1 / (1 + x), abs=5.1e-5)
        elif "posts" in body:
            assert (body["ratio"], body["reply_share"]) == (None, 0)


def asked(account, author, wait=None, **more):
    start = world.PERIOD.start + author % world.DAYS * DAY
    answered = None if wait is None else start + wait
    return {
        "account": account,
        "author": author,
        "asked_at": start,
        "answered_at": answered,
    } | more


def test_a_family_is_all_its_brands_pooled():
    found = [asked(5, n, 60 if n % 4 else None) for n in range(60)]
    found += [asked(12, n, 60 if n % 2 else None) for n in range(90)]
    bodies, lines = made(found)
    whole = bodies["industry", "social", ""]
    assert (whole["inquiries"], whole["unanswered"]) == (150, 60)
    brands = lines.filter(pl.col("level") == "brand", pl.col("family") == "social")
    value, low, high = whole["silent"]
    assert value == 0.4
    for mine, end in ((low, "_high"), (high, "_low")):
        reach = math.sqrt(
            sum(
                (line["inquiries"] * (line[f"share_t3{end}"] - line["share_t3"])) ** 2
                for line in brands.to_dicts()
                if line["share_t3"] is not None
            )
        )
        assert abs(mine - value) == pytest.approx(reach / 150, abs=1e-4)
    assert low < value < high
    assert "wait" not in whole


def test_what_is_withheld_stays_so():
    own = (5, world.PERIOD.day_from, 6, 3)
    bodies, _ = made([asked(5, n) for n in range(60)], [own], seconds=DAY // 2)
    body = {"posts": 6, "replies": 3, "ratio": 2.0, "reply_share": 0.3333}
    assert bodies["brand", "social", "bolt"] == body
    assert bodies["industry", "social", "power"] == body
    only = [asked(5, n, 60, found_by=4) for n in range(60)]
    bodies, _ = made(only)
    assert ("brand", "social", "bolt") not in bodies


def test_an_account_that_nobody_watched_or_wrote_to_is_left_out():
    accounts = [
        world.Account(1, "bluesky", "a.example", "a"),
        world.Account(2, "bluesky", "b.example", "b"),
    ]
    day = world.PERIOD.day_from
    bodies, _ = made(
        [asked(1, 1)], [(1, day, 4, 2), (2, day, 9, 9)], seconds=0, accounts=accounts
    )
    assert {key: body["posts"] for key, body in bodies.items()} == {
        ("brand", "social", "a"): 4,
        ("industry", "social", "banks"): 4,
        ("industry", "social", ""): 4,
    }


def test_nothing_at_all():
    assert made([], seconds=0)[0] == {}
