"""Field audits in tables of their own: what an audit holds never meets an inquiry.

A protocol is kept as it first came. Messages grow: an answer that was not there before
is added, the earliest stands, a longer watch replaces a shorter; nothing is taken back.
Results are frozen, one after the other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, insert
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from model.audits import Audit, AuditMessage, AuditResult, Protocol
from store.base import Part, raw
from store.errors import StoreError

OTHERWISE = "an earlier file has this message with another {}: that stands"
FIXED = ("arm", "brand", "channel", "account", "sent_at")
"""What cannot become another thing without being another message."""


class ChangedProtocol(StoreError):
    """A protocol of that name was kept before, and said something else."""

    def __init__(self, slug: str, changed: list[str]) -> None:
        super().__init__(
            f"audit {slug!r} was imported before with another protocol, and protocols"
            f" are never changed ({_listed(changed)}); give the new one an id of its"
            f" own and say `replaces = {slug!r}`"
        )


class UnknownAudit(StoreError):
    """No audit has that name."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"there is no audit {slug!r}; `answerable audits` lists all")


class AuditMerged(NamedTuple):
    """Messages that were new, that were added to, and that are as they were."""

    new: int
    changed: int
    same: int
    refused: dict[str, int]  # reason: rows


class AuditLine(NamedTuple):
    """An audit and its newest figures. None: nothing has come back yet."""

    protocol: Protocol
    first_seen_at: int
    figures: str | None


class PastResult(NamedTuple):
    """A result that was frozen, without what it holds."""

    number: int
    made_at: int
    method: str
    rows_digest: str
    digest: str


class AuditBook(NamedTuple):
    """An audit with its newest result, if it has any, and all that were frozen."""

    audit: Audit
    protocol: Protocol
    result: AuditResult | None
    past: tuple[PastResult, ...]  # newest first, with the newest
    replaced_by: tuple[str, ...]  # audits that say they are its new version


class Audits(Part):
    def register_audit(self, protocol: Protocol, now: int) -> bool:
        """Keeps a protocol; whether it was new. Raises ChangedProtocol."""
        with self._database.writing() as session:
            kept = session.exec(select(Audit).where(Audit.slug == protocol.id)).first()
            if kept is None:
                session.add(
                    Audit(
                        slug=protocol.id,
                        protocol=protocol.to_json(),
                        digest=protocol.digest(),
                        first_seen_at=now,
                    )
                )
                return True
        if kept.digest != protocol.digest():
            before = dict(Protocol.from_json(kept.protocol).rows())
            after = dict(protocol.rows())
            raise ChangedProtocol(
                protocol.id,
                sorted(
                    name
                    for name in before.keys() | after.keys()
                    if before.get(name) != after.get(name)
                ),
            )
        return False

    def merge_audit(
        self, slug: str, messages: Iterable[Mapping[str, Any]]
    ) -> AuditMerged:
        """Merges messages (``frames.AUDITED``). Taken again, they change nothing.

        Raises UnknownAudit.
        """
        done: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        with self._database.writing() as session:
            audit = _locked(session, slug)
            kept = {row.key: row for row in _messages(session, audit)}
            fresh = []
            for values in messages:
                before = kept.get(values["key"])
                if before is None:
                    fresh.append({"audit_id": audit.id, **values})
                elif other := _other(before, values):
                    refused[OTHERWISE.format(other)] += 1
                else:
                    done["changed" if _grow(before, values) else "same"] += 1
            if fresh:
                raw(session).execute(insert(AuditMessage), fresh)
        return AuditMerged(len(fresh), done["changed"], done["same"], dict(refused))

    def audit_messages(self, slug: str) -> list[AuditMessage]:
        """All messages of an audit, in the order in which they were sent."""
        with self._database.reading() as session:
            return _messages(session, _audit(session, slug))

    def keep_audit_result(self, slug: str, result: AuditResult) -> bool:
        """Freezes a result; False when the newest is just this one.

        ``number``, ``previous`` and the audit are filled in here. Raises UnknownAudit.
        """
        with self._database.writing() as session:
            audit = _locked(session, slug)
            last = _newest(session, audit)
            if last is not None and _alike(last, result):
                return False
            result.audit_id = audit.id or 0
            result.number = last.number + 1 if last else 1
            result.previous = last.digest if last else ""
            session.add(result)
        return True

    def audits(self) -> list[AuditLine]:
        """Every audit, the one registered last first."""
        newest = (
            select(func.max(AuditResult.number))
            .where(AuditResult.audit_id == Audit.id)
            .correlate(Audit)
            .scalar_subquery()
        )
        query = select(Audit, AuditResult.figures).join(
            AuditResult,
            (col(AuditResult.audit_id) == Audit.id)
            & (col(AuditResult.number) == newest),
            isouter=True,
        )
        with self._database.reading() as session:
            lines = [
                AuditLine(
                    Protocol.from_json(audit.protocol), audit.first_seen_at, figures
                )
                for audit, figures in session.exec(query)
            ]
        return sorted(
            lines, key=lambda line: (-line.protocol.registered_at, line.protocol.id)
        )

    def audit(self, slug: str) -> AuditBook | None:
        """None: there is no audit of that name."""
        with self._database.reading() as session:
            audit = session.exec(select(Audit).where(Audit.slug == slug)).first()
            if audit is None:
                return None
            others = [
                Protocol.from_json(p) for p in session.exec(select(Audit.protocol))
            ]
            return AuditBook(
                audit,
                Protocol.from_json(audit.protocol),
                _newest(session, audit),
                tuple(_past(session, audit)),
                tuple(sorted(p.id for p in others if p.replaces == slug)),
            )


def _audit(session: Session, slug: str) -> Audit:
    found = session.exec(select(Audit).where(Audit.slug == slug)).first()
    if found is None:
        raise UnknownAudit(slug)
    return found


def _locked(session: Session, slug: str) -> Audit:
    """The audit, so that two imports of it come one after the other."""
    _audit(session, slug)
    query = select(Audit).where(Audit.slug == slug).with_for_update()
    return session.exec(query).one()


def _messages(session: Session, audit: Audit) -> list[AuditMessage]:
    query = (
        select(AuditMessage)
        .where(AuditMessage.audit_id == audit.id)
        .order_by(col(AuditMessage.sent_at), col(AuditMessage.key))
    )
    return list(session.exec(query))


def _newest(session: Session, audit: Audit) -> AuditResult | None:
    query = (
        select(AuditResult)
        .where(AuditResult.audit_id == audit.id)
        .order_by(col(AuditResult.number).desc())
    )
    return session.exec(query.limit(1)).first()


def _past(session: Session, audit: Audit) -> list[PastResult]:
    of = (col(getattr(AuditResult, name)) for name in PastResult._fields)
    query = (
        columns(*of)
        .where(col(AuditResult.audit_id) == audit.id)
        .order_by(col(AuditResult.number).desc())
    )
    return [PastResult(*row) for row in raw(session).execute(query)]


def _alike(one: AuditResult, other: AuditResult) -> bool:
    return (one.digest, one.figures) == (other.digest, other.figures)


def _other(before: AuditMessage, values: Mapping[str, Any]) -> str:
    """The first thing said otherwise that cannot change; '' when there is none."""
    return next(
        (
            name
            for name in FIXED
            if _plain(getattr(before, name)) != _plain(values[name])
        ),
        "",
    )


def _plain(value: int | str) -> int | str:
    """Accounts are compared without regard to case, as everywhere."""
    return value.lower() if isinstance(value, str) else value


def _grow(before: AuditMessage, values: Mapping[str, Any]) -> bool:
    """Adds what is newly known of a message; whether there was anything."""
    now = {
        "answered_at": _least(before.answered_at, values["answered_at"]),
        "automatic_at": _least(before.automatic_at, values["automatic_at"]),
        "watched_until": max(before.watched_until, values["watched_until"]),
        "excluded": before.excluded or values["excluded"],
        "author": values["author"] if before.author is None else before.author,
    }
    if now["answered_at"] != before.answered_at:
        now["step"] = values["step"]
    changed = {name: new for name, new in now.items() if getattr(before, name) != new}
    for name, new in changed.items():
        setattr(before, name, new)
    return bool(changed)


def _least(one: int | None, other: int | None) -> int | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
