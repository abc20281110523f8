"""The tables. A row is only ever made by ``store``, from checked values or columns.

Every time is a BigInteger of whole seconds since the epoch, UTC, so that waits are
subtractions in SQL; every day is a whole number of days since the epoch. ``None`` has
the one meaning stated beside its field, and never means zero.
"""

from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, text
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

Big = BigInteger
Key = BigInteger().with_variant(Integer, "sqlite")
"""A growing primary key: SQLite numbers only INTEGER PRIMARY KEY by itself."""

STANDING = "message IS NOT NULL AND deleted_at IS NULL"
"""Of an inquiry that a look found and nobody deleted."""

RARE = "watched_until IS NOT NULL OR deleted_at IS NOT NULL OR addressed <> 1"
"""Of an inquiry: it has what most have not."""

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Industry(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    nace: str = Field(description="NACE Rev. 2 section, one letter; '' not known")


class Brand(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    industry_id: int = Field(foreign_key="industry.id", index=True)
    slug: str = Field(unique=True)
    name: str
    country: str = Field(default="", description="ISO 3166 alpha-2 or EU; '' unknown")
    website: str = ""
    wikidata: str = Field(default="", description="Q..., '' not known")
    former_names: str = Field(default="", description="separated by '; '")


class ChannelRow(SQLModel, table=True):
    """What a collector module declares of itself, kept for the pages to print."""

    __tablename__ = "channel"

    slug: str = Field(primary_key=True)
    title: str
    family: str
    source: str = Field(description="where a reader can check us")
    licence: str
    terms: str
    cannot_see: str
    how: str = Field(description="'collected' or 'imported'")
    every_s: int | None = Field(default=None, description="None: not scheduled")
    key_setting: str = Field(default="", description="'' needs no key")
    on: bool = Field(description="on in this installation")
    off_because: str = ""


class Account(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("channel", "account"),)

    id: int | None = Field(default=None, primary_key=True)
    brand_id: int = Field(foreign_key="brand.id", index=True)
    channel: str
    account: str
    role: str = "main"
    evidence: str = ""
    confidence: str = ""
    note: str = ""
    staff: str = Field(
        default="",
        sa_column_kwargs={"server_default": ""},
        description="numbers of users who answer for it, a space between",
    )
    external_id: str = Field(default="", description="the channel's own stable id")
    resolved_at: int | None = Field(
        default=None, sa_type=Big, description="None: unverified, never ranked"
    )
    problem: str = Field(default="", description="why the last resolve failed")
    watched_from: int | None = Field(default=None, sa_type=Big)
    watched_until: int | None = Field(
        default=None, sa_type=Big, description="None: never watched"
    )


class InquiryRow(SQLModel, table=True):
    """One person's first public message to a brand in one thread, and its answer.

    ``key`` is the 8-byte hash of the channel's own id of that conversation,
    ``author`` a keyed hash: no name, handle or text is ever stored.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index(  # imported inquiries have none and pay nothing for it
            "ix_inquiry_message",
            "message",
            sqlite_where=text("message IS NOT NULL"),
            postgresql_where=text("message IS NOT NULL"),
        ),
        Index(  # whose account is gone is looked for by its author; imports pay nothing
            "ix_inquiry_author",
            "author",
            sqlite_where=text(STANDING),
            postgresql_where=text(STANDING),
        ),
        Index(  # what few inquiries have is read apart from what all have
            "ix_inquiry_rare",
            "id",
            "watched_until",
            "deleted_at",
            "addressed",
            sqlite_where=text(RARE),
            postgresql_where=text(RARE),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    account_id: int = Field(foreign_key="account.id")
    key: int = Field(sa_type=Big)
    author: int = Field(sa_type=Big)
    asked_at: int = Field(sa_type=Big)
    answered_at: int | None = Field(
        default=None,
        sa_type=Big,
        description="first response not known to be automatic; None: not seen yet",
    )
    automatic_at: int | None = Field(default=None, sa_type=Big)
    substantive_at: int | None = Field(
        default=None, sa_type=Big, description="None: none seen or not judged"
    )
    step: int = Field(default=0, description="words.Step of the answer at answered_at")
    kind: int = Field(default=0, description="words.Kind")
    found_by: int = Field(description="words.FoundBy")
    addressed: int = Field(
        default=1, description="registered brands the message named; 2 or more: no n"
    )
    watched_until: int | None = Field(
        default=None, sa_type=Big, description="None: as long as its account"
    )
    deleted_at: int | None = Field(
        default=None, sa_type=Big, description="when its author deleted it"
    )
    message: int | None = Field(
        default=None, sa_type=Big, description="hash of the message's own address"
    )
    language: str | None = Field(default=None, description="None: not known")
    url: str | None = Field(default=None, description="None: no public page, erased")


class ResponseRow(SQLModel, table=True):
    """One public message of a brand to a person. Kept so that order, repeats and
    deletions never matter: the first that still stands is the answer."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("message", "account_id"),  # deletions name the message alone
        Index("ix_response_account_id_key", "account_id", "key"),
        Index("ix_response_account_id_responded_at", "account_id", "responded_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    account_id: int = Field(foreign_key="account.id")
    message: int = Field(sa_type=Big, description="hash of the response's address")
    key: int | None = Field(
        default=None, sa_type=Big, description="inquiry.key; None: see to_message"
    )
    to_message: int | None = Field(
        default=None, sa_type=Big, description="inquiry.message, for quotes"
    )
    responded_at: int = Field(sa_type=Big)
    step: int = Field(description="words.Step, beside the account's other replies")
    deleted_at: int | None = Field(default=None, sa_type=Big)
    reads: int = Field(
        default=5,
        sa_column_kwargs={"server_default": "5"},
        description="words.Step by its own words alone; 5: not judged",
    )
    fingerprint: int | None = Field(
        default=None, sa_type=Big, description="what near-copies share; None: not known"
    )
    personal: int | None = Field(
        default=None, description="1: calls the person by name; None: not known"
    )


class Publication(SQLModel, table=True):
    """A brand's own posts of one account and UTC day: answering nobody, or replies."""

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    day: int = Field(primary_key=True)
    posts: int
    replies: int


class Coverage(SQLModel, table=True):
    """Seconds of one account's UTC day that we saw. No line: nothing was seen."""

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    day: int = Field(primary_key=True)
    seconds: int = Field(description="0 to 86400")


class Cursor(SQLModel, table=True):
    channel: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: str
    at: int = Field(sa_type=Big)


class Run(SQLModel, table=True):
    """What one look, or one import, came to. Failures too: gaps are data."""

    __table_args__ = (Index("ix_run_channel_started_at", "channel", "started_at"),)

    id: int | None = Field(default=None, primary_key=True)
    what: str = Field(description="'look', 'import', 'resolve' or 'publish'")
    channel: str
    started_at: int = Field(sa_type=Big)
    finished_at: int = Field(sa_type=Big)
    outcome: str = Field(description="'ok', 'incomplete' or 'failed'")
    problem: str = Field(default="", description="a sentence; '' when ok")
    rows_read: int = 0
    rows_kept: int = 0
    refused: str = Field(default="{}", description="JSON: reason to count")
    digest: str = Field(default="", description="sha256 of an imported file")


class Kept(SQLModel, table=True):
    """One line, or none: whether columns of all inquiries are kept in files, so that
    ``touched`` has to be filled."""

    id: int = Field(primary_key=True, description="1")
    token: str = Field(description="names the files that are good; '' none are")


class Touched(SQLModel, table=True):
    """An inquiry that was changed or deleted since columns were last kept; filled by
    triggers. What is new is known by its id."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    inquiry_id: int = Field(sa_type=Big, description="gone when it was deleted")


class Edition(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    day_from: int = Field(description="first day asked, included")
    day_to: int = Field(description="first day not asked any more")
    as_of: int = Field(sa_type=Big, description="what was known by then")
    made_at: int = Field(sa_type=Big)
    method: str
    code: str = Field(description="version of the code that made it")
    provisional: bool
    sample: bool = Field(description="fictional brands")
    inquiries: int = Field(description="counted, headline cuts, people")
    messages: int = Field(description="inquiries asked in the period, counted or not")
    brands: int
    coverage: float | None = Field(default=None, description="None: nothing watched")
    cuts: str = Field(description="JSON: family to its headline cut")
    left_out: str = Field(description="JSON: reason to number of messages")
    input_digest: str
    result_digest: str
    previous: str = Field(description="chain digest of the edition before; '' first")
    digest: str = Field(description="the chain digest of this one")
    licence: str
    corrects: str = Field(default="", description="edition that this one corrects")


class EditionRows(SQLModel, table=True):
    """The frozen input of an edition: Parquet parts, sliced by brand."""

    __tablename__ = "edition_rows"

    edition_id: int = Field(foreign_key="edition.id", primary_key=True)
    part: str = Field(primary_key=True, description="'inquiry-0000', 'coverage', ...")
    parquet: bytes = Field(sa_type=LargeBinary)


class EditionDetail(SQLModel, table=True):
    """What an edition says of a brand, an industry or a family beside its standings."""

    __tablename__ = "edition_detail"
    __table_args__ = (
        Index("ix_edition_detail_edition_id_level_slug", "edition_id", "level", "slug"),
    )

    edition_id: int = Field(foreign_key="edition.id", primary_key=True)
    topic: str = Field(primary_key=True, description="what it is about")
    level: str = Field(primary_key=True, description="words.Level")
    family: str = Field(primary_key=True)
    channel: str = Field(primary_key=True, description="'' of no one channel")
    slug: str = Field(primary_key=True, description="'' of no one brand or industry")
    body: str = Field(description="JSON, figures as printed")


class Standing(SQLModel, table=True):
    """One line of an edition. Figures as printed; None: not known or withheld."""

    __table_args__ = (
        Index("ix_standing_edition_id_level_slug", "edition_id", "level", "slug"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    edition_id: int = Field(foreign_key="edition.id")
    level: str = Field(description="words.Level")
    family: str
    channel: str = Field(description="'' pooled over the family's full channels")
    account: str = Field(description="'' unless level is account")
    slug: str
    name: str
    industry: str = Field(description="slug")
    cut: str = Field(description="words.Cut")
    headline: bool = Field(description="cut is the family's headline cut")
    status: str = Field(description="words.Status")
    rank: int | None = None
    rank_low: int | None = Field(default=None, description="best place possible")
    rank_high: int | None = Field(default=None, description="worst place possible")
    placed: str = Field(default="", description="'upper', 'lower' or ''")
    of: int | None = Field(default=None, description="how many are ranked with it")
    industry_rank: int | None = None
    industry_rank_low: int | None = None
    industry_rank_high: int | None = None
    industry_placed: str = ""
    industry_of: int | None = None
    score: float | None = Field(default=None, description="0 to 100")
    score_low: float | None = None
    score_high: float | None = None
    inquiries: int
    authors: int
    days: float | None = Field(default=None, description="effective days")
    t1_s: int
    t2_s: int
    t3_s: int
    answered_t1: int | None = None
    answered_t2: int | None = None
    answered_t3: int | None = None
    share_t1: float | None = Field(default=None, description="0 to 1")
    share_t1_low: float | None = None
    share_t1_high: float | None = None
    share_t2: float | None = None
    share_t2_low: float | None = None
    share_t2_high: float | None = None
    share_t3: float | None = None
    share_t3_low: float | None = None
    share_t3_high: float | None = None
    median_wait_s: int | None = Field(
        default=None, description="None: half had no answer within the horizon"
    )
    p90_wait_s: int | None = None
    posts_per_reply: float | None = Field(default=None, description="None: no replies")
    n_eff: float | None = None
    lost: int = 0
    coverage: float | None = Field(default=None, description="0 to 1")
    brands: int | None = Field(default=None, description="ranked; industries only")
    waits: str = Field(
        default="",
        description="counts per wait bin of method.WAIT_BINS, comma-separated",
    )


def columns(row: type[SQLModel]) -> dict[str, Any]:
    """A table's columns, by name, in order."""
    return dict(row.__table__.columns.items())  # type: ignore[attr-defined]
