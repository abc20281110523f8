"""For those who run an installation: is it up, is it ready, how does the watch go."""

import json
from typing import Any, Protocol

from flask import Flask, request

from web.shelf import Entry
from web.source import Library, Source

JSON = "application/json"
NEVER = "no-store"


class Site(Protocol):
    """What is needed of the site."""

    source: Source

    def library(self) -> Library: ...


def add(app: Flask, site: Site) -> None:
    """``/healthz``: this process answers. ``/readyz``: it has something to show, from
    a database that answers. ``/metrics``: for Prometheus."""
    made: list[Any] = []

    def healthz() -> Entry:
        return _json({"ok": True, **shown(site.library())})

    def readyz() -> Entry:
        library = site.library()
        why = unready(library, site.source)
        status = "503 Service Unavailable" if why else "200 OK"
        return _json({"ok": not why, **shown(library), "says": why}, status)

    def metrics() -> Entry:
        if not made:
            from web.metrics import Metrics  # only where somebody asks for it

            made.append(Metrics(site.source))
        body, kind = made[0].answer(request.headers.get("Accept", ""))
        return Entry(body, kind, cache=NEVER)

    for view in (healthz, readyz, metrics):
        rule = f"/{view.__name__}"
        app.add_url_rule(
            rule, view.__name__, view, methods=["GET"], provide_automatic_options=False
        )


def shown(library: Library) -> dict[str, Any]:
    edition = library.current.name if library.current else None
    return {"edition": edition, "sample": library.sample}


def unready(library: Library, source: Source) -> str:
    """Why no reader should be sent here; '' when they may come."""
    if source.problem:
        return "the database does not answer; the log says more"
    if library.current is None:
        return "there is no edition to show yet, nor a sample"
    return ""


def _json(said: dict[str, Any], status: str = "200 OK") -> Entry:
    return Entry(json.dumps(said).encode(), JSON, status=status, cache=NEVER)
