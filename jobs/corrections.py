"""What the operator does with the docket: reads it, answers it, decides."""

import time
from datetime import UTC, datetime

import jobs
from model.docket import Filing, State
from store import Store

LONGEST = 5_000
"""Characters of an answer of ours."""


def listed(store: Store, *, all: bool) -> str:
    """Filings that wait for us, oldest first; ``all``: every one. One a line."""
    rows = [one for one in reversed(store.docket()) if all or one.decided_at is None]
    if not rows:
        return "The docket is empty.\n" if all else "Nothing waits for an answer.\n"
    return "".join(
        f"{one.number:>5}  {one.state:<9} {one.kind:<13} {_day(one.confirmed_at)}"
        f"  {one.name} ({_domain(one)})\n"
        for one in rows
    )


def shown(store: Store, number: int) -> str:
    """One filing in full. Raises UnknownFiling."""
    one = store.filing(number)
    lines = [
        f"{one.number}: {one.kind}, {one.state}",
        f"brand: {one.name} ({one.brand or 'not in our list'})",
        f"confirmed from an address at: {_domain(one)}",
        f"filed: {_day(one.confirmed_at)}",
        f"answered: {_day(one.answered_at)}",
        f"decided: {_day(one.decided_at)}",
        "",
        one.text,
    ]
    if one.outcome:
        lines += ["", f"our answer: {one.outcome}"]
    return "\n".join(lines) + "\n"


def decide(
    store: Store, number: int, state: str, text: str, now: int | None = None
) -> str:
    """Answers, accepts or declines; what was done. Raises Failed, UnknownFiling."""
    said = text.strip()
    if state != State.ACCEPTED and not said:
        raise jobs.Failed("whoever filed it is told why: give --text")
    if len(said) > LONGEST:
        raise jobs.Failed(f"--text has more than {LONGEST} characters; shorten it")
    at = int(time.time()) if now is None else now
    done = store.answer_filing(number, State(state), said, at)
    public = " Its text is public now." if done.state == State.ACCEPTED else ""
    return f"Filing {number} is {done.state}; /corrections/{number} says so.{public}"


def _domain(one: Filing) -> str:
    return f"{one.domain}, {'its own' if one.known_domain else 'not known as its own'}"


def _day(seconds: int | None) -> str:
    if seconds is None:
        return "not yet"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
