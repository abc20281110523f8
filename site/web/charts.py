"""The chart of waits: one drawing as SVG for everybody, and Plotly's figure of it.

The figure is written by hand rather than by the plotly package, which takes half a
second to import and adds a template of 6 kB; a test reads it with that package.
Colours are left to the script, which knows whether the reader's page is dark.
"""

import json
from textwrap import wrap
from typing import Any

from model.rows import Standing
from model.words import Status
from scoring.method import METHOD
from web import words
from web.parts import Bar, Caption, Cell, Chart, Link, Table
from web.tongue import t

NAME_LINE = 34
"""Characters of the first lines of a chart's title, which are bold, that fit a phone
360 pixels wide."""
LINE = 38
"""The same for its other lines."""
CITE_LINE = 44
"""The same for the citation, which is set smaller."""
TITLE_PX, BAR_PX, CITE_PX = 22, 30, 17
TOP_PX = 10
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
    head = wrap(row.name, NAME_LINE)
    title = (*head, *wrap(said, LINE))
    cited = tuple(wrap(cite, CITE_LINE))
    top = TITLE_PX * len(title) + TOP_PX
    longest = max(people for _, people, _ in found)
    bars = tuple(
        Bar(
            label=label,
            people=people,
            words=words.number(people),
            tone=tone,
            y=top + BAR_PX * index,
            width=100 * people / longest,
        )
        for index, (label, people, tone) in enumerate(found)
    )
    cite_y = top + BAR_PX * len(bars) + CITE_PX + 4
    return Chart(
        id=ident,
        title=title,
        says=t(
            "%(title)s. The table below has the same figures.", title=" ".join(title)
        ),
        bars=bars,
        left=-LABEL_PX,
        height=cite_y + CITE_PX * len(cited) - 6,
        cite=cited,
        cite_y=cite_y,
        figure=json.dumps(
            _figure(bars, title, len(head), cited), separators=(",", ":")
        ).replace("<", "\\u003c"),
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
        heads=len(head),
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


def _figure(
    bars: tuple[Bar, ...], title: tuple[str, ...], heads: int, cite: tuple[str, ...]
) -> dict[str, Any]:
    """Plotly's figure, laid out like the still drawing: title above, citation below,
    both as annotations, because a title of Plotly's own is cut off on a phone."""
    top = TITLE_PX * len(title) + TOP_PX
    bottom = CITE_PX * len(cite) + TOP_PX
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
            "height": top + BAR_PX * len(bars) + bottom,
            "margin": {"l": LABEL_PX, "r": FIGURE_PX, "t": top, "b": bottom, "pad": 6},
            "bargap": 0.27,
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "xaxis": {"visible": False, "fixedrange": True, "rangemode": "tozero"},
            "yaxis": {
                "autorange": "reversed",
                "fixedrange": True,
                "ticks": "",
                "showgrid": False,
                "zeroline": False,
            },
            "annotations": [
                annotation(title[:heads], 1, "bottom", top - TITLE_PX * heads),
                annotation(title[heads:], 1, "bottom", TOP_PX),
                annotation(cite, 0, "top", -TOP_PX),
            ],
        },
        "tones": [bar.tone for bar in bars],
    }


def annotation(
    lines: tuple[str, ...], y: int, anchor: str, shift: int, left: int = LABEL_PX
) -> dict[str, Any]:
    """Lines of text above (``y`` 1) or below (0) a figure of Plotly's."""
    return {
        "text": "<br>".join(_escaped(line) for line in lines),
        "showarrow": False,
        "align": "left",
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": -left,
        "yref": "paper",
        "y": y,
        "yanchor": anchor,
        "yshift": shift,
        "borderpad": 0,
    }


def _escaped(text: str) -> str:
    """Plotly reads its texts as a little HTML; a name must not be read so."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
