"""Commands about the method itself: how often it is right, what hangs on it."""

import os

import click

from cli.arguments import settings
from cli.progress import busy, counted

FORMAT = click.option(
    "--format",
    "layout",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)


@click.command()
@click.option(
    "--worlds",
    type=click.IntRange(1, 100_000),
    default=200,
    show_default=True,
    help="How many of each kind are drawn.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=1,
    show_default=True,
    help="The same seed draws the same worlds.",
)
@click.option(
    "--world", "names", multiple=True, metavar="NAME", help="Only worlds of this kind."
)
@click.option("--shape", metavar="NAME", help="Only brands of this shape.")
@click.option(
    "--n", type=click.IntRange(1), metavar="N", help="Only brands of this size."
)
@click.option(
    "--by",
    type=click.Choice(["world", "shape"]),
    default="world",
    show_default=True,
    help="What a line is of: all shapes of brands together, or each.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=None,
    help="How many threads draw. Default: one a core.",
)
@FORMAT
def simulate(
    worlds: int,
    seed: int,
    names: tuple[str, ...],
    shape: str | None,
    n: int | None,
    by: str,
    workers: int | None,
    layout: str,
) -> None:
    """Draw worlds whose truth is known, and say how often we are right.

    Every world is published as an edition is, and each printed interval is compared
    with the truth. Nothing is kept. `missed` names the target that is not met.
    """
    from jobs import simulating as job

    with counted("worlds") as move:
        found = job.simulate(
            worlds, seed, names, shape, n, workers or os.cpu_count() or 1, move
        )
    click.echo(job.to_text(found, layout, by), nl=False)


@click.command()
@click.option("--edition", metavar="ID", help="Default: the newest.")
@FORMAT
def sensitivity(edition: str | None, layout: str) -> None:
    """Say how much an edition's order owes to our choices.

    Its ranked brands are put in order by other weights and ways of counting, and each
    order is compared with the published one: Kendall's tau, the pairs that change
    sides, and those of them that the published intervals tell apart. An edition of
    the sample is found too, as long as no measured one has its name.
    """
    from jobs import sensitivity as job
    from jobs.bundle import holding
    from jobs.standings import to_csv, to_json
    from jobs.starting import opened

    chosen = settings()
    with (
        opened(chosen) if edition is None else holding(chosen, edition) as store,
        busy("counting"),
    ):
        found = job.sensitivity(store, edition)
    written = {"csv": to_csv, "json": to_json, "table": job.to_table}[layout]
    click.echo(written(found), nl=False)


@click.command()
@click.argument("edition")
@click.option(
    "--method", "version", required=True, metavar="V", help="A version, such as 1."
)
@FORMAT
def rescore(edition: str, version: str, layout: str) -> None:
    """Count an edition again under a version of the method, and say who moves.

    From the edition's frozen rows; nothing is kept. For every line: rank range and
    score as published and as they would be, and whether the score leaves its
    published interval. An edition of the sample is found too, as long as no measured
    one has its name.
    """
    from jobs import rescoring as job
    from jobs.bundle import holding
    from jobs.standings import to_csv, to_json

    with holding(settings(), edition) as store, busy("counting"):
        found = job.rescore(store, edition, version)
    if layout == "table":
        click.echo(job.to_text(found), nl=False)
    else:
        click.echo({"csv": to_csv, "json": to_json}[layout](found.lines), nl=False)


COMMANDS: tuple[click.Command, ...] = (simulate, sensitivity, rescore)
