"""A large new edition is opened beside the one that is shown, so that no reader waits.

Reading ten thousand brands takes a moment. Until that is done readers see the edition
before, which is as true as it was.
"""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from store import StoreError

if TYPE_CHECKING:
    from web.source import Library

log = logging.getLogger(__name__)

LARGE = 1_000
"""Brands; smaller editions are opened by their first reader within 100 ms."""

Opens = Callable[["Library"], None]


class Beside:
    """``opens`` reads what pages need of an edition; without it nothing is opened."""

    def __init__(self, opens: Opens | None = None) -> None:
        self._opens = opens
        self._coming: Library | None = None
        self._thread = threading.Thread()

    def shown(self, held: "Library", found: "Library") -> "Library":
        """``found``, or ``held`` for as long as that is being opened."""
        if self._opens is None or not _worth_it(held, found):
            return found
        if self._coming is None or self._coming.version != found.version:
            self._coming = found
            self._thread = threading.Thread(target=self._open, args=[found])
            self._thread.start()
        return held if self._thread.is_alive() else self._coming

    def wait(self) -> None:
        """Until nothing is being opened."""
        if self._thread.ident is not None:
            self._thread.join()

    def _open(self, library: "Library") -> None:
        assert self._opens is not None
        try:
            self._opens(library)
        except (SQLAlchemyError, StoreError, OSError) as problem:
            # Its first reader tries again, and is told.
            log.warning("the new edition could not be opened: %s", problem)


def _worth_it(held: "Library", found: "Library") -> bool:
    """Whether there is something to show meanwhile, and something to wait for."""
    return (
        held.current is not None
        and found.current is not None
        and found.version != held.version
        and found.current.brands >= LARGE
    )
