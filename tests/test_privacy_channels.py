"""What any channel's server says of people is nowhere after a look at it.

Every answer of every channel's small server is marked on its way: each record in it
says, under all the names that interfaces have for them, a text, a person's name and a
handle. What it says of people already is noted. After the look neither is in the
database or in a log at its loudest.
"""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from local_server import Answer, Handler, running
from test_hostile import LOOKED_AT, NOW, looked, on, template

__all__ = ["template"]  # a fixture

TEXT, NAME, HANDLE = "Wobblefrobnicator", "Quimby Fluxwell", "fluxwell_q77"
MARKS = [TEXT, NAME, HANDLE]
TEXTS = {
    "title", "body", "text", "content", "cooked", "selftext", "textOriginal",
    "textDisplay", "body_markdown", "excerpt", "spoiler_text", "note", "responseBody",
    "complaint_what_happened",
}  # fmt: skip
NAMES = {
    "display_name", "displayName", "name", "full_name", "authorDisplayName",
    "reviewerNickname", "userName",
}  # fmt: skip
HANDLES = {
    "username", "login", "handle", "acct", "author", "screen_name", "nickname",
}  # fmt: skip
OURS = frozenset({"acme", "acme_help", "acmehelp", "acme_api", "Acme Help"})
"""What the brand is called on these servers."""
NOT_PEOPLE = frozenset({"bug", "E", "Example", "stackoverflow", "Acme forum"})
"""Names of labels, apps, firms and places."""


class Wire:
    """Marks answers, and notes whom they name."""

    def __init__(self, accounts: tuple[str, ...]) -> None:
        self.accounts = accounts
        self.people: set[str] = set()
        self.marked = 0

    def front(self, answer: Answer) -> Answer:
        def marked(h: Handler) -> None:
            give = h.give

            def other(status: int, said: bytes = b"", **own: str) -> None:
                give(status, self._body(said), **own)

            h.give = other  # type: ignore[method-assign]
            answer(h)

        return marked

    def _body(self, said: bytes) -> bytes:
        packed = said[:2] == b"\x1f\x8b"
        try:
            found = json.loads(gzip.decompress(said) if packed else said)
        except ValueError:  # a page, or nothing: its stage says what is in it
            return said
        self._mark(found)
        marked = json.dumps(found).encode()
        return gzip.compress(marked) if packed else marked

    def _mark(self, found: Any) -> None:
        if isinstance(found, list):
            for each in found:
                self._mark(each)
        elif isinstance(found, dict):
            for each in list(found.values()):
                self._mark(each)
            self.marked += 1
            self._record(found)

    def _record(self, found: dict[str, Any]) -> None:
        for key in TEXTS:
            held = found.get(key, "")
            if isinstance(held, str):
                found[key] = f"{held} {TEXT}"
        for keys, mark in ((NAMES, NAME), (HANDLES, HANDLE)):
            for key in keys:
                if isinstance(held := found.setdefault(key, mark), str):
                    self._note(held)

    def _note(self, name: str) -> None:
        ours = any(name.lower() in each.lower() for each in self.accounts)
        if len(name) > 4 and not ours and name not in OURS | NOT_PEOPLE:
            self.people.add(name)


@pytest.mark.parametrize("slug", LOOKED_AT)
def test_nothing_of_people_is_left_by_a_look(
    slug: str, template: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(template, tmp_path / "answerable.db")
    with (
        caplog.at_level("DEBUG"),
        running() as server,
        on(slug)(server, NOW) as stage,
    ):
        wire = Wire(stage.accounts)
        server.front = wire.front
        seen = looked(tmp_path, slug, stage, server.seen.total, caplog)
    assert (seen.run.outcome, seen.run.problem) == ("ok", "")
    assert seen.inquiries
    left = seen.text.lower()
    for needle in [*MARKS, *stage.people, *sorted(wire.people)]:
        assert needle.lower() not in left, needle
    assert wire.marked or stage.people, "nothing that this server says is looked for"
