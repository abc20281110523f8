"""Numbers, shares, intervals and places in words."""

from collections.abc import Sequence
from math import hypot

from babel.numbers import format_percent

from scoring.method import METHOD
from web import tongue
from web.tongue import decimal, mark, number, t, tn

NBSP = "\u00a0"
NARROW = "\u202f"
RANGE = "\u2013"
SMALL = (
    mark("no"), mark("one"), mark("two"), mark("three"), mark("four"), mark("five"),
    mark("six"), mark("seven"), mark("eight"), mark("nine"), mark("ten"),
)  # fmt: skip


def small(value: int) -> str:
    """A number up to ten in words, a greater one in figures."""
    return t(SMALL[value]) if value < len(SMALL) else number(value)


def counted(value: int, one: str, many: str = "") -> str:
    """(1, "person", "people") -> "1 person". Both words are a message with a plural:
    where a language wants a word between, its plural has it. Pages that are in English
    alone may leave the plural out."""
    return f"{number(value)}{NBSP}{tn(one, many or one + 's', value)}"


def big(value: int) -> str:
    """1,903,442 -> "1.9 million"; smaller ones in full."""
    if value < 1_000_000:
        return number(value)
    return t("%(n)s\u00a0million", n=decimal(value / 1_000_000))


def inquiries(value: int) -> str:
    """A count for a sentence: 1,903,442 -> "1.9 million inquiries"; smaller ones in
    full."""
    if value < 1_000_000:
        return tn("%(n)s inquiry", "%(n)s inquiries", value)
    return t("%(n)s\u00a0million inquiries", n=decimal(value / 1_000_000))


def whole(value: float) -> int:
    """The nearest whole number, halves upwards: what a reader does by hand."""
    return int(value + 0.5)


def hundred(share: float) -> int:
    """A share as so many of a hundred; 0 and 100 only where it is none and all."""
    if 0 < share < 1:
        return min(99, max(1, whole(100 * share)))
    return whole(100 * share)


def percent(share: float) -> str:
    return per_cent(whole(100 * share))


def seen(coverage: float) -> str:
    """0.7999 -> "79 %": downwards, for just below what is needed is not enough, and
    just below all is not all."""
    return per_cent(int(100 * coverage))


def per_cent(value: int) -> str:
    """95 -> "95 %"."""
    locale = tongue.locale()
    if locale is None:
        return f"{value}{NBSP}%"
    said = format_percent(value / 100, locale=locale)
    return said.replace(NBSP, NARROW) if french() else said


def exact(share: float, digits: int | None = None) -> str:
    """0.998 -> "99.8 %": with so many digits after the point, or all that it has."""
    if digits is None:
        digits = len(f"{100 * share:g}".partition(".")[2])
    return per_cent(0).replace("0", decimal(100 * share, digits))


def span(low: float, high: float) -> str:
    """An interval of whole numbers, 83–91; one number where both ends are the same."""
    left, right = whole(low), whole(high)
    return str(left) if left == right else f"{left}{RANGE}{right}"


def interval() -> str:
    """What the ends of a span are: "95 % interval"."""
    return t("%(share)s interval", share=percent(METHOD.confidence.value))


def between(span_: str) -> str:
    """The ends of a span in a sentence: "83–91" -> "83 and 91"."""
    low, _, high = span_.partition(RANGE)
    return t("%(low)s and %(high)s", low=low, high=high) if high else low


def ranging(span_: str) -> str:
    """ "2–5" -> "2 to 5"."""
    low, _, high = span_.partition(RANGE)
    return t("%(low)s to %(high)s", low=low, high=high) if high else low


def true_share(span_: str) -> str:
    """How sure we are of a share of a hundred, as a sentence."""
    return t(
        "We are %(sure)s sure that the true share lies between %(ends)s of 100.",
        sure=percent(METHOD.confidence.value),
        ends=between(span_),
    )


def share_span(low: float, high: float) -> str:
    return span(100 * low, 100 * high)


def aside(interval: str) -> str:
    """An interval behind the figure that it is of, which may be on the same line."""
    return f"({interval})"


def difference(
    new: Sequence[float], old: Sequence[float]
) -> tuple[float, float, float]:
    """How much greater one figure is than another of other people, each given with its
    limits, and the limits of that: square and add, as for all changes."""
    (share, low, high), (was, was_low, was_high) = new, old
    change = share - was
    down = hypot(share - low, was_high - was)
    return change, change - down, change + hypot(high - share, was - was_low)


def beside(*notes: str) -> str:
    """Notes one after the other: "38–42; n = 404". Those that are '' are left out."""
    first, *others = [note for note in notes if note] or [""]
    for note in others:
        first = t("%(first)s; %(second)s", first=first, second=note)
    return first


def titled(name: str, said: str) -> str:
    """What is said of something: "Northwind Air: 3rd of 41"."""
    return t("%(name)s: %(said)s", name=name, said=said)


ORDINALS = {
    "fr": {"one": "{}re", "other": "{}e"},  # of "la place"
    "ro": {"other": "{}"},  # "locul 3"
    "pt": {"other": "{}.º"},
}
"""Of places, by CLDR's ordinal categories."""


def ordinal(value: int) -> str:
    """3 -> "3rd"; where a language has another word before it, the bare number."""
    locale = tongue.locale()
    if locale is not None:
        forms = ORDINALS[tongue.language()]
        return forms.get(locale.ordinal_form(value), forms["other"]).format(value)
    if value % 100 in (11, 12, 13):
        return f"{value}th"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def places(low: int, high: int, of: int) -> str:
    """A range of ranks in words: "3rd to 9th of 41"."""
    return t("%(places)s of %(of)s", places=place_range(low, high), of=number(of))


def place_range(low: int, high: int) -> str:
    """The same without how many there are: "3rd to 9th"."""
    if low == high:
        return ordinal(low)
    return t("%(first)s to %(last)s", first=ordinal(low), last=ordinal(high))


def listed(words: list[str]) -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return t("%(before)s and %(last)s", before=", ".join(words[:-1]), last=words[-1])


def french() -> bool:
    """Its percent sign stands apart by a narrow space, and the first of a month is an
    ordinal: CLDR knows neither."""
    return tongue.language() == "fr"
