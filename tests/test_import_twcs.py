"""Customer Support on Twitter: threads, attribution, and every kind of dirt."""

import csv as csv_module
import io
import random
import re
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import hashing
from collectors.base import Known
from collectors.channels import twcs
from importing import SECRET, quick, read_as
from model.looks import Reading
from model.words import FoundBy, Kind, Step

NAMES = [*twcs.NEEDED[:5], "response_tweet_id", "in_response_to_tweet_id"]
NOON = int(datetime(2017, 10, 31, 12, tzinfo=UTC).timestamp())


class Tweet(NamedTuple):
    id: object
    author: str
    at: int  # seconds after noon
    to: object = ""
    text: str = ""

    @property
    def company(self) -> bool:
        return not self.author.isdigit()


def written(seconds: int) -> str:
    moment = datetime.fromtimestamp(NOON + seconds, UTC)
    return moment.strftime("%a %b %d %H:%M:%S +0000 %Y")


def content(*tweets: Tweet) -> str:
    buffer = io.StringIO(newline="")
    writer = csv_module.writer(buffer)
    writer.writerow(NAMES)
    for t in tweets:
        inbound = "False" if t.company else "True"
        writer.writerow([t.id, t.author, inbound, written(t.at), t.text, "", t.to])
    return buffer.getvalue()


def read(*tweets: Tweet, **options: Any) -> Reading:
    return read_as("twcs", content(*tweets), **options)


def waits(said: Reading) -> dict[tuple[str, int], int | None]:
    """(account, opening's time): seconds waited, None while unanswered."""
    return {
        (account, asked - NOON): None if answered is None else answered - asked
        for account, asked, answered in said.inquiries.select(
            "account", "asked_at", "answered_at"
        ).iter_rows()
    }


def test_an_opening_and_its_first_answer():
    said = read(Tweet(1, "100", 0), Tweet(3, "Help", 90, 1), Tweet(2, "Help", 60, 1))
    (row,) = said.inquiries.rows(named=True)
    assert row == {
        "channel": "twcs",
        "account": "Help",
        "key": hashing.key("1"),
        "author": hashing.author("twcs|100", NOON, SECRET),
        "asked_at": NOON,
        "answered_at": NOON + 60,
        "automatic_at": None,
        "substantive_at": None,
        "step": Step.UNJUDGED,
        "kind": Kind.UNSAID,
        "found_by": FoundBy.REPLY,
        "addressed": 1,
        "watched_until": None,
        "deleted_at": None,
        "message": None,
        "language": None,
        "url": None,
        "brand": None,
        "industry": None,
        "text": Tweet(1, "100", 0).text,
    }
    assert (said.since, said.as_of) == (NOON, NOON + 90)


@pytest.mark.parametrize(
    ("tweets", "expected"),
    [
        pytest.param(
            [Tweet(1, "100", 0, "", "@help"), Tweet(2, "100", 10, 1),
             Tweet(3, "Help", 30, 2)],
            {("Help", 0): 30},
            id="below the person's own follow-up",
        ),
        pytest.param(
            [Tweet(1, "100", 0), Tweet(2, "100", 10, 1), Tweet(3, "Help", 30, 2)],
            {},
            id="addressed to nobody, though a company stepped in further down",
        ),
        pytest.param(
            [Tweet(1, "100", 0, "", "@other"), Tweet(2, "100", 10, 1),
             Tweet(3, "Help", 30, 2), Tweet(4, "Other", 1, 9)],
            {("Other", 0): None},
            id="another company's answer below a follow-up is none",
        ),
        pytest.param(
            [
                Tweet(1, "100", 0), Tweet(2, "100", 10, 1), Tweet(3, "Help", 30, 2),
                Tweet(4, "Help", 50, 1),
            ],
            {("Help", 0): 30},
            id="below the follow-up before directly",
        ),
        pytest.param(
            [
                Tweet(1, "100", 0), Tweet(2, "Help", 9, 1), Tweet(3, "100", 10, 2),
                Tweet(4, "Other", 5, 3),
            ],
            {("Help", 0): 9},
            id="the company of the direct answer has it",
        ),
        pytest.param(
            [
                Tweet(1, "100", 0, "", "@help"), Tweet(2, "200", 10, 1),
                Tweet(3, "Help", 30, 2), Tweet(4, "100", 40, 2),
                Tweet(5, "Help", 50, 4),
            ],
            {("Help", 0): 50},
            id="an answer to a bystander is none, below a bystander is one",
        ),
        pytest.param(
            [Tweet(1, "100", 5, "", "@help hi"), Tweet(2, "Help", 4, 1)],
            {("Help", 5): None},
            id="dated before the question",
        ),
        pytest.param(
            [Tweet(1, "100", 5), Tweet(2, "Help", 5, 1)],
            {("Help", 5): 0},
            id="in the same second",
        ),
        pytest.param(
            [Tweet(1, "100", 0), Tweet(3, "B", 7, 1), Tweet(2, "A", 7, 1)],
            {("A", 0): 7},
            id="two companies at once: the lower id",
        ),
        pytest.param(
            [Tweet(1, "100", 0, "", "@200 @other @HELP"), Tweet(2, "Help", 1, 9),
             Tweet(3, "Other", 1, 9)],
            {("Other", 0): None},
            id="the first company named",
        ),
        pytest.param(
            [Tweet(1, "100", 0, "", "mail@help.example"), Tweet(2, "Help", 1, 9)],
            {("Help", 0): None},
            id="an at sign inside a word counts, as in the reference",
        ),
        pytest.param(
            [Tweet(1, "Help", 0), Tweet(2, "Other", 1, 1)],
            {},
            id="a company answering a company",
        ),
        pytest.param(
            [Tweet(1, "100", 0, 7), Tweet(2, "Help", 1, 1)],
            {},
            id="a person's answer to what is not there is no opening",
        ),
        pytest.param(
            [Tweet(1, "100", 0, 2), Tweet(2, "100", 0, 1), Tweet(3, "Help", 1, 1),
             Tweet(4, "200", 0, 4), Tweet(5, "200", 0, 7), Tweet(6, "200", 0, 5),
             Tweet(7, "Help", 1, 6)],
            {},
            id="answering each other in a circle",
        ),
        pytest.param(
            [Tweet(1, "100", 0), Tweet(2, "HELP", 9, 1), Tweet(3, "Help", 8, 1)],
            {("HELP", 0): 8},
            id="two spellings of one company",
        ),
    ],
)  # fmt: skip
def test_whose_an_opening_is_and_when_it_was_answered(tweets, expected):
    assert waits(read(*tweets)) == expected
    for seed in range(5):  # the order of rows says nothing
        shuffled = tweets[:]
        random.Random(seed).shuffle(shuffled)
        assert waits(read(*shuffled)) == expected


def test_a_company_written_as_inbound_does_not_answer_itself():
    said = read_as(
        "twcs",
        content(Tweet(2, "Help", 5, 1)) + f"1,Help,True,{written(0)},@other hi,,\n",
    )
    assert said.inquiries.height == 0
    assert said.refused == {twcs.NOBODYS: 1}


def test_an_opening_that_is_nobodys_is_refused():
    said = read(Tweet(1, "100", 0, "", "hello @200"), Tweet(2, "Help", 1, 9))
    assert said.refused == {twcs.NOBODYS: 1}


def test_posts_and_replies_are_counted_by_day():
    day = 86_400
    said = read(
        Tweet(1, "Help", 0), Tweet(2, "help", day), Tweet(3, "Help", day, 7),
        Tweet(4, "Help", day + 1, 6), Tweet(5, "Other", 0, 7), Tweet(6, "100", 0),
        Tweet(7, "200", 0, "", "@other"), Tweet(8, "Unasked", 0, 99),
    )  # fmt: skip
    assert said.published.select("account", "day", "posts", "replies").rows() == [
        ("Help", 17470, 1, 0),
        ("Help", 17471, 1, 2),
        ("Other", 17470, 0, 1),
    ]


def test_what_is_no_inquiry_is_said():
    said = read(
        Tweet(1, "100", 9), Tweet(2, "Help", 8, 1), Tweet(3, "Help", 10, 1),
        Tweet(4, "100", 11, 3),
    )  # fmt: skip
    assert said.notes == (
        "Messages by companies, answers and posts: 2.",
        "Messages by people that answer something, no openings: 1.",
        "Answers dated before what they answer, which end no wait: 1.",
    )


def test_the_brand_comes_from_the_handle_on_x():
    tweets = [Tweet(n, str(n), 0, "", f"@{n}") for n in (1, 2, 3)] + [
        Tweet(4, "Help", 1, 1), Tweet(5, "Both", 1, 2), Tweet(6, "None", 1, 3),
    ]  # fmt: skip
    known = Known(
        {("x", "help"): "help-inc", ("x", "both"): "x", ("twcs", "both"): "own"}
    )
    said = read(*tweets, known=known).inquiries
    brands = dict(said.select("account", "brand").iter_rows())
    assert brands == {"Help": "help-inc", "Both": "own", "None": None}


def test_ids_in_every_spelling_they_come_in():
    said = read(Tweet("1", "100", 0), Tweet(" 2 ", "Help", 3, "1.0"))
    assert waits(said) == {("Help", 0): 3}
    again = read(Tweet("1.0", "100", 0), Tweet("2.00", "Help", 3, "1"))
    assert again.inquiries.equals(said.inquiries)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,100,True,{},x,,", ""),
        ("1,100,TRUE,{},x,,", ""),
        ('"1,55,157",100,True,{},x,,', "tweet_id is not a number"),
        (",100,True,{},x,,", "tweet_id is not a number"),
        ("1.5E+05,100,True,{},x,,", "tweet_id is not a number"),
        ("9999999999999999999,100,True,{},x,,", "tweet_id is not a number"),
        ("1,,True,{},x,,", "author_id is not a handle or a number"),
        ("1,a b,True,{},x,,", "author_id is not a handle or a number"),
        ("1,100,1,{},x,,", "inbound is neither True nor False"),
        ("1,100,True,,x,,", "created_at is missing"),
        ("1,100,True,31/10/2017,x,,", "created_at is not a time"),
        ("1,100,True,Wed Oct 31 12:00:00 +0000 2017,x,,", "created_at is not a time"),
        ("1,100,True,Tue Oct 31 12:00:00 2017,x,,", "created_at is not a time"),
        ("1,100,True,Tue Oct 31 12:00:00 +0000 1899,x,,", "created_at is"),
        ('1,100,True,{},x,,"1,55,157"', "in_response_to_tweet_id is not a number"),
        ("1,100,True,{},x,,nan", "in_response_to_tweet_id is not a number"),
        ("1,100,True,{},x,", "the row has fewer fields"),
        ("1,100,True,{},x,,,", "the row has more fields"),
        ('1,100,True,{},"x,,', "a quote was opened"),
    ],
)
def test_rows_that_are_refused(row, reason):
    company = content(Tweet(2, "Help", 1, 1))
    said = read_as("twcs", company + row.format(written(0)) + "\n")
    assert said.read == 2
    if reason:
        assert len(said.refused) == 1
        assert next(iter(said.refused)).startswith(reason)
    else:
        assert (said.refused, said.inquiries.height) == ({}, 1)


def test_the_same_id_again_is_refused_whatever_the_order():
    rows = [Tweet(1, "100", 0), Tweet(1, "100", 0), Tweet(1, "200", 5)]
    for order in (rows, rows[::-1]):
        said = read(*order, Tweet(2, "Help", 9, 1))
        assert waits(said) == {("Help", 0): 9}
        assert said.refused == {twcs.REPEATED: 2}


def test_what_the_source_cannot_know_is_refused():
    said = read(Tweet(1, "100", 0), Tweet(2, "Help", 9, 1), as_of=NOON + 5)
    assert said.refused == {
        "created after the time the source stops knowing": 1,
        twcs.NOBODYS: 1,
    }
    said = read(Tweet(1, "100", 0), Tweet(2, "Help", 9, 1), as_of=NOON + 50)
    assert said.as_of == NOON + 50


def test_mojibake_and_long_reply_lists_are_no_obstacle():
    text = "Just click ‚ÄòMessage‚Äô".encode() + b"\xe2\x80 \xff"
    row = b'1,100,TRUE,%b,"%b","%b",\n' % (
        written(0).encode(),
        text,
        ",".join(map(str, range(80, 545))).encode(),
    )
    said = read_as("twcs", content(Tweet(2, "Help", 1, 1)).encode() + row)
    assert waits(said) == {("Help", 0): 1}
    assert said.refused == {}


# Against plain loops


def plainly(tweets: list[Tweet]) -> dict[tuple[str, int], list[int | None]]:
    """The same rules, one message at a time."""
    by_id = {t.id: t for t in tweets}
    companies = {t.author.lower(): t.author for t in tweets if t.company}
    found = defaultdict(list)
    for opening in tweets:
        if opening.company or opening.to:
            continue
        answers = []
        for t in tweets:
            parent = by_id.get(t.to)
            if not (t.company and parent and parent.author == opening.author):
                continue
            if t.at >= opening.at and _root(by_id, t) is opening:
                answers.append(t)
        answers.sort(key=lambda t: (t.at, t.id))
        direct = [t for t in answers if t.to == opening.id]
        named = [
            companies[name.lower()]
            for name in re.findall(r"@(\w+)", opening.text)
            if name.lower() in companies
        ]
        first = [t.author for t in direct] + named
        if first:
            own = [t.at - opening.at for t in answers if t.author == first[0]]
            found[first[0], opening.at].append(min(own, default=None))
    return {key: sorted(w, key=str) for key, w in found.items()}


def _root(by_id: dict[object, Tweet], tweet: Tweet) -> Tweet | None:
    seen = set()
    while tweet.to:
        if tweet.to not in by_id or tweet.id in seen:
            return None
        seen.add(tweet.id)
        tweet = by_id[tweet.to]
    return tweet


threads = st.lists(
    st.tuples(
        st.sampled_from(["100", "200", "Help", "Other"]),
        st.integers(0, 20),
        st.integers(0, 12),
        st.sampled_from(["", "@help", "@Other @Help", "hello @100"]),
    ),
    max_size=12,
)


@quick
@given(threads)
def test_columns_say_what_plain_loops_say(rows):
    tweets = [
        Tweet(n, author, at, to or "", text)
        for n, (author, at, to, text) in enumerate(rows, 1)
    ]
    found = defaultdict(list)
    said = read(*tweets).inquiries.select("account", "asked_at", "answered_at")
    for account, asked, answered in said.iter_rows():
        wait = None if answered is None else answered - asked
        found[account, asked - NOON].append(wait)
    assert {key: sorted(w, key=str) for key, w in found.items()} == plainly(tweets)
