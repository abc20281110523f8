"""Commands about editions: making one, printing its standings."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.arguments import DAY_EXAMPLE, TIME_EXAMPLE, Day, Moment, Name, settings
from cli.progress import busy, counted

if TYPE_CHECKING:
    from jobs.bundle import Report

FAMILIES = ("social", "reviews", "support", "complaints", "audit")
KINDS = ("needs-answer", "all", "complaint", "question", "compliment", "other")


@click.command()
@click.option(
    "--from",
    "day_from",
    type=Day(),
    required=True,
    metavar="DATE",
    help=f"First day asked, UTC, such as {DAY_EXAMPLE}.",
)
@click.option(
    "--to",
    "day_to",
    type=Day(),
    required=True,
    metavar="DATE",
    help="First day that is not part of it any more.",
)
@click.option(
    "--as-of",
    type=Moment(),
    metavar="TIME",
    help=f"As known then, such as {TIME_EXAMPLE}. Default: now.",
)
@click.option(
    "--name", type=Name(), metavar="ID", help="Default: the period, such as 2026-Q3."
)
@click.option(
    "--provisional", is_flag=True, help="May be younger than its horizon; is replaced."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def publish(
    day_from: int,
    day_to: int,
    as_of: int | None,
    name: str | None,
    provisional: bool,
    as_json: bool,
) -> None:
    """Make an edition of the inquiries asked in a period.

    It is frozen: an edition is never changed, only followed by another.
    """
    from jobs.publishing import publish as make
    from jobs.starting import opened

    if day_to <= day_from:
        raise click.UsageError("--to must be later than --from: it is not included")
    with opened(settings()) as store, busy("publishing"):
        edition = make(store, day_from, day_to, as_of, name, provisional)
    if as_json:
        click.echo(json.dumps(edition.model_dump()))
        return
    click.echo(
        f"Published {edition.name}: {edition.brands} brands, {edition.messages}"
        f" inquiries, {edition.inquiries} of them counted, digest {edition.digest}."
    )


@click.command()
@click.option("--edition", metavar="ID", help="Default: the newest.")
@click.option(
    "--by",
    type=click.Choice(["brand", "industry", "account"]),
    default="brand",
    show_default=True,
    help="What a line is of.",
)
@click.option("--family", type=click.Choice(FAMILIES), help="Default: each in turn.")
@click.option("--channel", metavar="SLUG", help="Only what was asked on this channel.")
@click.option(
    "--kind", type=click.Choice(KINDS), help="Default: the family's headline."
)
@click.option(
    "--count",
    type=click.Choice(["people", "messages"]),
    default="people",
    show_default=True,
    help="One author once per brand and day, or every message.",
)
@click.option(
    "--format",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def standings(
    edition: str | None,
    by: str,
    family: str | None,
    channel: str | None,
    kind: str | None,
    count: str,
    format: str,
) -> None:
    """Print the standings of an edition, best first.

    In CSV and JSON a figure that is not known, or withheld, is empty and never 0.
    """
    from jobs import standings as job
    from jobs.starting import opened

    with opened(settings()) as store, busy("counting"):
        lines = job.standings(store, edition, by, family, channel, kind, count)
    written = {"csv": job.to_csv, "json": job.to_json, "table": job.to_table}[format]
    click.echo(written(lines), nl=False)


@click.command()
@click.argument("edition")
@click.argument("path", type=click.Path(path_type=Path))
def export(edition: str, path: Path) -> None:
    """Write an edition as a bundle from which anybody can recompute it.

    A folder of CSV and JSON files, or one zip if PATH ends in .zip. An edition of the
    sample is found too, as long as no measured one has its name.
    """
    from jobs.bundle import export as write
    from jobs.bundle import holding

    chosen = settings()
    with holding(chosen, edition) as store, counted("inquiries") as move:
        done = write(store, edition, path, chosen.public_url, move)
    sample = " (sample: fictional brands)" if done.edition.sample else ""
    click.echo(
        f"Wrote edition {edition}{sample} to {path}: {done.rows:,} inquiries,"
        f" {done.size:,} bytes. Check it: answerable verify {path}"
    )


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--before",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Bundle of the edition it tells changes from: checks that, and them, too.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(path: Path, before: Path | None, as_json: bool) -> None:
    """Recompute a bundle from its own rows and say which figures agree.

    Needs the bundle, a folder or a zip, and nothing else: no database, no network, no
    settings. Exit 0: everything agrees. 1: something does not, or cannot be read.
    """
    from jobs.bundle import verify as recompute

    with counted("inquiries") as move:
        report = recompute(path, move, before)
    click.echo(report.to_json() if as_json else _told(report), nl=False)
    if not report.agrees:
        wrong = ", ".join(check.what for check in report.checks if not check.agrees)
        first = f"; first: {report.differences[0].words}" if report.differences else ""
        raise click.ClickException(
            f"the bundle does not agree with itself ({wrong}){first}; take it from"
            " its source again, or tell whoever published it"
        )


SHOWN = 40


def _told(report: "Report") -> str:
    """A report for people: every comparison, then what differs."""
    lines = [
        f"Edition {report.edition}, method {report.method}, made by code"
        f" {report.code}, checked by code {report.checked_by}."
    ]
    for check in report.checks:
        word = "agrees" if check.agrees else "DIFFERS"
        lines.append(f"  {check.what:<24} {word:<8} {check.says}")
    if report.differences:
        lines += ["", "where: column, published, recomputed"]
        lines += [f"  {each.words}" for each in report.differences[:SHOWN]]
    if report.differing > SHOWN:
        lines.append(
            f"  and {report.differing - SHOWN:,} more; --json has more of them"
        )
    lines += ["", "Not covered:", *(f"  {each}" for each in report.not_covered), ""]
    lines.append("Everything agrees." if report.agrees else "Something does not agree.")
    return "\n".join(lines) + "\n"


COMMANDS: tuple[click.Command, ...] = (
    publish,
    standings,
    export,
    verify,
)
