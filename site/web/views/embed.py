"""/embed/brands/<slug> and /oembed: figures inside the pages of others.

An embed that a page of ours hands out names its edition in its address, so that the
figure a newspaper quoted stays under its text; a newer edition is pointed to.
"""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

from web import build, words
from web.desk import Desk
from web.errors import NotHere
from web.made import JSON, Made
from web.pages import EmbedPage
from web.parts import Link
from web.snippet import EMBED_HEIGHT, EMBED_WIDTH, snippet
from web.tongue import speaking, split, t
from web.views.brand import asked_for
from web.views.standing import say

LEAST_WIDTH, LEAST_HEIGHT = 240, 200
A_DAY = 86_400
PAGE = re.compile(
    r"(?:/editions/(?P<edition>[^/.]+))?(?:/embed)?/brands/(?P<slug>[^/.]+)"
)


def brand(desk: Desk, slug: str) -> EmbedPage:
    row = asked_for(desk, slug)
    edition = desk.book.edition
    return EmbedPage(
        frame=desk.frame(),
        title=row.name,
        description=t(
            "How %(name)s answers people who write to it in public.", name=row.name
        ),
        hidden=True,
        subtitle=t(
            "%(family)s, %(when)s; %(inquiries)s from %(people)s",
            family=words.family_title(row.family),
            when=words.period(edition.day_from, edition.day_to),
            inquiries=words.counted(row.inquiries, "inquiry", "inquiries"),
            people=words.counted(row.authors, "person", "people"),
        ),
        say=say(desk, row),
        withheld=words.status(row),
        dots=build.dots(row),
        hundred=build.hundred(row),
        whole=Link(
            t("All figures of %(name)s", name=row.name),
            desk.public + desk.at(edition.name, f"/brands/{slug}"),
        ),
        newer=_newer(desk, slug),
        source=t(
            "Answerable, edition %(edition)s, method %(method)s.",
            edition=edition.name,
            method=edition.method,
        ),
    )


def _newer(desk: Desk, slug: str) -> Link | None:
    current = desk.library.current
    if current is None or current.name == desk.book.edition.name:
        return None
    return Link(current.name, desk.public + desk.at("", f"/brands/{slug}"))


def oembed(desk: Desk) -> Made:
    """oEmbed 1.0: of a brand's page, pinned or not, its pinned embed.

    Raises NotHere."""
    at, slug = _asked(desk)
    width = _size(desk, "maxwidth", EMBED_WIDTH, LEAST_WIDTH)
    height = _size(desk, "maxheight", EMBED_HEIGHT, LEAST_HEIGHT)
    with speaking(at.language):
        row, name = asked_for(at, slug), at.book.edition.name
        src = desk.public + at.at(name, f"/embed/brands/{slug}", **at.query)
        said = {
            "version": "1.0",
            "type": "rich",
            "title": t("%(name)s in public, %(edition)s", name=row.name, edition=name),
            "provider_name": "Answerable",
            "provider_url": desk.public,
            "cache_age": A_DAY,
            "width": width,
            "height": height,
            "html": snippet(src, row.name, width, height),
        }
    body = json.dumps(said, ensure_ascii=False).encode()
    return Made(body=body, kind=JSON, elsewhere=True)


def _asked(desk: Desk) -> tuple[Desk, str]:
    """A desk for the page that ``url`` names, in its language, and its brand."""
    if not desk.public:
        raise NotHere("This site has not been told its own address, so it embeds none.")
    if desk.query.get("format", "json") != "json":
        raise NotHere("Embeds are described as JSON only: leave out format.")
    parts = urlsplit(desk.query.get("url", ""))
    own = urlsplit(desk.public)
    language, path = split(unquote(parts.path).rstrip("/"))
    found = PAGE.fullmatch(path)
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc) or found is None:
        raise NotHere(f"url must be a brand's page, such as {desk.public}/brands/name.")
    family = parse_qs(parts.query).get("family", [""])[0]
    asked = {"family": family} if family else {}
    at = replace(desk, pinned=found["edition"], query=asked, language=language)
    return at, found["slug"]


def _size(desk: Desk, name: str, usual: int, least: int) -> int:
    """No larger than asked for, and large enough to be read."""
    asked = desk.query.get(name)
    return usual if asked is None else max(least, min(usual, int(asked)))
