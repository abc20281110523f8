"""The polite client: the only door of collectors to web servers.

Says who we are, asks one thing at a time of a host, keeps to the host's limits whether
declared or learnt, waits when told to, gives up after five errors of a host, and never
takes more than it can hold. Only public addresses are asked, unless a setting names
them. What goes wrong is a sentence without keys: ``Unreachable`` (try again later) or
``Refused`` (asking again won't help).
"""

import copy
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self
from urllib.robotparser import RobotFileParser

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
)

from collectors.answers import (
    AGENT,
    FOR_GOOD,
    NOT_ASKED,
    NOTHING,
    REDIRECTS,
    UNCHANGED,
    LeftAlone,
    Own,
    Page,
    Params,
    Refused,
    Unreachable,
    address_of,
    following,
    if_changed,
    json_of,
    origin_of,
    port_of,
    reason,
    redirected,
    said,
    sentence,
    span,
    tag_of,
    user_agent,
)
from collectors.base import Pace, UnreadablePage
from collectors.hosts import (
    ROBOTS_FOR,
    Clocks,
    Host,
    Hosts,
    allowance,
    retry_after,
)
from collectors.manners import Again, Manners, backoff, failed_with, judge
from collectors.wire import Private, Unfit, Wire, body_of, check_literal, proxied

__all__ = ["Http", "LeftAlone", "Manners", "Page", "Params", "Refused", "Unreachable",
           "retry_after", "user_agent"]  # fmt: skip

for _talkative in ("httpx", "httpcore"):  # they would log addresses with keys in them
    logging.getLogger(_talkative).setLevel(logging.WARNING)

PRIVATE: Collection[str] = frozenset()
"""Hosts on private networks that a client may ask when it is not told which."""


class Http:
    """One look's client. Errors of a host add up over its life.

    ``sleep`` is how it waits; the worker passes one that a stop cuts short. ``hosts``
    is what is known of servers from earlier looks, ``pace`` the limit that each host of
    this channel documents, ``private`` the hosts (or host:port) that may be asked
    although they are not public, ``secrets`` what no sentence may say.
    """

    def __init__(
        self,
        contact: str = "",
        *,
        manners: Manners | None = None,
        sleep: Callable[[float], None] = time.sleep,
        hosts: Hosts | None = None,
        pace: Pace | None = None,
        private: Collection[str] | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        self.agent = user_agent(contact)
        self.manners = manners or Manners()
        self.sleep = sleep
        self._hosts = hosts or Hosts()
        self._clock = self._hosts.clock
        self._pace = pace
        self._private = PRIVATE if private is None else private
        self._secrets = {secret for secret in secrets if secret}
        self._errors: Counter[str] = Counter()
        self._clocks = self._visited = Clocks()
        self._requests: int | None = None  # counted in visits only
        self._wire = None if proxied() else Wire(self._private)
        self._client = httpx.Client(
            headers={"User-Agent": self.agent, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(self.manners.silence),
            follow_redirects=False,
            transport=self._wire,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def visit(self) -> "Http":
        """The same client for one account: what it asks is counted anew, and has an
        end; how old its answers were is noted apart."""
        mine = copy.copy(self)
        mine._requests = 0
        mine._visited = Clocks()
        return mine

    def get(self, url: str, params: Params | None = None) -> Page:
        """The body at an address, when the host's robots.txt allows it.

        Raises Refused or Unreachable.
        """
        address = address_of(url, params)
        self._check_robots(address)
        return self._get(address)

    def get_json(self, url: str, params: Params | None = None) -> Any:
        """The JSON at an address. Raises UnreadablePage when it is something else."""
        return json_of(self.get(url, params))

    def ask(
        self,
        url: str,
        params: Params | None = None,
        key: str = "",
        header: str = "Authorization",
        form: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of an interface made for programs; robots.txt speaks of pages and is
        not asked. ``key`` goes into the header of that name, to this host alone. What
        has moved for good is not followed: it is another account now, perhaps. With a
        ``form`` it is sent by POST.

        Raises Refused, Unreachable, UnreadablePage.
        """
        own = self._own(url, key, header)._replace(form=tuple((form or {}).items()))
        return json_of(self._get(address_of(url, params), own))

    def ask_in_pages(
        self, url: str, params: Params | None = None, key: str = "", tag: str = ""
    ) -> tuple[Any, str, str]:
        """As ``ask_if_changed``, its tag last; between them the address of the list's
        next page where the header Link names one on the same host, "" otherwise."""
        return self._changed(address_of(url, params), self._own(url, key), tag)

    def ask_if_changed(
        self, url: str, params: Params | None, tag: str, key: str = ""
    ) -> tuple[Any, str]:
        """As ``ask``, with what to give as ``tag`` the next time this is asked; None
        for the JSON: it is what it was when the tag was given. A tag: "" there is none.
        It is to be kept with what was learnt from that answer, or with nothing."""
        own = self._own(url, key)
        said, _, now = self._changed(address_of(url, params), own, tag)
        return said, now

    def get_if_changed(
        self, url: str, params: Params | None, tag: str
    ) -> tuple[Any, str]:
        """The same of a page, for which robots.txt is asked."""
        address = address_of(url, params)
        self._check_robots(address)
        said, _, now = self._changed(address, NOTHING, tag)
        return said, now

    def send(
        self, url: str, form: Mapping[str, str], params: Params | None = None
    ) -> Page:
        """The body that a page's form is answered with, when the host's robots.txt
        allows its address. Nothing is followed elsewhere. Raises Refused, Unreachable.
        """
        address = address_of(url, params)
        self._check_robots(address)
        return self._get(address, Own(form=tuple(form.items())))

    def left(self, url: str) -> int | None:
        """How many more requests the host of an address said it allows for now. None:
        it did not say."""
        host = self._hosts.of(origin_of(address_of(url, None)))
        return host.still_left(self._clock())

    def backoff(self, errors: int) -> float:
        """Seconds to wait after so many errors: doubled each time, with jitter."""
        return backoff(self.manners, errors)

    def behind(self) -> float:
        """Seconds by which the oldest answer of this visit lay behind our clock: what
        happened since then is not in it. 0: none worth a word."""
        return self._visited.behind()

    def clocks(self) -> list[str]:
        """Sentences about hosts whose answers lay far from our clock."""
        return self._clocks.sentences()

    def clean(self, sentence: str) -> str:
        """A sentence without any of the keys that this client was given."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            sentence = sentence.replace(secret, "(a key)")
        return sentence

    def _own(self, url: str, key: str, header: str = "Authorization") -> Own:
        """The key of a request, from now on never said. Raises Refused."""
        key = key.strip()
        if not key:
            return Own(api=True)
        self._secrets |= {key, key.rsplit(" ", 1)[-1]}
        if not (key.isascii() and key.isprintable()):
            raise Refused(
                f"{said(address_of(url, None))}: its key holds a character that no"
                " header can carry; set it again",
                NOT_ASKED,
            )
        return Own(headers=((header, key),), api=True)

    def _check_robots(self, address: httpx.URL) -> None:
        origin = origin_of(address)
        host = self._hosts.of(origin)
        if host.robots is None or host.robots_until <= self._clock():
            host.robots = self._read_robots(origin)
            host.robots_until = self._clock() + ROBOTS_FOR
        if not host.robots.can_fetch(AGENT, str(address)):
            raise Refused(f"{said(address)}: its robots.txt asks us not to", NOT_ASKED)

    def _read_robots(self, origin: str) -> RobotFileParser:
        """A host without robots.txt allows everything; one that fails, nothing yet."""
        robots = RobotFileParser()
        try:
            body = self._get(httpx.URL(f"{origin}/robots.txt")).body
        except Refused as problem:
            if problem.status == NOT_ASKED:
                raise
            body = b""
        robots.parse(body.decode("utf-8", "replace").splitlines())
        return robots

    def _changed(self, address: httpx.URL, own: Own, tag: str) -> tuple[Any, str, str]:
        """The JSON or None, its next page, its tag; see ``ask_if_changed``."""
        page = self._get(address, own._replace(headers=own.headers + if_changed(tag)))
        if page.tag == UNCHANGED:
            return None, "", tag
        found = json_of(page)
        if found is None:
            raise UnreadablePage(page.url, "JSON with something in it, found null")
        return found, page.following, page.tag

    def _get(self, address: httpx.URL, own: Own = NOTHING) -> Page:
        self._check(address)
        origin = origin_of(address)
        again = Retrying(
            retry=retry_if_exception_type(Again),
            stop=lambda _: self._errors[origin] >= self.manners.errors,
            wait=lambda state: self._wait(origin, state),
            sleep=self.sleep,
            retry_error_callback=self._give_up(address),
        )
        page: Page = again(self._try, address, own)
        return page

    def _check(self, address: httpx.URL) -> None:
        """Raises Refused or Unreachable where nothing is to be asked."""
        origin = origin_of(address)
        try:
            check_literal(address.host, port_of(address), self._private)
        except Private as problem:
            raise Refused(str(problem), NOT_ASKED) from problem
        if self._errors[origin] >= self.manners.errors:
            raise LeftAlone(
                f"{origin} is left alone until the next look: "
                f"it failed {self.manners.errors} times"
            )
        if self._requests is not None and self._requests >= self.manners.requests:
            raise Unreachable(
                f"{said(address)}: {self.manners.requests} requests for one account "
                "are enough, and its lists had no end"
            )

    def _try(self, address: httpx.URL, own: Own) -> Page:
        try:
            return self._follow(address, own)
        except Again as problem:
            origin = origin_of(address)
            self._errors[origin] += 1
            wait = problem.wait or 0.0
            if wait > self.manners.longest_wait:  # it wants to be left alone
                self._errors[origin] = self.manners.errors
                self._hosts.of(origin).close(wait, self._clock())
            raise

    def _wait(self, origin: str, state: RetryCallState) -> float:
        return max(failed_with(state).wait or 0.0, self.backoff(self._errors[origin]))

    def _give_up(self, address: httpx.URL) -> Callable[[RetryCallState], Page]:
        def give_up(state: RetryCallState) -> Page:
            problem = failed_with(state)
            tries = state.attempt_number
            times = "once" if tries == 1 else f"{tries} times"
            raise Unreachable(f"{said(address)}: asked {times}, {problem}")

        return give_up

    def _follow(self, address: httpx.URL, own: Own) -> Page:
        """One try, with redirects as long as they stay on the host."""
        for _ in range(4):
            status, headers, body = self._once(address, own)
            if status == 304 and own.tagged:
                self._note(address, headers)
                return Page(said(address), b"", tag=UNCHANGED)
            if status not in REDIRECTS or own.form:
                fine = 200 <= status < 300
                why = "" if fine else self.clean(reason(status, body))
                judge(address, status, headers, why)
                self._note(address, headers)
                kind = headers.get("content-type", "").partition(";")[0].strip()
                return Page(
                    said(address),
                    body,
                    kind.lower(),
                    tag_of(headers),
                    following(address, headers),
                )
            target = redirected(address, status, headers.get("location", ""))
            if own.api and status in FOR_GOOD:
                raise Refused(
                    f"{said(address)} has moved for good, to {target.path[:200]}:"
                    " not followed, for it may be another account now",
                    status,
                )
            address = target
        raise Refused(f"{said(address)} sends us round in circles", 310)

    def _note(self, address: httpx.URL, headers: httpx.Headers) -> None:
        for clocks in (self._clocks, self._visited):
            clocks.note(origin_of(address), headers)

    def _once(self, address: httpx.URL, own: Own) -> tuple[int, httpx.Headers, bytes]:
        """One request, alone on its host, within the limits of time and size."""
        host = self._hosts.of(origin_of(address))
        with host.alone:
            self._await_turn(address, host)
            try:
                status, headers, body = self._exchange(address, own)
            finally:
                host.sent(self._clock(), self._pace)
                self.sleep(self._pause(host))
            host.learn(allowance(headers), self._clock())
            return status, headers, body

    def _exchange(
        self, address: httpx.URL, own: Own
    ) -> tuple[int, httpx.Headers, bytes]:
        """Sends and receives. Raises Refused for what is no fit answer, Again."""
        method, form = ("POST", dict(own.form)) if own.form else ("GET", None)
        until = time.monotonic() + self.manners.whole
        try:
            with (
                self._within(self.manners.whole),
                self._client.stream(
                    method, address, headers=own.headers, data=form
                ) as response,
            ):
                body = body_of(response, self.manners.largest, until)
                return response.status_code, response.headers, body
        except Private as problem:
            raise Refused(str(problem), NOT_ASKED) from problem
        except Unfit as problem:
            raise Refused(f"{said(address)}: {problem}", NOT_ASKED) from problem
        except httpx.TimeoutException as problem:
            whole, silence = self.manners.whole, self.manners.silence
            raise Again(
                f"not finished after {whole:g} seconds"
                if time.monotonic() >= until
                else f"silent for {silence:g} seconds"
            ) from problem
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise Again(self.clean(sentence(problem))) from problem

    def _within(self, seconds: float) -> AbstractContextManager[None]:
        return self._wire.within(seconds) if self._wire else nullcontext()

    def _await_turn(self, address: httpx.URL, host: Host) -> None:
        """Waits for the host's limit. Raises LeftAlone when that takes too long."""
        wait = host.wait(self._clock(), self._pace)
        if wait > self.manners.longest_wait:
            raise LeftAlone(
                f"{origin_of(address)} is not asked for another {span(wait)}: "
                "that is its limit of requests, or its wish"
            )
        if wait > 0:
            self.sleep(wait)
        if self._requests is not None:
            self._requests += 1

    def _pause(self, host: Host) -> float:
        """Seconds between two requests: ours, or more where its robots.txt says so."""
        asked = host.robots.crawl_delay(AGENT) if host.robots else None
        return min(
            max(self.manners.pause, float(asked or 0)), self.manners.longest_wait
        )
