"""A tally that moves on equals one made anew, in every cell."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring_world as world
from model.words import DAY, Count, Cut, Level
from scoring import rolling
from scoring.book import Period, book
from scoring.freeze import frozen
from scoring.rolling import LEVELS, NOTHING, Rolling, Unfit, by_day, gathered
from scoring.tally import Tally, chosen, sliced, tally

FIRST = world.START - 3
ROOM = world.DAYS + 10
NAMES, NUMBERS = book(world.directory(world.ACCOUNTS))


def edition(found, period):
    """The frozen rows of a period, and who wrote each."""
    inside = [
        each
        for each in found
        if period.start <= each["asked_at"] < period.day_to * DAY
        and each["asked_at"] <= period.as_of
    ]
    rows = world.rows(inside, world.ACCOUNTS)
    kept = frozen(rows, NAMES, NUMBERS, period)
    return kept, rows["author"].to_numpy()[kept["inquiry"]]


def days(found, period):
    kept, author = edition(found, period)
    found = by_day(kept, author, NAMES, period.start)
    return {day: gathered([rows], NAMES) for day, rows in found.items()}


def changed(old, new):
    """The days that are another; any that is not would do no harm."""
    return {
        day: new.get(day, NOTHING)
        for day in old.keys() | new.keys()
        if not same(old.get(day, NOTHING), new.get(day, NOTHING))
    }


def same(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in rolling.COLUMNS
    )


def full(found, period, cut, level):
    """The tally made anew, of the entities that a rolling one has."""
    kept, _ = edition(found, period)
    part = sliced(kept, NAMES)
    entity = NAMES.entity(level)
    if level is not Level.ACCOUNT:
        crowd = np.bincount(entity + 1)[1:]
        entity = np.where(
            (entity >= 0) & (crowd[np.maximum(entity, 0)] > 1), entity, -1
        )
    return tally(part, chosen(part, NAMES, cut, Count.PEOPLE), NAMES, entity), part


def told(found: Tally):
    """Everything a tally says; who the people of an entity are has no order."""
    plain = ("entity", "only", "n", "authors", "classes", "lost")
    waits = ("median", "p90", "waits")
    out = {name: getattr(found, name).tolist() for name in plain + waits}
    for name in ("days", "weeks", "people"):
        clumps = getattr(found, name)
        pairs = zip(clumps.entity.tolist(), clumps.classes.tolist(), strict=True)
        out[name] = sorted(pairs) if name == "people" else list(pairs)
        out[f"{name} alone"] = clumps.alone.tolist()
    for name in ("entity", "answered", "of", "wait"):
        out[f"pooled {name}"] = getattr(found.pooled, name).tolist()
    return out


def check(state, found, period):
    for cut in Cut:
        for level in LEVELS:
            anew, part = full(found, period, cut, level)
            kept = state.tally(cut, level, period.day_from)
            assert told(kept.whole()) == told(anew)
    size = len(NAMES.accounts)
    assert state.messages.tolist() == np.bincount(part.account, minlength=size).tolist()
    assert state.census.sum() == len(part.account)


def moved(period, by):
    return Period(period.day_from + by, period.day_to + by, period.as_of + by * DAY)


SHORT = replace(world.PERIOD, day_to=world.START + 9, as_of=(world.START + 8) * DAY)


@st.composite
def stories(draw):
    """What was known at first, and what was another thing each day after it."""
    found = draw(world.inquiries(30))
    steps = []
    for _ in range(draw(st.integers(1, 3))):
        gone = draw(st.sets(st.integers(0, 29), max_size=3))
        late = draw(world.inquiries(4)) if draw(st.booleans()) else []
        kinds = draw(st.dictionaries(st.integers(0, 29), st.integers(0, 4), max_size=3))
        steps.append((draw(st.integers(0, 4)), gone, late, kinds))
    return found, steps


@settings(max_examples=30, deadline=None)
@given(stories())
def test_after_any_story_it_is_the_tally_made_anew(story):
    found, steps = story
    period = SHORT
    state = Rolling(NAMES, FIRST, ROOM)
    before = days(found, period)
    state.roll(before)
    check(state, found, period)
    for by, gone, late, kinds in steps:
        period = moved(period, by)
        found = [
            each | ({"kind": kinds[at]} if at in kinds else {})
            for at, each in enumerate(found)
            if at not in gone
        ] + late
        after = days(found, period)
        state.roll(changed(before, after))
        check(state, found, period)
        before = after


def a_day(count=3, account=7, **more):
    return [
        {"account": account, "author": n, "asked_at": world.START * DAY + n} | more
        for n in range(count)
    ]


LATER = replace(world.PERIOD, day_to=world.START + 9)
FAR_OFF = (world.START + 400) * DAY


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 2},
        {"answered_at": world.START * DAY + 90},
        {"deleted_at": world.START * DAY + 90},
        {"account": 3},
        {"found_by": 4},
        {"addressed": 2},
    ],
)
def test_one_message_that_is_another(change):
    found = a_day() + a_day(account=5)
    state = Rolling(NAMES, FIRST, ROOM)
    before = days(found, LATER)
    state.roll(before)
    found[1] = found[1] | change
    state.roll(changed(before, days(found, LATER)))
    check(state, found, LATER)


def test_who_wrote_on_other_days_is_one_person():
    found = a_day(2)
    state = Rolling(NAMES, FIRST, ROOM)
    before = days(found, LATER)
    state.roll(before)
    found += [each | {"asked_at": each["asked_at"] + 2 * DAY} for each in found]
    state.roll(changed(before, days(found, LATER)))
    check(state, found, LATER)
    assert state.tally(Cut.ALL, Level.ACCOUNT, LATER.day_from).authors.tolist() == [2]


def test_who_is_known_only_by_answers_stands_in_the_same_order():
    found = a_day(3, answered_at=world.START * DAY + 60, found_by=4)
    found += a_day(3, account=12)
    state = Rolling(NAMES, FIRST, ROOM)
    state.roll(days(found, LATER))
    check(state, found, LATER)
    assert state.tally(Cut.ALL, Level.ACCOUNT, LATER.day_from).only.tolist() == [
        True,
        False,
    ]


def again(messages, **more):
    """The same people two days later."""
    return [each | {"asked_at": each["asked_at"] + 2 * DAY} | more for each in messages]


def test_people_who_wrote_twice_stand_where_their_brand_does():
    """Of one all is known only by answers, of the next nothing is."""
    known = a_day(3, answered_at=world.START * DAY + 60, found_by=4)
    other = a_day(3, account=12)
    later = {"answered_at": (world.START + 2) * DAY + 60}
    found = known + again(known, **later) + other + again(other)
    state = Rolling(NAMES, FIRST, ROOM)
    before = days(found, LATER)
    state.roll(before)
    check(state, found, LATER)
    found += a_day(1, author=77)  # now something else is known of the first one too
    state.roll(changed(before, days(found, LATER)))
    check(state, found, LATER)


def test_of_many_that_do_not_count_only_visits_that_tell_are_looked_at():
    found = a_day(9, addressed=2) + a_day(2, author=55)
    state = Rolling(NAMES, FIRST, ROOM)
    state.roll(days(found, LATER))
    check(state, found, LATER)


def test_days_given_again_change_nothing():
    found = a_day()
    state = Rolling(NAMES, FIRST, ROOM)
    state.roll(days(found, LATER))
    state.roll(days(found, LATER))
    state.roll({})
    check(state, found, LATER)
    state.roll({world.START: NOTHING})
    assert state.days == {}
    check(state, [], LATER)


def test_a_day_there_is_no_room_for():
    state = Rolling(NAMES, world.START + 1, 5)
    for day in (world.START, world.START + 6):
        with pytest.raises(Unfit, match="no room|is room"):
            state.roll({day: NOTHING})


def test_one_person_on_every_day_there_is_room_for():
    room = rolling.MOST_DAYS
    early = replace(LATER, day_from=FIRST, day_to=FIRST + room, as_of=FAR_OFF)
    found = [
        a_day(1)[0] | {"asked_at": (FIRST + n) * DAY, "answered_at": answered}
        for n in range(room)
        for answered in [(FIRST + n) * DAY + 5]
    ]
    state = Rolling(NAMES, FIRST, room)
    before = days(found, early)
    state.roll(before)
    check(state, found, early)
    found[1:] = [each | {"answered_at": None} for each in found[1:]]
    state.roll(changed(before, days(found, early)))
    check(state, found, early)
    with pytest.raises(Unfit, match="days"):
        Rolling(NAMES, FIRST, room + 1)


def test_many_days_that_come_and_go_keep_who_wrote_on_those_that_stay(monkeypatch):
    """People are put in order anew from time to time, and those who left forgotten."""
    monkeypatch.setattr("scoring.rolling.people.RUNS", 2)
    found = [
        a_day(2, author=author)[0] | {"asked_at": (world.START + day) * DAY}
        for day in range(8)
        for author in (day, day // 2, 99)
    ]
    state = Rolling(NAMES, FIRST, ROOM)
    before = {}
    for by in range(8):
        period = moved(SHORT, by)
        after = days(found, period)
        state.roll(changed(before, after))
        check(state, found, period)
        before = after


def test_rows_are_exchanged_some_at_a_time(monkeypatch):
    monkeypatch.setattr("scoring.rolling.moving.AT_ONCE", 4)
    found = [a_day(3)[0] | {"asked_at": (world.START + n) * DAY} for n in range(9)]
    state = Rolling(NAMES, FIRST, ROOM)
    state.roll(days(found, LATER))
    check(state, found, LATER)


def test_brands_that_have_one_account_each():
    accounts = [each for each in world.ACCOUNTS if each.id in (5, 12)]
    alone, numbers = book(world.directory(accounts))
    found = a_day(account=5) + a_day(2, account=12)
    rows = world.rows(found, accounts)
    kept = frozen(rows, alone, numbers, LATER)
    author = rows["author"].to_numpy()[kept["inquiry"]]
    state = Rolling(alone, FIRST, ROOM)
    state.roll(by_day(kept, author, alone, LATER.start))
    tally = state.tally(Cut.ALL, Level.ACCOUNT, LATER.day_from)
    assert tally.n.tolist() == [3, 2]
    assert not len(state.tally(Cut.ALL, Level.BRAND, LATER.day_from).whole().entity)


def test_more_accounts_than_there_are_numbers_for(monkeypatch):
    monkeypatch.setattr("scoring.rolling.held.LINES", 8)
    with pytest.raises(Unfit, match="entities"):
        Rolling(NAMES, FIRST, ROOM)
