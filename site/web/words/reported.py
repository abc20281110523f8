"""What programs noted in English when it happened, said in the language of the page.

Looks that failed, rows that were left out and what an audit did otherwise than planned
are kept as sentences in the database. ``noted`` lists those that our programs write,
each with named places for what differs. A sentence of somebody else is quoted.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from markupsafe import Markup, escape

from web import tongue
from web.tongue import t, tn
from web.words.figures import beside, counted
from web.words.noted import ARMS, SENTENCES
from web.words.times import HOUR, duration

PLACE = re.compile(r"%\((\w+)\)s")
UNITS = {"second": 1, "minute": 60, "hour": HOUR}


def reported(text: str) -> str:
    """One sentence, or several with semicolons between; English as it is."""
    now = tongue.now()
    return text if now is None or not text else _reported(now, text)


def quoted(text: str) -> str:
    """In the marks of the page's language."""
    return t("“%(said)s”", said=text)


def english(text: str) -> Markup:
    """``text`` that ``reported`` said, for a page: what it quotes is marked as English
    on pages that are not, so that it is read out as such."""
    if tongue.language() == tongue.ENGLISH:
        return escape(text)
    left, right = quoted("\n").split("\n")
    marks = re.compile(f"{re.escape(left)}(.+?){re.escape(right)}", re.DOTALL)
    said = f'{escape(left)}<span lang="en">\\1</span>{escape(right)}'
    return Markup(marks.sub(said, str(escape(text))))


def italic(text: str) -> Markup:
    """What stands between asterisks, as citations have titles, is set in italics."""
    return Markup(re.sub(r"\*(.+?)\*", r"<i>\1</i>", str(escape(text))))


@lru_cache(maxsize=4_096)
def _reported(_: tongue.Catalogue, text: str) -> str:
    """By catalogue as well: in which language it is said is known to the thread."""
    said: list[str] = []
    parts, foreign = text.split("; "), list[str]()
    while parts:
        sentence, rest = _first(parts)
        if not sentence:
            foreign.append(parts[0])
        if foreign and (sentence or not rest):
            said.append(quoted("; ".join(foreign)))
            foreign = []
        said += [sentence] if sentence else []
        parts = rest
    return beside(*said)


def _first(parts: list[str]) -> tuple[str, list[str]]:
    """The sentence that they begin with, '' where none is known, and the others. Some
    sentences of ours have a semicolon in them."""
    for upto in range(len(parts), 0, -1):
        said = _one("; ".join(parts[:upto]))
        if said:
            return said, parts[upto:]
    return "", parts[1:]


def _one(text: str) -> str:
    """'' where it is none of ours."""
    if text in _known()[0]:
        return t(text)
    for message, pattern in _known()[1]:
        found = pattern.fullmatch(text)
        if found:
            return t(message, **{
                name: INNER.get(name, str)(value)
                for name, value in found.groupdict().items()
            })  # fmt: skip
    return ""


@cache
def _known() -> tuple[frozenset[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    """Sentences without a place in them, and the patterns of the others."""
    plain = frozenset(said for said in SENTENCES if not PLACE.search(said))
    return plain, tuple(
        (said, pattern(said)) for said in SENTENCES if said not in plain
    )


def pattern(message: str) -> re.Pattern[str]:
    """What a sentence looks like once something stands in its places."""
    pieces = PLACE.split(message)
    written = (
        f"(?P<{piece}>[^;]+?)" if at % 2 else re.escape(piece.replace("%%", "%"))
        for at, piece in enumerate(pieces)
    )
    return re.compile("".join(written))


def _span(text: str) -> str:
    """ "15 minutes", as collectors write waits."""
    count, unit = _number(text), text.partition(" ")[2].removesuffix("s")
    return text if count is None or unit not in UNITS else duration(count * UNITS[unit])


def _number(text: str) -> int | None:
    """Of "1,026 messages were"; None: it begins with none."""
    number = text.partition(" ")[0].replace(",", "")
    return int(number) if number.isdecimal() else None


def _count(text: str) -> str:
    count = _number(text)
    return text if count is None else tongue.number(count)


def _messages(text: str) -> str:
    count = _number(text)
    return text if count is None else tn("%(n)s message", "%(n)s messages", count)


def _brands(text: str) -> str:
    count = _number(text)
    return text if count is None else counted(count, "brand", "brands")


def _arms(text: str) -> str:
    return ", ".join(t(ARMS.get(arm, arm)) for arm in text.split(", "))


def _problem(text: str) -> str:
    return _one(text) or quoted(text)


INNER: dict[str, Callable[[str], str]] = {
    "arms": _arms,
    "brands": _brands,
    "count": _count,
    "expected": quoted,
    "messages": _messages,
    "problem": _problem,
    "span": _span,
}
"""What is done with what stands in a place, by the place's name."""
