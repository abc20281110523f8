"""Writes the tables of docs/ that are generated: `make docs`. A test compares them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.append(str(ROOT))

from cli import answerable  # noqa: E402  # found by then
from settings import Settings  # noqa: E402


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
        # click lays out what it prints by this width, whatever the terminal
        context = click.Context(command, info_name=path, max_content_width=80)
        context.terminal_width = 80
        blocks += [f"## {path}", f"```\n{command.get_help(context)}\n```"]
    return "\n\n".join(blocks) + "\n"


def _all(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        yield from _all(inner, f"{path} {name}")


GENERATED = {"settings.md": settings, "commands.md": commands}


def main() -> None:
    for name, make in GENERATED.items():
        (ROOT / "docs" / name).write_text(make())


if __name__ == "__main__":
    main()
