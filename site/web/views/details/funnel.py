"""Funnel plots: the brands of an industry against what luck alone would do."""

from collections.abc import Sequence
from math import ceil, floor, log
from typing import Any

from model.words import Level
from scoring.method import METHOD
from web import words
from web.charts import annotation
from web.desk import Desk
from web.drawing import drawing
from web.parts import Block, Cell, Drawing, Line, Link, Mark, Path, Spot, Table, Words
from web.tables import Data

TALL = 260
"""Pixels from the foot of the picture to its head."""
FOOT_PX = 40
AXIS = "n_eff: what inquiries weigh"
EDGE = 0.06
"""Room left and right of the outermost brands, of the distance between them."""
LOOKS = ("mark-spot mark-spot--inside", "mark-spot", "mark-spot--this")
"""Of brands within the limits, beyond the first, beyond the second."""
COLORS = ("var(--paper)", "var(--tone-2)", "var(--accent)")
COLUMNS = (
    *("slug", "name", "family", "score", "n_eff", "beyond", "mean"),
    *("low_95", "high_95", "low_998", "high_998"),
)


def industry(desk: Desk, slug: str, family: str) -> Block | None:
    said = desk.book.details(Level.INDUSTRY, slug).get(("funnel", family, ""))
    if said is None:
        return None
    name, where = desk.book.industry_slugs[slug], words.family_place(family)
    return Block(
        id="funnel",
        title="More than luck?",
        text=_text(said, name),
        drawing=_drawing(desk, said, name, slug, family),
        table=Table(
            caption=f"{name} {where}: ranked brands beside the mean of their industry",
            headings=("Brand", "Score", "Weighs like", "Beside the mean"),
            rows=tuple(_line(desk, family, row) for row in said["brands"]),
        ),
        folded=True,
        links=(
            *desk.downloads(f"/industries/{slug}/funnel"),
            Link("How funnels are made", desk.url("/method") + "#funnel"),
        ),
    )


def _text(said: dict[str, Any], name: str) -> tuple[str, ...]:
    inner, outer = (words.number(round(1_000 * level)) for level in _levels())
    brands = said["brands"]
    outside = sum(row[3] != 0 for row in brands)
    luck = (1 - _levels()[0]) * len(brands)
    about = "fewer than one" if luck < 1 else f"about {words.number(round(luck))}"
    return (
        f"Each dot is a brand: its score, and to the right how much its inquiries"
        f" weigh, for many that come together say less than as many that come apart."
        f" If every brand treated people as those of {name} do on average"
        f" ({words.whole(said['mean'])} of 100), luck alone would leave {inner} of"
        f" 1,000 within the band and {outer} within the broken lines.",
        f"Outside the band {'is' if outside == 1 else 'are'} {words.number(outside)} of"
        f" {words.counted(len(brands), 'ranked brand')}; luck alone would put"
        f" {about} there. Brands do differ, so to lie outside is to differ from the"
        " mean for more reasons than luck, and no finding of anything else. The limits"
        " are not widened for that.",
    )


def _levels() -> tuple[float, float]:
    first, second = METHOD.funnel_levels.value
    return first, second


def _drawing(
    desk: Desk, said: dict[str, Any], name: str, slug: str, family: str
) -> Drawing:
    where = words.family_place(family)
    inner, outer = (100 * level for level in _levels())
    return drawing(
        "funnel-drawing",
        name=f"{name}: scores and luck",
        of=f"{words.counted(len(said['brands']), 'ranked brand')} {where}",
        marks=_marks(desk, said),
        height=TALL + FOOT_PX,
        cite=desk.cite(name, f"/industries/{slug}"),
        figure=_figure(desk, said),
        script=desk.static("plotly.js"),
        unit="score, 0 to 100; across: how much a brand’s inquiries weigh",
        n=words.counted(len(said["brands"]), "ranked brand"),
        note="Band and broken lines: where luck alone would leave"
        f" {inner:g} and {outer:g} of 100 brands that treat people alike.",
        takes=desk.pictures(f"/industries/{slug}/funnel", family),
    )


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
    marks.append(Words(x=0, y=TALL + 35, text=AXIS, look="mark-soft"))
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
    return f"{name}: {words.whole(score)}, {_beside(beyond)}"


def _beside(beyond: int) -> str:
    if beyond == 0:
        return "within what luck does"
    level = f"{100 * _levels()[abs(beyond) - 1]:g}{words.NBSP}%"
    return f"{'above' if beyond > 0 else 'below'} the limit of {level}"


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
            "line": {"color": "var(--edge)", "width": 1, "dash": "dash"},
            **look,
        }

    scale = Scale(said)
    bare: dict[str, Any] = {"color": "var(--tone-3)", "width": 0}
    mean = {"color": "var(--tone-1)", "width": 2}
    axis = {"fixedrange": True, "zeroline": False, "gridcolor": "var(--rule)"}
    brands = said["brands"]
    return {
        "data": [
            line(1, line=bare),
            line(3, line=bare, fill="tonexty", fillcolor="var(--band)"),
            line(2),
            line(4),
            line(1, y=[said["mean"]] * len(lines), line=mean),
            {
                "type": "scatter",
                "mode": "markers",
                "x": [row[2] for row in brands],
                "y": [row[1] for row in brands],
                "customdata": [
                    _plain(_says(desk, slug, score, beyond))
                    for slug, score, _, beyond in brands
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {
                    "size": 10,
                    "color": [COLORS[abs(row[3])] for row in brands],
                    "line": {"color": "var(--tone-2)", "width": 1.5},
                },
            },
        ],
        "layout": {
            "annotations": [
                annotation((AXIS,), 0, "top", -24, 0)
                | {"font": {"size": 12, "color": "var(--soft)"}}
            ],
            "xaxis": {
                "type": "log",
                "range": [scale.left / log(10), (scale.left + scale.reach) / log(10)],
                "tickvals": scale.ticks(),
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


def _plain(text: str) -> str:
    """Plotly reads its texts as a little HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _line(desk: Desk, family: str, row: list[Any]) -> tuple[Cell, ...]:
    slug, score, size, beyond = row
    brand = desk.book.brands[family].get(slug)
    inquiries = brand.inquiries if brand else 0
    ends = brand and words.span(brand.score_low or 0, brand.score_high or 0)
    return (
        Cell(text=brand.name if brand else slug, url=desk.brand(slug)),
        Cell(text=str(words.whole(score)), number=True, note=ends or ""),
        Cell(
            text=words.number(round(size)),
            number=True,
            note=f"of {words.counted(inquiries, 'inquiry', 'inquiries')}",
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
