"""How much one reader may ask, counted in this process and kept nowhere.

The library ``limits`` counts (a moving window, in memory). Each of gunicorn's
processes counts by itself, so that a reader may get a little more than is said.
"""

import ipaddress
import time
from typing import Any

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from web.shelf import Headers

WHOLE_HOST = 64
"""Bits of an IPv6 address that tell one reader from another."""


class Limiter:
    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._limit = RateLimitItemPerMinute(per_minute)
        self._counted = MovingWindowRateLimiter(MemoryStorage())

    def take(self, address: str) -> tuple[bool, Headers]:
        """Whether this reader may ask once more, and what the answer is to say."""
        who = reader(address)
        may = self._counted.hit(self._limit, who)
        free_at, left = self._counted.get_window_stats(self._limit, who)
        wait = max(1, round(free_at - time.time()))
        headers = [
            ("RateLimit-Limit", str(self._limit.amount)),
            ("RateLimit-Remaining", str(max(0, left))),
            ("RateLimit-Reset", str(wait)),
        ]
        if not may:
            headers.append(("Retry-After", str(wait)))
        return may, headers


def reader(address: str) -> str:
    """What stands for one reader: an address, or the network of an IPv6 one."""
    try:
        known: Any = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:
        return str(known)
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, WHOLE_HOST), strict=False))
