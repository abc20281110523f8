"""Response curves of an edition: through its printed figures, and by whom."""

import json
import random
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

import scoring_world as world
from model.words import CHANNEL_FAMILY, DAY, FoundBy
from scoring import details
from scoring.book import book
from scoring.details import curve
from scoring.details.case import case_of
from scoring.edition import INQUIRIES, make, thawed
from scoring.method import LIMITS, METHOD
from scoring.survival import NEVER, TIMES
from scoring.waits import crossing
from test_scoring_survival import plain

quick = settings(max_examples=15, deadline=None)
SHARES = ("t1", "t2", "t3")
ENDS = ("low", "high")
SPACE = 10_000
START = world.START * DAY


@pytest.fixture(autouse=True, scope="module")
def _of_curves_alone():
    """Other topics are tested elsewhere, and an edition is made often here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(details, "TOPICS", {"curve": curve.details})
        yield


def edition(found, slices=1, seen=None, accounts=world.ACCOUNTS):
    rows = world.rows(found, accounts)
    parts = [rows.filter(pl.col("brand") % slices == at) for at in range(slices)]
    return make(
        [part for part in parts if len(part)],
        world.directory(accounts),
        world.covered(accounts) if seen is None else seen,
        world.posted([]),
        world.PERIOD,
    )


def case(made, accounts=world.ACCOUNTS):
    names, _ = book(world.directory(accounts))
    parts = [thawed(part) for name, part in made.parts if INQUIRIES in name]
    posted = thawed(dict(made.parts)["publications"])
    return case_of(parts, names, world.PERIOD, made.cuts, made.standings, posted)


def told(made):
    """Key (level, family, channel, slug) to what its curve says."""
    rows = made.details.filter(pl.col("topic") == "curve").rows()
    return {row[1:5]: json.loads(row[5]) for row in rows}


def lines(made):
    """The headline standings by the same key."""
    rows = made.standings.filter(pl.col("headline"), pl.col("level") != "account")
    return {
        (row["level"], row["family"], row["channel"], row["slug"]): row
        for row in rows.iter_rows(named=True)
    }


def at(seconds):
    return int(np.searchsorted(TIMES, seconds))


def within(said, horizon, part):
    """The interval of the wait by which ``part`` had an answer."""
    times = METHOD.curve_times.value[: at(horizon) + 1]
    limits = ([end / SPACE for end in said[name][: len(times)]] for name in ENDS)
    return crossing(times, *limits, part)


def crowd(size, seed=1, accounts=world.ACCOUNTS, **usual):
    """Many people over the whole period, some answered late."""
    draw = random.Random(seed)
    waits = [None, None, 45, 3_000, 50_000, 2 * DAY, 4 * DAY, 9 * DAY, 20 * DAY]
    out = []
    for number in range(size):
        asked = START + draw.randrange(world.DAYS * DAY)
        wait = draw.choice(waits)
        answered = None if wait is None else asked + wait + draw.randrange(900)
        account = draw.choice(accounts).id
        each = {"account": account, "author": number % (2 * size // 3)}
        out.append(each | {"asked_at": asked, "answered_at": answered} | usual)
    return out


CROWD = crowd(700)


@quick
@given(world.inquiries())
def test_a_curve_passes_through_the_printed_figures(found):
    made = edition(found)
    standings = lines(made)
    for key, said in told(made).items():
        if key[3] == "":
            continue
        row = standings[key]
        if said.get("of") == "answered":
            assert row["status"] == "answered_only"
            assert said["share"][-1] == SPACE
        else:
            assert said["n"] == row["inquiries"]
            for end, name in (("share", ""), ("low", "_low"), ("high", "_high")):
                printed = [said[end][at(row[f"{t}_s"])] for t in SHARES]
                shares = [row[f"share_{t}{name}"] for t in SHARES]
                assert printed == [round(share * SPACE) for share in shares]
            for wait, q in ((row["median_wait_s"], 0.5), (row["p90_wait_s"], 0.9)):
                more, most = within(said, row["t3_s"], q)
                assert wait is not None or most is None
                assert (more or 0) < (wait or NEVER) <= (most or NEVER)
        for wait, q in ((row["median_wait_s"], 0.5), (row["p90_wait_s"], 0.9)):
            if wait is None:
                inside = said["share"][: at(row["t3_s"]) + 1]
                assert inside[-1] / SPACE < q
            else:
                place = at(wait)
                assert said["share"][place] >= q * SPACE - 1
                assert place == 0 or said["share"][place - 1] <= q * SPACE


@quick
@given(world.inquiries())
def test_whoever_has_shares_has_a_curve_and_nobody_else(found):
    made = edition(found)
    standings, curves = lines(made), told(made)
    several = defaultdict(set)
    for level, family, channel, slug in standings:
        if level == "channel" and channel != "x":
            several[slug, family].add(channel)
    for key, row in standings.items():
        known = row["share_t1"] is not None
        if row["status"] == "answered_only":
            known = row["median_wait_s"] is not None
        twin = (
            key[0] == "channel" and key[2] != "x" and len(several[key[3], key[1]]) < 2
        )
        assert (key in curves) == (known and not twin), key
    assert {key for key in curves if key[3]} <= set(standings)


@quick
@given(world.inquiries())
def test_no_curve_falls_and_every_band_contains_its_curve(found):
    for said in told(edition(found)).values():
        assert said["share"] == sorted(said["share"])
        if "low" in said:
            assert len(said["share"]) == len(said["low"]) == len(said["high"])
            for low, share, high in zip(
                said["low"], said["share"], said["high"], strict=True
            ):
                assert 0 <= low <= share <= high <= SPACE


def test_neither_order_nor_slices_nor_ids_show():
    once = told(edition(CROWD))
    mixed = CROWD.copy()
    random.Random(3).shuffle(mixed)
    assert told(edition(mixed, slices=3)) == once
    assert {key[0] for key in once} == {"brand", "channel", "industry"}


def whose(account):
    """Keys of the curves an account's inquiries are in."""
    family = str(CHANNEL_FAMILY[account.channel])
    keys = [("channel", family, account.channel, account.slug)]
    if account.channel != "x":
        keys.append(("brand", family, "", account.slug))
        keys.append(("industry", family, "", account.industry))
    return keys


def test_every_curve_is_kaplan_and_meiers_of_its_own_inquiries():
    made = edition(CROWD)
    known, curves, standings = case(made), told(made), lines(made)
    groups = defaultdict(list)
    by_name = {(a.slug, a.channel, a.account): a for a in world.ACCOUNTS}
    accounts = known.names.accounts.select("slug", "channel", "account").rows()
    for row in known.counted.iter_rows(named=True):
        wait = 2**31 - 1 if row["wait_s"] is None else row["wait_s"]
        pair = (wait, row["watched_s"] - row["asked_s"])
        for key in whose(by_name[accounts[row["account"]]]):
            groups[key].append(pair)
    compared = 0
    for key, pairs in groups.items():
        said = curves.get(key)
        if said is None:
            assert key[0] == "channel", "of a brand on one channel of the family"
            continue
        compared += 1
        horizon = standings[key]["t3_s"]
        shares = plain(horizon, pairs)
        for place, printed in enumerate(said["share"]):
            assert printed == pytest.approx(float(shares[place][0]) * SPACE, abs=0.501)
        late = [time for time in TIMES.tolist() if time > horizon]
        seen = [sum(watch >= time for _, watch in pairs) for time in late]
        drawn = [number for number in seen if number >= 0.1 * len(pairs)]
        assert said["seen"] == drawn[: len(said["seen"])]
        assert len(said["seen"]) > 3
    assert compared == 12


def test_the_band_widens_as_fewer_are_watched():
    said = told(edition(CROWD))["brand", "social", "", "acme"]
    inside = len(said["share"]) - len(said["seen"])
    widths = [high - low for low, high in zip(said["low"], said["high"], strict=True)][
        inside:
    ]
    same = said["share"][inside:]
    for place in range(1, len(widths)):
        if (
            same[place] == same[place - 1]
            and said["seen"][place] < said["seen"][place - 1]
        ):
            assert widths[place] > widths[place - 1]
    assert widths[-1] > 1.5 * widths[0]


def test_what_is_withheld_has_no_curve_and_enters_no_industry():
    """Acme was not watched enough: its industry has no other brand."""
    seen = world.covered(world.ACCOUNTS)
    acme = [a.id for a in world.ACCOUNTS if a.slug == "acme"]
    poorly = seen.with_columns(
        pl.when(pl.col("account").is_in(acme)).then(DAY // 2).otherwise("seconds")
        .cast(pl.Int32).alias("seconds")
    )  # fmt: skip
    found = told(edition(CROWD, seen=poorly.cast(dict(seen.schema))))
    assert {key[3] for key in found} == {"bolt", "cove", "power"}


def test_the_mean_of_industries_counts_each_once():
    found = told(edition(CROWD))
    mean = found["industry", "social", "", ""]
    assert (mean["n"], mean["of"]) == (2, "industries")
    both = [
        found["industry", "social", "", name]["share"] for name in ("banks", "power")
    ]
    assert len(mean["share"]) == at(LIMITS["social"].t3) + 1
    for place, printed in enumerate(mean["share"]):
        exact = (both[0][place] + both[1][place]) / 2
        assert printed == pytest.approx(exact, abs=1)
    assert ("industry", "reviews", "", "") not in found, "one industry is no mean"


def only_answered(number, **more):
    own = world.ACCOUNTS[5]  # bolt on Bluesky
    asked = START + number % 20 * DAY + 3_600
    return {
        "account": own.id,
        "author": number,
        "asked_at": asked,
        "answered_at": asked + 60 * (number + 1),
        "found_by": FoundBy.REPLY.value,
    } | more


def test_where_only_answers_are_known_the_curve_is_of_the_answered():
    """By people, like the standing: two messages of one person on one day are one,
    and whose answer came after the horizon is not among the answered."""
    found = [only_answered(number) for number in range(40)]
    again = only_answered(3)
    found.append(again | {"asked_at": again["asked_at"] + 60})
    found.append(only_answered(50, answered_at=START + 10 * DAY + 4 * DAY + 3_600))
    made = edition(found, accounts=world.ACCOUNTS[5:6])
    standing = lines(made)["brand", "social", "", "bolt"]
    assert standing["status"] == "answered_only"
    assert standing["inquiries"] == 41
    curves = told(made)
    said = curves["brand", "social", "", "bolt"]
    assert (said["n"], said["of"]) == (40, "answered")
    assert said["share"][:6] == [250, 500, 750, 1_000, 1_250, 1_750]
    assert said["share"][-1] == SPACE
    assert len(said["share"]) == at(3 * DAY) + 1
    assert curves["industry", "social", "", "power"] == said
    assert set(curves) == {
        ("brand", "social", "", "bolt"),
        ("industry", "social", "", "power"),
    }


def test_answers_alone_that_all_came_too_late_have_no_curve():
    late = START + 20 * DAY
    found = [only_answered(number, answered_at=late) for number in range(3)]
    made = edition(found, accounts=world.ACCOUNTS[5:6])
    assert lines(made)["brand", "social", "", "bolt"]["status"] == "answered_only"
    assert told(made) == {}


def test_shares_are_rounded_as_they_are_printed():
    assert curve.printed(np.array([0.03125, 0.00005, 1.0, np.nan])).tolist() == [
        313,
        1,
        SPACE,
        0,
    ]


def test_a_body_is_small():
    made = edition(CROWD)
    sizes = made.details.filter(pl.col("topic") == "curve")["body"].str.len_bytes()
    assert 100 < sizes.min() <= sizes.max() < 800
    assert METHOD.curve_watched.value == 0.1
