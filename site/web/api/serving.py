"""How requests reach operations: from the shelf where an answer is ready."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import Flask, request

from web.api import openapi, operations
from web.api.limiting import Limiter
from web.api.operations import OPERATIONS, Operation
from web.api.parameters import read
from web.api.problems import OPEN, BadQuery, problem
from web.desk import Desk
from web.errors import NotHere
from web.shelf import Entry, Headers, Shelf

ROOT = "/api/v1"
JSON = "application/json"
LIVE_S = 30.0
KEPT = "public, max-age=60, stale-while-revalidate=600"
BRIEF = "public, max-age=30"
METHODS = "GET, HEAD, OPTIONS"
ASKED_BEFORE: Headers = [
    *OPEN,
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", "If-None-Match, Accept"),
    ("Access-Control-Max-Age", "86400"),
    ("Allow", METHODS),
]


class Site(Protocol):
    """What the interface needs of the site."""

    public: str
    limiter: Limiter

    def shelf(self) -> Shelf: ...
    def desk(self) -> Desk: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """An answer with what it says to this one reader. A WSGI application."""

    entry: Entry
    more: Headers

    def __call__(
        self, environ: Mapping[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        def started(status: str, headers: Headers) -> Any:
            return start_response(status, [*headers, *self.more])

        return self.entry(environ, started)


def add(app: Flask, site: Site) -> None:
    """Puts every operation, and the description of all, under ``ROOT``."""

    def described() -> Entry:
        body = json.dumps(openapi.document(site.public), ensure_ascii=False)
        return Entry(body.encode(), JSON, extra=OPEN)

    entry = described()
    _rule(app, "/openapi.json", "described", lambda: _counted(site, lambda: entry))
    for each in OPERATIONS:
        _rule(app, each.rule, each.name, _view(site, each))


def _rule(app: Flask, rule: str, name: str, view: Callable[..., Any]) -> None:
    app.add_url_rule(
        ROOT + rule,
        f"api {name}",
        view,
        methods=["GET"],
        provide_automatic_options=False,
    )
    app.add_url_rule(
        ROOT + rule,
        f"api {name} before",
        lambda **_path: Entry(b"", JSON, status="204 No Content", extra=ASKED_BEFORE),
        methods=["OPTIONS"],
        provide_automatic_options=False,
    )


def _view(site: Site, each: Operation) -> Callable[..., Counted]:
    def view(**path: str) -> Counted:
        return _counted(site, lambda: _entry(site, each, path))

    return view


def _counted(site: Site, make: Callable[[], Entry]) -> Counted:
    may, headers = site.limiter.take(request.remote_addr or "")
    if not may:
        says = "Too many requests. Wait as long as Retry-After says, then go on."
        return Counted(problem(429, says), headers)
    return Counted(make(), headers)


def _entry(site: Site, each: Operation, path: Mapping[str, str]) -> Entry:
    try:
        asked = read(request.query_string.decode(errors="replace"), each.parameters)
        pairs = {name: value for name, value in asked.items() if value is not None}
        key = f"api {request.path}?{urlencode(sorted(pairs.items()))}"
        shelf = site.shelf()
        entry = shelf.get(key)
        if entry is None or (entry.until and entry.until <= time.monotonic()):
            desk = site.desk()
            entry = _made(each, desk, each.make(desk, asked, **path), pairs)
            if "q" not in pairs and shelf.version == desk.library.version:
                shelf.put(key, entry)
        return entry
    except BadQuery as bad:
        return problem(400, str(bad), bad.wrong)
    except NotHere as missing:
        return problem(404, str(missing))


def _made(
    each: Operation,
    desk: Desk,
    answered: operations.Answer,
    pairs: Mapping[str, Any],
) -> Entry:
    said = {"about": operations.about(desk, answered), "data": answered.data}
    extra = [*OPEN]
    if each.paged:
        after = _next(pairs, answered.after, desk.public)
        said["next"] = after
        if after:
            extra.append(("Link", f'<{after}>; rel="next"'))
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    if each.live or desk.library.current is None:
        until = time.monotonic() + LIVE_S
        return Entry(body, JSON, cache=BRIEF, extra=extra, until=until)
    return Entry(body, JSON, cache=KEPT, extra=extra)


def _next(pairs: Mapping[str, Any], cursor: str, public: str) -> str | None:
    """The same question, from where this page ended."""
    if not cursor:
        return None
    query = urlencode(sorted({**pairs, "cursor": cursor}.items()))
    return f"{public}{request.path}?{query}"
