"""/data: every table to take away, and what each of its columns holds.

Columns are described where the code has them, in ``model.bundle``, and nowhere else.
"""

from model import bundle, citation
from model.bundle import Column
from web import markup, tables, words
from web.desk import Desk
from web.pages import DataPage, Described
from web.parts import Cell, Link, Table
from web.tongue import mark, number, t

MANY = 8
"""Words of a vocabulary that are listed in a cell."""

MEGABYTE = 1_000_000

SITE = mark(
    "The site’s own tables of brands, industries and accounts have some of its columns."
)


def data(desk: Desk) -> DataPage:
    edition = desk.book.edition
    url = f"{desk.public}/editions/{edition.name}" if desk.public else ""
    return DataPage(
        frame=desk.frame("Data"),
        title=t("Data"),
        markup=markup.dataset(desk),
        description=t("Every table as CSV and JSON, and what its columns mean."),
        tables=_downloads(desk),
        bundle=tuple(_described(table) for table in bundle.TABLES),
        download=_bundle(desk),
        commands=commands(edition.name),
        editions=desk.url("/editions"),
        api=desk.url("/api"),
        licence=Link("CC BY 4.0", tables.LICENCE_URL),
        cite=desk.cite(t("Standings"), "/"),
        apa=citation.apa(edition, url),
        bibtex=citation.bibtex(edition, url),
    )


def _bundle(desk: Desk) -> Link | None:
    edition = desk.book.edition
    path = desk.bundle(edition)
    if path is None:
        return None
    size = max(1, round(path.stat().st_size / MEGABYTE))
    return Link(
        t(
            "Download the bundle of %(name)s (one zip, %(n)s MB)",
            name=edition.name,
            n=number(size),
        ),
        f"/editions/{edition.name}/bundle.zip",
    )


def commands(name: str) -> tuple[str, str]:
    """How to get an edition as files, and how to recompute it from them."""
    return (
        f"answerable export {name} {name}.zip",
        f"answerable verify {name}.zip",
    )


def _described(table: bundle.Table) -> Described:
    says = t(table.says)
    if table is bundle.STANDINGS:
        site = t(SITE)
        says = f"{says} {site}"
    return Described(
        id=f"table-{table.name}",
        title=t(table.title),
        file=table.file,
        says=says,
        table=Table(
            caption=t("Columns of %(file)s", file=table.file),
            headings=(t("Column"), t("What it holds"), t("Kind"), t("An empty cell")),
            rows=tuple(_row(column) for column in table.columns),
        ),
    )


def _row(column: Column) -> tuple[Cell, ...]:
    return (
        Cell(text=column.name, code=True),
        Cell(text=t(column.says), note=_words(column)),
        Cell(text=t(column.unit or column.type)),
        Cell(text=t(column.empty) if column.empty else t("does not occur")),
    )


def _words(column: Column) -> str:
    """The words a cell may hold, where they are few."""
    if not column.words:
        return ""
    shown = ", ".join(column.words[:MANY])
    more = len(column.words) - MANY
    if more > 0:
        return t("one of: %(words)s and %(n)s more", words=shown, n=more)
    return t("one of: %(words)s", words=shown)


def _downloads(desk: Desk) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    listed = []
    for family in desk.book.families:
        where = words.family_place(family)
        named = {
            "brands": t("Brands %(place)s", place=where),
            "industries": t("Industries %(place)s", place=where),
        }
        for what, name in named.items():
            links = tuple(
                Link(f"{ending.upper()}", desk.url(f"/{what}.{ending}", family=family))
                for ending in ("csv", "json")
            )
            listed.append((name, links))
    listed.append((t("Editions"), desk.downloads("/editions")))
    listed.append((t("Sources"), desk.downloads("/sources")))
    listed.append((t("Field audits"), desk.downloads("/audits")))
    return tuple(listed)
