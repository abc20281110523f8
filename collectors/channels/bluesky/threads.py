"""A thread from its top down, also what the AppView cuts off at first.

It shows so many answers of a post and so many levels, and beside each post how many
answers there are (``replyCount``). Where fewer are shown than there are, the post is
asked for again by itself, which brings what was too deep. What is still short then has
no further page: that part of the thread was not shown whole, and which part of it was
shown may well hang on what the brand answered.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from collectors.base import UnreadablePage
from collectors.channels.bluesky.appview import view
from collectors.channels.bluesky.events import Event
from collectors.http import Refused

MOST_ASKED = 20
"""Requests for one thread; of what is still cut off then, not everything is known."""

Ask = Callable[[str], Any]
"""The thread below a post's address, as the AppView sends it."""


@dataclass(kw_only=True)
class Thread:
    """What a thread shows.

    ``whole``: posts in parts that were shown whole, so found whether answered or not.
    ``parts``: posts beside or below which others were not shown.
    """

    whole: list[Event] = field(default_factory=list)
    parts: list[Event] = field(default_factory=list)
    short: set[str] = field(default_factory=set)
    """Addresses of posts of which not all answers were shown."""
    asked: int = 0


def read_thread(ask: Ask, uri: str, where: str) -> Thread:
    """Everything below a post. A post that is gone has nothing below it.

    Raises UnreadablePage, Unreachable.
    """
    found = Thread()
    waiting: deque[tuple[str, bool, Any]] = deque([(uri, True, None)])
    while waiting:
        address, sure, shown = waiting.popleft()
        # What was shown of it before is all there is when no more is asked.
        node = _asked(ask, address, found) if found.asked < MOST_ASKED else shown
        if node is not None:
            _walk(node, sure, where, found, waiting)
    return found


def _asked(ask: Ask, address: str, found: Thread) -> Any:
    """The thread below an address; None when the post is gone by now."""
    found.asked += 1
    try:
        return ask(address)
    except Refused:
        return None


def _walk(
    top: Any,
    sure: bool,
    where: str,
    found: Thread,
    waiting: deque[tuple[str, bool, Any]],
) -> None:
    """Notes every post of a piece of a thread, and where to ask again: not for its top,
    which will not get longer."""
    nodes: list[tuple[Any, bool, bool]] = [(top, sure, True)]
    while nodes:
        node, sure, is_top = nodes.pop()
        if not isinstance(node, dict):
            raise UnreadablePage(where, "posts of a thread")
        if "post" not in node:  # deleted, or blocked by who wrote above it
            continue
        seen = view(where, node["post"])
        if seen is None:
            continue
        answers = node.get("replies") or []
        if not isinstance(answers, list):
            raise UnreadablePage(where, "a list of replies")
        short = seen.replies > len(answers)
        if short and not is_top:
            waiting.append((seen.event.uri, sure, node))
            continue
        (found.whole if sure else found.parts).append(seen.event)
        found.short |= {seen.event.uri} if short else set()
        nodes += [(answer, sure and not short, False) for answer in answers]
