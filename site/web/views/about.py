"""/about and the pages that say why there is no page."""

from web.desk import Desk
from web.pages import AboutPage, EmptyPage, ErrorPage
from web.parts import Link
from web.tongue import mark, t


def about(desk: Desk) -> AboutPage:
    return AboutPage(
        frame=desk.frame("About"),
        title=t("About"),
        description=t("What Answerable is, for whom, and how to measure real brands."),
        method=desk.url("/method"),
        sources=desk.url("/sources"),
        data=desk.url("/data"),
    )


def empty(desk: Desk) -> EmptyPage:
    return EmptyPage(
        frame=desk.frame(),
        title=t("Nothing has been measured yet"),
        description=t("This installation of Answerable holds no edition."),
        sources=desk.url("/sources"),
        hidden=True,
    )


ERROR_TITLES = {
    400: mark("That address cannot be read"),
    404: mark("There is no such page"),
    405: mark("This page can only be read"),
    413: mark("That is too much"),
    500: mark("Something broke on our side"),
}
ERROR_WORDS = {
    400: mark("The address has something in it that no page understands."),
    404: mark("Nothing is published at this address."),
    405: mark("Addresses here answer to GET and HEAD and take no other requests."),
    413: mark("A form here takes some thousand characters, and nothing else does."),
    500: mark("The fault is ours and has been written down. Try again in a minute."),
}

ASK = mark("Ask us to watch a brand")


def error(desk: Desk, code: int, says: str = "") -> ErrorPage:
    return ErrorPage(
        frame=desk.frame(),
        title=t(ERROR_TITLES.get(code, ERROR_TITLES[400])),
        description=t("An address without a page."),
        hidden=True,
        says=says or t(ERROR_WORDS.get(code, ERROR_WORDS[400])),
        links=(
            Link(t("All brands"), desk.url("/")),
            Link(t("Industries"), desk.url("/industries")),
            Link(t("Search"), desk.url("/search")),
            *([Link(t(ASK), desk.at("", "/corrections/ask"))] if code == 404 else []),
        ),
    )
