"""The forms of the docket as pages: /brands/<slug>/reply and /corrections/ask."""

from model.docket import Asked
from store import BrandSite
from web import forms
from web.desk import Desk
from web.forms import Filled
from web.pages import ConfirmPage, Field, FilePage
from web.parts import Link, Option
from web.tongue import mark, number, t
from web.views.corrections import KINDS, crumb

REPLY = mark(
    "What you file is public at /corrections: its kind, your brand, when, and what we"
    " answered. What you write below is public once we have read and accepted it. We"
    " send a link to your address to see that it is yours, and do not keep the address."
)
ASK = mark(
    "Tell us of a brand that we should watch, whether it is yours or you are its"
    " customer. We send a link to your address to see that somebody reads it, and do"
    " not keep the address."
)
HINTS = {
    Asked.REPLY: mark("Right of reply: your words beside our figures"),
    Asked.ACCOUNT: mark(
        "Wrong account: an account listed here is not yours, or one is missing"
    ),
    Asked.NOT_COMPLAINT: mark(
        "This is not a complaint: messages counted as complaints or questions are"
        " something else"
    ),
    Asked.WATCH: mark("Ask us to watch: another place where people write to you"),
}


def form(
    desk: Desk,
    brand: BrandSite | None,
    filled: Filled,
    began: str,
    problem: str = "",
    off: str = "",
) -> FilePage:
    """``brand`` None: the form for a brand that we do not have."""
    title = t("Ask us to watch a brand")
    back = crumb(desk)
    if brand:
        title = t("Reply for %(brand)s", brand=brand.name)
        back = Link(brand.name, desk.url(f"/brands/{brand.slug}"))
    return FilePage(
        frame=desk.frame(),
        title=title,
        description=t("File a reply or a correction; it is confirmed by e-mail."),
        hidden=True,
        crumb=back,
        lede=t(REPLY if brand else ASK),
        off=off,
        problem=problem,
        fields=() if off else _fields(brand, filled),
        trap=forms.TRAP,
        began=began,
    )


def _fields(brand: BrandSite | None, filled: Filled) -> tuple[Field, ...]:
    first = _kinds(filled) if brand else _name(filled)
    return first, _email(brand, filled), _text(filled)


def _kinds(filled: Filled) -> Field:
    return Field(
        name="kind",
        label=t("What is this about?"),
        hint=t("Choose one."),
        value="",
        error=filled.errors.get("kind", ""),
        kind="choice",
        options=tuple(
            Option(value=kind, text=t(HINTS[Asked(kind)]), chosen=filled.kind == kind)
            for kind in KINDS
        ),
    )


def _name(filled: Filled) -> Field:
    return Field(
        name="name",
        label=t("Name of the brand"),
        hint=t("As people know it."),
        value=filled.name,
        error=filled.errors.get("name", ""),
        kind="line",
        most=forms.LONGEST_NAME,
    )


def _email(brand: BrandSite | None, filled: Filled) -> Field:
    own = forms.site_of(brand.website) if brand else ""
    hint = t("We write to it once.")
    if own:
        hint = t("It must be at %(domain)s.", domain=own)
    return Field(
        name="email",
        label=t("Your e-mail address"),
        hint=hint,
        value=filled.email,
        error=filled.errors.get("email", ""),
        kind="email",
        most=forms.LONGEST_ADDRESS,
    )


def _text(filled: Filled) -> Field:
    return Field(
        name="text",
        label=t("What do you have to say?"),
        hint=t(
            "Plain text, with addresses of accounts or messages where you have them. No"
            " names of people, please. %(most)s characters at most.",
            most=number(forms.LONGEST),
        ),
        value=filled.text,
        error=filled.errors.get("text", ""),
        kind="text",
    )


def sent(desk: Desk) -> ConfirmPage:
    return ConfirmPage(
        frame=desk.frame(),
        title=t("Look into your mail"),
        description=t("A link has been sent."),
        hidden=True,
        crumb=crumb(desk),
        says=t(
            "We have sent a link to the address you gave. What you filed is on the"
            " docket when you have followed it, within 48 hours. If nothing comes, look"
            " whether the address was right, and file it again."
        ),
        button="",
    )


def confirm(desk: Desk, kind: str, name: str) -> ConfirmPage:
    return ConfirmPage(
        frame=desk.frame(),
        title=t("Put it on the docket?"),
        description=t("Confirm a filing."),
        hidden=True,
        crumb=crumb(desk),
        says=t(
            "%(kind)s, about %(brand)s. It becomes public when you press the button.",
            kind=t(KINDS[kind]),
            brand=name,
        ),
        button=t("Put it on the docket"),
    )
