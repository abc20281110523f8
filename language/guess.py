"""Which language a text is in, guessed from its letters, offline."""

import eldc
import polars as pl

UNKNOWN = ""
"""The guess for a text without words, or one that cannot be told."""

LONGEST = 400
"""Characters looked at. More change hardly any guess, and cost time."""

eldc.init()


def languages(texts: pl.Series) -> pl.Series:
    """The ISO 639-1 code of each text's language, or ``UNKNOWN``; never null.

    Names of accounts, addresses and numbers say nothing about the language and are
    left out. For a text of one or two words it is a guess in the plain sense.
    """
    bare = (
        texts.cast(pl.String)
        .fill_null("")
        .str.slice(0, LONGEST * 2)
        .str.replace_all(r"https?:\S*|[@&]\S+|[^\p{L}\p{M}' ]+", " ")
        .str.slice(0, LONGEST)
    )
    # the library takes one text at a time, in about ten microseconds
    found = [eldc.detect_mt(text) for text in bare.to_list()]
    return pl.Series("language", found, dtype=pl.String).replace("und", UNKNOWN)


def codes(said: pl.Series) -> pl.Series:
    """Language tags as people write them (``pt-BR``, ``EN``) as ISO 639-1 codes.

    Null where a tag is none: the language is not said.
    """
    tag = said.cast(pl.String).str.to_lowercase()
    return tag.str.extract(r"^([a-z]{2})(?:[-_][a-z0-9_-]*)?$").alias("language")
