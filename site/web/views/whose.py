"""Of which brand an address speaks, and in which family."""

from model.rows import Standing
from web import words
from web.desk import Desk
from web.errors import NotHere
from web.tongue import t


def standings_of(desk: Desk, slug: str) -> list[Standing]:
    """The brand in every family. Raises NotHere."""
    rows = desk.book.of_brand(slug)
    if not rows:
        raise NotHere(
            t("There is no brand “%(name)s” in this edition.", name=slug[:40])
        )
    return rows


def asked_for(desk: Desk, slug: str) -> Standing:
    """The brand in the family that the address names, or in its first. Raises
    NotHere."""
    family = desk.query.get("family")
    for row in standings_of(desk, slug):
        if family in (None, row.family):
            return row
    raise NotHere(
        t(
            "“%(name)s” has no figures %(where)s.",
            name=slug[:40],
            where=words.family_place(family or ""),
        )
    )
