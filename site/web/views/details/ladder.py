"""What answers are worth: people by the step of the answer they got, of brands, of
their channels, and of industries."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from model.rows import Standing
from model.words import Level, Status
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data
from web.tongue import mark, t, tn
from web.views.details import substance

TITLE = mark("What the answers are worth")
IMPORTED = "imported"
STEPS = ("substantive", "redirect", "canned")
STEPS_AT = {"canned": 0, "redirect": 1, "substantive": 2}
"""Places of the steps in ``limits``."""
LABELS = {
    "substantive": mark("an answer that says something of the matter"),
    "redirect": mark("only a request to go on in private, or a link to a form"),
    "canned": mark("a copy of what the brand sends to others"),
    "unjudged": mark("an answer we could not judge"),
    "none": mark("no answer in time, or a machine’s alone"),
}
COLUMNS = (
    "slug", "family", "channel", "of", "inquiries", "step", "answers", "share",
    "share_low", "share_high",
)  # fmt: skip


def brand(desk: Desk, row: Standing) -> Block | None:
    told = desk.book.details(Level.BRAND, row.slug)
    said = told.get(("ladder", row.family, ""))
    if said is None:
        return _not_judged(desk, row) if told else None
    beyond = substance.of(told, row.family)
    return Block(
        id=f"ladder-{row.family}",
        title=t(TITLE),
        text=(
            " ".join((_first(row, said, beyond), *_sooner(row, said, beyond))),
            _answers(said, beyond),
            *_unjudged(desk, row, said),
            *substance.address(beyond),
        ),
        table=_table(row.name, words.family_place(row.family), said),
        links=desk.downloads(f"/brands/{row.slug}/ladder"),
    )


def industry(desk: Desk, slug: str, family: str) -> Block | None:
    """The people of all brands of an industry whose answers could be judged."""
    row = desk.book.industries.get(family, {}).get(slug)
    told = desk.book.details(Level.INDUSTRY, slug)
    said = told.get(("ladder", family, ""))
    if row is None or said is None:
        return None
    where, beyond = words.family_place(family), substance.of(told, family)
    worth, (low, high) = _worth(said, beyond)
    first = t(
        "Of %(inquiries)s %(where)s to the %(brands)s in %(industry)s most of whose"
        " answers could be judged, %(share)s (%(interval)s) got one within %(limit)s"
        " that says something of the matter.",
        inquiries=words.counted(said["n"], "inquiry", "inquiries"),
        where=where,
        brands=words.counted(said["brands"], "brand", "brands"),
        industry=t(row.name),
        share=_least(worth / said["n"], said),
        interval=words.span(low / 100, high / 100),
        limit=words.limit(row.t3_s),
    )
    return Block(
        id=f"ladder-{family}",
        title=t(TITLE),
        text=(
            " ".join((first, *_sooner(row, said, beyond))),
            _answers(said, beyond),
            *substance.address(beyond),
        ),
        table=_table(t(row.name), where, said),
        links=desk.downloads(f"/industries/{slug}/ladder"),
    )


def _not_judged(desk: Desk, row: Standing) -> Block | None:
    """Where there are answers and none of them could be judged."""
    if not row.answered_t3 and (
        row.status != Status.ANSWERED_ONLY or row.median_wait_s is None
    ):
        return None
    return Block(
        id=f"ladder-{row.family}",
        title=t(TITLE),
        text=(
            t(
                "That we do not know of %(name)s %(where)s: no answer could be judged,"
                " because %(why)s. Each counts as an answer, since nothing says that a"
                " machine sent it; whether it said something of the matter, or only"
                " moved the person elsewhere, cannot be told.",
                name=row.name,
                where=words.family_place(row.family),
                why=_why(desk, row),
            ),
        ),
    )


def _unjudged(desk: Desk, row: Standing, said: Mapping[str, Any]) -> tuple[str, ...]:
    if not said["unjudged"]:
        return ()
    return (
        tn(
            "%(answers)s could not be judged, because %(why)s. It counts as an answer,"
            " since nothing says that a machine sent it, and in none of the three"
            " lines.",
            "%(answers)s could not be judged, because %(why)s. They count as answers,"
            " since nothing says that a machine sent them, and in none of the three"
            " lines.",
            said["unjudged"],
            answers=words.counted(said["unjudged"], "answer", "answers"),
            why=_why(desk, row),
        ),
    )


def _why(desk: Desk, row: Standing) -> str:
    """Why answers of a brand could not be judged."""
    files = {each.slug for each in desk.book.reader.channels() if each.how == IMPORTED}
    here = {
        line.channel
        for line in desk.book.channels(row.slug)
        if line.family == row.family
    }
    if here and here <= files:
        return t(
            "the files they were imported from give no words of theirs, or none in a"
            " language we read"
        )
    return t("we had no words of theirs, or none in a language we read")


def _least(share: float, said: Mapping[str, Any]) -> str:
    """A share; where answers could not be judged it may be greater."""
    if said["unjudged"]:
        return t("at least %(share)s", share=words.percent(share))
    return words.percent(share)


def _sooner(
    row: Standing, said: Mapping[str, Any], beyond: substance.Said | None
) -> tuple[str, ...]:
    return substance.sooner(row, beyond, lambda share: _least(share, said))


def _answered(said: Mapping[str, Any]) -> int:
    return sum(said[step] for step in (*STEPS, "unjudged"))


def _worth(
    said: Mapping[str, Any], beyond: substance.Said | None
) -> tuple[int, Sequence[int]]:
    """How many got an answer of substance within the horizon, and the limits of that
    share. An older edition knows of the first answer alone."""
    nothing = (0, 0)
    if beyond is None:
        ends = said["limits"][STEPS_AT["substantive"]] if "limits" in said else nothing
        return said["substantive"], ends
    ends = beyond["limits"][substance.LAST] if "limits" in beyond else nothing
    return beyond["within"][substance.LAST], ends


def _first(
    row: Standing, said: Mapping[str, Any], beyond: substance.Said | None
) -> str:
    """The two shares beside each other: any human answer, one of substance."""
    name, where = row.name, words.family_place(row.family)
    n, (worth, (low, high)) = said["n"], _worth(said, beyond)
    if "of" in said:
        return t(
            "Of %(inquiries)s to %(name)s %(where)s, %(worth)s got an answer that says"
            " something of the matter. The source holds only what was answered, so that"
            " of all who wrote nothing can be said.",
            inquiries=words.counted(n, "answered inquiry", "answered inquiries"),
            name=name,
            where=where,
            worth=words.number(worth),
        )
    if "limits" not in said or row.share_t3 is None:
        return t(
            "Too few answers of %(name)s %(where)s could be judged to say how many of"
            " those who wrote got one that says something of their matter.",
            name=name,
            where=where,
        )
    return t(
        "Of %(inquiries)s to %(name)s %(where)s, %(any)s (%(any_interval)s) got an"
        " answer that no machine is known to have sent within %(limit)s, and %(share)s"
        " (%(interval)s) one that says something of the matter.",
        inquiries=words.counted(n, "inquiry", "inquiries"),
        name=name,
        where=where,
        any=words.percent(row.share_t3),
        any_interval=words.share_span(row.share_t3_low or 0, row.share_t3_high or 0),
        limit=words.limit(row.t3_s),
        share=_least(worth / n, said),
        interval=words.span(low / 100, high / 100),
    )


def _answers(said: Mapping[str, Any], beyond: substance.Said | None) -> str:
    """How many of its answers are copies, and what we cannot know of the rest."""
    judged = sum(said[step] for step in STEPS)
    answers = words.counted(judged, "answer", "answers")
    if beyond is not None and (copies := substance.copies(beyond, answers)):
        return " ".join(
            (
                copies,
                t(
                    "The table goes by the first answer: who was asked into private and"
                    " told more in public later stands there under the request, and"
                    " above under what was told. Whether an answer helped, here or in"
                    " private, we do not know."
                ),
            )
        )
    if beyond is not None:
        return t(
            "Of %(answers)s that could be judged, %(copies)s had nearly the same words"
            " as answers to others; a copy that only asks to go on in private is not"
            " among them, but among those requests. The table goes by the first answer:"
            " who was asked into private and told more in public later stands there"
            " under the request, and above under what was told. Whether an answer"
            " helped, here or in private, we do not know.",
            answers=answers,
            copies=words.number(said["canned"]),
        )
    return t(
        "Of %(answers)s that could be judged, %(copies)s had nearly the same words as"
        " answers to others. Only the first answer is looked at: who was asked into"
        " private and told more in public later got a request. Whether an answer"
        " helped, here or in private, we do not know.",
        answers=answers,
        copies=words.number(said["canned"]),
    )


def _table(name: str, where: str, said: Mapping[str, Any]) -> Table:
    rows = [_row(step, said) for step in (*STEPS, "unjudged")]
    if "of" in said:
        caption = t(
            "Answered inquiries to %(name)s %(where)s, by the first answer they got",
            name=name,
            where=where,
        )
    else:
        none = said["n"] - _answered(said)
        rows.append((_label("none"), _number(none), Cell(text="")))
        caption = t(
            "Inquiries to %(name)s %(where)s, by the first answer they got",
            name=name,
            where=where,
        )
    return Table(
        caption=caption,
        headings=(t("They got"), t("Inquiries"), t("Of 100, and how sure")),
        rows=tuple(rows),
        narrow=True,
    )


def _row(step: str, said: Mapping[str, Any]) -> tuple[Cell, ...]:
    ends = said.get("limits") if step in STEPS_AT else None
    share = ""
    if ends is not None:
        low, high = ends[STEPS_AT[step]]
        share = (
            f"{words.hundred(said[step] / said['n'])}"
            f" ({words.span(low / 100, high / 100)})"
        )
    return _label(step), _number(said[step]), Cell(text=share, number=True)


def _label(step: str) -> Cell:
    return Cell(text=t(LABELS[step]))


def _number(value: int) -> Cell:
    return Cell(text=words.number(value), number=True)


def brand_table(desk: Desk, slug: str) -> Data:
    """A line a family, channel ('' of all of them) and step; shares only where they may
    be said. Then, of the same people, those who got an answer of substance within each
    limit (substantive_t1 to substantive_t3), and of the answers whose words were read
    those that call the person by name (by_name) and, of those judged, those that are
    near-copies of answers to others, requests among them (near_copies). Raises
    NotHere."""
    desk.book.known(slug)
    found = (desk.book.details(level, slug) for level in (Level.BRAND, Level.CHANNEL))
    return Data(
        COLUMNS, tuple(line for told in found for line in _lines(slug, told)),
        desk.about(),
    )  # fmt: skip


def industry_table(desk: Desk, slug: str) -> Data:
    """A line a family and step, and what follows them for a brand. Raises NotHere."""
    desk.book.industry_known(slug)
    told = desk.book.details(Level.INDUSTRY, slug)
    return Data(COLUMNS, tuple(_lines(slug, told)), desk.about())


def _lines(
    slug: str, told: Mapping[tuple[str, str, str], Mapping[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    for (topic, family, channel), said in told.items():
        if topic != "ladder":
            continue
        whose = (slug, family, channel or None, said.get("of", "all"))
        for step in (*STEPS, "unjudged"):
            ends = said.get("limits") if step in STEPS_AT else None
            shares: tuple[float | None, ...] = (None, None, None)
            if ends is not None:
                low, high = ends[STEPS_AT[step]]
                share = round(said[step] / said["n"], 4)
                shares = (share, low / 10_000, high / 10_000)
            yield (*whose, said["n"], step, said[step], *shares)
        for n, what, count, figures in substance.lines(
            told.get((substance.TOPIC, family, channel))
        ):
            yield (*whose, n, what, count, *figures)
