"""What answers are worth on each channel of a brand that has several in a family."""

from collections.abc import Mapping
from typing import Any

from model.rows import Standing
from model.words import Level
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tongue import mark, t
from web.views.details import substance
from web.views.details.ladder import STEPS, STEPS_AT

SHORT = {
    "substantive": mark("Something of the matter"),
    "redirect": mark("Only a request to go on in private"),
    "canned": mark("A copy"),
}


def channels(desk: Desk, row: Standing) -> Block | None:
    """A line for each channel of a brand that has several in a family."""
    told = desk.book.details(Level.CHANNEL, row.slug)
    names = desk.channels()
    lines = [
        (
            names.get(channel, channel),
            said,
            told.get((substance.TOPIC, family, channel)),
        )
        for (topic, family, channel), said in told.items()
        if (topic, family) == ("ladder", row.family)
    ]
    if not lines:
        return None
    where = words.family_place(row.family)
    lines.sort(key=lambda line: -line[1]["n"])
    text, caption = _channels_say(row, where, any(line[2] for line in lines))
    return Block(
        id=f"ladders-{row.family}",
        title=t("What the answers are worth, channel by channel"),
        text=text,
        table=Table(
            caption=caption,
            headings=(
                t("Channel"),
                t("Inquiries"),
                *(t(SHORT[step]) for step in STEPS),
            ),
            rows=tuple(
                (
                    Cell(text=name),
                    Cell(text=words.number(said["n"]), number=True),
                    _of_substance(said, beyond),
                    *(_share(said, step) for step in STEPS[1:]),
                )
                for name, said, beyond in lines
            ),
        ),
        links=desk.downloads(f"/brands/{row.slug}/ladder"),
    )


def _channels_say(
    row: Standing, where: str, beyond: bool
) -> tuple[tuple[str, ...], str]:
    """What stands above the lines of channels, and in the head of their table."""
    if not beyond:
        return (), t(
            "Inquiries to %(name)s %(where)s, of 100, by the first answer",
            name=row.name,
            where=where,
        )
    text = t(
        "The column for something of the matter counts any answer within %(limit)s, as"
        " the figure above does; the other two go by the first answer. Who was asked"
        " into private first and told more in public later stands in two of them.",
        limit=words.limit(row.t3_s),
    )
    caption = t(
        "Inquiries to %(name)s %(where)s, of 100, by what they got",
        name=row.name,
        where=where,
    )
    return (text,), caption


def _of_substance(said: Mapping[str, Any], beyond: substance.Said | None) -> Cell:
    if beyond is None:
        return _share(said, "substantive")
    if "limits" not in beyond:
        return Cell(text=t(words.NOT_KNOWN))
    low, high = beyond["limits"][substance.LAST]
    share = beyond["within"][substance.LAST] / beyond["n"]
    ends = words.span(low / 100, high / 100)
    return Cell(text=str(words.hundred(share)), number=True, note=words.aside(ends))


def _share(said: Mapping[str, Any], step: str) -> Cell:
    if "limits" not in said:
        return Cell(text=t(words.NOT_KNOWN))
    low, high = said["limits"][STEPS_AT[step]]
    ends = words.span(low / 100, high / 100)
    return Cell(
        text=str(words.hundred(said[step] / said["n"])),
        number=True,
        note=words.aside(ends),
    )
