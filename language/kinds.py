"""Of what kind a message is: complaint, question, compliment or other.

Words and signs are counted (``language.lexicon``) and weighed by the few numbers in
``WEIGHTS``, written by hand and fitted to nothing. A message is seen alone.
"""

from dataclasses import dataclass

import polars as pl

from language.guess import codes
from language.guess import languages as guessed
from language.lexicon import LISTS, Lexicon, lexicon, supported
from language.plain import plain
from model.words import Kind


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What a sign counts for; a message is what it gathers enough of."""

    grave: float = 2
    harsh: float = 1.2
    bad: float = 0.4  # one alone beside a matter is not yet a complaint
    thanks: float = 2
    reversal: float = 0.5
    turned: float = 1.5  # a kind word under a negation
    negation: float = 0.5
    matter: float = 1.25  # one speaks of things one has with a brand
    idle: float = 0.5  # what a bad word keeps of its weight where there is no matter
    softened: float = 0.35  # a kind word beside
    most: int = 3  # signs of one sort that count
    superb: float = 2
    good: float = 1
    asked: float = 1  # praise beside a question is often its wrapping
    joy: float = 0.5  # an exclamation mark or a smile
    complaint_from: float = 1.75
    compliment_from: float = 2
    longer: float = 0.5  # what praise must weigh more in a message of more words than
    short: int = 8  # this,
    long: int = 16  # and again of more than this


WEIGHTS = Weights()


def kinds(texts: pl.Series, languages: pl.Series | None = None) -> pl.Series:
    """The code of ``Kind`` of each text, Int8, in the texts' order; never null.

    ``languages`` are tags such as ``en`` or ``pt-BR``, one a text; where one is null or
    no tag, or there is no series at all, the language is guessed. In a language that is
    not ``supported`` the answer is ``OTHER``.
    """
    return judged(texts, languages)["kind"]


def kind(text: str, language: str | None = None) -> Kind:
    """The kind of one text, at sight, in about 15 ms.

    Nearly all of that is making the patterns: a few hundred texts at once, with
    ``kinds``, take hardly longer.
    """
    said = pl.Series([language], dtype=pl.String)
    return Kind(kinds(pl.Series([text], dtype=pl.String), said)[0])


def judged(texts: pl.Series, languages: pl.Series | None = None) -> pl.DataFrame:
    """As ``kinds``, with what it rests on: columns language, kind and supported.

    Where ``supported`` is false there are no words for the language and the kind says
    nothing: it must be counted as left out.
    """
    frame = pl.DataFrame(
        {"text": texts.cast(pl.String), "language": spoken(texts, languages)}
    )
    frame = frame.with_row_index("at")
    parts = [
        part.select("at", "language", kind=of_language(part["text"], str(code)))
        for (code,), part in frame.group_by("language")
    ]
    empty = frame.head(0).select("at", "language", kind=pl.lit(0, pl.Int8))
    found = pl.concat([empty, *parts]).sort("at")
    return found.select(
        "language", "kind", supported=pl.col("language").is_in(supported())
    )


def spoken(texts: pl.Series, languages: pl.Series | None) -> pl.Series:
    """Each text's language: the one that is said, else the guessed one."""
    if languages is None:
        return guessed(texts)
    said = codes(languages)
    unsaid = said.is_null()
    guesses = guessed(texts.filter(unsaid))
    return said.scatter(unsaid.arg_true(), guesses)


def of_language(texts: pl.Series, language: str) -> pl.Series:
    """The kinds of texts that are all in one language."""
    if language not in supported():
        return pl.Series("kind", [Kind.OTHER.value] * len(texts), dtype=pl.Int8)
    frame = pl.DataFrame({"text": plain(texts, language)})
    signs = frame.select(**_signs(lexicon(language)))
    return signs.select(kind=_verdict(WEIGHTS))["kind"]


def _signs(words: Lexicon) -> dict[str, pl.Expr]:
    """How often each sort of sign is in a plain text; no list, no sign."""
    kind, unkind = f"{words['superb']}|{words['good']}", words["negation"]
    patterns = {name: _word(words[name]) for name in LISTS}
    patterns["opening"] = rf"(?:^|[.!?]) (?:{words['opening']})(?-u:\b)"
    patterns["turned"] = _word(f"(?:{unkind}) (?:[a-z0-9]+ ){{0,2}}(?:{kind})")
    patterns["mark"] = r"\?"
    patterns["joy"] = "!|emogood"
    patterns["words"] = "[a-z]{2,}"
    return {
        name: pl.col("text").str.count_matches(pattern).cast(pl.Float32)
        for name, pattern in patterns.items()
    }


def _word(pattern: str) -> str:
    """The pattern where it begins and ends with a word."""
    return rf"(?-u:\b)(?:{pattern})(?-u:\b)"


def _verdict(by: Weights) -> pl.Expr:
    def sign(name: str) -> pl.Expr:
        return pl.min_horizontal(name, pl.lit(by.most, pl.Float32))

    concerns = pl.when(pl.col("matter") > 0).then(1.0).otherwise(by.idle)
    harm = (
        by.grave * (sign("grave") - sign("relief"))
        + by.harsh * sign("harsh")
        + by.bad * sign("bad") * concerns
        + by.reversal * sign("reversal")
        + by.turned * sign("turned")
    )
    trouble = harm + by.negation * sign("negation")
    kindness = pl.col("superb") + pl.col("good") + pl.col("thanks")
    complaint = (
        trouble
        + by.matter * (pl.col("matter") > 0) * (trouble > 0)
        - by.softened * (kindness > 0)
    )
    asks = (pl.col("mark") > 0) | (pl.col("opening") > 0) | (pl.col("question") > 0)
    sincere = (pl.col("thanks") > 0) & ~asks & (trouble <= 0)
    praise = (
        by.superb * (sign("superb") - sign("reversal"))
        + by.thanks * sincere
        + by.good * sign("good")
        - by.turned * sign("turned")
        - by.asked * ((pl.col("mark") > 0) | (pl.col("opening") > 0))
        - trouble
        + by.joy * (pl.col("joy") > 0)
    )
    # A kind word is praise where it is most of what is said, and meant.
    enough = by.compliment_from + by.longer * (
        (pl.col("words") > by.short).cast(pl.Float32)
        + (pl.col("words") > by.long).cast(pl.Float32)
    )
    meant = (pl.col("superb") > 0) | sincere | (pl.col("joy") > 0)
    return (
        pl.when(meant & (praise >= enough))
        .then(Kind.COMPLIMENT.value)
        .when(complaint >= by.complaint_from)
        .then(Kind.COMPLAINT.value)
        .when(asks)
        .then(Kind.QUESTION.value)
        .otherwise(Kind.OTHER.value)
        .cast(pl.Int8)
    )
