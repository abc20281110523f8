"""Details: what topics are told agrees with the standings, and is kept in one way."""

import json

import polars as pl
import pytest
from hypothesis import given, settings

import scoring_world as world
from model.words import Cut, FoundBy, Level
from scoring.book import book
from scoring.details import TOPICS
from scoring.details.case import COUNTED, case_of
from scoring.details.told import DETAILS, canonical, digest_of_all, told
from scoring.edition import INQUIRIES, make, thawed

quick = settings(max_examples=15, deadline=None)


def edition(found, accounts=world.ACCOUNTS):
    return make(
        [world.rows(found, accounts)],
        world.directory(accounts),
        world.covered(accounts),
        world.posted([]),
        world.PERIOD,
    )


def case(found, accounts=world.ACCOUNTS):
    """The case of an edition, and the edition."""
    made = edition(found, accounts)
    names, _ = book(world.directory(accounts))
    parts = [thawed(part) for name, part in made.parts if INQUIRIES in name]
    posted = thawed(dict(made.parts)["publications"])
    cuts = {family: Cut(cut) for family, cut in made.cuts.items()}
    return case_of(parts, names, world.PERIOD, cuts, made.standings, posted), made


def bodies(made, topic):
    """Key (level, family, channel, slug) to body."""
    rows = made.details.filter(pl.col("topic") == topic)
    return {row[1:5]: json.loads(row[5]) for row in rows.rows()}


@quick
@given(world.inquiries())
def test_a_case_counts_what_the_standings_count(found):
    told_, made = case(found)
    assert told_.counted.schema == told_.replies.schema == COUNTED
    lines = made.standings.filter(
        (pl.col("level") == Level.ACCOUNT.value)
        & pl.col("headline")
        & (pl.col("status") != "answered_only")
    )
    whose = told_.names.accounts.select("slug", "channel", "account")
    mine = whose[told_.counted["account"].to_numpy()].group_by(whose.columns).len()
    both = lines.join(mine, on=whose.columns, how="left")
    assert both["len"].fill_null(0).to_list() == both["inquiries"].to_list()
    inside = told_.counted.filter(
        pl.col("wait_s")
        <= pl.Series(told_.horizon[told_.counted["account"].to_numpy()])
    )
    answered = lines.filter(pl.col("answered_t3").is_not_null())["answered_t3"].sum()
    covered = lines.filter(pl.col("answered_t3").is_not_null()).select(whose.columns)
    kept = whose[inside["account"].to_numpy()].join(covered, on=whose.columns)
    assert len(kept) == answered


@quick
@given(world.inquiries())
def test_every_detail_is_canonical_sorted_and_known_once(found):
    made = edition(found)
    assert made.details.schema == DETAILS
    key = made.details.drop("body")
    assert key.equals(key.unique().sort(key.columns))
    assert set(key["topic"]) <= set(TOPICS)
    for body in made.details["body"]:
        assert canonical(json.loads(body)) == body


def test_what_is_no_number_is_not_told():
    with pytest.raises(ValueError, match="not JSON compliant"):
        told("topic", [(("brand", "social", "", "a"), {"x": float("nan")})])


def test_a_changed_detail_changes_the_digest():
    one, other = (
        told("topic", [(("brand", "social", "", "a"), {"x": x})]) for x in (1, 2)
    )
    assert digest_of_all("0" * 64, one) != digest_of_all("0" * 64, other)
    assert digest_of_all("0" * 64, one) != digest_of_all("1" * 64, one)


def test_the_blind_share_counts_answers_to_what_only_they_made_known():
    own = world.ACCOUNTS[0]
    start = world.START * world.DAY
    seen = {"account": own.id, "asked_at": start, "answered_at": start + 60}
    asked = [seen | {"author": number} for number in range(5)]
    asked += [
        seen | {"author": 9, "found_by": FoundBy.REPLY.value},
        seen | {"author": 10, "answered_at": None},
    ]
    said = bodies(edition(asked), "watching")
    assert said == {("brand", "social", "", own.slug): {"answers": 6, "blind": 1}}
    assert bodies(edition(asked[-1:]), "watching") == {}
