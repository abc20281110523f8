"""Sentences in the language of whoever reads them: of pages, and of mails.

What is said is written in English, and English needs no catalogue: a sentence is its
own key. ``using`` says in which language, for the thread that says it; ``t`` and ``tn``
give a sentence in it. A catalogue is read when it is first needed.
``docs/languages.md`` says how to mark what is said.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

FOLDER = Path(__file__).parent / "site" / "translations"
ENGLISH = "en"
NAMES = {"en": "English", "fr": "Français", "ro": "Română", "pt": "Português"}
"""Every language of the site, in its own words; the key begins its addresses."""
OTHERS = tuple(name for name in NAMES if name != ENGLISH)
LOCALES = {"fr": "fr", "ro": "ro", "pt": "pt_PT"}
"""Whose numbers and dates a language uses."""


class Catalogue:
    """The sentences of one language, and how it writes numbers and dates."""

    def __init__(self, language: str, said: Translations) -> None:
        self.language = language
        self.locale = Locale.parse(LOCALES.get(language, ENGLISH))
        self.said = said
        self.number = lru_cache(maxsize=8_192)(self._number)
        """A whole number as the language writes it: a table has the same again and
        again, and to write one takes longer than the rest of its cell."""

    def _number(self, value: int) -> str:
        return format_decimal(value, locale=self.locale)

    def one(self, message: str) -> str:
        return self.said.gettext(message)

    def many(self, one: str, many: str, n: int) -> str:
        return self.said.ngettext(one, many, n)


_made: ContextVar[Catalogue | None] = ContextVar("catalogue", default=None)
"""None: English."""


@cache
def catalogue(language: str) -> Catalogue | None:
    """The catalogue of a language; None for English, and for any that is not ours.
    Sentences that it lacks, or is not sure of, stay English."""
    if language not in LOCALES:
        return None
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=LOCALES[language]))
    compiled.seek(0)
    return Catalogue(language, Translations(compiled))


@contextmanager
def using(words: Catalogue | None) -> Iterator[None]:
    """What is said inside is in the language of this catalogue; None: in English."""
    token = _made.set(words)
    try:
        yield
    finally:
        _made.reset(token)


def now() -> Catalogue | None:
    """The catalogue in use; None for English."""
    return _made.get()


def language() -> str:
    """The language in use: "en", "fr"."""
    now = _made.get()
    return ENGLISH if now is None else now.language


def locale() -> Locale | None:
    """How to write numbers and dates; None: as English does here."""
    now = _made.get()
    return None if now is None else now.locale


def t(message: str, /, **named: object) -> str:
    """A sentence in the language in use. Placeholders are named, ``%(like)s
    this``; where there are any, a percent sign is written twice."""
    now = _made.get()
    if now is not None:
        message = now.one(message)
    return message % named if named else message


def tn(one: str, many: str, n: int, /, **named: object) -> str:
    """A sentence about ``n`` of something; ``%(n)s`` is the number as it is written."""
    now = _made.get()
    if now is not None:
        return now.many(one, many, n) % {"n": number(n), **named}
    message = one if n == 1 else many
    return message % {"n": number(n), **named}


def mark(message: str) -> str:
    """The sentence as it is. Marks what a table holds, to be given to ``t`` later."""
    return message


def number(value: int) -> str:
    """1234567 -> 1,234,567, and as the language in use has it."""
    now = _made.get()
    return f"{value:,}" if now is None else now.number(value)


def decimal(value: float, digits: int = 1) -> str:
    """1.25 -> "1.3": with so many digits after the point, or the comma."""
    now = locale()
    if now is None:
        return f"{value:,.{digits}f}"
    text = f"{value:.{digits}f}"
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(float(text), pattern, locale=now)


def at(language: str, path: str) -> str:
    """An English address in a language, whether it is offered in it or not."""
    return path if language == ENGLISH else f"/{language}{path}"
