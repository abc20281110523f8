"""When a brand answers: nights and weekends apart, and hour by hour of the week."""

from typing import Any

from model.rows import Standing
from model.words import DAY, Level
from scoring.method import METHOD
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Link, Table
from web.tables import Data
from web.tongue import t
from web.views.details import nights as times
from web.views.details import week_map
from web.views.details.nights import clock, compared
from web.views.details.week_map import Grid, Shaded

FEWEST: int = METHOD.fewest_in_cell.value
TIMES = ("weekday", "night", "weekend")
LIMITS = ("t1", "t2", "t3")
SHARE = tuple(f"share_{t}{end}" for t in LIMITS for end in ("", "_low", "_high"))
NIGHTS = (
    "slug",
    "family",
    "time",
    "inquiries",
    *(f"answered_{t}" for t in LIMITS),
    *SHARE,
)
WHEN = ("slug", "family", "day_first", "day_last", "hour_from", "hour_to")
"""Days from 1, Monday, to 7, Sunday; hours UTC, the last excluded."""
WEEK = (
    *WHEN, "inquiries", *(f"answered_{t}" for t in LIMITS),
    *(f"share_{t}" for t in LIMITS),
)  # fmt: skip
ANSWERS = (*WHEN, "answers")


def nights(desk: Desk, row: Standing) -> Block | None:
    """A brand's nights and weekends."""
    return _nights(desk, row, Level.BRAND, row.name)


def industry_nights(desk: Desk, slug: str, family: str) -> Block | None:
    row = desk.book.industries.get(family, {}).get(slug)
    if row is None:
        return None
    who = t("Brands in %(industry)s", industry=t(row.name))
    return _nights(desk, row, Level.INDUSTRY, who)


def week(desk: Desk, row: Standing) -> Block | None:
    """How many are answered within the first limit, by the hour they wrote in."""
    return _week(desk, row, Level.BRAND, row.name)


def industry_week(desk: Desk, slug: str, family: str) -> Block | None:
    row = desk.book.industries.get(family, {}).get(slug)
    return _week(desk, row, Level.INDUSTRY, t(row.name)) if row else None


def given(desk: Desk, row: Standing) -> Block | None:
    """In which hours of the week a brand's answers come."""
    return _given(desk, row, Level.BRAND, row.name)


def industry_given(desk: Desk, slug: str, family: str) -> Block | None:
    row = desk.book.industries.get(family, {}).get(slug)
    return _given(desk, row, Level.INDUSTRY, t(row.name)) if row else None


def _said(desk: Desk, row: Standing, level: Level) -> dict[str, Any]:
    return desk.book.details(level, row.slug).get(("rhythm", row.family, ""), {})


def worse(desk: Desk, row: Standing) -> str:
    """At which times surely fewer people have an answer within a day than on weekdays
    by day; '' where that is not known."""
    limits = (row.t1_s, row.t2_s, row.t3_s)
    gaps = _said(desk, row, Level.BRAND).get("gaps", {})
    if DAY not in limits:
        return ""
    return times.worse(gaps, limits.index(DAY), words.limit(DAY))


def _path(level: Level, slug: str) -> str:
    return f"/brands/{slug}" if level is Level.BRAND else f"/industries/{slug}"


def _nights(desk: Desk, row: Standing, level: Level, who: str) -> Block | None:
    said = _said(desk, row, level)
    if "times" not in said:
        return None
    limits = (row.t1_s, row.t2_s, row.t3_s)
    headings = (
        t("Within %(limit)s, of 100", limit=words.limit(seconds)) for seconds in limits
    )
    where = words.family_place(row.family)
    return Block(
        id=f"nights-{row.family}",
        title=t("Nights and weekends"),
        text=(*compared(said, row), clock(row, level)),
        table=Table(
            caption=t("%(who)s %(where)s, by when people wrote", who=who, where=where),
            headings=(t("Asked"), *headings, t("Inquiries")),
            rows=tuple(
                _time(name, said["times"][name])
                for name in TIMES
                if name in said["times"]
            ),
        ),
        links=(
            *desk.downloads(f"{_path(level, row.slug)}/nights"),
            Link(t("How this is counted"), desk.url("/method") + "#rhythm"),
        ),
    )


def time_words(name: str) -> str:
    """Which hours a time is, in words; hours as the method has them."""
    opens, closes = METHOD.office_hours.value
    if name == "weekday":
        return t(
            "Monday to Friday, %(opens)s to %(closes)s\u00a0h",
            opens=opens,
            closes=closes,
        )
    if name == "night":
        return t(
            "Monday to Friday, %(opens)s to %(closes)s\u00a0h",
            opens=closes,
            closes=opens,
        )
    return t("Saturday and Sunday")


def _time(name: str, figures: list[int]) -> tuple[Cell, ...]:
    n, *rest = figures
    return (
        Cell(text=time_words(name)),
        *(_share(n, rest, limit) for limit in range(len(LIMITS))),
        Cell(text=words.number(n), number=True),
    )


def _share(n: int, figures: list[int], limit: int) -> Cell:
    """``figures``: answered by limit, and where n is enough the ends of each share."""
    if len(figures) == len(LIMITS):
        return Cell(
            text=t("too few to say"),
            note=t("%(some)s of %(all)s", some=figures[limit], all=n),
        )
    low, high = figures[3 + 2 * limit : 5 + 2 * limit]
    return Cell(
        text=str(words.hundred(figures[limit] / n)),
        number=True,
        note=words.aside(words.share_span(low / 10_000, high / 10_000)),
    )


def _week(desk: Desk, row: Standing, level: Level, name: str) -> Block | None:
    said = _said(desk, row, level).get("cells")
    if said is None:
        return None
    grid = Grid(hours=said["hours"], rows=said["rows"])
    cells = _asked(said)
    limit, where = words.limit(row.t1_s), words.family_place(row.family)
    path = _path(level, row.slug)
    return Block(
        id=f"week-{row.family}",
        title=t("The week, by when people wrote"),
        text=(
            t(
                "Each figure says how many of 100 people who wrote at that time had an"
                " answer within %(limit)s. Hours are UTC. A cell is empty where fewer"
                " than %(fewest)s people wrote. Single cells are unsure by many points:"
                " look for patterns.",
                limit=limit,
                fewest=words.small(FEWEST),
            ),
        ),
        drawing=week_map.week_map(
            desk,
            f"map-{row.family}",
            name=name,
            of=t(
                "of 100 who wrote %(where)s at a time, answered within %(limit)s",
                where=where,
                limit=limit,
            ),
            grid=grid,
            cells=cells,
            key=week_map.hundred_key(),
            unit=t("of 100"),
            n=words.counted(sum(said["n"]), "inquiry", "inquiries"),
            note=t(
                "Hours are UTC. Empty: fewer than %(fewest)s wrote then. Single cells"
                " are unsure by many points: look for patterns.",
                fewest=words.small(FEWEST),
            ),
            cite=desk.cite(name, path),
            takes=desk.pictures(f"{path}/week", row.family),
        ),
        table=week_map.table(
            grid,
            cells,
            t(
                "%(name)s %(where)s: of 100 people who wrote at a time, how many had an"
                " answer within %(limit)s; n, how many wrote",
                name=name,
                where=where,
                limit=limit,
            ),
        ),
        folded=True,
        links=desk.downloads(f"{path}/week"),
    )


def _asked(said: dict[str, Any]) -> list[Shaded]:
    found = []
    for n, answered in zip(said["n"], said["t1"], strict=True):
        value = words.hundred(answered / n) if n >= FEWEST else None
        shade = None if value is None else week_map.quarter(value, 100)
        text = "" if value is None else str(value)
        found.append(Shaded(shade=shade, text=text, n=n))
    return found


def _given(desk: Desk, row: Standing, level: Level, name: str) -> Block | None:
    said = _said(desk, row, level).get("given")
    if said is None:
        return None
    grid = Grid(hours=said["hours"], rows=said["rows"])
    total, most = sum(said["n"]), max(said["n"])
    where = words.family_place(row.family)
    path = _path(level, row.slug)
    answers = words.counted(total, "answer", "answers")
    cells = [
        Shaded(shade=week_map.quarter(count, most), text=words.number(count))
        for count in said["n"]
    ]
    return Block(
        id=f"given-{row.family}",
        title=t("The week, by when answers come"),
        text=(
            t(
                "When the %(answers)s came that people had in time %(where)s. Hours are"
                " UTC.",
                answers=answers,
                where=where,
            ),
        ),
        drawing=week_map.week_map(
            desk,
            f"answers-{row.family}",
            name=name,
            of=t(
                "%(answers)s %(where)s, by when they came", answers=answers, where=where
            ),
            grid=grid,
            cells=cells,
            key=week_map.count_key(most),
            unit=t("answers"),
            n=answers,
            note=t("Hours are UTC."),
            cite=desk.cite(name, path),
            takes=desk.pictures(f"{path}/answers", row.family),
        ),
        table=week_map.table(
            grid,
            cells,
            t(
                "%(name)s: answers %(where)s, by when they came",
                name=name,
                where=where,
            ),
        ),
        folded=True,
        links=desk.downloads(f"{path}/answers"),
    )


def brand_nights(desk: Desk, slug: str) -> Data:
    """A line for each family and time. Raises NotHere."""
    desk.book.known(slug)
    return _nights_data(desk, Level.BRAND, slug)


def trade_nights(desk: Desk, slug: str) -> Data:
    """The same of an industry. Raises NotHere."""
    desk.book.industry_known(slug)
    return _nights_data(desk, Level.INDUSTRY, slug)


def _nights_data(desk: Desk, level: Level, slug: str) -> Data:
    rows = []
    for (topic, family, _), said in desk.book.details(level, slug).items():
        if topic == "rhythm":
            for name in TIMES:
                if name in said.get("times", {}):
                    rows.append((slug, family, name, *_figures(said["times"][name])))
    return Data(NIGHTS, tuple(rows), desk.about())


def _figures(figures: list[int]) -> tuple[Any, ...]:
    n, *rest = figures
    answered, ends = rest[:3], rest[3:]
    if not ends:
        return n, *answered, *([None] * len(SHARE))
    shares = (
        (round(answered[at] / n, 4), ends[2 * at] / 10_000, ends[2 * at + 1] / 10_000)
        for at in range(len(LIMITS))
    )
    return n, *answered, *(figure for share in shares for figure in share)


def brand_week(desk: Desk, slug: str) -> Data:
    """A line for each family and time people wrote at. Raises NotHere."""
    desk.book.known(slug)
    return _week_data(desk, Level.BRAND, slug)


def trade_week(desk: Desk, slug: str) -> Data:
    """The same of an industry. Raises NotHere."""
    desk.book.industry_known(slug)
    return _week_data(desk, Level.INDUSTRY, slug)


def brand_answers(desk: Desk, slug: str) -> Data:
    """A line for each family and time answers came at. Raises NotHere."""
    desk.book.known(slug)
    return _answers_data(desk, Level.BRAND, slug)


def trade_answers(desk: Desk, slug: str) -> Data:
    """The same of an industry. Raises NotHere."""
    desk.book.industry_known(slug)
    return _answers_data(desk, Level.INDUSTRY, slug)


def _week_data(desk: Desk, level: Level, slug: str) -> Data:
    rows = []
    for family, said in _cells(desk, level, slug, "cells"):
        columns = zip(*(said[name] for name in ("n", *LIMITS)), strict=True)
        for when, (n, *answered) in zip(_when(said), columns, strict=True):
            enough = n >= FEWEST
            shares = (round(each / n, 4) if enough else None for each in answered)
            rows.append((slug, family, *when, n, *answered, *shares))
    return Data(WEEK, tuple(rows), desk.about())


def _answers_data(desk: Desk, level: Level, slug: str) -> Data:
    rows = tuple(
        (slug, family, *when, answers)
        for family, said in _cells(desk, level, slug, "given")
        for when, answers in zip(_when(said), said["n"], strict=True)
    )
    return Data(ANSWERS, rows, desk.about())


def _cells(
    desk: Desk, level: Level, slug: str, what: str
) -> list[tuple[str, dict[str, Any]]]:
    """By family, what is said of the cells of a week."""
    told = desk.book.details(level, slug).items()
    return [
        (family, said[what])
        for (topic, family, _), said in told
        if topic == "rhythm" and what in said
    ]


def _when(said: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    """First and last day, first hour and the one after the last, cell by cell."""
    hours = said["hours"]
    days = (
        [(day, day) for day in range(1, 8)] if said["rows"] == 7 else [(1, 5), (6, 7)]
    )
    return [
        (*day, start, start + hours) for day in days for start in range(0, 24, hours)
    ]
