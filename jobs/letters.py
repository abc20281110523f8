"""What those who watch a brand are written, in the language they asked in."""

from collections.abc import Iterator
from typing import Any

import mail
import speech
from speech import at, decimal, mark, number, t

FAMILIES = {
    "social": mark("Social networks"),
    "reviews": mark("Reviews"),
    "support": mark("Support forums"),
    "complaints": mark("Complaint boards"),
    "audit": mark("Field studies"),
}
"""As the pages call them; a test holds the two together."""

ROSE = mark(
    "%(family)s: its score rose to %(score)s (95 %% interval %(low)s to %(high)s; n ="
    " %(n)s) from %(was)s in edition %(since)s (%(was_low)s to %(was_high)s; n ="
    " %(was_n)s). The change is %(change)s (%(least)s to %(most)s)."
)
FELL = mark(
    "%(family)s: its score fell to %(score)s (95 %% interval %(low)s to %(high)s; n ="
    " %(n)s) from %(was)s in edition %(since)s (%(was_low)s to %(was_high)s; n ="
    " %(was_n)s). The change is %(change)s (%(least)s to %(most)s)."
)


def stop(public: str, language: str, token: str) -> str:
    """Where somebody stops watching."""
    return public + at(language, f"/watch/stop/{token}")


def moved(
    told: dict[str, Any], language: str, public: str, stop: str
) -> tuple[str, str]:
    """Subject and text of the mail about a notice (``telling.said``). ``public``: the
    site's address without a slash at its end; ``stop``: the link that ends it."""
    with speech.using(speech.catalogue(language)):
        subject = t(
            "%(brand)s has moved in edition %(edition)s",
            brand=told["name"],
            edition=told["edition"],
        )
        page = at(language, f"/editions/{told['edition']}/brands/{told['brand']}")
        return subject, mail.laid(_paragraphs(told, public + page, stop))


def _paragraphs(told: dict[str, Any], page: str, stop: str) -> Iterator[str]:
    name = told["name"]
    yield t(
        "%(brand)s has moved in Answerable’s edition %(edition)s, by more than chance"
        " does.",
        brand=name,
        edition=told["edition"],
    )
    for one in told["figures"]:
        yield _sentence(one, told["since"])
    yield t("What moved, and why: %(page)s", page=page)
    yield t(
        "You get this because you watch %(brand)s at Answerable. To stop, open this"
        " page and press the button on it; we then erase your address:",
        brand=name,
    )
    yield stop


def _sentence(one: dict[str, Any], since: str) -> str:
    said, family = ROSE if one["change"] > 0 else FELL, FAMILIES[one["family"]]
    return t(
        said,
        family=t(family),
        score=decimal(one["score"]),
        low=decimal(one["score_low"]),
        high=decimal(one["score_high"]),
        n=number(one["inquiries"]),
        was=decimal(one["score_was"]),
        since=since,
        was_low=decimal(one["score_was_low"]),
        was_high=decimal(one["score_was_high"]),
        was_n=number(one["inquiries_was"]),
        change=_signed(one["change"]),
        least=_signed(one["change_low"]),
        most=_signed(one["change_high"]),
    )


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{decimal(abs(value))}"
