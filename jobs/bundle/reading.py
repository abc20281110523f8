"""A bundle opened and read. Whoever made it may have meant harm.

Nothing is believed: only the files a bundle has, each once and of a size one can bear,
each column named and typed. What is wrong is a sentence (Failed), never a traceback.
"""

import csv
import json
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.csv

from jobs import Failed
from model.bundle import FILES, Column, Table

LARGEST = 8 * 2**30
"""Bytes of all files of a zip together: an edition of sixty million inquiries."""

LARGEST_JSON = 16 * 2**20
LARGEST_TABLE = 2**30
"""Of a table that is read whole: every one but the inquiries."""

TIGHTEST = 200
"""How many times smaller a file may have become in a zip; ours reach thirty."""

DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError,
    EOFError, ValueError, IndexError, OSError,
)  # fmt: skip
"""What zipfile raises where a zip is not one, or not whole, or locked."""

BLOCK = 8 * 2**20
"""Bytes of a table read at one time; no line may be longer."""

MOST = 2**53
"""Whole numbers beyond are none we write."""

ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("s", "UTC"),
}
EXPECTED = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a day such as 2026-07-01",
    "datetime": "a time such as 2026-07-01T00:00:00Z",
}
WRONG_CELL = re.compile(r"CSV column #(\d+): .*invalid value '(.*)'", re.DOTALL)


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder of a bundle; that of a zip exists only as long as this lasts."""
    if path.is_dir():
        _check_names(path, [file.name for file in path.iterdir()])
        for name in FILES:
            if not (path / name).is_file() or (path / name).is_symlink():
                raise Failed(f"{path / name}: expected a plain file")
        yield path
        return
    if not path.is_file():
        raise Failed(
            f"there is no bundle at {path}; expected a folder or a zip written by"
            " `answerable export`"
        )
    with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, path, Path(folder))
        except DAMAGED as wrong:
            raise Failed(
                f"{path}: expected a bundle, a folder or a zip that can be read"
                f" ({wrong})"
            ) from None
        yield Path(folder)


def _check_names(path: Path, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise Failed(f"{path}: {name!r} is in it twice")
        if name not in FILES:
            raise Failed(
                f"{path}: {name[:100]!r} is no file of a bundle; expected"
                f" {', '.join(FILES)} and no other"
            )
    for name in FILES:
        if name not in names:
            raise Failed(f"{path}: {name} is missing; expected {', '.join(FILES)}")


def _unpack(archive: zipfile.ZipFile, path: Path, folder: Path) -> None:
    """Writes the members, whose names we know, counting what really comes out."""
    members = archive.infolist()
    if len(members) > 10 * len(FILES):
        raise Failed(f"{path}: {len(members)} files; a bundle has {len(FILES)}")
    _check_names(path, [member.filename for member in members])
    left = LARGEST
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Failed(f"{path}: {member.filename} is packed in a way we never use")
        if member.file_size > max(member.compress_size * TIGHTEST, BLOCK):
            raise Failed(
                f"{path}: {member.filename} would become {TIGHTEST} times larger or"
                " more, which no file of a bundle does; it was not unpacked"
            )
        most = min(left, member.file_size)
        with (
            archive.open(member) as source,
            (folder / member.filename).open("wb") as target,
        ):
            while block := source.read(1 << 20):
                most -= len(block)
                left -= len(block)
                if most < 0:
                    raise Failed(
                        f"{path}: {member.filename} is larger than it says, or than"
                        f" the {LARGEST >> 30} GiB a bundle may have"
                    )
                target.write(block)


def read_json(path: Path) -> dict[str, Any]:
    """An object. Raises Failed: too large, no JSON, a name twice, no finite number."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a name is in it twice")
        return found

    def never(word: str) -> Any:
        raise ValueError(f"{word} is no number")

    if path.stat().st_size > LARGEST_JSON:
        raise Failed(f"{path.name}: larger than {LARGEST_JSON >> 20} MiB")
    try:
        said = json.loads(
            path.read_bytes(), object_pairs_hook=once, parse_constant=never
        )
    except (ValueError, RecursionError) as wrong:
        raise Failed(f"{path.name}: expected JSON ({wrong})") from None
    if not isinstance(said, dict):
        raise Failed(f"{path.name}: expected a JSON object")
    return said


def read_table(folder: Path, table: Table) -> pl.DataFrame:
    """A table whole. Raises Failed."""
    if (folder / table.file).stat().st_size > LARGEST_TABLE:
        raise Failed(f"{table.file}: larger than {LARGEST_TABLE >> 30} GiB")
    frames = list(blocks(folder, table))
    whole = pl.concat(frames) if frames else empty(table)
    twice = whole.select(table.key).is_duplicated() if table.key else None
    if twice is not None and twice.any():
        which = whole.filter(twice).select(table.key).row(0)
        raise Failed(
            f"{table.file}: two lines for {' '.join(str(each) for each in which)}"
        )
    return whole


def empty(table: Table) -> pl.DataFrame:
    """The table without a line, as ``blocks`` would give it."""
    schema = pa.schema([(c.name, ARROW[c.type]) for c in table.columns])
    return _plain(schema.empty_table(), table)


def blocks(folder: Path, table: Table) -> Iterator[pl.DataFrame]:
    """A table, some lines at a time: its columns, moments in epoch seconds, and every
    cell as its column says. Raises Failed."""
    path = folder / table.file
    there = _head(path, table)
    if _only_head(path):
        return
    done = 1
    try:
        with pa.csv.open_csv(
            path,
            read_options=pa.csv.ReadOptions(block_size=BLOCK),
            parse_options=pa.csv.ParseOptions(newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types={c.name: ARROW[c.type] for c in there},
                null_values=[""],
                true_values=["true"],
                false_values=["false"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        ) as reader:
            for batch in reader:
                frame = _plain(pa.Table.from_batches([batch]), table)
                _check_cells(frame, table, done)
                done += len(frame)
                yield frame
    except (pa.ArrowException, UnicodeError) as wrong:
        raise Failed(_sentence(path, there, str(wrong))) from None
    except pl.exceptions.PolarsError as wrong:
        raise Failed(f"{table.file}: {' '.join(str(wrong).split())[:200]}") from None


def _head(path: Path, table: Table) -> list[Column]:
    """The columns a file has; it may lack some if it is older than they are."""
    with path.open("rb") as file:
        head = file.readline(LARGEST_JSON).decode("utf-8", "replace").rstrip("\r\n")
    names = next(csv.reader([head[:10_000]]), [])
    there = [c for c in table.columns if c.name in names or not c.later]
    if names != [column.name for column in there]:
        lacking = [name for name in table.names if name not in names]
        strange = [name for name in names if name not in table.names]
        said = [f"lacking {', '.join(lacking)}"] if lacking else []
        said += [f"unknown {', '.join(strange)[:200]}"] if strange else []
        raise Failed(
            f"{table.file}: expected the columns {','.join(table.names)}"
            f" ({'; '.join(said) or 'in this order, each once'})"
        )
    return there


def _only_head(path: Path) -> bool:
    with path.open("rb") as file:
        file.readline(LARGEST_JSON)
        return not file.read(1)


def _plain(table: pa.Table, described: Table) -> pl.DataFrame:
    for column in described.columns:
        if column.name not in table.column_names:
            nothing = pa.nulls(len(table), ARROW[column.type])
            table = table.append_column(column.name, nothing)
    frame = pl.from_arrow(table.select(described.names))
    assert isinstance(frame, pl.DataFrame)
    times = [c.name for c in described.columns if c.type == "datetime"]
    days = [c.name for c in described.columns if c.type == "date"]
    return frame.with_columns(
        *(pl.col(name).dt.epoch("s") for name in times),
        *(pl.col(name).cast(pl.Int32) for name in days),
    )


def _check_cells(frame: pl.DataFrame, table: Table, done: int) -> None:
    """Every cell holds what its column may hold. ``done``: lines before this frame."""
    for column in table.columns:
        wrong = frame.select(_wrong(column).fill_null(not column.empty)).to_series()
        if wrong.any():
            at = wrong.arg_true()[0]
            raise Failed(
                f"{table.file}, line {done + at + 1}, column {column.name}: expected"
                f" {expected(column)}, found {_shown(frame[column.name][at])}"
            )


def _wrong(column: Column) -> pl.Expr:
    """Whether a cell is not what it may be; null where it is empty."""
    cell = pl.col(column.name)
    if column.words:
        return ~cell.is_in(list(column.words))
    if column.type in ("integer", "number"):
        least = -MOST if column.least is None else column.least
        return ~(cell.is_finite() & cell.is_between(least, MOST))
    if column.type == "datetime":
        return ~cell.is_between(-MOST, MOST)
    return cell.is_null() & pl.lit(None, pl.Boolean)


def expected(column: Column) -> str:
    """What a cell of a column may be, in words."""
    said = EXPECTED.get(column.type, "text")
    if column.words:
        said = f"one of {', '.join(column.words)}"
    elif column.least is not None:
        said += f" of at least {column.least}"
    return said + (" or nothing" if column.empty else "")


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(str(value)[:80])


def _sentence(path: Path, there: list[Column], wrong: str) -> str:
    """What Arrow could not read, with the line it stands in."""
    found = WRONG_CELL.search(wrong)
    if found is None:
        said = " ".join(wrong.split())[:200]
        return f"{path.name}: expected a table of {len(there)} columns ({said})"
    at, value = int(found[1]), found[2]
    column = there[at]
    line = _line(path, at, value)
    where = f", line {line}" if line else ""
    return (
        f"{path.name}{where}, column {column.name}: expected {expected(column)},"
        f" found {_shown(value)}"
    )


def _line(path: Path, at: int, value: str) -> int | None:
    """Where a cell first stands; only looked for once something is wrong."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.reader(file), 1):
                if at < len(row) and row[at] == value:
                    return number
    except (csv.Error, UnicodeError):
        pass
    return None
