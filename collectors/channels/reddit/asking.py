"""What is asked of Reddit, with a token that is kept nowhere.

Format: https://www.reddit.com/dev/api and, for the token,
https://github.com/reddit-archive/reddit/wiki/OAuth2 (looked at 2026-11-22).
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from collectors.base import CollectorError, UnreadablePage
from collectors.channels.reddit.things import About, Kind, Listed, Token
from collectors.http import Http
from collectors.listing import record, records

PAGE = 100
MOST_PAGES = 10
"""Of one list: Reddit ends it there."""
AT_ONCE = 100


@dataclass
class Api:
    """Reddit's interface, with a token for this round that is kept nowhere."""

    options: Mapping[str, Any]
    token: str = ""

    def place(self, http: Http, account: str) -> str:
        """The number behind r/NAME or u/NAME. Raises CollectorError."""
        path = account if account.startswith("r/") else f"user/{account[2:]}"
        said, where = self._ask(http, f"{path}/about", {})
        place = record(About, said, where).data
        if place.is_suspended or place.subreddit_type not in {"public", "restricted"}:
            raise CollectorError(f"{account} is not public on Reddit")
        return place.id

    def newest(
        self,
        http: Http,
        kind: type[Kind],
        path: str,
        asked: Mapping[str, str],
        since: int,
    ) -> tuple[list[Kind], bool]:
        """A list's entries since a second, the newest first, and whether these are all.

        Entries that are pinned stand above newer ones, so a page ends the list only
        when nothing on it is new.
        """
        found: list[Kind] = []
        after = ""
        for _ in range(MOST_PAGES):
            more = {"after": after} if after else {}
            page, after = self._listed(
                http, kind, path, {**asked, "limit": str(PAGE), **more}
            )
            fresh = [each for each in page if each.at >= since]
            found += fresh
            if not fresh or not after:
                return found, True
        return found, False

    def info(self, http: Http, kind: type[Kind], names: list[str]) -> Iterator[Kind]:
        """The posts or comments with these names. Those that are gone are not there,
        or have no author."""
        for at in range(0, len(names), AT_ONCE):
            ids = ",".join(names[at : at + AT_ONCE])
            yield from self._listed(http, kind, "api/info", {"id": ids})[0]

    def _listed(
        self, http: Http, kind: type[Kind], path: str, params: Mapping[str, str]
    ) -> tuple[list[Kind], str]:
        said, where = self._ask(http, path, params)
        listed = record(Listed, said, where).data
        things = records(kind, [child.data for child in listed.children], where)
        return things, listed.after or ""

    def _ask(self, http: Http, path: str, params: Mapping[str, str]) -> tuple[Any, str]:
        where = f"{self.options['api']}/{path}"
        key = f"bearer {self._token(http)}"
        return http.ask(where, {**params, "raw_json": "1"}, key=key), where

    def _token(self, http: Http) -> str:
        if not self.token:
            where = f"{self.options['login']}/api/v1/access_token"
            id_, secret = self.options["id"], self.options["secret"].get_secret_value()
            basic = b64encode(f"{id_}:{secret}".encode()).decode()
            form = {"grant_type": "client_credentials"}
            said = http.ask(where, key=f"Basic {basic}", form=form)
            if not isinstance(said, dict) or "access_token" not in said:
                # What it says instead may repeat what it was sent.
                raise UnreadablePage(where, "a token: are id and secret right?")
            self.token = record(Token, said, where).access_token
        return self.token
