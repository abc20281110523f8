"""What channels' terms let nobody keep for longer is erased, every day.

Also of a channel that is off: switching it off does not make what it stored ours.
"""

import logging
from datetime import timedelta

from collectors import channels
from store import Store

log = logging.getLogger(__name__)


def expire(store: Store, now: int) -> dict[str, tuple[int, int]]:
    """Erases what is due at a second. By channel, how many links and how many rows."""
    found = {}
    for slug, channel in channels().items():
        if channel.links_kept is None and channel.rows_kept is None:
            continue
        gone = store.expire(
            slug, _before(now, channel.links_kept), _before(now, channel.rows_kept)
        )
        if any(gone):
            log.info("erased channel=%s links=%d rows=%d", slug, *gone)
            found[slug] = (gone.links, gone.rows)
    return found


def _before(now: int, kept: timedelta | None) -> int | None:
    return None if kept is None else now - int(kept.total_seconds())
