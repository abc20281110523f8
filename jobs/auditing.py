"""Field audits into the store: a protocol, the messages sent under it, the result.

One audit at a time: its protocol (TOML or JSON) and any number of files of results. A
protocol may come alone, before anything was sent: that is the best moment, for then we
have seen it first. The result is computed anew after every import, from all messages
that are kept, and frozen when it differs from the last.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from collectors.audits import Sent, read_protocol, read_results
from collectors.base import CollectorError
from jobs import Failed
from model import AuditMessage, AuditResult, Run
from model.audits import Protocol
from model.frames import AUDITED
from scoring import VERSION
from scoring.audits import outcome
from scoring.method import METHOD
from settings import Settings
from store import Store, StoreError

FORMAT = "audit"
PROTOCOLS = (".toml", ".json")


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """What became of one file of results."""

    path: Path
    read: int
    kept: int  # messages: new + changed + same
    new: int
    changed: int
    same: int
    refused: dict[str, int] = field(default_factory=dict)  # reason: rows
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AuditImport:
    """What became of an audit."""

    audit: str
    title: str
    protocol: str  # 'new', or 'as it was'
    files: tuple[AuditReport, ...]
    result: int | None  # its number; None: no message is kept yet
    frozen: bool  # a new result was made
    flags: tuple[str, ...] = ()


def import_audit(
    store: Store,
    settings: Settings,
    paths: Sequence[Path],
    as_of: int | None = None,
    now: int | None = None,
) -> AuditImport:
    """Imports one audit; what was imported before stays as it is.

    ``as_of`` stands in for ``watched_until`` where a row does not give it; ``now`` is
    the latest that anything can have happened (default: this moment). Raises Failed
    for files that cannot be read, or are not one protocol and its results, and for a
    protocol that was another before; nothing of these files is kept then.
    """
    now = int(time.time()) if now is None else now
    protocols = [path for path in paths if path.suffix.lower() in PROTOCOLS]
    if len(protocols) != 1:
        raise Failed(
            "expected one protocol (a file that ends in .toml or .json) and the results"
            f" it is for, found {len(protocols)} protocols; import one audit at a time"
        )
    results = [path for path in paths if path != protocols[0]]
    try:
        protocol = read_protocol(protocols[0])
        if protocol.registered_at > now:
            raise Failed(
                f"{protocols[0]}: expected registered_at to be in the past; a protocol"
                " is imported after it was registered"
            )
        read = [
            read_results(path, protocol, secret=settings.key, until=now, as_of=as_of)
            for path in results
        ]
        new = store.register_audit(protocol, now)
    except (CollectorError, StoreError, Failed, OSError) as problem:
        store.record_run(_run(now, [*protocols, *results], problem=str(problem)))
        raise Failed(str(problem)) from problem
    return _keep(store, protocol, new, list(zip(results, read, strict=True)), now)


def _keep(
    store: Store,
    protocol: Protocol,
    new: bool,
    read: list[tuple[Path, Sent]],
    now: int,
) -> AuditImport:
    files = tuple(_merge(store, protocol.id, path, sent) for path, sent in read)
    for report in files:
        run = _run(now, [report.path])
        run.rows_read, run.rows_kept = report.read, report.kept
        run.refused = json.dumps(report.refused, ensure_ascii=False, sort_keys=True)
        store.record_run(run)
    frozen = freeze(store, protocol, now)
    book = store.audit(protocol.id)
    assert book is not None
    flags = json.loads(book.result.figures)["flags"] if book.result else []
    return AuditImport(
        audit=protocol.id,
        title=protocol.title,
        protocol="new" if new else "as it was",
        files=files,
        result=book.result.number if book.result else None,
        frozen=frozen,
        flags=tuple(flags),
    )


def _merge(store: Store, slug: str, path: Path, sent: Sent) -> AuditReport:
    merged = store.merge_audit(slug, sent.messages.iter_rows(named=True))
    return AuditReport(
        path=path,
        read=sent.read,
        kept=merged.new + merged.changed + merged.same,
        new=merged.new,
        changed=merged.changed,
        same=merged.same,
        refused=sent.refused | merged.refused,
        notes=sent.notes,
    )


def freeze(store: Store, protocol: Protocol, now: int) -> bool:
    """Computes the result of what is kept; whether it was another than the last."""
    kept = store.audit_messages(protocol.id)
    if not kept:
        return False
    made = outcome(protocol, _frame(kept))
    return store.keep_audit_result(
        protocol.id,
        AuditResult(
            audit_id=0,
            number=0,
            made_at=now,
            method=METHOD.version,
            code=VERSION,
            messages=made.messages,
            figures=made.figures,
            protocol_digest=protocol.digest(),
            rows_digest=made.rows_digest,
            previous="",
            digest=made.digest,
        ),
    )


def _frame(messages: list[AuditMessage]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            name: pl.Series([getattr(row, name) for row in messages], dtype=kind)
            for name, kind in AUDITED.items()
        }
    )


def _run(now: int, paths: Sequence[Path], problem: str = "") -> Run:
    return Run(
        what="import",
        channel=FORMAT,
        started_at=now,
        finished_at=max(now, int(time.time())),
        outcome="failed" if problem else "ok",
        problem=problem,
        digest="" if problem else _digest(paths[0]),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
