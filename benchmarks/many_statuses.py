"""What the many Mastodon servers answer."""

import re
from typing import TYPE_CHECKING, Any

from benchmarks.many_people import ANSWER, DAY, answered, moment, questions

if TYPE_CHECKING:
    from benchmarks.many_servers import Servers

Query = dict[str, list[str]]


def lookup(_: "Servers", _host: str, query: Query, _m: re.Match[str]) -> Any:
    return _account(int(query["acct"][0].removeprefix("brand")))


def account(_: "Servers", _host: str, _query: Query, m: re.Match[str]) -> Any:
    return _account(int(m[1]))


def _account(number: int) -> dict[str, Any]:
    name = f"brand{number}"
    url = f"https://m{number // 5}.example/@{name}"
    return {"id": str(number), "acct": name, "username": name, "url": url}


def statuses(servers: "Servers", _host: str, query: Query, m: re.Match[str]) -> Any:
    mine = int(m[1])
    noon = (servers.now - DAY // 2) // DAY
    found = []
    for day in range(noon, noon - 16, -1):
        found += [_top(servers, mine, day)]
        found += [
            _answer(mine, day, number, at)
            for number, at in _replies(servers, mine, day, ANSWER)
            if answered(mine, number)
        ]
    found.sort(key=lambda each: -int(each["id"]))
    end = int(query.get("max_id", [str(2**62)])[0])
    return [each for each in found if int(each["id"]) < end][:40]


def _replies(
    servers: "Servers", mine: int, day: int, late: int = 0
) -> list[tuple[int, int]]:
    begin = day * DAY + DAY // 2
    until = min(begin + DAY - 1, servers.now - late)
    return list(questions(mine, begin, until))


def _number(at: int, mine: int, place: int) -> str:
    return str((at << 20) + (mine % 5) * 8 + place)


def _top(servers: "Servers", mine: int, day: int) -> dict[str, Any]:
    at = day * DAY + DAY // 2
    count = len(_replies(servers, mine, day))
    return _status(_number(at, mine, 0), at, _account(mine), None, count)


def _question(mine: int, day: int, number: int, at: int, count: int) -> dict[str, Any]:
    who = {
        "id": f"9{number}",
        "acct": f"eve{number}@people.example",
        "username": f"eve{number}",
        "url": f"https://people.example/@eve{number}",
    }
    top = _number(day * DAY + DAY // 2, mine, 0), str(mine)
    return _status(_number(at, mine, 1), at, who, top, count, mine)


def _answer(mine: int, day: int, number: int, at: int) -> dict[str, Any]:
    asked_ = _number(at, mine, 1), f"9{number}"
    return _status(
        _number(at + ANSWER, mine, 2), at + ANSWER, _account(mine), asked_, 0
    )


def _status(
    id_: str,
    at: int,
    who: dict[str, Any],
    to: tuple[str, str] | None,
    count: int,
    names: int | None = None,
) -> dict[str, Any]:
    named = [] if names is None else [_account(names)]
    return {
        "id": id_,
        "created_at": moment(at),
        "in_reply_to_id": to and to[0],
        "in_reply_to_account_id": to and to[1],
        "visibility": "public",
        "language": "en",
        "uri": f"{who['url']}/statuses/{id_}",
        "url": f"{who['url']}/{id_}",
        "replies_count": count,
        "spoiler_text": "",
        "content": "<p>Why does the train not come on Sundays any more?</p>" * 3,
        "reblog": None,
        "account": who,
        "mentions": named,
        "tags": [],
    }


def context(servers: "Servers", _host: str, _query: Query, m: re.Match[str]) -> Any:
    id_ = int(m[1])
    at, place = id_ >> 20, (id_ & 7)
    mine = _whose(servers, _host, id_)
    if place != 0:
        return {"ancestors": [], "descendants": []}
    day = (at - DAY // 2) // DAY
    below = []
    for number, said in _replies(servers, mine, day):
        has = answered(mine, number) and said + ANSWER <= servers.now
        below.append(_question(mine, day, number, said, int(has)))
        if has:
            below.append(_answer(mine, day, number, said))
    return {"ancestors": [], "descendants": below}


def _whose(_: "Servers", host: str, id_: int) -> int:
    """Whose a status is: of the five accounts on that server."""
    _, _, high, low = host.partition(":")[0].split(".")
    return (int(high) * 250 + int(low) - 1) * 5 + (id_ >> 3 & 7)


def there(_: "Servers", _host: str, query: Query, _m: re.Match[str]) -> Any:
    who = _account(0)
    return [_status(n, int(n) >> 20, who, None, 0) for n in query.get("id[]", [])]


# -- Trustpilot
