"""What a task of a test is given: a purse, and inquiries that are still open."""

from collections import Counter

import polars as pl

from collectors import hashing
from model.looks import OPEN


class Told:
    """What was spent, as the store keeps it."""

    def __init__(self) -> None:
        self.of: Counter[str] = Counter()

    def spend(self, name: str, amount: int) -> int:
        self.of[name] += amount
        return self.of[name]


def open_rows(
    *rows: tuple[str, str, int, str | None], account: str = "acme"
) -> pl.DataFrame:
    """OPEN, of: message and thread as the channel names them, when asked, link."""
    return pl.DataFrame(
        [
            {
                "account": account,
                "key": hashing.key(thread),
                "message": hashing.key(message),
                "asked_at": at,
                "url": url,
            }
            for message, thread, at, url in rows
        ],
        schema={n: t for n, t in OPEN.items() if n not in ("answered_at", "found_by")},
    )
