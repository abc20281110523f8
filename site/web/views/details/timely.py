"""Answered in time or not, where a channel says no more: a rate, and never a speed."""

from collections.abc import Mapping
from typing import Any

from model.rows import Standing
from model.words import RATES_ONLY, Level
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data
from web.tongue import mark, t, tn

WHERE = {
    "cfpb": mark("the US consumer bureau (CFPB)"),
}
"""Each of words.RATES_ONLY, as it stands in a sentence."""
COLUMNS = (
    "slug", "family", "channel", "limit_s", "inquiries", "answered_in_time", "share",
    "share_low", "share_high", "n_eff",
)  # fmt: skip

Told = Mapping[str, Any]


def brand(desk: Desk, row: Standing) -> Block | None:
    told = desk.book.details(Level.BRAND, row.slug)
    found = [
        (channel, said)
        for channel in sorted(RATES_ONLY)
        if (said := told.get(("timely", row.family, channel)))
    ]
    if not found:
        return None
    return Block(
        id=f"timely-{row.family}",
        title=t("Answered in time"),
        text=tuple(
            text for channel, said in found for text in _text(row, channel, said)
        ),
        table=Table(
            caption=t(
                "Complaints to %(name)s that were answered in time", name=row.name
            ),
            headings=(
                t("Through"),
                t("Complaints"),
                t("In time"),
                t("Of 100"),
                words.interval(),
            ),
            rows=tuple(_cells(channel, said) for channel, said in found),
        ),
        links=desk.downloads(f"/brands/{row.slug}/timely"),
    )


def _text(row: Standing, channel: str, said: Told) -> tuple[str, str]:
    share, low, high = said["share"]
    return (
        tn(
            "Of %(complaints)s that %(bureau)s passed on to %(name)s, %(n)s was"
            " answered in time, which there means within %(limit)s: %(share)s of 100"
            " (%(interval)s %(ends)s).",
            "Of %(complaints)s that %(bureau)s passed on to %(name)s, %(n)s were"
            " answered in time, which there means within %(limit)s: %(share)s of 100"
            " (%(interval)s %(ends)s).",
            said["timely"],
            complaints=words.counted(said["n"], "complaint", "complaints"),
            bureau=t(WHERE[channel]),
            name=row.name,
            limit=words.limit(said["limit"]),
            share=_percent(share),
            interval=words.interval(),
            ends=_ends(low, high),
        ),
        t(
            "When, nobody says. So they are in no other figure of this page: not in a"
            " share within our limits, not in the typical wait, not in a place."
        ),
    )


def _ends(low: float, high: float) -> str:
    return t("%(low)s to %(high)s", low=_percent(low), high=_percent(high))


def _percent(share: float) -> str:
    """With a decimal, for hardly anybody is late; 0 and 100 only for none and all."""
    tenths = round(1_000 * share)
    if 0 < share < 1:
        tenths = min(999, max(1, tenths))
    return words.decimal(tenths / 10, 1 if tenths % 10 else 0)


def _cells(channel: str, said: Told) -> tuple[Cell, ...]:
    share, low, high = said["share"]
    return (
        Cell(text=t(WHERE[channel])),
        Cell(text=words.number(said["n"]), number=True),
        Cell(text=words.number(said["timely"]), number=True),
        Cell(text=_percent(share), number=True),
        Cell(text=_ends(low, high)),
    )


def brand_table(desk: Desk, slug: str) -> Data:
    """One line a channel. Raises NotHere."""
    desk.book.known(slug)
    rows = tuple(
        (
            slug,
            family,
            channel,
            said["limit"],
            said["n"],
            said["timely"],
            *said["share"],
            said["n_eff"],
        )
        for (topic, family, channel), said in desk.book.details(
            Level.BRAND, slug
        ).items()
        if topic == "timely"
    )
    return Data(COLUMNS, rows, desk.about())
