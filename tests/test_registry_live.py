"""Accounts that vanished, were renamed or moved: each told, none measured quietly."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from collectors import channels
from collectors.base import Channel, CollectorError
from collectors.http import Http, Refused, Unreachable
from fixtures_store import JANUARY, a_reading, table
from github_server import GitHub, github
from jobs import Failed
from jobs import registry as job
from jobs.collecting import _accounts
from jobs.doctor import _doubtful
from jobs.resolving import Live
from local_server import running
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from settings import Settings
from store import Store

NOBODY = Refused("nobody is behind it", 404)
KNOWN = "account, external_id, resolved_at, problem"
Network = dict[str, object]


def registry(*accounts: str, brand: str = "acme") -> Registry:
    return Registry(
        industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
        brands=tuple(
            BrandEntry(slug=slug, name=slug.title(), industry="air")
            for slug in ("acme", "nova")
        ),
        accounts=tuple(
            AccountEntry(brand=brand, channel="github", account=name, note=f"on {name}")
            for name in accounts
        ),
    )


class Net:
    """What a channel says: of names, and of ids."""

    def __init__(self) -> None:
        self.ids: Network = {}
        self.names: Network = {}

    def resolve(self, http: object, options: object, account: str) -> str:
        return self._said(self.ids.get(account, NOBODY))

    def named(self, http: object, options: object, number: str) -> str:
        return self._said(self.names.get(number, NOBODY))

    def _said(self, found: object) -> str:
        if isinstance(found, Exception):
            raise found
        return str(found)


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture
def check(
    store: Store, net: Net, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Live]:
    """Asks the network about all accounts at a second."""
    hub = channels()["github"]
    changed = Channel(**vars(hub) | {"resolve": net.resolve, "named": net.named})
    monkeypatch.setattr(job, "channels", lambda: {"github": changed})

    def check(at: int = 1_000, **more: Any) -> Live:
        settings = Settings(var=tmp_path)
        http: Any = None
        (live,) = job.check_live(store, settings, http, now=lambda: at, **more)
        return live

    return check


def test_it_is_noted_when_an_account_was_there_last(
    store: Store, net: Net, check: Callable[..., Live]
) -> None:
    store.put_registry(registry("acme/app"))
    net.ids = {"acme/app": "7"}
    for at in (1_000, 2_000):
        assert check(at).resolved == {"acme/app": "7"}
        assert table(store, "account", KNOWN) == [("acme/app", "7", at, "")]
    run, *_ = store.runs()
    assert (run.what, run.channel, run.rows_read, run.rows_kept) == (
        "resolve",
        "",
        1,
        1,
    )
    assert store.last_runs().keys() == {""}  # no channel was looked at


def test_an_account_that_vanished_is_told(
    store: Store, net: Net, check: Callable[..., Live]
) -> None:
    store.put_registry(registry("acme/app"))
    net.ids = {"acme/app": "7"}
    check(1_000)
    net.ids = {}
    live = check(2_000)
    assert live.unresolved == {"acme/app": "vanished: nobody is behind it"}
    assert table(store, "account", KNOWN) == [
        ("acme/app", "7", 1_000, "vanished: nobody is behind it")
    ]
    net.ids = {"acme/app": "7"}  # and is back
    check(3_000)
    assert table(store, "account", KNOWN) == [("acme/app", "7", 3_000, "")]


def test_an_account_that_was_renamed_is_told_and_still_watched(
    store: Store, net: Net, check: Callable[..., Live]
) -> None:
    store.put_registry(registry("acme/app"))
    net.ids = {"acme/app": "7"}
    check()
    net.ids, net.names = {}, {"7": "acme/new"}
    live = check()
    assert live.renamed == {"acme/app": "acme/new"}
    assert "it is called acme/new now" in live.unresolved["acme/app"]
    (account,) = store.accounts()
    assert (account.external_id, account.resolved_at) == ("7", 1_000)
    assert [each.account for each in _accounts(store, "github")] == ["acme/app"]
    (finding,) = _doubtful(store.accounts())
    assert finding.state == "stale"
    assert "acme/app (github) renamed: it is called acme/new now" in finding.words


def test_a_name_that_leads_to_somebody_else_is_not_measured(
    store: Store, net: Net, check: Callable[..., Live]
) -> None:
    store.put_registry(registry("acme/app", "acme/web"))
    net.ids = {"acme/app": "7", "acme/web": "8"}
    check()
    net.ids = {"acme/app": "666", "acme/web": "8"}
    for _ in range(2):  # it does not become true by being said again
        live = check()
        assert live.moved == {"acme/app"}
        assert live.resolved == {"acme/web": "8"}
        moved, _ = store.accounts()
        assert (moved.external_id, moved.resolved_at) == ("7", None)
        assert moved.problem.startswith("moved: it leads to 666 now and led to 7 when")
        assert [each.account for each in _accounts(store, "github")] == ["acme/web"]
    net.ids["acme/app"] = "7"
    assert check(3_000).resolved.keys() == {"acme/app", "acme/web"}
    assert len(_accounts(store, "github")) == 2


def test_whoever_is_behind_a_name_now_can_be_accepted(
    store: Store, net: Net, check: Callable[..., Live]
) -> None:
    store.put_registry(registry("acme/app"))
    net.ids = {"acme/app": "7"}
    check()
    net.ids = {"acme/app": "8"}
    assert check(2_000, accept=["acme/app"]).resolved == {"acme/app": "8"}
    assert table(store, "account", KNOWN) == [("acme/app", "8", 2_000, "")]
    with pytest.raises(Failed, match="'acme/ap' is no account of the registry"):
        check(accept=["acme/ap"])


@pytest.mark.parametrize(
    ("silence", "left"),
    [(Unreachable("no network"), 1), (Refused("a bad key", 401), 2)],
)
def test_silence_and_a_bad_key_say_nothing_of_accounts(
    store: Store,
    net: Net,
    check: Callable[..., Live],
    silence: CollectorError,
    left: int,
) -> None:
    """A server that is silent is not every server; a key is the same for all."""
    store.put_registry(registry("acme/app", "acme/web"))
    net.ids = {"acme/app": "7", "acme/web": "8"}
    check()
    net.ids["acme/app"] = silence
    live = check(2_000)
    assert (live.left, live.why_left, live.unresolved) == (left, str(silence), {})
    assert len(live.resolved) == 2 - left
    assert [row[3] for row in table(store, "account", KNOWN)] == ["", ""]
    run, *_ = store.runs()
    assert (run.outcome, run.problem) == ("incomplete", f"github: {silence}")


def test_silence_again_and_again_is_that_of_a_network(
    store: Store, net: Net, check: Callable[..., Live]
) -> None:
    names = [f"acme/a{n:02}" for n in range(12)]
    store.put_registry(registry(*names))
    net.ids = {name: str(n) for n, name in enumerate(names)}
    for n in (1, 3, 4, 5, 6, 7):
        net.ids[names[n]] = Unreachable(f"no answer of {n}")
    live = check()
    assert list(live.resolved) == [names[0], names[2]]
    assert (live.left, live.why_left) == (10, "no answer of 1")


def test_nobody_may_say_what_an_account_is_called_today(
    store: Store, net: Net, check: Callable[..., Live]
) -> None:
    store.put_registry(registry("acme/app"))
    net.ids = {"acme/app": "7"}
    check()
    net.ids, net.names = {}, {"7": Unreachable("no network")}
    assert check().unresolved == {"acme/app": "vanished: nobody is behind it"}


# A new name in the registry


def seen(store: Store, account: str) -> None:
    store.merge(a_reading({"channel": "github", "account": account, "key": 1,
                           "asked_at": JANUARY}))  # fmt: skip


@pytest.mark.parametrize(
    ("brand", "held"), [("acme", ""), ("nova", ""), ("acme", "new")]
)
def test_the_registry_takes_up_a_new_name(
    store: Store, net: Net, check: Callable[..., Live], brand: str, held: str
) -> None:
    """The account keeps its id, its conversations and its cursors; but two brands
    are not one, and neither are two accounts that both have conversations."""
    store.put_registry(registry("acme/app"))
    net.ids = {"acme/app": "7"}
    check()
    seen(store, "acme/app")
    cursor = (
        "INSERT INTO cursor (channel, name, value, at) VALUES ('github', '{}', '5', 1)"
    )
    with store._database.writing() as session:
        for name in ("acme/app", "acme/app since", "acme/app2"):
            session.connection().exec_driver_sql(cursor.format(name))
    (old,) = store.accounts()
    net.ids, net.names = {"acme/new": "7"}, {"7": "acme/new"}
    store.put_registry(registry("acme/new", brand=brand))
    if held:
        seen(store, "acme/new")
    live = check(2_000)
    if brand == "nova" or held:
        assert live.taken_up == {}
        assert "acme/app" in live.unresolved
        assert len(store.accounts()) == 2
        return
    assert live.taken_up == {"acme/app": "acme/new"}
    assert live.unresolved == {}
    (new,) = store.accounts()
    assert (new.id, new.account, new.external_id) == (old.id, "acme/new", "7")
    assert (new.problem, new.resolved_at, new.note) == ("", 2_000, "on acme/new")
    assert store.cursors("github").keys() == {"acme/new", "acme/new since", "acme/app2"}
    assert check(3_000).resolved == {"acme/new": "7"}


def test_only_accounts_that_are_there_are_renamed(store: Store) -> None:
    store.put_registry(registry("acme/app"))
    with pytest.raises(LookupError, match="there is no account 'acme/new' on github"):
        store.rename_account("github", "acme/app", "acme/new", 5)


# Who is behind an id, as the channels say it


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with github() as made:
        yield made


def test_github_knows_a_repository_by_its_number(hub: GitHub) -> None:
    named = channels()["github"].named
    assert named is not None
    said = b'{"id": 7, "full_name": "acme/new", "has_issues": true}'
    hub.server.answers["/repositories/7"] = lambda h: h.give(200, said)
    assert named(hub.client(), {"api": hub.url}, "7") == "acme/new"


@pytest.mark.parametrize(
    ("body", "handle"),
    [(b'{"handle": "acme.new"}', "acme.new"), (b"{}", ""), (b"5", "")],
)
def test_bluesky_knows_an_account_by_its_did(body: bytes, handle: str) -> None:
    named = channels()["bluesky"].named
    assert named is not None
    with running() as server, Http() as http:
        path = "/xrpc/app.bsky.actor.getProfile"
        server.answers[path] = lambda h: h.give(200, body)
        options = {"appview": server.url}
        if handle:
            assert named(http, options, "did:plc:acme") == handle
            return
        with pytest.raises(CollectorError, match="a handle"):
            named(http, options, "did:plc:acme")


def test_trustpilot_knows_a_business_by_its_number() -> None:
    named = channels()["trustpilot"].named
    assert named is not None
    with running() as server, Http() as http:
        said = b'{"id": "u1", "name": {"identifying": "acme.example"}}'
        server.answers["/v1/business-units/u1"] = lambda h: h.give(200, said)
        options = {"api": server.url, "key": SecretStr("a key")}
        assert named(http, options, "u1") == "acme.example"
