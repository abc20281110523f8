"""/editions: what has been published, in a chain."""

from model import chain
from web import tables, words
from web.desk import Desk
from web.pages import EditionsPage
from web.parts import Cell, Table
from web.tables import Data
from web.tongue import t, tn
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
                text=edition.name, url=desk.at(edition.name, "/"), note=_note(edition)
            ),
            Cell(text=words.period(edition.day_from, edition.day_to)),
            Cell(text=words.number(edition.brands), number=True),
            Cell(text=words.number(edition.inquiries), number=True),
            Cell(text=edition.method, url=f"{log}#version-{edition.method}"),
            Cell(text=edition.input_digest[:SHOWN]),
            Cell(text=edition.result_digest[:SHOWN]),
            Cell(text=edition.previous[:SHOWN] or t("none: the first")),
            Cell(text=edition.digest[:SHOWN]),
            Cell(text=_link(broken[edition.name])),
        )
        for edition in desk.library.editions
    )
    return EditionsPage(
        frame=desk.frame(),
        title=t("Editions"),
        description=t("Every edition published, what it covers, and its fingerprint."),
        says=_says(list(broken.values())),
        broken=any(broken.values()),
        commands=commands(desk.library.current.name) if desk.library.current else (),
        data=desk.url("/data"),
        table=Table(
            caption=t(
                "Editions, newest first. Of each digest (SHA-256) the first"
                " %(shown)s of 64 letters; the whole ones are in the data.",
                shown=SHOWN,
            ),
            headings=(
                t("Edition"),
                t("Asked in"),
                t("Brands"),
                t("Inquiries"),
                t("Method"),
                t("Input"),
                t("Result"),
                t("Edition before"),
                t("Fingerprint"),
                t("Link"),
            ),
            rows=rows,
        ),
        downloads=desk.downloads("/editions"),
    )


def _link(broken: str) -> str:
    return t("does not hold: %(why)s", why=broken) if broken else t("holds")


def _says(broken: list[str]) -> str:
    """Whether the chain holds, from what the editions say of themselves."""
    wrong = sum(bool(each) for each in broken)
    of = words.counted(len(broken), "link", "links")
    if wrong:
        return tn(
            "Of %(links)s, %(n)s does not hold.",
            "Of %(links)s, %(n)s do not hold.",
            wrong,
            links=of,
        )
    if len(broken) == 1:
        return t(
            "The one link holds: each fingerprint was made again from what its edition"
            " says."
        )
    return t(
        "All %(links)s hold: each fingerprint was made again from what its edition"
        " says.",
        links=of,
    )


def _note(edition: object) -> str:
    notes = []
    if getattr(edition, "provisional", False):
        notes.append(t("provisional"))
    if corrects := getattr(edition, "corrects", ""):
        notes.append(t("corrects %(edition)s", edition=corrects))
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
