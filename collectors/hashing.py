"""Eight-byte hashes: stable for years, equal on every machine, signed like BIGINT.

``key`` names a conversation or a message: not secret, so that anyone can check it
against the channel. ``author`` stands for a person: without the installation's secret
nobody can go back to the name, and what one person wrote in one year is not known to be
theirs in the next. Both are blake2b, because the hashes of polars and of Python itself
change between versions.
"""

from datetime import UTC, datetime
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import polars as pl


def key(text: str) -> int:
    """The signed 64-bit hash of a channel's own id."""
    return int.from_bytes(
        blake2b(text.encode(), digest_size=8).digest(), "big", signed=True
    )


def author(text: str, at: int, secret: bytes) -> int:
    """The signed 64-bit hash of a person's id, for what was written at ``at`` (epoch
    seconds): under a key of that year, UTC, made from the installation's secret."""
    year = datetime.fromtimestamp(min(max(at, 0), _LAST), UTC).year
    return int.from_bytes(
        blake2b(text.encode(), digest_size=8, key=_of_year(year, secret)).digest(),
        "big",
        signed=True,
    )


def keys(texts: pl.Series) -> pl.Series:
    """``key`` of every text; null stays null."""
    return _all(texts, b"")


def authors(texts: pl.Series, ats: pl.Series, secret: bytes) -> pl.Series:
    """``author`` of every text, written at the moment beside it; null stays null."""
    years = pl.from_epoch(ats.cast(pl.Int64).fill_null(0).clip(0, _LAST)).dt.year()
    found = years.unique().to_list()
    if len(found) == 1:
        return _all(texts, _of_year(found[0], secret))
    values = pl.repeat(None, len(texts), dtype=pl.Int64(), eager=True)
    for year in found:
        rows = (years == year).arg_true()
        values = values.scatter(rows, _all(texts[rows], _of_year(year, secret)))
    return values.alias(texts.name)


_LAST = 253_402_300_799
"""The end of the year 9999: a clock that says more than that is wrong anyway."""


def _of_year(year: int, secret: bytes) -> bytes:
    """The key of a year's people. The secret cannot be had from it."""
    said = f"answerable: people who wrote in {year}"
    return blake2b(said.encode(), digest_size=32, key=secret[:64]).digest()


_MOSTLY_NEW = 0.7
"""Above this share of different texts, finding the repeats costs more than hashing
them again."""


def _all(texts: pl.Series, secret: bytes) -> pl.Series:
    given = texts.drop_nulls()
    places = given.hash()  # of this process only: tells the texts apart, no more
    if places.n_unique() > _MOSTLY_NEW * len(given):
        values = _hashed(given, secret)
    else:
        _, first, inverse = np.unique(
            places.to_numpy(), return_index=True, return_inverse=True
        )
        distinct = given.gather(first)
        if (distinct.gather(inverse) == given).all():
            values = _hashed(distinct, secret)[inverse]
        else:  # two texts fell on one place: once in millions of files
            values = _hashed(given, secret)
    if len(given) == len(texts):
        return pl.Series(texts.name, values)
    empty = pl.repeat(None, len(texts), dtype=pl.Int64(), eager=True)
    return empty.scatter(texts.is_not_null().arg_true(), values).alias(texts.name)


def _hashed(texts: pl.Series, secret: bytes) -> npt.NDArray[np.int64]:
    """Every text hashed, none of them null. A keyed hash begins with a block made of
    the key alone, so the state after it is kept and copied."""
    start = blake2b(digest_size=8, key=secret).copy
    digests = []
    for text in texts.cast(pl.Binary).to_list():
        state = start()
        state.update(text)
        digests.append(state.digest())
    return np.frombuffer(b"".join(digests), ">i8").astype(np.int64)
