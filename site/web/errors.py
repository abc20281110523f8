"""What a page can say instead of itself. Views raise these and catch nothing."""


class WebError(Exception):
    """The root. The message is a sentence a reader can act on."""


class NotHere(WebError):
    """There is nothing at this address, or a known parameter has no such value."""
