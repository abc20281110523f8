"""How much of a brand's accounts was watched, in a few words; the days have a page of
their own."""

from model.rows import Standing
from model.words import Level
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Link, Links, Table
from web.tongue import t
from web.views.details.days import COMPLETE, NOTHING, PARTLY, accounts, counts, days_of


def brand(desk: Desk, row: Standing) -> Block | None:
    said = desk.book.details(Level.BRAND, row.slug).get(("ledger", row.family, ""))
    kept = accounts(said)
    if not kept:
        return None
    edition, path = desk.book.edition, f"/brands/{row.slug}/coverage"
    rows = []
    for each in kept:
        found = counts(days_of(each["seen"], edition.day_from, edition.day_to))
        rows.append(
            (
                Cell(text=each["account"]),
                *(
                    Cell(text=words.number(found[state]), number=True)
                    for state in (COMPLETE, PARTLY, NOTHING)
                ),
            )
        )
    where = words.family_place(row.family)
    return Block(
        id=f"ledger-{row.family}",
        title=t("Days we watched"),
        lists=(
            Links(
                label=t("Day by day"),
                links=(
                    Link(
                        t("What we saw of %(name)s, and why not all", name=row.name),
                        desk.url(path),
                    ),
                ),
                none="",
            ),
        ),
        table=Table(
            caption=t(
                "Days of the period, UTC, that we saw of %(name)s %(where)s",
                name=row.name,
                where=where,
            ),
            headings=(t("Account"), t("In full"), t("In part"), t("Not at all")),
            rows=tuple(rows),
            narrow=True,
        ),
        links=desk.downloads(path),
    )
