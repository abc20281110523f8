"""/compare?brands=a,b,c: up to six brands side by side, and what of it is sure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from model.rows import Standing
from model.words import Level, Status
from web import build, tables, words
from web.book import best_first
from web.desk import Desk
from web.errors import NotHere
from web.pages import ComparePage, Contest, Found, Frame
from web.parts import Cell, Link, Standings, Table
from web.tables import Data
from web.tongue import t
from web.views import listing, search
from web.views.details import beside
from web.views.details.pairs import Against, against

MOST = 6
SUGGESTED = 8


def compare(desk: Desk) -> ComparePage:
    """Whoever follows an old or a long address still sees what can be shown of it, and
    what was left out. Raises NotHere where none of the brands is in this edition."""
    slugs, notices = _shown(desk)
    names = [desk.book.names[slug] for slug in slugs]
    added = desk.query.get("add", "")
    return ComparePage(
        frame=_frame(desk, slugs),
        title=t("%(names)s compared", names=words.listed(names))
        if names
        else t("Compare brands"),
        description=t(
            "Up to six brands side by side: how many people get an answer, how"
            " fast, and which differences are sure."
        ),
        hidden=bool(slugs or added),  # there are more comparisons than readers
        action=desk.url("/compare"),
        brands=",".join(slugs),
        add=added,
        full=len(slugs) >= MOST,
        most=words.number(MOST),
        says=_says(slugs),
        notices=notices,
        found=_found(desk, slugs, added),
        without=tuple(
            Link(name, _address(desk, [each for each in slugs if each != slug]))
            for slug, name in zip(slugs, names, strict=True)
        ),
        contests=tuple(_contests(desk, slugs)),
        downloads=_downloads(desk, slugs),
    )


def chosen(desk: Desk) -> list[str]:
    """The slugs of the address, each once, in its order: of tables and pictures, which
    are taken away and must have every brand that was asked for, or say so. Raises
    NotHere for a brand that this edition has not, and for too many."""
    slugs = list(_asked(desk))
    if len(slugs) > MOST:
        raise NotHere(
            t(
                "%(count)s brands are too many to compare; at most %(most)s.",
                count=len(slugs),
                most=MOST,
            )
        )
    for slug in slugs:
        desk.book.known(slug)
    return slugs


def _asked(desk: Desk) -> dict[str, str]:
    """Slug to what the address has, each once: capital letters are small ones there
    too, unless a slug has them."""
    parts = (part.strip() for part in desk.query.get("brands", "").split(","))
    found: dict[str, str] = {}
    for part in filter(None, parts):
        slug = part if part in desk.book.names else part.lower()
        found.setdefault(slug, part)
    return found


def _shown(desk: Desk) -> tuple[list[str], tuple[str, ...]]:
    """As many known brands as fit, and a sentence for each that is not among them.
    Raises NotHere where brands are asked for and none is known."""
    names, asked = desk.book.names, _asked(desk)
    known = [slug for slug in asked if slug in names]
    unknown = [typed for slug, typed in asked.items() if slug not in names]
    if unknown and not known:
        desk.book.known(unknown[0])
    notices = [
        t("There is no brand “%(name)s” in this edition.", name=typed[:40])
        for typed in unknown
    ]
    if len(known) > MOST:
        left = words.listed([names[slug] for slug in known[MOST:]])
        notices.append(
            t(
                "At most %(most)s brands are compared at once. Left out: %(names)s.",
                most=words.number(MOST),
                names=left,
            )
        )
    return known[:MOST], tuple(notices)


def _frame(desk: Desk, slugs: Sequence[str]) -> Frame:
    """Search engines are told the address of what is shown; readers' links keep what
    was asked for, for another edition may have it."""
    shown = replace(desk, query={**desk.query, "brands": ",".join(slugs)})
    return replace(desk.frame("Brands"), canonical=shown.frame().canonical)


def _says(slugs: Sequence[str]) -> str:
    if len(slugs) > 1:
        return ""
    if slugs:
        return t("Choose another brand, by name.")
    return t("Choose two brands or more, by name.")


def _address(desk: Desk, slugs: Iterable[str]) -> str:
    return desk.url("/compare", brands=",".join(slugs))


def _found(desk: Desk, slugs: Sequence[str], asked: str) -> tuple[Found, ...]:
    """Brands named like what was typed, each with the address that adds it."""
    if not asked or len(slugs) >= MOST:
        return ()
    found = []
    for one in search.hits(desk, asked):
        folder, _, slug = one.path.rpartition("/")
        if folder == "/brands" and slug not in slugs:
            url = _address(desk, [*slugs, slug])
            found.append(Found(name=one.name, url=url, about=one.about, why=one.why))
    return tuple(found[:SUGGESTED])


def _contests(desk: Desk, slugs: Sequence[str]) -> Iterable[Contest]:
    """Family by family: clocks differ between them."""
    for family in desk.book.families:
        here = desk.book.chosen(family, slugs)
        rows = list(here.values())
        if not rows:
            continue
        where = words.family_place(family)
        missing = [desk.book.names[slug] for slug in slugs if slug not in here]
        yield Contest(
            id=family,
            title=words.family_title(family),
            standings=_standings(desk, rows, where),
            speed=_speed(rows, where),
            sure=tuple(_pairs(desk, family, rows)),
            curves=beside.block(desk, rows),
            missing=t(
                "Not watched %(where)s: %(brands)s.",
                where=where,
                brands=words.listed(missing),
            )
            if missing
            else "",
        )


def _standings(desk: Desk, rows: Sequence[Standing], where: str) -> Standings:
    return listing.standings(
        desk,
        listing.sorted_by(desk.query.get("sort", ""), sorted(rows, key=best_first)),
        t("The chosen brands %(where)s", where=where),
        in_industry=False,
    )


def _speed(rows: Sequence[Standing], where: str) -> Table:
    """The three limits side by side, each share with its interval and n."""
    first = rows[0]
    limits = [words.limit(seconds) for seconds in build.limits(first)]
    return Table(
        caption=t(
            "Of 100 people who write %(where)s, how many have an answer within",
            where=where,
        ),
        headings=(t("Brand"), *limits, t("Inquiries")),
        rows=tuple(
            (
                Cell(text=row.name, note=words.status(row)),
                *(_share(row, at) for at in (1, 2, 3)),
                Cell(text=words.number(row.inquiries), number=True),
            )
            for row in rows
        ),
    )


def _share(row: Standing, at: int) -> Cell:
    share = build.share(row, at)
    if share is None:
        return Cell(text=t(words.NOT_KNOWN))
    return Cell(text=share.text, number=True, note=words.aside(share.interval))


def _pairs(desk: Desk, family: str, rows: Sequence[Standing]) -> Iterable[str]:
    ranked = [row for row in rows if row.status == Status.RANKED]
    for one, other in combinations(ranked, 2):
        seen = _seen(desk, family, one, other)
        if seen is None:
            continue
        if other.slug in seen.below:
            yield _above(one, other)
        elif other.slug in seen.above:
            yield _above(other, one)
        else:
            yield t(
                "%(one)s and %(other)s cannot be told apart.",
                one=one.name,
                other=other.name,
            )


def _above(one: Standing, other: Standing) -> str:
    return t("%(one)s is surely above %(other)s.", one=one.name, other=other.name)


def _seen(desk: Desk, family: str, one: Standing, other: Standing) -> Against | None:
    """One brand's pairs in a table that holds both: of the family, else of their
    industry. None: neither table tells its pairs by name."""
    tables_ = [desk.book.details(Level.BRAND, "")]
    if one.industry == other.industry:
        tables_.append(desk.book.details(Level.INDUSTRY, one.industry))
    for said in tables_:
        seen = against(said.get(("places", family, "")), one.slug)
        if seen and other.slug in (*seen.above, *seen.open, *seen.below):
            return seen
    return None


def _downloads(desk: Desk, slugs: Sequence[str]) -> tuple[Link, ...]:
    if not slugs:
        return ()
    said = ",".join(slugs)
    return tuple(
        Link(
            f"{t('Figures')} {ending.upper()}",
            desk.url(f"/compare.{ending}", brands=said),
        )
        for ending in ("csv", "json")
    )


def table(desk: Desk) -> Data:
    """Every figure of the chosen brands, family by family: of all of them, for who
    reads it with a program sees no notice. Raises NotHere for the others."""
    slugs = chosen(desk)
    rows = [row for slug in slugs for row in desk.book.of_brand(slug)]
    return tables.of_standings(rows, tables.BRANDS, desk.about())
