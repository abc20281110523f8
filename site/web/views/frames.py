"""How high the frame of an embed must be so that nothing of it is cut off: least of all
how sure the figure is, and where it is from.

The page inside knows its width only once it stands somewhere, and sets no script to say
so. So lines are counted from letters, as wide as those of the widest usual font.
"""

from textwrap import wrap

from web.pages import EmbedChartPage, EmbedPage

MARGINS_PX = 32
"""Left and right of what is in the frame, together."""
PHONE_PX = 340
"""How wide a frame of any width is, where it stands on a phone."""
NOTICE_PX = 36
"""Of the line that says that data are a sample."""

Text = tuple[float, float]
"""Pixels of a letter, and of a line."""
SMALL: Text = (7.9, 21.0)
SAID: Text = (9.9, 26.0)
NAME: Text = (10.2, 26.0)
TITLE: Text = (15.0, 32.0)
CITE: Text = (7.2, 17.0)


ROOM = {
    "lead": "Of 100 people who write",
    "ringed": "oo ringed: may be either, at 95 %",
    "newer": "There is a newer edition: 2026-Q3.",
}
"""As long as what templates add to a page's own words, in any of our languages."""


def of_brand(page: EmbedPage, width: int) -> int:
    """Pixels, of a frame that is ``width`` pixels wide."""
    inside = width - MARGINS_PX
    high = 62.0 + (NOTICE_PX if page.frame.sample else 0)
    high += _lines(page.title, inside, TITLE) + _lines(page.subtitle, inside, SMALL)
    high += _lines(_from(page), inside, SMALL)
    if page.withheld:
        high += 14 + _lines(page.withheld, inside, SAID)
    say = page.say
    if say is not None and page.hundred is not None:
        parts = (say.where, say.answered, say.limit, say.first, say.half, say.wait)
        sentence = " ".join((ROOM["lead"], *parts))
        key = "".join(f"oo99 {part.label} " for part in page.hundred.segments)
        high += _lines(sentence, inside, SAID) + _lines(say.sure, inside, SMALL)
        high += inside / 4 + 40 + _lines(key + ROOM["ringed"], inside, SMALL)
    return round(high)


def of_chart(page: EmbedChartPage, width: int) -> int:
    """Pixels, of a frame that is ``width`` pixels wide."""
    inside, drawn = width - MARGINS_PX, page.drawing
    high = 56.0 + drawn.height + (NOTICE_PX if page.frame.sample else 0)
    high += _lines(drawn.caption.name, inside, NAME)
    high += _lines(drawn.caption.of, inside, SMALL)
    high += _lines(drawn.cite, inside, CITE)
    high += _lines(f"{page.basis} {page.note}", inside, SMALL)
    return round(high + _lines(_from(page), inside, SMALL))


def _from(page: EmbedPage | EmbedChartPage) -> str:
    """With the room that it takes to say that there is a newer edition, which any will
    say some day."""
    return f"{page.source} {page.whole.text}. {ROOM['newer']}"


def _lines(text: str, inside: float, letters: Text) -> float:
    """Pixels. An address is broken where the line ends."""
    wide, high = letters
    return high * len(wrap(text, max(1, int(inside / wide))))
