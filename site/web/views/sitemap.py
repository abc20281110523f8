"""/sitemap.xml and /robots.txt: what search engines are to read, and what not."""

from xml.etree import ElementTree as ET

from web import words
from web.desk import Desk
from web.errors import NotHere
from web.made import XML, Made

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
"""What one list may hold, by its format."""

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
    root = ET.Element("urlset", {"xmlns": NAMESPACE})
    for path in paths[:MOST]:
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = desk.public + path
        ET.SubElement(url, "lastmod").text = day
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Made(body=body, kind=XML)


def robots(public: str) -> bytes:
    said = ["User-agent: *", "Disallow: /search", "Disallow: /patterns", "Allow: /"]
    if public:
        said.append(f"Sitemap: {public}/sitemap.xml")
    return "\n".join([*said, ""]).encode()
