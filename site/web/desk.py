"""What a view has in hand: the library, the edition asked for, and the address."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from model.rows import Edition
from web import query, tables, tongue, words
from web.book import Book
from web.pages import EditionNote, Frame, Speech
from web.parts import Link
from web.query import Query
from web.source import Library
from web.tongue import mark, t

NAV = (
    (mark("Brands"), "/"),
    (mark("Industries"), "/industries"),
    (mark("Method"), "/method"),
    (mark("Sources"), "/sources"),
    (mark("Data"), "/data"),
)
FOOT = (
    *NAV,
    (mark("Editions"), "/editions"),
    (mark("Field audits"), "/audits"),
    (mark("Corrections"), "/corrections"),
    (mark("Earlier studies"), "/studies"),
    (mark("API"), "/api"),
    (mark("About"), "/about"),
)


FROZEN = ("brands", "industries", "compare", "studies")
"""First words of addresses whose figures are those of an edition."""


def of_edition(path: str) -> bool:
    """Whether what is at an address stays as it is for as long as the edition does."""
    return path.lstrip("/").partition("/")[0].partition(".")[0] in FROZEN


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
    bundle: Callable[[Edition], Path | None]  # where that of an edition is
    language: str = tongue.ENGLISH

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
        """An address within the edition the reader is reading, and in the language,
        where the page is there in it."""
        return self.at(self.pinned or "", path, **parameters)

    def at(self, edition: str, path: str, **parameters: str) -> str:
        """The same within any edition; '' is the current one."""
        return query.address(_within(self.language, edition, path), parameters)

    def industry(self, slug: str) -> str:
        """Its name in the language of the page."""
        return t(self.book.industry_slugs[slug])

    def industries(self) -> list[tuple[str, str]]:
        """Slug and name of each in the book, by name."""
        named = [(slug, t(name)) for slug, name in self.book.industry_slugs.items()]
        if self.language == tongue.ENGLISH:
            return named  # the book has them so
        return sorted(named, key=lambda pair: tongue.letters(pair[1]))

    def channels(self) -> dict[str, str]:
        """Each channel's name in the language of the page, by slug."""
        return {row.slug: t(row.title) for row in self.book.reader.channels()}

    def brand(self, slug: str) -> str:
        """The address of a brand's page; '' where this edition has none."""
        return self.url(f"/brands/{slug}") if slug in self.book.names else ""

    def latest(self, path: str, **parameters: str) -> str:
        """The address of a page in the current edition. Of a brand or an industry that
        is not in it any more, its first page; of one chart, which it may not have, the
        page that the chart is on."""
        _, under, slug, *rest = (*path.split("/"), "", "")
        book = self.library.book()
        known = {"brands": book.names, "industries": book.industry_slugs}.get(under)
        if known is not None and slug and slug not in known:
            return self.at("", "/")
        if "embed" in rest:
            path = f"/{under}/{slug}"
        return self.at("", path, **parameters)

    def again(self, **changed: str) -> str:
        """This address with other parameters; '' takes one away."""
        return self.url(self.path, **{**self.query, **changed})

    def frame(self, here: str = "") -> Frame:
        there = tongue.offered(self.path)
        canonical = self.url(self.path, **self.query)
        return Frame(
            home=self.url("/"),
            nav=tuple(Link(t(text), self.url(path)) for text, path in NAV),
            here=t(here) if here else "",
            foot=tuple(Link(t(text), self.url(path)) for text, path in FOOT),
            language=self.language,
            languages=tuple(self._language(name) for name in tongue.NAMES),
            alternates=self._alternates() if there and self.public else (),
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

    def _language(self, name: str) -> Speech:
        """This page in a language, or that language's first page where it is not."""
        there = tongue.offered(self.path)
        url = query.address(_within(name, self.pinned or "", self.path), self.query)
        if not there:
            url = _within(name, self.pinned or "", "/")
        return Speech(
            language=name,
            name=tongue.NAMES[name],
            url=url,
            here=name == self.language,
        )

    def _alternates(self) -> tuple[Speech, ...]:
        """Whole addresses of this page in every language, for search engines; what
        they show to readers of all others is English."""
        every = [self._language(name) for name in tongue.NAMES]
        named = [replace(one, url=self.public + one.url) for one in every]
        return (*named, replace(named[0], language="x-default"))

    def _note(self) -> EditionNote | None:
        edition, current = self.edition, self.library.current
        if edition is None:
            return None
        newer = None
        if current is not None and current.name != edition.name:
            newer = Link(current.name, self.latest(self.path, **self.query))
        return EditionNote(
            name=edition.name,
            url=self.at(edition.name, "/"),
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
        """Links to the table of ``path`` as CSV and JSON, with the same parameters, and
        pinned to the edition where the table is of one: who comes back to it finds the
        figures that stood beside it.

        Sorting and paging are for eyes: the data come whole.
        """
        edition = self.edition
        at = edition.name if edition and of_edition(path) else self.pinned or ""
        kept = {
            key: value
            for key, value in self.query.items()
            if key in ("family", "industry")
        }
        return tuple(
            Link(
                f"{name} {ending.upper()}".strip(),
                self.at(at, f"{path}.{ending}", **kept),
            )
            for ending in ("csv", "json")
        )

    def pictures(
        self, path: str, family: str, *, embedded: bool = True
    ) -> tuple[Link, ...]:
        """Links to the chart of ``path`` as pictures, and to how it is embedded where
        it may be, pinned to the edition; none while there is no edition."""
        if self.edition is None:
            return ()
        name, asked = self.edition.name, self._of(path, family)
        ways = (("SVG", ".svg"), ("PNG", ".png"), (t("Embed"), "/embed"))
        return tuple(
            Link(text, self.at(name, f"{path}{ending}", **asked))
            for text, ending in ways
            if embedded or ending != "/embed"
        )

    def _of(self, path: str, family: str) -> dict[str, str]:
        """The parameter for a family; none for that of which an address without one
        speaks, and for what is of no family ('')."""
        _, under, slug, *_ = path.split("/")
        rows = self.book.of_brand(slug) if under == "brands" else []
        usual = rows[0].family if rows else next(iter(self.book.families), "")
        return {} if family in ("", usual) else {"family": family}

    def card(self, path: str, family: str) -> str:
        """The whole, pinned address of the picture of ``path`` that is shown where it
        is shared; '' while the site does not know its own address."""
        if not self.public or self.edition is None:
            return ""
        asked = self._of(path, family)
        return self.public + self.at(self.edition.name, f"{path}/card.png", **asked)

    def cite(self, what: str, path: str, **asked: str) -> str:
        """How to cite a page of this edition, with an address that stays."""
        edition = self.edition
        if edition is None:
            return f"{what}. Answerable. {self.public}{self.url(path, **asked)}"
        said = t(
            "%(what)s. Answerable, edition %(edition)s (%(period)s), method"
            " %(method)s.",
            what=what,
            edition=edition.name,
            period=words.period(edition.day_from, edition.day_to),
            method=edition.method,
        )
        if self.library.sample:
            sample = t("Sample data, fictional brands.")
            said = f"{said} {sample}"
        return f"{said} {self.public}{self.at(edition.name, path, **asked)}"


def _within(language: str, edition: str, path: str) -> str:
    """The whole path of a page, given that of its edition's."""
    full = f"/editions/{edition}{path if path != '/' else ''}" if edition else path
    if language == tongue.ENGLISH or not tongue.offered(path):
        return full
    return tongue.at(language, full)
