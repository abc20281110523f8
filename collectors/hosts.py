"""What is known of other people's servers while this process lives: how much may be
asked of them, how much of that is left, and what their robots.txt says.

A look ends, its client with it; what a server asked for outlives them. Times are
seconds of a clock that only goes on (``time.monotonic``).
"""

import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import NamedTuple
from urllib.robotparser import RobotFileParser

from collectors.answers import http_date, span
from collectors.base import Pace

LONGEST = 86_400.0
"""Seconds for which a host is believed that it wants nothing more, at most."""
VAGUE = 3_600.0
"""Seconds for which what is left is remembered when its end is not said."""
ROBOTS_FOR = 86_400.0
"""Seconds for which a robots.txt is kept (RFC 9309, 2.4: not longer than a day)."""
OLD = 120.0
"""Seconds by which an answer may lie behind or ahead of our clock without a word."""
PREFIXES = ("x-ratelimit", "x-rate-limit", "ratelimit")
APPLE = re.compile(r"user-hour-rem:(\d+)")
DRAFT = re.compile(r"\b(r|t|remaining|reset)\s*=\s*(\d+)")
"""``RateLimit: "default";r=50;t=30`` and its forerunner ``remaining=50, reset=30``
(draft-ietf-httpapi-ratelimit-headers, 10 and 7)."""


class Allowance(NamedTuple):
    """What a response says of the requests that are left."""

    left: int
    seconds: float | None  # until they are counted anew; None: it does not say


@dataclass(eq=False)
class Host:
    """One host. ``alone`` is held while something is asked of it."""

    alone: Lock
    asked: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0
    left: int | None = None
    left_until: float = 0.0
    robots: RobotFileParser | None = None
    robots_until: float = 0.0

    def wait(self, now: float, pace: Pace | None) -> float:
        """Seconds until the next request may be sent; 0: at once."""
        wait = self.closed_until - now
        if pace is not None and len(self.asked) >= pace.requests:
            wait = max(wait, self.asked[-pace.requests] + pace.seconds - now)
        return max(0.0, wait)

    def sent(self, at: float, pace: Pace | None) -> None:
        """A request was sent. What no pace counts any more is forgotten."""
        if pace is None:
            return
        self.asked.append(at)
        while len(self.asked) > pace.requests:
            self.asked.popleft()

    def learn(self, said: Allowance | None, now: float) -> None:
        """Takes in what a response said of the requests that are left."""
        if said is None:
            return
        self.left = said.left
        self.left_until = now + (VAGUE if said.seconds is None else said.seconds)
        if said.left <= 0 and said.seconds is not None:
            self.close(said.seconds, now)

    def close(self, seconds: float, now: float) -> None:
        """It asked to be left alone for so long."""
        self.closed_until = max(self.closed_until, now + min(seconds, LONGEST))

    def still_left(self, now: float) -> int | None:
        return self.left if now < self.left_until else None


_alone: dict[str, Lock] = {}


class Hosts:
    """The hosts that a process has asked, by origin (``https://example.org``).

    ``clock`` is what their times are of.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._known: dict[str, Host] = {}

    def of(self, origin: str) -> Host:
        found = self._known.get(origin)
        if found is None:
            # One request at a time of a host, whoever in this process asks it.
            alone = _alone.setdefault(origin, Lock())
            found = self._known.setdefault(origin, Host(alone))
        return found


class Clocks:
    """How far the answers of hosts lay from our clock: kept somewhere on the way, or
    made by a machine whose clock is wrong. Both mean: what happened since is not in
    them."""

    def __init__(self) -> None:
        self._off: dict[str, float] = {}  # above 0: behind ours
        self._behind = 0.0

    def note(self, origin: str, headers: Mapping[str, str]) -> None:
        made = server_time(headers)
        if made is None:
            return
        off = time.time() - made
        if abs(off) > abs(self._off.get(origin, 0.0)):
            self._off[origin] = off
        self._behind = max(self._behind, off)

    def behind(self) -> float:
        return self._behind if self._behind > OLD else 0.0

    def sentences(self) -> list[str]:
        return [
            f"{origin}: what it gave was {span(off)} old, or a clock is wrong"
            if off > 0
            else f"{origin}: its clock is {span(-off)} ahead of ours"
            for origin, off in sorted(self._off.items())
            if abs(off) > OLD
        ]


def allowance(headers: Mapping[str, str]) -> Allowance | None:
    """What is left, in the words of many servers; None: it says nothing of it."""
    if apple := APPLE.search(headers.get("x-rate-limit", "")):
        return Allowance(int(apple[1][:9]), None)
    for prefix in PREFIXES:
        left = _number(headers.get(f"{prefix}-remaining", ""))
        if left is not None:
            return Allowance(int(left), _until(headers, f"{prefix}-reset"))
    said: dict[str, str] = dict(DRAFT.findall(headers.get("ratelimit", "")))
    left = _number(said.get("r", said.get("remaining", "")))
    if left is None:
        return None
    return Allowance(int(left), _number(said.get("t", said.get("reset", ""))))


def server_time(headers: Mapping[str, str]) -> float | None:
    """Epoch seconds at which a response was made, by its server's clock. None: it does
    not say."""
    return http_date(headers.get("date", ""))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks us to wait: a number or a date. None: it does not say."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return float(min(int(said[:9]), 10**9))
    return _from_now(http_date(said), headers)


def _until(headers: Mapping[str, str], name: str) -> float | None:
    """Seconds until a reset that is given as seconds, as an epoch or as a date."""
    said = headers.get(name, "").strip()
    number = _number(said)
    if number is None:
        return _from_now(_iso(said), headers)
    if number < 10**8:  # so many seconds; three years of waiting are no limit of rate
        return number
    return _from_now(number / 1_000 if number > 10**11 else number, headers)


def _from_now(at: float | None, headers: Mapping[str, str]) -> float | None:
    """Seconds until a moment of the server's clock, by which it is measured where the
    server tells the time: our own may be wrong."""
    if at is None:
        return None
    now = server_time(headers)
    return max(0.0, at - (time.time() if now is None else now))


def _number(said: str) -> float | None:
    """Reddit writes ``591.0``. Nothing below zero, nothing absurd."""
    if not re.fullmatch(r"[0-9]{1,18}(\.[0-9]{0,9})?", said.strip()):
        return None
    return float(said)


def _iso(said: str) -> float | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
