"""What changed since the edition before: on a brand's page, and in its industry."""

import json
from typing import Any

from model.rows import Standing
from model.words import Level
from scoring.method import METHOD
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Link, Table
from web.tables import Data

MINUS = "−"
LONG = 12
"""Lines of a table before it is folded."""
PARTS = (
    "more or fewer answered",
    "answered sooner or later",
    "other channels and kinds",
    "our method",
)
"""What each part is, in the words of the table."""

FIGURES = (
    *("score_before", "score", "change", "low", "high"),
    *("rate", "speed", "mix", "method", "called"),
)
COLUMNS = ("slug", "family", "before", *FIGURES)


def earlier(desk: Desk) -> dict[str, Any] | None:
    """The edition it is compared with: name, digest, method, day_from, day_to, and how
    many ``brands`` were compared. None: with none."""
    assert desk.book.edition.id is not None
    for row in desk.book.reader.details(desk.book.edition.id, "", ""):
        if row.topic == "change":
            said: dict[str, Any] = json.loads(row.body)
            return said
    return None


def brand(desk: Desk, row: Standing) -> Block | None:
    said = desk.book.details(Level.BRAND, row.slug).get(("change", row.family, ""))
    before = earlier(desk) if said else None
    if said is None or before is None or row.score is None:
        return None
    return Block(
        id=f"change-{row.family}",
        title="Since the last edition",
        text=(_sentence(desk, row, said, before), _verdict(said, before["brands"])),
        table=_ledger(desk, row, said, before),
        links=_links(desk, f"/brands/{row.slug}/change"),
    )


def _links(desk: Desk, path: str) -> tuple[Link, ...]:
    how = Link("How changes are told", desk.url("/method") + "#change")
    return (*desk.downloads(path), how)


def _sentence(
    desk: Desk, row: Standing, said: dict[str, Any], before: dict[str, Any]
) -> str:
    ours = said["parts"][3]
    method = (
        f" {points(ours)} of it is our method, which has changed;"
        f" what it did itself is {points(said['change'] - ours)}."
        if ours
        else ""
    )
    return (
        f"In {_now(desk)} the score of {row.name} {words.family_place(row.family)} was"
        f" {row.score:.1f}, after {_was(row, said):.1f} in {_period(before)}:"
        f" {points(said['change'])}.{method} We are"
        f" {words.percent(METHOD.confidence.value)} sure that what it did itself moved"
        f" it by {signed(said['low'], 1)} to {signed(said['high'], 1)}."
    )


def _was(row: Standing, said: dict[str, Any]) -> float:
    """The score as it was published then."""
    score: float = said.get("published", said["was"][0])
    return score


def _verdict(said: dict[str, Any], brands: int) -> str:
    if not said["called"]:
        return (
            "No change at all lies within that, so we do not call it one: other people"
            " and other days would have been enough."
        )
    if said["called"] == 1:
        return (
            "No change at all lies outside that, so we call it a change. Of"
            f" {words.counted(brands, 'brand')} compared a few would get as far by luck"
            " alone, and so it is in no list."
        )
    return (
        "No change at all lies outside that, even where all"
        f" {words.counted(brands, 'brand')} are compared at once: it is a change."
    )


def _ledger(
    desk: Desk, row: Standing, said: dict[str, Any], before: dict[str, Any]
) -> Table:
    """From the one score to the other, to the last hundredth."""
    where = f"/editions/{before['name']}/brands/{row.slug}"
    start = Cell(text=f"Score in {_period(before)}", url=where)
    end = Cell(text=f"Score in {_now(desk)}")
    parts = [
        (Cell(text=name.capitalize()), Cell(text=signed(value), number=True))
        for name, value in zip(PARTS, said["parts"], strict=True)
    ]
    inquiries = words.counted(said["was"][3], "inquiry", "inquiries")
    return Table(
        caption=f"{row.name} {words.family_place(row.family)}: what moved its score",
        headings=("What", "Points"),
        rows=(
            (start, _points(_was(row, said), inquiries)),
            *parts,
            (
                end,
                _points(
                    row.score or 0,
                    words.counted(row.inquiries, "inquiry", "inquiries"),
                ),
            ),
        ),
        narrow=True,
    )


def _points(score: float, note: str) -> Cell:
    return Cell(text=f"{score:.2f}", number=True, note=note)


def signed(value: float, decimals: int = 2) -> str:
    """+2.10, −0.52, 0.00: with a sign, and a minus as long as a plus."""
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else MINUS}{text}"


def points(value: float) -> str:
    """+2.1 points."""
    text = signed(value, 1)
    one = text.endswith("1.0") and len(text) == 4
    return f"{text}{words.NBSP}{'point' if one else 'points'}"


def _period(before: dict[str, Any]) -> str:
    return words.period(before["day_from"], before["day_to"])


def _now(desk: Desk) -> str:
    edition = desk.book.edition
    return words.period(edition.day_from, edition.day_to)


def brand_table(desk: Desk, slug: str) -> Data:
    """One line a family that could be compared. Raises NotHere."""
    desk.book.known(slug)
    before = earlier(desk)
    rows = []
    for row in desk.book.of_brand(slug):
        said = desk.book.details(Level.BRAND, slug).get(("change", row.family, ""))
        if said is not None and before is not None:
            figures = (said["change"], said["low"], said["high"], *said["parts"])
            key = (slug, row.family, before["name"], _was(row, said), row.score)
            rows.append((*key, *figures, said["called"]))
    return Data(COLUMNS, tuple(rows), desk.about())


def industry(desk: Desk, slug: str, family: str) -> Block | None:
    said = desk.book.details(Level.INDUSTRY, slug).get(("change", family, ""))
    before = earlier(desk) if said else None
    if said is None or before is None:
        return None
    rows = sorted(said["rows"], key=lambda row: (row[-1] < 2, -row[3]))
    name = desk.book.industry_slugs[slug]
    where = words.family_place(family)
    return Block(
        id="change",
        title="Since the last edition",
        text=(*_mean(desk, said, name, before), _list(desk, rows, before["brands"])),
        table=Table(
            caption=f"{name} {where}: points since {_period(before)}, 95 % intervals",
            headings=(
                "Brand",
                "Change",
                "Score",
                *(part.capitalize() for part in PARTS),
            ),
            rows=tuple(_line(desk, row) for row in rows),
        ),
        folded=len(rows) > LONG,
        links=_links(desk, f"/industries/{slug}/change"),
    )


def _mean(
    desk: Desk, said: dict[str, Any], name: str, before: dict[str, Any]
) -> tuple[str, ...]:
    if "change" not in said:
        return ()
    brands = words.counted(len(said["rows"]), "brand")
    rate, speed, mix, ours = said["parts"]
    verdict = "" if said["called"] else " That may be luck."
    return (
        f"In {_now(desk)} the mean score of the {brands} of {name} that were ranked"
        f" both times was {said['score']:.1f}, after {said['was']:.1f} in"
        f" {_period(before)}: {points(said['change'])}"
        f" ({signed(said['low'], 1)} to {signed(said['high'], 1)}).{verdict} Of that"
        f" {signed(rate, 1)} is how many were answered, {signed(speed, 1)} how soon,"
        f" {signed(mix, 1)} other channels and kinds of message, and {signed(ours, 1)}"
        " our method.",
    )


def _list(desk: Desk, rows: list[list[Any]], brands: int) -> str:
    """Who surely changed, where all comparisons of the edition hold together."""
    tested = (
        f"{words.counted(len(rows), 'brand')} of this industry"
        f" {'was' if len(rows) == 1 else 'were'} compared, {words.number(brands)} in"
        " the whole edition; a list is held to all of them at once"
    )
    named = [
        f"{desk.book.names.get(row[0], row[0])} ({points(row[3])})"
        for row in rows
        if row[-1] == 2
    ]
    if not named:
        return f"No brand is sure to have changed. {tested[0].upper()}{tested[1:]}."
    return f"Sure to have changed: {words.listed(named)}. {tested}."


def _line(desk: Desk, row: list[Any]) -> tuple[Cell, ...]:
    slug, was, score, change, low, high, *parts, called = row
    sure = "; sure" if called == 2 else ""
    return (
        Cell(
            text=desk.book.names.get(slug, slug),
            url=desk.brand(slug),
        ),
        Cell(
            text=signed(change),
            number=True,
            note=f"{signed(low, 1)} to {signed(high, 1)}{sure}",
        ),
        Cell(text=f"{score:.2f}", number=True, note=f"before {was:.2f}"),
        *(Cell(text=signed(part), number=True) for part in parts),
    )


def industry_table(desk: Desk, slug: str) -> Data:
    """A line for each brand compared. Raises NotHere."""
    desk.book.industry_known(slug)
    before = earlier(desk)
    rows = tuple(
        (brand, family, before["name"], *figures)
        for (topic, family, _), said in desk.book.details(Level.INDUSTRY, slug).items()
        if topic == "change" and before is not None
        for brand, *figures in said["rows"]
    )
    return Data(COLUMNS, rows, desk.about())
