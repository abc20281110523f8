"""Addresses, the registry, runs, and a store light enough for the website."""

import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures_store import JANUARY, a_reading, table
from model import DAY, ChannelRow, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from store import Store, WrongAddress

BANKS = IndustryEntry(slug="banks", name="Banks", nace="K")
ACME = BrandEntry(slug="acme", name="Acme", industry="banks", country="DE")
HANDLE = AccountEntry(brand="acme", channel="mastodon", account="acme", evidence="site")
REGISTRY = Registry(industries=(BANKS,), brands=(ACME,), accounts=(HANDLE,))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nonsense",
        "mysql://a@b/c",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:",
        "x:/y",
    ],
)
def test_an_address_nobody_can_use_is_refused_in_words(address: str) -> None:
    with pytest.raises(WrongAddress, match="expected sqlite:///PATH"):
        Store(address)


@pytest.mark.parametrize("kind", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_may_be_spelt_in_three_ways(kind: str) -> None:
    store = Store(f"{kind}://me:secret@localhost:1/x")
    assert store._database.url.drivername == "postgresql+psycopg"
    assert not store._database.sqlite


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "a.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    assert path.exists()


def test_a_connection_to_sqlite_keeps_the_rules(sqlite_store: Store) -> None:
    with sqlite_store._database.connect() as connection:
        read = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("busy_timeout", "foreign_keys", "synchronous", "journal_mode")
        }
    assert read == {
        "busy_timeout": 5_000,
        "foreign_keys": 1,
        "synchronous": 1,  # NORMAL
        "journal_mode": "wal",
    }


def test_a_writer_waits_for_another_instead_of_failing(sqlite_store: Store) -> None:
    """What may write begins IMMEDIATE: a reader turned writer would fail at once."""
    path = sqlite_store._database.path
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    sqlite_store.put_registry(REGISTRY)
    other.close()
    assert len(sqlite_store.brands()) == 1


def test_a_page_s_process_never_loads_what_works_on_columns(tmp_path: Path) -> None:
    """Everything the website asks for, in a process of its own."""
    program = f"""
import sys
from store import Store
store = Store("sqlite:///{tmp_path / "a.db"}")
store.migrate()
store.editions(), store.current_edition(), store.standings(1), store.history("a")
store.channels(), store.runs(), store.last_runs(), store.coverage_by_channel(0, 9)
store.accounts_of("a"), store.brands(), store.industries(), store.version()
heavy = {{"polars", "numpy", "pyarrow", "adbc_driver_manager", "scipy", "pandas"}}
print(sorted(heavy & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stdout.strip() == "[]"


# The registry


def test_the_registry_taken_again_changes_nothing(store: Store) -> None:
    store.put_registry(REGISTRY)
    names = ("industry", "brand", "account")
    before = {name: table(store, name) for name in names}
    store.put_registry(REGISTRY)
    assert before == {name: table(store, name) for name in names}
    (brand,) = store.brands()
    assert brand[:4] == ("acme", "Acme", "banks", "DE")
    (industry,) = store.industries()
    assert (industry.slug, industry.name, industry.nace) == ("banks", "Banks", "K")


def test_what_we_know_of_an_account_outlives_a_change_of_the_registry(
    store: Store,
) -> None:
    store.put_registry(REGISTRY)
    store.resolve_accounts("mastodon", 77, {"acme": "id-1"}, {})
    (before,) = store.accounts()
    moved = Registry(
        industries=(replace(BANKS, name="Banking"), replace(BANKS, slug="shops")),
        brands=(
            replace(ACME, industry="shops", name="ACME"),
            BrandEntry(slug="emca", name="Emca", industry="banks"),
        ),
        accounts=(replace(HANDLE, brand="emca", account="Acme", role="help"),),
    )
    store.put_registry(moved)
    (after,) = store.accounts()
    assert (after.id, after.external_id, after.resolved_at) == (before.id, "id-1", 77)
    assert (after.account, after.role) == ("Acme", "help")
    assert [account.id for account in store.accounts_of("emca")] == [after.id]
    assert store.accounts_of("acme") == []
    lines = [(line.slug, line.name, line.industry) for line in store.brands()]
    assert lines == [("acme", "ACME", "shops"), ("emca", "Emca", "banks")]


def test_what_is_gone_from_the_text_stays(store: Store) -> None:
    store.put_registry(REGISTRY)
    store.put_registry(Registry(industries=(), brands=(), accounts=()))
    assert [line.slug for line in store.brands()] == ["acme"]
    assert len(store.accounts("mastodon")) == 1
    assert store.accounts("bluesky") == []


def test_the_registry_places_what_an_import_had_to_make_up(store: Store) -> None:
    store.merge(a_reading({"key": 1, "asked_at": JANUARY, "account": "Acme"}))
    (made_up,) = store.accounts()
    store.put_registry(
        replace(
            REGISTRY,
            brands=(replace(ACME, slug="acme-bank"),),
            accounts=(replace(HANDLE, brand="acme-bank"),),
        )
    )
    (account,) = store.accounts()
    assert (account.id, account.resolved_at) == (made_up.id, made_up.resolved_at)
    assert [line.slug for line in store.brands()] == ["acme-bank"]
    again = store.merge(a_reading({"key": 1, "asked_at": JANUARY, "account": "Acme"}))
    assert (again.same, again.unknown_accounts) == (1, [])


def test_handles_are_known_in_lower_case(store: Store) -> None:
    store.put_registry(replace(REGISTRY, accounts=(replace(HANDLE, account="AcMe"),)))
    assert store.known() == {("mastodon", "acme"): "acme"}


def test_resolving_keeps_when_it_was_last_found_and_the_last_problem(
    store: Store,
) -> None:
    store.put_registry(REGISTRY)
    columns = "external_id, resolved_at, problem"
    store.resolve_accounts("mastodon", 1, {}, {"acme": "no such account"})
    assert table(store, "account", columns) == [("", None, "no such account")]
    store.resolve_accounts("bluesky", 2, {"acme": "another place"}, {})
    store.resolve_accounts("mastodon", 3, {"acme": "id"}, {})
    assert table(store, "account", columns) == [("id", 3, "")]
    store.resolve_accounts("mastodon", 4, {"acme": "id"}, {})
    store.resolve_accounts("mastodon", 5, {}, {"acme": "gone"})
    assert table(store, "account", columns) == [("id", 4, "gone")]


# Channels and runs


def a_channel(slug: str, *, on: bool = True) -> ChannelRow:
    words = ("title", "family", "source", "licence", "terms", "cannot_see", "how")
    return ChannelRow(slug=slug, on=on, **{word: word for word in words})


def test_channels_are_what_was_declared_last(store: Store) -> None:
    store.put_channels([a_channel("b"), a_channel("a")])
    assert [channel.slug for channel in store.channels()] == ["a", "b"]
    store.put_channels([a_channel("b", on=False)])
    (channel,) = store.channels()
    assert (channel.slug, channel.on, channel.every_s) == ("b", False, None)
    store.put_channels([])
    assert store.channels() == []


def record(store: Store, channel: str, at: int, outcome: str = "ok") -> Run:
    return store.record_run(
        Run(
            what="look",
            channel=channel,
            started_at=at,
            finished_at=at + 1,
            outcome=outcome,
        )
    )


def test_runs_are_kept_failures_too(store: Store) -> None:
    record(store, "a", 1)
    record(store, "a", 2, "failed")
    record(store, "b", 3, "incomplete")
    assert [run.started_at for run in store.runs()] == [3, 2, 1]
    assert [run.outcome for run in store.runs("a", limit=1)] == ["failed"]
    last = store.last_runs()
    assert set(last) == {"a", "b"}
    assert last["a"].ok is not None
    assert (last["a"].ok.started_at, last["a"].any.started_at) == (1, 2)
    assert last["b"].ok is None


def test_coverage_by_channel_is_of_resolved_accounts(store: Store) -> None:
    store.put_registry(REGISTRY)
    assert store.coverage_by_channel(0, 10) == {}
    store.merge(
        a_reading(
            {"key": 1, "asked_at": JANUARY},
            {"key": 2, "asked_at": JANUARY, "channel": "github", "account": "a/b"},
            {"key": 3, "asked_at": JANUARY, "channel": "github", "account": "c/d"},
        )
    )
    first = JANUARY // DAY
    seen = store.coverage_by_channel(first - 1, first + 3)
    assert seen == {
        "github": (2, 6 * DAY, 0.75),
        "mastodon": (1, 3 * DAY, 0.75),
    }
    assert store.coverage_by_channel(0, 10)["github"] == (2, 0, 0.0)
