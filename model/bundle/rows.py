"""What an edition was made of: its inquiries, and what each account was watched."""

from model.bundle.layout import (
    ACCOUNT,
    CHANNEL,
    DAY,
    FAMILY,
    OF_ACCOUNT,
    Column,
    Table,
    words,
)
from model.words import FoundBy, Kind, Step

NOT_COUNTED = ("several", "reply", "young", "lost", "other_kind", "same_day")
"""Why a message is no inquiry of the headline tables; ``words.Reason`` and two more."""

INQUIRIES = Table(
    "inquiries",
    "Inquiries",
    "Every message of the period to a registered account, counted or not, and why not;"
    " by brand, person and time. No names, no texts.",
    (
        Column("brand", "string", "the brand's slug; see brands.csv"),
        CHANNEL,
        ACCOUNT,
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
            "the brand's first answer that is not known to be automatic; where the"
            " channel says only whether it was in time (cfpb), the end of that time",
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
            "substantive_at",
            "datetime",
            "the brand's first answer of substance, where another came before it",
            empty="none came later by then, or not kept: the edition is older than this"
            " column",
            later=True,
        ),
        Column(
            "personal",
            "boolean",
            "whether the answer of answered_at calls the person by name",
            empty="not known, or not kept: the edition is older than this column",
            later=True,
        ),
        Column(
            "copied",
            "boolean",
            "whether an answer that is a redirection is a near-copy of answers to"
            " others too; one of step canned is, one of step substantive is not",
            empty="no redirection, not known, or not kept: the edition is older than"
            " this column",
            later=True,
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
    refers=(OF_ACCOUNT, (("brand",), "brands", ("brand",))),
)

COVERAGE = Table(
    "coverage",
    "Coverage",
    "How much of each day each account was watched. No line: not at all.",
    (
        CHANNEL,
        ACCOUNT,
        DAY,
        Column("seconds", "integer", "seen of that day", unit="seconds", least=0),
    ),
    key=("channel", "account", "day"),
    refers=(OF_ACCOUNT,),
)

PUBLICATIONS = Table(
    "publications",
    "Publications",
    "The brands' own posts by account and day. No line: none were seen.",
    (
        CHANNEL,
        ACCOUNT,
        DAY,
        Column("posts", "integer", "posts that answer nobody", unit="posts", least=0),
        Column("replies", "integer", "replies to others", unit="posts", least=0),
    ),
    key=("channel", "account", "day"),
    refers=(OF_ACCOUNT,),
)

ACCOUNTS = Table(
    "accounts",
    "Accounts",
    "The brands' accounts, as they were registered when the edition was made.",
    (
        CHANNEL,
        ACCOUNT,
        Column("brand", "string", "the brand's slug"),
        FAMILY,
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
