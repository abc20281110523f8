"""Where readers may write: filings for the docket, and (``watching``) who is told.

No form has a session, a cookie or a script. What keeps machines out: a field that
people do not see, a signed moment at which the form was opened, limits by reader and by
address written to, and a mail whose link leads to a button. No third party is asked.
"""

import logging
import time
from collections.abc import Callable
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Flask, redirect, request
from itsdangerous import BadSignature, TimestampSigner
from limits import RateLimitItemPerDay, RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.wrappers import Response

import mail
from model.docket import Filing, State
from settings import Settings
from store import BrandSite, FullDocket
from web import forms, tongue
from web.api.limiting import reader
from web.desk import Desk
from web.errors import NotHere
from web.forms import Filled
from web.pages import Page
from web.query import Query
from web.shelf import Entry
from web.source import Library, Reader
from web.tongue import mark, t
from web.views import filing as pages

log = logging.getLogger(__name__)

LARGEST = 64 * 1024
"""Bytes of a form; the longest text in any script is a quarter of it."""
MOST_FIELDS = 20
FASTEST_S = 3.0
SLOWEST_S = 12 * 3_600
LINK_S = 48 * 3_600
PER_READER = RateLimitItemPerHour(6)
PER_ADDRESS = RateLimitItemPerDay(3)

MAIL = (
    mark("Somebody, probably you, has filed this with Answerable about %(brand)s."),
    mark(
        "To put it on the public docket, open this page and press the button on it,"
        " within 48 hours:"
    ),
    "%(link)s",
    mark(
        "If it was not you, do nothing: it is erased, and we do not keep your address."
    ),
)
"""Paragraphs."""


class Site(Protocol):
    """What is needed of the site."""

    public: str

    def library(self) -> Library: ...
    def desk(
        self,
        path: str = "/",
        asked: Query | None = None,
        pinned: str | None = None,
        language: str = tongue.ENGLISH,
    ) -> Desk: ...


UNSENT = mark("The mail could not be sent just now. Try again in a few minutes")

Render = Callable[..., Entry]
Answer = Entry | Response


class Office:
    """What all forms of one process share."""

    def __init__(self, settings: Settings, site: Site) -> None:
        self.settings = settings
        self._site = site
        self._counted = MovingWindowRateLimiter(MemoryStorage())

    @property
    def off(self) -> str:
        """Why nothing can be filed here; ''."""
        ours = self.settings
        if not (ours.smtp_host and ours.mail_from and self._site.public):
            why = t("Nothing can be filed here, for this site sends no mail.")
            return f"{why} {self._else}"
        if self._site.library().measured is None:
            why = t("Nothing has been measured here, so nothing can be wrong.")
            return f"{why} {self._else}"
        return ""

    @property
    def _else(self) -> str:
        if not self.settings.contact:
            return t("Whoever runs it has left no address either.")
        return t(
            "Write to whoever runs it: %(contact)s.", contact=self.settings.contact
        )

    def reader(self) -> Reader:
        """Raises NotHere where nothing was measured."""
        found = self._site.library().measured
        if found is None:
            raise NotHere(t("Nothing has been measured here."))
        return found

    def known(self, slug: str) -> BrandSite | None:
        """A brand that we watch, or None."""
        measured = self._site.library().measured
        return None if measured is None else measured.brand_site(slug)

    def brand(self, slug: str) -> BrandSite:
        """Raises NotHere."""
        found = self.known(slug)
        if found is None:
            raise NotHere(
                t("There is no brand “%(name)s” in our list.", name=slug[:40])
            )
        return found

    def began(self) -> str:
        return self._signer().sign("form").decode()

    def too_soon(self, began: str) -> str:
        """What is wrong with the moment at which the form was opened; ''."""
        try:
            _, at = self._signer().unsign(began, SLOWEST_S, return_timestamp=True)
        except BadSignature:
            return t("The page was open for too long. Send it once more")
        if time.time() - at.timestamp() < FASTEST_S:
            return t("That was faster than a person types. Send it once more")
        return ""

    def is_ours(self) -> bool:
        return ours(self._site.public)

    def may_mail(self, address: str) -> bool:
        """Whether this reader may have this address written to once more."""
        who = reader(request.remote_addr or "")
        to = sha256(address.lower().encode()).hexdigest()
        free = self._counted.test(PER_READER, "reader", who) and self._counted.test(
            PER_ADDRESS, "address", to
        )
        if free:
            self._counted.hit(PER_READER, "reader", who)
            self._counted.hit(PER_ADDRESS, "address", to)
        return free

    def take(self, filled: Filled, brand: BrandSite | None) -> str:
        """Keeps it and sends the link; what went wrong, or ''."""
        token, now, kept = token_urlsafe(32), int(time.time()), self.reader()
        own = forms.site_of(brand.website) if brand else ""
        made = Filing(
            kind=filled.kind,
            brand=brand.slug if brand else "",
            name=brand.name if brand else filled.name,
            domain=filled.domain,
            known_domain=bool(own),
            text=filled.text,
            state=State.UNCONFIRMED,
            token=hashed(token),
            expires_at=now + LINK_S,
            made_at=now,
        )
        try:
            ident = kept.file(made)
        except FullDocket:
            return t("Too many filings wait to be confirmed. Try again tomorrow")
        about = brand.name if brand else t("a brand that we should watch")
        link = self._site.public + here(f"/corrections/confirm/{token}")
        text = mail.laid(t(each, brand=about, link=link) for each in MAIL)
        try:
            mail.send(self.settings, filled.address, t("Confirm what you filed"), text)
        except mail.MailFailed as problem:
            kept.withdraw(ident)
            log.warning("%s", problem)
            return t(UNSENT)
        return ""

    def _signer(self) -> TimestampSigner:
        return TimestampSigner(self.settings.key, salt="answerable form")


def hashed(token: str) -> str:
    """What is kept of a token: who reads the database cannot confirm anything."""
    return sha256(token.encode()).hexdigest()


def here(path: str) -> str:
    """A form's address in the language of the page that is made."""
    return tongue.at(tongue.language(), path)


def at_desk(site: Site, path: str = "", asked: Query | None = None) -> Desk:
    """For a form: it is of no edition, and in the language that its address names."""
    language, own = tongue.split(request.path)
    return site.desk(path or own, asked, None, language)


def put(app: Flask, rule: str, view: Callable[..., Any], *methods: str) -> None:
    """A view under its address in every language. All that it says, mails and the
    words of errors included, is in that of the address."""

    def spoken(**path: str) -> Any:
        language, _ = tongue.split(request.path)
        with tongue.speaking(language):
            return view(**path)

    for language in tongue.NAMES:
        app.add_url_rule(
            tongue.at(language, rule),
            f"form {language} {rule}",
            spoken,
            methods=methods,
            provide_automatic_options=False,
        )


def add(app: Flask, site: Site, settings: Settings, render: Render) -> Office:
    """Puts the forms and the page behind the mail's link under their addresses."""
    office = Office(settings, site)

    def reply(slug: str) -> Answer:
        return _form(office, site, render, office.brand(slug))

    def ask() -> Answer:
        return _form(office, site, render, None)

    def sent() -> Answer:
        return shown(render, pages.sent(at_desk(site)))

    def confirm(token: str) -> Answer:
        return _confirm(office, site, render, token)

    put(app, "/brands/<slug:slug>/reply", reply, "GET", "POST")
    put(app, "/corrections/ask", ask, "GET", "POST")
    put(app, "/corrections/confirm/<slug:token>", confirm, "GET", "POST")
    put(app, "/corrections/sent", sent, "GET")
    return office


def shown(render: Render, page: Page, status: str = "200 OK", **how: Any) -> Entry:
    return render(page, status=status, cache="no-store", **how)


def _form(
    office: Office, site: Site, render: Render, brand: BrandSite | None
) -> Answer:
    desk, off = at_desk(site), office.off
    if off:
        page = pages.form(desk, brand, Filled(), "", off=off)
        return shown(render, page, "200 OK" if request.method == "GET" else REFUSED)
    if request.method == "GET":
        named = forms.line(request.args.get("name", ""))[: forms.LONGEST_NAME]
        desk = at_desk(site, asked={"name": named})
        return shown(
            render, pages.form(desk, brand, Filled(name=named), office.began())
        )
    given = typed()
    if given.get(forms.TRAP):
        return redirect(here("/corrections/sent"), 303)  # a machine learns nothing
    filled = forms.read(given, None if brand is None else brand.website)
    status, problem = _filed(office, filled, given.get("began", ""), brand)
    if status:
        page = pages.form(desk, brand, filled, office.began(), problem)
        return shown(render, page, status)
    return redirect(here("/corrections/sent"), 303)


REFUSED = "403 Forbidden"
WRONG = "422 Unprocessable Content"
TOO_MANY = "429 Too Many Requests"
BROKEN = "503 Service Unavailable"


def _filed(
    office: Office, filled: Filled, began: str, brand: BrandSite | None
) -> tuple[str, str]:
    """The status and the problem of what could not be filed; '' and '' when it was."""
    return judged(
        office,
        bool(filled.errors),
        began,
        lambda: filled.address,
        lambda: office.take(filled, brand),
    )


def judged(
    office: Office,
    mistaken: bool,
    began: str,
    address: Callable[[], str],
    take: Callable[[], str],
) -> tuple[str, str]:
    """What is held against every form before its mail: the status and the problem of
    what could not be taken; '' and '' when it was."""
    if not office.is_ours():
        return REFUSED, t(
            "This was sent from another site. Send it once more from here"
        )
    problem = "" if mistaken else office.too_soon(began)
    if problem or mistaken:
        return WRONG, problem
    if not office.may_mail(address()):
        return TOO_MANY, t("Too many mails were asked for. Try again tomorrow")
    problem = take()
    return (BROKEN, problem) if problem else ("", "")


def _confirm(office: Office, site: Site, render: Render, token: str) -> Answer:
    """Raises NotHere: unknown, used, expired."""
    now, kept = int(time.time()), office.reader()
    gone = t("This link was used before, or is older than 48 hours. File it again.")
    if request.method == "GET":
        found = kept.waiting(hashed(token), now)
        if found is None:
            raise NotHere(gone)
        page = pages.confirm(at_desk(site), found.kind, found.name)
        return shown(render, page)
    typed()
    number = kept.confirm(hashed(token), now) if ours(site.public) else None
    if number is None:
        raise NotHere(gone)
    return redirect(here(f"/corrections/{number}"), 303)


def typed() -> dict[str, str]:
    """What was sent, if it is not too large. Raises RequestEntityTooLarge."""
    request.max_content_length = LARGEST
    request.max_form_memory_size = LARGEST
    request.max_form_parts = MOST_FIELDS
    return request.form.to_dict()


def ours(public: str) -> bool:
    """Whether a browser says that our own page sent it; old ones say nothing."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    known = {request.host, urlsplit(public).netloc} - {""}
    return origin is None or origin.partition("://")[2] in known
