"""What an edition says beside its standings, as parts of a page and as tables.

A topic is one module here. It turns what ``scoring.details`` kept into blocks, in
plain words, and into tables; this file only lists them, in the order of the page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from model.rows import Standing
from web.desk import Desk
from web.parts import Block
from web.tables import Data
from web.views.details import (
    change,
    curve,
    funnel,
    ladder,
    ladders,
    ledger,
    places,
    rhythm,
    standard,
    timely,
    volume,
    volume_study,
    watching,
    whatif,
)

BrandBlock = Callable[[Desk, Standing], Block | None]
IndustryBlock = Callable[[Desk, str, str], Block | None]
"""Of the industry (its slug) in a family. None: nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """A table at ``/<under>/<slug>/<name>.csv`` and ``.json``."""

    under: str  # brands, industries
    name: str
    make: Callable[[Desk, str], Data]


BRAND: tuple[BrandBlock, ...] = (
    curve.brand,
    curve.channels,
    ladder.brand,
    ladders.channels,
    timely.brand,
    rhythm.nights,
    rhythm.week,
    rhythm.given,
    places.in_industry,
    places.in_family,
    change.brand,
    whatif.brand,
    volume.brand,
    standard.brand,
    watching.brand,
    ledger.brand,
)
INDUSTRY: tuple[IndustryBlock, ...] = (
    curve.industry,
    ladder.industry,
    rhythm.industry_nights,
    rhythm.industry_week,
    rhythm.industry_given,
    places.ranges,
    change.industry,
    volume.industry,
    standard.industry,
    funnel.industry,
)
OPEN = (curve.brand, curve.industry, places.ranges)
TABLES: tuple[Under, ...] = (
    Under(under="brands", name="curve", make=curve.brand_table),
    Under(under="industries", name="curve", make=curve.industry_table),
    Under(under="brands", name="nights", make=rhythm.brand_nights),
    Under(under="industries", name="nights", make=rhythm.trade_nights),
    Under(under="brands", name="week", make=rhythm.brand_week),
    Under(under="industries", name="week", make=rhythm.trade_week),
    Under(under="brands", name="answers", make=rhythm.brand_answers),
    Under(under="industries", name="answers", make=rhythm.trade_answers),
    Under(under="brands", name="volume", make=volume.brand_table),
    Under(under="industries", name="volume", make=volume.industry_table),
    Under(under="brands", name="places", make=places.brand_table),
    Under(under="industries", name="places", make=places.industry_table),
    Under(under="brands", name="change", make=change.brand_table),
    Under(under="industries", name="change", make=change.industry_table),
    Under(under="brands", name="standard", make=standard.brand_table),
    Under(under="industries", name="standard", make=standard.industry_table),
    Under(under="industries", name="funnel", make=funnel.industry_table),
    Under(under="brands", name="ladder", make=ladder.brand_table),
    Under(under="industries", name="ladder", make=ladder.industry_table),
    Under(under="brands", name="watching", make=watching.brand_table),
    Under(under="brands", name="timely", make=timely.brand_table),
    Under(under="brands", name="whatif", make=whatif.table),
)


def of_brand(desk: Desk, row: Standing) -> tuple[Block, ...]:
    """Everything to say of a brand in one family, in the order of the page."""
    return _open((make, make(desk, row)) for make in BRAND)


def of_industry(desk: Desk, slug: str, family: str) -> tuple[Block, ...]:
    return _open((make, make(desk, slug, family)) for make in INDUSTRY)


def of_industries(desk: Desk) -> tuple[Block, ...]:
    """Below the list of industries."""
    return volume_study.industries(desk)


def _open(found: Iterable[tuple[object, Block | None]]) -> tuple[Block, ...]:
    """What answers a reader's first questions lies open; the rest is behind its
    headings, or the page of a brand would be twenty screens of a phone long."""
    return tuple(
        block if make in OPEN else replace(block, behind=True)
        for make, block in found
        if block is not None
    )
