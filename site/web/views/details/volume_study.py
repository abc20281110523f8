"""What an earlier study published of industries, and our figures of the same."""

from dataclasses import replace
from typing import Any

from model.rows import Edition
from model.words import Family, Level
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tongue import mark, t
from web.views import listing
from web.views.details.volume import (
    MINUS,
    Told,
    change_words,
    editions,
    ratio,
    silent,
    told,
    trades,
)

STUDY = mark("Sprout Social Index, end of 2015")
STUDY_RATIO_ALL = 4.0
STUDY_RATIO = {"utilities": 1.4, "retail": 2.0, "media": 8.4, "real-estate": 11.7}
"""Posts per reply that the study published: its two best and its two worst industries,
by the slug they have in our registry."""
RATIO_OF = {
    "utilities": mark("Posts per reply, utilities"),
    "retail": mark("Posts per reply, retail"),
    "media": mark("Posts per reply, media"),
    "real-estate": mark("Posts per reply, real estate"),
}
STUDY_SILENT = mark("7 of 8: 88")
NO_MEAN = mark("none: the mean over the answered forgets those who had no answer")


def industries(desk: Desk) -> tuple[Block, ...]:
    """Below the list of industries: the tables of the earlier study, made of this
    edition and the one before, and what that study published."""
    family = listing.family(desk)
    chain = editions(desk)
    told_by = [told(desk, edition, None, Level.INDUSTRY) for edition in chain[:3]]
    blocks = (
        trades(desk, family, chain, told_by),
        _study(desk, family, chain, told_by),
    )
    return tuple(block for block in blocks if block is not None)


def _study(
    desk: Desk, family: str, chain: list[Edition], told_by: list[dict[Any, Told]]
) -> Block | None:
    """What the study published of social networks, and our figure of the same."""
    whole = told_by[0].get((family, ""))
    if family != Family.SOCIAL or whole is None:
        return None
    rows = [
        (
            t("Posts per reply, all brands"),
            words.decimal(STUDY_RATIO_ALL),
            ratio(whole)[0],
        ),
        *(
            (
                t(RATIO_OF[slug]),
                words.decimal(then),
                _ratio_of(told_by[0].get((family, slug))),
            )
            for slug, then in STUDY_RATIO.items()
        ),
        (
            t("Unanswered after three days, of 100"),
            t(STUDY_SILENT),
            silent(whole),
        ),
        *_half_year(chain, told_by, family),
        (
            t("Average response time over two quarters"),
            f"+{words.per_cent(4)}",
            Cell(text=t(NO_MEAN)),
        ),
    ]
    return Block(
        id="study",
        title=t("Beside an earlier study"),
        text=(
            t(
                "%(study)s published these figures of brands on social networks; they"
                " are its own claims, made with other brands and another method. Ours"
                " are of the brands of this edition.",
                study=t(STUDY),
            ),
        ),
        table=Table(
            caption=t("Figures of the %(study)s, and of this edition", study=t(STUDY)),
            headings=(t("Figure"), t("Published then"), t("This edition")),
            rows=tuple(
                (
                    Cell(text=what),
                    Cell(text=then, number=True),
                    replace(here, number=False),
                )
                for what, then, here in rows
            ),
        ),
    )


def _half_year(
    chain: list[Edition], told_by: list[dict[Any, Told]], family: str
) -> tuple[tuple[str, str, Cell], ...]:
    """Changes over two quarters; none where two editions before this are not there."""
    now, old = (each.get((family, ""), {}) for each in (told_by[0], told_by[-1]))
    known = len(told_by) == 3 and "silent" in now and "silent" in old
    volume = response = Cell(text=t("not known: no edition of two periods before"))
    if known and old["per_day"] and old["silent"][0] < 1:
        since = words.period(chain[2].day_from, chain[2].day_to)
        note = t("since %(when)s; not tested", when=since)
        volume = Cell(text=change_words(now["per_day"], old["per_day"]), note=note)
        answered = (1 - each["silent"][0] for each in (now, old))
        response = Cell(text=change_words(*answered), note=note)
    return (
        (
            t("Messages that look for help, over two quarters"),
            f"+{words.per_cent(21)}",
            volume,
        ),
        (
            t("Response rate over two quarters"),
            f"{MINUS}{words.exact(0.025)}",
            response,
        ),
    )


def _ratio_of(whole: Told | None) -> Cell:
    """Posts per reply of an industry, which this edition may not have by the name that
    the study's has in our registry."""
    if whole is None:
        return Cell(text=t("no such industry in this edition"))
    return ratio(whole)[0]
