"""Places: which brands one is surely above and below, pair by pair, and the ranges of a
whole industry in one picture."""

from collections.abc import Sequence
from typing import Any

from model.rows import Standing
from model.words import Level, Status
from scoring.method import METHOD
from web import build, words
from web.desk import Desk
from web.drawing import drawing, plain
from web.parts import Block, Cell, Drawing, Line, Link, Links, Mark, Rect, Table, Words
from web.tables import Data
from web.tongue import t, tn
from web.views.details.pairs import Against, against

LONG = 12
"""Names in a list before it is folded."""
NAMED = 100
"""Lines of a picture that have their name beside them; more get a thin line each."""
LINE_PX, THIN_PX = 22, 7
NAME_LETTERS = 16
AXIS_PX = 24
COLUMNS = ("slug", "family", "among", "industry", "other", "name", "stands")
RANGES = (
    "slug", "name", "family", "industry_rank_low", "industry_rank_high", "industry_of",
    "industry_placed", "score", "score_low", "score_high", "inquiries",
)  # fmt: skip


def in_industry(desk: Desk, row: Standing) -> Block | None:
    """Against the other ranked brands of its industry."""
    place = build.place(row, in_industry=True)
    if place is None or place.of < 2:
        return None
    name = desk.industry(row.industry)
    said = desk.book.details(Level.INDUSTRY, row.industry)
    return _block(
        desk,
        row,
        ident=f"places-industry-{row.family}",
        title=t("Against other brands in %(industry)s", industry=name),
        among=t(
            "in %(industry)s %(where)s",
            industry=name,
            where=words.family_place(row.family),
        ),
        counts=(row.industry_rank_low, row.industry_rank_high, row.industry_of),
        told=against(said.get(("places", row.family, "")), row.slug),
    )


def in_family(desk: Desk, row: Standing) -> Block | None:
    """Against all ranked brands of the family, wherever they work."""
    if build.place(row) is None or row.of == row.industry_of:
        return None  # an industry that is the whole table has said it already
    said = desk.book.details(Level.BRAND, "")
    where = words.family_place(row.family)
    return _block(
        desk,
        row,
        ident=f"places-family-{row.family}",
        title=t("Against all brands %(where)s", where=where),
        among=where,
        counts=(row.rank_low, row.rank_high, row.of),
        told=against(said.get(("places", row.family, "")), row.slug),
    )


def _block(
    desk: Desk,
    row: Standing,
    *,
    ident: str,
    title: str,
    among: str,
    counts: tuple[int | None, int | None, int | None],
    told: Against | None,
) -> Block:
    """``counts``: best place, worst place, brands; ``told``: None, no names."""
    low, high, of = (count or 0 for count in counts)
    return Block(
        id=ident,
        title=title,
        text=(_sentence(row.name, among, low, high, of), _pairs(row.name, high - low)),
        lists=_lists(desk, row, told) if told else (),
        links=desk.downloads(f"/brands/{row.slug}/places") if told else (),
    )


def _sentence(name: str, among: str, low: int, high: int, of: int) -> str:
    """ "3rd to 9th of 41" taken apart: who is above, who below, who neither."""
    return t(
        "%(name)s is %(places)s %(among)s. Of the %(others)s there, %(above)s surely"
        " above it, %(below)s surely below it, and %(open)s cannot be told apart from"
        " it.",
        name=name,
        places=words.places(low, high, of),
        among=among,
        others=words.counted(of - 1, "other ranked brand", "other ranked brands"),
        above=tn("%(n)s is", "%(n)s are", low - 1),
        below=tn("%(n)s is", "%(n)s are", of - high),
        open=words.number(high - low),
    )


def _pairs(name: str, open_: int) -> str:
    sure = t("All these statements together are as sure as the range of places is.")
    if open_ < 2:
        return sure
    each = t(
        "That %(name)s cannot be told apart from one brand, nor from another, says"
        " nothing of these two: each pair is judged by itself.",
        name=name,
    )
    return f"{sure} {each}"


def _lists(desk: Desk, row: Standing, told: Against) -> tuple[Links, ...]:
    return tuple(
        Links(
            label=f"{label} ({words.number(len(slugs))})",
            links=tuple(_link(desk, slug) for slug in slugs),
            none=none,
            folded=len(slugs) > LONG,
        )
        for label, none, slugs in (
            (t("Surely above it"), t("no brand is surely above it"), told.above),
            (
                t("Not to be told apart from it"),
                t("every other brand can be told apart from it"),
                told.open,
            ),
            (t("Surely below it"), t("no brand is surely below it"), told.below),
        )
    )


def _link(desk: Desk, slug: str) -> Link:
    return Link(desk.book.names.get(slug, slug), desk.url(f"/brands/{slug}"))


def brand_table(desk: Desk, slug: str) -> Data:
    """A line for each other brand of each table whose pairs are told by name. Raises
    NotHere."""
    desk.book.known(slug)
    rows: list[tuple[Any, ...]] = []
    for row in desk.book.of_brand(slug):
        for level, among, whose in (
            (Level.INDUSTRY, "industry", row.industry),
            (Level.BRAND, "family", ""),
        ):
            said = desk.book.details(level, whose).get(("places", row.family, ""))
            told = against(said, slug)
            if told is not None:
                key = (slug, row.family, among, row.industry)
                rows += [
                    (*key, other, desk.book.names.get(other, other), stands)
                    for stands, others in told.by_word()
                    for other in others
                ]
    return Data(COLUMNS, tuple(rows), desk.about())


def ranges(desk: Desk, slug: str, family: str) -> Block | None:
    """The ranges of all ranked brands of an industry, one line each."""
    rows = ranked(desk, slug, family)
    if len(rows) < 2:
        return None
    name, where = desk.industry(slug), words.family_place(family)
    return Block(
        id="ranges",
        title=t("How sure the places are"),
        text=(
            t(
                "Each line reaches from the best place to the worst that the data"
                " allow, at 95 % for all of them together. Where two lines share a"
                " place, look at the brand’s own page: it says which others it is"
                " surely above or below."
            ),
        ),
        drawing=_drawing(desk, rows, name, where, slug),
        table=_table(desk, rows, name, where),
        folded=True,
        links=desk.downloads(f"/industries/{slug}/places"),
    )


def ranked(desk: Desk, slug: str, family: str) -> list[Standing]:
    """Ranked brands of an industry, the highest score first."""
    here = [
        row
        for row in desk.book.listed.get(family, {}).values()
        if row.industry == slug and row.status == Status.RANKED
    ]
    return [row for row in desk.book.lines(here) if build.place(row, in_industry=True)]


def _drawing(
    desk: Desk, rows: Sequence[Standing], name: str, where: str, slug: str
) -> Drawing:
    step = LINE_PX if len(rows) <= NAMED else THIN_PX
    below = step * len(rows)
    marks: list[Mark] = [
        Line(x1=x, y1=0, x2=x, y2=below, look="mark-edge") for x in _thirds(len(rows))
    ]
    for at, row in enumerate(rows):
        marks += _line(row, at * step, step)
    ends = ((0.0, "start", 1), (100.0, "end", len(rows)))
    marks += [
        Words(
            x=x,
            y=below + AXIS_PX - 7,
            text=words.ordinal(place),
            look="mark-soft",
            anchor=anchor,
        )
        for x, anchor, place in ends
    ]
    return drawing(
        "ranges-drawing",
        name=t("%(name)s: places that the data allow", name=name),
        of=t(
            "%(brands)s %(where)s, 1st at the left",
            brands=words.counted(len(rows), "ranked brand", "ranked brands"),
            where=where,
        ),
        marks=tuple(marks),
        height=below + AXIS_PX,
        cite=desk.cite(name, f"/industries/{slug}"),
        room="names",
        figure=_figure(rows) if len(rows) <= NAMED else None,
        foot=AXIS_PX,
        script=desk.static("plotly.js"),
        unit=t("place"),
        n=words.counted(len(rows), "ranked brand", "ranked brands"),
        note=t(
            "Each line reaches from the best place to the worst that the data allow,"
            " %(sure)s sure for all of them together.",
            sure=words.percent(METHOD.confidence.value),
        ),
        takes=desk.pictures(f"/industries/{slug}/places", rows[0].family),
    )


def _thirds(of: int) -> tuple[float, ...]:
    """Where the upper third of the places ends and the lower one begins."""
    third = of // 3
    return (100 * third / of, 100 * (of - third) / of) if third else ()


def _line(row: Standing, top: float, step: int) -> list[Mark]:
    place = build.place(row, in_industry=True)
    assert place is not None
    thick = step - 10 if step == LINE_PX else step - 3
    found: list[Mark] = [
        Rect(
            x=place.left,
            y=top + (step - thick) / 2,
            width=place.width,
            height=thick,
            look="mark-range",
            says=words.titled(row.name, place.words),
        )
    ]
    if step == LINE_PX:
        found.insert(
            0,
            Words(
                x=0,
                dx=-8,
                y=top + step / 2 + 5,
                text=shortened(row.name),
                look="chart-label",
                anchor="end",
            ),
        )
        middle = top + step / 2
        found.insert(0, Line(x1=0, y1=middle, x2=100, y2=middle, look="mark-grid"))
    return found


def shortened(name: str) -> str:
    """A name that fits beside a drawing."""
    if len(name) <= NAME_LETTERS:
        return name
    return f"{name[: NAME_LETTERS - 1].rstrip()}…"


def _figure(rows: Sequence[Standing]) -> dict[str, Any]:
    """Plotly's: bars that begin where the best place does."""
    low = [(row.industry_rank_low or 1) - 1 for row in rows]
    high = [row.industry_rank_high or 1 for row in rows]
    texts = [
        words.places(best + 1, worst, len(rows))
        for best, worst in zip(low, high, strict=True)
    ]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": list(range(len(rows))),
                "base": low,
                "x": [worst - best for best, worst in zip(low, high, strict=True)],
                "customdata": [
                    words.titled(plain(row.name), text)
                    for row, text in zip(rows, texts, strict=True)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {"color": "var(--tone-2)"},
            }
        ],
        "layout": {
            "bargap": 0.45,
            "shapes": [
                {
                    "type": "line",
                    "xref": "paper",
                    "yref": "paper",
                    "x0": x / 100,
                    "x1": x / 100,
                    "y0": 0,
                    "y1": 1,
                    "line": {"color": "var(--edge)", "width": 1, "dash": "4px,4px"},
                }
                for x in _thirds(len(rows))
            ],
            "xaxis": {
                "range": [0, len(rows)],
                "tickvals": [0, len(rows)],
                "ticktext": [words.ordinal(1), words.ordinal(len(rows))],
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
            },
            "yaxis": {
                "range": [len(rows) - 0.5, -0.5],
                "tickvals": list(range(len(rows))),
                "ticktext": [plain(shortened(row.name)) for row in rows],
                "tickfont": {"size": 13, "color": "var(--ink)"},
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
            },
        },
    }


def _table(desk: Desk, rows: Sequence[Standing], name: str, where: str) -> Table:
    return Table(
        caption=t(
            "%(name)s: places %(where)s that the data allow, 95 %%",
            name=name,
            where=where,
        ),
        headings=(t("Brand"), t("Place"), t("Score, of 100")),
        rows=tuple(_cells(desk, row) for row in rows),
        narrow=True,
    )


def _cells(desk: Desk, row: Standing) -> tuple[Cell, ...]:
    place, score = build.place(row, in_industry=True), build.score(row)
    assert place is not None
    sure = t("surely in the %(third)s", third=place.third) if place.third else ""
    points = Cell(text=t(words.NOT_KNOWN))
    if score:
        points = Cell(text=score.text, number=True, note=words.aside(score.interval))
    return (
        Cell(text=row.name, url=desk.url(f"/brands/{row.slug}")),
        Cell(text=place.words, note=sure),
        points,
    )


def industry_table(desk: Desk, slug: str) -> Data:
    """Ranges of places in the industry, family by family. Raises NotHere."""
    desk.book.industry_known(slug)
    rows = tuple(
        tuple(_value(row, name) for name in RANGES)
        for family in desk.book.families
        for row in ranked(desk, slug, family)
    )
    return Data(RANGES, rows, desk.about())


def _value(row: Standing, name: str) -> Any:
    """'' is not known; 0 is a figure."""
    value = getattr(row, name)
    return None if value == "" else value
