"""What the dots and the line of a funnel plot mean, said within the picture: two rows
below its axes, so that whoever meets it without its page can read it."""

from typing import Any

from web import words
from web.drawing import plain
from web.parts import Line, Mark, Spot, Words
from web.tongue import mark, t

LOOKS = ("mark-spot mark-spot--inside", "mark-spot", "mark-spot--this")
"""Of brands within the limits, beyond the first, beyond the second."""
COLORS = ("var(--paper)", "var(--tone-2)", "var(--accent)")
EDGES = ("var(--tone-2)", "var(--paper)", "var(--paper)")
DOTS = (mark("within the band"), mark("outside the band"), mark("outside the lines"))
PLACES = ((2, 73), (52, 73), (2, 91))
"""Of the dots: of the width, and pixels from the plot's foot down to the base line."""
LINE = (52, 91)
LINE_WIDE = 4
"""Of the width: the bit of line that stands for the whole."""
MIDDLE_PX, RADIUS_PX, APART_PX = 4, 5, 10
"""From a base line up to the middle of small letters, the size of a dot, and how far
from its middle its text begins."""


def _mean(mean: float) -> str:
    return t("mean: %(mean)s", mean=words.whole(mean))


def marks(mean: float, foot: int) -> list[Mark]:
    """``mean``: of 100; ``foot``: of the plot, in pixels from its head."""
    found: list[Mark] = []
    for look, text, (x, down) in zip(LOOKS, DOTS, PLACES, strict=True):
        y = foot + down
        found += [
            Spot(x=x, y=y - MIDDLE_PX, r=RADIUS_PX, look=look),
            Words(x=x, dx=APART_PX, y=y, text=t(text), look="mark-soft"),
        ]
    x, y = LINE[0], foot + LINE[1]
    level = y - MIDDLE_PX
    return [
        *found,
        Line(x1=x - LINE_WIDE, y1=level, x2=x, y2=level, look="mark-line"),
        Words(x=x, dx=APART_PX, y=y, text=_mean(mean), look="mark-soft"),
    ]


def shapes() -> list[dict[str, Any]]:
    """Plotly's, of the same dots and line. Its pixels run upwards from the foot."""
    level = MIDDLE_PX - LINE[1]
    return [
        *(
            {
                "type": "circle",
                "xref": "paper",
                "xsizemode": "pixel",
                "xanchor": x / 100,
                "x0": -RADIUS_PX,
                "x1": RADIUS_PX,
                "yref": "paper",
                "ysizemode": "pixel",
                "yanchor": 0,
                "y0": MIDDLE_PX - down - RADIUS_PX,
                "y1": MIDDLE_PX - down + RADIUS_PX,
                "fillcolor": color,
                "line": {"color": edge, "width": 1.5},
            }
            for color, edge, (x, down) in zip(COLORS, EDGES, PLACES, strict=True)
        ),
        {
            "type": "line",
            "xref": "paper",
            "x0": (LINE[0] - LINE_WIDE) / 100,
            "x1": LINE[0] / 100,
            "yref": "paper",
            "ysizemode": "pixel",
            "yanchor": 0,
            "y0": level,
            "y1": level,
            "line": {"color": "var(--tone-1)", "width": 2},
        },
    ]


def annotations(mean: float) -> list[dict[str, Any]]:
    """Plotly's, of the same words."""
    texts = [*(t(text) for text in DOTS), _mean(mean)]
    return [
        annotation(text, down, x / 100, APART_PX)
        for text, (x, down) in zip(texts, (*PLACES, LINE), strict=True)
    ]


def annotation(text: str, down: float, x: float = 0, apart: int = 0) -> dict[str, Any]:
    """A line of small text below Plotly's plot: its base line ``down`` pixels below the
    foot, from ``x`` of the width (0 to 1) and ``apart`` pixels on."""
    return {
        "text": plain(text),
        "showarrow": False,
        "xref": "paper",
        "x": x,
        "xanchor": "left",
        "xshift": apart,
        "yref": "paper",
        "y": 0,
        "yanchor": "bottom",
        "yshift": -down - 4,
        "borderpad": 0,
        "font": {"size": 12, "color": "var(--soft)"},
    }
