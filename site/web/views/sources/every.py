"""/sources: every channel, and what was seen of it in the last days."""

from collections.abc import Sequence

from model.rows import Run
from web import words
from web.desk import Desk
from web.pages import SourceLine, SourcesPage
from web.parts import Block, Cell, Drawing, Table
from web.tongue import t, tn
from web.views.sources import phrases
from web.views.sources.picture import picture
from web.views.sources.reading import RECENT_DAYS, Watched, watched

LOOKS = 30


def sources(desk: Desk) -> SourcesPage:
    reader = desk.library.watched
    found = watched(reader) if reader else ()
    runs = reader.runs(limit=LOOKS) if reader else []
    return SourcesPage(
        frame=desk.frame("Sources"),
        title=t("Sources"),
        description=t(
            "Where we look, what we cannot see there, how the last look went."
        ),
        says=_says(desk, found),
        blocks=(_block(desk, found),) if found else (),
        sources=tuple(_line(desk, each) for each in found),
        looks=_looks(runs, found) if runs else None,
        downloads=desk.downloads("/sources"),
    )


def _looks(runs: Sequence[Run], found: Sequence[Watched]) -> Block:
    caption = t("The last %(n)s looks, imports and editions", n=LOOKS)
    titles = {each.row.slug: phrases.title(each.row) for each in found}
    return Block(
        id="looks",
        title=t("The latest looks"),
        table=phrases.looks(runs, caption, titles),
        folded=True,
    )


def _says(desk: Desk, found: Sequence[Watched]) -> str:
    if not found:
        return t("No source has been registered yet.")
    failing = sum(phrases.failing(each) for each in found)
    off = sum(not each.row.on for each in found)
    said = [tn("%(n)s source.", "%(n)s sources.", len(found))]
    if off:
        said.append(
            tn("%(n)s of them is off here.", "%(n)s of them are off here.", off)
        )
    if failing:
        said.append(
            tn(
                "%(n)s source has a problem now.",
                "%(n)s sources have a problem now.",
                failing,
            )
        )
    elif not any(each.runs and each.runs.any for each in found):
        said.append(t("None has been looked at yet."))
    else:
        said.append(t("None reported a problem at its last look."))
    if desk.library.sample and not phrases.of_sample(desk):
        said.append(
            t("These are real: only the brands shown on the other pages are fictional.")
        )
    return " ".join(said)


def _block(desk: Desk, found: Sequence[Watched]) -> Block:
    return Block(
        id="coverage",
        title=t("The last %(n)s days", n=RECENT_DAYS),
        text=(
            t(
                "Our silence is not a brand’s: what we did not watch for long enough is"
                " not counted as unanswered, it is not counted at all. A dashed cell is"
                " a day of which we saw nothing; no cell, one before we began to watch."
            ),
        ),
        drawing=drawn(desk, found),
        table=Table(
            caption=t(
                "What we saw in the last %(n)s days, UTC, and why not all",
                n=RECENT_DAYS,
            ),
            headings=(t("Source"), t("Days"), t("Seen"), t("Why not all")),
            rows=tuple(
                (Cell(text=phrases.title(each.row)), *phrases.span(alike))
                for each in found
                for alike in phrases.spans(each.days)
            ),
        ),
        folded=True,
        links=desk.downloads("/sources/days"),
    )


def drawn(desk: Desk, found: Sequence[Watched]) -> Drawing:
    """``found``: at least one."""
    return picture(
        found,
        phrases.cite(desk, t("Sources"), "/sources", found[0].now),
        phrases.takes(desk, "/sources"),
    )


def _line(desk: Desk, each: Watched) -> SourceLine:
    row = each.row
    return SourceLine(
        id=row.slug,
        title=phrases.title(row),
        link=desk.url(f"/sources/{row.slug}"),
        family=words.family_title(row.family),
        state=phrases.state(each),
        off_because=phrases.off_because(row),
        failing=phrases.failing(each),
        seen=phrases.seen(each),
        behind=phrases.behind(each),
        doubtful=phrases.doubtful(each),
        last=phrases.last(each),
        problem=phrases.problem(each),
        cannot_see=phrases.own(row.cannot_see),
        licence=phrases.own(row.licence),
        terms=phrases.terms(row),
        terms_url=address(row.terms),
        url=address(row.source),
        every=phrases.every(row),
    )


def address(source: str) -> str:
    """'' for what is none that a reader should be led to."""
    return source if source.startswith("https://") and " " not in source else ""
