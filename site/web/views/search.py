"""/search?q=: a brand found in spite of accents, spelling and former names."""

import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from web import words
from web.desk import Desk
from web.pages import Found, SearchPage
from web.source import Book

ALIKE = 72
"""Of 100: below it, names share letters and nothing else."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Name:
    """One name that something is found by."""

    plain: str
    found: Found


def plain(text: str) -> str:
    """Lower case without accents or marks: "Crédit Agricole" -> "credit agricole"."""
    split = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        mark if mark.isalnum() else " "
        for mark in split
        if ord(mark) < 768 or not unicodedata.combining(mark)
    )
    return " ".join(kept.split())


def search(desk: Desk) -> SearchPage:
    asked = desk.query.get("q", "")
    found = best(names(desk), asked) if asked else ()
    return SearchPage(
        frame=desk.frame(),
        title=f"Search: {asked}" if asked else "Search",
        description="Find a brand or an industry.",
        hidden=True,
        q=asked,
        says=_says(asked, len(found)),
        found=found,
    )


def _says(asked: str, count: int) -> str:
    if not asked:
        return "Type the name of a brand or an industry, or a part of it."
    if not count:
        return (
            f"No brand or industry of this edition has a name like “{asked}”. Try a"
            " shorter part of the name."
        )
    return f"{words.counted(count, 'name')} like “{asked}”, the most alike first."


def names(desk: Desk) -> list[Name]:
    book = desk.book
    former = former_names(book)
    of: dict[str, str] = {}
    for rows in book.brands.values():
        for slug, row in rows.items():
            of.setdefault(slug, book.industry_slugs[row.industry])
    known = []
    for slug, name in book.names.items():
        url, about = desk.url(f"/brands/{slug}"), of[slug]
        known.append(Name(plain(name), Found(name=name, url=url, about=about, why="")))
        known += [
            Name(
                plain(old),
                Found(name=name, url=url, about=about, why=f"formerly {old}"),
            )
            for old in former.get(slug, ())
        ]
    for slug, name in book.industry_slugs.items():
        url = desk.url(f"/industries/{slug}")
        known.append(
            Name(plain(name), Found(name=name, url=url, about="an industry", why=""))
        )
    return known


def former_names(book: Book) -> dict[str, tuple[str, ...]]:
    """Slug to the names a brand had before."""
    return {
        line.slug: tuple(
            name for part in line.former_names.split(";") if (name := part.strip())
        )
        for line in book.reader.brands()
    }


def best(known: list[Name], asked: str) -> tuple[Found, ...]:
    """The names most like what was asked, each thing once, best first."""
    wanted = plain(asked)
    if not wanted:
        return ()
    scored = process.extract(
        wanted,
        [name.plain for name in known],
        scorer=fuzz.WRatio,
        score_cutoff=ALIKE,
        limit=4 * MOST,
    )
    ranked = sorted(scored, key=lambda hit: (-_alike(wanted, hit[0], hit[1]), hit[0]))
    kept: dict[str, Found] = {}
    for _, _, index in ranked:
        found = known[index].found
        kept.setdefault(found.url, found)
    return tuple(kept.values())[:MOST]


def _alike(wanted: str, name: str, score: float) -> float:
    """A name that begins with what was typed comes before one that resembles it."""
    return score + 100 * (name == wanted) + 50 * name.startswith(wanted)
