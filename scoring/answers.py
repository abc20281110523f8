"""What an edition says of answers beyond the first: when the first of substance came,
and how the person is addressed.

Frozen apart from the rows of inquiries, in a part of its own, and only where there is
something: most sources do not tell. An edition without it says nothing of this, and
is what it was before there was any.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

import polars as pl

from model.frames import ANSWERED, FROZEN, FURTHER, conform
from model.words import Step
from scoring.book import Book, Period
from scoring.details.substance import TOPIC, Body, Key, details
from scoring.details.told import DETAILS, digest_of_all, told
from scoring.edition import INQUIRIES, Result, parquet, thawed
from scoring.printing import result_digest

PART = "answers"
LADDER = "ladder"
HASHED = {
    name: (FROZEN | FURTHER)[name]
    for name in (
        "account",
        "author",
        "asked_s",
        "wait_s",
        "substantive_s",
        "personal",
        "copied",
    )
}
"""What the digest is over, after the digest of all else: these columns, each as
little-endian 4-byte numbers, -1 where there is none, sorted by themselves."""

LATER_HASHED = ("copied",)
"""Left out where it is null throughout, as in editions made before it was kept."""

_SOMETHING = pl.any_horizontal(
    pl.col("substantive_s", "personal", "copied").is_not_null()
)


def judged(result: Result) -> bool:
    """Whether somebody's answers were judged, so that there may be more to say."""
    return bool((result.details["topic"] == LADDER).any())


def with_answers(result: Result, known: pl.DataFrame, period: Period) -> Result:
    """The result with the topic of substance, and with what it was made of as a part
    of its own; both digests cover it like all else. ``known`` (ANSWERED)."""
    names = Book(thawed(dict(result.parts)["accounts"]))
    found, hashed = [pl.DataFrame(schema=FURTHER)], [pl.DataFrame(schema=HASHED)]

    def joined() -> Iterator[pl.DataFrame]:
        for name, part in result.parts:
            if INQUIRIES in name:
                rows = thawed(part)
                found.append(further(rows, known, period))
                whole = rows.join(
                    found[-1], on="inquiry", how="left", maintain_order="left"
                )
                hashed.append(whole.filter(_SOMETHING).select(HASHED.keys()))
                yield whole

    said = told(TOPIC, details(joined(), names, result.cuts, bodies(result.details)))
    every = pl.concat([result.details, said]).sort(DETAILS.names()[:-1])
    more = pl.concat(found).sort("inquiry")
    return replace(
        result,
        details=every,
        parts=result.parts + ([(PART, parquet(more))] if len(more) else []),
        input_digest=_extended(result.input_digest, hashed),
        result_digest=digest_of_all(result_digest(result.standings), every),
    )


def further(frozen: pl.DataFrame, known: pl.DataFrame, period: Period) -> pl.DataFrame:
    """What is known (ANSWERED) of the answers in frozen rows, as it is kept (FURTHER).

    Only of the very answer that was frozen: one that came or went since is another. An
    answer of substance is kept where it came later than that one, until ``as_of``.
    """
    start = period.start
    asked = pl.col("asked_s").cast(pl.Int64) + start
    later = (pl.col("substantive_at") > pl.col("answered_at")) & (
        pl.col("substantive_at") <= period.as_of
    )
    return conform(
        frozen.lazy()
        .filter(pl.col("wait_s").is_not_null())
        .join(conform(known, ANSWERED).lazy(), on="inquiry")
        .filter(asked + pl.col("wait_s") == pl.col("answered_at"))
        .select(
            "inquiry",
            pl.when(later & (pl.col("step") != Step.SUBSTANTIVE))
            .then(pl.col("substantive_at") - asked)
            .alias("substantive_s"),
            "personal",
            pl.when(pl.col("step") == Step.REDIRECT).then("copied").alias("copied"),
        )
        .filter(_SOMETHING)
        .collect(),
        FURTHER,
    )


def bodies(more: pl.DataFrame) -> dict[Key, Body]:
    """What the topic of the ladder says (DETAILS), by key."""
    lines = more.filter(pl.col("topic") == LADDER)
    key = ("level", "family", "channel", "slug")
    return {
        (level, family, channel, slug): json.loads(body)
        for level, family, channel, slug, body in lines.select(*key, "body").rows()
    }


def kept_in(parts: Mapping[str, bytes]) -> pl.DataFrame:
    """FURTHER of an edition's parts; empty where it keeps none."""
    if PART not in parts:
        return pl.DataFrame(schema=FURTHER)
    return conform(thawed(parts[PART]), FURTHER)


def _extended(digest: str, hashed: Iterable[pl.DataFrame]) -> str:
    every = pl.concat(hashed)
    if every.is_empty():
        return digest
    kept = [name for name in HASHED if name not in LATER_HASHED or every[name].count()]
    lines = every.select(kept).fill_null(-1).sort(kept)
    whole = sha256(digest.encode())
    for column in lines:
        whole.update(column.to_numpy().astype("<i4", copy=False).data)
    return whole.hexdigest()
