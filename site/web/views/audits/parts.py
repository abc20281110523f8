"""The tables of the audits' pages."""

import json
from collections.abc import Mapping
from typing import Any

from model.audits import DIFFERENCE_COLUMNS, LINE_COLUMNS, digest, written
from store import AuditBook, AuditLine
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.views.audits.reading import line_rows, pair_rows, reader_of
from web.views.audits.sentences import date, percent, span

MOST_BRANDS = 200
"""Lines of the page's table; the file has all of them."""

ARM = {
    "compliment": "Compliments",
    "complaint": "Complaints",
    "question": "Questions",
    "mention": "Plain mentions",
}
LEVEL = {
    "all": "All messages",
    "with-excluded": "With the excluded",
    "as-planned": "Only as many as planned",
}
SHARE = "(share: 95 % interval)"
ANSWERED, ANSWERING = f"Answered {SHARE}", f"That answered {SHARE}"
FIELD = {
    "id": "Name in addresses",
    "title": "Title",
    "question": "Question, stated beforehand",
    "organisation": "Who is responsible",
    "arms": "Kinds of message (arms)",
    "planned_messages": "Messages planned",
    "planned_brands": "Brands planned",
    "sampling": "How brands were chosen",
    "horizon_hours": "Hours in which an answer counts",
    "registered_at": "Registered",
    "registered_url": "Registered at",
    "analysis": "Analysis planned",
    "replaces": "New version of",
}


def listing(desk: Desk, lines: list[AuditLine]) -> Table:
    return Table(
        caption="Field audits, the one registered last first",
        headings=("Audit", "Registered", "Messages", ANSWERED, "Brands",
                  ANSWERING),
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
        nothing = Cell(text="none yet")
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
    note = (
        f"{percent(line[share])}: {span(line, share)}"
        if line[share] is not None
        else ""
    )
    return Cell(text=words.number(line[count]), number=True, note=note)


def blocks(desk: Desk, book: AuditBook, said: Mapping[str, Any]) -> tuple[Block, ...]:
    here = f"/audits/{book.protocol.id}"
    lines = said["lines"]
    brands = [line for line in lines if line["level"] == "brand"]
    found = [
        Block(
            id="arms",
            title="By kind of message",
            table=_arms([line for line in lines if line["level"] != "brand"]),
            links=desk.downloads(here),
        )
    ]
    if said["differences"]:
        found.append(
            Block(
                id="differences",
                title="One kind against another",
                text=(DIFFERENCES,),
                table=_differences(said["differences"]),
                links=desk.downloads(f"{here}/differences"),
            )
        )
    found.append(
        Block(
            id="brands",
            title="Brand by brand",
            text=_about_brands(len(brands)),
            table=_brands(desk, brands[:MOST_BRANDS]),
            links=desk.downloads(f"{here}/messages", "every message:"),
        )
    )
    return tuple(found)


DIFFERENCES = (
    "The share of one kind answered minus that of the other, in points of 100. With"
    " several pairs one differs by chance soon enough: “surely” is said only where the"
    " difference holds at 95 % for all pairs together."
)


def _about_brands(count: int) -> tuple[str, ...]:
    said = [
        "What one brand did with the few messages it got. With one or two messages next"
        " to nothing can be said of a single brand, as the intervals show."
    ]
    if count > MOST_BRANDS:
        said.append(
            f"The first {MOST_BRANDS} of {words.number(count)} brands; the tables to"
            " take away have all."
        )
    return tuple(said)


def _arms(lines: list[Mapping[str, Any]]) -> Table:
    return Table(
        caption="Messages and brands, by kind of message",
        headings=("Messages sent", "Counted", ANSWERED, "Brands", ANSWERING,
                  "Machine only", "Half of the answered by"),
        rows=tuple(
            (
                Cell(text=LEVEL.get(line["level"]) or ARM[line["name"]],
                     note=_left_out(line)),
                *_cells(line),
                Cell(text=words.number(line["automatic"]), number=True),
                Cell(text=_half(line)),
            )
            for line in lines
        ),
    )  # fmt: skip


def _left_out(line: Mapping[str, Any]) -> str:
    parts = [
        f"{words.number(line[name])} {why}"
        for name, why in (("excluded", "excluded"), ("young", "watched too briefly"))
        if line[name]
    ]
    return ", ".join(parts)


def _half(line: Mapping[str, Any]) -> str:
    wait = line["median_wait_s"]
    return "none answered" if wait is None else words.duration(wait)


def _differences(pairs: list[Mapping[str, Any]]) -> Table:
    return Table(
        caption="Differences between kinds of message",
        headings=("Pair", "Difference", "95 % interval", "So"),
        rows=tuple(
            (
                Cell(text=f"{ARM[pair['first']]} against"
                     f" {ARM[pair['second']].lower()}"),
                Cell(text=_points(pair["difference"]), number=True),
                Cell(text=f"{_points(pair['low'])} to {_points(pair['high'])}"),
                Cell(text=_verdict(pair)),
            )
            for pair in pairs
        ),
    )  # fmt: skip


def _points(value: float) -> str:
    """+25, −19, 0: points of 100, with a minus sign that is one."""
    points = int(abs(100 * value) + 0.5)
    sign = "" if not points else "+" if value > 0 else "\u2212"
    return f"{sign}{points}"


def _verdict(pair: Mapping[str, Any]) -> str:
    if not pair["sure"]:
        return "may be chance"
    more = "more" if pair["difference"] > 0 else "less"
    return f"the first surely answered {more} often"


def _brands(desk: Desk, lines: list[Mapping[str, Any]]) -> Table:
    names, pages = _names(desk)
    return Table(
        caption="Brands, by their names in addresses",
        headings=("Brand", "Messages", ANSWERED, "Half of the answered by"),
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
    rows.append((Cell(text="First seen here"), Cell(text=_first_seen(book, said))))
    return Block(
        id="protocol",
        title="The protocol, in full",
        table=Table(
            caption="The protocol as it was registered",
            headings=("What", "What it says"),
            rows=tuple(rows),
        ),
        links=desk.downloads(f"/audits/{book.protocol.id}/protocol"),
    )


def _first_seen(book: AuditBook, said: Mapping[str, Any]) -> str:
    """When this site took the protocol in: the one date it knows by itself."""
    at = book.audit.first_seen_at
    if at <= said.get("first_sent_at", at):
        return f"{date(at)}, before the first message was sent."
    return (
        f"{date(at)}, after the first message was sent. That it was registered before"
        " rests on the address above."
    )


def _field(name: str, value: str) -> tuple[Cell, Cell]:
    word = name.removeprefix("exclusions.")
    title = FIELD.get(name, f"Excluded as “{word}”")
    if name == "registered_url":
        return Cell(text=title), Cell(text=value, url=value)
    return Cell(text=title), Cell(text=value)


def checks(book: AuditBook, said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What to compare the tables with, once taken away; () without a result."""
    result = book.result
    if result is None:
        return (("protocol.csv", book.audit.digest),)
    return (
        ("method", result.method),
        ("protocol.csv", result.protocol_digest),
        ("messages.csv", result.rows_digest),
        (f"{book.protocol.id}.csv", digest(written(LINE_COLUMNS, line_rows(said)))),
        ("differences.csv", digest(written(DIFFERENCE_COLUMNS, pair_rows(said)))),
        ("this result", result.digest),
    )


def past(book: AuditBook) -> Table | None:
    """Every result that was frozen; None while there is at most one."""
    if len(book.past) < 2:
        return None
    return Table(
        caption="Results, the newest first",
        headings=("Result", "Made", "Method", "Fingerprint"),
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
