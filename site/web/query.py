"""The parameters an address may carry, and their one canonical order.

Unknown ones (``utm_source``) are ignored; a known one with a value that means nothing
is answered by a page that says so. A page is never kept under the raw string.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from model.words import FAMILIES
from web.errors import NotHere, printable
from web.tongue import t

SORTS = ("place", "name", "answered", "wait", "inquiries")
KNOWN = frozenset(
    {
        *("add", "brands", "industry", "family", "sort", "page", "q"),
        *("url", "format", "maxwidth", "maxheight"),
    }
)
LONGEST_QUERY = 100
LONGEST_LIST = 1_000
MOST_PAIRS = 200

Query = Mapping[str, str]
"""Known parameters only, checked for shape, empty ones left out."""


def read(raw: str, allowed: Iterable[str]) -> dict[str, str]:
    """The allowed parameters of a query string, in canonical order. Raises NotHere."""
    allowed = tuple(allowed)
    found: dict[str, str] = {}
    for name, value in _pairs(raw):
        cleaned = " ".join(printable(value).split())
        if name not in allowed or not cleaned:
            continue
        if found.get(name, cleaned) != cleaned:
            raise NotHere(
                t(
                    "The address gives “%(name)s” twice, with different values.",
                    name=name,
                )
            )
        found[name] = _checked(name, cleaned)
    return {name: found[name] for name in sorted(found)}


def _pairs(raw: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw, max_num_fields=MOST_PAIRS, errors="replace")
    except ValueError:
        raise NotHere(
            t(
                "The address has more than %(most)s parameters; none of ours has.",
                most=MOST_PAIRS,
            )
        ) from None


def _checked(name: str, value: str) -> str:
    match name:
        case "family" if value not in FAMILIES:
            raise _no(name, value, FAMILIES)
        case "sort" if value.removeprefix("-") not in SORTS or value.startswith("--"):
            raise _no(name, value, SORTS)
        case "page":
            return _page(value)
        case "maxwidth" | "maxheight":
            return _pixels(name, value)
        case "url":
            return _whole(value)
        case "brands" | "format":
            return value[:LONGEST_LIST]
        case "q" | "add":
            return unicodedata.normalize("NFC", value)[:LONGEST_QUERY].strip()
    return value


def _no(name: str, value: str, known: Iterable[str]) -> NotHere:
    return NotHere(
        t(
            "There is no %(name)s “%(value)s”. There are: %(known)s.",
            name=name,
            value=value[:40],
            known=", ".join(known),
        )
    )


def _page(value: str) -> str:
    if value.isascii() and value.isdigit() and len(value) <= 6 and int(value) > 0:
        return str(int(value))
    raise NotHere(t("“%(value)s” is not the number of a page.", value=value[:40]))


def _whole(value: str) -> str:
    try:
        urlsplit(value)
    except ValueError:
        raise NotHere("url must be a whole address, as a browser shows it.") from None
    return value[:LONGEST_LIST]


def _pixels(name: str, value: str) -> str:
    if value.isascii() and value.isdigit() and len(value) <= 6:
        return str(int(value))
    raise NotHere(f"{name} must be a whole number of pixels.")


def address(path: str, query: Query) -> str:
    """A path with its parameters in canonical order: what a page is kept under."""
    pairs = {name: query[name] for name in sorted(query) if query[name]}
    return f"{path}?{urlencode(pairs, safe=',', quote_via=quote)}" if pairs else path
