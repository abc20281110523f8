"""/compare/curve.svg and .png: the curves of a comparison to take away."""

from dataclasses import dataclass

from web.desk import Desk
from web.errors import NotHere
from web.made import Made
from web.parts import Drawing
from web.tables import Data
from web.tongue import t
from web.views import listing, picture
from web.views.compare import chosen
from web.views.details import beside, curve


@dataclass(frozen=True, slots=True)
class Curves:
    """A view: the panels of the chosen brands in one of the two formats."""

    ending: str

    def __call__(self, desk: Desk) -> Made:
        """Strict, as tables are. Raises NotHere for a brand that is unknown, for too
        many, and where fewer than two can be laid side by side."""
        slugs = chosen(desk)
        drawn = _drawn(desk, slugs)
        if drawn is None:
            raise NotHere(
                t(
                    "Edition %(edition)s has no such picture: name two brands or more"
                    " that it ranks.",
                    edition=desk.book.edition.name,
                )
            )
        where = desk.at(desk.book.edition.name, "/compare", brands=",".join(slugs))
        disputed = [slug for slug in slugs if picture.in_dispute(desk, slug)]
        source = picture.source(desk, where, disputed)
        name = f"{picture.stem(desk, 'compared')}-curve.{self.ending}"
        return picture.taken(drawn, source, name, self.ending)


def _drawn(desk: Desk, slugs: list[str]) -> Drawing | None:
    rows = list(desk.book.chosen(listing.family(desk), slugs).values())
    found = beside.block(desk, rows) if rows else None
    return found.drawing if found else None


def table(desk: Desk) -> Data:
    """The points of every curve of the chosen brands: all of them, or NotHere."""
    return curve.brands_table(desk, chosen(desk))
