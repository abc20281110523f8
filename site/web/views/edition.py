"""/editions: what has been published, in a chain."""

from model import chain
from web import tables, words
from web.desk import Desk
from web.pages import EditionsPage
from web.parts import Cell, Table
from web.tables import Data
from web.views.data import commands

SHOWN = 12
"""Letters of a digest in the table."""

COLUMNS = (
    "name", "day_from", "day_to", "as_of", "made_at", "method", "code", "provisional",
    "sample", "inquiries", "messages", "brands", "coverage", "input_digest",
    "result_digest", "previous", "digest", "licence", "corrects",
)  # fmt: skip


def editions(desk: Desk) -> EditionsPage:
    broken = {
        edition.name: chain.broken(edition, desk.library.editions)
        for edition in desk.library.editions
    }
    log = desk.url("/method/log")
    rows = tuple(
        (
            Cell(
                text=edition.name, url=f"/editions/{edition.name}", note=_note(edition)
            ),
            Cell(text=words.period(edition.day_from, edition.day_to)),
            Cell(text=words.number(edition.brands), number=True),
            Cell(text=words.number(edition.inquiries), number=True),
            Cell(text=edition.method, url=f"{log}#version-{edition.method}"),
            Cell(text=edition.input_digest[:SHOWN]),
            Cell(text=edition.result_digest[:SHOWN]),
            Cell(text=edition.previous[:SHOWN] or "none: the first"),
            Cell(text=edition.digest[:SHOWN]),
            Cell(text=_link(broken[edition.name])),
        )
        for edition in desk.library.editions
    )
    return EditionsPage(
        frame=desk.frame(),
        title="Editions",
        description="Every edition published, what it covers, and its fingerprint.",
        says=_says(list(broken.values())),
        broken=any(broken.values()),
        commands=commands(desk.library.current.name) if desk.library.current else (),
        data=desk.url("/data"),
        table=Table(
            caption="Editions, newest first. Of each digest (SHA-256) the first"
            f" {SHOWN} of 64 letters; the whole ones are in the data.",
            headings=(
                "Edition",
                "Asked in",
                "Brands",
                "Inquiries",
                "Method",
                "Input",
                "Result",
                "Edition before",
                "Fingerprint",
                "Link",
            ),
            rows=rows,
        ),
        downloads=desk.downloads("/editions"),
    )


def _link(broken: str) -> str:
    return f"does not hold: {broken}" if broken else "holds"


def _says(broken: list[str]) -> str:
    """Whether the chain holds, from what the editions say of themselves."""
    wrong = sum(bool(each) for each in broken)
    of = words.counted(len(broken), "link")
    if wrong:
        return (
            f"Of {of}, {words.number(wrong)} {'does' if wrong == 1 else 'do'} not hold."
        )
    holds = "The one link holds" if len(broken) == 1 else f"All {of} hold"
    return f"{holds}: each fingerprint was made again from what its edition says."


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
