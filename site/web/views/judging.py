"""On /method: how well messages and answers are told apart, and examples of each."""

import json
from collections.abc import Iterator

from language.quality import Quality, quality, span
from model.rows import Edition
from scoring.method import METHOD
from web import words
from web.parts import Block, Cell, Table

LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "pt": "Portuguese",
    "ro": "Romanian",
}
SETS = {
    "complaints": "to support accounts, and random ones",
    "airlines": "to six airlines",
    "sentiment": "about anything",
    "reviews": "reviews of shops",
}
KINDS = {
    "complaint": "complaints",
    "compliment": "compliments",
    "needs-answer": "complaints or questions",
}

MESSAGES = (
    ("complaint", "“@acme my parcel is three weeks late and nobody answers the phone”"),
    ("question", "“@acme until what time is the shop in Leeds open on Sundays?”"),
    ("compliment", "“Thank you so much @acme, the new kettle is wonderful!”"),
    ("other", "“On the train to Leeds, reading the paper @acme left on the seat”"),
)
"""Invented. A test classifies them."""

REPLIES = (
    (
        "automatic",
        "“We have received your message, number 4711.” Three seconds after it, like"
        " every other answer of that brand with these words.",
        "No answer: the clock goes on.",
    ),
    (
        "canned",
        "“We are sorry to hear that and have passed it on to our team.” The same words,"
        " but for a name, went to at least"
        f" {METHOD.copy_people.value} other people within four weeks.",
        "An answer, and none of substance.",
    ),
    (
        "redirect",
        "“Hi Anna, please send us a private message with your booking number.”",
        "An answer, and none of substance.",
    ),
    (
        "substantive",
        "“Hi Anna, the line is closed because of a fallen tree; the next train leaves"
        " at 18:40 from platform 2.”",
        "An answer, and one of substance.",
    ),
    (
        "not judged",
        "A picture without words, a file that leaves the words out, or a language we"
        " have no lists for.",
        "An answer; whether of substance is not said.",
    ),
)
"""Invented too: step of the ladder, what was answered, what it counts as."""


def blocks(edition: Edition | None) -> tuple[Block, ...]:
    return _kinds(edition), _right(), _steps()


def _left_out(edition: Edition | None) -> Iterator[str]:
    """How many messages of an edition its headlines leave out for their kind."""
    if edition is None or not edition.messages:
        return
    count = json.loads(edition.left_out or "{}").get("other_kind", 0)
    if count:
        yield (
            f"Of {words.counted(edition.messages, 'message')} of this edition’s period"
            f" {words.number(count)} ({words.percent(count / edition.messages)}) were"
            " left out of its headline tables so: compliments, what is neither question"
            " nor complaint, and what could not be told."
        )


def _kinds(edition: Edition | None) -> Block:
    return Block(
        id="kinds-judged",
        title="How we tell what a message is",
        text=(
            "Where a channel does not say it, a program reads each message once, by"
            f" lists of words written by hand in {words.listed(_languages())}. It sees"
            " the message alone: not who wrote it, not to whom, and not what was"
            " answered. What it keeps is the kind and the language; the text is"
            " dropped.",
            "In any other language, and where there are no words, it says nothing. Such"
            " messages are shown with the others and left out of the headline. Where so"
            " many are left out that fewer than"
            f" {words.hundred(METHOD.headline_kinds.value)} of a hundred messages say"
            " what they are, the headline counts every kind instead.",
            *_left_out(edition),
        ),
        table=Table(
            caption="An invented example of each kind",
            headings=("Kind", "Message"),
            rows=tuple((Cell(text=kind), Cell(text=text)) for kind, text in MESSAGES),
        ),
    )


def _languages() -> list[str]:
    return sorted(LANGUAGES[code] for code in {row.language for row in quality()})


def _right() -> Block:
    return Block(
        id="kinds-right",
        title="How often that is right",
        text=tuple(_sentences()),
        table=Table(
            caption="Messages we call so, held against what people called them",
            headings=("Messages", "Kind", "We call so", "Right", "People call so",
                      "Found"),
            rows=tuple(_line(row) for row in quality()),
        ),
    )  # fmt: skip


def _sentences() -> Iterator[str]:
    first = quality()[0]
    kind, language = KINDS[first.kind], LANGUAGES[first.language]
    total = words.big(sum(row.total for row in _sets()))
    yield (
        f"We had it read {total} messages that people had labelled. None of them stands"
        " in our lists or taught them anything; totals like these told us where the"
        " lists were too wide or too narrow. The first line reads: of"
        f" {words.number(first.called)} messages in {language} that we call {kind},"
        f" people call {_share(first.right, first.called)} so; of"
        f" {words.number(first.labelled)} that people call {kind} we find"
        f" {_share(first.right, first.labelled)}."
    )
    yield (
        "People disagree about such labels too, most of all about messages that are to"
        " nobody in particular. Those are the lines called “about anything”, which are"
        " hard on every program; messages to brands are told more surely. No collection"
        " has labels for questions, so that “complaints or questions” are held against"
        " complaints alone and look less right than they are."
    )
    yield (
        "What does an error do to a score? A message wrongly taken for a complaint is"
        " counted, a complaint wrongly taken for praise is not. Either happens without"
        " regard to whether it was answered, so it favours no brand; it makes brands"
        " look somewhat more alike than they are where praise is answered more often"
        " than complaints, or less."
    )


def _sets() -> Iterator[Quality]:
    """A line of each set of messages."""
    seen = set()
    for row in quality():
        if (row.language, row.messages) not in seen:
            seen.add((row.language, row.messages))
            yield row


def _share(right: int, of: int) -> str:
    low, high = span(right, of)
    share = words.percent(right / of if of else 0)
    return f"{share} ({words.share_span(low, high)})"


def _line(row: Quality) -> tuple[Cell, ...]:
    return (
        Cell(text=LANGUAGES[row.language], note=SETS[row.messages]),
        Cell(text=KINDS[row.kind]),
        Cell(text=words.number(row.called), number=True),
        Cell(text=_share(row.right, row.called), number=True),
        Cell(text=words.number(row.labelled), number=True),
        Cell(text=_share(row.right, row.labelled), number=True),
    )


def _steps() -> Block:
    return Block(
        id="steps",
        title="What an answer is worth",
        text=(
            "Every answer stands on a ladder. The clock stops at the first that no"
            " machine sent; beside it stands the share of people who got an answer that"
            " says something of their matter.",
            "Copies are found by a fingerprint: a number that texts share when they"
            " have nearly all their words in common, names, numbers and links left out."
            " Nobody can read a text out of it. A brand’s answer is held against what"
            " the same brand sent to others within"
            f" {METHOD.copy_days.value} days before and after.",
            "Speed alone never makes an answer automatic: the fastest people would be"
            " punished. It must have come within"
            f" {words.limit(METHOD.machine_seconds.value)}, its copies must have gone"
            f" to {METHOD.machine_people.value} others as quickly, and hardly any copy"
            " later. Or it says of itself that a machine wrote it.",
            "An answer that asks the person to go on in private, or links to a form,"
            " and says nothing else, is a redirection, however often it is sent. What"
            " happens in private we cannot see: it may well have helped.",
        ),
        table=Table(
            caption="An invented example of each step",
            headings=("Step", "Answer", "What it is"),
            rows=tuple(tuple(Cell(text=text) for text in row) for row in REPLIES),
        ),
    )
