"""/brands/<slug>/watch, and the pages behind its mails' links."""

from typing import Protocol

from model.notices import By
from store import BrandSite
from web import forms
from web.desk import Desk
from web.pages import ConfirmPage, Field, FilePage
from web.parts import Link, Option
from web.tongue import mark, t

LEDE = mark(
    "We write when an edition moves the brand’s score by more than chance does, and"
    " only once of the same move. Your address is used for nothing else, shown to"
    " nobody, and erased when you stop; every mail has a link for that."
)
HOW = {
    By.MAIL: mark("By e-mail"),
    By.HOOK: mark("By webhook: a signed request to an address of yours"),
}


class Wanted(Protocol):
    """What was typed so far."""

    @property
    def by(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def errors(self) -> dict[str, str]: ...


def form(
    desk: Desk,
    brand: BrandSite,
    wanted: Wanted,
    began: str,
    problem: str = "",
    off: str = "",
) -> FilePage:
    return FilePage(
        frame=desk.frame(),
        title=t("Watch %(brand)s", brand=brand.name),
        description=t("Be told when an edition moves this brand."),
        hidden=True,
        crumb=_page_of(desk, brand),
        lede=t(LEDE),
        off=off,
        problem=problem,
        fields=() if off else _fields(wanted),
        trap=forms.TRAP,
        began=began,
    )


def _fields(wanted: Wanted) -> tuple[Field, ...]:
    return (
        Field(
            name="by",
            label=t("How shall we tell you?"),
            hint=t("Choose one."),
            value="",
            error=wanted.errors.get("by", ""),
            kind="choice",
            options=tuple(
                Option(value=by.value, text=t(text), chosen=wanted.by == by)
                for by, text in HOW.items()
            ),
        ),
        Field(
            name="email",
            label=t("Your e-mail address"),
            hint=t(
                "We send a link to it first, to see that it is yours. For a webhook it"
                " is used for that alone."
            ),
            value=wanted.email,
            error=wanted.errors.get("email", ""),
            kind="email",
            most=forms.LONGEST_ADDRESS,
        ),
        Field(
            name="url",
            label=t("Address of the webhook"),
            hint=t(
                "Only for a webhook: https://, at the domain of your e-mail address."
            ),
            value=wanted.url,
            error=wanted.errors.get("url", ""),
            kind="url",
            most=500,
        ),
    )


def sent(desk: Desk, brand: BrandSite | None) -> ConfirmPage:
    says = t(
        "We have sent a link to the address you gave. You watch the brand when you"
        " have followed it, within 48 hours. If nothing comes, look whether the"
        " address was right, and ask again."
    )
    return _said(desk, t("Look into your mail"), says, brand=brand)


def confirm(desk: Desk, name: str) -> ConfirmPage:
    says = t(
        "You are told when an edition moves %(brand)s by more than chance does.",
        brand=name,
    )
    return _said(desk, t("Watch this brand?"), says, t("Yes, tell me"))


def done(desk: Desk, brand: BrandSite | None, secret: str = "") -> ConfirmPage:
    """``secret``: of a webhook, to be copied now."""
    says = t("We write when an edition moves the brand, and not before.")
    if secret:
        says = t(
            "Copy this key now; it is not shown again. Each request is signed with it"
            " as Standard Webhooks, version 1, describes. Answer with a status from 200"
            " to 299, or with 410 to stop."
        )
    return _said(desk, t("You watch this brand"), says, code=secret, brand=brand)


def stop(desk: Desk) -> ConfirmPage:
    says = t(
        "When you press the button you are told nothing more of this brand, and your"
        " address is erased."
    )
    return _said(desk, t("Stop watching?"), says, t("Stop, and erase my address"))


def stopped(desk: Desk) -> ConfirmPage:
    says = t("You are told nothing more of this brand. Your address is erased.")
    return _said(desk, t("You have stopped watching"), says)


def _said(
    desk: Desk,
    title: str,
    says: str,
    button: str = "",
    code: str = "",
    brand: BrandSite | None = None,
) -> ConfirmPage:
    """``brand``: where one goes back to; None: to all of them."""
    back = Link(t("All brands"), desk.url("/"))
    return ConfirmPage(
        frame=desk.frame(),
        title=title,
        description=t("Watching a brand."),
        hidden=True,
        crumb=_page_of(desk, brand) if brand else back,
        says=says,
        button=button,
        code=code,
    )


def _page_of(desk: Desk, brand: BrandSite) -> Link:
    return Link(brand.name, desk.url(f"/brands/{brand.slug}"))
