"""What texts are, in place of the texts: the only place where the two meet.

Collectors hand texts on, nothing keeps them. Each is judged alone, so that a look which
is killed and repeated, or cut elsewhere, comes to the same.
"""

from dataclasses import replace
from typing import TypeVar

import polars as pl

import jobs
from language.guess import UNKNOWN
from language.kinds import judged as judged_kinds
from model.frames import IMPORTED, conform
from model.looks import Look, Reading
from model.words import Kind

Source = TypeVar("Source", Look, Reading)


class Unjudged(jobs.Failed):
    """A mistake of ours while judging; it says nothing of what was being judged."""


def judged(source: Source) -> Source:
    """A look or a file's rows without texts, with what they are.

    Raises Unjudged, without the text that may be in what went wrong.
    """
    try:
        return replace(source, inquiries=inquiries(source.inquiries))
    except Exception as problem:
        raise Unjudged(
            f"texts could not be judged, {type(problem).__name__}: a mistake of ours"
        ) from None


def inquiries(frame: pl.DataFrame) -> pl.DataFrame:
    """HEARD as IMPORTED: kinds and languages where the channel says none.

    In a language that there are no words for the kind stays ``UNSAID``: it is shown as
    other, and counts among those of which nobody said what they are.
    """
    if "text" not in frame.columns:
        return frame
    unsaid = frame["kind"].fill_null(Kind.UNSAID) == Kind.UNSAID
    asked = unsaid & frame["text"].is_not_null()
    at = asked.arg_true()
    found = judged_kinds(frame["text"].gather(at), frame["language"].gather(at))
    kinds = found.select(
        pl.when("supported").then("kind").otherwise(Kind.UNSAID.value).cast(pl.Int8)
    ).to_series()
    guessed = found["language"].replace(UNKNOWN, None)
    said = frame["language"].gather(at)
    return conform(
        frame.drop("text").with_columns(
            frame["kind"].scatter(at, kinds),
            frame["language"].scatter(at, said.zip_with(said.is_not_null(), guessed)),
        ),
        IMPORTED,
    )
