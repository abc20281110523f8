"""A whole edition as a pure function of its input, and its recomputation.

``make`` takes what a database knows and gives standings and frozen parts;
``recompute`` takes frozen parts alone. Both count with the same code, so an edition
can be checked, and cut in other ways, with nothing else at hand.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np
import polars as pl

from model.words import CUT_KINDS, FAMILIES, Count, Cut, Kind, Level, Reason
from scoring.book import Book, Numbers, Period, book
from scoring.freeze import digest, freeze
from scoring.industries import industries
from scoring.intervals import Ints
from scoring.method import METHOD
from scoring.printing import printed, result_digest
from scoring.standing import NOTHING, figures, named, ranked, standings, watched
from scoring.tally import Chosen, Slice, Waits, chosen, several, sliced, tally

INQUIRIES = "inquiry-"
LEVELS = (Level.BRAND, Level.CHANNEL, Level.ACCOUNT)
WITHIN: dict[Level, tuple[str, ...]] = {
    Level.BRAND: ("family",),
    Level.CHANNEL: ("family", "channel"),
    Level.ACCOUNT: ("family", "alone"),
    Level.INDUSTRY: ("family",),
}
"""Which lines are ranked together."""

Says = Callable[[str, int], None]


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
    result_digest: str


@dataclass
class Counting:
    """Counts slice after slice, for some cuts; then says what they come to."""

    directory: Book
    period: Period
    cuts: tuple[Cut, ...]
    count: Count = Count.PEOPLE
    levels: tuple[Level, ...] = LEVELS
    _found: dict[tuple[Cut, Level], list[pl.DataFrame]] = field(default_factory=dict)
    _waits: dict[Cut, list[Waits]] = field(default_factory=dict)
    _messages: Ints = field(init=False)

    def __post_init__(self) -> None:
        self._messages = np.zeros(len(self.directory.accounts), dtype=np.int64)

    def add(self, part: Slice) -> None:
        self._messages += np.bincount(part.account, minlength=len(self._messages))
        for cut in self.cuts:
            self._count(part, cut, chosen(part, self.directory, cut, self.count))

    def _count(self, part: Slice, cut: Cut, inquiries: Chosen) -> None:
        """Each account is counted once; what has only one takes its figures."""
        accounts = self.directory.entity(Level.ACCOUNT)
        each = tally(part, inquiries, self.directory, accounts)
        own = figures(each)
        for level in self.levels:
            entity = self.directory.entity(level)
            crowds, alone = several(entity, part.account)
            many = tally(part, inquiries, self.directory, crowds)
            found = self._found.setdefault((cut, level), [])
            found += [figures(many), named(own, alone)]
            if level is Level.BRAND:
                waits = replace(each.pooled, entity=alone[each.entity])
                self._waits.setdefault(cut, []).extend([many.pooled, waits])

    def lines(
        self,
        covered: pl.DataFrame,
        posted: pl.DataFrame,
        cut: Cut,
        families: Iterable[str],
    ) -> pl.DataFrame:
        """Exact lines of one cut, ranked, of these families; industries included."""
        seen = watched(self.directory, self.period, self._messages, covered, posted)
        out = []
        for level in self.levels:
            lines = standings(
                self.directory, level, cut, self._found.get((cut, level), []), seen
            ).filter(pl.col("family").is_in(list(families)))
            out.append(ranked(lines, WITHIN[level]))
            if level is Level.BRAND:
                trade = (*WITHIN[level], "industry")
                out[-1] = ranked(out[-1], trade, "industry_")
                trades = industries(
                    out[-1], self.directory.industries, self._waits.get(cut, [])
                )
                out.append(ranked(trades, WITHIN[Level.INDUSTRY]))
        return pl.concat(out, how="diagonal_relaxed")

    def inquiries(self, cut: Cut, families: Iterable[str]) -> int:
        """Inquiries counted, over all accounts of these families."""
        family = self.directory.described(Level.ACCOUNT).select("entity", "family")
        return int(
            pl.concat([NOTHING, *self._found.get((cut, Level.ACCOUNT), [])])
            .filter(~pl.col("only"))
            .join(family, on="entity")
            .filter(pl.col("family").is_in(list(families)))["inquiries"]
            .sum()
        )


@dataclass
class Census:
    """How many messages of each family count, why not, and what kinds they say."""

    rows: Ints = field(default_factory=lambda: np.zeros((5, 5, 5), dtype=np.int64))
    """(families, reasons, kinds)"""

    def add(self, part: Slice, directory: Book) -> None:
        place = (directory.family[part.account] * 5 + part.reason) * 5 + part.kind
        self.rows += np.bincount(place, minlength=125).reshape(5, 5, 5)

    def headlines(self) -> dict[str, Cut]:
        """Family to its headline cut: whether its kinds are known well enough.

        Judged on what counts; where nothing does, on whatever is known.
        """
        return {
            family.value: self._headline(self.rows[place])
            for place, family in enumerate(FAMILIES)
        }

    def left_out(self, headlines: Mapping[str, Cut], inquiries: int) -> dict[str, int]:
        """Reason to messages: with the inquiries they make up all messages."""
        out = {
            reason.name.lower(): int(self.rows[:, reason].sum())
            for reason in Reason
            if reason is not Reason.COUNTED
        }
        eligible = self.rows[:, Reason.COUNTED]
        of_cut = sum(
            int(eligible[place, list(CUT_KINDS[headlines[family.value]])].sum())
            for place, family in enumerate(FAMILIES)
        )
        out["other_kind"] = int(eligible.sum()) - of_cut
        out["same_day"] = of_cut - inquiries
        return out

    @staticmethod
    def _headline(rows: Ints) -> Cut:
        counts = rows[Reason.COUNTED] if rows[Reason.COUNTED].any() else rows.sum(0)
        total = counts.sum()
        said = total - counts[Kind.UNSAID]
        enough = total > 0 and said >= METHOD.headline_kinds.value * total
        return Cut.NEEDS_ANSWER if enough else Cut.ALL


def make(
    slices: Iterable[pl.DataFrame],
    directory: pl.DataFrame,
    covered: pl.DataFrame,
    posted: pl.DataFrame,
    period: Period,
    says: Says = silent,
) -> Result:
    """The edition of a period.

    ``slices`` (TALLIED) hold every brand whole; ``directory``, ``covered`` and
    ``posted`` have the columns of DIRECTORY, COVERED and POSTED. The result does not
    depend on how the rows were sliced or ordered. Raises UnknownAccount.
    """
    names, numbers = book(directory)
    covered, posted = _renumbered(covered, numbers), _renumbered(posted, numbers)
    counting = Counting(names, period, (Cut.ALL, Cut.NEEDS_ANSWER))
    census = Census()
    parts: list[tuple[str, bytes]] = []
    digests: dict[int, bytes] = {}
    for rows in slices:
        frozen = freeze(rows, names, numbers, period)
        part = sliced(frozen, names)
        census.add(part, names)
        counting.add(part)
        digests |= digest(frozen, names)
        parts.append((f"{INQUIRIES}{len(parts):04}", parquet(frozen)))
        says("counted", len(rows))
    headlines = census.headlines()
    lines = _published(counting, covered, posted, headlines)
    says("ranked", 0)
    return _result(
        counting,
        census,
        headlines,
        lines,
        parts=[
            ("accounts", parquet(names.accounts)),
            ("coverage", parquet(covered)),
            *parts,
            ("publications", parquet(posted)),
        ],
        input_digest=_input_digest(names, covered, posted, digests),
    )


def _published(
    counting: Counting,
    covered: pl.DataFrame,
    posted: pl.DataFrame,
    headlines: Mapping[str, Cut],
) -> pl.DataFrame:
    """What an edition prints: every family in its headline cut, and in ``all``."""
    said = [f for f, cut in headlines.items() if cut is Cut.NEEDS_ANSWER]
    lines = [
        counting.lines(covered, posted, Cut.ALL, headlines),
        counting.lines(covered, posted, Cut.NEEDS_ANSWER, said),
    ]
    return printed(
        pl.concat(lines, how="diagonal_relaxed"),
        {family: cut.value for family, cut in headlines.items()},
    )


def _result(
    counting: Counting,
    census: Census,
    headlines: Mapping[str, Cut],
    lines: pl.DataFrame,
    *,
    parts: list[tuple[str, bytes]],
    input_digest: str,
) -> Result:
    inquiries = sum(
        counting.inquiries(cut, [family]) for family, cut in headlines.items()
    )
    present = lines["family"].unique().to_list()
    accounts = lines.filter(
        (pl.col("level") == Level.ACCOUNT.value) & pl.col("headline")
    )
    return Result(
        standings=lines,
        parts=parts,
        cuts={f: cut.value for f, cut in headlines.items() if f in present},
        left_out=census.left_out(headlines, inquiries),
        inquiries=inquiries,
        messages=int(census.rows.sum()),
        brands=accounts["slug"].n_unique(),
        coverage=_mean(accounts["coverage"]),
        input_digest=input_digest,
        result_digest=result_digest(lines),
    )


def _mean(shares: pl.Series) -> float | None:
    return round(float(shares.to_numpy().mean()), 4) if len(shares) else None


def recompute(
    parts: Mapping[str, bytes],
    period: Period,
    cut: Cut | None = None,
    count: Count = Count.PEOPLE,
    levels: tuple[Level, ...] = LEVELS,
    channel: str | None = None,
) -> pl.DataFrame:
    """Standings of an edition from its frozen parts, in any cut and count.

    ``cut``: None for each family's headline cut. ``channel``: of that channel alone;
    a sampled one then stands for itself, and industries are made of it.
    """
    names = Book(thawed(parts["accounts"]))
    covered, posted = thawed(parts["coverage"]), thawed(parts["publications"])
    frozen = [thawed(part) for name, part in sorted(parts.items()) if INQUIRIES in name]
    census = Census()
    for rows in frozen:
        census.add(sliced(rows, names), names)
    headlines = census.headlines()
    if channel is not None:
        names, kept = _alone(names, channel)
        covered, posted, *frozen = (
            frame.filter(pl.col("account").is_in(kept))
            for frame in (covered, posted, *frozen)
        )
    wanted = {family: cut or head for family, head in headlines.items()}
    counting = Counting(
        names, period, tuple(sorted(set(wanted.values()))), count, levels
    )
    for rows in frozen:
        counting.add(sliced(rows, names))
    lines = [
        counting.lines(covered, posted, cut, [f for f, c in wanted.items() if c is cut])
        for cut in counting.cuts
    ]
    return printed(
        pl.concat(lines, how="diagonal_relaxed"),
        {family: cut.value for family, cut in headlines.items()},
    )


def _alone(names: Book, channel: str) -> tuple[Book, list[int]]:
    """The book with a channel as if seen in full, and the numbers of its accounts."""
    mine = names.accounts["channel"] == channel
    sampled = pl.col("sampled") & (pl.col("channel") != channel)
    book_ = Book(names.accounts.with_columns(sampled))
    return book_, mine.arg_true().to_list()


def parquet(frame: pl.DataFrame) -> bytes:
    """A frame as a Parquet file."""
    file = io.BytesIO()
    frame.write_parquet(file, compression="zstd", compression_level=1, statistics=False)
    return file.getvalue()


def thawed(part: bytes) -> pl.DataFrame:
    """The frame of a Parquet file made by ``parquet``."""
    return pl.read_parquet(io.BytesIO(part))


def _renumbered(frame: pl.DataFrame, numbers: Numbers) -> pl.DataFrame:
    """By account number instead of id, in order; ids nobody registered are dropped."""
    ids = frame["account"].to_numpy()
    known = (ids >= 0) & (ids < len(numbers))
    number = np.where(known, numbers[np.where(known, ids, 0)], -1)
    return (
        frame.with_columns(pl.Series("account", number, dtype=pl.Int32))
        .filter(pl.col("account") >= 0)
        .sort("account", "day")
    )


def _input_digest(
    names: Book, covered: pl.DataFrame, posted: pl.DataFrame, brands: dict[int, bytes]
) -> str:
    """sha256 of everything an edition was made of, in the book's order."""
    whole = sha256(names.accounts.write_csv().encode())
    for frame in (covered, posted):
        whole.update(frame.cast(pl.Int64).to_numpy().astype("<i8").tobytes())
    for brand in sorted(brands):
        whole.update(brand.to_bytes(8, "little") + brands[brand])
    return whole.hexdigest()
