"""An edition written as a bundle: a folder, or one zip file.

Columns all the way; of the inquiries, only a slice at a time is words and times.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import polars as pl

from jobs import Failed
from jobs.bundle import described
from jobs.bundle.described import Written
from jobs.sample import is_there
from jobs.starting import opened
from model import Edition
from model.bundle import (
    ACCOUNTS,
    BRANDS,
    COVERAGE,
    DETAILS,
    FILES,
    INDUSTRIES,
    INQUIRIES,
    PACKAGE,
    PUBLICATIONS,
    STANDINGS,
    Table,
)
from model.citation import cff
from scoring.answers import kept_in
from scoring.book import Book, Period
from scoring.edition import INQUIRIES as PARTS
from scoring.edition import thawed
from scoring.method import METHOD
from scoring.printing import TYPES
from scoring.rows import further_told, told
from settings import Settings
from store import Store, UnknownEdition

ROWS = 1_000_000
"""Inquiries written at one time."""

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
LONGEST_LINK = 2_000

Progress = Callable[[int, int], None]
"""Told how many inquiries have been written, and of how many."""

Linked = Callable[[pl.DataFrame], pl.DataFrame]
"""Rows with a column ``link``."""


@dataclass(frozen=True)
class Exported:
    path: Path
    edition: Edition
    rows: int
    size: int  # bytes, of all files or of the zip


@dataclass(frozen=True)
class Kept:
    """An edition's frozen parts."""

    names: Book
    covered: pl.DataFrame
    posted: pl.DataFrame
    inquiries: list[pl.DataFrame]
    answers: pl.DataFrame  # FURTHER


@contextmanager
def holding(settings: Settings, name: str) -> Iterator[Store]:
    """The database that holds an edition: the main one or, if it has none of that
    name, the sample's. Raises UnknownEdition, StoreError."""
    with opened(settings) as store:
        try:
            store.edition(name)
        except UnknownEdition:
            if not is_there(settings):
                raise
        else:
            yield store
            return
    sample = Store(settings.sample_database)
    try:
        yield sample
    finally:
        sample.close()


def export(
    store: Store,
    name: str,
    path: Path,
    public_url: str = "",
    progress: Progress | None = None,
    *,
    links: bool = True,
) -> Exported:
    """Writes an edition as a folder, or as a zip where ``path`` ends in .zip; without
    the links of messages where they are not wanted.

    It is written beside ``path`` and takes its place when it is whole. Raises Failed
    for a place that is taken and a method this code does not know; UnknownEdition.
    """
    edition = store.edition(name)
    if edition.method != METHOD.version:
        raise Failed(
            f"edition {name} was made under method {edition.method} and this code"
            f" knows method {METHOD.version}; export it with the version that made it"
            f" ({edition.code})"
        )
    if path.exists() or path.is_symlink():
        raise Failed(f"{path} is there already; remove it, or choose another place")
    if not path.resolve().parent.is_dir():
        raise Failed(f"there is no folder {path.resolve().parent}; make it first")
    with tempfile.TemporaryDirectory(
        dir=path.resolve().parent, prefix=f".{path.name}."
    ) as beside:
        folder = Path(beside, "bundle")
        folder.mkdir()
        linked = partial(_linked if links else _unlinked, store)
        rows = _write(store, edition, folder, public_url, linked, progress)
        made = folder
        if path.suffix == ".zip":
            made = Path(beside, "bundle.zip")
            _zip(folder, made)
        size = sum(file.stat().st_size for file in _files(made))
        made.rename(path)
    return Exported(path, edition, rows, size)


def _files(made: Path) -> list[Path]:
    return sorted(made.iterdir()) if made.is_dir() else [made]


def _write(
    store: Store,
    edition: Edition,
    folder: Path,
    public_url: str,
    linked: Linked,
    progress: Progress | None,
) -> int:
    """Writes every file; how many inquiries."""
    kept = _kept(store.edition_parts(edition.name))
    url = f"{public_url.rstrip('/')}/editions/{edition.name}" if public_url else ""
    _tables(store, edition, kept, folder)
    rows = _inquiries(edition, kept, folder, linked, progress or (lambda _d, _t: None))
    documents = {
        "edition.json": described.to_json(described.edition_said(edition)),
        "method.json": described.to_json(described.method_said()),
        "README.md": described.readme(edition, url),
        "CITATION.cff": cff(edition, url),
    }
    for name, content in documents.items():
        (folder / name).write_bytes(content)
    files = {name: _written(folder / name) for name in FILES if name != PACKAGE}
    slugs = sorted(kept.names.accounts["channel"].unique())
    package = described.package(edition, slugs, files, url)
    (folder / PACKAGE).write_bytes(described.to_json(package))
    return rows


def _kept(parts: dict[str, bytes]) -> Kept:
    return Kept(
        Book(thawed(parts["accounts"])),
        thawed(parts["coverage"]),
        thawed(parts["publications"]),
        [thawed(part) for name, part in sorted(parts.items()) if PARTS in name],
        kept_in(parts),
    )


def _tables(store: Store, edition: Edition, kept: Kept, folder: Path) -> None:
    """Every table but the inquiries."""
    assert edition.id is not None
    accounts = kept.names.accounts
    by_day = [
        frame.with_columns(
            accounts["channel"].gather(frame["account"]).alias("channel"),
            accounts["account"].gather(frame["account"]).alias("account"),
            pl.col("day").cast(pl.Date),
        )
        for frame in (kept.covered, kept.posted)
    ]
    tables = (
        (STANDINGS, store.lines(edition.id, TYPES)),
        (DETAILS, store.detail_lines(edition.id)),
        (COVERAGE, by_day[0]),
        (PUBLICATIONS, by_day[1]),
        (ACCOUNTS, accounts.rename({"slug": "brand"})),
        (
            BRANDS,
            accounts.select(pl.col("slug").alias("brand"), "name", "industry")
            .unique()
            .sort("brand"),
        ),
        (
            INDUSTRIES,
            accounts.select("industry", pl.col("industry_name").alias("name"))
            .unique()
            .sort("industry"),
        ),
    )
    for table, frame in tables:
        with (folder / table.file).open("wb") as file:
            _csv(frame, table, file, header=True)


def _csv(frame: pl.DataFrame, table: Table, file: IO[bytes], *, header: bool) -> None:
    """The frame's rows in the table's columns; what is not known is empty."""
    texts = [c.name for c in table.columns if c.type == "string"]
    times = [c.name for c in table.columns if c.type == "datetime"]
    frame.select(table.names).with_columns(
        pl.when(pl.col(texts) != "").then(pl.col(texts)),
        *(pl.from_epoch(name, "s") for name in times),
    ).write_csv(
        file,
        include_header=header,
        datetime_format=MOMENT,
        date_format="%Y-%m-%d",
        batch_size=8_192,
    )


def _inquiries(
    edition: Edition, kept: Kept, folder: Path, linked: Linked, progress: Progress
) -> int:
    period = Period(edition.day_from, edition.day_to, edition.as_of)
    cuts = json.loads(edition.cuts)
    total = sum(len(part) for part in kept.inquiries)
    done = 0
    with (folder / INQUIRIES.file).open("wb") as file:
        header = True
        for frozen in _by_brand(kept):
            rows = further_told(told(frozen, kept.names, period, cuts), kept.answers)
            _csv(linked(rows), INQUIRIES, file, header=header)
            header = False
            done += len(rows)
            progress(done, total)
        if header:
            file.write((",".join(INQUIRIES.names) + "\n").encode())
    return total


def _by_brand(kept: Kept) -> Iterator[pl.DataFrame]:
    """The frozen rows in the order of the accounts' brands, a slice at a time.

    Parts hold each brand whole, but in the order in which a database numbers brands.
    """
    runs = []
    for part in kept.inquiries:
        brand = pl.Series(kept.names.brand[part["account"].to_numpy()]).rle().struct
        lengths = brand.field("len")
        starts = lengths.cum_sum() - lengths
        runs += [
            (number, part, start, length)
            for number, start, length in zip(
                brand.field("value"), starts, lengths, strict=True
            )
        ]
    waiting: list[pl.DataFrame] = []
    held = 0
    for _, part, start, length in sorted(runs, key=lambda run: run[0]):
        waiting.append(part.slice(start, length))
        held += length
        if held >= ROWS:
            yield pl.concat(waiting)
            waiting, held = [], 0
    if waiting:
        yield pl.concat(waiting)


def _linked(store: Store, rows: pl.DataFrame) -> pl.DataFrame:
    """With the link of each message that still stands."""
    wanted = rows.select(pl.col("inquiry").alias("id"), "asked_at")
    found = store.links(wanted).filter(
        pl.col("url").str.contains(r"^https?://[^\s\p{C}\"<>]+$")
        & (pl.col("url").str.len_bytes() <= LONGEST_LINK)
    )
    return rows.join(
        found.select(pl.col("id").alias("inquiry"), pl.col("url").alias("link")),
        on="inquiry",
        how="left",
        maintain_order="left",
    )


def _unlinked(_: Store, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, pl.String()).alias("link"))


def _written(path: Path) -> Written:
    with path.open("rb") as file:
        return Written(
            path.name,
            path.stat().st_size,
            hashlib.file_digest(file, "sha256").hexdigest(),
        )


def _zip(folder: Path, path: Path) -> None:
    """A zip of the same bytes for the same files: names in order, times fixed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            member = zipfile.ZipInfo(file.name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # Unix, wherever it is made
            member.external_attr = 0o644 << 16
            member.file_size = file.stat().st_size  # decides whether it is a Zip64
            with file.open("rb") as source, archive.open(member, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)
