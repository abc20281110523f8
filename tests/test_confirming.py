"""The worker asks who the accounts are: when, how many at once, and what it says."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors import channels
from collectors.base import Channel
from collectors.http import Manners
from collectors.looking import Stopped
from fixtures_store import table
from github_server import GitHub, github
from jobs import collecting, confirming
from jobs.confirming import AGAIN, MOST, SOON, confirm, due
from jobs.resolving import Live
from local_server import Handler
from model import DAY, Account
from model.words import Became, became
from settings import Settings
from store import Store
from test_registry_live import registry

NOW = 1_800_000_000
KNOWN = "account, external_id, resolved_at, problem"


def account(name: str, found: int | None = None, problem: str = "") -> Account:
    return Account(
        channel="github",
        account=name,
        external_id="7" if found is not None else "",
        resolved_at=found,
        problem=problem,
    )


def turn(*accounts: Account, **asked: int) -> list[str]:
    return [each.account for each in due(list(accounts), asked, NOW)]


def test_what_was_never_found_is_asked_for_every_day() -> None:
    assert turn(account("new")) == ["new"]
    assert turn(account("new"), new=NOW - SOON + 1) == []
    assert turn(account("new"), new=NOW - SOON) == ["new"]


def test_what_was_found_is_asked_for_every_few_weeks() -> None:
    assert turn(account("a", NOW - AGAIN + 1)) == []
    assert turn(account("a", NOW - AGAIN)) == ["a"]
    assert turn(account("a", NOW - AGAIN), a=NOW - AGAIN) == ["a"]


def test_doubt_and_silence_are_asked_about_every_day() -> None:
    vanished = account("a", NOW - 30 * DAY, "vanished: nobody is there")
    silent = account("b", NOW - 30 * DAY)
    asked = {"a": NOW - SOON, "b": NOW - SOON - 5}
    assert turn(vanished, silent, **asked) == ["b", "a"]
    asked = {"a": NOW - SOON + 1, "b": NOW - SOON + 1}
    assert turn(vanished, silent, **asked) == []


def test_a_round_asks_for_so_many_those_first_that_waited_longest() -> None:
    many = [account(f"a{n}", NOW - AGAIN - n) for n in range(MOST + 5)]
    assert turn(*many) == [f"a{n}" for n in range(MOST + 4, 4, -1)]


@pytest.mark.parametrize(
    ("problem", "what"),
    [
        ("", None),
        ("vanished: 404", Became.VANISHED),
        ("renamed: it is called x", Became.RENAMED),
        ("moved: it leads to 7", Became.MOVED),
        ("moved", Became.MOVED),
        ("there is nobody: 404", Became.UNKNOWN),
        ("unknown: 404", Became.UNKNOWN),
    ],
)
def test_a_problem_says_what_became_of_an_account(
    problem: str, what: Became | None
) -> None:
    assert became(problem) == what


# A worker's round, against a server


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    with github() as made:
        client = collecting.client

        def impatient(*arguments: Any, **more: Any) -> Any:
            http = client(*arguments, **more)
            http.manners = Manners(pause=0, first_wait=0, errors=2)
            return http

        monkeypatch.setattr(confirming, "client", impatient)
        one = channels()["github"]
        monkeypatch.setattr(confirming, "looked_at", lambda _: [one])
        yield made


@pytest.fixture
def rounds(hub: GitHub, store: Store, tmp_path: Path) -> Callable[[int], list[Live]]:
    settings = Settings(var=tmp_path, github_api=hub.url)
    return lambda at: confirm(store, settings, sleep=lambda _: None, now=lambda: at)


def there(hub: GitHub, name: str, number: int, *, called: str = "") -> None:
    """A repository at a name; called otherwise, the name has moved for good."""

    def give(handler: Handler) -> None:
        body = {"id": number, "full_name": called or name, "has_issues": True}
        handler.give(200, json.dumps(body).encode())

    hub.server.answers[f"/repos/{name}"] = give
    hub.server.answers[f"/repositories/{number}"] = give


def gone(hub: GitHub, name: str) -> None:
    hub.server.answers[f"/repos/{name}"] = lambda h: h.give(404, b"{}")


def asked(hub: GitHub) -> list[str]:
    said = list(hub.server.seen.elements())
    hub.server.seen.clear()
    return said


def test_nothing_is_asked_again_before_its_time(
    hub: GitHub, store: Store, rounds: Callable[[int], list[Live]]
) -> None:
    store.put_registry(registry("acme/app", "acme/none"))
    there(hub, "acme/app", 7)
    gone(hub, "acme/none")
    (live,) = rounds(NOW)
    assert live.resolved == {"acme/app": "7"}
    assert live.unresolved.keys() == {"acme/none"}
    assert asked(hub) == ["/repos/acme/app", "/repos/acme/none"]
    assert rounds(NOW + SOON - 1) == []
    assert asked(hub) == []
    rounds(NOW + SOON)
    assert asked(hub) == ["/repos/acme/none"]
    rounds(NOW + AGAIN)
    assert asked(hub) == ["/repos/acme/none", "/repos/acme/app"]
    assert table(store, "account", KNOWN)[0] == ("acme/app", "7", NOW + AGAIN, "")
    assert [run.what for run in store.runs()] == ["resolve"] * 3


def test_what_became_of_an_account_is_told_once(
    hub: GitHub,
    store: Store,
    rounds: Callable[[int], list[Live]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.put_registry(registry("acme/app", "acme/old", "acme/web"))
    there(hub, "acme/app", 7)
    there(hub, "acme/old", 8)
    there(hub, "acme/web", 9)
    rounds(NOW)
    assert not caplog.records
    there(hub, "acme/app", 666)  # somebody else's
    gone(hub, "acme/old")
    there(hub, "acme/web", 9, called="acme/site")
    hub.server.answers["/repositories/8"] = lambda h: h.give(404, b"{}")
    for day in range(3):
        rounds(NOW + AGAIN + day * DAY)
    said = [record.getMessage() for record in caplog.records]
    assert [one.split(" problem=")[1].split(":")[0] for one in said] == [
        "moved",
        "vanished",
        "renamed",
    ]
    assert "account=acme/web problem=renamed: it is called acme/site now" in said[2]
    # Whoever took the name is not measured, and does not count.
    assert [each.account for each in collecting._accounts(store, "github")] == [
        "acme/old",
        "acme/web",
    ]
    assert [each.resolved_at for each in store.accounts()] == [None, NOW, NOW]


def test_a_new_name_is_taken_up_in_whichever_round_the_old_one_is_asked_for(
    hub: GitHub,
    store: Store,
    rounds: Callable[[int], list[Live]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    store.put_registry(registry("acme/app"))
    there(hub, "acme/app", 7)
    rounds(NOW)
    there(hub, "acme/app", 7, called="acme/new")
    store.put_registry(registry("acme/new"))
    there(hub, "acme/new", 7)
    rounds(NOW + DAY)  # the new one's turn, not the old one's: nothing is known of it
    assert len(store.accounts()) == 2
    rounds(NOW + AGAIN)
    assert table(store, "account", KNOWN) == [("acme/new", "7", NOW + AGAIN, "")]
    assert "account=acme/app is now=acme/new" in caplog.text


def test_a_name_that_another_is_to_take_up_is_not_looked_at_before(
    hub: GitHub, store: Store, rounds: Callable[[int], list[Live]], tmp_path: Path
) -> None:
    """A look would find something under the new name; then there would be two."""
    store.put_registry(registry("acme/app"))
    there(hub, "acme/app", 7)
    rounds(NOW)
    there(hub, "acme/app", 7, called="Acme/New")
    rounds(NOW + AGAIN)
    (told,) = store.accounts()
    for end in ("", "/comments"):
        hub.server.answers[f"/repos/acme/app/issues{end}"] = lambda h: h.give(
            301, Location=f"{hub.url}/repositories/7/issues"
        )
    settings = Settings(var=tmp_path, github_api=hub.url)
    (run,) = collecting.collect(store, settings, "github", sleep=lambda _: None)
    assert "has moved for good" in run.problem
    assert store.accounts() == [told]  # more is known of it than that
    store.put_registry(registry("acme/new"))
    there(hub, "acme/new", 7, called="Acme/New")
    looked_at = [each.account for each in collecting._accounts(store, "github")]
    assert looked_at == ["acme/app"]
    rounds(NOW + AGAIN + 3_600)  # at once, though the old one's day is not over
    assert table(store, "account", KNOWN) == [
        ("acme/new", "7", NOW + AGAIN + 3_600, "")
    ]
    assert len(collecting._accounts(store, "github")) == 1


def test_a_silent_server_is_left_alone_and_asked_the_next_day(
    hub: GitHub, store: Store, rounds: Callable[[int], list[Live]]
) -> None:
    names = [f"acme/a{n}" for n in range(8)]
    store.put_registry(registry(*names))
    for name in names:
        hub.server.answers[f"/repos/{name}"] = lambda h: h.give(503, b"")
    (live,) = rounds(NOW)
    assert (live.left, live.unresolved) == (8, {})
    assert len(asked(hub)) == 2  # errors until a server is left alone
    assert rounds(NOW + 3_600) == []
    for number, name in enumerate(names):
        there(hub, name, number)
    (live,) = rounds(NOW + DAY)
    assert len(live.resolved) == 8


def test_a_mistake_of_ours_stops_no_other_channel(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> str:
        raise KeyError("what a person wrote")

    def stopped(*_: object) -> str:
        raise Stopped

    hub = channels()["github"]

    def one(**changes: object) -> Channel:
        return Channel(**vars(hub) | changes)

    store.put_registry(registry("acme/app"))
    settings = Settings(var=tmp_path)
    both = [one(resolve=broken), one(resolve=lambda *_: "7")]
    monkeypatch.setattr(confirming, "looked_at", lambda _: both)
    (live,) = confirm(store, settings, now=lambda: NOW)
    assert live.resolved == {"acme/app": "7"}
    assert "accounts not asked for channel=github problem=KeyError" in caplog.text
    assert "a person" not in caplog.text
    quiet = [one(resolve=stopped, confirms=True), one(resolve=None)]
    monkeypatch.setattr(confirming, "looked_at", lambda _: quiet)
    assert confirm(store, settings, now=lambda: NOW + AGAIN) == []
    monkeypatch.setattr(confirming, "looked_at", lambda _: [one(resolve=stopped)])
    with pytest.raises(Stopped):
        confirm(store, settings, now=lambda: NOW + AGAIN)


def test_channels_that_charge_for_asking_are_left_to_their_looks() -> None:
    assert {each.slug for each in channels().values() if each.confirms} == {
        "reddit",
        "x",
        "youtube",
    }
