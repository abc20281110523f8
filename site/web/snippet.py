"""What somebody pastes into their page to show a figure of ours."""

from html import escape
from urllib.parse import urlencode

from web.desk import Desk
from web.tongue import t

EMBED_WIDTH = 600


def snippet(src: str, name: str, width: int, height: int) -> str:
    """What somebody pastes into their page to show a figure of ours."""
    title = t("%(name)s in public, measured by Answerable", name=name)
    return (
        f'<iframe src="{escape(src)}" width="{width}" height="{height}"'
        f' title="{escape(title)}" loading="lazy"'
        ' style="border:0;max-width:100%"></iframe>'
    )


def described(desk: Desk, path: str) -> str:
    """The whole address that describes a page's embed to programs (oEmbed); '' while
    the site does not know its own address."""
    if not desk.public:
        return ""
    page = desk.public + desk.at(desk.book.edition.name, path)
    return f"{desk.public}/oembed?{urlencode({'url': page})}"
