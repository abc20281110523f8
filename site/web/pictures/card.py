"""The picture that is shown where a page is shared: a figure, how sure it is, of when.

1,200 pixels by 630, as social networks ask for it.
"""

from dataclasses import dataclass
from textwrap import wrap
from xml.etree import ElementTree as ET

from web.parts import Dot
from web.pictures.paint import LOOKS, TOKENS
from web.pictures.sheet import blank, written

WIDTH, HEIGHT, SIDE = 1_200, 630, 64
NAME_SIZES = ((20, 76), (28, 58), (40, 44))
"""Letters of a line, and the size at which so many fit beside the dots."""
DOT, DOTS_ACROSS = 38, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    name: str
    where: str  # channels and period
    value: str  # "80 of 100", or why there is no figure
    means: str  # what the value counts; '' with no figure
    sure: str  # its interval, and of how many
    place: str  # ''
    dots: tuple[Dot, ...]
    ringed: str  # what a ring around a dot means
    source: str
    warning: str  # that it is a sample; ''

    @property
    def says(self) -> str:
        """The card in one line, for those who cannot see it."""
        said = (f"{self.name} {self.where}", self.value, self.means, self.sure)
        return f"{', '.join(part for part in said if part)}. {self.source}"


def card(made: Card) -> bytes:
    svg = blank(WIDTH, HEIGHT, made.says, made.source)
    band = {"width": "14", "height": str(HEIGHT), "fill": TOKENS["tone-2"]}
    ET.SubElement(svg, "rect", band)
    y = _name(svg, made.name)
    y = _line(svg, made.where, y + 44, 28, "soft")
    if made.means:
        y = _line(svg, made.value, y + 130, 112, "tone-1", "700")
        y = _line(svg, made.means, y + 54, 36, "ink", "600")
    else:
        for part in wrap(made.value, 34):
            y = _line(svg, part, y + 60, 42, "ink", "600")
    for part in wrap(made.sure, 46):
        y = _line(svg, part, y + 42, 27, "soft")
    if made.place:
        y = _line(svg, made.place, y + 42, 27, "ink")
    _dots(svg, made.dots)
    if made.dots:
        _line(svg, made.ringed, HEIGHT - 90, 20, "soft", left=WIDTH - SIDE - 380)
    _line(svg, made.source, HEIGHT - 42, 24, "soft")
    if made.warning:
        _line(svg, made.warning, 46, 24, "accent", "600")
    return written(svg)


def _name(svg: ET.Element, name: str) -> float:
    """In the largest size in which two lines hold it; the rest is left out."""
    letters, size = next(
        (each for each in NAME_SIZES if len(name) <= each[0]), NAME_SIZES[-1]
    )
    y = 66.0
    for part in wrap(name, letters)[:2]:
        y = _line(svg, part, y + size, size, "ink", "700")
    return y


def _line(
    svg: ET.Element,
    text: str,
    y: float,
    size: int,
    fill: str,
    weight: str = "400",
    left: int = SIDE,
) -> float:
    """A line of text; how far down it stands."""
    look = {"font-size": str(size), "font-weight": weight, "fill": TOKENS[fill]}
    ET.SubElement(svg, "text", {"x": str(left), "y": str(y), **look}).text = text
    return y


def _dots(svg: ET.Element, dots: tuple[Dot, ...]) -> None:
    """A dot a person, ten in a row at the right; ringed as in the page."""
    left, top = WIDTH - SIDE - DOTS_ACROSS * DOT, 120
    for at, dot in enumerate(dots):
        row, column = divmod(at, DOTS_ACROSS)
        x, y = left + column * DOT + DOT / 2, top + row * DOT + DOT / 2
        place = {"cx": str(x), "cy": str(y), "r": "14"}
        ring = {"stroke": TOKENS["accent"], "stroke-width": "4"} if dot.unsure else {}
        ET.SubElement(svg, "circle", place | LOOKS[f"tone-{dot.tone}"] | ring)
