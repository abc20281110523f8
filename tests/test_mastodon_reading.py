"""What Mastodon's statuses mean: who speaks to whom, and how it came to be known."""

import itertools
import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collectors.channels.mastodon.entities import (
    Account,
    Context,
    Status,
    full,
    words,
)
from collectors.channels.mastodon.reading import Me, Talk, posted, read
from collectors.listing import Found, record, records
from fixtures_store import ROOT
from local_server import running
from mastodon_server import BRAND, NAME, Mastodon
from model import FoundBy
from recorded import as_recorded

SHARED = Path(os.environ.get("ANSWERABLE_SHARED", ROOT.parent / "shared"))
NOW = 1_780_000_000
RIVAL = "rival@other.example"
BRANDS = {BRAND: "acme", f"acmecare@{NAME}": "acme", RIVAL: "rival"}


class World:
    """What people said, as one account comes to see it."""

    def __init__(self, server) -> None:
        self.home = Mastodon(server)
        self.at = NOW - 10_000

    def says(self, name: str, text: str = "So", to: str | None = None, **more) -> str:
        self.at += 10
        return self.home.says(name, self.at, text, to, **more)

    def status(self, number: str) -> Status:
        return record(Status, self.home.statuses[number], "here")

    def talk(self, member: bool = False) -> Talk:
        me = Me(
            id=str(self.home.accounts["acme"]["id"]),
            acct=BRAND,
            url=str(self.home.accounts["acme"]["url"]),
            address="https://shop.example",
            brands=BRANDS,
        )
        return Talk(me, NOW, member=member)

    def own(self) -> list[Status]:
        return [
            self.status(number)
            for number, each in self.home.statuses.items()
            if each["account"]["acct"] == "acme"
        ]

    def seen(self, *, lists=(), told=(), threads=None, member=False) -> Talk:
        """Own statuses, what lists found, and the threads of all own ones, or of these
        only."""
        talk = self.talk(member)
        own = self.own()
        talk.add_own(own)
        for number in (*lists, *told):
            talk.add_listed(self.status(number), number in told)
        asked = [each.id for each in own] if threads is None else threads
        for number in asked:
            context = record(Context, self.home.context(number, member), "here")
            talk.add_thread(self.status(number), context)
        return talk

    def read(self, **how):
        talk = self.seen(**how)
        answers = [each for each in self.own() if each.replies]
        return read(
            talk, [a for a in answers if a.in_reply_to_account_id != talk.me.id]
        )


@pytest.fixture
def world():
    with running() as server:
        yield World(server)


def found(said) -> list[tuple[str, FoundBy, int]]:
    return [(one.author, one.found_by, one.addressed) for one in said.asked]


EVE, BOB = "eve@people.example", "bob@people.example"


def test_below_a_post_only_what_speaks_to_the_brand_is_an_inquiry(world):
    """A program names everybody above; that is not the writer's doing."""
    top = world.says("acme")
    why = world.says(EVE, "Why?", to=top)
    world.says(BOB, "Same here", to=why)  # carries @acme over
    world.says("dan@people.example", "And @acme?", to=top, carried=False)
    said = world.read()
    assert [author for author, *_ in found(said)] == [EVE, "dan@people.example"]


def test_who_names_the_brand_on_purpose_speaks_to_it(world):
    """Two people talk; one calls the brand in."""
    top = world.says("acme")
    one = world.says(EVE, "Hm", to=top, carried=False)
    two = world.says(BOB, "Ask them", to=one, carried=False)
    world.says("dan@people.example", "Yes?", to=two, carried=False, names=["acme"])
    assert (BOB, FoundBy.THREAD, 1) not in found(world.read())
    assert ("dan@people.example", FoundBy.THREAD, 1) in found(world.read())


def test_a_message_to_two_brands_says_so(world):
    world.home.person(RIVAL)
    both = world.says(EVE, "Which?", names=["acme", RIVAL])
    one = world.says(BOB, "And?", names=["acme", "acmecare"])
    said = world.read(lists=[both, one])
    assert found(said) == [(EVE, FoundBy.LIST, 2), (BOB, FoundBy.LIST, 1)]


def test_a_brand_is_nobodys_inquiry(world):
    world.home.person(RIVAL)
    top = world.says("acme")
    world.says(RIVAL, "Buy ours", to=top)
    world.says("acmecare", "We help", to=top)
    assert found(world.read()) == []


def test_a_programs_message_is_counted_and_no_inquiry(world):
    top = world.says("acme")
    bot = "news@bots.example"
    world.home.person(bot, bot=True)
    read_this = world.says(bot, "Read this", to=top)
    world.says("acme", "Thanks", to=read_this)
    said = world.read()
    assert (found(said), said.answered) == ([], [])
    assert said.refused == {"messages by programs": 1}


def test_a_boost_says_nothing(world):
    top = world.says("acme")
    why = world.says(EVE, "Why?", to=top)
    boost = world.says(BOB, "", names=["acme"], reblog=world.home.statuses[why])
    assert found(world.read(lists=[boost])) == [(EVE, FoundBy.THREAD, 1)]


def test_what_is_not_public_is_not_there(world):
    top = world.says("acme")
    quiet = world.says(EVE, "Psst", to=top, visibility="private")
    world.says("acme", "Yes?", to=quiet)
    said = world.read()
    assert said.asked == []
    assert said.refused == {"answers to a message that is gone or not public": 1}
    # A member may be shown what is private: it is nothing to us either.
    shown = world.home.is_shown
    world.home.is_shown = lambda number: True
    said = world.read(member=True)
    world.home.is_shown = shown
    assert said.asked == []
    assert said.refused == {"answers to a message that is gone or not public": 1}


def test_unlisted_is_public(world):
    top = world.says("acme", visibility="unlisted")
    why = world.says(EVE, "Why?", to=top, visibility="unlisted")
    world.says("acme", "So", to=why, visibility="unlisted")
    said = world.read()
    assert found(said) == [(EVE, FoundBy.THREAD, 1)]
    assert len(said.answered) == 1


def test_thanks_for_an_answer_begin_nothing(world):
    """What was asked is gone: its author's thanks would count as unanswered."""
    why = world.says(EVE, "Why?", names=["acme"])
    answer = world.says("acme", "So", to=why)
    thanks = world.says(EVE, "Thanks", to=answer)
    world.says("acme", "Welcome", to=thanks)
    bystander = world.says(BOB, "And me?", to=answer)
    whole = world.read()
    assert found(whole) == [(EVE, FoundBy.REPLY, 1), (BOB, FoundBy.THREAD, 1)]
    assert whole.asked[0].message == f"mastodon|{world.home.statuses[why]['uri']}"
    world.home.deletes(why)
    said = world.read()
    assert found(said) == [(BOB, FoundBy.THREAD, 1)]
    assert said.refused == {
        "answers to a message that is gone or not public": 1,
        "answers in a conversation whose beginning is gone": 1,
    }
    assert bystander


def test_what_the_brand_answers_unasked_is_known_by_its_reply(world):
    """Somebody writes its name without a mention."""
    first = world.says(EVE, "acme never answers")
    more = world.says(EVE, "never ever", to=first)
    world.says("acme", "We do", to=more)
    world.says("acme", "And gladly", to=first)
    (one,) = world.read().asked
    assert (one.found_by, one.message) == (
        FoundBy.REPLY,
        f"mastodon|{world.home.statuses[more]['uri']}",
    )


def test_who_is_above_an_answer_to_another_is_not_found_by_it(world):
    """Were Bob counted, whom the brand answers would decide who is."""
    bob = world.says(BOB, "Help?", names=["acme"])
    eve = world.says(EVE, "Me too", to=bob, carried=False, names=["acme"])
    world.says("acme", "So", to=eve)
    assert found(world.read()) == [(EVE, FoundBy.REPLY, 1)]


def test_a_reply_to_a_post_that_is_gone_spoke_to_the_brand(world):
    top = world.says("acme")
    why = world.says(EVE, "Why?", to=top, carried=False)
    other = world.says(BOB, "Why?", to=world.says("dan@people.example"), names=["acme"])
    world.home.deletes(top)
    world.home.deletes(max(world.home.statuses[other]["in_reply_to_id"], ""))
    said = world.read(told=[why, other])
    assert found(said) == [(EVE, FoundBy.LIST, 1), (BOB, FoundBy.LIST, 1)]


def test_an_answer_dated_before_its_question_is_counted_as_that(world):
    """Two servers' clocks: how long it took is not known."""
    top = world.says("acme")
    why = world.says(EVE, "Why?", to=top)
    world.at -= 100
    world.says("acme", "So", to=why)
    said = world.read()
    assert said.answered == []
    assert said.refused == {"answers dated before what they answer": 1}


def test_a_mention_is_known_by_number_by_name_and_by_address(world):
    by_name = world.says(EVE, names=["acme"])
    by_address = world.says(BOB, names=["acme"])
    world.home.statuses[by_name]["mentions"][0] |= {"id": "0", "acct": BRAND.upper()}
    world.home.statuses[by_address]["mentions"] = []
    by_nothing = world.says("dan@people.example", "acme!")
    said = world.read(lists=[by_name, by_address, by_nothing])
    assert [author for author, *_ in found(said)] == [EVE, BOB]


def test_posts_and_replies_are_told_apart(world):
    """A brand's word to itself is a post, to a person a reply, to a rival neither."""
    world.home.person(RIVAL)
    top = world.says("acme")
    world.says("acme", "2/2", to=top)
    world.says("acme", to=world.says(EVE, names=["acme"]))
    world.says("acme", to=world.says(RIVAL))
    world.says("acme", to=world.says("acmecare"))
    world.says("acme", "followers", visibility="private")
    gone = world.says("acme", to=world.says(BOB))
    seen = world.seen()
    assert [one.reply for one in posted(seen, world.own())] == [
        False, False, True, False, True,
    ]  # fmt: skip
    # Without its thread the mentions say whom it answers; without them nothing does.
    assert [one.reply for one in posted(world.seen(threads=[]), world.own())] == [
        False, False, True, False, True,
    ]  # fmt: skip
    world.home.statuses[gone]["mentions"] = []
    world.home.statuses[gone]["in_reply_to_id"] = None
    assert posted(world.seen(threads=[]), world.own())[-1].reply


def test_a_thread_that_leads_back_to_itself_ends(world):
    one = world.says("acme")
    two = world.says(EVE, "Why?", to=one)
    talk = world.seen()
    bent = talk.statuses[one].model_copy(update={"in_reply_to_id": two})
    talk.statuses[one] = bent
    talk.tops.clear()
    assert len(list(talk.line(talk.statuses[two]))) == 2
    assert talk.thread(talk.statuses[two]) is None
    assert read(talk, []).refused == {"messages whose thread does not show its top": 1}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>One<br>two</p><p>three</p>", "One\ntwo\nthree"),
        ("<p>a &lt;b&gt; &amp; c &#x1F600;</p>", "a <b> & c \U0001f600"),
        ('<p><a class="mention hashtag" href="x">#<span>tag</span></a></p>', "#tag"),
        ('<p class="quote-inline">RE: <a href="x">x</a></p><p>No</p>', "No"),
        ('<span class="invisible">https://</span>x.example', "https://x.example"),
        ("<p>never <b>closed <i>", "never closed"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("", ""),
        ("<script>x</script", ""),
        ("a<![b>c<![CDATA[d>e<![;>f", "acef"),
    ],
)
def test_words_are_read_without_their_markup(world, content, text):
    number = world.says(EVE, content="")
    world.home.statuses[number]["content"] = content
    assert words(world.status(number)).text == text


def test_a_warning_belongs_to_the_words(world):
    number = world.says(EVE, "Why?", spoiler_text="Anger")
    assert words(world.status(number)).text == "Anger\nWhy?"


@given(st.text(alphabet="<>/=\"'apbr &;#x!-[] \n", max_size=200))
@example("<![a")
@example("<p>one<![;")
def test_no_markup_is_too_strange(content):
    account = Account(id="1", acct="eve")
    status = Status(
        id="1", uri="x", created_at="2026-11-22T06:09:42Z", account=account,
        visibility="public", content=content,
    )  # fmt: skip
    assert isinstance(words(status).text, str)


def test_an_answer_that_shows_an_earlier_message_takes_nobody_out_of_the_count(world):
    """Somewhere else Eve calls the brand in, which nobody tells us of; then she writes
    below what it said to Bob. Answered or not in that other place, she counts."""
    top = world.says("dan@people.example")
    bob = world.says(BOB, to=top)
    said = world.says("acme", to=bob)
    calls = world.says(EVE, "Hm, @acme?", to=bob, names=["acme"], carried=False)
    below = world.says(EVE, "And?", to=said)
    without = world.read(threads=[said])
    answer = world.says("acme", "Yes?", to=calls)
    seen = world.read(threads=[said, answer])
    for one in (without, seen):
        (eve,) = [each for each in one.asked if each.author == EVE]
        assert eve.found_by == FoundBy.THREAD
        assert eve.url == f"https://shop.example/statuses/{below}"


@pytest.mark.slow
@given(st.randoms(use_true_random=False), st.integers(0, 30))
def test_order_and_repeats_change_nothing(shuffle: random.Random, size: int):
    """Any order of lists and threads, each any number of times: the same is read."""
    with running() as server:
        world = World(server)
        numbers: list[str] = []
        names = ["acme", EVE, BOB, "acmecare", RIVAL, "dan@people.example"]
        for _ in range(size):
            to = shuffle.choice([None, *numbers])
            named = ["acme"] if shuffle.random() < 0.3 else []
            who = shuffle.choice(names)
            numbers.append(world.says(who, to=to, names=[n for n in named if n != who]))
        listed = [
            number
            for number in numbers
            if world.home.statuses[number]["in_reply_to_id"] is None
            and world.home.statuses[number]["mentions"]
        ]
        own = [each.id for each in world.own()]
        one = world.read(lists=listed, threads=own)
        two = world.read(
            lists=shuffle.sample(listed * 2, 2 * len(listed)),
            threads=shuffle.sample(own * 2, 2 * len(own)),
        )

        def as_set(said):
            asked = {(each.thread, each.message, each.found_by) for each in said.asked}
            return asked, {(each.thread, each.message) for each in said.answered}

        assert as_set(one) == as_set(two)
        # Nobody is counted because of an answer: without them the same are counted.
        for number in list(world.home.statuses):
            status = world.home.statuses[number]
            answers = status["account"]["acct"] == "acme" and status["in_reply_to_id"]
            if answers and not world.home.below(number):
                world.home.deletes(number)
        counted = {each.thread for each in one.asked if each.found_by != FoundBy.REPLY}
        left = world.read(lists=listed)
        assert counted == {
            each.thread for each in left.asked if each.found_by != FoundBy.REPLY
        }


@pytest.mark.parametrize(
    ("acct", "said"),
    [("Eve", "eve@shop.example"), ("@Eve@P.example", "eve@p.example")],
)
def test_people_are_called_in_full(acct, said):
    assert full(acct, "Shop.example") == said


def test_the_recording_is_read_as_expected():
    folder = Path(__file__).parent / "recordings" / "mastodon"
    page = json.loads((folder / "page.json").read_text())
    own = records(Status, page["statuses"], "page.json")
    name, address = f"brand@{NAME}", f"https://{NAME}"
    me = Me("10", name, f"{address}/@brand", address, {name: "brand"})
    talk = Talk(me, NOW)
    talk.add_own(own)
    talk.add_thread(own[0], record(Context, page["context"], "page.json"))
    said = read(talk, own[1:])
    found = Found(asked=said.asked, answered=said.answered, refused=said.refused)
    assert as_recorded(found) == json.loads((folder / "expected.json").read_text())


def recorded(name: str) -> object:
    path = SHARED / "data" / "payloads" / "json" / "mastodon" / "rtoot" / name
    if not path.exists():
        pytest.skip("the recorded answers of real servers are not here")
    body = json.loads(path.read_text())["body"]
    return json.loads(body) if isinstance(body, str) else body


def test_a_recorded_thread_that_its_server_cut_is_known_as_cut():
    """59 of a longer thread's messages: the 60th is one that is not public."""
    context = record(Context, recorded("get_context_default_0.json"), "recorded")
    assert (len(context.ancestors), len(context.descendants)) == (0, 59)
    asker = context.descendants[0].in_reply_to_id
    brand = next(
        each for each in context.descendants if each.in_reply_to_id == asker
    ).in_reply_to_account_id
    assert asker
    assert brand
    top = context.descendants[0].model_copy(
        update={
            "id": asker, "in_reply_to_id": None, "in_reply_to_account_id": None,
            "account": Account(id=brand, acct="brand"), "replies_count": 70,
        }
    )  # fmt: skip
    name = "brand@mastodon.social"
    me = Me(
        brand, name, "https://mastodon.social/@brand", "https://x.example", {name: "b"}
    )
    talk = Talk(me, NOW)
    talk.add_own([top])
    talk.add_thread(top, context)
    hidden, cut = talk.hidden()
    direct = sum(each.in_reply_to_id == asker for each in context.descendants)
    assert hidden == cut == 70 - direct > 0
    said = read(talk, [])
    people = {talk.author(s) for s in context.descendants if s.in_reply_to_id == asker}
    assert {one.author for one in said.asked} >= people - {name}
    assert all(one.text and one.found_by == FoundBy.THREAD for one in said.asked)


def test_recorded_statuses_of_a_real_account_are_read():
    pages = [f"get_account_statuses_limit_{page}.json" for page in range(5)]
    statuses = [
        each for page in pages for each in records(Status, recorded(page), "recorded")
    ]
    assert len({each.id for each in statuses}) == len(statuses) == 100
    ats = [each.at for each in statuses]
    assert all(one >= two for one, two in itertools.pairwise(ats))
    (number,) = {each.account.id for each in statuses}
    name = f"{statuses[0].account.acct}@fosstodon.org"
    me = Me(
        number, name, statuses[0].account.url or "", "https://x.example", {name: "b"}
    )
    talk = Talk(me, NOW)
    talk.add_own(statuses)
    counted = posted(talk, statuses)
    assert len(counted) == sum(each.public for each in statuses)
    alone = [each for each in statuses if each.public and not each.replies]
    assert sum(not one.reply for one in counted) >= len(alone)
    assert all("<" not in words(each).text[:1] for each in statuses)


def test_recorded_hashtags_and_accounts_are_read():
    tagged = records(
        Status, recorded("get_timeline_hashtag_default_0.json"), "recorded"
    )
    assert len(tagged) == 5
    accounts = recorded("search_accounts_default_0.json")
    assert len(records(Account, accounts, "recorded")) == 3
    deep = record(Context, recorded("get_context_with_ancesters_0.json"), "recorded")
    assert len(deep.ancestors) == 1
