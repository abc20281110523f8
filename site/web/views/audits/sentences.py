"""What is said of an audit in sentences: figures with their n and their interval."""

from collections.abc import Mapping
from typing import Any

from model.audits import MESSAGE_COLUMNS
from store import AuditBook, AuditLine
from web import words
from web.desk import Desk
from web.views.audits.reading import message_rows

MOST_WAITS = 10
"""Waits that are listed one by one."""


def percent(share: float) -> str:
    """5.6 %, 25 %, 0 %: a decimal where there is one."""
    return f"{100 * share:.1f}".removesuffix(".0") + f"{words.NBSP}%"


def span(line: Mapping[str, Any], share: str) -> str:
    low, high = (words.whole(100 * line[f"{share}_{end}"]) for end in ("low", "high"))
    return f"{low} to {high}{words.NBSP}%"


def interval(line: Mapping[str, Any], share: str) -> str:
    """5.6 %, 95 % interval 1 to 26 %."""
    return f"{percent(line[share])}, 95{words.NBSP}% interval {span(line, share)}"


def date(seconds: int) -> str:
    return words.moment(seconds).partition(",")[0]


def how_many(lines: list[AuditLine]) -> str:
    if not lines:
        return (
            "There is none on this site yet. Whoever runs it adds one as described"
            " below."
        )
    return f"{words.counted(len(lines), 'field audit')} on this site."


def headline(said: Mapping[str, Any]) -> str:
    whole = said["lines"][0]
    if not whole["messages"]:
        return "No message that counts has come in yet."
    brands = words.counted(whole["brands"], "brand")
    return (
        f"{words.number(whole['brands_answered'])} of {brands} answered"
        f" ({interval(whole, 'brand_share')})."
    )


def sure(book: AuditBook, said: Mapping[str, Any]) -> str:
    """How many messages, and why their interval is as wide as it is."""
    if not said:
        return "The protocol is registered here. No message has come in yet."
    whole = said["lines"][0]
    if not whole["messages"]:
        return ""
    messages = words.counted(whole["messages"], "message")
    if said["volunteers"]:
        messages += f" by {words.counted(said['volunteers'], 'volunteer')}"
    text = (
        f"{words.number(whole['answered'])} of {messages} had an answer within"
        f" {words.limit(book.protocol.horizon)} ({interval(whole, 'share')})."
    )
    if whole["n_eff"] < whole["messages"]:
        text += (
            " A brand that answers one message is likelier to answer the next, so the"
            f" {words.number(whole['messages'])} messages tell as much of brands as"
            f" {whole['n_eff']:g} messages to brands of their own would: that is why"
            " this interval is wide."
        )
    return text


def waits(book: AuditBook, said: Mapping[str, Any]) -> str:
    whole = said["lines"][0]
    if not whole["answered"]:
        return ""
    column = MESSAGE_COLUMNS.index("wait_s")
    rows = message_rows(book)
    found = [int(row[column]) for row in rows if row[column]]
    if len(found) > MOST_WAITS:
        quickest, half, slowest = (
            words.duration(whole[name])
            for name in ("quickest_s", "median_wait_s", "slowest_s")
        )
        return (
            f"Among the answered, half had their answer after {half}; the quickest came"
            f" after {quickest}, the slowest after {slowest}."
        )
    listed = words.listed([words.duration(wait) for wait in found])
    if len(found) == 1:
        return f"The answer came after {listed}."
    return f"In the order of sending, the answers came after {listed}."


def versions(book: AuditBook) -> tuple[str, ...]:
    """Which audit this one replaces, or is replaced by."""
    said = [f"The audit “{name}” is a new version of this one."
            for name in book.replaced_by]  # fmt: skip
    if book.protocol.replaces:
        said.append(f"This is a new version of the audit “{book.protocol.replaces}”.")
    return tuple(said)


def cite(desk: Desk, book: AuditBook) -> str:
    protocol, result = book.protocol, book.result
    which = (
        f"result {result.number} of {date(result.made_at)},"
        f" fingerprint {result.digest[:12]}"
        if result
        else "protocol"
    )
    title = protocol.title + ("" if protocol.title[-1] in ".?!" else ".")
    return (
        f"{protocol.organisation}. {title} Field audit “{protocol.id}”, {which}."
        f" Answerable. {desk.public}/audits/{protocol.id}"
    )
