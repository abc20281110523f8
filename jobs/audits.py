"""What field audits came to, for a terminal: a list of them, or one in full."""

import json
from collections.abc import Sequence
from typing import Any

from jobs import Failed
from model import AuditResult
from model.audits import (
    AUDIT_COLUMNS,
    LINE_COLUMNS,
    Protocol,
    audit_row,
    iso,
    written,
)
from store import AuditBook, Store

NONE = (
    "No field audit has been imported; docs/audits.md says how one is done, and"
    " `answerable import audit PROTOCOL RESULTS` takes it in.\n"
)
LEVELS = {
    "all": "all messages",
    "with-excluded": "with the excluded",
    "as-planned": "only as many as planned",
}


def listed(store: Store, format: str) -> str:
    """Every audit, as table, csv or json."""
    rows = [audit_row(line.protocol, line.figures) for line in store.audits()]
    if format == "csv":
        return written(AUDIT_COLUMNS, rows).decode()
    found = [dict(zip(AUDIT_COLUMNS, row, strict=True)) for row in rows]
    if format == "json":
        return _json(found)
    return (
        "".join(f"{row['id']}: {row['title']}\n  {_says(row)}\n" for row in found)
        or NONE
    )


def one(store: Store, slug: str, format: str) -> str:
    """One audit, as table, csv (its lines) or json (all of it). Raises Failed."""
    book = store.audit(slug)
    if book is None:
        raise Failed(f"there is no audit {slug[:64]!r}; `answerable audits` lists all")
    said = json.loads(book.result.figures) if book.result else {}
    lines: list[dict[str, Any]] = said.get("lines", [])
    if format == "csv":
        rows = [[line[name] for name in LINE_COLUMNS] for line in lines]
        return written(LINE_COLUMNS, rows).decode()
    if format == "json":
        return _json(
            {
                "protocol": dict(book.protocol.rows()),
                "protocol_digest": book.audit.digest,
                "first_seen_at": iso(book.audit.first_seen_at),
                "result": _result(book.result) if book.result else None,
                **said,
            }
        )
    return _told(book, said)


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _result(result: AuditResult) -> dict[str, object]:
    return {
        "number": result.number,
        "made_at": iso(result.made_at),
        "method": result.method,
        "rows_digest": result.rows_digest,
        "digest": result.digest,
    }


def _told(book: AuditBook, said: dict[str, Any]) -> str:
    """An audit for people: what was asked, what came back, what to know of it."""
    parts = [_heading(book.protocol)]
    if not book.result:
        return "\n".join([*parts, "No message has come in yet.", ""])
    parts += [f"  {sentence}" for sentence in said["flags"]]
    parts += ["", *_aligned([HEAD, *(_cells(line) for line in said["lines"])])]
    if said["differences"]:
        parts += ["", "Difference between arms, in points of 100:"]
        parts += [f"  {_pair(pair)}" for pair in said["differences"]]
    parts += ["", f"Result {book.result.number}, digest {book.result.digest}"]
    return "\n".join(parts) + "\n"


def _heading(protocol: Protocol) -> str:
    return (
        f"{protocol.id}: {protocol.title}\n{protocol.question}\n"
        f"{protocol.organisation}, registered {iso(protocol.registered_at)[:10]} at"
        f" {protocol.registered_url}"
    )


def _says(line: dict[str, Any]) -> str:
    if not line["messages"]:
        return "no message that counts has come in yet"
    return (
        f"{line['answered']} of {line['messages']} messages"
        f" ({_share(line, 'share')}), {line['brands_answered']} of {line['brands']}"
        f" brands ({_share(line, 'brand_share')})"
    )


HEAD = (
    "of", "messages", "answered", "95 % interval", "brands", "answered",
    "95 % interval", "half of them by",
)  # fmt: skip


def _cells(line: dict[str, Any]) -> tuple[str, ...]:
    wait = line["median_wait_s"]
    return (
        LEVELS.get(line["level"], line["name"]),
        str(line["messages"]),
        str(line["answered"]),
        _short(line, "share"),
        str(line["brands"]),
        str(line["brands_answered"]),
        _short(line, "brand_share"),
        "-" if wait is None else f"{wait / 60:.0f} min",
    )


def _share(line: dict[str, Any], name: str) -> str:
    """A share with its interval, in words."""
    low, high = (100 * line[f"{name}_{end}"] for end in ("low", "high"))
    return f"{100 * line[name]:.1f} %, 95 % interval {low:.0f} to {high:.0f} %"


def _short(line: dict[str, Any], name: str) -> str:
    """The same for a table; '-' where there is none."""
    if line[name] is None:
        return "-"
    low, high = (100 * line[f"{name}_{end}"] for end in ("low", "high"))
    return f"{100 * line[name]:.1f} % ({low:.0f} to {high:.0f})"


def _pair(pair: dict[str, Any]) -> str:
    gap, low, high = (100 * pair[name] for name in ("difference", "low", "high"))
    sure = "" if pair["sure"] else "; may be chance"
    return (
        f"{pair['first']} minus {pair['second']}: {gap:+.1f}, 95 % interval"
        f" {low:+.0f} to {high:+.0f}{sure}"
    )


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    return [
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
