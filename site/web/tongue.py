"""The language of the page being made, and where pages are in each language.

What a page says is said through ``speech``, whose words stand here too. ``speaking``
says whose page is made, for the thread that makes it. ``docs/languages.md`` says how to
mark what a page says.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache

from speech import (
    ENGLISH,
    FOLDER,
    LOCALES,
    NAMES,
    OTHERS,
    Catalogue,
    at,
    catalogue,
    decimal,
    language,
    locale,
    mark,
    now,
    number,
    t,
    tn,
    using,
)

__all__ = [
    "ENGLISH",
    "FOLDER",
    "FORMS",
    "LOCALES",
    "NAMES",
    "OFFERED",
    "OTHERS",
    "Catalogue",
    "at",
    "catalogue",
    "decimal",
    "language",
    "letters",
    "locale",
    "mark",
    "now",
    "number",
    "offered",
    "preferred",
    "speaking",
    "split",
    "t",
    "tn",
    "weights",
]

OFFERED: tuple[str, ...] = (
    "/",
    "/industries",
    "/industries/<slug:slug>",
    "/brands/<slug:slug>",
    "/brands/<slug:slug>/coverage",
    "/embed/brands/<slug:slug>",
    "/embed/brands/<slug:slug>/<slug:name>",
    "/embed/industries/<slug:slug>/<slug:name>",
    "/brands/<slug:slug>/<slug:name>/embed",
    "/industries/<slug:slug>/<slug:name>/embed",
    "/compare",
    "/search",
    "/search.json",
    "/feed.atom",
    "/brands/<slug:slug>/feed.atom",
    "/industries/<slug:slug>/feed.atom",
    "/editions",
    "/about",
    "/method",
    "/method/log",
    "/data",
    "/api",
    "/corrections",
    "/corrections/<slug:number>",
    "/sources",
    "/sources/<slug:slug>",
    "/audits",
    "/audits/<slug:slug>",
    "/studies",
)
"""The addresses (as ``web.routes`` has them) that are whole in every language. All
others are in English, and are linked so. Data are the same in every language, but for
what is suggested while somebody types."""

FORMS = (
    "/brands/<slug:slug>/reply",
    "/brands/<slug:slug>/watch",
    "/corrections/ask",
    "/corrections/sent",
    "/corrections/confirm/<slug:token>",
    "/watch/sent",
    "/watch/done",
    "/watch/confirm/<slug:token>",
    "/watch/stop/<slug:token>",
)
"""Addresses of forms and of what follows them (``web.filing``, ``web.watching``): all
of them are in every language, and within no edition."""


PICTURES = (
    tuple(
        f"{path}.{ending}"
        for path in ("/compare/curve", "/industries/volume")
        for ending in ("svg", "png")
    )
    + tuple(
        f"/{under}/<slug:slug>/<slug:name>.{ending}"
        for under in ("brands", "industries")
        for ending in ("svg", "png")
    )
    + tuple(
        f"/sources{of}/seen.{ending}"
        for of in ("", "/<slug:slug>")
        for ending in ("svg", "png")
    )
)
"""Charts to take away, and the cards of pages (``web.views.picture``)."""


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is made inside is in this language."""
    with using(catalogue(language)):
        yield


def letters(text: str) -> str:
    """What names are sorted by: letters without accents, small ones."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in split if not unicodedata.combining(mark))


@cache
def _offered(rules: tuple[str, ...]) -> re.Pattern[str]:
    known = (re.sub(r"<[^>]*>", "[^/.]+", rule.replace(".", r"\.")) for rule in rules)
    return re.compile("|".join(known))


@lru_cache(maxsize=4096)
def offered(path: str) -> bool:
    """Whether a page (without its edition and parameters) is there in every
    language."""
    return _offered(OFFERED + FORMS + PICTURES).fullmatch(path) is not None


def split(path: str) -> tuple[str, str]:
    """The language of an address, and the address in English: "/fr/about" is ("fr",
    "/about")."""
    first, slash, rest = path[1:].partition("/")
    if first in OTHERS and path[:1] == "/":
        return first, f"/{rest}"
    return ENGLISH, path


def weights(header: str) -> dict[str, float]:
    """What an Accept-Language header asks for: language without its region, and how
    much it is wanted. What cannot be read is left out."""
    found: dict[str, float] = {}
    for item in header.lower().split(",")[:20]:
        name, _, parameters = item.strip().partition(";")
        quality = parameters.strip().removeprefix("q=") or "1"
        if re.fullmatch(r"[01](\.\d{0,3})?", quality):
            primary = name.partition("-")[0]
            found[primary] = max(found.get(primary, 0.0), float(quality))
    return found


@lru_cache(maxsize=256)
def preferred(header: str) -> str:
    """The language of ours that a reader would rather read; English where unsure."""
    asked = weights(header)
    best = max(NAMES, key=lambda name: asked.get(name, 0.0))  # ties: English first
    return best if asked.get(best, 0.0) > 0 else ENGLISH
