"""/embed/brands/<slug>/<chart> and the same of industries: a chart inside the pages of
others, and /brands/<slug>/<chart>/embed, which says how to put it there.

What can be taken away as a picture can be embedded. As with a brand's hundred people
(``embed``) an address that we hand out names its edition; a newer one is
pointed to.
"""

from dataclasses import dataclass, replace

from web import words
from web.desk import Desk
from web.errors import NotHere
from web.pages import EmbedChartPage, EmbeddingPage
from web.parts import Chart, Drawing, Link, Mark, Rect, Words
from web.snippet import EMBED_WIDTH, snippet
from web.tongue import t
from web.views import frames, picture

BARS = 0.84
"""Of the drawing's width; the rest is for the words behind a bar."""


@dataclass(frozen=True, slots=True)
class Embed:
    """A view: any chart of a brand, or of an industry."""

    under: str  # brands, industries

    def __call__(self, desk: Desk, slug: str, name: str) -> EmbedChartPage:
        """Raises NotHere."""
        drawn = asked_for(desk, self.under, slug, name)
        edition, caption, whose = desk.book.edition, drawn.caption, _whose(drawn)
        page = f"/{self.under}/{slug}"
        return EmbedChartPage(
            frame=desk.frame(),
            title=whose,
            description=f"{whose}.",
            hidden=True,
            drawing=alone(drawn),
            basis=t("Unit: %(unit)s. n = %(n)s.", unit=caption.unit, n=caption.n),
            note=caption.note,
            whole=Link(
                t("All figures: %(name)s", name=name_of(desk, self.under, slug)),
                desk.public + desk.at(edition.name, page, **desk.query),
            ),
            newer=_newer(desk, page),
            source=t(
                "Answerable, edition %(edition)s, method %(method)s.",
                edition=edition.name,
                method=edition.method,
            ),
        )


@dataclass(frozen=True, slots=True)
class Embedding:
    """A view: how to put a chart on a page."""

    under: str

    def __call__(self, desk: Desk, slug: str, name: str) -> EmbeddingPage:
        """Raises NotHere."""
        shown = Embed(self.under)(desk, slug, name)
        edition, of = desk.book.edition, f"/{self.under}/{slug}"
        high = frames.of_chart(shown, frames.PHONE_PX)
        at = desk.public + desk.at(edition.name, f"/embed{of}/{name}", **desk.query)
        whose = name_of(desk, self.under, slug)
        return EmbeddingPage(
            frame=desk.frame(),
            title=t("Show this chart on your page"),
            description=t("How to embed a chart: %(name)s.", name=whose),
            hidden=True,
            crumb=Link(whose, desk.url(of, **desk.query)),
            lede=t(
                "It stays as it is in edition %(edition)s, and says when there is a"
                " newer one. It sets no cookies and needs no script.",
                edition=edition.name,
            ),
            code=snippet(at, whose, EMBED_WIDTH, high) if desk.public else "",
            address=at if desk.public else "",
            drawing=shown.drawing,
        )


def asked_for(desk: Desk, under: str, slug: str, name: str) -> Drawing | Chart:
    """Raises NotHere."""
    drawn = picture.drawn(desk, under, slug, name)
    if drawn is None:
        raise NotHere(
            t(
                "Edition %(edition)s has no such chart of “%(name)s”.",
                edition=desk.book.edition.name,
                name=slug[:40],
            )
        )
    return drawn


def alone(drawn: Drawing | Chart) -> Drawing:
    """As a drawing that no script draws anew, with no table below it."""
    if isinstance(drawn, Chart):
        drawn = _of_bars(drawn)
    return replace(drawn, says=f"{_whose(drawn)}.", figure="", script="", takes=())


def _of_bars(chart: Chart) -> Drawing:
    """The chart of waits, as a drawing of marks."""
    marks: list[Mark] = []
    for bar in chart.bars:
        look, end = f"tone-{bar.tone}", round(bar.width * BARS, 2)
        marks += [
            Rect(x=0, y=bar.y + 4, width=end, height=22, look=look),
            Words(
                x=0,
                y=bar.y + 19,
                text=bar.label,
                dx=-8,
                look="chart-label",
                anchor="end",
            ),
            Words(x=end, y=bar.y + 19, text=bar.words, dx=6),
        ]
    return Drawing(
        id=chart.id,
        says=chart.says,
        room="names",
        height=chart.height,
        marks=tuple(marks),
        cite=chart.cite,
        figure="",
        script="",
        caption=chart.caption,
    )


def _whose(drawn: Drawing | Chart) -> str:
    return words.titled(drawn.caption.name, drawn.caption.of)


def name_of(desk: Desk, under: str, slug: str) -> str:
    """Whose page it is, as it is called there."""
    return desk.book.names[slug] if under == "brands" else desk.industry(slug)


def _newer(desk: Desk, page: str) -> Link | None:
    current = desk.library.current
    if current is None or current.name == desk.book.edition.name:
        return None
    return Link(current.name, desk.public + desk.latest(page, **desk.query))
