"""Commands about the docket: what brands ask us to put right."""

import click

from cli.arguments import settings

NUMBER = click.argument("number", metavar="NUMBER", type=click.IntRange(1, 10**9))


@click.group()
def corrections() -> None:
    """What brands ask us to put right, and our answers.

    Only what its filer confirmed by mail is here. What --text says is public at
    /corrections/NUMBER, and so is the text of a filing once it is accepted: read it
    first, and accept none that names a person.
    """


@corrections.command("list")
@click.option("--all", "all_", is_flag=True, help="Also those that are decided.")
def list_(all_: bool) -> None:
    """Print the filings that are not decided, oldest first."""
    from jobs import corrections as job
    from jobs.starting import opened

    with opened(settings()) as store:
        click.echo(job.listed(store, all=all_), nl=False)


@corrections.command()
@NUMBER
def show(number: int) -> None:
    """Print a filing in full, with the domain that confirmed it."""
    from jobs import corrections as job
    from jobs.starting import opened

    with opened(settings()) as store:
        click.echo(job.shown(store, number), nl=False)


def _decide(number: int, state: str, text: str) -> None:
    from jobs import corrections as job
    from jobs.starting import opened

    with opened(settings()) as store:
        click.echo(job.decide(store, number, state, text))


@corrections.command()
@NUMBER
@click.option("--text", default="", metavar="TEXT", help="What we say; public.")
def accept(number: int, text: str) -> None:
    """Accept a filing: its text becomes public, and what it asks is to be done."""
    _decide(number, "accepted", text)


@corrections.command()
@NUMBER
@click.option("--text", required=True, metavar="TEXT", help="Why; public.")
def decline(number: int, text: str) -> None:
    """Decline a filing, and say why. Its text stays unpublished."""
    _decide(number, "declined", text)


@corrections.command()
@NUMBER
@click.option("--text", required=True, metavar="TEXT", help="What we say; public.")
def answer(number: int, text: str) -> None:
    """Answer a filing before, or without, deciding it."""
    _decide(number, "answered", text)


COMMANDS: tuple[click.Command, ...] = (corrections,)
