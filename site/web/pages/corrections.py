"""Pages of the docket: what brands ask us to put right, and where they ask it."""

from dataclasses import dataclass
from typing import ClassVar

from web.pages.base import Page
from web.parts import Fact, Link, Option, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """What a brand's page says of filings: which stand, and where to file one."""

    says: str  # '' nothing is disputed
    filings: tuple[Link, ...]
    reply: Link | None  # None: the brand is in our list no longer
    watch: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsPage(Page):
    """/corrections: every filing that was confirmed, and how long we took."""

    template: ClassVar[str] = "corrections"
    ours: str  # our own median, with its n
    table: Table | None  # None: nothing was filed
    ask: str  # address of the form for a brand that is not here
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingPage(Page):
    """/corrections/<number>: one filing, where it stands, and what we said."""

    template: ClassVar[str] = "filing"
    crumb: Link
    facts: tuple[Fact, ...]
    brand: Link | None  # None: it has no page here
    text: tuple[str, ...]  # paragraphs of what was filed; none: not published
    unpublished: str  # why it is not; ''
    outcome: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. ``error`` '' none; ``options`` for a choice."""

    name: str
    label: str
    hint: str
    value: str
    error: str
    kind: str  # "choice", "line", "email", "url" or "text"
    options: tuple[Option, ...] = ()
    most: int = 0  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage(Page):
    """/brands/<slug>/reply, /brands/<slug>/watch and /corrections/ask: the form, or why
    there is none."""

    template: ClassVar[str] = "file"
    crumb: Link
    lede: str
    off: str  # why nothing can be filed here; ''
    problem: str  # what went wrong with the whole of it; ''
    fields: tuple[Field, ...]
    trap: str  # name of the field that people do not see
    began: str  # signed moment at which the form was opened


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage(Page):
    """/corrections/confirm/<token>, /watch/confirm/<token>, /watch/stop/<token>: a
    button, since programs follow links in mails; and what is said after it."""

    template: ClassVar[str] = "confirm"
    crumb: Link
    says: str
    button: str  # '' none
    code: str = ""  # what is to be copied; '' nothing
