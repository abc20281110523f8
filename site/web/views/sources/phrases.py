"""How the watch of a channel goes, in words."""

import json
from collections.abc import Iterable, Sequence

from model.rows import ChannelRow, Run
from model.words import Became, became
from web import words
from web.desk import Desk
from web.parts import Cell, Table
from web.views.details.days import PARTLY, SAID
from web.views.sources.reading import RECENT_DAYS, ChannelDay, Watched

WHAT = {"look": "Look", "import": "Import", "resolve": "Check of accounts",
        "publish": "Edition"}  # fmt: skip
OUTCOME = {"ok": "complete", "incomplete": "incomplete", "failed": "failed"}


def failing(each: Watched) -> bool:
    last = each.runs.any if each.runs else None
    return each.row.on and last is not None and last.outcome != "ok"


def state(each: Watched) -> str:
    """Without a full stop."""
    if not each.row.on:
        return "Off"
    return "The last look had a problem" if failing(each) else "On"


def off_because(row: ChannelRow) -> str:
    """Why it is off, as a sentence; '' when it is on, or that is not known."""
    why = "" if row.on else row.off_because
    return f"{why[:1].upper()}{why[1:]}" if why else ""


def every(row: ChannelRow) -> str:
    return f"every {words.duration(row.every_s)}" if row.every_s else "when imported"


def problem(each: Watched) -> str:
    """What the last look said; '' when it went well."""
    last = each.runs.any if each.runs else None
    return words.problem(last.problem) if last and last.outcome != "ok" else ""


def last(each: Watched) -> str:
    runs = each.runs
    if runs is None or runs.any is None:
        return "never"
    said = f"{words.moment(runs.any.finished_at)}, {OUTCOME[runs.any.outcome]}"
    if runs.any.outcome != "ok":
        good = words.moment(runs.ok.finished_at) if runs.ok else "never"
        said += f"; last complete: {good}"
    return said


def seen(each: Watched) -> str:
    """How much of the last days, and of how many accounts."""
    share, accounts = each.share, each.accounts
    if share is None or accounts is None:
        return _unseen(each)
    accounts_of = words.counted(accounts.begun, "account")
    return f"{percent(share)} of {period(each)}, {accounts_of}"


def percent(share: float) -> str:
    """Downwards: just below all is not all."""
    return f"{int(100 * share)}{words.NBSP}%"


def period(each: Watched) -> str:
    """Since when, of the days that are shown."""
    begun = len(each.begun)
    if begun < RECENT_DAYS:
        return f"the {words.counted(begun, 'day')} since we began"
    return f"the last {RECENT_DAYS} days"


def _unseen(each: Watched) -> str:
    if each.accounts is not None and each.accounts.verified:
        return "none of its accounts is watched yet"
    if each.row.how == "imported":
        return "nothing of it has been imported yet"
    return "no account of it is verified yet"


BECAME = {
    Became.MOVED: (
        "Its name leads to somebody else now. It is neither looked at nor ranked until"
        " somebody has checked which account is meant."
    ),
    Became.VANISHED: "Nobody is there any more.",
    Became.RENAMED: "It has another name now. It is the same account and is measured.",
}


def became_of(problem: str) -> str:
    """What became of an account in doubt, in words of ours; the channel's own where it
    was never found."""
    what = became(problem)
    return BECAME[what] if what in BECAME else words.problem(problem)


def doubtful(each: Watched) -> str:
    """How many accounts are not to be relied upon; '' none is."""
    if each.row.how == "imported" or not each.accounts or not each.accounts.troubled:
        return ""
    of = words.counted(each.accounts.accounts, "account")
    return f"{words.number(each.accounts.troubled)} of {of}"


def behind(each: Watched) -> str:
    """How far the watch is behind now; '' where files are read, or nothing is."""
    if each.row.how == "imported" or each.behind_s is None or not each.accounts:
        return ""
    said = f"{words.duration(each.behind_s)} behind now"
    if each.accounts.begun > 1:
        assert each.accounts.newest is not None
        newest = max(0, each.now - each.accounts.newest)
        said = (
            f"from {words.duration(newest)} to {words.duration(each.behind_s)} behind"
            " now, account by account"
        )
    return said


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
    return f"{words.span(low, high)}{words.NBSP}%"


def span(alike: Sequence[ChannelDay]) -> tuple[Cell, Cell, Cell]:
    """Days that say the same: when, how much of them was seen, why not all."""
    return (
        Cell(text=words.period(alike[0].day, alike[-1].day + 1)),
        Cell(text=SAID[alike[0].state], note=part(alike)),
        Cell(text=alike[0].why or "nothing is missing"),
    )


def looks(runs: Sequence[Run], caption: str, titles: dict[str, str]) -> Table:
    """Looks, imports and editions, newest first. ``titles``: of channels, by slug;
    none: of one channel alone."""
    who = ("Source",) if titles else ()
    return Table(
        caption=caption,
        headings=("When", "What", *who, "Outcome", "Read", "Kept", "Refused"),
        rows=tuple(_look(run, titles) for run in runs),
    )


def _look(run: Run, titles: dict[str, str]) -> tuple[Cell, ...]:
    refused = json.loads(run.refused or "{}")
    reasons = "; ".join(
        f"{words.number(count)} {reason}" for reason, count in refused.items()
    )
    who = (Cell(text=titles.get(run.channel, run.channel)),) if titles else ()
    return (
        Cell(text=words.moment(run.started_at)),
        Cell(text=WHAT.get(run.what, run.what)),
        *who,
        Cell(
            text=OUTCOME.get(run.outcome, run.outcome), note=words.problem(run.problem)
        ),
        Cell(text=words.number(run.rows_read), number=True),
        Cell(text=words.number(run.rows_kept), number=True),
        Cell(text=words.number(sum(refused.values())), number=True, note=reasons),
    )


def cite(desk: Desk, what: str, path: str, now: int) -> str:
    """How to cite what is so now."""
    sample = " Sample data, fictional brands." if of_sample(desk) else ""
    return f"{what}. Answerable, as of {words.moment(now)}.{sample} {desk.public}{path}"


def of_sample(desk: Desk) -> bool:
    """Whether the looks shown are as fictional as the brands."""
    return desk.library.sample and desk.library.watched is desk.library.reader
