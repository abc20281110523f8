"""Every address of the site, the parameters it may carry, and who answers.

Each is there twice: as it is, of the current edition; and below ``/editions/<id>``,
pinned to that one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web.made import Made
from web.pages import Page
from web.tables import Data
from web.views import (
    about,
    audits,
    badge,
    brand,
    compare,
    compare_picture,
    corrections,
    coverage,
    data,
    details,
    edition,
    embed,
    embed_chart,
    feed,
    home,
    industry,
    log,
    method,
    patterns,
    picture,
    reference,
    search,
    sitemap,
    sources,
    studies,
    trust,
)
from web.views.details import volume

LIVE_S = 30.0
"""How old a page may be that says what is so now, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A page, or a table at the same address with an extension."""

    rule: str
    make: Callable[..., Page | Data | Made]
    parameters: tuple[str, ...] = ()
    live: bool = False  # changes without a new edition
    kept: bool = True  # False: as many addresses as readers can think of
    picture: bool = False  # kept apart, so that it pushes no page out
    empty: bool = True  # shows the empty page while nothing has been measured


def table(rule: str, make: Callable[..., Data], **more: Any) -> tuple[Route, Route]:
    """The table of an address, as CSV and as JSON."""
    return (
        Route(rule=f"{rule}.csv", make=make, empty=False, **more),
        Route(rule=f"{rule}.json", make=make, empty=False, **more),
    )


LISTED = ("family", "industry", "sort", "page")
CHOSEN = ("family", "industry", "sort")

ROUTES: tuple[Route, ...] = (
    Route(rule="/", make=home.home, parameters=LISTED),
    *table("/brands", home.table, parameters=CHOSEN),
    Route(rule="/industries", make=industry.industries, parameters=("family",)),
    *table("/industries", industry.table, parameters=("family",)),
    *table("/industries/volume", volume.industries_table, parameters=("family",)),
    *(
        Route(
            rule=f"/industries/volume.{ending}",
            make=picture.Posts(ending),
            parameters=("family",),
            picture=True,
            empty=False,
        )
        for ending in ("svg", "png")
    ),
    Route(
        rule="/industries/<slug:slug>",
        make=industry.industry,
        parameters=("family", "sort", "page"),
    ),
    *table(
        "/industries/<slug:slug>",
        industry.brands_table,
        parameters=("family", "sort"),
    ),
    Route(rule="/brands/<slug:slug>", make=brand.brand),
    *table("/brands/<slug:slug>", brand.figures_table),
    *table("/brands/<slug:slug>/accounts", brand.accounts_table),
    *table("/brands/<slug:slug>/waits", brand.waits_table),
    *table("/brands/<slug:slug>/history", brand.history_table),
    Route(rule="/brands/<slug:slug>/coverage", make=coverage.coverage, live=True),
    *table("/brands/<slug:slug>/coverage", coverage.table, live=True),
    *(
        route
        for topic in details.TABLES
        for route in table(f"/{topic.under}/<slug:slug>/{topic.name}", topic.make)
    ),
    Route(
        rule="/compare",
        make=compare.compare,
        parameters=("brands", "add", "sort"),
        kept=False,
    ),
    *table("/compare", compare.table, parameters=("brands",), kept=False),
    *table("/compare/curve", compare_picture.table, parameters=("brands",), kept=False),
    *(
        Route(
            rule=f"/compare/curve.{ending}",
            make=compare_picture.Curves(ending),
            parameters=("brands", "family"),
            picture=True,
            empty=False,
        )
        for ending in ("svg", "png")
    ),
    Route(rule="/search", make=search.search, parameters=("q",), kept=False),
    *table("/search", search.table, parameters=("q",), kept=False),
    Route(rule="/editions", make=edition.editions),
    *table("/editions", edition.table),
    Route(rule="/method", make=method.method, empty=False),
    *table("/method/right", trust.table),
    Route(rule="/method/log", make=log.log, empty=False),
    Route(rule="/sources", make=sources.sources, live=True, empty=False),
    *table("/sources", sources.table, live=True),
    *table("/sources/days", sources.days_table, live=True),
    Route(rule="/sources/<slug:slug>", make=sources.source, live=True, empty=False),
    *table("/sources/<slug:slug>", sources.source_table, live=True),
    *(
        Route(
            rule=f"{rule}.{ending}",
            make=sources.Taken(ending),
            live=True,
            picture=True,
            empty=False,
        )
        for rule in ("/sources/seen", "/sources/<slug:slug>/seen")
        for ending in ("svg", "png")
    ),
    Route(rule="/audits", make=audits.audits, live=True, empty=False),
    *table("/audits", audits.table, live=True),
    Route(rule="/audits/<slug:slug>", make=audits.audit, live=True, empty=False),
    *(
        route
        for end, make in audits.TABLES.items()
        for route in table(f"/audits/<slug:slug>{end}", make, live=True)
    ),
    Route(rule="/corrections", make=corrections.docket, kept=False, empty=False),
    *table("/corrections", corrections.table, kept=False),
    Route(
        rule="/corrections/<slug:number>",
        make=corrections.filing,
        kept=False,
        empty=False,
    ),
    Route(rule="/studies", make=studies.studies),
    *table("/studies", studies.table),
    Route(rule="/data", make=data.data, live=True),  # a bundle may be made meanwhile
    Route(rule="/feed.atom", make=feed.site, empty=False),
    Route(rule="/brands/<slug:slug>/feed.atom", make=feed.brand, empty=False),
    Route(rule="/industries/<slug:slug>/feed.atom", make=feed.industry, empty=False),
    *(
        Route(
            rule=f"/badge/<slug:slug>.{ending}",
            make=make,
            parameters=("family",),
            live=True,
            empty=False,
        )
        for ending, make in (("svg", badge.picture), ("json", badge.endpoint))
    ),
    *(
        Route(
            rule=f"/{under}/<slug:slug>/{name}.{ending}",
            make=picture.Picture(under, name, ending),
            parameters=("family",),
            picture=True,
            empty=False,
        )
        for under, names in picture.CHARTS.items()
        for name in names
        for ending in ("svg", "png")
    ),
    *(
        Route(
            rule=f"/brands/<slug:slug>/days-<slug:at>.{ending}",
            make=picture.Days(ending),
            picture=True,
            empty=False,
        )
        for ending in ("svg", "png")
    ),
    *(
        Route(
            rule=f"/{under}/<slug:slug>/card.png",
            make=make,
            parameters=("family",),
            picture=True,
            empty=False,
        )
        for under, make in picture.CARDS.items()
    ),
    Route(
        rule="/embed/brands/<slug:slug>",
        make=embed.brand,
        parameters=("family",),
        empty=False,
    ),
    *(
        Route(
            rule=rule,
            make=make,
            parameters=("family",),
            empty=False,
        )
        for under in picture.CHARTS
        for rule, make in (
            (f"/embed/{under}/<slug:slug>/<slug:name>", embed_chart.Embed(under)),
            (f"/{under}/<slug:slug>/<slug:name>/embed", embed_chart.Embedding(under)),
        )
    ),
    Route(
        rule="/oembed",
        make=embed.oembed,
        parameters=("url", "format", "maxwidth", "maxheight"),
        kept=False,
        empty=False,
    ),
    Route(rule="/sitemap.xml", make=sitemap.sitemap, empty=False),
    Route(rule="/api", make=reference.reference, empty=False),
    Route(rule="/about", make=about.about, empty=False),
    Route(rule="/patterns", make=patterns.patterns, empty=False),
)
