"""In which language a reader is met who comes to the first page from elsewhere.

A browser says which languages its reader prefers, and whether the reader came from a
page of ours. Somebody who comes from elsewhere, or typed the address, and would rather
read one of our other languages is sent to the first page in it, once: who then chooses
English came from a page of ours, and stays. Programs and search engines, which do not
say where they come from, get the English page, as do all other addresses.
"""

from collections.abc import Mapping
from typing import Any

from web import tongue
from web.desk import Desk
from web.shelf import Headers

FROM_ELSEWHERE = ("none", "cross-site", "same-site")
"""Of ``Sec-Fetch-Site``; "same-origin" is a page of ours."""
VARY = "Accept-Encoding, Accept-Language, Sec-Fetch-Site"


def decides(desk: Desk) -> bool:
    """Whether what a reader asks for in words decides what the address shows."""
    first = desk.path == "/" and desk.pinned is None and not desk.query
    return first and desk.language == tongue.ENGLISH


def elsewhere(environ: Mapping[str, Any]) -> str:
    """The first page in the language that the reader of ``/`` prefers; '' to stay."""
    if environ.get("HTTP_SEC_FETCH_SITE") not in FROM_ELSEWHERE:
        return ""
    preferred = tongue.preferred(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    return "" if preferred == tongue.ENGLISH else f"/{preferred}/"


def sent(address: str) -> tuple[str, Headers]:
    """Status and headers that send a reader there. Nobody is to keep it."""
    headers = [
        ("Location", address),
        ("Vary", VARY),
        ("Cache-Control", "private, no-store"),
        ("Content-Length", "0"),
    ]
    return "302 Found", headers
