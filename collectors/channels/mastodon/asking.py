"""One account in one round: what is asked of its server, and in which order.

First its own statuses, back to those whose threads may still get replies; then the
lists of what names it; then threads, the oldest first, as many as one round takes. What
is left over is read by the next round: until then nothing more counts as seen.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from collectors import hashing
from collectors.base import CollectorError, Watched
from collectors.channels.mastodon.entities import Account, Status, full
from collectors.channels.mastodon.instance import Closed, Instance
from collectors.channels.mastodon.memory import LAST, Memory
from collectors.channels.mastodon.places import Place, place
from collectors.channels.mastodon.reading import (
    AHEAD,
    Me,
    Talk,
    answers_somebody,
    message,
    posted,
    read,
)
from collectors.http import Refused
from collectors.listing import Elsewhere, Erased, Found, memory
from collectors.looking import Task
from collectors.rewatch import Plan
from model import DAY

WINDOW = 7 * DAY
"""How long after a post of the brand its thread is read for replies."""
LATE = DAY // 4
"""Seconds by which a message may reach the brand's server later than it was written."""
MOST_THREADS = 150
"""Of one account in one round."""
MOST_TAGS = 4
TAG = re.compile(r"\w*[^\W\d]\w*")
"""What servers take for a hashtag: letters, digits and _, not digits alone."""
NUMBER = re.compile(r"/statuses/([^/]+)$")
"""At the end of an inquiry's link."""


class Full(CollectorError):
    """One round takes no more of an account."""


class Unheard(CollectorError):
    """A token does not open what it was set for."""


def ask(task: Task, account: Watched, since: int) -> Found:
    """Everything said to one account since a second. Raises CollectorError."""
    at = place(task.options, account.account)
    instance = Instance(task.http, at.address, at.token)
    found = who(instance, account, at)
    me = Me(
        id=found.id,
        acct=account.account.lower(),
        url=found.url or "",
        address=at.address,
        brands={
            each.account.lower(): each.brand or each.account for each in task.accounts
        },
    )
    talk = Talk(me, task.started_us // 1_000_000, member=bool(at.token))
    return Visit(task, account, since, at, instance, talk).found()


def who(instance: Instance, account: Watched, at: Place) -> Account:
    """The account as its server has it now. Raises Elsewhere, Unheard."""
    try:
        if account.external_id:
            found = instance.account(account.external_id)
        else:
            found = instance.find(account.account.rpartition("@")[0])
    except Refused as problem:
        if problem.status == 401 and at.token:
            said = f"the token of {at.whose} is not accepted any more: set another"
            raise Unheard(f"{said} ({problem})") from problem
        if problem.status in (404, 410):
            raise Elsewhere(f"{account.account} is not there any more") from problem
        raise
    check(found, account.account)
    return found


def check(found: Account, account: str) -> None:
    """Raises Elsewhere where an account is not what the registry says it is."""
    domain = account.rpartition("@")[2]
    if found.moved is not None:
        # Where it went is for a person to check, so it is said and not followed.
        raise Elsewhere(f"{account} has moved to {full(found.moved.acct, domain)}")
    if found.suspended:
        raise Elsewhere(f"{account} is suspended by its server")
    if full(found.acct, domain) != account.lower():
        raise Elsewhere(f"{account} is called {full(found.acct, domain)} now")


@dataclass
class Visit:
    """What one round learns of one account."""

    task: Task
    account: Watched
    since: int
    at: Place
    instance: Instance
    talk: Talk
    refused: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    unfinished: bool = False
    unread: int | None = None  # nothing before this second could be read
    threads: int = 0

    def found(self) -> Found:
        kept = Memory.read(memory(self.task, self.account))
        own, floor = self._own()
        missed = kept.forget({each.id for each in own}, floor, self.since - 2 * LATE)
        listed = [(each, False) for each in self._tags(kept)]
        if self.at.whose == self.talk.me.acct:
            listed += [(each, True) for each in self._mentions()]
        if not self._listed(listed, kept):
            kept.lists = {}  # they are to be read once more
        said = read(self.talk, self._threads(own, kept))
        self._say_hidden()
        return Found(
            asked=said.asked,
            answered=said.answered,
            erased=[*self._withdrawn(missed), *self._revisit()],
            posted=posted(self.talk, own),
            memory=kept.said(),
            read=len(self.talk.statuses),
            refused=self.refused + said.refused,
            until=self.since if self.unfinished else None,
            since=self.unread,
            problem="; ".join(self.problems),
        )

    def _own(self) -> tuple[list[Status], int]:
        """The account's own statuses whose threads matter, and since when they are all
        here. Raises CollectorError for a server that is ahead of the time."""
        floor = self.since - WINDOW
        own, whole, _ = self.instance.statuses(self.talk.me.id, floor)
        if any(each.at > self.talk.now + AHEAD for each in own):
            raise CollectorError(
                f"{self.at.address} dates what {self.account.account} said after now:"
                " a clock is wrong, so nothing of it is taken"
            )
        if not whole:
            floor = own[-1].at
            self.unread = floor
            self.problems.append(
                f"{self.account.account}: only the last {len(own)} posts were read"
            )
        self.talk.add_own(own)
        return own, floor

    def _tags(self, kept: Memory) -> Iterator[Status]:
        """What the server has under the account's hashtags that names it. What is there
        as it was has been taken in."""
        me = self.talk.me
        names = [me.acct.partition("@")[0], *self.instance.featured(me.id)]
        tags = {name.lower(): name for name in names if TAG.fullmatch(name)}
        known, kept.lists = kept.lists, {}
        for tag in list(tags)[:MOST_TAGS]:
            try:
                before = known.get(tag, "")
                found = self.instance.tagged(tag, self.since - LATE, before)
            except Closed:
                self.refused["hashtags that are shown to members only"] += 1
                continue
            if not found.whole:
                self.refused["hashtags too busy to be read to the end"] += 1
            if found.tag:
                kept.lists[tag] = found.tag
            yield from (s for s in found.items if me.acct in self.talk.names(s))

    def _mentions(self) -> list[Status]:
        """What the account was named in. Raises Unheard when its token is another's."""
        if self.instance.bearer().id != self.talk.me.id:
            raise Unheard(f"the token set for {self.at.whose} is another account's")
        found = self.instance.mentions(self.since - LATE)
        if not found.whole:
            self.unread = max(self.unread or 0, found.items[-1].at)
            self.problems.append(
                f"{self.account.account}: only its last {len(found.items)} mentions"
                " were read"
            )
        return found.items

    def _listed(self, listed: list[tuple[Status, bool]], kept: Memory) -> bool:
        """Takes in what lists found, each with whether the server says that it names
        the account. Whom a reply speaks to hangs on what it answers: that is read, and
        once. False: not all was taken in."""
        for status, told in sorted(listed, key=lambda each: each[0].at):
            hash_ = str(hashing.key(message(status)))
            if not status.public or hash_ in kept.heard:
                continue
            self.talk.add_listed(status, told)
            if self.talk.parent(status) is None and status.in_reply_to_id is not None:
                if not self._read(status):
                    return False
                kept.heard[hash_] = status.at
        return True

    def _threads(self, own: list[Status], kept: Memory) -> list[Status]:
        """Reads the threads with something new, and gives the new answers in them."""
        answers = []
        for status in sorted(own, key=lambda each: (each.at, each.id)):
            if not status.public:
                continue
            new = answers_somebody(self.talk, status) and status.id not in kept.answers
            more = self._has_more(status, kept)
            if not self._in_sight(status, new, more) and not self._read(status):
                break
            if more:
                kept.replies[status.id] = self._seen(status)
            if new:
                answers.append(status)
                self._keep(status, kept)
        return answers

    def _keep(self, answer: Status, kept: Memory) -> None:
        """An answer is done with, unless what it answers may still come in sight."""
        if self.talk.parent(answer) is not None or answer.at < self.talk.now - DAY:
            kept.answers[answer.id] = (hashing.key(message(answer)), answer.at)

    def _leaves(self, status: Status) -> bool:
        """Whether its thread is read now or never."""
        return status.at < self.talk.now - WINDOW

    def _seen(self, status: Status) -> int:
        return LAST if self._leaves(status) else status.replies_count

    def _has_more(self, status: Status, kept: Memory) -> bool:
        """Whether it has replies that no round has read."""
        return status.replies_count > 0 and kept.replies.get(status.id) != self._seen(
            status
        )

    def _in_sight(self, status: Status, new: bool, more: bool) -> bool:
        """Whether other threads show already what is wanted of this one."""
        if more and not self.talk.complete(status):
            return False
        parent = self.talk.parent(status)
        above = parent is not None and self.talk.thread(parent) is not None
        return above or not new

    def _read(self, status: Status) -> bool:
        """Reads one thread. False: no more can be read in this round. Raises Closed."""
        try:
            if self.threads >= MOST_THREADS:
                raise Full(
                    f"{self.account.account} has more threads than one round takes"
                )
            thread = self.instance.thread(status.id)
        except Closed:
            raise
        except CollectorError as problem:
            self._stop(problem)
            return False
        self.threads += 1
        if thread is not None:
            self.talk.add_thread(status, thread)
        return True

    def _stop(self, problem: CollectorError) -> None:
        """What was read is kept; the next round goes on."""
        self.unfinished = True
        self.problems.append(str(problem))

    def _withdrawn(self, missed: dict[str, int]) -> Iterator[Erased]:
        """Of the account's answers that its list does not hold any more, those that are
        gone: a list may be short."""
        for number in sorted(self._gone(list(missed))):
            yield Erased(missed[number], self.since)

    def _gone(self, numbers: list[str]) -> set[str]:
        try:
            return self.instance.gone(numbers)
        except CollectorError as problem:
            self._stop(problem)
            return set()

    def _say_hidden(self) -> None:
        hidden, cut = self.talk.hidden()
        if hidden:
            self.refused["replies that are counted and not shown"] += hidden
        if cut:
            self.problems.append(
                f"{self.at.address} cuts long threads short: {cut} replies to"
                f" {self.account.account} were not shown"
            )

    def _revisit(self) -> Iterator[Erased]:
        """Inquiries that were deleted since they were last asked for."""
        due = self._due()
        said = {number: row for number, *row in due.iter_rows()}
        for number in sorted(self._gone(list(said))):
            message_, stood_at = said[number]
            yield Erased(message_, stood_at)

    def _due(self) -> pl.DataFrame:
        """The open inquiries whose turn it is: number, message, stood_at."""
        plan = Plan.until(self.task.horizon or WINDOW)
        now = self.talk.now
        looked = int(self.task.cursors.get(self.account.account, now))
        mine = self.task.open_since(plan.oldest(looked)).filter(
            pl.col("account") == self.account.account, pl.col("message").is_not_null()
        )
        due = plan.due(mine, looked, now)
        number = pl.col("url").str.extract(NUMBER.pattern).alias("number")
        return due.select(number, "message", "stood_at").drop_nulls("number")
