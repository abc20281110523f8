"""A language that nobody speaks: every sentence in brackets, so that what is on a page
outside of them never went through a catalogue."""

import re
from collections.abc import Iterable

from babel.support import NullTranslations
from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

from web.tongue import Catalogue

SAID = re.compile(r"⟦[^⟦⟧]*⟧")
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-label")
SAME = re.compile(
    r"(?:https?:/)?/\S+|\b[0-9a-f]{12}\b|"  # addresses and digests
    r"\b(?:UTC|CSV|JSON|SVG|PNG|Answerable|CC BY|min|h|d|n|APA|BibTeX|\d+(?:re|e)|"
    r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|"
    r"décembre|janv|févr|avr|juil|sept|oct|nov|déc|million|millions)\b"
)
"""What is the same in each of our languages, or comes from CLDR."""


class Pseudo(Catalogue):
    """French numbers and dates, and every sentence as it is, in brackets."""

    def __init__(self) -> None:
        super().__init__("fr", NullTranslations())  # type: ignore[arg-type]

    def one(self, message: str) -> str:
        return f"⟦{message}⟧"

    def many(self, one: str, many: str, n: int) -> str:
        return f"⟦{one if n == 1 else many}⟧"


def leaks(html: str, names: Iterable[str]) -> set[str]:
    """Words of a page, for the eye or the ear, that went through no catalogue. Names
    of brands, accounts and channels are not words, nor is what nobody is to translate:
    the names of files."""
    page = BeautifulSoup(html, "html.parser")
    for tag in page.select(
        "script, style, code, pre, [hreflang], [lang=en], [translate=no],"
        " nav.languages span"
    ):
        tag.decompose()
    said = [
        str(tag[name])
        for tag in page.find_all(True)
        if isinstance(tag, Tag)
        for name in SPOKEN
        if tag.has_attr(name)
    ]
    said += [str(tag["content"]) for tag in page.select('meta[name="description"]')]
    texts = (text for text in page.find_all(string=True))
    said.append(
        "\0".join(str(x) for x in texts if not isinstance(x, PreformattedString))
    )
    known = sorted(names, key=len, reverse=True)
    return {
        part.strip()
        for text in said
        for part in re.split(r"[\0\n]+", _outside(text))
        if re.search(r"[^\W\d_]{2,}", SAME.sub("", _without(part, known)))
    }


def _outside(text: str) -> str:
    """What is in no brackets; one sentence may be inside another."""
    while True:
        shorter = SAID.sub("", text)
        if shorter == text:
            return text
        text = shorter


def _without(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = text.replace(name, "")
    return text
