"""The `answerable` command. It reads what was typed, calls ``jobs``, prints the result.

Exit 0: done. 1: failed, one line on stderr says why and what to do. 2: wrong use.
Nothing heavy is imported before a command runs, so that `--help` is quick.
"""

import logging
import sys
import traceback

import click

from cli import (
    audits,
    corrections,
    data,
    editions,
    messages,
    method,
    outbox,
    registry,
    running,
)

log = logging.getLogger("answerable")

TALKATIVE = ("httpx", "httpcore", "websockets")
"""Libraries that log, in their debug lines, what people wrote and our keys."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show where a mistake of ours happened.")
@click.version_option(package_name=None, version="0.1.0", prog_name="answerable")
@click.pass_context
def answerable(context: click.Context, debug: bool) -> None:
    """Who answers the public, and how fast.

    Exit codes: 0 done, 1 failed (one line on stderr says why), 2 wrong use.
    """
    context.obj = debug
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.ERROR,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)


GROUPS = (
    running, data, editions, audits, registry, corrections, outbox, messages, method,
)  # fmt: skip

for module in GROUPS:
    for command in module.COMMANDS:
        answerable.add_command(command)


def main(arguments: list[str] | None = None) -> int:
    """Runs what was typed; its exit code. No traceback reaches a user."""
    try:
        code = answerable.main(arguments, "answerable", standalone_mode=False)
    except click.UsageError as wrong:
        wrong.show()
        return 2
    except click.ClickException as problem:
        return _failed(problem.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _failed("stopped before it was done")
    except Exception as problem:
        return _failed(_said(problem, debug="--debug" in (arguments or sys.argv)))
    return code if isinstance(code, int) else 0


def _said(problem: Exception, debug: bool) -> str:
    from jobs.starting import sentence

    said = sentence(problem)
    if debug:
        traceback.print_exception(problem)
    if said is not None:
        return said
    kind = type(problem).__name__
    return (
        f"a mistake of ours, {kind}: {problem}; nothing half done was kept."
        " `answerable --debug ...` shows where"
    )


def _failed(why: str) -> int:
    click.echo(f"answerable: {' '.join(why.split())}", err=True)
    return 1
