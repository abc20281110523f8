"""How fast chosen brands answer, beside each other: a panel each, on one axis."""

from collections.abc import Sequence

from model.rows import Standing
from model.words import Level
from scoring.method import METHOD
from web import words
from web.desk import Desk
from web.drawing import drawing
from web.parts import Block, Drawing, Link
from web.tongue import t
from web.views.details.curve import read, side_by_side, titled
from web.views.details.curve_drawing import Curve, stack


def block(desk: Desk, rows: Sequence[Standing]) -> Block | None:
    """``rows``: the chosen brands in one family, in their order. None: fewer than two
    of them have a curve that can be laid beside another."""
    curves = _curves(desk, rows)
    if len(curves) < 2:
        return None
    family = rows[0].family
    where = words.family_place(family)
    return Block(
        id=f"curves-{family}",
        title=t("How fast an answer comes"),
        text=_text(rows, curves),
        drawing=_drawing(desk, curves, [row.slug for row in rows], family),
        table=side_by_side(
            curves, t("Of 100 who wrote %(where)s, answered by then", where=where)
        ),
        folded=True,
        links=tuple(
            Link(
                ending.upper(),
                desk.url(f"/compare/curve.{ending}", brands=_slugs(rows)),
            )
            for ending in ("csv", "json")
        ),
    )


def _slugs(rows: Sequence[Standing]) -> str:
    return ",".join(row.slug for row in rows)


def _curves(desk: Desk, rows: Sequence[Standing]) -> list[Curve]:
    """Those that count the unanswered too: the others end at 100 whatever is left
    unanswered, and would look best for it."""
    found = []
    for row in rows:
        key = ("curve", row.family, "")
        said = desk.book.details(Level.BRAND, row.slug).get(key)
        if said is not None:
            curve = read(row, row.name, said)
            if not curve.answered_only:
                found.append(curve)
    return found


def _text(rows: Sequence[Standing], curves: Sequence[Curve]) -> tuple[str, ...]:
    said = [
        t(
            "Of 100 people who write, how many have an answer by then? Each panel is"
            " one brand, with the others behind it as thin lines. The pale band is"
            " where its true share lies, %(sure)s sure at each moment by itself.",
            sure=words.percent(METHOD.confidence.value),
        )
    ]
    drawn = {curve.name for curve in curves}
    left = [row.name for row in rows if row.name not in drawn]
    if left:
        said.append(
            t(
                "Not drawn, because too little is known: %(brands)s.",
                brands=words.listed(left),
            )
        )
    return tuple(said)


def _drawing(
    desk: Desk, curves: Sequence[Curve], slugs: Sequence[str], family: str
) -> Drawing:
    where = words.family_place(family)
    marks, height = stack([(titled(curve), curve) for curve in curves], behind=True)
    name = words.listed([curve.name for curve in curves])
    asked = {"brands": ",".join(slugs)}
    edition = desk.book.edition.name
    return drawing(
        f"curves-{family}-drawing",
        name=name,
        of=t("Answered by then, of 100 inquiries %(where)s, by brand", where=where),
        marks=marks,
        height=height,
        cite=desk.cite(name, "/compare", **asked),
        unit=t("of 100 inquiries"),
        n=words.counted(sum(curve.n for curve in curves), "inquiry", "inquiries"),
        note=t(
            "Pale bands: %(sure)s intervals at each moment by itself. Thin lines: the"
            " other brands.",
            sure=words.percent(METHOD.confidence.value),
        ),
        takes=tuple(
            Link(
                ending.upper(),
                desk.at(edition, f"/compare/curve.{ending}", **asked, family=family),
            )
            for ending in ("svg", "png")
        ),
    )
