"""Commands about the registry: the lists of industries, brands and accounts."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.arguments import settings
from cli.progress import counted

if TYPE_CHECKING:
    from jobs.resolving import Live


@click.group()
def registry() -> None:
    """The lists of industries, brands and accounts."""


PATH = click.argument("path", metavar="[PATH]", required=False, type=Path, default=None)


@registry.command()
@PATH
@click.option(
    "--live",
    is_flag=True,
    help="Also load it and ask each channel whether its accounts exist.",
)
@click.option(
    "--accept",
    multiple=True,
    metavar="ACCOUNT",
    help="With --live: whoever is behind this name now is the brand. May be repeated.",
)
def check(path: Path | None, live: bool, accept: tuple[str, ...]) -> int:
    """Check the registry's files in a folder.

    PATH is a folder with industries.csv, brands.csv and accounts.csv; default: the
    registry that comes with the project. Every problem is printed with file and line.

    With --live: an account that vanished, was renamed or leads to somebody else now is
    named. One that leads to somebody else is neither looked at nor ranked until the
    registry is mended or it is accepted.
    """
    from jobs import registry as job

    if accept and not live:
        raise click.UsageError("--accept is about what --live finds; give both")
    problems = job.check(path or job.FOLDER)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.ClickException(
            f"the registry has {len(problems)} problems, printed above; mend them"
        )
    click.echo("The registry's files have no problem.")
    return _check_live(path, accept) if live else 0


def _check_live(path: Path | None, accept: tuple[str, ...]) -> int:
    from jobs import registry as job
    from jobs.starting import opened, polite

    ours = settings()
    with opened(ours) as store, polite(ours) as http, counted("accounts") as progress:
        job.load(store, path or job.FOLDER)
        found = job.check_live(store, ours, http, accept=accept, progress=progress)
    for live in found:
        _say(live)
    return 0


def _say(live: "Live") -> None:
    click.echo(
        f"{live.channel}: {len(live.resolved)} accounts exist,"
        f" {len(live.unresolved)} do not, {live.left} not asked for"
        + (f" ({live.why_left})" if live.left else "")
    )
    for account, why in live.unresolved.items():
        click.echo(f"  {account}: {why}")
    for old, new in live.taken_up.items():
        click.echo(f"  {old}: is {new} now, here too; what was known of it stays")


@registry.command()
@PATH
def load(path: Path | None) -> None:
    """Put the registry's files into the database.

    PATH is a folder as for `check`; default: the registry that comes with the project.
    What is there already keeps what is known of it.
    """
    from jobs import registry as job
    from jobs.starting import opened

    with opened(settings()) as store:
        done = job.load(store, path or job.FOLDER)
    click.echo(
        f"Loaded {done.industries} industries, {done.brands} brands and"
        f" {done.accounts} accounts."
    )


COMMANDS: tuple[click.Command, ...] = (registry,)
