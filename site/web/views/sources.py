"""/sources: where we look, what we cannot see there, and how the last look went.

The one page that is not of an edition: it says what is so now. It is about the
measured database as soon as that is there, also while only the sample can be shown.
"""

import json
import time
from collections.abc import Mapping

from model.rows import ChannelRow, Run
from model.words import DAY
from store import ChannelCoverage, LastRuns
from web import words
from web.desk import Desk
from web.pages import SourceLine, SourcesPage
from web.parts import Cell, Table
from web.tables import Data

LOOKS = 30
RECENT_DAYS = 30
"""What coverage is of, while there is no edition with a period of its own."""
WHAT = {"look": "Look", "import": "Import", "resolve": "Check of accounts",
        "publish": "Edition"}  # fmt: skip
OUTCOME = {"ok": "complete", "incomplete": "incomplete", "failed": "failed"}
COLUMNS = (
    "channel", "title", "family", "how", "on", "off_because", "every_s", "source",
    "licence", "terms", "cannot_see", "accounts", "coverage", "last_started_at",
    "last_outcome", "last_problem",
)  # fmt: skip


def sources(desk: Desk) -> SourcesPage:
    lines = _lines(desk)
    failing = sum(line.failing for line in lines)
    return SourcesPage(
        frame=desk.frame("Sources"),
        title="Sources",
        description="Where we look, what we cannot see there, how the last look went.",
        says=_says(desk, len(lines), failing),
        sources=lines,
        looks=_looks(desk),
        downloads=desk.downloads("/sources"),
    )


def _says(desk: Desk, count: int, failing: int) -> str:
    if not count:
        return "No source has been registered yet."
    said = [f"{words.counted(count, 'source')}."]
    if failing:
        verb = "has" if failing == 1 else "have"
        said.append(f"{words.counted(failing, 'source')} {verb} a problem now.")
    else:
        said.append("None reported a problem at its last look.")
    if desk.library.sample and not _of_edition(desk):
        said.append(
            "These are real: only the brands shown on the other pages are fictional."
        )
    return " ".join(said)


def _of_edition(desk: Desk) -> bool:
    """Whether the looks shown are those the edition shown was made of."""
    return desk.library.watched is desk.library.reader


def _seen(desk: Desk) -> Mapping[str, ChannelCoverage]:
    reader, edition = desk.library.watched, desk.edition
    if reader is None:
        return {}
    if edition is not None and _of_edition(desk):
        return reader.coverage_by_channel(edition.day_from, edition.day_to)
    today = int(time.time()) // DAY
    return reader.coverage_by_channel(today - RECENT_DAYS, today)


def _lines(desk: Desk) -> tuple[SourceLine, ...]:
    reader = desk.library.watched
    if reader is None:
        return ()
    runs, seen = reader.last_runs(), _seen(desk)
    of = "the edition's period" if _of_edition(desk) else f"the last {RECENT_DAYS} days"
    channels = sorted(reader.channels(), key=lambda row: (not row.on, row.title))
    return tuple(
        _line(row, runs.get(row.slug), _covered(row, seen.get(row.slug), of))
        for row in channels
    )


def _line(row: ChannelRow, runs: LastRuns | None, seen: str) -> SourceLine:
    last = runs.any if runs else None
    failing = row.on and last is not None and last.outcome != "ok"
    return SourceLine(
        id=row.slug,
        title=row.title,
        family=words.family_title(row.family),
        state=_state(row, failing),
        failing=failing,
        seen=seen,
        last=_last(runs),
        problem=words.problem(last.problem) if last and last.outcome != "ok" else "",
        cannot_see=row.cannot_see,
        licence=row.licence,
        terms=row.terms,
        url=row.source if row.source.startswith("https://") else "",
        every=f"every {words.duration(row.every_s)}"
        if row.every_s
        else "when imported",
    )


def _state(row: ChannelRow, failing: bool) -> str:
    if not row.on:
        return f"Off: {row.off_because}" if row.off_because else "Off"
    return "The last look had a problem" if failing else "On"


def _covered(row: ChannelRow, seen: ChannelCoverage | None, of: str) -> str:
    if seen is None and row.how == "imported":
        return "nothing of it has been imported yet"
    if seen is None:
        return "no account of it is verified yet"
    accounts = words.counted(seen.accounts, "account")
    return f"{words.percent(seen.share)} of {of}, {accounts}"


def _last(runs: LastRuns | None) -> str:
    if runs is None or runs.any is None:
        return "never"
    said = f"{words.moment(runs.any.finished_at)}, {OUTCOME[runs.any.outcome]}"
    if runs.any.outcome != "ok":
        good = words.moment(runs.ok.finished_at) if runs.ok else "never"
        said += f"; last complete: {good}"
    return said


def _looks(desk: Desk) -> Table:
    reader = desk.library.watched
    runs = reader.runs(limit=LOOKS) if reader else []
    return Table(
        caption=f"The last {LOOKS} looks, imports and editions",
        headings=("When", "What", "Source", "Outcome", "Read", "Kept", "Refused"),
        rows=tuple(_look(run) for run in runs),
    )


def _look(run: Run) -> tuple[Cell, ...]:
    refused = json.loads(run.refused or "{}")
    reasons = "; ".join(f"{count} {reason}" for reason, count in refused.items())
    return (
        Cell(text=words.moment(run.started_at)),
        Cell(text=WHAT.get(run.what, run.what)),
        Cell(text=run.channel),
        Cell(
            text=OUTCOME.get(run.outcome, run.outcome), note=words.problem(run.problem)
        ),
        Cell(text=words.number(run.rows_read), number=True),
        Cell(text=words.number(run.rows_kept), number=True),
        Cell(text=words.number(sum(refused.values())), number=True, note=reasons),
    )


def table(desk: Desk) -> Data:
    reader = desk.library.watched
    runs, seen = (reader.last_runs(), _seen(desk)) if reader else ({}, {})
    rows = []
    for row in reader.channels() if reader else []:
        last = runs[row.slug].any if row.slug in runs else None
        covered = seen.get(row.slug)
        rows.append(
            (
                row.slug, row.title, row.family, row.how, row.on,
                row.off_because or None, row.every_s, row.source, row.licence,
                row.terms, row.cannot_see, covered.accounts if covered else 0,
                covered.share if covered else None,
                words.iso(last.started_at) if last else None,
                last.outcome if last else None,
                (last.problem or None) if last else None,
            )
        )  # fmt: skip
    return Data(COLUMNS, tuple(rows), desk.about())
