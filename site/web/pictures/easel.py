"""How many pictures one process draws: pages come first."""

import threading
from collections import deque
from dataclasses import dataclass, field

from web.errors import Busy

MOST, WITHIN_S = 60, 60.0
"""So many within so many seconds: a fifth of a processor's time or so. Who walks
through all pictures waits, and pages do not."""


@dataclass
class Easel:
    most: int = MOST
    _drawn: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def turn(self, now: float) -> None:
        """Takes the turn of another picture; ``now`` in seconds of any clock that only
        goes forward. Raises Busy."""
        with self._lock:
            while self._drawn and now - self._drawn[0] >= WITHIN_S:
                self._drawn.popleft()
            if len(self._drawn) >= self.most:
                first = self._drawn[0] if self._drawn else now
                raise Busy(1 + int(WITHIN_S - (now - first)))
            self._drawn.append(now)
