"""/sources/<slug>: one channel, and all there is to say of the watch of it."""

from collections.abc import Iterator
from dataclasses import replace

from model.rows import Account
from model.words import DAY, Became, became
from web import words
from web.desk import Desk
from web.errors import NotHere
from web.pages import SourcePage
from web.parts import Block, Cell, Fact, Link, Table
from web.source import Reader
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
    raise NotHere(f"There is no source “{slug[:40]}”.")


def source(desk: Desk, slug: str) -> SourcePage:
    """Raises NotHere."""
    reader, each = found(desk, slug)
    row = each.row
    return SourcePage(
        frame=desk.frame("Sources"),
        title=f"{row.title}: how we watch it",
        description=f"What we see of {row.title}, what we cannot, how the looks went.",
        crumb=Link("Sources", desk.url("/sources")),
        state=phrases.state(each),
        about=f"{words.family_title(row.family)}, {_how(each)}.",
        off_because=phrases.off_because(row),
        failing=phrases.failing(each),
        problem=phrases.problem(each),
        facts=_facts(reader, each),
        cannot_see=row.cannot_see,
        terms=row.terms,
        terms_url=address(row.terms),
        licence=row.licence,
        url=address(row.source),
        blocks=_blocks(desk, reader, each),
    )


def _how(each: Watched) -> str:
    if each.row.how == "imported":
        return "read from files when they are imported"
    return f"looked at {phrases.every(each.row)}"


def _facts(reader: Reader, each: Watched) -> tuple[Fact, ...]:
    accounts = each.accounts
    looks, failed = (
        sum(getattr(day, name) for day in each.days) for name in ("looks", "failed")
    )
    note = f"{words.number(failed)} incomplete or failed" if failed else "all complete"
    behind = phrases.behind(each)
    return (
        Fact(
            label="Accounts watched",
            value=words.number(accounts.begun if accounts else 0),
            note=_accounts(each),
        ),
        _seen(each),
        *(
            [Fact(label="How far behind", value=behind, note=_late(each))]
            if behind
            else []
        ),
        Fact(
            label=f"Looks of the last {RECENT_DAYS} days",
            value=words.number(looks),
            note=note if looks else "",
        ),
        Fact(label="Last look", value=phrases.last(each), note=""),
    )


def _seen(each: Watched) -> Fact:
    if each.share is None:
        return Fact(label="Seen", value=words.NOT_KNOWN, note=phrases.seen(each))
    value, note = phrases.percent(each.share), f"of {phrases.period(each)}"
    return Fact(label="Seen", value=value, note=note)


def _accounts(each: Watched) -> str:
    if each.accounts is None:
        return "none is registered"
    of = f"of {words.number(each.accounts.accounts)} registered"
    if not each.accounts.troubled:
        return of
    return (
        f"{of}; {words.number(each.accounts.troubled)} not verified, or not found"
        " any more"
    )


def _late(each: Watched) -> str:
    assert each.accounts is not None
    if not each.accounts.late:
        return "none is later than three turns"
    return (
        f"{words.counted(each.accounts.late, 'account')} not watched for three turns"
        " or more"
    )


def _blocks(desk: Desk, reader: Reader, each: Watched) -> tuple[Block, ...]:
    row = each.row
    runs = reader.runs(row.slug, LOOKS)
    blocks = [_seen_days(desk, reader, each)]
    if row.how != "imported" and each.accounts is not None:
        blocks.append(_doubtful(reader, each))
    if runs:
        blocks.append(_refused(reader, each))
        caption = f"The last {LOOKS} looks at {row.title}"
        table = phrases.looks(runs, caption, {})
        blocks.append(
            Block(id="looks", title="The latest looks", table=table, folded=True)
        )
    return tuple(blocks)


def _doubtful(reader: Reader, each: Watched) -> Block:
    """The accounts that are not what the registry says: named, and what became of
    them."""
    there = reader.accounts(each.row.slug)
    doubtful = [account for account in there if account.problem]
    block = Block(
        id="accounts",
        title="Accounts in doubt",
        text=(" ".join(_how_many(each, there, doubtful)),),
    )
    if not doubtful:
        return block
    table = Table(
        caption=f"Accounts on {each.row.title} that are not what we took them for",
        headings=("Account", "What became of it", "Last found"),
        rows=tuple(_account(account) for account in doubtful[:DOUBTFUL]),
    )
    return replace(block, table=table, folded=True)


def _how_many(
    each: Watched, there: list[Account], doubtful: list[Account]
) -> Iterator[str]:
    yield f"{words.number(len(doubtful))} of {words.counted(len(there), 'account')}."
    new = sum(not one.problem and one.resolved_at is None for one in there)
    if new:
        yield f"{words.number(new)} not asked for yet, and not ranked until then."
    if each.row.on:
        yield (
            "Each is asked for again at least every three weeks: whether it is still"
            " there, and still the one we mean. One in doubt is asked for every day."
        )
    if len(doubtful) > DOUBTFUL:
        yield f"The first {DOUBTFUL} are shown."


def _account(account: Account) -> tuple[Cell, ...]:
    found = account.resolved_at
    last = words.long_date(words.day(found // DAY)) if found else "never"
    if became(account.problem) == Became.MOVED:
        last = "somebody else"
    return (
        Cell(text=account.account),
        Cell(text=phrases.became_of(account.problem)),
        Cell(text=last),
    )


def _seen_days(desk: Desk, reader: Reader, each: Watched) -> Block:
    row, path = each.row, f"/sources/{each.row.slug}"
    title = f"The last {RECENT_DAYS} days"
    if not each.begun:
        why = f"Nothing was to be seen: {each.days[-1].why}."
        return Block(id="days", title=title, text=(why,), links=desk.downloads(path))
    what = f"What we saw of {row.title}"
    return Block(
        id="days",
        title=title,
        drawing=picture(each, row.title, phrases.cite(desk, what, path, each.now)),
        table=_days(reader, each),
        folded=True,
        links=desk.downloads(path),
    )


def _days(reader: Reader, each: Watched) -> Table:
    rows = reader.rows_by_day(each.row.slug, each.days[0].day, each.days[-1].day + 1)
    return Table(
        caption=f"{each.row.title}, day by day, UTC",
        headings=("Day", "Seen", "Why not all", "Looks", "Rows read", "Rows kept"),
        rows=tuple(_day(day, *rows.get(day.day, (0, 0))) for day in each.days),
    )


def _day(day: ChannelDay, read: int, kept: int) -> tuple[Cell, ...]:
    failed = f"{words.number(day.failed)} not complete" if day.failed else ""
    return (
        Cell(text=words.long_date(words.day(day.day))),
        Cell(text=SAID[day.state], note=phrases.part([day])),
        Cell(text=day.why or "nothing is missing"),
        Cell(text=words.number(day.looks), number=True, note=failed),
        Cell(text=words.number(read), number=True),
        Cell(text=words.number(kept), number=True),
    )


def _refused(reader: Reader, each: Watched) -> Block:
    day_from, day_to = each.days[0].day, each.days[-1].day + 1
    reasons = reader.refusals(each.row.slug, day_from, day_to)
    none = f"Nothing was refused in the last {RECENT_DAYS} days."
    return Block(
        id="refused",
        title="Left out, and why",
        text=() if reasons else (none,),
        table=Table(
            caption=f"Rows left out in the last {RECENT_DAYS} days, by reason",
            headings=("Reason", "Rows"),
            rows=tuple(
                (Cell(text=reason), Cell(text=words.number(rows), number=True))
                for reason, rows in reasons.items()
            ),
            narrow=True,
        )
        if reasons
        else None,
    )
