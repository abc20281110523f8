"""A week whose truth is known: people, brands, servers, and everything that goes wrong.

People write to three brands on four channels; each brand answers with its own luck. The
servers are the small ones of the other tests, told of everything when it happens. The
worker's looks are taken at the times of its schedule, with a clock that stands still
while they are taken. What can have been seen is reckoned here a second time, from the
schedule of looks and of faults alone.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bluesky_appview import AppView
from collectors.hosts import Hosts
from discourse_server import Forum
from github_server import GitHub
from jetstream import Jetstream, delete, did, identity, jetstream, post, uri
from jobs.collecting import collect
from local_server import Answer, Handler, running
from mastodon_server import NAME, TOKEN, Mastodon
from model import Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from settings import Settings
from store import Store

HOUR, DAY = 3_600, 86_400
START = int(datetime(2026, 10, 19, tzinfo=UTC).timestamp())
"""A Monday. On its Sunday Europe sets its clocks back, a week later America."""
DAYS = 7
HORIZON = {"social": 3 * DAY, "support": 7 * DAY}
LIMITS = {"social": (HOUR, DAY, 3 * DAY), "support": (DAY, 3 * DAY, 7 * DAY)}
FAMILY = {
    "bluesky": "social", "mastodon": "social", "discourse": "support",
    "github": "support",
}  # fmt: skip
WITHIN = {
    "acme": {"social": (0.55, 0.85, 0.95), "support": (0.6, 0.8, 0.9)},
    "nova": {"social": (0.1, 0.4, 0.7), "support": (0.2, 0.5, 0.6)},
    "solo": {"social": (0.0, 0.05, 0.15), "support": (0.0, 0.0, 0.0)},
}
"""Chances that a brand answers within the limits of a family."""
A_DAY = {"bluesky": 24, "mastodon": 10, "discourse": 12, "github": 18}
"""People who write to one account on one day."""
DELETED = 0.06
"""Share of people who delete what they wrote before the horizon is over, answered or
not, on the channels that say so."""
RETENTION = 3 * HOUR
ASKS = "Where is my parcel? I have been waiting for it for two weeks."
ANSWERS = "We are sorry to hear this. It left our depot and will be with you tomorrow."
KEYS = "ghp-the-first-key", "ghp-the-second-key"

Span = tuple[int, int]


def hours(since: float, until: float) -> Span:
    """Hours of the week as seconds since 1970."""
    return START + int(since * HOUR), START + int(until * HOUR)


@dataclass(frozen=True)
class Faults:
    """When what is broken, in hours since the week began."""

    worker_away: tuple[Span, ...] = (hours(60, 65), hours(130, 132))
    stream_away: tuple[Span, ...] = (hours(90, 92),)
    key_expired: Span = hours(40, 52)
    github_spent: Span = hours(99, 101)
    forum_away: Span = hours(20, 31)
    forum_busy: Span = hours(111, 113)
    renamed: int = START + 120 * HOUR  # nova's repository, for good
    handle_changed: int = START + 70 * HOUR  # solo's, which leaves it what it was


NONE = Faults(
    (), (), hours(-9, -9), hours(-9, -9), hours(-9, -9), hours(-9, -9), 2**40, 2**40
)


@dataclass(frozen=True)
class Person:
    """One who writes, and what became of it: the truth."""

    channel: str
    account: str
    brand: str
    name: str
    at: int
    answered_at: int | None
    deleted_at: int | None

    @property
    def lost(self) -> bool:
        horizon = HORIZON[FAMILY[self.channel]]
        return self.deleted_at is not None and self.deleted_at < self.at + horizon


def within(span: Span, at: int) -> bool:
    return span[0] <= at < span[1]


@dataclass
class World:
    """Everything there is. ``now`` stands still while a look is taken."""

    folder: Path
    seed: int = 1
    days: int = DAYS
    faults: Faults = field(default_factory=Faults)
    rate: float = 1.0
    start: int = START
    step: int = 2 * HOUR  # between two looks at the stream

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.now = self.start - DAY
        self.waited = 0.0
        self.people: list[Person] = []
        self.runs: list[Run] = []
        self.looked: defaultdict[str, list[int]] = defaultdict(list)
        self.hosts = Hosts(lambda: self.now + self.waited)
        self.key = KEYS[0]
        self._events: list[tuple[int, int, Callable[[], None]]] = []

    # -- the servers, and who is on them

    @contextmanager
    def open(self) -> Iterator["World"]:
        with ExitStack() as stack:
            servers = [stack.enter_context(running()) for _ in range(5)]
            self.stream = stack.enter_context(jetstream())
            view, hub, mastodon, *forums = servers
            self.view = AppView(view)
            self.view.handles["solo.test"] = did("solo")
            self.hub = GitHub(hub)
            self.mastodon = Mastodon(mastodon)
            self.mastodon.tokens = {TOKEN: "acme"}
            for brand in ("acme", "nova"):
                self.hub.repository(f"{brand}/app")
                self.mastodon.person(brand)
            self.forums = {
                brand: Forum(server)
                for brand, server in zip(("acme", "nova"), forums, strict=True)
            }
            hub.front = self._github
            forums[1].front = self._forum
            self._stream()
            self.store = Store(f"sqlite:///{self.folder / 'answerable.db'}")
            stack.callback(self.store.close)
            self.store.migrate()
            self._register()
            yield self
            for made in (self.hub, self.mastodon, *self.forums.values()):
                made._http.close()

    def accounts(self) -> list[tuple[str, str, str]]:
        """Channel, account, brand."""
        return [
            *(("bluesky", f"{b}.test", b) for b in ("acme", "nova", "solo")),
            *(("mastodon", f"{b}@{NAME}", b) for b in ("acme", "nova")),
            *(("github", f"{b}/app", b) for b in ("acme", "nova")),
            *(("discourse", self.forums[b].url, b) for b in ("acme", "nova")),
        ]

    def settings(self) -> Settings:
        return Settings(
            var=self.folder,
            secret="x" * 16,
            private_hosts=",".join(
                each.url.removeprefix("http://")
                for each in (*self.forums.values(), self.mastodon)
            ),
            bluesky_appview=self.view.server.url,
            bluesky_jetstream=self.stream.url,
            bluesky_retention_hours=RETENTION // HOUR,
            bluesky_first_days=0,
            github_api=self.hub.url,
            github_token=self.key,
            github_first_days=1,
            discourse_first_days=1,
            mastodon_instances=f"{NAME}={self.mastodon.url}",
            mastodon_token=f"acme@{NAME}={TOKEN}",
            mastodon_first_days=1,
        )

    def _register(self) -> None:
        brands = [BrandEntry(slug=b, name=b, industry="air") for b in WITHIN]
        entries = [
            AccountEntry(brand=brand, channel=channel, account=account)
            for channel, account, brand in self.accounts()
        ]
        self.store.put_registry(
            Registry(
                industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
                brands=tuple(brands),
                accounts=tuple(entries),
            )
        )

    # -- what goes wrong with servers

    def _github(self, answer: Answer) -> Answer:
        def front(h: Handler) -> None:
            wanted = KEYS[int(self.now >= self.faults.key_expired[0])]
            if h.headers["Authorization"] != f"Bearer {wanted}":
                h.give(401, b'{"message": "Bad credentials"}')
            elif within(self.faults.github_spent, self.now):
                wait = str(self.faults.github_spent[1] - self.now)
                h.give(403, X_RateLimit_Remaining="0", X_RateLimit_Reset=wait)
            else:
                answer(h)

        return front

    def _forum(self, answer: Answer) -> Answer:
        def front(h: Handler) -> None:
            if within(self.faults.forum_away, self.now):
                h.give(503, b"<html>being improved")
            elif within(self.faults.forum_busy, self.now):
                h.give(429, Retry_After=str(2 * HOUR))
            else:
                answer(h)

        return front

    def _stream(self) -> None:
        """It keeps some hours, and always goes on a little after now."""
        real = self.stream

        def replay(socket: Any, upto: int | None = None) -> None:
            if any(within(span, self.now) for span in self.faults.stream_away):
                return
            kept = (self.now - RETENTION) * 1_000_000
            mine = Jetstream()
            mine.asked, mine.closing = real.asked, real.closing
            mine.log = [each for each in real.log if each["time_us"] >= kept]
            mine.log.append(post(self.now + 1, "somebody", "later"))
            mine.replay(socket)

        real.replay = replay  # type: ignore[method-assign]

    # -- people

    def populate(self) -> None:
        """Everybody who writes in the week, what brands do, and when it happens."""
        for channel, account, brand in self.accounts():
            for day in range(self.days):
                if channel == "mastodon":
                    self._brand_posts(brand, self.start + day * DAY)
                for _ in range(round(A_DAY[channel] * self.rate)):
                    at = self.start + day * DAY + self.rng.randrange(120, DAY)
                    self._person(channel, account, brand, at)
        if self.faults.renamed < 2**40:
            self._at(self.faults.renamed, lambda: self.hub.move("nova/app", "nova/new"))
            self._at(self.faults.handle_changed, self._change_handle)
        self._events.sort(key=lambda each: each[:2])

    def _person(self, channel: str, account: str, brand: str, at: int) -> None:
        family = FAMILY[channel]
        wait = self._wait(family, WITHIN[brand][family])
        deleted = None
        if channel in ("bluesky", "mastodon") and self.rng.random() < DELETED:
            deleted = at + self.rng.randrange(60, HORIZON[family] - 12 * HOUR)
        answered = None if wait is None else at + wait
        if answered is not None and deleted is not None and deleted <= answered:
            answered = None  # there is nothing left to answer
        person = Person(
            channel, account, brand, f"p{len(self.people)}", at, answered, deleted
        )
        self.people.append(person)
        getattr(self, f"_on_{channel}")(person)

    def _wait(self, family: str, chances: tuple[float, ...]) -> int | None:
        luck, before = self.rng.random(), 60
        for chance, limit in zip(chances, LIMITS[family], strict=True):
            if luck < chance:
                return self.rng.randrange(before, limit - 60)
            before = limit + 60
        return None

    def _at(self, second: int, do: Callable[[], None]) -> None:
        self._events.append((second, len(self._events), do))

    def _on_bluesky(self, p: Person) -> None:
        def asks() -> None:
            said: dict[str, Any] = {"mentions": [p.brand], "text": ASKS}
            self.stream.log.append(post(p.at, p.name, "q", **said))
            self.view.hold(p.at, p.name, "q", **said)

        def answers() -> None:
            assert p.answered_at is not None
            key = f"a{p.name}"
            said = {"parent": uri(p.name, "q"), "text": ANSWERS}
            self.stream.log.append(post(p.answered_at, p.brand, key, **said))
            self.view.hold(p.answered_at, p.brand, key, **said)

        def deletes() -> None:
            assert p.deleted_at is not None
            self.stream.log.append(delete(p.deleted_at, p.name, "q"))
            self.view.posts.pop(uri(p.name, "q"))

        self._lives(p, asks, answers, deletes)

    def _change_handle(self) -> None:
        del self.view.handles["solo.test"]
        self.view.handles["solo-new.test"] = did("solo")
        self.stream.log.append(identity(self.faults.handle_changed, "solo"))

    def _brand_posts(self, brand: str, at: int) -> None:
        def says() -> None:
            self.tops[brand] = self.mastodon.says(brand, at)

        self.tops: dict[str, str] = getattr(self, "tops", {})
        self._at(at, says)

    def _on_mastodon(self, p: Person) -> None:
        numbers: dict[str, str] = {}

        def asks() -> None:
            numbers["q"] = self.mastodon.says(
                f"{p.name}@people.example", p.at, ASKS, to=self.tops[p.brand]
            )

        def answers() -> None:
            self.mastodon.says(p.brand, p.answered_at or 0, ANSWERS, to=numbers["q"])

        self._lives(p, asks, answers, lambda: self.mastodon.deletes(numbers["q"]))

    def _on_github(self, p: Person) -> None:
        numbers: list[int] = []

        def asks() -> None:
            who = {"id": 10_000 + int(p.name[1:]), "login": p.name}
            numbers.append(self.hub.issue(p.account, p.at, user=who))

        def answers() -> None:
            self.hub.comment(p.account, numbers[0], p.answered_at or 0)

        self._lives(p, asks, answers)

    def _on_discourse(self, p: Person) -> None:
        forum, numbers = self.forums[p.brand], []

        def asks() -> None:
            numbers.append(forum.topic(p.at, who=p.name))

        def answers() -> None:
            forum.post(numbers[0], p.answered_at or 0, staff=True, who="staff")

        self._lives(p, asks, answers)

    def _lives(
        self,
        p: Person,
        asks: Callable[[], None],
        answers: Callable[[], None],
        deletes: Callable[[], None] | None = None,
    ) -> None:
        self._at(p.at, asks)
        if p.answered_at is not None:
            self._at(p.answered_at, answers)
        if p.deleted_at is not None and deletes is not None:
            self._at(p.deleted_at, deletes)

    # -- the worker

    def run(self, until: int) -> None:
        """Time goes on, and the worker looks when it is due and is there."""
        self._events.reverse()
        for now in range(self.start - DAY, until + 1, self.step):
            while self._events and self._events[-1][0] <= now:
                self._events.pop()[2]()
            self.now, self.waited = now, 0.0
            self.hub.left = self.mastodon.left = 1_000_000
            if now >= self.faults.key_expired[1]:
                self.key = KEYS[1]  # the operator has noticed
            if not any(within(span, now) for span in self.faults.worker_away):
                for slug in self._due(now, until):
                    self._look(slug)

    def _due(self, now: int, until: int) -> list[str]:
        hour = (now - self.start) // HOUR
        social = now <= self.start + self.days * DAY + HORIZON["social"] + 2 * HOUR
        due = ["bluesky"] if social else []
        if hour % 4 == 0 or now == until:
            due += ["mastodon"] if social else []
            due += ["discourse", "github"]
        return due

    def _look(self, slug: str) -> None:
        (run,) = collect(
            *(self.store, self.settings(), slug),
            now=lambda: self.now,
            sleep=self._sleep,
            hosts=self.hosts,
        )
        self.runs.append(run)
        self.looked[slug].append(self.now)

    def _sleep(self, seconds: float) -> None:
        self.waited += seconds

    # -- what can have been seen, reckoned from the schedule of looks and faults alone

    def seen(self, channel: str, account: str) -> list[Span]:
        """Stretches of which everything was shown to us."""
        good = [at for at in self.looked[channel] if self._works(channel, account, at)]
        if channel != "bluesky":
            # Lists hold all that ever was: the first look goes a day back.
            return [(good[0] - DAY, good[-1])]
        before = [0, *good]
        spans = zip(before, good, strict=False)
        return [(max(last, at - RETENTION), at) for last, at in spans]

    def _works(self, channel: str, account: str, at: int) -> bool:
        faults = self.faults
        match channel, account:
            case "bluesky", _:
                return not any(within(span, at) for span in faults.stream_away)
            case "github", "nova/app" if at >= faults.renamed:
                return False
            case "github", _:
                away = faults.key_expired, faults.github_spent
                return not any(within(span, at) for span in away)
            case "discourse", _ if account == self.forums["nova"].url:
                busy = faults.forum_busy[0], faults.forum_busy[0] + 2 * HOUR
                away = faults.forum_away, busy if faults is not NONE else (0, 0)
                return not any(within(span, at) for span in away)
        return True

    def seconds(self, channel: str, account: str) -> dict[int, int]:
        """Of each day of the week, the seconds that were shown to us."""
        found: dict[int, int] = defaultdict(int)
        for since, until in self.seen(channel, account):
            for day in range(self.start // DAY, self.start // DAY + self.days):
                inside = min(until, (day + 1) * DAY) - max(since, day * DAY)
                if inside > 0:
                    found[day] += inside
        return dict(found)

    def was_seen(self, p: Person) -> bool:
        """Whether what somebody wrote was ever shown to us."""
        spans = self.seen(p.channel, p.account)
        return any(since <= p.at < until for since, until in spans)
