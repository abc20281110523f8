"""Erases a person's message on request; notes that it was done, and not to what."""

import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from collectors import channels, hashing
from collectors.http import Http
from jobs import Failed
from jobs.collecting import options
from model import Run
from settings import Settings
from store import Store

log = logging.getLogger(__name__)

WEB = frozenset({"http", "https"})


class NothingThere(Failed):
    """No message of a person is kept under the address."""


def forget(
    store: Store,
    settings: Settings,
    http: Http,
    url: str,
    *,
    now: Callable[[], float] = time.time,
) -> str:
    """Erases who wrote the message at an address, and the address. Says what was done.

    Raises NothingThere, Failed for what is no address, and CollectorError when a
    channel has to be asked whose page it is and does not answer.
    """
    address = url.strip()
    if not _is_web(address):
        raise Failed(
            f"{address!r} is no address of a page; give the whole of it, such as"
            " https://social.example/post/1"
        )
    at = int(now())
    names = [
        (slug, hashing.key(its_own))
        for slug, channel in channels().items()
        if channel.message_at is not None
        and (its_own := channel.message_at(http, options(settings, slug), address))
    ]
    done = store.forget({address, address.rstrip("/")}, names, at)
    if not done.erased + done.before:
        raise NothingThere(_nothing(done.responses))
    if not done.erased:
        return "It was erased before; there was nothing left to erase."
    store.record_run(
        Run(
            what="forget",
            channel="",  # not even where
            started_at=at,
            finished_at=int(now()),
            outcome="ok",
            rows_kept=done.erased,
        )
    )
    log.info("forgotten on request inquiries=%d", done.erased)
    left = "" if done.clean else _LEFT
    return (
        "Erased who wrote it and where it stands. What is left counts as a message that"
        f" its author deleted now.{left}"
    )


_LEFT = (
    " A copy of the link may be left in parts of the database file that are not used:"
    " stop the website and the worker, and run `sqlite3 FILE VACUUM`."
)


def _nothing(responses: int) -> str:
    if responses:
        return (
            "that message is a brand's own, not a person's; nothing was erased. Give"
            " the address of the message that the person wrote"
        )
    return (
        "no message is kept under that address: it was never taken in, or it is erased"
        " already. Only what opened a conversation with a brand is kept, so give the"
        " address of that message, as the page itself gives it"
    )


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in WEB and bool(parts.hostname) and address.isprintable()
