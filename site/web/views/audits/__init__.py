"""/audits: field audits, each with its protocol, what came back and how sure that is.

They are of no edition and enter none. Like the sources they say what is so now, and
come from the measured database alone: nobody audits the fictional brands of a sample.
"""

from web import words
from web.desk import Desk
from web.pages import AuditPage, AuditsPage
from web.parts import Link
from web.tongue import t
from web.views.audits.parts import blocks, checks, listing, past, protocol_block
from web.views.audits.reading import TABLES, all_audits, book_of, figures_of, table
from web.views.audits.sentences import cite, headline, how_many, sure, versions, waits

__all__ = ["TABLES", "audit", "audits", "table"]


def audits(desk: Desk) -> AuditsPage:
    lines = all_audits(desk)
    return AuditsPage(
        frame=desk.frame(),
        title=t("Field audits"),
        description=t(
            "Trials in which volunteers write to brands and note what comes back."
        ),
        says=how_many(lines),
        table=listing(desk, lines) if lines else None,
        downloads=desk.downloads("/audits"),
    )


def audit(desk: Desk, slug: str) -> AuditPage:
    """Raises NotHere."""
    book = book_of(desk, slug)
    said = figures_of(book)
    protocol = book.protocol
    found = blocks(desk, book, said) if said else ()
    return AuditPage(
        frame=desk.frame(),
        title=protocol.title,
        description=t("A field audit by %(who)s.", who=protocol.organisation),
        crumb=Link(t("Field audits"), desk.url("/audits")),
        question=protocol.question,
        says=headline(said) if said else "",
        sure=sure(book, said),
        waits=waits(book, said) if said else "",
        flags=(*versions(book), *map(words.reported, said.get("flags", ()))),
        blocks=(*found, protocol_block(desk, book, said)),
        checks=checks(book, said),
        digest=book.result.digest if book.result else "",
        past=past(book),
        cite=cite(desk, book),
    )
