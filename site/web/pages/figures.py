"""Pages of brands and industries."""

from dataclasses import dataclass
from typing import ClassVar

from web.pages.base import Page
from web.pages.corrections import Disputed
from web.parts import (
    Advice,
    Block,
    Chart,
    Dot,
    Drawing,
    Fact,
    Filters,
    Hundred,
    Key,
    Link,
    Pager,
    Place,
    Score,
    Share,
    Standings,
    Table,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    """/: brands of one family, best answered first, filtered by the address."""

    template: ClassVar[str] = "home"
    lede: str
    basis: str  # how many brands and messages, which kinds, when
    filters: Filters
    standings: Standings
    pager: Pager
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryLine:
    """One industry's line: the mean of its ranked brands, and its people pooled."""

    name: str
    url: str
    place: Place | None
    score: Score | None
    withheld: str  # why there is no score; ''
    hundred: Hundred | None
    in_time: Share | None
    wait: str
    wait_note: str
    ranked: str  # "7 of 9 brands"
    inquiries: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustriesPage(Page):
    """/industries: every industry of a family, best answered first."""

    template: ClassVar[str] = "industries"
    lede: str
    filters: Filters
    rows: tuple[IndustryLine, ...]
    key: Key | None
    downloads: tuple[Link, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryPage(Page):
    """/industries/<slug>: what the industry's customers can expect, and its brands."""

    template: ClassVar[str] = "industry"
    crumb: Link
    say: str  # one sentence; '' when fewer than three brands are ranked
    sure: str
    filters: Filters
    standings: Standings
    pager: Pager
    downloads: tuple[Link, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """The sentence a consumer can repeat, in its parts, so that figures stand out."""

    where: str  # "on social networks"
    answered: str  # "67 get an answer"
    limit: str  # "within three days"
    first: str  # "41 of them within an hour"
    half: str  # "Half of all who wrote had one within"
    wait: str  # "3 h 10 min"
    sure: str  # how many people, when, how sure


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilySection:
    """A brand in one family: families have different clocks and are never mixed."""

    id: str
    title: str
    say: Say | None  # None: withheld
    unsaid: str  # what cannot be said, where shares are withheld; ''
    when: str  # at which times surely fewer have an answer within a day; ''
    withheld: str  # why it is not ranked, or why figures are withheld; ''
    dots: tuple[Dot, ...]
    hundred: Hundred | None
    facts: tuple[Fact, ...]
    channels: Table | None  # None: one account on one channel, same as the whole
    chart: Chart | None
    blocks: tuple[Block, ...]  # what the edition says of it beside its standing
    history: tuple["Past", ...]
    past: Drawing | None  # the scores of the history, up to this edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A brand's standing in one edition."""

    name: str
    url: str
    period: str
    here: bool
    score: Score | None
    place: str
    inquiries: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One of the brand's own accounts, and whether we watch it."""

    channel: str
    account: str
    url: str  # '' where there is no public page to link
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandPage(Page):
    """/brands/<slug>: do they answer, how long does it take, where to write."""

    template: ClassVar[str] = "brand"
    crumb: Link
    advice: Advice | None
    sections: tuple[FamilySection, ...]
    presences: tuple[Presence, ...]
    compare: Link
    disputed: Disputed | None  # None: fictional brands have no say
    badge: str  # address of its picture
    follow: tuple[Link, ...]
    embed: str  # what to paste to show its picture; ''
    quotes: tuple[str, ...]  # sentences that state its figures with their uncertainty
    apa: str
    bibtex: str
    cite: str
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePage(Page):
    """/brands/<slug>/coverage: what we watched of each account, day by day, and why."""

    template: ClassVar[str] = "coverage"
    crumb: Link
    lede: str
    blocks: tuple[Block, ...]
    sources: str
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    name: str
    url: str
    about: str  # its industry
    why: str  # "formerly ..." when that is what matched


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page):
    """/search?q=: brands and industries whose name, or former name, is like it."""

    template: ClassVar[str] = "search"
    q: str
    says: str
    ask: Link | None  # None: nothing was looked for
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """The chosen brands in one family."""

    id: str
    title: str
    standings: Standings
    speed: Table
    sure: tuple[str, ...]  # one sentence a pair whose order is told by name
    missing: str  # brands that are not watched there; ''
    curves: Block | None = None  # how fast each of them answers


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage(Page):
    """/compare?brands=: up to six brands side by side, and what of it is sure."""

    template: ClassVar[str] = "compare"
    action: str
    brands: str  # slugs, as the address has them
    add: str  # what was typed to find one more
    full: bool
    most: str
    says: str
    notices: tuple[str, ...]  # what of the address is not shown, and why
    found: tuple[Found, ...]
    without: tuple[Link, ...]
    contests: tuple[Contest, ...]
    downloads: tuple[Link, ...]
