"""What would move a brand up: answering more, or sooner, all else as it was."""

from model.rows import Standing
from model.words import Level
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data
from web.tongue import mark, t

CHANGES = {
    "now": mark("As it is"),
    "more": mark("Ten more of 100 answered, as fast as it answers now"),
    "sooner": mark("Every answer an hour sooner"),
}
COLUMNS = (
    "slug",
    "family",
    "change",
    "score",
    "score_low",
    "score_high",
    "place",
    "of",
)


def brand(desk: Desk, row: Standing) -> Block | None:
    said = desk.book.details(Level.BRAND, row.slug).get(("whatif", row.family, ""))
    if said is None:
        return None
    gains = {
        name: said[name][0] - said["now"][0]
        for name in ("more", "sooner")
        if name in said
    }
    best = max(gains, key=lambda name: gains[name])
    first = t("Neither would move the score of %(name)s by a point.", name=row.name)
    if gains[best] >= 1:
        first = t(
            "%(change)s would help %(name)s most: the score would be %(new)s instead of"
            " %(old)s.",
            change=t(CHANGES[best]),
            name=row.name,
            new=words.whole(said[best][0]),
            old=words.whole(said["now"][0]),
        )
    same = t(
        "The same %(inquiries)s are counted, the other brands stand still, and nothing"
        " is forecast.",
        inquiries=words.counted(row.inquiries, "inquiry", "inquiries"),
    )
    return Block(
        id=f"whatif-{row.family}",
        title=t("What would move it up"),
        text=(f"{first} {same}",),
        table=Table(
            caption=t(
                "%(name)s %(where)s, had it answered more or sooner",
                name=row.name,
                where=words.family_place(row.family),
            ),
            headings=(t("If"), t("Score"), t("Place by score alone")),
            rows=tuple(
                (
                    Cell(text=t(label)),
                    Cell(
                        text=str(words.whole(said[name][0])),
                        number=True,
                        note=words.aside(words.span(*said[name][1:3])),
                    ),
                    Cell(text=words.places(said[name][3], said[name][3], said["of"])),
                )
                for name, label in CHANGES.items()
                if name in said
            ),
        ),
        links=desk.downloads(f"/brands/{row.slug}/whatif"),
    )


def table(desk: Desk, slug: str) -> Data:
    desk.book.known(slug)
    rows = tuple(
        (slug, family, name, *said[name], said["of"])
        for (topic, family, _), said in desk.book.details(Level.BRAND, slug).items()
        if topic == "whatif"
        for name in CHANGES
        if name in said
    )
    return Data(COLUMNS, rows, desk.about())
