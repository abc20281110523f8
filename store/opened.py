"""Which conversations are known already, and since when; which are still open."""

from collections import defaultdict
from collections.abc import Collection, Iterator

import polars as pl
import sqlalchemy
from sqlmodel import col, select

from model import Account, InquiryRow
from model.looks import OPEN
from store.database import Database

AT_ONCE = 10_000
"""Keys in one question: below what a statement may carry anywhere."""


def opened(
    database: Database, channel: str, conversations: Collection[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """(account, key): asked_at, of those asked for that are kept."""
    found = {}
    with database.reading() as session:
        for account, keys in _by_account(conversations):
            query = (
                select(InquiryRow.key, InquiryRow.asked_at)
                .join(Account, col(Account.id) == InquiryRow.account_id)
                .where(Account.channel == channel, Account.account == account)
                .where(col(InquiryRow.key).in_(keys))
            )
            found.update({(account, k): at for k, at in session.exec(query)})
    return found


def open_since(database: Database, channel: str, since: int) -> pl.DataFrame:
    """The channel's inquiries asked since a second that nobody deleted (OPEN), in the
    order of time."""
    query = (
        sqlalchemy.select(
            col(Account.account),
            col(InquiryRow.key),
            col(InquiryRow.message),
            col(InquiryRow.asked_at),
            col(InquiryRow.answered_at),
            col(InquiryRow.url),
            col(InquiryRow.found_by),
        )
        .join(Account, col(Account.id) == InquiryRow.account_id)
        .where(col(Account.channel) == channel, col(InquiryRow.asked_at) >= since)
        .where(col(InquiryRow.deleted_at).is_(None))
        .order_by(col(InquiryRow.asked_at), col(InquiryRow.id))
    )
    with database.reading() as session:
        rows = [tuple(row) for row in session.connection().execute(query)]
    return pl.DataFrame(rows, schema=OPEN, orient="row")


def _by_account(
    conversations: Collection[tuple[str, int]],
) -> Iterator[tuple[str, list[int]]]:
    keys_of: defaultdict[str, list[int]] = defaultdict(list)
    for account, key in dict.fromkeys(conversations):
        keys_of[account].append(key)
    for account, keys in keys_of.items():
        for at in range(0, len(keys), AT_ONCE):
            yield account, keys[at : at + AT_ONCE]
