"""Pages of a list: a cursor names the edition it is of, so that a list goes on where it
began when a newer edition comes in between."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from web.errors import NotHere

Item = TypeVar("Item")

MOST_PASSED = 10_000_000


class Place(NamedTuple):
    edition: str
    passed: int  # how many came before


def written(place: Place) -> str:
    text = json.dumps(list(place), separators=(",", ":"), ensure_ascii=True)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str) -> Place:
    """Raises NotHere for one that no answer gave."""
    try:
        said: Any = json.loads(
            urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        )
        edition, passed = said
    except (ValueError, TypeError, RecursionError):
        raise _no() from None
    if not isinstance(edition, str) or not isinstance(passed, int):
        raise _no()
    if isinstance(passed, bool) or not 0 <= passed <= MOST_PASSED:
        raise _no()
    return Place(edition, passed)


def _no() -> NotHere:
    return NotHere("This cursor is none that an answer gave; begin without one.")


def page(
    items: Sequence[Item], place: Place, limit: int
) -> tuple[Sequence[Item], Place | None]:
    """A page of the items, and where the next one begins. None: it is the last."""
    end = place.passed + limit
    after = Place(place.edition, end) if end < len(items) else None
    return items[place.passed : end], after
