"""/brands/<slug>/coverage: what we watched of each account, day by day, and why not
all of it."""

from collections.abc import Sequence

from model.words import DAY, Level
from scoring.method import METHOD
from web import words
from web.desk import Desk
from web.pages import CoveragePage
from web.parts import Block, Cell, Drawing, Link, Table
from web.tables import Data
from web.tongue import t
from web.views.details.calendar import calendar
from web.views.details.days import (
    COMPLETE,
    NOTHING,
    PARTLY,
    SAID,
    Day,
    Known,
    accounts,
    counts,
    days_of,
    explained,
    spans,
)

COLUMNS = ("slug", "family", "channel", "account", "day", "state", "seconds", "why")

Ledger = list[tuple[str, str, str, list[Day]]]
"""Family, channel, account, and each day of the period."""


def coverage(desk: Desk, slug: str) -> CoveragePage:
    """Raises NotHere."""
    desk.book.known(slug)
    name, edition = desk.book.names[slug], desk.book.edition
    ledger = read(desk, slug)
    path = f"/brands/{slug}"
    return CoveragePage(
        frame=desk.frame("Brands"),
        title=t("%(name)s: what we watched", name=name),
        description=t(
            "Which days of %(name)s’s accounts we saw, and why not the others.",
            name=name,
        ),
        drawn=bool(ledger),
        crumb=Link(name, desk.url(path)),
        lede=_lede(name, words.period(edition.day_from, edition.day_to), bool(ledger)),
        blocks=tuple(_block(desk, slug, at, line) for at, line in enumerate(ledger, 1)),
        sources=desk.url("/sources"),
        downloads=desk.downloads(f"{path}/coverage"),
    )


def _lede(name: str, period: str, known: bool) -> str:
    if not known:
        return t(
            "This edition keeps no ledger of %(name)s’s accounts (%(when)s).",
            name=name,
            when=period,
        )
    return t(
        "How much of each UTC day we watched %(name)s’s accounts, %(when)s. Our silence"
        " is not the brand’s: a message we did not watch for long enough is not counted"
        " as unanswered, it is not counted at all. Below %(needed)s of the period every"
        " figure is withheld.",
        name=name,
        when=period,
        needed=words.percent(METHOD.lowest_coverage.value),
    )


def read(desk: Desk, slug: str) -> Ledger:
    """Every account of the brand that the edition keeps a ledger of."""
    edition = desk.book.edition
    said = desk.book.details(Level.BRAND, slug)
    kept = [
        (family, each["channel"], each["account"], each["seen"])
        for family in desk.book.families
        for each in accounts(said.get(("ledger", family, "")))
    ]
    known = _known(desk, slug, [(channel, name) for _, channel, name, _ in kept])
    return [
        (
            family,
            channel,
            name,
            explained(
                days_of(runs, edition.day_from, edition.day_to), known[channel, name]
            ),
        )
        for family, channel, name, runs in kept
    ]


def _known(
    desk: Desk, slug: str, wanted: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Known]:
    reader, edition = desk.book.reader, desk.book.edition
    registered = {(row.channel, row.account): row for row in reader.accounts_of(slug)}
    imported = {row.slug for row in reader.channels() if row.how == "imported"}
    looks = {
        channel: reader.looks_by_day(channel, edition.day_from, edition.day_to)
        for channel in {channel for channel, _ in wanted}
    }
    return {
        (channel, name): Known(
            account=registered.get((channel, name)),
            imported=channel in imported,
            looks=looks[channel],
            since=min(looks[channel], default=None),
        )
        for channel, name in wanted
    }


def _block(
    desk: Desk, slug: str, at: int, line: tuple[str, str, str, list[Day]]
) -> Block:
    _, channel, account, days = line
    where = desk.channels().get(channel, channel)
    return Block(
        id=f"account-{at}",
        title=t("%(account)s on %(channel)s", account=account, channel=where),
        text=(sentence(days),),
        drawing=_drawing(desk, slug, at, line),
        table=_table(
            t("Days of %(account)s on %(channel)s", account=account, channel=where),
            days,
        ),
    )


def _drawing(
    desk: Desk, slug: str, at: int, line: tuple[str, str, str, list[Day]]
) -> Drawing:
    _, channel, account, days = line
    path = f"/brands/{slug}"
    return calendar(
        f"days-{at}",
        days,
        name=account,
        where=desk.channels().get(channel, channel),
        cite=desk.cite(t("Coverage"), f"{path}/coverage"),
        script=desk.static("plotly.js"),
        takes=desk.pictures(f"{path}/days-{at}", ""),
    )


def drawn(desk: Desk, slug: str, at: str) -> Drawing | None:
    """What is drawn of one account, by its number on the page; None: there is none.
    Raises NotHere."""
    desk.book.known(slug)
    ledger = read(desk, slug)
    number = int(at) if at.isdecimal() and len(at) < 6 else 0
    if not 0 < number <= len(ledger):
        return None
    return _drawing(desk, slug, number, ledger[number - 1])


def sentence(days: Sequence[Day]) -> str:
    found = counts(days)
    return t(
        "Of the %(days)s of the period we saw %(whole)s in full, %(part)s in part and"
        " %(none)s not at all.",
        days=words.counted(len(days), "day", "days"),
        whole=words.number(found[COMPLETE]),
        part=words.number(found[PARTLY]),
        none=words.number(found[NOTHING]),
    )


def _table(caption: str, days: Sequence[Day]) -> Table:
    return Table(
        caption=caption,
        headings=(t("Days"), t("Seen"), t("Why not all")),
        rows=tuple(
            (
                Cell(text=words.period(alike[0].day, alike[-1].day + 1)),
                Cell(text=t(SAID[alike[0].state]), note=_part(alike)),
                Cell(text=alike[0].why or t("nothing is missing"), quotes=True),
            )
            for alike in spans(days)
        ),
    )


def _part(alike: Sequence[Day]) -> str:
    """How much of days that were seen in part; '' of others."""
    if alike[0].state != PARTLY:
        return ""
    shares = [100 * day.seconds / DAY for day in alike]
    low, high = max(1, int(min(shares))), max(1, int(max(shares)))  # never 100
    if low == high:
        return words.per_cent(low)
    return t("%(span)s\u00a0%%", span=words.span(low, high))


def table(desk: Desk, slug: str) -> Data:
    """One line a day of each account. Raises NotHere."""
    desk.book.known(slug)
    rows = tuple(
        (
            slug, family, channel, account, words.day(day.day).isoformat(),
            day.state, day.seconds, day.why or None,
        )
        for family, channel, account, days in read(desk, slug)
        for day in days
    )  # fmt: skip
    return Data(COLUMNS, rows, desk.about())
