"""What ``scoring.details.places`` keeps of a table, read for one of its brands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Against:
    """The other brands of a table as one of them sees them, the highest score first.

    ``open``: not to be told apart from it; each by itself, never as a group.
    """

    above: tuple[str, ...]
    open: tuple[str, ...]
    below: tuple[str, ...]

    def by_word(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield "surely_above", self.above
        yield "not_told_apart", self.open
        yield "surely_below", self.below


def against(said: Mapping[str, Any] | None, slug: str) -> Against | None:
    """None: the table's pairs are not told by name, or the brand is not ranked."""
    if said is None or slug not in said["slugs"]:
        return None
    slugs = said["slugs"]
    mine = slugs.index(slug)
    over = _places(said["above"][mine])
    under = {at for at, ends in enumerate(said["above"]) if mine in _places(ends)}
    return Against(
        tuple(slugs[at] for at in sorted(over)),
        tuple(
            other
            for at, other in enumerate(slugs)
            if at != mine and at not in over and at not in under
        ),
        tuple(slugs[at] for at in sorted(under)),
    )


def _places(ends: list[int]) -> set[int]:
    """Runs, first and last by turns, as the places in them."""
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return {place for first, last in pairs for place in range(first, last + 1)}
