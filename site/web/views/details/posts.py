"""Posts for each reply, industry by industry: a bar each, fewest first."""

from collections.abc import Mapping, Sequence
from typing import Any

from model.rows import Edition, Standing
from web import words
from web.desk import Desk
from web.drawing import drawing, plain
from web.parts import Drawing, Mark, Rect, Spot, Words
from web.tongue import t
from web.views.details.places import shortened

ROW_PX, BAR_PX = 28, 18
BARS = 84
"""Of the drawing's width; the rest is for the figure behind a bar."""

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
        takes=desk.pictures("/industries/volume", family, embedded=False),
    )


def _widest(known: Known) -> float:
    return max(said.get("ratio") or 0.0 for _, *both in known for said in both if said)


def _marks(known: Known) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    widest = _widest(known)
    for at, (row, said, old) in enumerate(known):
        top, base = at * ROW_PX, at * ROW_PX + 18
        marks.append(
            Words(x=0, dx=-8, y=base, text=shortened(t(row.name)), look="chart-label",
                  anchor="end")
        )  # fmt: skip
        now, was = said.get("ratio"), old.get("ratio")
        if now is None:
            marks.append(Words(x=0, y=base, text=_without(said), look="mark-soft"))
            continue
        width = round(BARS * now / widest, 2)
        marks.append(
            Rect(x=0, y=top + (ROW_PX - BAR_PX) / 2, width=width, height=BAR_PX,
                 look="mark-range", says=_says(row, said))
        )  # fmt: skip
        end = width
        if was is not None:
            dot = round(BARS * was / widest, 2)
            end = max(end, dot)
            marks.append(
                Spot(x=dot, y=top + ROW_PX / 2, r=4, look="mark-spot mark-spot--inside",
                     says=t("before %(was)s", was=words.decimal(was)))
            )  # fmt: skip
        marks.append(Words(x=end, dx=9, y=base, text=words.decimal(now)))
    return tuple(marks)


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
    was = dict(dots)
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
                "x": [max(said["ratio"], was.get(at, 0.0)) for at, _, said in now],
                "text": ["  " + words.decimal(said["ratio"]) for _, _, said in now],
                "textposition": "middle right",
                "hoverinfo": "skip",
                "cliponaxis": False,
            },
        ],
        "layout": {
            "bargap": round(1 - BAR_PX / ROW_PX, 3),
            "xaxis": {
                **fixed,
                "visible": False,
                "range": [0, round(100 * _widest(known) / BARS, 4)],
            },
            "yaxis": {
                **fixed,
                "range": [len(known) - 0.5, -0.5],
                "tickvals": list(range(len(known))),
                "ticktext": [plain(shortened(t(row.name))) for row, _, _ in known],
                "tickfont": {"size": 13, "color": "var(--ink)"},
            },
        },
    }
