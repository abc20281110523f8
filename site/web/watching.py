"""Where readers ask to be told when a brand moves, and where they stop.

As with filings (``filing``): a mail whose link leads to a button comes first, and
nothing here has a session, a cookie or a script. What an address watches is shown to
nobody, not even to whoever types it: the answer is the same in every case.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe
from urllib.parse import urlencode, urlsplit

from flask import Flask, redirect, request

import mail
from model.notices import By, Subscription, hook_key, ident_of, spelled
from settings import PORTS
from store import BrandSite, FullList
from web import filing, forms
from web.desk import Desk
from web.errors import NotHere
from web.filing import Answer, Office, Render, Site, at_desk, here, put, shown, typed
from web.tongue import language, mark, number, t
from web.views import watch as pages

log = logging.getLogger(__name__)

LONGEST_URL = 500

ASKED = {
    By.MAIL: mark(
        "Somebody, probably you, asked Answerable to tell this address when %(brand)s"
        " moves in our figures by more than chance does."
    ),
    By.HOOK: mark(
        "Somebody, probably you, asked Answerable to tell a webhook at the domain of"
        " this address when %(brand)s moves in our figures by more than chance does."
    ),
}
MAIL = (
    mark("To say yes, open this page and press the button on it, within 48 hours:"),
    "%(link)s",
    mark(
        "If it was not you, do nothing: you are told nothing, and your address is"
        " erased."
    ),
)
"""Paragraphs, below the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was typed, cleaned, and what is wrong with it by field."""

    by: str = By.MAIL.value
    email: str = ""
    url: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where mail is sent: with the domain as servers spell it."""
        return f"{self.email.rpartition('@')[0]}@{forms.domain_of(self.email)}"

    @property
    def target(self) -> str:
        return self.url if self.by == By.HOOK else self.address


def read(given: Mapping[str, str], hosts: frozenset[str]) -> Wanted:
    """``hosts``: that webhooks may reach although they are not public."""
    wanted = Wanted(
        by=given.get("by", ""),
        email=forms.line(given.get("email", ""))[: forms.LONGEST_ADDRESS + 1],
        url=given.get("url", "").strip()[: LONGEST_URL + 1],
    )
    domain = forms.domain_of(wanted.email)
    if wanted.by not in {each.value for each in By}:
        wanted.errors["by"] = t("Choose how you want to be told")
    if not domain:
        wanted.errors["email"] = t(forms.ADDRESS)
    elif wanted.by == By.HOOK and (wrong := _wrong(wanted.url, domain, hosts)):
        wanted.errors["url"] = wrong
    return wanted


def _wrong(url: str, domain: str, hosts: frozenset[str]) -> str:
    """What is wrong with the address of a webhook; ''. Only at the domain whose mail
    is read can somebody ask for it: nobody has a stranger called."""
    if not url:
        return t("Enter the address of the webhook")
    plain = url.isascii() and url.isprintable() and not set(url) & set(' "<>\\^`{|}')
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        plain, host, port = False, "", 0
    if not plain or not host or len(url) > LONGEST_URL:
        return t(
            "Enter an address of at most %(most)s plain characters",
            most=number(LONGEST_URL),
        )
    if {host, f"{host}:{port}"} & hosts:
        return ""
    if parts.scheme != "https" or parts.username is not None or parts.fragment:
        return t("Enter an address that begins with https:// and names no user")
    if not forms.belongs(host, domain):
        return t(
            "Enter an address at %(domain)s, or below it, as your e-mail is",
            domain=domain,
        )
    return ""


def add(app: Flask, site: Site, office: Office, render: Render) -> None:
    """Puts the form, and the pages behind the mails' links, under their addresses."""

    def watch(slug: str) -> Answer:
        return _form(office, site, render, office.brand(slug))

    def sent() -> Answer:
        brand = _named(office)
        return shown(render, pages.sent(_desk(site, brand), brand))

    def done() -> Answer:
        brand = _named(office)
        return shown(render, pages.done(_desk(site, brand), brand))

    def confirm(token: str) -> Answer:
        return _confirm(office, site, render, token)

    def stop(token: str) -> Answer:
        return _stop(office, site, render, token)

    put(app, "/brands/<slug:slug>/watch", watch, "GET", "POST")
    put(app, "/watch/sent", sent, "GET")
    put(app, "/watch/done", done, "GET")
    put(app, "/watch/confirm/<slug:token>", confirm, "GET", "POST")
    put(app, "/watch/stop/<slug:token>", stop, "GET", "POST")


def _form(office: Office, site: Site, render: Render, brand: BrandSite) -> Answer:
    desk, off = at_desk(site), office.off
    if off:
        page = pages.form(desk, brand, Wanted(), "", off=off)
        return shown(
            render, page, "200 OK" if request.method == "GET" else filing.REFUSED
        )
    if request.method == "GET":
        return shown(render, pages.form(desk, brand, Wanted(), office.began()))
    given = typed()
    if given.get(forms.TRAP):
        return redirect(_of("/watch/sent", brand.slug), 303)  # a machine learns nothing
    wanted = read(given, office.settings.hook_hosts)
    status, problem = filing.judged(
        office,
        bool(wanted.errors),
        given.get("began", ""),
        lambda: wanted.address,
        lambda: _take(office, site, wanted, brand),
    )
    if status:
        page = pages.form(desk, brand, wanted, office.began(), problem)
        return shown(render, page, status)
    return redirect(_of("/watch/sent", brand.slug), 303)


def _of(path: str, brand: str) -> str:
    """A page that says what happened, from where one goes back to the brand."""
    return f"{here(path)}?{urlencode({'brand': brand})}"


def _desk(site: Site, brand: BrandSite | None, path: str = "") -> Desk:
    """Its page in another language names the brand too."""
    return at_desk(site, path, {"brand": brand.slug} if brand else None)


def _named(office: Office) -> BrandSite | None:
    """The brand that the address names, or None: anybody can change an address."""
    return office.known(request.args.get("brand", ""))


def _take(office: Office, site: Site, wanted: Wanted, brand: BrandSite) -> str:
    """Keeps it and sends the link; what went wrong, or ''."""
    token, now, kept = token_urlsafe(32), int(time.time()), office.reader()
    made = Subscription(
        ident=token_urlsafe(16),
        by=wanted.by,
        target=wanted.target,
        brand=brand.slug,
        language=language(),
        token=filing.hashed(token),
        expires_at=now + filing.LINK_S,
        made_at=now,
    )
    try:
        room = kept.subscribe(made)
    except FullList:
        return t("Too many wait to be confirmed. Try again tomorrow")
    if not room:
        return ""  # who has enough of them is not told to whoever types the address
    link = site.public + here(f"/watch/confirm/{token}")
    said = (ASKED[By(wanted.by)], *MAIL)
    text = mail.laid(t(each, brand=brand.name, link=link) for each in said)
    try:
        mail.send(office.settings, wanted.address, t("Confirm that you watch"), text)
    except mail.MailFailed as problem:
        kept.unsubscribe(made.ident)
        log.warning("%s", problem)
        return t(filing.UNSENT)
    return ""


def _confirm(office: Office, site: Site, render: Render, token: str) -> Answer:
    """Raises NotHere: unknown, used, expired."""
    now, kept = int(time.time()), office.reader()
    gone = t("This link was used before, or is older than 48 hours. Ask for it again.")
    if request.method == "GET":
        found = kept.asked_for(filing.hashed(token), now)
        if found is None:
            raise NotHere(gone)
        return shown(render, pages.confirm(at_desk(site), _name(office, found)))
    typed()
    done = None
    if office.is_ours():
        done = kept.confirm_subscription(filing.hashed(token), now)
    if done is None:
        raise NotHere(gone)
    if done.by == By.HOOK:  # shown once, and never sent by mail
        secret = spelled(hook_key(office.settings.key, done.ident))
        brand = office.known(done.brand)
        desk = _desk(site, brand, "/watch/done")
        return shown(render, pages.done(desk, brand, secret))
    return redirect(_of("/watch/done", done.brand), 303)


def _name(office: Office, found: Subscription) -> str:
    brand = office.reader().brand_site(found.brand)
    return found.brand if brand is None else brand.name


def _stop(office: Office, site: Site, render: Render, token: str) -> Answer:
    """The link itself is the right to: providers of mail press the button for their
    users, from their own servers (RFC 8058), and may press it twice. Raises NotHere.
    """
    ident = ident_of(office.settings.key, token)
    if not ident:
        raise NotHere(t("This is no link of ours. Copy all of it from the mail."))
    desk = at_desk(site)
    if request.method == "GET":
        return shown(render, pages.stop(desk))
    typed()
    office.reader().unsubscribe(ident)
    return shown(render, pages.stopped(desk))
