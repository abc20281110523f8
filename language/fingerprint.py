"""A fingerprint that near-copies of a text share, and nothing else of the text.

One bit of each of 64 minimal hashes of its words and pairs of words (Li and König,
"b-Bit Minwise Hashing", WWW 2010): two texts differ in about 32 (1 - J) of 64 bits,
J being the share of words and pairs they have in common. Nobody can read a text out of
64 bits. What changes from person to person is left out before.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl
from datasketch import MinHash

from language.lexicon import reply_lexicon, supported
from language.plain import unaccented

BITS = 64
SEED = 1
"""Changing it, or the scheme below, makes old fingerprints mean something else."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio, odd."""

NOUNS_ARE_CAPITALS = frozenset({"de"})
"""Languages in which a capital says nothing about being a name."""


def fingerprints(texts: pl.Series, languages: pl.Series) -> pl.Series:
    """The fingerprint of each text, Int64, in the texts' order; null without words.

    ``languages``: ISO 639-1 codes, for greetings and for capitals; '' unknown.
    """
    bare = impersonal(texts, languages)
    words = bare.str.split(" ").list.filter(pl.element() != "")
    found = [_fingerprint(tuple(each)) if each else None for each in words.to_list()]
    return pl.Series("fingerprint", found, dtype=pl.Int64)


def impersonal(texts: pl.Series, languages: pl.Series) -> pl.Series:
    """The words of each text in lower case without accents, and without what differs
    between copies: names, accounts, addresses, numbers and signatures."""
    capitals = languages.is_in(list(NOUNS_ARE_CAPITALS)).not_()
    frame = pl.DataFrame({"text": unaccented(texts.cast(pl.String).fill_null(""))})
    text = pl.col("text")
    for pattern in (_ADDRESS, _SIGNATURE, _greeting()):
        text = text.str.replace_all(pattern, " ")
    text = text.str.replace_all(_CALLED, "")
    named = text.str.replace_all(_NAME, "${1} ")
    text = pl.when(pl.Series(capitals)).then(named).otherwise(text)
    text = text.str.replace_all(r"\S*\d\S*", " ").str.to_lowercase()
    text = text.str.replace_all("['’]", "").str.replace_all(r"[^\p{L}]+", " ")
    return frame.select(text.str.strip_chars())["text"]


_ADDRESS = r"https?:\S*|www\.\S+|\S+@\S+|[@#&]\S+|\S+\.(?:com|net|org|io|co)\S*"
_WORD = r"[\p{L}'’-]+"
_SIGNATURE = (
    r"\s*(?:[\^~*/–—-]+\s?|\()[\p{L}. ]{1,20}\)?\s*$|"
    r"[.,!?…]\s*\p{Lu}\p{Ll}{1,14}\W*$"
)
"""At the end: ^AB, - Anna, (Anna B.), or a name after the last sentence or a comma."""
_CALLED = rf"^\W*\p{{Lu}}{_WORD}\s*[,!:]\s*"
"""A name at the beginning that a comma follows."""
_NAME = r"(\p{L}[\p{L}'’]*[,;]?\s+)(?:\p{Lu}[\p{L}'’-]*[\s]*)+"
"""Words with a capital that do not begin a sentence."""


@cache
def _greeting() -> str:
    """A greeting at the beginning in any language, and the name after it."""
    words = "|".join(reply_lexicon(code)["greeting"] for code in supported())
    return (
        rf"(?i)^\W*(?:{words})\b(?:(?:\s+{_WORD}){{0,3}}\s*[,!:.–-]|"
        rf"(?-i:\s+\p{{Lu}}{_WORD})*)"
    )


@cache
def _blank() -> MinHash:
    return MinHash(num_perm=BITS, seed=SEED, scheme="affine64")


def _fingerprint(words: Sequence[str]) -> int:
    pairs = map(" ".join, zip(words, words[1:], strict=False))
    sketch = _blank().copy()
    sketch.update_batch([part.encode() for part in (*words, *pairs)])
    # Not the lowest bit, as usual: a h + b with an odd a leaves to it that of h, so
    # that all 64 hang on one bit of each word (Fibonacci hashing: Knuth, TAOCP 6.4).
    least = sketch.hashvalues
    bits = ((least ^ (least >> np.uint64(32))) * GOLDEN) >> np.uint64(63)
    return int(np.packbits(bits.astype(bool)).view(">i8")[0])
