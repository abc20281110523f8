"""Eight-byte hashes: stable for years, equal on every machine, signed like BIGINT.

``key`` names a conversation or a message: not secret, so that anyone can check it
against the channel. ``keyed`` stands for a person: without the installation's secret
nobody can go back to the name. Both are blake2b, because the hashes of polars and of
Python itself change between versions. Distinct values are hashed once and joined.
"""

from hashlib import blake2b

import polars as pl


def key(text: str) -> int:
    """The signed 64-bit hash of a channel's own id."""
    return int.from_bytes(
        blake2b(text.encode(), digest_size=8).digest(), "big", signed=True
    )


def keyed(text: str, secret: bytes) -> int:
    """The signed 64-bit hash of a person's id under the installation's secret."""
    return int.from_bytes(
        blake2b(text.encode(), digest_size=8, key=secret[:64]).digest(),
        "big",
        signed=True,
    )


def keys(texts: pl.Series) -> pl.Series:
    """``key`` of every text; null stays null."""
    return _distinct(texts, b"")


def keyed_all(texts: pl.Series, secret: bytes) -> pl.Series:
    """``keyed`` of every text; null stays null."""
    return _distinct(texts, secret[:64])


def _distinct(texts: pl.Series, secret: bytes) -> pl.Series:
    distinct = texts.drop_nulls().unique()
    digests = b"".join(
        blake2b(text.encode(), digest_size=8, key=secret).digest()
        for text in distinct.to_list()
    )
    hashed = pl.Series(
        [
            int.from_bytes(digests[at : at + 8], "big", signed=True)
            for at in range(0, len(digests), 8)
        ],
        dtype=pl.Int64,
    )
    if len(distinct) == len(texts):  # nothing repeats: no join needed
        return texts.replace_strict(distinct, hashed, return_dtype=pl.Int64)
    return texts.replace_strict(distinct, hashed, default=None, return_dtype=pl.Int64)
