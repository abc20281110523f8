"""What those who watch are told: once for each edition, signed, and never inward."""

import base64
import hmac
import json
import socket
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mail
import speech
from fixtures_mail import SITE, mailing
from fixtures_web import DAY, details, edition, lines, save
from jobs import hooks, letters, telling
from jobs.telling import tell
from local_server import Handler, Server, running
from model.notices import By, Subscription, hook_key, spelled, stop_token
from model.words import Family
from settings import Settings
from smtp_server import Postbox
from store import Store
from web.words import FAMILY_TITLE

pytestmark = pytest.mark.slow  # databases and servers of their own

NOW = 1_800_000_000
ADDRESS = "reader@mail.example"


@pytest.fixture
def store(mail_store: Store) -> Store:
    tell(mail_store, Settings(database_url=""), now=lambda: NOW)  # what is old is told
    return mail_store


@pytest.fixture
def settings(box: Postbox, tmp_path: Path) -> Settings:
    return Settings(var=tmp_path, database_url="", **mailing(box))


@pytest.fixture
def hook() -> Iterator[Server]:
    with running() as server:
        yield server


def watch(
    store: Store,
    brand: str = "credit-elan",
    by: str = By.MAIL,
    target: str = ADDRESS,
    **more: Any,
) -> str:
    """Subscribes and confirms; the subscription's ident."""
    ident = sha256(f"{brand} {by} {target}".encode()).hexdigest()[:22]
    made = Subscription(
        ident=ident, by=by, target=target, brand=brand, token=ident,
        expires_at=NOW + 100, made_at=NOW, **more,
    )  # fmt: skip
    assert store.subscribe(made)
    assert store.confirm_subscription(ident, NOW) is not None
    return ident


def publish(
    store: Store, name: str, changed: tuple[str, str] = ("", ""), **more: Any
) -> None:
    """An edition in which Crédit Élan rose and Sly fell, with something ``changed`` in
    what it says of that."""
    said = pl.col("body").str.replace(*changed, literal=True)
    told = details().with_columns(
        pl.when(pl.col("topic") == "change").then(said).otherwise("body").alias("body")
    )
    made = edition(name, (20_700, 20_791), **{"made_at": NOW + DAY, **more})
    save(store, made, lines(), told)


def send(store: Store, settings: Settings, at: int = NOW + DAY) -> int:
    return tell(store, settings, now=lambda: at)


def test_a_move_is_told_once(store: Store, settings: Settings, box: Postbox) -> None:
    ident = watch(store)
    watch(store, "northwind-air", target="other@mail.example")  # which did not move
    publish(store, "new")
    assert send(store, settings) == 1
    assert box.recipients == [ADDRESS]
    (sent,) = box.mails
    assert sent["Subject"] == "Crédit Élan has moved in edition new"
    assert sent["Message-ID"] == f"<{ident}.new@answerable.example>"
    stop = f"{SITE}/watch/stop/{stop_token(settings.key, ident)}"
    assert sent["List-Unsubscribe"].replace("\n", "").replace(" ", "") == f"<{stop}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = " ".join(sent.get_content().split())
    assert stop in text
    assert f"{SITE}/editions/new/brands/credit-elan" in text
    assert (
        "Social networks: its score rose to 50.5 (95 % interval 40.0 to 60.0; n = 200)"
        " from 30.0 in edition 2026-Q2 (22.0 to 38.0; n = 150). The change is +20.5"
        " (+6.5 to +34.2)." in text
    )
    for later in range(3):
        assert send(store, settings, NOW + (2 + later) * DAY) == 0
    assert len(box.mails) == 1
    assert store.outbox() == (2, 0, 1, 0)


def test_who_asked_in_french_is_written_to_in_french(
    store: Store, settings: Settings, box: Postbox
) -> None:
    ident = watch(store, language="fr")
    publish(store, "new")
    assert send(store, settings) == 1
    (sent,) = box.mails
    assert sent["Subject"] == "Crédit Élan a bougé dans l’édition new"
    stop = f"{SITE}/fr/watch/stop/{stop_token(settings.key, ident)}"
    assert sent["List-Unsubscribe"].replace("\n", "").replace(" ", "") == f"<{stop}>"
    lines = sent.get_content().replace("\r", "").split("\n\n")
    assert lines[-1].strip() == stop
    text = " ".join(sent.get_content().split())
    assert f"{SITE}/fr/editions/new/brands/credit-elan" in text
    assert (
        "son score est monté à 50,5 (intervalle à 95 % : 40,0 à 60,0 ; n = 200), contre"
        " 30,0 dans l’édition 2026-Q2 (22,0 à 38,0 ; n = 150). L’écart est de +20,5"
        " (+6,5 à +34,2)." in text
    )
    assert speech.language() == "en"


@pytest.mark.parametrize("language", speech.NAMES)
def test_a_letter_has_its_links_whole_in_every_language(language: str) -> None:
    figure = {
        "family": "social", "score": 9.9, "score_low": 9.0, "score_high": 10.0,
        "inquiries": 1_234, "score_was": 20.0, "score_was_low": 19.0,
        "score_was_high": 21.0, "inquiries_was": 50, "change": -10.1,
        "change_low": -11.0, "change_high": -9.0,
    }  # fmt: skip
    told = {
        "name": "Acme", "brand": "acme-" + "long-" * 30, "edition": "2026-Q3",
        "since": "2026-Q2", "figures": [figure],
    }  # fmt: skip
    link = letters.stop(SITE, language, "t" * 60)
    subject, text = letters.moved(told, language, SITE, link)
    assert "Acme" in subject
    assert "2026-Q3" in subject
    assert f"\n{link}\n" in text
    page = speech.at(language, f"/editions/2026-Q3/brands/{told['brand']}")
    assert f"{SITE}{page}" in text
    minus = "-10.1" if language == "en" else "-10,1"
    assert minus in text
    assert "%" in text
    assert "%%" not in text
    assert speech.language() == "en"


def test_a_language_that_is_ours_no_longer_is_english() -> None:
    assert speech.catalogue("tlh") is None


def test_families_are_called_as_the_pages_call_them() -> None:
    assert {Family(name): said for name, said in letters.FAMILIES.items()} == (
        FAMILY_TITLE
    )


def test_the_same_move_is_not_told_twice_and_its_turn_is(
    store: Store, settings: Settings, box: Postbox
) -> None:
    watch(store)
    publish(store, "monday", provisional=True)
    assert send(store, settings) == 1
    publish(store, "tuesday", provisional=True)
    assert send(store, settings) == 0
    turned = '"change": 20.5', '"change": -20.5'
    publish(store, "wednesday", turned, provisional=True)
    assert send(store, settings) == 1
    assert "fell to" in box.mails[-1].get_content()


def test_only_what_surely_changed_since_somebody_watches_is_told(
    store: Store, settings: Settings, box: Postbox
) -> None:
    publish(store, "before", made_at=NOW - 1)
    watch(store)
    publish(store, "sample", sample=True)
    publish(store, "still", ('"called": 1', '"called": 0'))
    assert send(store, settings) == 0
    assert store.outbox() == (1, 0, 0, 0)


def test_what_nobody_confirmed_is_told_nothing_and_erased(
    store: Store, settings: Settings
) -> None:
    made = Subscription(
        ident="i", by="mail", target=ADDRESS, brand="credit-elan", token="t",
        expires_at=NOW + 100, made_at=NOW,
    )  # fmt: skip
    store.subscribe(made)
    publish(store, "new")
    assert send(store, settings) == 0
    assert store.confirm_subscription("t", NOW) is None


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_nothing_is_sent_without_mail_and_what_is_due_stays(
    store: Store, settings: Settings, box: Postbox
) -> None:
    watch(store)
    publish(store, "new")
    silent = settings.model_copy(update={"smtp_host": ""})
    assert send(store, silent) == 0
    assert store.outbox().waiting == 1
    assert send(store, settings) == 1


def test_killed_between_publishing_and_sending_it_is_told_once(
    store: Store, settings: Settings, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(store)
    publish(store, "new")

    with monkeypatch.context() as patch:
        patch.setattr(telling, "_deliver", killed)
        with pytest.raises(KeyboardInterrupt):
            send(store, settings)
    assert box.mails == []
    assert send(store, settings) == 0  # begun, and perhaps still on its way
    assert send(store, settings, NOW + DAY + telling.FIRST_WAIT_S) == 1
    assert send(store, settings, NOW + 2 * DAY) == 0
    assert len(box.mails) == 1


def test_killed_while_the_outbox_is_filled_nothing_of_it_is_there(
    store: Store, settings: Settings, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(store)
    watch(store, target="other@mail.example")
    publish(store, "new")
    said, done = telling.said, []

    def second_kills(*given: Any) -> str | None:
        done.append(1)
        if len(done) == 2:
            raise KeyboardInterrupt
        return said(*given)

    with monkeypatch.context() as patch:
        patch.setattr(telling, "said", second_kills)
        with pytest.raises(KeyboardInterrupt):
            send(store, settings)
    assert store.outbox().waiting == 0
    assert send(store, settings) == 2
    assert sorted(box.recipients) == ["other@mail.example", ADDRESS]


def test_killed_after_it_was_taken_it_comes_again_under_the_same_name(
    store: Store, settings: Settings, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(store)
    publish(store, "new")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "told", killed)
        with pytest.raises(KeyboardInterrupt):
            send(store, settings)
    assert send(store, settings, NOW + 2 * DAY) == 1
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_takes_no_mail_is_asked_again_with_longer_waits(
    store: Store, settings: Settings, box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    watch(store)
    publish(store, "new")
    box.refusing, at = True, NOW + DAY
    for tries in range(1, telling.TRIES + 1):
        assert send(store, settings, at) == 0
        assert store.outbox().waiting == (tries < telling.TRIES)
        at += telling.wait(tries)
        assert send(store, settings, at - 1) == 0
    assert caplog.text.count("notice not taken") == telling.TRIES
    assert "given_up=1" in caplog.text
    assert ADDRESS not in caplog.text
    box.refusing = False
    assert send(store, settings, at + 100 * DAY) == 0
    assert store.outbox() == (1, 0, 0, 1)


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    store: Store, settings: Settings, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> str:
        return "550 no such person"

    monkeypatch.setattr(box, "handle_RCPT", never, raising=False)
    with pytest.raises(mail.MailFailed, match="SMTPRecipientsRefused") as failed:
        mail.send(settings, ADDRESS, "Hello", "text")
    assert failed.value.final
    watch(store)
    publish(store, "new")
    assert send(store, settings) == 0
    assert store.outbox().given_up == 1


def test_stopping_takes_what_waits_with_it(
    store: Store, settings: Settings, box: Postbox
) -> None:
    ident = watch(store)
    publish(store, "new")
    assert tell(store, settings, stopped=lambda: True, now=lambda: NOW + DAY) == 0
    assert store.outbox().waiting == 1
    due = store.claim(NOW + DAY, telling.wait)
    assert due is not None
    assert store.unsubscribe(ident)
    store.told(due.id, NOW)
    store.give_up(due.id)
    assert send(store, settings, NOW + 3 * DAY) == 0
    assert store.outbox() == (0, 0, 0, 0)
    assert box.mails == []


def here(server: Server, settings: Settings, host: str = "127.0.0.1") -> Settings:
    named = f"{host}:{server.server_port}"
    return settings.model_copy(update={"webhook_hosts": named})


def test_a_webhook_is_signed(store: Store, settings: Settings, hook: Server) -> None:
    got: list[tuple[dict[str, str], str]] = []

    def take(handler: Handler) -> None:
        got.append(({k.lower(): v for k, v in handler.headers.items()}, handler.form))
        handler.give(204)

    hook.answers["/hook"] = take
    ident = watch(store, by=By.HOOK, target=f"{hook.url}/hook")
    publish(store, "new")
    assert send(store, here(hook, settings)) == 1
    ((headers, body),) = got
    assert headers["webhook-id"] == f"{ident}.new"
    secret = spelled(hook_key(settings.key, ident))
    # as the specification has it, with nothing of ours
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}"
    made = hmac.new(
        base64.b64decode(secret.removeprefix("whsec_")), signed.encode(), "sha256"
    )
    right = f"v1,{base64.b64encode(made.digest()).decode()}"
    assert headers["webhook-signature"] == right
    told = json.loads(body)
    assert (told["type"], told["brand"], told["edition"], told["since"]) == (
        "brand.moved", "credit-elan", "new", "2026-Q2",
    )  # fmt: skip
    assert told["page"] == f"{SITE}/editions/new/brands/credit-elan"
    assert told["figures"][0] == {
        "family": "social", "score": 50.5, "score_low": 40.0, "score_high": 60.0,
        "inquiries": 200, "score_was": 30.0, "score_was_low": 22.0,
        "score_was_high": 38.0, "inquiries_was": 150, "change": 20.5,
        "change_low": 6.5, "change_high": 34.2,
    }  # fmt: skip


def test_a_webhook_that_fails_is_tried_again_and_one_that_is_gone_is_erased(
    store: Store, settings: Settings, hook: Server
) -> None:
    statuses = [500, 302, 410]

    def say(handler: Handler) -> None:
        handler.give(statuses.pop(0), Location=f"{hook.url}/elsewhere")

    hook.answers["/hook"] = say
    watch(store, by=By.HOOK, target=f"{hook.url}/hook")
    publish(store, "new")
    ours, at = here(hook, settings), NOW + DAY
    for tries in (1, 2):
        assert send(store, ours, at) == 0
        assert store.outbox().waiting == 1
        at += telling.wait(tries)
    assert send(store, ours, at) == 0
    assert store.outbox() == (0, 0, 0, 0)
    assert hook.seen["/elsewhere"] == 0  # a redirect is not followed


INWARD = ["127.0.0.1", "10.0.0.7", "192.168.1.1", "172.16.0.1", "169.254.169.254",
          "100.64.0.1", "0.0.0.0", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
          "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1"]  # fmt: skip


@pytest.mark.parametrize("address", INWARD)
def test_a_name_that_leads_inward_is_not_connected_to(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    asked, tried = [], []

    def lookup(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: tried.append(a))
    with pytest.raises(hooks.HookFailed, match="private network"):
        hooks.post(settings, "https://hook.example/", "i", b"{}", b"k")
    assert (asked, tried) == (["hook.example"], [])


def test_just_the_address_that_was_checked_is_connected_to(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means another address a moment later changes nothing."""
    answers, tried = ["93.184.216.34", "127.0.0.1", "127.0.0.1"], []

    def lookup(_host: str, port: int, **_: object) -> list[Any]:
        return [(2, 1, 6, "", (answers.pop(0), port))]

    def connect(address: tuple[str, int], *_: object, **__: object) -> None:
        tried.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(hooks.HookFailed, match="NetworkError"):
        hooks.post(settings, "https://hook.example/", "i", b"{}", b"k")
    assert tried == [("93.184.216.34", 443)]
    assert len(answers) == 2


@pytest.mark.parametrize("url", ["http://hook.example/", "ftp://hook.example/"])
def test_only_encrypted_addresses_are_called(settings: Settings, url: str) -> None:
    with pytest.raises(hooks.HookFailed, match="UnsupportedProtocol"):
        hooks.post(settings, url, "i", b"{}", b"k")


def test_a_server_that_says_goodbye_badly_has_taken_the_mail(
    settings: Settings, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rude(*_: object) -> str:
        return "500 never"

    monkeypatch.setattr(box, "handle_QUIT", rude, raising=False)
    mail.send(settings, ADDRESS, "Hello", "text")
    assert len(box.mails) == 1
