"""Pages made to be shown inside the pages of others."""

from dataclasses import dataclass
from typing import ClassVar

from web.pages.base import Page
from web.pages.figures import Say
from web.parts import Dot, Drawing, Hundred, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedPage(Page):
    """/embed/brands/<slug>: a brand's picture with all that it needs to be quoted."""

    template: ClassVar[str] = "embed"
    framed: ClassVar[bool] = True
    subtitle: str  # family, period, n
    say: Say | None  # None: withheld
    withheld: str
    dots: tuple[Dot, ...]
    hundred: Hundred | None
    whole: Link  # the page of the brand, pinned to the edition
    newer: Link | None  # the brand's page, where there is a newer edition
    source: str  # edition and method


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedChartPage(Page):
    """/embed/brands/<slug>/<chart>: one chart with all that it needs to be quoted."""

    template: ClassVar[str] = "embed_chart"
    framed: ClassVar[bool] = True
    drawing: Drawing
    basis: str  # unit and n
    note: str  # what its marks mean; ''
    whole: Link  # the page it is from, pinned to the edition
    newer: Link | None  # that page, where there is a newer edition
    source: str  # edition and method


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingPage(Page):
    """/brands/<slug>/<chart>/embed: how to put a chart on a page of one's own."""

    template: ClassVar[str] = "embedding"
    crumb: Link
    lede: str
    code: str  # to be copied; '' while the site does not know its own address
    address: str  # of the embed; ''
    drawing: Drawing
