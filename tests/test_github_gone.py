"""GitHub: issues that were deleted or moved are noticed when they are asked for again,
and a repository that is gone as a whole says nothing of them."""

from importlib import import_module

import pytest

from collectors.base import Watched
from collectors.channels.github import Kept, Memory, look
from fixtures_store import table
from github_server import GitHub, github
from jobs.judging import judged
from model import DAY, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from store import Store
from test_github import HOUR, NOW, a_task

NAME = "acme/app"


@pytest.fixture
def hub():
    with github() as made:
        made.repository(NAME)
        made.left = 10_000
        yield made


class Rounds:
    """Rounds over a real store, one after the other."""

    def __init__(self, hub: GitHub, store: Store) -> None:
        self.hub, self.store = hub, store
        store.put_registry(
            Registry(
                industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
                brands=(BrandEntry(slug="acme", name="Acme", industry="air"),),
                accounts=(AccountEntry(brand="acme", channel="github", account=NAME),),
            )
        )

    def look(self, now: int):
        task = a_task(self.hub, cursors=self.store.cursors("github"), now=now)
        (account,) = self.store.accounts("github")
        given = {
            "accounts": [Watched(NAME, account.external_id, "acme")],
            "known": lambda asked: self.store.opened("github", asked),
            "open_since": lambda since: self.store.open_since("github", since),
        }
        for name, value in given.items():
            object.__setattr__(task, name, value)
        self.hub.asked.clear()
        seen = look(task)
        run = Run(
            what="look", channel="github", started_at=now, finished_at=now, outcome="ok"
        )
        self.store.apply(judged(seen), run)
        return seen

    def deleted(self) -> list[tuple[int, int | None]]:
        return table(self.store, "inquiry", "asked_at, deleted_at")


@pytest.fixture
def rounds(hub, sqlite_store):
    return Rounds(hub, sqlite_store)


def single(hub: GitHub) -> list[str]:
    """The issues that were asked for by their number."""
    return [path for path in hub.asked if path.rpartition("/")[2].isdecimal()]


@pytest.mark.parametrize("status", [404, 410, 301])
def test_an_issue_that_is_gone_is_a_tombstone_at_the_next_look(hub, rounds, status):
    """Whether or not it was answered."""
    stays = hub.issue(NAME, NOW - 3 * HOUR)
    answered = hub.issue(NAME, NOW - 2 * HOUR)
    hub.comment(NAME, answered, NOW - HOUR)
    open_ = hub.issue(NAME, NOW - HOUR)
    rounds.look(NOW)
    hub.take_away(NAME, answered, status)
    hub.take_away(NAME, open_, status)
    seen = rounds.look(NOW + 5 * HOUR)
    assert seen.problem == ""
    assert rounds.deleted() == [
        (NOW - 3 * HOUR, None),
        (NOW - 2 * HOUR, NOW - 2 * HOUR + 7_200),  # when it was last to be there
        (NOW - HOUR, NOW - HOUR + 3_600),
    ]
    urls = {url for (url,) in table(rounds.store, "inquiry", "coalesce(url, '')")}
    assert urls == {f"https://github.com/{NAME}/issues/{stays}", ""}
    assert rounds.look(NOW + 6 * HOUR).problem == ""
    assert not {f"/repos/{NAME}/issues/{n}" for n in (answered, open_)} & {*hub.asked}


def test_what_a_list_shows_is_not_asked_for(hub, rounds):
    """Of many that are due only those that it does not show."""
    numbers = [hub.issue(NAME, NOW - 2 * HOUR + n) for n in range(9)]
    rounds.look(NOW)
    hub.take_away(NAME, numbers[4], 404)
    rounds.look(NOW + HOUR)
    assert single(hub) == [f"/repos/{NAME}/issues/{numbers[4]}"]
    assert [at for _, at in rounds.deleted() if at] == [
        NOW - 2 * HOUR + 4 + 7_200 - 3_600
    ]
    rounds.look(NOW + HOUR + 60)
    assert single(hub) == []


def test_what_changed_in_this_round_is_there(hub, rounds):
    number = hub.issue(NAME, NOW - HOUR)
    rounds.look(NOW)
    hub.comment(NAME, number, NOW + HOUR)
    rounds.look(NOW + 2 * HOUR)
    assert single(hub) == []


@pytest.mark.parametrize("status", [404, 410, 301])
def test_a_repository_that_is_gone_as_a_whole_deletes_nothing(hub, rounds, status):
    for n in range(3):
        hub.issue(NAME, NOW - HOUR + n)
    rounds.look(NOW)
    for path in list(hub.server.answers):
        hub.server.answers[path] = hub.nothing(status)
    seen = rounds.look(NOW + 5 * HOUR)
    assert str(status) in seen.problem or "moved for good" in seen.problem
    assert seen.seen == ()
    assert {at for _, at in rounds.deleted()} == {None}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (None, "404"),
        ({"full_name": "acme/old"}, "acme/app is called acme/old now"),
        ({"has_issues": False}, "acme/app has no issues"),
        ({"id": 99_999}, "acme/app is another repository now"),
    ],
)
def test_a_repository_that_goes_while_we_look_deletes_nothing(
    hub, rounds, changes, said
):
    """Its list was still there when its issues were not any more."""
    numbers = [hub.issue(NAME, NOW - HOUR + n) for n in range(3)]
    rounds.look(NOW)
    for number in numbers:
        hub.take_away(NAME, number, 404)
    if changes is None:
        hub.server.answers[f"/repos/{NAME}"] = hub.nothing(404)
    else:
        hub.describe(NAME, **changes)
    seen = rounds.look(NOW + 5 * HOUR)
    assert said in seen.problem
    assert "no issue was asked for again" in seen.problem
    assert {at for _, at in rounds.deleted()} == {None}
    hub.describe(NAME)
    assert rounds.look(NOW + 6 * HOUR).problem == ""
    assert all(at is not None for _, at in rounds.deleted())


def test_what_cannot_be_asked_for_is_due_again(hub, rounds):
    first, second = (hub.issue(NAME, NOW - HOUR + 100 + n) for n in range(2))
    rounds.look(NOW)
    hub.take_away(NAME, first, 500)
    hub.take_away(NAME, second, 403)
    seen = rounds.look(NOW + 5 * HOUR)
    assert "2 issues were not asked for again" in seen.problem
    assert [tuple(each)[1:] for each in seen.seen] == [(NOW, NOW + 5 * HOUR)]
    hub.take_away(NAME, first, 404)
    seen = rounds.look(NOW + 6 * HOUR)
    assert "1 issues were not asked for again" in seen.problem
    hub.take_away(NAME, second, 404)
    assert rounds.look(NOW + 7 * HOUR).problem == ""
    assert all(at is not None for _, at in rounds.deleted())


def test_the_limit_of_requests_ends_it_and_keeps_what_was_learnt(hub, rounds):
    numbers = [hub.issue(NAME, NOW - HOUR + n) for n in range(3)]
    rounds.look(NOW)
    for number in numbers:
        hub.take_away(NAME, number, 404)
    hub.left = 4
    seen = rounds.look(NOW + 5 * HOUR)
    assert "2 issues were not asked for again" in seen.problem
    assert "used up for this hour" in seen.problem
    assert len(seen.seen) == 1
    assert sum(at is not None for _, at in rounds.deleted()) == 1


def test_of_very_many_as_many_as_a_round_takes(hub, rounds, monkeypatch):
    monkeypatch.setattr(
        import_module("collectors.channels.github"), "MOST_REVISITED", 2
    )
    numbers = [hub.issue(NAME, NOW - HOUR + 100 + n) for n in range(5)]
    rounds.look(NOW)
    for number in numbers:
        hub.take_away(NAME, number, 200)
    asked = []
    for later in range(5, 10):
        assert rounds.look(NOW + later * HOUR).problem == ""
        asked.append(single(hub))
    assert {len(each) for each in asked} == {2}
    assert len({path for each in asked[:3] for path in each}) == 5  # in their turn


def test_a_memory_of_before_is_read():
    kept = Memory(Kept(5, '"tag"'), Kept(6, ""), 7)
    assert Memory.read(kept.said(), 1) == kept
    assert Memory.read('[[5, "\\"tag\\""], [6, ""]]', 7) == kept
    assert Memory.read("", NOW // DAY) == Memory(looked=NOW // DAY)
