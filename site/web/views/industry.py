"""/industries and /industries/<slug>."""

from model.rows import Standing
from scoring.method import METHOD
from web import build, tables, words
from web.desk import Desk
from web.pages import IndustriesPage, IndustryLine, IndustryPage
from web.parts import Link
from web.snippet import described
from web.tables import Data
from web.tongue import t
from web.views import details, listing
from web.views.details import crossing

RANGES = "ranges"
"""The block that is embedded where the page's address is (``embed``)."""


def industries(desk: Desk) -> IndustriesPage:
    family = listing.family(desk)
    rows = list(desk.book.industries.get(family, {}).values())
    blocks = details.of_industries(desk)
    waits = crossing.shortly(desk.book, rows)
    return IndustriesPage(
        frame=desk.frame("Industries"),
        title=t("Which industries answer?"),
        description=t("Industries by how well their brands answer people in public."),
        lede=t(
            "In a score each brand counts once, however many people write to it, and it"
            " takes %(needed)s ranked brands. Shares and waits are of all who wrote to"
            " brands of the industry, together.",
            needed=METHOD.fewest_brands.value,
        ),
        filters=listing.filters(
            desk,
            "/industries",
            choose_industry=False,
            shown=words.counted(len(rows), "industry", "industries"),
        ),
        rows=tuple(_line(desk, row, waits[row.slug]) for row in rows),
        key=build.key(rows),
        downloads=desk.downloads("/industries"),
        blocks=blocks,
        drawn=any(block.drawing for block in blocks),
    )


def _line(desk: Desk, row: Standing, wait_note: str) -> IndustryLine:
    score = build.score(row)
    of = sum(
        brand.industry == row.slug for brand in desk.book.listed[row.family].values()
    )
    return IndustryLine(
        name=t(row.name),
        url=desk.url(f"/industries/{row.slug}", family=row.family),
        place=build.place(row),
        score=score,
        withheld="" if score else few(row),
        hundred=build.hundred(row),
        in_time=build.share(row, 2),
        wait=words.typical_wait(row),
        wait_note=wait_note,
        ranked=t(
            "%(ranked)s of %(brands)s ranked",
            ranked=row.brands or 0,
            brands=words.number(of),
        ),
        inquiries=words.counted(row.inquiries, "inquiry", "inquiries"),
    )


def few(row: Standing) -> str:
    needed = METHOD.fewest_brands.value
    return t(
        "Fewer than %(needed)s ranked brands, so no score", needed=words.small(needed)
    )


def industry(desk: Desk, slug: str) -> IndustryPage:
    row = _standing(desk, slug)
    family = listing.family(desk)
    name = desk.industry(slug)
    brands = listing.brands(desk, slug)
    shown, pager = listing.paged(desk, brands)
    where = words.family_place(family)
    path = f"/industries/{slug}"
    blocks = details.of_industry(desk, slug, family)
    return IndustryPage(
        frame=desk.frame("Industries"),
        title=name,
        feed=desk.at("", f"/industries/{slug}/feed.atom"),
        card=desk.card(path, family),
        oembed=described(desk, path) if any(b.id == RANGES for b in blocks) else "",
        description=t(
            "%(name)s: how brands answer people who write to them in public.",
            name=name,
        ),
        crumb=Link(t("Industries"), desk.url("/industries")),
        say=_say(row, name, where),
        sure=_sure(desk, row),
        filters=listing.filters(
            desk,
            path,
            choose_industry=False,
            shown=words.counted(len(brands), "brand", "brands"),
        ),
        standings=listing.standings(
            desk,
            shown,
            t("%(name)s: brands by how they answer %(where)s", name=name, where=where),
            in_industry=True,
        ),
        pager=pager,
        downloads=desk.downloads(path),
        blocks=blocks,
        drawn=any(block.drawing for block in blocks),
    )


def _standing(desk: Desk, slug: str) -> Standing | None:
    """The industry's line in the family; None when it has none. Raises NotHere."""
    desk.book.industry_known(slug)
    return desk.book.industries.get(listing.family(desk), {}).get(slug)


def _say(row: Standing | None, name: str, where: str) -> str:
    share = build.share(row, 2) if row else None
    if row is None or share is None:
        return ""
    return t(
        "Of 100 people who write to brands in %(industry)s %(where)s, %(share)s have an"
        " answer within %(limit)s.",
        industry=name,
        where=where,
        share=share.text,
        limit=share.limit,
    )


def _sure(desk: Desk, row: Standing | None) -> str:
    edition = desk.book.edition
    when = words.period(edition.day_from, edition.day_to)
    if row is None:
        return t("Nobody was seen writing to these brands here, %(when)s.", when=when)
    share, score = build.share(row, 2), build.score(row)
    said = [
        t(
            "Based on %(inquiries)s from %(people)s, %(when)s.",
            inquiries=words.counted(row.inquiries, "inquiry", "inquiries"),
            people=words.counted(row.authors, "person", "people"),
            when=when,
        )
    ]
    if share:
        said.append(words.true_share(share.interval))
    if score:
        said.append(
            t(
                "The mean score of its %(brands)s ranked brands is %(score)s"
                " (%(interval)s).",
                brands=row.brands or 0,
                score=score.text,
                interval=score.interval,
            )
        )
    else:
        said.append(f"{few(row)}.")
    return " ".join(said)


def brands_table(desk: Desk, slug: str) -> Data:
    """/industries/<slug>.csv: its brands, every page of them."""
    _standing(desk, slug)
    rows = desk.book.lines(listing.brands(desk, slug))
    return tables.of_standings(rows, tables.BRANDS, desk.about())


def table(desk: Desk) -> Data:
    """/industries.csv"""
    rows = desk.book.industries.get(listing.family(desk), {}).values()
    return tables.of_standings(rows, tables.INDUSTRIES, desk.about())
