"""The worker: one promise, one test. Real processes where a process is what matters."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors import channels
from fixtures_store import free_port
from jetstream import jetstream, post
from jobs import Failed, working
from jobs.collecting import looked_at
from jobs.working import Worker, work
from local_server import running
from settings import ROOT, Settings
from store import Store
from store.locks import Lock

WAIT = 180  # seconds; this machine may be busy


class Process:
    """A worker of its own, with a database of its own, that reaches nobody."""

    def __init__(self, var: Path, **more: str) -> None:
        nobody = f"127.0.0.1:{free_port()}"
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ANSWERABLE_")
        } | {
            "ANSWERABLE_VAR": str(var),
            "HTTPS_PROXY": f"http://{nobody}",  # whatever host a channel asks
            "NO_PROXY": "127.0.0.1",  # but the servers of a test: streams ask it too
            "ANSWERABLE_BLUESKY_APPVIEW": f"http://{nobody}",
            "ANSWERABLE_BLUESKY_JETSTREAM": f"ws://{nobody}/subscribe",
            **more,
        }
        self.log = var / f"worker-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "worker"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, words: str) -> str:
        until = time.monotonic() + WAIT
        while words not in self.said():
            assert time.monotonic() < until, f"never said {words!r}: {self.said()}"
            assert self.process.poll() is None, f"ended early: {self.said()}"
            time.sleep(0.05)
        return self.said()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        self.process.send_signal(number)
        return self.process.wait(WAIT)


@contextmanager
def worker(var: Path, **more: str):
    made = Process(var, **more)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait()


def runs(var: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(var / "answerable.db")) as database:
        return database.execute("SELECT channel, outcome, problem FROM run").fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_asked(tmp_path, number):
    """By itself: after a few seconds what does not stop is cut off, which is said."""
    with worker(tmp_path, ANSWERABLE_COLLECT="false") as one:
        one.wait_for("worker started jobs=3")
        assert one.stop(number) == 0
        assert "worker stopped" in one.said()
        assert "cut off" not in one.said()


@pytest.mark.slow
def test_it_is_one_process_and_a_second_one_says_so(tmp_path):
    with worker(tmp_path, ANSWERABLE_COLLECT="false") as first:
        first.wait_for("worker started")
        with worker(tmp_path, ANSWERABLE_COLLECT="false") as second:
            assert second.process.wait(WAIT) == 1
            said = second.said()
        assert "another worker already runs on" in said
        assert "Traceback" not in said
        assert said.count("\n") == 1
        assert first.process.poll() is None


@pytest.mark.slow
def test_after_a_kill_the_next_one_works(tmp_path):
    with worker(tmp_path, ANSWERABLE_COLLECT="false") as first:
        first.wait_for("worker started")
        first.stop(signal.SIGKILL)
    with worker(tmp_path, ANSWERABLE_COLLECT="false") as second:
        second.wait_for("worker started")
        assert second.stop() == 0


@pytest.mark.slow
def test_without_a_network_a_look_fails_visibly_and_the_worker_stays(tmp_path):
    with worker(tmp_path) as one:
        one.wait_for("look channel=bluesky outcome=failed")
        assert one.process.poll() is None
        assert one.stop() == 0
        lines = [line for line in one.said().splitlines() if "channel=bluesky" in line]
    assert len(lines) == 1
    assert "WARNING jobs.collecting look channel=bluesky outcome=failed" in lines[0]
    assert "refused" in lines[0]
    ((outcome, problem),) = {
        (outcome, problem)
        for channel, outcome, problem in runs(tmp_path)
        if channel == "bluesky"
    }
    assert outcome == "failed"
    assert "asked 5 times" in problem


@pytest.mark.slow
def test_it_stops_in_the_middle_of_a_look(tmp_path):
    """The stream drips and never ends; whoever drinks from it is told to stop."""

    def drip(socket, server):
        now = int(time.time())
        for n in range(100_000):
            if server.closing.wait(0.02):
                return
            socket.send(json.dumps(post(now - 3_000 + n / 1_000, "pat", str(n))))

    with jetstream() as stream, running() as view:
        view.answers["/xrpc/com.atproto.identity.resolveHandle"] = lambda handler: (
            handler.give(200, b'{"did": "did:plc:acme"}')
        )
        stream.plays = [drip]
        addresses = {
            "ANSWERABLE_BLUESKY_APPVIEW": view.url,
            "ANSWERABLE_BLUESKY_JETSTREAM": stream.url,
        }
        with worker(tmp_path, **addresses) as one:
            until = time.monotonic() + WAIT
            while not stream.asked:
                assert time.monotonic() < until, one.said()
                time.sleep(0.05)
            time.sleep(0.5)
            assert one.stop() == 0
            assert "look stopped" in one.said()
            assert "cut off" not in one.said()
    assert [run for run in runs(tmp_path) if run[0] == "bluesky"] == []


@pytest.mark.slow
def test_a_database_that_cannot_be_used_is_said(tmp_path):
    with worker(tmp_path, ANSWERABLE_DATABASE_URL="mysql://somewhere/x") as one:
        assert one.process.wait(WAIT) == 1
        said = one.said()
    assert "a database of kind 'mysql' cannot be used" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_setting_that_means_nothing_is_said(tmp_path):
    with worker(tmp_path, ANSWERABLE_PUBLIC_URL="http://[") as one:
        assert one.process.wait(WAIT) == 1
        said = one.said()
    assert said.startswith("worker: ANSWERABLE_PUBLIC_URL: ")
    assert said.count("\n") == 1


# -- in this process: what is scheduled, and how


class Held:
    def __init__(self, held: bool = True) -> None:
        self.answer = held

    def held(self) -> bool:
        return self.answer


@pytest.fixture
def settings(tmp_path):
    return Settings(var=tmp_path)


def made(store: Store, settings: Settings, lock: Lock | None = None) -> Worker:
    return Worker(store, settings, lock or Held(), threading.Event())


def test_there_is_a_job_for_each_channel_for_accounts_the_edition_and_notices(
    sqlite_store, settings
):
    one = made(sqlite_store, settings)
    one.schedule()
    jobs = {job.id: job for job in one.scheduler.get_jobs()}
    looks = {f"look-{each.slug}" for each in looked_at(settings)}
    assert "look-bluesky" in looks
    assert set(jobs) == looks | {"edition", "accounts", "notices", "bundles"}
    accounts = jobs.pop("accounts")  # after the first looks, which find most of them
    assert accounts.trigger.interval == timedelta(hours=1)
    assert timedelta(minutes=9) < accounts.next_run_time - datetime.now(UTC)
    assert (accounts.max_instances, accounts.coalesce) == (1, True)
    notices = jobs.pop("notices")  # after the edition that they may tell of has begun
    assert notices.trigger.interval == timedelta(minutes=2)
    assert (notices.max_instances, notices.coalesce) == (1, True)
    bundles = jobs.pop("bundles")  # after the day's edition, if one is made at once
    assert bundles.trigger.interval == timedelta(minutes=5)
    assert (bundles.max_instances, bundles.coalesce) == (1, True)
    for job in jobs.values():
        assert job.max_instances == 1
        assert job.coalesce is True
        assert job.misfire_grace_time is None
        assert job.next_run_time - datetime.now(UTC) < timedelta(seconds=10)
    assert jobs["look-bluesky"].trigger.interval == timedelta(minutes=5)
    assert jobs["look-bluesky"].trigger.jitter == 30
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    next_edition = jobs["edition"].trigger.get_next_fire_time(None, now)
    assert timedelta(hours=15) <= next_edition - now <= timedelta(hours=15, minutes=20)


def test_collecting_can_be_switched_off(sqlite_store, tmp_path):
    one = made(sqlite_store, Settings(var=tmp_path, collect=False))
    one.schedule()
    assert [job.id for job in one.scheduler.get_jobs()] == [
        "edition",
        "notices",
        "bundles",
    ]


def test_accounts_are_asked_for_with_what_is_known_of_hosts(
    sqlite_store, settings, monkeypatch
):
    given = {}
    monkeypatch.setattr(working, "confirm", lambda *_, **more: given.update(more))
    one = made(sqlite_store, settings)
    one._confirm()
    assert given == {"hosts": one._hosts, "sleep": one._sleep}


def test_what_hosts_ask_for_is_known_to_every_look(sqlite_store, settings, monkeypatch):
    known = []
    monkeypatch.setattr(
        working, "collect", lambda *_, hosts, **__: known.append(id(hosts))
    )
    one = made(sqlite_store, settings)
    for slug in ("github", "discourse", "github"):
        one._look(channels()[slug])
    assert len(known) == 3
    assert len(set(known)) == 1


def test_a_lost_lock_ends_the_worker_before_the_next_job(
    sqlite_store, settings, monkeypatch
):
    lock = Held()
    one = made(sqlite_store, settings, lock)
    monkeypatch.setattr(one, "_edition", lambda: None)
    monkeypatch.setattr(working, "collect", lambda *_, **__: pytest.fail("looked"))
    lock.answer = False
    assert one.run() == 1


def test_no_failure_of_a_job_reaches_the_scheduler(sqlite_store, settings, caplog):
    one = made(sqlite_store, settings)

    def broken() -> None:
        raise ZeroDivisionError("oops")

    one._guarded("look-x", broken)
    assert "job failed job=look-x problem=ZeroDivisionError('oops')" in caplog.text


def test_nothing_begins_after_the_stop(sqlite_store, settings):
    one = made(sqlite_store, settings)
    one._stop.set()
    one._guarded("look-x", lambda: pytest.fail("began"))


def test_a_new_installation_has_no_edition_yet(
    sqlite_store, settings, caplog, monkeypatch
):
    caplog.set_level("INFO")

    def nothing(*_):
        raise Failed("no inquiry is known")

    monkeypatch.setattr(working, "daily_provisional", nothing)
    made(sqlite_store, settings)._edition()
    assert "no edition today problem=no inquiry is known" in caplog.text


def test_the_days_edition_is_named(sqlite_store, settings, caplog, monkeypatch):
    caplog.set_level("INFO")

    class Edition:
        name = "provisional-2026-11-21"

    monkeypatch.setattr(working, "daily_provisional", lambda *_: Edition)
    made(sqlite_store, settings)._edition()
    assert "edition of today name=provisional-2026-11-21" in caplog.text


def test_what_does_not_stop_is_cut_off(sqlite_store, settings, monkeypatch):
    one = made(sqlite_store, settings)
    codes: list[int] = []
    begun, release = threading.Event(), threading.Event()
    monkeypatch.setattr(working, "PATIENCE_S", 0.1)
    monkeypatch.setattr(working.os, "_exit", codes.append)
    monkeypatch.setattr(working.logging, "shutdown", lambda: None)
    one.scheduler.start()

    def slow() -> None:
        begun.set()
        release.wait(2 * WAIT)

    # One that comes again, as all of the worker's do: what is due once is taken from
    # the list after it began, which fails when the list was closed in between.
    one._add("slow", slow, 0, trigger="interval", hours=1)
    assert begun.wait(WAIT)
    one._end()
    release.set()
    assert codes == [0]


def test_a_mistake_of_ours_is_not_hidden(settings, monkeypatch):
    monkeypatch.setattr(working, "prepare", lambda _: {}["oops"])
    with pytest.raises(KeyError):
        work(settings)
