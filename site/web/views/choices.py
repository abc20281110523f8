"""On /method: what hangs on our choices, for each family with an order of brands."""

from collections.abc import Iterator
from typing import Any

from model.words import FAMILIES, Family, Level
from scoring.method import LIMITS
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tongue import mark, t

NONE = "–"

TITLES = {
    Family.SOCIAL: mark("What hangs on our choices: social networks"),
    Family.REVIEWS: mark("What hangs on our choices: reviews"),
    Family.SUPPORT: mark("What hangs on our choices: support forums"),
    Family.COMPLAINTS: mark("What hangs on our choices: complaint boards"),
    Family.AUDIT: mark("What hangs on our choices: field studies"),
}

OTHERWISE = {
    "impatient": (
        mark("weighted the three limits 72, 12 and 16"),
        mark("patience of complainers"),
    ),
    "lower_reading": (
        mark("read the surveys the other way"),
        mark("nobody waits beyond the last limit the surveys asked about"),
    ),
    "equal": (mark("given every limit the same weight"), ""),
    "only_t1": (mark("counted only answers within %(first)s"), ""),
    "only_t2": (mark("counted only answers within %(second)s"), ""),
    "only_t3": (
        mark("counted only answers within %(third)s"),
        mark("at whatever speed"),
    ),
    "speed_alone": (
        mark("looked only at how fast the answered were answered"),
        mark("and forgotten everybody else"),
    ),
    "weekdays": (mark("left out what was asked on Saturdays and Sundays"), ""),
    "no_busiest_day": (mark("left out each brand’s busiest day"), ""),
    "messages": (mark("counted every message instead of every person"), ""),
    "all_kinds": (
        mark("counted messages of every kind"),
        mark("compliments included"),
    ),
}
"""What else we could have done, and a note. The limits are the family's."""


def blocks(desk: Desk) -> Iterator[Block]:
    """As parts of the page, where the edition says something."""
    if desk.edition is None:
        return
    said = desk.book.details(Level.BRAND, "")
    for family in FAMILIES:
        found = said.get(("sensitivity", family.value, ""))
        if found is not None:
            yield _of_family(desk, family.value, found)


def _of_family(desk: Desk, family: str, said: dict[str, Any]) -> Block:
    assert desk.edition is not None
    place = words.family_place(family)
    return Block(
        id=f"choices-{family}",
        title=t(TITLES[Family(family)]),
        text=(
            t(
                "The %(brands)s that edition %(edition)s ranks %(place)s make"
                " %(pairs)s; of %(apart)s the intervals say surely who is above whom."
                " Had we counted in another way, this is how their order would differ."
                " Kendall’s tau is 1 where two orders are the same and 0 where they"
                " have nothing to do with each other.",
                brands=words.counted(said["brands"], "brand", "brands"),
                edition=desk.edition.name,
                place=place,
                pairs=words.counted(said["pairs"], "pair", "pairs"),
                apart=words.number(said["apart"]),
            ),
        ),
        table=Table(
            caption=t(
                "The order of brands %(place)s, had we counted in another way",
                place=place,
            ),
            headings=(
                t("Had we"),
                t("Kendall’s tau"),
                t("Pairs that swap"),
                t("Of those surely apart"),
                t("Places moved, median"),
                t("At most"),
            ),
            rows=tuple(
                _other(family, name, each, said)
                for name, each in sorted(
                    said["variants"].items(), key=lambda item: _order(item[0])
                )
            ),
        ),
    )


def _order(name: str) -> int:
    return list(OTHERWISE).index(name)


def _other(
    family: str, name: str, each: dict[str, Any], said: dict[str, Any]
) -> tuple[Cell, ...]:
    text, note = OTHERWISE[name]
    limits = LIMITS[Family(family)]
    swapped = words.exact(each["swapped"] / said["pairs"], 1)
    tau = NONE if each["tau"] is None else words.decimal(each["tau"], 2)
    half = each["moved"] % 1  # a median lies on a place, or between two
    return (
        Cell(
            text=t(
                text,
                first=words.limit(limits.t1),
                second=words.limit(limits.t2),
                third=words.limit(limits.t3),
            ),
            note=t(note) if note else "",
        ),
        Cell(text=tau, number=True),
        Cell(text=swapped, number=True, note=words.number(each["swapped"])),
        Cell(text=words.number(each["apart"]), number=True),
        Cell(text=words.decimal(each["moved"], 1 if half else 0), number=True),
        Cell(text=words.number(each["most"]), number=True),
    )
