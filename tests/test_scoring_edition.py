"""A whole edition: what it depends on, what it does not, and that it can be checked."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import scoring_world as world
from model.frames import FROZEN, TALLIED, conform, empty
from model.words import DAY, Count, Cut, Level, Reason
from scoring.book import Period, book
from scoring.edition import INQUIRIES, make, parquet, part, recompute, tallied, thawed
from scoring.freeze import UnknownAccount, freeze, frozen, ordered, strangers
from scoring.printing import PRINTED

quick = settings(max_examples=15, deadline=None)


def edition(found, accounts=world.ACCOUNTS, slices=1, seen=None, own=(), says=None):
    rows = world.rows(found, accounts)
    parts = [rows.filter(pl.col("brand") % slices == at) for at in range(slices)]
    return make(
        [part for part in parts if len(part)],
        world.directory(accounts),
        world.covered(accounts) if seen is None else seen,
        world.posted(list(own)),
        world.PERIOD,
        *([] if says is None else [says]),
    )


def reasons_by_row(found, accounts=world.ACCOUNTS):
    """Why each row counts or not, in an order that answers cannot change."""
    names, numbers = book(world.directory(accounts))
    frozen = freeze(world.rows(found, accounts), names, numbers, world.PERIOD)
    return sorted(frozen.drop("wait_s").rows(), key=repr)  # some cells are null


@quick
@given(world.inquiries())
def test_answers_decide_nothing_about_who_counts(found):
    """Rule: eligibility is a function of the question and of our watch."""
    silent = [each | {"answered_at": None} for each in found]
    assert reasons_by_row(found) == reasons_by_row(silent)
    before, after = edition(found), edition(silent)
    same = ["level", "family", "channel", "account", "slug", "cut", "headline"]
    counts = [*same, "inquiries", "authors", "lost", "status", "coverage", "days"]
    assert (
        before.standings.sort(same)
        .select(counts)
        .equals(after.standings.sort(same).select(counts))
    )
    assert before.left_out == after.left_out
    assert before.cuts == after.cuts


@quick
@given(world.inquiries(), st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_slices_and_ids_of_a_database_never_show(found, random, slices):
    whole = edition(found)
    shuffled = list(found)
    random.shuffle(shuffled)
    other_ids = [a._replace(id=40 - 2 * a.id) for a in reversed(world.ACCOUNTS)]
    renamed = [each | {"account": 40 - 2 * each["account"]} for each in shuffled]
    again = edition(renamed, other_ids, slices)
    assert again.standings.equals(whole.standings)
    assert again.input_digest == whole.input_digest
    assert again.result_digest == whole.result_digest


@quick
@given(
    world.inquiries(),
    st.sampled_from([None, *Cut]),
    st.sampled_from(list(Count)),
)
def test_frozen_parts_say_everything(found, cut, count):
    """Any cut recomputed from the parts is that of plain Python; headlines are equal
    to what was published, figure by figure."""
    result = edition(found)
    again = recompute(dict(result.parts), world.PERIOD, cut, count)
    if count is Count.PEOPLE and cut in (None, Cut.ALL):
        wanted = pl.col("headline") if cut is None else pl.col("cut") == "all"
        assert again.equals(result.standings.filter(wanted))
    if cut is not None:
        expected = world.oracle(found, world.ACCOUNTS, "account", cut, count)
        lines = again.filter(level=Level.ACCOUNT.value)
        for row in lines.iter_rows(named=True):
            name = (row["slug"], row["channel"], row["account"])
            if name in expected:
                assert row["inquiries"] == expected[name].inquiries
                assert row["median_wait_s"] == expected[name].median


@quick
@given(world.inquiries())
def test_every_message_is_counted_or_left_out_for_a_reason(found):
    result = edition(found)
    assert result.messages == len(found)
    assert result.inquiries + sum(result.left_out.values()) == result.messages
    frozen = pl.concat(
        [empty(FROZEN)]
        + [thawed(part) for name, part in result.parts if name.startswith(INQUIRIES)]
    )
    assert len(frozen) == len(found)
    assert frozen["author"].min() == 0


@quick
@given(world.inquiries())
def test_deleting_an_author_name_changes_no_figure(found):
    """Only who is who matters, not what the hashes are."""
    renamed = [each | {"author": each["author"] // 2**61 * 7 + 5} for each in found]
    assert edition(found).standings.equals(edition(renamed).standings)


def an(at=0, **changes):
    """A question of somebody new, some hours after the one before."""
    asked = world.START * DAY + at * 7_000
    return {
        "account": 5,
        "author": 100 + at,
        "asked_at": asked,
        "answered_at": None,
        "kind": 0,
        "found_by": 1,
        "addressed": 1,
    } | changes


def many(n=200, answered=0.5, **changes):
    """n people, evenly over the period; of ten, so many are answered after a minute."""
    found = []
    for at in range(n):
        asked = (world.START * n + world.DAYS * at) * DAY // n
        answer = {"answered_at": asked + 60} if at % 10 < answered * 10 else {}
        found.append(an(at) | {"asked_at": asked} | changes | answer)
    return found


def line(result, level="brand", slug="bolt", family="social", **where):
    rows = result.standings.filter(
        level=level, slug=slug, family=family, headline=True, **where
    )
    assert len(rows) == 1
    return rows.row(0, named=True)


def reason(**changes):
    rows = reasons_by_row([an(**changes)])
    return Reason(rows[0][FROZEN_AT_REASON])


FROZEN_AT_REASON = [name for name in FROZEN if name != "wait_s"].index("reason")


def test_each_reason():
    start = world.START * DAY
    end = start + 3 * DAY
    assert reason() is Reason.COUNTED
    assert reason(addressed=2) is Reason.SEVERAL
    assert reason(addressed=0) is Reason.SEVERAL
    assert reason(found_by=4) is Reason.REPLY
    assert reason(watched_until=end - 1) is Reason.YOUNG
    assert reason(watched_until=end) is Reason.COUNTED
    assert reason(watched_until=None) is Reason.YOUNG
    assert reason(deleted_at=end - 1) is Reason.LOST
    assert reason(deleted_at=end) is Reason.COUNTED
    assert reason(deleted_at=end - 1, watched_until=end - 1) is Reason.YOUNG
    assert reason(watched_until=2**40) is Reason.COUNTED
    late = world.START * DAY + (world.DAYS - 1) * DAY
    assert reason(asked_at=late, watched_until=late + 3 * DAY) is Reason.COUNTED


def test_what_as_of_did_not_know_has_not_happened():
    start = world.START * DAY
    early = Period(world.START, world.START + 5, start + 4 * DAY)
    names, numbers = book(world.directory(world.ACCOUNTS))
    found = [
        an(answered_at=start + 4 * DAY + 1, watched_until=start + 9 * DAY),
        an(author=2, asked_at=start + 1, deleted_at=start + 4 * DAY + 1),
        an(author=3, asked_at=start + DAY + 1),
    ]
    frozen = freeze(world.rows(found, world.ACCOUNTS), names, numbers, early)
    by_time = frozen.sort("asked_s")
    assert by_time["wait_s"].to_list() == [None, None, None]
    assert by_time["reason"].to_list() == [0, 0, Reason.YOUNG]
    assert by_time["watched_s"].max() == 4 * DAY


def test_statuses_and_what_they_withhold():
    assert line(edition(many()))["status"] == "ranked"
    few = line(edition(many(49)))
    assert (few["status"], few["inquiries"], few["rank"]) == ("too_few", 49, None)
    assert few["score_low"] < few["score"] < few["score_high"]
    loud = [each | {"author": at % 29} for at, each in enumerate(many())]
    assert line(edition(loud))["status"] == "too_few"
    days = [
        each | {"asked_at": world.START * DAY + at % 14 * DAY, "answered_at": None}
        for at, each in enumerate(many())
    ]
    short = line(edition(days))
    assert (short["status"], short["days"], short["rank"]) == ("few_days", 14, None)
    assert short["score"] == 0


def test_below_coverage_nothing_is_said_of_answers():
    seen = world.covered(world.ACCOUNTS, int(0.8 * DAY) - 1)
    blind = line(edition(many(), seen=seen))
    assert blind["status"] == "low_coverage"
    kept = {"level", "family", "slug", "name", "industry", "cut", "headline", "status"}
    kept |= {"inquiries", "authors", "lost", "coverage", "t1_s", "t2_s", "t3_s"}
    for name, value in blind.items():
        assert (name in kept) or value in (None, "", False), name
    assert blind["coverage"] == 0.8  # 0.79999, as printed
    enough = world.covered(world.ACCOUNTS, int(0.8 * DAY))
    assert line(edition(many(), seen=enough))["status"] == "ranked"


def test_coverage_is_the_mean_over_accounts_that_were_watched_or_written_to():
    accounts = [a for a in world.ACCOUNTS if a.slug == "acme"]
    seen = world.covered(accounts).filter(pl.col("account") != 3)
    half = line(edition(many(account=7), seen=seen), slug="acme")
    assert half["coverage"] == 1  # account 3 was neither
    both = many(100, account=7) + many(3, account=3)
    assert line(edition(both, seen=seen), slug="acme")["coverage"] == 0.6667


def test_answered_only_has_times_and_no_rate():
    found = many(answered=1, found_by=4, watched_until=0)
    only = line(edition(found))
    assert (only["status"], only["inquiries"], only["authors"]) == (
        "answered_only",
        200,
        200,
    )
    assert (only["median_wait_s"], only["p90_wait_s"]) == (60, 60)
    for name in ("score", "share_t1", "share_t3_high", "answered_t1", "n_eff", "rank"):
        assert only[name] is None, name
    assert edition(found).inquiries == 0


def test_a_watched_brand_nobody_wrote_to_is_listed():
    silent = line(edition(many()), slug="cove")
    assert (silent["status"], silent["inquiries"], silent["coverage"]) == (
        "too_few",
        0,
        1,
    )
    assert silent["score"] is None
    assert silent["share_t1"] is None
    assert silent["n_eff"] is None
    assert silent["median_wait_s"] is None


def test_the_score_by_spreadsheet():
    got = line(edition(many(200, 0.3)))
    assert got["score"] == 42 * 0.3 + 42 * 0.3 + 16 * 0.3
    assert (got["answered_t1"], got["answered_t3"], got["share_t3"]) == (60, 60, 0.3)
    assert got["median_wait_s"] is None
    assert got["waits"].split(",")[0] == "60"
    assert sum(int(n) for n in got["waits"].split(",")) == 200


def test_headline_cut_follows_what_the_channel_says():
    said = [each | {"kind": 1 + at % 4} for at, each in enumerate(many(100))]
    result = edition(said + many(25, account=7))
    assert result.cuts["social"] == "needs-answer"  # 100 of 125 say it: 80 %
    assert edition(said + many(26, account=7)).cuts["social"] == "all"
    assert line(result)["inquiries"] == 50
    cuts = result.standings.filter(slug="bolt", level="brand", family="social")
    assert sorted(cuts["cut"]) == ["all", "needs-answer"]
    assert result.left_out["other_kind"] == 75


def test_a_sampled_channel_stands_alone():
    result = edition(many(account=2))
    assert result.standings.filter(level="brand", slug="acme", family="social")[
        "inquiries"
    ].to_list() == [0]
    assert line(result, "channel", "acme", channel="x")["rank"] == 1
    alone = recompute(dict(result.parts), world.PERIOD, channel="x")
    industry = alone.filter(level="industry").row(0, named=True)
    assert industry["inquiries"] == 200


def test_tables_of_one_channel():
    result = edition(many(account=7) + many(account=3))
    one = recompute(dict(result.parts), world.PERIOD, channel="mastodon")
    assert one["channel"].unique().sort().to_list() == ["", "mastodon"]
    brand = one.filter(level="brand", slug="acme").row(0, named=True)
    assert brand["inquiries"] == 200
    assert set(one["family"]) == {"social"}


def five_brands():
    return [
        world.Account(
            at, "bluesky", f"b{at}.example", f"b{at}", "banks" if at < 3 else "x"
        )
        for at in range(1, 6)
    ]


def test_industries_are_means_of_ranked_brands_and_pooled_shares():
    accounts = [a._replace(industry="banks") for a in five_brands()]
    found = []
    for account, answered in zip(accounts, (0.1, 0.2, 0.6, 1.0), strict=False):
        found += many(100 * account.id, answered, account=account.id)
    found += many(20, 1.0, account=5)
    result = edition(found, accounts)
    banks = line(result, "industry", "banks")
    assert (banks["brands"], banks["status"], banks["rank"]) == (4, "ranked", 1)
    assert banks["score"] == pytest.approx((10 + 20 + 60 + 100) / 4)
    answered = 10 + 40 + 180 + 400 + 20
    assert banks["inquiries"] == 1_020
    assert banks["answered_t1"] == answered
    assert banks["share_t1"] == pytest.approx(answered / 1_020, abs=1e-4)
    assert banks["median_wait_s"] == 60
    assert banks["p90_wait_s"] is None
    brands = [line(result, slug=f"b{at}") for at in range(1, 5)]
    down = np.sqrt(sum((b["score"] - b["score_low"]) ** 2 for b in brands)) / 4
    assert banks["score"] - banks["score_low"] == pytest.approx(down, abs=0.02)
    assert banks["share_t1_low"] < banks["share_t1"] < banks["share_t1_high"]
    assert 1 < banks["n_eff"] <= 1_020


def test_an_industry_of_two_is_those_two():
    accounts = five_brands()[:2]
    found = many(account=1) + many(account=2)
    banks = line(edition(found, accounts), "industry", "banks")
    assert (banks["status"], banks["brands"], banks["score"]) == ("too_few", 2, None)
    assert banks["share_t1"] == 0.5


def test_an_industry_nobody_could_see():
    accounts = five_brands()[:2]
    seen = world.covered(accounts, 10)
    unseen = line(edition(many(account=1), accounts, seen=seen), "industry", "banks")
    assert (unseen["status"], unseen["inquiries"]) == ("low_coverage", 200)
    assert unseen["share_t1"] is None
    only = many(answered=1, found_by=4, account=1)
    known = edition(only, accounts[:1])
    assert line(known, "industry", "banks")["status"] == "answered_only"
    assert line(known, "industry", "banks")["median_wait_s"] == 60
    silent = line(edition([], accounts), "industry", "banks")
    assert (silent["status"], silent["share_t1"]) == ("too_few", None)


def test_ranks_within_the_family_and_the_industry():
    accounts = five_brands()
    found = []
    for account, answered in zip(accounts, (0.1, 0.9, 0.9, 0.5, 0.0), strict=True):
        found += many(200, answered, account=account.id)
    result = edition(found, accounts)
    brands = {f"b{at}": line(result, slug=f"b{at}") for at in range(1, 6)}
    assert [brands[f"b{at}"]["rank"] for at in range(1, 6)] == [4, 1, 1, 3, 5]
    assert [brands[f"b{at}"]["industry_rank"] for at in range(1, 6)] == [2, 1, 1, 2, 3]
    assert brands["b1"]["of"] == 5
    assert brands["b1"]["industry_of"] == 2
    assert brands["b5"]["placed"] == "lower"
    for brand in brands.values():
        assert brand["rank_low"] <= brand["rank"] <= brand["rank_high"]
    order = result.standings.filter(level="brand")["slug"].to_list()
    assert order == ["b2", "b3", "b4", "b1", "b5"]


def test_posts_per_reply():
    own = [(5, world.START, 7, 1), (5, world.START + 1, 3, 3), (11, world.START, 4, 0)]
    result = edition(many() + many(account=11), own=own)
    assert line(result)["posts_per_reply"] == 2.5
    assert line(result, family="support")["posts_per_reply"] is None
    assert line(result, "industry", "power")["posts_per_reply"] == 2.5


def test_an_edition_without_anything():
    nothing = edition([], [])
    assert (nothing.messages, nothing.inquiries, nothing.brands) == (0, 0, 0)
    assert nothing.coverage is None
    assert nothing.standings.columns == list(PRINTED)
    assert nothing.cuts == {}


def test_an_account_the_directory_does_not_have():
    rows = world.rows([an()], world.ACCOUNTS)
    with pytest.raises(UnknownAccount, match="account 5"):
        make(
            [rows],
            world.directory([a for a in world.ACCOUNTS if a.id != 5]),
            world.covered([]),
            world.posted(),
            world.PERIOD,
        )


def test_strangers_in_coverage_are_passed_over():
    seen = pl.concat(
        [
            world.covered(world.ACCOUNTS),
            world.covered([world.Account(999, "bluesky", "n", "n")]),
        ]
    )
    assert edition(many(), seen=seen).input_digest == edition(many()).input_digest


@pytest.mark.parametrize("held", [0, 150, 250])
def test_nothing_shows_how_many_rows_are_held_before_they_are_filed(held, monkeypatch):
    found = [each | {"account": of} for of in (7, 5, 12) for each in many(100)]
    whole = edition(found, slices=3)
    monkeypatch.setattr("scoring.edition.HELD", held)
    again = edition(found, slices=3)
    assert [name for name, _ in again.parts] == [name for name, _ in whole.parts]
    assert again.parts == whole.parts
    assert again.details.equals(whole.details)
    assert again.input_digest == whole.input_digest
    assert again.result_digest == whole.result_digest


def test_days_may_come_later_than_inquiries():
    rows, names = world.rows(many(), world.ACCOUNTS), world.directory(world.ACCOUNTS)
    days = world.covered(world.ACCOUNTS), world.posted([])
    now = make([rows], names, *days, world.PERIOD)
    later = make([rows], names, lambda: days[0], lambda: days[1], world.PERIOD)
    assert (later.input_digest, later.parts) == (now.input_digest, now.parts)
    assert later.standings.equals(now.standings)


def test_progress_is_told():
    told = []
    edition(many(), slices=2, says=lambda what, rows: told.append((what, rows)))
    assert told == [("counted", 200), ("ranked", 0), ("detailed", 0)]


def test_author_numbers_say_nothing_across_brands_or_editions():
    """The same person writes to two brands, and in two periods: other numbers."""
    people = np.random.default_rng(0).integers(-(2**62), 2**62, 60)
    names, numbers = book(world.directory(world.ACCOUNTS))

    def numbered(account, period):
        found = [
            an(account=account, author=int(author), asked_at=world.START * DAY + at)
            for at, author in enumerate(people)
        ]
        frozen = freeze(world.rows(found, world.ACCOUNTS), names, numbers, period)
        return frozen.sort("asked_s")["author"].to_list()

    first = numbered(7, world.PERIOD)
    other_period = Period(world.START, world.START + 22, world.PERIOD.as_of)
    assert sorted(first) == list(range(60))
    assert first != numbered(5, world.PERIOD)
    assert first != numbered(7, other_period)
    assert first == numbered(7, world.PERIOD)


def test_two_people_whose_hashes_begin_alike_stay_two():
    """The sort compares all 64 bits where the first ones agree."""
    from scoring import freeze as module

    mixed = np.array([8, 9, 8, 9], dtype=np.uint64)  # differ in the last bit alone
    pool = np.array([1, 1, 1, 1])
    asked = np.array([4, 3, 2, 1])
    order, person = module._order(pool, mixed, asked, {"asked_s": asked})
    assert order.tolist() == [2, 0, 3, 1]
    assert person.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("top", [0, 3, 2**61, 2**64 - 1])
def test_equal_keys_stay_in_their_order(top):
    """Also where keys leave no room for their places."""
    keys = np.array([top, 5, 2, 5, top, 2, 0], dtype=np.uint64)
    found = ordered(keys)
    assert found.tolist() == np.argsort(keys, kind="stable").tolist()
    assert ordered(keys[:0]).tolist() == []


@quick
@given(world.inquiries())
def test_a_part_holds_the_frozen_rows(found):
    names, numbers = book(world.directory(world.ACCOUNTS))
    rows = world.rows(found, world.ACCOUNTS)
    kept = part(frozen(rows, names, numbers, world.PERIOD))
    assert thawed(kept).equals(freeze(rows, names, numbers, world.PERIOD))
    assert dict(thawed(kept).schema) == FROZEN
    whole = frozen(rows, names, numbers, world.PERIOD)
    for file in (kept, parquet(thawed(kept))):  # as written now, and long ago
        for name, column in tallied(file).items():
            assert column.dtype == whole[name].dtype
            assert column.tolist() == whole[name].tolist()


def test_cuts_of_an_edition_are_json_for_its_row():
    assert json.loads(json.dumps(edition(many()).cuts)) == {
        "reviews": "all",
        "social": "all",
        "support": "all",
    }


@quick
@given(world.inquiries(most=20))
def test_schema_is_the_tables(found):
    assume(found)
    result = edition(found)
    assert tuple(result.standings.columns) == PRINTED
    assert world.rows(found, world.ACCOUNTS).schema == pl.Schema(TALLIED)


@quick
@given(world.inquiries())
def test_frozen_rows_lead_back_to_an_input_that_gives_them(found):
    """With authors made up from the numbers of people; ids and hashes are gone."""
    names, numbers = book(world.directory(world.ACCOUNTS))
    frozen = freeze(world.rows(found, world.ACCOUNTS), names, numbers, world.PERIOD)
    account = frozen["account"].to_numpy()
    people = frozen["author"].to_numpy().astype(np.int64)
    start = world.PERIOD.start
    ids = np.empty(len(names.accounts), dtype=np.int32)
    ids[numbers[numbers >= 0]] = np.flatnonzero(numbers >= 0)
    rows = frozen.select(
        pl.Series("account", ids[account]),
        (pl.col("asked_s") + start).alias("asked_at"),
        (pl.col("asked_s") + start + pl.col("wait_s")).alias("answered_at"),
        (pl.col("watched_s").cast(pl.Int64) + start).alias("watched_until"),
        (pl.col("deleted_s") + start).alias("deleted_at"),
        pl.Series("author", strangers(people, names.pool[account], world.PERIOD)),
        *("kind", "found_by", "step", "addressed"),
        pl.lit(0).alias("id"),
    )
    again = freeze(conform(rows, TALLIED), names, numbers, world.PERIOD)
    assert again.drop("inquiry").equals(frozen.drop("inquiry"))


def test_what_is_not_known_yet_has_no_step_and_no_deletion():
    """And a message that names many brands says so up to nine."""
    late = world.PERIOD.as_of + 1
    names, numbers = book(world.directory(world.ACCOUNTS))
    found = [an(answered_at=late, deleted_at=late, step=4, addressed=9)]
    rows = world.rows(found, world.ACCOUNTS)
    kept = freeze(rows, names, numbers, world.PERIOD).row(0, named=True)
    assert (kept["wait_s"], kept["step"], kept["deleted_s"]) == (None, 0, None)
    assert (kept["addressed"], kept["inquiry"]) == (9, 0)
