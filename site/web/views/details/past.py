"""A brand's score over the editions, up to the one that is read: a later one changes
nothing in it, and what was counted otherwise is not set beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from model.rows import Edition, Standing
from scoring.method import METHOD
from store import Past
from web import build, words
from web.desk import Desk
from web.drawing import drawing
from web.parts import Drawing, Line, Mark, Path, Spot, Words
from web.tongue import t

TALL, FOOT_PX = 180, 22
LEVELS = (0, 25, 50, 75, 100)
MOST = 12
"""Editions of one drawing: three years of quarters."""
NAMED = 5
"""Names of editions that stand side by side on a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One edition; ``score``, ``low`` and ``high`` None: it gave no score."""

    name: str
    score: float | None
    low: float | None
    high: float | None
    says: str
    here: bool


def drawn(desk: Desk, row: Standing, told: Sequence[Past]) -> Drawing | None:
    """``told``: the brand's standings of all editions, oldest first. None where fewer
    than two of them have a score in its family."""
    points = _points(desk.book.edition, row, told)
    if sum(point.score is not None for point in points) < 2:
        return None
    path = f"/brands/{row.slug}"
    return drawing(
        f"past-{row.family}",
        name=row.name,
        of=t(
            "Score, of 100, %(where)s, edition by edition",
            where=words.family_place(row.family),
        ),
        marks=_marks(points),
        height=TALL + FOOT_PX,
        cite=desk.cite(row.name, path),
        figure=_figure(points),
        foot=FOOT_PX,
        script=desk.static("plotly.js"),
        unit=t("score, of 100"),
        n=t(
            "%(inquiries)s in this edition",
            inquiries=words.counted(row.inquiries, "inquiry", "inquiries"),
        ),
        note=t(
            "Bars: %(sure)s intervals, each edition by itself. Editions that count"
            " otherwise are left out.",
            sure=words.percent(METHOD.confidence.value),
        ),
        takes=desk.pictures(f"{path}/history", row.family),
    )


def _points(here: Edition, row: Standing, told: Sequence[Past]) -> list[Point]:
    """Oldest first; of two editions of one period the newer counts. One under another
    version of the method, or of other kinds of messages, is left out: what it differs
    by would be taken for the brand's doing."""
    assert here.id is not None
    found: dict[tuple[int, int], Point] = {}
    for edition, old in told:
        mine = edition.id == here.id
        before = (edition.id or 0) < here.id and not edition.provisional
        alike = (old.family, old.cut) == (row.family, row.cut)
        if alike and edition.method == here.method and (mine or before):
            found[edition.day_from, edition.day_to] = _point(edition, old, mine)
    return list(found.values())[-MOST:]


def _point(edition: Edition, old: Standing, mine: bool) -> Point:
    score = build.score(old)
    said = words.status(old)
    if score is not None:
        inquiries = words.counted(old.inquiries, "inquiry", "inquiries")
        said = f"{score.text} ({score.interval}), {inquiries}"
    return Point(
        name=edition.name,
        score=old.score if score else None,
        low=old.score_low if score else None,
        high=old.score_high if score else None,
        says=words.titled(edition.name, said),
        here=mine,
    )


def _up(score: float) -> float:
    return round(TALL * (1 - score / 100), 1)


def _named(points: Sequence[Point]) -> list[int]:
    """Places whose names fit, the last among them."""
    return list(range(len(points) - 1, -1, -ceil(len(points) / NAMED)))[::-1]


def _marks(points: Sequence[Point]) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for level in LEVELS:
        y = _up(level)
        marks += [
            Line(x1=0, y1=y, x2=100, y2=y, look="mark-grid"),
            Words(x=0, dx=-8, y=y + 4, text=str(level), look="mark-soft", anchor="end"),
        ]
    across = [round(100 * (at + 0.5) / len(points), 2) for at in range(len(points))]
    marks += (
        Words(x=across[at], y=TALL + 17, text=points[at].name, look="mark-soft",
              anchor="middle")
        for at in _named(points)
    )  # fmt: skip
    scored = [
        (x, point)
        for x, point in zip(across, points, strict=True)
        if point.score is not None
    ]
    way = " ".join(f"{x},{_up(point.score or 0)}" for x, point in scored)
    marks.append(Path(y=0, height=TALL, points=way, look="mark-other"))
    for x, point in scored:
        low, high = _up(point.low or 0), _up(point.high or 0)
        look = "mark-spot--this" if point.here else "mark-spot"
        marks += [
            Line(x1=x, y1=high, x2=x, y2=low, look="mark-line"),
            Spot(x=x, y=_up(point.score or 0), r=4, look=look, says=point.says),
        ]
    return tuple(marks)


def _figure(points: Sequence[Point]) -> dict[str, Any]:
    """Plotly's figure of the same; an edition without a score is stepped over."""
    scored = [(at, point) for at, point in enumerate(points) if point.score is not None]
    scores = [point.score or 0.0 for _, point in scored]
    lows = [point.low or 0.0 for _, point in scored]
    highs = [point.high or 0.0 for _, point in scored]
    named = _named(points)
    still = {"fixedrange": True, "zeroline": False}
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [at for at, _ in scored],
                "y": scores,
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": _apart(highs, scores),
                    "arrayminus": _apart(scores, lows),
                    "color": "var(--tone-1)",
                    "thickness": 2,
                    "width": 0,
                },
                "customdata": [point.says for _, point in scored],
                "hovertemplate": "%{customdata}<extra></extra>",
                "line": {"color": "var(--edge)", "width": 1},
                "marker": {
                    "size": 8,
                    "color": [
                        "var(--accent)" if point.here else "var(--tone-2)"
                        for _, point in scored
                    ],
                    "line": {"color": "var(--paper)", "width": 1},
                },
            }
        ],
        "layout": {
            "xaxis": {
                **still,
                "range": [-0.5, len(points) - 0.5],
                "tickvals": named,
                "ticktext": [points[at].name for at in named],
                "showgrid": False,
            },
            "yaxis": {
                **still,
                "range": [0, 100],
                "tickvals": list(LEVELS),
                "gridcolor": "var(--rule)",
            },
        },
    }


def _apart(upper: Sequence[float], lower: Sequence[float]) -> list[float]:
    return [round(one - other, 4) for one, other in zip(upper, lower, strict=True)]
