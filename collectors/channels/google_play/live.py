"""What Google Play's own pages ask of it: the newest reviews of an app, with replies.

Source: the shop has no open interface for reviews. Its pages send a form to
`/_/PlayStoreUi/data/batchexecute` (call `UsvDTd`), undocumented, and are answered with
lists in lists, at most 150 reviews at a time (looked at 2026-11-22). Since its terms
forbid reading it by machine, this look is off until an operator switches it on, and its
robots.txt is kept to even then.

Read with our own polite client. The field's library, JoMingyu/google-play-scraper, is
not used: to be imported it turns off the checking of certificates in the whole process,
it sends no user agent, knows no limit of time or size and no robots.txt, takes what it
cannot read for nothing, and its last release (1.2.7) is of June 2024.

An inquiry is a review, its answer the developer's reply, the same ones as in a dump of
that library: what was imported is not counted again.

Known gaps
----------
- Reviews in other languages than the one asked for; the country makes no difference.
- The shop often breaks a list off early. Then the account is not said to be watched,
  and the next round begins where this one did. An app all of whose reviews are younger
  than what a round reads back to looks the same, and is never said to be watched.
- A review has one time, that of its last edit, and so has a reply. Both are frozen when
  first seen. Where a reply is older than a review we had not seen before its edit, the
  wait is not known: such a review is left out and counted.
- Reviews that were deleted leave no trace and stay as they were.
- An app with more than some thousand reviews a week is seen in part.
- Replies after the horizon are not looked for.

History
-------
2026-11: first version.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, PositiveInt

from collectors.answers import check_kind
from collectors.base import UnreadablePage, Watched
from collectors.channels.google_play.dump import ADDRESS, SLUG
from collectors.http import Http, Unreachable
from collectors.listing import Found, Record, record, round_of
from collectors.looking import Task
from collectors.reviews import Page, Review, back_to, listed, read
from model.looks import Look

CALL = "UsvDTd"
NEWEST = 2
AT_ONCE = 150
"""Reviews asked for at a time; the shop gives no more."""
BUSY = "PlayGatewayError"
"""In an answer that holds nothing: too much was asked of late."""


class Shown(Record):
    """What is taken of a review, from its place in a list."""

    id: str = Field(min_length=1)
    stars: int = Field(ge=1, le=5)
    at: PositiveInt
    reply: str | None = None
    replied_at: PositiveInt | None = None


PLACES: dict[str, tuple[int, ...]] = {
    "id": (0,),
    "stars": (2,),
    "at": (5, 0),
    "reply": (7, 1),
    "replied_at": (7, 2, 0),
}
"""Of each in the list that is a review. Its name and its words are not read."""


def look(task: Task) -> Look:
    """One round over the apps. What fails is in the look's problem."""
    return round_of(task, SLUG, ask, _resolve, int(task.options["first_days"]))


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The package, when the shop has a page for it. Raises CollectorError."""
    http.get(f"{options['shop']}/store/apps/details", {"id": account})
    return account


def _resolve(task: Task, account: Watched) -> str:
    return resolve(task.http, task.options, account.account)


def ask(task: Task, account: Watched, since: int) -> Found:
    """The reviews of one app since a second. Raises CollectorError."""
    app = account.account
    said = listed(_pages(task, app), back_to(task, app, since), app, ends=False)
    return read(task, SLUG, app, said, since)


def _pages(task: Task, app: str) -> Iterator[Page]:
    token: str | None = None
    while True:
        where = f"{task.options['shop']}/_/PlayStoreUi/data/batchexecute"
        said = task.http.send(
            where,
            {"f.req": _question(app, token)},
            {"hl": task.options["language"], "gl": task.options["country"]},
        )
        check_kind(said)
        reviews, token = answer(app, said.body, where)
        yield Page(reviews=reviews, more=token is not None)


def _question(app: str, token: str | None) -> str:
    """The form's one field: a call, and what it is given, as text within text."""
    given = [None, None, [2, NEWEST, [AT_ONCE, None, token], None, []], [app, 7]]
    return json.dumps([[[CALL, json.dumps(given), None, "generic"]]])


def answer(app: str, body: bytes, where: str) -> tuple[list[Review], str | None]:
    """The reviews in an answer, and the word for the next ones. None: it gave none.

    Pure: no I/O, no clock. Raises UnreadablePage; Unreachable when the shop wants to be
    asked less.
    """
    if BUSY.encode() in body:
        raise Unreachable(f"{where}: too much was asked of late")
    said = _inside(body, where)
    token = _at(said, (1, 1))
    if not isinstance(token, str | None):
        raise UnreadablePage(where, "a word for the next page, or none")
    rows = _at(said, (0,)) or []
    if not isinstance(rows, list):
        raise UnreadablePage(where, "a list of reviews")
    return [_review(app, row, where) for row in rows], token or None


def _inside(body: bytes, where: str) -> Any:
    """What the call was answered with: JSON as a text within JSON, behind a line that
    is none."""
    try:
        calls = json.loads(body[body.find(b"\n") + 1 :])
        (inner,) = [call[2] for call in calls if call[:2] == ["wrb.fr", CALL]]
        return json.loads(inner or "[]")
    except (ValueError, TypeError, IndexError, RecursionError):
        expected = f"the answer to one call {CALL}"
        raise UnreadablePage(where, expected) from None


def _at(said: Any, place: tuple[int, ...]) -> Any:
    """What stands at a place in lists of lists; None: nothing does."""
    for step in place:
        if not isinstance(said, list) or len(said) <= step:
            return None
        said = said[step]
    return said


def _review(app: str, row: Any, where: str) -> Review:
    found = {name: _at(row, place) for name, place in PLACES.items()}
    shown = record(Shown, found, where)
    return Review(
        id=shown.id,
        author=shown.id,  # a person reviews an app once; who it is, is not read
        at=shown.at,
        stars=shown.stars,
        url=ADDRESS.format(app, shown.id),
        replied_at=shown.replied_at,
        reply=shown.reply or "",
    )
