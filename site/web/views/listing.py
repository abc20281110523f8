"""Tables of brands: the leaderboard, filtered and sorted by the address."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from model.rows import Standing
from model.words import Status
from store import Listed
from web import build, words
from web.desk import Desk
from web.errors import NotHere
from web.parts import Filters, Group, Heading, Link, Option, Pager, Select, Standings
from web.tongue import mark, t, tn
from web.views.details import crossing

PAGE = 100
"""Brands on one page."""

HEADINGS = (
    ("place", mark("Place"), "place"),
    ("brand", mark("Brand"), "name"),
    ("score", mark("Score"), "place"),
    ("hundred", mark("Of a hundred people"), "answered"),
    ("wait", mark("Typical wait"), "wait"),
    ("inquiries", mark("Inquiries"), "inquiries"),
)
"""Class of the column, its label, and the sort that its heading links to."""

LAST = float("inf")

Line = Listed | Standing
Row = TypeVar("Row", Listed, Standing)


def _wait(row: Line) -> float:
    """Known waits first, then "more than ...", then the withheld."""
    if row.median_wait_s is not None:
        return row.median_wait_s
    return 1e15 if words.wait_known(row) else LAST


KEYS: dict[str, Callable[[Line], Any]] = {
    "name": lambda row: 0,
    "answered": lambda row: LAST if row.share_t2 is None else -row.share_t2,
    "wait": _wait,
    "inquiries": lambda row: -row.inquiries,
}
"""What each sort orders by; the name breaks ties."""


def family(desk: Desk) -> str:
    """The family asked for, or the one with most ranked brands. Raises NotHere."""
    families = desk.book.families
    chosen = desk.query.get("family") or (families[0] if families else "social")
    if families and chosen not in families:
        raise NotHere(
            t(
                "This edition has no brands %(where)s. It has: %(families)s.",
                where=words.family_place(chosen),
                families=", ".join(families),
            )
        )
    return chosen


def industry(desk: Desk) -> str:
    """The industry asked for, '' for all. Raises NotHere for one not in the book."""
    slug = desk.query.get("industry", "")
    if slug and slug not in desk.book.industry_slugs:
        raise NotHere(
            t("There is no industry “%(name)s” in this edition.", name=slug[:40])
        )
    return slug


def brands(desk: Desk, slug: str = "") -> list[Listed]:
    """The family's brands, of one industry if named, in the order asked for."""
    rows = [
        row
        for row in desk.book.listed.get(family(desk), {}).values()
        if not slug or row.industry == slug
    ]
    if slug:
        rows.sort(key=_place_first)
    return sorted_by(desk.query.get("sort", ""), rows)


def sorted_by(sort: str, rows: Sequence[Row]) -> list[Row]:
    """The rows in the order that ``sort`` names; as they are, where it names none."""
    found = list(rows)
    key = KEYS.get(sort.removeprefix("-"))
    if key is not None:
        found.sort(key=lambda row: (key(row), row.name.casefold()))
    return found[::-1] if sort.startswith("-") else found


def _place_first(row: Listed) -> tuple[bool, float]:
    return (row.status != Status.RANKED, -(row.score or 0.0))


def paged(desk: Desk, rows: Sequence[Listed]) -> tuple[Sequence[Standing], Pager]:
    """The whole rows of the page asked for. Raises NotHere past the last."""
    page = int(desk.query.get("page", "1"))
    pages = max(1, -(-len(rows) // PAGE))
    if page > pages:
        raise NotHere(
            tn(
                "There is %(n)s page of this table, and no page %(page)s.",
                "There are %(n)s pages of this table, and no page %(page)s.",
                pages,
                page=page,
            )
        )
    start = (page - 1) * PAGE
    shown = desk.book.lines(rows[start : start + PAGE])
    of = words.counted(len(rows), "brand", "brands")
    if pages == 1:
        said = of
    else:
        last = words.number(start + len(shown))
        said = t(
            "%(first)s to %(last)s of %(brands)s",
            first=words.number(start + 1),
            last=last,
            brands=of,
        )
    before = "" if page == 2 else str(page - 1)
    return shown, Pager(
        words=said,
        previous=desk.again(page=before) if page > 1 else "",
        next=desk.again(page=str(page + 1)) if page < pages else "",
    )


def standings(
    desk: Desk,
    rows: Sequence[Standing],
    caption: str,
    *,
    in_industry: bool,
) -> Standings:
    """``rows`` of one family."""
    waits = crossing.shortly(desk.book, rows)

    def line(row: Standing) -> Any:
        about = Link(
            desk.industry(row.industry), desk.url(f"/industries/{row.industry}")
        )
        return build.line(
            row,
            desk.url(f"/brands/{row.slug}"),
            None if desk.path.startswith("/industries/") else about,
            in_industry=in_industry,
            wait_note=waits[row.slug],
        )

    groups = tuple(
        Group(title=title, rows=tuple(line(row) for row in part))
        for title, part in _groups(desk, rows)
        if part
    )
    return Standings(
        caption=caption,
        headings=tuple(_heading(desk, *heading) for heading in HEADINGS),
        groups=groups,
        key=build.key(rows),
        empty=t("No brand of this edition is in this part of the table."),
    )


def _groups(
    desk: Desk, rows: Sequence[Standing]
) -> list[tuple[str, Sequence[Standing]]]:
    """By place, the unranked stand below under a line of their own."""
    if desk.query.get("sort", "place") != "place":
        return [("", rows)]
    ranked = [row for row in rows if row.status == Status.RANKED]
    others = [row for row in rows if row.status != Status.RANKED]
    return [("", ranked), (t("Listed, not ranked"), others)]


def _heading(desk: Desk, name: str, label: str, sort: str) -> Heading:
    now = desk.query.get("sort", "place")
    chosen = now.removeprefix("-") == sort and name != "place"
    other = f"-{sort}" if now == sort else sort
    direction = _direction(sort, now.startswith("-")) if chosen else ""
    return Heading(
        name=name,
        label=t(label),
        url=desk.again(sort="" if other == "place" else other, page=""),
        sorted=direction,
    )


def _direction(sort: str, turned: bool) -> str:
    """As aria-sort says it: which way the figures of the column go."""
    rising = sort in ("name", "wait")
    return "ascending" if rising != turned else "descending"


def filters(desk: Desk, action: str, *, choose_industry: bool, shown: str) -> Filters:
    """Selects for what the address can say, and what it says now, in a sentence."""
    chosen_family, slug = family(desk), desk.query.get("industry", "")
    selects = [_families(desk, chosen_family)]
    if choose_industry:
        options = [("", t("All industries")), *desk.industries()]
        selects.insert(
            0,
            Select(
                name="industry",
                label=t("Industry"),
                options=tuple(
                    Option(value=value, text=text, chosen=value == slug)
                    for value, text in options
                ),
            ),
        )
    filtered = slug if choose_industry else ""
    return Filters(
        action=desk.url(action),
        selects=tuple(selects),
        sort=desk.query.get("sort", ""),
        chosen=_chosen(desk, chosen_family, filtered, shown),
        clear=Link(t("Show all industries"), desk.again(industry="", page=""))
        if filtered
        else None,
    )


def _families(desk: Desk, chosen: str) -> Select:
    return Select(
        name="family",
        label=t("Where"),
        options=tuple(
            Option(value=name, text=words.family_title(name), chosen=name == chosen)
            for name in desk.book.families
        ),
    )


SORTED = {
    "place": mark("best answered first"),
    "-place": mark("least answered first"),
    "name": mark("by name"),
    "-name": mark("by name, from Z to A"),
    "answered": mark("most answered in time first"),
    "-answered": mark("fewest answered in time first"),
    "wait": mark("shortest typical wait first"),
    "-wait": mark("longest typical wait first"),
    "inquiries": mark("most inquiries first"),
    "-inquiries": mark("fewest inquiries first"),
}


def _chosen(desk: Desk, chosen: str, slug: str, shown: str) -> str:
    order = t(SORTED[desk.query.get("sort", "place")])
    where = words.family_place(chosen)
    if slug:
        return t(
            "Showing %(shown)s in %(industry)s, written to %(where)s, %(order)s.",
            shown=shown,
            industry=desk.industry(slug),
            where=where,
            order=order,
        )
    return t(
        "Showing %(shown)s, written to %(where)s, %(order)s.",
        shown=shown,
        where=where,
        order=order,
    )
