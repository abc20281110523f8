"""Funnel plots: the brands of an industry against what luck alone would do."""

from collections.abc import Sequence
from math import ceil, exp, floor, log
from typing import Any

from model.rows import Standing
from model.words import Level
from scoring.method import METHOD
from web import words
from web.desk import Desk
from web.drawing import drawing, plain
from web.parts import Block, Cell, Drawing, Line, Link, Mark, Path, Spot, Table, Words
from web.tables import Data
from web.tongue import mark, t, tn
from web.views.details import funnel_key
from web.views.details.funnel_key import COLORS, EDGES, LOOKS

TALL = 260
"""Pixels from the foot of the picture to its head."""
FOOT_PX = 98
AXES_PX = (36, 52)
"""Base lines of what the axes are, below the marks."""
AXES = (
    mark("Up: score, of 100"),
    mark("Across: how much its inquiries weigh"),
)
EDGE = 0.06
"""Room left and right of the outermost brands, of the distance between them."""
COLUMNS = (
    *("slug", "name", "family", "score", "n_eff", "beyond", "mean"),
    *("low_95", "high_95", "low_998", "high_998"),
)


def industry(desk: Desk, slug: str, family: str) -> Block | None:
    said = desk.book.details(Level.INDUSTRY, slug).get(("funnel", family, ""))
    if said is None:
        return None
    name, where = desk.industry(slug), words.family_place(family)
    brands = desk.book.chosen(family, (row[0] for row in said["brands"]))
    return Block(
        id="funnel",
        title=t("More than luck?"),
        text=_text(said),
        drawing=_drawing(desk, said, name, slug, family),
        table=Table(
            caption=t(
                "%(name)s %(where)s: ranked brands beside the mean of their industry",
                name=name,
                where=where,
            ),
            headings=(t("Brand"), t("Score"), t("Weighs like"), t("Beside the mean")),
            rows=tuple(_line(desk, brands.get(row[0]), row) for row in said["brands"]),
        ),
        folded=True,
        links=(
            *desk.downloads(f"/industries/{slug}/funnel"),
            Link(t("How funnels are made"), desk.url("/method") + "#funnel"),
        ),
    )


def _text(said: dict[str, Any]) -> tuple[str, ...]:
    inner, outer = (words.number(round(1_000 * level)) for level in _levels())
    brands = said["brands"]
    outside = sum(row[3] != 0 for row in brands)
    luck = (1 - _levels()[0]) * len(brands)
    return (
        t(
            "Each dot is a brand: its score, and to the right how much its inquiries"
            " weigh, for many that come together say less than as many that come apart."
            " If every brand treated people as brands of its industry do on average"
            " (%(mean)s of 100), luck alone would leave %(inner)s of %(all)s within the"
            " band and %(outer)s within the broken lines.",
            mean=words.whole(said["mean"]),
            inner=inner,
            outer=outer,
            all=words.number(1_000),
        ),
        tn(
            "Outside the band is %(n)s of %(brands)s; luck alone would put %(luck)s"
            " there. Brands do differ, so to lie outside is to differ from the mean for"
            " more reasons than luck, and no finding of anything else. The limits are"
            " not widened for that.",
            "Outside the band are %(n)s of %(brands)s; luck alone would put %(luck)s"
            " there. Brands do differ, so to lie outside is to differ from the mean for"
            " more reasons than luck, and no finding of anything else. The limits are"
            " not widened for that.",
            outside,
            brands=words.counted(len(brands), "ranked brand", "ranked brands"),
            luck=_about(luck),
        ),
    )


def _about(brands: float) -> str:
    if brands < 1:
        return t("fewer than one")
    return t("about %(number)s", number=words.number(round(brands)))


def _levels() -> tuple[float, float]:
    first, second = METHOD.funnel_levels.value
    return first, second


def _drawing(
    desk: Desk, said: dict[str, Any], name: str, slug: str, family: str
) -> Drawing:
    where = words.family_place(family)
    inner, outer = (_level(level) for level in _levels())
    number = words.counted(len(said["brands"]), "ranked brand", "ranked brands")
    return drawing(
        "funnel-drawing",
        name=t("%(name)s: scores and luck", name=name),
        of=f"{number} {where}",
        marks=_marks(desk, said),
        height=TALL + FOOT_PX,
        cite=desk.cite(name, f"/industries/{slug}"),
        figure=_figure(desk, said),
        foot=FOOT_PX,
        script=desk.static("plotly.js"),
        unit=t("score, 0 to 100; across: how much a brand’s inquiries weigh"),
        n=number,
        note=t(
            "Band and broken lines: where luck alone would leave %(inner)s and"
            " %(outer)s of 100 brands that treat people alike.",
            inner=inner,
            outer=outer,
        ),
        takes=desk.pictures(f"/industries/{slug}/funnel", family),
    )


def _level(share: float) -> str:
    """0.998 -> "99.8", 0.95 -> "95"."""
    tenths = round(1_000 * share)
    return words.decimal(tenths / 10, 1 if tenths % 10 else 0)


class Scale:
    """Sizes across on a scale of logarithms, scores up."""

    def __init__(self, said: dict[str, Any]) -> None:
        sizes = [line[0] for line in said["limits"]]
        first, last = log(sizes[0]), log(sizes[-1])
        self.left: float = first - (last - first) * EDGE
        self.reach: float = (last - first) * (1 + 2 * EDGE)
        heights: list[float] = [row[1] for row in said["brands"]]
        heights += [end for line in said["limits"] for end in line[1:]]
        step = 5 if max(heights) - min(heights) < 25 else 10
        step = step if max(heights) - min(heights) <= 60 else 20
        self.low = max(0, step * floor(min(heights) / step))
        self.high = min(100, step * ceil(max(heights) / step))
        self.levels = range(self.low, self.high + 1, step)

    def x(self, size: float) -> float:
        return round(100 * (log(size) - self.left) / self.reach, 2)

    def y(self, score: float) -> float:
        return round(TALL * (self.high - score) / (self.high - self.low), 1)

    def ticks(self) -> list[int]:
        """1, 2 and 5 times the powers of ten that the scale reaches."""
        every = (first * 10**power for power in range(7) for first in (1, 2, 5))
        return [size for size in every if 0 <= self.x(size) <= 100]


def _marks(desk: Desk, said: dict[str, Any]) -> tuple[Mark, ...]:
    scale = Scale(said)
    marks: list[Mark] = []
    for level in scale.levels:
        y = scale.y(level)
        marks += [
            Line(x1=0, y1=y, x2=100, y2=y, look="mark-grid"),
            Words(x=0, dx=-8, y=y + 4, text=str(level), look="mark-soft", anchor="end"),
        ]
    marks += [
        Words(x=scale.x(size), y=TALL + 17, text=words.number(size), look="mark-soft",
              anchor="middle")
        for size in scale.ticks()
    ]  # fmt: skip
    marks += [
        Words(x=0, y=TALL + y, text=t(axis), look="mark-soft")
        for y, axis in zip(AXES_PX, AXES, strict=True)
    ]
    marks += funnel_key.marks(said["mean"], TALL)
    marks += _limits(scale, said)
    mean = scale.y(said["mean"])
    marks.append(Line(x1=0, y1=mean, x2=100, y2=mean, look="mark-line"))
    marks += [
        Spot(
            x=scale.x(size),
            y=scale.y(score),
            r=5,
            look=LOOKS[abs(beyond)],
            says=_says(desk, slug, score, beyond),
        )
        for slug, score, size, beyond in said["brands"]
    ]
    return tuple(marks)


def _limits(scale: Scale, said: dict[str, Any]) -> list[Mark]:
    """The band of the inner limits, broken lines for the outer."""

    def path(ends: Sequence[tuple[float, float]], look: str, **more: bool) -> Path:
        points = " ".join(f"{scale.x(size)},{scale.y(end)}" for size, end in ends)
        return Path(y=0, height=TALL, points=points, look=look, **more)

    lines = said["limits"]
    lower = [(line[0], line[1]) for line in lines]
    upper = [(line[0], line[3]) for line in lines]
    return [
        path([*lower, *upper[::-1]], "mark-band", filled=True),
        path([(line[0], line[2]) for line in lines], "mark-edge"),
        path([(line[0], line[4]) for line in lines], "mark-edge"),
    ]


def _says(desk: Desk, slug: str, score: float, beyond: int) -> str:
    name = desk.book.names.get(slug, slug)
    return words.titled(name, f"{words.whole(score)}, {_beside(beyond)}")


def _beside(beyond: int) -> str:
    if beyond == 0:
        return t("within what luck does")
    level = words.exact(_levels()[abs(beyond) - 1])
    if beyond > 0:
        return t("above the limit of %(level)s", level=level)
    return t("below the limit of %(level)s", level=level)


def _figure(desk: Desk, said: dict[str, Any]) -> dict[str, Any]:
    lines = said["limits"]
    sizes = [line[0] for line in lines]

    def line(place: int, **look: Any) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "x": sizes,
            "y": [each[place] for each in lines],
            "hoverinfo": "skip",
            "line": {"color": "var(--edge)", "width": 1, "dash": "4px,4px"},
            **look,
        }

    scale = Scale(said)
    bare: dict[str, Any] = {"color": "var(--tone-3)", "width": 0}
    mean = {"color": "var(--tone-1)", "width": 2}
    across = [exp(scale.left), exp(scale.left + scale.reach)]
    axis = {"fixedrange": True, "zeroline": False, "gridcolor": "var(--rule)"}
    brands = said["brands"]
    return {
        "data": [
            line(1, line=bare),
            line(3, line=bare, fill="tonexty", fillcolor="var(--band)"),
            line(2),
            line(4),
            line(1, x=across, y=[said["mean"]] * 2, line=mean),
            {
                "type": "scatter",
                "mode": "markers",
                "x": [row[2] for row in brands],
                "y": [row[1] for row in brands],
                "customdata": [
                    plain(_says(desk, slug, score, beyond))
                    for slug, score, _, beyond in brands
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {
                    "size": 10,
                    "color": [COLORS[abs(row[3])] for row in brands],
                    "line": {
                        "color": [EDGES[abs(row[3])] for row in brands],
                        "width": 1.5,
                    },
                },
            },
        ],
        "layout": {
            "annotations": [
                *(
                    funnel_key.annotation(t(axis), y)
                    for y, axis in zip(AXES_PX, AXES, strict=True)
                ),
                *funnel_key.annotations(said["mean"]),
            ],
            "shapes": funnel_key.shapes(),
            "xaxis": {
                "type": "log",
                "range": [scale.left / log(10), (scale.left + scale.reach) / log(10)],
                "tickvals": scale.ticks(),
                "ticktext": [words.number(size) for size in scale.ticks()],
                **axis,
                "showgrid": False,
            },
            "yaxis": {
                "range": [scale.low, scale.high],
                "tickvals": list(scale.levels),
                **axis,
            },
        },
    }


def _line(desk: Desk, brand: Standing | None, row: list[Any]) -> tuple[Cell, ...]:
    slug, score, size, beyond = row
    inquiries = brand.inquiries if brand else 0
    ends = brand and words.span(brand.score_low or 0, brand.score_high or 0)
    return (
        Cell(text=brand.name if brand else slug, url=desk.brand(slug)),
        Cell(text=str(words.whole(score)), number=True, note=ends or ""),
        Cell(
            text=words.number(round(size)),
            number=True,
            note=t(
                "of %(inquiries)s",
                inquiries=words.counted(inquiries, "inquiry", "inquiries"),
            ),
        ),
        Cell(text=_beside(beyond)),
    )


def industry_table(desk: Desk, slug: str) -> Data:
    """A line for each ranked brand, then one for each size at which the limits are
    drawn; those have no slug. Raises NotHere."""
    desk.book.industry_known(slug)
    rows: list[tuple[Any, ...]] = []
    for (topic, family, _), said in desk.book.details(Level.INDUSTRY, slug).items():
        if topic == "funnel":
            mean = said["mean"]
            rows += [
                (brand, desk.book.names.get(brand), family, score, size, beyond, mean,
                 *(None,) * 4)
                for brand, score, size, beyond in said["brands"]
            ]  # fmt: skip
            rows += [
                (None, None, family, None, size, None, mean, low, high, lowest, highest)
                for size, low, lowest, high, highest in said["limits"]
            ]
    return Data(COLUMNS, tuple(rows), desk.about())
