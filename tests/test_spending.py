"""Budgets are written down before they are spent; what may not be kept is erased."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from collectors.http import Refused, Unreachable
from collectors.listing import Spent
from collectors.looking import free
from collectors.spending import Purse
from fixtures_store import JANUARY, a_reading, table
from open_rows import Told
from store import Store

DAY = 86_400


def test_what_a_request_may_cost_is_written_down_before_it_is_sent():
    told = Told()
    purse = Purse(told.spend, "spent", 100, "empty")
    with purse.paying(60) as cost:
        assert told.of["spent"] == 60
        cost.paid = 10
    assert (told.of["spent"], purse.left()) == (10, 90)


def test_nothing_is_sent_that_might_be_too_much():
    told = Told()
    purse = Purse(told.spend, "spent", 100, "the purse is empty")
    purse.add(50)
    with pytest.raises(Spent, match="the purse is empty"), purse.paying(51):
        raise AssertionError("not sent")
    assert told.of["spent"] == 50
    with purse.paying(50):
        pass
    assert purse.left() == 0


@pytest.mark.parametrize(
    ("problem", "paid"), [(Refused("no", 403), 0), (Unreachable("silent"), 60)]
)
def test_a_refusal_is_free_and_silence_may_have_cost_all(problem, paid):
    told = Told()
    purse = Purse(told.spend, "spent", 100, "empty")
    with pytest.raises(type(problem)), purse.paying(60):
        raise problem
    assert told.of["spent"] == paid


def test_without_a_store_nothing_costs_anything():
    assert free("spent", 5) == 0


def test_two_that_spend_at_once_spend_both(store: Store):
    with ThreadPoolExecutor(4) as pool:
        totals = list(pool.map(lambda _: store.spend("x", "spent", 5), range(20)))
    assert sorted(totals) == list(range(5, 105, 5))
    assert store.spend("x", "spent", -30) == 70
    assert store.spend("x", "other", 3) == 3
    assert store.spent("x") == {"spent": 70, "other": 3}
    assert store.cursors("x") == {} == store.spent("reddit")


def three(channel: str) -> tuple[dict[str, object], ...]:
    """Asked on the first three days of January."""
    return tuple(
        {
            "channel": channel,
            "key": day,
            "asked_at": JANUARY + day * DAY,
            "url": f"https://a.example/{channel}/{day}",
        }
        for day in range(3)
    )


def test_links_are_erased_and_what_was_counted_stays(store: Store):
    store.merge(a_reading(*three("mastodon"), *three("x")))
    assert store.expire("x", JANUARY + 2 * DAY, None) == (2, 0)
    assert store.expire("x", JANUARY + 2 * DAY, None) == (0, 0)
    links = [url for (url,) in table(store, "inquiry", "coalesce(url, '')")]
    assert links.count("") == 2
    assert len(links) == 6
    assert "https://a.example/x/2" in links


def test_rows_are_erased_with_all_that_belongs_to_them(store: Store, tmp_path):
    store.merge(a_reading(*three("mastodon"), *three("x")))
    store.resolve_accounts("x", JANUARY, {"acme": "id-1"}, {})
    assert store.expire("x", None, JANUARY + DAY) == (0, 1)
    (account,) = store.accounts("x")
    assert account.external_id == "id-1"  # watched until the tenth
    assert store.expire("x", None, JANUARY + 30 * DAY) == (0, 2)
    (account,) = store.accounts("x")
    assert (account.external_id, account.resolved_at) == ("", None)
    assert len(table(store, "inquiry", "key, account_id")) == 3
    assert store.expire("x", None, None) == (0, 0)


def test_columns_kept_in_files_go_with_the_rows(sqlite_store: Store):
    store = sqlite_store
    store.merge(a_reading(*three("x")))
    kept = store._database.columns
    assert kept is not None
    kept.mkdir(parents=True)
    (kept / "author").write_bytes(b"1")
    store.expire("x", JANUARY, JANUARY)
    assert (kept / "author").exists()
    store.expire("x", None, JANUARY + 9 * DAY)
    assert list(kept.iterdir()) == []
