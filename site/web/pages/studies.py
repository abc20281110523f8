"""Pages of field audits, and of studies by others."""

from dataclasses import dataclass
from typing import ClassVar

from web.pages.base import Page
from web.parts import Block, Link, Table


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
    digest: str  # of the result; '' without one
    past: Table | None  # None: one result at most
    cite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What one study published, figure by figure."""

    id: str
    title: str
    by: str
    note: str  # what we doubt of it; '' nothing
    reports: tuple[Link, ...]  # where it can be read
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiesPage(Page):
    """/studies: what earlier studies published, and our comparable figures."""

    template: ClassVar[str] = "studies"
    studies: tuple[Study, ...]
    downloads: tuple[Link, ...]
