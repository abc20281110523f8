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
from web.tongue import mark, t, tn

MINUS = "−"
LONG = 12
"""Lines of a table before it is folded."""
PARTS = (
    mark("More or fewer answered"),
    mark("Answered sooner or later"),
    mark("Other channels and kinds"),
    mark("Our method"),
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
        title=t("Since the last edition"),
        text=(_sentence(desk, row, said, before), _verdict(said, before["brands"])),
        table=_ledger(desk, row, said, before),
        links=_links(desk, f"/brands/{row.slug}/change"),
    )


def _links(desk: Desk, path: str) -> tuple[Link, ...]:
    how = Link(t("How changes are told"), desk.url("/method") + "#change")
    return (*desk.downloads(path), how)


def _sentence(
    desk: Desk, row: Standing, said: dict[str, Any], before: dict[str, Any]
) -> str:
    ours = said["parts"][3]
    sentences = [
        t(
            "In %(now)s the score of %(name)s %(where)s was %(score)s, after %(was)s in"
            " %(before)s: %(change)s.",
            now=_now(desk),
            name=row.name,
            where=words.family_place(row.family),
            score=words.decimal(row.score or 0),
            was=words.decimal(_was(row, said)),
            before=_period(before),
            change=points(said["change"]),
        )
    ]
    if ours:
        sentences.append(
            t(
                "%(ours)s of it is our method, which has changed; what it did itself is"
                " %(itself)s.",
                ours=points(ours),
                itself=points(said["change"] - ours),
            )
        )
    sentences.append(
        t(
            "We are %(sure)s sure that what it did itself moved it by %(low)s to"
            " %(high)s.",
            sure=words.percent(METHOD.confidence.value),
            low=signed(said["low"], 1),
            high=signed(said["high"], 1),
        )
    )
    return " ".join(sentences)


def _was(row: Standing, said: dict[str, Any]) -> float:
    """The score as it was published then."""
    score: float = said.get("published", said["was"][0])
    return score


def _verdict(said: dict[str, Any], brands: int) -> str:
    compared = words.counted(brands, "brand", "brands")
    if not said["called"]:
        return t(
            "No change at all lies within that, so we do not call it one: other people"
            " and other days would have been enough."
        )
    if said["called"] == 1:
        return t(
            "No change at all lies outside that, so we call it a change. Of %(brands)s"
            " compared a few would get as far by luck alone, and so it is in no list.",
            brands=compared,
        )
    return t(
        "No change at all lies outside that, even where all %(brands)s are compared at"
        " once: it is a change.",
        brands=compared,
    )


def _ledger(
    desk: Desk, row: Standing, said: dict[str, Any], before: dict[str, Any]
) -> Table:
    """From the one score to the other, to the last hundredth."""
    where = desk.at(before["name"], f"/brands/{row.slug}")
    start = Cell(text=t("Score in %(when)s", when=_period(before)), url=where)
    end = Cell(text=t("Score in %(when)s", when=_now(desk)))
    parts = [
        (Cell(text=t(name)), Cell(text=signed(value), number=True))
        for name, value in zip(PARTS, said["parts"], strict=True)
    ]
    inquiries = words.counted(said["was"][3], "inquiry", "inquiries")
    return Table(
        caption=t(
            "%(name)s %(where)s: what moved its score",
            name=row.name,
            where=words.family_place(row.family),
        ),
        headings=(t("What"), t("Points")),
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
    return Cell(text=words.decimal(score, 2), number=True, note=note)


def signed(value: float, decimals: int = 2) -> str:
    """+2.10, −0.52, 0.00: with a sign, and a minus as long as a plus."""
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return words.decimal(0, decimals)
    written = words.decimal(abs(value), decimals)
    return f"{'+' if value > 0 else MINUS}{written}"


def points(value: float, decimals: int = 1) -> str:
    """+2.1 points."""
    text = signed(value, decimals)
    one = round(abs(value), decimals) == 1
    return t("%(n)s\u00a0point", n=text) if one else t("%(n)s\u00a0points", n=text)


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
    name = desk.industry(slug)
    where = words.family_place(family)
    return Block(
        id="change",
        title=t("Since the last edition"),
        text=(*_mean(desk, said, name, before), _list(desk, rows, before["brands"])),
        table=Table(
            caption=t(
                "%(name)s %(where)s: points since %(when)s, 95 %% intervals",
                name=name,
                where=where,
                when=_period(before),
            ),
            headings=(
                t("Brand"),
                t("Change"),
                t("Score"),
                *(t(part) for part in PARTS),
            ),
            rows=tuple(_line(desk, row) for row in rows),
        ),
        folded=len(rows) > LONG,
        links=_links(desk, f"/industries/{slug}/change"),
    )


def _mean(
    desk: Desk, said: dict[str, Any], name: str, before: dict[str, Any]
) -> tuple[str, ...]:
    """With two decimals, as in the table below: with one, parts that add up exactly
    would seem not to."""
    if "change" not in said:
        return ()
    rate, speed, mix, ours = said["parts"]
    sentences = [
        t(
            "%(name)s: in %(now)s the mean score of the %(brands)s that were ranked"
            " both times was %(score)s, after %(was)s in %(before)s: %(change)s"
            " (%(low)s to %(high)s).",
            now=_now(desk),
            brands=words.counted(len(said["rows"]), "brand", "brands"),
            name=name,
            score=words.decimal(said["score"], 2),
            was=words.decimal(said["was"], 2),
            before=_period(before),
            change=points(said["change"], 2),
            low=signed(said["low"]),
            high=signed(said["high"]),
        )
    ]
    if not said["called"]:
        sentences.append(t("That may be luck."))
    sentences.append(
        t(
            "Of that %(rate)s is how many were answered, %(speed)s how soon, %(mix)s"
            " other channels and kinds of message, and %(ours)s our method.",
            rate=signed(rate),
            speed=signed(speed),
            mix=signed(mix),
            ours=signed(ours),
        )
    )
    return (" ".join(sentences),)


def _list(desk: Desk, rows: list[list[Any]], brands: int) -> str:
    """Who surely changed, where all comparisons of the edition hold together."""
    tested = tn(
        "%(brands)s of this industry was compared, %(all)s in the whole edition; a"
        " list is held to all of them at once.",
        "%(brands)s of this industry were compared, %(all)s in the whole edition; a"
        " list is held to all of them at once.",
        len(rows),
        brands=words.counted(len(rows), "brand", "brands"),
        all=words.number(brands),
    )
    named = [
        f"{desk.book.names.get(row[0], row[0])} ({points(row[3])})"
        for row in rows
        if row[-1] == 2
    ]
    if named:
        first = t("Sure to have changed: %(brands)s.", brands=words.listed(named))
    else:
        first = t("No brand is sure to have changed.")
    return f"{first} {tested}"


def _line(desk: Desk, row: list[Any]) -> tuple[Cell, ...]:
    slug, was, score, change, low, high, *parts, called = row
    ends = t("%(low)s to %(high)s", low=signed(low, 1), high=signed(high, 1))
    return (
        Cell(
            text=desk.book.names.get(slug, slug),
            url=desk.brand(slug),
        ),
        Cell(
            text=signed(change),
            number=True,
            note=t("%(interval)s; sure", interval=ends) if called == 2 else ends,
        ),
        Cell(
            text=words.decimal(score, 2),
            number=True,
            note=t("before %(was)s", was=words.decimal(was, 2)),
        ),
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
