"""Webhooks: one signed request to an address that somebody gave us.

The address may be anybody's, so the request goes to public addresses alone, follows no
redirect, and nothing of the answer is read but its status. The name is looked up once,
checked, and just that address is connected to (``collectors.wire``): a name that stands
for another address a moment later changes nothing.

Signed as Standard Webhooks, version 1 (https://www.standardwebhooks.com, looked at
2026-11-22), for which many languages have a library: ``webhook-id``,
``webhook-timestamp`` and ``webhook-signature``.
"""

import time
from collections.abc import Collection

import httpx

from collectors.http import user_agent
from collectors.wire import Private, Wire, named
from model.notices import signature
from settings import PORTS, Settings

WHOLE_S = 15.0
"""What a whole request may take."""

GONE = 410
"""Standard Webhooks: whoever says so wants no more of them."""


class HookFailed(Exception):
    """It was not taken. ``final``: it never will be. Names no address."""

    def __init__(self, says: str, *, final: bool = False) -> None:
        super().__init__(says)
        self.final = final


def post(settings: Settings, url: str, ident: str, body: bytes, secret: bytes) -> None:
    """Sends a message; it was taken when this returns. Raises HookFailed."""
    at = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": user_agent(settings.contact),
        "webhook-id": ident,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(secret, ident, at, body),
    }
    try:
        status = _status(url, headers, body, settings.hook_hosts)
    except Private:
        raise HookFailed("it leads into a private network") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
        raise HookFailed(type(problem).__name__) from None
    if not 200 <= status < 300:
        raise HookFailed(f"status {status}", final=status == GONE)


def _status(
    url: str, headers: dict[str, str], body: bytes, private: Collection[str]
) -> int:
    wire = Wire(private, connections=1)
    client = httpx.Client(
        transport=wire, timeout=WHOLE_S, follow_redirects=False, trust_env=False
    )
    with client, wire.within(WHOLE_S):
        address = httpx.URL(url)
        port = address.port or PORTS.get(address.scheme, 0)
        if address.scheme != "https" and not named(address.host, port, private):
            raise httpx.UnsupportedProtocol("only https")
        with client.stream("POST", address, content=body, headers=headers) as response:
            return response.status_code
