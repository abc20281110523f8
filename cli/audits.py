"""Field audits: taking one in, and printing what they came to."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.arguments import settings
from cli.progress import busy

if TYPE_CHECKING:
    from jobs.auditing import AuditImport


def import_audit(paths: tuple[Path, ...], as_of: int | None, as_json: bool) -> None:
    """`answerable import audit`: one protocol and its results."""
    from jobs.auditing import import_audit as take_in
    from jobs.starting import opened

    ours = settings()
    with opened(ours) as store, busy("importing the audit"):
        done = take_in(store, ours, paths, as_of)
    click.echo(json.dumps(asdict(done), default=str) if as_json else _told(done))


def _told(done: "AuditImport") -> str:
    """What became of an audit, in lines."""
    lines = [f"{done.audit}: {done.title}", f"  protocol: {done.protocol}"]
    for report in done.files:
        lines.append(
            f"{report.path}: {report.read} rows read, {report.kept} messages kept"
            f" ({report.new} new, {report.changed} changed, {report.same} as they were)"
        )
        lines += [f"  refused {rows}: {why}" for why, rows in report.refused.items()]
        lines += [f"  {note}" for note in report.notes]
    if done.result is None:
        lines.append("  no message yet: no result")
    else:
        how = "new" if done.frozen else "as it was"
        lines.append(f"  result {done.result}: {how} (answerable audits --audit ID)")
    lines += [f"  {flag}" for flag in done.flags]
    return "\n".join(lines)


@click.command()
@click.option("--audit", metavar="ID", help="One in full. Default: a list of all.")
@click.option(
    "--format",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def audits(audit: str | None, format: str) -> None:
    """Print what field audits came to.

    An audit stands apart: no edition, score or rank has anything of it. In CSV and
    JSON a figure that is not known is empty and never 0.
    """
    from jobs import audits as job
    from jobs.starting import opened

    with opened(settings()) as store:
        said = job.one(store, audit, format) if audit else job.listed(store, format)
    click.echo(said, nl=False)


COMMANDS: tuple[click.Command, ...] = (audits,)
