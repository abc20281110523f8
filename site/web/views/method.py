"""/method: the rules in plain words, and every chosen number with its reason."""

import json
from dataclasses import replace

from model.rows import Edition
from model.words import FAMILIES
from scoring.method import LIMITS, METHOD
from web import words
from web.desk import Desk
from web.pages import MethodPage, Rule
from web.parts import Block, Cell, Link, Table
from web.tongue import mark, t
from web.views import choices, judging, trust
from web.views.questions import questions
from web.views.rules import BLIND, RULES, said

TITLES = {
    "weights": mark("Weights of the three limits in the score"),
    "limits_social": mark("Limits on social networks and in field studies"),
    "limits_reviews": mark("Limits in reviews and support forums"),
    "limits_complaints": mark("Limits on complaint boards"),
    "confidence": mark("How sure an interval is"),
    "prior": mark("Prior of each credit class"),
    "fewest_inquiries": mark("Fewest inquiries to be ranked"),
    "fewest_people": mark("Fewest people to be ranked"),
    "fewest_days": mark("Fewest effective days to be ranked"),
    "lowest_coverage": mark("Lowest coverage"),
    "fewest_brands": mark("Fewest ranked brands of an industry"),
    "stars": mark("What a number of stars says"),
    "headline_kinds": mark("When complaints and questions make the headline"),
    "wait_bins": mark("Bars of the chart of waits"),
    "curve_times": mark("Times at which a curve is read"),
    "curve_watched": mark("Inquiries still watched where a curve ends"),
    "stratum_inquiries": mark("Fewest inquiries of a stratum"),
    "mix_held": mark("Share of the common mix that must be known"),
    "week_part": mark("Parts of a day, in seconds"),
    "funnel_levels": mark("Limits of a funnel plot"),
    "office_hours": mark("Weekdays, nights and weekends"),
    "rhythm_hours": mark("Hours in a cell of the map of a week"),
    "fewest_in_cell": mark("Fewest inquiries for a share at some time of the week"),
    "copy_bits": mark("How alike near-copies are"),
    "copy_days": mark("Days before and after in which copies are looked for"),
    "copy_people": mark("Other conversations that make a reply canned"),
    "machine_seconds": mark("How quick a machine is, in seconds"),
    "machine_people": mark("Other conversations that make a quick reply automatic"),
    "machine_share": mark("Share of the copies that came as quickly"),
    "redirect_words": mark("Words with which a redirection says more"),
    "judged_answers": mark("Answers that must have been judged"),
}
"""Names for readers. A choice without one is printed under its own name."""

SHORT = 8
"""Rows that a table may have and stand open."""

LEFT_OUT = {
    "reply": mark("known only because the brand answered them"),
    "several": mark("to two or more of the brands we watch at once"),
    "young": mark("asked too late to have been watched for a whole horizon"),
    "lost": mark("deleted by their author within the horizon"),
    "other_kind": mark("of a kind that the headline table does not count"),
    "same_day": mark("by somebody who counted for that brand and day already"),
}


def method(desk: Desk) -> MethodPage:
    edition = desk.edition
    rules = tuple(said(rule) for rule in RULES)
    blocks = (*judging.blocks(edition), *trust.blocks(desk), *choices.blocks(desk))
    blocks = tuple(_short(block) for block in blocks)
    return MethodPage(
        frame=desk.frame("Method"),
        title=t("Method"),
        description=t("How answers are counted, how sure we are, and why each number."),
        version=METHOD.version,
        log=desk.url("/method/log"),
        other=_other(edition),
        rules=rules,
        questions=questions(),
        numbers=_numbers(),
        limits=_limits(),
        cuts=_cuts(edition.cuts) if edition else None,
        left_out=_left_out(edition.left_out) if edition else None,
        blind=tuple(t(text) for text in BLIND),
        blocks=blocks,
        contents=_contents(rules, blocks),
    )


def _other(edition: Edition | None) -> str:
    """What to know when the edition is of another version; '' when it is of this."""
    if edition is None or edition.method == METHOD.version:
        return ""
    return t(
        "Edition %(edition)s was made by version %(made)s of the method. This page"
        " describes version %(version)s.",
        edition=edition.name,
        made=edition.method,
        version=METHOD.version,
    )


def _short(block: Block) -> Block:
    """A long table waits behind its own caption: the words come first."""
    long = block.table is not None and len(block.table.rows) > SHORT
    return replace(block, folded=block.folded or long)


def _contents(rules: tuple[Rule, ...], blocks: tuple[Block, ...]) -> tuple[Link, ...]:
    """What is on the page, in its order."""
    parts = (
        *((rule.id, rule.title) for rule in rules),
        ("questions", t("Before you print a number")),
        ("blind", t("What this site cannot see")),
        *((block.id, block.title) for block in blocks),
        ("numbers", t("Every number, and why")),
    )
    return tuple(Link(title, f"#{ident}") for ident, title in parts)


def _numbers() -> Table:
    return Table(
        caption=t("Every number we chose, method %(version)s", version=METHOD.version),
        headings=(t("What"), t("Number"), t("Why")),
        rows=tuple(
            (
                Cell(text=title(name)),
                Cell(text=value(name, choice.value)),
                Cell(text=t(choice.why)),
            )
            for name, choice in METHOD.choices().items()
        ),
    )


def title(name: str) -> str:
    """A choice's name for readers."""
    known = TITLES.get(name)
    return t(known) if known else name.replace("_", " ").capitalize()


def value(name: str, chosen: object) -> str:
    """A choice's value as a reader would write it."""
    if name == "stars" and isinstance(chosen, dict):
        return ", ".join(
            t("%(stars)s: %(kind)s", stars=stars, kind=t(judging.NAMES[kind]))
            for stars, kind in chosen.items()
        )
    if isinstance(chosen, tuple):
        return ", ".join(_figure(name, each) for each in chosen)
    return _figure(name, chosen)


def _figure(name: str, chosen: object) -> str:
    if isinstance(chosen, int):
        if name.startswith("limits_"):
            return words.limit(chosen)
        if name in ("wait_bins", "curve_times"):
            return words.duration(chosen)
        return words.number(chosen)
    if isinstance(chosen, float):
        return words.decimal(chosen, 2) if name == "prior" else words.exact(chosen)
    return str(chosen)


def _limits() -> Table:
    return Table(
        caption=t("Where people write, and the three limits there"),
        headings=(t("Where"), t("First"), t("Second"), t("Third")),
        rows=tuple(
            (
                Cell(text=words.family_title(family)),
                *(
                    Cell(text=words.limit(seconds))
                    for seconds in (
                        LIMITS[family].t1,
                        LIMITS[family].t2,
                        LIMITS[family].t3,
                    )
                ),
            )
            for family in FAMILIES
        ),
    )


def _cuts(text: str) -> Table | None:
    cuts = json.loads(text or "{}")
    if not cuts:
        return None
    return Table(
        caption=t("What counts in this edition’s tables"),
        headings=(t("Where"), t("Counted")),
        rows=tuple(
            (Cell(text=words.family_title(family)), Cell(text=words.cut_words(cut)))
            for family, cut in cuts.items()
        ),
    )


def _left_out(text: str) -> Table | None:
    reasons = json.loads(text or "{}")
    if not reasons:
        return None
    return Table(
        caption=t("Messages of this edition’s period that did not count"),
        headings=(t("Because they were"), t("Messages")),
        rows=tuple(
            (
                Cell(text=_reason(reason)),
                Cell(text=words.number(count), number=True),
            )
            for reason, count in reasons.items()
        ),
    )


def _reason(name: str) -> str:
    known = LEFT_OUT.get(name)
    return t(known) if known else name.replace("_", " ")
