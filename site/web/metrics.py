"""/metrics: looks, rows, lag and errors of each channel, for Prometheus.

Everything is read from the measured database, where the worker has written it: the
processes of the website and the worker share no memory, and whichever of them is asked
says the same. What passes only once in a while is said as the moment it happened, so
that the one who asks does the subtraction; the lag is said both ways.

Requests are not counted: each process of the website would know its own alone, and
whoever stands in front of it (a proxy, a CDN) counts them all.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from time import monotonic, time

from prometheus_client.core import (
    CollectorRegistry,
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from sqlalchemy.exc import SQLAlchemyError

from model.rows import ChannelRow
from model.words import DAY
from store import Outbox, RunSum, StoreError, Watch
from web.source import Library, Reader, Source

KEPT_S = 5.0
"""So old an answer may be. Ask less often than that: then no counter is ever less than
it was, whichever process of the website answers."""
TAIL = 1_000
"""Runs that are read anew each time. Of two that are stored at the same moment, the one
with the lower number may come later; it is never late by so many."""

Key = tuple[str, str, str]


class Sums:
    """All runs of one database added up; each time only the newest are read."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._upto = 0
        self._runs: dict[Key, RunSum] = {}
        self._refused: Counter[str] = Counter()

    def now(self) -> tuple[dict[Key, RunSum], Counter[str]]:
        """By channel, what and outcome; and rows refused, by channel."""
        newest = self.reader.newest_run()
        settled = newest - TAIL
        if settled > self._upto:
            self._runs, self._refused = self._with(self._upto, settled)
            self._upto = settled
        return self._with(self._upto, newest)

    def _with(self, after: int, upto: int) -> tuple[dict[Key, RunSum], Counter[str]]:
        runs = dict(self._runs)
        for each in self.reader.run_sums(after, upto):
            key = (each.channel, each.what, each.outcome)
            runs[key] = _added(runs[key], each) if key in runs else each
        refused = self._refused + Counter(self.reader.refused_sums(after, upto))
        return runs, refused


def _added(one: RunSum, later: RunSum) -> RunSum:
    return later._replace(
        runs=one.runs + later.runs,
        read=one.read + later.read,
        kept=one.kept + later.kept,
        seconds=one.seconds + later.seconds,
    )


class Metrics:
    """What is exposed; a collector of Prometheus' own library."""

    def __init__(self, source: Source, clock: Callable[[], float] = monotonic) -> None:
        self._source = source
        self._clock = clock
        self._lock = Lock()
        self._sums: Sums | None = None
        self._kept: list[Metric] = []
        self._until = float("-inf")
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def answer(self, accept: str) -> tuple[bytes, str]:
        """The body, and what it is, for whoever accepts such formats."""
        encode, kind = choose_encoder(accept)
        return encode(self._registry), kind

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: a registry need not ask the database."""
        return ()

    def collect(self) -> list[Metric]:
        with self._lock:
            if self._clock() >= self._until:
                self._kept = list(self._read())
                self._until = self._clock() + KEPT_S
            return self._kept

    def _read(self) -> Iterator[Metric]:
        library = self._source.library()
        yield from _edition(library)
        try:
            found = [] if library.measured is None else self._measured(library.measured)
            up = not self._source.problem
        except (SQLAlchemyError, StoreError, OSError):
            found, up = [], False
        yield GaugeMetricFamily(
            "answerable_database_up", "Whether the database answered.", value=up
        )
        yield from found

    def _measured(self, reader: Reader) -> list[Metric]:
        if self._sums is None or self._sums.reader is not reader:
            self._sums = Sums(reader)
        channels, at = reader.channels(), int(time())
        runs, refused = self._sums.now()
        return [
            *_channels(channels),
            *_sums(runs, refused),
            *_last(runs.values()),
            *_watch(reader.watch(at), channels, at),
            *_outbox(reader.outbox()),
        ]


def _gauge(name: str, says: str, values: Iterable[tuple[str, float | None]]) -> Metric:
    family = GaugeMetricFamily(f"answerable_{name}", says, labels=["channel"])
    for channel, value in values:
        if value is not None:
            family.add_metric([channel], value)
    return family


def _edition(library: Library) -> Iterator[Metric]:
    edition = library.current
    if edition is None:
        return
    said = {"name": edition.name, "sample": str(library.sample).lower()}
    yield InfoMetricFamily("answerable_edition", "The edition that is shown.", said)
    yield GaugeMetricFamily(
        "answerable_edition_until_timestamp_seconds",
        "The end of the edition's period.",
        value=edition.day_to * DAY,
    )
    yield GaugeMetricFamily(
        "answerable_edition_made_timestamp_seconds",
        "When the edition was made.",
        value=edition.made_at,
    )


def _channels(rows: Iterable[ChannelRow]) -> Iterator[Metric]:
    yield _gauge(
        "channel_on",
        "Whether a channel is on in this installation.",
        ((row.slug, row.on) for row in rows),
    )
    yield _gauge(
        "channel_interval_seconds",
        "Seconds from one look at a channel to the next.",
        ((row.slug, row.every_s) for row in rows),
    )


def _sums(runs: dict[Key, RunSum], refused: Counter[str]) -> Iterator[Metric]:
    looks = CounterMetricFamily(
        "answerable_looks", "Looks, by outcome.", labels=["channel", "outcome"]
    )
    imports = CounterMetricFamily(
        "answerable_imports", "Imports, by outcome.", labels=["channel", "outcome"]
    )
    spent, read, kept = Counter[str](), Counter[str](), Counter[str]()
    for (channel, what, outcome), each in sorted(runs.items()):
        (looks if what == "look" else imports).add_metric([channel, outcome], each.runs)
        spent[channel] += each.seconds if what == "look" else 0
        read[channel] += each.read
        kept[channel] += each.kept
    yield looks
    yield imports
    yield _counter("look_seconds", "Seconds that looks took.", spent)
    yield _counter("rows_read", "Rows that looks and imports read.", read)
    yield _counter("rows_kept", "Of them, rows that were kept.", kept)
    yield _counter("rows_refused", "Of them, rows that were refused.", refused)


def _counter(name: str, says: str, values: Counter[str]) -> Metric:
    family = CounterMetricFamily(f"answerable_{name}", says, labels=["channel"])
    for channel, value in sorted(values.items()):
        family.add_metric([channel], value)
    return family


def _outbox(found: Outbox) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "answerable_subscriptions",
        "Who watches a brand by mail or webhook, confirmed.",
        value=found.watching,
    )
    notices = GaugeMetricFamily(
        "answerable_notices", "Notices of moved brands, by state.", labels=["state"]
    )
    for state in ("waiting", "sent", "given_up"):
        notices.add_metric([state], getattr(found, state))
    yield notices


def _last(runs: Iterable[RunSum]) -> Iterator[Metric]:
    last: dict[str, RunSum] = {}
    good: dict[str, RunSum] = {}
    for each in sorted(runs, key=lambda each: each.last):
        last[each.channel] = each
        if each.outcome == "ok":
            good[each.channel] = each
    yield _gauge(
        "last_run_timestamp_seconds",
        "When the last look or import ended.",
        ((slug, each.ended) for slug, each in sorted(last.items())),
    )
    yield _gauge(
        "last_complete_run_timestamp_seconds",
        "When the last complete look or import ended.",
        ((slug, each.ended) for slug, each in sorted(good.items())),
    )
    yield _gauge(
        "last_run_complete",
        "Whether the last look or import was complete.",
        ((slug, each.outcome == "ok") for slug, each in sorted(last.items())),
    )


def _watch(
    watch: dict[str, Watch], rows: list[ChannelRow], at: int
) -> Iterator[Metric]:
    looked_at = {row.slug for row in rows if row.how == "collected"}
    live = sorted((slug, each) for slug, each in watch.items() if slug in looked_at)
    yield _gauge(
        "lag_seconds",
        "How far the account watched least recently is behind now.",
        (
            (slug, None if each.behind is None else max(0, at - each.behind))
            for slug, each in live
        ),
    )
    yield _gauge(
        "watched_until_timestamp_seconds",
        "Until when every account was watched.",
        ((slug, each.behind) for slug, each in live),
    )
    for name, says, at_place in (
        ("accounts", "Accounts registered.", "accounts"),
        ("accounts_watched", "Accounts that were ever watched.", "begun"),
        ("accounts_late", "Accounts not watched for three turns or more.", "late"),
        ("accounts_troubled", "Accounts not verified, or not found.", "troubled"),
    ):
        yield _gauge(
            name, says, [(slug, getattr(each, at_place)) for slug, each in live]
        )
