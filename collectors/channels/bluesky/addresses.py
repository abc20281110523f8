"""Addresses of posts as people copy them, and who is behind a DID today.

Format: https://bsky.app/profile/<handle or DID>/post/<rkey> (looked at 2026-11-22).
"""

import re
from collections.abc import Mapping
from typing import Any

from collectors.channels.bluesky import appview
from collectors.channels.bluesky.events import POSTS, is_did
from collectors.http import Http

PAGE = re.compile(
    r"https?://bsky\.app/profile/([^/?#]+)/post/([A-Za-z0-9._:~-]+)/?(?:[?#].*)?"
)


def message_at(http: Http, options: Mapping[str, Any], url: str) -> str:
    """The at:// address of the post on a page; "": it is no page of a post.

    Raises CollectorError when the page names a handle and nobody says who that is.
    """
    match = PAGE.fullmatch(url)
    if match is None:
        return ""
    who, rkey = match.groups()
    did = who if is_did(who) else appview.resolve(http, options["appview"], who)
    return f"at://{did}/{POSTS}/{rkey}"


def named(http: Http, options: Mapping[str, Any], did: str) -> str:
    """The handle of an account today. Raises CollectorError when it is not shown."""
    return appview.handle(http, options["appview"], did)
