"""A small edition with something of everything, its bundle, and ways to tamper."""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import polars as pl

from collectors.hashing import key
from fixtures_store import inquiries
from jobs.bundle import export
from jobs.publishing import publish
from model import DAY
from model.bundle import PACKAGE
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.frames import PUBLISHED, conform
from model.looks import Reading

FROM, TO = 20_454, 20_475
"""Three weeks of January 2026."""

KNOWN = (TO + 10) * DAY
ACCOUNTS = (
    ("bluesky", "zeta.example", "zeta"),
    ("google_play", "org.zeta", "zeta"),
    ("x", "zeta", "zeta"),
    ("bluesky", "acme.example", "acme"),
    ("mastodon", '@acme, "the one"', "acme"),
    ("bluesky", "bolt.example", "bolt"),
)
NAMES = {"zeta": "Zeta, Ltd", "acme": "Ácme", "bolt": "Bolt"}


def registry(names: dict[str, str] = NAMES) -> Registry:
    return Registry(
        industries=(
            IndustryEntry(slug="banks", name="Banks", nace="K"),
            IndustryEntry(slug="power", name="Power", nace="D"),
        ),
        brands=tuple(
            BrandEntry(slug=slug, name=name, industry="power" if at else "banks")
            for at, (slug, name) in enumerate(names.items())
        ),
        accounts=tuple(
            AccountEntry(channel=channel, account=account, brand=brand)
            for channel, account, brand in ACCOUNTS
        ),
    )


def written(account: tuple[str, str, str], n: int) -> list[dict[str, Any]]:
    """n messages of some n/2 people, of every kind and reason."""
    channel, name, brand = account
    rows = []
    for at in range(n):
        when = FROM * DAY + at * (TO - FROM) * DAY // n
        answered = when + 600 * (1 + at % 700) if at % 3 else None
        rows.append(
            {
                "channel": channel,
                "account": name,
                "key": key(f"{channel} {name} {at}"),
                "author": key(f"person {at * 7 % (n // 2 + 1)}"),
                "asked_at": when,
                "answered_at": answered,
                "step": 0 if answered is None else 2 + at % 4,
                "kind": at % 5 if channel == "bluesky" else 1 + at % 4,
                "found_by": 4 if at % 17 == 1 else 1 + at % 3,
                "addressed": 2 if at % 19 == 5 else 1,
                "deleted_at": when + (at % 2) * 9 * DAY + 5 if at % 13 == 7 else None,
                "watched_until": when + 9 if at % 23 == 11 else None,
                "url": f"https://{brand}.example/post/{at}" if at % 4 else None,
            }
        )
    return rows


def fill(store: Any, n: int = 120) -> Any:
    store.put_registry(registry())
    rows = [row for account in ACCOUNTS for row in written(account, n)]
    posts = pl.DataFrame(
        [
            {"channel": c, "account": a, "day": day, "posts": 3, "replies": day % 4}
            for c, a, _ in ACCOUNTS[:4]
            for day in range(FROM, TO)
        ]
    )
    store.merge(
        Reading(
            channel="interactions",
            inquiries=inquiries(*rows),
            published=conform(posts, PUBLISHED),
            since=FROM * DAY,
            as_of=KNOWN,
        )
    )
    return store


def edition(store: Any, name: str = "small") -> Any:
    return publish(store, FROM, TO, KNOWN, name=name)


def bundled(store: Any, path: Path) -> Path:
    export(store, "small", path)
    return path


def cells(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text())))


def write_cells(path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue())


def sign(folder: Path) -> None:
    """Puts the files' hashes into datapackage.json, as a careful forger would."""
    package = json.loads((folder / PACKAGE).read_text())
    for entry in (*package["resources"], *package["documents"]):
        content = (folder / entry["path"]).read_bytes()
        entry["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    (folder / PACKAGE).write_text(json.dumps(package))


def change(folder: Path, file: str, line: int, column: str, value: str) -> None:
    """One cell becomes another, with nothing else to be seen of it."""
    rows = cells(folder / file)
    rows[line][rows[0].index(column)] = value
    write_cells(folder / file, rows)
    sign(folder)
