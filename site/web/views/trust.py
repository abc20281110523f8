"""On /method: how often our intervals are right, and what hangs on our choices."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from model.words import FAMILIES, Level
from scoring import trials
from scoring.method import LIMITS, METHOD
from scoring.trials import Line, Measured
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data

SIZES = (50, 100, 400, 1_000)
SHARES = ("t1", "t2", "t3")
PLAIN_AT = 400

OTHERWISE = {
    "impatient": ("weighted the three limits 72, 12 and 16", "patience of complainers"),
    "lower_reading": (
        "read the surveys the other way",
        "nobody waits beyond the last limit the surveys asked about",
    ),
    "equal": ("given every limit the same weight", ""),
    "only_t1": ("counted only answers within {0}", ""),
    "only_t2": ("counted only answers within {1}", ""),
    "only_t3": ("counted only answers within {2}", "at whatever speed"),
    "speed_alone": (
        "looked only at how fast the answered were answered",
        "and forgotten everybody else",
    ),
    "weekdays": ("left out what was asked on Saturdays and Sundays", ""),
    "no_busiest_day": ("left out each brand’s busiest day", ""),
    "messages": ("counted every message instead of every person", ""),
    "all_kinds": ("counted messages of every kind", "compliments included"),
}
"""What else we could have done, and a note; {0} to {2} are the family's limits."""


def blocks(desk: Desk) -> tuple[Block, ...]:
    """Both, as parts of the page. Of choices only where an edition says something."""
    return (*_right(desk), *_choices(desk))


def table(desk: Desk) -> Data:
    """Every line of the measurement."""
    rows = tuple(
        tuple(_rounded(value) for value in line)
        for line in trials.lines(trials.measured())
    )
    return Data(Line._fields, rows, {"worlds": trials.measured().worlds})


def _rounded(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def _right(desk: Desk) -> Iterator[Block]:
    found = trials.measured()
    by = {(line.world, line.n, line.figure): line for line in trials.lines(found)}
    yield Block(
        id="right",
        title="How often we are right",
        text=_how(found, max(by[key].error for key in by if key[2] == "score")),
        table=_table(
            "How often the interval of the score held the truth, by how often the"
            " brand is written to",
            (*_sizes(), "Without regard to clumps"),
            [
                (
                    kind,
                    [
                        *(by.get((kind.name, n, "score")) for n in SIZES),
                        by.get((kind.name, PLAIN_AT, "plain")),
                    ],
                )
                for kind in found.kinds
            ],
        ),
        links=desk.downloads("/method/right"),
    )
    yield Block(
        id="right-shares",
        title="The same for shares",
        text=("Of the shares answered within the three limits, the one held least.",),
        table=_table(
            "How often the interval of a share held the truth",
            _sizes(),
            [
                (
                    kind,
                    [_least(by, kind.name, n) for n in SIZES],
                )
                for kind in found.kinds
            ],
        ),
    )
    yield Block(
        id="right-changes",
        title="The same for changes",
        text=(
            "Two quarters of the same brand, which goes on as it did: how often the"
            " interval of the change of its score held the true change. Except for"
            " waves that is none, so one is called wrongly in all other cases. In lists"
            " and feeds it takes more for a change to be called.",
        ),
        table=_table(
            "How often the interval of a change held the true change",
            _sizes(),
            [
                (kind, [by.get((kind.name, n, "change")) for n in SIZES])
                for kind in found.kinds
            ],
        ),
    )
    yield _together(found, by)
    missed = tuple(_missed(list(by.values())))
    yield Block(
        id="right-missed",
        title="Where we miss",
        text=missed or ("Nowhere, as far as so many worlds can say.",),
    )


def _how(found: Measured, error: float) -> tuple[str, ...]:
    low, high, floor, places = (
        f"{100 * limit:g} %" for limit in (*trials.MEAN, trials.FLOOR, trials.PLACES)
    )
    said = [
        "Nobody knows the truth about real brands. So we invent some, whose habits we"
        " set: they answer 6 of a hundred people or 97, within minutes or days, and are"
        " written to 50, 100, 400 or 1,000 times in a quarter. What people wrote is"
        " counted as a real edition is, and we look whether the printed interval holds"
        " what we had set.",
        f"An interval of {words.percent(METHOD.confidence.value)} should hold it 95"
        f" times in a hundred. In the mean over brands we want {low} to {high}, for"
        f" every single kind of brand {floor} where messages do"
        " not come in clumps, and all places of a table right together"
        f" {places} of the time. The last column shows what the"
        " usual formula would do, which takes every message for itself.",
        f"Measured for version {found.method} of the method with code {found.code}:"
        f" {words.number(found.worlds)} quarters of each kind, seed {found.seed}. By"
        f" chance a figure may be off by {200 * error:.1f} points.",
    ]
    if found.method != METHOD.version or found.choices != trials.choices():
        said.append("It has not been measured again since the method changed.")
    return tuple(said)


def _sizes() -> tuple[str, ...]:
    return tuple(f"{words.number(n)} messages" for n in SIZES)


def _table(
    caption: str,
    headings: tuple[str, ...],
    rows: Sequence[tuple[trials.Told, Sequence[Line | None]]],
) -> Table:
    """A line a kind of world; worlds that say nothing here are left out."""
    return Table(
        caption=caption,
        headings=("What happens", *headings),
        rows=tuple(
            (_name(kind), *(_share(line) for line in lines))
            for kind, lines in rows
            if any(lines)
        ),
    )


def _name(kind: trials.Told) -> Cell:
    return Cell(text=kind.name, note=kind.says)


def _share(line: Line | None) -> Cell:
    if line is None:
        return Cell(text="–", number=True)
    return Cell(text=_per_cent(line.share), number=True, note=line.missed)


def _per_cent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _least(by: dict[tuple[str, int, str], Line], world: str, n: int) -> Line | None:
    lines = [by[key] for t in SHARES if (key := (world, n, t)) in by]
    return min(lines, key=lambda line: line.share, default=None)


def _together(found: Measured, by: dict[tuple[str, int, str], Line]) -> Block:
    rows = []
    for kind in found.kinds:
        places = by[kind.name, 0, "places"]
        rows.append(
            (
                _name(kind),
                _share(places),
                Cell(text=f"{places.width:.1f}", number=True),
                _share(by.get((kind.name, 0, "industry"))),
            )
        )
    return Block(
        id="right-places",
        title="The same for places",
        text=(
            "A table is right when no brand’s range leaves out a place it may truly"
            " have: one wrong range spoils it. Beside it, how often the interval of an"
            " industry’s mean held the mean of its brands’ true scores.",
        ),
        table=Table(
            caption="How often all places of a table were right, and industries’ means",
            headings=(
                "What happens",
                "All places right",
                "Places in a range, mean",
                "Industry’s mean",
            ),
            rows=tuple(rows),
        ),
    )


def _missed(lines: list[Line]) -> Iterator[str]:
    """A sentence for each kind of world and way of missing."""
    wrong = [
        (line.world, word, line)
        for line in lines
        for word in line.missed.split("; ")
        if word
    ]
    wrong.sort(key=lambda miss: miss[:2])
    for (world, word), misses in groupby(wrong, key=lambda miss: miss[:2]):
        yield _sentence(world, word, [line for _, _, line in misses])


def _sentence(world: str, word: str, lines: list[Line]) -> str:
    single = word.startswith("too seldom for")
    held = [line.worst_share if single else line.share for line in lines]
    names = dict.fromkeys(_figure(line.figure) for line in lines)
    sizes = sorted({line.n for line in lines} - {0})
    range_ = _per_cent(min(held))
    if _per_cent(max(held)) != range_:
        range_ = f"{range_[:-2]} to {_per_cent(max(held))}"
    where = f" at {words.listed([words.number(n) for n in sizes])} messages"
    return (
        f"{world[0].upper()}{world[1:]}: {word}, {range_} for"
        f" {words.listed(list(names))}{where if sizes else ''}."
    )


def _figure(figure: str) -> str:
    said = {
        "ranked": "the score of ranked brands",
        "places": "the places of a table",
        "industry": "an industry’s mean",
        "change": "changes",
    }
    return said.get(figure, "shares" if figure in SHARES else "the score")


def _choices(desk: Desk) -> Iterator[Block]:
    """What hangs on our choices, for each family with an order of brands."""
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
    brands, pairs = words.counted(said["brands"], "brand"), said["pairs"]
    return Block(
        id=f"choices-{family}",
        title=f"What hangs on our choices: {words.family_title(family).lower()}",
        text=(
            f"The {brands} that edition {desk.edition.name} ranks {place} make"
            f" {words.counted(pairs, 'pair')}; of {words.number(said['apart'])} the"
            " intervals say surely who is above whom. Had we counted in another way,"
            " this is how their order would differ. Kendall’s tau is 1 where two orders"
            " are the same and 0 where they have nothing to do with each other.",
        ),
        table=Table(
            caption=f"The order of brands {place}, had we counted in another way",
            headings=(
                "Had we",
                "Kendall’s tau",
                "Pairs that swap",
                "Of those surely apart",
                "Places moved, median",
                "At most",
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
    limits = next(limits for key, limits in LIMITS.items() if key.value == family)
    waits = [words.limit(each) for each in (limits.t1, limits.t2, limits.t3)]
    tau = "–" if each["tau"] is None else f"{each['tau']:.2f}"
    swapped = _per_cent(each["swapped"] / said["pairs"])
    return (
        Cell(text=text.format(*waits), note=note),
        Cell(text=tau, number=True),
        Cell(text=swapped, number=True, note=words.number(each["swapped"])),
        Cell(text=words.number(each["apart"]), number=True),
        Cell(text=f"{each['moved']:g}", number=True),
        Cell(text=str(each["most"]), number=True),
    )
