"""/sitemap.xml and /robots.txt: what search engines are to read, and what not."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from web import tongue, words
from web.desk import Desk
from web.errors import NotHere
from web.made import XML, Made

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
"""What one list may hold, by its format."""
XHTML = "http://www.w3.org/1999/xhtml"
SPOKEN = 2_000
"""Up to so many pages the list names each in every language; of more, only in English.
Pages name their other languages themselves."""

ALWAYS = ("/", "/industries", "/compare", "/method", "/method/log", "/sources", "/data",
          "/api", "/editions", "/audits", "/corrections",
          "/studies", "/about")  # fmt: skip


def sitemap(desk: Desk) -> Made:
    """Raises NotHere while the site does not know its own address: the format wants
    whole ones, and an address that a request brings along is anybody's."""
    if not desk.public:
        raise NotHere("This site has not been told its own address, so it lists none.")
    book, day = desk.book, words.day(desk.book.edition.made_at // 86_400).isoformat()
    paths = [
        *ALWAYS,
        *(f"/industries/{slug}" for slug in book.industry_slugs),
        *(f"/brands/{slug}" for slug in book.names),
    ]
    root = ET.Element("urlset", {"xmlns": NAMESPACE, "xmlns:xhtml": XHTML})
    for path in paths[:MOST]:
        spoken = tongue.offered(path) and len(paths) <= SPOKEN
        _add(root, desk.public, path, day, tongue.NAMES if spoken else ())
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Made(body=body, kind=XML)


def _add(
    root: ET.Element, public: str, path: str, day: str, languages: Iterable[str]
) -> None:
    """A page, in each of the languages, with where it is in the others."""
    there = {name: public + tongue.at(name, path) for name in languages}
    for address in there.values() or (public + path,):
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = address
        ET.SubElement(url, "lastmod").text = day
        for name, other in there.items():
            link = {"rel": "alternate", "hreflang": name, "href": other}
            ET.SubElement(url, "xhtml:link", link)


def robots(public: str) -> bytes:
    search = [tongue.at(name, "/search") for name in tongue.NAMES]
    said = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in search),
        "Disallow: /patterns",
        "Allow: /",
    ]
    if public:
        said.append(f"Sitemap: {public}/sitemap.xml")
    return "\n".join([*said, ""]).encode()
