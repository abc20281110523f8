"""Atom feeds: what each edition said, of all, of one industry, of one brand."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from model.rows import Edition, Standing
from model.words import Level
from web import build, words
from web.desk import Desk
from web.made import ATOM, Made

NAMESPACE = "http://www.w3.org/2005/Atom"
MOST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry. ``key`` makes its id, which never changes."""

    key: str
    title: str
    path: str
    says: str
    at: int  # epoch seconds


def site(desk: Desk) -> Made:
    items = [
        Item(
            key=edition.digest,
            title=f"Edition {edition.name}",
            path=f"/editions/{edition.name}",
            says=f"{words.counted(edition.brands, 'brand')},"
            f" {words.counted(edition.inquiries, 'inquiry', 'inquiries')} asked"
            f" {words.period(edition.day_from, edition.day_to)}."
            f"{_sample(edition)}",
            at=edition.made_at,
        )
        for edition in desk.library.editions
        if not edition.provisional
    ]
    return _feed(desk, "Answerable: editions", "/", items)


def brand(desk: Desk, slug: str) -> Made:
    desk.book.known(slug)
    past = desk.book.reader.history(slug)
    name = desk.book.names[slug]
    items = _past(past, f"/brands/{slug}")
    return _feed(desk, f"Answerable: {name}", f"/brands/{slug}", items)


def industry(desk: Desk, slug: str) -> Made:
    desk.book.industry_known(slug)
    past = desk.book.reader.history(slug, Level.INDUSTRY.value)
    name = desk.book.industry_slugs[slug]
    items = _past(past, f"/industries/{slug}")
    return _feed(desk, f"Answerable: {name}", f"/industries/{slug}", items)


def _past(past: Iterable[tuple[Edition, Standing]], path: str) -> list[Item]:
    """Newest first; provisional editions come and go, and are no news."""
    return [
        Item(
            key=f"{edition.digest} {row.level} {row.slug} {row.family}",
            title=f"{row.name} {words.family_place(row.family)}, {edition.name}",
            path=f"/editions/{edition.name}{path}#{row.family}",
            says=f"{sentence(row)}{_sample(edition)}",
            at=edition.made_at,
        )
        for edition, row in reversed(list(past))
        if not edition.provisional
    ]


def sentence(row: Standing) -> str:
    """What a standing comes to, with how sure it is."""
    n = words.counted(row.inquiries, "inquiry", "inquiries")
    share = build.share(row, 2)
    withheld = words.status(row)
    if share is None:
        return f"{withheld or 'Figures are withheld.'} ({n})"
    said = (
        f"{share.text} of 100 people get an answer within {share.limit}"
        f" ({words.interval()} {share.interval}; {n})."
    )
    place = build.place(row)
    if place:
        said += f" Place {place.words}."
    return f"{said} {withheld}".strip()


def _sample(edition: Edition) -> str:
    return " Sample data: the brands are fictional." if edition.sample else ""


def _feed(desk: Desk, title: str, path: str, items: list[Item]) -> Made:
    """RFC 4287. Addresses are whole where the site knows its own."""
    shown = items[:MOST]
    feed = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en"})
    own = desk.prefix + ("/feed.atom" if path == "/" else f"{path}/feed.atom")
    _text(feed, "id", _id(f"feed {title}"))
    _text(feed, "title", title)
    _text(feed, "updated", words.iso(max((item.at for item in shown), default=0)))
    author = ET.SubElement(feed, "author")
    _text(author, "name", "Answerable")
    ET.SubElement(
        feed,
        "link",
        {"rel": "self", "type": "application/atom+xml", "href": desk.public + own},
    )
    ET.SubElement(feed, "link", {"rel": "alternate", "href": desk.public + path})
    for item in shown:
        entry = ET.SubElement(feed, "entry")
        _text(entry, "id", _id(item.key))
        _text(entry, "title", item.title)
        _text(entry, "updated", words.iso(item.at))
        ET.SubElement(
            entry, "link", {"rel": "alternate", "href": desk.public + item.path}
        )
        _text(entry, "summary", item.says)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Made(body=body, kind=ATOM, elsewhere=True)


def _id(key: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'answerable {key}')}"


def _text(parent: ET.Element, name: str, said: str) -> None:
    ET.SubElement(parent, name).text = said
