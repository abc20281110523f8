"""What would move a brand up: answering more, or sooner, all else as it was."""

from model.rows import Standing
from model.words import Level
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data

CHANGES = {
    "now": "As it is",
    "more": "Ten more of 100 answered, as fast as it answers now",
    "sooner": "Every answer an hour sooner",
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
    first = (
        f"{CHANGES[best]} would help {row.name} most: the score would be"
        f" {words.whole(said[best][0])} instead of {words.whole(said['now'][0])}."
        if gains[best] >= 1
        else f"Neither would move the score of {row.name} by a point."
    )
    return Block(
        id=f"whatif-{row.family}",
        title="What would move it up",
        text=(
            f"{first} The same {words.counted(row.inquiries, 'inquiry', 'inquiries')}"
            " are counted, the other brands stand still, and nothing is forecast.",
        ),
        table=Table(
            caption=f"{row.name} {words.family_place(row.family)}, had it answered more"
            " or sooner",
            headings=("If", "Score", "Place by score alone"),
            rows=tuple(
                (
                    Cell(text=label),
                    Cell(
                        text=str(words.whole(said[name][0])),
                        number=True,
                        note=words.span(*said[name][1:3]),
                    ),
                    Cell(text=f"{words.ordinal(said[name][3])} of {said['of']}"),
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
