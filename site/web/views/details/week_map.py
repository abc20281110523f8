"""A map of the week: a cell for each time of it, its figure printed in its shade.

Days run across and hours down, so that a cell is wide enough for its figure on a phone.
"""

from dataclasses import dataclass
from typing import Any

from web import words
from web.desk import Desk
from web.drawing import drawing
from web.parts import Cell, Drawing, Link, Mark, Rect, Table, Words
from web.tongue import mark, t

DAYS = (
    mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"),
    mark("Friday"), mark("Saturday"), mark("Sunday"),
)  # fmt: skip
SHORT = (
    mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"),
    mark("Sun"),
)  # fmt: skip
"""The first three letters of each, for a narrow column."""
HALVES = (mark("Monday to Friday"), mark("Saturday and Sunday"))
SHADES = 5
"""None, and four quarters."""

CELL_PX = {1: 19, 2: 22, 4: 28}
"""Height of a cell, by its hours."""

FOOT_PX, LEGEND_PX, KEY_PX = 24, 24, 18
NO_FIGURE = "\u2013"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaded:
    """A cell's figure; ``shade`` None: no figure, because too few wrote then."""

    shade: int | None  # 0 none, to 4
    text: str
    n: int | None = None  # of how many it is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Which times the cells stand for, day after day."""

    hours: int
    rows: int

    @property
    def days(self) -> tuple[str, ...]:
        return DAYS if self.rows == len(DAYS) else HALVES

    @property
    def starts(self) -> range:
        return range(0, 24, self.hours)

    def between(self, hour: int) -> str:
        """8 -> "08–12"."""
        return f"{hour:02}{words.RANGE}{hour + self.hours:02}"


def table(grid: Grid, cells: list[Shaded], caption: str) -> Table:
    """The same figures: hours down, days across, each with its n."""
    bands = len(grid.starts)
    return Table(
        caption=caption,
        headings=("UTC", *(_short(day) for day in grid.days)),
        rows=tuple(
            (
                Cell(text=grid.between(hour)),
                *(_cell(cells[day * bands + band]) for day in range(grid.rows)),
            )
            for band, hour in enumerate(grid.starts)
        ),
        narrow=True,
    )


def _cell(cell: Shaded) -> Cell:
    note = "" if cell.n is None else f"n{words.NBSP}{words.number(cell.n)}"
    return Cell(text=cell.text or NO_FIGURE, number=True, note=note)


def quarter(value: int, most: int) -> int:
    """The shade of a figure: which quarter of ``most`` it lies in."""
    return 0 if not value else 1 + min(SHADES - 2, 4 * value // max(most, 1))


def hundred_key() -> tuple[str, ...]:
    """What the shades mean where figures are so many of a hundred."""
    return "0", *(
        f"{low or 1}{words.RANGE}{low + 24 + low // 75}" for low in (0, 25, 50, 75)
    )


def span(low: int, high: int) -> str:
    return words.number(low) if low == high else f"{low}{words.RANGE}{high}"


def count_key(most: int) -> tuple[str, ...]:
    """The same for counts up to ``most``; '' where a shade stands for no count."""
    said = ["0"]
    for shade in range(1, SHADES):
        low = max(1, -(-most * (shade - 1) // 4))
        high = most if shade == SHADES - 1 else -(-most * shade // 4) - 1
        said.append("" if high < low else span(low, high))
    return tuple(said)


def week_map(
    desk: Desk,
    ident: str,
    *,
    name: str,
    of: str,
    grid: Grid,
    cells: list[Shaded],
    key: tuple[str, ...],
    unit: str,
    n: str,
    note: str,
    cite: str,
    takes: tuple[Link, ...],
) -> Drawing:
    """``key``: what the shades mean, in their order; ``unit``: what a figure counts."""
    tall = CELL_PX[grid.hours]
    height = tall * len(grid.starts)
    marks = [
        *_cells(grid, cells, tall),
        *_axes(grid, tall, height),
        *_legend(key, height + FOOT_PX),
    ]
    return drawing(
        ident,
        name=name,
        of=of,
        marks=tuple(marks),
        height=height + FOOT_PX + LEGEND_PX,
        cite=cite,
        figure=_figure(grid, cells, unit, key),
        foot=FOOT_PX + LEGEND_PX,
        script=desk.static("plotly.js"),
        unit=unit,
        n=n,
        note=note,
        takes=takes,
    )


def _cells(grid: Grid, cells: list[Shaded], tall: int) -> list[Mark]:
    marks: list[Mark] = []
    wide = 100 / grid.rows
    bands = len(grid.starts)
    for at, cell in enumerate(cells):
        day, band = divmod(at, bands)
        look = "mark-heat--none" if cell.shade is None else f"mark-heat-{cell.shade}"
        marks.append(
            Rect(
                x=round(day * wide, 3),
                y=band * tall,
                width=round(wide, 3),
                height=tall,
                look=f"mark-heat {look}",
            )
        )
        if cell.text:
            marks.append(
                Words(
                    x=round((day + 0.5) * wide, 3),
                    y=band * tall + tall / 2 + 4,
                    text=cell.text,
                    look=f"mark-on-heat-{cell.shade}",
                    anchor="middle",
                )
            )
    return marks


def _axes(grid: Grid, tall: int, height: int) -> list[Mark]:
    wide = 100 / grid.rows
    hours = [
        Words(x=0, dx=-6, y=band * tall + tall / 2 + 4, text=grid.between(hour),
              look="mark-soft", anchor="end")
        for band, hour in enumerate(grid.starts)
    ]  # fmt: skip
    days = [
        Words(x=round((at + 0.5) * wide, 3), y=height + 15, text=_short(day),
              look="mark-soft", anchor="middle")
        for at, day in enumerate(grid.days)
    ]  # fmt: skip
    return [*hours, *days]


def _short(day: str) -> str:
    return t(day[:3]) if day in DAYS else t(day)


def _legend(key: tuple[str, ...], top: int) -> list[Mark]:
    wide = 100 / SHADES
    marks: list[Mark] = []
    for shade, text in enumerate(key):
        if text:
            marks += [
                Rect(x=shade * wide, y=top, width=wide, height=KEY_PX,
                     look=f"mark-heat mark-heat-{shade}"),
                Words(x=(shade + 0.5) * wide, y=top + 13, text=text,
                      look=f"mark-on-heat-{shade}", anchor="middle"),
            ]  # fmt: skip
    return marks


def _figure(
    grid: Grid, cells: list[Shaded], unit: str, key: tuple[str, ...]
) -> dict[str, Any]:
    """Plotly's figure of the same cells: bars of one length side by side, a trace a
    day. Its own heat map is a picture in an address, which our policy forbids."""
    bands = len(grid.starts)
    fixed = {"fixedrange": True, "showgrid": False, "zeroline": False, "ticks": ""}
    return {
        "data": [
            _trace(grid, day, cells[at * bands : (at + 1) * bands], unit)
            for at, day in enumerate(grid.days)
        ],
        "layout": {
            "barmode": "stack",
            "bargap": 0,
            **_drawn_legend(key),
            "xaxis": {
                **fixed,
                "range": [0, grid.rows],
                "tickvals": [at + 0.5 for at in range(grid.rows)],
                "ticktext": [_short(day) for day in grid.days],
            },
            "yaxis": {
                **fixed,
                "type": "category",
                "autorange": "reversed",
                "dtick": 1,
                "tickfont": {"size": 12},
            },
        },
    }


def _drawn_legend(key: tuple[str, ...]) -> dict[str, Any]:
    """The same shades below Plotly's map, in pixels down from its foot."""
    shown = [(shade, text) for shade, text in enumerate(key) if text]
    wide, top = 1 / SHADES, -FOOT_PX
    foot = {"xref": "paper", "yref": "paper"}
    return {
        "shapes": [
            {
                **foot,
                "type": "rect",
                "ysizemode": "pixel",
                "yanchor": 0,
                "x0": shade * wide,
                "x1": (shade + 1) * wide,
                "y0": top,
                "y1": top - KEY_PX,
                "fillcolor": f"var(--heat-{shade})",
                "line": {"color": "var(--paper)", "width": 1},
            }
            for shade, _ in shown
        ],
        "annotations": [
            {
                **foot,
                "text": text,
                "showarrow": False,
                "x": (shade + 0.5) * wide,
                "xanchor": "center",
                "y": 0,
                "yanchor": "middle",
                "yshift": top - KEY_PX / 2,
                "borderpad": 0,
                "font": {
                    "size": 12,
                    "color": "var(--paper)" if shade > 2 else "var(--ink)",
                },
            }
            for shade, text in shown
        ],
    }


def _trace(grid: Grid, day: str, cells: list[Shaded], unit: str) -> dict[str, Any]:
    shades = ("paper" if c.shade is None else f"heat-{c.shade}" for c in cells)
    return {
        "type": "bar",
        "orientation": "h",
        "x": [1] * len(cells),
        "y": [grid.between(hour) for hour in grid.starts],
        "text": [cell.text for cell in cells],
        "textfont": {
            "size": 12,
            "color": [
                "var(--paper)" if (c.shade or 0) > 2 else "var(--ink)" for c in cells
            ],
        },
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "marker": {
            "color": [f"var(--{shade})" for shade in shades],
            "line": {"color": "var(--paper)", "width": 1},
        },
        "hovertext": [_hover(cell, unit) for cell in cells],
        "hovertemplate": words.titled(f"{t(day)} %{{y}}", "%{hovertext}")
        + "<extra></extra>",
    }


def _hover(cell: Shaded, unit: str) -> str:
    if cell.n is None:
        return f"{cell.text} {unit}"
    return (
        f"{cell.text} {unit}, n = {words.number(cell.n)}"
        if cell.text
        else f"n = {words.number(cell.n)}"
    )
