"""The outbox: mails first, webhooks beside each other, and what its operator sees."""

import json
from threading import Barrier

import pytest

import cli
from fixtures_web import DAY
from jobs import outbox, telling
from local_server import Handler
from model.notices import By
from test_telling import ADDRESS, NOW, here, hook, publish, send, settings, store, watch

__all__ = ["hook", "settings", "store"]

pytestmark = pytest.mark.slow  # databases and servers of their own


def test_mails_do_not_wait_for_webhooks(store, settings, box, hook):
    before = []

    def look(handler: Handler) -> None:
        before.append(len(box.mails))
        handler.give(204)

    hook.answers["/hook"] = look
    watch(store, by=By.HOOK, target=f"{hook.url}/hook")
    watch(store)  # later, and so behind it
    publish(store, "new")
    assert send(store, here(hook, settings)) == 2
    assert before == [1]


def test_a_webhook_does_not_wait_for_another(store, settings, hook):
    """None of them answers before all of them were asked."""
    together = Barrier(telling.HOOKS_AT_ONCE)

    def wait(handler: Handler) -> None:
        together.wait(60)
        handler.give(204)

    for number in range(telling.HOOKS_AT_ONCE):
        hook.answers[f"/{number}"] = wait
        watch(store, by=By.HOOK, target=f"{hook.url}/{number}")
    publish(store, "new")
    assert send(store, here(hook, settings)) == telling.HOOKS_AT_ONCE


def test_no_webhook_is_begun_when_their_time_is_over(
    store, settings, box, hook, monkeypatch
):
    monkeypatch.setattr(telling, "HOOKS_S", 0.0)
    watch(store, by=By.HOOK, target=f"{hook.url}/hook")
    watch(store)
    publish(store, "new")
    assert send(store, here(hook, settings)) == 1
    assert box.recipients == [ADDRESS]
    (left,) = store.unsent()
    assert (left.by, left.tries) == (By.HOOK, 0)
    assert not hook.seen


def test_the_operator_sees_what_waits_and_not_for_whom(
    store, settings, box, hook, capsys, monkeypatch
):
    watch(store)
    watch(store, by=By.HOOK, target=f"{hook.url}/hook")  # which answers 404
    publish(store, "new")
    box.refusing = True
    assert send(store, here(hook, settings)) == 0
    later = NOW + DAY + telling.FIRST_WAIT_S
    said = outbox.told(store, settings, as_json=False, now=later - 1)
    table = [" ".join(line.split()) for line in said.splitlines()]
    assert table == [
        "watching 2",
        "waiting 2 0 of them due now, 2 tried before; next at 2027-01-16 08:05Z",
        "given up 0",
        "sent 0",
        "",
        "line by tries next try edition, brand",
        "1 mail 1 2027-01-16 08:05Z new, credit-elan",
        "2 webhook 1 2027-01-16 08:05Z new, credit-elan",
    ]
    store.give_up(1)
    told = json.loads(outbox.told(store, settings, as_json=True, now=later))
    assert (told["sending"], told["waiting"], told["due"], told["given_up"]) == (
        True, 1, 1, 1,
    )  # fmt: skip
    assert [line["next_at"] for line in told["lines"]] == [later, None]
    monkeypatch.setenv("ANSWERABLE_VAR", str(settings.var))
    monkeypatch.delenv("ANSWERABLE_DATABASE_URL", raising=False)
    assert cli.main(["outbox"]) == 0
    printed = capsys.readouterr().out
    assert outbox.SHUT in printed  # there is no mail in these settings
    assert "none: given up" in printed
    for whole in (said, json.dumps(told), printed):
        assert ADDRESS not in whole
        assert hook.url not in whole


def test_an_empty_outbox_is_said_in_four_lines(store, settings):
    said = outbox.told(store, settings, as_json=False, now=NOW)
    assert [line.split() for line in said.splitlines()] == [
        ["watching", "0"], ["waiting", "0"], ["given", "up", "0"], ["sent", "0"],
    ]  # fmt: skip


def test_a_long_outbox_is_cut_and_says_so(store, settings, monkeypatch):
    monkeypatch.setattr(outbox, "MOST", 1)
    watch(store)
    watch(store, target="other@mail.example")
    publish(store, "new")
    telling.tell(store, settings.model_copy(update={"smtp_host": ""}), now=lambda: NOW)
    said = outbox.told(store, settings, as_json=False, now=NOW)
    assert said.endswith("and 1 more; --json has all of them\n")
