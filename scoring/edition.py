"""A whole edition as a pure function of its input, and its recomputation.

``make`` takes what a database knows and gives standings and frozen parts;
``recompute`` takes frozen parts alone. Both count with the same code, so an edition
can be checked, and cut in other ways, with nothing else at hand.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow.parquet import ParquetFile, write_table

from model.words import Count, Cut, Level
from scoring.ahead import WORKERS, ahead
from scoring.book import Book, Numbers, Period, book
from scoring.counting import LEVELS, Counting, Found, What, count, together
from scoring.details import details
from scoring.details.told import digest_of_all
from scoring.freeze import NOT_DELETED, Frozen, digest, frozen, ordered, told
from scoring.printing import printed, result_digest
from scoring.standing import NOTHING
from scoring.tally import READ, sliced

INQUIRIES = "inquiry-"
WHOLE = (
    "account",
    "author",
    "asked_s",
    "wait_s",
    "watched_s",
    "deleted_s",
    "inquiry",
)
CODES = {"kind": 0, "found_by": 4, "step": 8, "reason": 12, "addressed": 16}
"""Columns of a part, and the bit at which each code begins in its ``codes``."""

FEW = (pl.Int8, pl.String)
"""Types of columns in which few values come again and again."""

DAY_BITS = 24
"""Days since the first are below 2**24: 45,000 years."""

HELD = 4_000_000
"""Rows that may be held, some 40 bytes each, until there is time to write them."""

Says = Callable[[str, int], None]

Given = pl.DataFrame | Callable[[], pl.DataFrame]
"""A frame, or what waits for it."""


def silent(_what: str, _rows: int) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What publishing comes to; ``standings`` has the printed columns."""

    standings: pl.DataFrame
    parts: list[tuple[str, bytes]]
    cuts: dict[str, str]  # family to its headline cut
    left_out: dict[str, int]  # reason to messages; with inquiries they make messages
    inquiries: int
    messages: int
    brands: int
    coverage: float | None
    input_digest: str
    result_digest: str  # of the standings and the details
    details: pl.DataFrame  # DETAILS


def make(
    slices: Iterable[pl.DataFrame],
    directory: pl.DataFrame,
    covered: Given,
    posted: Given,
    period: Period,
    says: Says = silent,
) -> Result:
    """The edition of a period.

    ``slices`` (TALLIED) hold every brand whole; ``directory``, ``covered`` and
    ``posted`` have the columns of DIRECTORY, COVERED and POSTED. The result does not
    depend on how the rows were sliced or ordered. Raises UnknownAccount.
    """
    names, numbers = book(directory)
    what = What((Cut.ALL, Cut.NEEDS_ANSWER))
    found: list[Found] = []
    held: list[Frozen] = []
    files: list[Future[Filed]] = []

    def work(rows: pl.DataFrame) -> tuple[int, Found, Frozen]:
        kept = frozen(rows, names, numbers, period)
        return len(rows), count(sliced(kept, names), names, what), kept

    def file(slices: Iterable[Frozen]) -> None:
        files.extend(pool.submit(_filed, each, names) for each in slices)

    with ThreadPoolExecutor(WORKERS) as pool, ThreadPoolExecutor(1) as aside:
        around = aside.submit(_around, names, covered, posted, numbers)
        for rows, one, kept in ahead(pool, work, slices):
            found.append(one)
            held.append(kept)
            if sum(len(each["account"]) for each in held) > HELD:
                file(held)
                held.clear()
            says("counted", rows)
        days = around.result()
        counting = Counting(names, period, what, days.covered, days.posted)
        for one in found:
            counting.add(one)
        headlines = counting.headlines()
        tables = counting.tables(_wanted(headlines), pool)
        file(held)  # when the tables leave a processor idle
        lines = printed(together(tables), _words(headlines))
        says("ranked", 0)
        whole = len(held) == len(files)  # all of them are still here
        more = details(
            map(told, held)
            if whole
            else (thawed(each.result().file) for each in files),
            names,
            period,
            headlines,
            lines,
            days.posted,
            days.covered,
        )
        says("detailed", 0)
        filed = [each.result() for each in files]
    return _result(
        counting,
        lines,
        more,
        parts=[
            ("accounts", days.files[0]),
            ("coverage", days.files[1]),
            *((f"{INQUIRIES}{n:04}", each.file) for n, each in enumerate(filed)),
            ("publications", days.files[2]),
        ],
        input_digest=_input_digest(
            names,
            days.covered,
            days.posted,
            {brand: each for some in filed for brand, each in some.digests.items()},
        ),
    )


class Filed(NamedTuple):
    """A slice as it is kept, and the digest of each of its brands."""

    file: bytes
    digests: dict[int, bytes]


def _filed(kept: Frozen, names: Book) -> Filed:
    return Filed(part(kept), digest(kept, names))


class Around(NamedTuple):
    """What an edition keeps beside its rows, by account number."""

    covered: pl.DataFrame
    posted: pl.DataFrame
    files: list[bytes]  # of the accounts and of these two


def _around(names: Book, covered: Given, posted: Given, numbers: Numbers) -> Around:
    watched, said = (
        _renumbered(each() if callable(each) else each, numbers)
        for each in (covered, posted)
    )
    files = [parquet(frame) for frame in (names.accounts, watched, said)]
    return Around(watched, said, files)


def _wanted(headlines: Mapping[str, Cut]) -> list[Mapping[str, Cut]]:
    """What an edition prints: every family in its headline cut, and in ``all``."""
    said = {f: cut for f, cut in headlines.items() if cut is not Cut.ALL}
    return [dict.fromkeys(headlines, Cut.ALL), *([said] if said else ())]


def _words(headlines: Mapping[str, Cut]) -> dict[str, str]:
    return {family: cut.value for family, cut in headlines.items()}


def _result(
    counting: Counting,
    lines: pl.DataFrame,
    more: pl.DataFrame,
    *,
    parts: list[tuple[str, bytes]],
    input_digest: str,
) -> Result:
    headlines = counting.headlines()
    inquiries = counting.inquiries(headlines)
    present = lines["family"].unique().to_list()
    accounts = lines.filter(
        (pl.col("level") == Level.ACCOUNT.value) & pl.col("headline")
    )
    return Result(
        standings=lines,
        parts=parts,
        cuts={f: cut for f, cut in _words(headlines).items() if f in present},
        left_out=counting.left_out(headlines, inquiries),
        inquiries=inquiries,
        messages=int(counting.found.census.sum()),
        brands=accounts["slug"].n_unique(),
        coverage=_mean(accounts["coverage"]),
        input_digest=input_digest,
        result_digest=digest_of_all(result_digest(lines), more),
        details=more,
    )


def _mean(shares: pl.Series) -> float | None:
    return round(float(shares.to_numpy().mean()), 4) if len(shares) else None


def recompute(
    parts: Mapping[str, bytes],
    period: Period,
    cut: Cut | None = None,
    counted: Count = Count.PEOPLE,
    levels: tuple[Level, ...] = LEVELS,
    channel: str | None = None,
) -> pl.DataFrame:
    """Standings of an edition from its frozen parts, in any cut and count.

    ``cut``: None for each family's headline cut. ``channel``: of that channel alone;
    a sampled one then stands for itself, and industries are made of it.
    """
    names = Book(thawed(parts["accounts"]))
    covered, posted = thawed(parts["coverage"]), thawed(parts["publications"])
    frozen = [
        tallied(part) for name, part in sorted(parts.items()) if INQUIRIES in name
    ]
    headlines = _headlines(frozen, names, period)
    if channel is not None:
        names, kept = _alone(names, channel)
        covered, posted = (
            frame.filter(pl.col("account").is_in(kept)) for frame in (covered, posted)
        )
        frozen = [_of(rows, kept) for rows in frozen]
    wanted = {family: cut or head for family, head in headlines.items()}
    what = What(tuple(dict.fromkeys(wanted.values())), counted, levels)
    counting = Counting(names, period, what, covered, posted)
    with ThreadPoolExecutor(WORKERS) as pool:
        for found in ahead(
            pool, lambda rows: count(sliced(rows, names), names, what), frozen
        ):
            counting.add(found)
        tables = counting.tables([wanted], pool)
        return printed(together(tables), _words(headlines))


def _of(rows: Frozen, accounts: list[int]) -> Frozen:
    """The rows of these accounts."""
    mine = np.flatnonzero(np.isin(rows["account"], accounts))
    return {name: column[mine] for name, column in rows.items()}


def _headlines(frozen: list[Frozen], names: Book, period: Period) -> dict[str, Cut]:
    counting = Counting(names, period, What(()), NOTHING, NOTHING)
    for rows in frozen:
        counting.add(count(sliced(rows, names), names, counting.what))
    return counting.headlines()


def _alone(names: Book, channel: str) -> tuple[Book, list[int]]:
    """The book with a channel as if seen in full, and the numbers of its accounts."""
    mine = names.accounts["channel"] == channel
    sampled = pl.col("sampled") & (pl.col("channel") != channel)
    book_ = Book(names.accounts.with_columns(sampled))
    return book_, mine.arg_true().to_list()


def parquet(frame: pl.DataFrame) -> bytes:
    """A frame as a Parquet file."""
    file = io.BytesIO()
    write_table(
        frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
        file,
        compression="zstd",
        compression_level=1,
        write_statistics=False,
        use_dictionary=[name for name in frame.columns if frame[name].dtype in FEW],
    )
    return file.getvalue()


def part(kept: Frozen) -> bytes:
    """Frozen rows as a Parquet file. Codes travel in one column and nothing is null,
    bytes of one weight stand together: a third of the time of doing without."""
    codes = np.zeros(len(kept["kind"]), dtype=np.int32)
    for name, bit in CODES.items():
        codes |= kept[name].astype(np.int32) << bit
    columns = {name: kept[name] for name in WHOLE} | {"codes": codes}
    file = io.BytesIO()
    write_table(
        pa.table(columns),
        file,
        compression="lz4",
        write_statistics=False,
        use_dictionary=False,
        column_encoding=dict.fromkeys(columns, "BYTE_STREAM_SPLIT"),
    )
    return file.getvalue()


def thawed(part: bytes) -> pl.DataFrame:
    """The frame of a Parquet file made by ``parquet`` or ``part``."""
    frame = pl.read_parquet(io.BytesIO(part))
    if "codes" not in frame.columns:
        return frame
    codes = frame["codes"].to_numpy()
    return frame.select(
        *("account", "author", "asked_s"),
        pl.when(pl.col("wait_s") >= 0).then("wait_s"),
        "watched_s",
        *(pl.Series(n, (codes >> at) & 15, pl.Int8) for n, at in CODES.items()),
        pl.when(pl.col("deleted_s") != NOT_DELETED).then("deleted_s"),
        "inquiry",
    )


def tallied(part: bytes) -> Frozen:
    """What counting needs of a Parquet file made by ``part`` (or, long ago, by
    ``parquet``): the columns that ``sliced`` reads, and no others."""
    file = ParquetFile(pa.BufferReader(part))
    if "codes" not in file.schema_arrow.names:
        whole = thawed(part).select(*READ, pl.col("wait_s").fill_null(-1))
        return {name: whole[name].to_numpy() for name in whole.columns}
    wanted = [name for name in WHOLE if name in (*READ, "wait_s")]
    table = file.read(columns=[*wanted, "codes"], use_threads=False)
    codes = table["codes"].to_numpy()
    kept = {name: table[name].to_numpy() for name in wanted}
    coded = [name for name in CODES if name in READ]
    return kept | {n: (codes >> CODES[n] & 15).astype(np.int8) for n in coded}


def _renumbered(frame: pl.DataFrame, numbers: Numbers) -> pl.DataFrame:
    """By account number instead of id, in order; ids nobody registered are dropped."""
    ids = frame["account"].to_numpy()
    known = (ids >= 0) & (ids < len(numbers))
    number = np.where(known, numbers[np.where(known, ids, 0)], -1)
    rows = np.flatnonzero(number >= 0)
    days = frame["day"].to_numpy()[rows].astype(np.int64)
    keys = (number[rows] << DAY_BITS) + days - days.min(initial=0)
    order = rows[ordered(keys.view(np.uint64))]
    columns = {name: frame[name].to_numpy()[order] for name in frame.columns}
    return pl.DataFrame(columns | {"account": number[order].astype(np.int32)})


def _input_digest(
    names: Book, covered: pl.DataFrame, posted: pl.DataFrame, brands: dict[int, bytes]
) -> str:
    """sha256 of everything an edition was made of, in the book's order: the accounts
    as CSV, of days the columns one by one, the digest of each brand's rows."""
    whole = sha256(names.accounts.write_csv().encode())
    for frame in (covered, posted):
        whole.update(len(frame).to_bytes(8, "little"))
        for column in frame:
            whole.update(column.to_numpy().astype("<i4", copy=False).data)
    for brand in sorted(brands):
        whole.update(brand.to_bytes(8, "little") + brands[brand])
    return whole.hexdigest()
