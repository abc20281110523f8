"""The polite client: the only door of collectors to web servers.

Says who we are, asks one thing at a time of a host, waits when told to, gives up after
five errors of a host, and never takes more than it can hold. What goes wrong is a
sentence: ``Unreachable`` (try again later) or ``Refused`` (asking again won't help).
"""

import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any, NamedTuple, Self
from urllib.robotparser import RobotFileParser

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from collectors.base import CollectorError, UnreadablePage

AGENT = "Answerable"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""

Params = Mapping[str, str | Sequence[str]]


class Unreachable(CollectorError):
    """The server did not give an answer this time."""


class Refused(CollectorError):
    """The server understood and said no."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Page(NamedTuple):
    """One response, as received. ``url`` is the address without its question."""

    url: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How much is asked of a server, and how much is taken from it."""

    pause: float = 0.1  # seconds between two requests to one host
    errors: int = 5  # of one host, then it is left alone
    first_wait: float = 1.0  # doubled after each error
    longest_wait: float = 60.0  # a host that asks for more is left alone
    silence: float = 15.0  # seconds without a byte
    whole: float = 60.0  # seconds a whole response may take
    largest: int = 16_000_000  # bytes


def user_agent(contact: str) -> str:
    """Who we are, and where to write when we are a nuisance."""
    about = contact or "no contact given by the operator"
    # A header is one line of Latin letters; anything else is the operator's slip.
    safe = "".join(c if " " <= c <= "~" else "?" for c in about)
    return f"{AGENT}/1 (public response times; {safe})"


class _Own(NamedTuple):
    """What a request has of its own beside its address."""

    headers: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()  # sent by POST; empty: asked by GET


NOTHING = _Own()


class _Again(Exception):
    """A try that failed in a way that may pass."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait  # seconds the server asked for


_hosts: dict[str, Lock] = {}
_hosts_lock = Lock()


def _lock_of(host: str) -> Lock:
    """One lock a host for the whole process: one request at a time."""
    with _hosts_lock:
        return _hosts.setdefault(host, Lock())


class Http:
    """One look's client. Errors of a host add up over its life.

    ``sleep`` is how it waits; the worker passes one that a stop cuts short.
    """

    def __init__(
        self,
        contact: str = "",
        *,
        manners: Manners | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.agent = user_agent(contact)
        self.manners = manners or Manners()
        self.sleep = sleep
        self._errors: Counter[str] = Counter()
        self._robots: dict[str, RobotFileParser] = {}
        self._left: dict[str, int] = {}
        self._client = httpx.Client(
            headers={"User-Agent": self.agent},
            timeout=httpx.Timeout(self.manners.silence),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def get(self, url: str, params: Params | None = None) -> Page:
        """The body at an address, when the host's robots.txt allows it.

        Raises Refused or Unreachable.
        """
        address = _address(url, params)
        if not self._allowed(address):
            raise Refused(f"{_said(address)}: its robots.txt asks us not to", 403)
        return self._get(address)

    def ask(
        self,
        url: str,
        params: Params | None = None,
        key: str = "",
        header: str = "Authorization",
    ) -> Any:
        """The JSON of an interface made for programs; robots.txt speaks of pages and is
        not asked. ``key`` goes into the header of that name, to this host alone.

        Raises Refused, Unreachable, UnreadablePage.
        """
        own = _Own(headers=((header, key),) if key else ())
        return _json(self._get(_address(url, params), own))

    def send(
        self, url: str, form: Mapping[str, str], params: Params | None = None
    ) -> Page:
        """The body that a page's form is answered with, when the host's robots.txt
        allows its address. Nothing is followed elsewhere. Raises Refused, Unreachable.
        """
        address = _address(url, params)
        if not self._allowed(address):
            raise Refused(f"{_said(address)}: its robots.txt asks us not to", 403)
        return self._get(address, _Own(form=tuple(form.items())))

    def left(self, url: str) -> int | None:
        """How many more requests the host of an address said it allows for now. None:
        it did not say."""
        return self._left.get(_origin(_address(url, None)))

    def get_json(self, url: str, params: Params | None = None) -> Any:
        """The JSON at an address. Raises UnreadablePage when it is something else."""
        return _json(self.get(url, params))

    def backoff(self, errors: int) -> float:
        """Seconds to wait after so many errors: doubled each time, with jitter."""
        wait = self.manners.first_wait * 2.0 ** (errors - 1)
        return min(self.manners.longest_wait, wait * random.uniform(0.75, 1.25))

    def _allowed(self, address: httpx.URL) -> bool:
        origin = _origin(address)
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        return self._robots[origin].can_fetch(AGENT, str(address))

    def _read_robots(self, origin: str) -> RobotFileParser:
        """A host without robots.txt allows everything; one that fails, nothing yet."""
        robots = RobotFileParser()
        try:
            body = self._get(httpx.URL(f"{origin}/robots.txt")).body
        except Refused:
            body = b""
        robots.parse(body.decode("utf-8", "replace").splitlines())
        return robots

    def _get(self, address: httpx.URL, own: _Own = NOTHING) -> Page:
        host = _origin(address)
        self._check(host)
        again = Retrying(
            retry=retry_if_exception_type(_Again),
            stop=lambda _: self._errors[host] >= self.manners.errors,
            wait=lambda state: self._wait(host, state),
            sleep=self.sleep,
            retry_error_callback=self._give_up(address),
        )
        page: Page = again(self._try, address, own)
        return page

    def _check(self, host: str) -> None:
        if self._errors[host] >= self.manners.errors:
            raise Unreachable(
                f"{host} is left alone until the next look: "
                f"it failed {self.manners.errors} times"
            )

    def _try(self, address: httpx.URL, own: _Own) -> Page:
        try:
            return self._follow(address, own)
        except _Again as problem:
            host = _origin(address)
            self._errors[host] += 1
            if (problem.wait or 0.0) > self.manners.longest_wait:
                self._errors[host] = self.manners.errors  # it wants to be left alone
            raise

    def _wait(self, host: str, state: RetryCallState) -> float:
        return max(_problem(state).wait or 0.0, self.backoff(self._errors[host]))

    def _give_up(self, address: httpx.URL) -> Callable[[RetryCallState], Page]:
        def give_up(state: RetryCallState) -> Page:
            problem = _problem(state)
            tries = state.attempt_number
            times = "once" if tries == 1 else f"{tries} times"
            raise Unreachable(f"{_said(address)}: asked {times}, {problem}")

        return give_up

    def _follow(self, address: httpx.URL, own: _Own) -> Page:
        """One try, with redirects as long as they stay on the host."""
        for _ in range(4):
            status, headers, body = self._once(address, own)
            left = _remaining(headers)
            if left is not None:
                self._left[_origin(address)] = left
            if status not in REDIRECTS or own.form:
                self._judge(address, status, headers, body)
                return Page(_said(address), body)
            address = _redirected(address, status, headers.get("location", ""))
        raise Refused(f"{_said(address)} sends us round in circles", 310)

    def _once(self, address: httpx.URL, own: _Own) -> tuple[int, httpx.Headers, bytes]:
        """One request, alone on its host, within the limits of time and size."""
        method = "POST" if own.form else "GET"
        with _lock_of(_origin(address)):
            try:
                with self._client.stream(
                    method, address, headers=own.headers, data=dict(own.form) or None
                ) as response:
                    return response.status_code, response.headers, self._body(response)
            except httpx.TimeoutException as problem:
                raise _Again(
                    f"silent for {self.manners.silence:g} seconds"
                ) from problem
            except (httpx.HTTPError, httpx.InvalidURL) as problem:
                raise _Again(_sentence(problem)) from problem
            finally:
                self.sleep(self.manners.pause)

    def _body(self, response: httpx.Response) -> bytes:
        until = time.monotonic() + self.manners.whole
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self.manners.largest:
                raise Refused(
                    f"{_said(response.url)}: more than "
                    f"{self.manners.largest:,} bytes, not read",
                    response.status_code,
                )
            if time.monotonic() > until:
                raise _Again(f"not finished after {self.manners.whole:g} seconds")
        return bytes(body)

    def _judge(
        self, address: httpx.URL, status: int, headers: httpx.Headers, body: bytes
    ) -> None:
        """Raises where the answer is no."""
        if status == 403 and headers.get("x-ratelimit-remaining") == "0":
            raise _Again("its limit of requests is used up", _until_reset(headers))
        if status in AGAIN:
            raise _Again(f"the last answer was {status}", retry_after(headers))
        if not 200 <= status < 300:
            raise Refused(f"{_said(address)} answered {_reason(status, body)}", status)


def _remaining(headers: Mapping[str, str]) -> int | None:
    """Requests still allowed, as hosts write it; Apple has its own way."""
    apple = re.search(r"user-hour-rem:(\d+)", headers.get("x-rate-limit", ""))
    left = apple[1] if apple else headers.get("x-ratelimit-remaining", "")
    return int(left[:9]) if left.isascii() and left.isdecimal() else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks us to wait: a number or a date. None: it does not say."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return float(min(int(said[:9]), 10**9))
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    if at.tzinfo is None:  # "-0000": UTC from a server that does not say where it is
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _until_reset(headers: Mapping[str, str]) -> float:
    """Seconds until requests are counted anew; an hour where the server is vague."""
    said = headers.get("x-ratelimit-reset", "")
    if not (said.isascii() and said.isdecimal()):
        return 3_600.0
    return max(0.0, min(int(said[:12]) - time.time(), 86_400.0))


def _json(page: Page) -> Any:
    try:
        return json.loads(page.body)
    except (ValueError, RecursionError) as problem:
        raise UnreadablePage(page.url, "JSON, found something else") from problem


def _problem(state: RetryCallState) -> _Again:
    """What a try failed with; tenacity asks only about what it tries again."""
    problem = state.outcome.exception() if state.outcome else None
    assert isinstance(problem, _Again)
    return problem


def _address(url: str, params: Params | None) -> httpx.URL:
    try:
        address = httpx.URL(url)
        if params is not None:
            address = address.copy_merge_params(dict(params))
    except httpx.InvalidURL as problem:
        raise Refused(f"{url!r} is not an address: {problem}", 400) from problem
    if address.scheme not in ("http", "https") or not address.host:
        raise Refused(f"{url!r} is not an http address", 400)
    return address


def _redirected(address: httpx.URL, status: int, location: str) -> httpx.URL:
    """Where a redirect leads, as long as it stays on the host."""
    target = address.join(location)  # httpx has read it: it is an address
    if _origin(target) != _origin(address):
        raise Refused(
            f"{_said(address)} sends us to another host, {target.host}: not followed",
            status,
        )
    return target


def _origin(address: httpx.URL) -> str:
    return f"{address.scheme}://{address.netloc.decode('ascii')}"


def _said(address: httpx.URL) -> str:
    """An address as sentences name it: what was asked may be long or personal."""
    return f"{_origin(address)}{address.path}"


def _sentence(problem: Exception) -> str:
    return str(problem).strip() or type(problem).__name__


def _reason(status: int, body: bytes) -> str:
    """The status, with the message that many APIs add to it."""
    try:
        said = json.loads(body[:10_000])
        message = said.get("message") or said.get("error")
    except (ValueError, RecursionError, AttributeError):
        return str(status)
    return f"{status} ({str(message)[:200]})" if message else str(status)
