"""What the doctor says of an installation in good and in bad health."""

import json
import shutil
from contextlib import closing

import pytest
from sqlalchemy import text

import cli
from jobs import doctor
from jobs.doctor import FAILING, OFF, OK, STALE, Finding
from jobs.starting import prepare
from model import DAY, Edition, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from settings import Settings
from store import Store

NOW = 1_795_305_600


@pytest.fixture
def ours(tmp_path) -> Settings:
    return Settings(var=tmp_path, contact="press@answerable.example")


@pytest.fixture
def store(ours):
    store = Store(ours.database)
    store.migrate()
    yield store
    store.close()


def said(ours: Settings, now: int = NOW) -> dict[str, Finding]:
    return {each.what: each for each in doctor.examine(ours, now=lambda: now)}


def test_nothing_made_yet_is_no_failure_and_makes_nothing(ours, tmp_path):
    found = said(ours)
    assert found["database"].state == OFF
    assert "answerable migrate" in found["database"].words
    assert found["sample"].state == OFF
    assert found["contact"].state == OK
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_yet(tmp_path):
    found = said(Settings(var=tmp_path / "not" / "yet"))
    assert found["disk"].state in (OK, STALE)
    assert found["contact"].state == OFF


def test_a_database_of_another_time_is_failing(ours):
    with closing(Store(ours.database)) as store, store._database.writing():
        pass  # a file without a schema
    assert said(ours)["database"].state == FAILING
    assert "answerable migrate" in said(ours)["database"].words


def test_a_file_that_is_no_database_is_failing(ours, tmp_path):
    (tmp_path / "answerable.db").write_bytes(b"no database" * 999)
    (tmp_path / "sample.db").write_bytes(b"no database" * 999)
    found = said(ours)
    assert found["database"].state == FAILING
    assert "not a database" in found["database"].words
    assert found["sample"].state == FAILING
    assert "answerable sample" in found["sample"].words


def test_the_registry_is_counted(ours, store):
    assert said(ours)["registry"].state == OFF
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="banks", name="Banks", nace="K"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="banks"),),
            accounts=(
                AccountEntry(brand="acme", channel="bluesky", account="acme.example"),
                AccountEntry(brand="acme", channel="x", account="acme"),
            ),
        )
    )
    store.resolve_accounts("bluesky", NOW, {"acme.example": "did:plc:acme"}, {})
    registry = said(ours)["registry"]
    assert registry.state == OK
    assert "1 brands, 2 accounts, 1 of them found live" in registry.words


def test_the_worker_is_seen_by_its_lock(ours, store):
    assert said(ours)["worker"].state == OFF
    with store.worker_lock():
        assert said(ours)["worker"] == Finding("worker", OK, "running")


def look(at: int, outcome: str, problem: str = "", channel: str = "bluesky") -> Run:
    return Run(
        what="look",
        channel=channel,
        started_at=at,
        finished_at=at,
        outcome=outcome,
        problem=problem,
    )


@pytest.mark.parametrize(
    ("runs", "state", "words"),
    [
        ([], STALE, "never looked at"),
        ([look(NOW - 60, "ok")], OK, "last good look 2026-11-21 23:59 UTC"),
        ([look(NOW - DAY, "ok")], STALE, "last good look 2026-11-21 00:00 UTC"),
        (
            [look(NOW - 600, "ok"), look(NOW - 60, "failed", "no route to host")],
            FAILING,
            "failed: no route to host",
        ),
    ],
)
def test_a_channel_is_as_well_as_its_last_looks(ours, store, runs, state, words):
    for run in runs:
        store.record_run(run)
    found = said(ours)["channel bluesky"]
    assert found.state == state
    assert words in found.words


def test_accounts_that_are_late_are_told(ours, store):
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="banks", name="Banks", nace="K"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="banks"),),
            accounts=tuple(
                AccountEntry(brand="acme", channel="bluesky", account=f"{name}.example")
                for name in ("acme", "helm")
            ),
        )
    )
    prepare(ours)
    found = {"acme.example": "did:plc:acme", "helm.example": "did:plc:helm"}
    store.resolve_accounts("bluesky", NOW - DAY, found, {})
    with store._database.writing() as session:
        session.execute(
            text("UPDATE account SET watched_until = CASE account"
                 " WHEN 'helm.example' THEN :late ELSE :now END"),
            {"late": NOW - DAY, "now": NOW},
        )  # fmt: skip
    store.record_run(look(NOW - 60, "ok"))
    bluesky = said(ours)["channel bluesky"]
    assert bluesky.state == STALE
    assert bluesky.words.endswith("; 1 of 2 accounts not watched for long")


def test_what_a_channel_s_terms_forbid_is_told_whether_it_is_on_or_off(tmp_path, store):
    off = said(Settings(var=tmp_path))["channel google_play"]
    assert off.state == OFF
    assert "ANSWERABLE_GOOGLE_PLAY_ON=true" in off.words
    assert "rules of conduct" in off.words
    store.record_run(look(NOW - 60, "ok", channel="google_play"))
    on = said(Settings(var=tmp_path, google_play_on=True))["channel google_play"]
    assert on.state == OK
    assert "mind its terms: the shop's rules of conduct" in on.words


def test_a_channel_that_is_off_says_why(tmp_path, store):
    found = said(Settings(var=tmp_path, collect=False))
    assert found["channel bluesky"] == Finding(
        "channel bluesky", OFF, "ANSWERABLE_COLLECT is off"
    )
    assert found["channel twcs"].state == OK


def test_editions_grow_old():
    def edition(day_to: int) -> Edition:
        return Edition(name=f"to-{day_to}", day_to=day_to)

    today = NOW // DAY
    fresh = doctor._editions([edition(today - 20), edition(today - 110)], NOW)
    assert (fresh.state, "2, the newest to-" in fresh.words) == (OK, True)
    assert doctor._editions([edition(today - 110)], NOW).state == STALE
    assert doctor._editions([], NOW).state == OFF


def test_the_sample_is_named(sample_var, tmp_path):
    shutil.copy(sample_var / "sample.db", tmp_path)
    found = said(Settings(var=tmp_path))["sample"]
    assert found.state == OK
    assert "2026-Q3" in found.words


def test_a_missing_package_is_failing(ours, monkeypatch):
    monkeypatch.setattr(doctor, "PACKAGES", ("polars", "a-package-nobody-wrote"))
    found = said(ours)["packages"]
    assert (found.state, found.words) == (
        FAILING,
        "missing a-package-nobody-wrote: make setup",
    )


def test_a_full_disk_is_told(ours, monkeypatch):
    monkeypatch.setattr(doctor, "LEAST_FREE", 1 << 60)
    assert said(ours)["disk"].state == STALE


def test_typed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path))
    monkeypatch.delenv("ANSWERABLE_DATABASE_URL", raising=False)
    assert cli.main(["doctor"]) == 0
    assert "off      database: there is none yet" in capsys.readouterr().out
    (tmp_path / "answerable.db").write_bytes(b"no database" * 999)
    assert cli.main(["doctor", "--json"]) == 1
    out, err = capsys.readouterr()
    states = {each["what"]: each["state"] for each in json.loads(out)}
    assert states["database"] == "failing"
    assert err == "answerable: failing, as printed above: database\n"
