"""Who is watched, where, and what became of each look."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from time import time
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import col, select

from model import Account, Brand, ChannelRow, Cursor, Run
from model.entries import Registry
from store.base import Part, raw
from store.naming import UNCLASSIFIED

DESCRIPTION = ("role", "evidence", "confidence", "note")
"""Of an account, what the registry says and an import does not."""


SPENT = " spent"
"""Behind a channel's name: what was spent lies beside its cursors and is none."""


ASKED = " asked"
"""Likewise: when each of its accounts was last asked for, whatever came of it."""


class Registrar(Part):
    def put_channels(self, channels: Iterable[ChannelRow]) -> None:
        """Keeps what the channels declare of themselves; others are forgotten."""
        rows = [channel.model_dump() for channel in channels]
        with self._database.writing() as session:
            connection = raw(session)
            connection.execute(text("DELETE FROM channel"))
            if rows:
                connection.execute(ChannelRow.__table__.insert(), rows)  # type: ignore[attr-defined]

    def put_registry(self, registry: Registry) -> None:
        """Industries, brands and accounts as the registry has them.

        What is there keeps its id and what we know of it (external id, when it was
        resolved and watched); handles are compared without regard to case. Brands and
        accounts gone from the text stay: editions name them. Raises KeyError for a
        brand or industry that the registry does not hold (its check has said so).
        """
        with self._database.writing() as session:
            connection = raw(session)
            _upsert(
                connection, "industry", [asdict(each) for each in registry.industries]
            )
            industries = _ids(connection, "industry")
            _upsert(
                connection,
                "brand",
                [
                    {
                        "industry_id": industries[each.industry],
                        "slug": each.slug,
                        "name": each.name,
                        "country": each.country,
                        "website": each.website,
                        "wikidata": each.wikidata,
                        "former_names": each.former_names,
                    }
                    for each in registry.brands
                ],
            )
            _put_accounts(connection, registry)
            connection.execute(
                text(
                    "DELETE FROM brand WHERE id NOT IN (SELECT brand_id FROM account)"
                    " AND industry_id IN (SELECT id FROM industry WHERE slug = :slug)"
                ),
                {"slug": UNCLASSIFIED[0]},
            )

    def resolve_accounts(
        self,
        channel: str,
        at: int,
        resolved: Mapping[str, str],
        unresolved: Mapping[str, str],
        moved: Collection[str] = (),
    ) -> None:
        """Keeps what the channel itself said of its accounts, and when.

        ``resolved``: account to the channel's own stable id; ``unresolved``: account
        to the reason. An account that was resolved once stays so, with its problem;
        but not those of the unresolved that are ``moved``: somebody else is behind
        the name now, so they are unverified until the registry is mended.
        """
        with self._database.writing() as session:
            connection = raw(session)
            resolve(connection, channel, at, resolved, unresolved)
            _many(
                connection,
                "UPDATE account SET resolved_at = :at"
                " WHERE channel = :channel AND account = :account",
                [
                    {"channel": channel, "account": account, "at": when}
                    for accounts, when in ((resolved, at), (moved, None))
                    for account in accounts
                ],
            )

    def asked(self, channel: str) -> dict[str, int]:
        """When accounts of a channel were last asked for; those never asked are not
        in it."""
        return {name: int(at) for name, at in self.cursors(channel + ASKED).items()}

    def note_asked(self, channel: str, accounts: Iterable[str], at: int) -> None:
        """Keeps that these accounts were asked for, whatever came of it."""
        statement = (
            "INSERT INTO cursor (channel, name, value, at)"
            " VALUES (:channel, :name, :value, :at)"
            " ON CONFLICT (channel, name) DO UPDATE SET value = excluded.value,"
            " at = excluded.at"
        )
        row = {"channel": channel + ASKED, "value": str(at), "at": at}
        with self._database.writing() as session:
            _many(raw(session), statement, [row | {"name": name} for name in accounts])

    def rename_account(self, channel: str, old: str, new: str, at: int) -> bool:
        """One account under two names, the old one of which the registry has given up:
        it keeps its id and what we know of it, under the new name.

        False, and nothing changes, when something is known under the new name already.
        Raises LookupError when one of the names is none.
        """
        with self._database.writing() as session:
            connection = raw(session)
            given = {"channel": channel, "old": old, "new": new, "at": at}
            if connection.scalar(text(_KNOWN), given):
                return False
            for name in (old, new):
                there = {"channel": channel, "account": name}
                if connection.execute(text(_THERE), there).first() is None:
                    raise LookupError(f"there is no account {name!r} on {channel}")
            for statement in _RENAMED:
                connection.execute(text(statement), given)
        return True

    def accounts(self, channel: str | None = None) -> list[Account]:
        """By channel and account."""
        query = select(Account).order_by(Account.channel, Account.account)
        if channel is not None:
            query = query.where(Account.channel == channel)
        with self._database.reading() as session:
            return list(session.exec(query))

    def known(self) -> dict[tuple[str, str], str]:
        """(channel, account in lower case): slug of its brand."""
        query = (
            select(Account.channel, Account.account, Brand.slug)
            .where(Account.brand_id == Brand.id)
            .order_by(col(Account.id).desc())
        )
        with self._database.reading() as session:
            return {(c, a.lower()): slug for c, a, slug in session.exec(query)}

    def record_run(self, run: Run) -> Run:
        """Keeps what a look or an import came to. Returns it with its id."""
        with self._database.writing() as session:
            kept = Run(**run.model_dump(exclude={"id"}))
            session.add(kept)
        return kept

    def cursors(self, channel: str) -> dict[str, str]:
        """Where the next look at a channel starts, by name. Empty: never looked."""
        query = select(Cursor.name, Cursor.value).where(Cursor.channel == channel)
        with self._database.reading() as session:
            return dict(session.exec(query).all())

    def spent(self, channel: str) -> dict[str, int]:
        """What looks at a channel have spent, by the name of the budget."""
        return {name: int(n) for name, n in self.cursors(channel + SPENT).items()}

    def spend(self, channel: str, budget: str, amount: int) -> int:
        """Adds to what was spent of a budget and says how much that is now. Kept at
        once, whatever becomes of the look: what is spent is spent."""
        statement = text(
            "INSERT INTO cursor (channel, name, value, at)"
            " VALUES (:channel, :name, CAST(:amount AS TEXT), :at)"
            " ON CONFLICT (channel, name) DO UPDATE SET at = excluded.at, value ="
            " CAST(CAST(cursor.value AS BIGINT) + :amount AS TEXT) RETURNING value"
        )
        given = {"channel": channel + SPENT, "name": budget, "amount": amount}
        with self._database.writing() as session:
            return int(
                raw(session)
                .execute(statement, given | {"at": int(time())})
                .scalar_one()
            )


_THERE = "SELECT 1 FROM account WHERE channel = :channel AND account = :account"

_KNOWN = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE account_id IN"
    " (SELECT id FROM account WHERE channel = :channel AND account = :new)"
    for table in ("inquiry", "response", "publication", "coverage")
)

_RENAMED = (
    f"""
    UPDATE account SET problem = '', resolved_at = :at, {
        ", ".join(
            f"{name} = (SELECT n.{name} FROM account n"
            " WHERE n.channel = :channel AND n.account = :new)"
            for name in ("brand_id", "staff", *DESCRIPTION)
        )
    }
    WHERE channel = :channel AND account = :old
    """,
    "DELETE FROM account WHERE channel = :channel AND account = :new",
    "UPDATE account SET account = :new WHERE channel = :channel AND account = :old",
    # Cursors of one account begin with its name, and say more after a space.
    """
    DELETE FROM cursor WHERE channel = :channel
    AND (name = :new OR substr(name, 1, length(:new) + 1) = :new || ' ')
    """,
    """
    UPDATE cursor SET name = :new || substr(name, length(:old) + 1)
    WHERE channel = :channel
    AND (name = :old OR substr(name, 1, length(:old) + 1) = :old || ' ')
    """,
)


def resolve(
    connection: Connection,
    channel: str,
    at: int,
    resolved: Mapping[str, str],
    unresolved: Mapping[str, str],
) -> None:
    """See ``Registrar.resolve_accounts``; inside a transaction."""
    _many(
        connection,
        "UPDATE account SET external_id = :said, problem = '',"
        " resolved_at = coalesce(resolved_at, :at)"
        " WHERE channel = :channel AND account = :account",
        [
            {"channel": channel, "account": account, "said": said, "at": at}
            for account, said in resolved.items()
        ],
    )
    _many(
        connection,
        "UPDATE account SET problem = :why"
        " WHERE channel = :channel AND account = :account",
        [
            {"channel": channel, "account": account, "why": why}
            for account, why in unresolved.items()
        ],
    )


def _put_accounts(connection: Connection, registry: Registry) -> None:
    brands = _ids(connection, "brand")
    staff: dict[tuple[str, str], list[str]] = {}
    for each in registry.staff:
        staff.setdefault((each.channel, each.account.lower()), []).append(each.user)
    rows = connection.execute(text("SELECT id, channel, account FROM account")).all()
    there = {(channel, account.lower()): id_ for id_, channel, account in rows}
    old, new = [], []
    for entry in registry.accounts:
        values: dict[str, Any] = {name: getattr(entry, name) for name in DESCRIPTION}
        values |= {"brand_id": brands[entry.brand], "account": entry.account}
        users = staff.get((entry.channel, entry.account.lower()), [])
        values["staff"] = " ".join(users)
        known = there.get((entry.channel, entry.account.lower()))
        if known is None:
            new.append(values | {"channel": entry.channel})
        else:
            old.append(values | {"id": known})
    names = ("brand_id", "account", "staff", *DESCRIPTION)
    _many(
        connection,
        f"UPDATE account SET {', '.join(f'{name} = :{name}' for name in names)}"
        " WHERE id = :id",
        old,
    )
    _many(
        connection,
        f"INSERT INTO account (channel, {', '.join(names)}, external_id, problem)"
        f" VALUES (:channel, {', '.join(f':{name}' for name in names)}, '', '')",
        new,
    )


def _upsert(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = list(rows[0])
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "slug")
    _many(
        connection,
        f"INSERT INTO {table} ({', '.join(names)})"
        f" VALUES ({', '.join(f':{name}' for name in names)})"
        f" ON CONFLICT (slug) DO UPDATE SET {updates}",
        rows,
    )


def _ids(connection: Connection, table: str) -> dict[str, int]:
    rows = connection.execute(text(f"SELECT slug, id FROM {table}")).all()
    return {row.slug: row.id for row in rows}


def _many(connection: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(text(statement), rows)
