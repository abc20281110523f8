"""Our own documented table of conversations: anyone's data, from any channel.

One row an inquiry, as CSV, JSONL or Parquet (the content decides, not the name). The
columns ``channel, account, inquiry_id, author, asked_at, kind`` are needed, and
``answered_at`` of what was answered; ``watched_until, found_by, language, url,
answer_step, brand, industry`` may be there. Times are ISO 8601 with a zone or epoch
seconds. An empty ``kind`` is not said, an empty ``found_by`` is ``list``. The format
is ours: it is described in full in the project's documentation, as of 2026-11-21.

A format and no place: it has no family of its own, each row names its channel.

Known gaps
----------
- Whoever wrote the file is believed: nothing in it is checked against the channel.
- One answer an inquiry. A row whose ``answer_step`` is ``automatic`` gives the time
  of the acknowledgement and leaves the inquiry unanswered.
- Publications and replies per day are not part of it.
- A row of an inquiry that the file already has is merged with it: earliest question,
  earliest answer, longest watch.

History
-------
2026-11-21: first version.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from collectors import columns, files, hashing, times
from collectors.base import Channel, Known, UnreadableFile
from model.frames import IMPORTED, conform
from model.looks import Reading
from model.words import CHANNEL_FAMILY, FoundBy, Kind, Step

NEEDED = ("channel", "account", "inquiry_id", "author", "asked_at", "kind")
OPTIONAL = (
    "answered_at",
    "watched_until",
    "found_by",
    "language",
    "url",
    "answer_step",
    "brand",
    "industry",
)
COLUMNS = (*NEEDED, *OPTIONAL)
TIMES = ("asked_at", "answered_at", "watched_until")

KINDS = {"": Kind.UNSAID} | {
    kind.name.lower(): kind for kind in Kind if kind is not Kind.UNSAID
}
FOUND_BY = {"": FoundBy.LIST} | {way.name.lower(): way for way in FoundBy}
STEPS = {"": Step.UNJUDGED} | {
    step.name.lower(): step
    for step in (Step.AUTOMATIC, Step.CANNED, Step.REDIRECT, Step.SUBSTANTIVE)
}

MERGED = "another row of the same inquiry: merged with it"
LONGEST = {"account": 300, "brand": 200, "industry": 200}
LONGEST_URL = 2_000
AT_HANDLES = ("bluesky", "mastodon", "x", "twcs")
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"


def read_file(path: Path, *, secret: bytes, as_of: int | None, known: Known) -> Reading:
    """Reads one file. Raises UnreadableFile when it is no table with our columns."""
    table = _open(path)
    kept, refused = _sift(_parsed(table.frame), as_of)
    total = Counter(table.refused) + refused
    hashed = _hashed(columns.one_spelling(kept), secret)
    rows, merged = _merged(hashed)
    total[MERGED] += merged
    return Reading(
        channel=CHANNEL.slug,
        inquiries=conform(rows, IMPORTED),
        read=table.read,
        refused=columns.positive(total),
        notes=table.notes + _left_out(kept, hashed),
        since=columns.earliest(rows, ["asked_at"]),
        as_of=_until(rows, as_of),
    )


def _open(path: Path) -> files.Table:
    """The file's rows as text, one column for each of COLUMNS."""
    data = files.read_bytes(path)
    if data.startswith(b"PAR1"):
        table = files.read_parquet(path, data, COLUMNS)
    elif data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        table = files.read_jsonl(path, data, COLUMNS)
    elif path.suffix.lower() in (".parquet", ".jsonl", ".ndjson"):
        raise UnreadableFile(path, f"{path.suffix[1:]}, as its name says")
    else:
        table = files.read_csv(path, data, NEEDED)
    missing = [
        pl.lit("").alias(name) for name in COLUMNS if name not in table.frame.columns
    ]
    return files.Table(
        frame=table.frame.with_columns(missing).select(COLUMNS),
        read=table.read,
        refused=table.refused,
        notes=table.notes + columns.unknown(table.frame.columns, COLUMNS),
    )


def _parsed(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts trimmed, words as codes (null: unknown word), times as seconds."""
    frame = frame.with_columns(pl.exclude("url").str.strip_chars()).with_columns(
        pl.col("channel").str.to_lowercase()
    )
    frame = frame.with_columns(
        pl.when(pl.col("channel").is_in(AT_HANDLES))
        .then(pl.col("account").str.strip_prefix("@"))
        .otherwise("account")
        .alias("account"),
        _coded("kind", KINDS),
        _coded("found_by", FOUND_BY),
        _coded("answer_step", STEPS),
    )
    for name in TIMES:
        at, code = times.seconds(frame[name])
        frame = frame.with_columns(at, code.alias(f"{name}?"))
    return frame


def _coded(name: str, words: Mapping[str, int]) -> pl.Expr:
    return (
        pl.col(name)
        .str.to_lowercase()
        .replace_strict(
            {word: int(code) for word, code in words.items()},
            default=None,
            return_dtype=pl.Int8,
        )
        .alias(name)
    )


def _sift(frame: pl.DataFrame, as_of: int | None) -> tuple[pl.DataFrame, Counter[str]]:
    asked, answered, until = (pl.col(name) for name in TIMES)
    end = pl.lit(as_of, pl.Int64)  # null compares as null: no reason
    unknown = ~pl.col("channel").is_in(list(CHANNEL_FAMILY))
    return columns.sift(
        frame,
        {f"{name} is missing": _empty(name) for name in ("channel", "account")}
        | {"unknown channel": unknown}
        | {f"{name} is missing": _empty(name) for name in ("inquiry_id", "author")}
        | {"asked_at is missing": pl.col("asked_at?") == times.EMPTY}
        | {
            reason: test
            for name in TIMES
            for reason, test in times.reasons(pl.col(f"{name}?"), name).items()
        }
        | {
            "kind is not complaint, question, compliment, other or empty": pl.col(
                "kind"
            ).is_null(),
            "found_by is not stream, thread, list, reply or empty": pl.col(
                "found_by"
            ).is_null(),
            "answer_step is not automatic, canned, redirect, substantive or empty": (
                pl.col("answer_step").is_null()
            ),
            "answer_step without answered_at": (pl.col("answer_step") != Step.UNJUDGED)
            & answered.is_null(),
            "answered before it was asked": answered < asked,
            "watched_until is before asked_at": until < asked,
            "answered after watched_until": answered > until,
            "asked after the time the source stops knowing": asked > end,
            "answered after the time the source stops knowing": answered > end,
        }
        | {
            f"{name} is longer than {longest} characters": (
                pl.col(name).str.len_chars() > longest
            )
            for name, longest in LONGEST.items()
        }
        | {
            f"{name} holds control characters": pl.col(name).str.contains(r"\p{Cc}")
            for name in LONGEST
        },
    )


def _empty(name: str) -> pl.Expr:
    return pl.col(name) == ""


def _hashed(frame: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """The columns of IMPORTED, names and ids hashed."""
    step = pl.col("answer_step")
    answered = pl.col("answered_at")
    human = step != Step.AUTOMATIC
    url = pl.col("url").str.strip_chars()
    is_link = url.str.contains(r"^https?://[^\s\p{Cc}]+$") & (
        url.str.len_bytes() <= LONGEST_URL
    )
    people = frame.select(pl.concat_str("channel", "author", separator="|"))
    return frame.select(
        "channel",
        "account",
        hashing.keys(frame["inquiry_id"]).alias("key"),
        hashing.authors(people.to_series(), frame["asked_at"], secret).alias("author"),
        "asked_at",
        pl.when(human).then(answered).alias("answered_at"),
        pl.when(~human).then(answered).alias("automatic_at"),
        pl.when(step == Step.SUBSTANTIVE).then(answered).alias("substantive_at"),
        pl.when(human & answered.is_not_null())
        .then(step)
        .otherwise(int(Step.NONE))
        .cast(pl.Int8)
        .alias("step"),
        "kind",
        "found_by",
        pl.lit(1, pl.Int8).alias("addressed"),
        "watched_until",
        _or_null("language", pl.col("language").str.contains(_LANGUAGE)),
        pl.when(is_link).then(url).alias("url"),
        _or_null("brand", ~_empty("brand")),
        _or_null("industry", ~_empty("industry")),
    )


def _left_out(said: pl.DataFrame, kept: pl.DataFrame) -> tuple[str, ...]:
    """Notes on what rows said beside the point and was not kept."""
    wanted = {"url": "an http address", "language": "a language tag such as pt-BR"}
    missing = {
        name: int((said[name].str.strip_chars() != "").sum() - kept[name].count())
        for name in wanted
    }
    return tuple(
        f"The {name} is not {wanted[name]} and was left out: {n} rows."
        for name, n in missing.items()
        if n
    )


def _or_null(name: str, test: pl.Expr) -> pl.Expr:
    return pl.when(test).then(pl.col(name)).alias(name)


def _merged(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """One row an inquiry, and how many rows went into others.

    The same rows in another order merge to the same. Only rows whose key repeats are
    looked at: in most files none does.
    """
    repeats = rows["key"].is_duplicated()
    if not repeats.any():
        return rows, 0
    same = ["channel", "account", "key"]
    merged = (
        rows.filter(repeats)
        .sort(pl.all(), nulls_last=True)
        .group_by(same, maintain_order=True)
        .agg(
            pl.col("author").first(),
            pl.col("asked_at", "answered_at", "automatic_at", "substantive_at").min(),
            pl.col("step").sort_by("answered_at", "step", nulls_last=True).first(),
            pl.col("kind").sort_by(pl.col("kind") == Kind.UNSAID, "kind").first(),
            pl.col("found_by", "addressed").min(),
            pl.when(pl.col("watched_until").is_null().any())
            .then(None)
            .otherwise(pl.col("watched_until").max())
            .alias("watched_until"),
            pl.col("language", "url", "brand", "industry").drop_nulls().first(),
        )
        .select(rows.columns)
    )
    kept = pl.concat([rows.filter(~repeats), merged])
    return kept, rows.height - kept.height


def _until(rows: pl.DataFrame, as_of: int | None) -> int | None:
    """When the source stops knowing: what was said, or the latest time it holds."""
    if rows.is_empty():
        return None
    if as_of is not None:
        return as_of
    return columns.latest(
        rows, ["asked_at", "answered_at", "automatic_at", "watched_until"]
    )


CHANNEL = Channel(
    slug="interactions",
    title="Tables of conversations",
    source="",
    licence="Whatever the file's owner says; the rows name their channel.",
    terms="Personal names are hashed on sight and never stored.",
    cannot_see="Anything its author left out: the file is believed as it is.",
    says_kind=True,
    read_file=read_file,
)
