"""What a table of a bundle is, and what several of them share."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal

from model.words import CHANNEL_FAMILY, Family

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
    later: bool = False  # bundles made before there was this column lack it


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


CHANNEL = Column(
    "channel", "string", "where it is; a slug", words=tuple(CHANNEL_FAMILY)
)
ACCOUNT = Column("account", "string", "the brand's account as the channel spells it")
DAY = Column("day", "date", "UTC day")
FAMILY = Column(
    "family",
    "string",
    "channels that share one clock; never mixed in one ranking",
    words=words(Family),
)
OF_ACCOUNT = (("channel", "account"), "accounts", ("channel", "account"))
