"""/search?q=: a brand found in spite of accents, spelling and former names."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz, process

from store.base import unswept
from web import words
from web.book import Book
from web.desk import Desk
from web.forms import LONGEST_NAME
from web.pages import Found, SearchPage
from web.parts import Link
from web.tables import Data
from web.tongue import language, t
from web.views.about import ASK

ALIKE = 72
"""Of 100: below it, names share letters and nothing else."""
MOST = 20
FEWEST = 3
"""Letters: fewer are in most names, and only say how one begins."""
ACCENTS = 768
"""The first of the marks that stand above, below or through letters."""


class Hit(NamedTuple):
    """Something that has a name. ``path`` is within its edition."""

    name: str
    path: str
    about: str
    why: str  # "formerly ..." when that is what matched; ''


@dataclass(frozen=True, slots=True)
class Index:
    """Every name of an edition, in plain letters, and what it stands for: a brand, by
    its slug and the former name that this is ('' none), or an industry."""

    plain: list[str]
    things: list[tuple[str, str] | Hit]
    book: Book
    titles: dict[str, str]  # of industries, by slug

    def former(self, at: int) -> bool:
        """Whether it is a name that a brand had before."""
        thing = self.things[at]
        return not isinstance(thing, Hit) and bool(thing[1])

    def hit(self, at: int) -> Hit:
        """Made when it is found: a search shows twenty of ten thousand."""
        thing = self.things[at]
        if isinstance(thing, Hit):
            return thing
        slug, old = thing
        row = [rows[slug] for rows in self.book.listed.values() if slug in rows][-1]
        why = t("formerly %(name)s", name=old) if old else ""
        return Hit(row.name, f"/brands/{slug}", self.titles[row.industry], why)


class _Letters(dict[int, str | None]):
    """What each character becomes: itself, a space, or nothing. Those of most names
    are looked up, the others reckoned: anybody may type any."""

    def __missing__(self, code: int) -> str | None:
        if code >= ACCENTS and unicodedata.combining(chr(code)):
            return None
        return chr(code) if chr(code).isalnum() else " "


LETTERS = _Letters()
LETTERS.update((code, LETTERS[code]) for code in range(1_280))  # up to Cyrillic


def plain(text: str) -> str:
    """Lower case without accents or marks: "Crédit Agricole" -> "credit agricole"."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(split.translate(LETTERS).split())


def search(desk: Desk) -> SearchPage:
    asked = desk.query.get("q", "")
    found = hits(desk, asked) if asked else ()
    return SearchPage(
        frame=desk.frame(),
        title=t("Search: %(asked)s", asked=asked) if asked else t("Search"),
        description=t("Find a brand or an industry."),
        hidden=True,
        q=asked,
        says=_says(asked, len(found)),
        ask=_ask(desk, asked) if asked else None,
        found=tuple(
            Found(name=one.name, url=desk.url(one.path), about=one.about, why=one.why)
            for one in found
        ),
    )


def table(desk: Desk) -> Data:
    """/search.json: what is suggested while somebody types."""
    rows = tuple(
        (one.name, desk.url(one.path), one.about, one.why or None)
        for one in hits(desk, desk.query.get("q", ""))
    )
    return Data(("name", "url", "about", "why"), rows, desk.about())


def hits(desk: Desk, asked: str) -> tuple[Hit, ...]:
    """What has a name like it in the desk's edition, best first."""
    return best(names(desk.book), asked)


def names(book: Book) -> Index:
    """Made once for an edition and language."""
    with unswept():
        return book.once(f"names in {language()}", index)


def _ask(desk: Desk, asked: str) -> Link:
    """For a brand that is not here, or not among those found."""
    return Link(t(ASK), desk.at("", "/corrections/ask", name=asked[:LONGEST_NAME]))


def _says(asked: str, count: int) -> str:
    if not asked:
        return t("Type the name of a brand or an industry, or a part of it.")
    if not count:
        return t(
            "No brand or industry of this edition has a name like “%(asked)s”. Try a"
            " shorter part of the name.",
            asked=asked,
        )
    return t(
        "%(names)s like “%(asked)s”, the most alike first.",
        names=words.counted(count, "name", "names"),
        asked=asked,
    )


def index(book: Book) -> Index:
    """Brands by their names and former names, and industries, these by their English
    names too. In the language of the page."""
    plains, things = book.once("names of brands", _brands)
    titles = {slug: t(name) for slug, name in book.industry_slugs.items()}
    found = Index([*plains], [*things], book, titles)
    for slug, name in book.industry_slugs.items():
        hit = Hit(titles[slug], f"/industries/{slug}", t("an industry"), "")
        for known_as in dict.fromkeys((name, hit.name)):
            found.plain.append(plain(known_as))
            found.things.append(hit)
    return found


def _brands(book: Book) -> tuple[list[str], list[tuple[str, str]]]:
    """Of an index what is the same in every language: most of it."""
    former = former_names(book)
    named = [
        (name, (slug, old))
        for slug, now in book.names.items()
        for name, old in ((now, ""), *((old, old) for old in former.get(slug, ())))
    ]
    return [plain(name) for name, _ in named], [thing for _, thing in named]


def former_names(book: Book) -> dict[str, tuple[str, ...]]:
    """Slug to the names a brand had before."""
    return {
        slug: tuple(name for part in said.split(";") if (name := part.strip()))
        for slug, said in book.reader.former_names().items()
    }


def best(known: Index, asked: str) -> tuple[Hit, ...]:
    """The names that begin with what was asked, then those most like it; each thing
    once, best first, MOST at the most. None for what has no letter or figure."""
    wanted = plain(asked)
    if not wanted:
        return ()
    kept: dict[str, Hit] = {}
    for at in _found(known, wanted):
        hit = known.hit(at)
        kept.setdefault(hit.path, hit)
        if len(kept) == MOST:
            break
    return tuple(kept.values())


def _found(known: Index, wanted: str) -> Iterator[int]:
    """Where in the index: reckoned as far as it is read, for likeness takes long."""
    begun = _begun(known, wanted)
    yield from begun
    if len(wanted) >= FEWEST or not begun:
        yield from _alike(known, wanted)


def _begun(known: Index, wanted: str) -> list[int]:
    """Names that begin with it, then those of which a later word does: the same name
    before all others, names of today before former ones, then by the alphabet."""
    names, later = known.plain, f" {wanted}"
    first = [at for at, name in enumerate(names) if name.startswith(wanted)]
    first.sort(key=lambda at: (names[at] != wanted, known.former(at), names[at]))
    seen = set(first)
    within = [at for at, name in enumerate(names) if later in name and at not in seen]
    within.sort(key=lambda at: (known.former(at), names[at]))
    return first + within


def _alike(known: Index, wanted: str) -> list[int]:
    """Names that resemble it, most alike first, in spite of how they are spelt."""
    scored = process.extract(
        wanted, known.plain, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=4 * MOST
    )
    return [at for _, _, at in sorted(scored, key=lambda hit: (-hit[1], hit[0]))]
