"""What a reader waits for and pays for: `/` and search over 100 and over 10,000 brands.

Bytes are those of `/` and of every file it names, as a browser gets them that takes
brotli. Answers are cold: nobody has had them. Three kinds of them, each as a reader may
meet it: the first of a process, which opens the edition before it listens, as
``wsgi.py`` does; the first of a new edition, which a process that runs opens before it
shows it; and any other. What no reader waits for is told beside them: how long a
process opens, and what the same answers take in one that opened nothing. An older
edition is opened for whoever asks for it first. The floor, which moves with the
machine, is the same rows read with Python's own sqlite3 into tuples and sorted by
score. Times are the processor's, so that they hold on a machine that is busy with
something else.
"""

import json
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scoring.method import METHOD

ROOT = Path(__file__).resolve().parent.parent
FEW, MANY = 100, 10_000
MOST_KB, HOME_MS, SEARCH_MS = 60, 100, 50
TIMES = 5
EDITIONS = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
"""The last is the current one, until a newer one is published."""
NEWEST = "newest-{}"
HOME, SEARCH = "/?page={}", "/search.json?q=beldun{}"
SYLLABLES = (
    "an", "bel", "cor", "dun", "el", "far", "gor", "hal", "in", "jor", "kel", "lum",
    "mar", "nor", "ol", "per", "quin", "ros",
)  # fmt: skip
INDUSTRIES = 40
READ = "SELECT * FROM standing WHERE edition_id = 1 AND level = ? AND headline = 1"
STARTED = """
import sys
sys.path[:0] = [{root!r}, {site!r}]
from pathlib import Path
from benchmarks.pages import first
print(*first(Path({var!r}), {path!r}, opens={opens!r}))
"""


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        _fill(few, FEW)
        _fill(many, MANY)
        yield _bytes(few)
        yield from _cold(many)


def _fill(var: Path, brands: int) -> None:
    """An edition of so many made-up brands, most of them ranked."""
    from model.entries import BrandEntry, IndustryEntry, Registry
    from settings import Settings
    from store import Store

    _, named = _named(brands)
    store = Store(Settings(var=var, database_url="").database)
    store.migrate()
    store.put_registry(
        Registry(
            industries=tuple(
                IndustryEntry(slug=slug, name=slug.title(), nace="K")
                for slug in sorted({of for _, _, of in named})
            ),
            brands=tuple(
                BrandEntry(slug=slug, name=name, industry=industry)
                for slug, name, industry in named
            ),
            accounts=(),
        )
    )
    store.close()
    for at, name in enumerate(EDITIONS):
        _publish(var, brands, name, at)


def _named(brands: int) -> tuple[random.Random, list[tuple[str, str, str]]]:
    """Slug, name and industry of each brand, and what draws their figures."""
    draw = random.Random(brands)
    names = _names(draw, brands)
    return draw, [
        (f"brand-{at}", name, f"industry-{at % INDUSTRIES}")
        for at, name in enumerate(names)
    ]


def _publish(var: Path, brands: int, name: str, at: int) -> None:
    import polars as pl

    from settings import Settings
    from store import Store

    draw, named = _named(brands)
    lines = [_line(draw, place, *which) for place, which in enumerate(named, 1)]
    for line in lines:
        line |= {"of": brands, "industry_of": brands // INDUSTRIES + 1}
    store = Store(Settings(var=var, database_url="").database)
    curves = pl.DataFrame([_curve(draw, slug) for slug, _, _ in named])
    store.save_edition(_edition(brands, name, at), pl.DataFrame(lines), [], curves)
    store.close()


def _curve(draw: random.Random, slug: str) -> dict[str, str]:
    """What tables read how sure a wait is from: of a brand, as editions keep it."""
    share = sorted(draw.randint(0, 10_000) for _ in METHOD.curve_times.value)
    said = {
        "share": share,
        "low": [max(0, each - 300) for each in share],
        "high": [min(10_000, each + 300) for each in share],
        "n": 500,
        "seen": [500] * 8,
    }
    key = {"topic": "curve", "level": "brand", "family": "social", "channel": ""}
    return {**key, "slug": slug, "body": json.dumps(said, separators=(",", ":"))}


def _names(draw: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        words = ("".join(draw.choices(SYLLABLES, k=draw.randint(2, 3))) for _ in "ab")
        found.setdefault(" ".join(word.title() for word in words))
    return list(found)


def _line(
    draw: random.Random, at: int, slug: str, name: str, of: str
) -> dict[str, Any]:
    n = draw.randint(50, 5_000)
    share = sorted(round(draw.random(), 4) for _ in range(3))
    found: dict[str, Any] = {
        "level": "brand", "family": "social", "cut": "all", "headline": True,
        "channel": "", "account": "", "industry_placed": "", "waits": "", "lost": 0,
        "status": "ranked", "slug": slug, "name": name, "industry": of, "rank": at,
        "rank_low": max(1, at - 9), "rank_high": at + 9, "placed": "",
        "industry_rank_low": 1, "industry_rank_high": 3, "score": 100 * share[1],
        "score_low": 95 * share[1], "score_high": min(100.0, 105 * share[1]),
        "inquiries": n, "authors": n - 9, "median_wait_s": draw.randint(60, 250_000),
        "coverage": 0.99, "t1_s": 3_600, "t2_s": 86_400, "t3_s": 259_200,
    }  # fmt: skip
    for number, value in enumerate(share, 1):
        found[f"share_t{number}"] = value
        found[f"share_t{number}_low"] = round(max(0.0, value - 0.03), 4)
        found[f"share_t{number}_high"] = round(min(1.0, value + 0.03), 4)
    return found


def _edition(brands: int, name: str, at: int) -> Any:
    from model import Edition

    return Edition(
        name=name, day_from=20_635 + at, day_to=20_727 + at, as_of=1_791_000_000,
        made_at=1_791_000_000, method="1", code="0", inquiries=1, messages=1,
        brands=brands, coverage=0.99, cuts='{"social": "all"}', left_out="{}",
        input_digest="1" * 64, result_digest="2" * 64, previous="", digest="3" * 64,
        licence="CC-BY-4.0", provisional=False, sample=False,
    )  # fmt: skip


def _client(var: Path) -> Any:
    from settings import Settings
    from web.app import create_app

    return create_app(Settings(var=var, database_url="")).test_client()


def _bytes(var: Path) -> str:
    client = _client(var)
    html = client.get("/").text
    named = set(re.findall(r'(?:href|src)="([^"]+\.(?:css|js|svg))"', html))
    elsewhere = sorted(each for each in named if not each.startswith("/"))
    packed = {"Accept-Encoding": "br"}
    sizes = {
        path: len(client.get(path, headers=packed).data)
        for path in sorted({"/"} | named)
    }
    total = sum(sizes.values())
    verdict = "reached" if total <= MOST_KB * 1_000 and not elsewhere else "MISSED"
    parts = ", ".join(
        f"{path.rsplit('/', 1)[1].split('.')[0] or 'page'} {size / 1_000:.1f}"
        for path, size in sizes.items()
    )
    return (
        f"/ with {FEW} brands: {total / 1_000:.1f} kB of {MOST_KB} in {len(sizes)}"
        f" requests ({parts}), from elsewhere: {', '.join(elsewhere) or 'nothing'}"
        f" ({verdict})"
    )


def _cold(var: Path) -> Iterator[str]:
    floor = statistics.median(_ms(lambda: _floor(var)) for _ in range(TIMES))
    yield f"the bare reading: {floor:.0f} ms"
    for what, path, most in (("/", HOME, HOME_MS), ("search", SEARCH, SEARCH_MS)):
        opening, opened, bare = map(statistics.median, _started(var, path.format(2)))
        for when, took in (
            ("first of a process", opened),
            ("first of a new edition", _published(var, path.format(2))),
            ("any other", statistics.median(_next(var, path))),
        ):
            yield _said(f"{what}, {when}", took, most, floor)
        older = statistics.median(_older(var, path.format(2)))
        yield (
            f"{what} of an older edition that is opened for it: {older:.0f} ms; of a"
            f" process that opened nothing: {bare:.0f} ms; opening takes a process"
            f" {opening:.0f} ms"
        )


def _floor(var: Path) -> None:
    with sqlite3.connect(var / "answerable.db") as database:
        for level in ("brand", "industry"):
            rows = database.execute(READ, (level,)).fetchall()
            rows.sort(key=lambda row: str(row[2]))


def first(var: Path, path: str, *, opens: bool) -> tuple[float, float]:
    """Milliseconds in which a new site opens, and of its first answer."""
    from web.app import warm

    client = _client(var)
    opening = _ms(lambda: warm(client.application)) if opens else 0.0
    return opening, _ms(lambda: _got(client, path))


def _started(var: Path, path: str) -> tuple[list[float], list[float], list[float]]:
    """Of sites each in a Python of its own: how long they open, their first answers,
    and those of sites that open nothing."""
    places = {"root": str(ROOT), "site": str(ROOT / "site"), "var": str(var)}
    found: list[list[float]] = []
    for _ in range(TIMES):
        parts = []
        for opens in (True, False):
            code = STARTED.format(**places, path=path, opens=opens)
            run = [sys.executable, "-c", code]
            done = subprocess.run(run, capture_output=True, text=True, check=True)
            parts.append([float(part) for part in done.stdout.split()])
        (opening, opened), (_, bare) = parts
        found.append([opening, opened, bare])
    openings, firsts, bares = map(list, zip(*found, strict=True))
    return openings, firsts, bares


def _published(var: Path, path: str) -> float:
    """The first answer of an edition that appears while the site runs."""
    from web.source import POLL_S

    client = _client(var)
    _got(client, path)
    site = client.application.extensions["answerable"]
    _publish(var, MANY, NEWEST.format(time.time_ns()), len(EDITIONS))
    time.sleep(POLL_S)
    held = site.library().current.name  # and the new one is being opened
    site.source.beside.wait()
    time.sleep(POLL_S)
    took = _ms(lambda: _got(client, path))
    assert site.library().current.name != held, held
    return took


def _older(var: Path, path: str) -> list[float]:
    """The first of each older edition, of a site that has shown the current one."""
    client = _client(var)
    _got(client, path)
    under = path.replace("/?", "?")
    return [
        _ms(lambda name=name: _got(client, f"/editions/{name}{under}"))
        for name in EDITIONS[:-1]
    ]


def _next(var: Path, path: str) -> list[float]:
    """Those that nobody has had, of a site that has answered before."""
    client = _client(var)
    _got(client, path.format(1))
    return [_ms(lambda at=at: _got(client, path.format(at))) for at in range(2, 12)]


def _got(client: Any, path: str) -> None:
    assert client.get(path, headers={"Accept-Encoding": "br"}).status_code == 200, path


def _ms(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return 1_000 * (time.process_time() - begun)


def _said(what: str, took: float, most: float, floor: float) -> str:
    verdict = "reached" if took <= most else "MISSED"
    return (
        f"{what}, {MANY:,} brands: {took:.0f} ms of {most:.0f} ({verdict}),"
        f" {took / floor:.2f} of the bare reading's {floor:.0f} ms"
    )
