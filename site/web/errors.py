"""What a page can say instead of itself. Views raise these and catch nothing."""

import unicodedata

from web.tongue import t


def printable(text: str) -> str:
    """Without control characters, surrogates and code points that are no characters:
    what an address carries may be printed on a page, and must not break it."""
    return "".join(
        " " if unicodedata.category(mark) in ("Cc", "Cs", "Cn") else mark
        for mark in text
    )


class WebError(Exception):
    """The root. The message is a sentence a reader can act on."""


class Busy(WebError):
    """Pictures wait, so that pages need not. ``after_s``: when to try again."""

    def __init__(self, after_s: int) -> None:
        super().__init__(
            t(
                "Very many pictures were asked for at once, and this one is not drawn"
                " yet. Try again in a minute: whatever was drawn once is kept."
            )
        )
        self.after_s = after_s


class NotHere(WebError):
    """There is nothing at this address, or a known parameter has no such value."""

    def __init__(self, says: str) -> None:
        super().__init__(printable(says))
