"""What the stream cannot give: an account's first days, and gaps longer than it keeps.

Two things are asked of the AppView. The account's own posts of a gap, at once: they
hold every answer that was given meanwhile, so that nothing asked before is cut short.
Then, over as many looks as it takes, the threads below the account's posts: who wrote
there is found whether answered or not (``FoundBy.THREAD``). Mentions elsewhere cannot
be had, so days filled this way are no coverage; and what is known of them only by its
answer is known as that (``FoundBy.REPLY``), as everywhere.

What is still to be filled is a cursor of the account: spans of time and a page. A page
is taken whole, with its cursor, or not at all.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from collectors.base import CollectorError, UnreadablePage, Watched
from collectors.channels.bluesky import appview
from collectors.channels.bluesky.appview import Page, View
from collectors.channels.bluesky.events import Event
from collectors.channels.bluesky.reading import Watch
from collectors.channels.bluesky.threads import read_thread
from collectors.http import Refused, Unreachable
from collectors.looking import Stopped, Task
from model import DAY
from model.looks import Seen

SECOND = 1_000_000
BEFORE = 3 * DAY
"""Below posts of so many days before a span, people still write within it."""
REQUESTS = 200
"""For threads in one look, about; the AppView allows 3,000 in five minutes."""
AT_ONCE = 300
"""Requests in one look for what brands wrote in a gap."""
MOST_PAGES = 200
"""Of an account's own posts for one span."""
BAD = 400
"""What the AppView answers when it does not show an account, among other things."""
GONE = "is not shown"
SHORT = "posts of which not all answers were shown"

Span = tuple[int, int]  # seconds, from and to


def unfilled(account: str) -> str:
    """The name of the cursor that says what is still to be filled."""
    return f"{account} unfilled"


class Rest(NamedTuple):
    """What is still to be filled of an account: ``spans``, and where in the first."""

    spans: tuple[Span, ...] = ()
    page: str = ""
    pages: int = 0

    @classmethod
    def of(cls, cursor: str) -> Self:
        if not cursor:
            return cls()
        said = json.loads(cursor)
        spans = tuple((int(since), int(until)) for since, until in said["spans"])
        return cls(spans, str(said["page"]), int(said["pages"]))

    def cursor(self) -> str:
        return json.dumps(self._asdict()) if self.spans else ""

    def next(self, page: str) -> Self:
        """Goes on with the next page; the next span where there is none."""
        if page and page != self.page and self.pages < MOST_PAGES:
            return self._replace(page=page, pages=self.pages + 1)
        return self._replace(spans=self.spans[1:], page="", pages=0)


@dataclass(kw_only=True)
class Filled:
    """What the AppView brought."""

    events: list[Event] = field(default_factory=list)
    """Brands' own posts, and posts of people in parts of threads shown whole."""
    posted: list[Event] = field(default_factory=list)
    """Brands' own posts, each once over all looks: to be counted."""
    followed: tuple[Seen, ...] = ()
    gone: dict[str, tuple[str, int]] = field(default_factory=dict)
    """DID of an account that is not shown: what is said of it, and the first second
    in which that may have been so."""
    cursors: dict[str, str] = field(default_factory=dict)
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def fill(task: Task, watch: Watch, since: int, holes: Iterable[Span]) -> Filled:
    """Learns of gaps, follows what brands wrote in them, and fills what is left.

    ``since``: where the stream begins in this look, seconds. ``holes``: what is missing
    after that. Whatever fails is a problem; nothing is raised but Stopped.
    """
    filled = Filled()
    before = task.cursors.get("time_us")
    missed = [*holes]
    first = (_first_second(task), since)
    gap = (int(before) // SECOND if before is not None else since, since)
    gaps = [(a, b) for a, b in [*missed, gap] if a < b]
    for did, watched in watch.accounts.items():
        is_new = watched.watched_from is None
        _note(task, watched, [*missed, first] if is_new else gaps, filled)
        if gaps and watched.watched_from is not None:
            _follow(task, did, watched, gaps, filled)
    _fill_threads(task, watch, filled)
    if short := filled.refused[SHORT]:
        filled.problems.append(f"{short} {SHORT}")
    return filled


def _first_second(task: Task) -> int:
    """From when on the threads of a new account are read."""
    return task.started_us // SECOND - int(task.options["first_days"]) * DAY


def _note(task: Task, watched: Watched, new: Iterable[Span], filled: Filled) -> None:
    """Writes down what is to be filled of an account from now on."""
    name = unfilled(watched.account)
    rest = Rest.of(task.cursors.get(name, ""))
    if watched.watched_from is None and name in task.cursors:
        new = ()  # it has been noted, only nothing of it could be seen since
    spans = (*rest.spans, *((a, b) for a, b in new if a < b))
    if spans != rest.spans:
        filled.cursors[name] = rest._replace(spans=spans).cursor()


def _follow(
    task: Task, did: str, watched: Watched, gaps: list[Span], filled: Filled
) -> None:
    """Reads what the account wrote in gaps; notes that it did, if all of it was."""
    since = min(begun for begun, _ in gaps)
    if filled.read >= AT_ONCE:
        filled.refused["accounts whose answers in a gap could not be asked for"] += 1
        return
    try:
        wrote = _since(task, did, since, filled)
    except CollectorError as problem:
        if _gone(task, did, problem):
            filled.gone[did] = (GONE, since)
        else:
            filled.problems.append(f"{watched.account} in a gap: {problem}")
        return
    filled.events += [event for event in wrote if _within(event, gaps)]
    filled.followed += tuple(Seen(watched.account, *gap) for gap in gaps)


def _since(task: Task, did: str, since: int, filled: Filled) -> list[Event]:
    """What the account wrote since a second, and some of what it wrote before."""
    wrote: list[Event] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        page = _page(task, did, cursor, filled)
        wrote += [each.event for each in page.views]
        if page.cursor in ("", cursor) or _older(page, since):
            return wrote
        cursor = page.cursor
    raise UnreadablePage("its own posts", f"an end within {MOST_PAGES} pages")


def _page(task: Task, did: str, cursor: str, filled: Filled) -> Page:
    if task.stopped():
        raise Stopped
    filled.read += 1
    return appview.page(task.http, task.options["appview"], did, cursor)


def _older(page: Page, since: int) -> bool:
    """Whether everything on the page was written before a second."""
    return bool(page.views) and all(
        each.event.time_us < since * SECOND for each in page.views
    )


def _within(event: Event, spans: Iterable[Span]) -> bool:
    return any(a * SECOND <= event.time_us < b * SECOND for a, b in spans)


def _gone(task: Task, did: str, problem: CollectorError) -> bool:
    """Whether the account itself is what the AppView refuses to show."""
    if not isinstance(problem, Refused) or problem.status != BAD:
        return False
    try:
        appview.handle(task.http, task.options["appview"], did)
    except CollectorError as said:
        return isinstance(said, Refused) and said.status == BAD
    return False


def _fill_threads(task: Task, watch: Watch, filled: Filled) -> None:
    """Fills, page by page, account by account, until the look has asked enough."""
    most = filled.read + REQUESTS
    for did, watched in watch.accounts.items():
        name = unfilled(watched.account)
        rest = Rest.of(filled.cursors.get(name, task.cursors.get(name, "")))
        while rest.spans and did not in filled.gone and filled.read < most:
            try:
                rest = _fill_page(task, watch, did, rest, filled)
            except Unreachable as problem:
                filled.problems.append(f"not filled: {problem}")
                return
            except CollectorError as problem:
                if _gone(task, did, problem):
                    filled.gone[did] = (GONE, task.started_us // SECOND)
                    break
                filled.problems.append(f"{watched.account} not filled: {problem}")
                rest = rest.next("")  # it would say the same at every look
            filled.cursors[name] = rest.cursor()


def _fill_page(task: Task, watch: Watch, did: str, rest: Rest, filled: Filled) -> Rest:
    """Takes the next page of an account's posts with the threads below them."""
    since, until = rest.spans[0]
    page = _page(task, did, rest.page, filled)
    piece = _Piece(task, watch, (since, until))
    # What opened a thread comes before what is below it: one request for all.
    for view in sorted(page.views, key=_is_answer):
        if _within(view.event, [(since - BEFORE, until)]):
            piece.take(view)
    filled.read += piece.asked
    filled.events += piece.events
    filled.posted += piece.posted
    if short := len(piece.short - piece.walked):
        filled.refused[SHORT] += short
    return rest.next("" if _older(page, since - BEFORE) else page.cursor)


def _is_answer(view: View) -> bool:
    return bool(view.event.post and view.event.post.parent)


@dataclass
class _Piece:
    """What one page of an account's posts comes to."""

    task: Task
    watch: Watch
    span: Span
    events: list[Event] = field(default_factory=list)
    posted: list[Event] = field(default_factory=list)
    walked: set[str] = field(default_factory=set)
    short: set[str] = field(default_factory=set)
    asked: int = 0

    def take(self, view: View) -> None:
        """A post of the account, and the thread below it unless it has been seen."""
        if _within(view.event, [self.span]):
            self.events.append(view.event)
            self.posted.append(view.event)
        if view.replies and view.event.uri not in self.walked:
            self._walk(view.event.uri)

    def _walk(self, uri: str) -> None:
        if self.task.stopped():
            raise Stopped
        http, url = self.task.http, self.task.options["appview"]
        thread = read_thread(lambda each: appview.thread(http, url, each), uri, url)
        ours = [each for each in thread.parts if each.did in self.watch.accounts]
        self.walked |= {each.uri for each in thread.whole} - thread.short
        self.events += [
            each
            for each in thread.whole + ours
            if _within(each, [self.span]) and self.watch.wants(each)
        ]
        self.asked += thread.asked
        self.short |= thread.short
