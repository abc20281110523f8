"""How the watch of a channel goes, in words."""

import json
from collections.abc import Iterable, Sequence

from model.rows import ChannelRow, Run
from model.words import Became, became
from web import words
from web.desk import Desk
from web.parts import Cell, Link, Table
from web.tongue import mark, t, tn
from web.views.details.days import PARTLY, SAID
from web.views.sources.reading import RECENT_DAYS, ChannelDay, Watched

WHAT = {"look": mark("Look"), "import": mark("Import"),
        "resolve": mark("Check of accounts"), "publish": mark("Edition"),
        "forget": mark("Erasure")}  # fmt: skip
OUTCOME = {
    "ok": mark("complete"),
    "incomplete": mark("incomplete"),
    "failed": mark("failed"),
}


def own(text: str) -> str:
    """What a channel says of itself: ``tools.messages`` has read it there."""
    return t(text) if text else ""


def title(row: ChannelRow) -> str:
    return own(row.title)


def terms(row: ChannelRow) -> str:
    """Its terms, and what they forbid where that is said after their address."""
    said = own(row.terms)
    where, colon, forbids = row.terms.partition(": ")
    if colon and said == row.terms:
        return t("%(terms)s: %(forbids)s", terms=where, forbids=own(forbids))
    return said


def failing(each: Watched) -> bool:
    last = each.runs.any if each.runs else None
    return each.row.on and last is not None and last.outcome != "ok"


def state(each: Watched) -> str:
    """Without a full stop."""
    if not each.row.on:
        return t("Off")
    return t("The last look had a problem") if failing(each) else t("On")


def off_because(row: ChannelRow) -> str:
    """Why it is off, as a sentence; '' when it is on, or that is not known."""
    why = "" if row.on else _off(row.off_because)
    return f"{why[:1].upper()}{why[1:]}" if why else ""


def _off(why: str) -> str:
    """A restriction may stand behind it in brackets."""
    setting, bracket, restriction = why.partition(" (off by default: ")
    if not bracket:
        return words.reported(why)
    return t(
        "%(why)s (off by default: %(restriction)s)",
        why=words.reported(setting),
        restriction=own(restriction.removesuffix(")")),
    )


def every(row: ChannelRow) -> str:
    if not row.every_s:
        return t("when imported")
    if row.every_s == words.HOUR:
        return t("every hour")
    return t("every %(span)s", span=words.duration(row.every_s))


def problem(each: Watched) -> str:
    """What the last look said; '' when it went well."""
    last = each.runs.any if each.runs else None
    return words.problem(last.problem) if last and last.outcome != "ok" else ""


def last(each: Watched) -> str:
    runs = each.runs
    if runs is None or runs.any is None:
        return t("never")
    said = t(
        "%(when)s, %(outcome)s",
        when=words.moment(runs.any.finished_at),
        outcome=t(OUTCOME[runs.any.outcome]),
    )
    if runs.any.outcome == "ok":
        return said
    good = words.moment(runs.ok.finished_at) if runs.ok else t("never")
    return t("%(last)s; last complete: %(good)s", last=said, good=good)


def seen(each: Watched) -> str:
    """How much of the last days, and of how many accounts."""
    share, accounts = each.share, each.accounts
    if share is None or accounts is None:
        return _unseen(each)
    return t(
        "%(share)s of %(period)s, %(accounts)s",
        share=words.seen(share),
        period=period(each),
        accounts=words.counted(accounts.begun, "account", "accounts"),
    )


def period(each: Watched) -> str:
    """Since when, of the days that are shown."""
    begun = len(each.begun)
    if begun < RECENT_DAYS:
        return tn(
            "the %(n)s day since we began", "the %(n)s days since we began", begun
        )
    return t("the last %(n)s days", n=RECENT_DAYS)


def _unseen(each: Watched) -> str:
    if each.accounts is not None and each.accounts.verified:
        return t("none of its accounts is watched yet")
    if each.row.how == "imported":
        return t("nothing of it has been imported yet")
    return t("no account of it is verified yet")


BECAME = {
    Became.MOVED: mark(
        "Its name leads to somebody else now. It is neither looked at nor ranked until"
        " somebody has checked which account is meant."
    ),
    Became.VANISHED: mark("Nobody is there any more."),
    Became.RENAMED: mark(
        "It has another name now. It is the same account and is measured."
    ),
}


def became_of(problem: str) -> str:
    """What became of an account in doubt, in words of ours; the channel's own where it
    was never found."""
    what = became(problem)
    return t(BECAME[what]) if what in BECAME else words.problem(problem)


def doubtful(each: Watched) -> str:
    """How many accounts are not to be relied upon; '' none is."""
    if each.row.how == "imported" or not each.accounts or not each.accounts.troubled:
        return ""
    return t(
        "%(some)s of %(all)s",
        some=words.number(each.accounts.troubled),
        all=words.counted(each.accounts.accounts, "account", "accounts"),
    )


def behind(each: Watched) -> str:
    """How far the watch is behind now; '' where files are read, or nothing is."""
    if each.row.how == "imported" or each.behind_s is None or not each.accounts:
        return ""
    if each.accounts.begun <= 1:
        return t("%(span)s behind now", span=words.duration(each.behind_s))
    assert each.accounts.newest is not None
    return t(
        "from %(least)s to %(most)s behind now, account by account",
        least=words.duration(max(0, each.now - each.accounts.newest)),
        most=words.duration(each.behind_s),
    )


def spans(days: Sequence[ChannelDay]) -> list[list[ChannelDay]]:
    """Neighbouring days that say the same."""
    found: list[list[ChannelDay]] = []
    for day in days:
        before = found[-1][0] if found else None
        if before and (before.state, before.why) == (day.state, day.why):
            found[-1].append(day)
        else:
            found.append([day])
    return found


def part(alike: Iterable[ChannelDay]) -> str:
    """How much was seen of days seen in part; '' of others."""
    shares = [day.share or 0.0 for day in alike if day.state == PARTLY]
    if not shares:
        return ""
    low, high = (min(99, max(1, int(100 * end))) for end in (min(shares), max(shares)))
    if low == high:
        return words.per_cent(low)
    return words.per_cent(high).replace(str(high), words.span(low, high))


def span(alike: Sequence[ChannelDay]) -> tuple[Cell, Cell, Cell]:
    """Days that say the same: when, how much of them was seen, why not all."""
    return (
        Cell(text=words.period(alike[0].day, alike[-1].day + 1)),
        Cell(text=t(SAID[alike[0].state]), note=part(alike)),
        Cell(text=alike[0].why or t("nothing is missing")),
    )


def looks(runs: Sequence[Run], caption: str, titles: dict[str, str]) -> Table:
    """Looks, imports and editions, newest first. ``titles``: of channels, by slug;
    none: of one channel alone."""
    who = (t("Source"),) if titles else ()
    return Table(
        caption=caption,
        headings=(
            t("When"),
            t("What"),
            *who,
            t("Outcome"),
            t("Read"),
            t("Kept"),
            t("Refused"),
        ),
        rows=tuple(_look(run, titles) for run in runs),
    )


def _look(run: Run, titles: dict[str, str]) -> tuple[Cell, ...]:
    refused = json.loads(run.refused or "{}")
    reasons = words.beside(
        *(
            t("%(n)s %(reason)s", n=words.number(count), reason=words.reported(reason))
            for reason, count in refused.items()
        )
    )
    who = (Cell(text=titles.get(run.channel, run.channel)),) if titles else ()
    what, outcome = WHAT.get(run.what), OUTCOME.get(run.outcome)
    return (
        Cell(text=words.moment(run.started_at)),
        Cell(text=t(what) if what else run.what),
        *who,
        Cell(
            text=t(outcome) if outcome else run.outcome,
            note=words.problem(run.problem),
            quotes=True,
        ),
        Cell(text=words.number(run.rows_read), number=True),
        Cell(text=words.number(run.rows_kept), number=True),
        Cell(
            text=words.number(sum(refused.values())),
            number=True,
            note=reasons,
            quotes=True,
        ),
    )


def cite(desk: Desk, what: str, path: str, now: int) -> str:
    """How to cite what is so now."""
    said = t("%(what)s. Answerable, as of %(when)s.", what=what, when=words.moment(now))
    if of_sample(desk):
        sample = t("Sample data, fictional brands.")
        said = f"{said} {sample}"
    return f"{said} {desk.public}{desk.at('', path)}"


def takes(desk: Desk, path: str) -> tuple[Link, ...]:
    """Links to what is drawn at ``path`` as pictures."""
    return tuple(
        Link(ending.upper(), desk.at("", f"{path}/seen.{ending}"))
        for ending in ("svg", "png")
    )


def of_sample(desk: Desk) -> bool:
    """Whether the looks shown are as fictional as the brands."""
    return desk.library.sample and desk.library.watched is desk.library.reader
