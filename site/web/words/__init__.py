"""Figures and statuses in words. Every phrase a page says about a number is here.

Spaces inside a figure are no-break spaces, so that a line never ends in its middle.
``None`` always means "not known" and has its own words; it is never zero. Everything
is in the language of the page being made (``web.tongue``); what tables here hold is
marked and given to ``t`` where it is said.
"""

import re

from model.rows import Standing
from model.words import Cut, Family, Status
from scoring.method import METHOD
from scoring.waits import Between
from store import Listed
from web.tongue import decimal, mark, number, t, tn
from web.words.figures import (
    NARROW,
    NBSP,
    RANGE,
    SMALL,
    aside,
    beside,
    between,
    big,
    counted,
    difference,
    exact,
    hundred,
    inquiries,
    interval,
    listed,
    ordinal,
    per_cent,
    percent,
    place_range,
    places,
    ranging,
    seen,
    share_span,
    small,
    span,
    titled,
    true_share,
    whole,
)
from web.words.noted import PLAIN
from web.words.reported import english, italic, reported
from web.words.times import (
    HOUR,
    bin_label,
    day,
    duration,
    iso,
    limit,
    long_date,
    moment,
    month,
    parsed,
    period,
    short_day,
    short_month,
    surely,
    within,
)

__all__ = [
    "CUT_WORDS",
    "FAMILY_PLACE",
    "FAMILY_TITLE",
    "HOUR",
    "NARROW",
    "NBSP",
    "NOT_KNOWN",
    "RANGE",
    "SMALL",
    "STATUS_SHORT",
    "THIRD",
    "aside",
    "beside",
    "between",
    "big",
    "bin_label",
    "counted",
    "cut_words",
    "day",
    "decimal",
    "difference",
    "duration",
    "english",
    "exact",
    "family_place",
    "family_title",
    "hundred",
    "inquiries",
    "interval",
    "iso",
    "italic",
    "limit",
    "listed",
    "long_date",
    "moment",
    "month",
    "number",
    "ordinal",
    "parsed",
    "per_cent",
    "percent",
    "period",
    "place_range",
    "places",
    "problem",
    "ranging",
    "reported",
    "seen",
    "share_span",
    "short_day",
    "short_month",
    "short_status",
    "small",
    "span",
    "status",
    "surely",
    "third",
    "titled",
    "too_few",
    "true_share",
    "typical_wait",
    "wait_known",
    "wait_note",
    "wait_within",
    "whole",
    "within",
]

NOT_KNOWN = mark("not known")
FAMILY_TITLE = {
    Family.SOCIAL: mark("Social networks"),
    Family.REVIEWS: mark("Reviews"),
    Family.SUPPORT: mark("Support forums"),
    Family.COMPLAINTS: mark("Complaint boards"),
    Family.AUDIT: mark("Field studies"),
}
FAMILY_PLACE = {
    Family.SOCIAL: mark("on social networks"),
    Family.REVIEWS: mark("in reviews"),
    Family.SUPPORT: mark("in support forums"),
    Family.COMPLAINTS: mark("on complaint boards"),
    Family.AUDIT: mark("in field studies"),
}
CUT_WORDS = {
    Cut.NEEDS_ANSWER: mark("complaints and questions"),
    Cut.ALL: mark("messages of every kind"),
    Cut.COMPLAINT: mark("complaints"),
    Cut.QUESTION: mark("questions"),
    Cut.COMPLIMENT: mark("compliments"),
    Cut.OTHER: mark("other messages"),
}
THIRD = {"upper": mark("upper third"), "lower": mark("lower third")}
"""Said with "surely in the" before it: the whole range of places lies there."""


def too_few(row: Standing) -> str:
    """What is missing before a brand can be ranked, as people can count it."""
    inquiries = max(0, METHOD.fewest_inquiries.value - row.inquiries)
    people = max(0, METHOD.fewest_people.value - row.authors)
    more = counted(inquiries, "more inquiry", "more inquiries")
    whom = counted(people, "more person", "more people")
    if inquiries and people:
        return t(
            "Too few to rank: %(inquiries)s from %(people)s needed",
            inquiries=more,
            people=whom,
        )
    if inquiries:
        return t("Too few to rank: %(inquiries)s needed", inquiries=more)
    return t("Too few to rank: inquiries from %(people)s needed", people=whom)


def status(row: Standing) -> str:
    """Why a standing is not ranked, as a sentence without a full stop; '' ranked."""
    match row.status:
        case Status.TOO_FEW:
            return too_few(row)
        case Status.FEW_DAYS:
            return _few_days(row)
        case Status.LOW_COVERAGE:
            return _low_coverage(row.coverage)
        case Status.ANSWERED_ONLY:
            return t("No rate: this source holds only answered conversations")
    return ""


def _few_days(row: Standing) -> str:
    """Days are effective ones: as many as would weigh the same with equally many
    inquiries each. Whole ones, downwards: just below what is needed is not enough."""
    needed = METHOD.fewest_days.value
    if row.days is None:
        return t("Not ranked: a few days decide; %(needed)s are needed", needed=needed)
    return tn(
        "Not ranked: too many of its inquiries came on a few days, as if all had come"
        " on only %(n)s\u00a0day; %(needed)s are needed",
        "Not ranked: too many of its inquiries came on a few days, as if all had come"
        " on only %(n)s\u00a0days; %(needed)s are needed",
        min(int(row.days), needed - 1),  # printed figures are rounded
        needed=needed,
    )


def _low_coverage(coverage: float | None) -> str:
    needed = percent(METHOD.lowest_coverage.value)
    if coverage is None:
        return t(
            "Withheld: we did not watch it; %(needed)s of the period is needed",
            needed=needed,
        )
    return t(
        "Withheld: we saw only %(seen)s of the period; %(needed)s is needed",
        seen=seen(coverage),
        needed=needed,
    )


STATUS_SHORT = {
    Status.TOO_FEW: mark("too few"),
    Status.FEW_DAYS: mark("few days"),
    Status.LOW_COVERAGE: mark("low coverage"),
    Status.ANSWERED_ONLY: mark("answered only"),
}
"""For the narrow column of places; the sentence of ``status`` is always beside it."""


def short_status(row: Standing) -> str:
    """'' for the ranked."""
    said = STATUS_SHORT.get(Status(row.status))
    return t(said) if said else ""


def third(placed: str) -> str:
    """ "upper third"; '' for a brand that is surely in neither."""
    return t(THIRD[placed]) if placed in THIRD else ""


def typical_wait(row: Standing) -> str:
    """The time by which half of all who wrote had an answer. Never the mean."""
    if row.median_wait_s is not None:
        return duration(row.median_wait_s)
    if not wait_known(row):
        return t(NOT_KNOWN)
    return t("more than %(limit)s", limit=limit(row.t3_s))


def wait_known(row: Standing | Listed) -> bool:
    """Whether ``typical_wait`` says more than "not known"."""
    if row.median_wait_s is not None:
        return True
    withheld = row.status in (Status.LOW_COVERAGE, Status.ANSWERED_ONLY)
    return not withheld and bool(row.inquiries)


def wait_note(row: Standing) -> str:
    """What a reader must know beside ``typical_wait``; '' when nothing."""
    if row.status == Status.ANSWERED_ONLY and row.median_wait_s is not None:
        return t("among those answered")
    if row.median_wait_s is None and wait_known(row):
        return t("half had no answer by then")
    return ""


def wait_within(row: Standing, wait: Between) -> str:
    """``wait_note``, and between what the typical wait surely lies."""
    if row.median_wait_s is not None:
        return beside(wait_note(row), within(wait))
    if wait.more_than == row.t3_s:
        return t("half surely had no answer by then")
    if wait.more_than is None:
        return wait_note(row)
    more = t("surely more than %(wait)s", wait=duration(wait.more_than))
    return beside(wait_note(row), more)


def problem(text: str) -> str:
    """A look's problem without the words of machines."""
    for machine, plain in PLAIN:
        text = re.sub(machine, plain, text)
    return reported(text)


def family_title(family: str) -> str:
    """'' is a format whose rows say themselves where they come from."""
    return t(FAMILY_TITLE[Family(family)] if family else "Any")


def family_place(family: str) -> str:
    return t(FAMILY_PLACE[Family(family)])


def cut_words(cut: str) -> str:
    return t(CUT_WORDS[Cut(cut)])
