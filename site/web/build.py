"""From a standing to the values that components take. Words and layout only."""

from collections.abc import Sequence
from functools import lru_cache

from model.rows import Standing
from scoring.method import METHOD
from web import tongue, words
from web.parts import Dot, Hundred, Key, Link, Place, Row, Score, Segment, Share
from web.tongue import t

DOTS_IN_A_ROW = 20
ANSWERED = ("share_t1", "share_t2", "share_t3")


def limits(row: Standing) -> tuple[int, int, int]:
    return row.t1_s, row.t2_s, row.t3_s


def tones(row: Standing) -> tuple[str, str, str, str]:
    """What the four tones mean in the row's family."""
    return _tones(tongue.now(), *limits(row))


@lru_cache(maxsize=64)
def _tones(
    _language: tongue.Catalogue | None, *seconds: int
) -> tuple[str, str, str, str]:
    """Said once for a table, whose lines have the same limits."""
    first, second, third = (
        t("within %(limit)s", limit=words.limit(each)) for each in seconds
    )
    return first, second, third, t("no answer by then")


def hundred(row: Standing) -> Hundred | None:
    """The row's people as a hundred. The rounding is of the published shares, so
    that "67 get an answer" and the 67 coloured dots are the same 67."""
    shares = [getattr(row, name) for name in ANSWERED]
    if None in shares:
        return None
    ends = [0, *(words.hundred(share) for share in shares), 100]
    segments = tuple(
        Segment(tone=tone, people=right - left, left=left, label=label)
        for tone, left, right, label in zip(
            range(1, 5), ends, ends[1:], tones(row), strict=False
        )
    )
    said = ", ".join(f"{part.people} {part.label}" for part in segments)
    return Hundred(segments=segments, says=t("Of 100 people: %(said)s", said=said))


def dots(row: Standing) -> tuple[Dot, ...]:
    """A dot a person, twenty in a row; those the interval leaves open are ringed."""
    picture = hundred(row)
    if picture is None or row.share_t3_low is None or row.share_t3_high is None:
        return ()
    low, high = (words.hundred(end) for end in (row.share_t3_low, row.share_t3_high))
    of = [part.tone for part in picture.segments for _ in range(part.people)]
    return tuple(
        Dot(
            tone=tone,
            x=index % DOTS_IN_A_ROW * 10 + 5,
            y=index // DOTS_IN_A_ROW * 10 + 5,
            unsure=low <= index < high,
        )
        for index, tone in enumerate(of)
    )


def score(row: Standing) -> Score | None:
    if row.score is None or row.score_low is None or row.score_high is None:
        return None
    return Score(
        text=str(words.whole(row.score)),
        interval=words.span(row.score_low, row.score_high),
        value=row.score,
        low=row.score_low,
        high=row.score_high,
    )


def share(row: Standing, limit: int) -> Share | None:
    """The share answered within limit 1, 2 or 3, as so many of a hundred."""
    value, low, high = (
        getattr(row, f"share_t{limit}{end}") for end in ("", "_low", "_high")
    )
    if value is None or low is None or high is None:
        return None
    return Share(
        text=str(words.hundred(value)),
        interval=words.share_span(low, high),
        limit=words.limit(limits(row)[limit - 1]),
    )


def place(row: Standing, *, in_industry: bool = False) -> Place | None:
    """The rank range among all, or within the industry; None for the unranked."""
    kind = "industry_" if in_industry else ""
    low, high = getattr(row, f"{kind}rank_low"), getattr(row, f"{kind}rank_high")
    of = getattr(row, f"{kind}of")
    if low is None or high is None or of is None:
        return None
    return Place(
        range=words.place_range(low, high),
        ranked=words.number(of),
        words=words.places(low, high, of),
        third=words.third(getattr(row, f"{kind}placed")),
        left=100 * (low - 1) / of,
        width=100 * (high - low + 1) / of,
        of=of,
    )


def line(
    row: Standing,
    url: str,
    about: Link | None,
    *,
    in_industry: bool = False,
    wait_note: str = "",
) -> Row:
    """A row of the leaderboard. ``wait_note``: what is said beside its typical wait."""
    return Row(
        name=row.name,
        url=url,
        about=about,
        place=place(row, in_industry=in_industry),
        short_status=words.short_status(row),
        status=words.status(row),
        score=score(row),
        hundred=hundred(row),
        in_time=share(row, 2),
        wait=words.typical_wait(row),
        wait_note=wait_note,
        inquiries=words.number(row.inquiries),
        people=from_people(row),
    )


def from_people(row: Standing) -> str:
    people = words.counted(row.authors, "person", "people")
    return t("from\u00a0%(people)s", people=people)


def key(rows: Sequence[Standing]) -> Key | None:
    """What tones and ranges mean; None where there is nothing to colour."""
    if not rows:
        return None
    return Key(
        tones=tuple(
            Segment(tone=tone, people=0, left=0, label=label)
            for tone, label in enumerate(tones(rows[0]), 1)
        ),
        ranges=t(
            "in small: where the true figure lies, %(sure)s sure",
            sure=words.percent(METHOD.confidence.value),
        ),
    )
