"""Mastodon: who writes to a brand on the open social web, and when the brand answers.

Source: the client interface of the brand's own server, asked as anybody may ask it: the
account's statuses with its replies, the thread of each that has replies, and its
hashtags (its own name, and those its profile shows); with a token of the account also
what it was named in (looked at 2026-11-22, and run against snac 2.75, which speaks the
same). Read with our own polite client: Mastodon.py (MIT, kept up) makes its requests
with a session of its own, waits by itself, follows pages without end and raises where
we note a gap; what we need of it are six addresses.

An inquiry is found below the brand's own posts, by a hashtag or by a mention, answered
or not. What the brand answered elsewhere is known by that answer alone: it tells how
long the answered waited, and enters no share. "Conversations" of the interface are
private messages: they are never asked for, nor is anything kept whose visibility is not
public or unlisted.

Known gaps:
- Without the account's own token, whoever mentions the brand in a post of their own is
  seen only where a hashtag of the brand is used, or where the brand answers.
- A token of another member of the server lifts the limits of threads; it does not show
  what the brand was named in.
- Without any token a thread is shown up to 60 messages and 20 deep: what is counted and
  not shown is said, and is known by its reply if it is answered.
- Servers that show threads to members only are not seen without a token.
- Replies to a post of the brand that is older than seven days are known only if they
  are answered.
- Who deletes the post at the top of a thread parts what stood below it: later answers
  there are taken for another conversation.
- Messages that people's servers never delivered to the brand's, and those that it hides
  (of accounts it limits, or that its members blocked), are not seen.
- Times are those of the writer's server.
- Nobody can be renamed there: who wants another name moves to another account, which is
  told and not followed.
- The link of an inquiry is its page on the brand's server by number; servers other than
  Mastodon's may not know that address.

History:
- 2026-11: first version.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from collectors.base import Channel, Pace, UnreadablePage, Watched
from collectors.channels.mastodon.asking import ask, check
from collectors.channels.mastodon.instance import Instance
from collectors.channels.mastodon.places import place
from collectors.channels.mastodon.reading import message
from collectors.http import Http, Refused
from collectors.listing import round_of
from collectors.looking import Task
from model.looks import Look

__all__ = ["CHANNEL", "look", "message_at", "resolve"]

PAGE = re.compile(
    r"https?://(?P<server>[^/?#@\s]+)/(?:web/)?(?:@[^/?#\s]+|statuses)"
    r"/(?P<number>\w{6,64})/?(?:[?#].*)?",
    re.ASCII,
)
"""A status by its author's name, or by its number alone."""


def look(task: Task) -> Look:
    """One round over the accounts. What fails is in the look's problem."""
    days = int(task.options["first_days"])
    return round_of(task, CHANNEL.slug, ask, _resolve, days, _server)


def _server(account: Watched) -> str:
    return account.account.rpartition("@")[2].lower()


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The account's number on its own server. Raises CollectorError when it is not
    there, has moved, or is called otherwise."""
    at = place(options, account)
    found = Instance(http, at.address, at.token).find(account.rpartition("@")[0])
    check(found, account)
    return found.id


def message_at(http: Http, options: Mapping[str, Any], url: str) -> str:
    """The status on a page of any Mastodon server, by its author's name or by number;
    "" for other pages, and for what its server does not show any more."""
    page = PAGE.fullmatch(url)
    if page is None:
        return ""
    at = place(options, f"@{page['server']}")
    try:
        return message(Instance(http, at.address, at.token).status(page["number"]))
    except (Refused, UnreadablePage):
        return ""


def _resolve(task: Task, account: Watched) -> str:
    return resolve(task.http, task.options, account.account)


CHANNEL = Channel(
    slug="mastodon",
    title="Mastodon",
    source="https://joinmastodon.org",
    licence="public posts; none of their text is kept or shown",
    terms="each server's own; its limits of requests are kept to",
    cannot_see=(
        "Posts that mention a brand without answering one of its own or using its"
        " hashtag, unless the brand lets us read its mentions or answers; what a server"
        " shows to its members only; the end of very long threads."
    ),
    every=timedelta(minutes=30),
    pace=Pace(requests=300, seconds=300),
    look=look,
    resolve=resolve,
    message_at=message_at,
)
