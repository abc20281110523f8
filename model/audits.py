"""Field audits: a protocol stated beforehand, what was sent, and what came back.

Their tables stand apart: nothing of an audit is an inquiry, and no edition reads them.
Times are whole epoch seconds, UTC, as everywhere.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from model.rows import Big, Key

MOST_MESSAGES = 10_000
"""Of one audit. Whoever writes to brands more often than that is not auditing them."""

UNFORESEEN = "unforeseen"
"""``AuditMessage.excluded`` where the protocol does not know the reason: it counts."""


class Arm(StrEnum):
    """What kind of message is sent. Each is an arm of the trial."""

    COMPLIMENT = "compliment"
    COMPLAINT = "complaint"
    QUESTION = "question"
    MENTION = "mention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """What an audit said it would do. Checked by ``collectors.audits``."""

    id: str  # a slug: part of addresses
    title: str
    question: str  # stated beforehand
    organisation: str  # who is responsible; never a person
    arms: tuple[Arm, ...]
    planned_messages: int
    sampling: str  # how the brands were chosen
    horizon_hours: int  # an answer later than this does not count
    registered_at: int  # where the protocol says it was, in seconds
    registered_url: str
    planned_brands: int | None = None  # None: not said
    analysis: str = ""
    replaces: str = ""  # the audit of which this is a new version
    exclusions: Mapping[str, str] = field(default_factory=dict)  # word: reason

    @property
    def horizon(self) -> int:
        """In seconds."""
        return self.horizon_hours * 3_600

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Field and what it says, in the order in which they are published."""
        said = {
            "id": self.id,
            "title": self.title,
            "question": self.question,
            "organisation": self.organisation,
            "arms": "; ".join(self.arms),
            "planned_messages": str(self.planned_messages),
            "planned_brands": str(self.planned_brands or ""),
            "sampling": self.sampling,
            "horizon_hours": str(self.horizon_hours),
            "registered_at": iso(self.registered_at),
            "registered_url": self.registered_url,
            "analysis": self.analysis,
            "replaces": self.replaces,
        } | {f"exclusions.{word}": why for word, why in self.exclusions.items()}
        return tuple((name, value) for name, value in said.items() if value)

    def digest(self) -> str:
        """SHA-256 of ``protocol.csv`` as the website serves it."""
        return digest(written(PROTOCOL_COLUMNS, self.rows()))

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Protocol":
        """Of what ``to_json`` wrote."""
        values: dict[str, Any] = json.loads(text)
        return cls(**values | {"arms": tuple(Arm(arm) for arm in values["arms"])})


PROTOCOL_COLUMNS = ("field", "value")

MESSAGE_COLUMNS = (
    "arm", "brand", "channel", "account", "sent_at", "answered_at", "automatic_at",
    "answer_step", "watched_until", "excluded", "left_out", "wait_s",
)  # fmt: skip
"""Of the messages as they are published. ``left_out``: excluded, young or nothing;
``wait_s``: of an answer that counts."""


LINE_COLUMNS = (
    "level", "name", "sent", "excluded", "young", "messages", "answered", "share",
    "share_low", "share_high", "n_eff", "brands", "brands_answered", "brand_share",
    "brand_share_low", "brand_share_high", "automatic", "quickest_s", "median_wait_s",
    "slowest_s",
)  # fmt: skip
"""Of the figures as they are published. ``scoring.audits.Line`` says what each is."""

DIFFERENCE_COLUMNS = ("first", "second", "difference", "low", "high", "sure")


AUDIT_COLUMNS = (
    "id", "title", "organisation", "registered_at", "planned_messages", "volunteers",
    "first_sent_at", "last_sent_at", *LINE_COLUMNS[2:],
)  # fmt: skip
"""Of the list of audits: each one's line of the level ``all``."""


def audit_row(protocol: Protocol, figures: str | None) -> tuple[Any, ...]:
    """A line of the list of audits. ``figures``: JSON; None: no message has come in."""
    said: dict[str, Any] = json.loads(figures) if figures else {}
    line: dict[str, Any] = said["lines"][0] if said else {}
    sent = (said.get(f"{end}_sent_at") for end in ("first", "last"))
    return (
        protocol.id,
        protocol.title,
        protocol.organisation,
        iso(protocol.registered_at),
        protocol.planned_messages,
        said.get("volunteers") or None,
        *(at if at is None else iso(at) for at in sent),
        *(line.get(name) for name in LINE_COLUMNS[2:]),
    )


def seal(
    method: str, protocol: str, messages: str, lines: bytes, differences: bytes
) -> str:
    """The digest of a result: SHA-256 of a list anybody can write with ``sha256sum``.

    ``protocol`` and ``messages`` are digests of the tables of that name, ``lines`` and
    ``differences`` the tables themselves, all as the website serves them in CSV.
    """
    return digest(
        f"method {method}\n{protocol}  protocol.csv\n{messages}  messages.csv\n"
        f"{digest(lines)}  lines.csv\n"
        f"{digest(differences)}  differences.csv\n".encode()
    )


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """CSV, byte for byte as the website serves it. None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow("" if value is None else str(value) for value in row)
    return out.getvalue().encode()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Audit(SQLModel, table=True):
    """A registered protocol. Never changed: another protocol is another audit."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    protocol: str = Field(description="JSON of Protocol")
    digest: str = Field(description="sha256 of protocol.csv")
    first_seen_at: int = Field(sa_type=Big, description="when it was imported here")


class AuditMessage(SQLModel, table=True):
    """One message that a volunteer sent to a brand in public, and what came back."""

    __tablename__ = "audit_message"
    __table_args__ = (UniqueConstraint("audit_id", "key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    audit_id: int = Field(foreign_key="audit.id")
    key: int = Field(sa_type=Big, description="hash of the message's reference")
    author: int | None = Field(
        default=None, sa_type=Big, description="keyed hash; None: not said"
    )
    arm: str = Field(description="Arm")
    brand: str = Field(description="slug; need not be in the registry")
    channel: str
    account: str
    sent_at: int = Field(sa_type=Big)
    answered_at: int | None = Field(
        default=None, sa_type=Big, description="None: none by watched_until"
    )
    automatic_at: int | None = Field(default=None, sa_type=Big)
    step: int = Field(description="words.Step of the answer at answered_at")
    watched_until: int = Field(sa_type=Big)
    excluded: str = Field(description="a word of the protocol's; '' not excluded")


class AuditResult(SQLModel, table=True):
    """What an audit came to, frozen: other rows or another method make another."""

    __tablename__ = "audit_result"
    __table_args__ = (UniqueConstraint("audit_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    audit_id: int = Field(foreign_key="audit.id")
    number: int = Field(description="1, 2, ... of its audit")
    made_at: int = Field(sa_type=Big)
    method: str
    code: str = Field(description="version of the code that made it")
    messages: str = Field(description="messages.csv as published")
    figures: str = Field(description="JSON, as printed")
    protocol_digest: str
    rows_digest: str = Field(description="sha256 of messages.csv")
    previous: str = Field(description="digest of the result before; '' first")
    digest: str = Field(description="of method, figures and the digests above")
