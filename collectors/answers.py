"""Addresses as they are asked, and answers as they are read: no I/O, no clock."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx

from collectors.base import CollectorError, UnreadablePage

JSON_IS = ("json", "javascript", "text/plain")
"""Parts of the content types under which servers send JSON."""
NOT_ASKED = 0
"""Status of what we refused ourselves: the server said nothing."""
AGENT = "Answerable"

Params = Mapping[str, str | Sequence[str]]


class Unreachable(CollectorError):
    """The server did not give an answer this time."""


class LeftAlone(Unreachable):
    """The server was not asked: it wants nothing more of us for a while."""


class Refused(CollectorError):
    """The server understood and said no; status 0: we did not ask it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Page(NamedTuple):
    """One response, as received. ``url`` is the address without its question."""

    url: str
    body: bytes
    kind: str = ""  # content type; "": it did not say
    tag: str = ""  # what ``ask_if_changed`` may be given the next time
    following: str = ""  # the next page of a list, as its Link header says; "": none


class Own(NamedTuple):
    """What a request has of its own beside its address."""

    headers: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()  # sent by POST; empty: asked by GET
    api: bool = False  # an interface made for programs, not a page

    @property
    def tagged(self) -> bool:
        return any(name.startswith("If-") for name, _ in self.headers)


NOTHING = Own()
SETTLED = 60.0
"""Seconds after a change from which its date alone tells it from the next."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
UNCHANGED = "unchanged"
"""Tag of a page that is what it was: no server's tag, for it is not in quotes."""


def user_agent(contact: str) -> str:
    """Who we are, and where to write when we are a nuisance."""
    about = contact or "no contact given by the operator"
    # A header is one line of Latin letters; anything else is the operator's slip.
    safe = "".join(c if " " <= c <= "~" else "?" for c in about)
    return f"{AGENT}/1 (public response times; {safe})"


def if_changed(tag: str) -> tuple[tuple[str, str], ...]:
    """The header that asks for what has changed since a tag was given."""
    if not tag:
        return ()
    date = tag.removeprefix("@")
    return (("If-None-Match", tag),) if date == tag else (("If-Modified-Since", date),)


def tag_of(headers: Mapping[str, str]) -> str:
    """What a response may be recognised by: its ETag, else the date of its change. A
    date of just now tells nothing: it may change again within that second (RFC 9110,
    8.8.2.2)."""
    etag = headers.get("etag", "")
    since = headers.get("last-modified", "")
    made, changed = http_date(headers.get("date", "")), http_date(since)
    if made is not None and changed is not None and made - changed < SETTLED:
        since = ""
    tag = etag or (f"@{since}" if since else "")
    return tag if len(tag) <= 200 and tag.isascii() and tag.isprintable() else ""


def span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3_600:.0f} hours"


def port_of(address: httpx.URL) -> int:
    return address.port or (443 if address.scheme == "https" else 80)


def check_kind(page: Page) -> None:
    """Raises UnreadablePage for a content type under which nobody sends JSON."""
    if page.kind and not any(part in page.kind for part in JSON_IS):
        raise UnreadablePage(page.url, f"JSON, found {page.kind[:60]}")


def json_of(page: Page) -> Any:
    check_kind(page)
    try:
        return json.loads(page.body)
    except (ValueError, RecursionError) as problem:
        raise UnreadablePage(page.url, "JSON, found something else") from problem


def address_of(url: str, params: Params | None) -> httpx.URL:
    try:
        address = httpx.URL(url)
        if params is not None:
            address = address.copy_merge_params(dict(params))
    except httpx.InvalidURL as problem:
        raise Refused(f"{url!r} is not an address: {problem}", 400) from problem
    if address.scheme not in ("http", "https") or not address.host:
        raise Refused(f"{url!r} is not an http address", 400)
    return address


def following(address: httpx.URL, headers: httpx.Headers) -> str:
    """Where a list goes on (RFC 8288), as long as it stays on the host."""
    link = httpx.Response(200, headers=headers).links.get("next", {}).get("url", "")
    try:
        target = address.join(link)
    except httpx.InvalidURL:
        return ""
    return str(target) if link and origin_of(target) == origin_of(address) else ""


def redirected(address: httpx.URL, status: int, location: str) -> httpx.URL:
    """Where a redirect leads, as long as it stays on the host."""
    target = address.join(location)  # httpx has read it: it is an address
    if origin_of(target) != origin_of(address):
        raise Refused(
            f"{said(address)} sends us to another host, {target.host}: not followed",
            status,
        )
    return target


def origin_of(address: httpx.URL) -> str:
    return f"{address.scheme}://{address.netloc.decode('ascii')}"


def said(address: httpx.URL) -> str:
    """An address as sentences name it: what was asked may be long or personal."""
    return f"{origin_of(address)}{address.path}"


def sentence(problem: Exception) -> str:
    return str(problem).strip() or type(problem).__name__


def reason(status: int, body: bytes) -> str:
    """The status, with the message that many APIs add to it."""
    try:
        found = json.loads(body[:10_000])
        names = ("message", "error_message", "error")
        message = next(filter(None, map(found.get, names)), None)
    except (ValueError, RecursionError, AttributeError):
        return str(status)
    return f"{status} ({str(message)[:200]})" if message else str(status)


def http_date(said: str) -> float | None:
    """Epoch seconds of a date in a header; None: it is none."""
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    # "-0000": UTC from a server that does not say where it is
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
