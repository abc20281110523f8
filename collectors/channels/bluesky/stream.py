"""Jetstream: the network's posts as they happen, drained from a cursor to now.

Format: https://github.com/bluesky-social/jetstream (README, looked at 2026-11-21).
A cursor is a time in microseconds; from one that is older than the server keeps, it
starts with the oldest it has, and from one in the future with what happens next.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from collectors.base import CollectorError, UnreadablePage
from collectors.channels.bluesky.events import POSTS, Event, Notice, parse
from collectors.http import Http, Unreachable, retry_after
from collectors.looking import Stopped

SECOND = 1_000_000
REWIND_US = 60 * SECOND
"""Read again at every look: servers' clocks differ, and events may swap places."""
HOLE_US = 300 * SECOND
"""A stream that carries an event a second is never silent this long by chance."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much one look takes. The next goes on where it stopped."""

    events: int = 10_000_000  # received
    kept: int = 100_000  # held in memory
    seconds: float = 240.0
    first: float = 3.0  # seconds until the first event, else the stream is quiet
    quiet: float = 2.0  # seconds between events, likewise
    largest: int = 8_000_000  # bytes of one event


@dataclass(kw_only=True)
class Drained:
    """What came out of the stream, from ``since_us`` (included) to ``until_us``."""

    since_us: int
    until_us: int
    events: list[Event | Notice] = field(default_factory=list)
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    holes: list[tuple[int, int]] = field(default_factory=list)  # not seen, within
    problem: str = ""


class _Broken(CollectorError):
    """The connection failed in a way that may pass."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait  # seconds the server asked for


@dataclass(kw_only=True)
class Drain:
    """One look's reading of the stream: connect, receive, connect again, stop."""

    url: str
    http: Http  # for its name, its waits and its patience
    since_us: int
    start_us: int  # "now": what happens later belongs to the next look
    wanted: Callable[[Event | Notice], bool]
    skim: Callable[[str | bytes], int | None] = lambda _: None
    """The time of an event that is not wanted, without reading it; None: read it."""
    stopped: Callable[[], bool]
    bounds: Bounds = field(default_factory=Bounds)

    def __post_init__(self) -> None:
        self.out = Drained(since_us=self.since_us, until_us=self.start_us)
        self.last_us = self.since_us
        self.fresh = 0
        self.silences: list[tuple[int, int]] = []
        self.deadline = time.monotonic() + self.bounds.seconds

    def run(self) -> Drained:
        """Everything since the cursor, or as much as the bounds and the server allow.

        Raises Unreachable when the stream gave nothing at all, UnreadablePage when it
        is not Jetstream, and Stopped.
        """
        errors = quiet = 0
        while True:
            before = self.last_us
            try:
                end = self._one_connection()
            except _Broken as broken:
                errors += 1
                if errors >= self.http.manners.errors:
                    return self._broken_off(broken, errors)
                self.http.sleep(max(self.http.backoff(errors), broken.wait))
                continue
            # A server that stalls in the middle sounds like a quiet network. So
            # quiet is believed only when a second connection hears it too.
            quiet = 1 if self.last_us > before else quiet + 1
            if end != "quiet" or quiet >= 2 or self._close_to_now():
                return self._finish(end)

    def _close_to_now(self) -> bool:
        return self.start_us - self.last_us < REWIND_US

    def _one_connection(self) -> str:
        """'reached', 'quiet' or 'full': why it ended. Raises _Broken."""
        try:
            with closing(self._connect()) as socket:
                return self._receive(socket)
        except InvalidStatus as problem:
            answer = problem.response
            wait = retry_after(answer.headers) or 0.0
            longest = self.http.manners.longest_wait
            raise _Broken(
                f"it answered {answer.status_code}", min(wait, longest)
            ) from problem
        except (OSError, WebSocketException, EOFError) as problem:
            raise _Broken(str(problem) or type(problem).__name__) from problem

    def _connect(self) -> ClientConnection:
        question = {
            "wantedCollections": POSTS,
            "cursor": max(1, self.last_us - REWIND_US),
        }
        return connect(
            f"{self.url}?{urlencode(question)}",
            user_agent_header=self.http.agent,
            max_size=self.bounds.largest,
            open_timeout=self.http.manners.silence,
            close_timeout=1,
            legacy=True,
        )

    def _receive(self, socket: ClientConnection) -> str:
        patience = self.bounds.first
        while True:
            if self.stopped():
                raise Stopped
            try:
                message = socket.recv(timeout=patience)
            except TimeoutError:
                return "quiet"
            patience = self.bounds.quiet
            if end := self._take(message):
                return end

    def _take(self, message: str | bytes) -> str:
        """Notes one event; says why to stop after it, or nothing."""
        self.out.read += 1
        event: Event | Notice | None = None
        try:
            time_us = self.skim(message)
            if time_us is None:
                time_us, event = parse(message)
        except UnreadablePage as problem:
            self.out.refused[str(problem)] += 1
        else:
            if time_us >= self.start_us:
                self._silence_until(self.start_us)
                return "reached"
            self._note(time_us, event)
        return "full" if self._full() else ""

    def _note(self, time_us: int, event: Event | Notice | None) -> None:
        if time_us > self.last_us:
            self._silence_until(time_us)
            self.last_us = time_us
            self.fresh += 1
        if event is not None and self.wanted(event):
            self.out.events.append(event)

    def _silence_until(self, time_us: int) -> None:
        if time_us - self.last_us > HOLE_US:
            self.silences.append((self.last_us, time_us))

    def _full(self) -> bool:
        return (
            self.out.read >= self.bounds.events
            or len(self.out.events) >= self.bounds.kept
            or time.monotonic() > self.deadline
        )

    def _finish(self, end: str) -> Drained:
        out = self.out
        if out.read and out.refused.total() == out.read:
            raise UnreadablePage(self.url, "Jetstream's events, found none")
        if end == "full":
            return self._until_last(
                f"the stream is {self._behind()} behind: the look took what it may at "
                "once, the next goes on from there"
            )
        if end == "quiet" and self._busy() and not self._within_hole():
            return self._until_last(f"the stream fell silent {self._behind()} ago")
        return self._seen()

    def _broken_off(self, broken: _Broken, errors: int) -> Drained:
        if not self.fresh:
            raise Unreachable(f"{self.url}: asked {errors} times, {broken}")
        return self._until_last(
            f"the stream broke off {errors} times, {self._behind()} behind now "
            f"({broken}): the next look goes on from there"
        )

    def _until_last(self, problem: str) -> Drained:
        self.out.until_us = self.last_us
        self.out.problem = problem
        return self._seen()

    def _seen(self) -> Drained:
        if self._busy():
            self.out.holes = self.silences
        return self.out

    def _busy(self) -> bool:
        return self.fresh * SECOND >= max(1, self.out.until_us - self.since_us)

    def _within_hole(self) -> bool:
        return self.start_us - self.last_us <= HOLE_US

    def _behind(self) -> str:
        seconds = (self.start_us - self.last_us) // SECOND
        return f"{seconds // 60} minutes" if seconds >= 120 else f"{seconds} seconds"
