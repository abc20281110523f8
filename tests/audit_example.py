"""The worked example of docs/audits.md, generated: 26 messages to 18 invented brands
over six months, of which one brand answered two, after 38 and after 9 minutes."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

from collectors.audits import read_protocol, read_results
from jobs.auditing import freeze
from model import DAY
from store import Store

FEBRUARY = 1_769_904_000
"""2026-02-01T00:00:00Z"""
SLUG = "do-they-answer-2026"
NOW = FEBRUARY + 300 * DAY
ARMS = ("compliment", "complaint", "question", "mention")
HEAD = (
    "arm", "brand", "channel", "account", "sent_at", "message", "answered_at",
    "automatic_at", "answer_step", "watched_until", "excluded", "author",
)  # fmt: skip

PROTOCOL = """\
id = "do-they-answer-2026"
title = "Do brands answer strangers in public?"
question = "How many of 18 brands answer a stranger in public within 72 hours?"
organisation = "Example Consumers' Association"
arms = ["compliment", "complaint", "question", "plain mention"]
planned_messages = 26
planned_brands = 18
sampling = "Drawn by lot from the hundred brands with the largest advertising budgets."
horizon_hours = 72
registered_at = 2026-01-20T12:00:00Z
registered_url = "https://registry.example/answers-2026"
analysis = "Share of brands that answered at least one message, with its 95 % interval."

[exclusions]
wrong-account = "The message went to an account that is not the brand's."
"""


def brands() -> list[str]:
    """The brand written to by each of the 26 messages, in the order of sending."""
    return [f"brand-{number:02}" for number in [*range(1, 19), *range(1, 9)]]


def arm(number: int) -> str:
    """The arm of message 0 to 25: 8 compliments, then 6 of each other arm; the two
    to brand-01 are compliments."""
    if number in (0, 18):
        return "compliment"
    return ARMS[(number - 1) % 4 if number < 18 else (number - 2) % 4]


def rows() -> list[dict[str, Any]]:
    """The table as handed in. Answers: brand-01, after 38 and after 9 minutes."""
    found = []
    for number, brand in enumerate(brands()):
        sent = FEBRUARY + number * 7 * DAY + 10 * 3_600
        wait = {0: 38 * 60, 18: 9 * 60}.get(number)
        found.append(
            dict.fromkeys(HEAD, "")
            | {
                "arm": arm(number),
                "brand": brand,
                "channel": "mastodon",
                "account": f"{brand}@social.example",
                "sent_at": sent,
                "message": f"https://social.example/notes/{1000 + number}",
                "answered_at": "" if wait is None else sent + wait,
                "watched_until": sent + 30 * DAY,
                "author": f"volunteer {number % 3}",
            }
        )
    return found


def table(of: list[dict[str, Any]]) -> str:
    """CSV of rows, whatever their columns."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(of[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(of)
    return out.getvalue()


def files(
    folder: Path, of: list[dict[str, Any]] | None = None, **changed: str
) -> list[Path]:
    """A protocol, with lines of it changed or ('') left out, and its results."""
    lines = []
    for line in PROTOCOL.splitlines():
        name = line.partition(" = ")[0]
        value = changed.pop(name, None)
        lines += [line] if value is None else [f"{name} = {value}"] if value else []
    lines = [*(f"{name} = {value}" for name, value in changed.items()), *lines]
    protocol, results = folder / "protocol.toml", folder / "results.csv"
    protocol.write_text("\n".join(lines) + "\n")
    results.write_text(table(rows() if of is None else of))
    return [protocol, results]


def put(
    store: Store,
    of: list[dict[str, Any]] | None = None,
    now: int = NOW,
    **changed: str,
) -> None:
    """The example, or rows of it ([]: the protocol alone), straight into a store."""
    with tempfile.TemporaryDirectory() as folder:
        first = rows() if of is None else of
        paths = files(Path(folder), first or rows(), **changed)
        protocol = read_protocol(paths[0])
        store.register_audit(protocol, now)
        if first:
            sent = read_results(
                paths[1], protocol, secret=b"of tests", until=now, as_of=None
            )
            store.merge_audit(protocol.id, sent.messages.iter_rows(named=True))
            freeze(store, protocol, now)
