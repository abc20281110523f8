"""The files of a bundle: every table, every column, what it holds and in what unit.

The one source for what is written, what is read back and how both are described. An
empty cell means what its column says of it, and never nought.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal

from model.words import CHANNEL_FAMILY, Cut, Family, FoundBy, Kind, Level, Status, Step

FORMAT = 1
"""The version of this layout."""

Type = Literal["string", "integer", "number", "boolean", "date", "datetime"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Type
    says: str
    unit: str = ""
    words: tuple[str, ...] = ()  # the only ones it may hold
    least: int | None = None
    empty: str = ""  # what an empty cell means; '': there is none


@dataclass(frozen=True, slots=True)
class Table:
    name: str  # the file's, without its ending
    title: str
    says: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    refers: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()
    """Columns, the table they point into, and its columns."""

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def words(kind: type[StrEnum] | type[IntEnum]) -> tuple[str, ...]:
    """The words of a vocabulary; codes by their names."""
    if issubclass(kind, StrEnum):
        return tuple(word.value for word in kind)
    return tuple(code.name.lower() for code in kind)


NOT_COUNTED = ("several", "reply", "young", "lost", "other_kind", "same_day")
"""Why a message is no inquiry of the headline tables; ``words.Reason`` and two more."""

_CHANNEL = Column(
    "channel", "string", "where it is; a slug", words=tuple(CHANNEL_FAMILY)
)
_ACCOUNT = Column("account", "string", "the brand's account as the channel spells it")
_DAY = Column("day", "date", "UTC day")
_FAMILY = Column(
    "family",
    "string",
    "channels that share one clock; never mixed in one ranking",
    words=words(Family),
)
_OF_ACCOUNT = (("channel", "account"), "accounts", ("channel", "account"))

INQUIRIES = Table(
    "inquiries",
    "Inquiries",
    "Every message of the period to a registered account, counted or not, and why not;"
    " by brand, person and time. No names, no texts.",
    (
        Column("brand", "string", "the brand's slug; see brands.csv"),
        _CHANNEL,
        _ACCOUNT,
        Column(
            "person",
            "integer",
            "a number for who wrote it; it means nothing outside this brand, family and"
            " edition",
            least=0,
        ),
        Column("kind", "string", "what it is; unsaid: not known", words=words(Kind)),
        Column(
            "found_by",
            "string",
            "how it came to be known; reply: only because it was answered",
            words=words(FoundBy),
        ),
        Column(
            "addressed",
            "integer",
            "registered brands it named; 9 stands for more; 2 or more count for none",
            unit="brands",
            least=0,
            empty="not kept: the edition is older than this column",
        ),
        Column("asked_at", "datetime", "when it was written"),
        Column(
            "answered_at",
            "datetime",
            "the brand's first answer that is not known to be automatic",
            empty="none was known when the edition was made",
        ),
        Column(
            "step",
            "string",
            "the answer's step on the reply ladder",
            words=words(Step)[1:],
            empty="no answer",
        ),
        Column(
            "watched_until",
            "datetime",
            "the last moment at which it is known whether it had been answered",
            empty="never watched",
        ),
        Column(
            "deleted_at",
            "datetime",
            "when its author deleted it",
            empty="not deleted, as far as the edition knew",
        ),
        Column(
            "not_counted",
            "string",
            "why it is no inquiry of the headline tables. several: names several"
            " brands; reply: known only because it was answered; young: not watched"
            " for a whole horizon; lost: deleted within the horizon; other_kind: of a"
            " kind the headline does not count; same_day: not this person's first to"
            " the brand that day",
            words=NOT_COUNTED,
            empty="it counts",
        ),
        Column(
            "link",
            "string",
            "the message itself, while it stands",
            empty="no public page, or deleted since",
        ),
    ),
    refers=(_OF_ACCOUNT, (("brand",), "brands", ("brand",))),
)

COVERAGE = Table(
    "coverage",
    "Coverage",
    "How much of each day each account was watched. No line: not at all.",
    (
        _CHANNEL,
        _ACCOUNT,
        _DAY,
        Column("seconds", "integer", "seen of that day", unit="seconds", least=0),
    ),
    key=("channel", "account", "day"),
    refers=(_OF_ACCOUNT,),
)

PUBLICATIONS = Table(
    "publications",
    "Publications",
    "The brands' own posts by account and day. No line: none were seen.",
    (
        _CHANNEL,
        _ACCOUNT,
        _DAY,
        Column("posts", "integer", "posts that answer nobody", unit="posts", least=0),
        Column("replies", "integer", "replies to others", unit="posts", least=0),
    ),
    key=("channel", "account", "day"),
    refers=(_OF_ACCOUNT,),
)

ACCOUNTS = Table(
    "accounts",
    "Accounts",
    "The brands' accounts, as they were registered when the edition was made.",
    (
        _CHANNEL,
        _ACCOUNT,
        Column("brand", "string", "the brand's slug"),
        _FAMILY,
        Column(
            "sampled",
            "boolean",
            "seen only as a random sample, so never pooled with other channels",
        ),
    ),
    key=("channel", "account"),
    refers=((("brand",), "brands", ("brand",)),),
)

BRANDS = Table(
    "brands",
    "Brands",
    "Brands as they were called when the edition was made.",
    (
        Column("brand", "string", "slug, the name in addresses"),
        Column("name", "string", "as readers see it"),
        Column("industry", "string", "the industry's slug"),
    ),
    key=("brand",),
    refers=((("industry",), "industries", ("industry",)),),
)

INDUSTRIES = Table(
    "industries",
    "Industries",
    "Industries as they were called when the edition was made.",
    (
        Column("industry", "string", "slug, the name in addresses"),
        Column("name", "string", "as readers see it"),
    ),
    key=("industry",),
)


def _ranks(prefix: str, among: str) -> tuple[Column, ...]:
    unranked = "not ranked"
    return (
        Column(
            f"{prefix}rank",
            "integer",
            f"place by score among {among}",
            least=1,
            empty=unranked,
        ),
        Column(
            f"{prefix}rank_low",
            "integer",
            "best place that the data allow",
            least=1,
            empty=unranked,
        ),
        Column(
            f"{prefix}rank_high",
            "integer",
            "worst place that the data allow",
            least=1,
            empty=unranked,
        ),
        Column(
            f"{prefix}placed",
            "string",
            "surely in the upper or the lower third",
            words=("upper", "lower"),
            empty="not placed",
        ),
        Column(
            f"{prefix}of",
            "integer",
            "how many are ranked together",
            least=1,
            empty=unranked,
        ),
    )


_WITHHELD = "not known, or withheld; see status"


def _limits() -> tuple[Column, ...]:
    which = ("first", "second", "third")
    limits = tuple(
        Column(
            f"t{at}_s", "integer", f"the family's {word} limit", unit="seconds", least=1
        )
        for at, word in enumerate(which, 1)
    )
    counts = tuple(
        Column(
            f"answered_t{at}",
            "integer",
            f"inquiries answered within the {word} limit",
            unit="inquiries",
            least=0,
            empty=_WITHHELD,
        )
        for at, word in enumerate(which, 1)
    )
    return limits + counts


def _figure(name: str, says: str, unit: str) -> tuple[Column, ...]:
    ends = (("", says), ("_low", "lower end of its 95 % interval"),
            ("_high", "upper end of its 95 % interval"))  # fmt: skip
    return tuple(
        Column(f"{name}{end}", "number", said, unit=unit, least=0, empty=_WITHHELD)
        for end, said in ends
    )


def _wait(name: str, share: str) -> Column:
    return Column(
        name,
        "integer",
        f"the wait by which {share} of all counted inquiries had an answer",
        unit="seconds",
        least=0,
        empty="not reached within the horizon, or withheld",
    )


STANDINGS = Table(
    "standings",
    "Standings",
    "Every line of the edition: brands, brands on one channel, accounts, industries; in"
    " the headline cut of their family, and over all kinds.",
    (
        Column("level", "string", "what the line is of", words=words(Level)),
        _FAMILY,
        Column(
            "channel",
            "string",
            "of this channel alone",
            words=tuple(CHANNEL_FAMILY),
            empty="all the family's channels that are seen in full",
        ),
        Column("account", "string", "the account", empty="the line is of no account"),
        Column("slug", "string", "the brand's or industry's name in addresses"),
        Column("name", "string", "its name"),
        Column("industry", "string", "the industry's slug"),
        Column("cut", "string", "which kinds are counted", words=words(Cut)),
        Column("headline", "boolean", "this cut is the family's headline"),
        Column("status", "string", "why it is ranked or not", words=words(Status)),
        *_ranks("", "the ranked"),
        *_ranks("industry_", "the ranked of its industry"),
        *_figure("score", "the score", "points of 100"),
        Column("inquiries", "integer", "counted: n", unit="inquiries", least=0),
        Column("authors", "integer", "who wrote them", unit="people", least=0),
        Column(
            "days", "number", "effective days", unit="days", least=0, empty=_WITHHELD
        ),
        *_limits(),
        *_figure("share_t1", "share answered within the first limit", "0 to 1"),
        *_figure("share_t2", "share answered within the second limit", "0 to 1"),
        *_figure("share_t3", "share answered within the third limit", "0 to 1"),
        _wait("median_wait_s", "half"),
        _wait("p90_wait_s", "nine in ten"),
        Column(
            "posts_per_reply",
            "number",
            "the brand's own posts for each of its replies",
            unit="posts",
            least=0,
            empty="no replies",
        ),
        Column(
            "n_eff",
            "number",
            "what n is worth after clumps",
            unit="inquiries",
            least=0,
            empty=_WITHHELD,
        ),
        Column("lost", "integer", "lost to view", unit="messages", least=0),
        Column(
            "coverage",
            "number",
            "part of the period that was watched",
            unit="0 to 1",
            least=0,
            empty="not known",
        ),
        Column(
            "brands",
            "integer",
            "ranked brands",
            unit="brands",
            least=0,
            empty="the line is of no industry",
        ),
        Column(
            "waits",
            "string",
            "inquiries by wait: counts for the bins of method.json (wait_bins),"
            " separated by commas; the last is of those not answered within them",
            empty=_WITHHELD,
        ),
    ),
    key=("level", "family", "channel", "account", "slug", "cut"),
)

DETAILS = Table(
    "details",
    "Details",
    "What the edition says beside its standings, topic by topic, as the pages show it.",
    (
        Column("topic", "string", "what it is about"),
        Column(
            "level",
            "string",
            "what it is of",
            words=words(Level),
            empty="the edition as a whole",
        ),
        Column(
            "family",
            "string",
            "channels that share one clock",
            words=words(Family),
            empty="of no one family",
        ),
        Column(
            "channel",
            "string",
            "of this channel alone",
            words=tuple(CHANNEL_FAMILY),
            empty="of no one channel",
        ),
        Column(
            "slug",
            "string",
            "the brand's or industry's name in addresses",
            empty="of no one brand or industry",
        ),
        Column("body", "string", "the figures, as JSON"),
    ),
    key=("topic", "level", "family", "channel", "slug"),
)

TABLES = (
    STANDINGS,
    DETAILS,
    INQUIRIES,
    COVERAGE,
    PUBLICATIONS,
    ACCOUNTS,
    BRANDS,
    INDUSTRIES,
)

DOCUMENTS = ("CITATION.cff", "README.md", "edition.json", "method.json")
PACKAGE = "datapackage.json"
FILES = tuple(sorted([PACKAGE, *DOCUMENTS, *(table.file for table in TABLES)]))
"""Every file of a bundle, and there is no other."""
