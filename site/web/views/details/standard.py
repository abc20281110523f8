"""Like with like: the score on the family's common mix, and the pairs it reverses."""

from typing import Any

from model.rows import Standing
from model.words import Level
from scoring.method import METHOD
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Link, Table
from web.tables import Data
from web.tongue import t

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
        title=t("Like with like"),
        text=_text(desk, row, said),
        table=_table(desk, row, said),
        folded=len(said["strata"]) > LONG,
        links=_links(desk, f"/brands/{row.slug}/standard"),
    )


def _links(desk: Desk, path: str) -> tuple[Link, ...]:
    how = Link(t("How that is made"), desk.url("/method") + "#like-with-like")
    return (*desk.downloads(path), how)


def _said(desk: Desk, row: Standing) -> dict[str, Any] | None:
    found = desk.book.details(Level.BRAND, row.slug)
    return found.get(("standard", row.family, ""))


def _text(desk: Desk, row: Standing, said: dict[str, Any]) -> tuple[str, ...]:
    where = words.family_place(row.family)
    assert row.score is not None
    if "standard" not in said:
        return (
            t(
                "What %(name)s would score on the common mix of what people write"
                " %(where)s cannot be said: the channels and kinds of message where it"
                " has %(fewest)s inquiries or more hold %(held)s of that mix, and"
                " %(needed)s are needed.",
                name=row.name,
                where=where,
                fewest=METHOD.stratum_inquiries.value,
                held=words.percent(said["held"]),
                needed=words.percent(METHOD.mix_held.value),
            ),
        )
    score, low, high, _ = said["standard"]
    first = t(
        "Some channels and hours are easier than others. Were %(name)s written to as"
        " brands %(where)s are on the whole, on the same channels, with the same kinds"
        " of message, at the same times of the week, its score would be %(score)s"
        " (%(sure)s: %(interval)s) in place of %(now)s.",
        name=row.name,
        where=where,
        score=words.whole(score),
        sure=words.percent(METHOD.confidence.value),
        interval=words.span(low, high),
        now=words.whole(row.score),
    )
    return (first, *_order(desk, row, said))


def _order(desk: Desk, row: Standing, said: dict[str, Any]) -> tuple[str, ...]:
    """Whom of its industry it would pass, or be passed by."""
    if row.industry_of is None:
        return ()
    passed, passing = (_names(desk, said.get(name)) for name in ("before", "after"))
    if not passed and not passing:
        return (
            t(
                "That changes the order with no other ranked brand of its industry that"
                " can be compared so."
            ),
        )
    named = {"name": row.name, "before": passed, "behind": passing}
    if passed and passing:
        said_so = t(
            "On the same mix of channels and kinds %(name)s would stand before"
            " %(before)s and behind %(behind)s, the other way round than by score.",
            **named,
        )
    elif passed:
        said_so = t(
            "On the same mix of channels and kinds %(name)s would stand before"
            " %(before)s, the other way round than by score.",
            **named,
        )
    else:
        said_so = t(
            "On the same mix of channels and kinds %(name)s would stand behind"
            " %(behind)s, the other way round than by score.",
            **named,
        )
    sure = t(
        "Where the scores do not tell two brands apart, neither order is sure; their"
        " industry’s page names the pairs that they do tell apart."
    )
    return (f"{said_so} {sure}",)


def _names(desk: Desk, found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    if found["brands"] > NAMES:
        return words.counted(found["brands"], "brand", "brands")
    names = [desk.book.names.get(slug, slug) for slug in found["slugs"]]
    return words.listed(names)


def _table(desk: Desk, row: Standing, said: dict[str, Any]) -> Table:
    titles = desk.channels()
    total = sum(sum(stratum[3:]) for stratum in said["strata"])
    return Table(
        caption=t(
            "What people write %(where)s, of 100 messages",
            where=words.family_place(row.family),
        ),
        headings=(
            t("Channel and kind"),
            t("To all brands"),
            t("To %(name)s", name=row.name),
            t("Inquiries"),
        ),
        rows=tuple(
            (
                Cell(
                    text=titles.get(channel, channel),
                    note=words.cut_words(kind),
                ),
                Cell(text=words.decimal(100 * mix), number=True),
                Cell(text=words.decimal(100 * sum(classes) / total), number=True),
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
    brands = desk.book.chosen(family, (row[0] for row in said["rows"]))
    return Block(
        id="like-with-like",
        title=t("Like with like"),
        text=(
            t(
                "Were all these brands written to alike, on the common mix of channels,"
                " kinds of message and times of the week %(where)s, they would score as"
                " in the table below.",
                where=where,
            ),
            _pairs(desk, said),
        ),
        table=Table(
            caption=t(
                "Scores on the same mix %(where)s, of 100, with 95 %% intervals",
                where=where,
            ),
            headings=(t("Brand"), t("Score"), t("On the same mix"), t("Weighs like")),
            rows=tuple(_line(desk, brands.get(row[0]), row) for row in said["rows"]),
        ),
        folded=len(said["rows"]) > LONG,
        links=_links(desk, f"/industries/{slug}/standard"),
    )


def _pairs(desk: Desk, said: dict[str, Any]) -> str:
    pairs, turned, sure = said["pairs"], said["reversed"], said["aparts"]
    first = t(
        "Pairs of its %(brands)s ranked brands that this reverses: %(turned)s of"
        " %(pairs)s.",
        brands=words.number(said["brands"]),
        turned=words.number(turned),
        pairs=words.number(pairs),
    )
    if not turned:
        return first
    if not sure:
        unsure = t("By score none of those is surely apart anyway.")
        return f"{first} {unsure}"
    named = words.beside(
        *(
            t(
                "%(low)s would stand before %(high)s",
                low=desk.book.names.get(low, low),
                high=desk.book.names.get(high, high),
            )
            for high, low in said["apart"]
        )
    )
    if sure > len(said["apart"]):
        which = t(
            "Pairs that are surely apart by score, and the other way round on the same"
            " mix of channels and kinds: %(named)s, among others; in all %(number)s.",
            named=named,
            number=words.number(sure),
        )
    else:
        which = t(
            "Pairs that are surely apart by score, and the other way round on the same"
            " mix of channels and kinds: %(named)s.",
            named=named,
        )
    return f"{first} {which}"


def _line(desk: Desk, brand: Standing | None, row: list[Any]) -> tuple[Cell, ...]:
    slug, score, standard, low, high, size = row
    inquiries = brand.inquiries if brand else 0
    ends = brand and words.span(brand.score_low or 0, brand.score_high or 0)
    return (
        Cell(text=brand.name if brand else slug, url=desk.brand(slug)),
        Cell(text=str(words.whole(score)), number=True, note=ends or ""),
        Cell(
            text=str(words.whole(standard)),
            number=True,
            note=words.aside(words.span(low, high)),
        ),
        Cell(
            text=words.number(round(size)),
            number=True,
            note=t(
                "of %(inquiries)s",
                inquiries=words.counted(inquiries, "inquiry", "inquiries"),
            ),
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
