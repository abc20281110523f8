"""Pages made to be shown inside the pages of others."""

from dataclasses import dataclass
from typing import ClassVar

from web.pages.base import Page
from web.pages.figures import Say
from web.parts import Dot, Hundred, Link


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
