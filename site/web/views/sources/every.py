"""/sources: every channel, and what was seen of it in the last days."""

from collections.abc import Sequence

from model.rows import Run
from web import words
from web.desk import Desk
from web.pages import SourceLine, SourcesPage
from web.parts import Block, Cell, Table
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
        title="Sources",
        description="Where we look, what we cannot see there, how the last look went.",
        says=_says(desk, found),
        blocks=(_block(desk, found),) if found else (),
        sources=tuple(_line(desk, each) for each in found),
        looks=_looks(runs, found) if runs else None,
        downloads=desk.downloads("/sources"),
    )


def _looks(runs: Sequence[Run], found: Sequence[Watched]) -> Block:
    caption = f"The last {LOOKS} looks, imports and editions"
    titles = {each.row.slug: each.row.title for each in found}
    return Block(
        id="looks",
        title="The latest looks",
        table=phrases.looks(runs, caption, titles),
        folded=True,
    )


def _says(desk: Desk, found: Sequence[Watched]) -> str:
    if not found:
        return "No source has been registered yet."
    failing = sum(phrases.failing(each) for each in found)
    off = sum(not each.row.on for each in found)
    said = [f"{words.counted(len(found), 'source')}."]
    if off:
        said.append(f"{words.number(off)} of them {_be(off)} off here.")
    if failing:
        verb = "has" if failing == 1 else "have"
        said.append(f"{words.counted(failing, 'source')} {verb} a problem now.")
    elif not any(each.runs and each.runs.any for each in found):
        said.append("None has been looked at yet.")
    else:
        said.append("None reported a problem at its last look.")
    if desk.library.sample and not phrases.of_sample(desk):
        said.append(
            "These are real: only the brands shown on the other pages are fictional."
        )
    return " ".join(said)


def _be(count: int) -> str:
    return "is" if count == 1 else "are"


def _block(desk: Desk, found: Sequence[Watched]) -> Block:
    return Block(
        id="coverage",
        title=f"The last {RECENT_DAYS} days",
        text=(
            "Our silence is not a brand’s: what we did not watch for long enough is not"
            " counted as unanswered, it is not counted at all. A dashed cell is a day"
            " of which we saw nothing; no cell, one before we began to watch.",
        ),
        drawing=picture(found, phrases.cite(desk, "Sources", "/sources", found[0].now)),
        table=Table(
            caption=f"What we saw in the last {RECENT_DAYS} days, UTC, and why not all",
            headings=("Source", "Days", "Seen", "Why not all"),
            rows=tuple(
                (Cell(text=each.row.title), *phrases.span(alike))
                for each in found
                for alike in phrases.spans(each.days)
            ),
        ),
        folded=True,
        links=desk.downloads("/sources/days"),
    )


def _line(desk: Desk, each: Watched) -> SourceLine:
    row = each.row
    return SourceLine(
        id=row.slug,
        title=row.title,
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
        cannot_see=row.cannot_see,
        licence=row.licence,
        terms=row.terms,
        terms_url=address(row.terms),
        url=address(row.source),
        every=phrases.every(row),
    )


def address(source: str) -> str:
    """'' for what is none that a reader should be led to."""
    return source if source.startswith("https://") and " " not in source else ""
