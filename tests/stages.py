"""Channels on small servers of the tests, all alike: what `test_hostile` needs of each.

A channel that is looked at has a module `tests/<slug>_server.py` with

    @contextmanager
    def stage(server: Server, now: int) -> Iterator[Stage]:

which puts honest answers into ``server`` for one look at the second ``now``, such that
the look asks for everything the channel ever asks for, finds at least one inquiry and
has nothing to complain of. Faults are then put before those answers.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from local_server import Server
from model.entries import StaffEntry


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How to bring a channel to a server, and what to ask it for.

    ``endless`` turns its lists into ones without an end, each page good by itself; for
    a channel that reads no lists, a sentence that says so.
    """

    accounts: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    endless: Callable[[], None] | str
    staff: tuple[StaffEntry, ...] = ()
    never: tuple[str, ...] = ()  # what nothing may say, beside the keys in settings
    people: tuple[
        str, ...
    ] = ()  # what it says of people otherwise than in JSON records


Set = Callable[[Server, int], AbstractContextManager[Stage]]


def stage_of(slug: str) -> Set | None:
    """The stage of a channel; None: it has none yet."""
    name = f"{slug}_server"
    if find_spec(name) is None:
        return None
    found: Set | None = getattr(import_module(name), "stage", None)
    return found


def staged(slugs: list[str]) -> Iterator[str]:
    """Those of some channels that have a stage."""
    return (slug for slug in slugs if stage_of(slug) is not None)
