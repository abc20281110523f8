"""The accounts of the registry asked for again, by the worker, on a quiet schedule.

What a handle meant when it was first resolved it need not mean for ever. So each
account is asked for every few weeks, one that was not found every day, a few of a
channel at a time, by the same code as ``registry check --live``. What is new is logged
and shown with the channel; see ``resolving`` for what then becomes of an account.
"""

import logging
import time
from collections.abc import Callable, Mapping

from collectors.base import Channel
from collectors.hosts import Hosts
from collectors.looking import Stopped
from jobs.collecting import client, looked_at, options
from jobs.registry import ask, run_of
from jobs.resolving import Asking, Live
from model import DAY, Account
from model.words import Became, became
from settings import Settings
from store import Store

log = logging.getLogger(__name__)

EVERY = 3_600
"""Seconds between two rounds."""
AFTER = 600
"""Seconds from the start of the worker to its first round: looks resolve what is new by
themselves, and are not to wait for this."""
SOON = DAY
"""Seconds until an account is asked again that was not found, is not what it was, or of
which nothing was said."""
AGAIN = 21 * DAY
"""Seconds until one that was found is: ten thousand on one channel are thus asked in
rounds of ``MOST``, with room to spare."""
MOST = 50
"""Accounts of one channel in one round."""


def confirm(
    store: Store,
    settings: Settings,
    *,
    hosts: Hosts | None = None,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.time,
) -> list[Live]:
    """One round over the channels that are on. Those whose looks ask by themselves,
    because asking costs, are left to them. Raises Stopped.
    """
    started_at, found = int(now()), []
    for channel in looked_at(settings):
        if channel.resolve is None or channel.confirms:
            continue
        try:
            live = _channel(store, settings, channel, hosts, sleep, now)
        except Stopped:
            raise
        except Exception as problem:
            # Of one channel: the others are asked all the same.
            log.debug("accounts not asked for", exc_info=True)
            said = type(problem).__name__
            log.error(
                "accounts not asked for channel=%s problem=%s", channel.slug, said
            )
            continue
        found += [live] if live else []
    if found:
        store.record_run(run_of(found, started_at, int(now())))
    return found


def due(accounts: list[Account], asked: Mapping[str, int], now: int) -> list[Account]:
    """Whose turn it is, those that waited longest first, at most ``MOST``.

    ``asked``: when each was last asked for, whatever came of it. One that was renamed
    is asked for as soon as there is a new one, which may be it.
    """
    new = any(not each.external_id and each.account not in asked for each in accounts)

    def at(account: Account) -> int:
        if new and became(account.problem) == Became.RENAMED:
            return 0
        last = asked.get(account.account, 0)
        found = (account.resolved_at or 0) if account.external_id else 0
        fine = found >= last and not account.problem
        return found + AGAIN if found and fine else last + SOON

    return sorted((each for each in accounts if at(each) <= now), key=at)[:MOST]


def _channel(
    store: Store,
    settings: Settings,
    channel: Channel,
    hosts: Hosts | None,
    sleep: Callable[[float], None],
    now: Callable[[], float],
) -> Live | None:
    """What a channel said; None: it was nobody's turn."""
    slug, at = channel.slug, int(now())
    accounts = store.accounts(slug)
    those = due(accounts, store.asked(slug), at)
    if not those:
        return None
    before = {each.account: became(each.problem) for each in those}
    with client(settings, channel, hosts, sleep) as http:
        asking = Asking(slug, channel, http, options(settings, slug))
        live = ask(store, asking, those, accounts, now)
    store.note_asked(slug, [each.account for each in those], at)
    _tell(live, before)
    return live


def _tell(live: Live, before: Mapping[str, Became | None]) -> None:
    """What is new of accounts, in the log: not again every day."""
    log.info(
        "accounts channel=%s found=%d not=%d left=%d problem=%s",
        *(live.channel, len(live.resolved), len(live.unresolved)),
        *(live.left, live.why_left),
    )
    for account, why in live.unresolved.items():
        if became(why) != before[account]:
            log.warning(
                "account channel=%s account=%s problem=%s", live.channel, account, why
            )
    for old, new in live.taken_up.items():
        log.info("account channel=%s account=%s is now=%s", live.channel, old, new)
