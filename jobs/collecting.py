"""Looks at channels: one now, for the command line and the scheduler alike.

Whatever goes wrong becomes a saved Run and one line in the log. A channel that cannot
be reached never stops another, and never the process.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from collectors import channels
from collectors.base import Channel, CollectorError, Watched
from collectors.hosts import Hosts
from collectors.http import Http
from collectors.looking import Stopped, Task
from jobs import Failed
from jobs.judging import judged
from model import CHANNEL_FAMILY, Run
from model.looks import Look
from model.words import Became, became
from scoring.ladder import LADDER
from scoring.method import LIMITS
from settings import ROOT, Settings
from store import Store, StoreError

log = logging.getLogger(__name__)


class NothingToLookAt(Failed):
    """What was asked for cannot be looked at."""


def off_because(channel: Channel, settings: Settings) -> str:
    """Why a channel is off in this installation; "" when it is on."""
    switch, key = channel.switch, channel.key_setting
    if switch and not getattr(settings, switch, False):
        said = (
            f" (off by default: {channel.restriction})" if channel.restriction else ""
        )
        value = "true" if isinstance(getattr(settings, switch, False), bool) else "..."
        return f"must be switched on: set ANSWERABLE_{switch.upper()}={value}{said}"
    if key and not getattr(settings, key, ""):
        return f"needs a key: set ANSWERABLE_{key.upper()}"
    return ""


def looked_at(settings: Settings) -> list[Channel]:
    """The channels that are looked at here, in alphabetical order."""
    return [
        channel
        for channel in channels().values()
        if channel.look is not None and not off_because(channel, settings)
    ]


def collect(
    store: Store,
    settings: Settings,
    channel: str | None = None,
    brand: str | None = None,
    now: Callable[[], float] = time.time,
    stopped: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
    hosts: Hosts | None = None,
) -> list[Run]:
    """One look, now, at every channel that is on, or at one.

    ``brand`` leaves out channels on which that brand has no account. A stream brings
    every brand at once: it is then read for all of them, since a place in it can be
    passed only once. Channels without any account are left out. ``hosts`` is what is
    known of servers from looks before.

    Raises NothingToLookAt when the channel or the brand asked for is not there, and
    Stopped. Everything else that fails is in the Runs that it returns.
    """
    runs = []
    for each in _asked_for(settings, channel):
        accounts = _accounts(store, each.slug)
        if not accounts or (brand and not any(a.brand == brand for a in accounts)):
            log.info("nothing to look at channel=%s brand=%s", each.slug, brand or "")
            continue
        with client(settings, each, hosts, sleep) as http:
            task = Task(
                accounts=accounts,
                http=http,
                secret=settings.key,
                started_us=int(now() * 1_000_000),
                cursors=store.cursors(each.slug),
                options=options(settings, each.slug),
                known=partial(store.opened, each.slug),
                open_since=partial(store.open_since, each.slug),
                horizon=LIMITS[CHANNEL_FAMILY[each.slug]].horizon,
                spend=partial(store.spend, each.slug),
                stopped=stopped,
            )
            runs.append(_run(store, each, task, now))
    if brand and not runs:
        raise NothingToLookAt(
            f"brand {brand!r} has no account on a channel that is looked at here"
        )
    return runs


def client(
    settings: Settings,
    channel: Channel | None = None,
    hosts: Hosts | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Http:
    """The one client for other people's servers; close it when done."""
    return Http(
        settings.contact,
        sleep=sleep,
        hosts=hosts,
        pace=channel.pace if channel else None,
        private=settings.named_hosts,
        secrets=settings.secrets,
    )


def options(settings: Settings, slug: str) -> dict[str, Any]:
    """A channel's settings, without its slug in front."""
    return {
        name.removeprefix(f"{slug}_"): getattr(settings, name)
        for name in type(settings).model_fields
        if name.startswith(f"{slug}_")
    }


def _asked_for(settings: Settings, slug: str | None) -> Sequence[Channel]:
    if slug is None:
        return looked_at(settings)
    there = {each.slug: each for each in channels().values() if each.look is not None}
    if slug not in there:
        raise NothingToLookAt(
            f"channel {slug!r} is not one that is looked at; there are: "
            f"{', '.join(there)}"
        )
    if why := off_because(there[slug], settings):
        raise NothingToLookAt(f"channel {slug!r} is off: it {why}")
    return [there[slug]]


def _run(store: Store, channel: Channel, task: Task, now: Callable[[], float]) -> Run:
    """One look and what it came to, stored together or not at all. Raises Stopped."""
    try:
        run = _look(store, channel, task, now)
    except Stopped:
        log.info("look stopped channel=%s", channel.slug)
        raise
    except (CollectorError, StoreError) as problem:
        run = _failed(store, channel, task, str(problem), now)
    except Exception as problem:
        log.debug("a mistake of ours", exc_info=True)
        said = f"a mistake of ours, {type(problem).__name__}{_place(problem)}"
        run = _failed(store, channel, task, said, now)
    log.log(
        logging.INFO if run.outcome == "ok" else logging.WARNING,
        "look channel=%s outcome=%s accounts=%d read=%d kept=%d refused=%d seconds=%d"
        " problem=%s",
        *(run.channel, run.outcome, len(task.accounts), run.rows_read, run.rows_kept),
        *(sum(json.loads(run.refused).values()), run.finished_at - run.started_at),
        run.problem,
    )
    return run


def _look(store: Store, channel: Channel, task: Task, now: Callable[[], float]) -> Run:
    assert channel.look is not None
    look = _in_doubt(store, _said(task, judged(channel.look(task))))
    if len(look.inquiries) not in channel.normal:
        odd = f"{len(look.inquiries)} inquiries at one look are not what is normal"
        look = replace(look, problem="; ".join(filter(None, [look.problem, odd])))
    run = Run(
        what="look",
        channel=channel.slug,
        started_at=task.started_us // 1_000_000,
        finished_at=int(now()),
        outcome=_outcome(look),
        problem=look.problem,
        rows_read=look.read,
        rows_kept=len(look.inquiries) + len(look.responses),
        refused=json.dumps(look.refused, sort_keys=True),
    )
    horizon = LIMITS[CHANNEL_FAMILY[channel.slug]].horizon
    store.apply(look, run, LADDER, horizon)
    return run


def _in_doubt(store: Store, look: Look) -> Look:
    """Without what it says of accounts of which more is known: that one is not found
    under its name any more is no news of one that was renamed."""
    doubtful = {
        account.account
        for account in store.accounts(look.channel)
        if became(account.problem) not in (None, Became.UNKNOWN)
    }
    unresolved = {a: why for a, why in look.unresolved.items() if a not in doubtful}
    return replace(look, unresolved=unresolved)


def _said(task: Task, look: Look) -> Look:
    """The look, with what its hosts' clocks say, and no key in any of its sentences."""
    problem = "; ".join(filter(None, [look.problem, *task.http.clocks()]))
    unresolved = {
        account: task.http.clean(why) for account, why in look.unresolved.items()
    }
    return replace(look, problem=task.http.clean(problem), unresolved=unresolved)


def _place(problem: Exception) -> str:
    """Where in our files it happened. Not what it says: that may hold what a person
    wrote, and this is stored."""
    ours = [
        (path.relative_to(ROOT), frame.lineno)
        for frame in traceback.extract_tb(problem.__traceback__)
        if (path := Path(frame.filename)).is_relative_to(ROOT)
        and not path.is_relative_to(sys.prefix)
    ]
    return f" at {ours[-1][0]}:{ours[-1][1]}" if ours else ""


def _outcome(look: Look) -> str:
    """A look that saw nothing of any account failed, whatever else it learnt."""
    if not look.problem:
        return "ok"
    return "incomplete" if look.seen or look.followed else "failed"


def _failed(
    store: Store,
    channel: Channel,
    task: Task,
    problem: str,
    now: Callable[[], float],
) -> Run:
    run = Run(
        what="look",
        channel=channel.slug,
        started_at=task.started_us // 1_000_000,
        finished_at=int(now()),
        outcome="failed",
        problem=task.http.clean(problem),
    )
    try:
        store.record_run(run)
    except Exception as unsaved:
        log.error("failed look not saved channel=%s problem=%s", channel.slug, unsaved)
    return run


def _accounts(store: Store, slug: str) -> list[Watched]:
    """Those that may be looked at: not one whose name leads to somebody else now, and
    not yet one whose name is the new name of another, which is to take it up."""
    brands, accounts = store.known(), store.accounts(slug)
    renamed = " ".join(
        each.problem.lower()
        for each in accounts
        if became(each.problem) == Became.RENAMED
    )
    return [
        Watched(
            a.account,
            a.external_id,
            brands[slug, a.account.lower()],
            a.watched_from,
            tuple(a.staff.split()),
        )
        for a in accounts
        if became(a.problem) != Became.MOVED
        and (a.external_id or called(a.account) not in renamed)
    ]


def called(name: str) -> str:
    """In the problem of an account that was renamed: to what, in lower case."""
    return f"it is called {name.lower()} now"
