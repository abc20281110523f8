"""A worker that follows ten thousand accounts on five channels: does it keep up?

Two thousand accounts on each of Bluesky, Discourse (a host each), GitHub, Mastodon
(five on a host) and Trustpilot, on servers of another process (``many_servers``). Looks
are those of the worker: its intervals, its client with pauses and limits, its store.
Only waiting takes no time: what the client would have slept, and a round trip for each
request, is added up instead, for each thread, and a look has taken as long as its
slowest thread, and its processor time. It keeps up when each look is over before the
next is due, and an hour's looks are a small part of an hour of two cores.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

EACH = 2_000  # accounts on each channel
HOURS = 3
START = 1_790_000_000 // 3_600 * 3_600
FIRST_DAYS = 1
ANSWERS_AFTER = 0.0  # seconds; see ``RTT``
RTT = 0.15
"""Seconds that a request takes in the count of time, beside what the client waits."""
MOST_MIB = 50
"""By which memory may grow from the second hour to the last."""


def run() -> Iterator[str]:
    with _servers() as (pages, stream):
        command = [sys.executable, "-m", "benchmarks.worker", "measure"]
        done = subprocess.run(
            [*command, str(pages), str(stream)], stdout=subprocess.PIPE, check=True
        )
    said = json.loads(done.stdout)
    yield (
        f"first looks at {5 * EACH:,} accounts, a day back: {said['first_cpu']:.0f} s"
        f" of processor time, {said['first_rows']:,} inquiries"
    )
    for slug, each in said["channels"].items():
        keeps = "keeps up" if each["longest"] <= each["every"] else "FALLS BEHIND"
        yield (
            f"{slug}: {each['looks']:.2g} looks an hour, {each['requests']:,.0f}"
            f" requests a look, the longest look {each['longest'] / 60:.1f} min of"
            f" {each['every'] / 60:.0f}: {keeps}; processor time"
            f" {each['cpu']:.1f} s a look"
        )
    yield (
        f"an hour of it: {said['cpu']:.0f} s of processor time ="
        f" {100 * said['cpu'] / 7_200:.1f} % of two cores, {said['wall']:.0f} s with"
        f" nothing waited for; {said['rows']:,} inquiries an hour"
    )
    yield (
        f"hosts asked two things at once: {said['two_at_once']}; most requests to one"
        f" host in an hour: {said['busiest']:,}; of GitHub's 5,000 an hour"
        f" {said['counted']:,} were counted, {said['unchanged']:,} answers were"
        f" unchanged and free, {said['refused']} refused"
    )
    yield (
        f"memory: {said['mib'][0]:.0f} MiB after the first looks, "
        + ", ".join(f"{each:.0f}" for each in said["mib"][1:])
        + f" after each hour: {_flat(said['mib'])}"
    )


def _flat(mib: list[float]) -> str:
    grown = mib[-1] - mib[2]
    said = f"{grown:+.0f} MiB from the second hour to the last"
    return said + (", flat" if grown <= MOST_MIB else ", GROWING")


@contextmanager
def _servers() -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "benchmarks.many_servers", str(ANSWERS_AFTER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as servers:
        assert servers.stdout is not None
        pages, stream = servers.stdout.readline().split()
        try:
            yield int(pages), int(stream)
        finally:
            servers.kill()


class Time:
    """A clock that goes on by what its threads would have waited."""

    def __init__(self) -> None:
        self.base = 0.0
        self._waited: defaultdict[int, float] = defaultdict(float)

    def __call__(self) -> float:
        return self.base + self._waited[threading.get_ident()]

    def sleep(self, seconds: float) -> None:
        # Every request is followed by a pause, however short.
        self._waited[threading.get_ident()] += seconds + RTT

    def longest(self) -> float:
        """What the slowest thread waited since this was last asked."""
        waited = max(self._waited.values(), default=0.0)
        self._waited.clear()
        return waited


def address(net: int, number: int, port: int) -> str:
    """A host of its own on this machine."""
    return f"127.{net}.{number // 250}.{number % 250 + 1}:{port}"


def accounts(pages: int) -> dict[str, list[str]]:
    return {
        "bluesky": [f"brand{n}.example" for n in range(EACH)],
        "discourse": [f"http://{address(1, n, pages)}" for n in range(EACH)],
        "github": [f"brand{n}/app" for n in range(EACH)],
        "mastodon": [f"brand{n}@m{n // 5}.example" for n in range(EACH)],
        "trustpilot": [f"brand{n}.example" for n in range(EACH)],
    }


def settings(var: Path, pages: int, stream: int) -> Any:
    from settings import Settings

    forums = [address(1, n, pages) for n in range(EACH)]
    hosts = {f"m{n}.example": address(2, n, pages) for n in range(EACH // 5)}
    here = f"http://127.0.0.1:{pages}"
    return Settings(
        var=var,
        secret="x" * 16,
        private_hosts=",".join([*forums, *hosts.values()]),
        bluesky_appview=here,
        bluesky_first_days=0,
        bluesky_retention_hours=1,
        bluesky_jetstream=f"ws://127.0.0.1:{stream}/subscribe?accounts={EACH}&x=",
        discourse_first_days=FIRST_DAYS,
        github_api=here,
        github_token="a-token-of-the-benchmark",
        github_first_days=FIRST_DAYS,
        mastodon_instances=" ".join(f"{k}=http://{v}" for k, v in hosts.items()),
        mastodon_first_days=FIRST_DAYS,
        trustpilot_api=here,
        trustpilot_key="a-key-of-the-benchmark",
        trustpilot_first_days=FIRST_DAYS,
    )


def _registry(store: Any, names: dict[str, list[str]]) -> None:
    from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry

    industry = IndustryEntry(slug="air", name="Air", nace="H")
    brands = [
        BrandEntry(slug=f"b{n}", name=f"b{n}", industry="air") for n in range(EACH)
    ]
    entries = [
        AccountEntry(brand=f"b{n}", channel=slug, account=name)
        for slug, mine in names.items()
        for n, name in enumerate(mine)
    ]
    store.put_registry(
        Registry(industries=(industry,), brands=tuple(brands), accounts=tuple(entries))
    )
    # A hundred handles are asked for in a look; that is not what is measured here.
    dids = {name: f"did:plc:brand{n}" for n, name in enumerate(names["bluesky"])}
    store.resolve_accounts("bluesky", START, dids, {})


def _measure(pages: int, stream: int) -> dict[str, Any]:
    from collectors import channels
    from store import Store

    with tempfile.TemporaryDirectory() as folder:
        own = settings(Path(folder), pages, stream)
        store = Store(own.database)
        store.migrate()
        names = accounts(pages)
        _registry(store, names)
        bench = Bench(store, own, pages)
        for slug in names:
            bench.look(slug, START)
        first = {"first_cpu": bench.cpu(), "first_rows": _rows(store)}
        bench.told("hour")
        mib, hours = [_mib()], []
        for hour in range(HOURS):
            hours.append(bench.hour(START + hour * 3_600, list(names)))
            mib.append(_mib())
        every = {s: channels()[s].every.total_seconds() for s in names}  # type: ignore[union-attr]
        said = {
            **first,
            "mib": mib,
            "cpu": max(each["cpu"] for each in hours),
            "wall": max(each["wall"] for each in hours),
            "rows": (_rows(store) - first["first_rows"]) // HOURS,
            "channels": bench.channels(every),
        }
        for name in ("two_at_once", "busiest", "counted", "unchanged", "refused"):
            said[name] = max(each[name] for each in hours)
        store.close()
        return said


class Bench:
    """The worker's looks, and what they took."""

    def __init__(self, store: Any, own: Any, pages: int) -> None:
        self.store, self.own = store, own
        self.control = f"http://127.0.0.1:{pages}/-"
        self.clocks: dict[str, Time] = {}
        self.hosts: dict[str, Any] = {}
        self.seen: defaultdict[str, list[tuple[float, float, int]]] = defaultdict(list)
        self._cpu = time.process_time()

    def cpu(self) -> float:
        """Seconds of processor time since this was last asked."""
        now = time.process_time()
        took, self._cpu = now - self._cpu, now
        return took

    def told(self, what: str) -> dict[str, int]:
        with urlopen(f"{self.control}/{what}") as said:
            found: dict[str, int] = json.loads(said.read())
            return found

    def hour(self, start: int, slugs: list[str]) -> dict[str, Any]:
        """The looks that fall due in an hour, in their order."""
        from collectors import channels

        due = [
            (start + at, slug)
            for slug in slugs
            for at in range(3_600)
            if (start + at - START) % channels()[slug].every.total_seconds() == 0  # type: ignore[union-attr]
            and start + at > START
        ]
        self.cpu()
        begun = time.monotonic()
        for at, slug in sorted(due):
            self.look(slug, at)
        return {
            **self.told("hour"),
            "cpu": self.cpu(),
            "wall": time.monotonic() - begun,
        }

    def look(self, slug: str, at: int) -> None:
        from collectors.hosts import Hosts
        from jobs.collecting import collect

        clock = self.clocks.setdefault(slug, Time())
        clock.base = at - START
        hosts = self.hosts.setdefault(slug, Hosts(clock))
        self.told(f"look/{at}")
        cpu = time.process_time()
        (run,) = collect(
            *(self.store, self.own, slug),
            now=lambda: at,
            sleep=clock.sleep,
            hosts=hosts,
        )
        if run.outcome != "ok":
            sys.stderr.write(f"{slug}: {run.outcome}, {run.problem}\n")
        took = time.process_time() - cpu
        requests = self.told(f"look/{at}")["requests"]
        self.seen[slug].append((clock.longest() + took, took, requests))

    def channels(self, every: dict[str, float]) -> dict[str, dict[str, float]]:
        """Of the looks after the first, where the hours had any."""
        later = {slug: looks[1:] or looks for slug, looks in self.seen.items()}
        return {
            slug: {
                "looks": 3_600 / every[slug],
                "every": every[slug],
                "longest": max(each[0] for each in looks),
                "cpu": sum(each[1] for each in looks) / len(looks),
                "requests": sum(each[2] for each in looks) / len(looks),
            }
            for slug, looks in later.items()
        }


def _rows(store: Any) -> int:
    return sum(len(store.open_since(slug, 0)) for slug in accounts(0))


def _mib() -> float:
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    random.seed(0)
    if sys.argv[1] == "measure":
        sys.stdout.write(json.dumps(_measure(int(sys.argv[2]), int(sys.argv[3]))))
