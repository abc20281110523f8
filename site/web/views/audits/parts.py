"""The tables of the audits' pages."""

import json
from collections.abc import Mapping
from typing import Any

from model.audits import DIFFERENCE_COLUMNS, LINE_COLUMNS, digest, written
from store import AuditBook, AuditLine
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tongue import mark, t, tn
from web.views.audits.reading import line_rows, pair_rows, reader_of
from web.views.audits.sentences import date, percent, span

MOST_BRANDS = 200
"""Lines of the page's table; the file has all of them."""

ARM = {
    "compliment": mark("Compliments"),
    "complaint": mark("Complaints"),
    "question": mark("Questions"),
    "mention": mark("Plain mentions"),
}
LEVEL = {
    "all": mark("All messages"),
    "with-excluded": mark("With the excluded"),
    "as-planned": mark("Only as many as planned"),
}
ANSWERED = mark("Answered (share: 95 % interval)")
ANSWERING = mark("That answered (share: 95 % interval)")
FIELD = {
    "id": mark("Name in addresses"),
    "title": mark("Title"),
    "question": mark("Question, stated beforehand"),
    "organisation": mark("Who is responsible"),
    "arms": mark("Kinds of message (arms)"),
    "planned_messages": mark("Messages planned"),
    "planned_brands": mark("Brands planned"),
    "sampling": mark("How brands were chosen"),
    "horizon_hours": mark("Hours in which an answer counts"),
    "registered_at": mark("Registered"),
    "registered_url": mark("Registered at"),
    "analysis": mark("Analysis planned"),
    "replaces": mark("New version of"),
}


def listing(desk: Desk, lines: list[AuditLine]) -> Table:
    return Table(
        caption=t("Field audits, the one registered last first"),
        headings=(t("Audit"), t("Registered"), t("Messages"), t(ANSWERED), t("Brands"),
                  t(ANSWERING)),
        rows=tuple(_listed(desk, line) for line in lines),
    )  # fmt: skip


def _listed(desk: Desk, line: AuditLine) -> tuple[Cell, ...]:
    protocol = line.protocol
    name = Cell(
        text=protocol.title,
        url=desk.url(f"/audits/{protocol.id}"),
        note=protocol.organisation,
    )
    when = Cell(text=date(protocol.registered_at))
    if line.figures is None:
        nothing = Cell(text=t("none yet"))
        return name, when, nothing, nothing, nothing, nothing
    whole = json.loads(line.figures)["lines"][0]
    return name, when, *_cells(whole)


def _cells(line: Mapping[str, Any]) -> tuple[Cell, Cell, Cell, Cell]:
    """Messages, how many of them answered; brands, how many of them answering."""
    return (
        Cell(text=words.number(line["messages"]), number=True),
        _answered(line, "answered", "share"),
        Cell(text=words.number(line["brands"]), number=True),
        _answered(line, "brands_answered", "brand_share"),
    )


def _answered(line: Mapping[str, Any], count: str, share: str) -> Cell:
    """A count with its share and interval below it."""
    note = ""
    if line[share] is not None:
        note = t(
            "%(share)s: %(span)s", share=percent(line[share]), span=span(line, share)
        )
    return Cell(text=words.number(line[count]), number=True, note=note)


def blocks(desk: Desk, book: AuditBook, said: Mapping[str, Any]) -> tuple[Block, ...]:
    here = f"/audits/{book.protocol.id}"
    lines = said["lines"]
    brands = [line for line in lines if line["level"] == "brand"]
    found = [
        Block(
            id="arms",
            title=t("By kind of message"),
            table=_arms([line for line in lines if line["level"] != "brand"]),
            links=desk.downloads(here),
        )
    ]
    if said["differences"]:
        found.append(
            Block(
                id="differences",
                title=t("One kind against another"),
                text=(t(DIFFERENCES),),
                table=_differences(said["differences"]),
                links=desk.downloads(f"{here}/differences"),
            )
        )
    found.append(
        Block(
            id="brands",
            title=t("Brand by brand"),
            text=_about_brands(len(brands)),
            table=_brands(desk, brands[:MOST_BRANDS]),
            links=desk.downloads(f"{here}/messages", t("every message:")),
        )
    )
    return tuple(found)


DIFFERENCES = mark(
    "The share of one kind answered minus that of the other, in points of 100. With"
    " several pairs one differs by chance soon enough: “surely” is said only where the"
    " difference holds at 95 % for all pairs together."
)


def _about_brands(count: int) -> tuple[str, ...]:
    said = [
        t(
            "What one brand did with the few messages it got. With one or two messages"
            " next to nothing can be said of a single brand, as the intervals show."
        )
    ]
    if count > MOST_BRANDS:
        said.append(
            t(
                "The first %(n)s of %(all)s brands; the tables to take away have all.",
                n=MOST_BRANDS,
                all=words.number(count),
            )
        )
    return tuple(said)


def _arms(lines: list[Mapping[str, Any]]) -> Table:
    return Table(
        caption=t("Messages and brands, by kind of message"),
        headings=(t("Messages sent"), t("Counted"), t(ANSWERED), t("Brands"),
                  t(ANSWERING), t("Machine only"), t("Half of the answered by")),
        rows=tuple(
            (
                Cell(text=t(LEVEL.get(line["level"]) or ARM[line["name"]]),
                     note=_left_out(line)),
                *_cells(line),
                Cell(text=words.number(line["automatic"]), number=True),
                Cell(text=_half(line)),
            )
            for line in lines
        ),
    )  # fmt: skip


def _left_out(line: Mapping[str, Any]) -> str:
    excluded, young = line["excluded"], line["young"]
    parts = []
    if excluded:
        parts.append(tn("%(n)s excluded", "%(n)s excluded", excluded))
    if young:
        parts.append(
            tn("%(n)s watched too briefly", "%(n)s watched too briefly", young)
        )
    return ", ".join(parts)


def _half(line: Mapping[str, Any]) -> str:
    wait = line["median_wait_s"]
    return t("none answered") if wait is None else words.duration(wait)


def _differences(pairs: list[Mapping[str, Any]]) -> Table:
    return Table(
        caption=t("Differences between kinds of message"),
        headings=(t("Pair"), t("Difference"), words.interval(), t("So")),
        rows=tuple(
            (
                Cell(text=_against(pair)),
                Cell(text=_points(pair["difference"]), number=True),
                Cell(text=t("%(low)s to %(high)s", low=_points(pair["low"]),
                            high=_points(pair["high"]))),
                Cell(text=_verdict(pair)),
            )
            for pair in pairs
        ),
    )  # fmt: skip


def _against(pair: Mapping[str, Any]) -> str:
    first, second = ARM[pair["first"]], ARM[pair["second"]]
    return t("%(first)s against %(second)s", first=t(first), second=t(second).lower())


def _points(value: float) -> str:
    """+25, −19, 0: points of 100, with a minus sign that is one."""
    points = int(abs(100 * value) + 0.5)
    sign = "" if not points else "+" if value > 0 else "\u2212"
    return f"{sign}{points}"


def _verdict(pair: Mapping[str, Any]) -> str:
    if not pair["sure"]:
        return t("may be chance")
    if pair["difference"] > 0:
        return t("the first surely answered more often")
    return t("the first surely answered less often")


def _brands(desk: Desk, lines: list[Mapping[str, Any]]) -> Table:
    names, pages = _names(desk)
    return Table(
        caption=t("Brands, by their names in addresses"),
        headings=(
            t("Brand"),
            t("Messages"),
            t(ANSWERED),
            t("Half of the answered by"),
        ),
        rows=tuple(
            (
                Cell(
                    text=names.get(line["name"], line["name"]),
                    url=desk.url(f"/brands/{line['name']}")
                    if line["name"] in pages
                    else "",
                    note=_left_out(line),
                ),
                Cell(text=words.number(line["messages"]), number=True),
                _answered(line, "answered", "share"),
                Cell(text=_half(line)),
            )
            for line in lines
        ),
    )


def _names(desk: Desk) -> tuple[dict[str, str], frozenset[str]]:
    """Names of brands by slug, and which of them have a page here."""
    reader = reader_of(desk)
    assert reader is not None  # an audit was read from it
    names = {line.slug: line.name for line in reader.brands()}
    shown = desk.edition is not None and not desk.library.sample
    return names, frozenset(desk.book.names if shown else ())


def protocol_block(desk: Desk, book: AuditBook, said: Mapping[str, Any]) -> Block:
    rows = [_field(name, value) for name, value in book.protocol.rows()]
    rows.append((Cell(text=t("First seen here")), Cell(text=_first_seen(book, said))))
    return Block(
        id="protocol",
        title=t("The protocol, in full"),
        table=Table(
            caption=t("The protocol as it was registered"),
            headings=(t("What"), t("What it says")),
            rows=tuple(rows),
        ),
        links=desk.downloads(f"/audits/{book.protocol.id}/protocol"),
    )


def _first_seen(book: AuditBook, said: Mapping[str, Any]) -> str:
    """When this site took the protocol in: the one date it knows by itself."""
    at = book.audit.first_seen_at
    if at <= said.get("first_sent_at", at):
        return t("%(date)s, before the first message was sent.", date=date(at))
    return t(
        "%(date)s, after the first message was sent. That it was registered before"
        " rests on the address above.",
        date=date(at),
    )


def _field(name: str, value: str) -> tuple[Cell, Cell]:
    word = name.removeprefix("exclusions.")
    title = t("Excluded as “%(word)s”", word=word)
    if name in FIELD:
        title = t(FIELD[name])
    if name == "registered_url":
        return Cell(text=title), Cell(text=value, url=value)
    return Cell(text=title), Cell(text=value)


def checks(book: AuditBook, said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What to compare the tables with, once taken away, by the names that the digest of
    the result has them under."""
    result = book.result
    if result is None:
        return (("protocol.csv", book.audit.digest),)
    return (
        ("method", result.method),
        ("protocol.csv", result.protocol_digest),
        ("messages.csv", result.rows_digest),
        (f"{book.protocol.id}.csv", digest(written(LINE_COLUMNS, line_rows(said)))),
        ("differences.csv", digest(written(DIFFERENCE_COLUMNS, pair_rows(said)))),
    )


def past(book: AuditBook) -> Table | None:
    """Every result that was frozen; None while there is at most one."""
    if len(book.past) < 2:
        return None
    return Table(
        caption=t("Results, the newest first"),
        headings=(t("Result"), t("Made"), t("Method"), t("Fingerprint")),
        rows=tuple(
            (
                Cell(text=str(past.number)),
                Cell(text=words.moment(past.made_at)),
                Cell(text=past.method),
                Cell(text=past.digest[:12]),
            )
            for past in book.past
        ),
    )
