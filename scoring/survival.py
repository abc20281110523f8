"""The share answered by time waited, for every brand at once.

Up to the horizon it is a count: all counted inquiries were watched so long. Beyond it
those still unanswered are watched for unlike times, and the share is estimated as
Kaplan and Meier did (JASA 53 (1958), 457-481): of those still watched and unanswered
at a moment, which part is answered then? The unanswered leave at their
``watched_until``; who is answered at that very second was answered.

Inquiries are counted by account; accounts are then added up to whatever is asked of.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from scoring.intervals import Floats, Ints, Z, share_limits
from scoring.method import METHOD

TIMES = np.array(METHOD.curve_times.value, dtype=np.int64)
"""Seconds waited at which a curve is read: whole minutes, ascending."""

FAREST = int(TIMES[-1])
NEVER = 2**31 - 1
"""A wait without an end that is known."""

MINUTE = 60
_MINUTES = np.arange(FAREST // MINUTE + 2)
NEXT = np.searchsorted(TIMES // MINUTE, _MINUTES).astype(np.int32)
"""By whole minutes, rounded up: place of the first time that is not before them."""
PAST = np.searchsorted(TIMES // MINUTE, _MINUTES, side="right").astype(np.int32)
"""By whole minutes, rounded down: how many of the times are not after them."""

ROUGH = 0.002
"""Twenty units of the last printed decimal of a share."""

END_BITS = FAREST.bit_length()


@dataclass(frozen=True, slots=True)
class Watched:
    """Inquiries by group (an account, or what accounts were added up to)."""

    n: Ints  # (groups,)
    answered: Ints  # (groups, times): within the time; beyond the horizon of no use
    seen: Ints  # (groups, times): watched at least so long, answered or not
    late: Ints  # group of each inquiry unanswered at its horizon, ended by FAREST
    end: Ints  # seconds to its answer, or to the end of our watch
    silent: NDArray[np.bool_]  # it was the end of our watch


@dataclass(frozen=True, slots=True)
class Curves:
    share: Floats  # (groups, times)
    defined: NDArray[np.bool_]  # (groups, times): somebody was there to be answered


def watched(
    account: NDArray[np.int32],
    wait: NDArray[np.int32],
    watch: NDArray[np.int32],
    horizon: Ints,
) -> Watched:
    """Inquiries counted by account: one element each of ``account``, ``wait`` (seconds;
    NEVER) and ``watch`` (seconds it was watched, at least a horizon; less, or below
    nought, only where nothing but answers is known).

    ``horizon`` by account number, in seconds. An answer after the end of our watch is
    not known to have come: nobody looked for those that did not.
    """
    accounts, top = len(horizon), len(_MINUTES) - 1
    up = np.minimum((np.minimum(wait, FAREST + 1) + MINUTE - 1) // MINUTE, top)
    answered = _histogram(account, NEXT[up], accounts)
    few = np.flatnonzero(watch < FAREST)
    # What is known only by its answer may never have been watched.
    watched = np.maximum(watch[few], 0) // MINUTE
    gone = _histogram(account[few], PAST[watched], accounts)
    n = answered.sum(1)
    end = np.minimum(wait, watch)
    late = np.flatnonzero((wait > horizon.astype(np.int32)[account]) & (end <= FAREST))
    return Watched(
        n=n,
        answered=answered[:, :-1].cumsum(1),
        seen=n[:, None] - gone[:, :-1].cumsum(1),
        late=account[late].astype(np.int64),
        end=end[late].astype(np.int64),
        silent=(wait > watch)[late],
    )


def _histogram(
    account: NDArray[np.int32], place: NDArray[np.int32], accounts: int
) -> Ints:
    """(accounts, times + 1): inquiries by account and place."""
    width = len(TIMES) + 1
    key = account * np.int64(width) + place
    return np.bincount(key, minlength=accounts * width).reshape(accounts, width)


def added(found: Watched, group: Ints, groups: int) -> Watched:
    """Accounts added up to groups; ``group`` by account, -1 in none."""
    order = np.argsort(group, kind="stable")[np.count_nonzero(group < 0) :]
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))

    def summed(values: Ints) -> Ints:
        out = np.zeros((groups, *values.shape[1:]), dtype=np.int64)
        if len(starts):
            out[group[order[starts]]] = np.add.reduceat(values[order], starts, axis=0)
        return out

    late = group[found.late]
    kept = late >= 0
    return Watched(
        n=summed(found.n),
        answered=summed(found.answered),
        seen=summed(found.seen),
        late=late[kept],
        end=found.end[kept],
        silent=found.silent[kept],
    )


def curves(found: Watched, horizon: Ints) -> Curves:
    """The curve of every group; ``horizon`` by group, in seconds. n = 0: NaN.

    1 - S with S the product over late answers of 1 - 1/r, r those still watched and
    unanswered. Of several answers in one second each is a factor of its own, which
    comes to the same: (1 - 1/r)(1 - 1/(r - 1)) = 1 - 2/r.
    """
    beyond = horizon[:, None] < TIMES
    at_horizon = np.searchsorted(TIMES, horizon, side="right") - 1
    lines = np.arange(len(horizon))
    by_then = found.answered[lines, at_horizon]
    waiting = found.n - by_then
    order = np.sort((found.late << END_BITS | found.end) << 1 | found.silent)
    starts = np.searchsorted(order, lines << (END_BITS + 1))
    fall = _fall(order, starts, waiting)
    gone = np.searchsorted(order, (lines[:, None] << END_BITS | TIMES) << 1)
    left = waiting[:, None] - (gone - starts[:, None])
    n = found.n.astype(np.float64)
    with np.errstate(invalid="ignore"):
        share = found.answered / n[:, None]
        then = (by_then / n)[:, None]
        later = then + (1 - then) * -np.expm1(fall)
    return Curves(
        share=np.where(beyond, later, share),
        defined=~beyond | (left > 0) | np.isneginf(fall),
    )


def _fall(order: Ints, starts: Ints, waiting: Ints) -> Floats:
    """(groups, times): log of the share of those unanswered at the horizon that were
    still unanswered at each time; minus infinity where the last one was answered."""
    width = len(TIMES)
    at = np.flatnonzero(order & 1 == 0)
    group = order[at] >> (END_BITS + 1)
    risk = waiting[group] - (at - starts[group])
    end = (order[at] >> 1) & (2**END_BITS - 1)
    place = NEXT[-(-end // MINUTE)]
    with np.errstate(divide="ignore"):
        step = np.log1p(-1.0 / risk)
    falls = np.bincount(group * width + place, step, minlength=len(waiting) * width)
    return cast(Floats, falls.reshape(-1, width).cumsum(1))


def known_so_long(found: Watched, defined: NDArray[np.bool_], horizon: Ints) -> Ints:
    """How many of the times a curve is drawn to: all within the horizon, and beyond it
    those at which METHOD.curve_watched of the inquiries were still watched and
    somebody was there to be answered, without a gap."""
    enough = found.seen >= METHOD.curve_watched.value * found.n[:, None]
    good = (horizon[:, None] >= TIMES) | (enough & defined)
    return cast(Ints, np.logical_and.accumulate(good, axis=1).sum(1))


def sizes(share: Floats, low: Floats, high: Floats, n: Ints) -> tuple[Floats, Floats]:
    """n_eff of shares (groups, ...) from their limits as printed, below and above:
    z^2 x (1 - x) / (p - x)^2, as Wilson's limits x solve (p - x)^2 = z^2 x (1 - x)
    / n_eff. A limit too near the share, 0 or 1 for its rounding tells too little: then
    the further one stands for both. Between 1 and n."""
    further = np.where(high - share >= share - low, high, low)
    most = np.maximum(n, 1).astype(np.float64)[:, None]

    def of(limit: Floats) -> Floats:
        near = np.minimum(abs(limit - share), np.minimum(limit, 1 - limit)) < ROUGH
        limit = np.where(near, further, limit)
        with np.errstate(divide="ignore", invalid="ignore"):
            size = Z**2 * limit * (1 - limit) / (share - limit) ** 2
        return cast(Floats, np.clip(np.where(limit == share, most, size), 1.0, most))

    return of(low), of(high)


def between(limits: Ints) -> Floats:
    """(families, 3, times): weights of the logarithms of n_eff at the three limits in
    its logarithm at each time. In equal steps of the time's logarithm from one limit
    to the next; before the first and after the last it stays."""
    out = np.empty((len(limits), 3, len(TIMES)))
    for family, three in enumerate(np.log(limits)):
        for limit, unit in enumerate(np.eye(3)):
            out[family, limit] = np.interp(np.log(TIMES), three, unit)
    return out


def band(share: Floats, below: Floats, above: Floats) -> tuple[Floats, Floats]:
    """Wilson's pointwise limits of shares of any kind, at the sizes for the lower and
    for the upper one; always contain the share."""
    whole = np.ones(share.shape, dtype=np.int64)
    counts = cast(Ints, share)  # shares are to one what counts are to n
    low, _ = share_limits(counts, whole, below)
    _, high = share_limits(counts, whole, above)
    return low, high
