"""What was seen of every channel in the last days: a row each, a cell a day."""

from collections.abc import Sequence

from web import words
from web.drawing import drawing
from web.parts import Drawing, Link, Mark, Rect, Words
from web.tongue import mark, t
from web.views.details.days import SAID
from web.views.sources.reading import ChannelDay, Watched

ROW_PX, CELL_PX = 28, 20
FULL = 0.8
OF = mark("each cell a day, UTC; as much of it filled as we saw of all accounts")
"""Of its place, what a day takes up."""
UNIT = mark("part of each UTC day that we saw, all accounts together")
NOTE = mark("A dashed cell is a day of which we saw nothing.")
NAME = 16
"""Letters of a name that fit left of its row."""


def picture(
    found: Sequence[Watched], cite: str, takes: tuple[Link, ...] = ()
) -> Drawing:
    """``found``: at least one channel, all with the same days."""
    marks: list[Mark] = []
    for at, each in enumerate(found):
        marks += _row(each, at * ROW_PX)
    height = len(found) * ROW_PX
    return drawing(
        "seen",
        name=t("What we saw, day by day"),
        of=t(OF),
        marks=(*marks, *_dates(found[0].days, height + 14)),
        height=height + 20,
        cite=cite,
        room="names",
        unit=t(UNIT),
        n=words.counted(len(found[0].days), "day", "days"),
        note=t(NOTE),
        takes=takes,
    )


def row(one: Watched, name: str, cite: str, takes: tuple[Link, ...] = ()) -> Drawing:
    """The days of one channel."""
    return drawing(
        "seen",
        name=name,
        of=t(OF),
        marks=(*_cells(one.days, 0, 44), *_dates(one.days, 58)),
        height=64,
        cite=cite,
        unit=t(UNIT),
        n=words.counted(len(one.days), "day", "days"),
        note=t(NOTE),
        takes=takes,
    )


def _row(each: Watched, top: int) -> list[Mark]:
    name = t(each.row.title)
    if len(name) > NAME:
        name = f"{name[: NAME - 1].rstrip()}…"
    marks: list[Mark] = [
        Words(x=0, dx=-8, y=top + 15, text=name, look="chart-label", anchor="end")
    ]
    if not any(day.begun for day in each.days):
        return [*marks, Words(x=0, y=top + 15, text=_instead(each), look="mark-soft")]
    return marks + _cells(each.days, top, CELL_PX)


def _instead(each: Watched) -> str:
    """What a row says that has no cell to draw."""
    if each.row.how == "imported":
        return t("from files; none of these days")
    return t("no look yet") if each.row.on else t("off")


def _cells(days: Sequence[ChannelDay], top: int, tall: int) -> list[Mark]:
    marks: list[Mark] = []
    for at, day in enumerate(days):
        if not day.begun:
            continue
        x, width = round(100 * at / len(days), 3), round(100 * FULL / len(days), 3)
        full = round(tall * (day.share or 0.0), 1)
        if 0 < full < tall:
            marks.append(
                Rect(x=x, y=top + tall - full, width=width, height=full,
                     look="mark-range")
            )  # fmt: skip
        look = "mark-range" if full >= tall else "mark-day"
        if not day.seconds:
            look = "mark-day mark-day--none"
        marks.append(
            Rect(x=x, y=top, width=width, height=tall, look=look, says=said(day))
        )
    return marks


def said(day: ChannelDay) -> str:
    """A day as it is shown to who points at it."""
    text = t(
        "%(day)s: %(seen)s",
        day=words.long_date(words.day(day.day)),
        seen=t(SAID[day.state]),
    )
    return words.beside(text, day.why)


def _dates(days: Sequence[ChannelDay], y: int) -> list[Mark]:
    """The first, the middle and the last day."""
    half = len(days) // 2
    first, middle, last = (words.day(days[at].day) for at in (0, half, -1))
    return [
        Words(x=0, y=y, text=words.short_day(first), look="mark-soft"),
        Words(x=round(100 * (half + FULL / 2) / len(days), 2), y=y,
              text=words.short_day(middle), look="mark-soft", anchor="middle"),
        Words(x=100, y=y, text=words.short_day(last), look="mark-soft",
              anchor="end"),
    ]  # fmt: skip
