"""/industries and /industries/<slug>."""

from model.rows import Standing
from scoring.method import METHOD
from web import build, tables, words
from web.desk import Desk
from web.pages import IndustriesPage, IndustryLine, IndustryPage
from web.parts import Link
from web.tables import Data
from web.views import details, listing
from web.views.details import volume


def industries(desk: Desk) -> IndustriesPage:
    family = listing.family(desk)
    rows = list(desk.book.industries.get(family, {}).values())
    return IndustriesPage(
        frame=desk.frame("Industries"),
        title="Which industries answer?",
        description="Industries by how well their brands answer people in public.",
        lede="Each brand counts once in its industry, however many people write to it."
        f" An industry needs {METHOD.fewest_brands.value} ranked brands for a score.",
        filters=listing.filters(
            desk,
            "/industries",
            choose_industry=False,
            shown=words.counted(len(rows), "industry", "industries"),
        ),
        rows=tuple(_line(desk, row) for row in rows),
        key=build.key(rows),
        downloads=desk.downloads("/industries"),
        blocks=volume.industries(desk),
    )


def _line(desk: Desk, row: Standing) -> IndustryLine:
    score = build.score(row)
    of = sum(
        brand.industry == row.slug for brand in desk.book.brands[row.family].values()
    )
    return IndustryLine(
        name=row.name,
        url=desk.url(f"/industries/{row.slug}", family=row.family),
        score=score,
        withheld="" if score else few(row),
        hundred=build.hundred(row),
        in_time=build.share(row, 2),
        wait=words.typical_wait(row),
        wait_note=words.wait_note(row),
        ranked=f"{row.brands or 0} of {words.number(of)} ranked",
        inquiries=words.counted(row.inquiries, "inquiry", "inquiries"),
    )


def few(row: Standing) -> str:
    needed = METHOD.fewest_brands.value
    return f"Fewer than {words.SMALL[needed]} ranked brands, so no score"


def industry(desk: Desk, slug: str) -> IndustryPage:
    row = _standing(desk, slug)
    family = listing.family(desk)
    name = desk.book.industry_slugs[slug]
    brands = listing.brands(desk, slug)
    shown, pager = listing.paged(desk, brands)
    where = words.family_place(family)
    path = f"/industries/{slug}"
    blocks = details.of_industry(desk, slug, family)
    return IndustryPage(
        frame=desk.frame("Industries"),
        title=name,
        feed=f"/industries/{slug}/feed.atom",
        card=desk.card(path, family),
        description=f"How brands in {name} answer people who write to them in public.",
        crumb=Link("Industries", desk.url("/industries")),
        say=_say(row, name, where),
        sure=_sure(desk, row),
        filters=listing.filters(
            desk,
            path,
            choose_industry=False,
            shown=words.counted(len(brands), "brand", "brands"),
        ),
        standings=listing.standings(
            desk, shown, f"{name}: brands by how they answer {where}", in_industry=True
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
    return (
        f"Of 100 people who write to brands in {name} {where}, {share.text} have an"
        f" answer within {share.limit}."
    )


def _sure(desk: Desk, row: Standing | None) -> str:
    edition = desk.book.edition
    when = words.period(edition.day_from, edition.day_to)
    if row is None:
        return f"Nobody was seen writing to these brands here, {when}."
    share, score = build.share(row, 2), build.score(row)
    said = [
        f"Based on {words.counted(row.inquiries, 'inquiry', 'inquiries')} from"
        f" {words.counted(row.authors, 'person', 'people')}, {when}."
    ]
    if share:
        between = share.interval.replace(words.RANGE, " and ")
        said.append(
            f"We are {words.percent(METHOD.confidence.value)} sure that the true share"
            f" lies between {between} of 100."
        )
    if score:
        said.append(
            f"The mean score of its {row.brands or 0} ranked brands is {score.text}"
            f" ({score.interval})."
        )
    else:
        said.append(f"{few(row)}.")
    return " ".join(said)


def brands_table(desk: Desk, slug: str) -> Data:
    """/industries/<slug>.csv: its brands, every page of them."""
    _standing(desk, slug)
    return tables.of_standings(listing.brands(desk, slug), tables.BRANDS, desk.about())


def table(desk: Desk) -> Data:
    """/industries.csv"""
    rows = desk.book.industries.get(listing.family(desk), {}).values()
    return tables.of_standings(rows, tables.INDUSTRIES, desk.about())
