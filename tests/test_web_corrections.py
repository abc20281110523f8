"""The docket: filed by form, confirmed by mail, decided by the operator, public."""

import re
import ssl
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

import cli
import mail
from fixtures_mail import SITE, configured
from fixtures_web import Get, checked, fill, getter
from settings import Settings
from smtp_server import Postbox, postbox
from store import Store
from web import filing, forms

pytestmark = pytest.mark.slow  # databases and mail servers of their own

SAYS = "We answered every one of these by telephone; please say so on the page."
REPLY = "/brands/northwind-air/reply"
GIVEN = {"kind": "reply", "email": "press@northwind.example", "text": SAYS}


@pytest.fixture
def store(mail_store: Store) -> Store:
    return mail_store


@pytest.fixture
def app(mail_app: Flask) -> Flask:
    return mail_app


def began(app: Flask, path: str = REPLY) -> str:
    (hidden,) = getter(app)(path).select("input[name=began]")
    return str(hidden["value"])


def post(
    app: Flask, path: str = REPLY, how: dict[str, str] | None = None, **typed: str
) -> TestResponse:
    data = {**GIVEN, "began": began(app, path), **typed}
    return app.test_client().post(path, data=data, headers=how or {})


def link(box: Postbox, at: int = -1) -> str:
    """The path in the newest mail."""
    text = box.mails[at].get_content()
    (found,) = re.findall(rf"{re.escape(SITE)}(/corrections/confirm/\S+)", text)
    return str(found)


def filed(app: Flask, box: Postbox, **typed: str) -> str:
    """Files, follows the link, presses the button; the address of the filing."""
    assert post(app, **typed).status_code == 303
    done = app.test_client().post(link(box))
    assert done.status_code == 303
    return done.headers["Location"]


def refresh(app: Flask) -> None:
    """As if the two seconds were over after which a new edition is looked for."""
    app.extensions["answerable"].source._due = float("-inf")


def wrong(response: TestResponse, status: int = 422) -> tuple[str, BeautifulSoup]:
    assert response.status_code == status
    page = checked(response)
    (said,) = page.select(".wrong")
    return said.text, page


def test_a_brand_replies_and_sees_it_on_the_docket(app: Flask, box: Postbox, store):
    page = getter(app)("/brands/northwind-air")
    (form,) = page.select(f'a[href="{REPLY}"]')
    assert form.text == "Reply, or ask us to correct it"
    card = app.test_client().get("/brands/northwind-air/card.png").data
    sent = post(app)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/corrections/sent")
    assert "48 hours" in getter(app)("/corrections/sent").text
    assert box.recipients == ["press@northwind.example"]
    assert box.mails[0]["From"] == "docket@answerable.example"
    assert box.mails[0]["Auto-Submitted"] == "auto-generated"
    assert "Northwind Air" in box.mails[0].get_content()
    assert "Nothing has been filed." in getter(app)("/corrections").text

    button = getter(app)(link(box))  # as a mail scanner does: it confirms nothing
    assert button.select("form[method=post] button")
    assert store.docket() == []
    done = app.test_client().post(link(box))
    assert (done.status_code, done.headers["Location"]) == (303, "/corrections/1")
    shown = getter(app)("/corrections/1").text
    assert "Under review" in shown
    assert "the brand’s own domain" in shown
    assert SAYS not in shown
    listed = getter(app)("/corrections")
    assert "We have answered 0 of 1 filing." in listed.text.replace("\xa0", " ")
    assert listed.select('a[href="/corrections/1"]')
    refresh(app)
    (says,) = getter(app)("/brands/northwind-air").select("#disputed")
    assert "disputes" in says.text
    drawn = app.test_client().get("/brands/northwind-air/waits.svg").text
    assert f"Disputed by Northwind Air: {SITE}/corrections" in drawn
    assert app.test_client().get("/brands/northwind-air/card.png").data != card
    other = app.test_client().get("/brands/sly-air/waits.svg")
    assert other.status_code == 200
    assert "disputes" not in other.text
    assert says.select('a[href="/corrections/1"]')
    assert not getter(app)("/brands/sly-air").select("#disputed")


def test_a_link_serves_once(app: Flask, box: Postbox) -> None:
    filed(app, box)
    gone = getter(app)(link(box), 404)
    assert "used before" in gone.text
    assert app.test_client().post(link(box)).status_code == 404
    assert getter(app)("/corrections/confirm/" + "a" * 43, 404)
    assert getter(app)("/corrections/2", 404)


def test_a_link_ends(app: Flask, box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "LINK_S", 0)
    post(app)
    assert app.test_client().post(link(box)).status_code == 404


def test_what_is_kept_holds_no_address_and_no_token(
    app: Flask, box: Postbox, store: Store, tmp_path: Path
) -> None:
    post(app, email="jane.roe@press.northwind.example")
    token = link(box).rpartition("/")[2]
    app.test_client().post(link(box))
    assert store.docket()[0].domain == "press.northwind.example"
    held = b"".join(path.read_bytes() for path in tmp_path.glob("answerable.db*"))
    assert b"press.northwind.example" in held
    assert b"jane.roe" not in held
    assert token.encode() not in held


@pytest.mark.parametrize(
    ("typed", "says", "field"),
    [
        ({"kind": ""}, "Choose what this is about", "reply"),
        ({"kind": "nonsense"}, "Choose what this is about", "reply"),
        ({"email": ""}, "Enter an e-mail address", "email"),
        ({"email": "press"}, "like press@brand.example", "email"),
        ({"email": "a@b@northwind.example"}, "like press@brand.example", "email"),
        ({"email": "a@northwind.example\nBcc: b@c.example"}, "like press", "email"),
        ({"email": "a@other.example"}, "address at northwind.example", "email"),
        ({"email": "a@evilnorthwind.example"}, "address at northwind.ex", "email"),
        ({"email": "a@northwind.example.evil.example"}, "address at north", "email"),
        ({"text": ""}, "Enter what you have to say", "text"),
        ({"text": "too short"}, "20 characters or more", "text"),
        ({"text": "x" * 4_001}, "4,000 characters or fewer", "text"),
    ],
)
def test_mistakes_are_named_where_they_are(
    app: Flask, box: Postbox, typed: dict[str, str], says: str, field: str
) -> None:
    said, page = wrong(post(app, **typed))
    assert says in said
    assert page.select(f'.wrong a[href="#{field}"]')
    assert says in page.select(".mistake")[0].text
    assert box.mails == []
    if "text" not in typed:  # what was right is still there
        assert page.select("textarea")[0].text.strip() == SAYS


def test_what_was_typed_is_printed_as_text(app: Flask, box: Postbox, store) -> None:
    script = "<script>alert(1)</script> & \x00 more words of ours"
    _, page = wrong(post(app, text=script, email=""))
    assert page.select("textarea")[0].text.strip().startswith("<script>")
    at = filed(app, box, text=script)
    store.answer_filing(1, "accepted", "<b>Yes</b>", 2_000_000_000)
    shown = getter(app)(at)
    assert shown.select(".filed")[0].text.startswith("<script>alert(1)")
    assert "<b>Yes</b>" in shown.text
    theirs = [each.text for each in shown.select('p[lang=""]')]
    assert len(theirs) == 2, "nobody knows in which language others write"
    assert theirs[1] == "<b>Yes</b>"


def test_a_brand_that_we_do_not_have_can_be_asked_for(
    app: Flask, box: Postbox, store: Store
) -> None:
    path = "/corrections/ask"
    said, _ = wrong(post(app, path, name=""))
    assert "Enter the name of the brand" in said
    said, _ = wrong(post(app, path, name="x" * 101))
    assert "100 characters or fewer" in said
    name = "Acme Buy-Cheap Pills"
    assert post(app, path, name=name, email="a@mail.example").status_code == 303
    assert name not in box.mails[0].get_content()  # nobody sends words through us
    app.test_client().post(link(box))
    for page in ("/corrections", "/corrections/1"):
        shown = getter(app)(page).text
        assert "a brand that is not in our list" in shown
        assert name not in shown
    store.answer_filing(1, "accepted", "", 2_000_000_000)
    assert name in getter(app)("/corrections/1").text
    (only,) = store.docket()
    assert (only.kind, only.brand, only.known_domain) == ("watch", "", False)


def test_machines_are_kept_out(
    app: Flask, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    trapped = post(app, **{forms.TRAP: "https://spam.example"})
    assert trapped.headers["Location"] == "/corrections/sent"
    assert "open for too long" in wrong(post(app, began="forged"))[0]
    monkeypatch.setattr(filing, "FASTEST_S", 3.0)
    assert "faster than a person" in wrong(post(app))[0]
    monkeypatch.setattr(filing, "SLOWEST_S", -1)
    assert "open for too long" in wrong(post(app))[0]
    assert box.mails == []


@pytest.mark.parametrize(
    "how",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_cannot_file(app: Flask, box: Postbox, how: dict[str, str]) -> None:
    assert "another site" in wrong(post(app, how=how), 403)[0]
    post(app)
    assert app.test_client().post(link(box), headers=how).status_code == 404
    assert app.test_client().post(link(box)).status_code == 303


@pytest.mark.parametrize("origin", [SITE, "http://localhost"])
def test_our_own_pages_can(app: Flask, box: Postbox, origin: str) -> None:
    how = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    assert post(app, how=how).status_code == 303


def test_one_address_is_not_written_to_again_and_again(
    app: Flask, box: Postbox
) -> None:
    for case in ("press", "Press", "PRESS"):
        assert post(app, email=f"{case}@northwind.example").status_code == 303
    assert "Too many" in wrong(post(app), 429)[0]
    assert post(app, email="other@northwind.example").status_code == 303
    assert len(box.mails) == 4


def test_one_reader_files_only_so_often(app: Flask, box: Postbox) -> None:
    for n in range(6):
        assert post(app, email=f"a{n}@northwind.example").status_code == 303
    assert "Too many" in wrong(post(app, email="a7@northwind.example"), 429)[0]


def test_what_is_too_large_is_not_read(app: Flask, box: Postbox) -> None:
    big = post(app, text="x" * 70_000)
    assert big.status_code == 413
    assert "too much" in checked(big).text
    many = post(app, **{f"f{n}": "" for n in range(2_000)}, text="")
    assert many.status_code in (413, 422)


def test_a_server_that_takes_no_mail_leaves_nothing(
    app: Flask, box: Postbox, store: Store
) -> None:
    box.refusing = True
    assert "could not be sent" in wrong(post(app), 503)[0]
    with store._database.reading() as session:
        found = session.connection().exec_driver_sql("SELECT count(*) FROM filing")
        assert found.scalar() == 0


def test_a_docket_that_is_full_says_so(
    app: Flask, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.docket.MOST_UNCONFIRMED", 0)
    assert "Too many filings" in wrong(post(app), 503)[0]


@pytest.mark.parametrize("missing", ["smtp_host", "mail_from", "public_url"])
def test_without_mail_the_form_says_whom_to_write_to(
    store: Store, box: Postbox, tmp_path: Path, missing: str
) -> None:
    app = configured(tmp_path, box, **{missing: ""})
    page = getter(app)(REPLY)
    assert "sends no mail" in page.text
    assert "editor@answerable.example" in page.text
    assert not page.select("form[method=post]")
    refused = app.test_client().post(REPLY, data=GIVEN)
    assert refused.status_code == 403
    silent = configured(tmp_path, box, **{missing: "", "contact": ""})
    assert "left no address" in getter(silent)(REPLY).text


def test_the_sample_is_never_written(
    box: Postbox, tmp_path: Path, store: Store
) -> None:
    var = tmp_path / "other"
    made = Store(Settings(var=var, database_url="").sample_database)
    fill(made, sample=True)
    made.close()
    app = configured(var, box)
    assert not getter(app)("/brands/northwind-air").select(f'a[href="{REPLY}"]')
    assert getter(app)(REPLY, 404)
    assert "Nothing has been measured" in getter(app)("/corrections/ask").text
    assert "Nothing has been filed." in getter(app)("/corrections").text
    assert app.test_client().post("/corrections/confirm/x").status_code == 404
    assert not (var / "answerable.db").exists()


def test_a_brand_that_is_not_in_the_list_has_no_form(app: Flask) -> None:
    assert "no brand “nobody”" in getter(app)("/brands/nobody/reply", 404).text
    assert app.test_client().put(REPLY).status_code == 405


def test_the_site_without_anything_has_a_docket(empty: Flask) -> None:
    assert "Nothing has been filed." in getter(empty)("/corrections").text
    assert getter(empty)("/corrections/1", 404)


def test_the_docket_is_data(app: Flask, box: Postbox) -> None:
    filed(app, box)
    (row,) = app.test_client().get("/corrections.json").get_json()["rows"]
    assert (row["number"], row["kind"], row["state"]) == (1, "reply", "review")
    assert row["answered_at"] is None
    told = app.test_client().get("/corrections.csv").text
    assert told.startswith("number,kind,brand,state,filed_at")
    assert SAYS not in told


Answerable = Callable[..., str]


@pytest.fixture
def answerable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Answerable:
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path))
    monkeypatch.delenv("ANSWERABLE_DATABASE_URL", raising=False)

    def run(*typed: str, code: int = 0) -> str:
        assert cli.main(["corrections", *typed]) == code
        out, err = capsys.readouterr()
        return out + err

    return run


def test_the_operator_answers_and_decides(
    app: Flask, box: Postbox, answerable: Answerable
) -> None:
    assert answerable("list") == "Nothing waits for an answer.\n"
    assert answerable("list", "--all") == "The docket is empty.\n"
    at = filed(app, box)
    assert "Northwind Air (northwind.example, its own)" in answerable("list")
    assert SAYS in answerable("show", "1")
    assert "is answered" in answerable("answer", "1", "--text", "We are looking.")
    assert "We are looking." in getter(app)(at).text
    assert SAYS not in getter(app)(at).text
    assert "public now" in answerable("accept", "1")
    page = getter(app)(at)
    assert SAYS in page.text
    assert "We are looking." in page.text  # what we said last stays
    assert "is accepted" in answerable("answer", "1", "--text", "And it is mended.")
    assert answerable("list") == "Nothing waits for an answer.\n"
    assert "accepted" in answerable("list", "--all")
    assert "our answer: And it is mended." in answerable("show", "1")
    refresh(app)
    assert getter(app)("/brands/northwind-air").select("#disputed")
    assert "is declined" in answerable("decline", "1", "--text", "On reflection, no.")
    refresh(app)
    assert not getter(app)("/brands/northwind-air").select("#disputed")
    shown = getter(app)(at).text
    assert "is not published" in shown
    assert SAYS not in shown
    said = getter(app)("/corrections").text.replace("\xa0", " ")
    assert "We have answered 1 of 1 filing." in said
    assert "under 1 min" in said


def test_the_operator_is_told_what_is_wrong(answerable: Answerable) -> None:
    assert "there is no filing 7" in answerable("show", "7", code=1)
    assert "there is no filing 7" in answerable("accept", "7", code=1)
    assert "--text" in answerable("decline", "1", "--text", "  ", code=1)
    long = answerable("answer", "1", "--text", "x" * 5_001, code=1)
    assert "5000 characters" in long


def certificate(folder: Path) -> ssl.SSLContext:
    key, crt = folder / "key.pem", folder / "crt.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-keyout", key, "-out", crt, "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(crt, key)
    return context


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_out_encrypted_and_logged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    context = certificate(tmp_path)
    how = {"tls_context": context, "require_starttls": True}
    if tls == "tls":
        how = {"ssl_context": context}
    trusting = ssl.create_default_context(cafile=str(tmp_path / "crt.pem"))
    with postbox(**how) as box:
        ours = Settings(
            smtp_host="127.0.0.1", smtp_port=box.port, smtp_tls=tls,
            smtp_user="us", smtp_password=SecretStr("right"), mail_from="a@b.example",
        )  # fmt: skip
        with pytest.raises(mail.MailFailed, match="SSLCertVerificationError"):
            mail.send(ours, "c@d.example", "Hello", "Crédit")
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        mail.send(ours, "c@d.example", "Hello", "Crédit")
        assert box.mails[0].get_content().strip() == "Crédit"
        assert box.logins == [(b"us", b"right")]
        wrong = ours.model_copy(update={"smtp_password": SecretStr("wrong")})
        with pytest.raises(mail.MailFailed, match="SMTPAuthenticationError"):
            mail.send(wrong, "c@d.example", "Hello", "again")


def test_a_server_without_encryption_is_not_used_where_it_was_asked_for(
    box: Postbox,
) -> None:
    ours = Settings(smtp_host="127.0.0.1", smtp_port=box.port, mail_from="a@b.example")
    with pytest.raises(mail.MailFailed, match="SMTPNotSupportedError"):
        mail.send(ours, "c@d.example", "Hello", "text")
    assert box.mails == []


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@b.example", "b.example"),
        ("first.last+tag@B.Example", "b.example"),
        ("a@münchen.example", "xn--mnchen-3ya.example"),
        ("a@localhost", ""),
        ("a@127.0.0.1", ""),
        ("a@[127.0.0.1]", ""),
        ("a@-b.example", ""),
        ("a@b..example", ""),
        ("a.@b.example", ""),
        ("é@b.example", ""),
        ("a b@c.example", ""),
        ("@b.example", ""),
        ("a@", ""),
        ("a" * 65 + "@b.example", ""),
        ("a@" + "b" * 250 + ".example", ""),
    ],
)
def test_only_an_address_is_written_to(address: str, domain: str) -> None:
    assert forms.domain_of(address) == domain


def test_when_it_was_filed_is_public(app: Flask, box: Postbox, get: Get) -> None:
    at = filed(app, box)
    assert f"{datetime.now(UTC).year}" in getter(app)(at).text
    assert get("/").select('.foot__nav a[href="/corrections"]')


def test_forms_and_their_answers_are_kept_by_nobody(app: Flask, box: Postbox) -> None:
    client: FlaskClient = app.test_client()
    for path in (REPLY, "/corrections/ask", "/corrections/sent"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_where_a_brand_is_not_found_we_can_be_asked_to_watch_it(
    app: Flask, box: Postbox
) -> None:
    get = getter(app)
    nothing = get("/search?q=Acme+%26+%22Sons%22")
    (ask,) = nothing.select('a[href^="/corrections/ask?"]')
    form = get(str(ask["href"]))
    assert form.select("#name")[0]["value"] == 'Acme & "Sons"'
    assert not get("/search").select('a[href^="/corrections/ask"]')
    lost = get("/brands/acme", 404)
    assert lost.select('a[href="/corrections/ask"]')
    assert post(app, "/corrections/ask", name="Acme & Sons").status_code == 303
