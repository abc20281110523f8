"""What a reader waits for and pays for: `/` and search over 100 and over 10,000 brands.

Bytes are those of `/` and of every file it names, as a browser gets them that takes
brotli. Three kinds of cold: the first answer of a process that has just been started
and has read nothing, no template either; the first of an edition that nobody has asked
for in a process that runs; and an answer that nobody has had of an edition that is
open. Beside them, as a floor that moves with the machine, the same rows read with
Python's own sqlite3 into tuples and sorted by score. Times are the processor's, so that
they hold on a machine that is busy with something else.
"""

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

ROOT = Path(__file__).resolve().parent.parent
FEW, MANY = 100, 10_000
MOST_KB, HOME_MS, SEARCH_MS = 60, 100, 50
TIMES = 5
EDITIONS = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
"""The last is the current one."""
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
print(first(Path({var!r}), {path!r}))
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
    import polars as pl

    from model.entries import BrandEntry, IndustryEntry, Registry
    from settings import Settings
    from store import Store

    draw = random.Random(brands)
    names = _names(draw, brands)
    of = [f"industry-{at % INDUSTRIES}" for at in range(brands)]
    slugs = [f"brand-{at}" for at in range(brands)]
    store = Store(Settings(var=var, database_url="").database)
    store.migrate()
    store.put_registry(
        Registry(
            industries=tuple(
                IndustryEntry(slug=slug, name=slug.title(), nace="K")
                for slug in sorted(set(of))
            ),
            brands=tuple(
                BrandEntry(slug=slug, name=name, industry=industry)
                for slug, name, industry in zip(slugs, names, of, strict=True)
            ),
            accounts=(),
        )
    )
    lines = [
        _line(draw, at, *which)
        for at, which in enumerate(zip(slugs, names, of, strict=True), 1)
    ]
    for line in lines:
        line |= {"of": brands, "industry_of": brands // INDUSTRIES + 1}
    frame = pl.DataFrame(lines)
    for at, name in enumerate(EDITIONS):
        store.save_edition(_edition(brands, name, at), frame, [])
    store.close()


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
    for what, path, most in (("/", HOME, HOME_MS), ("search", SEARCH, SEARCH_MS)):
        for when, took in (
            ("first of a process", _started(var, path.format(1))),
            ("first of an edition", _opened(var, path.format(1))),
            ("any other", _next(var, path)),
        ):
            yield _said(f"{what}, {when}", statistics.median(took), most, floor)


def _floor(var: Path) -> None:
    with sqlite3.connect(var / "answerable.db") as database:
        for level in ("brand", "industry"):
            rows = database.execute(READ, (level,)).fetchall()
            rows.sort(key=lambda row: str(row[2]))


def first(var: Path, path: str) -> float:
    """Milliseconds of the first answer of a new site."""
    client = _client(var)
    return _ms(lambda: _got(client, path))


def _started(var: Path, path: str) -> list[float]:
    """The same, each time in a Python of its own."""
    places = {"root": str(ROOT), "site": str(ROOT / "site"), "var": str(var)}
    code = STARTED.format(**places, path=path)
    run = [sys.executable, "-c", code]
    return [
        float(subprocess.run(run, capture_output=True, text=True, check=True).stdout)
        for _ in range(TIMES)
    ]


def _opened(var: Path, path: str) -> list[float]:
    """The first of each edition, of a site that has shown another."""
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
