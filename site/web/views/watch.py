"""/brands/<slug>/watch, and the pages behind its mails' links."""

from typing import Protocol

from model.notices import By
from store import BrandSite
from web import forms
from web.desk import Desk
from web.pages import ConfirmPage, Field, FilePage
from web.parts import Link, Option

LEDE = (
    "We write when an edition moves the brand’s score by more than chance does, and"
    " only once of the same move. Your address is used for nothing else, shown to"
    " nobody, and erased when you stop; every mail has a link for that."
)
HOW = {
    By.MAIL: "By e-mail",
    By.HOOK: "By webhook: a signed request to an address of yours",
}
HOME = Link("All brands", "/")


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
        title=f"Watch {brand.name}",
        description="Be told when an edition moves this brand.",
        hidden=True,
        crumb=Link(brand.name, f"/brands/{brand.slug}"),
        lede=LEDE,
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
            label="How shall we tell you?",
            hint="Choose one.",
            value="",
            error=wanted.errors.get("by", ""),
            kind="choice",
            options=tuple(
                Option(value=by.value, text=text, chosen=wanted.by == by)
                for by, text in HOW.items()
            ),
        ),
        Field(
            name="email",
            label="Your e-mail address",
            hint="We send a link to it first, to see that it is yours. For a webhook it"
            " is used for that alone.",
            value=wanted.email,
            error=wanted.errors.get("email", ""),
            kind="email",
            most=forms.LONGEST_ADDRESS,
        ),
        Field(
            name="url",
            label="Address of the webhook",
            hint="Only for a webhook: https://, at the domain of your e-mail address.",
            value=wanted.url,
            error=wanted.errors.get("url", ""),
            kind="url",
            most=500,
        ),
    )


def sent(desk: Desk) -> ConfirmPage:
    return _said(
        desk,
        "Look into your mail",
        "We have sent a link to the address you gave. You watch the brand when you have"
        " followed it, within 48 hours. If nothing comes, look whether the address was"
        " right, and ask again.",
    )


def confirm(desk: Desk, name: str) -> ConfirmPage:
    says = f"You are told when an edition moves {name} by more than chance does."
    return _said(desk, "Watch this brand?", says, "Yes, tell me")


def done(desk: Desk, secret: str = "") -> ConfirmPage:
    """``secret``: of a webhook, to be copied now."""
    says = "We write when an edition moves the brand, and not before."
    if secret:
        says = (
            "Copy this key now; it is not shown again. Each request is signed with it"
            " as Standard Webhooks, version 1, describes. Answer with a status from 200"
            " to 299, or with 410 to stop."
        )
    return _said(desk, "You watch this brand", says, code=secret)


def stop(desk: Desk) -> ConfirmPage:
    says = (
        "When you press the button you are told nothing more of this brand, and your"
        " address is erased."
    )
    return _said(desk, "Stop watching?", says, "Stop, and erase my address")


def stopped(desk: Desk) -> ConfirmPage:
    says = "You are told nothing more of this brand. Your address is erased."
    return _said(desk, "You have stopped watching", says)


def _said(
    desk: Desk, title: str, says: str, button: str = "", code: str = ""
) -> ConfirmPage:
    return ConfirmPage(
        frame=desk.frame(),
        title=title,
        description="Watching a brand.",
        hidden=True,
        crumb=HOME,
        says=says,
        button=button,
        code=code,
    )
