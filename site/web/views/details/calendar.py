"""A drawing of days: one column a week, as much of each day filled as was seen."""

from collections.abc import Sequence
from typing import Any

from model.words import DAY
from web import words
from web.drawing import drawing
from web.parts import Drawing, Link, Mark, Rect, Words
from web.tongue import mark, t
from web.views.details.days import SAID, Day

CELL_PX, GAP_PX = 18, 4
LONGEST = 400
"""Days that are drawn one by one. A longer period has a column a week and no more."""
WEEK_PX = 60
MONDAY = 4
"""The first Monday since 1970 began, so that a week of ours begins on one."""
FULL = 0.82
"""Of its place, what a day takes up."""
NAMES = {0: mark("Mon"), 2: mark("Wed"), 4: mark("Fri"), 6: mark("Sun")}


def calendar(
    ident: str,
    days: Sequence[Day],
    *,
    name: str,
    where: str,
    cite: str,
    script: str,
    takes: tuple[Link, ...] = (),
) -> Drawing:
    """``days``: all of a period, in order."""
    by_day = len(days) <= LONGEST
    first = week(days[0].day)
    weeks = week(days[-1].day) - first + 1
    marks = _days(days, first, weeks) if by_day else _weeks(days, first, weeks)
    height = 7 * (CELL_PX + GAP_PX) if by_day else WEEK_PX
    marks += _months(days, first, weeks, height + 14)
    return drawing(
        ident,
        name=name,
        of=t("%(channel)s: how much of each day we saw", channel=where)
        if by_day
        else t("%(channel)s: how much of each week we saw", channel=where),
        marks=tuple(marks),
        height=height + 20,
        cite=cite,
        figure=_figure(days, first) if by_day else None,
        foot=20,
        script=script,
        unit=t("part of each UTC day that we saw")
        if by_day
        else t("part of each week that we saw"),
        n=words.counted(len(days), "day", "days"),
        note=t("A dashed cell is a day of which we saw nothing.") if by_day else "",
        takes=takes,
    )


def week(day: int) -> int:
    return (day - MONDAY) // 7


def weekday(day: int) -> int:
    """0 for Monday."""
    return (day - MONDAY) % 7


def _days(days: Sequence[Day], first: int, weeks: int) -> list[Mark]:
    marks: list[Mark] = [
        Words(
            x=0,
            dx=-44,
            y=at * (CELL_PX + GAP_PX) + 14,
            text=t(text),
            look="mark-soft",
        )
        for at, text in NAMES.items()
    ]
    for day in days:
        x, y = _left(day, first, weeks), weekday(day.day) * (CELL_PX + GAP_PX)
        width, full = 100 * FULL / weeks, CELL_PX * day.seconds / DAY
        if day.seconds:
            marks.append(
                Rect(
                    x=x,
                    y=y + CELL_PX - full,
                    width=width,
                    height=full,
                    look="mark-range",
                )
            )
        marks.append(
            Rect(
                x=x,
                y=y,
                width=width,
                height=CELL_PX,
                look="mark-day" if day.seconds else "mark-day mark-day--none",
                says=said(day),
            )
        )
    return marks


def _left(day: Day, first: int, weeks: int) -> float:
    return round(100 * (week(day.day) - first) / weeks, 4)


def said(day: Day) -> str:
    """A day as it is shown to who points at it."""
    said = {"day": words.long_date(words.day(day.day)), "seen": t(SAID[day.state])}
    if day.why:
        return t("%(day)s: %(seen)s; %(why)s", why=day.why, **said)
    return t("%(day)s: %(seen)s", **said)


def _weeks(days: Sequence[Day], first: int, weeks: int) -> list[Mark]:
    seen: dict[int, list[Day]] = {}
    for day in days:
        seen.setdefault(week(day.day), []).append(day)
    marks: list[Mark] = []
    for group in seen.values():
        share = sum(day.seconds for day in group) / DAY / len(group)
        top = WEEK_PX * (1 - share)
        marks.append(
            Rect(
                x=_left(group[0], first, weeks),
                y=top,
                width=100 / weeks,
                height=WEEK_PX - top,
                look="mark-range",
            )
        )
    marks.append(Rect(x=0, y=0, width=100, height=WEEK_PX, look="mark-day"))
    return marks


def _months(days: Sequence[Day], first: int, weeks: int, y: int) -> list[Mark]:
    """The name of each month (of each year, in a long period) below its first day."""
    long = len(days) > LONGEST
    marks: list[Mark] = []
    for day in days:
        date = words.day(day.day)
        if date.day == 1 and (date.month == 1 or not long):
            text = f"{date:%Y}" if long else words.short_month(date)
            marks.append(
                Words(x=_left(day, first, weeks), y=y, text=text, look="mark-soft")
            )
    return marks


def _figure(days: Sequence[Day], first: int) -> dict[str, Any]:
    """Plotly's: a bar a day as high as what was seen of it, over an outline. Its map of
    heat is an image, which our pages do not allow."""
    weeks = [week(day.day) - first for day in days]
    feet = [weekday(day.day) + FULL for day in days]
    firsts = [day for day in days if words.day(day.day).day == 1]
    still = {"fixedrange": True, "showgrid": False, "zeroline": False}
    outline: dict[str, Any] = {
        "type": "bar",
        "x": weeks,
        "base": feet,
        "y": [-FULL] * len(days),
        "width": FULL,
        "text": [said(day) for day in days],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": "var(--paper)",
            "line": {
                "width": 1,
                "color": [
                    "var(--edge)" if day.seconds else "var(--accent)" for day in days
                ],
            },
        },
    }
    filled = {
        "type": "bar",
        "x": weeks,
        "base": feet,
        "y": [round(-FULL * day.seconds / DAY, 4) for day in days],
        "width": FULL,
        "hoverinfo": "skip",
        "marker": {"color": "var(--tone-2)"},
    }
    return {
        "data": [outline, filled],
        "layout": {
            "barmode": "overlay",
            "xaxis": {
                "range": [-0.5, weeks[-1] + 0.5],
                "tickvals": [week(day.day) - first for day in firsts],
                "ticktext": [words.short_month(words.day(day.day)) for day in firsts],
                **still,
            },
            "yaxis": {
                "range": [7, -0.2],
                "tickvals": [at + FULL / 2 for at in NAMES],
                "ticktext": [t(name) for name in NAMES.values()],
                **still,
            },
        },
    }
