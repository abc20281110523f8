"""What is read of field audits, and their tables to take away."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from model.audits import (
    AUDIT_COLUMNS,
    DIFFERENCE_COLUMNS,
    LINE_COLUMNS,
    MESSAGE_COLUMNS,
    PROTOCOL_COLUMNS,
    audit_row,
)
from store import AuditBook, AuditLine
from web import tables
from web.desk import Desk
from web.errors import NotHere
from web.source import Reader
from web.tables import Data
from web.tongue import t


def reader_of(desk: Desk) -> Reader | None:
    """The measured database, if there is one."""
    library = desk.library
    return (
        None
        if library.sample and library.watched is library.reader
        else (library.watched)
    )


def all_audits(desk: Desk) -> list[AuditLine]:
    reader = reader_of(desk)
    return reader.audits() if reader else []


def book_of(desk: Desk, slug: str) -> AuditBook:
    reader = reader_of(desk)
    book = reader.audit(slug) if reader else None
    if book is None:
        raise NotHere(t("There is no field audit “%(name)s”.", name=slug[:64]))
    return book


def figures_of(book: AuditBook) -> dict[str, Any]:
    """What the newest result froze; {} while nothing has come back."""
    found: dict[str, Any] = json.loads(book.result.figures) if book.result else {}
    return found


def message_rows(book: AuditBook) -> list[list[str]]:
    """The messages of the newest result, as they were frozen."""
    if book.result is None:
        return []
    return list(csv.reader(io.StringIO(book.result.messages)))[1:]


def line_rows(said: Mapping[str, Any]) -> list[list[Any]]:
    return [[line[name] for name in LINE_COLUMNS] for line in said.get("lines", ())]


def pair_rows(said: Mapping[str, Any]) -> list[list[Any]]:
    return [
        [pair[name] for name in DIFFERENCE_COLUMNS]
        for pair in said.get("differences", ())
    ]


def table(desk: Desk) -> Data:
    rows = tuple(audit_row(line.protocol, line.figures) for line in all_audits(desk))
    return Data(AUDIT_COLUMNS, rows, tables.about(None, sample=False))


def _data(book: AuditBook, columns: tuple[str, ...], rows: list[Any]) -> Data:
    said = tables.about(None, sample=False) | {
        "audit": book.protocol.id,
        "organisation": book.protocol.organisation,
        "protocol_digest": book.audit.digest,
    }
    if book.result is not None:
        said |= {
            "result": book.result.number,
            "method": book.result.method,
            "rows_digest": book.result.rows_digest,
            "digest": book.result.digest,
        }
    return Data(columns, tuple(tuple(row) for row in rows), said)


def lines_table(desk: Desk, slug: str) -> Data:
    book = book_of(desk, slug)
    return _data(book, LINE_COLUMNS, line_rows(figures_of(book)))


def differences_table(desk: Desk, slug: str) -> Data:
    book = book_of(desk, slug)
    return _data(book, DIFFERENCE_COLUMNS, pair_rows(figures_of(book)))


def messages_table(desk: Desk, slug: str) -> Data:
    book = book_of(desk, slug)
    rows = [[value or None for value in row] for row in message_rows(book)]
    return _data(book, MESSAGE_COLUMNS, rows)


def protocol_table(desk: Desk, slug: str) -> Data:
    book = book_of(desk, slug)
    return _data(book, PROTOCOL_COLUMNS, list(book.protocol.rows()))


TABLES = {
    "": lines_table,
    "/differences": differences_table,
    "/messages": messages_table,
    "/protocol": protocol_table,
}
"""What comes after an audit's own address."""
