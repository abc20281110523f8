"""/studies: what earlier studies published, and our comparable figure beside each.

The studies are files of ``docs/studies``, read once; nothing of them was measured here.
"""

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from math import sqrt
from typing import Any

from model.rows import Standing
from model.words import Family, Level, Status
from settings import ROOT
from web import words
from web.desk import Desk
from web.pages import StudiesPage, Study
from web.parts import Cell, Table
from web.tables import Data
from web.views.audits.reading import all_audits
from web.views.details import volume

FOLDER = ROOT / "docs" / "studies"
KINDS = {
    "measured": "messages were counted",
    "survey": "people were asked",
    "practice": "practice was reported",
}
COLUMNS = ("study", "by", "kind", "published", "here", "not_the_same_because")
SOCIAL = Family.SOCIAL.value
FEW = 2


@cache
def known() -> tuple[dict[str, Any], ...]:
    """The studies, oldest first, as their files have them."""
    files = sorted(FOLDER.glob("*.toml"))
    return tuple(
        {"slug": file.stem.partition("-")[2], **tomllib.loads(file.read_text())}
        for file in files
    )


def studies(desk: Desk) -> StudiesPage:
    return StudiesPage(
        frame=desk.frame(),
        title="Earlier studies",
        description="What others have published of how brands answer in public, and our"
        " comparable figures, or why there are none.",
        studies=tuple(_study(desk, each) for each in known()),
        downloads=desk.downloads("/studies"),
    )


def _study(desk: Desk, said: dict[str, Any]) -> Study:
    return Study(
        id=said["slug"],
        title=said["title"],
        by=f"{said['by']}; {KINDS[said['kind']]}; {said['source']}",
        table=Table(
            caption=f"What {said['by']} published, and this edition",
            headings=("Published then", "Here", "Why it is not the same"),
            rows=tuple(
                (
                    Cell(text=figure["says"]),
                    _here(desk, figure),
                    Cell(text=figure.get("because", "it is meant to be")),
                )
                for figure in said["figures"]
            ),
        ),
    )


def _here(desk: Desk, figure: dict[str, str]) -> Cell:
    if "ours" not in figure:
        return Cell(text="not comparable")
    return OURS[figure["ours"]](desk)


def _ranked(desk: Desk) -> list[Standing]:
    rows = desk.book.brands.get(SOCIAL, {}).values()
    return [row for row in rows if row.status == Status.RANKED]


def _answered(limit: int) -> Callable[[Desk], Cell]:
    def cell(desk: Desk) -> Cell:
        rows = [
            row for row in _ranked(desk) if getattr(row, f"share_t{limit}") is not None
        ]
        if len(rows) < FEW:
            return Cell(text="not known: too few ranked brands on social networks")
        share, low, high = mean(
            [
                tuple(getattr(row, f"share_t{limit}{e}") for e in ("", "_low", "_high"))
                for row in rows
            ]
        )
        within = words.limit(getattr(rows[0], f"t{limit}_s"))
        return Cell(
            text=f"{words.hundred(share)} of 100 answered within {within}",
            note=f"mean of {words.counted(len(rows), 'ranked brand')},"
            f" {words.interval()} {words.share_span(low, high)}",
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
        return Cell(text="not known: nothing counted on social networks")
    share, low, high = said["silent"]
    limit = words.limit(_limit(desk))
    return Cell(
        text=f"{words.hundred(share)} of 100 unanswered after {limit}",
        note=f"{words.interval()} {words.share_span(low, high)};"
        f" {words.counted(said['inquiries'], 'inquiry', 'inquiries')}",
    )


def _limit(desk: Desk) -> int:
    return next(iter(desk.book.brands[SOCIAL].values())).t3_s


def _ratio(desk: Desk) -> Cell:
    said = _whole(desk)
    if said.get("ratio") is None:
        return Cell(text="not known: no posts of brands were counted")
    return Cell(
        text=f"{said['ratio']:.1f} posts for each reply",
        note="of all brands; by industry in the table of industries",
        url=desk.url("/industries", family=SOCIAL) + "#study",
    )


def _volume(desk: Desk) -> Cell:
    return Cell(
        text="beside our own, edition by edition",
        url=desk.url("/industries", family=SOCIAL) + "#study",
    )


def _audits(desk: Desk) -> Cell:
    count = len(all_audits(desk))
    said = words.counted(count, "field audit") if count else "none here yet"
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
                    figure.get("because"),
                )
            )
    return Data(COLUMNS, tuple(rows), desk.about())
