"""Commands that bring something into the database: files, looks, the registry."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.arguments import TIME_EXAMPLE, Moment, settings
from cli.audits import import_audit
from cli.progress import busy

if TYPE_CHECKING:
    from jobs.importing import ImportReport

SHOWN = 20
"""How many accounts nobody has placed are listed; the rest are counted."""


@click.command("import")
@click.argument("format", metavar="FORMAT")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=Path)
@click.option(
    "--as-of",
    type=Moment(),
    metavar="TIME",
    help="When the source stops knowing, with its zone, such as"
    f" {TIME_EXAMPLE}. Default: the latest time in the file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(
    format: str, paths: tuple[Path, ...], as_of: int | None, as_json: bool
) -> None:
    """Take conversations in from files of one FORMAT.

    \b
    interactions  our own: CSV, JSONL or Parquet, one row an inquiry, with
                  channel, account, inquiry_id, author, asked_at, kind,
                  answered_at (empty while unanswered); optional:
                  watched_until, found_by, language, url, answer_step, brand,
                  industry. Times: ISO 8601 with zone, or epoch seconds.
    twcs          "Customer Support on Twitter": answered conversations only
    google_play   a dump of reviews with the developers' replies
    consumidor    a month of complaints of consumidor.gov.br, unpacked
    audit         a field audit: its protocol (.toml or .json), then its
                  results (CSV); see docs/audits.md

    Says how many rows were read, kept and refused, and why. The same file twice
    changes nothing.
    """
    from jobs.importing import import_files
    from jobs.starting import opened, prepare

    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise click.ClickException(
            f"no such file: {', '.join(missing)}; nothing was imported"
        )
    if format == "audit":
        import_audit(paths, as_of, as_json)
        return
    ours, reports = settings(), []
    prepare(ours)  # the registry says which accounts are whose
    with opened(ours) as store:
        for path in paths:
            with busy(f"importing {path.name}"):
                reports += import_files(store, ours, format, [path], as_of)
            if not as_json:
                click.echo(_report(reports[-1]))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in reports], default=str))


def _report(report: "ImportReport") -> str:
    """What became of one file, in lines."""
    lines = [
        f"{report.path}: {report.read} rows read, {report.kept} inquiries kept"
        f" ({report.new} new, {report.changed} changed, {report.same} as they were)"
    ]
    lines += [f"  refused {rows}: {why}" for why, rows in report.refused.items()]
    lines += [f"  {note}" for note in report.notes]
    unknown = report.unknown_accounts
    if unknown:
        lines.append(f"  accounts in no registry (unclassified): {len(unknown)}")
        lines += [f"    {channel} {account}" for channel, account in unknown[:SHOWN]]
        if len(unknown) > SHOWN:
            lines.append(f"    and {len(unknown) - SHOWN} more (--json lists all)")
    return "\n".join(lines)


@click.command()
@click.option("--channel", metavar="SLUG", help="Only this channel.")
@click.option("--brand", metavar="SLUG", help="Only channels of this brand.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def collect(channel: str | None, brand: str | None, as_json: bool) -> None:
    """Look once, now, at every channel that is on.

    Exits 1 when a look failed; the reason is printed, and kept.
    """
    from jobs.collecting import collect as look
    from jobs.starting import opened, prepare

    ours = settings()
    prepare(ours)
    with opened(ours) as store, busy("looking"):
        runs = look(store, ours, channel, brand)
    if as_json:
        click.echo(json.dumps([run.model_dump() for run in runs]))
    elif not runs:
        click.echo("No channel that is on has an account: see `answerable doctor`.")
    else:
        for run in (each for each in runs if each.outcome != "failed"):
            said = f" ({run.problem})" if run.problem else ""
            click.echo(
                f"{run.channel}: {run.outcome}{said}, {run.rows_read} messages read,"
                f" {run.rows_kept} kept"
            )
    failed = [run for run in runs if run.outcome == "failed"]
    if failed:
        said = "; ".join(f"{run.channel}: {run.problem}" for run in failed)
        raise click.ClickException(f"a look failed, which is kept as a gap: {said}")


COMMANDS: tuple[click.Command, ...] = (
    import_,
    collect,
)
