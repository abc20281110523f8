"""Commands that start, prepare and examine an installation."""

import json
import os
from pathlib import Path

import click

from cli.arguments import settings
from cli.progress import busy, counted


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to use.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=8_000,
    show_default=True,
    help="Port to use.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes of the website.",
)
def up(host: str, port: int, workers: int) -> int:
    """Start the website and the worker.

    Brings the database to the newest schema, loads the registry into an empty one and
    makes a sample edition when nothing has been measured. SIGTERM or Ctrl-C stops both.
    """
    from jobs.starting import make_sample_if_needed, prepare
    from jobs.supervising import Supervisor, check_free, own_address
    from logs import to_stderr

    ours = settings()
    to_stderr(ours)
    check_free(host, port)
    prepare(ours)
    if not ours.public_url:
        # The website and the worker take their settings from the environment.
        os.environ["ANSWERABLE_PUBLIC_URL"] = own_address(host, port)
    supervisor = Supervisor(host, port, workers, say)
    return supervisor.run(lambda: make_sample_if_needed(ours, say))


def say(line: str) -> None:
    click.echo(line, err=True)


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema.

    Every command that needs the database does so by itself; this one does nothing else.
    """
    from jobs.starting import opened

    with opened(settings()):
        click.echo("The database has the newest schema.")


@click.command()
def sample() -> None:
    """Make the sample edition of fictional brands.

    The website shows it for as long as nothing has been measured. It lives in a
    database file of its own, sample.db in the var folder.
    """
    from jobs.sample import make

    with busy("making the sample"):
        names = make(settings())
    click.echo(f"Made sample editions {', '.join(names)}.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Say what is configured, reachable, stale or failing.

    Exits 1 when something is failing.
    """
    from jobs.doctor import FAILING, examine

    findings = examine(settings())
    if as_json:
        click.echo(json.dumps([each._asdict() for each in findings], indent=2))
    else:
        for each in findings:
            click.echo(f"{each.state:8} {each.what}: {each.words}")
    wrong = [each.what for each in findings if each.state == FAILING]
    if wrong:
        raise click.ClickException(f"failing, as printed above: {', '.join(wrong)}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--live",
    metavar="URL",
    help="Where the site runs, for searches and forms. Default: ANSWERABLE_PUBLIC_URL.",
)
def freeze(folder: Path, live: str | None) -> None:
    """Write the whole site as static files.

    Every page, table and picture of the current edition and of those it links. What
    needs a server (searches, filters, forms) leads to the running site. FOLDER is
    replaced if it holds a site that was frozen before.
    """
    from web.app import create_app
    from web.freezing import CannotFreeze
    from web.freezing import freeze as write

    chosen = settings()
    with counted("addresses") as move:
        try:
            done = write(create_app(chosen), folder, live or chosen.public_url, move)
        except CannotFreeze as problem:
            raise click.ClickException(str(problem)) from None
    click.echo(f"Wrote {done.files:,} files, {done.size:,} bytes, to {folder}.")
    for address, page in done.broken.items():
        click.echo(f"Nothing is at {address}, which {page} links.", err=True)


COMMANDS: tuple[click.Command, ...] = (
    up,
    migrate,
    sample,
    freeze,
    doctor,
)
