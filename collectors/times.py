"""Times as files write them, turned into whole seconds since the epoch, UTC.

ISO 8601 with a zone, or epoch seconds. A time without a zone says nothing certain and
is refused, as is one that no public message can have.
"""

from datetime import UTC, datetime

import polars as pl

EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
"""Nothing here was said before the web was."""
LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
"""Later than this is a slip, or milliseconds."""

GIVEN, EMPTY, NO_ZONE, NO_TIME, ABSURD = range(5)

REASONS = {
    NO_ZONE: "{} has no time zone",
    NO_TIME: "{} is not a time (ISO 8601 with a zone, or epoch seconds)",
    ABSURD: "{} is before 1990 or after 2100",
}

_ISO = "%Y-%m-%dT%H:%M:%S%.f%#z"
_ISO_UTC = "%Y-%m-%dT%H:%M:%SZ"
_ZONELESS_TIME = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?$"
_ZONELESS = r"^\d{4}-\d\d?-\d\d?([Tt ]\d\d?:\d\d(:\d\d([.,]\d+)?)?)?$"


def seconds(texts: pl.Series, *, zoneless: bool = False) -> tuple[pl.Series, pl.Series]:
    """Seconds of each text (null where there are none), and what became of it.

    The second series holds GIVEN, EMPTY or one of the keys of ``REASONS``. Parts of a
    second are dropped, never rounded up: an answer is not later than it says. With
    ``zoneless`` a time without a zone is taken as UTC; the caller says so to readers.
    """
    texts = texts.cast(pl.String).fill_null("").str.strip_chars()
    if zoneless:
        texts = texts.str.replace(_ZONELESS_TIME, "${0}Z")
    numbers = texts.cast(pl.Int64, strict=False)
    if (numbers.null_count() - (texts == "").sum()) > 0:
        numbers = numbers.fill_null(_from_iso(texts))
    frame = pl.DataFrame({"text": texts, "at": numbers})
    found = frame.with_columns(
        code=pl.when(pl.col("text") == "")
        .then(EMPTY)
        .when(pl.col("at").is_between(EARLIEST, LATEST, closed="left"))
        .then(GIVEN)
        .when(pl.col("at").is_not_null())
        .then(ABSURD)
        .when(pl.col("text").str.contains(_ZONELESS))
        .then(NO_ZONE)
        .otherwise(NO_TIME)
        .cast(pl.Int8)
    )
    at = found.select(pl.when(pl.col("code") == GIVEN).then("at"))["at"]
    return at.rename(texts.name), found["code"].rename(texts.name)


def _from_iso(texts: pl.Series) -> pl.Series:
    """Epoch seconds of ISO 8601 texts with a zone, or of decimal epoch seconds."""
    quick = texts.str.to_datetime(_ISO_UTC, strict=False, time_unit="ms")
    at = quick.dt.epoch("s")
    left = at.is_null() & (texts != "")
    if not left.any():
        return at
    rest = texts.filter(left)
    plain = (
        rest.str.replace(r"^(\d{4}-\d\d-\d\d)[t ]", "${1}T")
        .str.replace(r"^(.{10}T\d\d:\d\d)([Zz+-])", "${1}:00${2}")
        .str.replace(",", ".", literal=True)
        .str.replace("z$", "Z")
    )
    iso = plain.str.to_datetime(
        _ISO, strict=False, time_unit="ms", time_zone="UTC"
    ).dt.epoch("s")
    decimal = rest.str.extract(r"^(-?\d{1,17})\.\d*$").cast(pl.Int64, strict=False)
    return at.scatter(left.arg_true(), iso.fill_null(decimal))


def reasons(code: pl.Expr, name: str) -> dict[str, pl.Expr]:
    """Why a row whose time came out as ``code`` cannot be taken, for ``sift``."""
    return {text.format(name): code == number for number, text in REASONS.items()}
