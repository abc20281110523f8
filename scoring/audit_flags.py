"""What a reader must know of how an audit was done, in sentences.

Nothing is refused for it: an audit that broke its own protocol is printed with the
breach in words, because one that can be withdrawn is one that can be chosen.
"""

from dataclasses import dataclass

from model.audits import Protocol, iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How an audit went, apart from what was answered."""

    sent: int
    brands: int
    first_sent_at: int
    last_sent_at: int
    missing: tuple[str, ...]  # arms without any message
    excluded: int
    excluded_answered: int
    unforeseen: int
    young: int


def flags(protocol: Protocol, facts: Facts) -> list[str]:
    """Each a sentence or two; none when all went as it was said it would."""
    said = [
        _registered(protocol, facts),
        _size(protocol, facts),
        _brands(protocol, facts),
        _missing(facts),
        _excluded(facts),
        _unforeseen(facts),
        _young(protocol, facts),
    ]
    return [sentence for sentence in said if sentence]


def _registered(protocol: Protocol, facts: Facts) -> str:
    at = _day(protocol.registered_at)
    if protocol.registered_at > facts.last_sent_at:
        return (
            f"The protocol was registered on {at}, after the last message was sent"
            f" ({_day(facts.last_sent_at)}). Nothing was stated beforehand: read this"
            " as a report, not as a test."
        )
    if protocol.registered_at > facts.first_sent_at:
        return (
            f"The protocol was registered on {at}, after the first message was sent"
            f" ({_day(facts.first_sent_at)}). Whoever wrote it could know the first"
            " answers."
        )
    return ""


def _size(protocol: Protocol, facts: Facts) -> str:
    planned = protocol.planned_messages
    if facts.sent > planned:
        return (
            f"{_counted(facts.sent, 'message was', 'messages were')} sent where"
            f" {planned:,} were planned. Whoever goes on until the result pleases gets"
            f" one that pleases: the figures of the first {planned:,} stand beside"
            " those of all."
        )
    if facts.sent < planned:
        return (
            f"{_counted(planned, 'message was', 'messages were')} planned and"
            f" {_counted(facts.sent, 'is', 'are')} here."
        )
    return ""


def _brands(protocol: Protocol, facts: Facts) -> str:
    planned = protocol.planned_brands
    if planned is None or planned == facts.brands:
        return ""
    return (
        f"{_counted(planned, 'brand was', 'brands were')} planned and {facts.brands:,}"
        f" {'was' if facts.brands == 1 else 'were'} written to."
    )


def _missing(facts: Facts) -> str:
    if not facts.missing:
        return ""
    return f"No message is here of: {', '.join(facts.missing)}."


def _excluded(facts: Facts) -> str:
    if not facts.excluded:
        return ""
    return (
        f"{_counted(facts.excluded, 'message was', 'messages were')} excluded for"
        f" reasons that the protocol states; {facts.excluded_answered:,} of them had an"
        " answer. The figures with them stand beside the others."
    )


def _unforeseen(facts: Facts) -> str:
    if not facts.unforeseen:
        return ""
    return (
        f"{_counted(facts.unforeseen, 'message was', 'messages were')} to be excluded"
        " for a reason that the protocol does not state; such messages count."
    )


def _young(protocol: Protocol, facts: Facts) -> str:
    if not facts.young:
        return ""
    return (
        f"{_counted(facts.young, 'message was', 'messages were')} watched for less than"
        f" {_counted(protocol.horizon_hours, 'hour')} and left out, answered or not."
    )


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _day(seconds: int) -> str:
    return iso(seconds)[:10]
