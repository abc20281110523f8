"""/sources/seen.svg and /sources/<slug>/seen.svg, and as PNG: what we saw in the last
days, to take away. They are of no edition: they say when it was so."""

from dataclasses import dataclass

from model.citation import LICENCES
from scoring.method import METHOD
from web import words
from web.desk import Desk
from web.errors import NotHere
from web.made import SVG, Made
from web.parts import Drawing
from web.pictures.sheet import sheet
from web.tongue import t
from web.views import picture
from web.views.sources import phrases
from web.views.sources.every import drawn as of_all
from web.views.sources.one import drawn as of_one
from web.views.sources.one import found
from web.views.sources.reading import watched

LICENCE = "CC-BY-4.0"


@dataclass(frozen=True, slots=True)
class Taken:
    """A view: one picture in one of the two formats."""

    ending: str

    def __call__(self, desk: Desk, slug: str = "") -> Made:
        """``slug`` '': of all sources. Raises NotHere."""
        chart, now = _of(desk, slug)
        if chart is None:
            raise NotHere(
                t("Nothing was to be seen yet, so there is no picture of it.")
            )
        svg = sheet(chart, _source(desk, slug, now))
        name = f"{slug or 'sources'}-seen-{words.day(now // 86_400)}.{self.ending}"
        if self.ending == "svg":
            return Made(body=svg, kind=SVG, elsewhere=True, name=name)
        return picture.as_png(svg, name)


def _of(desk: Desk, slug: str) -> tuple[Drawing | None, int]:
    if slug:
        _, each = found(desk, slug)
        return of_one(desk, each), each.now
    reader = desk.library.watched
    every = watched(reader) if reader else ()
    return (of_all(desk, every), every[0].now) if every else (None, 0)


def _source(desk: Desk, slug: str, now: int) -> tuple[str, ...]:
    said = [
        t(
            "Source: Answerable, as of %(when)s, method %(method)s. %(licence)s.",
            when=words.moment(now),
            method=METHOD.version,
            licence=LICENCES[LICENCE][0],
        ),
        desk.public + desk.at("", f"/sources/{slug}".rstrip("/")),
    ]
    if phrases.of_sample(desk):
        said.insert(0, t("Sample data: fictional brands."))
    return tuple(said)
