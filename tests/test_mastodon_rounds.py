"""Mastodon, however rounds fall: what several of them learnt bit by bit is what one
learns that sees it all, and what is found does not hang on what was answered."""

import shutil
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fixtures_store import table
from mastodon_server import BRAND, DAY, TOKEN, mastodon
from model import FoundBy
from store import Store
from test_mastodon import HOUR, NOW, Rounds, home, rounds

__all__ = ["home", "rounds"]

START = NOW - 3 * DAY
PEOPLE = ("eve@people.example", "bob@people.example")
OPENING = "asked_at, answered_at, found_by, addressed"
TABLES = {
    "inquiry": "account_id, key, author, asked_at, answered_at, automatic_at,"
    " substantive_at, step, kind, found_by, addressed, watched_until, deleted_at,"
    " message, language, url",
    "response": "account_id, message, key, to_message, responded_at, step, deleted_at,"
    " reads, fingerprint, personal",
    "publication": "account_id, day, posts, replies",
    "coverage": "account_id, day, seconds",
    "account": "account, external_id, watched_from, watched_until, problem",
}


def test_a_message_that_a_later_answer_shows_is_earlier(home, rounds):
    """Both are known by their answers: the first of them opened the conversation."""
    post = home.says("dan@people.example", NOW - 2 * DAY, "My journey")
    first = home.says(PEOPLE[0], NOW - 5 * HOUR, "Why?", to=post, names=["acme"])
    more = home.says(PEOPLE[0], NOW - 4 * HOUR, "And how?", to=post, names=["acme"])
    home.says("acme", NOW - 3 * HOUR, "So", to=more)
    rounds.look(NOW)
    assert table(rounds.store, "inquiry", OPENING) == [
        (NOW - 4 * HOUR, NOW - 3 * HOUR, FoundBy.REPLY, 1)
    ]
    home.says("acme", NOW + HOUR, "Because", to=first)
    rounds.look(NOW + 2 * HOUR)
    assert table(rounds.store, "inquiry", OPENING) == [
        (NOW - 5 * HOUR, NOW - 3 * HOUR, FoundBy.REPLY, 1)
    ]


def test_what_is_found_later_below_a_post_opens_what_an_answer_showed(home, rounds):
    """The same whether or not the brand answered somewhere else in the thread."""
    post = home.says("dan@people.example", NOW - 2 * DAY, "My journey")
    ask = home.says(PEOPLE[0], NOW - 5 * HOUR, "Why?", to=post, names=["acme"])
    home.says("acme", NOW - 4 * HOUR, "Because", to=ask)
    own = home.says("acme", NOW - 3 * HOUR, "We are there", to=post)
    rounds.look(NOW)
    dans = (NOW - 2 * DAY, NOW - 3 * HOUR, FoundBy.REPLY, 1)
    assert table(rounds.store, "inquiry", OPENING) == [
        dans,
        (NOW - 5 * HOUR, NOW - 4 * HOUR, FoundBy.REPLY, 1),
    ]
    home.says(PEOPLE[0], NOW + HOUR, "And my bag?", to=own)
    for later in (2, 3):
        rounds.look(NOW + later * HOUR)
        assert table(rounds.store, "inquiry", OPENING) == [
            dans,
            (NOW + HOUR, None, FoundBy.THREAD, 1),
        ]


class Said(NamedTuple):
    """One message: after how many seconds, by whom, and below which of those before,
    counted back; 0: below none."""

    gap: int
    who: int  # 0 the brand
    to: int
    names: bool
    tagged: bool


SAID = st.lists(
    st.builds(
        Said,
        st.integers(1, 6_000),
        st.integers(0, len(PEOPLE)),
        st.integers(0, 4),
        st.booleans(),
        st.sampled_from([False, False, False, True]),
    ),
    min_size=2,
    max_size=14,
)


class World:
    """People and a brand who talk, on a server that shows what was said by now."""

    def __init__(self, made, said):
        made.left = 1_000_000
        self.made, self.waiting, self.numbers = made, [], []
        at = START + HOUR
        for one in said:
            at += one.gap
            self.waiting.append((at, one))
        self.end = at + HOUR

    def go_on(self, now):
        while self.waiting and self.waiting[0][0] <= now:
            at, one = self.waiting.pop(0)
            name = (*("acme",), *PEOPLE)[one.who]
            above = self.numbers[-one.to] if 0 < one.to <= len(self.numbers) else None
            self.numbers.append(
                self.made.says(
                    name, at, "Where is my bag?", to=above,
                    names=["acme"] if one.names and one.who else [],
                    tags=["acme"] if one.tagged else [],
                )
            )  # fmt: skip


@pytest.fixture
def fresh(tmp_path):
    """A store with nothing in it, as often as one is asked for."""
    template, numbers, opened = tmp_path / "template.db", count(), []
    store = Store(f"sqlite:///{template}")
    store.migrate()
    store.close()

    def one():
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copyfile(template, path)
        opened.append(Store(f"sqlite:///{path}"))
        return opened[-1]

    yield one
    for each in opened:
        each.close()


def seen_by(store, said, gaps, token):
    """What is stored after rounds with these seconds between, and one in the end."""
    with mastodon() as made:
        world, watch = World(made, said), Rounds(made, store, (BRAND,))
        now = START
        for gap in (0, *gaps):
            now = min(now + gap, world.end)
            world.go_on(now)
            watch.look(now, token=token)
        world.go_on(world.end)
        watch.look(world.end, token=token)
        host = made.url
    found = {name: table(store, name, columns) for name, columns in TABLES.items()}
    found["inquiry"] = [
        tuple(str(each).replace(host, "") for each in row) for row in found["inquiry"]
    ]
    store.close()
    return found


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
BELOW_ANOTHERS = [
    Said(60, 2, 0, False, False),
    Said(60, 1, 1, True, False),
    Said(60, 1, 2, True, False),
    Said(60, 0, 1, False, False),
    Said(6_000, 0, 3, False, False),
    Said(60, 0, 5, False, False),
    Said(6_000, 1, 1, False, False),
]


@pytest.mark.slow
@pytest.mark.parametrize("token", ["", TOKEN], ids=["without a token", "with its own"])
@settings(deadline=None, max_examples=8, derandomize=True, suppress_health_check=QUIET)
@example(said=BELOW_ANOTHERS, gaps=[HOUR + 300, HOUR + 3_000, HOUR])
@given(said=SAID, gaps=st.lists(st.integers(0, 3 * HOUR), max_size=5))
def test_however_rounds_fall_they_end_in_the_same(fresh, said, gaps, token):
    assert seen_by(fresh(), said, gaps, token) == seen_by(fresh(), said, [], token)
