"""Details as they are kept: a key and a JSON text, the same on every machine."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import polars as pl

DETAILS = pl.Schema(
    dict.fromkeys(("topic", "level", "family", "channel", "slug", "body"), pl.String())
)
"""``body`` is JSON. All but it are the key."""

_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def told(
    topic: str,
    said: Iterable[tuple[tuple[str, str, str, str], Mapping[str, Any] | str]],
) -> pl.DataFrame:
    """What a topic says, with the columns of DETAILS. A text is canonical JSON already.

    Figures are to be rounded as printed by whoever says them: what is hashed is what
    is read. Raises ValueError for a figure that is no number.
    """
    rows = [
        (topic, *key, body if isinstance(body, str) else canonical(body))
        for key, body in said
    ]
    return pl.DataFrame(rows, DETAILS, orient="row")


def canonical(body: Mapping[str, Any]) -> str:
    """JSON in one way only: keys sorted, no blanks, no NaN."""
    return _CANONICAL.encode(body)


def digest_of_all(standings: str, details: pl.DataFrame) -> str:
    """The digest of a result: of its standings' digest and of every detail."""
    whole = sha256(standings.encode())
    whole.update(details.write_csv(include_header=False).encode())
    return whole.hexdigest()
