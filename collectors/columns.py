"""What several importers do with columns: sift rows, count why, agree on spelling."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import polars as pl


def sift(
    frame: pl.DataFrame, reasons: dict[str, pl.Expr]
) -> tuple[pl.DataFrame, Counter[str]]:
    """The rows to which no reason applies, and how many rows each reason took.

    The first reason that is true of a row takes it. A reason that is null of a row
    does not apply.
    """
    names = list(reasons)
    code = pl.coalesce(
        pl.when(test).then(pl.lit(place, pl.UInt8))
        for place, test in enumerate(reasons.values())
    )
    codes = frame.select(why=code)["why"]
    if codes.null_count() == frame.height:
        return frame, Counter()
    counts = codes.drop_nulls().value_counts().sort("why")
    refused = Counter({names[why]: n for why, n in counts.iter_rows()})
    return frame.filter(codes.is_null()), refused


def positive(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts that are not nought."""
    return {reason: n for reason, n in counts.items() if n > 0}


def unknown(found: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """A note on the columns that a format does not have, or none."""
    extra = [name[:40] or "(no name)" for name in found if name not in known]
    if not extra:
        return ()
    shown = ", ".join(extra[:10])
    count = f"{len(extra)} column" + "s" * (len(extra) > 1)
    return (f"{count} the format does not have: {shown}.",)


def one_spelling(frame: pl.DataFrame) -> pl.DataFrame:
    """Every account in the one spelling that is first in order of its characters.

    Accounts are compared without regard to case: two spellings are one account.
    Takes and gives a frame with the columns ``channel`` and ``account``.
    """
    spelt = frame.select("channel", "account").unique()
    lower = pl.col("account").str.to_lowercase()
    one = spelt.with_columns(one=pl.col("account").min().over("channel", lower))
    if (one["one"] == one["account"]).all():
        return frame
    spelling = (
        frame.select("channel", "account")
        .join(one, on=["channel", "account"], how="left", maintain_order="left")
        .get_column("one")
    )
    return frame.with_columns(account=spelling)


def earliest(frame: pl.DataFrame, names: Iterable[str]) -> int | None:
    """The least value of some integer columns; None when they hold none."""
    found = [frame[name].min() for name in names]
    return min((at for at in found if isinstance(at, int)), default=None)


def latest(frame: pl.DataFrame, names: Iterable[str]) -> int | None:
    """The greatest value of some integer columns; None when they hold none."""
    found = [frame[name].max() for name in names]
    return max((at for at in found if isinstance(at, int)), default=None)
