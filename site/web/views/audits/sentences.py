"""What is said of an audit in sentences: figures with their n and their interval."""

from collections.abc import Mapping
from typing import Any

from model.audits import MESSAGE_COLUMNS
from model.words import DAY
from store import AuditBook, AuditLine
from web import words
from web.desk import Desk
from web.tongue import t, tn
from web.views.audits.reading import message_rows

MOST_WAITS = 10
"""Waits that are listed one by one."""


def percent(share: float) -> str:
    """5.6 %, 25 %, 0 %: a decimal where there is one."""
    tenths = round(100 * share, 1)
    return words.exact(share, 0 if tenths.is_integer() else 1)


def span(line: Mapping[str, Any], share: str) -> str:
    low, high = (words.whole(100 * line[f"{share}_{end}"]) for end in ("low", "high"))
    return t("%(low)s to %(high)s", low=low, high=words.per_cent(high))


def interval(line: Mapping[str, Any], share: str) -> str:
    """5.6 %, 95 % interval 1 to 26 %."""
    return t(
        "%(share)s, %(interval)s %(span)s",
        share=percent(line[share]),
        interval=words.interval(),
        span=span(line, share),
    )


def date(seconds: int) -> str:
    return words.long_date(words.day(seconds // DAY))


def how_many(lines: list[AuditLine]) -> str:
    if not lines:
        return t(
            "There is none on this site yet. Whoever runs it adds one as described"
            " below."
        )
    return tn(
        "%(n)s field audit on this site.",
        "%(n)s field audits on this site.",
        len(lines),
    )


def headline(said: Mapping[str, Any]) -> str:
    whole = said["lines"][0]
    if not whole["messages"]:
        return t("No message that counts has come in yet.")
    return t(
        "%(some)s of %(brands)s answered (%(share)s).",
        some=words.number(whole["brands_answered"]),
        brands=words.counted(whole["brands"], "brand", "brands"),
        share=interval(whole, "brand_share"),
    )


def sure(book: AuditBook, said: Mapping[str, Any]) -> str:
    """How many messages, and why their interval is as wide as it is."""
    if not said:
        return t("The protocol is registered here. No message has come in yet.")
    whole = said["lines"][0]
    if not whole["messages"]:
        return ""
    text = t(
        "%(some)s of %(messages)s had an answer within %(limit)s (%(share)s).",
        some=words.number(whole["answered"]),
        messages=_sent(whole["messages"], said["volunteers"]),
        limit=words.limit(book.protocol.horizon),
        share=interval(whole, "share"),
    )
    if whole["n_eff"] < whole["messages"]:
        wide = t(
            "A brand that answers one message is likelier to answer the next, so the"
            " %(messages)s messages tell as much of brands as %(fewer)s messages to"
            " brands of their own would: that is why this interval is wide.",
            messages=words.number(whole["messages"]),
            fewer=words.decimal(whole["n_eff"], int(whole["n_eff"] % 1 > 0)),
        )
        text = f"{text} {wide}"
    return text


def _sent(messages: int, volunteers: int) -> str:
    """How many messages, and by how many people where that is known."""
    said = tn("%(n)s message", "%(n)s messages", messages)
    if not volunteers:
        return said
    return t(
        "%(messages)s by %(volunteers)s",
        messages=said,
        volunteers=words.counted(volunteers, "volunteer", "volunteers"),
    )


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
        return t(
            "Among the answered, half had their answer after %(half)s; the quickest"
            " came after %(quickest)s, the slowest after %(slowest)s.",
            half=half,
            quickest=quickest,
            slowest=slowest,
        )
    listed = words.listed([words.duration(wait) for wait in found])
    if len(found) == 1:
        return t("The answer came after %(wait)s.", wait=listed)
    return t("In the order of sending, the answers came after %(waits)s.", waits=listed)


def versions(book: AuditBook) -> tuple[str, ...]:
    """Which audit this one replaces, or is replaced by."""
    said = [
        t("The audit “%(name)s” is a new version of this one.", name=name)
        for name in book.replaced_by
    ]
    if book.protocol.replaces:
        said.append(
            t(
                "This is a new version of the audit “%(name)s”.",
                name=book.protocol.replaces,
            )
        )
    return tuple(said)


def cite(desk: Desk, book: AuditBook) -> str:
    protocol, result = book.protocol, book.result
    which = t("protocol")
    if result:
        which = t(
            "result %(n)s of %(date)s, fingerprint %(digest)s",
            n=result.number,
            date=date(result.made_at),
            digest=result.digest[:12],
        )
    title = protocol.title + ("" if protocol.title[-1] in ".?!" else ".")
    said = t(
        "%(who)s. %(title)s Field audit “%(name)s”, %(which)s. Answerable.",
        who=protocol.organisation,
        title=title,
        name=protocol.id,
        which=which,
    )
    return f"{said} {desk.public}{desk.at('', f'/audits/{protocol.id}')}"
