"""Like with like: the score on the family's common mix, and the pairs it reverses."""

from typing import Any

from model.rows import Standing
from model.words import Level
from scoring.method import METHOD
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Link, Table
from web.tables import Data

NAMES = 6
"""Brands named in a sentence; of more it says how many."""

LONG = 12
"""Lines of a table before it is folded."""

COLUMNS = (
    *("slug", "family", "score", "standard", "standard_low", "standard_high"),
    *("standard_n_eff", "held", "channel", "kind", "mix", "inquiries"),
    *("class_1", "class_2", "class_3", "unanswered"),
)
INDUSTRY = (
    *("slug", "family", "score", "standard", "standard_low", "standard_high"),
    "standard_n_eff",
)


def brand(desk: Desk, row: Standing) -> Block | None:
    said = _said(desk, row)
    if said is None or row.score is None:
        return None
    return Block(
        id=f"standard-{row.family}",
        title="Like with like",
        text=_text(desk, row, said),
        table=_table(desk, row, said),
        folded=len(said["strata"]) > LONG,
        links=_links(desk, f"/brands/{row.slug}/standard"),
    )


def _links(desk: Desk, path: str) -> tuple[Link, ...]:
    how = Link("How that is made", desk.url("/method") + "#like-with-like")
    return (*desk.downloads(path), how)


def _said(desk: Desk, row: Standing) -> dict[str, Any] | None:
    found = desk.book.details(Level.BRAND, row.slug)
    return found.get(("standard", row.family, ""))


def _text(desk: Desk, row: Standing, said: dict[str, Any]) -> tuple[str, ...]:
    where = words.family_place(row.family)
    assert row.score is not None
    if "standard" not in said:
        fewest = METHOD.stratum_inquiries.value
        return (
            f"What {row.name} would score on the common mix of what people write"
            f" {where} cannot be said: the channels and kinds of message where it has"
            f" {fewest} inquiries or more hold {words.percent(said['held'])} of that"
            f" mix, and {words.percent(METHOD.mix_held.value)} are needed.",
        )
    score, low, high, _ = said["standard"]
    first = (
        f"Some channels and hours are easier than others. Were {row.name} written to as"
        f" brands {where} are on the whole, on the same channels, with the same kinds"
        f" of message, at the same times of the week, its score would be"
        f" {words.whole(score)} (95{words.NBSP}%: {words.span(low, high)}) in place of"
        f" {words.whole(row.score)}."
    )
    return (first, *_order(desk, row, said))


def _order(desk: Desk, row: Standing, said: dict[str, Any]) -> tuple[str, ...]:
    """Whom of its industry it would pass, or be passed by."""
    if row.industry_of is None:
        return ()
    passed, passing = (_names(desk, said.get(name)) for name in ("before", "after"))
    if not passed and not passing:
        return (
            "That changes the order with no other ranked brand of its industry that"
            " can be compared so.",
        )
    parts = [
        f"{verb} {names}"
        for verb, names in (("before", passed), ("behind", passing))
        if names
    ]
    sure = (
        "Where the scores do not tell two brands apart, neither order is sure; their"
        " industry’s page names the pairs that they do tell apart."
    )
    return (
        f"On the same mix of channels and kinds {row.name} would stand"
        f" {' and '.join(parts)}, the other way round than by score. {sure}",
    )


def _names(desk: Desk, found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    if found["brands"] > NAMES:
        return words.counted(found["brands"], "brand")
    names = [desk.book.names.get(slug, slug) for slug in found["slugs"]]
    return words.listed(names)


def _table(desk: Desk, row: Standing, said: dict[str, Any]) -> Table:
    titles = {channel.slug: channel.title for channel in desk.book.reader.channels()}
    total = sum(sum(stratum[3:]) for stratum in said["strata"])
    return Table(
        caption=f"What people write {words.family_place(row.family)}, of 100 messages",
        headings=("Channel and kind", "To all brands", f"To {row.name}", "Inquiries"),
        rows=tuple(
            (
                Cell(
                    text=titles.get(channel, channel),
                    note=words.cut_words(kind),
                ),
                Cell(text=f"{100 * mix:.1f}", number=True),
                Cell(text=f"{100 * sum(classes) / total:.1f}", number=True),
                Cell(text=words.number(sum(classes)), number=True),
            )
            for channel, kind, mix, *classes in said["strata"]
        ),
    )


def brand_table(desk: Desk, slug: str) -> Data:
    """A line for each channel and kind of each family. Raises NotHere."""
    desk.book.known(slug)
    rows: list[tuple[Any, ...]] = []
    for row in desk.book.of_brand(slug):
        said = _said(desk, row) or {"strata": ()}
        standard = said.get("standard", (None,) * 4)
        for channel, kind, mix, *classes in said["strata"]:
            key = (slug, row.family, row.score, *standard, said["held"])
            rows.append((*key, channel, kind, mix, sum(classes), *classes))
    return Data(COLUMNS, tuple(rows), desk.about())


def industry(desk: Desk, slug: str, family: str) -> Block | None:
    said = desk.book.details(Level.INDUSTRY, slug).get(("standard", family, ""))
    if said is None:
        return None
    where = words.family_place(family)
    return Block(
        id="like-with-like",
        title="Like with like",
        text=(
            f"Were all these brands written to alike, on the common mix of channels,"
            f" kinds of message and times of the week {where}, they would score as in"
            " the table below.",
            _pairs(desk, said),
        ),
        table=Table(
            caption=f"Scores on the same mix {where}, of 100, with 95 % intervals",
            headings=("Brand", "Score", "On the same mix", "Weighs like"),
            rows=tuple(_line(desk, family, row) for row in said["rows"]),
        ),
        folded=len(said["rows"]) > LONG,
        links=_links(desk, f"/industries/{slug}/standard"),
    )


def _pairs(desk: Desk, said: dict[str, Any]) -> str:
    pairs, turned, sure = said["pairs"], said["reversed"], said["aparts"]
    first = (
        f"Pairs of its {words.number(said['brands'])} ranked brands that this reverses:"
        f" {words.number(turned)} of {words.number(pairs)}."
    )
    if not turned:
        return first
    if not sure:
        return f"{first} By score none of those is surely apart anyway."
    named = [
        f"{desk.book.names.get(low, low)} would stand before"
        f" {desk.book.names.get(high, high)}"
        for high, low in said["apart"]
    ]
    many = f", among others; in all {words.number(sure)}" if sure > len(named) else ""
    return (
        f"{first} Pairs that are surely apart by score, and the other way round on the"
        f" same mix of channels and kinds: {'; '.join(named)}{many}."
    )


def _line(desk: Desk, family: str, row: list[Any]) -> tuple[Cell, ...]:
    slug, score, standard, low, high, size = row
    brand = desk.book.brands[family].get(slug)
    inquiries = brand.inquiries if brand else 0
    ends = brand and words.span(brand.score_low or 0, brand.score_high or 0)
    return (
        Cell(text=brand.name if brand else slug, url=desk.brand(slug)),
        Cell(text=str(words.whole(score)), number=True, note=ends or ""),
        Cell(text=str(words.whole(standard)), number=True, note=words.span(low, high)),
        Cell(
            text=words.number(round(size)),
            number=True,
            note=f"of {words.counted(inquiries, 'inquiry', 'inquiries')}",
        ),
    )


def industry_table(desk: Desk, slug: str) -> Data:
    """A line for each ranked brand of each family that can be compared so."""
    desk.book.industry_known(slug)
    rows = tuple(
        (row[0], family, *row[1:])
        for (topic, family, _), said in desk.book.details(Level.INDUSTRY, slug).items()
        if topic == "standard"
        for row in said["rows"]
    )
    return Data(INDUSTRY, rows, desk.about())
