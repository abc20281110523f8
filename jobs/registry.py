"""The registry's files: checked, loaded into the store, resolved against the network.

Loading never needs the network; an account stays unverified, and is not ranked, until
its channel has said that it is there, or imported data have named it.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from collectors import channels, registry
from collectors.http import Http
from jobs import Failed
from jobs.collecting import off_because, options
from jobs.resolving import Asking, Live
from model import Account, Run
from settings import ROOT, Settings
from store import Store

FOLDER = ROOT / "registry"
"""The registry that comes with the project."""

Progress = Callable[[int, int], None]
"""Told how many accounts have been asked for, and of how many."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    industries: int
    brands: int
    accounts: int


def check(path: Path = FOLDER) -> list[str]:
    """Every problem of the registry in a folder, with file and line; none: []."""
    _is_folder(path)
    return registry.examine(path)[1]


def load(store: Store, path: Path = FOLDER) -> Loaded:
    """Puts a registry into the store, all of it or, when it has problems, nothing.

    Raises Failed for a folder that is not there, and UnreadableRegistry.
    """
    _is_folder(path)
    read = registry.read(path)
    store.put_registry(read)
    return Loaded(
        industries=len(read.industries),
        brands=len(read.brands),
        accounts=len(read.accounts),
    )


def check_live(
    store: Store,
    settings: Settings,
    http: Http,
    *,
    accept: Collection[str] = (),
    now: Callable[[], float] = time.time,
    progress: Progress = lambda _done, _of: None,
) -> list[Live]:
    """Asks every channel that can be asked whether its accounts are who they were.

    What was learnt of a channel is kept even when another cannot be reached. A channel
    that does not answer leaves its accounts as they were: silence of the network is
    no reason to doubt an account. ``accept``: accounts behind whose name somebody else
    may be from now on. Raises Failed for one of these that is no account.
    """
    started_at = int(now())
    accounts: dict[str, list[Account]] = {}
    for account in store.accounts():
        accounts.setdefault(account.channel, []).append(account)
    _are_there(accept, accounts)
    asking = {
        slug: Asking(slug, channel, http, options(settings, slug), frozenset(accept))
        for slug, channel in channels().items()
        if slug in accounts and not _why_not(slug, settings)
    }
    total = sum(len(accounts[slug]) for slug in asking)
    done = 0

    def asked() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    found = []
    for slug, those in sorted(accounts.items()):
        if slug not in asking:
            why = _why_not(slug, settings)
            left = Live(channel=slug, askable=False, left=len(those), why_left=why)
            found.append(left)
            continue
        found.append(ask(store, asking[slug], those, those, now, asked))
    store.record_run(run_of(found, started_at, int(now())))
    return found


def ask(
    store: Store,
    asking: Asking,
    those: list[Account],
    accounts: list[Account],
    now: Callable[[], float],
    asked: Callable[[], None] = lambda: None,
) -> Live:
    """Asks a channel for some of its ``accounts`` and keeps what was learnt."""
    live = asking.ask(those, asked)
    at = int(now())
    store.resolve_accounts(asking.slug, at, live.resolved, live.unresolved, live.moved)
    return _taken_up(store, live, accounts, at)


def _why_not(slug: str, settings: Settings) -> str:
    """Why a channel's accounts are not asked for; "" they are. One that is off is not
    asked for anything, whoever its account belongs to."""
    channel = channels().get(slug)
    if channel is None or channel.resolve is None:
        return "accounts of this channel cannot be resolved by this version"
    why = off_because(channel, settings)
    return f"this channel is off: it {why}" if why else ""


def _are_there(accept: Collection[str], accounts: dict[str, list[Account]]) -> None:
    there = {each.account for those in accounts.values() for each in those}
    for name in accept:
        if name not in there:
            raise Failed(f"{name!r} is no account of the registry; nothing was asked")


def _taken_up(store: Store, live: Live, accounts: list[Account], at: int) -> Live:
    """Renamed accounts whose new name the registry has by now get it."""
    brand_of = {each.account: each.brand_id for each in accounts}
    id_of = {each.account: each.external_id for each in accounts} | live.resolved
    named = {
        each.account.lower(): each.account
        for each in accounts
        if each.account in live.resolved or (each.resolved_at and not each.problem)
    }
    taken_up = {
        old: new
        for old, today in live.renamed.items()
        if (new := named.get(today.lower()))
        and (id_of[new], brand_of[new]) == (id_of[old], brand_of[old])
        and store.rename_account(live.channel, old, new, at)
    }
    rest = {a: why for a, why in live.unresolved.items() if a not in taken_up}
    return replace(live, unresolved=rest, taken_up=taken_up)


def run_of(found: list[Live], started_at: int, finished_at: int) -> Run:
    """What was asked and when; of no one channel, for nothing was looked at."""
    problem = "; ".join(
        f"{live.channel}: {live.why_left}"
        for live in found
        if live.askable and live.left
    )
    return Run(
        what="resolve",
        channel="",
        started_at=started_at,
        finished_at=finished_at,
        outcome="incomplete" if problem else "ok",
        problem=problem,
        rows_read=sum(len(live.resolved) + len(live.unresolved) for live in found),
        rows_kept=sum(len(live.resolved) for live in found),
    )


def _is_folder(path: Path) -> None:
    if not path.is_dir():
        raise Failed(
            f"{path}: expected the registry's folder, with industries.csv, brands.csv"
            " and accounts.csv in it"
        )
