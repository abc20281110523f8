"""From statuses to what a round keeps. Pure: no I/O, no clock, any order.

A conversation is one person in one thread; its first message to the brand is the
inquiry. It is found by a list (a mention, a hashtag), or in the thread below one of the
brand's own posts that was read for what answers it, whether or not the brand answered:
both find the unanswered as surely as the answered. What is in sight only because the
brand answered it, or answered something below it, is known by its reply.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from collectors.channels.mastodon.entities import Context, Status, Words, full, words
from collectors.listing import Answered, Asked, Posted
from model import FoundBy

ANCESTORS, DESCENDANTS, DEPTH = 40, 60, 20
"""What Mastodon shows of a thread to whoever has no token; what is private among it is
counted and not shown."""
AHEAD = 300
"""Seconds by which a message may be dated after now: servers' clocks differ."""


@dataclass(frozen=True)
class Me:
    """The account that is looked at, and who else is registered."""

    id: str  # its number on its own server
    acct: str  # user@server
    url: str
    address: str  # of its server
    brands: Mapping[str, str]  # registered user@server: brand

    @property
    def domain(self) -> str:
        return self.acct.rpartition("@")[2]


class Shown(NamedTuple):
    """How much of the brand's threads the server showed."""

    hidden: int  # replies that it counts and does not show
    cut: int  # of them those in threads that are longer than it shows


@dataclass
class Talk:
    """Everything in sight of one account: statuses, and how each came to be seen."""

    me: Me
    now: int
    member: bool = False  # threads are shown to us in full
    statuses: dict[str, Status] = field(default_factory=dict)
    below: Counter[str] = field(default_factory=Counter)  # public replies in sight
    own: set[str] = field(default_factory=set)  # the account's, as it lists them
    listed: set[str] = field(default_factory=set)  # found by a list
    told: set[str] = field(default_factory=set)  # of them: the server says it names us
    shown: set[str] = field(default_factory=set)  # below an own status
    tops: set[str] = field(default_factory=set)  # nothing in sight is above them
    asked: set[str] = field(
        default_factory=set
    )  # own ones whose replies were asked for
    cut: set[str] = field(default_factory=set)  # of them those in threads cut short
    _words: dict[str, Words] = field(default_factory=dict)

    def add_own(self, statuses: Iterable[Status]) -> None:
        for status in statuses:
            self._put(status)
            self.own.add(status.id)

    def add_listed(self, status: Status, told: bool) -> None:
        self._put(status)
        self.listed.add(status.id)
        if told:
            self.told.add(status.id)

    def add_thread(self, asked: Status, context: Context) -> None:
        """What a status answers; and of an own one what answers it."""
        above, below = context.ancestors, context.descendants
        for each in (*above, *below):
            self._put(each)
        if self.member or len(above) < ANCESTORS:
            self.tops.add(above[0].id if above else asked.id)
        if asked.id not in self.own:
            return
        self.shown |= {each.id for each in below}
        own = {each.id for each in (asked, *below) if self.is_own(each)}
        self.asked |= own
        if not self.member and self._may_be_cut(asked, below):
            self.cut |= own

    def _put(self, status: Status) -> None:
        if status.id not in self.statuses:
            self.statuses[status.id] = status
            if status.public and status.in_reply_to_id is not None:
                self.below[status.in_reply_to_id] += 1

    def _may_be_cut(self, asked: Status, below: list[Status]) -> bool:
        """Whether a thread is as long, or as deep, as is shown at most."""
        counted = sum(each.replies_count for each in (asked, *below))
        deep = any(self._depth(each, asked.id) >= DEPTH for each in below)
        return deep or max(len(below), counted) >= DESCENDANTS

    def _depth(self, status: Status, top: str) -> int:
        line = [each.id for each in self.line(status)]
        return line.index(top) if top in line else len(line)

    def words(self, status: Status) -> Words:
        if status.id not in self._words:
            self._words[status.id] = words(status)
        return self._words[status.id]

    def author(self, status: Status) -> str:
        return full(status.account.acct, self.me.domain)

    def is_own(self, status: Status) -> bool:
        return self.author(status) == self.me.acct

    def parent(self, status: Status) -> Status | None:
        return self.statuses.get(status.in_reply_to_id or "")

    def line(self, status: Status) -> Iterator[Status]:
        """It, what it answers, and so on up, as far as is in sight."""
        seen: set[str] = set()
        at: Status | None = status
        while at is not None and at.id not in seen:
            yield at
            seen.add(at.id)
            at = None if at.id in self.tops else self.parent(at)

    def thread(self, status: Status) -> str | None:
        """The conversation's name: who speaks, below what. None: its top is unknown."""
        *_, top = self.line(status)
        if top.id not in self.tops and top.in_reply_to_id is not None:
            return None
        return f"mastodon|{top.uri}|{self.author(status)}"

    def names(self, status: Status) -> set[str]:
        """The registered accounts that a status mentions."""
        named = {full(each.acct, self.me.domain) for each in status.mentions}
        numbers = {each.id for each in status.mentions}
        if (
            status.id in self.told
            or self.me.id in numbers
            or self.me.url in self.words(status).names
        ):
            named.add(self.me.acct)
        return named & self.me.brands.keys()

    def to(self, status: Status) -> set[str]:
        """The registered accounts that a status speaks to.

        A reply speaks to whom it answers. Whoever is named in what it answers is named
        in it by the writer's program, which says nothing; others are named on purpose.
        """
        named = self.names(status)
        if not status.replies:
            return named
        parent = self.parent(status)
        if parent is not None:
            answers = {self.author(parent)} & self.me.brands.keys()
            return answers | (named - self.names(parent))
        if status.in_reply_to_account_id == self.me.id:
            return named | {self.me.acct}
        return named

    def goes_on(self, status: Status) -> bool:
        """Whether it answers a reply of ours to its own author: no beginning."""
        parent = self.parent(status)
        return (
            parent is not None
            and self.is_own(parent)
            and parent.in_reply_to_account_id == status.account.id
        )

    def hidden(self) -> Shown:
        """What answers own statuses whose threads were read, and is not in sight."""
        missing = {
            number: self.statuses[number].replies_count - self.below[number]
            for number in self.asked
        }
        return Shown(
            sum(most for most in missing.values() if most > 0),
            sum(missing[number] for number in self.cut if missing[number] > 0),
        )

    def complete(self, status: Status) -> bool:
        """Whether everything that answers a status is in sight."""
        enough = self.below[status.id] >= status.replies_count
        return status.id in self.shown and enough


class Said(NamedTuple):
    asked: list[Asked]
    answered: list[Answered]
    refused: Counter[str]


def read(talk: Talk, answers: Iterable[Status]) -> Said:
    """Inquiries in sight, and those of these own statuses that answer a person."""
    refused: Counter[str] = Counter()
    heard = list(_answered(talk, answers, refused))
    openings = _openings(talk, refused)
    replied: dict[str, Status] = {}
    for one, parent in sorted(heard, key=lambda each: each[0].at):
        replied.setdefault(one.thread, parent)
    asked = []
    for thread, opening in openings.items():
        found_by = _found_by(talk, opening)
        if found_by != FoundBy.REPLY or thread in replied:
            asked.append(_asked(talk, thread, opening, found_by))
    for thread, parent in replied.items():
        if thread in openings:
            continue
        if talk.goes_on(parent):
            refused["answers in a conversation whose beginning is gone"] += 1
        else:
            asked.append(_asked(talk, thread, parent, FoundBy.REPLY))
    return Said(asked, [one for one, _ in heard], refused)


def posted(talk: Talk, statuses: Iterable[Status]) -> list[Posted]:
    """Own posts and replies to people. A reply to another brand is neither."""
    found = []
    for status in statuses:
        if not status.public:
            continue
        to = _answers_whom(talk, status)
        if to in ("", talk.me.acct) or _of_brand(talk, to):
            found.append(Posted(status.at, reply=False))
        elif to not in talk.me.brands:
            found.append(Posted(status.at, reply=True))
    return found


def _of_brand(talk: Talk, acct: str) -> bool:
    return talk.me.brands.get(acct) == talk.me.brands[talk.me.acct]


def _answers_whom(talk: Talk, status: Status) -> str:
    """user@server; "" nobody, "?" somebody whose name is not in sight."""
    number = status.in_reply_to_account_id
    if not status.replies:
        return ""
    if number == talk.me.id:
        return talk.me.acct
    parent = talk.parent(status)
    if parent is not None:
        return talk.author(parent)
    named = [each.acct for each in status.mentions if each.id == number]
    return full(named[0], talk.me.domain) if named else "?"


def _openings(talk: Talk, refused: Counter[str]) -> dict[str, Status]:
    """Of each conversation the first message that speaks to the account, of those that
    would be in sight without its answer where there are such: whether an inquiry counts
    must not hang on an answer that shows an earlier message."""
    first: dict[str, Status] = {}

    def order(status: Status) -> tuple[bool, int, str]:
        return _found_by(talk, status) == FoundBy.REPLY, status.at, status.id

    for status in talk.statuses.values():
        if not status.public or talk.author(status) in talk.me.brands:
            continue
        if talk.me.acct not in talk.to(status) or talk.goes_on(status):
            continue
        if why := _no_inquiry(talk, status):
            refused[why] += 1
        elif thread := talk.thread(status):
            first[thread] = min(first.get(thread, status), status, key=order)
        else:
            refused["messages whose thread does not show its top"] += 1
    return first


def _no_inquiry(talk: Talk, status: Status) -> str:
    if status.account.bot:
        return "messages by programs"
    if status.at > talk.now + AHEAD:
        return "messages dated in the future"
    return ""


def _found_by(talk: Talk, status: Status) -> FoundBy:
    if status.id in talk.listed:
        return FoundBy.LIST
    return FoundBy.THREAD if status.id in talk.shown else FoundBy.REPLY


def answers_somebody(talk: Talk, status: Status) -> bool:
    return status.replies and status.in_reply_to_account_id != talk.me.id


def _answered(
    talk: Talk, statuses: Iterable[Status], refused: Counter[str]
) -> Iterator[tuple[Answered, Status]]:
    """Answers to people, each with what it answers."""
    for status in statuses:
        parent = talk.parent(status)
        if parent is None or not parent.public:
            refused["answers to a message that is gone or not public"] += 1
        elif talk.author(parent) in talk.me.brands or parent.account.bot:
            continue
        elif status.at < parent.at:
            refused["answers dated before what they answer"] += 1
        elif thread := talk.thread(parent):
            yield _answer(talk, thread, status), parent
        else:
            refused["answers in a thread that does not show its top"] += 1


def _asked(talk: Talk, thread: str, status: Status, found_by: FoundBy) -> Asked:
    brands = {talk.me.brands[acct] for acct in talk.to(status)}
    return Asked(
        thread=thread,
        author=talk.author(status),
        at=status.at,
        # Its page by number: the server's own address of it holds its author's name.
        url=f"{talk.me.address}/statuses/{status.id}",
        text=talk.words(status).text,
        language=status.language,
        message=message(status),
        found_by=found_by,
        addressed=max(1, len(brands)),
        surer=found_by != FoundBy.REPLY,
    )


def _answer(talk: Talk, thread: str, status: Status) -> Answered:
    return Answered(
        thread=thread,
        message=message(status),
        at=status.at,
        text=talk.words(status).text,
        language=status.language,
        for_brand=True,
    )


def message(status: Status) -> str:
    return f"mastodon|{status.uri}"
