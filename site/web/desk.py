"""What a view has in hand: the library, the edition asked for, and the address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from model.rows import Edition
from web import query, tables, words
from web.pages import EditionNote, Frame
from web.parts import Link
from web.query import Query
from web.source import Book, Library

NAV = (
    ("Brands", "/"),
    ("Industries", "/industries"),
    ("Method", "/method"),
    ("Sources", "/sources"),
    ("Data", "/data"),
)
FOOT = (
    *NAV,
    ("Editions", "/editions"),
    ("Field audits", "/audits"),
    ("Corrections", "/corrections"),
    ("Earlier studies", "/studies"),
    ("API", "/api"),
    ("About", "/about"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Made for one address. ``path`` is what comes after the edition's prefix."""

    library: Library
    pinned: str | None  # name of the edition in the address
    path: str
    query: Query
    public: str  # https://... without a slash at its end, or ''
    static: Callable[[str], str]
    per_minute: int  # requests to the interface that one reader may make

    @property
    def prefix(self) -> str:
        return f"/editions/{self.pinned}" if self.pinned else ""

    @property
    def book(self) -> Book:
        """Raises NotHere when there is no such edition, or none at all."""
        return self.library.book(self.pinned)

    @property
    def edition(self) -> Edition | None:
        if self.pinned is None and self.library.current is None:
            return None
        return self.book.edition

    def url(self, path: str, **parameters: str) -> str:
        """An address within the edition the reader is reading."""
        full = self.prefix + path if path != "/" else self.prefix or "/"
        return query.address(full, parameters)

    def brand(self, slug: str) -> str:
        """The address of a brand's page; '' where this edition has none."""
        return self.url(f"/brands/{slug}") if slug in self.book.names else ""

    def again(self, **changed: str) -> str:
        """This address with other parameters; '' takes one away."""
        return self.url(self.path, **{**self.query, **changed})

    def frame(self, here: str = "") -> Frame:
        canonical = query.address(self.prefix + self.path, self.query)
        return Frame(
            home=self.url("/"),
            nav=tuple(Link(text, self.url(path)) for text, path in NAV),
            here=here,
            foot=tuple(Link(text, self.url(path)) for text, path in FOOT),
            search=self.url("/search"),
            sample=self.library.sample,
            measure=self.url("/about") + "#measure",
            edition=self._note(),
            canonical=self.public + canonical if self.public else "",
            stylesheet=self.static("look.css"),
            form_stylesheet=self.static("forms.css"),
            icon=self.static("icon.svg"),
            search_script=self.static("search.js"),
            chart_stylesheet=self.static("chart.css"),
            chart_script=self.static("chart.js"),
        )

    def _note(self) -> EditionNote | None:
        edition, current = self.edition, self.library.current
        if edition is None:
            return None
        newer = None
        if current is not None and current.name != edition.name:
            newer = Link(current.name, query.address(self.path, self.query))
        return EditionNote(
            name=edition.name,
            url=f"/editions/{edition.name}",
            period=words.period(edition.day_from, edition.day_to),
            made=words.moment(edition.made_at),
            method=edition.method,
            provisional=edition.provisional,
            digest=edition.digest[:12],
            newer=newer,
        )

    def about(self) -> dict[str, Any]:
        return tables.about(self.edition, sample=self.library.sample)

    def downloads(self, path: str, name: str = "") -> tuple[Link, ...]:
        """Links to the table of ``path`` as CSV and JSON, with the same parameters.

        Sorting and paging are for eyes: the data come whole.
        """
        kept = {
            key: value
            for key, value in self.query.items()
            if key in ("family", "industry")
        }
        return tuple(
            Link(
                f"{name} {ending.upper()}".strip(), self.url(f"{path}.{ending}", **kept)
            )
            for ending in ("csv", "json")
        )

    def pictures(self, path: str, family: str) -> tuple[Link, ...]:
        """Links to the chart of ``path`` as pictures, pinned to the edition; none while
        there is no edition."""
        if self.edition is None:
            return ()
        at = f"/editions/{self.edition.name}{path}"
        return tuple(
            Link(ending.upper(), query.address(f"{at}.{ending}", {"family": family}))
            for ending in ("svg", "png")
        )

    def card(self, path: str, family: str) -> str:
        """The whole, pinned address of the picture of ``path`` that is shown where it
        is shared; '' while the site does not know its own address."""
        if not self.public or self.edition is None:
            return ""
        at = f"/editions/{self.edition.name}{path}/card.png"
        return self.public + query.address(at, {"family": family})

    def cite(self, what: str, path: str) -> str:
        """How to cite a page of this edition, with an address that stays."""
        edition = self.edition
        if edition is None:
            return f"{what}. Answerable. {self.public}{path}"
        pinned = f"{self.public}/editions/{edition.name}{path if path != '/' else ''}"
        sample = " Sample data, fictional brands." if self.library.sample else ""
        return (
            f"{what}. Answerable, edition {edition.name}"
            f" ({words.period(edition.day_from, edition.day_to)}).{sample} {pinned}"
        )
