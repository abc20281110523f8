"""What a brand's reply is by its own words, and the fingerprint that stays of it.

A reply is seen alone here. Whether it is what the brand sends to others too, and
whether a machine sent it, shows only beside the brand's other replies: see
``scoring.ladder``.
"""

import polars as pl

from language.fingerprint import fingerprints
from language.kinds import spoken
from language.lexicon import Lexicon, reply_lexicon, supported
from language.plain import plain, unaccented
from model.words import Step

SAYS_MORE = 6
"""Words of four letters or more, beside manners and the redirection itself, with which
a reply says something of the matter. Fewer are what is left of any sentence."""


def read(
    texts: pl.Series, languages: pl.Series, says_more: int = SAYS_MORE
) -> pl.DataFrame:
    """Columns step, fingerprint and personal, a row a text.

    ``step`` (Int8): ``AUTOMATIC`` if the reply says so of itself, ``REDIRECT`` if it
    only moves the person to where nobody can read, ``SUBSTANTIVE`` if it says something
    else, ``UNJUDGED`` without words or in a language without word lists.
    ``fingerprint`` (Int64): null without words. ``personal`` (Int8): 1 if it calls the
    person by name at the beginning, or by an account further down (many programs put
    the account before every reply by themselves), else 0; null without words, and in a
    language whose greetings are in no list, where nobody can tell that it does not.
    ``languages``: tags such as ``en`` or ``pt-BR``; null where nobody says.
    """
    code = spoken(texts, languages)
    frame = pl.DataFrame({"text": texts.cast(pl.String), "language": code})
    frame = frame.with_row_index("at")
    parts = [
        part.select("at", step=_steps(part["text"], str(language), says_more))
        for (language,), part in frame.group_by("language")
    ]
    nothing = frame.head(0).select("at", step=pl.lit(0, pl.Int8))
    marks = fingerprints(frame["text"], code)
    worded = marks.is_not_null()
    bare = unaccented(frame["text"].fill_null("")).str.replace(r"^(?:\s*@\S+)+", "")
    named = bare.str.contains(_named())
    step = pl.when(worded).then("step").otherwise(Step.UNJUDGED.value)
    return (
        pl.concat([nothing, *parts])
        .sort("at")
        .select(
            step.cast(pl.Int8).alias("step"),
            marks,
            pl.when(worded & (pl.col("step") != Step.UNJUDGED.value))
            .then(named.cast(pl.Int8))
            .alias("personal"),
        )
    )


def _named() -> str:
    """Where somebody is called by name."""
    greetings = "|".join(reply_lexicon(code)["greeting"] for code in supported())
    return (
        rf"\s@\w|^\W*\p{{Lu}}[\p{{L}}'-]+,|"
        rf"^\W*(?i:{greetings})(?:,?\s+\p{{Lu}}\p{{Ll}}+)"
    )


def _steps(texts: pl.Series, language: str, says_more: int) -> pl.Series:
    if language not in supported():
        return pl.repeat(Step.UNJUDGED.value, len(texts), dtype=pl.Int8, eager=True)
    frame = pl.DataFrame({"text": plain(texts, language)})
    return frame.select(step=_verdict(reply_lexicon(language), says_more))["step"]


def _verdict(words: Lexicon, says_more: int) -> pl.Expr:
    text = pl.col("text")
    private = _word(words["private"])
    rest = text.str.replace_all(f"{private}[^.?!]*", " ")
    rest = rest.str.replace_all(_word(words["courtesy"]), " ")
    says = rest.str.count_matches(r"[a-z]{4,}")
    return (
        pl.when(text.str.contains(_word(words["machine"])))
        .then(Step.AUTOMATIC.value)
        .when(text.str.contains(private) & (says < says_more))
        .then(Step.REDIRECT.value)
        .otherwise(Step.SUBSTANTIVE.value)
        .cast(pl.Int8)
    )


def _word(pattern: str) -> str:
    return rf"(?-u:\b)(?:{pattern})(?-u:\b)"
