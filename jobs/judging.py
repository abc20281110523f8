"""What texts are, in place of the texts: the only place where the two meet.

Collectors hand texts on, nothing keeps them. Each is judged alone, so that a look which
is killed and repeated, or cut elsewhere, comes to the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import polars as pl

import jobs
from language.guess import UNKNOWN
from language.kinds import judged as judged_kinds
from language.replies import read
from model.frames import IMPORTED, conform
from model.looks import RESPONDED, Look, Reading
from model.words import Kind, Step
from scoring.method import METHOD


class Unjudged(jobs.Failed):
    """A mistake of ours while judging; it says nothing of what was being judged."""


def judged(look: Look) -> Look:
    """A look without texts, with what they are. Raises Unjudged."""
    with _discreetly():
        return replace(
            look,
            inquiries=inquiries(look.inquiries),
            responses=responses(look.responses),
        )


def judged_file(reading: Reading) -> Reading:
    """What a file says, likewise. Raises Unjudged."""
    with _discreetly():
        return replace(reading, inquiries=inquiries(reading.inquiries))


@contextmanager
def _discreetly() -> Iterator[None]:
    """Whatever goes wrong may quote what somebody wrote: only its name gets out."""
    try:
        yield
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


def responses(frame: pl.DataFrame) -> pl.DataFrame:
    """SPOKEN as RESPONDED: steps where the channel says none, and fingerprints."""
    if "text" not in frame.columns:
        return frame
    at = frame["text"].is_not_null().arg_true()
    said = frame[at]
    found = read(said["text"], said["language"], METHOD.redirect_words.value)
    unsaid = said["step"].fill_null(Step.UNJUDGED) == Step.UNJUDGED
    return conform(
        frame.drop("text", "language").with_columns(
            frame["step"].scatter(at, found["step"].zip_with(unsaid, said["step"])),
            *(frame[n].scatter(at, found[n]) for n in ("fingerprint", "personal")),
        ),
        RESPONDED,
    )
