"""Atom feeds: what each edition said, of all, of one industry, of one brand; in the
language of the page that leads to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from model.rows import Edition, Standing
from model.words import Level
from web import build, words
from web.desk import Desk
from web.made import ATOM, Made
from web.tongue import ENGLISH, t

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
            title=t("Edition %(edition)s", edition=edition.name),
            path=desk.at(edition.name, "/"),
            says=_edition(edition),
            at=edition.made_at,
        )
        for edition in desk.library.editions
        if not edition.provisional
    ]
    return _feed(desk, "Answerable: editions", t("Answerable: editions"), "/", items)


def brand(desk: Desk, slug: str) -> Made:
    desk.book.known(slug)
    past = desk.book.reader.history(slug)
    name = desk.book.names[slug]
    path = f"/brands/{slug}"
    return _feed(
        desk, f"Answerable: {name}", _titled(name), path, _past(desk, past, path)
    )


def industry(desk: Desk, slug: str) -> Made:
    desk.book.industry_known(slug)
    past = desk.book.reader.history(slug, Level.INDUSTRY.value)
    name = desk.book.industry_slugs[slug]
    path = f"/industries/{slug}"
    return _feed(
        desk, f"Answerable: {name}", _titled(t(name)), path, _past(desk, past, path)
    )


def _titled(name: str) -> str:
    return t("Answerable: %(name)s", name=name)


def _edition(edition: Edition) -> str:
    said = t(
        "%(brands)s, %(inquiries)s asked %(period)s.",
        brands=words.counted(edition.brands, "brand", "brands"),
        inquiries=words.counted(edition.inquiries, "inquiry", "inquiries"),
        period=words.period(edition.day_from, edition.day_to),
    )
    return f"{said}{_sample(edition)}"


def _past(
    desk: Desk, past: Iterable[tuple[Edition, Standing]], path: str
) -> list[Item]:
    """Newest first; provisional editions come and go, and are no news."""
    return [
        Item(
            key=f"{edition.digest} {row.level} {row.slug} {row.family}",
            title=_standing(edition, row),
            path=f"{desk.at(edition.name, path)}#{row.family}",
            says=f"{sentence(row)}{_sample(edition)}",
            at=edition.made_at,
        )
        for edition, row in reversed(list(past))
        if not edition.provisional
    ]


def _standing(edition: Edition, row: Standing) -> str:
    name = t(row.name) if row.level == Level.INDUSTRY else row.name
    return t(
        "%(name)s %(where)s, %(edition)s",
        name=name,
        where=words.family_place(row.family),
        edition=edition.name,
    )


def sentence(row: Standing) -> str:
    """What a standing comes to, with how sure it is."""
    n = words.counted(row.inquiries, "inquiry", "inquiries")
    share = build.share(row, 2)
    withheld = words.status(row)
    if share is None:
        return f"{withheld or t('Figures are withheld')} ({n})"
    said = [
        t(
            "%(share)s of 100 people get an answer within %(limit)s"
            " (%(interval)s %(ends)s; %(n)s).",
            share=share.text,
            limit=share.limit,
            interval=words.interval(),
            ends=share.interval,
            n=n,
        )
    ]
    place = build.place(row)
    if place:
        said.append(t("Place %(places)s.", places=place.words))
    return " ".join([*said, withheld]).strip()


def _sample(edition: Edition) -> str:
    if not edition.sample:
        return ""
    said = t("Sample data, fictional brands.")
    return f" {said}"


def _feed(desk: Desk, key: str, title: str, path: str, items: list[Item]) -> Made:
    """RFC 4287. Addresses are whole where the site knows its own. A feed and its
    entries are others in each language: who follows two of them loses none."""
    shown = items[:MOST]
    spoken = "" if desk.language == ENGLISH else f"{desk.language} "
    feed = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": desk.language})
    own = desk.url("/feed.atom" if path == "/" else f"{path}/feed.atom")
    _text(feed, "id", _id(f"{spoken}feed {key}"))
    _text(feed, "title", title)
    _text(feed, "updated", words.iso(max((item.at for item in shown), default=0)))
    author = ET.SubElement(feed, "author")
    _text(author, "name", "Answerable")
    ET.SubElement(
        feed,
        "link",
        {"rel": "self", "type": "application/atom+xml", "href": desk.public + own},
    )
    there = desk.public + desk.at("", path)
    ET.SubElement(feed, "link", {"rel": "alternate", "href": there})
    for item in shown:
        entry = ET.SubElement(feed, "entry")
        _text(entry, "id", _id(f"{spoken}{item.key}"))
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
