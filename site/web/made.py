"""Answers that are neither page nor table: pictures, feeds, lists for machines."""

from dataclasses import dataclass

from web.shelf import Headers

SVG = "image/svg+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"
JSON = "application/json"
PNG = "image/png"

ANYWHERE: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]
"""For what is made to be shown on the pages of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A whole body and what it is. ``elsewhere``: other sites may show it. ``name``:
    under which it is saved, after ours."""

    body: bytes
    kind: str
    elsewhere: bool = False
    name: str = ""
