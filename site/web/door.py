"""The WSGI door in front of Flask: a ready page leaves here, nothing else runs."""

import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from web import arrival
from web.query import KNOWN
from web.shelf import SECURITY, Shelf
from web.static import Static

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Door:
    """Answers GET and HEAD of what is on the shelf; hands on everything else.

    ``shelf`` says which shelf is current, and so looks for a new edition.
    """

    def __init__(self, inner: Wsgi, shelf: Callable[[], Shelf], static: Static) -> None:
        self._inner = inner
        self._shelf = shelf
        self._static = static

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD") and _plain(environ):
            path = environ["PATH_INFO"]
            if path == "/" and (address := arrival.elsewhere(environ)):
                status, headers = arrival.sent(address)
                start_response(status, [*headers, *SECURITY])
                return ()
            if path.startswith("/static/"):
                entry = self._static.entry(path)
            else:
                entry = self._shelf().get(path)
            if entry and (entry.until is None or entry.until > time.monotonic()):
                return entry(environ, start_response)
        return self._inner(environ, start_response)


def _plain(environ: dict[str, Any]) -> bool:
    """Whether the query string, if any, says nothing to us (``utm_source=...``)."""
    query = environ.get("QUERY_STRING")
    if not query:
        return True
    if len(query) > 1_000 or query.count("&") > 50:
        return False
    return all(name not in KNOWN for name, _ in parse_qsl(query, True))
