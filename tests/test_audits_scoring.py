"""Field audits: shares with their intervals, for the worked example and in general."""

import json
from dataclasses import fields, replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, t

import audit_example
from model import DAY
from model.audits import (
    AUDIT_COLUMNS,
    DIFFERENCE_COLUMNS,
    LINE_COLUMNS,
    MESSAGE_COLUMNS,
    UNFORESEEN,
    Arm,
    Protocol,
    audit_row,
    written,
)
from model.frames import AUDITED, conform
from model.words import Step
from scoring import audits
from scoring.audit_flags import Facts, flags

HOUR = 3_600
PROTOCOL = Protocol(
    id="trial",
    title="A trial",
    question="Do they answer?",
    organisation="Example Association",
    arms=tuple(Arm),
    planned_messages=26,
    sampling="by lot",
    horizon_hours=72,
    registered_at=audit_example.FEBRUARY - DAY,
    registered_url="https://registry.example/trial",
    exclusions={"wrong-account": "not the brand's"},
)


def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Messages; what is not said has a default."""
    usual = {
        "arm": "complaint",
        "channel": "mastodon",
        "account": "acme",
        "step": int(Step.UNJUDGED),
        "excluded": "",
    }
    full = [
        usual
        | {"key": at, "sent_at": audit_example.FEBRUARY + at}
        | {"watched_until": audit_example.FEBRUARY + at + 4 * DAY}
        | row
        for at, row in enumerate(rows)
    ]
    made = pl.DataFrame(full, infer_schema_length=None)
    return conform(made, AUDITED)


def example() -> pl.DataFrame:
    rows = []
    for number, row in enumerate(audit_example.rows()):
        kept = {name: row[name] for name in AUDITED if name in row}
        kept["arm"] = row["arm"]
        kept["answered_at"] = row["answered_at"] or None
        kept["automatic_at"] = None
        kept["author"] = number % 3
        rows.append(kept)
    return frame(rows)


def figures(of: pl.DataFrame, protocol: Protocol = PROTOCOL) -> list[audits.Line]:
    return audits.figures(protocol, audits.judge(of, protocol))


def test_the_worked_example():
    """2 of 26 messages; 1 of 18 brands: 5.6 %, 95 % interval 1 to 26 %."""
    whole = figures(example())[0]
    assert (whole.level, whole.sent) == ("all", 26)
    assert (whole.answered, whole.messages) == (2, 26)
    assert (whole.brands_answered, whole.brands) == (1, 18)
    assert (whole.brand_share, whole.brand_share_low, whole.brand_share_high) == (
        0.0556, 0.0099, 0.2576,
    )  # fmt: skip
    assert (whole.quickest_s, whole.slowest_s) == (9 * 60, 38 * 60)
    assert whole.median_wait_s == 9 * 60  # k = ceil(2 / 2)
    assert whole.share == 0.0769
    assert whole.n_eff == 11.8
    # Wider than 26 messages that owe each other nothing would make it (2 to 24 %):
    assert (whole.share_low, whole.share_high) == (0.0128, 0.3489)


def test_the_example_by_arm_and_by_brand():
    lines = figures(example())
    arms = {line.name: line for line in lines if line.level == "arm"}
    assert [(a.messages, a.answered, a.brands) for a in arms.values()] == [
        (8, 2, 7), (6, 0, 6), (6, 0, 6), (6, 0, 6),
    ]  # fmt: skip
    assert list(arms) == ["compliment", "complaint", "question", "mention"]
    assert (arms["question"].share_low, arms["question"].share_high) == (0, 0.3903)
    brands = [line for line in lines if line.level == "brand"]
    assert [line.name for line in brands] == sorted(set(audit_example.brands()))
    assert (brands[0].answered, brands[0].messages, brands[0].share) == (2, 2, 1.0)
    assert brands[0].brand_share is None  # it says nothing of other brands
    assert (brands[0].brands, brands[0].brands_answered) == (1, 1)
    assert {line.brands_answered for line in brands[1:]} == {0}


def test_the_example_shows_no_sure_difference():
    arms = [line for line in figures(example()) if line.level == "arm"]
    pairs = audits.differences(arms)
    assert [(p.first, p.second) for p in pairs][:2] == [
        ("compliment", "complaint"), ("compliment", "question"),
    ]  # fmt: skip
    assert len(pairs) == 6
    assert not any(pair.sure for pair in pairs)
    assert pairs[0].difference == 0.25
    assert pairs[0].low < 0 < pairs[0].high


def test_what_is_kept_of_a_result():
    made = audits.outcome(PROTOCOL, example())
    said = json.loads(made.figures)
    assert said["volunteers"] == 3
    assert said["flags"] == []
    assert said["first_sent_at"] == audit_example.FEBRUARY + 10 * HOUR
    head, first, *rest = made.messages.splitlines()
    assert head == ",".join(MESSAGE_COLUMNS)
    assert first == (
        "compliment,brand-01,mastodon,brand-01@social.example,2026-02-01T10:00:00Z,"
        "2026-02-01T10:38:00Z,,,2026-03-03T10:00:00Z,,,2280"
    )
    assert len(rest) == 25


def test_a_line_of_the_list_of_audits():
    made = audits.outcome(PROTOCOL, example())
    row = dict(zip(AUDIT_COLUMNS, audit_row(PROTOCOL, made.figures), strict=True))
    assert (row["id"], row["volunteers"], row["last_sent_at"]) == (
        "trial", 3, "2026-07-26T10:00:00Z",
    )  # fmt: skip
    assert (row["answered"], row["messages"], row["brand_share"]) == (2, 26, 0.0556)
    empty = dict(zip(AUDIT_COLUMNS, audit_row(PROTOCOL, None), strict=True))
    assert (empty["id"], empty["planned_messages"]) == ("trial", 26)
    assert {empty[name] for name in AUDIT_COLUMNS[5:]} == {None}


def test_a_result_does_not_depend_on_the_order_of_its_rows():
    rows = example()
    made = audits.outcome(PROTOCOL, rows)
    assert (
        audits.outcome(PROTOCOL, rows.sample(fraction=1, shuffle=True, seed=1)) == made
    )
    other = rows.with_columns(pl.lit("x").alias("brand"))
    assert audits.outcome(PROTOCOL, other).digest != made.digest
    stricter = replace(PROTOCOL, planned_messages=25)
    assert audits.outcome(stricter, rows).digest != made.digest


def test_the_seal_is_of_the_tables_as_they_are_published():
    """What anybody can do with the files and sha256sum."""
    from hashlib import sha256

    made = audits.outcome(PROTOCOL, example())
    said = json.loads(made.figures)
    lines = written(LINE_COLUMNS, ([x[n] for n in LINE_COLUMNS] for x in said["lines"]))
    pairs = written(
        DIFFERENCE_COLUMNS,
        ([x[n] for n in DIFFERENCE_COLUMNS] for x in said["differences"]),
    )
    listed = "method 1\n" + "".join(
        f"{sha256(data).hexdigest()}  {name}.csv\n"
        for name, data in {
            "protocol": written(("field", "value"), PROTOCOL.rows()),
            "messages": made.messages.encode(),
            "lines": lines,
            "differences": pairs,
        }.items()
    )
    assert made.digest == sha256(listed.encode()).hexdigest()


def test_columns_are_published_in_the_order_of_the_classes():
    assert tuple(field.name for field in fields(audits.Line)) == LINE_COLUMNS
    assert tuple(f.name for f in fields(audits.Difference)) == DIFFERENCE_COLUMNS


class TestWhatCounts:
    def test_excluded_as_foreseen_is_left_out_and_shown_beside(self):
        rows = frame(
            [
                {"brand": "a", "answered_at": audit_example.FEBRUARY + HOUR},
                {"brand": "b", "excluded": "wrong-account"},
                {"brand": "b"},
            ]
        )
        whole, beside = figures(rows)[:2]
        assert (whole.sent, whole.excluded, whole.messages) == (3, 1, 2)
        assert beside.level == "with-excluded"
        assert (beside.excluded, beside.messages, beside.answered) == (0, 3, 1)

    def test_excluded_for_another_reason_counts(self):
        rows = frame([{"brand": "a", "excluded": UNFORESEEN}])
        (whole, *rest) = figures(rows)
        assert (whole.excluded, whole.messages) == (0, 1)
        assert "with-excluded" not in {line.level for line in rest}

    @pytest.mark.parametrize(("watched", "young"), [(0, 0), (-1, 1)])
    def test_watched_for_a_whole_horizon_or_left_out(self, watched, young):
        end = audit_example.FEBRUARY + 72 * HOUR
        row = {"brand": "a", "watched_until": end + watched,
               "answered_at": audit_example.FEBRUARY + 1}  # fmt: skip
        whole = figures(frame([row]))[0]
        assert (whole.young, whole.messages, whole.answered) == (
            young, 1 - young, 1 - young,
        )  # fmt: skip

    @pytest.mark.parametrize(("late", "answered"), [(0, 1), (1, 0)])
    def test_an_answer_after_the_horizon_does_not_count(self, late, answered):
        at = audit_example.FEBRUARY + 72 * HOUR + late
        whole = figures(frame([{"brand": "a", "answered_at": at}]))[0]
        assert (whole.messages, whole.answered) == (1, answered)

    def test_a_machine_is_no_answer(self):
        at = audit_example.FEBRUARY
        rows = frame(
            [
                {"brand": "a", "automatic_at": at + 60},
                {"brand": "b", "automatic_at": at + 60, "answered_at": at + HOUR},
                {"brand": "c", "automatic_at": at + 73 * HOUR},
            ]
        )
        whole = figures(rows)[0]
        assert (whole.answered, whole.automatic) == (1, 1)

    def test_more_than_planned_is_counted_and_the_planned_stand_beside(self):
        rows = frame([{"brand": f"b{n % 3}"} for n in range(30)])
        lines = figures(rows)
        assert lines[0].messages == 30
        assert (lines[1].level, lines[1].messages) == ("as-planned", 26)

    def test_an_arm_without_messages_has_a_line_and_no_share(self):
        lines = figures(frame([{"brand": "a"}]))
        arms = [line for line in lines if line.level == "arm"]
        assert [line.messages for line in arms] == [0, 1, 0, 0]
        assert arms[0].share is arms[0].brand_share is arms[0].n_eff is None
        assert audits.differences(arms) == []

    def test_a_brand_whose_messages_are_all_left_out(self):
        rows = frame([{"brand": "a", "excluded": "wrong-account"}, {"brand": "b"}])
        lines = figures(rows)
        a = next(line for line in lines if line.name == "a")
        assert (a.sent, a.messages, a.share, a.brands) == (1, 0, None, 0)
        assert lines[0].brands == 1

    def test_nothing_that_counts(self):
        lines = figures(frame([{"brand": "a", "excluded": "wrong-account"}]))
        assert (lines[0].share, lines[0].n_eff, lines[0].brands) == (None, None, 0)


def brands_of(data: st.DataObject) -> tuple[audits.Ints, audits.Ints]:
    n = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=30))
    hits = [data.draw(st.integers(0, each)) for each in n]
    return np.array(n), np.array(hits)


class TestEffectiveSize:
    def test_no_message_has_none(self):
        assert audits.effective_size(np.array([], int), np.array([], int)) is None

    def test_one_brand_is_one(self):
        assert audits.effective_size(np.array([9]), np.array([4])) == 1

    @pytest.mark.parametrize("answered", [0, 1])
    def test_all_alike_is_taken_for_habit(self, answered):
        n = np.array([4, 4, 2])
        assert audits.effective_size(n, n * answered) == pytest.approx(100 / 36)

    @given(st.integers(2, 40), st.data())
    def test_a_message_to_each_brand_is_worth_itself(self, brands, data):
        hits = np.array(data.draw(st.lists(st.integers(0, 1), min_size=brands,
                                           max_size=brands)))  # fmt: skip
        size = audits.effective_size(np.ones(brands, int), hits)
        assert size == pytest.approx(brands)

    def test_the_formula_by_hand(self):
        n, hits = np.array([2, 1, 1, 1, 1]), np.array([2, 1, 0, 0, 0])
        # p = 3/6; without each brand in turn it moves by:
        moves = [(0.5 - 1 / 4), (2 / 5 - 0.5), *[(3 / 5 - 0.5)] * 3]
        design = 4 / 5 * sum(move**2 for move in moves) / (0.25 / 5)
        few = (t.ppf(0.975, 5) / t.ppf(0.975, 4)) ** 2
        assert audits.effective_size(n, hits) == pytest.approx(6 / design * few)

    @given(st.data())
    def test_it_is_between_one_and_all_in_any_order(self, data):
        n, hits = brands_of(data)
        size = audits.effective_size(n, hits)
        assert size is not None
        assert 1 <= size <= n.sum()
        turned = audits.effective_size(n[::-1], hits[::-1])
        assert turned == pytest.approx(size)
        missed = audits.effective_size(n, n - hits)
        assert missed == pytest.approx(size)


SIZES = {
    "18 brands, one or two": [2] * 8 + [1] * 10,
    "18 brands, one": [1] * 18,
    "18 brands, four": [4] * 18,
    "40 brands, one to six": [1 + n % 6 for n in range(40)],
    "60 brands, five": [5] * 60,
}


def holding(sizes: list[int], truth: float, habit: float) -> tuple[float, float]:
    """How often the interval for messages holds the truth in simulated audits, and how
    often one would that took messages for independent. ``habit``: the correlation of
    two messages to one brand, 0 to 1."""
    worlds, n = 150, np.array(sizes)
    random = np.random.default_rng(11)
    held = plain = 0
    for _ in range(worlds):
        if habit in (0, 1):
            own = random.random(len(n)) < truth if habit else np.full(len(n), truth)
        else:
            strength = 1 / habit - 1
            own = random.beta(truth * strength, (1 - truth) * strength, len(n))
        hits = random.binomial(n, own)
        size = audits.effective_size(n, hits)
        ours = audits.interval(int(hits.sum()), int(n.sum()), size)
        naive = audits.interval(int(hits.sum()), int(n.sum()), float(n.sum()))
        assert ours is not None
        assert naive is not None
        held += ours.low <= truth <= ours.high
        plain += naive.low <= truth <= naive.high
    return held / worlds, plain / worlds


def test_intervals_hold_the_truth_when_brands_answer_by_habit():
    """Ours nearly always; plain ones not where a brand got several messages."""
    found = {
        (name, truth, habit): holding(sizes, truth, habit)
        for name, sizes in SIZES.items()
        for truth in (0.05, 0.15, 0.4)
        for habit in (0, 0.3, 0.8, 1)
    }
    ours, plain = (np.array([pair[i] for pair in found.values()]) for i in (0, 1))
    assert ours.min() >= 0.86  # 150 worlds: two points of 100 are chance
    assert ours.mean() >= 0.94
    assert plain.min() < 0.75


class TestIntervals:
    @given(st.integers(1, 200), st.data())
    def test_wilson_as_scipy_has_it(self, n, data):
        hits = data.draw(st.integers(0, n))
        found = audits.interval(hits, n, n)
        theirs = binomtest(hits, n).proportion_ci(0.95, method="wilson")
        assert found is not None
        assert found.low == pytest.approx(theirs.low, abs=1e-9)
        assert found.high == pytest.approx(theirs.high, abs=1e-9)

    def test_of_nothing_there_is_none(self):
        assert audits.interval(0, 0, 5) is None
        assert audits.interval(0, 3, None) is None

    @pytest.mark.parametrize(
        ("one", "other", "low", "high"),
        [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ],
    )
    def test_newcombe_as_he_printed_it(self, one, other, low, high):
        """Statistics in Medicine 17 (1998), table II, method 10."""
        first, second = (audits.interval(*each, each[1]) for each in (one, other))
        assert first is not None
        assert second is not None
        found = audits.newcombe(first, second)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)

    @given(st.data())
    def test_a_difference_turned_round_is_its_negative(self, data):
        pair = []
        for _ in range(2):
            n = data.draw(st.integers(1, 60))
            pair.append(audits.interval(data.draw(st.integers(0, n)), n, n))
        assert pair[0] is not None
        assert pair[1] is not None
        there, back = audits.newcombe(*pair), audits.newcombe(*pair[::-1])
        assert there.low == pytest.approx(-back.high)
        assert -1 <= there.low <= there.share <= there.high <= 1

    def test_a_difference_that_holds_for_all_pairs_is_sure(self):
        at = audit_example.FEBRUARY
        rows = frame(
            [
                {"brand": f"b{n}", "arm": arm, "sent_at": at,
                 "answered_at": at + 5 if arm == "complaint" else None}
                for n in range(30)
                for arm in ("complaint", "question")
            ]
        )  # fmt: skip
        protocol = replace(PROTOCOL, arms=(Arm.COMPLAINT, Arm.QUESTION))
        arms = [line for line in figures(rows, protocol) if line.level == "arm"]
        (pair,) = audits.differences(arms)
        assert pair.sure
        assert pair.difference == 1
        (turned,) = audits.differences(arms[::-1])
        assert turned.sure
        assert turned.difference == -1


times = st.integers(0, 5 * DAY)
messages = st.lists(
    st.fixed_dictionaries(
        {
            "brand": st.sampled_from("abcdefg"),
            "arm": st.sampled_from(list(map(str, Arm))),
            "sent_at": times.map(lambda at: audit_example.FEBRUARY + at),
            "wait": st.none() | times,
            "machine": st.none() | times,
            "watched": times,
            "excluded": st.sampled_from(["", "", "", "wrong-account", UNFORESEEN]),
        }
    ),
    min_size=1,
    max_size=40,
)


def drawn(rows: list[dict[str, int | str | None]]) -> pl.DataFrame:
    made = pl.DataFrame(rows, infer_schema_length=None, schema_overrides={
        "wait": pl.Int64(), "machine": pl.Int64()}).with_row_index("key")  # fmt: skip
    return frame(
        made.with_columns(
            answered_at=pl.col("sent_at") + pl.col("wait"),
            automatic_at=pl.col("sent_at") + pl.col("machine"),
            watched_until=pl.col("sent_at") + pl.col("watched"),
        )
        .drop("wait", "machine", "watched")
        .to_dicts()
    )


@settings(max_examples=40)
@given(messages)
def test_any_audit_adds_up(rows):
    lines = figures(drawn(rows))
    whole = lines[0]
    for level in ("arm", "brand"):
        parts = [line for line in lines if line.level == level]
        for name in ("sent", "excluded", "young", "messages", "answered", "automatic"):
            assert sum(getattr(p, name) for p in parts) == getattr(whole, name), name
    brands = [line for line in lines if line.level == "brand"]
    assert sum(line.brands for line in brands) == whole.brands
    assert sum(line.brands_answered for line in brands) == whole.brands_answered
    for line in lines:
        assert line.sent == line.excluded + line.young + line.messages
        assert line.answered + line.automatic <= line.messages
        assert (line.share is None) == (line.messages == 0)
        if line.share is not None:
            assert 0 <= line.share_low <= line.share <= line.share_high <= 1
            assert 1 <= line.n_eff <= line.messages
        assert (line.median_wait_s is None) == (line.answered == 0)


@settings(max_examples=40)
@given(messages)
def test_whether_a_message_counts_never_depends_on_its_answer(rows):
    silent = [row | {"wait": None, "machine": None} for row in rows]
    here, there = (figures(drawn(each)) for each in (rows, silent))
    for name in ("level", "name", "sent", "excluded", "young", "messages", "brands"):
        assert [getattr(a, name) for a in here] == [getattr(b, name) for b in there]


@settings(max_examples=40)
@given(messages)
def test_any_outcome_is_the_same_again(rows):
    of = drawn(rows)
    made = audits.outcome(PROTOCOL, of)
    assert made == audits.outcome(PROTOCOL, of.reverse())
    assert made.messages.count("\n") == of.height + 1


FACTS = Facts(
    sent=26,
    brands=18,
    first_sent_at=audit_example.FEBRUARY,
    last_sent_at=audit_example.FEBRUARY + 9 * DAY,
    missing=(),
    excluded=0,
    excluded_answered=0,
    unforeseen=0,
    young=0,
)


class TestFlags:
    def test_none_when_all_went_as_it_was_said(self):
        planned = replace(PROTOCOL, planned_brands=18)
        assert flags(planned, FACTS) == []
        assert flags(PROTOCOL, FACTS) == []

    @pytest.mark.parametrize(
        ("protocol", "facts", "said"),
        [
            (
                {"registered_at": audit_example.FEBRUARY + 1},
                {},
                "registered on 2026-02-01, after the first message was sent"
                " (2026-02-01). Whoever wrote it could know the first answers.",
            ),
            (
                {"registered_at": audit_example.FEBRUARY + 10 * DAY},
                {},
                "after the last message was sent (2026-02-10). Nothing was stated",
            ),
            ({}, {"sent": 27}, "27 messages were sent where 26 were planned."),
            (
                {"planned_messages": 1},
                {"sent": 0},
                "1 message was planned and 0 are here.",
            ),
            ({}, {"sent": 20}, "26 messages were planned and 20 are here."),
            ({"planned_brands": 1}, {}, "1 brand was planned and 18 were written to."),
            (
                {"planned_brands": 20},
                {"brands": 1},
                "20 brands were planned and 1 was written to.",
            ),
            (
                {},
                {"missing": ("question", "mention")},
                "No message is here of: question, mention.",
            ),
            (
                {},
                {"excluded": 3, "excluded_answered": 1},
                "3 messages were excluded for reasons that the protocol states; 1 of",
            ),
            ({}, {"unforeseen": 1}, "1 message was to be excluded for a reason that"),
            (
                {},
                {"young": 4},
                "4 messages were watched for less than 72 hours and left out",
            ),
        ],
    )
    def test_each_is_a_sentence(self, protocol, facts, said):
        (found,) = flags(replace(PROTOCOL, **protocol), replace(FACTS, **facts))
        assert said in found
