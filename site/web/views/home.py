"""/ : the leaderboard."""

import json

from web import tables, words
from web.book import Basis
from web.desk import Desk
from web.pages import HomePage
from web.tables import Data
from web.tongue import t
from web.views import listing


def home(desk: Desk) -> HomePage:
    family, industry = listing.family(desk), listing.industry(desk)
    rows = listing.brands(desk, industry)
    shown, pager = listing.paged(desk, rows)
    caption = t("Brands by how they answer %(where)s", where=words.family_place(family))
    return HomePage(
        frame=desk.frame("Brands"),
        title=t("Who answers?"),
        feed=desk.at("", "/feed.atom"),
        description=t(
            "Of a hundred people who write to a brand in public, how many get"
            " an answer, and how fast?"
        ),
        lede=t(
            "Of a hundred people who write to a brand in public, how many get an"
            " answer in the time people expect?"
        ),
        basis=basis(desk, family),
        filters=listing.filters(
            desk,
            "/",
            choose_industry=True,
            shown=words.counted(len(rows), "brand", "brands"),
        ),
        standings=listing.standings(desk, shown, caption, in_industry=bool(industry)),
        pager=pager,
        downloads=desk.downloads("/brands"),
    )


def basis(desk: Desk, family: str) -> str:
    """What the table stands on: brands, inquiries, kinds, months."""
    book = desk.book
    found = book.basis.get(family, Basis())
    when = words.period(book.edition.day_from, book.edition.day_to)
    said = t(
        "%(ranked)s of %(brands)s ranked, %(inquiries)s %(where)s, %(when)s.",
        ranked=words.number(found.ranked),
        brands=words.counted(found.brands, "brand", "brands"),
        inquiries=words.inquiries(found.inquiries),
        where=words.family_place(family),
        when=when,
    )
    return f"{said} {counts(cut_of(desk, family))}"


def cut_of(desk: Desk, family: str) -> str:
    """Which kinds the family's headline table counts: a ``Cut``, '' not said."""
    return str(json.loads(desk.book.edition.cuts or "{}").get(family, ""))


def counts(cut: str) -> str:
    if cut == "all":
        return t(
            "Messages of every kind count here, because most of these channels do not"
            " say what a message is."
        )
    return t("Only %(kinds)s count.", kinds=words.cut_words(cut)) if cut else ""


def table(desk: Desk) -> Data:
    """/brands.csv: every row of the leaderboard that the address chooses."""
    rows = desk.book.lines(listing.brands(desk, listing.industry(desk)))
    return tables.of_standings(rows, tables.BRANDS, desk.about())
