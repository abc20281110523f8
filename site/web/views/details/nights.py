"""Nights and weekends against weekdays by day, in sentences."""

from typing import Any

from model.rows import Standing
from model.words import Level
from web import words
from web.tongue import mark, t


def compared(said: dict[str, Any], row: Standing) -> tuple[str, ...]:
    """What may be said of nights and of weekends against weekdays."""
    gaps = sorted(said.get("gaps", {}).items())
    limit = words.limit(row.t1_s)
    if len(gaps) == 2 and all(low <= 0 <= high for _, (low, high, *_) in gaps):
        return (_verdict("both", gaps[0][1][:2], limit),)
    found = [_verdict(name, ends[:2], limit) for name, ends in gaps]
    if not found:
        return (t("Too few people wrote at some of these times to compare them."),)
    return (" ".join(found),)


def worse(gaps: dict[str, list[int]], number: int, limit: str) -> str:
    """Nights and weekends at which surely fewer people have an answer within ``limit``,
    which is that with ``number`` of three, from 0."""
    ends = {name: gap[2 * number : 2 * number + 2] for name, gap in gaps.items()}
    return " ".join(
        _verdict(name, [low, high], limit)
        for name, (low, high) in sorted(ends.items())
        if high < 0
    )


def _verdict(name: str, ends: list[int], limit: str) -> str:
    low, high = ends
    if low <= 0 <= high:
        return t(UNTOLD[name], limit=limit)
    few, many = sorted((abs(low), abs(high)))
    span = words.share_span(few / 10_000, many / 10_000)
    said = MORE if low > 0 else FEWER
    return t(said[name], limit=limit, by=words.ranging(span))


UNTOLD = {
    "night": mark(
        "At night it cannot be told whether more or fewer people have an answer"
        " within %(limit)s than on weekdays by day."
    ),
    "weekend": mark(
        "At the weekend it cannot be told whether more or fewer people have an answer"
        " within %(limit)s than on weekdays by day."
    ),
    "both": mark(
        "At night as at the weekend it cannot be told whether more or fewer people have"
        " an answer within %(limit)s than on weekdays by day."
    ),
}
MORE = {
    "night": mark(
        "At night surely more people have an answer within %(limit)s than on weekdays"
        " by day: %(by)s more of 100."
    ),
    "weekend": mark(
        "At the weekend surely more people have an answer within %(limit)s than on"
        " weekdays by day: %(by)s more of 100."
    ),
}
FEWER = {
    "night": mark(
        "At night surely fewer people have an answer within %(limit)s than on weekdays"
        " by day: %(by)s fewer of 100."
    ),
    "weekend": mark(
        "At the weekend surely fewer people have an answer within %(limit)s than on"
        " weekdays by day: %(by)s fewer of 100."
    ),
}


def clock(row: Standing, level: Level) -> str:
    if level is Level.BRAND:
        first = t(
            "The clock is UTC, not that of %(name)s, and the time is that of the"
            " question.",
            name=row.name,
        )
    else:
        first = t(
            "The clock is UTC, not that of these brands, and the time is that of the"
            " question."
        )
    survey = t(
        "In a survey 57 % of people expected an answer as soon at night and on weekends"
        " as on weekdays (Edison Research, 2012)."
    )
    return f"{first} {survey}"
