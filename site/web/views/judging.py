"""On /method: how well messages and answers are told apart, and examples of each."""

import json
from collections.abc import Iterator

from language.quality import Quality, quality, span
from model.rows import Edition
from scoring.method import METHOD
from web import words
from web.parts import Block, Cell, Table
from web.tongue import letters, mark, t

LANGUAGES = {
    "de": mark("German"),
    "en": mark("English"),
    "es": mark("Spanish"),
    "fr": mark("French"),
    "it": mark("Italian"),
    "pt": mark("Portuguese"),
    "ro": mark("Romanian"),
}
SETS = {
    "complaints": mark("to support accounts, and random ones"),
    "airlines": mark("to six airlines"),
    "sentiment": mark("about anything"),
    "reviews": mark("reviews of shops"),
}
KINDS = {
    "complaint": mark("complaints"),
    "compliment": mark("compliments"),
    "needs-answer": mark("complaints or questions"),
}
NAMES = {
    "complaint": mark("complaint"),
    "question": mark("question"),
    "compliment": mark("compliment"),
    "other": mark("other"),
}
"""Of each kind of message, for readers."""

MESSAGES = (
    (
        "complaint",
        mark("“@acme my parcel is three weeks late and nobody answers the phone”"),
    ),
    (
        "question",
        mark("“@acme until what time is the shop in Leeds open on Sundays?”"),
    ),
    ("compliment", mark("“Thank you so much @acme, the new kettle is wonderful!”")),
    (
        "other",
        mark("“On the train to Leeds, reading the paper @acme left on the seat”"),
    ),
)
"""Invented. A test classifies them, in each language of the site."""

REPLIES = (
    (
        mark("automatic"),
        mark(
            "“We have received your message, number 4711.” Three seconds after it, like"
            " every other answer of that brand with these words."
        ),
        mark("No answer: the clock goes on."),
    ),
    (
        mark("canned"),
        mark(
            "“We are sorry to hear that and have passed it on to our team.” The same"
            " words, but for a name, went to at least %(people)s other people within"
            " four weeks."
        ),
        mark("An answer, and none of substance."),
    ),
    (
        mark("redirect"),
        mark("“Hi Anna, please send us a private message with your booking number.”"),
        mark("An answer, and none of substance."),
    ),
    (
        mark("substantive"),
        mark(
            "“Hi Anna, the line is closed because of a fallen tree; the next train"
            " leaves at 18:40 from platform 2.”"
        ),
        mark("An answer, and one of substance."),
    ),
    (
        mark("not judged"),
        mark(
            "A picture without words, a file that leaves the words out, or a language"
            " we have no lists for."
        ),
        mark("An answer; whether of substance is not said."),
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
        yield t(
            "Of %(messages)s of this edition’s period %(count)s (%(share)s) were left"
            " out of its headline tables so: compliments, what is neither question nor"
            " complaint, and what could not be told.",
            messages=words.counted(edition.messages, "message", "messages"),
            count=words.number(count),
            share=words.percent(count / edition.messages),
        )


def _kinds(edition: Edition | None) -> Block:
    return Block(
        id="kinds-judged",
        title=t("How we tell what a message is"),
        text=(
            t(
                "Where a channel does not say it, a program reads each message once, by"
                " lists of words written by hand in %(languages)s. It sees the message"
                " alone: not who wrote it, not to whom, and not what was answered. What"
                " it keeps is the kind and the language; the text is dropped.",
                languages=words.listed(_languages()),
            ),
            t(
                "In any other language, and where there are no words, it says nothing."
                " Such messages are shown with the others and left out of the headline."
                " Where so many are left out that fewer than %(least)s of a hundred"
                " messages say what they are, the headline counts every kind instead.",
                least=words.hundred(METHOD.headline_kinds.value),
            ),
            *_left_out(edition),
        ),
        table=Table(
            caption=t("An invented example of each kind"),
            headings=(t("Kind"), t("Message")),
            rows=tuple(
                (Cell(text=t(NAMES[kind])), Cell(text=t(text)))
                for kind, text in MESSAGES
            ),
        ),
    )


def _languages() -> list[str]:
    """Those with lists, by their names."""
    codes = {row.language for row in quality()}
    return sorted((t(LANGUAGES[code]) for code in codes), key=letters)


def _right() -> Block:
    return Block(
        id="kinds-right",
        title=t("How often that is right"),
        text=tuple(_sentences()),
        table=Table(
            caption=t("Messages we call so, held against what people called them"),
            headings=(
                t("Messages"),
                t("Kind"),
                t("We call so"),
                t("Right"),
                t("People call so"),
                t("Found"),
            ),
            rows=tuple(_line(row) for row in quality()),
        ),
    )


def _sentences() -> Iterator[str]:
    first = quality()[0]
    yield t(
        "We had it read %(total)s messages that people had labelled. None of them"
        " stands in our lists or taught them anything; totals like these told us where"
        " the lists were too wide or too narrow. The first line reads: of %(called)s"
        " messages in %(language)s that we call %(kind)s, people call %(right)s so; of"
        " %(labelled)s that people call %(kind)s we find %(found)s.",
        total=words.big(sum(row.total for row in _sets())),
        called=words.number(first.called),
        language=t(LANGUAGES[first.language]),
        kind=t(KINDS[first.kind]),
        right=_share(first.right, first.called),
        labelled=words.number(first.labelled),
        found=_share(first.right, first.labelled),
    )
    yield t(
        "People disagree about such labels too, most of all about messages that are to"
        " nobody in particular. Those are the lines called “about anything”, which are"
        " hard on every program; messages to brands are told more surely. No collection"
        " has labels for questions, so that “complaints or questions” are held against"
        " complaints alone and look less right than they are."
    )
    yield t(
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
    language = t(LANGUAGES[row.language])
    return (
        Cell(text=f"{language[:1].upper()}{language[1:]}", note=t(SETS[row.messages])),
        Cell(text=t(KINDS[row.kind])),
        Cell(text=words.number(row.called), number=True),
        Cell(text=_share(row.right, row.called), number=True),
        Cell(text=words.number(row.labelled), number=True),
        Cell(text=_share(row.right, row.labelled), number=True),
    )


def _steps() -> Block:
    return Block(
        id="steps",
        title=t("What an answer is worth"),
        text=tuple(_ladder()),
        table=Table(
            caption=t("An invented example of each step"),
            headings=(t("Step"), t("Answer"), t("What it is")),
            rows=tuple(
                (Cell(text=t(step)), Cell(text=_example(text)), Cell(text=t(worth)))
                for step, text, worth in REPLIES
            ),
        ),
    )


def _ladder() -> Iterator[str]:
    yield t(
        "Every answer stands on a ladder. The clock stops at the first that no machine"
        " sent; beside it stands the share of people who got an answer that says"
        " something of their matter."
    )
    yield t(
        "Copies are found by a fingerprint: a number that texts share when they have"
        " nearly all their words in common, names, numbers and links left out. Nobody"
        " can read a text out of it. A brand’s answer is held against what the same"
        " brand sent to others within %(days)s days before and after.",
        days=METHOD.copy_days.value,
    )
    yield t(
        "Speed alone never makes an answer automatic: the fastest people would be"
        " punished. It must have come within %(limit)s, its copies must have gone to"
        " %(people)s others as quickly, and hardly any copy later. Or it says of itself"
        " that a machine wrote it.",
        limit=words.limit(METHOD.machine_seconds.value),
        people=METHOD.machine_people.value,
    )
    yield t(
        "An answer that asks the person to go on in private, or links to a form, and"
        " says nothing else, is a redirection, however often it is sent. What happens"
        " in private we cannot see: it may well have helped."
    )
    yield t(
        "For each of the three limits it is said how many got an answer that says"
        " something of the matter. That clock runs to the first such answer, also"
        " where a copy or a request to go on in private came before it."
    )
    yield t(
        "An answer calls the person by name when it begins with a name or with a"
        " greeting and a name, or names the person’s account further down. An account"
        " put before the answer is no address: many programs put it there by"
        " themselves. It is looked at where we read the language."
    )
    yield t(
        "How often the steps are right is not measured as it is for kinds of"
        " messages, because nobody has labelled answers for us. When we read some"
        " answers by companies, drawn by chance from 797, we agreed with 21 of 22 that"
        " were called redirections (78 to 99 % of all, by that sample) and with 20 of"
        " 22 that were called answers of substance (72 to 97 %). The lists were mended"
        " after that. In other languages than English there is no such check."
    )


def _example(text: str) -> str:
    return t(text, people=METHOD.copy_people.value)
