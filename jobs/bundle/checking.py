"""A bundle recomputed from its own rows, with nothing else at hand.

The rows go the way a publisher's go (``scoring.edition.make``); what comes out is held
against what the bundle says, figure by figure.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from jobs import Failed, changes
from jobs.bundle.claims import Claims, altered_files, claims, edition_of, method_differs
from jobs.bundle.reading import opened, read_table
from jobs.bundle.rows import Rows
from model.bundle import DETAILS, INQUIRIES, STANDINGS, Table
from model.chain import chained
from scoring import VERSION
from scoring.answers import with_answers
from scoring.changes import TOPIC, Before
from scoring.changes import changes as told_changes
from scoring.details.substance import TOPIC as SUBSTANCE
from scoring.details.told import digest_of_all
from scoring.edition import Result, make
from scoring.printing import PRINTED, TYPES, result_digest

KEPT = 1_000
"""Differences kept one by one; beyond, they are only counted."""

KEY = list(STANDINGS.key)
UNSEEN = (
    "edition.json made_at, README.md, CITATION.cff, the links, and when something was"
    " deleted or how many brands it named where that changes no reason: no digest of"
    " the edition covers them, only the files' hashes in datapackage.json do",
    "that the edition before it, named in edition.json, is the one published:"
    " compare its digest with that on the page of all editions",
    "what it says of an earlier edition to compare with: --before BUNDLE, the bundle of"
    " that edition, holds it to it",
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Difference:
    where: str  # a line, in words
    column: str
    published: Any
    recomputed: Any

    @property
    def words(self) -> str:
        was, now = ("nothing" if value is None else str(value)[:80]
                    for value in (self.published, self.recomputed))  # fmt: skip
        return f"{self.where}: {self.column}, {was}, {now}"


@dataclass(frozen=True)
class Check:
    what: str
    agrees: bool
    says: str


@dataclass
class Report:
    """What was compared, and what came of it."""

    edition: str
    method: str
    code: str
    checked_by: str
    rows: int
    standings: int
    figures: int  # cells of standings compared
    checks: list[Check] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    differing: int = 0  # differences, also those not kept
    not_covered: tuple[str, ...] = UNSEEN

    @property
    def agrees(self) -> bool:
        return all(check.agrees for check in self.checks)

    def to_json(self) -> str:
        said = {"agrees": self.agrees, **asdict(self)}
        return json.dumps(said, ensure_ascii=False, indent=1, default=str) + "\n"

    def check(self, what: str, found: list[Difference], says: str) -> None:
        """Notes a comparison; ``says`` is for when it agrees."""
        self.differing += len(found)
        self.differences += found[: max(KEPT - len(self.differences), 0)]
        said = says if not found else f"{len(found):,} differ"
        self.checks.append(Check(what, not found, said))

    def same(self, what: str, published: Any, recomputed: Any, where: str) -> None:
        """Compares one value of edition.json."""
        found = [Difference("edition.json", where, published, recomputed)]
        shown = published if isinstance(published, str | int) else "as recomputed"
        self.check(what, [] if published == recomputed else found, str(shown))


@dataclass(frozen=True)
class Read:
    """A bundle: what it says, and what its rows come to."""

    claimed: Claims
    lines: pl.DataFrame  # standings as published
    more: pl.DataFrame  # details as published
    rows: Rows
    result: Result
    altered: list[str]
    changed: list[tuple[str, Any, Any]]  # choices of the method
    was: Before | None  # what it says of the edition before it


def verify(
    path: Path, progress: Progress | None = None, before: Path | None = None
) -> Report:
    """Recomputes a bundle, a folder or a zip. Raises Failed where it cannot be read.

    What it says of the edition before it is taken as it stands, and all that follows
    from it recomputed; ``before``: that edition's bundle, to which it is held.
    """
    says = progress or (lambda _done, _total: None)
    read = _read(path, says)
    report = _report(read)
    if before is not None:
        try:
            earlier = _read(before, says)
        except Failed as problem:
            raise Failed(f"the edition before it, {before}: {problem}") from problem
        _same_edition(read, earlier, before)
        _before(report, read, earlier)
        report.not_covered = UNSEEN[:-1]
    return report


def _same_edition(read: Read, earlier: Read, path: Path) -> None:
    """Raises Failed where the other bundle is not of the edition that is spoken of."""
    name, found = read.claimed.said["name"], earlier.claimed.said["name"]
    if read.was is None:
        raise Failed(
            f"edition {name} says nothing of an edition before it, so there is nothing"
            " to hold it to: leave out --before"
        )
    meant = read.was.facts["name"]
    if found != meant:
        raise Failed(
            f"edition {name} says what changed since {meant}; {path} is edition"
            f" {found}: name the bundle of {meant} with --before"
        )


def _read(path: Path, says: Progress) -> Read:
    with opened(path) as folder:
        claimed = claims(folder)
        altered = altered_files(folder)
        changed = method_differs(folder)
        lines, more = _published(folder), _details(folder)
        was = changes.published(more)
        rows = Rows(folder, claimed, says)
        result = make(
            rows.slices(), rows.directory, rows.covered, rows.posted, claimed.period
        )
    if len(rows.answers) or (more["topic"] == SUBSTANCE).any():
        result = with_answers(result, rows.answers, claimed.period)
    if was is not None:
        result = changes.told_since(result, was)
    return Read(claimed, lines, more, rows, result, altered, changed, was)


def _report(read: Read) -> Report:
    claimed, lines, more, result = read.claimed, read.lines, read.more, read.result
    report = Report(
        edition=claimed.said["name"],
        method=claimed.said["method"],
        code=claimed.said["code"],
        checked_by=VERSION,
        rows=read.rows.count,
        standings=len(lines),
        figures=len(lines) * (len(PRINTED) - len(KEY)),
    )
    _figures(report, lines, result, read.rows)
    found = differences(more, result.details, DETAILS)
    report.check("details", found, f"{len(more):,}, each as recomputed")
    _edition(report, claimed, digest_of_all(result_digest(lines), more), result)
    report.check(
        "method",
        [Difference("method.json", *each) for each in read.changed],
        f"method {claimed.said['method']}, every choice as in this code",
    )
    report.check(
        "files",
        [
            Difference(name, "sha256", "in datapackage.json", "another")
            for name in read.altered
        ],
        "as datapackage.json describes them",
    )
    return report


def _before(report: Report, read: Read, earlier: Read) -> None:
    """Holds what a bundle says of the edition before it to that edition's bundle."""
    own = _report(earlier)
    wrong = [each for each in own.checks if not each.agrees]
    report.check(
        "edition before",
        [Difference(own.edition, each.what, "", each.says) for each in wrong],
        f"{own.edition}, which agrees with itself",
    )
    was = changes.before(
        edition_of(earlier.claimed),
        earlier.result.standings,
        earlier.result.details,
        lambda: dict(earlier.result.parts),
        read.result.cuts,
    )
    of_change = pl.col("topic") == TOPIC
    now = told_changes(read.result.standings, read.result.details, was)
    found = differences(read.more.filter(of_change), now, DETAILS)
    report.check("changes", found, f"{len(now):,}, each from both editions' rows")


def _published(folder: Path) -> pl.DataFrame:
    """standings.csv as publishing printed it."""
    return read_table(folder, STANDINGS).select(
        pl.col(name).fill_null("") if kind == pl.String() else pl.col(name).cast(kind)
        for name, kind in TYPES.items()
    )


def _details(folder: Path) -> pl.DataFrame:
    """details.csv as publishing kept it."""
    return read_table(folder, DETAILS).select(
        pl.col(DETAILS.names).cast(pl.String).fill_null("")
    )


def _figures(report: Report, lines: pl.DataFrame, result: Result, rows: Rows) -> None:
    """The counted rows and every line of standings."""
    wrong = [
        Difference(f"{INQUIRIES.file}, line {line}", "not_counted", was, now)
        for line, was, now in rows.reasons
    ]
    report.check("rows", wrong, f"{rows.count:,}, each with its reason")
    report.differing += rows.more_reasons
    found = differences(lines, result.standings)
    report.check(
        "standings", found, f"{len(lines):,} lines, {report.figures:,} figures"
    )


def _edition(report: Report, claimed: Claims, tables: str, result: Result) -> None:
    """Digests and totals of edition.json; ``tables``: digest of what it publishes."""
    said = claimed.said
    own = edition_of(claimed).model_dump(exclude={"id", "made_at", "digest"})
    for what, recomputed in (
        ("input_digest", result.input_digest),
        ("result_digest", result.result_digest),
    ):
        report.same(what.replace("_", " "), said[what], recomputed, what)
    report.same(
        "digest of standings.csv and details.csv",
        said["result_digest"],
        tables,
        "result_digest",
    )
    report.same("chain digest", said["digest"], chained(own), "digest")
    totals: tuple[tuple[str, Any], ...] = (
        ("messages", result.messages),
        ("inquiries", result.inquiries),
        ("brands", result.brands),
        ("coverage", result.coverage),
        ("cuts", result.cuts),
        ("left_out", result.left_out),
    )
    for what, recomputed in totals:
        report.same(what.replace("_", " "), said[what], recomputed, what)


def differences(
    was: pl.DataFrame, now: pl.DataFrame, table: Table = STANDINGS
) -> list[Difference]:
    """Lines of a table that are in one only, and figures that differ."""
    found = []
    key = list(table.key)
    for mine, other, words in (
        (was, now, ("a line", None)),
        (now, was, (None, "a line")),
    ):
        lone = mine.join(other, on=key, how="anti", nulls_equal=True)
        found += [
            Difference(_who(row), "line", *words) for row in lone.select(key).rows()
        ]
    both = was.join(now, on=key, how="inner", suffix=" now", nulls_equal=True)
    for name in table.names:
        if name in key:
            continue
        apart = both.filter(pl.col(name).ne_missing(pl.col(f"{name} now")))
        found += [
            Difference(_who(row[:-2]), name, row[-2], row[-1])
            for row in apart.select(*key, name, f"{name} now").rows()
        ]
    if not found and was.select(key).rows() != now.select(key).rows():
        found.append(Difference(table.file, "order of lines", "another", "another"))
    return found


def _who(key: tuple[Any, ...]) -> str:
    return " ".join(str(word) for word in key if word)
