"""Reading files as people send them: any encoding, broken quoting, ragged rows.

A file is taken as columns of text (polars). What cannot be placed is counted under a
sentence, never guessed and never dropped in silence: rows read are always rows kept
and rows refused together. Only a file that is not what its format promises at all
raises ``UnreadableFile``.

The quick way through a CSV file is pyarrow's, which agrees with Python's own ``csv``
module on what a field is and hands back every row of another width. When a quote was
left open, such a row may have swallowed others: then the file is read again, slowly,
and reading goes on one line after the damage.
"""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv
from pyarrow import parquet

from collectors.base import UnreadableFile
from collectors.columns import positive, sift

FEWER = "the row has fewer fields than the header"
MORE = "the row has more fields than the header"
QUOTE = "a quote was opened and never closed"
TOO_LONG = "a field is longer than 64 MiB"
NUL = "the row holds a NUL byte"
NO_OBJECT = "the line is not a JSON object"

_LONGEST_FIELD = 1 << 26
_BLOCK = 1 << 24  # bytes that pyarrow takes at a time; a longer row goes the slow way
_REREADS = 4  # lines read again for broken quotes, at most this many times the file
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip or a spreadsheet",
    b"7z\xbc\xaf": "7z",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ": "xz",
    b"SQLite format 3": "an SQLite database",
    b"%PDF": "PDF",
}

csv.field_size_limit(_LONGEST_FIELD)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file's rows as columns of text. An empty field is an empty text, never null."""

    frame: pl.DataFrame
    read: int  # rows in the file, refused ones included
    refused: dict[str, int] = field(default_factory=dict)  # reason: rows
    notes: tuple[str, ...] = ()


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises UnreadableFile when it is not a plain file of them."""
    if path.is_dir():
        raise UnreadableFile(path, "a file, found a folder: name the files in it")
    try:
        data = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "it cannot be opened"
        raise UnreadableFile(path, f"a readable file: {reason}") from problem
    for magic, name in _MAGIC.items():
        if data.startswith(magic):
            raise UnreadableFile(path, f"plain text, found {name}: unpack it first")
    if not data[:1_000].strip() and not data.strip():
        raise UnreadableFile(path, "a header and rows, found an empty file")
    return data


def as_utf8(path: Path, data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The same text in UTF-8 without a byte order mark, and notes on what was done.

    UTF-16 and UTF-32 are known by their mark. Anything else is UTF-8; bytes that are
    not are read as Windows-1252 one by one, so that a file stitched together from two
    encodings keeps what is right in it.
    """
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(name).encode(), ()
            except UnicodeError as problem:
                expected = f"text in {name.upper()}, as its first bytes say"
                raise UnreadableFile(path, expected) from problem
    data = data.removeprefix(codecs.BOM_UTF8)
    if data.isascii():
        return data, ()
    try:
        data.decode()
    except UnicodeDecodeError:
        return _from_windows(data)
    return data, ()


def _from_windows(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    replaced = 0

    def one(problem: UnicodeError) -> tuple[str, int]:
        nonlocal replaced
        assert isinstance(problem, UnicodeDecodeError)
        wrong = problem.object[problem.start : problem.end]
        replaced += len(wrong)
        return "".join(_WINDOWS[byte] for byte in wrong), problem.end

    codecs.register_error("answerable.windows-1252", one)
    text = data.decode(errors="answerable.windows-1252")
    note = f"{replaced} bytes are not UTF-8 and were read as Windows-1252."
    return text.encode(), (note,)


_WINDOWS = [
    bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)
]
"""Windows-1252; the five bytes it leaves undefined are read as in Latin-1."""


def read_csv(path: Path, data: bytes, needed: Sequence[str], marks: str = ",") -> Table:
    """The rows of a CSV file with a header, every column as text. ``marks``: what may
    stand between fields; of several, the one that the header has most of.

    Raises UnreadableFile when a needed column is not in the header, or one is there
    twice. Blank lines are not rows.
    """
    text, notes = as_utf8(path, data)
    mark = max(marks, key=lambda each: _first_line(text).count(each.encode()))
    header, rest = _split_header(path, text, mark)
    check_header(path, header, needed)
    table = _quick(header, rest, mark) or _careful(header, rest.decode(), mark)
    if b"\0" in rest:
        table = _without_nul(table)
    return Table(frame=table.frame, read=table.read, refused=table.refused, notes=notes)


def check_header(path: Path, header: Sequence[str], needed: Sequence[str]) -> None:
    """Raises UnreadableFile unless every needed column is there, and each only once."""
    missing = [name for name in needed if name not in header]
    if missing:
        shown = ", ".join(name[:40] for name in header[:12])[:300]
        hint = ""
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            hint = " (fields must be separated by commas)"
        raise UnreadableFile(
            path, f"the columns {', '.join(missing)}; found {shown or 'none'}{hint}"
        )
    twice = sorted(name for name, n in Counter(header).items() if n > 1)
    if twice:
        raise UnreadableFile(path, f"each column once, found {twice[0][:40]!r} twice")


def _first_line(text: bytes) -> bytes:
    start = len(text) - len(text.lstrip(b"\r\n"))
    return text[start : _end_of_line(text, start)]


def _split_header(path: Path, text: bytes, mark: str) -> tuple[list[str], bytes]:
    """The header's names, and the bytes after it."""
    start = len(text) - len(text.lstrip(b"\r\n"))
    end = _end_of_line(text, start)
    try:
        line = [text[start:end].decode()]
        names = next(csv.reader(line, strict=True, delimiter=mark), [])
    except csv.Error as problem:
        raise UnreadableFile(path, f"a header line of names: {problem}") from problem
    return [name.strip() for name in names], text[end:]


def _end_of_line(text: bytes, start: int) -> int:
    ends = [at for at in (text.find(b"\n", start), text.find(b"\r", start)) if at >= 0]
    return min(ends) if ends else len(text)


def _quick(header: list[str], rest: bytes, mark: str) -> Table | None:
    """pyarrow's reading; None when a quote may have swallowed rows."""
    if rest.count(b'"') % 2:
        return None
    odd: list[arrow_csv.InvalidRow] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        odd.append(row)
        return "skip"

    names = [str(place) for place in range(len(header))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(rest or b"\n"),
            read_options=arrow_csv.ReadOptions(
                column_names=names, block_size=_BLOCK, use_threads=False
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=mark,
                newlines_in_values=True,
                invalid_row_handler=set_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if any("\n" in row.text or "\r" in row.text for row in odd):
        return None
    frame = pl.DataFrame(pl.from_arrow(table)).rename(
        dict(zip(names, header, strict=True))
    )
    refused = Counter(
        FEWER if row.actual_columns < row.expected_columns else MORE for row in odd
    )
    return Table(frame=frame, read=frame.height + len(odd), refused=dict(refused))


def _careful(header: list[str], text: str, mark: str) -> Table:
    """Python's reading, one row after the other, for files with damaged quotes."""
    lines = list(io.StringIO(text, newline=""))
    refused: Counter[str] = Counter()
    columns: list[list[str]] = [[] for _ in header]
    for row in _rows(lines, len(header), mark):
        if isinstance(row, str):
            refused[row] += 1
            continue
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    frame = pl.DataFrame(
        dict(zip(header, columns, strict=True)),
        schema=dict.fromkeys(header, pl.String()),
    )
    read = frame.height + refused.total()
    return Table(frame=frame, read=read, refused=dict(refused))


def _rows(lines: list[str], width: int, mark: str) -> Iterator[list[str] | str]:
    """Each row's fields, or why it is none.

    After a row that spans lines and is not of the right width, reading goes on with
    its second line; a budget keeps hostile files from being read over and over.
    """
    at = 0
    budget = _REREADS * len(lines) + 1_000
    while at < len(lines):
        fields, taken = _one_row(lines, at, mark)
        if fields == []:
            at += taken
        elif isinstance(fields, list) and len(fields) == width:
            yield fields
            at += taken
        elif taken == 1 or budget <= 0:
            yield fields if isinstance(fields, str) else _why(fields, width)
            at += taken
        else:
            yield QUOTE
            budget -= taken
            at += 1


def _one_row(lines: list[str], at: int, mark: str) -> tuple[list[str] | str, int]:
    """The fields of the row that starts at a line, and how many lines it took."""
    rest = (lines[place] for place in range(at, len(lines)))
    reader = csv.reader(rest, delimiter=mark)
    try:
        fields = next(reader)
    except csv.Error:
        return TOO_LONG, max(reader.line_num, 1)
    taken = reader.line_num
    if at + taken == len(lines) and _left_open(lines[at : at + taken]):
        return QUOTE, taken
    return fields, taken


def _left_open(lines: list[str]) -> bool:
    """Whether the file ends inside a quote."""
    try:
        next(csv.reader(lines, strict=True))
    except csv.Error as problem:
        return "end of data" in str(problem)
    return False


def _why(fields: list[str], width: int) -> str:
    return FEWER if len(fields) < width else MORE


def _without_nul(table: Table) -> Table:
    frame, refused = sift(
        table.frame,
        {NUL: pl.any_horizontal(pl.all().str.contains("\0", literal=True))},
    )
    return Table(
        frame=frame, read=table.read, refused=dict(Counter(table.refused) + refused)
    )


def read_jsonl(path: Path, data: bytes, columns: Sequence[str]) -> Table:
    """The named fields of a file of JSON objects, one a line, every value as text.

    A field that is null or not there is an empty text; numbers are as JSON writes
    them; lists and objects stay JSON. Blank lines are not rows.
    """
    text, notes = as_utf8(path, data)
    schema = dict.fromkeys(columns, pl.String())
    try:
        frame = pl.read_ndjson(text, schema=schema)
        table = Table(frame=frame.fill_null(""), read=frame.height)
    except pl.exceptions.PolarsError:
        table = _line_by_line(text.decode(), list(columns))
    if b"\0" in text or b"\\u" in text:
        table = _without_nul(table)
    return Table(frame=table.frame, read=table.read, refused=table.refused, notes=notes)


def _line_by_line(text: str, columns: list[str]) -> Table:
    """For files in which some line is no JSON object: the others are still taken."""
    values: list[list[str]] = [[] for _ in columns]
    read = 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        read += 1
        found = _object(line, columns)
        if found is not None:
            for column, value in zip(values, found, strict=True):
                column.append(value)
    frame = pl.DataFrame(
        dict(zip(columns, values, strict=True)),
        schema=dict.fromkeys(columns, pl.String()),
    )
    return Table(
        frame=frame, read=read, refused=positive({NO_OBJECT: read - frame.height})
    )


def _object(line: str, columns: list[str]) -> list[str] | None:
    try:
        found = json.loads(line)
        texts = [_text(found.get(name)) for name in columns]
        "".join(texts).encode()  # half of a surrogate pair is no text
    except (ValueError, AttributeError, RecursionError):
        return None
    return texts


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_parquet(path: Path, data: bytes, columns: Sequence[str]) -> Table:
    """The named columns of a Parquet file, as text; columns not there are empty.

    A timestamp with a zone becomes epoch seconds; one without keeps its lack of one
    visible, so that it is refused like any other.
    """
    try:
        table = parquet.read_table(
            io.BytesIO(data),
            columns=[
                name
                for name in parquet.read_schema(io.BytesIO(data)).names
                if name in columns
            ],
        )
        # Damaged bytes inside a text would be undefined behaviour further on.
        table.validate(full=True)
        frame = pl.DataFrame(pl.from_arrow(table))
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as problem:
        said = str(problem).splitlines()[0][:200]
        raise UnreadableFile(path, f"a Parquet file: {said}") from problem
    texts = [_as_text(path, frame, name) for name in columns]
    return _without_nul(Table(frame=pl.DataFrame(texts), read=frame.height))


def _as_text(path: Path, frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns:
        return pl.repeat("", frame.height, dtype=pl.String(), eager=True).alias(name)
    column = frame[name]
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        column = column.dt.epoch("s")
    elif column.dtype.is_float():
        column = column.floor().cast(pl.Int64, strict=False)
    elif column.dtype.is_nested() or column.dtype == pl.Binary:
        raise UnreadableFile(path, f"text, numbers or times in the column {name}")
    return column.cast(pl.String).fill_null("")
