"""Watching a brand: asked for by form, confirmed by mail, ended by one click."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fixtures_mail import SITE, configured
from fixtures_web import checked, getter
from model.notices import By, Subscription, ident_of, spelled, stop_token
from smtp_server import Postbox
from store import Store
from web import filing, forms

pytestmark = pytest.mark.slow  # databases and mail servers of their own

WATCH = "/brands/northwind-air/watch"
SENT, DONE = (f"/watch/{end}?brand=northwind-air" for end in ("sent", "done"))
GIVEN = {"by": "mail", "email": "reader@mail.example", "url": ""}
HOOK = {
    "by": "webhook",
    "email": "it@northwind.example",
    "url": "https://hooks.northwind.example/answerable?from=us",
}


@pytest.fixture
def store(mail_store: Store) -> Store:
    return mail_store


@pytest.fixture
def app(mail_app: Flask) -> Flask:
    return mail_app


def post(app: Flask, how: dict[str, str] | None = None, **typed: str) -> TestResponse:
    (hidden,) = getter(app)(WATCH).select("input[name=began]")
    data = {**GIVEN, "began": str(hidden["value"]), **typed}
    return app.test_client().post(WATCH, data=data, headers=how or {})


def link(box: Postbox, at: int = -1) -> str:
    text = box.mails[at].get_content()
    (found,) = re.findall(rf"{re.escape(SITE)}(/watch/confirm/\S+)", text)
    return str(found)


def subscriptions(store: Store) -> list[Subscription]:
    from sqlmodel import select

    with store._database.reading() as session:
        return list(session.exec(select(Subscription)))


def subscribed(app: Flask, box: Postbox, store: Store, **typed: str) -> Subscription:
    assert post(app, **typed).status_code == 303
    app.test_client().post(link(box))
    return subscriptions(store)[-1]


def wrong(response: TestResponse, status: int = 422) -> str:
    assert response.status_code == status
    (said,) = checked(response).select(".wrong")
    return said.text


def held(var: Path) -> bytes:
    return b"".join(path.read_bytes() for path in var.glob("answerable.db*"))


@pytest.fixture
def key(app: Flask, tmp_path: Path) -> bytes:
    from settings import Settings

    return Settings(var=tmp_path, database_url="").key


def test_a_reader_asks_confirms_and_stops(
    app: Flask, box: Postbox, store: Store, tmp_path: Path, key: bytes
) -> None:
    (way,) = getter(app)("/brands/northwind-air").select(f'a[href="{WATCH}"]')
    assert way.text == "Be told when it moves"
    sent = post(app)
    assert (sent.status_code, sent.headers["Location"]) == (303, SENT)
    page = getter(app)(SENT)
    assert "48 hours" in page.text
    assert page.select('.crumb a[href="/brands/northwind-air"]'), page
    assert box.recipients == ["reader@mail.example"]
    assert "Northwind Air moves" in " ".join(box.mails[0].get_content().split())

    button = getter(app)(link(box))  # as a mail scanner does: it confirms nothing
    assert button.select("form[method=post] button")
    assert [one.confirmed_at for one in subscriptions(store)] == [None]
    done = app.test_client().post(link(box))
    assert (done.status_code, done.headers["Location"]) == (303, DONE)
    page = getter(app)(DONE)
    assert "You watch" in page.text
    assert page.select('.crumb a[href="/brands/northwind-air"]')
    (one,) = subscriptions(store)
    assert (one.by, one.brand, one.token) == (By.MAIL, "northwind-air", "")
    assert one.confirmed_at is not None
    assert "used before" in getter(app)(link(box), 404).text
    assert app.test_client().post(link(box)).status_code == 404

    stop = f"/watch/stop/{stop_token(key, one.ident)}"
    assert getter(app)(stop).select("form[method=post] button")
    assert len(subscriptions(store)) == 1  # looking ends nothing
    assert b"reader@mail.example" in held(tmp_path)
    for _ in range(2):  # providers may press twice
        ended = app.test_client().post(stop, data={"List-Unsubscribe": "One-Click"})
        assert ended.status_code == 200
        assert "erased" in checked(ended).text
    assert subscriptions(store) == []
    assert b"reader@mail.example" not in held(tmp_path)


def test_a_provider_of_mail_may_press_the_button_from_elsewhere(
    app: Flask, box: Postbox, store: Store, key: bytes
) -> None:
    one = subscribed(app, box, store)
    how = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    stop = f"/watch/stop/{stop_token(key, one.ident)}"
    assert app.test_client().post(stop, headers=how).status_code == 200
    assert subscriptions(store) == []


def test_nobody_can_guess_a_link_that_stops(
    app: Flask, box: Postbox, store: Store, key: bytes
) -> None:
    one = subscribed(app, box, store)
    right = stop_token(key, one.ident)
    assert ident_of(key, right) == one.ident
    for token in ("x", one.ident, one.ident + "0" * 32, right[:-1], "é" * 40):
        assert ident_of(key, token) == ""
        assert app.test_client().post(f"/watch/stop/{token}").status_code == 404
        assert getter(app)(f"/watch/stop/{token}", 404)
    assert len(subscriptions(store)) == 1


def test_an_address_that_watches_already_learns_nothing_and_keeps_its_links(
    app: Flask, box: Postbox, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = subscribed(app, box, store)
    again = post(app)
    assert (again.status_code, again.headers["Location"]) == (303, SENT)
    assert app.test_client().post(link(box)).status_code == 303
    assert [one.ident for one in subscriptions(store)] == [first.ident]
    monkeypatch.setattr("store.notices.MOST_OF_ONE", 1)
    full = post(app)
    assert (full.status_code, full.headers["Location"]) == (303, SENT)
    assert len(box.mails) == 2
    assert len(subscriptions(store)) == 1


def test_a_webhook_is_told_its_key_once(
    app: Flask, box: Postbox, store: Store, key: bytes
) -> None:
    assert post(app, **HOOK).status_code == 303
    assert box.recipients == ["it@northwind.example"]
    assert HOOK["url"] not in box.mails[0].get_content()
    done = app.test_client().post(link(box))
    assert done.headers["Cache-Control"] == "no-store"
    (one,) = subscriptions(store)
    from model.notices import hook_key

    (code,) = checked(done).select("pre.code")
    assert code.text == spelled(hook_key(key, one.ident))
    assert (one.by, one.target) == (By.HOOK, HOOK["url"])
    assert app.test_client().post(link(box)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"by": "pigeon"}, "Choose how"),
        ({"email": ""}, "Enter an e-mail address"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "Enter an e-mail address"),
        ({**HOOK, "url": ""}, "Enter the address of the webhook"),
        ({**HOOK, "url": "http://northwind.example/"}, "begins with https://"),
        ({**HOOK, "url": "ftp://northwind.example/"}, "begins with https://"),
        ({**HOOK, "url": "https://me:pw@northwind.example/"}, "names no user"),
        ({**HOOK, "url": "https://northwind.example/#a"}, "begins with https://"),
        ({**HOOK, "url": "https://127.0.0.1/"}, "at northwind.example"),
        ({**HOOK, "url": "https://[::1]/"}, "at northwind.example"),
        ({**HOOK, "url": "https://[::1/"}, "plain characters"),
        ({**HOOK, "url": "https://localhost/"}, "at northwind.example"),
        ({**HOOK, "url": "https://evilnorthwind.example/"}, "at northwind.example"),
        ({**HOOK, "url": "https://northwind.example:99999/"}, "plain characters"),
        ({**HOOK, "url": "https://northwind.example/ä"}, "plain characters"),
        ({**HOOK, "url": "https://northwind.example/\\evil"}, "plain characters"),
        ({**HOOK, "url": "https://northwind.example/" + "a" * 500}, "at most 500"),
        ({**HOOK, "url": "northwind.example"}, "plain characters"),
    ],
)
def test_mistakes_are_named(
    app: Flask, box: Postbox, store: Store, typed: dict[str, str], says: str
) -> None:
    assert says in wrong(post(app, **typed))
    assert box.mails == []
    assert subscriptions(store) == []


def test_webhooks_can_be_tried_out_on_this_machine(
    store: Store, box: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "FASTEST_S", 0.0)
    app = configured(tmp_path, box, webhook_hosts="127.0.0.1:8080")
    assert "https://" in wrong(post(app, **{**HOOK, "url": "http://127.0.0.1/"}))
    there = post(app, **{**HOOK, "url": "http://127.0.0.1:8080/hook"})
    assert there.status_code == 303


def test_machines_and_other_sites_are_kept_out(
    app: Flask, box: Postbox, store: Store
) -> None:
    assert post(app, **{forms.TRAP: "x"}).headers["Location"] == SENT
    assert "open for too long" in wrong(post(app, began="forged"))
    evil = {"Origin": "https://evil.example"}
    assert "another site" in wrong(post(app, how=evil), 403)
    assert subscriptions(store) == []
    post(app)
    assert app.test_client().post(link(box), headers=evil).status_code == 404
    for _ in range(2):
        assert post(app).status_code == 303
    assert "Too many" in wrong(post(app), 429)
    big = post(app, url="x" * 70_000)
    assert big.status_code == 413


def test_links_end_and_what_nobody_confirms_is_erased(
    app: Flask, box: Postbox, store: Store, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(filing, "LINK_S", 0)
    post(app)
    assert app.test_client().post(link(box)).status_code == 404
    assert b"reader@mail.example" in held(tmp_path)
    assert store.expire_subscriptions(2_000_000_000) == 1
    assert b"reader@mail.example" not in held(tmp_path)


def test_a_list_that_is_full_says_so(
    app: Flask, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.notices.MOST_UNCONFIRMED", 0)
    assert "Too many wait" in wrong(post(app), 503)


def test_a_server_that_takes_no_mail_leaves_nothing(
    app: Flask, box: Postbox, store: Store
) -> None:
    box.refusing = True
    assert "could not be sent" in wrong(post(app), 503)
    assert subscriptions(store) == []


def test_without_mail_the_form_says_so(
    store: Store, box: Postbox, tmp_path: Path
) -> None:
    app = configured(tmp_path, box, smtp_host="")
    page = getter(app)(WATCH)
    assert "sends no mail" in page.text
    assert not page.select("form[method=post]")
    assert app.test_client().post(WATCH, data=GIVEN).status_code == 403
    assert getter(app)("/brands/nobody/watch", 404)


def test_a_brand_that_has_left_the_list_is_named_by_its_address(
    app: Flask, box: Postbox, store: Store
) -> None:
    made = Subscription(
        ident="i", by="mail", target="a@b.example", brand="gone-bank",
        token=filing.hashed("t" * 43), expires_at=2_000_000_000, made_at=1,
    )  # fmt: skip
    assert store.subscribe(made)
    assert "gone-bank" in getter(app)("/watch/confirm/" + "t" * 43).text


def test_forms_are_kept_by_nobody(app: Flask) -> None:
    client = app.test_client()
    for path in (WATCH, SENT, DONE):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'name="robots"' in answer.text


def test_a_page_that_names_no_brand_of_ours_leads_to_all_of_them(app: Flask) -> None:
    for end in ("", "?brand=", "?brand=nobody", "?brand=%00%3Cb%3E"):
        page = getter(app)(f"/watch/sent{end}")
        assert page.select('.crumb a[href="/"]'), end
