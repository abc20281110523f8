"""The chart of waits: one drawing as SVG for everybody, and Plotly's figure of it.

The figure is written by hand rather than by the plotly package, which takes half a
second to import and adds a template of 6 kB; a test reads it with that package.
Colours are left to the script, which knows whether the reader's page is dark.
"""

import json
from typing import Any

from model.rows import Standing
from model.words import Status
from scoring.method import METHOD
from web import words
from web.parts import Bar, Caption, Cell, Chart, Link, Table
from web.tongue import t

BAR_PX, TOP_PX = 30, 10
"""Of a bar, and what is left free above the first."""
LABEL_PX, FIGURE_PX = 136, 56
"""Room for the words left of the bars and for the figures right of them. The style
sheet keeps the same room free around the still drawing, whose bars are percentages of
what is left: so its type is as large on a phone as on a desk."""


def bins(row: Standing) -> list[tuple[str, int, int]]:
    """Label, people and tone of each bar; the last, if any, had no answer in time.

    The bins come from the method and end at the family's horizon. An empty list: the
    edition holds no waits for this row.
    """
    if not row.waits:
        return []
    counts = [int(count) for count in row.waits.split(",")]
    ends = [end for end in METHOD.wait_bins.value if end <= row.t3_s]
    answered = counts[: len(ends)]
    found = [
        (words.bin_label(start, end), people, _tone(row, end))
        for start, end, people in zip([0, *ends], ends, answered, strict=False)
    ]
    if row.status != Status.ANSWERED_ONLY:
        silent = sum(counts[len(ends) :])
        found.append((t("no answer by then"), silent, 4))
    return found


def _tone(row: Standing, end: int) -> int:
    return 1 + (end > row.t1_s) + (end > row.t2_s)


def waits(
    row: Standing,
    where: str,
    cite: str,
    ident: str,
    script: str,
    takes: tuple[Link, ...] = (),
) -> Chart | None:
    """The chart of a standing's waits; None when there is nothing to draw."""
    found = bins(row)
    total = sum(people for _, people, _ in found)
    if not total:
        return None
    said = _said(row, where, total)
    longest = max(people for _, people, _ in found)
    bars = tuple(
        Bar(
            label=label,
            people=people,
            words=words.number(people),
            tone=tone,
            y=TOP_PX + BAR_PX * index,
            width=100 * people / longest,
        )
        for index, (label, people, tone) in enumerate(found)
    )
    figure = json.dumps(_figure(bars), separators=(",", ":"))
    return Chart(
        id=ident,
        says=t(
            "%(title)s. The table below has the same figures.",
            title=f"{row.name}. {said}",
        ),
        bars=bars,
        height=TOP_PX + BAR_PX * len(bars),
        cite=cite,
        figure=figure.replace("<", "\\u003c"),
        script=script,
        table=table(row, where),
        caption=Caption(
            name=row.name,
            of=said,
            unit=t("inquiries"),
            n=t(
                "%(inquiries)s from %(people)s",
                inquiries=words.counted(total, "inquiry", "inquiries"),
                people=words.counted(row.authors, "person", "people"),
            ),
        ),
        takes=takes,
    )


def _said(row: Standing, where: str, total: int) -> str:
    if row.status == Status.ANSWERED_ONLY:
        return t(
            "%(n)s answered inquiries %(where)s, by time to the first answer",
            n=words.number(total),
            where=where,
        )
    return t(
        "%(n)s inquiries %(where)s, by time to the first answer",
        n=words.number(total),
        where=where,
    )


def _figure(bars: tuple[Bar, ...]) -> dict[str, Any]:
    """Plotly's figure, laid out and as tall as the still drawing: its title and its
    citation stand around both, because a title of Plotly's own is cut off on a
    phone."""
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [bar.label for bar in bars],
                "x": [bar.people for bar in bars],
                "text": [bar.words for bar in bars],
                "customdata": [
                    words.counted(bar.people, "inquiry", "inquiries") for bar in bars
                ],
                "textposition": "outside",
                "textangle": 0,
                "cliponaxis": False,
                "hovertemplate": words.titled("%{y}", "%{customdata}")
                + "<extra></extra>",
                "marker": {"line": {"width": 1}},
            }
        ],
        "layout": {
            "height": TOP_PX + BAR_PX * len(bars),
            "margin": {"l": LABEL_PX, "r": FIGURE_PX, "t": TOP_PX, "b": 0, "pad": 5},
            "bargap": 0.27,
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "xaxis": {
                "visible": False,
                "fixedrange": True,
                "range": [0, max(bar.people for bar in bars)],
            },
            "yaxis": {
                "autorange": "reversed",
                "tickfont": {"size": 13, "color": "var(--ink)"},
                "fixedrange": True,
                "ticks": "",
                "showgrid": False,
                "zeroline": False,
            },
        },
        "tones": [bar.tone for bar in bars],
    }


def table(row: Standing, where: str) -> Table:
    """The same figures: per bar, and all answered up to its end."""
    found = bins(row)
    rows = []
    total = 0
    for label, people, tone in found:
        total += people
        so_far = words.number(total) if tone < 4 else ""
        rows.append(
            (
                Cell(text=label),
                Cell(text=words.number(people), number=True),
                Cell(text=so_far, number=True),
            )
        )
    return Table(
        caption=t(
            "Inquiries to %(name)s %(where)s by time to the first answer",
            name=row.name,
            where=where,
        ),
        headings=(t("Wait"), t("Inquiries"), t("Answered by then")),
        narrow=True,
        rows=tuple(rows),
    )
