"""Discourse: who opens a topic on a brand's forum, and when its staff answers.

Source: what every Discourse forum gives a reader's browser: `/latest.json` by activity,
`/t/{id}.json`, which holds the first 20 posts of a topic and the numbers of all, and
`/t/{id}/posts.json` for the rest (looked at 2026-11-22). Read with our own polite
client: pydiscourse wants a key and knows nothing of pauses. The list is asked for with
the tag of the last time, where the forum gives one (one as it comes wants its answers
not to be stored, and gives tags only behind some proxies): nothing is new then.

An inquiry is a topic opened by somebody who is not staff; what it is, is read from its
words. An answer is a post of the staff (Discourse's own flags) that replies to the
opener, or to nobody in particular.

Known gaps:
- Staff whom the forum flags as nothing are taken for strangers.
- Topics in closed categories are not public.
- A topic that its author deletes leaves no trace in lists: each is asked for again,
  soon and then ever more rarely to the horizon, and counts as deleted from when it was
  last known to stand. What is deleted later keeps its link until somebody asks us.
- Further questions by others in a topic are no inquiries of their own.

History:
- 2026-11: first version.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup
from pydantic import AwareDatetime

from collectors import hashing
from collectors.base import Channel, Pace, UnreadablePage, Watched
from collectors.http import Http, Refused
from collectors.listing import (
    Answered,
    Asked,
    Found,
    Record,
    memory,
    record,
    records,
    round_of,
)
from collectors.looking import Task
from collectors.revisiting import due
from model import DAY
from model.looks import Look

REGULAR = 1
"""Type of a post that a person wrote; others say that a topic was closed or moved."""
AT_ONCE = 20
MOST_PAGES = 50
"""Of the list of topics, 30 on each."""
MOST_TOPICS = 100
"""Read in one round; the next goes on where this one ended."""
MOST_POSTS = 400
"""Of one topic. Whoever was not answered by then was not answered in it."""
MOST_REVISITED = 60
"""Topics asked for again in one round; the next goes on where this one ended."""
HORIZON = 7 * DAY
LONGEST_HTML = 20_000
NUMBER = re.compile(r"/t/([0-9]{1,18})$")
"""At the end of an inquiry's link."""
TOPIC = re.compile(
    r"(https?://[^/?#]+(?:/[^?#]*?)?)/t/(?:[^/?#]*[^/?#\d][^/?#]*/)?(\d{1,18})"
    r"(?:/1)?/?(?:[?#].*)?",
    re.ASCII,
)
QUOTE = re.compile(r"<aside\b.*?</aside>|<blockquote\b.*?</blockquote>", re.S)
GONE = frozenset({404, 410})
"""Not 403: guards before a forum answer so, whatever is asked."""


class Topic(Record):
    id: int
    created_at: AwareDatetime
    pinned: bool = False
    bumped_at: AwareDatetime | None = None
    last_posted_at: AwareDatetime | None = None

    @property
    def active(self) -> int:
        known = (self.bumped_at, self.last_posted_at)
        return max(second(at) for at in (self.created_at, *known) if at is not None)


class Post(Record):
    id: int
    post_number: int
    username: str
    created_at: AwareDatetime
    post_type: int = REGULAR
    reply_to_post_number: int | None = None
    staff: bool = False
    admin: bool = False
    moderator: bool = False
    user_deleted: bool = False
    cooked: str = ""

    @property
    def by_staff(self) -> bool:
        return self.staff or self.admin or self.moderator


class Site(Record):
    title: str


def look(task: Task) -> Look:
    """One round over the forums. What fails is in the look's problem."""
    days = int(task.options["first_days"])
    return round_of(task, CHANNEL.slug, ask, _resolve, days, _server)


def _server(account: Watched) -> str:
    return base(account.account).lower()


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The forum's address, when a forum answers there. Raises CollectorError."""
    url = f"{base(account)}/site/basic-info.json"
    record(Site, http.get_json(url), url)
    return base(account)


def message_at(_http: Http, _options: Mapping[str, Any], url: str) -> str:
    """The topic on a page; "" for the page of anything else, a later post too."""
    match = TOPIC.fullmatch(url)
    return thread(match[1], int(match[2])) if match else ""


def base(account: str) -> str:
    """The address of a forum, without a slash at its end."""
    return account.rstrip("/")


def _resolve(task: Task, account: Watched) -> str:
    return resolve(task.http, task.options, account.account)


class Kept(NamedTuple):
    """What one round tells the next about a forum."""

    looked: int  # the second up to which every open topic due was asked for again
    tag: str = ""  # of the list's first page, when all that was new on it was read

    @classmethod
    def read(cls, said: str, otherwise: int) -> "Kept":
        return cls(*json.loads(said)) if said else cls(otherwise)

    def said(self) -> str:
        return json.dumps(self)


def ask(task: Task, account: Watched, since: int) -> Found:
    """Topics of one forum with something new since a second. Raises CollectorError."""
    name = account.account
    now = task.started_us // 1_000_000
    kept = Kept.read(memory(task, account), int(task.cursors.get(name, now)))
    url = base(name)
    active, whole, tag = _active(task.http, url, since, kept.tag)
    wanted, refused = _wanted(task, name, active, since)
    found = Found(refused=refused)
    for topic in wanted[:MOST_TOPICS]:
        _read(task.http, url, name, topic, found)
    if not whole:
        said = f"{url}: more than {len(active)} topics had something new"
        found = replace(found, since=active[0].active, problem=said)
    if len(wanted) > MOST_TOPICS:
        # Those of the same second are read again with the rest.
        found = replace(found, until=max(wanted[MOST_TOPICS - 1].active, since + 1))
        tag = ""
    looked, problem = _revisit(task, name, kept.looked, found)
    said = "; ".join(filter(None, [found.problem, problem]))
    return replace(found, problem=said, memory=Kept(looked, tag).said())


def _revisit(task: Task, account: str, looked: int, found: Found) -> tuple[int, str]:
    """Asks again for open topics whose turn it is, and adds those that are gone: no
    list tells. Up to when all that were due have been asked for, and why not now."""
    said = due(task, account, looked, HORIZON, NUMBER).ask(
        MOST_REVISITED, "topics", partial(_stands, task.http, base(account))
    )
    found.erased.extend(said.erased)
    return said.looked, said.problem


def _stands(http: Http, url: str, topic: str) -> bool:
    """Whether a topic is there, with its opening."""
    where = f"{url}/t/{topic}.json"
    try:
        said = http.get_json(where)
    except Refused as problem:
        if problem.status not in GONE:
            raise
        return False
    posts = records(Post, _inside(said, where, "post_stream", "posts"), where)
    return any(post.post_number == 1 and not post.user_deleted for post in posts)


def _wanted(
    task: Task, account: str, active: list[Topic], since: int
) -> tuple[list[Topic], Counter[str]]:
    """Topics that are new, or that are held: others began before the watch did."""
    held = task.known({(account, hashing.key(thread(account, t.id))) for t in active})
    wanted = [
        each
        for each in active
        if second(each.created_at) >= since
        or (account, hashing.key(thread(account, each.id))) in held
    ]
    before = len(active) - len(wanted)
    return wanted, Counter({"opened before the watch began": before} if before else {})


def _active(
    http: Http, url: str, since: int, tag: str
) -> tuple[list[Topic], bool, str]:
    """Topics with something new, the longest quiet first, whether these are all, and
    what to give as ``tag`` the next time; none when the list is what it was.

    The forum lists the newest first, pinned ones above all others whatever their age:
    so a page ends the list only when nothing on it is new.
    """
    seen: dict[int, Topic] = {}
    where, now = f"{url}/latest.json", ""
    for page in range(MOST_PAGES):
        asked = {"order": "activity", "page": str(page)}
        if page == 0:
            said, now = http.get_if_changed(where, asked, tag)
            if said is None:
                return [], True, now
        else:
            said = http.get_json(where, asked)
        topics = records(Topic, _inside(said, where, "topic_list", "topics"), where)
        if page == 0 and all(each.pinned for each in topics):
            now = ""  # what is new would stand on the next page
        fresh = {t.id: t for t in topics if t.active >= since and t.id not in seen}
        seen |= fresh
        if not fresh:
            break
    quiet_first = sorted(seen.values(), key=lambda each: each.active)
    return quiet_first, not fresh, "" if fresh else now


def _inside(said: Any, where: str, *path: str) -> Any:
    """What lies under these names. Raises UnreadablePage."""
    for name in path:
        if not isinstance(said, dict) or name not in said:
            raise UnreadablePage(where, f"{'.'.join(path)}, found none")
        said = said[name]
    return said


def _read(http: Http, url: str, account: str, topic: Topic, found: Found) -> None:
    """Adds what one topic says; that it is gone, when it is."""
    try:
        title, posts = _posts(http, url, topic.id)
    except Refused as problem:
        if problem.status not in GONE:
            raise
        found.gone.append(thread(account, topic.id))
        return
    read(account, topic.id, title, posts, found)


def read(
    account: str, number: int, title: str, posts: list[Post], found: Found
) -> None:
    """Adds what the posts of a topic say. Pure: no I/O, no clock."""
    by_number = {post.post_number: post for post in posts}
    opening = by_number.get(1)
    if opening is None or opening.user_deleted:
        found.gone.append(thread(account, number))
        return
    if opening.by_staff:
        found.refused["topics of the staff's own"] += 1
        return
    opened = second(opening.created_at)
    found.asked.append(
        Asked(
            thread=thread(account, number),
            author=opening.username,
            at=opened,
            url=f"{base(account)}/t/{number}",
            text=f"{title}\n{plain(opening.cooked)}",
        )
    )
    for post in posts:
        if not _answers(post, opening, by_number):
            continue
        if second(post.created_at) < opened:
            found.refused["answers dated before what they answer"] += 1
            continue
        found.answered.append(
            Answered(
                thread=thread(account, number),
                message=f"discourse|{base(account)}|{post.id}",
                at=second(post.created_at),
                text=plain(post.cooked),
            )
        )


def _answers(post: Post, opening: Post, by_number: Mapping[int, Post]) -> bool:
    """Whether a post is the staff's, to the opener or to nobody in particular."""
    if not post.by_staff or post.post_type != REGULAR or post.user_deleted:
        return False
    if post.reply_to_post_number is None:
        return True
    replied = by_number.get(post.reply_to_post_number)
    return replied is None or replied.username == opening.username


def _posts(http: Http, url: str, number: int) -> tuple[str, list[Post]]:
    """A topic's title and its posts, also those that its first page leaves out."""
    where = f"{url}/t/{number}.json"
    said = http.get_json(where)
    title = str(_inside(said, where, "title"))
    posts = records(Post, _inside(said, where, "post_stream", "posts"), where)
    stream = _inside(said, where, "post_stream", "stream")
    if not isinstance(stream, list) or not all(isinstance(n, int) for n in stream):
        raise UnreadablePage(where, "post_stream.stream, a list of numbers")
    have = {post.id for post in posts}
    rest = [number_ for number_ in stream[:MOST_POSTS] if number_ not in have]
    for at in range(0, len(rest), AT_ONCE):
        where = f"{url}/t/{number}/posts.json"
        ids = [str(each) for each in rest[at : at + AT_ONCE]]
        more = http.get_json(where, {"post_ids[]": ids})
        posts += records(Post, _inside(more, where, "post_stream", "posts"), where)
    return title, posts


def thread(account: str, number: int) -> str:
    return f"discourse|{base(account).lower()}|{number}"


def plain(cooked: str) -> str:
    """The words of a post, without markup and without what it quotes of others."""
    said = QUOTE.sub(" ", cooked[:LONGEST_HTML])
    return Markup(said.replace("<", " <")).striptags()


def second(at: datetime) -> int:
    return int(at.timestamp())


CHANNEL = Channel(
    slug="discourse",
    title="Discourse forums",
    source="https://www.discourse.org",
    licence="public topics; none of their text is kept or shown",
    terms="each forum's own; its robots.txt is kept to",
    cannot_see=(
        "Closed categories and private messages; staff whom a forum does not flag; "
        "topics that were deleted before we saw them."
    ),
    every=timedelta(hours=1),
    pace=Pace(200, 60),  # of a forum's settings as it comes, for one address
    look=look,
    resolve=resolve,
    message_at=message_at,
)
