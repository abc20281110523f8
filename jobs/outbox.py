"""What waits in the outbox, as its operator may see it: nobody's address is said."""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from jobs.telling import ready
from settings import Settings
from store import Outbox, Store
from store.notices import Line

MOST = 50
"""Lines printed; of the others only how many there are."""

SHUT = (
    "Nothing is sent from here: set ANSWERABLE_SMTP_HOST, ANSWERABLE_MAIL_FROM and"
    " ANSWERABLE_PUBLIC_URL."
)


def told(
    store: Store, settings: Settings, *, as_json: bool, now: int | None = None
) -> str:
    """How the outbox stands, and its lines that were not sent: the first in words, or
    all of them as JSON, with times in epoch seconds."""
    at = int(time.time()) if now is None else now
    whole, lines = store.outbox(), store.unsent()
    if as_json:
        said = {
            "sending": ready(settings),
            **whole._asdict(),
            "due": sum(_due(one, at) for one in lines),
            "tried_before": sum(_again(one) for one in lines),
            "lines": [_row(one) for one in lines],
        }
        return json.dumps(said, indent=2) + "\n"
    return "\n".join([*_summed(whole, lines, settings, at), *_listed(lines)]) + "\n"


def _row(one: Line) -> dict[str, Any]:
    return one._asdict() | {"next_at": None if one.given_up else one.next_at}


def _due(one: Line, at: int) -> bool:
    return not one.given_up and one.next_at <= at


def _again(one: Line) -> bool:
    return not one.given_up and one.tries > 0


def _summed(
    whole: Outbox, lines: list[Line], settings: Settings, at: int
) -> Iterable[str]:
    yield f"watching   {whole.watching:>7,}"
    waiting = f"waiting    {whole.waiting:>7,}"
    if whole.waiting:
        due = sum(_due(one, at) for one in lines)
        again = sum(_again(one) for one in lines)
        waiting += f"  {due:,} of them due now, {again:,} tried before"
        waiting += f"; next at {_time(lines[0].next_at)}"
    yield waiting
    yield f"given up   {whole.given_up:>7,}"
    yield f"sent       {whole.sent:>7,}"
    if not ready(settings):
        yield SHUT


def _listed(lines: list[Line]) -> Iterable[str]:
    if not lines:
        return
    yield ""
    yield f"{'line':>7}  {'by':<8}  {'tries':>5}  {'next try':<17}  edition, brand"
    for one in lines[:MOST]:
        when = "none: given up" if one.given_up else _time(one.next_at)
        yield (
            f"{one.id:>7}  {one.by:<8}  {one.tries:>5}  {when:<17}  {one.edition},"
            f" {one.brand}"
        )
    if len(lines) > MOST:
        yield f"and {len(lines) - MOST:,} more; --json has all of them"


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%MZ")
