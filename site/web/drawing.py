"""Drawings of marks, laid out like the chart of waits.

Across, everything is a share of the drawing's width, so that type is as large on a
phone as on a desk; down, everything is in pixels. Title and citation are set around it,
as wide as the page allows.
"""

import json
from dataclasses import replace
from typing import Any

from web.charts import TOP_PX
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
    foot: int = 24,
    script: str = "",
    unit: str = "",
    n: str = "",
    note: str = "",
    takes: tuple[Link, ...] = (),
) -> Drawing:
    """``name`` is the first line of the title, ``of`` says what is drawn. ``height`` is
    that of the marks, ``foot`` what of it is below the axis. ``figure`` is Plotly's
    ``data`` and ``layout`` without height, colours as "var(--tone-1)"; it is as tall as
    the still drawing, so that nothing jumps. ``unit``, ``n`` and ``note`` go into the
    picture that ``takes`` leads to: see ``Caption``."""
    tall = TOP_PX + height
    return Drawing(
        id=ident,
        says=t(
            "%(title)s. The table below has the same figures.", title=f"{name}. {of}"
        ),
        room=room,
        height=tall,
        marks=tuple(lowered(mark, TOP_PX) for mark in marks),
        cite=cite,
        figure=_figure(figure, tall, foot, LEFT_PX[room]) if figure else "",
        script=script,
        caption=Caption(name=name, of=of, unit=unit, n=n, note=note),
        takes=takes,
    )


def lowered(mark: Mark, by: float) -> Mark:
    """The mark so many pixels further down."""
    if isinstance(mark, Line):
        return replace(mark, y1=mark.y1 + by, y2=mark.y2 + by)
    assert isinstance(mark, Rect | Spot | Words | Path)
    return replace(mark, y=mark.y + by)


def _figure(figure: dict[str, Any], tall: int, foot: int, left: int) -> str:
    layout = {
        "height": tall,
        "margin": {"l": left, "r": 16, "t": TOP_PX, "b": foot, "pad": 4},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        **figure.get("layout", {}),
    }
    text = json.dumps({"data": figure["data"], "layout": layout}, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def plain(text: str) -> str:
    """Plotly reads its texts as a little HTML; a name must not be read so."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
