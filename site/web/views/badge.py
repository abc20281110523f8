"""/badge/<slug>: a brand's figure for its own pages, never without how sure it is.

The picture and the JSON (in the format that shields.io calls an endpoint) carry the
share answered, its interval, how many inquiries it is of, the edition, and the day
from which it must not be taken for current any more.
"""

import json
import time
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from model.rows import Edition, Standing
from model.words import DAY
from web import build, words
from web.desk import Desk
from web.made import JSON, SVG, Made
from web.views.whose import asked_for

GRACE_DAYS = 60
"""How long after the next edition is due a badge is still current: publishing waits
for the last horizon, and takes a while."""

KEPT_S = 3_600
HEIGHT = 60
PAPER, INK, SOFT = "#fbfaf7", "#1b1d1f", "#575a5c"
TONES = {"good": "#103f52", "known": "#3c8799", "none": "#8d8f8c"}
NARROW, WIDE = 5.6, 7.4
"""Mean widths of a letter of the two sizes, in a usual sans-serif; ``textLength``
holds the text to what is reckoned with it where a reader's letters are wider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    label: str
    value: str
    sure: str  # how sure that is, and of how many inquiries
    when: str  # the edition, and until when it may be taken for current
    tone: str
    expired: bool


def expires(edition: Edition) -> int:
    """The first day on which its figures are old: another period has gone by since,
    and the time that an edition takes."""
    return edition.day_to + (edition.day_to - edition.day_from) + GRACE_DAYS


def badge(desk: Desk, slug: str, now: float | None = None) -> Badge:
    """Raises NotHere for a brand, or a family of it, that this edition has not."""
    row = asked_for(desk, slug)
    edition = desk.book.edition
    last = expires(edition)
    expired = (time.time() if now is None else now) >= last * DAY
    share, until = build.share(row, 2), words.long_date(words.day(last))
    when = f"{edition.name}, {'expired' if expired else 'valid until'} {until}"
    if desk.library.sample:
        when = f"sample data, fictional brand; {when}"
    n = words.counted(row.inquiries, "inquiry", "inquiries")
    label = f"{row.name} answers {words.family_place(row.family)}"
    if share is None or words.status(row):
        return Badge(
            label=label,
            value=_short(row),
            sure=n,
            when=when,
            tone="none",
            expired=expired,
        )
    return Badge(
        label=label,
        value=f"{share.text} of 100 within {share.limit}",
        sure=f"{words.interval()} {share.interval}; {n}",
        when=when,
        tone="none" if expired else _tone(row),
        expired=expired,
    )


def _short(row: Standing) -> str:
    said = words.STATUS_SHORT.get(row.status)  # type: ignore[call-overload]
    return f"not ranked: {said}" if said else "figures withheld"


def _tone(row: Standing) -> str:
    """Dark only where a brand is surely among the upper third: no badge praises by
    colour what the data leave open."""
    return "good" if row.placed == "upper" else "known"


def picture(desk: Desk, slug: str) -> Made:
    """Three lines: whose figure it is and what it says, how sure it is, and of when.
    Nobody is to show the badge of somebody else as their own."""
    made = badge(desk, slug)
    name = desk.book.names[slug]
    whole = f"{made.label}: {made.value} ({_note(made)}). Answerable"
    first = f"{name}: {made.value}"
    what = made.label.removeprefix(f"{name} ")
    small = (f"{what}; {made.sure}", f"Answerable, {made.when}")
    longest = max(len(first) * WIDE, *(len(line) * NARROW for line in small))
    width = round(longest) + 30
    size = {"width": str(width), "height": str(HEIGHT)}
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {HEIGHT}",
            "role": "img",
            "aria-label": whole,
            **size,
        },
    )
    ET.SubElement(svg, "title").text = whole
    ET.SubElement(svg, "rect", {"fill": PAPER, "rx": "3", **size})
    ET.SubElement(
        svg, "rect", {"fill": TONES[made.tone], "width": "8", "height": str(HEIGHT)}
    )
    _line(svg, first, 20, "14", INK, WIDE, weight="600")
    for number, line in enumerate(small):
        _line(svg, line, 36 + 15 * number, "10.5", SOFT, NARROW, weight="400")
    return Made(body=ET.tostring(svg, encoding="utf-8"), kind=SVG, elsewhere=True)


def _note(made: Badge) -> str:
    return f"{made.sure}; {made.when}"


def _line(
    svg: ET.Element, said: str, y: int, size: str, fill: str, wide: float, weight: str
) -> None:
    line = ET.SubElement(
        svg,
        "text",
        {
            "x": "16",
            "y": str(y),
            "fill": fill,
            "font-size": size,
            "font-weight": weight,
            "font-family": "system-ui, Verdana, DejaVu Sans, sans-serif",
            "textLength": f"{len(said) * wide:.0f}",
            "lengthAdjust": "spacingAndGlyphs",
        },
    )
    line.text = said


def endpoint(desk: Desk, slug: str) -> Made:
    made = badge(desk, slug)
    said = {
        "schemaVersion": 1,
        "label": made.label,
        "message": f"{made.value} ({_note(made)})",
        "color": TONES[made.tone].removeprefix("#"),
        "isError": False,
        "cacheSeconds": KEPT_S,
    }
    body = json.dumps(said, ensure_ascii=False).encode()
    return Made(body=body, kind=JSON, elsewhere=True)
