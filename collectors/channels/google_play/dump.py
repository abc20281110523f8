"""Reviews of apps on Google Play, from a dump of the google-play-scraper library.

One row a review, in the library's own columns (JoMingyu/google-play-scraper,
``constants/element.py``; looked at on 2026-11-21): ``reviewId, score, at,
replyContent, repliedAt``, and a column that says which app, since the library gives
none: ``appId``, ``app_id``, ``app``, ``package`` or ``bank``, the first of these that
is there. An inquiry is a review, its answer the developer's reply; one or two stars
are a complaint, three are other, four or five a compliment.

Only the import of such dumps is here; ``live`` asks the shop itself, where an operator
has switched that on.

Known gaps
----------
- The library prints local times without a zone, of the machine that ran it. They are
  read as UTC: waits are right except across a change to or from summer time, the time
  of day and sometimes the day are not.
- ``at`` is the time of the last edit. Where the reply is older than that, the time of
  the first version is not known, and so neither is the wait: such a review is refused
  and counted. Its writer was answered, so a share answered is a little too low when
  there are many of them. An edit before the reply cannot be noticed; there the wait
  comes out too short.
- A review has at most one reply, in its last version.
- Whoever made the dump chose the reviews: the newest, or the most relevant, per
  country and language. It is a sample, and seldom a random one.
- A person can review an app once, so every review is its own person. Nothing of the
  reviewer's name is read.

History
-------
2026-11-21: first version.
"""

from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl

from collectors import columns, files, hashing, times
from collectors.base import Known, UnreadableFile
from collectors.reviews import EDITED, STARS
from model.frames import IMPORTED, conform
from model.looks import Reading
from model.words import FoundBy, Step

SLUG = "google_play"
NEEDED = ("reviewId", "score", "at", "replyContent", "repliedAt")
APPS = ("appId", "app_id", "app", "package", "bank")
COLUMNS = (
    *NEEDED, *APPS, "userName", "userImage", "content", "thumbsUpCount",
    "reviewCreatedVersion", "appVersion", "platform",
)  # fmt: skip
MERGED = "another row of the same review: merged with it"
_NOTHING = ("", "nan", "nat", "none", "null")
_PACKAGE = r"^[A-Za-z]\w*(\.[A-Za-z]\w*)+$"
ADDRESS = "https://play.google.com/store/apps/details?id={}&reviewId={}"
SHOP = ("play.google.com", "/store/apps/details")


def message_at(_http: object, _options: object, url: str) -> str:
    """The review on a page; "" for the page of anything else."""
    parts = urlsplit(url)
    if (parts.hostname, parts.path.rstrip("/")) != SHOP:
        return ""
    return parse_qs(parts.query).get("reviewId", [""])[0]


def read_file(path: Path, *, secret: bytes, as_of: int | None, known: Known) -> Reading:
    """Reads one dump. Raises UnreadableFile when it is no such CSV."""
    table = files.read_csv(path, files.read_bytes(path), NEEDED)
    reviews, refused = _sift(_parsed(path, table.frame), as_of)
    one = _merged(columns.one_spelling(reviews))
    refused[MERGED] = reviews.height - one.height
    kept, edited = columns.sift(one, {EDITED: pl.col("replied") < pl.col("at")})
    inquiries = _hashed(kept, secret)
    return Reading(
        channel=SLUG,
        inquiries=inquiries,
        read=table.read,
        refused=columns.positive(Counter(table.refused) + refused + edited),
        notes=table.notes + columns.unknown(table.frame.columns, COLUMNS),
        since=columns.earliest(inquiries, ["asked_at"]),
        as_of=_until(inquiries, as_of),
    )


def _parsed(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """app, review, stars (null: none of 1 to 5), at, replied and what they said."""
    app = next((name for name in APPS if name in frame.columns), None)
    if app is None:
        raise UnreadableFile(path, f"one of the columns {', '.join(APPS)}")
    at, at_code = times.seconds(frame["at"], zoneless=True)
    said = pl.col("repliedAt").str.strip_chars()
    missing = said.str.to_lowercase().is_in(_NOTHING)
    reply_at = frame.select(pl.when(missing).then(pl.lit("")).otherwise(said))
    replied, replied_code = times.seconds(reply_at.to_series(), zoneless=True)
    score = pl.col("score").str.strip_chars().str.replace(r"\.0+$", "")
    text = pl.col("replyContent").str.strip_chars().str.to_lowercase()
    return frame.select(
        channel=pl.lit(SLUG),
        account=pl.col(app).str.strip_chars(),
        review=pl.col("reviewId").str.strip_chars(),
        stars=pl.when(score.str.contains("^[1-5]$")).then(score).cast(pl.Int8),
        has_text=~text.is_in(_NOTHING),
    ).with_columns(
        at.alias("at"),
        at_code.alias("at?"),
        replied.alias("replied"),
        replied_code.alias("replied?"),
    )


def _sift(frame: pl.DataFrame, as_of: int | None) -> tuple[pl.DataFrame, Counter[str]]:
    at, replied = pl.col("at"), pl.col("replied")
    end = pl.lit(as_of, pl.Int64)  # null compares as null: no reason
    return columns.sift(
        frame,
        {
            "the app is missing": pl.col("account") == "",
            "the app is longer than 300 characters": (
                pl.col("account").str.len_chars() > 300
            ),
            "the app holds control characters": pl.col("account").str.contains(
                r"\p{Cc}"
            ),
            "reviewId is missing": pl.col("review") == "",
            "score is not 1 to 5": pl.col("stars").is_null(),
            "at is missing": pl.col("at?") == times.EMPTY,
        }
        | times.reasons(pl.col("at?"), "at")
        | times.reasons(pl.col("replied?"), "repliedAt")
        | {
            "a reply without its time": pl.col("has_text") & replied.is_null(),
            "written after the time the source stops knowing": at > end,
            "answered after the time the source stops knowing": replied > end,
        },
    )


def _merged(reviews: pl.DataFrame) -> pl.DataFrame:
    """One row a review: written first, answered first, stars of its last version."""
    repeats = reviews.select(pl.struct("account", "review").is_duplicated()).to_series()
    if not repeats.any():
        return reviews
    merged = (
        reviews.filter(repeats)
        .sort("at", "stars")
        .group_by("account", "review", maintain_order=True)
        .agg(
            pl.col("at", "replied").min(),
            pl.exclude("at", "replied").last(),
        )
    )
    return pl.concat([reviews.filter(~repeats), merged.select(reviews.columns)])


def _hashed(reviews: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    channel = SLUG
    people = reviews.select(pl.format(channel + "|{}", "review")).to_series()
    answered = pl.col("replied").is_not_null()
    package = pl.col("account").str.contains(_PACKAGE)
    simple = pl.col("review").str.contains(r"^[\w:.-]{1,100}$")
    return conform(
        reviews.select(
            "channel",
            "account",
            hashing.keys(reviews["review"]).alias("key"),
            hashing.authors(people, reviews["at"], secret).alias("author"),
            pl.col("at").alias("asked_at"),
            pl.col("replied").alias("answered_at"),
            step=pl.when(answered).then(int(Step.UNJUDGED)).otherwise(int(Step.NONE)),
            kind=pl.col("stars").replace_strict(
                {stars: int(kind) for stars, kind in STARS.items()},
                return_dtype=pl.Int8,
            ),
            found_by=pl.lit(int(FoundBy.LIST)),
            addressed=pl.lit(1),
            url=pl.when(package & simple).then(pl.format(ADDRESS, "account", "review")),
        ),
        IMPORTED,
    )


def _until(inquiries: pl.DataFrame, as_of: int | None) -> int | None:
    if inquiries.is_empty() or as_of is None:
        return columns.latest(inquiries, ["asked_at", "answered_at"])
    return as_of
