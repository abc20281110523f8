"""How often the truth lay inside: read from ``trials.json``, never typed in.

`make coverage` measures it in worlds whose truth is known (``scoring.simulation``) and
writes the file. Light on purpose: the website imports this module.
"""

import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from itertools import groupby
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from scoring.method import METHOD

FILE = Path(__file__).parent / "trials.json"

MEAN = (0.94, 0.975)
"""Wanted of a 95 % interval in the mean over shapes of brands, from n = 50 on."""

FLOOR = 0.925
"""Wanted for every single shape where messages do not come in clumps."""

PLACES = 0.95
"""Wanted, at least, of all the ranges of places of a table together."""

FIGURES = ("score", "ranked", "t1", "t2", "t3", "change", "plain", "places", "industry")
"""Whose interval: the score's, the score's of ranked brands alone, those of the shares
answered within each limit, that of the change between two quarters of one habit of a
brand ranked in both, for comparison the score's as if every message stood for itself;
of a table, all ranges of places together, and the mean score of an industry's ranked
brands."""

OF_TABLES = ("places", "industry")


class Trial(NamedTuple):
    """One kind of brand in one world: how many intervals, and how many held."""

    world: str
    n: int  # messages written to the brand; 0: brands of all sizes together
    shape: str  # '' of a whole table
    figure: str  # one of FIGURES
    cases: int
    held: int
    width: float  # mean; of a score in points, of a share in per cent, of places

    @property
    def share(self) -> float:
        """How often the interval held; NaN when there was none."""
        return self.held / self.cases if self.cases else float("nan")

    @property
    def error(self) -> float:
        """Monte Carlo standard error of ``share``, with two intervals added that held
        and two that did not (Agresti and Coull, American Statistician 52 (1998),
        119-126), so that ten of ten are no certainty."""
        share = (self.held + 2) / (self.cases + 4)
        return sqrt(share * (1 - share) / (self.cases + 4))


class Line(NamedTuple):
    """One figure of one world and size, over all shapes of brands."""

    world: str
    n: int
    figure: str
    cases: int
    share: float  # mean over the shapes
    error: float
    worst: str  # the shape in which it held least often; '' of a whole table
    worst_share: float
    worst_error: float
    width: float
    missed: str  # '', or what of the targets is missed, in words


class Told(NamedTuple):
    """A kind of world, as readers are told of it."""

    name: str
    says: str
    clumps: bool  # its messages come in clumps


class Measured(NamedTuple):
    """What one run of the simulation came to."""

    method: str  # version of the method
    choices: str  # digest of what it chose that decides on intervals
    code: str
    seed: int
    worlds: int  # of each kind
    kinds: tuple[Told, ...]
    trials: tuple[Trial, ...]


TESTED = (
    "weights", "limits_social", "confidence", "prior", "fewest_inquiries",
    "fewest_people", "fewest_days", "lowest_coverage", "fewest_brands",
)  # fmt: skip
"""The choices of the method that decide on intervals and on who is ranked."""


def choices() -> str:
    """Digest of those choices, so that a table can name what it tested."""
    numbers = {name: METHOD.choices()[name].value for name in TESTED}
    return sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:16]


@cache
def measured() -> Measured:
    """What the last release measured."""
    return from_json(FILE.read_text(encoding="utf-8"))


def to_json(found: Measured) -> str:
    """One line a trial, so that two runs can be compared by eye."""
    head = found._asdict() | {"columns": Trial._fields}
    kinds, rows = (
        ",\n".join(json.dumps(row, ensure_ascii=False) for row in head.pop(name))
        for name in ("kinds", "trials")
    )
    return (
        json.dumps(head)[:-1]
        + f',\n"kinds": [\n{kinds}\n],\n"trials": [\n{rows}\n]}}\n'
    )


def from_json(text: str) -> Measured:
    """The way back from ``to_json``."""
    said = json.loads(text)
    kinds = tuple(Told(*row) for row in said.pop("kinds"))
    trials = tuple(Trial(*row) for row in said.pop("trials"))
    del said["columns"]
    return Measured(**said, kinds=kinds, trials=trials)


def lines(found: Measured) -> Iterator[Line]:
    """One line for each figure of each kind of world and size, in their order."""
    order = {kind.name: at for at, kind in enumerate(found.kinds)}
    clumps = {kind.name: kind.clumps for kind in found.kinds}

    def place(trial: Trial) -> tuple[int, int, int]:
        return order[trial.world], trial.n, FIGURES.index(trial.figure)

    for (world, n, figure), part in groupby(
        sorted(found.trials, key=place),
        lambda trial: (trial.world, trial.n, trial.figure),
    ):
        shapes = [trial for trial in part if trial.cases]
        if shapes:
            yield _line(world, n, figure, shapes, floor=not clumps[world])


def _line(world: str, n: int, figure: str, shapes: list[Trial], *, floor: bool) -> Line:
    worst = min(shapes, key=lambda trial: trial.share)
    share = sum(trial.share for trial in shapes) / len(shapes)
    error = sqrt(sum(trial.error**2 for trial in shapes)) / len(shapes)
    line = Line(
        world=world,
        n=n,
        figure=figure,
        cases=sum(trial.cases for trial in shapes),
        share=share,
        error=error,
        worst=worst.shape,
        worst_share=worst.share,
        worst_error=worst.error,
        width=sum(trial.width for trial in shapes) / len(shapes),
        missed="",
    )
    return line._replace(missed="; ".join(_missed(line, floor=floor)))


def _missed(line: Line, *, floor: bool) -> Iterator[str]:
    """What of the targets a line misses. Within two Monte Carlo errors of a target it
    cannot be said; then it is not called missed."""
    if line.figure == "plain":  # nobody claims it
        return
    low, high = (PLACES, 1.0) if line.figure == "places" else MEAN
    if line.share + 2 * line.error < low:
        yield "too seldom"
    if line.share - 2 * line.error > high:
        yield "wider than needed"
    single = line.figure not in (*OF_TABLES, "change", "ranked")
    if floor and single and line.worst_share + 2 * line.worst_error < FLOOR:
        yield f"too seldom for “{line.worst}”"
