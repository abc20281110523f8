"""Posts per reply, what stays unanswered, inquiries a day: of brands and industries,
edition by edition, and beside what an earlier study published."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from model.rows import Edition, Standing
from model.words import Family, Level
from scoring.method import LIMITS
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data
from web.tongue import t
from web.views import listing
from web.views.details import posts

EDITIONS = 8
"""Most editions of one table: two years of quarters."""

FIGURES = (
    "posts", "replies", "posts_per_reply", "reply_share", "inquiries", "per_day",
    "unanswered", "unanswered_share", "unanswered_low", "unanswered_high",
    "median_wait_s",
)  # fmt: skip
COLUMNS = ("slug", "family", "edition", "day_from", "day_to", *FIGURES)

MINUS = "\u2212"
VOLUME, SILENT = 2, 3
"""Places of the inquiries a day and of those unanswered in a line."""
OWN = 2
"""Columns of what a brand publishes; the others are of what is written to it."""

Told = Mapping[str, Any]


def editions(desk: Desk) -> list[Edition]:
    """This one, and before it those whose periods share no day, newest first. What is
    provisional is followed by nothing; of two of one period the newer counts."""
    chain = [desk.book.edition]
    for edition in desk.library.editions:
        if edition.day_to <= chain[-1].day_from and not edition.provisional:
            chain.append(edition)
    return chain[:EDITIONS]


def told(
    desk: Desk, edition: Edition, slug: str | None, level: Level
) -> dict[Any, Told]:
    """What an edition says of volume, by family and slug. ``slug`` None: of all."""
    assert edition.id is not None
    rows = desk.book.reader.details(edition.id, level, slug)
    return {
        (row.family, row.slug): json.loads(row.body)
        for row in rows
        if row.topic == "volume"
    }


def brand(desk: Desk, row: Standing) -> Block | None:
    return _block(desk, row, Level.BRAND, row.name)


def industry(desk: Desk, slug: str, family: str) -> Block | None:
    row = desk.book.industries.get(family, {}).get(slug)
    if row is None:
        return None
    return _block(
        desk, row, Level.INDUSTRY, t("Brands in %(industry)s", industry=t(row.name))
    )


def _block(desk: Desk, row: Standing, level: Level, who: str) -> Block | None:
    said = desk.book.details(level, row.slug).get(("volume", row.family, ""))
    if said is None:
        return None
    where = words.family_place(row.family)
    path = "brands" if level is Level.BRAND else "industries"
    lines = [
        (edition, found)
        for edition in editions(desk)
        if (found := told(desk, edition, row.slug, level).get((row.family, row.slug)))
    ]
    note = t("Between these lines no change is claimed: none is tested here.")
    shown = 5 if any("silent" in found for _, found in lines) else OWN
    return Block(
        id=f"volume-{row.family}",
        title=t("What comes in and what goes out"),
        text=(_sentence(said, who, row), *((note,) if len(lines) > 1 else ())),
        table=Table(
            caption=t("%(who)s %(where)s, edition by edition", who=who, where=where),
            headings=(t("Asked"), *_headings(row.t3_s)[:shown]),
            rows=tuple(
                (_period(desk, edition, row, path), *_cells(found, row.t3_s)[:shown])
                for edition, found in lines
            ),
        ),
        links=desk.downloads(f"/{path}/{row.slug}/volume"),
    )


def _headings(horizon: int) -> tuple[str, ...]:
    return (
        t("Posts per reply"),
        t("Replies among its messages"),
        t("Inquiries a day"),
        t("Unanswered after %(limit)s, of 100", limit=words.limit(horizon)),
        t("Typical wait"),
    )


def _period(desk: Desk, edition: Edition, row: Standing, path: str) -> Cell:
    return Cell(
        text=words.period(edition.day_from, edition.day_to),
        url=desk.at(edition.name, f"/{path}/{row.slug}"),
    )


def _sentence(said: Told, who: str, row: Standing) -> str:
    where = words.family_place(row.family)
    parts = []
    if said.get("ratio") is not None:
        parts.append(
            t(
                "%(who)s published %(ratio)s posts for each reply %(where)s: of 100 of"
                " its public messages %(share)s answered somebody.",
                who=who,
                ratio=words.decimal(said["ratio"]),
                where=where,
                share=words.hundred(said["reply_share"]),
            )
        )
    elif "posts" in said:
        parts.append(
            t(
                "%(who)s published %(posts)s and no reply %(where)s.",
                who=who,
                posts=words.counted(said["posts"], "post", "posts"),
                where=where,
            )
        )
    if "silent" in said:
        share, low, high = said["silent"]
        parts.append(
            t(
                "Of 100 people who wrote, %(silent)s (%(interval)s) had no answer after"
                " %(limit)s.",
                silent=words.hundred(share),
                interval=words.share_span(low, high),
                limit=words.limit(row.t3_s),
            )
        )
    return " ".join(parts)


def _cells(said: Told, horizon: int) -> tuple[Cell, ...]:
    return (*ratio(said), _volume(said), silent(said), _wait(said, horizon))


def ratio(said: Told) -> tuple[Cell, Cell]:
    if "posts" not in said:
        return Cell(text=t(words.NOT_KNOWN)), Cell(text=t(words.NOT_KNOWN))
    replies = words.counted(said["replies"], "reply", "replies")
    posts = words.counted(said["posts"], "post", "posts")
    counts = f"{posts}, {replies}"
    ratio = t("no reply") if said["ratio"] is None else words.decimal(said["ratio"])
    return (
        Cell(text=ratio, number=True, note=counts),
        Cell(text=words.percent(said["reply_share"]), number=True),
    )


def _volume(said: Told) -> Cell:
    if "per_day" not in said:
        return Cell(text=t(words.NOT_KNOWN))
    return Cell(text=words.decimal(said["per_day"]), number=True)


def silent(said: Told) -> Cell:
    if "silent" not in said:
        return Cell(text=t(words.NOT_KNOWN))
    share, low, high = said["silent"]
    return Cell(
        text=str(words.hundred(share)),
        number=True,
        note=words.beside(
            words.share_span(low, high), f"n = {words.number(said['inquiries'])}"
        ),
    )


def _wait(said: Told, horizon: int) -> Cell:
    if "silent" not in said:
        return Cell(text=t(words.NOT_KNOWN))
    if "wait" not in said:
        return Cell(text=t("more than %(limit)s", limit=words.limit(horizon)))
    return Cell(text=words.duration(said["wait"]))


def trades(
    desk: Desk, family: str, chain: list[Edition], told_by: list[dict[Any, Told]]
) -> Block | None:
    known = [
        (row, told_by[0][family, slug])
        for slug, row in desk.book.industries.get(family, {}).items()
        if (family, slug) in told_by[0]
    ]
    if not known:
        return None
    earlier = told_by[1] if len(chain) > 1 else {}
    where = words.family_place(family)
    known.sort(key=_fewest_posts)
    return Block(
        id="volume",
        title=t("Posts per reply, silence and volume"),
        text=_introduction(chain),
        drawing=posts.drawn(
            desk,
            family,
            [(row, said, earlier.get((family, row.slug), {})) for row, said in known],
            chain[1] if earlier else None,
        ),
        table=Table(
            caption=t(
                "Industries %(where)s by posts per reply, fewest first", where=where
            ),
            headings=(t("Industry"), *_headings(LIMITS[Family(family)].horizon)),
            rows=tuple(
                (
                    Cell(
                        text=t(row.name),
                        url=desk.url(f"/industries/{row.slug}", family=family),
                    ),
                    *_beside(said, earlier.get((family, row.slug), {}), row.t3_s),
                )
                for row, said in known
            ),
        ),
        links=desk.downloads("/industries/volume"),
    )


def _fewest_posts(known: tuple[Standing, Told]) -> tuple[int, float, str]:
    """Those without a reply after the others, those without a post last."""
    row, said = known
    ratio = said.get("ratio")
    group = ("posts" not in said) + (ratio is None)
    return group, ratio or 0.0, row.name.casefold()


def _introduction(chain: list[Edition]) -> tuple[str, ...]:
    first = t(
        "What all brands of an industry published, and what was written to those whose"
        " share of answers may be said, people of all its brands together."
    )
    if len(chain) < 2:
        alone = t("There is no earlier edition to set beside it.")
        return (f"{first} {alone}",)
    return (
        first,
        t(
            "Small figures marked “before” are those of %(when)s. What stayed"
            " unanswered is set beside them with the %(interval)s of the difference,"
            " each line for itself: of many lines, one may miss by chance. The others"
            " are set side by side and not tested. Changes of scores are on the pages"
            " of brands and industries.",
            when=words.period(chain[1].day_from, chain[1].day_to),
            interval=words.interval(),
        ),
    )


def _beside(said: Told, old: Told, horizon: int) -> tuple[Cell, ...]:
    """The cells of an industry, what it was before in their notes."""
    new, was = _cells(said, horizon), _cells(old, horizon)
    known = [
        t(words.NOT_KNOWN) not in (cell.text, earlier.text)
        for cell, earlier in zip(new, was, strict=True)
    ]
    notes = [t("before %(was)s", was=earlier.text) for earlier in was]
    if known[VOLUME] and old["per_day"]:
        change = change_words(said["per_day"], old["per_day"])
        untested = t("(%(change)s, not tested)", change=change)
        notes[VOLUME] = f"{notes[VOLUME]} {untested}"
    if known[SILENT]:
        notes[SILENT] = f"{notes[SILENT]} {_tested(said['silent'], old['silent'])}"
    return tuple(
        replace(cell, note=words.beside(cell.note, note if also else ""))
        for cell, note, also in zip(new, notes, known, strict=True)
    )


def _tested(new: Sequence[float], old: Sequence[float]) -> str:
    """Shares with their limits, then and now: (20–40): 13 fewer (1–24)."""
    change, low, high = words.difference(new, old)
    before = f"({words.share_span(*old[1:])})"
    if low <= 0 <= high:
        return t(
            "%(before)s: no sure difference (%(low)s to %(high)s)",
            before=before,
            low=_points(low),
            high=_points(high),
        )
    said = {
        "before": before,
        "interval": words.share_span(*sorted((abs(low), abs(high)))),
    }
    number = words.hundred(abs(change))
    if change > 0:
        return t("%(before)s: %(number)s more (%(interval)s)", number=number, **said)
    return t("%(before)s: %(number)s fewer (%(interval)s)", number=number, **said)


def _points(share: float) -> str:
    """+4."""
    points = words.whole(100 * abs(share))
    sign = "" if not points else "+" if share > 0 else MINUS
    return f"{sign}{points}"


def change_words(now: float, before: float) -> str:
    """+6 %."""
    change = words.whole(100 * abs(now / before - 1))
    sign = "" if not change else "+" if now > before else MINUS
    return f"{sign}{words.per_cent(change)}"


def brand_table(desk: Desk, slug: str) -> Data:
    """A line for each edition and family. Raises NotHere."""
    desk.book.known(slug)
    return _table(desk, Level.BRAND, slug, editions(desk))


def industry_table(desk: Desk, slug: str) -> Data:
    """A line for each edition and family. Raises NotHere."""
    desk.book.industry_known(slug)
    return _table(desk, Level.INDUSTRY, slug, editions(desk))


def industries_table(desk: Desk) -> Data:
    """Every industry of a family, in this edition and the one before; ``slug`` empty:
    all of them together."""
    return _table(desk, Level.INDUSTRY, None, editions(desk)[:2], listing.family(desk))


def _table(
    desk: Desk, level: Level, slug: str | None, chain: list[Edition], only: str = ""
) -> Data:
    rows = tuple(
        (name or None, family, *_when(edition), *_figures(said))
        for edition in chain
        for (family, name), said in told(desk, edition, slug, level).items()
        if family == (only or family)
    )
    return Data(COLUMNS, rows, desk.about())


def _when(edition: Edition) -> tuple[str, str, str]:
    first, last = words.day(edition.day_from), words.day(edition.day_to)
    return edition.name, first.isoformat(), last.isoformat()


def _figures(said: Told) -> tuple[Any, ...]:
    """The columns of FIGURES."""
    posts = (said.get(name) for name in ("posts", "replies", "ratio", "reply_share"))
    asked = (said.get(name) for name in ("inquiries", "per_day", "unanswered"))
    return *posts, *asked, *said.get("silent", (None, None, None)), said.get("wait")
