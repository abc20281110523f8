"""Exactly one worker, and its place is free again when it dies."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from fixtures_store import watched_with
from store import AlreadyRunning, Store

ROOT = Path(__file__).parent.parent
HOLD = """
import sys, time
from store import Store
with Store(sys.argv[1]).worker_lock() as lock:
    print(lock.held(), flush=True)
    time.sleep(600)
"""


def test_a_second_worker_is_told_so(
    store: Store, address: str, open_store: Callable[[str], Store]
) -> None:
    other = open_store(address)
    with store.worker_lock() as lock:
        assert lock.held()
        with pytest.raises(AlreadyRunning, match="another worker already runs on"):
            other.worker_lock().__enter__()
        assert lock.held()
    with other.worker_lock() as lock:
        assert lock.held()


def test_the_lock_hinders_nobody_else(store: Store) -> None:
    with store.worker_lock():
        store.put_channels([])
        assert store.editions() == []
        assert len(watched_with(store, 0, 1).directory) == 0


def test_a_worker_that_is_killed_leaves_its_place(store: Store, address: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, address], stdout=subprocess.PIPE, cwd=ROOT
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        with pytest.raises(AlreadyRunning), store.worker_lock():
            pass
        holder.send_signal(signal.SIGKILL)
    until = time.monotonic() + 60
    while True:
        try:
            with store.worker_lock() as lock:
                assert lock.held()
            return
        except AlreadyRunning:
            assert time.monotonic() < until, "the lock outlived its holder"
            time.sleep(0.05)


def test_a_worker_notices_that_its_lock_file_was_removed(sqlite_store: Store) -> None:
    with sqlite_store.worker_lock() as lock:
        path = sqlite_store._database.path
        assert path is not None
        path.with_name(f"{path.name}.worker.lock").unlink()
        assert not lock.held()


def test_a_worker_notices_that_its_server_hung_up(
    postgres_address: str, open_store: Callable[[str], Store]
) -> None:
    store = open_store(postgres_address)
    with store.worker_lock() as lock:
        with psycopg.connect(postgres_address, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype ="
                " 'advisory' AND pid <> pg_backend_pid() AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        assert not lock.held()
