"""Texts as the word lists expect them: lower case, no accents, single spaces."""

import polars as pl

LONGEST = 2_000
"""Characters of a message that are read; who complains does so before that."""

SMILES = "😀😃😄😁😆😊🙂😍🥰😘🤩😎❤♥💕💖💗💙💚💛🧡💜🖤🤍👍👏🙌💪🎉🥳✨🔥😋🤗💯😻🫶👌"
FROWNS = "😠😡🤬😤👎💔😢😭😞😒🙄😩😫😣😖☹🙁😕😟😔😓🤮🤢🖕😑😾😿💩🤦😱😳"
"""Signs that mostly mean one thing. Tears of laughter mean anything: left out."""

_SIGNS = dict.fromkeys(SMILES, " emogood ") | dict.fromkeys(FROWNS, " emobad ")
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ı": "i"}
_EMOTICONS = (
    (r"[:;=]['´]?-?[)\]dDpP*](?:\W|$)|\(:|\^\^|<3", " emogood "),
    (r"[:;=]['´]?-?[(\[/\\|]+|\):|>:|-_-|:@", " emobad "),
)
JOINED = frozenset({"en"})
"""Languages in which an apostrophe is dropped; elsewhere it parts two words."""


def plain(texts: pl.Series, language: str) -> pl.Series:
    """Each text in letters a to z, digits, ``? ! .`` and single spaces, also around it.

    Null becomes an empty text. Names of accounts and addresses are dropped, a hashtag
    keeps its word; emoji and emoticons become the words ``emogood`` and ``emobad``.
    """
    text = texts.cast(pl.String).fill_null("").str.slice(0, LONGEST)
    text = text.str.replace_all(r"https?:?\S*|\S+\.(?:com|net|org)\S*|[@&]\w+;?", " ")
    for pattern, word in _EMOTICONS:
        text = text.str.replace_all(pattern, word)
    text = text.str.replace_many(_SIGNS).str.to_lowercase()
    text = text.str.replace_all(r"['’`´]", "" if language in JOINED else " ")
    text = unaccented(text.str.replace_many(_LETTERS))
    text = text.str.replace_all(r"[^a-z0-9?!.]+", " ")
    text = text.str.replace_all(r"[.]+", " . ").str.replace_all(r"([?!])", " $1 ")
    return (" " + text + " ").str.replace_all(r" {2,}", " ")


def unaccented(texts: pl.Series) -> pl.Series:
    """Letters and signs without the marks on them."""
    return texts.str.normalize("NFKD").str.replace_all(r"\p{M}+", "")
