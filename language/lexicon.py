"""Words that tell messages and replies apart, one file a language, made patterns:
``words/`` for what people write, ``replies/`` for what brands answer.

A file holds lists of entries, an entry a line, in lower case and without accents, as
``language.plain`` leaves a text. In an entry ``*`` stands for the rest of a word, ``~``
for up to three words in between, ``(a|b)`` for either. A line after ``#`` is a remark.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
REPLIES = Path(__file__).parent / "replies"

LISTS = {
    "grave": "says by itself that something went wrong for the writer",
    "harsh": "words of anger or failure, which are also said of the weather",
    "bad": "unlucky words, which count beside others",
    "superb": "praise by itself",
    "thanks": "praise by itself, and manners where something is asked or amiss",
    "good": "kind words, which manners also ask for",
    "matter": "what people have with a brand: orders, bills, bags, apps",
    "negation": "turns the good or bad word after it round",
    "reversal": "what looks like praise and is none",
    "relief": "what looks like a complaint and is none",
    "question": "asks, with or without a question mark",
    "opening": "asks when a sentence begins with it",
}
"""Every list a file of ``words/`` may hold, and what its entries do."""

REPLY_LISTS = {
    "machine": "says of itself that a machine wrote it",
    "private": "asks the person to go on where nobody else can read",
    "courtesy": "manners, which say nothing of the matter; beside a redirection",
    "greeting": "comes before a name at the beginning",
}
"""Every list a file of ``replies/`` may hold."""


NOTHING = "[^\\x00-\\x{10FFFF}]"
"""A pattern that no text matches."""


class BadLexicon(Exception):
    """A file of words is not as the docstring above says; the message says where."""


@dataclass(frozen=True)
class Lexicon:
    """One language's lists as patterns for plain texts."""

    patterns: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """A list's pattern; one that is found nowhere if the file has no such list."""
        return self.patterns.get(name) or NOTHING


@cache
def supported() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages there are words for."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language. Raises BadLexicon, KeyError for one without words."""
    return _file(FOLDER, language, LISTS)


@cache
def reply_lexicon(language: str) -> Lexicon:
    """What brands of a language write in replies; raises as ``lexicon``."""
    return _file(REPLIES, language, REPLY_LISTS)


def _file(folder: Path, language: str, known: Collection[str]) -> Lexicon:
    path = folder / f"{language}.toml"
    if not path.is_file():
        raise KeyError(language)
    return read(f"{folder.name}/{path.name}", path.read_text("utf-8"), known)


def read(name: str, text: str, known: Collection[str] = LISTS.keys()) -> Lexicon:
    """A file's lists as patterns. Raises BadLexicon naming the file and the entry."""
    try:
        lists = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadLexicon(f"{name}: expected TOML: {problem}") from problem
    for unknown in lists.keys() - set(known):
        raise BadLexicon(f"{name}: no list is called {unknown!r}; see LISTS")
    return Lexicon(
        {key: _either(name, entries(str(value))) for key, value in lists.items()}
    )


def entries(text: str) -> list[str]:
    """The entries of a list, without remarks and empty lines."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


_ENTRY = re.compile(r"[][a-z0-9 *~()|?+-]+")


def _either(name: str, lines: list[str]) -> str:
    for line in lines:
        if not _ENTRY.fullmatch(line) or line.count("(") != line.count(")"):
            raise BadLexicon(f"{name}: {line!r} is no entry: lower case, no accents")
    return "|".join(
        _pattern(line) for line in sorted(lines, key=lambda x: (-len(x), x))
    )


def _pattern(line: str) -> str:
    line = line.replace("*", "[a-z]*").replace("(", "(?:")
    return line.replace(" ~ ", " (?:[a-z0-9]+ ){0,3}")
