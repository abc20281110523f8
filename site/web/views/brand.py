"""/brands/<slug>: do they answer, how long does it take, where should I write?"""

from collections.abc import Mapping, Sequence

import store
from model import citation
from model.rows import Account, Standing
from scoring.method import METHOD
from web import build, charts, markup, tables, words
from web.book import Book
from web.desk import Desk
from web.pages import BrandPage, FamilySection, Past, Presence
from web.parts import Cell, Link, Table
from web.snippet import described
from web.tables import Data
from web.tongue import t
from web.views import corrections, details, embed, standing
from web.views.details import crossing, past, rhythm, waits
from web.views.whose import standings_of

ACCOUNT_PAGE = {
    "bluesky": "https://bsky.app/profile/{}",
    "github": "https://github.com/{}",
    "google_play": "https://play.google.com/store/apps/details?id={}",
    "twcs": "https://x.com/{}",
    "x": "https://x.com/{}",
}
"""Where a reader finds an account; {} is the account as the registry spells it."""


def brand(desk: Desk, slug: str) -> BrandPage:
    rows = standings_of(desk, slug)
    first = rows[0]
    names = desk.channels()
    path = f"/brands/{slug}"
    pinned = f"{desk.public}/editions/{desk.book.edition.name}{path}"
    told = desk.book.reader.history(slug)
    sections = tuple(_section(desk, row, names, told) for row in rows)
    return BrandPage(
        frame=desk.frame("Brands"),
        title=first.name,
        feed=desk.at("", f"{path}/feed.atom"),
        description=t(
            "Does %(name)s answer people who write to it in public, how"
            " long does it take, and where to write.",
            name=first.name,
        ),
        drawn=any(
            section.chart
            or section.past
            or any(block.drawing for block in section.blocks)
            for section in sections
        ),
        crumb=Link(
            desk.industry(first.industry),
            desk.url(f"/industries/{first.industry}"),
        ),
        advice=standing.advice(desk.book.channels(slug), names),
        sections=sections,
        presences=_presences(desk, slug, names),
        compare=Link(
            t("Compare %(name)s with others", name=first.name),
            desk.url("/compare", brands=slug),
        ),
        disputed=corrections.of_brand(desk, slug),
        badge=f"/badge/{slug}.svg",
        follow=(
            Link(
                t("Atom feed of its standings"),
                desk.at("", f"/brands/{slug}/feed.atom"),
            ),
            Link(t("Badge as a picture"), f"/badge/{slug}.svg"),
            Link(t("Badge as JSON"), f"/badge/{slug}.json"),
        ),
        embed=embed.code(desk, slug),
        quotes=tuple(standing.quote(desk, row) for row in rows),
        apa=citation.apa(desk.book.edition, pinned),
        bibtex=citation.bibtex(desk.book.edition, pinned),
        oembed=described(desk, path),
        markup=markup.brand(desk, slug, first.name),
        card=desk.card(path, first.family),
        cite=desk.cite(first.name, path),
        downloads=(
            *desk.downloads(path, t("Figures")),
            *desk.downloads(f"{path}/accounts", t("Accounts")),
            *desk.downloads(f"{path}/waits", t("Waits")),
            *desk.downloads(f"{path}/history", t("History")),
        ),
    )


def _section(
    desk: Desk, row: Standing, names: Mapping[str, str], told: Sequence[store.Past]
) -> FamilySection:
    return FamilySection(
        id=row.family,
        title=words.family_title(row.family),
        say=standing.say(desk, row),
        unsaid=standing.unsaid(row),
        when=rhythm.worse(desk, row),
        withheld=words.status(row),
        dots=build.dots(row),
        hundred=build.hundred(row),
        facts=standing.facts(desk, row),
        channels=_channels(desk.book, row, names),
        chart=waits.chart(desk, row),
        blocks=details.of_brand(desk, row),
        history=_history(desk, row, told),
        past=past.drawn(desk, row, told),
    )


def _channels(book: Book, whole: Standing, names: Mapping[str, str]) -> Table | None:
    """Each channel apart, and each account where a channel has several."""
    channels = [row for row in book.channels(whole.slug) if row.family == whole.family]
    rows: list[tuple[Cell, ...]] = []
    for row in sorted(channels, key=lambda row: -row.inquiries):
        title = names.get(row.channel, row.channel)
        rows.append(_figures(title, row, crossing.of_channel(book, row)))
        accounts = [
            account
            for account in book.accounts(whole.slug)
            if account.channel == row.channel
        ]
        if len(accounts) > 1:
            rows += [
                _figures(words.titled(title, one.account), one, words.wait_note(one))
                for one in accounts
            ]
    if len(rows) < 2:
        return None
    return Table(
        caption=t(
            "%(name)s %(where)s, channel by channel",
            name=whole.name,
            where=words.family_place(whole.family),
        ),
        headings=(
            t("Channel"),
            t("Within %(limit)s, of 100", limit=words.limit(whole.t2_s)),
            t("Score"),
            t("Typical wait"),
            t("Inquiries"),
        ),
        rows=tuple(rows),
    )


def _figures(title: str, row: Standing, wait_note: str) -> tuple[Cell, ...]:
    in_time, score = build.share(row, 2), build.score(row)
    return (
        Cell(text=title, note=words.status(row)),
        _with_interval(in_time),
        _with_interval(score),
        Cell(text=words.typical_wait(row), note=wait_note),
        Cell(
            text=words.number(row.inquiries),
            number=True,
            note=standing.from_people(row),
        ),
    )


def _with_interval(value: object) -> Cell:
    if value is None:
        return Cell(text=t(words.NOT_KNOWN))
    text, interval = getattr(value, "text", ""), getattr(value, "interval", "")
    return Cell(text=text, number=True, note=words.aside(interval))


def _history(desk: Desk, row: Standing, told: Sequence[store.Past]) -> tuple[Past, ...]:
    """Newest first; empty when this edition is the only one."""
    found = tuple(
        Past(
            name=edition.name,
            url=desk.at(edition.name, f"/brands/{old.slug}"),
            period=words.period(edition.day_from, edition.day_to),
            here=edition.name == desk.book.edition.name,
            score=build.score(old),
            place=place.words if (place := build.place(old)) else "",
            inquiries=words.counted(old.inquiries, "inquiry", "inquiries"),
            status=words.status(old),
        )
        for edition, old in reversed(told)
        if old.family == row.family and old.headline
    )
    return found if len(found) > 1 else ()


def _presences(desk: Desk, slug: str, names: Mapping[str, str]) -> tuple[Presence, ...]:
    return tuple(
        Presence(
            channel=names.get(account.channel, account.channel),
            account=account.account,
            url="" if desk.library.sample else account_page(account),
            note=_watched(account),
        )
        for account in desk.book.reader.accounts_of(slug)
    )


def account_page(account: Account) -> str:
    """The account's public page; '' where we know of no address for it."""
    if account.channel == "mastodon" and account.account.count("@") >= 1:
        user, _, host = account.account.lstrip("@").rpartition("@")
        return f"https://{host}/@{user}" if user else ""
    return ACCOUNT_PAGE.get(account.channel, "").format(account.account.lstrip("@"))


def _watched(account: Account) -> str:
    if account.resolved_at is None:
        return t("not verified, so it does not count")
    if account.watched_until is None:
        return t("not watched yet")
    return t("watched until %(when)s", when=words.moment(account.watched_until))


def figures_table(desk: Desk, slug: str) -> Data:
    rows = standings_of(desk, slug)
    return tables.of_standings(rows, tables.BRANDS, desk.about())


def accounts_table(desk: Desk, slug: str) -> Data:
    standings_of(desk, slug)
    rows = desk.book.accounts(slug)
    return tables.of_standings(rows, tables.ACCOUNTS, desk.about())


def history_table(desk: Desk, slug: str) -> Data:
    standings_of(desk, slug)
    return tables.of_history(desk.book.reader.history(slug), desk.about())


def waits_table(desk: Desk, slug: str) -> Data:
    """The chart's figures: one line a bar. Limits in seconds; null: never in time."""
    rows = []
    for row in standings_of(desk, slug):
        ends = [end for end in METHOD.wait_bins.value if end <= row.t3_s]
        for index, (label, people, _) in enumerate(charts.bins(row)):
            end = ends[index] if index < len(ends) else None
            rows.append((row.slug, row.family, label, end, people))
    columns = ("slug", "family", "wait", "up_to_s", "inquiries")
    return Data(columns, tuple(rows), desk.about())
