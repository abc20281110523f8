"""Forms, what follows them and their mails, in the language of the page they are on."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fixtures_mail import SITE
from fixtures_web import checked, getter
from model.notices import stop_token
from pseudo import Pseudo, leaks
from settings import Settings
from smtp_server import Postbox
from store import Store
from web import tongue
from web.tongue import FORMS, OTHERS

pytestmark = pytest.mark.slow  # databases and mail servers of their own

REPLY = "/brands/northwind-air/reply"
WATCH = "/brands/northwind-air/watch"
OF = "?brand=northwind-air"
ASK = "/corrections/ask"
SAYS = "We answered every one of these by telephone; please say so on the page."
REPLIED = {"kind": "reply", "email": "press@northwind.example", "text": SAYS}
WATCHED = {"by": "mail", "email": "reader@mail.example", "url": ""}
NAMES = ("Northwind Air", "northwind.example", SAYS, "Bluesky", "Mastodon")
CONFIRM = re.compile(rf"{re.escape(SITE)}(\S*/confirm/\S+)")


@pytest.fixture
def app(mail_app: Flask) -> Flask:
    return mail_app


@pytest.fixture
def pseudo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Where French is the language that nobody speaks."""
    monkeypatch.setattr(
        tongue, "catalogue", lambda name: Pseudo() if name == "fr" else None
    )
    return app


def post(app: Flask, path: str, **typed: str) -> TestResponse:
    (hidden,) = getter(app)(path).select("input[name=began]")
    data = {"began": str(hidden["value"]), **typed}
    return app.test_client().post(path, data=data)


def link(box: Postbox) -> str:
    (found,) = CONFIRM.findall(box.mails[-1].get_content())
    return str(found)


def test_every_form_is_there_in_every_language(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    for language in tongue.NAMES:
        assert {tongue.at(language, rule) for rule in FORMS} <= rules


@pytest.mark.parametrize(
    "path",
    [REPLY, WATCH, ASK, "/corrections/sent", "/watch/sent", "/watch/done",
     "/brands/nobody/reply", "/watch/confirm/unknown", "/watch/stop/unknown",
     "/corrections/confirm/unknown", "/corrections/7"],
)  # fmt: skip
def test_no_word_of_a_form_passes_its_catalogue_by(pseudo: Flask, path: str) -> None:
    response = pseudo.test_client().get(f"/fr{path}")
    assert "⟦" in response.text
    assert leaks(response.text, NAMES) == set()


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (REPLY, {"kind": "x", "email": "", "text": ""}),
        (REPLY, {**REPLIED, "email": "a", "text": "short"}),
        (REPLY, {**REPLIED, "email": "a@else.example", "text": "x" * 4_001}),
        (REPLY, {**REPLIED, "began": "forged"}),
        (ASK, {"name": "", "email": "", "text": ""}),
        (ASK, {"name": "x" * 101, "email": "a@b.example", "text": SAYS}),
        (WATCH, {"by": "pigeon", "email": ""}),
        *(
            (WATCH, {"by": "webhook", "email": "a@b.example", "url": url})
            for url in ("", "http://b.example/", "https://[::1/", "https://else.example/")
        ),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_the_language(
    pseudo: Flask, path: str, typed: dict[str, str]
) -> None:
    told = post(pseudo, f"/fr{path}", **typed)
    assert told.status_code == 422
    assert checked(told).select(".wrong")
    typed_by_them = re.compile("<textarea.*?</textarea>", re.DOTALL)
    assert leaks(typed_by_them.sub("", told.text), NAMES) == set()


def test_the_docket_is_whole_in_the_language(
    pseudo: Flask, box: Postbox, store: Store
) -> None:
    assert post(pseudo, REPLY, **REPLIED).status_code == 303
    asked = pseudo.test_client().get(f"/fr{link(box)}")
    assert leaks(asked.text, NAMES) == set()
    assert pseudo.test_client().post(link(box)).status_code == 303
    for step in ("review", "answered", "declined", "accepted"):
        if step != "review":
            store.answer_filing(1, step, SAYS, 2_000_000_000)
        for path in ("/fr/corrections", "/fr/corrections/1"):
            shown = pseudo.test_client().get(path)
            assert shown.status_code == 200
            assert leaks(shown.text, NAMES) == set()


@pytest.fixture
def store(mail_store: Store) -> Store:
    return mail_store


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("fr", "Confirmez ce que vous avez déposé", "dans les 48 heures"),
        ("ro", "Confirmați ce ați depus", "în cel mult 48 de ore"),
        ("pt", "Confirme o que apresentou", "no prazo de 48 horas"),
    ],
)
def test_who_files_in_a_language_is_answered_in_it(
    app: Flask, box: Postbox, language: str, subject: str, words: str
) -> None:
    sent = post(app, f"/{language}{REPLY}", **REPLIED)
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"/{language}/corrections/sent"
    assert checked(app.test_client().get(sent.headers["Location"])).html
    assert box.mails[0]["Subject"] == subject
    assert words in " ".join(box.mails[0].get_content().split())
    assert link(box).startswith(f"/{language}/corrections/confirm/")
    assert checked(app.test_client().get(link(box))).html["lang"] == language
    done = app.test_client().post(link(box))
    assert done.headers["Location"] == f"/{language}/corrections/1"
    assert getter(app)(f"/{language}/corrections/1").html["lang"] == language
    again = app.test_client().post(link(box))
    assert again.status_code == 404
    assert checked(again).html["lang"] == language


@pytest.mark.parametrize("language", OTHERS)
def test_who_watches_in_a_language_is_answered_in_it(
    app: Flask, box: Postbox, store: Store, language: str, tmp_path
) -> None:
    page = getter(app)(f"/{language}/brands/northwind-air")
    assert page.select(f'a[href="/{language}{WATCH}"]')
    assert page.select(f'a[href="/{language}{REPLY}"]')
    sent = post(app, f"/{language}{WATCH}", **WATCHED)
    assert sent.headers["Location"] == f"/{language}/watch/sent{OF}"
    assert "Somebody" not in box.mails[0].get_content()
    assert link(box).startswith(f"/{language}/watch/confirm/")
    done = app.test_client().post(link(box))
    assert done.headers["Location"] == f"/{language}/watch/done{OF}"
    key = Settings(var=tmp_path, database_url="").key
    (one,) = subscriptions(store)
    assert one.language == language
    stop = f"/{language}/watch/stop/{stop_token(key, one.ident)}"
    assert getter(app)(stop).html["lang"] == language
    stopped = app.test_client().post(stop)
    assert stopped.status_code == 200
    assert checked(stopped).html["lang"] == language


def subscriptions(store: Store) -> list:
    from sqlmodel import select

    from model.notices import Subscription

    with store._database.reading() as session:
        return list(session.exec(select(Subscription)))


def test_a_form_leads_to_itself_in_other_languages(app: Flask) -> None:
    page = getter(app)(f"/fr{ASK}?name=Acme+%26+Sons")
    links = {tag["hreflang"]: tag["href"] for tag in page.select("nav.languages a")}
    assert links["en"] == f"{ASK}?name=Acme%20%26%20Sons"
    for address in links.values():
        there = getter(app)(address)
        assert there.select("#name")[0]["value"] == "Acme & Sons"


def test_a_webhooks_key_is_shown_in_the_language(app: Flask, box: Postbox) -> None:
    hook = {
        "by": "webhook",
        "email": "it@northwind.example",
        "url": "https://hooks.northwind.example/answerable",
    }
    assert post(app, f"/fr{WATCH}", **hook).status_code == 303
    done = checked(app.test_client().post(link(box)))
    assert done.select("pre.code")
    assert done.html["lang"] == "fr"
    links = {tag["hreflang"]: tag["href"] for tag in done.select("nav.languages a")}
    assert links["en"] == f"/watch/done{OF}"  # the key is shown only once
