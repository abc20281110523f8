"""The registry's files: checked, loaded into the store, resolved against the network.

Loading never needs the network; an account stays unverified, and is not ranked, until
its channel has said that it is there, or imported data have named it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from collectors import channels, registry
from collectors.base import CollectorError
from collectors.http import Http, Unreachable
from jobs import Failed
from jobs.collecting import options
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


@dataclass(frozen=True, kw_only=True)
class Live:
    """What the channels said of one channel's accounts."""

    channel: str
    resolved: dict[str, str] = field(default_factory=dict)  # account: external id
    unresolved: dict[str, str] = field(default_factory=dict)  # account: why
    left: int = 0  # accounts not asked for
    why_left: str = ""


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
    now: Callable[[], float] = time.time,
    progress: Progress = lambda _done, _of: None,
) -> list[Live]:
    """Asks every channel that can be asked without a key whether its accounts exist.

    What was learnt of a channel is kept even when another cannot be reached. A channel
    that does not answer leaves its accounts as they were: silence of the network is
    no reason to doubt an account.
    """
    accounts: dict[str, list[str]] = {}
    for account in store.accounts():
        accounts.setdefault(account.channel, []).append(account.account)
    askable = {
        slug: channel.resolve
        for slug, channel in channels().items()
        if channel.resolve is not None and slug in accounts
    }
    total = sum(len(accounts[slug]) for slug in askable)
    done = 0

    def asked() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    found = []
    for slug, names in sorted(accounts.items()):
        ask = askable.get(slug)
        if ask is None:
            why = "accounts of this channel cannot be resolved by this version"
            found.append(Live(channel=slug, left=len(names), why_left=why))
            continue
        one = partial(ask, http, options(settings, slug))
        live = _ask(slug, names, one, asked)
        store.resolve_accounts(slug, int(now()), live.resolved, live.unresolved)
        found.append(live)
    return found


def _ask(
    slug: str,
    names: list[str],
    resolve: Callable[[str], str],
    asked: Callable[[], None],
) -> Live:
    resolved: dict[str, str] = {}
    unresolved: dict[str, str] = {}
    for place, name in enumerate(names):
        try:
            resolved[name] = resolve(name)
        except Unreachable as problem:
            return Live(
                channel=slug,
                resolved=resolved,
                unresolved=unresolved,
                left=len(names) - place,
                why_left=str(problem),
            )
        except CollectorError as problem:
            unresolved[name] = str(problem)
        asked()
    return Live(channel=slug, resolved=resolved, unresolved=unresolved)


def _is_folder(path: Path) -> None:
    if not path.is_dir():
        raise Failed(
            f"{path}: expected the registry's folder, with industries.csv, brands.csv"
            " and accounts.csv in it"
        )
