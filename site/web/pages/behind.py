"""Pages of what stands behind the figures: editions, method, sources, data."""

from dataclasses import dataclass
from typing import ClassVar

from web.pages.base import Page
from web.parts import Block, Fact, Link, Table


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
    doubtful: str  # accounts; ''
    last: str
    problem: str
    cannot_see: str
    licence: str
    terms: str
    terms_url: str  # where they stand; '' they are said
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
    terms_url: str  # where they stand; '' they are said
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
    download: Link | None  # the bundle; None while nobody has made it
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
