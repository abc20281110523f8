"""Drawings of marks, laid out like the chart of waits: title above, citation inside.

Across, everything is a share of the drawing's width, so that type is as large on a
phone as on a desk; down, everything is in pixels from the foot of the title.
"""

import json
from dataclasses import replace
from textwrap import wrap
from typing import Any

from web.charts import CITE_LINE, CITE_PX, LINE, NAME_LINE, TITLE_PX, TOP_PX, annotation
from web.parts import Caption, Drawing, Line, Link, Mark, Path, Rect, Spot, Words
from web.tongue import t

LEFT_PX = {"axis": 44, "names": 136}
"""Room left of the marks; the style sheet keeps the same free."""


def drawing(
    ident: str,
    *,
    name: str,
    of: str,
    marks: tuple[Mark, ...],
    height: int,
    cite: str,
    room: str = "axis",
    figure: dict[str, Any] | None = None,
    script: str = "",
    unit: str = "",
    n: str = "",
    note: str = "",
    takes: tuple[Link, ...] = (),
) -> Drawing:
    """``name`` is the first line of the title, ``of`` says what is drawn. ``height`` is
    that of the marks. ``figure`` is Plotly's ``data`` and ``layout`` without title and
    height, colours as "var(--tone-1)". ``unit``, ``n`` and ``note`` go into the picture
    that ``takes`` leads to: see ``Caption``."""
    head = wrap(name, NAME_LINE)
    title = (*head, *wrap(of, LINE))
    cited = tuple(wrap(cite, CITE_LINE))
    top = TITLE_PX * len(title) + TOP_PX
    cite_y = top + height + CITE_PX + 4
    return Drawing(
        id=ident,
        title=title,
        says=t(
            "%(title)s. The table below has the same figures.", title=f"{name}. {of}"
        ),
        room=room,
        left=-LEFT_PX[room],
        height=cite_y + CITE_PX * len(cited) - 6,
        marks=tuple(lowered(mark, top) for mark in marks),
        cite=cited,
        cite_y=cite_y,
        figure=_figure(figure, title, len(head), cited, height, LEFT_PX[room])
        if figure
        else "",
        script=script,
        caption=Caption(name=name, of=of, unit=unit, n=n, note=note),
        takes=takes,
        heads=len(head),
    )


def lowered(mark: Mark, by: float) -> Mark:
    """The mark so many pixels further down."""
    if isinstance(mark, Line):
        return replace(mark, y1=mark.y1 + by, y2=mark.y2 + by)
    assert isinstance(mark, Rect | Spot | Words | Path)
    return replace(mark, y=mark.y + by)


def _figure(
    figure: dict[str, Any],
    title: tuple[str, ...],
    heads: int,
    cite: tuple[str, ...],
    height: int,
    left: int,
) -> str:
    top = TITLE_PX * len(title) + TOP_PX
    bottom = CITE_PX * len(cite) + TOP_PX
    axis = 44 if figure.get("layout", {}).get("xaxis", {}).get("visible", True) else 0
    layout = {
        "height": top + height + bottom + axis,
        "margin": {"l": left, "r": 16, "t": top, "b": bottom + axis, "pad": 4},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        **figure.get("layout", {}),
        "annotations": [
            annotation(title[:heads], 1, "bottom", top - TITLE_PX * heads, left),
            annotation(title[heads:], 1, "bottom", TOP_PX, left),
            annotation(cite, 0, "top", -TOP_PX - axis, left),
            *figure.get("layout", {}).get("annotations", []),
        ],
    }
    text = json.dumps({"data": figure["data"], "layout": layout}, separators=(",", ":"))
    return text.replace("<", "\\u003c")
