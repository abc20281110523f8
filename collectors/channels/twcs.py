"""Customer Support on Twitter: public conversations with company accounts, 2017.

A CSV of tweets (Kaggle, "Customer Support on Twitter"; looked at on 2026-11-21), one
row each: ``tweet_id, author_id, inbound, created_at, text, response_tweet_id,
in_response_to_tweet_id``. People are numbers, companies their handle; a company is
whoever wrote a row with ``inbound`` False. Times are ``Tue Oct 31 22:10:47 +0000
2017``.

An inquiry is an opening: a person's tweet that answers nothing. It belongs to the
company that first answered it directly; failing that, to the first company of the
file that its text names. An opening that nobody answered directly and that names no
company was addressed to none, even where a company stepped in further down. The
answer is the company's first reply to anything the person wrote in the thread, not
before the opening.

Known gaps
----------
- The set holds only conversations that were answered, so every inquiry is found by
  its reply: no rate is ever made from it. Waiting times are what they are.
- For the same reason a company's posts are there only when somebody answered them:
  posts per reply from this set understates the posts.
- The ids are the set's own, not Twitter's: no link leads to a tweet.
- Links between tweets are taken from ``in_response_to_tweet_id`` alone. The list in
  ``response_tweet_id`` is not read; spreadsheets turn ``155,157`` into ``1,55,157``.
- A person's message whose parent is not in the file is no opening.
- An opening that names two companies belongs to one of them.

History
-------
2026-11-21: first version.
2026-11-22: openings are handed on with their texts, to be judged.
"""

from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from collectors import columns, files, hashing, times
from collectors.base import Channel, Known
from model.frames import PUBLISHED, conform
from model.looks import HEARD, LONGEST, Reading
from model.words import DAY, FoundBy, Kind, Step

NEEDED = (
    "tweet_id",
    "author_id",
    "inbound",
    "created_at",
    "text",
    "in_response_to_tweet_id",
)
COLUMNS = (*NEEDED, "response_tweet_id")
REPEATED = "another row with the same tweet_id"
NOBODYS = "no company of the file answered the opening directly or is named in it"

Places = npt.NDArray[np.int64]
"""Rows of a frame, by number."""
_ROUNDS = 64
_TWITTER = "%a %b %d %H:%M:%S %z %Y"
_NUMBER = r"^\d{1,18}$"
_HANDLE = r"^\w{1,50}$"


def read_file(path: Path, *, secret: bytes, as_of: int | None, known: Known) -> Reading:
    """Reads one file. Raises UnreadableFile when it is no such CSV."""
    table = files.read_csv(path, files.read_bytes(path), NEEDED)
    tweets, refused = _tweets(table.frame.select(NEEDED), as_of)
    openings = _openings(tweets)
    nobodys = openings["account"].null_count()
    total = Counter(table.refused) + refused + Counter({NOBODYS: nobodys})
    inquiries = openings.filter(pl.col("account").is_not_null())
    return Reading(
        channel=CHANNEL.slug,
        inquiries=_hashed(inquiries, secret, known),
        published=_published(tweets, inquiries),
        read=table.read,
        refused=columns.positive(total),
        notes=table.notes
        + columns.unknown(table.frame.columns, COLUMNS)
        + _notes(tweets, openings),
        since=columns.earliest(tweets, ["at"]),
        as_of=columns.latest(tweets, ["at"]) if as_of is None else as_of,
    )


def _tweets(
    frame: pl.DataFrame, as_of: int | None
) -> tuple[pl.DataFrame, Counter[str]]:
    """One row a tweet: id, parent (null: it answers nothing), author, company, at,
    text; and why the other rows are none."""
    at, code = _times(frame["created_at"])
    frame = frame.select(
        _number("tweet_id").alias("id"),
        _number("in_response_to_tweet_id").alias("parent"),
        parent_said=pl.col("in_response_to_tweet_id").str.strip_chars() != "",
        author=pl.col("author_id").str.strip_chars(),
        inbound=pl.col("inbound").str.strip_chars().str.to_lowercase(),
        text=pl.col("text"),
    ).with_columns(at.alias("at"), code.alias("at?"))
    kept, refused = columns.sift(
        frame,
        {
            "tweet_id is not a number": pl.col("id").is_null(),
            "author_id is not a handle or a number": ~pl.col("author").str.contains(
                _HANDLE
            ),
            "inbound is neither True nor False": ~pl.col("inbound").is_in(
                ["true", "false"]
            ),
            "created_at is missing": pl.col("at?") == times.EMPTY,
        }
        | times.reasons(pl.col("at?"), "created_at")
        | {
            "in_response_to_tweet_id is not a number": pl.col("parent_said")
            & pl.col("parent").is_null(),
            "created after the time the source stops knowing": pl.col("at")
            > pl.lit(as_of, pl.Int64),
        },
    )
    tweets = kept.sort("id", "at", "author", "inbound", "parent", "text").unique(
        "id", keep="first", maintain_order=True
    )
    refused[REPEATED] = kept.height - tweets.height
    return _accounts(tweets.with_columns(company=pl.col("inbound") == "false")), refused


def _accounts(tweets: pl.DataFrame) -> pl.DataFrame:
    """With ``account``: a company's handle, spelt in one way; null for people."""
    same = pl.col("author").str.to_lowercase()
    spelt = (
        tweets.filter("company")
        .group_by(handle=same)
        .agg(account=pl.col("author").min())
    )
    return (
        tweets.with_columns(handle=pl.when("company").then(same))
        .join(spelt, on="handle", how="left", maintain_order="left")
        .select("id", "parent", "author", "account", "company", "at", "text")
    )


def _number(name: str) -> pl.Expr:
    """``3`` and ``3.0`` are 3. ``1,55,157`` is nothing: it may be 1 and 55,157."""
    plain = pl.col(name).str.strip_chars().str.replace(r"\.0+$", "")
    return pl.when(plain.str.contains(_NUMBER)).then(plain).cast(pl.Int64).alias(name)


def _times(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Twitter's way of writing times, or any other that ``times`` reads."""
    twitter = texts.str.strip_chars().str.to_datetime(
        _TWITTER, strict=False, time_unit="ms", time_zone="UTC"
    )
    as_said = twitter.dt.epoch("s").cast(pl.String)
    return times.seconds(as_said.fill_null(texts))


def _openings(tweets: pl.DataFrame) -> pl.DataFrame:
    """One row an opening: its id, author, at, account (null: nobody), answered_at, and
    its text, to be judged."""
    openings = tweets.filter(_IS_OPENING).rename({"id": "opening"})
    replies = _replies(tweets)
    direct = _first(replies.filter(pl.col("to") == pl.col("opening")))
    openings = openings.select("opening", "author", "at", "text").join(
        direct, on="opening", how="left", maintain_order="left"
    )
    named = openings.join(
        _named(openings, tweets), on="opening", how="left", maintain_order="left"
    ).with_columns(account=pl.coalesce("account", "named"))
    answers = replies.group_by("opening", "account").agg(
        answered_at=pl.col("replied").min()
    )
    return named.join(
        answers, on=["opening", "account"], how="left", maintain_order="left"
    ).select("opening", "author", "at", "account", "answered_at", "text")


_IS_OPENING = ~pl.col("company") & pl.col("parent").is_null()


def _replies(tweets: pl.DataFrame) -> pl.DataFrame:
    """Companies' answers to whoever opened the thread, not before the opening.

    opening: its id; to: the id of the message answered, the opening or a later one of
    the same person; account, id and replied: of the answer.
    """
    parent = _places(tweets["id"], tweets["parent"])
    root = _roots(parent)
    threads = tweets.with_columns(
        to=tweets["id"].gather(parent),
        to_author=tweets["author"].gather(parent),
        opening=tweets["id"].gather(root),
        opener=tweets["author"].gather(root),
        opened=tweets["at"].gather(root),
        is_opened=tweets.select(_IS_OPENING).to_series().gather(root),
    )
    return threads.filter(
        pl.col("company")
        & pl.col("is_opened")
        & (pl.col("to_author") == pl.col("opener"))
        & (pl.col("author") != pl.col("opener"))
        & (pl.col("at") >= pl.col("opened"))
    ).select("opening", "to", "account", "id", pl.col("at").alias("replied"))


def _places(ids: pl.Series, parents: pl.Series) -> Places:
    """Where in the sorted ids each parent stands; its own place where it has none."""
    here = np.arange(len(ids), dtype=np.int64)
    if not len(ids):
        return here
    wanted = parents.fill_null(-1).to_numpy()
    known = ids.to_numpy()
    found = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[found] == wanted, found, here)


def _roots(parent: Places) -> Places:
    """Where each thread begins. Every round doubles the distance looked up, so the
    rounds are few; messages that answer each other in a circle lead nowhere."""
    up = parent
    for _ in range(_ROUNDS):
        further = up[up]
        if np.array_equal(further, up):
            break
        up = further
    return up


def _first(replies: pl.DataFrame) -> pl.DataFrame:
    """The account of each opening's earliest reply; of two at once, the lower id's."""
    return (
        replies.sort("opening", "replied", "id")
        .unique("opening", keep="first", maintain_order=True)
        .select("opening", "account")
    )


def _named(openings: pl.DataFrame, tweets: pl.DataFrame) -> pl.DataFrame:
    """The first company each opening's text names: opening, named."""
    companies = (
        tweets.filter("company")
        .select(named="account", handle=pl.col("account").str.to_lowercase())
        .unique()
    )
    return (
        openings.select("opening", handle=pl.col("text").str.extract_all(r"@\w+"))
        .explode("handle")
        .with_columns(pl.col("handle").str.slice(1).str.to_lowercase())
        .join(companies, on="handle", how="inner", maintain_order="left")
        .unique("opening", keep="first", maintain_order=True)
        .select("opening", "named")
    )


def _hashed(openings: pl.DataFrame, secret: bytes, known: Known) -> pl.DataFrame:
    channel = CHANNEL.slug
    answered = pl.col("answered_at").is_not_null()
    people = openings.select(pl.format(channel + "|{}", "author")).to_series()
    brands = {
        account: known.brand(channel, account) or known.brand("x", account)
        for account in openings["account"].unique()
    }
    return conform(
        openings.select(
            pl.lit(channel).alias("channel"),
            "account",
            hashing.keys(openings["opening"].cast(pl.String)).alias("key"),
            hashing.authors(people, openings["at"], secret).alias("author"),
            pl.col("at").alias("asked_at"),
            "answered_at",
            step=pl.when(answered).then(int(Step.UNJUDGED)).otherwise(int(Step.NONE)),
            kind=pl.lit(int(Kind.UNSAID)),
            found_by=pl.lit(int(FoundBy.REPLY)),
            addressed=pl.lit(1),
            brand=pl.col("account").replace_strict(
                brands, default=None, return_dtype=pl.String
            ),
            text=pl.col("text").str.slice(0, LONGEST),
        ),
        HEARD,
    )


def _published(tweets: pl.DataFrame, inquiries: pl.DataFrame) -> pl.DataFrame:
    """Companies' tweets of each day: those that answer something, and the others.

    Of companies with an inquiry in the file; nothing is said here of the others.
    """
    answers = pl.col("parent").is_not_null()
    return conform(
        tweets.filter("company")
        .join(inquiries, on="account", how="semi")
        .group_by("account", day=pl.col("at") // DAY)
        .agg(posts=(~answers).sum(), replies=answers.sum())
        .with_columns(channel=pl.lit(CHANNEL.slug))
        .sort("account", "day"),
        PUBLISHED,
    )


def _notes(tweets: pl.DataFrame, openings: pl.DataFrame) -> tuple[str, ...]:
    """What the rows that are no inquiries are."""
    by_company = tweets["company"].sum()
    later = tweets.height - by_company - openings.height
    dates = tweets.select("id", asked="at").rename({"id": "parent"})
    early = (
        tweets.filter("company")
        .join(dates, on="parent")
        .filter(pl.col("at") < pl.col("asked"))
        .height
    )
    counted = {
        "Messages by companies, answers and posts": by_company,
        "Messages by people that answer something, no openings": later,
        "Answers dated before what they answer, which end no wait": early,
    }
    return tuple(f"{text}: {n}." for text, n in counted.items() if n)


CHANNEL = Channel(
    slug="twcs",
    title="Customer Support on Twitter (2017)",
    source="https://www.kaggle.com/datasets/thoughtvector/customer-support-on-twitter",
    licence="CC BY-NC-SA 4.0",
    terms="Imported from a file the operator has; no text and no name is stored.",
    cannot_see="Conversations that nobody answered: waiting times only, never rates.",
    answered_only=True,
    read_file=read_file,
)
