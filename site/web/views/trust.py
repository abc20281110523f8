"""On /method: how often our intervals are right."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from scoring import trials
from scoring.method import METHOD
from scoring.trials import Line, Measured
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data
from web.tongue import mark, t

SIZES = (50, 100, 400, 1_000)
SHARES = ("t1", "t2", "t3")
PLAIN_AT = 400

NONE = "–"
Lines = dict[tuple[str, int, str], Line]
"""By world, messages and figure."""

MISSED = {
    "too seldom": mark("too seldom"),
    "wider than needed": mark("wider than needed"),
}
"""As the measurement says it; anything else it says is of one kind of brand."""

SHAPES = {
    "6 % answered": mark("6 % answered"),
    "1 in 8": mark("1 in 8"),
    "half, slowly": mark("half, slowly"),
    "half, fast": mark("half, fast"),
    "good": mark("good"),
    "top": mark("top"),
}
SPEEDS = {
    "within t1": mark("%(share)s within the first limit"),
    "within t2": mark("%(share)s within the second limit"),
    "within t3": mark("%(share)s within the third limit"),
    "mostly fast": mark("%(share)s mostly fast"),
    "mostly slowly": mark("%(share)s mostly slowly"),
    "at any speed": mark("%(share)s at any speed"),
}
"""Kinds of brands in the measurement: how many they answer, and how soon."""

FIGURES = {
    "ranked": mark("the score of ranked brands"),
    "places": mark("the places of a table"),
    "industry": mark("an industry’s mean"),
    "change": mark("changes"),
}
A_SHARE = mark("shares")
THE_SCORE = mark("the score")


def blocks(desk: Desk) -> tuple[Block, ...]:
    """As parts of the page."""
    return tuple(_right(desk))


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
        title=t("How often we are right"),
        text=_how(found, max(by[key].error for key in by if key[2] == "score")),
        table=_table(
            t(
                "How often the interval of the score held the truth, by how often the"
                " brand is written to"
            ),
            (*_sizes(), t("Without regard to clumps")),
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
    yield _of_shares(found, by)
    yield _of_changes(found, by)
    yield _together(found, by)
    missed = tuple(_missed(list(by.values())))
    yield Block(
        id="right-missed",
        title=t("Where we miss"),
        text=missed or (t("Nowhere, as far as so many worlds can say."),),
    )


def _of_shares(found: Measured, by: Lines) -> Block:
    return Block(
        id="right-shares",
        title=t("The same for shares"),
        text=(
            t("Of the shares answered within the three limits, the one held least."),
        ),
        table=_table(
            t("How often the interval of a share held the truth"),
            _sizes(),
            [(kind, [_least(by, kind.name, n) for n in SIZES]) for kind in found.kinds],
        ),
    )


def _of_changes(found: Measured, by: Lines) -> Block:
    return Block(
        id="right-changes",
        title=t("The same for changes"),
        text=(
            t(
                "Two quarters of the same brand, which goes on as it did: how often the"
                " interval of the change of its score held the true change. Except for"
                " waves that is none, so one is called wrongly in all other cases. In"
                " lists and feeds it takes more for a change to be called."
            ),
        ),
        table=_table(
            t("How often the interval of a change held the true change"),
            _sizes(),
            [
                (kind, [by.get((kind.name, n, "change")) for n in SIZES])
                for kind in found.kinds
            ],
        ),
    )


def _how(found: Measured, error: float) -> tuple[str, ...]:
    low, high, floor, places = (
        words.exact(limit) for limit in (*trials.MEAN, trials.FLOOR, trials.PLACES)
    )
    said = [
        t(
            "Nobody knows the truth about real brands. So we invent some, whose habits"
            " we set: they answer 6 of a hundred people or 97, within minutes or days,"
            " and are written to 50, 100, 400 or 1,000 times in a quarter. What people"
            " wrote is counted as a real edition is, and we look whether the printed"
            " interval holds what we had set."
        ),
        t(
            "An interval of %(sure)s should hold it 95 times in a hundred. In the mean"
            " over brands we want %(low)s to %(high)s, for every single kind of brand"
            " %(floor)s where messages do not come in clumps, and all places of a table"
            " right together %(places)s of the time. The last column shows what the"
            " usual formula would do, which takes every message for itself.",
            sure=words.percent(METHOD.confidence.value),
            low=low,
            high=high,
            floor=floor,
            places=places,
        ),
        t(
            "Measured for version %(method)s of the method with code %(code)s:"
            " %(worlds)s quarters of each kind, seed %(seed)s. By chance a figure may"
            " be off by %(points)s points.",
            method=found.method,
            code=found.code,
            worlds=words.number(found.worlds),
            seed=found.seed,
            points=words.decimal(200 * error),
        ),
    ]
    if found.method != METHOD.version or found.choices != trials.choices():
        said.append(t("It has not been measured again since the method changed."))
    return tuple(said)


def _sizes() -> tuple[str, ...]:
    return tuple(words.counted(n, "message", "messages") for n in SIZES)


def _table(
    caption: str,
    headings: tuple[str, ...],
    rows: Sequence[tuple[trials.Told, Sequence[Line | None]]],
) -> Table:
    """A line a kind of world; worlds that say nothing here are left out."""
    return Table(
        caption=caption,
        headings=(t("What happens"), *headings),
        rows=tuple(
            (_name(kind), *(_share(line) for line in lines))
            for kind, lines in rows
            if any(lines)
        ),
    )


def _name(kind: trials.Told) -> Cell:
    return Cell(text=t(kind.name), note=t(kind.says))


def _share(line: Line | None) -> Cell:
    if line is None:
        return Cell(text=NONE, number=True)
    missed = "; ".join(_miss(line, said) for said in _misses(line))
    return Cell(text=words.exact(line.share, 1), number=True, note=missed)


def _misses(line: Line) -> list[str]:
    """What of the targets it misses, as the measurement says it."""
    return line.missed.split("; ") if line.missed else []


def _single(said: str) -> bool:
    """Whether it misses for one kind of brand alone."""
    return said not in MISSED


def _miss(line: Line, said: str) -> str:
    if _single(said):
        return t("too seldom for “%(kind)s”", kind=_shape(line.worst))
    return t(MISSED[said])


def _shape(name: str) -> str:
    """A kind of brand, by its habits: "30 % within t2"."""
    if name in SHAPES:
        return t(SHAPES[name])
    share, _, speed = name.partition(" % ")
    if speed in SPEEDS:
        return t(SPEEDS[speed], share=words.per_cent(int(share)))
    return name


def _least(by: Lines, world: str, n: int) -> Line | None:
    lines = [by[key] for figure in SHARES if (key := (world, n, figure)) in by]
    return min(lines, key=lambda line: line.share, default=None)


def _together(found: Measured, by: Lines) -> Block:
    rows = []
    for kind in found.kinds:
        places = by[kind.name, 0, "places"]
        rows.append(
            (
                _name(kind),
                _share(places),
                Cell(text=words.decimal(places.width), number=True),
                _share(by.get((kind.name, 0, "industry"))),
            )
        )
    return Block(
        id="right-places",
        title=t("The same for places"),
        text=(
            t(
                "A table is right when no brand’s range leaves out a place it may truly"
                " have: one wrong range spoils it. Beside it, how often the interval of"
                " an industry’s mean held the mean of its brands’ true scores."
            ),
        ),
        table=Table(
            caption=t(
                "How often all places of a table were right, and industries’ means"
            ),
            headings=(
                t("What happens"),
                t("All places right"),
                t("Places in a range, mean"),
                t("Industry’s mean"),
            ),
            rows=tuple(rows),
        ),
    )


def _missed(lines: list[Line]) -> Iterator[str]:
    """A sentence for each kind of world and way of missing."""
    wrong = [(line.world, said, line) for line in lines for said in _misses(line)]
    wrong.sort(key=lambda miss: miss[:2])
    for (world, said), misses in groupby(wrong, key=lambda miss: miss[:2]):
        yield _sentence(world, said, [line for _, _, line in misses])


def _sentence(world: str, said: str, lines: list[Line]) -> str:
    held = [line.worst_share if _single(said) else line.share for line in lines]
    low, high = words.exact(min(held), 1), words.exact(max(held), 1)
    share = low
    if low != high:
        low = words.decimal(100 * min(held))
        share = t("%(first)s to %(last)s", first=low, last=high)
    figures = dict.fromkeys(t(_figure(line.figure)) for line in lines)
    name = t(world)
    told = {
        "world": f"{name[:1].upper()}{name[1:]}",
        "missed": _miss(lines[0], said),
        "share": share,
        "figures": words.listed(list(figures)),
    }
    sizes = [words.number(n) for n in sorted({line.n for line in lines} - {0})]
    if not sizes:
        return t("%(world)s: %(missed)s, %(share)s for %(figures)s.", **told)
    return t(
        "%(world)s: %(missed)s, %(share)s for %(figures)s at %(sizes)s messages.",
        **told,
        sizes=words.listed(sizes),
    )


def _figure(figure: str) -> str:
    said = FIGURES.get(figure, "")
    return said or (A_SHARE if figure in SHARES else THE_SCORE)
