"""Steps of replies through the real store: those of the set, however it came about."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures_store import table
from model.words import Step
from scoring.ladder import LADDER, Ladder
from store import Store
from test_store_look import REGISTRY, a_look, a_run, asked, responded

S, R = Step.SUBSTANTIVE, Step.REDIRECT
ANSWERS = "key, asked_at, answered_at, automatic_at, substantive_at, step"


@pytest.fixture
def watched(store: Store) -> Store:
    store.put_registry(REGISTRY)
    return store


def reply(number: int, at: int, **more: Any) -> dict[str, Any]:
    """To the conversation of its number; every reply says the same."""
    return responded(-1_000 - number, at, key=number, step=S, fingerprint=77) | more


def steps(store: Store) -> list[int]:
    """In the order of the replies' moments."""
    return [step for _, step in sorted(table(store, "response", "responded_at, step"))]


def test_a_copy_makes_canned_what_was_answered_before(watched: Store) -> None:
    first = a_look(
        1,
        asks=tuple(asked(n, 100) for n in (1, 2, 3)),
        answers=(reply(1, 5_000), reply(2, 6_000)),
    )
    watched.apply(first, a_run(), LADDER)
    assert steps(watched) == [S, S]
    assert table(watched, "inquiry", ANSWERS)[0] == (1, 100, 5_000, None, 5_000, S)
    watched.apply(a_look(2, answers=(reply(3, 7_000),)), a_run(), LADDER)
    assert steps(watched) == [Step.CANNED] * 3
    assert table(watched, "inquiry", ANSWERS) == [
        (n, 100, 4_000 + n * 1_000, None, None, Step.CANNED) for n in (1, 2, 3)
    ]


def test_a_machine_found_out_later_has_not_answered(watched: Store) -> None:
    asks = tuple(asked(n, 100) for n in range(1, 6))
    human = responded(-7, 900, key=1, step=S, fingerprint=2**40 - 1)
    quick = [reply(n, 100 + n) for n in range(1, 6)]
    watched.apply(a_look(1, asks=asks, answers=(*quick[:4], human)), a_run(), LADDER)
    assert table(watched, "inquiry", ANSWERS)[0] == (1, 100, 101, None, 900, 2)
    watched.apply(a_look(2, answers=(quick[4],)), a_run(), LADDER)
    found = table(watched, "inquiry", ANSWERS)
    assert found[0] == (1, 100, 900, 101, 900, S)
    assert found[1] == (2, 100, None, 102, None, Step.NONE)


def test_a_question_seen_late_tells_how_quick_its_answer_was(watched: Store) -> None:
    quick = tuple(reply(n, 100 + n) for n in range(1, 6))
    watched.apply(a_look(1, answers=quick), a_run(), LADDER)
    assert steps(watched) == [Step.CANNED] * 5
    asks = tuple(asked(n, 100) for n in range(1, 6))
    watched.apply(a_look(2, asks=asks), a_run(), LADDER)
    assert steps(watched) == [Step.AUTOMATIC] * 5


def test_without_a_judge_each_is_what_its_words_say(watched: Store) -> None:
    answers = tuple(reply(n, 5_000 + n) for n in range(1, 6))
    watched.apply(a_look(1, answers=answers), a_run())
    assert steps(watched) == [S] * 5
    kept = table(watched, "response", "reads, fingerprint, personal")
    assert kept == [(S, 77, None)] * 5


def test_what_was_read_first_stays(watched: Store) -> None:
    watched.apply(a_look(1, answers=(reply(1, 5_000, personal=1),)), a_run(), LADDER)
    edited = reply(1, 5_000, step=R, fingerprint=5, personal=0)
    watched.apply(a_look(2, answers=(edited,)), a_run(), LADDER)
    kept = table(watched, "response", "step, reads, fingerprint, personal")
    assert kept == [(S, S, 77, 1)]


def test_another_accounts_replies_are_no_copies(watched: Store) -> None:
    answers = (reply(1, 5_000), reply(2, 5_001), reply(3, 5_002, account="other"))
    watched.apply(a_look(1, answers=answers), a_run(), LADDER)
    assert steps(watched) == [S] * 3


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "answer", "answer", "answer", "quote", "delete"]),
        st.integers(1, 5),  # conversation
        st.integers(0, 60),  # moment
        st.sampled_from([S, S, R, Step.AUTOMATIC, Step.UNJUDGED]),
        st.sampled_from([None, 0, 0, 1, 3, -1]),
    ),
    min_size=1,
    max_size=14,
)
JUDGE = Ladder(bits=1, reach=15, people=1, seconds=8, quick_people=2)
TABLES = {
    "inquiry": f"account_id, {ANSWERS}, deleted_at",
    "response": "account_id, message, key, to_message, responded_at, step, reads,"
    " fingerprint",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the accounts, to be copied for each example."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.put_registry(REGISTRY)
    store.close()
    return path


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=EVENTS, looks=st.integers(2, 5), seed=st.integers(0, 2**16))
def test_in_whatever_order_and_however_often_they_come(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    events: list[tuple[str, int, int, Step, int | None]],
    looks: int,
    seed: int,
) -> None:
    chance = random.Random(seed)
    every = list(enumerate(events))
    gone = [each for each in every if each[1][0] == "delete"]
    mixed = [each for each in every if each not in gone]
    mixed += chance.sample(mixed, min(2, len(mixed)))
    chance.shuffle(mixed)

    def state(parts: list[list[tuple[int, Any]]]) -> dict[str, Any]:
        path = tmp_path_factory.mktemp("set") / "one.db"
        shutil.copyfile(template, path)
        store = Store(f"sqlite:///{path}")
        for number, part in enumerate(parts, 1):
            store.apply(look_of(number, part), a_run(), JUDGE)
        told = {name: table(store, name, said) for name, said in TABLES.items()}
        store.close()
        return {name: sorted(rows, key=repr) for name, rows in told.items()}

    whole = state([every])
    assert state([*(mixed[n::looks] for n in range(looks)), gone]) == whole


def look_of(number: int, events: list[tuple[int, Any]]) -> Any:
    asks, answers, deletes = [], [], []
    for place, (what, talk, at, step, mark) in events:
        told = {"step": step, "fingerprint": mark}
        if what == "ask":
            asks.append(asked(talk, at))
        elif what == "answer":
            answers.append(responded(1_000 + place, at, key=talk, **told))
        elif what == "quote":
            answers.append(responded(1_000 + place, at, to_message=-talk, **told))
        else:
            deletes.append((1_000 + place - 1, at))
    return a_look(
        number, asks=tuple(asks), answers=tuple(answers), deletes=tuple(deletes)
    )
