"""What can be asked, and who answers it. Each answers from the open edition."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from model.bundle import STANDINGS
from model.rows import ChannelRow, Edition, Standing
from model.words import Level
from store import Listed
from web import tables, words
from web.api import cursors, schemas
from web.api import parameters as p
from web.api.parameters import Asked, Parameter
from web.api.schemas import Schema
from web.book import Book
from web.desk import Desk
from web.errors import NotHere
from web.views import search as searching

KEPT_OUT = ("id", "edition_id")


@dataclass(frozen=True, slots=True)
class Answer:
    """``edition``: None where the answer is of no edition. ``after``: the cursor of
    the next page; '' where there is none."""

    data: Any
    edition: Edition | None = None
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    name: str
    rule: str  # below /api/v1, as Flask writes it
    says: str
    more: str
    make: Callable[..., Answer]  # (desk, asked, **path)
    data: Schema
    parameters: tuple[Parameter, ...] = ()
    live: bool = False  # changes without a new edition

    @property
    def paged(self) -> bool:
        return p.CURSOR in self.parameters


def standing(row: Standing) -> dict[str, Any]:
    """A standing as the bundle writes it: empty cells are null."""
    found = {}
    for column in STANDINGS.columns:
        value = getattr(row, column.name)
        found[column.name] = None if value == "" and column.empty else value
    return found


def edition_said(edition: Edition) -> dict[str, Any]:
    times = {name: _moment(getattr(edition, name)) for name in ("as_of", "made_at")}
    days = {
        name: words.day(getattr(edition, name)).isoformat()
        for name in ("day_from", "day_to")
    }
    said = {name: getattr(edition, name) for name in schemas.EDITION["properties"]}
    return said | times | days


def _moment(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _paged(asked: Asked, name: str, items: Sequence[Any]) -> tuple[Sequence[Any], str]:
    """The page of these items that was asked for, and the cursor of the next."""
    place = cursors.Place(name, 0)
    if asked["cursor"] is not None:
        place = cursors.read(asked["cursor"])
    shown, after = cursors.page(items, place, asked["limit"])
    return shown, cursors.written(after) if after else ""


def _book(desk: Desk, asked: Asked) -> Book:
    """The edition that the cursor goes on with, or the one asked for."""
    name = asked.get("edition")
    if asked.get("cursor") is not None:
        began = cursors.read(asked["cursor"]).edition
        if name is not None and name != began:
            raise NotHere(
                f"The cursor is of the edition {began[:80]!r}, not of {name[:80]!r}."
            )
        name = began
    return desk.library.book(name)


def editions(desk: Desk, asked: Asked) -> Answer:
    shown, after = _paged(asked, "", desk.library.editions)
    return Answer([edition_said(each) for each in shown], after=after)


def edition(desk: Desk, asked: Asked, edition: str) -> Answer:
    found = desk.library.book(edition).edition
    return Answer(edition_said(found), found)


Families = Mapping[str, Mapping[str, Listed | Standing]]


def _lines(desk: Desk, asked: Asked, level: Level) -> Answer:
    book = _book(desk, asked)
    families: Families = book.listed if level is Level.BRAND else book.industries
    wanted = [asked["family"]] if asked["family"] else list(book.families)
    rows = [row for name in wanted for row in families.get(name, {}).values()]
    rows = [row for row in rows if asked["status"] in (None, row.status)]
    if asked.get("industry"):
        book.industry_known(asked["industry"])
        rows = [row for row in rows if row.industry == asked["industry"]]
    shown, after = _paged(asked, book.edition.name, rows)
    lines = book.lines(shown) if level is Level.BRAND else shown
    return Answer([standing(row) for row in lines], book.edition, after)


def brands(desk: Desk, asked: Asked) -> Answer:
    return _lines(desk, asked, Level.BRAND)


def industries(desk: Desk, asked: Asked) -> Answer:
    return _lines(desk, asked, Level.INDUSTRY)


def brand(desk: Desk, asked: Asked, slug: str) -> Answer:
    book = _book(desk, asked)
    book.known(slug)
    rows = book.of_brand(slug)
    said = {
        "slug": slug,
        "name": rows[0].name,
        "industry": rows[0].industry,
        "industry_name": book.industry_slugs[rows[0].industry],
        "page": f"{desk.public}/editions/{book.edition.name}/brands/{slug}",
        "standings": [standing(row) for row in rows],
        "channels": [standing(row) for row in book.channels(slug)],
        "accounts": [standing(row) for row in book.accounts(slug)],
    }
    return Answer(said, book.edition)


def history(desk: Desk, asked: Asked, slug: str) -> Answer:
    book = desk.library.book(None)
    book.known(slug)
    rows = book.reader.history(slug)
    shown, after = _paged(asked, "", rows)
    said = [
        {"edition": edition_said(each), "standing": standing(row)}
        for each, row in shown
    ]
    return Answer(said, after=after)


def _details(desk: Desk, asked: Asked, level: Level, slug: str) -> Answer:
    book = _book(desk, asked)
    (book.known if level is Level.BRAND else book.industry_known)(slug)
    said = [
        {"topic": topic, "family": family, "channel": channel, "body": body}
        for (topic, family, channel), body in book.details(level, slug).items()
        if asked["topic"] in (None, topic)
    ]
    return Answer(said, book.edition)


def brand_details(desk: Desk, asked: Asked, slug: str) -> Answer:
    return _details(desk, asked, Level.BRAND, slug)


def industry_details(desk: Desk, asked: Asked, slug: str) -> Answer:
    return _details(desk, asked, Level.INDUSTRY, slug)


def search(desk: Desk, asked: Asked) -> Answer:
    book = _book(desk, asked)
    at = replace(desk, pinned=asked["edition"])
    found = searching.hits(at, asked["q"])
    said = [
        {
            "name": one.name,
            "page": desk.public + at.url(one.path),
            "about": one.about,
            "why": one.why,
        }
        for one in found
    ]
    return Answer(said, book.edition)


def channels(desk: Desk, asked: Asked) -> Answer:
    reader = desk.library.watched or desk.library.reader
    rows = reader.channels() if reader else []
    return Answer([_channel(row) for row in rows])


def _channel(row: ChannelRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in schemas.CHANNEL["properties"]}


def about(desk: Desk, answered: Answer) -> dict[str, Any]:
    """Of an edition or of none: the same keys."""
    nothing = dict.fromkeys(schemas.ABOUT["properties"])
    return nothing | tables.about(answered.edition, sample=desk.library.sample)


PAGES = (p.LIMIT, p.CURSOR)
OPERATIONS = (
    Operation(
        name="listEditions",
        rule="/editions",
        says="Every edition, newest first",
        more="Each names the digest of the one before it.",
        make=editions,
        data=schemas.many("Edition"),
        parameters=PAGES,
    ),
    Operation(
        name="getEdition",
        rule="/editions/<slug:edition>",
        says="One edition",
        more="Its figures never change.",
        make=edition,
        data=schemas.ref("Edition"),
    ),
    Operation(
        name="listBrands",
        rule="/brands",
        says="Standings of brands, best answered first",
        more="One line for each brand and family, in the headline cut; families with"
        " most ranked brands first. Lines without a rank follow by name.",
        make=brands,
        data=schemas.many("Standing"),
        parameters=(p.FAMILY, p.INDUSTRY, p.STATUS, p.EDITION, *PAGES),
    ),
    Operation(
        name="getBrand",
        rule="/brands/<slug:slug>",
        says="One brand: every family, channel and account",
        more="Each standing carries its intervals and its number of inquiries.",
        make=brand,
        data=schemas.ref("Brand"),
        parameters=(p.EDITION,),
    ),
    Operation(
        name="listHistory",
        rule="/brands/<slug:slug>/history",
        says="A brand over the editions, oldest first",
        more="Editions of different methods stand side by side; each says its own.",
        make=history,
        data=schemas.many("Past"),
        parameters=PAGES,
    ),
    Operation(
        name="listBrandDetails",
        rule="/brands/<slug:slug>/details",
        says="What an edition says of a brand beside its standing",
        more="Response curve, rhythm, reply ladder, places and more, by topic.",
        make=brand_details,
        data=schemas.many("Detail"),
        parameters=(p.TOPIC, p.EDITION),
    ),
    Operation(
        name="listIndustries",
        rule="/industries",
        says="Standings of industries, best answered first",
        more="The mean of an industry's ranked brands, with its interval.",
        make=industries,
        data=schemas.many("Standing"),
        parameters=(p.FAMILY, p.STATUS, p.EDITION, *PAGES),
    ),
    Operation(
        name="listIndustryDetails",
        rule="/industries/<slug:slug>/details",
        says="What an edition says of an industry beside its standing",
        more="By topic, as for brands.",
        make=industry_details,
        data=schemas.many("Detail"),
        parameters=(p.TOPIC, p.EDITION),
    ),
    Operation(
        name="search",
        rule="/search",
        says="Brands and industries by name",
        more="In spite of accents, spelling and former names; twenty at most.",
        make=search,
        data=schemas.many("Found"),
        parameters=(p.TEXT, p.EDITION),
    ),
    Operation(
        name="listChannels",
        rule="/channels",
        says="Where we look, and whether we do now",
        more="What is so now, not what an edition says.",
        make=channels,
        data=schemas.many("Channel"),
        live=True,
    ),
)
