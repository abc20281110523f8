"""Writes the tables of docs/ that are generated: `make docs`. A test compares them."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.append(str(ROOT))

import collectors  # noqa: E402  # found by then
from cli import answerable  # noqa: E402
from collectors.base import Channel  # noqa: E402
from language.kinds import WEIGHTS  # noqa: E402
from language.lexicon import LISTS, supported  # noqa: E402
from language.quality import SETS, quality  # noqa: E402
from model import CHANNEL_FAMILY  # noqa: E402
from scoring.trials import FLOOR, MEAN, PLACES, Line, measured  # noqa: E402
from scoring.trials import lines as trial_lines  # noqa: E402
from settings import Settings  # noqa: E402

KINDS = """# Kinds of messages

Complaint, question, compliment or other: for channels that do not say it themselves.
Words and signs are counted and weighed by hand-written lists and a handful of numbers;
nothing was fitted to anything. A message is seen alone, never with its answer. Written
by `make docs`.

Languages there are words for: {languages}. In any other the answer is `other`, which
says nothing and is counted as left out: a look keeps such a message as one that nobody
has said the kind of, and a family of which too many are so has a headline of all kinds.
The language is taken from the channel where it says it, else guessed offline. A look's
texts are judged in one go before anything is stored (`jobs/judging.py`), and dropped.
`answerable classify` does it for a file. Good enough is a language whose figures below
hold the floors of `tests/test_kinds.py`; one that does not must lose its file of words.

## Lists

One file a language in `language/words/`; entries in lower case without accents.

{lists}

## Weights

{weights}

## How often it is right

Measured by `tools/kinds.py FOLDER` on messages labelled by people, which are no part of
the project, the language given. `needs-answer` is complaint or question; it is held
against complaints alone, for no set labels questions, so its precision is too low by
as many questions as were asked.

{sets}

| language | messages | kind | messages | of this kind | precision | recall | F1 |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
"""

COVERAGE = """# How often our intervals are right

Measured in worlds whose truth is known, written by `make coverage`, which draws them
(some minutes on two cores) and keeps what it counted in `scoring/trials.json`.
Method {method}, code {code}, {worlds} worlds of each kind, seed {seed};
`.venv/bin/answerable simulate --worlds {worlds} --seed {seed}` prints all of it, `--by
shape` for each kind of brand, and with fewer worlds it takes seconds.

A world is one industry for one quarter. In the usual ones 24 brands are written to: six
shapes, from 6 % answered to 97 %, slowly or fast, in four sizes. They are counted by
the functions that recompute an edition from its frozen rows, and the intervals are
those that are printed. The truth is the chance that a message is answered; for waves,
what it was in the weeks that were drawn. Effects are correlations of the luck behind
answers; between the answers themselves they are smaller.

Wanted: {low} to {high} in the mean over shapes from n = 50, at least {floor} for every
single shape without clumps, and all ranges of places of a table together right at least
{places} of the time. A figure misses its target when it does so by more than two Monte
Carlo errors; these are at most {error} points for a mean.

| world | what happens |
| --- | --- |
{kinds}

## Scores and shares

Per cent of intervals that held the truth; in brackets the shape of brand for which
fewest did. *Plain* is the score's interval as if every message stood for itself,
*ranked* the score of those alone who are ranked, *change* the interval of what changed
between two quarters of one habit, *width* that of the score's interval, in points. n is
what was written; what is deleted, unseen or repeated is not counted.

| world | n | score | ranked | limit 1 | limit 2 | limit 3 | change | plain | width |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
{brands}

## Places and industries

Tables in which no range leaves out a place that the brand may truly have, the mean
number of places in a range, and industries whose interval held the mean of their ranked
brands' true scores.

| world | all places right | places in a range | industry's mean |
| --- | --- | --- | --- |
{tables}

## What misses its target

{missed}
"""


def settings() -> str:
    """docs/settings.md, from the fields of Settings."""
    lines = [
        "# Settings",
        "",
        "Environment variables, all optional, read once where a process starts."
        " Written by `make docs`.",
        "",
        "| variable | default | what it is |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = str(field.get_default()).replace(str(ROOT), "").lstrip("/")
        if name == "secret":
            default = ""
        shown = f"`{default}`" if default else "none"
        variable = f"`ANSWERABLE_{name.upper()}`"
        lines.append(f"| {variable} | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """docs/commands.md, from what each command says with --help."""
    blocks = [
        "# Commands",
        "`.venv/bin/answerable COMMAND`. Exit code 0: done; 1: failed, and one line on"
        " stderr says why and what to do; 2: wrong use. Written by `make docs`.",
    ]
    for path, command in _all(answerable, "answerable"):
        # As typed: a command takes its help options from the one above it. Click lays
        # out what it prints by this width, whatever the terminal.
        context = click.Context(
            command,
            info_name=path,
            terminal_width=80,
            **answerable.context_settings,  # type: ignore[arg-type]
        )
        blocks += [f"## {path}", f"```\n{command.get_help(context)}\n```"]
    return "\n\n".join(blocks) + "\n"


def _comes(channel: Channel) -> Iterator[str]:
    if channel.every:
        yield f"looked at every {channel.every}"
    if channel.read_file:
        yield "from files"


def channels() -> str:
    """docs/channels.md, from what each channel declares of itself."""
    blocks = [
        "# Channels",
        "Where conversations come from, as each channel's module declares it. Written"
        " by `make docs`.",
    ]
    for each in collectors.channels().values():
        facts = {
            "name": f"`{each.slug}`",
            "family": CHANNEL_FAMILY.get(each.slug, "that of each row's channel"),
            "comes": " and ".join(_comes(each)),
            "source": each.source,
            "licence": each.licence,
            "terms": each.terms,
            "cannot see": each.cannot_see,
            "off by default": each.switch and f"`ANSWERABLE_{each.switch.upper()}`",
            "because": each.restriction,
            "key": each.key_setting and f"`ANSWERABLE_{each.key_setting.upper()}`",
        }
        said = "\n".join(f"- {name}: {fact}" for name, fact in facts.items() if fact)
        blocks += [f"## {each.title}", said]
    return "\n\n".join(blocks) + "\n"


def kinds() -> str:
    """docs/kinds.md, from the word lists' own descriptions and the measured table."""
    lists = "\n".join(f"- `{name}`: {what}." for name, what in LISTS.items())
    sets = "\n".join(f"- `{name}`: {what}." for name, what in SETS.items())
    weights = "\n".join(f"- `{n}`: {w:g}" for n, w in asdict(WEIGHTS).items())
    rows = "\n".join(
        f"| {q.language} | {q.messages} | {q.kind} | {q.total} | {q.labelled} |"
        f" {q.precision:.3f} | {q.recall:.3f} | {q.f1:.3f} |"
        for q in quality()
    )
    return KINDS.format(
        languages=", ".join(f"`{code}`" for code in supported()),
        lists=lists,
        sets=sets,
        weights=weights,
        rows=rows,
    )


def coverage() -> str:
    """docs/coverage.md, from what the last release measured."""
    found = measured()
    lines = list(trial_lines(found))
    by = {(line.world, line.n, line.figure): line for line in lines}
    sizes = dict.fromkeys((line.world, line.n) for line in lines if line.n)
    names = ("score", "ranked", "t1", "t2", "t3", "change", "plain")
    return COVERAGE.format(
        **found._asdict() | {"kinds": "\n".join(
            f"| {kind.name} | {kind.says} |" for kind in found.kinds
        )},
        low=f"{100 * MEAN[0]:g} %",
        high=f"{100 * MEAN[1]:g} %",
        floor=f"{100 * FLOOR:g} %",
        places=f"{100 * PLACES:g} %",
        error=f"{100 * max(line.error for line in lines if line.figure in MEANS):.1f}",
        brands="\n".join(
            f"| {world} | {n:,} | "
            + " | ".join(_held(by.get((world, n, name))) for name in names)
            + f" | {by[world, n, 'score'].width:.1f} |"
            for world, n in sizes
        ),
        tables="\n".join(
            f"| {kind.name} | {_held(by[kind.name, 0, 'places'])} |"
            f" {by[kind.name, 0, 'places'].width:.1f} |"
            f" {_held(by.get((kind.name, 0, 'industry')))} |"
            for kind in found.kinds
        ),
        missed="\n".join(
            f"- {line.world}, {f'n = {line.n:,}, ' if line.n else ''}{line.figure}:"
            f" {line.missed} ({100 * line.share:.1f} % in the mean)"
            for line in lines
            if line.missed
        ),
    )  # fmt: skip


MEANS = ("score", "t1", "t2", "t3")


def _held(line: Line | None) -> str:
    if line is None:
        return ""
    worst = f" ({100 * line.worst_share:.0f})" if line.worst else ""
    return f"{100 * line.share:.1f}{worst}"


def _all(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        yield from _all(inner, f"{path} {name}")


GENERATED = {
    "settings.md": settings,
    "commands.md": commands,
    "channels.md": channels,
    "kinds.md": kinds,
    "coverage.md": coverage,
}


def main() -> None:
    for name, make in GENERATED.items():
        (ROOT / "docs" / name).write_text(make())


if __name__ == "__main__":
    main()
