"""What every page has, and the pages that say little."""

from dataclasses import dataclass
from typing import ClassVar

from web.parts import (
    Advice,
    Block,
    Chart,
    Dot,
    Fact,
    Filters,
    Hundred,
    Link,
    Pager,
    Score,
    Standings,
    Table,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionNote:
    """The line at a page's foot: which edition it is of, and how to hold us to it."""

    name: str
    url: str
    period: str
    made: str
    method: str
    provisional: bool
    digest: str  # twelve characters of it
    newer: Link | None  # the same page in the current edition, when this is not it


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A language, and where the page is in it."""

    language: str  # as hreflang says it
    name: str  # in its own words
    url: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds a page: menu, notice, edition, addresses of our own files."""

    home: str
    nav: tuple[Link, ...]
    here: str  # the menu entry that is current, or ''
    foot: tuple[Link, ...]
    search: str  # where the search form leads
    sample: bool
    measure: str  # where it says how to measure real brands
    edition: EditionNote | None
    language: str  # of the page: "en"
    languages: tuple[Speech, ...]  # the page in each, or that language's first page
    alternates: tuple[Speech, ...]  # only where the page is there in each
    canonical: str  # absolute where the public address is known, else ''
    stylesheet: str
    form_stylesheet: str  # of pages with forms beside it
    icon: str
    search_script: str
    chart_stylesheet: str
    chart_script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page has: a title that its only h1 repeats, and its surroundings."""

    template: ClassVar[str]
    framed: ClassVar[bool] = False  # the pages of others may show it inside
    frame: Frame
    title: str
    description: str
    hidden: bool = False  # not for search engines
    drawn: bool = False  # carries a chart: loads its script
    feed: str = ""  # address of its Atom feed
    oembed: str = ""  # address that describes its embed; whole, or ''
    markup: str = ""  # what it is, as JSON-LD for search engines
    card: str = ""  # picture for who shares it, of this edition; whole address or ''


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyPage(Page):
    """/ and every other page of figures while nothing has been measured."""

    template: ClassVar[str] = "empty"
    sources: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPage(Page):
    """/about: what this is, for whom, and how to measure real brands with it."""

    template: ClassVar[str] = "about"
    method: str
    sources: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternsPage(Page):
    """/patterns: every component in every state, for those who build the site."""

    template: ClassVar[str] = "patterns"
    standings: Standings
    dots: tuple[Dot, ...]
    hundred: Hundred
    scores: tuple[tuple[str, Score | None], ...]
    facts: tuple[Fact, ...]
    chart: Chart
    block: Block
    behind: Block
    pager: Pager
    filters: Filters
    table: Table
    advice: Advice
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """404, 405, 500 and their like: a sentence, and where to go from here."""

    template: ClassVar[str] = "error"
    says: str
    links: tuple[Link, ...]
