"""What is known of how a channel was watched in the last days, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic, time
from weakref import WeakKeyDictionary

from model.rows import ChannelRow
from model.words import DAY
from store import DayLooks, DaySeen, LastRuns, Watch
from web import words
from web.source import Reader
from web.tongue import t, tn
from web.views.details.days import COMPLETE, NOTHING, PARTLY, troubled

RECENT_DAYS = 30
"""UTC days that are shown, today's the last of them."""
SETTLED_DAYS = 2
"""What was seen of a day that so many others have followed seldom changes."""
KEPT_S = 600.0
"""So long, what was seen of settled days is kept: many accounts are long to add up."""

Seen = dict[str, dict[int, DaySeen]]


def now() -> int:
    return int(time())


@dataclass(frozen=True, slots=True)
class ChannelDay:
    """One UTC day of a channel, its accounts together."""

    day: int
    accounts: int  # whose watch had begun by then
    full: int  # of them seen in full
    seconds: int  # seen
    whole: int  # seconds there were to see
    looks: int = 0
    failed: int = 0  # looks that were incomplete or failed
    why: str = ""  # not all of it was seen; '' it was, or that is not known

    @property
    def begun(self) -> bool:
        """Whether there was anything to see, or anybody looked."""
        return bool(self.whole or self.seconds or self.looks)

    @property
    def state(self) -> str:
        if self.whole and self.seconds >= self.whole:
            return COMPLETE
        return PARTLY if self.seconds else NOTHING

    @property
    def share(self) -> float | None:
        """0 to 1; None: there was nothing to see yet."""
        return min(1.0, self.seconds / self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Watched:
    """A channel and how the watch of it went."""

    row: ChannelRow
    days: tuple[ChannelDay, ...]
    accounts: Watch | None  # None: it has none
    runs: LastRuns | None
    now: int

    @property
    def share(self) -> float | None:
        """Of what there was to see since the watch began; None: it has not."""
        whole = sum(day.whole for day in self.days)
        return sum(day.seconds for day in self.days) / whole if whole else None

    @property
    def begun(self) -> tuple[ChannelDay, ...]:
        """The days since the watch began."""
        return tuple(day for day in self.days if day.begun)

    @property
    def behind_s(self) -> int | None:
        """How far the account watched least recently is behind now; None: none is."""
        if self.accounts is None or self.accounts.behind is None:
            return None
        return max(0, self.now - self.accounts.behind)


def watched(reader: Reader, only: str | None = None) -> tuple[Watched, ...]:
    """Every channel, those that are on first; ``only``: one, or none."""
    at = now()
    today = at // DAY
    day_from, day_to = today + 1 - RECENT_DAYS, today + 1
    rows = [row for row in reader.channels() if only in (None, row.slug)]
    if not rows:
        return ()
    seen, begun = _seen(reader, day_from, day_to), reader.begun_by_day()
    accounts, runs = reader.watch(at), reader.last_runs()
    return tuple(
        Watched(
            row,
            _days(
                row,
                range(day_from, day_to),
                at,
                seen.get(row.slug, {}),
                begun.get(row.slug, {}),
                reader.looks_by_day(row.slug, day_from, day_to),
            ),
            accounts.get(row.slug),
            runs.get(row.slug),
            at,
        )
        for row in sorted(rows, key=lambda row: (not row.on, row.title))
    )


_PAST: WeakKeyDictionary[Reader, tuple[float, int, Seen]] = WeakKeyDictionary()
_LOCK = Lock()


def _seen(reader: Reader, day_from: int, day_to: int) -> Seen:
    """What was seen on each day; of settled ones as it was some minutes ago."""
    settled = day_to - SETTLED_DAYS
    with _LOCK:
        until, upto, past = _PAST.get(reader, (0.0, 0, {}))
        if until <= monotonic() or upto != settled:
            past = reader.seen_by_day(day_from, settled)
            _PAST[reader] = (monotonic() + KEPT_S, settled, past)
    late = reader.seen_by_day(settled, day_to)
    return {
        slug: past.get(slug, {}) | late.get(slug, {}) for slug in past.keys() | late
    }


def _days(
    row: ChannelRow,
    days: Sequence[int],
    at: int,
    seen: Mapping[int, DaySeen],
    begun: Mapping[int, int],
    looks: Mapping[int, DayLooks],
) -> tuple[ChannelDay, ...]:
    accounts = sum(count for day, count in begun.items() if day < days[0])
    found = []
    for day in days:
        accounts += begun.get(day, 0)
        of = seen.get(day, DaySeen(0, 0, 0))
        made = looks.get(day, DayLooks(0, 0, ""))
        long = min(DAY, at - day * DAY)
        known = ChannelDay(
            day,
            accounts,
            of.full,
            of.seconds,
            accounts * long,
            made.looks,
            made.troubled,
        )
        new = begun.get(day, 0)
        found.append(replace(known, why=_why(row, known, made, new, long)))
    return tuple(found)


def _why(row: ChannelRow, day: ChannelDay, looks: DayLooks, new: int, long: int) -> str:
    """Why not all of a day was seen, as far as that is known; '' where all was."""
    if day.state == COMPLETE:
        return ""
    if not day.begun:
        return _not_begun(row)
    if looks.troubled:
        return troubled(looks)
    if row.how == "imported":
        return t("the files we were given do not reach so far")
    if long < DAY:
        return t("the day is not over")
    if not looks.looks:
        return t("no look was made that day") if row.on else t("it is off")
    return _of_accounts(day, new)


def _not_begun(row: ChannelRow) -> str:
    if row.how == "imported":
        return t("nothing of that day has been imported")
    return t("we were not watching it yet") if row.on else t("it is off")


def _of_accounts(day: ChannelDay, new: int) -> str:
    if not day.accounts:
        return t("none of its accounts is watched yet")
    if new:
        return t(
            "our watch of %(accounts)s began that day",
            accounts=words.counted(new, "account", "accounts"),
        )
    if day.full < day.accounts:
        return tn(
            "%(n)s of %(accounts)s was seen in full",
            "%(n)s of %(accounts)s were seen in full",
            day.full,
            accounts=words.counted(day.accounts, "account", "accounts"),
        )
    return t("not known")
