"""The chain of editions: each is covered by a digest that covers the one before."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from model.rows import Edition, columns

OUTSIDE = ("id", "made_at", "digest")
"""Of an edition, what its chain digest does not cover."""


def chained(said: Mapping[str, Any]) -> str:
    """The chain digest: of everything an edition says of itself, the digest of the
    edition before it included, but not the moment at which it was made."""
    canonical = json.dumps(dict(said), sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def covered(edition: Edition) -> dict[str, Any]:
    """What the chain digest of an edition is of."""
    names = columns(Edition).keys() - set(OUTSIDE)
    return {name: getattr(edition, name) for name in names}


def broken(edition: Edition, editions: Iterable[Edition]) -> str:
    """Why an edition is no link of the chain, as a clause; '' when it is one.

    ``editions``: all that are kept, in any order. A provisional one names the last
    edition before it and is named by none.
    """
    if chained(covered(edition)) != edition.digest:
        return "what it says of itself has another digest"
    before = _before(edition, editions)
    if edition.previous == (before.digest if before else ""):
        return ""
    if before is None:
        return "the edition it follows is not here"
    return f"it does not follow {before.name}, which was kept before it"


def _before(edition: Edition, editions: Iterable[Edition]) -> Edition | None:
    """The last edition kept before it, of the same kind of data."""
    assert edition.id is not None
    earlier = [
        other
        for other in editions
        if (other.id or 0) < edition.id
        and not other.provisional
        and other.sample == edition.sample
    ]
    return max(earlier, key=lambda other: other.id or 0, default=None)
