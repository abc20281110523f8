"""What each template may use. One frozen class per page; its docstring is its spec.

The template of a page is ``templates/pages/<template>.html``; a test holds that it
uses every field. Fields of ``Page`` itself are used by the layout.
"""

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
    Segment,
    Share,
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
    canonical: str  # absolute where the public address is known, else ''
    stylesheet: str
    icon: str
    search_script: str
    chart_stylesheet: str
    chart_script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page has: a title that its only h1 repeats, and its surroundings."""

    template: ClassVar[str]
    frame: Frame
    title: str
    description: str
    hidden: bool = False  # not for search engines
    drawn: bool = False  # carries a chart: loads its script
    feed: str = ""  # address of its Atom feed


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyPage(Page):
    """/ and every other page of figures while nothing has been measured."""

    template: ClassVar[str] = "empty"
    sources: str


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
    key: tuple[Segment, ...]
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
    half: str  # "Half of all who wrote had one after"
    wait: str  # "3 h 10 min"
    sure: str  # how many people, when, how sure


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilySection:
    """A brand in one family: families have different clocks and are never mixed."""

    id: str
    title: str
    say: Say | None  # None: withheld
    withheld: str  # why it is not ranked, or why figures are withheld; ''
    dots: tuple[Dot, ...]
    hundred: Hundred | None
    facts: tuple[Fact, ...]
    channels: Table | None  # None: one account on one channel, same as the whole
    chart: Chart | None
    blocks: tuple[Block, ...]  # what the edition says of it beside its standing
    history: tuple["Past", ...]


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
    badge: str  # address of its picture
    follow: tuple[Link, ...]
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
    found: tuple[Found, ...]
    without: tuple[Link, ...]
    contests: tuple[Contest, ...]
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionsPage(Page):
    """/editions: every edition, newest first, with what chains them."""

    template: ClassVar[str] = "editions"
    says: str  # whether the chain holds
    broken: bool
    table: Table
    commands: tuple[str, ...]
    data: str
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the method in plain words, and the numbers it stands on."""

    id: str
    title: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodPage(Page):
    """/method: the rules, every chosen number with its reason, and the blind spots."""

    template: ClassVar[str] = "method"
    version: str
    log: str
    other: str  # what to know when the edition is of another version; ''
    rules: tuple[Rule, ...]
    questions: tuple[Rule, ...]  # asked before a number is printed
    contents: tuple[Link, ...]
    numbers: Table
    limits: Table
    cuts: Table | None  # which kinds each family of this edition counts
    left_out: Table | None  # messages of this edition that did not count, and why
    blind: tuple[str, ...]
    blocks: tuple[Block, ...]  # how often we are right, and what hangs on our choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of the method, in the log."""

    id: str
    title: str
    since: str
    says: tuple[str, ...]
    moved: str  # who moved because of it
    changes: Table | None  # numbers; None: the first, or none
    editions: tuple[Link, ...]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodLogPage(Page):
    """/method/log: every version of the method, newest first."""

    template: ClassVar[str] = "method_log"
    crumb: Link
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    id: str
    title: str
    link: str  # to its own page
    family: str
    state: str  # in words
    off_because: str  # a sentence; ''
    failing: bool
    seen: str
    behind: str  # ''
    last: str
    problem: str
    cannot_see: str
    licence: str
    terms: str
    url: str
    every: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPage(Page):
    """/sources: each channel, what it cannot see, and how its last look went."""

    template: ClassVar[str] = "sources"
    says: str
    blocks: tuple[Block, ...]  # none while no source is registered
    sources: tuple[SourceLine, ...]
    looks: Block | None  # None: there was none yet
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage(Page):
    """/sources/<slug>: one channel, what it cannot see, and how the watch goes."""

    template: ClassVar[str] = "source"
    crumb: Link
    state: str
    about: str
    off_because: str  # ''
    failing: bool
    problem: str  # ''
    facts: tuple[Fact, ...]
    cannot_see: str
    terms: str
    licence: str
    url: str  # ''
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A table of the bundle, column by column."""

    id: str
    title: str
    file: str
    says: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage(Page):
    """/data: every table to take away, what its columns mean, under which licence."""

    template: ClassVar[str] = "data"
    tables: tuple[tuple[str, tuple[Link, ...]], ...]
    bundle: tuple[Described, ...]
    commands: tuple[str, ...]  # that write the bundle, and check it
    editions: str
    api: str
    licence: Link
    cite: str
    apa: str
    bibtex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation of the interface."""

    id: str
    address: str
    says: str
    more: str
    example: Link
    parameters: Table | None  # None: it takes none


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage(Page):
    """/api: what programs can ask, one operation after the other."""

    template: ClassVar[str] = "api"
    crumb: Link
    root: str
    description_url: str
    per_minute: str
    calls: tuple[Call, ...]
    things: tuple[Described, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditsPage(Page):
    """/audits: field audits, what they are and how one is done."""

    template: ClassVar[str] = "audits"
    says: str
    table: Table | None  # None: there is none
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage(Page):
    """/audits/<id>: what was asked, what came back, and the protocol in full."""

    template: ClassVar[str] = "audit"
    crumb: Link
    question: str
    says: str  # one sentence; '' while nothing has come back
    sure: str
    waits: str  # ''
    flags: tuple[str, ...]  # what to know of how it was done
    blocks: tuple[Block, ...]
    checks: tuple[tuple[str, str], ...]  # what a table's digest is
    past: Table | None  # None: one result at most
    cite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What one study published, figure by figure."""

    id: str
    title: str
    by: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiesPage(Page):
    """/studies: what earlier studies published, and our comparable figures."""

    template: ClassVar[str] = "studies"
    studies: tuple[Study, ...]
    downloads: tuple[Link, ...]


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
