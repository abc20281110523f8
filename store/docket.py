"""The docket in the database. The website writes this, and who watches (``notices``).

A filing is kept without its filer's address, and without a number until the link of its
mail was followed. Numbers have no gaps.
"""

from typing import NamedTuple

from sqlalchemy import delete, func, text
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from model import Brand
from model.docket import Filing, State
from store.base import Part
from store.errors import StoreError

MOST_UNCONFIRMED = 1_000
"""Who files more than can be confirmed is filling our disk."""

NUMBERING = 7_304_196_002
"""PostgreSQL's advisory lock while a number is given; any that only we use."""


class FullDocket(StoreError):
    """Too many filings wait for their mails to be followed."""

    def __init__(self) -> None:
        super().__init__("too many filings wait to be confirmed; try again tomorrow")


class UnknownFiling(StoreError):
    """No filing on the docket has that number."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"there is no filing {number}; `answerable corrections list` lists all"
        )


class BrandSite(NamedTuple):
    """A brand of our list, and where it is on the web ('' not known)."""

    slug: str
    name: str
    website: str


class Docket(Part):
    def brand_site(self, slug: str) -> BrandSite | None:
        """None: no brand of our list."""
        query = select(Brand.slug, Brand.name, Brand.website).where(Brand.slug == slug)
        with self._database.reading() as session:
            found = session.exec(query).first()
        return None if found is None else BrandSite(*found)

    def file(self, filing: Filing) -> int:
        """Keeps a filing that is not confirmed; its id. Expired ones are erased first.

        Raises FullDocket.
        """
        waiting = col(Filing.state) == State.UNCONFIRMED
        with self._database.writing() as session:
            old = waiting & (col(Filing.expires_at) <= filing.made_at)
            session.connection().execute(delete(Filing).where(old))
            count = select(func.count(col(Filing.id))).where(waiting)
            if session.exec(count).one() >= MOST_UNCONFIRMED:
                raise FullDocket
            kept = Filing(**filing.model_dump())
            session.add(kept)
            session.flush()
            assert kept.id is not None
            return kept.id

    def withdraw(self, filing_id: int) -> None:
        """Erases a filing whose mail could not be sent."""
        with self._database.writing() as session:
            gone = (col(Filing.id) == filing_id) & (col(Filing.number).is_(None))
            session.connection().execute(delete(Filing).where(gone))

    def waiting(self, token: str, now: int) -> Filing | None:
        """The filing that this token's hash would confirm now."""
        with self._database.reading() as session:
            return session.exec(_waiting(token, now)).first()

    def confirm(self, token: str, now: int) -> int | None:
        """Puts it on the docket; its number. None: unknown, used before, or expired."""
        with self._database.writing() as session:
            if not self._database.sqlite:  # which has one writer at a time anyway
                lock = text(f"SELECT pg_advisory_xact_lock({NUMBERING})")
                session.connection().execute(lock)
            found = session.exec(_waiting(token, now)).first()
            if found is None:
                return None
            highest = session.exec(select(func.max(Filing.number))).one()
            found.number = (highest or 0) + 1
            found.state, found.token = State.REVIEW, ""
            found.confirmed_at, found.steps = now, 1
            session.add(found)
            return found.number

    def docket(self) -> list[Filing]:
        """All that were confirmed, newest first."""
        query = select(Filing).where(col(Filing.number).is_not(None))
        with self._database.reading() as session:
            return list(session.exec(query.order_by(col(Filing.number).desc())))

    def filing(self, number: int) -> Filing:
        """Raises UnknownFiling."""
        with self._database.reading() as session:
            found = session.exec(select(Filing).where(Filing.number == number)).first()
        if found is None:
            raise UnknownFiling(number)
        return found

    def filings_of(self, brand: str) -> list[Filing]:
        """A brand's that were confirmed, newest first."""
        query = select(Filing).where(
            Filing.brand == brand, col(Filing.number).is_not(None)
        )
        with self._database.reading() as session:
            return list(session.exec(query.order_by(col(Filing.number).desc())))

    def answer_filing(
        self, number: int, state: State, outcome: str, now: int
    ) -> Filing:
        """Says what became of it. The first time is when we answered, and stays; an
        answer after a decision leaves the decision. Raises UnknownFiling."""
        with self._database.writing() as session:
            query = select(Filing).where(Filing.number == number).with_for_update()
            found = session.exec(query).first()
            if found is None:
                raise UnknownFiling(number)
            if found.answered_at is None:
                found.answered_at = now
            if state != State.ANSWERED or found.decided_at is None:
                found.state = state
            if state != State.ANSWERED:
                found.decided_at = now
            found.outcome = outcome or found.outcome
            found.steps += 1
            session.add(found)
        return found


def _waiting(token: str, now: int) -> SelectOfScalar[Filing]:
    return select(Filing).where(
        Filing.token == token,
        Filing.state == State.UNCONFIRMED,
        col(Filing.expires_at) > now,
        Filing.token != "",
    )
