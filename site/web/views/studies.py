"""/studies: what earlier studies published, and our comparable figure beside each.

The studies are files of ``docs/studies``, read once; nothing of them was measured here.
"""

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from math import sqrt
from typing import Any, NamedTuple

from model.rows import Standing
from model.words import Family, Level, Status
from settings import ROOT
from web import words
from web.book import Book
from web.desk import Desk
from web.pages import StudiesPage, Study
from web.parts import Cell, Link, Table
from web.tables import Data
from web.tongue import mark, t
from web.views.audits.reading import all_audits
from web.views.details import volume

FOLDER = ROOT / "docs" / "studies"
KINDS = {
    "measured": mark("messages were counted"),
    "survey": mark("people were asked"),
    "practice": mark("practice was reported"),
}
COLUMNS = (
    "study", "by", "kind", "published", "here", "not_the_same_because", "note",
    "reports",
)  # fmt: skip
SOCIAL = Family.SOCIAL.value
FEW = 2


@cache
def known() -> tuple[dict[str, Any], ...]:
    """The studies, oldest first, as their files have them; ``tools.messages`` has read
    their sentences there."""
    files = sorted(FOLDER.glob("*.toml"))
    return tuple(
        {"slug": file.stem.partition("-")[2], **tomllib.loads(file.read_text())}
        for file in files
    )


def studies(desk: Desk) -> StudiesPage:
    return StudiesPage(
        frame=desk.frame(),
        title=t("Earlier studies"),
        description=t(
            "What others have published of how brands answer in public, and our"
            " comparable figures, or why there are none."
        ),
        studies=tuple(_study(desk, each) for each in known()),
        downloads=desk.downloads("/studies"),
    )


def _study(desk: Desk, said: dict[str, Any]) -> Study:
    title, by, source = (_in_words(said, field) for field in ("title", "by", "source"))
    kind = KINDS[said["kind"]]
    return Study(
        id=said["slug"],
        title=title,
        by=words.beside(by, t(kind), source),
        note=_in_words(said, "note") if "note" in said else "",
        reports=tuple(
            Link(f"{report['by']}, {report['on'][:4]}", report["link"])
            for report in said.get("reports", ())
        ),
        table=Table(
            caption=t("%(title)s: what was published, and this edition", title=title),
            headings=(t("Published then"), t("Here"), t("Why it is not the same")),
            rows=tuple(
                (
                    Cell(text=_in_words(figure, "says")),
                    _here(desk, figure),
                    Cell(text=_in_words(figure, "because")),
                )
                for figure in said["figures"]
            ),
        ),
    )


def _in_words(said: dict[str, Any], field: str) -> str:
    """A sentence of a study's file in the language of the page."""
    english: str = said[field]
    return t(english)


def _here(desk: Desk, figure: dict[str, str]) -> Cell:
    if "ours" not in figure:
        return Cell(text=t("not comparable"))
    return OURS[figure["ours"]](desk)


class Mean(NamedTuple):
    """Of the ranked brands of social networks, the share answered within a limit."""

    brands: int
    share: float
    low: float
    high: float
    within_s: int


def _means(book: Book) -> dict[int, Mean | None]:
    """By limit (1, 2, 3); None of too few brands."""
    listed = book.listed.get(SOCIAL, {}).values()
    rows = book.lines([row for row in listed if row.status == Status.RANKED])
    return {limit: _mean(rows, limit) for limit in (1, 2, 3)}


def _mean(ranked: Sequence[Standing], limit: int) -> Mean | None:
    rows = [row for row in ranked if getattr(row, f"share_t{limit}") is not None]
    if len(rows) < FEW:
        return None
    ends = [f"share_t{limit}{end}" for end in ("", "_low", "_high")]
    shares = [tuple(getattr(row, name) for name in ends) for row in rows]
    return Mean(len(rows), *mean(shares), getattr(rows[0], f"t{limit}_s"))


def _answered(limit: int) -> Callable[[Desk], Cell]:
    def cell(desk: Desk) -> Cell:
        said = desk.book.once("means of ranked brands", _means)[limit]
        if said is None:
            return Cell(text=t("not known: too few ranked brands on social networks"))
        return Cell(
            text=t(
                "%(share)s of 100 answered within %(limit)s",
                share=words.hundred(said.share),
                limit=words.limit(said.within_s),
            ),
            note=t(
                "mean of %(brands)s, %(interval)s %(span)s",
                brands=words.counted(said.brands, "ranked brand", "ranked brands"),
                interval=words.interval(),
                span=words.share_span(said.low, said.high),
            ),
        )

    return cell


def mean(shares: Sequence[tuple[float, ...]]) -> tuple[float, float, float]:
    """The mean of (share, low, high) of different brands, with limits.

    Brands are independent of one another, so the distances from their shares to their
    limits add in squares (the square-and-add of Zou and Donner 2008 for a sum).
    """
    count = len(shares)
    middle = sum(share for share, _, _ in shares) / count
    down = sqrt(sum((share - low) ** 2 for share, low, _ in shares)) / count
    up = sqrt(sum((high - share) ** 2 for share, _, high in shares)) / count
    return middle, max(0.0, middle - down), min(1.0, middle + up)


def _whole(desk: Desk) -> volume.Told:
    said = desk.book.details(Level.INDUSTRY, "")
    return said.get(("volume", SOCIAL, ""), {})


def _unanswered(desk: Desk) -> Cell:
    said = _whole(desk)
    if "silent" not in said:
        return Cell(text=t("not known: nothing counted on social networks"))
    share, low, high = said["silent"]
    sure = t(
        "%(interval)s %(span)s",
        interval=words.interval(),
        span=words.share_span(low, high),
    )
    inquiries = words.counted(said["inquiries"], "inquiry", "inquiries")
    return Cell(
        text=t(
            "%(share)s of 100 unanswered after %(limit)s",
            share=words.hundred(share),
            limit=words.limit(_limit(desk)),
        ),
        note=words.beside(t("all brands together"), sure, inquiries),
    )


def _limit(desk: Desk) -> int:
    first = next(iter(desk.book.listed[SOCIAL].values()))
    return desk.book.lines([first])[0].t3_s


def _ratio(desk: Desk) -> Cell:
    said = _whole(desk)
    if said.get("ratio") is None:
        return Cell(text=t("not known: no posts of brands were counted"))
    return Cell(
        text=t("%(n)s posts for each reply", n=words.decimal(said["ratio"])),
        note=t("of all brands; by industry in the table of industries"),
        url=desk.url("/industries", family=SOCIAL) + "#study",
    )


def _volume(desk: Desk) -> Cell:
    return Cell(
        text=t("beside our own, edition by edition"),
        url=desk.url("/industries", family=SOCIAL) + "#study",
    )


def _audits(desk: Desk) -> Cell:
    count = len(all_audits(desk))
    said = words.counted(count, "field audit", "field audits")
    if not count:
        said = t("none here yet")
    return Cell(text=said, url=desk.url("/audits"))


OURS: dict[str, Callable[[Desk], Cell]] = {
    "answered_t1": _answered(1),
    "answered_t2": _answered(2),
    "answered_t3": _answered(3),
    "unanswered": _unanswered,
    "posts_per_reply": _ratio,
    "volume": _volume,
    "audits": _audits,
}


def table(desk: Desk) -> Data:
    rows = []
    for said in known():
        for figure in said["figures"]:
            here = _here(desk, figure)
            ours = None
            if "ours" in figure:
                ours = f"{here.text} ({here.note})" if here.note else here.text
            rows.append(
                (
                    said["title"],
                    said["by"],
                    said["kind"],
                    figure["says"],
                    ours,
                    figure["because"],
                    said.get("note"),
                    " ".join(each["link"] for each in said.get("reports", ())) or None,
                )
            )
    return Data(COLUMNS, tuple(rows), desk.about())
