"""Looks: all or nothing, once, and in whatever order messages arrive."""

import random
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures_store import JANUARY, inquiries, table
from model import DAY, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.frames import PUBLISHED, conform
from model.looks import DELETED, RESPONDED, Look, Seen
from model.words import Step
from store import StaleLook, Store

REGISTRY = Registry(
    industries=(IndustryEntry(slug="banks", name="Banks", nace="K"),),
    brands=(
        BrandEntry(slug="acme", name="Acme", industry="banks"),
        BrandEntry(slug="other", name="Other", industry="banks"),
    ),
    accounts=(
        AccountEntry(brand="acme", channel="bluesky", account="acme"),
        AccountEntry(brand="other", channel="bluesky", account="other"),
        AccountEntry(brand="acme", channel="mastodon", account="acme"),
    ),
)

ANSWERS = "account_id, key, asked_at, answered_at, automatic_at, substantive_at, step"
TABLES = {
    "inquiry": f"{ANSWERS}, deleted_at, message, url, author",
    "response": "account_id, message, key, to_message, responded_at, step, deleted_at",
    "publication": "account_id, day, posts, replies",
    "coverage": "account_id, day, seconds",
    "account": "account, external_id, resolved_at, problem, watched_until",
    "cursor": "channel, name, value",
}


@pytest.fixture
def watched(store: Store) -> Store:
    """A store that knows three accounts."""
    store.put_registry(REGISTRY)
    return store


def asked(key: int, at: int, **more: Any) -> dict[str, Any]:
    return {"channel": "bluesky", "key": key, "asked_at": at, "message": -key} | more


def responded(message: int, at: int, **more: Any) -> dict[str, Any]:
    usual = {"account": "acme", "step": Step.UNJUDGED}
    return usual | {"message": message, "responded_at": at} | more


def a_look(
    number: int = 1,
    *,
    asks: tuple[dict[str, Any], ...] = (),
    answers: tuple[dict[str, Any], ...] = (),
    deletes: tuple[tuple[int, int], ...] = (),
    **changes: Any,
) -> Look:
    """The ``number``-th look: its cursor goes from the one before to this one."""
    values: dict[str, Any] = {
        "channel": "bluesky",
        "cursors_before": {"stream": str(number - 1)} if number > 1 else {},
        "cursors": {"stream": str(number)},
        "started_at": JANUARY + number,
        "finished_at": JANUARY + number,
    }
    if asks:
        values["inquiries"] = inquiries(*asks)
    if answers:
        frame = pl.DataFrame(list(answers), infer_schema_length=None)
        values["responses"] = conform(frame, RESPONDED)
    if deletes:
        values["deletions"] = pl.DataFrame(list(deletes), DELETED, orient="row")
    return Look(**values | changes)


def a_run(**changes: Any) -> Run:
    values = {"what": "look", "channel": "bluesky", "started_at": 1, "finished_at": 2}
    return Run(**values | {"outcome": "ok"} | changes)


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {name: table(store, name, columns) for name, columns in TABLES.items()}


def test_an_answer_is_the_first_that_stands(watched: Store) -> None:
    watched.apply(
        a_look(
            1,
            asks=(asked(1, 100), asked(2, 100)),
            answers=(
                responded(11, 90, key=1),  # before it was asked
                responded(12, 300, key=1),
                responded(13, 200, key=1, step=Step.SUBSTANTIVE),
                responded(14, 150, key=1, step=Step.AUTOMATIC),
                responded(15, 50, key=9),
            ),
        ),
        a_run(),
    )
    rows = table(watched, "inquiry", ANSWERS)
    assert rows[0][1:] == (1, 100, 200, 150, 200, Step.SUBSTANTIVE)
    assert rows[1][1:] == (2, 100, None, None, None, Step.NONE)


def test_a_response_may_come_before_its_inquiry(watched: Store) -> None:
    watched.apply(a_look(1, answers=(responded(11, 200, key=1),)), a_run())
    assert table(watched, "inquiry") == []
    watched.apply(a_look(2, asks=(asked(1, 100),)), a_run())
    assert table(watched, "inquiry", "answered_at, step") == [(200, Step.UNJUDGED)]


def test_a_quote_answers_the_inquiry_whose_message_it_quotes(watched: Store) -> None:
    quotes = (
        responded(11, 200, to_message=-1),
        responded(12, 200, to_message=-2),
        responded(13, 150, to_message=-1, account="other"),
    )
    watched.apply(a_look(1, asks=(asked(1, 100),), answers=quotes), a_run())
    watched.apply(a_look(2, asks=(asked(2, 100),)), a_run())
    assert table(watched, "inquiry", "key, answered_at") == [(1, 200), (2, 200)]
    assert (13, None) in table(watched, "response", "message, key")


def test_what_is_deleted_no_longer_answers(watched: Store) -> None:
    answers = (responded(11, 200, key=1), responded(12, 300, key=1))
    watched.apply(a_look(1, asks=(asked(1, 100),), answers=answers), a_run())
    watched.apply(a_look(2, deletes=((11, 400), (11, 350), (77, 1))), a_run())
    assert table(watched, "inquiry", "answered_at") == [(300,)]
    watched.apply(a_look(3, deletes=((12, 500), (-1, 600))), a_run())
    row = table(watched, "inquiry", "answered_at, step, deleted_at")
    assert row == [(None, Step.NONE, 600)]
    watched.apply(a_look(4, deletes=((-1, 550), (11, 900))), a_run())
    assert table(watched, "inquiry", "deleted_at") == [(550,)]
    assert (11, 350) in table(watched, "response", "message, deleted_at")


def test_a_deletion_reaches_only_its_own_channel(watched: Store) -> None:
    elsewhere = asked(1, 100, channel="mastodon")
    first = a_look(1, asks=(elsewhere,), channel="mastodon")
    watched.apply(first, a_run(channel="mastodon"))
    watched.apply(a_look(1, deletes=((-1, 600),)), a_run())
    assert table(watched, "inquiry", "deleted_at") == [(None,)]


def test_an_answer_given_by_a_file_stays_where_no_response_is_known(
    watched: Store,
) -> None:
    watched.apply(a_look(1, asks=(asked(1, 100, answered_at=150, step=5),)), a_run())
    watched.apply(a_look(2, asks=(asked(1, 100),)), a_run())
    assert table(watched, "inquiry", "answered_at, step") == [(150, 5)]


def test_seconds_seen_are_cut_at_midnight_and_never_exceed_a_day(
    watched: Store,
) -> None:
    day = JANUARY // DAY
    seen = (
        Seen("acme", JANUARY + DAY - 100, JANUARY + 2 * DAY + 50),
        Seen("acme", JANUARY + 5 * DAY, JANUARY + 5 * DAY),  # not even a second
        Seen("other", JANUARY, JANUARY + 10),
    )
    watched.apply(a_look(1, seen=seen), a_run())
    rows = table(watched, "coverage", "day, seconds")
    assert rows == [(day, 10), (day, 100), (day + 1, DAY), (day + 2, 50)]
    again = (Seen("acme", JANUARY + 2 * DAY + 50, JANUARY + 3 * DAY + 1),)
    watched.apply(
        a_look(2, seen=(*again, Seen("acme", JANUARY, JANUARY + DAY))), a_run()
    )
    rows = table(watched, "coverage", "day, seconds")
    assert rows == [(day, 10), *((day + n, DAY) for n in range(3)), (day + 3, 1)]
    watch = table(watched, "account", "channel, account, watched_from, watched_until")
    assert watch == [
        ("bluesky", "acme", JANUARY, JANUARY + 5 * DAY),
        ("bluesky", "other", JANUARY, JANUARY + 10),
        ("mastodon", "acme", None, None),
    ]


def test_posts_of_a_stream_add_up(watched: Store) -> None:
    row = {"channel": "bluesky", "account": "acme", "day": 20_454}
    for number in (1, 2):
        frame = pl.DataFrame([row | {"posts": 1, "replies": n} for n in (0, number)])
        published = conform(frame, PUBLISHED)
        watched.apply(a_look(number, published=published), a_run())
    assert table(watched, "publication", "day, posts, replies") == [(20_454, 4, 3)]


def test_what_the_channel_says_of_accounts_is_kept(watched: Store) -> None:
    first = a_look(1, resolved={"acme": "did:1"}, unresolved={"other": "no such name"})
    watched.apply(first, a_run())
    watched.apply(a_look(2, unresolved={"acme": "gone"}), a_run())
    columns = "channel, account, external_id, resolved_at, problem"
    assert table(watched, "account", columns) == [
        ("bluesky", "acme", "did:1", JANUARY + 1, "gone"),
        ("bluesky", "other", "", None, "no such name"),
        ("mastodon", "acme", "", None, ""),
    ]


def test_a_look_is_applied_once(watched: Store) -> None:
    row = {
        "channel": "bluesky",
        "account": "acme",
        "day": 20_454,
        "posts": 1,
        "replies": 1,
    }
    look = a_look(
        1,
        asks=(asked(1, 100),),
        answers=(responded(11, 200, key=1),),
        published=conform(pl.DataFrame([row]), PUBLISHED),
        seen=(Seen("acme", JANUARY, JANUARY + 9),),
        resolved={"acme": "did:1"},
    )
    watched.apply(look, a_run())
    before = everything(watched)
    with pytest.raises(StaleLook, match="look again"):
        watched.apply(look, a_run())
    with pytest.raises(StaleLook):
        watched.apply(replace(look, cursors_before={"stream": "7"}), a_run())
    assert everything(watched) == before
    assert len(watched.runs()) == 1
    assert watched.cursors("bluesky") == {"stream": "1"}
    assert watched.cursors("mastodon") == {}


def test_a_look_that_breaks_off_leaves_nothing(
    watched: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    before = everything(watched)
    look = a_look(1, asks=(asked(1, 100),), answers=(responded(11, 200, key=1),))
    with monkeypatch.context() as patch:
        patch.setattr("store.looking._move_cursors", broken)
        with pytest.raises(KeyboardInterrupt):
            watched.apply(look, a_run())
    assert everything(watched) == before
    assert watched.runs() == []
    watched.apply(look, a_run())
    assert len(watched.runs()) == 1


def test_a_look_at_an_account_nobody_registered_is_refused(watched: Store) -> None:
    with pytest.raises(ValueError, match="'nobody', which is no account on bluesky"):
        watched.apply(a_look(1, asks=(asked(1, 1, account="nobody"),)), a_run())
    with pytest.raises(ValueError, match="'who'"):
        watched.apply(a_look(1, seen=(Seen("who", 1, 2),)), a_run())
    assert watched.cursors("bluesky") == {}


def test_an_empty_look_is_still_a_run(watched: Store) -> None:
    watched.apply(a_look(1), a_run(outcome="incomplete", problem="the stream ended"))
    (run,) = watched.runs("bluesky")
    assert (run.outcome, run.problem) == ("incomplete", "the stream ended")


Event = tuple[str, dict[str, Any]]


def a_stream(seed: int) -> list[Event]:
    """What a small place says, in the order in which it was said."""
    chance = random.Random(seed)
    events: list[tuple[int, Event]] = []
    for key in range(1, 5):
        account = chance.choice(["acme", "other"])
        at = chance.randint(100, 200)
        for follow_up in range(chance.randint(1, 2)):
            message = -10 * key - follow_up
            row = asked(key, at + follow_up, message=message, account=account)
            events.append((at + follow_up, ("ask", row)))
        for number in range(chance.randint(0, 3)):
            when = at + chance.randint(0, 100)
            target: dict[str, Any] = {"key": key}
            if chance.random() < 0.3:
                target = {"to_message": -10 * key}
            step = chance.choice([Step.AUTOMATIC, Step.UNJUDGED, Step.SUBSTANTIVE])
            message = 100 * key + number
            row = responded(message, when, account=account, step=step, **target)
            events.append((when, ("answer", row)))
            if chance.random() < 0.4:
                gone = when + chance.randint(1, 50)
                events.append((gone, ("delete", {"m": message, "at": gone})))
        if chance.random() < 0.3:
            gone = at + chance.randint(2, 50)
            events.append((gone, ("delete", {"m": -10 * key, "at": gone})))
    events.sort(key=lambda each: each[0])
    return [event for _, event in events]


def look_at(store: Store, number: int, events: list[Event]) -> None:
    store.apply(
        a_look(
            number,
            asks=tuple(row for what, row in events if what == "ask"),
            answers=tuple(row for what, row in events if what == "answer"),
            deletes=tuple(
                (row["m"], row["at"]) for what, row in events if what == "delete"
            ),
        ),
        a_run(),
    )


def fresh(folder: Any) -> Store:
    store = Store(f"sqlite:///{folder}/answerable.db")
    store.migrate()
    store.put_registry(REGISTRY)
    return store


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 30), max_size=4))
def test_where_one_look_ends_and_the_next_begins_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, seed: int, cuts: list[int]
) -> None:
    events = a_stream(seed)
    whole = fresh(tmp_path_factory.mktemp("whole"))
    look_at(whole, 1, events)
    parts = fresh(tmp_path_factory.mktemp("parts"))
    ends = sorted({0, len(events), *(cut for cut in cuts if cut < len(events))})
    for number, (start, end) in enumerate(zip(ends, ends[1:], strict=False), 1):
        # What was seen at the end of one look may be seen again in the next.
        look_at(parts, number, events[max(start - 1, 0) : end])
    for name in ("inquiry", "response"):
        assert table(parts, name, TABLES[name]) == table(whole, name, TABLES[name])


@pytest.mark.parametrize("seed", range(4))
def test_both_databases_agree_with_the_plain_reading_of_a_stream(
    watched: Store, seed: int
) -> None:
    """The same thing worked out one message at a time."""
    events = a_stream(seed)
    for number, event in enumerate(events, 1):
        look_at(watched, number, [event])
    gone: dict[int, int] = {}
    for what, row in events:
        if what == "delete":
            gone[row["m"]] = min(row["at"], gone.get(row["m"], row["at"]))
    expected = []
    for key in sorted({row["key"] for what, row in events if what == "ask"}):
        at = min(
            r["asked_at"] for what, r in events if what == "ask" and r["key"] == key
        )
        answers = [
            row
            for what, row in events
            if what == "answer"
            and (row.get("key") == key or row.get("to_message") == -10 * key)
            and row["message"] not in gone
            and row["responded_at"] >= at
        ]
        human = [r["responded_at"] for r in answers if r["step"] != Step.AUTOMATIC]
        machine = [r["responded_at"] for r in answers if r["step"] == Step.AUTOMATIC]
        expected.append(
            (
                key,
                at,
                min(human, default=None),
                min(machine, default=None),
                gone.get(-10 * key),
            )
        )
    columns = "key, asked_at, answered_at, automatic_at, deleted_at"
    assert table(watched, "inquiry", columns) == expected


def watch(number: int, *spans: tuple[int, int], asks: tuple[int, ...] = ()) -> Look:
    """A look that saw an account for these stretches, and inquiries of these times."""
    seen = tuple(Seen("acme", *span) for span in spans)
    each = tuple(asked(1_000 * number + at, at) for at in asks)
    return a_look(number, seen=seen, asks=each)


def known_until(store: Store) -> dict[int, int | None]:
    return dict(table(store, "inquiry", "asked_at, watched_until"))


def test_what_a_gap_of_ours_cut_short_is_known_up_to_it(watched: Store) -> None:
    """Answers that came meanwhile may never be learnt: that is no silence of theirs."""
    watched.apply(watch(1, (0, 500), asks=(300, 420, 480)), a_run(), None, 100)
    assert set(known_until(watched).values()) == {None}
    watched.apply(watch(2, (600, 900), asks=(550, 600, 700)), a_run(), None, 100)
    cut = {300: None, 420: 500, 480: 500, 550: 500, 600: None, 700: None}
    assert known_until(watched) == cut
    watched.apply(watch(3, (900, 2_000), asks=(950,)), a_run(), None, 100)
    assert known_until(watched) == cut | {950: None}


def test_a_hole_within_a_look_is_a_gap_too(watched: Store) -> None:
    look = watch(1, (700, 900), (0, 500), (400, 600), asks=(450, 550, 650, 750))
    watched.apply(look, a_run(), None, 100)
    assert known_until(watched) == {450: None, 550: 600, 650: 600, 750: None}


def test_a_gap_cuts_the_answered_as_it_cuts_the_others(watched: Store) -> None:
    look = watch(1, (0, 500), asks=(450, 460))
    answers = pl.DataFrame([responded(11, 470, key=1_450)], infer_schema_length=None)
    look = replace(look, responses=conform(answers, RESPONDED))
    watched.apply(look, a_run(), None, 100)
    watched.apply(watch(2, (600, 900)), a_run(), None, 100)
    assert known_until(watched) == {450: 500, 460: 500}


def test_a_second_gap_does_not_give_back_what_the_first_took(watched: Store) -> None:
    watched.apply(watch(1, (0, 500), asks=(450,)), a_run(), None, 1_000)
    watched.apply(watch(2, (600, 700)), a_run(), None, 1_000)
    watched.apply(watch(3, (800, 900)), a_run(), None, 1_000)
    assert known_until(watched) == {450: 500}


def test_gaps_of_others_and_looks_without_a_horizon_change_nothing(
    watched: Store,
) -> None:
    watched.apply(watch(1, (0, 500), asks=(450,)), a_run(), None, 100)
    other = a_look(2, seen=(Seen("other", 0, 10), Seen("other", 600, 700)))
    watched.apply(other, a_run(), None, 100)
    watched.apply(watch(3, (600, 700)), a_run())
    assert known_until(watched) == {450: None}
