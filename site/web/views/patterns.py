"""/patterns: every component in every state, for those who build the site.

Not linked and not for search engines. The rows are made here, in the open, so that a
state nobody's data happens to be in can be looked at all the same.
"""

from typing import Any

from model.rows import Standing
from scoring.waits import Between
from web import build, charts, words
from web.desk import Desk
from web.drawing import drawing
from web.pages import PatternsPage
from web.parts import (
    Advice,
    Block,
    Cell,
    Fact,
    Filters,
    Group,
    Heading,
    Line,
    Link,
    Links,
    Option,
    Pager,
    Path,
    Rect,
    Row,
    Select,
    Spot,
    Standings,
    Table,
    Words,
)

HOUR, DAY = 3_600, 86_400
BLANK: dict[str, Any] = {
    "edition_id": 0,
    "level": "brand",
    "family": "social",
    "channel": "",
    "account": "",
    "slug": "pattern",
    "industry": "pattern",
    "cut": "all",
    "headline": True,
    "t1_s": HOUR,
    "t2_s": DAY,
    "t3_s": 3 * DAY,
    "coverage": 0.99,
}
RANKED: dict[str, Any] = {
    **BLANK,
    "name": "Kestrel Foods",
    "status": "ranked",
    "rank": 4,
    "rank_low": 3,
    "rank_high": 9,
    "of": 41,
    "score": 58.2,
    "score_low": 54.1,
    "score_high": 62.4,
    "inquiries": 2_318,
    "authors": 2_001,
    "share_t1": 0.41,
    "share_t1_low": 0.39,
    "share_t1_high": 0.43,
    "share_t2": 0.63,
    "share_t2_low": 0.6,
    "share_t2_high": 0.65,
    "share_t3": 0.67,
    "share_t3_low": 0.65,
    "share_t3_high": 0.69,
    "median_wait_s": 11_400,
    "p90_wait_s": None,
    "waits": "210,260,220,260,120,110,90,190,70,23,0,0,0,765",
}
WITHHELD: dict[str, Any] = {
    **BLANK,
    "score": None,
    "inquiries": 812,
    "authors": 700,
}

STATES: dict[str, Standing] = {
    "Ranked": Standing(**RANKED),
    "Surely in the upper third, one place": Standing(
        **{**RANKED, "name": "Halden Rail", "rank_low": 1, "rank_high": 1,
           "placed": "upper", "score": 91.4, "score_low": 89.8, "score_high": 93.0,
           "share_t1": 0.86, "share_t2": 0.95, "share_t2_low": 0.94,
           "share_t2_high": 0.96, "share_t3": 0.97, "median_wait_s": 480}
    ),
    "Tie: the first of two that cannot be told apart": Standing(
        **{**RANKED, "name": "Orso Mobile", "rank": 12, "rank_low": 10,
           "rank_high": 15, "score": 44.1, "score_low": 40.0, "score_high": 48.0}
    ),
    "Tie: the second of the two": Standing(
        **{**RANKED, "name": "Tern Energy", "rank": 12, "rank_low": 10,
           "rank_high": 15, "score": 44.1, "score_low": 39.6, "score_high": 48.4}
    ),
    "Nobody was answered": Standing(
        **{**RANKED, "name": "Cobalt Motors", "rank_low": 38, "rank_high": 41,
           "placed": "lower", "score": 0.0, "score_low": 0.0, "score_high": 1.6,
           "share_t1": 0.0, "share_t2": 0.0, "share_t2_low": 0.0,
           "share_t2_high": 0.02, "share_t3": 0.0, "share_t3_low": 0.0,
           "share_t3_high": 0.02, "median_wait_s": None}
    ),
    "Too few": Standing(
        **{**RANKED, "name": "Vale Insurance", "status": "too_few", "rank": None,
           "rank_low": None, "rank_high": None, "of": None, "inquiries": 38,
           "authors": 23, "score_low": 40.2, "score_high": 74.9,
           "share_t2_low": 0.47, "share_t2_high": 0.77}
    ),
    "A few days decide": Standing(
        **{**RANKED, "name": "Brisa Hotels", "status": "few_days", "rank": None,
           "rank_low": None, "rank_high": None, "of": None, "days": 4.2,
           "score_low": 31.0, "score_high": 82.0, "share_t2_low": 0.33,
           "share_t2_high": 0.86}
    ),
    "Low coverage": Standing(
        **{**WITHHELD, "name": "Fjord Retail", "status": "low_coverage",
           "coverage": 0.63}
    ),
    "Answered only": Standing(
        **{**WITHHELD, "name": "Lumen Post", "status": "answered_only",
           "median_wait_s": 5_400}
    ),
    "A long name": Standing(
        **{**RANKED, "name": "The Provincial and Metropolitan Association of"
           " Cooperative Electricity Undertakings of the North"}
    ),
    "A name from right to left": Standing(
        **{**RANKED, "name": "شركة الاتصالات الوطنية"}
    ),
}  # fmt: skip


def patterns(desk: Desk) -> PatternsPage:
    lines = tuple((state, _line(row)) for state, row in STATES.items())
    ranked = STATES["Ranked"]
    chart = charts.waits(
        ranked,
        "on social networks",
        "Kestrel Foods. Answerable, edition 2026-Q3 (July to September 2026), method 1."
        " https://answerable.example/editions/2026-Q3/brands/kestrel",
        "waits",
        desk.static("plotly.js"),
        (Link("SVG", "#waits"), Link("PNG", "#waits")),
    )
    hundred, place = build.hundred(ranked), build.place(ranked)
    assert chart is not None
    assert hundred is not None
    return PatternsPage(
        frame=desk.frame(),
        title="Patterns",
        description="Every component of this site in every state.",
        hidden=True,
        drawn=True,
        standings=_standings(lines),
        dots=build.dots(ranked),
        hundred=hundred,
        scores=tuple((state, build.score(row)) for state, row in STATES.items()),
        facts=(
            Fact(label="Place", value="3rd to 9th of 41", note="", place=place),
            Fact(label="Score", value="58", note="54–62", score=build.score(ranked)),
            Fact(label="Typical wait", value="3 h 10 min", note=""),
        ),
        chart=chart,
        pager=Pager(words="101 to 200 of 412 brands", previous="#main", next="#main"),
        filters=_filters(),
        table=Table(
            caption="A plain table",
            headings=("Name", "Number", "Words"),
            rows=(
                (
                    Cell(text="First", note="a note"),
                    Cell(text="1,234", number=True),
                    Cell(text="linked", url="#main"),
                ),
            ),
        ),
        advice=Advice(
            lead="Write on Bluesky.",
            rest="Answered within a day: Bluesky: 81 of 100 (78–84, 900 inquiries).",
        ),
        block=_block(desk),
        behind=Block(
            id="behind",
            title="A block behind its heading",
            text=("Opened by a finger, by a key, or by a search in the page.",),
            behind=True,
        ),
        downloads=(Link("CSV", "#main"), Link("JSON", "#main")),
    )


def _block(desk: Desk) -> Block:
    """A drawing with every kind of mark, its table folded behind a line."""
    marks = (
        Line(x1=0, y1=80, x2=100, y2=80, look="mark-grid"),
        Rect(x=10, y=20, width=60, height=30, look="mark-band", says="a band"),
        Path(
            y=5,
            height=40,
            points="0,40 60,20 100,0 100,40",
            look="mark-band",
            filled=True,
        ),
        Path(y=5, height=40, points="0,40 60,20 100,0", look="mark-line"),
        Path(y=5, height=40, points="0,35 60,30 100,15", look="mark-other"),
        Line(x1=10, y1=35, x2=70, y2=35, look="mark-line"),
        Line(x1=70, y1=35, x2=100, y2=35, look="mark-dotted"),
        Line(x1=40, y1=0, x2=40, y2=80, look="mark-edge"),
        Spot(x=70, y=35, r=5, look="mark-spot", says="a spot"),
        Spot(x=85, y=60, r=5, look="mark-spot--this", says="this one"),
        Words(x=0, y=96, text="0 h", look="mark-soft", anchor="middle"),
        Words(x=40, y=96, text="24 h", look="mark-soft", anchor="middle"),
    )
    return Block(
        id="block",
        title="A block",
        text=("A sentence before the drawing.",),
        lists=(
            Links(
                label="Surely above it (1)",
                links=(Link("Halden Rail", "#block"),),
                none="no brand is surely above it",
            ),
            Links(label="Surely below it (0)", links=(), none="no brand is"),
            Links(
                label="Not to be told apart from it (13)",
                links=(Link("Kestrel Foods", "#block"),),
                none="",
                folded=True,
            ),
        ),
        drawing=drawing(
            "every-mark",
            name="Kestrel Foods",
            of="every kind of mark",
            marks=marks,
            height=104,
            cite="Answerable, patterns",
            figure={
                "data": [
                    {
                        "type": "scatter",
                        "mode": "lines",
                        "x": [0, 24, 72],
                        "y": [0, 60, 80],
                        "line": {"color": "var(--tone-1)", "shape": "hv"},
                    }
                ],
                "layout": {},
            },
            script=desk.static("plotly.js"),
        ),
        table=Table(
            caption="The drawing's figures",
            headings=("Hour", *(f"Channel {at}" for at in range(1, 8))),
            rows=(
                (
                    Cell(text="24"),
                    *(Cell(text="60.1", number=True, note="51.2–69.9"),) * 7,
                ),
            ),
            narrow=True,
        ),
        folded=True,
        links=(Link("CSV", "#main"),),
    )


def _line(row: Standing) -> Row:
    return build.line(
        row,
        "#main",
        Link("Consumer goods", "#main"),
        wait_note=words.wait_within(row, _wait(row)),
    )


def _wait(row: Standing) -> Between:
    """As a curve would say it: nothing of answered conversations alone."""
    if row.status in ("answered_only", "low_coverage"):
        return Between(None, None)
    if row.median_wait_s is None:
        return Between(row.t3_s, None)
    return Between(row.median_wait_s * 3 // 4, row.median_wait_s * 4 // 3)


def _standings(lines: tuple[tuple[str, Row], ...]) -> Standings:
    headings = ("place", "brand", "score", "hundred", "wait", "inquiries")
    return Standings(
        caption="Every state of a row",
        headings=tuple(
            Heading(
                name=name,
                label=name.capitalize(),
                url="#main",
                sorted="ascending" if name == "wait" else "",
            )
            for name in headings
        ),
        groups=(
            Group(title="", rows=tuple(line for _, line in lines[:5])),
            Group(
                title="Listed, not ranked", rows=tuple(line for _, line in lines[5:])
            ),
        ),
        key=build.key([STATES["Ranked"]]),
        empty="No brand.",
    )


def _options() -> tuple[Option, ...]:
    return (
        Option(value="", text="All industries", chosen=False),
        Option(value="rail", text="Rail", chosen=True),
    )


def _filters() -> Filters:
    return Filters(
        action="/patterns",
        selects=(Select(name="industry", label="Industry", options=_options()),),
        sort="wait",
        chosen="Showing 7 brands in Rail, shortest typical wait first.",
        clear=Link("Show all industries", "#main"),
    )
