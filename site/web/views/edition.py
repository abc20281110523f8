"""/editions: what has been published, in a chain."""

from web import tables, words
from web.desk import Desk
from web.pages import EditionsPage
from web.parts import Cell, Table
from web.tables import Data

COLUMNS = (
    "name", "day_from", "day_to", "as_of", "made_at", "method", "code", "provisional",
    "sample", "inquiries", "messages", "brands", "coverage", "input_digest",
    "result_digest", "previous", "digest", "licence", "corrects",
)  # fmt: skip


def editions(desk: Desk) -> EditionsPage:
    rows = tuple(
        (
            Cell(
                text=edition.name, url=f"/editions/{edition.name}", note=_note(edition)
            ),
            Cell(text=words.period(edition.day_from, edition.day_to)),
            Cell(text=words.number(edition.brands), number=True),
            Cell(text=words.number(edition.inquiries), number=True),
            Cell(text=edition.method),
            Cell(text=edition.digest[:12]),
            Cell(text=edition.previous[:12] or "the first"),
        )
        for edition in desk.library.editions
    )
    return EditionsPage(
        frame=desk.frame(),
        title="Editions",
        description="Every edition published, what it covers, and its fingerprint.",
        table=Table(
            caption="Editions, newest first",
            headings=(
                "Edition",
                "Asked in",
                "Brands",
                "Inquiries",
                "Method",
                "Fingerprint",
                "Follows",
            ),
            rows=rows,
        ),
        downloads=desk.downloads("/editions"),
    )


def _note(edition: object) -> str:
    notes = []
    if getattr(edition, "provisional", False):
        notes.append("provisional")
    if corrects := getattr(edition, "corrects", ""):
        notes.append(f"corrects {corrects}")
    return ", ".join(notes)


def table(desk: Desk) -> Data:
    rows = tuple(
        tuple(_value(edition, name) for name in COLUMNS)
        for edition in desk.library.editions
    )
    return Data(COLUMNS, rows, tables.about(None, sample=desk.library.sample))


def _value(edition: object, name: str) -> object:
    value = getattr(edition, name)
    if name.startswith("day_"):
        return words.day(value).isoformat()
    if name in ("as_of", "made_at"):
        return words.iso(value)
    return None if value == "" else value
