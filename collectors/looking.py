"""What a look at a channel is given: all it may use, so that it asks nothing else."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from collectors.base import Accounts
from collectors.http import Http
from model.frames import empty
from model.looks import OPEN

KnownSince = Callable[[Collection[tuple[str, int]]], Mapping[tuple[str, int], int]]
"""Of these conversations (account, hashing.key), those the store holds, and the second
in which each was opened."""

OpenSince = Callable[[int], pl.DataFrame]
"""The channel's inquiries asked since a second that nobody deleted, as ``OPEN``."""


def none_open(_since: int) -> pl.DataFrame:
    return empty(OPEN)


Spend = Callable[[str, int], int]
"""Adds to what was spent of a budget (its name, how much) and says how much that is
now. Kept at once, whatever becomes of the look; see ``spending``."""


def free(_budget: str, _amount: int) -> int:
    """Nothing costs anything."""
    return 0


class Stopped(Exception):
    """The process is asked to end. Nothing of the look is kept; nothing is lost."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One look. ``options`` are the channel's settings, without its slug in front."""

    accounts: Accounts
    http: Http
    secret: bytes
    started_us: int  # microseconds since the epoch: "now" for the whole look
    cursors: Mapping[str, str]
    options: Mapping[str, Any]
    known: KnownSince
    open_since: OpenSince = none_open
    horizon: int = 0  # seconds an inquiry is given to be answered; 0: not said
    spend: Spend = free
    stopped: Callable[[], bool] = lambda: False
