"""Small worlds of inquiries for the tests of scoring, and a plain reading of them.

``oracle`` counts row by row in plain Python, straight from the rules and without any
code of ``scoring``; tests compare it with the columns.
"""

import math
from collections import defaultdict
from typing import Any, NamedTuple

import polars as pl
from hypothesis import strategies as st

from model.frames import COVERED, DIRECTORY, POSTED, TALLIED, conform, empty
from model.words import CHANNEL_FAMILY, DAY, FAMILIES, SAMPLED_CHANNELS
from scoring.book import Period

START = 20_545
DAYS = 21
PERIOD = Period(START, START + DAYS, (START + DAYS + 12) * DAY)
CHANNELS = ("bluesky", "mastodon", "github", "google_play", "x")
HORIZONS = {"social": 3 * DAY, "support": 7 * DAY, "reviews": 7 * DAY}
LIMITS = {
    "social": (3_600, DAY, 3 * DAY),
    "support": (DAY, 3 * DAY, 7 * DAY),
    "reviews": (DAY, 3 * DAY, 7 * DAY),
}
KINDS = {
    "all": {0, 1, 2, 3, 4},
    "needs-answer": {1, 2},
    "complaint": {1},
    "question": {2},
    "compliment": {3},
    "other": {0, 4},
}


class Account(NamedTuple):
    id: int
    channel: str
    account: str
    slug: str
    industry: str = "banks"


def directory(accounts: list[Account]) -> pl.DataFrame:
    return conform(
        pl.DataFrame(
            {
                "id": [a.id for a in accounts],
                "channel": [a.channel for a in accounts],
                "account": [a.account for a in accounts],
                "slug": [a.slug for a in accounts],
                "name": [a.slug.title() for a in accounts],
                "industry": [a.industry for a in accounts],
                "industry_name": [a.industry.title() for a in accounts],
            }
        ),
        DIRECTORY,
    )


ACCOUNTS = [
    Account(7, "bluesky", "acme.example", "acme"),
    Account(3, "mastodon", "@acme", "acme"),
    Account(4, "bluesky", "acme-help.example", "acme"),
    Account(9, "google_play", "org.acme", "acme"),
    Account(2, "x", "acme", "acme"),
    Account(5, "bluesky", "bolt.example", "bolt", "power"),
    Account(11, "github", "bolt/bolt", "bolt", "power"),
    Account(12, "mastodon", "@cove", "cove", "power"),
]


def rows(inquiries: list[dict[str, Any]], accounts: list[Account]) -> pl.DataFrame:
    """TALLIED from dictionaries; what is not said has a usual value."""
    of = {a.id: a for a in accounts}
    brands = sorted({a.slug for a in accounts}, reverse=True)  # ids say nothing
    usual = {
        "answered_at": None,
        "watched_until": PERIOD.as_of,
        "deleted_at": None,
        "kind": 0,
        "found_by": 1,
        "addressed": 1,
        "step": 0,
    }
    full = [
        {
            "id": at,
            "brand": brands.index(of[each["account"]].slug),
            "family": FAMILIES.index(CHANNEL_FAMILY[of[each["account"]].channel]),
            "sampled": of[each["account"]].channel in SAMPLED_CHANNELS,
        }
        | usual
        | each
        for at, each in enumerate(inquiries)
    ]
    if not full:
        return empty(TALLIED)
    return conform(pl.DataFrame(full, infer_schema_length=None), TALLIED)


def covered(accounts: list[Account], seconds: int = DAY) -> pl.DataFrame:
    """Every account watched so many seconds of every day."""
    days = range(PERIOD.day_from, PERIOD.day_to)
    return conform(
        pl.DataFrame(
            {
                "account": [a.id for a in accounts for _ in days],
                "day": [day for _ in accounts for day in days],
                "seconds": seconds,
            }
        ),
        COVERED,
    )


def posted(lines: list[tuple[int, int, int, int]] = ()) -> pl.DataFrame:  # type: ignore[assignment]
    """POSTED from (account, day, posts, replies)."""
    if not lines:
        return empty(POSTED)
    return conform(pl.DataFrame(lines, schema=list(POSTED), orient="row"), POSTED)


@st.composite
def inquiries(draw: st.DrawFn, most: int = 60) -> list[dict[str, Any]]:
    """Few authors, few days and near moments, so that everything collides."""
    return draw(st.lists(an_inquiry(), min_size=1, max_size=most))


@st.composite
def an_inquiry(draw: st.DrawFn) -> dict[str, Any]:
    asked = (
        (START + draw(st.integers(0, DAYS - 1))) * DAY
        + draw(st.sampled_from([0, 1, 3_600, 40_000, DAY - 1]))
    )  # fmt: skip
    wait = draw(
        st.sampled_from(
            [None, None, 0, 1, 3_599, 3_600, 3_601, DAY, DAY + 1, 3 * DAY, 3 * DAY + 1]
            + [7 * DAY, 7 * DAY + 1]
        )
    )
    deleted = draw(st.sampled_from([None] * 6 + [0, 10, 3 * DAY - 1, 3 * DAY, 8 * DAY]))
    watched = draw(st.sampled_from([PERIOD.as_of] * 5 + [asked + 3 * DAY, asked + 9]))
    return {
        "account": draw(st.sampled_from(ACCOUNTS)).id,
        "author": draw(st.integers(-3, 3)) * (2**61),
        "asked_at": asked,
        "answered_at": None if wait is None else asked + wait,
        "deleted_at": None if deleted is None else asked + deleted,
        "watched_until": watched,
        "kind": draw(st.integers(0, 4)),
        "found_by": draw(st.sampled_from([1, 2, 3, 4])),
        "addressed": draw(st.sampled_from([1] * 5 + [2])),
    }


def eligible(each: dict[str, Any], family: str) -> bool:
    """Rules 1 and 5, by the letter."""
    end = each["asked_at"] + HORIZONS[family]
    deleted = each.get("deleted_at")
    return (
        each.get("addressed", 1) == 1
        and each.get("found_by", 1) != 4
        and end <= min(each.get("watched_until", PERIOD.as_of), PERIOD.as_of)
        and not (deleted is not None and deleted < end)
    )


def is_lost(each: dict[str, Any], family: str) -> bool:
    whole = dict(each, deleted_at=None)
    return eligible(whole, family) and not eligible(each, family)


class Line(NamedTuple):
    """What a standing should say."""

    inquiries: int
    authors: int
    within: tuple[int, int, int]
    lost: int
    median: int | None
    p90: int | None
    days: float


def kth(waits: list[float], q: float, of: int) -> int | None:
    at = math.ceil(q * of - 1e-9)
    if not 0 < at <= len(waits) or waits[at - 1] == math.inf:
        return None
    return int(waits[at - 1])


Days = dict[tuple[Any, ...], list[int]]


def oracle(
    found: list[dict[str, Any]],
    accounts: list[Account],
    level: str,
    cut: str = "all",
    count: str = "people",
) -> dict[tuple[str, ...], Line]:
    """Every entity that somebody wrote to, counted row by row."""
    of = {a.id: a for a in accounts}
    wanted = [each for each in found if each["kind"] in KINDS[cut]]
    wanted.sort(key=lambda each: _moment(each, of))
    only: dict[tuple[str, ...], bool] = {}  # known only through its answers?
    for each in found:
        key = _key(of[each["account"]], level)
        if key is not None:
            only[key] = only.get(key, True) and each["found_by"] == 4
    lost: dict[tuple[str, ...], int] = defaultdict(int)
    for each in wanted:
        lost[_key(of[each["account"]], level) or ()] += is_lost(
            each, _family(of[each["account"]])
        )
    kept: dict[tuple[str, ...], list[tuple[int, int, float]]] = defaultdict(list)
    for replies in (False, True):
        chosen = [each for each in wanted if _counts(each, of, replies)]
        if count == "people":
            chosen = _first_of_day(chosen, of)
        answers = _answers(found, of)
        for each in chosen:
            account = of[each["account"]]
            key = _key(account, level)
            if key is not None and only[key] == replies:
                wait = _waited(each, account, answers, count)
                kept[key].append((each["author"], each["asked_at"] // DAY, wait))
    return {
        key: _line(kept[key], lost[key], only[key], LIMITS[_family_of(key)])
        for key in only
    }


def _family(account: Account) -> str:
    return str(CHANNEL_FAMILY[account.channel])


def _counts(each: dict[str, Any], of: dict[int, Account], replies: bool) -> bool:
    if replies:
        return bool(each["found_by"] == 4 and each["addressed"] == 1)
    return eligible(each, _family(of[each["account"]]))


def _first_of_day(
    chosen: list[dict[str, Any]], of: dict[int, Account]
) -> list[dict[str, Any]]:
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in chosen:
        first.setdefault(_day_of(each, of[each["account"]]), each)
    return list(first.values())


def _waited(each: dict[str, Any], account: Account, answers: Days, count: str) -> float:
    mine = [each["answered_at"]] if each["answered_at"] is not None else []
    if count == "people":
        mine = answers[_day_of(each, account)]
    waits = [answer - each["asked_at"] for answer in mine]
    wait = min((wait for wait in waits if wait >= 0), default=math.inf)
    return wait if wait <= HORIZONS[_family(account)] else math.inf


def _moment(each: dict[str, Any], of: dict[int, Account]) -> tuple[Any, ...]:
    """Time, then what an edition breaks ties by: the account's place, the answer..."""
    account = of[each["account"]]
    order = sorted(
        of.values(),
        key=lambda a: (
            a.slug,
            str(CHANNEL_FAMILY[a.channel]),
            a.channel == "x",
            a.channel,
            a.account,
        ),
    )
    return each["asked_at"], order.index(account)


def _day_of(each: dict[str, Any], account: Account) -> tuple[Any, ...]:
    family = str(CHANNEL_FAMILY[account.channel])
    sampled = account.channel == "x"
    return account.slug, family, sampled, each["author"], each["asked_at"] // DAY


def _answers(
    found: list[dict[str, Any]], of: dict[int, Account]
) -> dict[tuple[Any, ...], list[int]]:
    out: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for each in found:
        if each["answered_at"] is not None:
            out[_day_of(each, of[each["account"]])].append(each["answered_at"])
    return out


def _key(account: Account, level: str) -> tuple[str, ...] | None:
    if level == "account":
        return account.slug, account.channel, account.account
    if level == "channel":
        return account.slug, account.channel
    if account.channel == "x":
        return None
    return account.slug, str(CHANNEL_FAMILY[account.channel])


def _family_of(key: tuple[str, ...]) -> str:
    return str(CHANNEL_FAMILY.get(key[1], key[1]))


def _line(
    kept: list[tuple[int, int, float]],
    lost: int,
    only: bool,
    limits: tuple[int, int, int],
) -> Line:
    waits = sorted(wait for _, _, wait in kept)
    days: dict[int, int] = defaultdict(int)
    for _, day, _ in kept:
        days[day] += 1
    of = sum(wait < math.inf for wait in waits) if only else len(waits)
    return Line(
        len(kept),
        len({author for author, _, _ in kept}),
        tuple(sum(wait <= limit for wait in waits) for limit in limits),  # type: ignore[arg-type]
        lost,
        kth(waits, 0.5, of),
        kth(waits, 0.9, of),
        len(kept) ** 2 / max(sum(n * n for n in days.values()), 1),
    )
