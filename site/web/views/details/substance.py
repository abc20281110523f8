"""How soon people got an answer that says something of the matter, and how many answers
call them by name: sentences and lines of the block on what answers are worth."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from model.rows import Standing
from web import words
from web.tongue import t

TOPIC = "substance"
BY_NAME = "by_name"
COPIES = "near_copies"
LAST = 2
"""Place of the horizon in ``within`` and ``limits``."""

Said = Mapping[str, Any]


def of(told: Mapping[tuple[str, str, str], Said], family: str) -> Said | None:
    """What is said of one family; None: the edition is older, or nothing is known."""
    return told.get((TOPIC, family, ""))


def sooner(
    row: Standing, beyond: Said | None, share: Callable[[float], str]
) -> tuple[str, ...]:
    """Shares within the first two limits; that within the third stands before them.
    ``share``: how a share is said where some answers could not be judged."""
    if beyond is None or "limits" not in beyond:
        return ()
    shares = [share(beyond["within"][at] / beyond["n"]) for at in range(LAST)]
    ends = [words.span(*(x / 100 for x in beyond["limits"][at])) for at in range(LAST)]
    return (
        t(
            "Such an answer came within %(first)s to %(share)s (%(interval)s) and"
            " within %(second)s to %(more)s (%(more_interval)s).",
            first=words.limit(row.t1_s),
            share=shares[0],
            interval=ends[0],
            second=words.limit(row.t2_s),
            more=shares[1],
            more_interval=ends[1],
        ),
    )


def address(beyond: Said | None) -> tuple[str, ...]:
    """How many answers call the person by name."""
    if beyond is None or "address" not in beyond:
        return ()
    called, n, low, high = beyond["address"]
    return (
        t(
            "Of %(answers)s whose words were read, %(called)s called the person by"
            " name: %(share)s (%(interval)s).",
            answers=words.counted(n, "answer", "answers"),
            called=words.number(called),
            share=words.percent(called / n),
            interval=words.span(low / 100, high / 100),
        ),
    )


def copies(beyond: Said, answers: str) -> str | None:
    """How many answers, of ``answers``, are near-copies of answers to others. None: of
    redirections nobody knows it."""
    if "copies" not in beyond:
        return None
    hits, n, low, high, moved = beyond["copies"]
    return t(
        "Of %(answers)s that could be judged, %(copies)s had nearly the same words as"
        " answers to others: %(share)s (%(interval)s). Of these, %(moved)s only asked"
        " to go on in private, and the table has them under such requests.",
        answers=answers,
        copies=words.number(hits),
        share=words.percent(hits / n),
        interval=words.span(low / 100, high / 100),
        moved=words.number(moved),
    )


def lines(
    beyond: Said | None,
) -> Iterator[tuple[int, str, int, tuple[float | None, ...]]]:
    """For the table to take away: of how many, what, how many, and the share with its
    limits where it may be said."""
    if beyond is None:
        return
    for at, count in enumerate(beyond["within"]):
        ends = beyond["limits"][at] if "limits" in beyond else None
        yield (
            beyond["n"],
            f"substantive_t{at + 1}",
            count,
            _figures(count, beyond["n"], ends),
        )
    if "address" in beyond:
        called, n, *ends = beyond["address"]
        yield n, BY_NAME, called, _figures(called, n, ends)
    if "copies" in beyond:
        hits, n, *ends, _ = beyond["copies"]
        yield n, COPIES, hits, _figures(hits, n, ends)


def _figures(count: int, n: int, ends: list[int] | None) -> tuple[float | None, ...]:
    if ends is None:
        return (None, None, None)
    low, high = ends
    return (round(count / n, 4), low / 10_000, high / 10_000)
