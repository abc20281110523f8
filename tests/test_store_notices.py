"""The outbox in both databases: filled once, claimed once, emptied with its reader."""

from fixtures_web import DAY, details, edition, lines, save
from model.notices import Subscription
from store import Moved, Outbox, Store

NOW = 1_800_000_000


def subscription(ident: str, **changes: object) -> Subscription:
    values = {
        "ident": ident, "by": "mail", "target": f"{ident}@mail.example",
        "brand": "credit-elan", "token": ident, "expires_at": NOW + 10, "made_at": NOW,
    }  # fmt: skip
    return Subscription(**values | changes)


def body(of: object, moved: Moved, last: str) -> str | None:
    return None if last else moved.name


def watch(store: Store, ident: str, **changes: object) -> None:
    assert store.subscribe(subscription(ident, **changes))
    assert store.confirm_subscription(ident, NOW) is not None


def test_a_line_for_each_reader_and_edition_is_claimed_once(store: Store) -> None:
    for ident in ("a", "b"):
        watch(store, ident)
    watch(store, "c", brand="northwind-air")  # which did not surely change
    save(store, edition("new", (20_700, 20_791), made_at=NOW), lines(), details())
    assert store.announce(body, NOW) == (["new"], 2)
    assert store.announce(body, NOW) == ([], 0)
    first = store.claim(NOW, lambda tries: 60 * tries)
    second = store.claim(NOW, lambda tries: 60 * tries)
    assert first is not None
    assert second is not None
    assert {first.target, second.target} == {"a@mail.example", "b@mail.example"}
    assert (first.tries, first.edition, first.body) == (1, "new", "Crédit Élan")
    assert store.claim(NOW + 59, lambda _: 60) is None
    store.told(first.id, NOW + 1)
    again = store.claim(NOW + 60, lambda _: 60)
    assert again is not None
    assert (again.id, again.tries) == (second.id, 2)
    assert store.outbox() == Outbox(watching=3, waiting=1, sent=1, given_up=0)
    store.give_up(second.id)
    assert store.claim(NOW + DAY, lambda _: 60) is None
    save(store, edition("newer", (20_701, 20_792), made_at=NOW), lines(), details())
    assert store.announce(body, NOW) == (["newer"], 0)  # nothing is new
    assert store.unsubscribe("a")
    assert not store.unsubscribe("a")
    assert store.outbox() == Outbox(watching=2, waiting=0, sent=0, given_up=1)


def test_who_watches_already_keeps_their_subscription(store: Store) -> None:
    watch(store, "a")
    assert store.subscribe(subscription("b", target="a@mail.example", language="fr"))
    kept = store.confirm_subscription("b", NOW)
    assert kept is not None
    assert (kept.ident, kept.language) == ("a", "fr")  # as they asked last
    assert store.outbox().watching == 1
    assert store.asked_for("b", NOW) is None
    assert not store.unsubscribe("b")


def test_what_is_not_confirmed_in_time_is_erased(store: Store) -> None:
    assert store.subscribe(subscription("a"))
    assert store.asked_for("a", NOW + 9) is not None
    assert store.asked_for("a", NOW + 10) is None
    assert store.confirm_subscription("a", NOW + 10) is None
    assert store.expire_subscriptions(NOW + 9) == 0
    assert store.expire_subscriptions(NOW + 10) == 1
    assert store.confirm_subscription("", NOW) is None


def test_one_way_of_telling_is_claimed_by_itself(store: Store) -> None:
    watch(store, "hook", by="webhook")
    watch(store, "mail")
    save(store, edition("new", (20_700, 20_791), made_at=NOW), lines(), details())
    assert store.announce(body, NOW) == (["new"], 2)
    assert store.due("mail", NOW - 1) == 0
    assert store.due("mail", NOW) == 1
    mail = store.claim(NOW, lambda _: 60, "mail")
    assert mail is not None
    assert mail.ident == "mail"
    assert store.claim(NOW, lambda _: 60, "mail") is None
    assert store.due("mail", NOW) == 0
    hook, begun = store.unsent()
    assert (hook.by, hook.tries, hook.next_at) == ("webhook", 0, NOW)
    assert (begun.by, begun.tries, begun.next_at) == ("mail", 1, NOW + 60)
    store.told(mail.id, NOW)
    store.give_up(hook.id)
    (left,) = store.unsent()
    assert left.given_up
