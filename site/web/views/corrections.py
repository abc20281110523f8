"""/corrections: what brands ask us to put right, where it stands, how long we take."""

import time
from collections.abc import Mapping

from model.docket import Asked, Filing, State, our_answers
from web import words
from web.desk import Desk
from web.errors import NotHere
from web.pages import CorrectionsPage, Disputed, FilingPage
from web.parts import Cell, Fact, Link, Table
from web.tables import Data
from web.tongue import mark, t

KINDS: Mapping[str, str] = {
    Asked.REPLY: mark("Right of reply"),
    Asked.ACCOUNT: mark("Wrong account"),
    Asked.NOT_COMPLAINT: mark("This is not a complaint"),
    Asked.WATCH: mark("Ask us to watch"),
}
STATES: Mapping[str, str] = {
    State.REVIEW: mark("Under review"),
    State.ANSWERED: mark("Answered, not decided"),
    State.ACCEPTED: mark("Accepted"),
    State.DECLINED: mark("Declined"),
}
COLUMNS = ("number", "kind", "brand", "state", "filed_at", "answered_at", "decided_at",
           "outcome")  # fmt: skip


def crumb(desk: Desk) -> Link:
    return Link(t("Corrections"), desk.at("", "/corrections"))


def filings(desk: Desk) -> list[Filing]:
    """The docket of the measured database; what is fictional has none."""
    reader = desk.library.measured
    return [] if reader is None else reader.docket()


def docket(desk: Desk) -> CorrectionsPage:
    found = filings(desk)
    return CorrectionsPage(
        frame=desk.frame(),
        title=t("Corrections"),
        description=t(
            "What brands ask Answerable to put right, what became of it, and how long"
            " we take to answer."
        ),
        ours=ours(found, int(time.time())),
        table=_table(desk, found) if found else None,
        ask=desk.at("", "/corrections/ask"),
        downloads=desk.downloads("/corrections"),
    )


def ours(found: list[Filing], now: int) -> str:
    """We rank ourselves, and leave out nobody who still waits."""
    done = our_answers(found, now)
    if not done.filed:
        return t("Nothing has been filed yet, so there is nothing to say.")
    said = t(
        "We have answered %(answered)s of %(filings)s.",
        answered=words.number(done.answered),
        filings=words.counted(done.filed, "filing", "filings"),
    )
    if done.median is None:
        none = t("More than half have none yet, so there is no median.")
        return f"{said} {none}"
    half = t(
        "Half of all filings had an answer after %(wait)s; those that still wait are"
        " counted as waiting (Kaplan–Meier median, n = %(n)s).",
        wait=words.duration(done.median),
        n=words.number(done.filed),
    )
    return f"{said} {half}"


def _table(desk: Desk, found: list[Filing]) -> Table:
    return Table(
        caption=t("Filings, newest first"),
        headings=(
            t("Number"),
            t("What"),
            t("Brand"),
            t("State"),
            t("Filed"),
            t("Answered"),
        ),
        rows=tuple(
            (
                Cell(
                    text=str(one.number), url=desk.at("", f"/corrections/{one.number}")
                ),
                Cell(text=t(KINDS[one.kind])),
                Cell(text=public_name(one)),
                Cell(text=t(STATES[one.state])),
                Cell(text=_day(one.confirmed_at)),
                Cell(text=_day(one.answered_at)),
            )
            for one in found
        ),
    )


def table(desk: Desk) -> Data:
    rows = tuple(
        (
            one.number,
            one.kind,
            one.brand or None,
            one.state,
            *(None if at is None else words.iso(at) for at in _times(one)),
            one.outcome or None,
        )
        for one in filings(desk)
    )
    return Data(COLUMNS, rows, desk.about())


def _times(one: Filing) -> tuple[int | None, ...]:
    return one.confirmed_at, one.answered_at, one.decided_at


def filing(desk: Desk, number: str) -> FilingPage:
    """Raises NotHere."""
    found = next((one for one in filings(desk) if str(one.number) == number), None)
    if found is None:
        raise NotHere(
            t("There is no filing “%(number)s” on the docket.", number=number[:40])
        )
    accepted = found.state == State.ACCEPTED
    kind, state = t(KINDS[found.kind]), t(STATES[found.state])
    return FilingPage(
        frame=desk.frame(),
        title=t("Filing %(number)s: %(kind)s", number=found.number, kind=kind.lower()),
        description=t(
            "%(kind)s, %(brand)s: %(state)s.",
            kind=kind,
            brand=public_name(found),
            state=state.lower(),
        ),
        crumb=crumb(desk),
        facts=(
            Fact(label=t("Brand"), value=public_name(found), note=""),
            Fact(label=t("State"), value=state, note=""),
            Fact(label=t("Filed"), value=_moment(found.confirmed_at), note=_who(found)),
            Fact(
                label=t("Answered"),
                value=_moment(found.answered_at),
                note=_took(found),
            ),
            Fact(label=t("Decided"), value=_moment(found.decided_at), note=""),
        ),
        brand=_page(desk, found),
        text=_paragraphs(found.text) if accepted else (),
        unpublished="" if accepted else _unpublished(found),
        outcome=_paragraphs(found.outcome),
    )


def of_brand(desk: Desk, slug: str) -> Disputed | None:
    """None where nothing was measured: fictional brands have no say."""
    reader = desk.library.measured
    if reader is None or desk.library.sample:
        return None
    standing = [one for one in reader.filings_of(slug) if one.disputes]
    links = tuple(
        Link(
            t(
                "filing %(number)s (%(state)s)",
                number=one.number,
                state=t(STATES[one.state]).lower(),
            ),
            desk.at("", f"/corrections/{one.number}"),
        )
        for one in standing
    )
    # An old edition may have brands that our list has no longer.
    listed = reader.brand_site(slug) is not None
    forms = desk.at("", f"/brands/{slug}/reply"), desk.at("", f"/brands/{slug}/watch")
    return Disputed(
        says=t("The brand disputes what is said here:") if standing else "",
        filings=links,
        reply=Link(t("Reply, or ask us to correct it"), forms[0]) if listed else None,
        watch=Link(t("Be told when it moves"), forms[1]) if listed else None,
    )


def public_name(one: Filing) -> str:
    """What a stranger typed is public only once somebody has read it."""
    if one.brand or one.state == State.ACCEPTED:
        return one.name
    return t("a brand that is not in our list")


def _unpublished(one: Filing) -> str:
    if one.state == State.DECLINED:
        return t("It was declined, and is not published.")
    return t("It is published when we have read it and accepted it.")


def _who(one: Filing) -> str:
    if one.known_domain:
        return t("confirmed from an address at the brand’s own domain")
    return t("confirmed by e-mail; we do not know that it was the brand")


def _took(one: Filing) -> str:
    if one.answered_at is None or one.confirmed_at is None:
        return ""
    return t("after %(wait)s", wait=words.duration(one.answered_at - one.confirmed_at))


def _page(desk: Desk, one: Filing) -> Link | None:
    library = desk.library
    if library.current is None or library.sample or one.brand not in desk.book.names:
        return None
    return Link(desk.book.names[one.brand], desk.url(f"/brands/{one.brand}"))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("\n\n") if part)


def _day(seconds: int | None) -> str:
    if seconds is None:
        return t("not yet")
    return words.long_date(words.day(seconds // 86_400))


def _moment(seconds: int | None) -> str:
    return t("not yet") if seconds is None else words.moment(seconds)
