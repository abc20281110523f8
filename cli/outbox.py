"""The command that shows what is to be sent to those who watch."""

import click

from cli.arguments import settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def outbox(as_json: bool) -> None:
    """Print what waits to be sent to those who watch a brand, and what failed.

    Says by which way, of which brand and edition, how often it was tried and when it
    is tried next; never to whom. The worker sends: mails first, then webhooks, nine
    tries of each within 21 hours.
    """
    from jobs import outbox as job
    from jobs.starting import opened

    with opened(settings()) as store:
        click.echo(job.told(store, settings(), as_json=as_json), nl=False)


COMMANDS: tuple[click.Command, ...] = (outbox,)
