"""Who watches a brand, and the outbox of what they are told.

The website keeps and ends subscriptions; the worker fills the outbox, once for each
edition, and sends what is in it. With a subscription its lines in the outbox go.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from model import Edition, EditionDetail, Standing
from model.notices import Announced, Notice, Subscription
from model.words import Level
from store.base import Part
from store.errors import StoreError

MOST_UNCONFIRMED = 1_000
"""Who asks for more than can be confirmed is filling our disk."""

MOST_OF_ONE = 50
"""Brands that one address may watch, those it has not confirmed included."""

TOPIC = "change"
"""Of details: what changed since the edition before (``scoring.changes``)."""


class Figure(NamedTuple):
    """What an edition says of one brand in one family. Scores are on 0 to 100."""

    family: str
    score: float
    score_low: float
    score_high: float
    inquiries: int
    change: Mapping[str, Any]  # as ``scoring.changes`` told it


class Moved(NamedTuple):
    """A brand that surely changed, where it did."""

    slug: str
    name: str
    since: str  # the edition that it is compared with
    figures: tuple[Figure, ...]


Body = Callable[[Edition, Moved, str], str | None]
"""The text of a notice, given the last one told ('' none). None: nothing is new."""


class FullList(StoreError):
    """Too many subscriptions wait to be confirmed, or one address has too many."""

    def __init__(self) -> None:
        super().__init__("too many wait to be confirmed; try again tomorrow")


class Due(NamedTuple):
    """A line of the outbox that is to be sent now, with whom it is for."""

    id: int
    tries: int  # this one included
    edition: str
    body: str
    ident: str
    by: str
    target: str
    brand: str
    language: str


class Line(NamedTuple):
    """A line of the outbox as its operator may see it: without whom it is for."""

    id: int
    by: str
    brand: str
    edition: str
    made_at: int
    tries: int
    next_at: int
    given_up: bool


class Outbox(NamedTuple):
    """How the outbox stands."""

    watching: int
    waiting: int
    sent: int
    given_up: int


class Notices(Part):
    def subscribe(self, made: Subscription) -> bool:
        """Keeps a subscription that is not confirmed. Expired ones are erased first.

        False: this address has enough, and nothing was kept. Raises FullList.
        """
        self.expire_subscriptions(made.made_at)
        with self._database.writing() as session:
            waiting = col(Subscription.confirmed_at).is_(None)
            count = select(func.count(col(Subscription.id)))
            theirs = col(Subscription.target) == made.target
            if session.exec(count.where(waiting)).one() >= MOST_UNCONFIRMED:
                raise FullList
            if session.exec(count.where(theirs)).one() >= MOST_OF_ONE:
                return False
            session.add(Subscription(**made.model_dump()))
        return True

    def expire_subscriptions(self, now: int) -> int:
        """Erases addresses that nobody confirmed in time; how many."""
        old = select(Subscription.id).where(
            col(Subscription.confirmed_at).is_(None),
            col(Subscription.expires_at) <= now,
        )
        return self._erase(old)

    def asked_for(self, token: str, now: int) -> Subscription | None:
        """The subscription that this token's hash would confirm now."""
        with self._database.reading() as session:
            return session.exec(_asked(token, now)).first()

    def confirm_subscription(self, token: str, now: int) -> Subscription | None:
        """Begins to tell; None: unknown, used before, or expired. Who watches already
        goes on with the subscription they have, whose links stay good, in the language
        they asked in last."""
        with self._database.writing() as session:
            self._erasing(session)
            found = session.exec(_asked(token, now)).first()
            if found is None:
                return None
            before = session.exec(
                select(Subscription).where(
                    Subscription.by == found.by,
                    Subscription.target == found.target,
                    Subscription.brand == found.brand,
                    col(Subscription.confirmed_at).is_not(None),
                )
            ).first()
            if before is not None:
                before.language = found.language
                session.add(before)
                session.delete(found)
                return before
            found.token, found.confirmed_at = "", now
            session.add(found)
            return found

    def unsubscribe(self, ident: str) -> bool:
        """Erases a subscription, its address and what waits for it. False: it was
        gone."""
        return (
            self._erase(select(Subscription.id).where(Subscription.ident == ident)) > 0
        )

    def announce(self, body: Body, now: int) -> tuple[list[str], int]:
        """Fills the outbox with every measured edition that is not in it; those, and
        how many lines. All lines of an edition come with its mark, or none."""
        done, lines = [], 0
        for edition in self._unannounced():
            with self._database.writing() as session:
                if session.get(Announced, edition.name) is not None:
                    continue  # somebody else was faster
                session.add(Announced(edition=edition.name, at=now))
                made = list(_notices(session, edition, body, now))
                session.add_all(made)
            done.append(edition.name)
            lines += len(made)
        return done, lines

    def _unannounced(self) -> list[Edition]:
        known = select(Announced.edition)
        query = select(Edition).where(
            col(Edition.sample).is_(False), col(Edition.name).not_in(known)
        )
        with self._database.reading() as session:
            return list(session.exec(query.order_by(col(Edition.id))))

    def due(self, by: str, now: int) -> int:
        """How many lines are to be sent now, in one way."""
        query = select(func.count(col(Notice.id))).where(*_due(now, by))
        with self._database.reading() as session:
            return session.exec(query).one()

    def claim(self, now: int, wait: Callable[[int], int], by: str = "") -> Due | None:
        """The next line to send, marked as begun; None: nothing is due. ``by``: only
        of those told in that way.

        It is not due again before ``wait(tries)`` seconds are over: whoever is killed
        before it is ``told`` leaves a line that is tried again, later.
        """
        due = (
            select(Notice, Subscription)
            .where(*_due(now, by))
            .order_by(col(Notice.next_at), col(Notice.id))
            .limit(1)
            .with_for_update(skip_locked=True, of=Notice)
        )
        with self._database.writing() as session:
            found = session.exec(due).first()
            if found is None:
                return None
            notice, whom = found
            notice.tries += 1
            notice.next_at = now + wait(notice.tries)
            session.add(notice)
            assert notice.id is not None
            return Due(
                notice.id, notice.tries, notice.edition, notice.body,
                whom.ident, whom.by, whom.target, whom.brand, whom.language,
            )  # fmt: skip

    def told(self, notice_id: int, now: int) -> None:
        """It was sent, and never will be again."""
        with self._database.writing() as session:
            found = session.get(Notice, notice_id)
            if found is not None:  # else they have stopped in the meantime
                found.sent_at = now
                session.add(found)

    def give_up(self, notice_id: int) -> None:
        """No try is left."""
        with self._database.writing() as session:
            found = session.get(Notice, notice_id)
            if found is not None:
                found.given_up = True
                session.add(found)

    def outbox(self) -> Outbox:
        sent, given_up = col(Notice.sent_at), col(Notice.given_up)
        waiting = select(func.count(col(Notice.id))).where(
            sent.is_(None), given_up.is_(False)
        )
        counts = (
            select(func.count(col(Subscription.id))).where(
                col(Subscription.confirmed_at).is_not(None)
            ),
            waiting,
            select(func.count(col(Notice.id))).where(sent.is_not(None)),
            select(func.count(col(Notice.id))).where(given_up.is_(True)),
        )
        with self._database.reading() as session:
            return Outbox(*(session.exec(count).one() for count in counts))

    def unsent(self) -> list[Line]:
        """What was not sent, given up or not; what is tried next comes first."""
        query = (
            select(Notice, Subscription.by, Subscription.brand)
            .where(col(Notice.subscription_id) == col(Subscription.id))
            .where(col(Notice.sent_at).is_(None))
            .order_by(col(Notice.given_up), col(Notice.next_at), col(Notice.id))
        )
        with self._database.reading() as session:
            return [
                _line(notice, by, brand) for notice, by, brand in session.exec(query)
            ]

    def _erase(self, which: SelectOfScalar[Any]) -> int:
        with self._database.writing() as session:
            self._erasing(session)
            gone = list(session.exec(which))
            if gone:
                rows = col(Notice.subscription_id).in_(gone)
                session.connection().execute(delete(Notice).where(rows))
                these = col(Subscription.id).in_(gone)
                session.connection().execute(delete(Subscription).where(these))
        if gone and self._database.sqlite:
            with self._database.connect() as connection:  # or the log still has it
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(gone)

    def _erasing(self, session: Session) -> None:
        """What SQLite deletes in this transaction it also overwrites."""
        if self._database.sqlite:
            session.connection().exec_driver_sql("PRAGMA secure_delete = ON")


def _asked(token: str, now: int) -> SelectOfScalar[Subscription]:
    return select(Subscription).where(
        Subscription.token == token,
        Subscription.token != "",
        col(Subscription.confirmed_at).is_(None),
        col(Subscription.expires_at) > now,
    )


def _due(now: int, by: str) -> Iterator[ColumnElement[bool]]:
    yield col(Notice.subscription_id) == col(Subscription.id)
    yield col(Notice.sent_at).is_(None)
    yield col(Notice.given_up).is_(False)
    yield col(Notice.next_at) <= now
    if by:
        yield col(Subscription.by) == by


def _line(notice: Notice, by: str, brand: str) -> Line:
    assert notice.id is not None
    return Line(
        notice.id, by, brand, notice.edition,
        notice.made_at, notice.tries, notice.next_at, notice.given_up,
    )  # fmt: skip


def _notices(
    session: Session, edition: Edition, body: Body, now: int
) -> Iterator[Notice]:
    """A line for everybody who watched a brand that changed when it was published."""
    moved = _moved(session, edition)
    query = select(Subscription).where(
        col(Subscription.confirmed_at) <= edition.made_at,
        col(Subscription.brand).in_(list(moved)),
    )
    if not moved:
        return
    newest = select(func.max(Notice.id)).group_by(col(Notice.subscription_id))
    before = select(Notice.subscription_id, Notice.body).where(
        col(Notice.id).in_(newest)
    )
    last = dict(session.exec(before).all())
    for whom in session.exec(query):
        assert whom.id is not None
        said = body(edition, moved[whom.brand], last.get(whom.id, ""))
        if said is not None:
            yield Notice(
                subscription_id=whom.id,
                edition=edition.name,
                body=said,
                made_at=now,
                next_at=now,
            )


def _moved(session: Session, edition: Edition) -> dict[str, Moved]:
    """Brands that are watched and surely changed, each for itself, by slug."""
    watched = select(Subscription.brand).where(
        col(Subscription.confirmed_at).is_not(None)
    )
    query = (
        select(EditionDetail.family, EditionDetail.slug, EditionDetail.body)
        .where(
            EditionDetail.edition_id == edition.id,
            EditionDetail.topic == TOPIC,
            (col(EditionDetail.level) == "") | col(EditionDetail.slug).in_(watched),
        )
        .order_by(EditionDetail.family)
    )
    since, changes = "", {}
    for family, slug, said in session.exec(query):
        body = json.loads(said)
        if not slug:
            since = body["name"]
        elif body.get("called"):
            changes[family, slug] = body
    return _joined(session, edition, since, changes)


def _joined(
    session: Session,
    edition: Edition,
    since: str,
    changes: Mapping[tuple[str, str], Mapping[str, Any]],
) -> dict[str, Moved]:
    """With the standings that say it."""
    found: dict[str, Moved] = {}
    query = select(Standing).where(
        Standing.edition_id == edition.id,
        Standing.level == Level.BRAND.value,
        Standing.channel == "",
        col(Standing.headline).is_(True),
        col(Standing.slug).in_([slug for _, slug in changes]),
    )
    for row in session.exec(query.order_by(Standing.family)) if changes else ():
        change = changes.get((row.family, row.slug))
        if change is None or row.score is None:
            continue
        assert row.score_low is not None
        assert row.score_high is not None
        figure = Figure(
            row.family, row.score, row.score_low, row.score_high, row.inquiries, change
        )
        before = found.get(row.slug, Moved(row.slug, row.name, since, ()))
        found[row.slug] = before._replace(figures=(*before.figures, figure))
    return found
