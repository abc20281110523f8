"""/about and the pages that say why there is no page."""

from web.desk import Desk
from web.pages import AboutPage, EmptyPage, ErrorPage
from web.parts import Link


def about(desk: Desk) -> AboutPage:
    return AboutPage(
        frame=desk.frame("About"),
        title="About",
        description="What Answerable is, for whom, and how to measure real brands.",
        method=desk.url("/method"),
        sources=desk.url("/sources"),
        data=desk.url("/data"),
    )


def empty(desk: Desk) -> EmptyPage:
    return EmptyPage(
        frame=desk.frame(),
        title="Nothing has been measured yet",
        description="This installation of Answerable holds no edition.",
        sources=desk.url("/sources"),
        hidden=True,
    )


ERROR_TITLES = {
    400: "That address cannot be read",
    404: "There is no such page",
    405: "This page can only be read",
    413: "That is too much",
    500: "Something broke on our side",
}
ERROR_WORDS = {
    400: "The address has something in it that no page understands.",
    404: "Nothing is published at this address.",
    405: "Addresses here answer to GET and HEAD and take no other requests.",
    413: "A form here takes some thousand characters, and nothing else does.",
    500: "The fault is ours and has been written down. Try again in a minute.",
}


def error(desk: Desk, code: int, says: str = "") -> ErrorPage:
    return ErrorPage(
        frame=desk.frame(),
        title=ERROR_TITLES.get(code, ERROR_TITLES[400]),
        description="An address without a page.",
        hidden=True,
        says=says or ERROR_WORDS.get(code, ERROR_WORDS[400]),
        links=(Link("All brands", "/"), Link("Industries", "/industries"),
               Link("Search", "/search")),
    )  # fmt: skip
