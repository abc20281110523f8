"""The language of the page being made, and the words of a page in it.

Pages are written in English, and English needs no catalogue: a sentence is its own
key. ``speaking`` says whose page is made, for the thread that makes it; ``t`` and
``tn`` give a sentence in that language. A catalogue is read when a page first needs it.
``docs/languages.md`` says how to mark what a page says.
"""

import io
import re
import unicodedata
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

FOLDER = Path(__file__).parent.parent / "translations"
ENGLISH = "en"
NAMES = {"en": "English", "fr": "Français", "ro": "Română", "pt": "Português"}
"""Every language of the site, in its own words; the key begins its addresses."""
OTHERS = tuple(name for name in NAMES if name != ENGLISH)
LOCALES = {"fr": "fr", "ro": "ro", "pt": "pt_PT"}
"""Whose numbers and dates a language uses."""
NBSP = "\u00a0"

OFFERED: tuple[str, ...] = (
    "/",
    "/industries",
    "/industries/<slug:slug>",
    "/brands/<slug:slug>",
    "/brands/<slug:slug>/coverage",
    "/embed/brands/<slug:slug>",
    "/embed/brands/<slug:slug>/<slug:name>",
    "/embed/industries/<slug:slug>/<slug:name>",
    "/brands/<slug:slug>/<slug:name>/embed",
    "/industries/<slug:slug>/<slug:name>/embed",
    "/compare",
    "/search",
    "/search.json",
    "/editions",
    "/about",
    "/data",
    "/api",
    "/corrections",
    "/corrections/<slug:number>",
    "/method",
    "/method/log",
    "/sources",
    "/sources/<slug:slug>",
    "/audits",
    "/audits/<slug:slug>",
    "/studies",
)
"""The addresses (as ``web.routes`` has them) that are whole in every language. All
others are in English, and are linked so. Data are the same in every language, but for
what is suggested while somebody types."""

FORMS = (
    "/brands/<slug:slug>/reply",
    "/brands/<slug:slug>/watch",
    "/corrections/ask",
    "/corrections/sent",
    "/corrections/confirm/<slug:token>",
    "/watch/sent",
    "/watch/done",
    "/watch/confirm/<slug:token>",
    "/watch/stop/<slug:token>",
)
"""Addresses of forms and of what follows them (``web.filing``, ``web.watching``): all
of them are in every language, and within no edition."""


class Catalogue:
    """The sentences of one language, and how it writes numbers and dates."""

    def __init__(self, language: str, said: Translations) -> None:
        self.language = language
        self.locale = Locale.parse(LOCALES.get(language, ENGLISH))
        self.said = said

    def one(self, message: str) -> str:
        return self.said.gettext(message)

    def many(self, one: str, many: str, n: int) -> str:
        return self.said.ngettext(one, many, n)


_made: ContextVar[Catalogue | None] = ContextVar("catalogue", default=None)
"""None: English."""


@cache
def catalogue(language: str) -> Catalogue | None:
    """The catalogue of a language; None for English. Sentences that it lacks, or is
    not sure of, stay English."""
    if language == ENGLISH:
        return None
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=LOCALES[language]))
    compiled.seek(0)
    return Catalogue(language, Translations(compiled))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is made inside is in this language."""
    token = _made.set(catalogue(language))
    try:
        yield
    finally:
        _made.reset(token)


def now() -> Catalogue | None:
    """The catalogue of the page being made; None for English."""
    return _made.get()


def language() -> str:
    """The language of the page being made: "en", "fr"."""
    now = _made.get()
    return ENGLISH if now is None else now.language


def locale() -> Locale | None:
    """How to write numbers and dates; None: as English does here."""
    now = _made.get()
    return None if now is None else now.locale


def t(message: str, /, **named: object) -> str:
    """A sentence in the language of the page. Placeholders are named, ``%(like)s
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
    """1234567 -> 1,234,567, and as the page's language has it."""
    now = locale()
    return f"{value:,}" if now is None else format_decimal(value, locale=now)


def letters(text: str) -> str:
    """What names are sorted by: letters without accents, small ones."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in split if not unicodedata.combining(mark))


@cache
def _offered(rules: tuple[str, ...]) -> re.Pattern[str]:
    known = (re.sub(r"<[^>]*>", "[^/.]+", rule.replace(".", r"\.")) for rule in rules)
    return re.compile("|".join(known))


@lru_cache(maxsize=4096)
def offered(path: str) -> bool:
    """Whether a page (without its edition and parameters) is there in every
    language."""
    return _offered(OFFERED + FORMS).fullmatch(path) is not None


def at(language: str, path: str) -> str:
    """An English address in a language, whether it is offered in it or not."""
    return path if language == ENGLISH else f"/{language}{path}"


def split(path: str) -> tuple[str, str]:
    """The language of an address, and the address in English: "/fr/about" is ("fr",
    "/about")."""
    first, slash, rest = path[1:].partition("/")
    if first in OTHERS and path[:1] == "/":
        return first, f"/{rest}"
    return ENGLISH, path


def weights(header: str) -> dict[str, float]:
    """What an Accept-Language header asks for: language without its region, and how
    much it is wanted. What cannot be read is left out."""
    found: dict[str, float] = {}
    for item in header.lower().split(",")[:20]:
        name, _, parameters = item.strip().partition(";")
        quality = parameters.strip().removeprefix("q=") or "1"
        if re.fullmatch(r"[01](\.\d{0,3})?", quality):
            primary = name.partition("-")[0]
            found[primary] = max(found.get(primary, 0.0), float(quality))
    return found


@lru_cache(maxsize=256)
def preferred(header: str) -> str:
    """The language of ours that a reader would rather read; English where unsure."""
    asked = weights(header)
    best = max(NAMES, key=lambda name: asked.get(name, 0.0))  # ties: English first
    return best if asked.get(best, 0.0) > 0 else ENGLISH
