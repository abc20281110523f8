"""Commands about the registry: the lists of industries, brands and accounts."""

import sys
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


ASKED = {
    "name": "Name of the brand",
    "industry": "Industry, its slug (empty: the brand is in the registry)",
    "country": "Country, two letters (empty: not known)",
    "website": "Website (empty: not known)",
    "evidence": "Where one sees that the accounts are the brand's own",
}
ACCOUNT = "Account as CHANNEL=ACCOUNT (empty: no more)"


@registry.command()
@click.argument("request", metavar="[REQUEST]", required=False, type=Path, default=None)
@click.option("--name", metavar="NAME", help="Of the brand.")
@click.option("--industry", metavar="SLUG", default="", help="Of a new brand.")
@click.option("--country", metavar="CODE", default="", help="Two letters.")
@click.option("--website", metavar="URL", default="")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="CHANNEL=ACCOUNT",
    help="May be repeated.",
)
@click.option(
    "--evidence",
    metavar="TEXT",
    default="",
    help="Where one sees that the accounts are the brand's own.",
)
@click.option(
    "--registry", "folder", metavar="PATH", type=Path, default=None, help="Its folder."
)
@click.option("--write", is_flag=True, help="Also change the files.")
def propose(
    request: Path | None,
    accounts: tuple[str, ...],
    folder: Path | None,
    write: bool,
    **said: str | None,
) -> None:
    """Print a brand's request as a change of the registry's text.

    REQUEST is a TOML or JSON file: name, industry, country, website, wikidata,
    former_names, note, and a table `accounts` for each, with channel, account, role,
    confidence, evidence, note. Without it the options say the same; without options,
    questions are asked. A brand that is there gets the accounts. registry/README.md
    says how an account is written.

    What is printed is a change as `git apply` takes it, checked like the registry
    itself. No network is asked: `registry check --live` does that, once it is applied.
    """
    from jobs import proposing
    from jobs.registry import FOLDER

    if request is None:
        asked = proposing.request(_typed(said, accounts), "the request")
    elif accounts or any(said.values()):
        raise click.UsageError("give a file or options, not both")
    else:
        asked = proposing.read(request)
    try:
        change = proposing.propose(folder or FOLDER, asked)
    except proposing.UnreadableRegistry as wrong:
        for problem in wrong.problems:
            click.echo(problem, err=True)
        raise click.ClickException(
            f"the registry would have {len(wrong.problems)} problems, printed above;"
            " nothing was changed"
        ) from None
    click.echo(change.diff, nl=False)
    if write:
        change.write()
        click.echo(f"Changed {', '.join(change.texts)}.", err=True)


def _typed(said: dict[str, str | None], accounts: tuple[str, ...]) -> dict[str, object]:
    """The options as a file would have them; asked for when there are none."""
    if not said["name"]:
        if any(said.values()) or accounts:
            raise click.UsageError("--name is needed: whose accounts are these?")
        if not _at_a_terminal():
            raise click.UsageError("give a file, or --name and --account")
        said, accounts = _questions()
    evidence = said["evidence"] or ""
    table: dict[str, object] = {
        name: value for name, value in said.items() if value and name != "evidence"
    }
    return table | {"accounts": [_account(each, evidence) for each in accounts]}


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _account(said: str, evidence: str) -> dict[str, str]:
    channel, mark, account = said.partition("=")
    if not mark:
        raise click.UsageError(
            f"{said!r} is no account; write CHANNEL=ACCOUNT, as bluesky=brand.example"
        )
    return {"channel": channel.strip(), "account": account, "evidence": evidence}


def _questions() -> tuple[dict[str, str | None], tuple[str, ...]]:
    said: dict[str, str | None] = {
        name: click.prompt(asked, default="", show_default=False, err=True)
        for name, asked in ASKED.items()
    }
    accounts = []
    while one := click.prompt(ACCOUNT, default="", show_default=False, err=True):
        accounts.append(one)
    return said, tuple(accounts)


COMMANDS: tuple[click.Command, ...] = (registry,)
