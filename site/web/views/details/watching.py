"""The blind share: how many of a brand's answers went to messages that only those
answers made known."""

from model.rows import Standing
from model.words import Level, Status
from web import words
from web.desk import Desk
from web.parts import Block, Cell, Table
from web.tables import Data
from web.tongue import t


def brand(desk: Desk, row: Standing) -> Block | None:
    said = desk.book.details(Level.BRAND, row.slug).get(("watching", row.family, ""))
    if said is None or not said["answers"]:
        return None
    answers, blind = said["answers"], said["blind"]
    where = words.family_place(row.family)
    text: tuple[str, ...]
    given = words.counted(answers, "answer", "answers")
    if blind:
        text = (
            t(
                "Of %(answers)s we know %(name)s to have given %(where)s, %(blind)s"
                " (%(share)s) went to messages that we would not have seen but for the"
                " answer.",
                answers=given,
                name=row.name,
                where=where,
                blind=words.number(blind),
                share=words.percent(blind / answers),
            ),
            _why(row),
        )
    else:
        text = (
            t(
                "Each of the %(answers)s we know %(name)s to have given %(where)s went"
                " to a message that we had seen on our own.",
                answers=given,
                name=row.name,
                where=where,
            ),
        )
    return Block(
        id=f"watching-{row.family}",
        title=t("What we see of it"),
        text=text,
        table=Table(
            caption=t(
                "%(name)s: answers %(where)s, by how the message was found",
                name=row.name,
                where=where,
            ),
            headings=(t("Answers given to"), t("Answers")),
            rows=(
                _row(t("messages we had seen on our own"), answers - blind),
                _row(t("messages known only by the answer"), blind),
            ),
            narrow=True,
        ),
        folded=True,
        links=desk.downloads(f"/brands/{row.slug}/watching"),
    )


def _why(row: Standing) -> str:
    """What messages that only their answer led us to count for."""
    if row.status == Status.ANSWERED_ONLY:
        return t(
            "Nobody here is known to have been ignored, so nothing says how many are"
            " answered: waits, and whatever else this page has of them, are those of"
            " the answered alone."
        )
    return t(
        "Those messages count neither as answered nor at all: where the answered are"
        " found more surely than the ignored, a share would flatter."
    )


def _row(label: str, number: int) -> tuple[Cell, ...]:
    return Cell(text=label), Cell(text=words.number(number), number=True)


def brand_table(desk: Desk, slug: str) -> Data:
    """One line a family. Raises NotHere."""
    desk.book.known(slug)
    rows = tuple(
        (slug, family, said["answers"], said["blind"])
        for (topic, family, _), said in desk.book.details(Level.BRAND, slug).items()
        if topic == "watching"
    )
    return Data(("slug", "family", "answers", "blind"), rows, desk.about())
