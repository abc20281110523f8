"""/sources/<slug>: one channel, and all there is to say of the watch of it."""

from collections.abc import Iterator
from dataclasses import replace

from model.rows import Account
from model.words import DAY, Became, became
from web import words
from web.desk import Desk
from web.errors import NotHere
from web.pages import SourcePage
from web.parts import Block, Cell, Drawing, Fact, Link, Table
from web.source import Reader
from web.tongue import t, tn
from web.views.details.days import SAID
from web.views.sources import phrases
from web.views.sources.every import LOOKS, address
from web.views.sources.picture import row as picture
from web.views.sources.reading import RECENT_DAYS, ChannelDay, Watched, watched

DOUBTFUL = 100
"""Accounts in doubt that are named on one page."""


def found(desk: Desk, slug: str) -> tuple[Reader, Watched]:
    """Raises NotHere."""
    reader = desk.library.watched
    for each in watched(reader, slug) if reader else ():
        assert reader is not None
        return reader, each
    raise NotHere(t("There is no source “%(name)s”.", name=slug[:40]))


def source(desk: Desk, slug: str) -> SourcePage:
    """Raises NotHere."""
    reader, each = found(desk, slug)
    row, name = each.row, phrases.title(each.row)
    return SourcePage(
        frame=desk.frame("Sources"),
        title=t("%(name)s: how we watch it", name=name),
        description=t(
            "What we see of %(name)s, what we cannot, how the looks went.", name=name
        ),
        crumb=Link(t("Sources"), desk.url("/sources")),
        state=phrases.state(each),
        about=t(
            "%(family)s, %(how)s.",
            family=words.family_title(row.family),
            how=_how(each),
        ),
        off_because=phrases.off_because(row),
        failing=phrases.failing(each),
        problem=phrases.problem(each),
        facts=_facts(reader, each),
        cannot_see=phrases.own(row.cannot_see),
        terms=phrases.terms(row),
        terms_url=address(row.terms),
        licence=phrases.own(row.licence),
        url=address(row.source),
        blocks=_blocks(desk, reader, each),
    )


def _how(each: Watched) -> str:
    if each.row.how == "imported":
        return t("read from files when they are imported")
    return t("looked at %(often)s", often=phrases.every(each.row))


def _facts(reader: Reader, each: Watched) -> tuple[Fact, ...]:
    accounts = each.accounts
    looks, failed = (
        sum(getattr(day, name) for day in each.days) for name in ("looks", "failed")
    )
    note = t("all complete")
    if failed:
        note = tn("%(n)s incomplete or failed", "%(n)s incomplete or failed", failed)
    behind = phrases.behind(each)
    return (
        Fact(
            label=t("Accounts watched"),
            value=words.number(accounts.begun if accounts else 0),
            note=_accounts(each),
        ),
        _seen(each),
        *(
            [Fact(label=t("How far behind"), value=behind, note=_late(each))]
            if behind
            else []
        ),
        Fact(
            label=t("Looks of the last %(n)s days", n=RECENT_DAYS),
            value=words.number(looks),
            note=note if looks else "",
        ),
        Fact(label=t("Last look"), value=phrases.last(each), note=""),
    )


def _seen(each: Watched) -> Fact:
    if each.share is None:
        return Fact(label=t("Seen"), value=t(words.NOT_KNOWN), note=phrases.seen(each))
    note = t("of %(period)s", period=phrases.period(each))
    return Fact(label=t("Seen"), value=words.seen(each.share), note=note)


def _accounts(each: Watched) -> str:
    if each.accounts is None:
        return t("none is registered")
    of = tn("of %(n)s registered", "of %(n)s registered", each.accounts.accounts)
    if not each.accounts.troubled:
        return of
    doubtful = tn(
        "%(n)s not verified, or not found any more",
        "%(n)s not verified, or not found any more",
        each.accounts.troubled,
    )
    return words.beside(of, doubtful)


def _late(each: Watched) -> str:
    assert each.accounts is not None
    if not each.accounts.late:
        return t("none is later than three turns")
    return tn(
        "%(n)s account not watched for three turns or more",
        "%(n)s accounts not watched for three turns or more",
        each.accounts.late,
    )


def _blocks(desk: Desk, reader: Reader, each: Watched) -> tuple[Block, ...]:
    row = each.row
    runs = reader.runs(row.slug, LOOKS)
    blocks = [_seen_days(desk, reader, each)]
    if row.how != "imported" and each.accounts is not None:
        blocks.append(_doubtful(reader, each))
    if runs:
        blocks.append(_refused(reader, each))
        name = phrases.title(row)
        caption = t("The last %(n)s looks at %(name)s", n=LOOKS, name=name)
        table = phrases.looks(runs, caption, {})
        blocks.append(
            Block(id="looks", title=t("The latest looks"), table=table, folded=True)
        )
    return tuple(blocks)


def _doubtful(reader: Reader, each: Watched) -> Block:
    """The accounts that are not what the registry says: named, and what became of
    them."""
    there = reader.accounts(each.row.slug)
    doubtful = [account for account in there if account.problem]
    block = Block(
        id="accounts",
        title=t("Accounts in doubt"),
        text=(" ".join(_how_many(each, there, doubtful)),),
    )
    if not doubtful:
        return block
    table = Table(
        caption=t(
            "Accounts on %(name)s that are not what we took them for",
            name=phrases.title(each.row),
        ),
        headings=(t("Account"), t("What became of it"), t("Last found")),
        rows=tuple(_account(account) for account in doubtful[:DOUBTFUL]),
    )
    return replace(block, table=table, folded=True)


def _how_many(
    each: Watched, there: list[Account], doubtful: list[Account]
) -> Iterator[str]:
    yield t(
        "%(some)s of %(accounts)s.",
        some=words.number(len(doubtful)),
        accounts=words.counted(len(there), "account", "accounts"),
    )
    new = sum(not one.problem and one.resolved_at is None for one in there)
    if new:
        yield tn(
            "%(n)s not asked for yet, and not ranked until then.",
            "%(n)s not asked for yet, and not ranked until then.",
            new,
        )
    if each.row.on:
        yield t(
            "Each is asked for again at least every three weeks: whether it is still"
            " there, and still the one we mean. One in doubt is asked for every day."
        )
    if len(doubtful) > DOUBTFUL:
        yield t("The first %(n)s are shown.", n=DOUBTFUL)


def _account(account: Account) -> tuple[Cell, ...]:
    found = account.resolved_at
    last = words.long_date(words.day(found // DAY)) if found else t("never")
    if became(account.problem) == Became.MOVED:
        last = t("somebody else")
    return (
        Cell(text=account.account),
        Cell(text=phrases.became_of(account.problem), quotes=True),
        Cell(text=last),
    )


def _seen_days(desk: Desk, reader: Reader, each: Watched) -> Block:
    path = f"/sources/{each.row.slug}"
    title = t("The last %(n)s days", n=RECENT_DAYS)
    if not each.begun:
        why = t("Nothing was to be seen: %(why)s.", why=each.days[-1].why)
        return Block(id="days", title=title, text=(why,), links=desk.downloads(path))
    return Block(
        id="days",
        title=title,
        drawing=drawn(desk, each),
        table=_days(reader, each),
        folded=True,
        links=desk.downloads(path),
    )


def drawn(desk: Desk, each: Watched) -> Drawing | None:
    """None: nothing was to be seen."""
    if not each.begun:
        return None
    name, path = phrases.title(each.row), f"/sources/{each.row.slug}"
    what = t("What we saw of %(name)s", name=name)
    cite = phrases.cite(desk, what, path, each.now)
    return picture(each, name, cite, phrases.takes(desk, path))


def _days(reader: Reader, each: Watched) -> Table:
    rows = reader.rows_by_day(each.row.slug, each.days[0].day, each.days[-1].day + 1)
    return Table(
        caption=t("%(name)s, day by day, UTC", name=phrases.title(each.row)),
        headings=(
            t("Day"),
            t("Seen"),
            t("Why not all"),
            t("Looks"),
            t("Rows read"),
            t("Rows kept"),
        ),
        rows=tuple(_day(day, *rows.get(day.day, (0, 0))) for day in each.days),
    )


def _day(day: ChannelDay, read: int, kept: int) -> tuple[Cell, ...]:
    failed = ""
    if day.failed:
        failed = tn("%(n)s not complete", "%(n)s not complete", day.failed)
    return (
        Cell(text=words.long_date(words.day(day.day))),
        Cell(text=t(SAID[day.state]), note=phrases.part([day])),
        Cell(text=day.why or t("nothing is missing"), quotes=True),
        Cell(text=words.number(day.looks), number=True, note=failed),
        Cell(text=words.number(read), number=True),
        Cell(text=words.number(kept), number=True),
    )


def _refused(reader: Reader, each: Watched) -> Block:
    day_from, day_to = each.days[0].day, each.days[-1].day + 1
    reasons = reader.refusals(each.row.slug, day_from, day_to)
    none = t("Nothing was refused in the last %(n)s days.", n=RECENT_DAYS)
    return Block(
        id="refused",
        title=t("Left out, and why"),
        text=() if reasons else (none,),
        table=Table(
            caption=t("Rows left out in the last %(n)s days, by reason", n=RECENT_DAYS),
            headings=(t("Reason"), t("Rows")),
            rows=tuple(
                (
                    Cell(text=words.reported(reason), quotes=True),
                    Cell(text=words.number(rows), number=True),
                )
                for reason, rows in reasons.items()
            ),
            narrow=True,
        )
        if reasons
        else None,
    )
