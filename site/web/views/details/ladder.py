"""What a brand's answers are worth: people by the step of the answer they got."""

from collections.abc import Mapping
from typing import Any

from model.rows import Standing
from model.words import Level
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data

STEPS = ("substantive", "redirect", "canned")
STEPS_AT = {"canned": 0, "redirect": 1, "substantive": 2}
"""Places of the steps in ``limits``."""
LABELS = {
    "substantive": "an answer that says something of the matter",
    "redirect": "only a request to go on in private, or a link to a form",
    "canned": "a copy of what the brand sends to others",
    "unjudged": "an answer we could not judge",
    "none": "no answer in time, or a machine’s alone",
}
COLUMNS = (
    "slug", "family", "of", "inquiries", "step", "answers", "share", "share_low",
    "share_high",
)  # fmt: skip


def brand(desk: Desk, row: Standing) -> Block | None:
    said = desk.book.details(Level.BRAND, row.slug).get(("ladder", row.family, ""))
    if said is None:
        return None
    return Block(
        id=f"ladder-{row.family}",
        title="What the answers are worth",
        text=(_first(row, said), _answers(said)),
        table=_table(row, said),
        links=desk.downloads(f"/brands/{row.slug}/ladder"),
    )


def _answered(said: Mapping[str, Any]) -> int:
    return sum(said[step] for step in (*STEPS, "unjudged"))


def _first(row: Standing, said: Mapping[str, Any]) -> str:
    """The two shares beside each other: any human answer, one of substance."""
    name, where = row.name, words.family_place(row.family)
    n, worth = said["n"], said["substantive"]
    if "of" in said:
        inquiries = words.counted(n, "answered inquiry", "answered inquiries")
        return (
            f"Of {inquiries} to {name} {where}, {words.number(worth)} got an answer"
            " that says something of the matter. The source holds only what was"
            " answered, so that of all who wrote nothing can be said."
        )
    if "limits" not in said or row.share_t3 is None:
        return (
            f"Too few answers of {name} {where} could be judged to say how many of"
            " those who wrote got one that says something of their matter."
        )
    low, high = said["limits"][STEPS_AT["substantive"]]
    t3 = words.share_span(row.share_t3_low or 0, row.share_t3_high or 0)
    least = "at least " if said["unjudged"] else ""
    return (
        f"Of {words.counted(n, 'inquiry', 'inquiries')} to {name} {where},"
        f" {words.percent(row.share_t3)} ({t3}) got an answer that no machine is known"
        f" to have sent within {words.limit(row.t3_s)}, and {least}"
        f"{words.percent(worth / n)} ({words.span(low / 100, high / 100)}) one that"
        " says something of the matter."
    )


def _answers(said: Mapping[str, Any]) -> str:
    """How many of its answers are copies, and what we cannot know of the rest."""
    judged = sum(said[step] for step in STEPS)
    return (
        f"Of {words.counted(judged, 'answer')} that could be judged,"
        f" {words.number(said['canned'])} had nearly the same words as answers to"
        " others. Only the first answer is looked at: who was asked into"
        " private and told more in public later got a request. Whether an answer"
        " helped, here or in private, we do not know."
    )


def _table(row: Standing, said: Mapping[str, Any]) -> Table:
    where = words.family_place(row.family)
    what = "Answered inquiries" if "of" in said else "Inquiries"
    rows = [_row(step, said) for step in (*STEPS, "unjudged")]
    if "of" not in said:
        none = said["n"] - _answered(said)
        rows.append((_label("none"), _number(none), Cell(text="")))
    return Table(
        caption=f"{what} to {row.name} {where}, by the first answer they got",
        headings=("They got", "Inquiries", "Of 100, and how sure"),
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
    return Cell(text=LABELS[step])


def _number(value: int) -> Cell:
    return Cell(text=words.number(value), number=True)


def brand_table(desk: Desk, slug: str) -> Data:
    """A line a family and step; shares only where they may be said. Raises NotHere."""
    desk.book.known(slug)
    rows = []
    for (topic, family, _), said in desk.book.details(Level.BRAND, slug).items():
        if topic != "ladder":
            continue
        for step in (*STEPS, "unjudged"):
            ends = said.get("limits") if step in STEPS_AT else None
            shares: tuple[float | None, ...] = (None, None, None)
            if ends is not None:
                low, high = ends[STEPS_AT[step]]
                share = round(said[step] / said["n"], 4)
                shares = (share, low / 10_000, high / 10_000)
            rows.append(
                (slug, family, said.get("of", "all"), said["n"], step, said[step])
                + shares
            )
    return Data(COLUMNS, tuple(rows), desk.about())
