"""Files into the store: read by their format, merged, and recorded either way.

A file is read whole before anything of it is stored. When the storing is interrupted
the file is simply imported again: what is there already stays as it is.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from collectors import channels
from collectors.base import CollectorError, Known, ReadFile
from jobs import Failed
from jobs.judging import judged_file
from model import Run
from model.looks import Reading
from settings import Settings
from store import Store

Progress = Callable[[Path, str], None]
"""Told which file is being worked on, and what is being done: a word or two."""


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of one file."""

    path: Path
    read: int  # rows
    kept: int  # inquiries: new + changed + same
    new: int
    changed: int
    same: int
    refused: dict[str, int] = field(default_factory=dict)  # reason: rows
    notes: tuple[str, ...] = ()
    unknown_accounts: tuple[tuple[str, str], ...] = ()  # (channel, account)
    as_of: int | None = None  # when the source stops knowing; None: nothing was kept


def formats() -> dict[str, ReadFile]:
    """The formats that can be imported, by name."""
    return {
        slug: channel.read_file
        for slug, channel in channels().items()
        if channel.read_file is not None
    }


def import_files(
    store: Store,
    settings: Settings,
    format: str,
    paths: Sequence[Path],
    as_of: int | None = None,
    progress: Progress | None = None,
) -> list[ImportReport]:
    """Imports the files one after another; what was imported before stays as it is.

    ``as_of``: epoch seconds at which the source stops knowing; default: its latest
    time. Raises Failed for a format nobody reads, and at the first file that cannot be
    read; the files before it have been imported then.
    """
    read = formats().get(format)
    if read is None:
        known = ", ".join([*formats(), "audit"])
        raise Failed(f"there is no format {format!r} to import; there are {known}")
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise Failed(f"no such file: {', '.join(missing)}; nothing was imported")
    tell = progress or (lambda _path, _what: None)
    return [_import(store, settings, format, read, path, as_of, tell) for path in paths]


def _import(
    store: Store,
    settings: Settings,
    format: str,
    read: ReadFile,
    path: Path,
    as_of: int | None,
    tell: Progress,
) -> ImportReport:
    started, digest = int(time.time()), _digest(path)
    tell(path, "reading")
    try:
        reading = read(
            path, secret=settings.key, as_of=as_of, known=Known(store.known())
        )
    except (CollectorError, OSError) as problem:
        run = _run(format, started, digest)
        run.outcome, run.problem = "failed", str(problem)
        store.record_run(run)
        raise Failed(str(problem)) from problem
    tell(path, "storing")
    report = _merge(store, path, judged_file(reading))
    run = _run(format, started, digest)
    run.rows_read, run.rows_kept = report.read, report.kept
    run.refused = json.dumps(report.refused, ensure_ascii=False, sort_keys=True)
    store.record_run(run)
    return report


def _merge(store: Store, path: Path, reading: Reading) -> ImportReport:
    merged = store.merge(reading)
    return ImportReport(
        path=path,
        read=reading.read,
        kept=merged.new + merged.changed + merged.same,
        new=merged.new,
        changed=merged.changed,
        same=merged.same,
        refused=reading.refused,
        notes=reading.notes,
        unknown_accounts=tuple(merged.unknown_accounts),
        as_of=reading.as_of,
    )


def _run(format: str, started: int, digest: str) -> Run:
    return Run(
        what="import",
        channel=format,
        started_at=started,
        finished_at=int(time.time()),
        outcome="ok",
        digest=digest,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
