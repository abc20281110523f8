"""How the watching goes: what was seen of each channel, how far behind it is, and what
its looks came to. Read by the pages and by those who monitor an installation."""

import json
from collections import Counter
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlmodel import col

from model import DAY, Account, ChannelRow, Coverage, Run
from store.base import Part, raw

LATE = 3
"""An account is late when it was last watched longer ago than so many turns."""


class DaySeen(NamedTuple):
    """What was seen of a channel on one UTC day."""

    accounts: int  # of which anything was seen
    full: int  # of them seen all day
    seconds: int  # all accounts together


class Watch(NamedTuple):
    """The accounts of a channel that were found live, and how far the watch is."""

    accounts: int  # registered, found live or not
    verified: int  # found live, or named by imported data
    begun: int  # of these, ever watched
    late: int  # of these, not watched for LATE turns
    troubled: int  # not verified, or not found any more
    behind: int | None  # watched until: of the one furthest behind; None: none is
    newest: int | None  # and of the one watched last


class RunSum(NamedTuple):
    """Looks or imports of one channel that ended alike."""

    channel: str
    what: str
    outcome: str
    runs: int
    read: int
    kept: int
    seconds: int
    last: int  # number of the newest of them
    ended: int  # when it ended


class Watching(Part):
    def seen_by_day(self, day_from: int, day_to: int) -> dict[str, dict[int, DaySeen]]:
        """By channel and day, ``day_to`` excluded; of accounts that were found live.
        A day of which nothing was seen is absent."""
        full = case((col(Coverage.seconds) >= DAY, 1), else_=0)
        query = (
            select(
                col(Account.channel),
                col(Coverage.day),
                func.count(),
                func.sum(full),
                func.sum(col(Coverage.seconds)),
            )
            .where(col(Coverage.account_id) == col(Account.id))
            .where(col(Account.resolved_at).is_not(None), col(Coverage.seconds) > 0)
            .where(col(Coverage.day) >= day_from, col(Coverage.day) < day_to)
            .group_by(col(Account.channel), col(Coverage.day))
        )
        found: dict[str, dict[int, DaySeen]] = {}
        with self._database.reading() as session:
            for channel, day, *counts in raw(session).execute(query):
                found.setdefault(channel, {})[day] = DaySeen(*map(int, counts))
        return found

    def begun_by_day(self) -> dict[str, dict[int, int]]:
        """By channel: how many accounts were first watched on which UTC day."""
        day = col(Account.watched_from) // DAY
        query = (
            select(col(Account.channel), day, func.count())
            .where(col(Account.resolved_at).is_not(None))
            .where(col(Account.watched_from).is_not(None))
            .group_by(col(Account.channel), day)
        )
        found: dict[str, dict[int, int]] = {}
        with self._database.reading() as session:
            for channel, first, count in raw(session).execute(query):
                assert first is not None  # asked for above
                found.setdefault(channel, {})[int(first)] = count
        return found

    def watch(self, now: int) -> dict[str, Watch]:
        """By channel with an account, as of ``now``."""
        verified = col(Account.resolved_at).is_not(None)
        until = case((verified, col(Account.watched_until)))
        long_ago = until < now - LATE * col(ChannelRow.every_s)
        troubled = (~verified) | (col(Account.problem) != "")
        query = (
            select(
                col(Account.channel),
                func.count(),
                func.sum(case((verified, 1), else_=0)),
                func.count(until),
                func.sum(case((long_ago, 1), else_=0)),
                func.sum(case((troubled, 1), else_=0)),
                func.min(until),
                func.max(until),
            )
            .join(
                ChannelRow, col(ChannelRow.slug) == col(Account.channel), isouter=True
            )
            .group_by(col(Account.channel))
        )
        with self._database.reading() as session:
            return {
                channel: Watch(*counts)
                for channel, *counts in raw(session).execute(query)
            }

    def rows_by_day(
        self, channel: str, day_from: int, day_to: int
    ) -> dict[int, tuple[int, int]]:
        """Rows read and kept by looks and imports that began on each UTC day."""
        day = col(Run.started_at) // DAY
        query = (
            select(day, func.sum(col(Run.rows_read)), func.sum(col(Run.rows_kept)))
            .where(col(Run.channel) == channel)
            .where(col(Run.started_at) >= day_from * DAY)
            .where(col(Run.started_at) < day_to * DAY)
            .group_by(day)
        )
        with self._database.reading() as session:
            rows = raw(session).execute(query)
            return {int(when): (int(read), int(kept)) for when, read, kept in rows}

    def refusals(self, channel: str, day_from: int, day_to: int) -> dict[str, int]:
        """Rows that looks and imports of those days refused, by reason, most first."""
        query = (
            select(col(Run.refused), func.count())
            .where(col(Run.channel) == channel, col(Run.refused) != "{}")
            .where(
                col(Run.started_at) >= day_from * DAY,
                col(Run.started_at) < day_to * DAY,
            )
            .group_by(col(Run.refused))
        )
        found: Counter[str] = Counter()
        with self._database.reading() as session:
            for refused, runs in raw(session).execute(query):
                for reason, rows in json.loads(refused).items():
                    found[reason] += runs * rows
        return dict(found.most_common())

    def newest_run(self) -> int:
        """The number of the newest run; 0 when there is none."""
        with self._database.reading() as session:
            return raw(session).scalar(select(func.max(col(Run.id)))) or 0

    def run_sums(self, after: int, upto: int) -> list[RunSum]:
        """Looks and imports numbered from ``after`` (excluded) to ``upto`` (included),
        added up."""
        query = (
            select(
                col(Run.channel),
                col(Run.what),
                col(Run.outcome),
                func.count(),
                func.sum(col(Run.rows_read)),
                func.sum(col(Run.rows_kept)),
                func.sum(col(Run.finished_at) - col(Run.started_at)),
                func.max(col(Run.id)),
                func.max(col(Run.finished_at)),
            )
            .where(col(Run.id) > after, col(Run.id) <= upto)
            .where(col(Run.what).in_(("look", "import")))
            .group_by(col(Run.channel), col(Run.what), col(Run.outcome))
        )
        with self._database.reading() as session:
            return [
                RunSum(channel, what, outcome, *(int(each or 0) for each in counts))
                for channel, what, outcome, *counts in raw(session).execute(query)
            ]

    def refused_sums(self, after: int, upto: int) -> dict[str, int]:
        """By channel, the rows that these runs refused."""
        query = (
            select(col(Run.channel), col(Run.refused), func.count())
            .where(col(Run.id) > after, col(Run.id) <= upto, col(Run.refused) != "{}")
            .group_by(col(Run.channel), col(Run.refused))
        )
        found: Counter[str] = Counter()
        with self._database.reading() as session:
            for channel, refused, runs in raw(session).execute(query):
                found[channel] += runs * sum(json.loads(refused).values())
        return dict(found)
