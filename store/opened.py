"""Which conversations are known already, and since when."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlmodel import col, select

from model import Account, InquiryRow
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


def _by_account(
    conversations: Collection[tuple[str, int]],
) -> Iterator[tuple[str, list[int]]]:
    keys_of: defaultdict[str, list[int]] = defaultdict(list)
    for account, key in dict.fromkeys(conversations):
        keys_of[account].append(key)
    for account, keys in keys_of.items():
        for at in range(0, len(keys), AT_ONCE):
            yield account, keys[at : at + AT_ONCE]
