"""Telling those who watch a brand that it moved, once for each edition.

An edition's notices are put into the outbox together, in one transaction with the mark
that says so; then each is sent. A notice is marked as begun before it is sent, and as
sent the moment it was taken. Killed between those two, it is sent again later, under
the same name (Message-ID, webhook-id), by which receivers know it again: the network
offers no better.
"""

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mail
from jobs import hooks, letters
from model import Edition
from model.notices import By, hook_key, stop_token
from settings import Settings
from store import Due, Figure, Moved, Store

log = logging.getLogger(__name__)

EVERY_S = 120
"""Seconds between two looks into the outbox."""

FIRST_WAIT_S = 300
LONGEST_WAIT_S = 12 * 3_600
TRIES = 9
"""Waits double: of nine tries the last comes about 21 hours after the first."""

HOOKS_AT_ONCE = 8
"""Webhooks are other people's servers: one that answers late holds up no other."""

HOOKS_S = 90.0
"""Within a look, none is begun later than this: then mails have their turn again."""


def wait(tries: int) -> int:
    """Seconds from a try to the next."""
    return int(min(FIRST_WAIT_S * 2 ** (tries - 1), LONGEST_WAIT_S))


def tell(
    store: Store,
    settings: Settings,
    *,
    stopped: Callable[[], bool] = lambda: False,
    now: Callable[[], float] = time.time,
) -> int:
    """Fills the outbox and sends what is due, mails first; how many were sent.

    Addresses that were never confirmed are erased on the way. Without mail settings
    and a public address nothing is sent, and what is due stays.
    """
    store.expire_subscriptions(int(now()))
    public = settings.public_url.rstrip("/")

    def body(edition: Edition, moved: Moved, last: str) -> str | None:
        return said(edition, moved, last, public)

    editions, lines = store.announce(body, int(now()))
    if lines:
        log.info("notices made editions=%s notices=%d", ",".join(editions), lines)
    if not ready(settings):
        return 0

    def sending(by: By, over: Callable[[], bool]) -> int:
        """Sends what is due in one way, one after the other; how many."""
        sent = 0
        while not over():
            due = store.claim(int(now()), wait, by)
            if due is None:
                break
            sent += _send(store, settings, due, now)
        return sent

    sent = sending(By.MAIL, stopped)
    lanes = min(HOOKS_AT_ONCE, store.due(By.HOOK, int(now())))
    sent += _beside_each_other(lanes, lambda over: sending(By.HOOK, over), stopped)
    if sent:
        log.info("notices sent notices=%d", sent)
    return sent


def _beside_each_other(
    lanes: int,
    sending: Callable[[Callable[[], bool]], int],
    stopped: Callable[[], bool],
) -> int:
    """The same in so many threads, until the time for webhooks is over."""
    if not lanes:
        return 0
    end = time.monotonic() + HOOKS_S

    def over() -> bool:
        return stopped() or time.monotonic() >= end

    with ThreadPoolExecutor(lanes, "webhook") as pool:
        return sum(pool.map(sending, [over] * lanes))


def ready(settings: Settings) -> bool:
    """Whether there is a way to send, and an address that links can lead to."""
    return bool(settings.smtp_host and settings.mail_from and settings.public_url)


def said(edition: Edition, moved: Moved, last: str, public: str) -> str | None:
    """A notice as JSON; None where the last one said the same.

    Of one period the editions of a week say the same every day: told is only what is
    compared with another edition, or went another way, or in another family.
    """
    ways = {one.family: _way(one) for one in moved.figures}
    before = json.loads(last) if last else {}
    if (before.get("since"), before.get("ways")) == (moved.since, ways):
        return None
    told: dict[str, Any] = {
        "type": "brand.moved",
        "brand": moved.slug,
        "name": moved.name,
        "edition": edition.name,
        "provisional": edition.provisional,
        "method": edition.method,
        "since": moved.since,
        "ways": ways,
        "figures": [_figure(one) for one in moved.figures],
        "page": f"{public}/editions/{edition.name}/brands/{moved.slug}",
    }
    return json.dumps(told, ensure_ascii=False)


def _way(one: Figure) -> str:
    return "up" if one.change["change"] > 0 else "down"


def _figure(one: Figure) -> dict[str, Any]:
    score, low, high, inquiries, _ = one.change["was"]
    return {
        "family": one.family,
        "score": one.score,
        "score_low": one.score_low,
        "score_high": one.score_high,
        "inquiries": one.inquiries,
        "score_was": score,
        "score_was_low": low,
        "score_was_high": high,
        "inquiries_was": inquiries,
        "change": one.change["change"],
        "change_low": one.change["low"],
        "change_high": one.change["high"],
    }


def _send(store: Store, settings: Settings, due: Due, now: Callable[[], float]) -> bool:
    """Whether it was taken. What fails stays due, until no try is left."""
    try:
        _deliver(settings, due)
    except (mail.MailFailed, hooks.HookFailed) as problem:
        final = problem.final or due.tries >= TRIES
        if final:
            store.give_up(due.id)
        if isinstance(problem, hooks.HookFailed) and problem.final:
            store.unsubscribe(due.ident)
        log.warning(
            "notice not taken notice=%d by=%s try=%d%s problem=%s",
            due.id, due.by, due.tries, " given_up=1" if final else "", problem,
        )  # fmt: skip
        return False
    store.told(due.id, int(now()))
    return True


def _deliver(settings: Settings, due: Due) -> None:
    """Raises MailFailed, HookFailed."""
    name = f"{due.ident}.{due.edition}"
    if due.by == By.HOOK:
        secret = hook_key(settings.key, due.ident)
        hooks.post(settings, due.target, name, due.body.encode(), secret)
        return
    public = settings.public_url.rstrip("/")
    stop = letters.stop(public, due.language, stop_token(settings.key, due.ident))
    subject, text = letters.moved(json.loads(due.body), due.language, public, stop)
    headers = {
        "Message-ID": f"<{name}@{mail.domain(settings)}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    mail.send(settings, due.target, subject, text, headers)
