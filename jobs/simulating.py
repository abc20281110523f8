"""Drawing worlds whose truth is known, on every core, and what it comes to as text."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from jobs import Failed
from scoring import VERSION
from scoring.method import METHOD
from scoring.simulation.cases import BY_NAME, WORLDS, World
from scoring.simulation.checking import Held, Key, batches, check, chosen, trials
from scoring.trials import OF_TABLES, Measured, Told, choices, lines

Moves = Callable[[int, int], None]
HEAD = ("method", "choices", "code", "seed", "worlds")
"""What is said of a run beside its figures."""


class Batch(NamedTuple):
    """Copies of a world that are drawn and published together."""

    world: str
    shape: str | None
    n: int | None
    blocks: list[tuple[int, int]]
    seed: int


def simulate(
    worlds: int = 200,
    seed: int = 1,
    names: Iterable[str] = (),
    shape: str | None = None,
    n: int | None = None,
    workers: int = 2,
    move: Moves = lambda _done, _total: None,
) -> Measured:
    """How often every published interval held: ``worlds`` copies of each world.

    ``names``: of these worlds alone. ``shape``, ``n``: brands of this shape or size
    alone, without tables of places. The same seed gives the same figures, whatever
    else is drawn and however many threads work at it. Raises Failed for a name, shape
    or size there is none of.
    """
    wanted = [_known(name) for name in names] or list(WORLDS)
    parts = [
        Batch(world.name, shape, n, blocks, seed)
        for world in wanted
        for blocks in batches(world, max(1, round(worlds * world.tables)))
        if chosen(world, shape, n).brands
    ]
    if not parts:
        raise Failed(_nobody(shape, n))
    found: dict[str, dict[Key, Held]] = {}
    total = sum(size for part in parts for _, size in part.blocks)
    done = 0
    with ThreadPoolExecutor(workers) as pool:
        for part, held in zip(parts, pool.map(counted, parts), strict=True):
            mine = found.setdefault(part.world, {})
            for key, each in held.items():
                mine.setdefault(key, Held()).add(each)
            done += sum(size for _, size in part.blocks)
            move(done, total)
    return Measured(
        method=METHOD.version,
        choices=choices(),
        code=VERSION,
        seed=seed,
        worlds=worlds,
        kinds=tuple(
            Told(world.name, world.says, world.clumps)
            for world in wanted
            if world.name in found
        ),
        trials=tuple(
            trial
            for name, held in found.items()
            for trial in trials(BY_NAME[name], held)
        ),
    )


def counted(part: Batch) -> dict[Key, Held]:
    """One batch, drawn, published and counted."""
    world = chosen(BY_NAME[part.world], part.shape, part.n)
    found = check(world, part.blocks, part.seed)
    if part.shape is None and part.n is None:
        return found
    return {key: held for key, held in found.items() if key[2] not in OF_TABLES}


def _known(name: str) -> World:
    if name not in BY_NAME:
        raise Failed(f"no world is called {name[:60]!r}; there are: {_all(BY_NAME)}")
    return BY_NAME[name]


def _nobody(shape: str | None, n: int | None) -> str:
    brands = [brand for world in WORLDS for brand in world.brands]
    shapes = dict.fromkeys(brand.shape.name for brand in brands)
    if shape is not None and shape not in shapes:
        return f"no brand has the shape {shape[:60]!r}; there are: {_all(shapes)}"
    sizes = ", ".join(map(str, sorted({brand.n for brand in WORLDS[0].brands})))
    return f"no such brand is written to {n} times; usual sizes are {sizes}"


def _all(names: Iterable[str]) -> str:
    return "; ".join(names)


def to_text(found: Measured, layout: str, by: str) -> str:
    """What was measured, ``by`` world or by shape of brand, as table, csv or json."""
    rows = list(_by_shape(found)) if by == "shape" else list(_by_world(found))
    if layout == "json":
        head = {name: getattr(found, name) for name in HEAD}
        return json.dumps(head | {"lines": rows}, ensure_ascii=False, indent=1) + "\n"
    if layout == "csv":
        file = io.StringIO()
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
        return file.getvalue()
    return _table(found, rows)


def _by_world(found: Measured) -> Iterator[dict[str, object]]:
    for line in lines(found):
        yield {name: _round(value) for name, value in line._asdict().items()}


def _by_shape(found: Measured) -> Iterator[dict[str, object]]:
    for trial in found.trials:
        if trial.cases:
            shares = {"share": _round(trial.share), "error": _round(trial.error)}
            yield trial._asdict() | shares


def _round(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def _table(found: Measured, rows: list[dict[str, object]]) -> str:
    """For people at a terminal: shares in per cent, and what they miss."""
    heads = list(rows[0])
    shown = [heads, *([_cell(name, row[name]) for name in heads] for row in rows)]
    widths = [max(len(row[at]) for row in shown) for at in range(len(heads))]
    text = "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        .rstrip() + "\n"
        for row in shown
    )  # fmt: skip
    return (
        text + f"\n{found.worlds} worlds of each kind, seed {found.seed}, method"
        f" {found.method}, code {found.code}. A share is how often the truth lay"
        " inside, error its Monte Carlo standard error.\n"
    )


_PER_CENT = {"share", "error", "worst_share", "worst_error"}


def _cell(name: str, value: object) -> str:
    if name in _PER_CENT and isinstance(value, float):
        return f"{100 * value:.1f} %"
    return "all" if name == "n" and value == 0 else str(value)
