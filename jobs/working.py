"""What the worker does: a look at each channel in its turn, an edition every day.

Killed at any moment it loses nothing: a look and its place in the channel are stored
together, so that the next worker goes on where this one stopped.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from collectors.base import Channel
from collectors.hosts import Hosts
from collectors.looking import Stopped
from jobs import Failed
from jobs.bundle import offer_shown
from jobs.collecting import collect, looked_at
from jobs.confirming import AFTER, EVERY, confirm
from jobs.expiring import expire
from jobs.publishing import daily_provisional
from jobs.starting import prepare, sentence
from jobs.telling import EVERY_S, tell
from settings import Settings
from store import Store
from store.locks import Lock

log = logging.getLogger(__name__)

JITTER_S = 30
"""Looks are moved by up to so much, so that channels do not all start together."""

EDITION_AT = 3
"""Hour, UTC, of the day's edition: yesterday is over everywhere that counts in UTC."""

OFFERED_S = 300
"""How long an edition may be there before its bundle is made, in seconds."""

PATIENCE_S = 8.0
"""How long jobs may take to notice that they are to stop. A look notices at once; an
edition in the making is cut off, which leaves nothing behind."""


def work(settings: Settings) -> int:
    """Works until SIGTERM or SIGINT. Exit code: 0 asked to stop, 1 could not work."""
    stop = threading.Event()
    with _signals(stop):
        try:
            store = Store(settings.database, settings.var)
            try:
                with store.worker_lock() as lock:
                    prepare(settings)
                    return Worker(store, settings, lock, stop).run()
            finally:
                store.close()
        except Exception as problem:
            said = sentence(problem)
            if said is None:
                raise
            log.error("worker cannot work problem=%s", said)
            return 1


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    def ask(_number: int, _frame: object) -> None:
        stop.set()

    before = {n: signal.signal(n, ask) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Worker:
    """One process at work, for as long as it holds the lock."""

    def __init__(
        self, store: Store, settings: Settings, lock: Lock, stop: threading.Event
    ) -> None:
        self._store = store
        self._settings = settings
        self._lock = lock
        self._stop = stop
        self._lost = False
        self._hosts = Hosts()  # what servers ask for outlives the look they are asked
        self.scheduler = BackgroundScheduler(timezone=UTC)

    def run(self) -> int:
        self.schedule()
        self.scheduler.start()
        log.info("worker started jobs=%d", len(self.scheduler.get_jobs()))
        self._stop.wait()
        log.info("worker stops")
        self._end()
        return int(self._lost)

    def schedule(self) -> None:
        """A job for each channel, one for who the accounts are, and the day's edition.
        The first looks are now."""
        channels = looked_at(self._settings) if self._settings.collect else []
        for place, channel in enumerate(channels):
            assert channel.every is not None
            self._add(
                f"look-{channel.slug}",
                partial(self._look, channel),
                place,
                trigger="interval",
                seconds=int(channel.every.total_seconds()),
                jitter=JITTER_S,
            )
        if channels:
            self._add(
                "accounts",
                self._confirm,
                AFTER,
                trigger="interval",
                seconds=EVERY,
                jitter=JITTER_S,
            )
        self._add(
            "edition", self._edition, 5, trigger="cron", hour=EDITION_AT, jitter=600
        )
        self._add("notices", self._tell, 20, trigger="interval", seconds=EVERY_S)
        self._add("bundles", self._offer, 30, trigger="interval", seconds=OFFERED_S)

    def _add(
        self, name: str, do: Callable[[], None], after: int, **trigger: Any
    ) -> None:
        self.scheduler.add_job(
            self._guarded,
            args=[name, do],
            id=name,
            next_run_time=datetime.now(UTC) + timedelta(seconds=after),
            coalesce=True,  # after a pause, once, not once per missed turn
            max_instances=1,
            misfire_grace_time=None,
            **trigger,
        )

    def _guarded(self, name: str, do: Callable[[], None]) -> None:
        """Does a job while the lock is ours. No failure reaches the scheduler."""
        if self._stop.is_set():
            return
        if not self._lock.held():
            log.error(
                "the lock of this database is lost: stopping, so that only one works"
            )
            self._lost = True
            self._stop.set()
            return
        try:
            do()
        except Stopped:
            return
        except Exception as problem:
            said = sentence(problem) or repr(problem)
            log.exception("job failed job=%s problem=%s", name, said)

    def _look(self, channel: Channel) -> None:
        collect(
            self._store,
            self._settings,
            channel.slug,
            stopped=self._stop.is_set,
            sleep=self._sleep,
            hosts=self._hosts,
        )

    def _confirm(self) -> None:
        confirm(self._store, self._settings, hosts=self._hosts, sleep=self._sleep)

    def _edition(self) -> None:
        expire(self._store, int(time.time()))
        try:
            edition = daily_provisional(self._store, self._settings)
        except Failed as problem:  # a new installation has nothing to publish yet
            log.info("no edition today problem=%s", problem)
        else:
            log.info("edition of today name=%s", edition.name)

    def _tell(self) -> None:
        tell(self._store, self._settings, stopped=self._stop.is_set)

    def _offer(self) -> None:
        offer_shown(self._store, self._settings, self._stop.is_set)

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopped

    def _end(self) -> None:
        """Waits for jobs to notice; what does not is cut off with the process."""
        waiting = threading.Thread(target=self.scheduler.shutdown, daemon=True)
        waiting.start()
        waiting.join(PATIENCE_S)
        if waiting.is_alive():
            log.warning("a job did not stop in time: cut off, nothing of it is kept")
            logging.shutdown()
            os._exit(int(self._lost))
        log.info("worker stopped")
