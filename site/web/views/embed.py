"""/embed/brands/<slug> and /oembed: figures inside the pages of others.

An embed that a page of ours hands out names its edition in its address, so that the
figure a newspaper quoted stays under its text; a newer edition is pointed to.
"""

import json
import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

from web import build, words
from web.desk import Desk
from web.errors import NotHere
from web.made import JSON, Made
from web.pages import EmbedPage
from web.parts import Link
from web.snippet import EMBED_WIDTH, snippet
from web.tongue import speaking, split, t
from web.views import embed_chart, frames
from web.views.frames import PHONE_PX
from web.views.standing import say
from web.views.whose import asked_for

LEAST_WIDTH, LEAST_HEIGHT = 240, 200
A_DAY = 86_400
PAGE = re.compile(
    r"(?:/editions/(?P<edition>[^/.]+))?(?:/embed)?"
    r"/(?P<under>brands|industries)/(?P<slug>[^/.]+)"
    r"(?:/(?P<chart>[a-z]+)(?:/embed|\.svg|\.png)?)?"
)
"""A page, or a chart of it: its embed, how to embed it, or its picture."""

RANGES = "places"
"""What is shown of an industry whose page was named."""


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
            t("All figures: %(name)s", name=row.name),
            desk.public + desk.at(edition.name, f"/brands/{slug}"),
        ),
        newer=_newer(desk, slug),
        source=t(
            "Answerable, edition %(edition)s, method %(method)s.",
            edition=edition.name,
            method=edition.method,
        ),
    )


def code(desk: Desk, slug: str) -> str:
    """The pinned embed of a brand in its first family, to paste into a page; '' while
    the site does not know its own address."""
    if not desk.public:
        return ""
    at = replace(desk, pinned=desk.book.edition.name, query={})
    src = desk.public + desk.at(desk.book.edition.name, f"/embed/brands/{slug}")
    page = brand(at, slug)
    return snippet(src, page.title, EMBED_WIDTH, frames.of_brand(page, PHONE_PX))


def _newer(desk: Desk, slug: str) -> Link | None:
    current = desk.library.current
    if current is None or current.name == desk.book.edition.name:
        return None
    return Link(current.name, desk.public + desk.latest(f"/brands/{slug}"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address names: a desk for it, in its language, and what is shown."""

    desk: Desk
    under: str  # brands, industries
    slug: str
    chart: str  # '' a brand's hundred people


def oembed(desk: Desk) -> Made:
    """oEmbed 1.0: the pinned embed of a page of a brand or of an industry, or of a
    chart on it, pinned or not.

    Raises NotHere."""
    asked = _asked(desk)
    at = asked.desk
    with speaking(at.language):
        width = _size(desk, "maxwidth", EMBED_WIDTH, LEAST_WIDTH)
        name, usual = _shown(asked, min(width, PHONE_PX))
        height = _size(desk, "maxheight", usual, LEAST_HEIGHT)
        edition = at.book.edition.name
        parts = ("/embed", asked.under, asked.slug, asked.chart)
        src = desk.public + at.at(edition, "/".join(filter(None, parts)), **at.query)
        said = {
            "version": "1.0",
            "type": "rich",
            "title": t("%(name)s in public, %(edition)s", name=name, edition=edition),
            "provider_name": "Answerable",
            "provider_url": desk.public,
            "cache_age": A_DAY,
            "width": width,
            "height": height,
            "html": snippet(src, name, width, height),
        }
    body = json.dumps(said, ensure_ascii=False).encode()
    return Made(body=body, kind=JSON, elsewhere=True)


def _shown(asked: Asked, width: int) -> tuple[str, int]:
    """Whose figures they are, and how high they stand in a frame ``width`` pixels wide:
    as on a phone, where any frame is narrow. Raises NotHere."""
    at, under, slug = asked.desk, asked.under, asked.slug
    if not asked.chart:
        page = brand(at, slug)
        return page.title, frames.of_brand(page, width)
    chart = embed_chart.Embed(under)(at, slug, asked.chart)
    return embed_chart.name_of(at, under, slug), frames.of_chart(chart, width)


def _asked(desk: Desk) -> Asked:
    """What ``url`` names. Raises NotHere."""
    if not desk.public:
        raise NotHere("This site has not been told its own address, so it embeds none.")
    if desk.query.get("format", "json") != "json":
        raise NotHere("Embeds are described as JSON only: leave out format.")
    parts = urlsplit(desk.query.get("url", ""))
    own = urlsplit(desk.public)
    language, path = split(unquote(parts.path).rstrip("/"))
    found = PAGE.fullmatch(path)
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc) or found is None:
        raise NotHere(
            f"url must be a page of a brand or an industry, such as {desk.public}"
            "/brands/name, or a chart of it."
        )
    family = parse_qs(parts.query).get("family", [""])[0]
    asked = {"family": family} if family else {}
    at = replace(desk, pinned=found["edition"], query=asked, language=language)
    usual = RANGES if found["under"] == "industries" else ""
    return Asked(at, found["under"], found["slug"], found["chart"] or usual)


def _size(desk: Desk, name: str, usual: int, least: int) -> int:
    """No larger than asked for, and large enough to be read."""
    asked = desk.query.get(name)
    return usual if asked is None else max(least, min(usual, int(asked)))
