"""The results of a field audit: a CSV file, one row a message that was sent.

``arm, brand, channel, account, sent_at, message, answered_at, watched_until`` are
needed; ``automatic_at, answer_step, excluded, author`` may be there. Times are ISO 8601
with a zone, or epoch seconds. Rows that cannot be taken are counted by their reason.

Known gaps
----------
- The file is believed: that a message was sent, and what came back, is checked by
  nobody here. Its reference is hashed, so that who sent it is not kept.
- A row that is refused is missing from the results like one that was never handed in:
  the page says how many messages were planned.

History
-------
2026-11-22: first version.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from collectors import columns, files, hashing, times
from collectors.base import UnreadableFile
from model.audits import MOST_MESSAGES, UNFORESEEN, Protocol
from model.frames import AUDITED, conform
from model.words import Step

NEEDED = (
    "arm", "brand", "channel", "account", "sent_at", "message", "answered_at",
    "watched_until",
)  # fmt: skip
OPTIONAL = ("automatic_at", "answer_step", "excluded", "author")
COLUMNS = (*NEEDED, *OPTIONAL)
TIMES = ("sent_at", "answered_at", "automatic_at", "watched_until")

STEPS = {"": Step.UNJUDGED} | {
    step.name.lower(): step
    for step in (Step.AUTOMATIC, Step.CANNED, Step.REDIRECT, Step.SUBSTANTIVE)
}
AGAIN = "another row of the same message: the first one counts"
LONGEST_ACCOUNT, LONGEST_BRAND, LONGEST_REFERENCE = 300, 200, 2_000

_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_CHANNEL = r"^[a-z0-9]([a-z0-9_.-]{0,38}[a-z0-9])?$"
_ACCOUNT = r"^[\p{L}\p{N}_]"
_UNPRINTABLE = r"[\p{C}\p{Zl}\p{Zp}]"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What one file of results said."""

    messages: pl.DataFrame  # AUDITED
    read: int
    refused: dict[str, int]  # reason: rows
    notes: tuple[str, ...] = ()


def read_results(
    path: Path, protocol: Protocol, *, secret: bytes, until: int, as_of: int | None
) -> Sent:
    """Reads one file. Asks no clock: nothing can have happened after ``until``.

    ``as_of`` stands in for a ``watched_until`` that a row does not give. Raises
    UnreadableFile when it is no table with our columns.
    """
    data = files.read_bytes(path)
    table = files.read_csv(path, data, NEEDED)
    if table.read > MOST_MESSAGES:
        raise UnreadableFile(path, f"at most {MOST_MESSAGES:,} messages of one audit")
    missing = [
        pl.lit("").alias(name) for name in COLUMNS if name not in table.frame.columns
    ]
    notes = table.notes + columns.unknown(table.frame.columns, COLUMNS)
    frame = _parsed(table.frame.with_columns(missing).select(COLUMNS), protocol, as_of)
    kept, refused = _sift(frame, protocol, until)
    hashed = columns.one_spelling(_hashed(kept, protocol, secret))
    once = hashed.unique("key", keep="first", maintain_order=True)
    total = Counter(table.refused) + refused
    total[AGAIN] += hashed.height - once.height
    return Sent(
        messages=conform(once, AUDITED),
        read=table.read,
        refused=columns.positive(total),
        notes=notes,
    )


def _parsed(frame: pl.DataFrame, protocol: Protocol, as_of: int | None) -> pl.DataFrame:
    """Texts trimmed, words as codes (null: unknown word), times as seconds."""
    lower = ("arm", "channel", "answer_step", "excluded")
    frame = frame.with_columns(pl.all().str.strip_chars()).with_columns(
        pl.col(lower).str.to_lowercase(),
        pl.col("account").str.strip_prefix("@"),
        # a machine's message is not the answer, whatever its column says
        automatic=pl.col("answer_step").str.to_lowercase() == "automatic",
    )
    for name in TIMES:
        at, code = times.seconds(frame[name])
        frame = frame.with_columns(at, code.alias(f"{name}?"))
    unsaid = pl.col("watched_until?") == times.EMPTY
    end = pl.lit(as_of, pl.Int64)
    given = pl.lit(as_of is not None) & unsaid
    arm = pl.col("arm").str.replace_all(r"[\s_-]+", " ").str.strip_prefix("plain ")
    return frame.with_columns(
        pl.when(given).then(end).otherwise("watched_until").alias("watched_until"),
        pl.when(given)
        .then(pl.lit(times.GIVEN, pl.Int8))
        .otherwise("watched_until?")
        .alias("watched_until?"),
        arm.alias("arm"),
        pl.col("answer_step")
        .replace_strict(
            {word: int(step) for word, step in STEPS.items()},
            default=None,
            return_dtype=pl.Int8,
        )
        .alias("step"),
        pl.when(pl.col("excluded").is_in(["", *protocol.exclusions]))
        .then("excluded")
        .otherwise(pl.lit(UNFORESEEN))
        .alias("excluded"),
    )


def _sift(
    frame: pl.DataFrame, protocol: Protocol, until: int
) -> tuple[pl.DataFrame, Counter[str]]:
    sent, answered, automatic, watched = (pl.col(name) for name in TIMES)
    texts = {
        "brand": LONGEST_BRAND,
        "channel": LONGEST_ACCOUNT,
        "account": LONGEST_ACCOUNT,
        "message": LONGEST_REFERENCE,
    }
    late = {f"{name} is later than this import": pl.col(name) > until for name in TIMES}
    return columns.sift(
        frame,
        {f"{name} is missing": pl.col(name) == "" for name in ("arm", *texts)}
        | {
            f"{name} is missing": pl.col(f"{name}?") == times.EMPTY
            for name in ("sent_at", "watched_until")
        }
        | {
            reason: test
            for name in TIMES
            for reason, test in times.reasons(pl.col(f"{name}?"), name).items()
        }
        | {
            "arm is not one of the protocol's": ~pl.col("arm").is_in(
                [str(arm) for arm in protocol.arms]
            ),
            "brand is not small letters, digits and hyphens": ~pl.col(
                "brand"
            ).str.contains(_SLUG),
            "channel is not small letters, digits, '.', '_' and '-'": ~pl.col(
                "channel"
            ).str.contains(_CHANNEL),
            "account holds control characters or begins with a sign": ~pl.col(
                "account"
            ).str.contains(_ACCOUNT)
            | pl.col("account").str.contains(_UNPRINTABLE),
            "answer_step is not automatic, canned, redirect, substantive or empty": (
                pl.col("step").is_null()
            ),
            "answer_step without answered_at": (pl.col("answer_step") != "")
            & answered.is_null(),
            "answered before it was sent": (answered < sent) | (automatic < sent),
            "watched_until is before sent_at": watched < sent,
            "answered after watched_until": (answered > watched)
            | (automatic > watched),
        }
        | late
        | {
            f"{name} is longer than {longest} characters": (
                pl.col(name).str.len_chars() > longest
            )
            for name, longest in texts.items()
        },
    )


def _hashed(frame: pl.DataFrame, protocol: Protocol, secret: bytes) -> pl.DataFrame:
    """References and volunteers as numbers; a machine's message apart from answers.

    A volunteer is one person throughout an audit: under the key of the year in which it
    was registered.
    """
    machine = pl.col("automatic")
    answered = pl.when(~machine).then("answered_at")
    people = frame.select(pl.when(pl.col("author") != "").then("author")).to_series()
    registered = pl.repeat(protocol.registered_at, len(frame), eager=True)
    return frame.select(
        hashing.keys(frame["message"]).alias("key"),
        hashing.authors(people, registered, secret).alias("author"),
        "arm",
        "brand",
        "channel",
        "account",
        "sent_at",
        answered.alias("answered_at"),
        pl.when(machine)
        .then(pl.min_horizontal("automatic_at", "answered_at"))
        .otherwise("automatic_at")
        .alias("automatic_at"),
        pl.when(answered.is_not_null())
        .then("step")
        .otherwise(pl.lit(int(Step.NONE), pl.Int8))
        .alias("step"),
        "watched_until",
        "excluded",
    )
