"""Posts for each reply, industry by industry: a bar each, fewest first."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from model.rows import Edition, Standing
from web import words
from web.desk import Desk
from web.drawing import drawing, plain
from web.parts import Drawing, Line, Mark, Rect, Spot, Words
from web.tongue import t

ROW_PX, BAR_PX = 36, 18
BARS = 84
"""Of the drawing's width; the rest is for the figures, in a column of their own: a
figure that stood behind its bar was taken for that of the hollow dot beside it."""
NAME_LETTERS = 18
"""Of a line of a name, which may have two."""
BASES_PX = {1: (4,), 2: (-4, 12)}
"""Base lines of a name below the middle of its row, by how many lines it has."""

Told = Mapping[str, Any]
Known = Sequence[tuple[Standing, Told, Told]]
"""Industries in their order, what is said of each, and what was before."""


def drawn(
    desk: Desk, family: str, known: Known, before: Edition | None
) -> Drawing | None:
    """``before``: the edition that the hollow dots are of. None where no industry has
    replied."""
    if not any(said.get("ratio") for _, said, _ in known):
        return None
    of = t(
        "Posts for each reply %(where)s, industry by industry, fewest first",
        where=words.family_place(family),
    )
    if before is not None:
        when = words.period(before.day_from, before.day_to)
        of = words.beside(of, t("hollow dots: %(when)s", when=when))
    posts, replies = (
        sum(said.get(name, 0) for _, said, _ in known) for name in ("posts", "replies")
    )
    return drawing(
        "posts",
        name=t("Posts per reply"),
        of=of,
        marks=_marks(known),
        height=ROW_PX * len(known),
        cite=desk.cite(t("Posts per reply"), "/industries", family=family),
        room="names",
        figure=_figure(known),
        foot=0,
        script=desk.static("plotly.js"),
        unit=t("posts for each reply"),
        n=words.listed(
            [
                words.counted(posts, "post", "posts"),
                words.counted(replies, "reply", "replies"),
            ]
        ),
        note=t("The figures are those of the bars.") if before is not None else "",
        takes=desk.pictures("/industries/volume", family, embedded=False),
    )


def _widest(known: Known) -> float:
    return max(said.get("ratio") or 0.0 for _, *both in known for said in both if said)


def _marks(known: Known) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    widest = _widest(known)
    for at, (row, said, old) in enumerate(known):
        middle = at * ROW_PX + ROW_PX // 2
        marks += _named(t(row.name), middle)
        now, was = said.get("ratio"), old.get("ratio")
        if now is None:
            text = _without(said)
            marks.append(Words(x=0, y=middle + 4, text=text, look="mark-soft"))
            continue
        width = round(BARS * now / widest, 2)
        marks += [
            Line(x1=0, y1=middle, x2=BARS, y2=middle, look="mark-grid"),
            Rect(x=0, y=middle - BAR_PX / 2, width=width, height=BAR_PX,
                 look="mark-range", says=_says(row, said)),
        ]  # fmt: skip
        if was is not None:
            dot = round(BARS * was / widest, 2)
            marks.append(
                Spot(x=dot, y=middle, r=4, look="mark-spot mark-spot--inside",
                     says=t("before %(was)s", was=words.decimal(was)))
            )  # fmt: skip
        marks.append(Words(x=BARS, dx=9, y=middle + 5, text=words.decimal(now)))
    return tuple(marks)


def _named(name: str, middle: float) -> list[Mark]:
    """The name left of its row, whose middle is so many pixels down."""
    lines = in_lines(name)
    return [
        Words(x=0, dx=-8, y=middle + down, text=line, look="chart-label", anchor="end")
        for line, down in zip(lines, BASES_PX[len(lines)], strict=True)
    ]


def in_lines(name: str) -> tuple[str, ...]:
    """A name in one line or two, as fits beside a drawing; what is longer is cut."""
    first, *rest = wrap(name, NAME_LETTERS, break_long_words=False) or [name]
    lines = [first, " ".join(rest)] if rest else [first]
    return tuple(
        line if len(line) <= NAME_LETTERS else f"{line[: NAME_LETTERS - 1].rstrip()}…"
        for line in lines
    )


def _without(said: Told) -> str:
    return t("no reply") if "posts" in said else t(words.NOT_KNOWN)


def _says(row: Standing, said: Told) -> str:
    counts = words.listed(
        [
            words.counted(said["posts"], "post", "posts"),
            words.counted(said["replies"], "reply", "replies"),
        ]
    )
    return words.titled(t(row.name), f"{words.decimal(said['ratio'])} ({counts})")


def _figure(known: Known) -> dict[str, Any]:
    """Plotly's figure of the same bars and dots."""
    now = [
        (at, row, said)
        for at, (row, said, _) in enumerate(known)
        if said.get("ratio") is not None
    ]
    dots = [
        (at, known[at][2]["ratio"])
        for at, _, _ in now
        if known[at][2].get("ratio") is not None
    ]
    widest = _widest(known)
    fixed = {"fixedrange": True, "showgrid": False, "zeroline": False}
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [at for at, _, _ in now],
                "x": [said["ratio"] for _, _, said in now],
                "customdata": [plain(_says(row, said)) for _, row, said in now],
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {"color": "var(--tone-2)"},
            },
            {
                "type": "scatter",
                "mode": "markers",
                "y": [at for at, _ in dots],
                "x": [ratio for _, ratio in dots],
                "hoverinfo": "skip",
                "marker": {
                    "size": 8,
                    "color": "var(--paper)",
                    "line": {"color": "var(--tone-2)", "width": 2},
                },
            },
            {
                "type": "scatter",
                "mode": "text",
                "y": [at for at, _, _ in now],
                "x": [widest for _ in now],
                "text": ["  " + words.decimal(said["ratio"]) for _, _, said in now],
                "textposition": "middle right",
                "hoverinfo": "skip",
                "cliponaxis": False,
            },
        ],
        "layout": {
            "bargap": round(1 - BAR_PX / ROW_PX, 3),
            "shapes": [
                {
                    "type": "line",
                    "layer": "below",
                    "x0": 0,
                    "x1": widest,
                    "y0": at,
                    "y1": at,
                    "line": {"color": "var(--rule)", "width": 1},
                }
                for at, _, _ in now
            ],
            "xaxis": {
                **fixed,
                "visible": False,
                "range": [0, round(100 * widest / BARS, 4)],
            },
            "yaxis": {
                **fixed,
                "range": [len(known) - 0.5, -0.5],
                "tickvals": list(range(len(known))),
                "ticktext": [
                    "<br>".join(plain(line) for line in in_lines(t(row.name)))
                    for row, _, _ in known
                ],
                "tickfont": {"size": 13, "color": "var(--ink)"},
            },
        },
    }
