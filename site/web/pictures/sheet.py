"""A chart as one SVG that stands alone: title, what it shows, marks, where it is from.

Marks are shares of the drawing's width across and pixels down, as everywhere; here the
width is known, so that every number becomes a pixel and any program can draw it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from xml.etree import ElementTree as ET

from web.charts import FIGURE_PX, LABEL_PX, TOP_PX
from web.drawing import LEFT_PX, lowered
from web.parts import Caption, Chart, Drawing, Line, Mark, Path, Rect, Spot, Words
from web.pictures.paint import FAMILY, LOOKS, TOKENS
from web.tongue import language, t

WIDTH, SIDE, RIGHT_PX = 760, 28, 16
TITLE_LETTERS, LINE_LETTERS, FOOT_LETTERS = 58, 84, 114
"""Letters of the three sizes that fit, as wide as they are in usual sentences."""
TITLE_LINE, SAID_LINE, FOOT_LINE = 28, 21, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where the marks stand: pixels from the left, their width, how far down."""

    left: float
    width: float
    down: float

    def x(self, share: float) -> float:
        return round(self.left + share * self.width / 100, 2)


def sheet(drawn: Drawing | Chart, source: tuple[str, ...]) -> bytes:
    """``source``: lines that say where it is from, below what the drawing says of its
    unit and its n."""
    caption = drawn.caption
    marks, left, right, tall = _marks(drawn)
    head = (
        *_lines(caption.name, TITLE_LETTERS, TITLE_LINE, 34, "20", "ink", "600"),
        *_lines(caption.of, LINE_LETTERS, SAID_LINE, 0, "15", "soft", "400"),
    )
    top = sum(step for _, step, *_ in head) + 22
    foot = (
        *_lines(_basis(caption), FOOT_LETTERS, FOOT_LINE, 0, "12.5", "ink", "400"),
        *(
            line
            for said in source
            for line in _lines(said, FOOT_LETTERS, FOOT_LINE, 0, "12.5", "soft", "400")
        ),
    )
    below = top + tall + 26
    height = round(below + sum(step for _, step, *_ in foot) + 14)
    says = f"{caption.name}. {caption.of}."
    svg = blank(WIDTH, height, says, " ".join((_basis(caption), *source)))
    _text(svg, head, 0)
    box = Box(left=SIDE + left, width=WIDTH - 2 * SIDE - left - right, down=top)
    for mark in marks:
        svg.append(_element(lowered(mark, box.down), box))
    rule = {"stroke": TOKENS["rule"], "x1": str(SIDE), "x2": str(WIDTH - SIDE)}
    ET.SubElement(svg, "line", {**rule, "y1": str(below - 8), "y2": str(below - 8)})
    _text(svg, foot, below)
    return written(svg)


def written(svg: ET.Element) -> bytes:
    body: bytes = ET.tostring(svg, encoding="utf-8", xml_declaration=True)
    return body


def blank(width: int, height: int, says: str, more: str) -> ET.Element:
    """Paper of that size, which says in words what is on it, and in which language."""
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(width),
            "height": str(height),
            "viewBox": f"0 0 {width} {height}",
            "role": "img",
            "lang": language(),
            "font-family": FAMILY,
        },
    )
    ET.SubElement(svg, "title").text = says
    ET.SubElement(svg, "desc").text = more
    size = {"width": str(width), "height": str(height)}
    ET.SubElement(svg, "rect", {**size, "fill": TOKENS["paper"]})
    return svg


def _basis(caption: Caption) -> str:
    said = t("Unit: %(unit)s. n = %(n)s.", unit=caption.unit, n=caption.n)
    return f"{said} {caption.note}" if caption.note else said


Set = tuple[str, int, str, str, str]
"""A line of text, the step down to it, its size, colour and weight."""


def _lines(
    text: str, letters: int, step: int, first: int, size: str, fill: str, weight: str
) -> tuple[Set, ...]:
    """Broken where it is too long; ``first``: a step of its own for the first line."""
    return tuple(
        (line, first if first and not at else step, size, fill, weight)
        for at, line in enumerate(wrap(text, letters))
    )


def _text(svg: ET.Element, lines: tuple[Set, ...], top: float) -> None:
    y = top
    for text, step, size, fill, weight in lines:
        y += step
        look = {"font-size": size, "font-weight": weight, "fill": TOKENS[fill]}
        line = ET.SubElement(svg, "text", {"x": str(SIDE), "y": str(y), **look})
        line.text = text


def _marks(drawn: Drawing | Chart) -> tuple[list[Mark], float, float, float]:
    """Marks from the top of their own box, room left and right of it, its height."""
    tall = drawn.height - TOP_PX
    if isinstance(drawn, Drawing):
        marks = [lowered(mark, -TOP_PX) for mark in drawn.marks]
        return marks, LEFT_PX[drawn.room], RIGHT_PX, tall
    marks = []
    for bar in drawn.bars:
        y = bar.y - TOP_PX
        base, look = y + 19, f"tone-{bar.tone}"
        marks += [
            Rect(x=0, y=y + 4, width=bar.width, height=22, look=look),
            Words(x=0, y=base, text=bar.label, dx=-8, look="chart-label", anchor="end"),
            Words(x=bar.width, y=base, text=bar.words, dx=6),
        ]
    return marks, LABEL_PX, FIGURE_PX, tall


def _element(mark: Mark, box: Box) -> ET.Element:
    look = LOOKS[mark.look]
    match mark:
        case Rect():
            at = {"x": box.x(mark.x), "y": mark.y, "height": mark.height}
            width = round(mark.width * box.width / 100, 2)
            return _made("rect", {**at, "width": width}, look, mark.says)
        case Line():
            ends = {"x1": box.x(mark.x1), "x2": box.x(mark.x2)}
            return _made("line", {**ends, "y1": mark.y1, "y2": mark.y2}, look)
        case Spot():
            at = {"cx": box.x(mark.x), "cy": mark.y, "r": mark.r}
            return _made("circle", at, look, mark.says)
        case Path():
            kind = "polygon" if mark.filled else "polyline"
            return _made(kind, {"points": _points(mark, box)}, look)
    at = {"x": round(box.x(mark.x) + mark.dx, 2), "y": mark.y}
    text = _made("text", {**at, "text-anchor": mark.anchor}, look)
    text.text = mark.text
    return text


def _made(
    kind: str, at: Mapping[str, float | str], look: dict[str, str], says: str = ""
) -> ET.Element:
    made = ET.Element(kind, {name: str(value) for name, value in at.items()} | look)
    if says:
        ET.SubElement(made, "title").text = says
    return made


def _points(mark: Path, box: Box) -> str:
    pairs = (pair.split(",") for pair in mark.points.split())
    return " ".join(
        f"{box.x(float(x))},{round(mark.y + float(y), 2)}" for x, y in pairs
    )
