"""/about, /data and the pages that say why there is no page."""

from web import tables, words
from web.desk import Desk
from web.pages import AboutPage, DataPage, EmptyPage, ErrorPage
from web.parts import Cell, Link, Table

COLUMN_WORDS = {
    "slug": "the brand’s or industry’s name in addresses",
    "name": "its name",
    "industry": "the brand’s industry, by its name in addresses",
    "channel": "where the account is",
    "account": "the account as the channel spells it",
    "family": "channels that share one clock; never mixed in one ranking",
    "rank": "place by score among the ranked",
    "rank_low": "best place that the data allow",
    "rank_high": "worst place that the data allow",
    "score": "0 to 100, see the method",
    "score_low": "lower end of its 95 % interval",
    "score_high": "upper end of its 95 % interval",
    "inquiries": "inquiries counted: n",
    "authors": "people who wrote them",
    "t1_s": "the family’s first limit, seconds",
    "t2_s": "its second limit, seconds",
    "t3_s": "its third limit, the horizon, seconds",
    "answered_t1": "inquiries answered within the first limit",
    "answered_t2": "within the second",
    "answered_t3": "within the third",
    "share_t1": "share answered within the first limit, 0 to 1",
    "share_t1_low": "lower end of its 95 % interval",
    "share_t1_high": "upper end",
    "share_t2": "share within the second limit",
    "share_t2_low": "lower end",
    "share_t2_high": "upper end",
    "share_t3": "share within the third limit",
    "share_t3_low": "lower end",
    "share_t3_high": "upper end",
    "median_wait_s": "seconds by which half of all inquiries had an answer; empty when"
    " half had none within the horizon",
    "p90_wait_s": "the same for nine in ten",
    "posts_per_reply": "the brand’s own posts for each of its answers",
    "n_eff": "what n is worth after clumps",
    "placed": "upper or lower: surely in that third; empty: neither",
    "lost": "messages lost to view",
    "coverage": "part of the period that we saw, 0 to 1",
    "status": "ranked, too_few, few_days, low_coverage or answered_only",
    "brands": "ranked brands of an industry",
}


def about(desk: Desk) -> AboutPage:
    return AboutPage(
        frame=desk.frame("About"),
        title="About",
        description="What Answerable is, for whom, and how to measure real brands.",
        method=desk.url("/method"),
        sources=desk.url("/sources"),
        data=desk.url("/data"),
    )


def data(desk: Desk) -> DataPage:
    return DataPage(
        frame=desk.frame("Data"),
        title="Data",
        description="Every table as CSV and JSON, and what its columns mean.",
        tables=_downloads(desk),
        columns=Table(
            caption="Columns of the tables of standings; an empty cell is not known,"
            " never nought",
            headings=("Column", "What it holds"),
            rows=tuple(
                (Cell(text=name), Cell(text=said))
                for name, said in COLUMN_WORDS.items()
            ),
        ),
        licence=Link("CC BY 4.0", tables.LICENCE_URL),
        cite=desk.cite("Standings", "/"),
    )


def _downloads(desk: Desk) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    listed = []
    for family in desk.book.families:
        where = words.family_place(family)
        for what in ("brands", "industries"):
            links = tuple(
                Link(f"{ending.upper()}", desk.url(f"/{what}.{ending}", family=family))
                for ending in ("csv", "json")
            )
            listed.append((f"{what.capitalize()} {where}", links))
    listed.append(("Editions", desk.downloads("/editions")))
    listed.append(("Sources", desk.downloads("/sources")))
    listed.append(("Field audits", desk.downloads("/audits")))
    return tuple(listed)


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
    500: "Something broke on our side",
}
ERROR_WORDS = {
    400: "The address has something in it that no page understands.",
    404: "Nothing is published at this address.",
    405: "Addresses here answer to GET and HEAD and take no other requests.",
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
