"""What an edition says: its standings, and the details beside them."""

from model.bundle.layout import FAMILY, Column, Table, words
from model.words import CHANNEL_FAMILY, Cut, Family, Level, Status


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
        FAMILY,
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
