"""Whether a brand's account is there, and under which name.

The stream says when an account is deleted, taken down or deactivated, when it is back,
and that its identity changed, though not to what. An account that is not there is not
measured: nobody can write to it, so its silence is no answer. One that changed its
handle is still the same account, measured by its DID; the registry should learn of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from collectors.base import CollectorError
from collectors.channels.bluesky import appview
from collectors.channels.bluesky.events import ACTIVE, IDENTITY, INACTIVE, Notice
from collectors.channels.bluesky.reading import Watch
from collectors.http import Refused
from collectors.looking import Task

SECOND = 1_000_000
HOUR = 3_600
"""Seconds after which an account that left is asked for: its return may have been
missed. Earlier, the AppView may not have heard yet that it left."""
ASKED = 25
"""Accounts asked for in one look, at most."""
ASK = "?"
"""Kept for an account whose identity changed, until it is known to what."""
WORDS = {
    "deleted": "was deleted",
    "takendown": "was taken down",
    "suspended": "is suspended",
    "deactivated": "is deactivated",
    INACTIVE: "is not active",
}

Spans = list[tuple[int, int]]  # microseconds, from and to


@dataclass(kw_only=True)
class Presence:
    """What became of the accounts of a look."""

    away: defaultdict[str, Spans] = field(default_factory=lambda: defaultdict(list))
    """Account: when it was not there."""
    resolved: dict[str, str] = field(default_factory=dict)
    unresolved: dict[str, str] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def presence(
    task: Task,
    watch: Watch,
    notices: Iterable[Notice],
    since_us: int,
    until_us: int,
    gone: Mapping[str, tuple[str, int]],
) -> Presence:
    """Follows what was said of each account, in the order of time.

    ``gone``: DIDs that the AppView does not show: what is said, and since when (s).
    """
    said: defaultdict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        if since_us <= notice.time_us < until_us:
            said[notice.did].append(notice)
    found = Presence()
    asking = iter(range(ASKED))
    for did, watched in watch.accounts.items():
        account = _Account(task, watched.account, did, found, since_us, until_us)
        for notice in said[did]:
            account.take(notice)
        if did in gone:
            account.leave(*gone[did])
        if account.worth_asking() and next(asking, None) is not None:
            account.ask()
        account.close()
    return found


@dataclass
class _Account:
    """One account, and since when it is not there."""

    task: Task
    name: str
    did: str
    found: Presence
    begun_us: int
    until_us: int

    def __post_init__(self) -> None:
        kept = self.task.cursors
        self.why, _, at = kept.get(f"{self.name} gone", "").rpartition(" ")
        self.since = int(at or 0)  # seconds; 0: it is there
        self.left_before = bool(self.since)
        self.handle = kept.get(f"{self.name} renamed", "")  # "": as registered

    def take(self, notice: Notice) -> None:
        if notice.gone:
            self.leave(WORDS[notice.what], notice.time_us // SECOND)
        elif notice.what == ACTIVE:
            self.come_back(notice.time_us)
        elif notice.what == IDENTITY:
            self.handle = ASK

    def leave(self, why: str, at: int) -> None:
        if not self.since:
            self.why, self.since, self.left_before = why, at, False

    def come_back(self, at_us: int) -> None:
        if self.since:
            self._note_away(at_us)
            self.since = 0
            self.found.resolved[self.name] = self.did

    def _note_away(self, until_us: int) -> None:
        since_us = max(self.begun_us, self.since * SECOND)
        if until_us > since_us:
            self.found.away[self.name].append((since_us, until_us))

    def worth_asking(self) -> bool:
        if not self.since:
            return self.handle == ASK
        return self.left_before and self.until_us // SECOND - self.since > HOUR

    def ask(self) -> None:
        """Asks the AppView whether it is there, and under which handle."""
        try:
            now = appview.handle(self.task.http, self.task.options["appview"], self.did)
        except Refused as refused:
            if not self.since:
                self.found.problems.append(str(refused))
            return
        except CollectorError as problem:
            self.found.problems.append(str(problem))
            return
        self.come_back(self.until_us)
        registered = self.name.removeprefix("@").lower()
        self.handle = "" if now == registered else now
        self.found.resolved[self.name] = self.did

    def close(self) -> None:
        """Says what is to be reported, and keeps what the next look must know."""
        if self.since:
            self._note_away(self.until_us)
            at = datetime.fromtimestamp(self.since, UTC).strftime("%Y-%m-%d %H:%M")
            self._report(f"the account {self.why}, since {at} UTC: it is not measured")
        elif self.handle not in ("", ASK) and self.name in self.found.resolved:
            self._report(
                f"its handle is {self.handle} now: still measured, by its DID; the"
                " registry should say so"
            )
        self._keep("gone", f"{self.why} {self.since}" if self.since else "")
        self._keep("renamed", self.handle)

    def _report(self, why: str) -> None:
        self.found.resolved.pop(self.name, None)
        self.found.unresolved[self.name] = why

    def _keep(self, what: str, value: str) -> None:
        name = f"{self.name} {what}"
        if value != self.task.cursors.get(name, ""):
            self.found.cursors[name] = value
