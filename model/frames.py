"""The columns in which many inquiries travel at once (polars).

Kept apart from the rows so that the website never loads polars. A frame with other
columns or types is a mistake in our own code; ``conform`` says which column.
"""

import polars as pl

IMPORTED: dict[str, pl.DataType] = {
    "channel": pl.String(),
    "account": pl.String(),  # as the channel spells it
    "key": pl.Int64(),  # hashing.key of the inquiry's id
    "author": pl.Int64(),  # hashing.keyed of the author
    "asked_at": pl.Int64(),
    "answered_at": pl.Int64(),  # null: not answered
    "automatic_at": pl.Int64(),
    "substantive_at": pl.Int64(),
    "step": pl.Int8(),
    "kind": pl.Int8(),
    "found_by": pl.Int8(),
    "addressed": pl.Int8(),
    "watched_until": pl.Int64(),  # null: as long as its account
    "deleted_at": pl.Int64(),
    "message": pl.Int64(),
    "language": pl.String(),
    "url": pl.String(),
    "brand": pl.String(),  # slug or name the file gives; null: by the registry
    "industry": pl.String(),
}
"""What an import or a look gives the store, one row an inquiry."""

PUBLISHED: dict[str, pl.DataType] = {
    "channel": pl.String(),
    "account": pl.String(),
    "day": pl.Int32(),
    "posts": pl.Int32(),
    "replies": pl.Int32(),
}

TALLIED: dict[str, pl.DataType] = {
    "id": pl.Int64(),  # inquiry.id: breaks ties
    "brand": pl.Int32(),  # brand.id
    "account": pl.Int32(),  # account.id
    "family": pl.Int8(),  # place in words.FAMILIES
    "sampled": pl.Boolean(),  # its channel is in words.SAMPLED_CHANNELS
    "author": pl.Int64(),
    "asked_at": pl.Int64(),
    "answered_at": pl.Int64(),  # null: none known by as_of
    "watched_until": pl.Int64(),  # of its account, or its own where shorter
    "deleted_at": pl.Int64(),
    "kind": pl.Int8(),
    "found_by": pl.Int8(),
    "addressed": pl.Int8(),
    "step": pl.Int8(),
}
"""What the store gives scoring: inquiries asked in a period, resolved accounts only,
sliced by brand (every row of a brand is in one slice)."""

DIRECTORY: dict[str, pl.DataType] = {
    "id": pl.Int32(),  # account.id
    "channel": pl.String(),
    "account": pl.String(),
    "slug": pl.String(),  # of its brand
    "name": pl.String(),
    "industry": pl.String(),  # slug
    "industry_name": pl.String(),
}
"""Every resolved account and whose it is."""

COVERED: dict[str, pl.DataType] = {
    "account": pl.Int32(),  # account.id; in an edition its number there
    "day": pl.Int32(),
    "seconds": pl.Int32(),
}
"""Seconds seen of accounts' days. No line: nothing was seen."""

POSTED: dict[str, pl.DataType] = {
    "account": pl.Int32(),  # account.id; in an edition its number there
    "day": pl.Int32(),
    "posts": pl.Int32(),
    "replies": pl.Int32(),
}
"""Brands' own posts of a period, by account and day."""

FROZEN: dict[str, pl.DataType] = {
    "account": pl.Int32(),  # its line in the edition's list of accounts
    "author": pl.Int32(),  # a number that means nothing outside brand and edition
    "asked_s": pl.Int32(),  # seconds since the period began
    "wait_s": pl.Int32(),  # null: no answer known by as_of
    "watched_s": pl.Int32(),  # seconds since the period began
    "kind": pl.Int8(),
    "found_by": pl.Int8(),
    "step": pl.Int8(),
    "reason": pl.Int8(),  # words.Reason: counted, or why not
    "addressed": pl.Int8(),  # brands it named, 9 for more
    "deleted_s": pl.Int32(),  # seconds since the period began; null: not by as_of
    "inquiry": pl.Int64(),  # inquiry.id, to find its link while there is one
}
"""What an edition keeps of every inquiry asked in its period, counted or not. Editions
made before there were the last three columns keep the others."""

ANSWERED: dict[str, pl.DataType] = {
    "inquiry": pl.Int64(),  # inquiry.id
    "answered_at": pl.Int64(),  # the answer that is spoken of
    "substantive_at": pl.Int64(),  # the first of substance; null: none, or that one
    "personal": pl.Int8(),  # that answer calls the person by name (1) or not; null: ?
    "copied": pl.Int8(),  # that redirection is a near-copy too (1) or not; null: ?
}
"""What is known of answers beside when the first came and how much it was worth; a row
only where there is something."""

FURTHER: dict[str, pl.DataType] = {
    "inquiry": pl.Int64(),  # as in FROZEN
    "substantive_s": pl.Int32(),  # its wait, where the first of substance came later
    "personal": pl.Int8(),
    "copied": pl.Int8(),
}
"""The same as an edition keeps it. Editions made before there was this keep none."""


AUDITED: dict[str, pl.DataType] = {
    "key": pl.Int64(),  # hashing.key of the message's reference
    "author": pl.Int64(),  # hashing.keyed of the volunteer; null: not said
    "arm": pl.String(),
    "brand": pl.String(),  # slug
    "channel": pl.String(),
    "account": pl.String(),
    "sent_at": pl.Int64(),
    "answered_at": pl.Int64(),  # null: no answer by watched_until
    "automatic_at": pl.Int64(),
    "step": pl.Int8(),
    "watched_until": pl.Int64(),
    "excluded": pl.String(),  # a word of the protocol's; "" not excluded
}
"""The messages of a field audit."""


def empty(schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


def conform(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The frame with exactly the schema's columns, in its order and types.

    A column that is missing is null throughout. Raises ValueError for a column the
    schema does not have, so that a misspelt name is not lost in silence.
    """
    unknown = set(frame.columns) - schema.keys()
    if unknown:
        raise ValueError(f"columns nobody declared: {', '.join(sorted(unknown))}")
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    )
