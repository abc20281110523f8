"""What is configured, reachable, stale or failing, in words."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from collectors import channels
from collectors.base import Channel
from jobs.starting import channel_row, sentence
from model import DAY, Account, Edition
from settings import Settings
from store import AlreadyRunning, Store, Watch
from store.pages import LastRuns

LEAST_FREE = 1 << 30
"""Bytes of disk: an import of a few million rows needs as much."""

LATE = 3
"""A channel is stale when its last good look is older than so many of its turns."""

EDITION_DAYS = 100
"""A quarter and a bit: an older edition is stale."""

OK, OFF, STALE, FAILING = "ok", "off", "stale", "failing"

Findings = Iterator["Finding"]


class Finding(NamedTuple):
    """One thing looked at."""

    what: str
    state: str  # OK, OFF, STALE or FAILING
    words: str


def examine(settings: Settings, now: Callable[[], float] = time.time) -> list[Finding]:
    """Everything there is to say, in an order in which to mend it. Changes nothing."""
    return [*_machine(settings), *_database(settings, int(now())), *_sample(settings)]


def _machine(settings: Settings) -> Findings:
    yield Finding("python", OK, sys.version.split()[0])
    missing = [name for name in PACKAGES if not _installed(name)]
    if missing:
        yield Finding("packages", FAILING, f"missing {', '.join(missing)}: make setup")
    else:
        yield Finding("packages", OK, f"all {len(PACKAGES)} that are needed")
    place = next(p for p in (settings.var, *settings.var.parents) if p.exists())
    free = shutil.disk_usage(place).free
    words = f"{free / (1 << 30):.1f} GiB free where {settings.var} is"
    yield Finding("disk", OK if free >= LEAST_FREE else STALE, words)
    if settings.contact:
        yield Finding("contact", OK, "the user agent says how to reach you")
    else:
        words = "set ANSWERABLE_CONTACT, so that those whose servers we read can write"
        yield Finding("contact", OFF, words)


TOLD = 3
"""Accounts told one by one; of the others only how many there are."""

PACKAGES = ("alembic", "click", "flask", "gunicorn", "httpx", "numpy", "polars",
            "pyarrow", "scipy", "sqlmodel", "websockets")  # fmt: skip


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _database(settings: Settings, now: int) -> Findings:
    """The main database; what is in it only when it can be read."""
    if _not_made(settings.database):
        words = "there is none yet; `answerable up` or `answerable migrate` makes it"
        yield Finding("database", OFF, words)
        return
    try:
        store = Store(settings.database)
        try:
            if not store.schema_is_current():
                words = "its schema is not the one this code needs; run"
                yield Finding("database", FAILING, f"{words} `answerable migrate`")
                return
            yield Finding("database", OK, "reachable, with the newest schema")
            yield from _inside(store, settings, now)
        finally:
            store.close()
    except Exception as problem:
        yield Finding("database", FAILING, sentence(problem) or repr(problem))


def _not_made(address: str) -> bool:
    _, kind, path = address.partition("sqlite:///")
    return bool(kind) and not Path(path).exists()


def _inside(store: Store, settings: Settings, now: int) -> Findings:
    yield _registry(store)
    yield from _doubtful(store.accounts())
    yield _worker(store)
    runs, watch = store.last_runs(), store.watch(now)
    for channel in channels().values():
        slug = channel.slug
        yield _channel(channel, settings, runs.get(slug), watch.get(slug), now)
    yield from _budget(store, settings, now)
    yield _editions(store.editions(), now)


def _registry(store: Store) -> Finding:
    brands, accounts = store.brands(), store.accounts()
    resolved = sum(each.resolved_at is not None for each in accounts)
    words = (
        f"{len(brands)} brands, {len(accounts)} accounts, {resolved} of them found live"
        " or named by imported data; only those are ranked"
    )
    if not brands:
        return Finding("registry", OFF, "empty; run `answerable registry load`")
    return Finding("registry", OK, words)


def _doubtful(accounts: list[Account]) -> Findings:
    """Accounts that were there once and are not what the registry says now."""
    said = [
        f"{each.account} ({each.channel}) {each.problem}"
        for each in accounts
        if each.problem and each.external_id
    ]
    if said:
        more = f"; and {len(said) - TOLD} more" if len(said) > TOLD else ""
        yield Finding("accounts", STALE, "; ".join(said[:TOLD]) + more)


def _worker(store: Store) -> Finding:
    try:
        with store.worker_lock():
            words = "none is running; `answerable up` or `python -m worker` starts one"
            return Finding("worker", OFF, words)
    except AlreadyRunning:
        return Finding("worker", OK, "running")


def _channel(
    channel: Channel,
    settings: Settings,
    runs: LastRuns | None,
    watch: Watch | None,
    now: int,
) -> Finding:
    what, row = f"channel {channel.slug}", channel_row(channel, settings)
    if not row.on:
        return Finding(what, OFF, row.off_because)
    if channel.every is None:
        return Finding(what, OK, "imported from files")
    if runs is None or runs.any is None:
        return Finding(what, STALE, "never looked at")
    if runs.any.outcome == "failed":
        words = f"last look {_when(runs.any.finished_at)} failed: {runs.any.problem}"
        return Finding(what, FAILING, words)
    good = runs.ok.finished_at if runs.ok else runs.any.finished_at
    late = now - good > LATE * channel.every.total_seconds()
    words = f"last good look {_when(good)}"
    if watch is not None and watch.late:
        behind = f"{watch.late} of {watch.verified} accounts not watched for long"
        words, late = f"{words}; {behind}", True
    if channel.restriction:
        words = f"{words}; mind its terms: {channel.restriction}"
    return Finding(what, STALE if late else OK, words)


def _budget(store: Store, settings: Settings, now: int) -> Findings:
    """What is left of the month's dollars for reading X."""
    if not settings.x_budget_usd:
        return
    month = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
    said = store.spent("x")
    spent, sampled = (
        said.get(f"{what} {month}", 0) / 1_000_000 for what in ("spent", "sampled")
    )
    words = (
        f"{spent:.2f} of {settings.x_budget_usd:.2f} dollars spent in {month};"
        f" with what is set aside for following, {sampled:.2f}"
    )
    gone = max(spent, sampled) >= settings.x_budget_usd - LEAST_USD
    more = "; nothing new is sampled until the month ends" if gone else ""
    yield Finding("budget x", STALE if gone else OK, words + more)


LEAST_USD = 3.0
"""Below this, X is not sampled: a page of posts, and following them, costs as much."""


def _editions(editions: list[Edition], now: int) -> Finding:
    if not editions:
        words = "nothing measured is published; the site shows the sample"
        return Finding("editions", OFF, words)
    newest = max(editions, key=lambda each: each.day_to)
    words = (
        f"{len(editions)}, the newest {newest.name} up to {_when(newest.day_to * DAY)}"
    )
    late = now - newest.day_to * DAY > EDITION_DAYS * DAY
    return Finding("editions", STALE if late else OK, words)


def _sample(settings: Settings) -> Findings:
    if _not_made(settings.sample_database):
        yield Finding("sample", OFF, "not made; `answerable sample` makes it")
        return
    try:
        store = Store(settings.sample_database)
        try:
            names = [each.name for each in store.editions()]
        finally:
            store.close()
        yield Finding("sample", OK, f"fictional editions {', '.join(names)}")
    except Exception as problem:
        words = f"{sentence(problem) or problem!r}; `answerable sample` makes it anew"
        yield Finding("sample", FAILING, words)


def _when(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
