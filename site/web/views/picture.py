"""/brands/<slug>/<chart>.svg and .png, and card.png: charts to take away, pictures for
who shares a page. The same for industries.

Pages lead to the pinned address, so that a picture in an article stays what it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from xml.etree import ElementTree as ET

from model.citation import LICENCES
from model.rows import Standing
from scoring.method import METHOD
from web import build, words
from web.desk import Desk
from web.errors import NotHere
from web.made import PNG, SVG, Made
from web.parts import Chart, Drawing, Share
from web.pictures import raster
from web.pictures.card import Card, card
from web.pictures.sheet import sheet
from web.tongue import ENGLISH, mark, t
from web.views import corrections, coverage, industry, listing
from web.views.details import (
    curve,
    funnel,
    past,
    places,
    rhythm,
    volume_study,
    waits,
)
from web.views.whose import asked_for

DOCKET = "/corrections"

Drawn = Callable[[Desk, str], Drawing | Chart | None]


def _of_brand(make: Callable[..., object]) -> Drawn:
    def drawn(desk: Desk, slug: str) -> Drawing | None:
        return getattr(make(desk, asked_for(desk, slug)), "drawing", None)

    return drawn


def _of_industry(make: Callable[..., object]) -> Drawn:
    def drawn(desk: Desk, slug: str) -> Drawing | None:
        desk.book.industry_known(slug)
        block = make(desk, slug, listing.family(desk))
        return getattr(block, "drawing", None)

    return drawn


def _waits(desk: Desk, slug: str) -> Chart | None:
    return waits.chart(desk, asked_for(desk, slug))


def _history(desk: Desk, slug: str) -> Drawing | None:
    row = asked_for(desk, slug)
    return past.drawn(desk, row, desk.book.reader.history(slug))


CHARTS: dict[str, dict[str, Drawn]] = {
    "brands": {
        "waits": _waits,
        "curve": _of_brand(curve.brand),
        "channels": _of_brand(curve.channels),
        "history": _history,
        "week": _of_brand(rhythm.week),
        "answers": _of_brand(rhythm.given),
    },
    "industries": {
        "curve": _of_industry(curve.industry),
        "week": _of_industry(rhythm.industry_week),
        "answers": _of_industry(rhythm.industry_given),
        "places": _of_industry(places.ranges),
        "funnel": _of_industry(funnel.industry),
    },
}
"""What can be taken away, below whose address, by its name there."""

DAYS = "days-"
"""Begins the names of what we watched of a brand's accounts, one picture each."""


def drawn(desk: Desk, under: str, slug: str, name: str) -> Drawing | Chart | None:
    """A chart by its name. None: there is none. Raises NotHere."""
    if under == "brands" and name.startswith(DAYS):
        return coverage.drawn(desk, slug, name.removeprefix(DAYS))
    make = CHARTS[under].get(name)
    return make(desk, slug) if make else None


@dataclass(frozen=True, slots=True)
class Picture:
    """A view: one chart in one of the two formats."""

    under: str
    name: str
    ending: str

    def __call__(self, desk: Desk, slug: str) -> Made:
        """Raises NotHere where the edition has no such chart."""
        chart = drawn(desk, self.under, slug, self.name)
        if chart is None:
            raise NotHere(
                t(
                    "Edition %(edition)s has no such picture of “%(name)s”: too little"
                    " is known for it.",
                    edition=desk.book.edition.name,
                    name=slug[:40],
                )
            )
        where = desk.at(desk.book.edition.name, f"/{self.under}/{slug}")
        mine = [slug] if self.under == "brands" and in_dispute(desk, slug) else []
        name = f"{stem(desk, slug)}-{self.name}.{self.ending}"
        return taken(chart, source(desk, where, mine), name, self.ending)


@dataclass(frozen=True, slots=True)
class Days:
    """A view: the days of one account, by its number on the page."""

    ending: str

    def __call__(self, desk: Desk, slug: str, at: str) -> Made:
        """Raises NotHere."""
        return Picture("brands", f"{DAYS}{at}", self.ending)(desk, slug)


@dataclass(frozen=True, slots=True)
class Posts:
    """A view: posts per reply by industry, in one of the two formats."""

    ending: str

    def __call__(self, desk: Desk) -> Made:
        """Raises NotHere."""
        blocks = volume_study.industries(desk)
        chart = next((each.drawing for each in blocks if each.id == "volume"), None)
        edition = desk.book.edition.name
        if chart is None:
            raise NotHere(
                t(
                    "Edition %(edition)s has no such picture of “%(name)s”: too little"
                    " is known for it.",
                    edition=edition,
                    name=t("Posts per reply"),
                )
            )
        where = desk.at(edition, "/industries", family=listing.family(desk))
        name = f"{stem(desk, 'industries')}-volume.{self.ending}"
        return taken(chart, source(desk, where, ()), name, self.ending)


def taken(
    chart: Drawing | Chart, source: tuple[str, ...], name: str, ending: str
) -> Made:
    """The chart as a file of that name, with its source in it."""
    svg = sheet(chart, source)
    if ending == "svg":
        return Made(body=svg, kind=SVG, elsewhere=True, name=name)
    return as_png(svg, name)


def stem(desk: Desk, slug: str) -> str:
    """What the name of a file begins with: edition, of whom, and in which language."""
    parts = [desk.book.edition.name, slug]
    return "-".join(parts if desk.language == ENGLISH else [*parts, desk.language])


SOURCE = mark(
    "Source: Answerable, edition %(edition)s, asked %(period)s, method %(method)s."
    " %(licence)s."
)
PROVISIONAL = mark(
    "Source: Answerable, edition %(edition)s (provisional), asked %(period)s, method"
    " %(method)s. %(licence)s."
)


def source(desk: Desk, where: str, disputed: Sequence[str]) -> tuple[str, ...]:
    """Where a picture is from and how it may be used: what a citation needs. ``where``:
    the path of its page; ``disputed``: brands in it that dispute their figures."""
    edition = desk.book.edition
    said = [
        t(
            PROVISIONAL if edition.provisional else SOURCE,
            edition=edition.name,
            period=words.period(edition.day_from, edition.day_to),
            method=edition.method,
            licence=LICENCES[edition.licence][0],
        ),
        desk.public + where,
    ]
    if desk.library.sample:
        said.insert(0, t("Sample data: fictional brands."))
    if disputed:
        names = words.listed([desk.book.names[slug] for slug in disputed])
        docket = desk.public + desk.at("", DOCKET)
        said.insert(
            0,
            t(
                "Disputed by %(brands)s: %(where)s",
                brands=names,
                where=docket,
            ),
        )
    return tuple(said)


def in_dispute(desk: Desk, slug: str) -> bool:
    """Whether a filing of the brand stands against its figures."""
    disputed = corrections.of_brand(desk, slug)
    return disputed is not None and bool(disputed.filings)


def as_png(svg: bytes, name: str, sharp: float = raster.SHARP) -> Made:
    root = ET.fromstring(svg)
    says = " ".join(part.text or "" for part in root[:2])
    size = int(root.attrib["width"]), int(root.attrib["height"])
    language = root.attrib["lang"]
    body = raster.png(svg, *size, said=says, sharp=sharp, language=language)
    return Made(body=body, kind=PNG, elsewhere=True, name=name)


def brand_card(desk: Desk, slug: str) -> Made:
    """What is shown where the brand's page is shared. Raises NotHere."""
    made = brand_said(desk, asked_for(desk, slug))
    if in_dispute(desk, slug):
        made = replace(
            made,
            warning=t(
                "The brand disputes this: see %(where)s", where=desk.at("", DOCKET)
            ),
        )
    return _card(desk, made, slug)


def industry_card(desk: Desk, slug: str) -> Made:
    """Raises NotHere."""
    desk.book.industry_known(slug)
    return _card(desk, industry_said(desk, slug), slug)


def _card(desk: Desk, made: Card, slug: str) -> Made:
    return as_png(card(made), f"{stem(desk, slug)}-card.png", sharp=1.0)


def brand_said(desk: Desk, row: Standing) -> Card:
    place = build.place(row)
    where = words.family_place(row.family)
    return _said(
        desk,
        row,
        row.family,
        name=row.name,
        place=t("Place %(places)s %(where)s", places=place.words, where=where)
        if place
        else "",
        withheld=words.status(row) or t("Figures are withheld"),
    )


def industry_said(desk: Desk, slug: str) -> Card:
    family = listing.family(desk)
    row = desk.book.industries.get(family, {}).get(slug)
    score = build.score(row) if row else None
    place = ""
    if score:
        place = t(
            "Mean score %(score)s of 100 (%(span)s)",
            score=score.text,
            span=score.interval,
        )
    withheld = t("Nobody was seen writing to these brands")
    if row:
        withheld = industry.few(row)
    name = desk.industry(slug)
    return _said(desk, row, family, name=name, place=place, withheld=withheld)


def _said(
    desk: Desk,
    row: Standing | None,
    family: str,
    *,
    name: str,
    place: str,
    withheld: str,
) -> Card:
    edition = desk.book.edition
    figure = _figure(build.share(row, 2) if row else None, withheld)
    n = words.counted(row.inquiries, "inquiry", "inquiries") if row else ""
    return Card(
        name=name,
        where=t(
            "%(where)s, %(when)s",
            where=words.family_place(family),
            when=words.period(edition.day_from, edition.day_to),
        ),
        value=figure.value,
        means=figure.means,
        sure=words.beside(figure.sure, n),
        place=place,
        dots=build.dots(row) if row else (),
        ringed=t(
            "ringed: either, at %(sure)s", sure=words.percent(METHOD.confidence.value)
        ),
        source=t(
            "Answerable, edition %(edition)s, method %(method)s",
            edition=edition.name,
            method=edition.method,
        ),
        warning=t("Sample data: fictional brands") if desk.library.sample else "",
    )


class _Figure(NamedTuple):
    """The card's figure, what it counts, and how sure it is; the last two are '' where
    it is withheld."""

    value: str
    means: str
    sure: str


def _figure(share: Share | None, withheld: str) -> _Figure:
    if share is None:
        return _Figure(withheld, "", "")
    return _Figure(
        t("%(share)s of 100", share=share.text),
        t("people have an answer within %(limit)s", limit=share.limit),
        t("%(interval)s %(span)s", interval=words.interval(), span=share.interval),
    )


CARDS: dict[str, Callable[[Desk, str], Made]] = {
    "brands": brand_card,
    "industries": industry_card,
}
