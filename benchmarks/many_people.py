"""When the people of the many servers ask, and when they are answered."""

from collections.abc import Iterator
from datetime import UTC, datetime

EVERY = 4 * 3_600  # seconds between two questions to one account
ANSWER = 1_800  # seconds to the answer, where there is one
DAY = 86_400
HOURLY = 5_000  # requests of GitHub that count, in an hour


def asked(account: int, number: int) -> int:
    """The second at which an account is asked its question of that number."""
    return number * EVERY + account * 977 % EVERY


def answered(account: int, number: int) -> bool:
    return (account + number) % 3 != 0


def questions(account: int, since: int, now: int) -> Iterator[tuple[int, int]]:
    """Number and second of those asked from ``since`` (included) up to now."""
    number = max(0, since // EVERY - 1)
    while (at := asked(account, number)) <= now:
        if at >= since:
            yield number, at
        number += 1


def moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def second(said: str) -> int:
    return int(datetime.fromisoformat(said).timestamp())
