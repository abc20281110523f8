"""Something to see while a long command works, where there is a terminal."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def busy(what: str) -> Iterator[None]:
    """A line with the time it has taken so far; nothing without a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from tqdm import tqdm

    done = threading.Event()
    with tqdm(desc=what, bar_format="{desc} {elapsed}", leave=False) as line:

        def tick() -> None:
            while not done.wait(0.5):
                line.refresh()

        clock = threading.Thread(target=tick, daemon=True)
        clock.start()
        try:
            yield
        finally:
            done.set()
            clock.join()


@contextmanager
def counted(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A bar, moved by calling what is yielded with what is done and what there is."""
    from tqdm import tqdm

    with tqdm(unit=f" {unit}", leave=False, disable=not sys.stderr.isatty()) as bar:

        def move(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield move
