"""/brands/<slug>: do they answer, how long does it take, where should I write?"""

from collections.abc import Mapping
from urllib.parse import urlencode

from model import citation
from model.rows import Account, Standing
from model.words import DAY, Status
from scoring.method import METHOD
from web import build, charts, markup, tables, words
from web.desk import Desk
from web.errors import NotHere
from web.pages import BrandPage, FamilySection, Past, Presence, Say
from web.parts import Advice, Cell, Fact, Link, Place, Score, Share, Table
from web.snippet import snippet
from web.source import Book
from web.tables import Data
from web.views import corrections, details
from web.views.details import waits

ACCOUNT_PAGE = {
    "bluesky": "https://bsky.app/profile/{}",
    "github": "https://github.com/{}",
    "google_play": "https://play.google.com/store/apps/details?id={}",
    "twcs": "https://x.com/{}",
    "x": "https://x.com/{}",
}
"""Where a reader finds an account; {} is the account as the registry spells it."""


def standings_of(desk: Desk, slug: str) -> list[Standing]:
    """The brand in every family. Raises NotHere."""
    rows = desk.book.of_brand(slug)
    if not rows:
        raise NotHere(f"There is no brand “{slug[:40]}” in this edition.")
    return rows


def asked_for(desk: Desk, slug: str) -> Standing:
    """The brand in the family that the address names, or in its first. Raises
    NotHere."""
    family = desk.query.get("family")
    for row in standings_of(desk, slug):
        if family in (None, row.family):
            return row
    raise NotHere(f"“{slug[:40]}” has no figures {words.family_place(family or '')}.")


def brand(desk: Desk, slug: str) -> BrandPage:
    rows = standings_of(desk, slug)
    first = rows[0]
    names = channel_names(desk.book)
    path = f"/brands/{slug}"
    pinned = f"{desk.public}/editions/{desk.book.edition.name}{path}"
    sections = tuple(_section(desk, row, names) for row in rows)
    return BrandPage(
        frame=desk.frame("Brands"),
        title=first.name,
        feed=f"{path}/feed.atom",
        description=f"Does {first.name} answer people who write to it in public, how"
        " long does it take, and where to write.",
        drawn=any(
            section.chart or any(block.drawing for block in section.blocks)
            for section in sections
        ),
        crumb=Link(
            desk.book.industry_slugs[first.industry],
            desk.url(f"/industries/{first.industry}"),
        ),
        advice=advice(desk.book.channels.get(slug, []), names),
        sections=sections,
        presences=_presences(desk, slug, names),
        compare=Link(
            f"Compare {first.name} with others", desk.url("/compare", brands=slug)
        ),
        disputed=corrections.of_brand(desk, slug),
        badge=f"/badge/{slug}.svg",
        follow=(
            Link("Atom feed of its standings", f"/brands/{slug}/feed.atom"),
            Link("Badge as a picture", f"/badge/{slug}.svg"),
            Link("Badge as JSON", f"/badge/{slug}.json"),
        ),
        embed=_embed(desk, first),
        quotes=tuple(quote(desk, row) for row in rows),
        apa=citation.apa(desk.book.edition, pinned),
        bibtex=citation.bibtex(desk.book.edition, pinned),
        oembed=_oembed(desk, path),
        markup=markup.brand(desk, slug, first.name),
        card=desk.card(path, first.family),
        cite=desk.cite(first.name, path),
        downloads=(
            *desk.downloads(path, "Figures"),
            *desk.downloads(f"{path}/accounts", "Accounts"),
            *desk.downloads(f"{path}/waits", "Waits"),
            *desk.downloads(f"{path}/history", "History"),
        ),
    )


def quote(desk: Desk, row: Standing) -> str:
    """The row in one sentence that is right by itself: what, when, how sure, of what,
    and the range of its places."""
    edition = desk.book.edition
    when = words.period(edition.day_from, edition.day_to)
    share, place = build.share(row, 2), build.place(row)
    where = f"{row.name} {words.family_place(row.family)}, {when}"
    n = words.counted(row.inquiries, "inquiry", "inquiries")
    if share is None:
        return f"{where}: {words.status(row) or 'figures are withheld'} ({n})."
    said = (
        f"{where}: {share.text} of 100 people had an answer within {share.limit}"
        f" ({words.interval()} {share.interval}; {n})"
    )
    if place is None:
        return f"{said}; not ranked."
    low, high = words.ordinal(row.rank_low or 1), words.ordinal(row.rank_high or 1)
    if low == high:
        return f"{said}, in {low} place of {place.ranked}."
    return f"{said}, between {low} and {high} place of {place.ranked}."


def _embed(desk: Desk, row: Standing) -> str:
    """'' while the site does not know its own address."""
    if not desk.public:
        return ""
    at = f"{desk.public}/editions/{desk.book.edition.name}/embed/brands/{row.slug}"
    return snippet(at, row.name)


def _oembed(desk: Desk, path: str) -> str:
    """'' while the site does not know its own address."""
    if not desk.public:
        return ""
    page = f"{desk.public}/editions/{desk.book.edition.name}{path}"
    return f"{desk.public}/oembed?{urlencode({'url': page})}"


def channel_names(book: Book) -> dict[str, str]:
    return {row.slug: row.title for row in book.reader.channels()}


def _section(desk: Desk, row: Standing, names: Mapping[str, str]) -> FamilySection:
    return FamilySection(
        id=row.family,
        title=words.family_title(row.family),
        say=say(desk, row),
        withheld=words.status(row),
        dots=build.dots(row),
        hundred=build.hundred(row),
        facts=facts(desk, row),
        channels=_channels(desk.book, row, names),
        chart=waits.chart(desk, row),
        blocks=details.of_brand(desk, row),
        history=_history(desk, row),
    )


def say(desk: Desk, row: Standing) -> Say | None:
    """The sentence, from the same hundred people as the dots. None: withheld."""
    quick, all_in = build.share(row, 1), build.share(row, 3)
    if quick is None or all_in is None:
        return None
    edition = desk.book.edition
    none = all_in.text == "0"
    return Say(
        where=words.family_place(row.family),
        answered="none gets an answer" if none else f"{all_in.text} get an answer",
        limit=f"within {all_in.limit}",
        first="" if none else f"{quick.text} of them within {quick.limit}",
        half=_half(row),
        wait=words.limit(row.t3_s)
        if row.median_wait_s is None
        else words.duration(row.median_wait_s),
        sure=f"Based on {words.counted(row.inquiries, 'inquiry', 'inquiries')} from"
        f" {words.counted(row.authors, 'person', 'people')},"
        f" {words.period(edition.day_from, edition.day_to)}. We are"
        f" {_sure()} that the true share lies between {_ends(all_in)} of 100.",
    )


def _half(row: Standing) -> str:
    if row.median_wait_s is None:
        return "More than half of all who wrote had none after"
    return "Half of all who wrote had one after"


def facts(desk: Desk, row: Standing) -> tuple[Fact, ...]:
    industry = desk.book.industry_slugs[row.industry]
    found = []
    overall, within = build.place(row), build.place(row, in_industry=True)
    if overall:
        label = f"Place {words.family_place(row.family)}"
        found.append(
            Fact(label=label, value=overall.words, note=_third(overall), place=overall)
        )
    if within:
        label = f"Place in {industry}"
        found.append(
            Fact(label=label, value=within.words, note=_third(within), place=within)
        )
    score = build.score(row)
    if score:
        note = f"of 100; {_sure()} between {_ends(score)}"
        found.append(Fact(label="Score", value=score.text, note=note, score=score))
    return (*found, *_waiting(row), *_seen(row))


def _third(place: Place) -> str:
    return f"surely in the {place.third}" if place.third else ""


def _sure() -> str:
    return f"{words.percent(METHOD.confidence.value)} sure"


def _ends(figure: Score | Share) -> str:
    return figure.interval.replace(words.RANGE, " and ")


def _waiting(row: Standing) -> list[Fact]:
    found = []
    typical = words.typical_wait(row)
    if typical != words.NOT_KNOWN:
        note = words.wait_note(row) or "half of all who wrote had an answer by then"
        found.append(Fact(label="Typical wait", value=typical, note=note))
    if row.p90_wait_s is not None:
        nine = words.duration(row.p90_wait_s)
        found.append(Fact(label="Nine in ten had an answer after", value=nine, note=""))
    if row.posts_per_reply is not None:
        found.append(
            Fact(
                label="Posts per reply",
                value=f"{row.posts_per_reply:.1f}",
                note="its own posts for each answer it gives",
            )
        )
    return found


def _seen(row: Standing) -> list[Fact]:
    notes = [f"from {words.counted(row.authors, 'person', 'people')}"]
    if row.lost:
        notes.append(f"{words.number(row.lost)} lost to view")
    if row.coverage is not None:
        notes.append(f"we saw {words.percent(row.coverage)} of the period")
    return [
        Fact(
            label="Inquiries", value=words.number(row.inquiries), note="; ".join(notes)
        )
    ]


def _channels(book: Book, whole: Standing, names: Mapping[str, str]) -> Table | None:
    """Each channel apart, and each account where a channel has several."""
    channels = [
        row for row in book.channels.get(whole.slug, []) if row.family == whole.family
    ]
    rows: list[tuple[Cell, ...]] = []
    for row in sorted(channels, key=lambda row: -row.inquiries):
        title = names.get(row.channel, row.channel)
        rows.append(_figures(title, row))
        accounts = [
            account
            for account in book.accounts.get(whole.slug, [])
            if account.channel == row.channel
        ]
        if len(accounts) > 1:
            rows += [_figures(f"{title}: {one.account}", one) for one in accounts]
    if len(rows) < 2:
        return None
    return Table(
        caption=f"{whole.name} {words.family_place(whole.family)}, channel by channel",
        headings=(
            "Channel",
            f"Within {words.limit(whole.t2_s)}, of 100",
            "Score",
            "Typical wait",
            "Inquiries",
        ),
        rows=tuple(rows),
    )


def _figures(title: str, row: Standing) -> tuple[Cell, ...]:
    in_time, score = build.share(row, 2), build.score(row)
    return (
        Cell(text=title, note=words.status(row)),
        _with_interval(in_time),
        _with_interval(score),
        Cell(text=words.typical_wait(row), note=words.wait_note(row)),
        Cell(
            text=words.number(row.inquiries),
            number=True,
            note=f"from {words.counted(row.authors, 'person', 'people')}",
        ),
    )


def _with_interval(value: object) -> Cell:
    if value is None:
        return Cell(text=words.NOT_KNOWN)
    text, interval = getattr(value, "text", ""), getattr(value, "interval", "")
    return Cell(text=text, number=True, note=interval)


def advice(channels: list[Standing], names: Mapping[str, str]) -> Advice | None:
    """Where to write: only channels whose share within a day is known take part, and
    one is named only when its whole interval lies above the others'."""
    known = sorted(
        ((row, limit) for row in channels if (limit := _day_limit(row))),
        key=lambda pair: -getattr(pair[0], f"share_t{pair[1]}"),
    )
    if len(known) < 2:
        return None
    said = [_in_a_day(row, limit, names) for row, limit in known]
    best, limit = known[0]
    low = getattr(best, f"share_t{limit}_low")
    others = [getattr(row, f"share_t{number}_high") for row, number in known[1:]]
    lead = "No channel surely answers more people than the others."
    if low > max(others):
        lead = f"Write on {names.get(best.channel, best.channel)}."
    return Advice(lead=lead, rest=f"Answered within a day: {'; '.join(said)}.")


def _day_limit(row: Standing) -> int | None:
    """Which of the row's three limits is a day, if its share there may be said."""
    if row.status != Status.RANKED:
        return None
    limits = build.limits(row)
    number = limits.index(DAY) + 1 if DAY in limits else None
    return number if number and build.share(row, number) else None


def _in_a_day(row: Standing, limit: int, names: Mapping[str, str]) -> str:
    share = build.share(row, limit)
    assert share is not None
    return (
        f"{names.get(row.channel, row.channel)} {share.text} of 100 ({share.interval},"
        f" {words.counted(row.inquiries, 'inquiry', 'inquiries')})"
    )


def _history(desk: Desk, row: Standing) -> tuple[Past, ...]:
    """Newest first; empty when this edition is the only one."""
    book = desk.book
    past = tuple(
        Past(
            name=edition.name,
            url=f"/editions/{edition.name}/brands/{old.slug}",
            period=words.period(edition.day_from, edition.day_to),
            here=edition.name == book.edition.name,
            score=build.score(old),
            place=place.words if (place := build.place(old)) else "",
            inquiries=words.counted(old.inquiries, "inquiry", "inquiries"),
            status=words.status(old),
        )
        for edition, old in reversed(book.reader.history(row.slug))
        if old.family == row.family and old.headline
    )
    return past if len(past) > 1 else ()


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
        return "not verified, so it does not count"
    if account.watched_until is None:
        return "not watched yet"
    return f"watched until {words.moment(account.watched_until)}"


def figures_table(desk: Desk, slug: str) -> Data:
    rows = standings_of(desk, slug)
    return tables.of_standings(rows, tables.BRANDS, desk.about())


def accounts_table(desk: Desk, slug: str) -> Data:
    standings_of(desk, slug)
    rows = desk.book.accounts.get(slug, [])
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
