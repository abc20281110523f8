"""How response curves are drawn: shares of 100 up, the time waited along, each step a
multiple of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from model.words import DAY
from scoring.method import METHOD
from web import words
from web.drawing import lowered
from web.parts import Line, Mark, Path, Spot, Words
from web.tongue import t

HOUR = 3_600
TIMES: tuple[int, ...] = METHOD.curve_times.value
TICKS = (60, 600, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY)
LEVELS = (0, 25, 50, 75, 100)
HEAD_PX, FOOT_PX = 20, 22
"""Room for the names of the limits above, and for those of times below."""
TALL, LOW, NAME_PX, GAP_PX = 240, 120, 26, 12
"""Pixels: a curve that stands alone, one of several, the line with its name, and what
is left free below it."""
ANCHORS = (("end", -2.0), ("middle", 0.0), ("start", 2.0))
"""Of the three limits: so that they keep apart where they are near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Shares from 0 to 1, one a time; ``inside`` of them within the horizon. ``low``
    and ``high`` are empty where there is no band. ``seen``: how many of ``n`` were
    still watched, one a time beyond the horizon."""

    name: str
    n: int
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    seen: tuple[int, ...]
    inside: int
    limits: tuple[int, int, int]
    median: int | None
    p90: int | None
    answered_only: bool

    @property
    def times(self) -> tuple[int, ...]:
        return TIMES[: len(self.share)]

    @property
    def point(self) -> int | None:
        """Seconds of the typical wait; None where it is not known or the axis begins
        after it."""
        return self.median if self.median and self.median >= TIMES[0] else None

    def known(self) -> list[tuple[int, float]]:
        """Times and shares within the horizon, and the typical waits among them: half
        had an answer by the one, nine in ten by the other."""
        waits = ((self.median, 0.5), (self.p90, 0.9))
        typical = {
            wait: share for wait, share in waits if wait and wait not in self.times
        }
        inside = zip(self.times[: self.inside], self.share, strict=False)
        first = TIMES[0]
        return sorted(
            (time, share)
            for time, share in [*inside, *typical.items()]
            if time >= first
        )

    def late(self) -> list[tuple[int, float]]:
        """The dotted part, from the horizon on."""
        return list(zip(self.times, self.share, strict=True))[self.inside - 1 :]


def short(seconds: int) -> str:
    """A time beside an axis: "10 min", "72 h", "7 d"."""
    if seconds < HOUR:
        return f"{seconds // 60}{words.NBSP}min"
    if seconds <= 3 * DAY:
        return f"{seconds // HOUR}{words.NBSP}h"
    return t("%(n)s\u00a0d", n=seconds // DAY)


def _tick(seconds: int) -> str:
    return t("%(n)s\u00a0d", n=seconds // DAY) if seconds >= DAY else short(seconds)


def across(seconds: int) -> float:
    """Of the width, 0 to 100."""
    return round(100 * log(seconds / TIMES[0]) / log(TIMES[-1] / TIMES[0]), 2)


def panel(
    curve: Curve,
    height: int,
    beside: Sequence[tuple[int, float]] = (),
    others: Sequence[Curve] = (),
) -> tuple[Mark, ...]:
    """A curve with its band, axes and limits: HEAD_PX, ``height`` and FOOT_PX tall.
    ``beside``: another line to compare it with; ``others`` stand behind it."""
    foot = HEAD_PX + height

    def up(share: float) -> float:
        return round(height * (1 - share), 1)

    def path(points: Sequence[tuple[int, float]], look: str, **more: bool) -> Path:
        at = " ".join(f"{across(time)},{up(share)}" for time, share in points)
        return Path(y=HEAD_PX, height=height, points=at, look=look, **more)

    marks: list[Mark] = []
    for level in LEVELS:
        y = HEAD_PX + up(level / 100)
        marks += [
            Line(x1=0, y1=y, x2=100, y2=y, look="mark-grid"),
            Words(x=0, dx=-8, y=y + 4, text=str(level), look="mark-soft", anchor="end"),
        ]
    marks += _times(curve, foot)
    if curve.low:
        marks.append(path(_outline(curve), "mark-band", filled=True))
    marks += (path(other.known(), "mark-other") for other in others)
    if beside:
        marks.append(path(beside, "mark-line mark-beside"))
    marks.append(path(curve.known(), "mark-line"))
    if len(curve.share) > curve.inside:
        marks.append(path(curve.late(), "mark-dotted"))
    for seconds, share, look, says in spots(curve):
        y = HEAD_PX + up(share)
        marks.append(Spot(x=across(seconds), y=y, r=4.5, look=look, says=says))
    return tuple(marks)


def stack(
    curves: Sequence[tuple[str, Curve]], *, behind: bool = False
) -> tuple[tuple[Mark, ...], int]:
    """One panel below the other under its name, on the same axis, and how tall all of
    them are. ``behind``: the lines of all others are in each."""
    marks: list[Mark] = []
    top = 0
    for name, curve in curves:
        others = [each for _, each in curves if behind and each is not curve]
        marks.append(Words(x=0, y=top + NAME_PX - 8, text=name))
        marks += (
            lowered(mark, top + NAME_PX) for mark in panel(curve, LOW, others=others)
        )
        top += NAME_PX + HEAD_PX + LOW + FOOT_PX + GAP_PX
    return tuple(marks), top


def _times(curve: Curve, foot: int) -> list[Mark]:
    """The limits as upright lines with their names above, other times below."""
    marks: list[Mark] = []
    for seconds, (anchor, dx) in zip(curve.limits, ANCHORS, strict=True):
        x = across(seconds)
        marks += [
            Line(x1=x, y1=HEAD_PX, x2=x, y2=foot, look="mark-edge"),
            Words(x=x, dx=dx, y=HEAD_PX - 6, text=short(seconds), anchor=anchor),
        ]
    for tick in TICKS:
        marks.append(
            Words(
                x=across(tick),
                y=foot + 17,
                text=_tick(tick),
                look="mark-soft",
                anchor="middle",
            )
        )
    return marks


def _outline(curve: Curve) -> list[tuple[int, float]]:
    """Around the band: along its foot and back along its head."""
    there = list(zip(curve.times, curve.low, strict=True))
    back = list(zip(curve.times, curve.high, strict=True))
    return there + back[::-1]


def spots(curve: Curve) -> list[tuple[int, float, str, str]]:
    """Seconds, share, look and words of the points that stand elsewhere on the page:
    the three shares, and the typical wait."""
    found = [
        (time, curve.share[at], "mark-spot", said(curve, at))
        for at, time in enumerate(curve.times)
        if time in curve.limits and not curve.answered_only
    ]
    if curve.point:
        wait = words.duration(curve.point)
        half = t("Half had an answer after %(wait)s", wait=wait)
        if curve.answered_only:
            half = t("Half had an answer after %(wait)s, of those answered", wait=wait)
        found.append((curve.point, 0.5, "mark-spot--this", half))
    return found


def dashes(industries: int) -> tuple[str, ...]:
    """What the line is that an industry's is compared with, in the page and in the
    picture alike."""
    return (
        t(
            "The dashed grey line is the mean of %(count)s industries, each counted"
            " once.",
            count=words.number(industries),
        ),
    )


def of_hundred(share: float) -> str:
    """With one decimal: 0.4123 -> 41.2."""
    return words.decimal(int(share * 1_000 + 0.5) / 10)


def _of(curve: Curve, share: float) -> str:
    """ "of 100" is said of people who wrote, and of nobody else."""
    if curve.answered_only:
        return t("%(share)s\u00a0%% of the answered", share=of_hundred(share))
    return t("%(share)s of 100", share=of_hundred(share))


def said(curve: Curve, at: int) -> str:
    """The point as a sentence, for who points at it."""
    figure = _of(curve, curve.share[at])
    if curve.low:
        figure = t(
            "%(share)s of 100 (%(low)s to %(high)s)",
            share=of_hundred(curve.share[at]),
            low=of_hundred(curve.low[at]),
            high=of_hundred(curve.high[at]),
        )
    wait = words.duration(curve.times[at])
    if at >= curve.inside:
        return t("Within %(wait)s: %(figure)s, an estimate", wait=wait, figure=figure)
    return _within(wait, figure)


def _within(wait: str, figure: str) -> str:
    return t("Within %(wait)s: %(figure)s", wait=wait, figure=figure)


def figure(
    curve: Curve, height: int, beside: Sequence[tuple[int, float]] = ()
) -> dict[str, Any]:
    """Plotly's figure of the same panel."""
    data: list[dict[str, Any]] = []
    if curve.low:
        data += [
            _band(curve.times, curve.low, {}),
            _band(
                curve.times,
                curve.high,
                {"fill": "tonexty", "fillcolor": "var(--band)"},
            ),
        ]
    if beside:
        data.append(_line(beside, "--soft", [], dash="6px,4px", width=1.5))
    told = {time: said(curve, at) for at, time in enumerate(curve.times)}
    known = curve.known()
    typical = [_of(curve, share) for _, share in known]
    texts = [
        told.get(time, _within(words.duration(time), other))
        for (time, _), other in zip(known, typical, strict=True)
    ]
    data.append(_line(known, "--tone-1", texts))
    if len(curve.share) > curve.inside:
        late = curve.late()
        texts = [told[time] for time, _ in late]
        data.append(_line(late, "--tone-1", texts, dash="2px,5px"))
    data += [
        _spot(seconds, share, look, says) for seconds, share, look, says in spots(curve)
    ]
    return {"data": data, "layout": _layout(curve, height)}


def _band(
    times: Sequence[int], ends: Sequence[float], more: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(times),
        "y": [_hundred(end) for end in ends],
        "line": {"width": 0, "color": "var(--tone-3)"},
        "hoverinfo": "skip",
        **more,
    }


def _line(
    points: Sequence[tuple[int, float]],
    colour: str,
    texts: Sequence[str],
    dash: str = "solid",
    width: float = 2,
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "x": [time for time, _ in points],
        "y": [_hundred(share) for _, share in points],
        "line": {"color": f"var({colour})", "width": width, "dash": dash},
    }
    if not texts:
        return {**made, "hoverinfo": "skip"}
    return {
        **made,
        "customdata": list(texts),
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _spot(seconds: int, share: float, look: str, says: str) -> dict[str, Any]:
    colour = "var(--accent)" if look.endswith("this") else "var(--tone-2)"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [seconds],
        "y": [_hundred(share)],
        "customdata": [says],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": colour,
            "size": 9,
            "line": {"color": "var(--paper)", "width": 1},
        },
    }


def _hundred(share: float) -> float:
    return round(100 * share, 2)


def _layout(curve: Curve, height: int) -> dict[str, Any]:
    """One axis for every curve of the site, so that two can be laid side by side."""
    return {
        "shapes": [
            {
                "type": "line",
                "xref": "x",
                "yref": "y domain",
                "x0": limit,
                "x1": limit,
                "y0": 0,
                "y1": 1,
                "line": {"color": "var(--edge)", "width": 1, "dash": "4px,4px"},
            }
            for limit in curve.limits
        ],
        "annotations": [
            {
                "text": short(limit),
                "showarrow": False,
                "xref": "x",
                "x": round(log(limit, 10), 4),
                "xanchor": {"end": "right", "middle": "center", "start": "left"}[
                    anchor
                ],
                "yref": "y domain",
                "y": 1,
                "yanchor": "bottom",
                "borderpad": 0,
            }
            for limit, (anchor, _) in zip(curve.limits, ANCHORS, strict=True)
        ],
        "xaxis": {
            "type": "log",
            "range": [round(log(TIMES[0], 10), 4), round(log(TIMES[-1], 10), 4)],
            "tickvals": list(TICKS),
            "ticktext": [_tick(tick) for tick in TICKS],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "range": [0, 100],
            "domain": [0, round(1 - HEAD_PX / (HEAD_PX + height), 4)],
            "tickvals": list(LEVELS),
            "fixedrange": True,
            "gridcolor": "var(--rule)",
            "zeroline": False,
        },
    }
