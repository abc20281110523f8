"""The docket: how long we take, and how filings are kept, on both databases."""

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from model.docket import Asked, Filing, State, our_answers
from store import FullDocket, Store, UnknownFiling

NOW = 1_800_000_000


def filing(wait: int | None = None, at: int = NOW - 100, **more: object) -> Filing:
    """Confirmed at ``at`` and answered after ``wait`` seconds."""
    answered = None if wait is None else at + wait
    values: dict[str, object] = {
        "kind": Asked.REPLY, "brand": "a", "name": "A", "domain": "a.example",
        "known_domain": True, "text": "what we say", "state": State.UNCONFIRMED,
        "token": "", "expires_at": NOW + 60, "made_at": NOW, "confirmed_at": at,
        "answered_at": answered,
    }  # fmt: skip
    return Filing(**values | more)


def waiting(token: str, **more: object) -> Filing:
    return filing(token=token, confirmed_at=None, **more)


@pytest.mark.parametrize(
    ("waits", "median"),
    [
        ([], None),
        ([None], None),
        ([5], 5),
        ([5, None], 5),  # half are answered by then
        ([5, None, None], None),
        ([5, 7, None], 7),
        ([5, 5, 9, 9], 5),
        ([1, 2, 3], 2),
    ],
)
def test_the_median_leaves_out_nobody_who_waits(
    waits: Sequence[int | None], median: int | None
) -> None:
    said = our_answers([filing(wait) for wait in waits], NOW)
    answered = sum(wait is not None for wait in waits)
    assert (said.filed, said.answered, said.median) == (len(waits), answered, median)


def test_a_filing_that_came_just_now_says_little() -> None:
    """Without censoring, eight new filings would make a day's answers look endless."""
    old = [filing(50, NOW - 900) for _ in range(3)]
    new = [filing(None, NOW - 10) for _ in range(8)]
    assert our_answers([*old, *new], NOW).median == 50


def test_what_was_not_confirmed_is_not_counted() -> None:
    assert our_answers([waiting("t")], NOW).filed == 0


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.booleans()), max_size=12
    )
)
def test_the_median_is_that_of_another_kaplan_meier(drawn) -> None:
    rows = [
        filing(wait if done else None, NOW - (wait if not done else open_s + wait))
        for wait, open_s, done in drawn
    ]
    mine = our_answers(rows, NOW).median
    if not drawn:
        assert mine is None
        return
    fitted = KaplanMeierFitter().fit(
        [wait for wait, _, _ in drawn], [done for _, _, done in drawn]
    )
    survival = fitted.survival_function_["KM_estimate"]
    reached = survival[survival <= 0.5 + 1e-9]
    theirs = None if reached.empty else int(reached.index[0])
    assert mine == theirs


def test_numbers_have_no_gaps_and_a_token_serves_once(store: Store) -> None:
    store.migrate()
    for token in ("one", "two", "three"):
        store.file(waiting(token))
    assert store.docket() == []
    assert store.confirm("two", NOW) == 1
    assert store.confirm("two", NOW) is None
    assert store.confirm("", NOW) is None
    assert store.confirm("one", NOW) == 2
    assert [one.number for one in store.docket()] == [2, 1]
    assert store.filing(2).confirmed_at == NOW
    assert [one.number for one in store.filings_of("a")] == [2, 1]
    assert store.filings_of("b") == []


def test_two_may_confirm_at_once(store: Store) -> None:
    store.migrate()
    for n in range(4):
        store.file(waiting(f"t{n}"))
    given: list[int | None] = []
    threads = [
        threading.Thread(target=lambda n=n: given.append(store.confirm(f"t{n}", NOW)))
        for n in (0, 0, 1, 2, 3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one for one in given if one) == [1, 2, 3, 4]


def test_what_expired_is_erased_and_what_is_public_is_not(store: Store) -> None:
    store.migrate()
    store.file(waiting("kept"))
    assert store.confirm("kept", NOW) == 1
    gone = store.file(waiting("gone"))
    store.file(waiting("new", made_at=NOW + 60, expires_at=NOW + 120))
    assert store.waiting("gone", NOW) is None
    assert store.waiting("new", NOW + 61) is not None
    assert store.waiting("new", NOW + 120) is None
    store.withdraw(gone)
    public = store.filing(1).id
    assert public is not None
    store.withdraw(public)  # erases only what is not public
    assert len(store.docket()) == 1


def test_a_docket_has_an_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.docket.MOST_UNCONFIRMED", 1)
    store.migrate()
    store.file(waiting("one"))
    with pytest.raises(FullDocket, match="try again tomorrow"):
        store.file(waiting("two"))
    assert store.confirm("one", NOW) == 1
    store.file(waiting("two"))


def test_the_first_answer_stays_the_first(store: Store) -> None:
    store.migrate()
    store.file(waiting("one"))
    store.confirm("one", NOW)
    store.answer_filing(1, State.ANSWERED, "we look", NOW + 5)
    store.answer_filing(1, State.ACCEPTED, "", NOW + 9)
    done = store.answer_filing(1, State.ANSWERED, "and more", NOW + 20)
    assert (done.answered_at, done.decided_at) == (NOW + 5, NOW + 9)
    assert (done.state, done.outcome) == (State.ACCEPTED, "and more")
    assert done.disputes
    assert not filing(kind=Asked.WATCH, state=State.REVIEW).disputes
    assert not filing(state=State.DECLINED).disputes
    with pytest.raises(UnknownFiling, match="corrections list"):
        store.answer_filing(2, State.ACCEPTED, "", NOW)


def test_a_brand_is_known_by_its_website(store: Store) -> None:
    store.migrate()
    assert store.brand_site("nobody") is None
