"""Where an instance is asked, and with whose token, as the operator's settings say.

A token opens one account's mail on one server: it is sent to that server alone.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from collectors.base import CollectorError


class BadSetting(CollectorError):
    """A setting does not say what it should. The sentence says which; never the key."""


class Place(NamedTuple):
    """How an account is asked for."""

    address: str  # of its server, without a slash at its end
    token: str  # "" there is none for this server
    whose: str  # user@server; "" nobody's


def place(options: Mapping[str, Any], account: str) -> Place:
    """The place of user@server: with the account's own token, else with that of another
    member of the server, else as anybody. Raises BadSetting."""
    server = account.rpartition("@")[2].lower()
    addresses = _pairs(options.get("instances", ""), "ANSWERABLE_MASTODON_INSTANCES")
    address = addresses.get(server, f"https://{server}").rstrip("/")
    tokens = _tokens(options)
    whose = account.lower()
    if whose not in tokens:
        members = [each for each in sorted(tokens) if each.endswith(f"@{server}")]
        whose = members[0] if members else ""
    return Place(address, tokens.get(whose, ""), whose)


def _tokens(options: Mapping[str, Any]) -> dict[str, str]:
    given = options.get("token")
    said = given.get_secret_value() if given is not None else ""
    tokens = _pairs(said, "ANSWERABLE_MASTODON_TOKEN")
    if not all("@" in whose for whose in tokens):
        raise BadSetting(
            "ANSWERABLE_MASTODON_TOKEN: expected user@server=token, several of them"
            " with spaces between, found one without its user@server"
        )
    return tokens


def _pairs(said: str, name: str) -> dict[str, str]:
    """name=value, with spaces between."""
    pairs = [each.partition("=") for each in said.split()]
    if not all(key and equals and value for key, equals, value in pairs):
        raise BadSetting(f"{name}: expected name=value, several with spaces between")
    return {key.lower(): value for key, _, value in pairs}
