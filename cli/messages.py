"""Commands about messages themselves."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.arguments import Language, settings
from cli.progress import busy

if TYPE_CHECKING:
    import polars as pl


@click.command()
@click.argument("path", metavar="PATH", type=Path)
@click.option("--column", required=True, metavar="NAME", help="Where the messages are.")
@click.option(
    "--language",
    type=Language(),
    metavar="CODE",
    help="Of all messages, such as en or pt-BR. Default: guessed for each.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["csv", "json"]),
    default="csv",
    show_default=True,
)
def classify(path: Path, column: str, language: str | None, layout: str) -> None:
    """Print of what kind every message of a CSV file is, in its order.

    complaint, question, compliment or other; and the language. In a language there
    are no words for, every message is called other, and stderr says how many.
    docs/kinds.md says how often it is right.
    """
    from jobs.classifying import classify as judge

    with busy(f"reading {path.name}"):
        found = judge(path, column, language)
    shown = found.select("kind", "language")
    text = shown.write_csv() if layout == "csv" else f"{shown.write_json()}\n"
    click.echo(text, nl=False)
    if left_out := _left_out(found):
        click.echo(left_out, err=True)


def _left_out(found: "pl.DataFrame") -> str:
    """What could not be judged, in a sentence; empty when everything could."""
    left_out = found.filter(~found["supported"])
    if left_out.is_empty():
        return ""
    codes = sorted(set(left_out["language"].to_list()) - {""})
    named = f" ({', '.join(codes)})" if codes else ""
    return (
        f"{left_out.height} of {found.height} messages are in a language there are no"
        f" words for{named}, or in none that can be told: they are called other"
    )


@click.command()
@click.argument("url", metavar="URL")
def forget(url: str) -> None:
    """Erase a person's message, on their request.

    URL is the address of the message that opened the conversation. Its author and its
    link are erased, for good: no later look or file brings them back. The count stays,
    as of a message that its author deleted now: docs/privacy.md. That something was
    erased is noted, what was erased is not.
    """
    from jobs.forgetting import forget as erase
    from jobs.starting import opened, polite

    ours = settings()
    with opened(ours) as store, polite(ours) as http:
        said = erase(store, ours, http, url)
    click.echo(said)


COMMANDS: tuple[click.Command, ...] = (classify, forget)
