"""Mastodon: statuses, threads and lists, round by round, and what a server may do."""

from importlib import import_module

import pytest

import collectors
from collectors import hashing
from collectors.base import CollectorError
from collectors.channels.mastodon import look, message_at, resolve
from collectors.channels.mastodon.memory import Memory
from collectors.channels.mastodon.places import place
from jobs.judging import judged
from local_server import first
from mastodon_server import BRAND, DAY, NAME, TOKEN, mastodon, task_of
from model import FoundBy, Kind, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from store import Store

NOW = 1_780_000_000
HOUR = 3_600


@pytest.fixture
def home():
    with mastodon() as made:
        yield made


class Rounds:
    """Rounds over a real store, one after the other."""

    def __init__(self, home, store: Store, accounts=(BRAND,)) -> None:
        self.home, self.store = home, store
        store.put_registry(
            Registry(
                industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
                brands=(BrandEntry(slug="acme", name="Acme", industry="air"),),
                accounts=tuple(
                    AccountEntry(brand="acme", channel="mastodon", account=each)
                    for each in accounts
                ),
            )
        )
        self.accounts = accounts

    def look(self, now: int, **more):
        seen = look(
            task_of(
                self.home,
                now,
                accounts=self.accounts,
                cursors=self.store.cursors("mastodon"),
                known=lambda asked: self.store.opened("mastodon", asked),
                open_since=lambda since: self.store.open_since("mastodon", since),
                **more,
            )
        )
        run = Run(
            what="look", channel="mastodon", started_at=now, finished_at=now,
            outcome="ok",
        )  # fmt: skip
        self.store.apply(judged(seen), run)
        return seen

    def rows(self) -> list[dict[str, object]]:
        slices = self.store.tally_slices(
            NOW // DAY - 60, NOW // DAY + 9, NOW + 99 * DAY
        )
        return [row for each in slices for row in each.rows(named=True)]


@pytest.fixture
def rounds(home, sqlite_store):
    return Rounds(home, sqlite_store)


def key(thread_top: dict, person: str) -> int:
    return hashing.key(f"mastodon|{thread_top['uri']}|{person}")


def test_a_reply_under_a_post_is_an_inquiry_answered_or_not(home):
    top = home.says("acme", NOW - DAY, "We fly again")
    why = home.says("eve@people.example", NOW - HOUR, "Why so late?", to=top)
    home.says("bob@people.example", NOW - HOUR + 5, "Where is my bag?", to=top)
    home.says("acme", NOW - HOUR + 90, "Here", to=why)
    seen = look(task_of(home, NOW))
    assert (seen.problem, seen.refused) == ("", {})
    rows = seen.inquiries.sort("asked_at").rows(named=True)
    assert [row["asked_at"] for row in rows] == [NOW - HOUR, NOW - HOUR + 5]
    assert {row["found_by"] for row in rows} == {FoundBy.THREAD}
    assert [row["key"] for row in rows] == [
        key(home.statuses[top], "eve@people.example"),
        key(home.statuses[top], "bob@people.example"),
    ]
    assert rows[0]["url"] == f"{home.url}/statuses/{why}"
    assert rows[0]["text"] == "@acme Why so late?"
    assert rows[0]["language"] == "en"
    (answer,) = seen.responses.rows(named=True)
    assert (answer["key"], answer["responded_at"]) == (rows[0]["key"], NOW - HOUR + 90)
    assert seen.published.select("day", "posts", "replies").rows() == [
        ((NOW - DAY) // DAY, 1, 0),
        ((NOW - HOUR) // DAY, 0, 1),
    ]
    assert [tuple(each) for each in seen.seen] == [(BRAND, NOW - 7 * DAY, NOW)]


def test_what_was_answered_elsewhere_is_known_by_its_answer(home):
    """Two people write to the brand in posts of their own; one is answered."""
    asked = home.says("eve@people.example", NOW - 9 * HOUR, "Why?", names=["acme"])
    home.says("bob@people.example", NOW - HOUR, "How?", names=["acme"])
    home.says("acme", NOW - 8 * HOUR, "Because", to=asked)
    home.says(
        "eve@people.example", NOW - 8 * HOUR + 60, "Thanks", to=max(home.statuses)
    )
    (row,) = look(task_of(home, NOW)).inquiries.rows(named=True)
    assert (row["asked_at"], row["found_by"]) == (NOW - 9 * HOUR, FoundBy.REPLY)


def test_the_accounts_own_token_shows_who_names_it(home):
    home.says("eve@people.example", NOW - 9 * HOUR, "Why?", names=["acme"])
    home.says(
        "bob@people.example", NOW - 5, "Psst", names=["acme"], visibility="direct"
    )
    home.says("dan@people.example", NOW - 4, "Hi", names=["acme"], visibility="private")
    seen = look(task_of(home, NOW, token=TOKEN))
    (row,) = seen.inquiries.rows(named=True)
    assert (row["asked_at"], row["found_by"]) == (NOW - 9 * HOUR, FoundBy.LIST)
    assert seen.read == 1
    assert home.keys == {f"Bearer {TOKEN}"}
    assert TOKEN not in str(seen)


def test_a_hashtag_of_the_brand_shows_who_names_it(home):
    home.featured = ["AcmeHelp", "2026", "acme"]
    home.says("eve@people.example", NOW - 9, "Why?", names=["acme"], tags=["acmehelp"])
    home.says("bob@people.example", NOW - 8, "How?", names=["acme"], tags=["acme"])
    home.says("dan@people.example", NOW - 7, "Not to them", tags=["acme"])
    seen = look(task_of(home, NOW))
    assert seen.inquiries["asked_at"].to_list() == [NOW - 9, NOW - 8]
    assert set(seen.inquiries["found_by"]) == {FoundBy.LIST}
    tags = [path for path in home.asked if "/timelines/tag/" in path]
    assert [path.split("?")[0].rpartition("/")[2] for path in tags] == [
        "acme",
        "acmehelp",
    ]


def test_a_server_may_keep_its_hashtags_to_itself_or_fill_them(home):
    home.server.answers["/api/v1/timelines/tag/acme"] = lambda h: home.no(h, 401)
    assert look(task_of(home, NOW)).refused == {
        "hashtags that are shown to members only": 1
    }
    del home.server.answers["/api/v1/timelines/tag/acme"]
    for at in range(250):
        home.says("eve@people.example", NOW - HOUR + at, tags=["acme"])
    seen = look(task_of(home, NOW))
    assert seen.refused == {"hashtags too busy to be read to the end": 1}
    assert seen.problem == ""


def test_a_hashtag_of_which_nothing_is_new_is_not_sent_again(home, rounds):
    home.featured = ["AcmeHelp"]
    home.says("eve@people.example", NOW - 9, "Why?", names=["acme"], tags=["acme"])
    assert len(rounds.look(NOW).inquiries) == 1
    assert home.unchanged == []
    seen = rounds.look(NOW + HOUR)
    lists = [f"/api/v1/timelines/tag/{tag}" for tag in ("acme", "acmehelp")]
    assert home.unchanged == lists
    assert [(each.since, each.until) for each in seen.seen] == [(NOW, NOW + HOUR)]
    home.says("bob@people.example", NOW + HOUR + 9, names=["acme"], tags=["acme"])
    third = rounds.look(NOW + 2 * HOUR).inquiries
    assert NOW + HOUR + 9 in third["asked_at"].to_list()
    assert home.unchanged == [*lists, lists[1]]


def test_a_server_that_gives_no_tags_sends_everything_again(home, rounds):
    home.tags = False
    home.says("eve@people.example", NOW - 9, "Why?", names=["acme"], tags=["acme"])
    first, second = rounds.look(NOW), rounds.look(NOW + HOUR)
    assert (len(first.inquiries), second.problem, home.unchanged) == (1, "", [])
    assert '"lists":{}' in second.cursors[f"{BRAND} memory"]


def test_no_tag_is_kept_of_a_hashtag_that_was_not_taken_in(home, rounds, monkeypatch):
    """What names the account in the midst of a thread is read with its thread; when
    one round takes no more of those, the next is to be shown it again."""
    module = import_module("collectors.channels.mastodon.asking")
    monkeypatch.setattr(module, "MOST_THREADS", 1)
    for n in range(3):
        above = home.says("dan@people.example", NOW - 100 + n, "Look")
        home.says("eve@people.example", NOW - 50 + n, "@acme Why?", to=above,
                  names=["acme"], tags=["acme"])  # fmt: skip
    found = []
    for turn in range(4):
        found.append(len(rounds.look(NOW + turn * 60).inquiries))
    assert sum(found) == 3
    assert max(found) < 3


def test_a_token_of_another_member_opens_threads_and_no_mentions(home):
    home.tokens["observer"] = "oli"
    home.person("oli")
    home.says("eve@people.example", NOW - 9, "Why?", names=["acme"])
    task = task_of(home, NOW)
    task.options["token"] = type(task.options["token"])(f"oli@{NAME}=observer")
    seen = look(task)
    assert seen.inquiries.is_empty()
    assert home.keys == {"Bearer observer"}
    assert not any("notifications" in path for path in home.asked)


def test_a_wrong_token_is_told_and_not_said(home):
    home.tokens["observer"] = "oli"
    home.person("oli")
    seen = look(task_of(home, NOW, token="observer"))
    assert "another account's" in seen.problem
    assert seen.seen == ()
    known = {"accounts": [BRAND], "token": "expired-long-ago"}
    task = task_of(home, NOW, **known)
    watched = collectors.base.Watched(BRAND, home.accounts["acme"]["id"], "acme")
    object.__setattr__(task, "accounts", [watched])
    seen = look(task)
    assert f"the token of {BRAND} is not accepted any more" in seen.problem
    assert "expired-long-ago" not in str(seen)
    assert seen.unresolved == {}


def test_threads_for_members_only_are_not_seen(home):
    number = home.says("acme", NOW - 9)
    home.says("eve@people.example", NOW - 8, to=number)
    home.server.answers[f"/api/v1/statuses/{number}/context"] = lambda h: h.give(401)
    seen = look(task_of(home, NOW))
    assert "shows threads to its members only" in seen.problem
    assert seen.seen == ()


@pytest.mark.parametrize("links", [True, False])
def test_many_pages_are_read_to_their_end(home, links):
    home.links, home.left = links, 10_000
    for at in range(130):
        home.says("acme", NOW - DAY + at)
    seen = look(task_of(home, NOW))
    assert seen.published["posts"].sum() == 130
    assert seen.problem == ""


def test_only_threads_with_something_new_are_read_again(home, rounds):
    top = home.says("acme", NOW - DAY)
    other = home.says("acme", NOW - DAY + 1)
    home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    home.says("eve@people.example", NOW - HOUR, "Why?", to=other)
    rounds.look(NOW)
    home.asked.clear()
    home.says("bob@people.example", NOW + 60, "How?", to=top)
    seen = rounds.look(NOW + HOUR)
    assert NOW + 60 in seen.inquiries["asked_at"]
    assert contexts(home) == [top]
    home.asked.clear()
    rounds.look(NOW + 2 * HOUR)
    assert contexts(home) == []
    # Before a thread is left for good it is read once more, whatever the count says.
    rounds.look(NOW + 6 * DAY + HOUR)
    assert contexts(home) == [top, other]
    rounds.look(NOW + 6 * DAY + 2 * HOUR)
    assert contexts(home) == [top, other]
    assert len(rounds.rows()) == 3


def contexts(home) -> list[str]:
    return [path.split("/")[-2] for path in home.asked if path.endswith("/context")]


def test_a_late_answer_belongs_to_what_is_held(home, rounds):
    top = home.says("acme", NOW - DAY)
    why = home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    rounds.look(NOW)
    more = home.says("eve@people.example", NOW + HOUR, "Hello?", to=why)
    home.says("acme", NOW + 2 * HOUR, "Because", to=more)
    rounds.look(NOW + 3 * HOUR)
    rounds.look(NOW + 4 * HOUR)
    (row,) = rounds.rows()
    assert (row["asked_at"], row["answered_at"]) == (NOW - HOUR, NOW + 2 * HOUR)
    assert row["found_by"] == FoundBy.THREAD
    assert row["watched_until"] == NOW + 4 * HOUR


def test_what_is_deleted_becomes_a_tombstone(home, rounds):
    top = home.says("acme", NOW - DAY)
    why = home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    home.says("bob@people.example", NOW - HOUR, "How?", to=top)
    oops = home.says("acme", NOW - 60, "So", to=why)
    rounds.look(NOW)
    home.deletes(oops)
    home.deletes(why)
    rounds.look(NOW + HOUR)
    gone, stands = sorted(rounds.rows(), key=lambda row: row["deleted_at"] is None)
    assert gone["deleted_at"] == NOW  # when it was last known to stand
    assert gone["answered_at"] is None
    assert (stands["deleted_at"], stands["answered_at"]) == (None, None)


@pytest.mark.parametrize("batches", [True, False])
def test_a_list_that_leaves_things_out_deletes_nothing(home, rounds, batches):
    home.batches = batches
    top = home.says("acme", NOW - DAY)
    why = home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    home.says("acme", NOW - 60, "So", to=why)
    rounds.look(NOW)
    number = home.accounts["acme"]["id"]
    nothing = first(lambda h: home.give(h, []))
    home.server.answers[f"/api/v1/accounts/{number}/statuses"] = nothing
    home.server.answers["/api/v1/statuses"] = nothing
    rounds.look(NOW + HOUR)
    (row,) = rounds.rows()
    assert (row["deleted_at"], row["answered_at"]) == (None, NOW - 60)


def test_what_cannot_be_asked_for_again_is_not_taken_for_gone(home, rounds):
    top = home.says("acme", NOW - DAY)
    why = home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    rounds.look(NOW)
    home.batches = False
    home.server.answers[f"/api/v1/statuses/{why}"] = lambda h: home.no(h, 403)
    assert rounds.look(NOW + HOUR).problem == ""
    home.server.answers[f"/api/v1/statuses/{why}"] = lambda h: h.give(200, b"{")
    seen = rounds.look(NOW + 4 * HOUR)
    assert "expected JSON" in seen.problem
    assert seen.seen == ()
    (row,) = rounds.rows()
    assert row["deleted_at"] is None


def test_an_account_too_busy_for_one_round_is_read_on_in_the_next(
    home, rounds, monkeypatch
):
    monkeypatch.setattr(
        import_module("collectors.channels.mastodon.asking"), "MOST_THREADS", 3
    )
    home.left = 10_000
    for at in range(8):
        top = home.says("acme", NOW - DAY + at)
        home.says("eve@people.example", NOW - HOUR + at, "Why?", to=top)
    found = []
    for turn in range(3):
        seen = rounds.look(NOW + turn)
        found.append(len(rounds.rows()))
        assert bool(seen.seen) == (turn == 2)
        assert ("more threads than one round" in seen.problem) == (turn < 2)
    assert found == [3, 6, 8]
    assert seen.seen[0].since == NOW + 2 - 7 * DAY


def test_many_mentions_in_threads_are_read_on_too(home, rounds, monkeypatch):
    monkeypatch.setattr(
        import_module("collectors.channels.mastodon.asking"), "MOST_THREADS", 2
    )
    home.left = 10_000
    for at in range(5):
        top = home.says("dan@people.example", NOW - HOUR + at, "I tell a story")
        home.says("eve@people.example", NOW - 9 + at, "?", to=top, names=["acme"])
    for turn in range(3):
        seen = rounds.look(NOW + turn, token=TOKEN)
    assert len(rounds.rows()) == 5
    assert seen.problem == ""


def test_a_round_ends_before_the_limit_does_and_keeps_what_it_learnt(home, rounds):
    for at in range(20):
        top = home.says("acme", NOW - DAY + at)
        home.says("eve@people.example", NOW - HOUR + at, "Why?", to=top)
    home.left = 15
    seen = rounds.look(NOW)
    assert "limit of requests" in seen.problem
    assert seen.seen == ()
    assert 0 < len(rounds.rows()) < 20
    assert home.left >= 4
    home.left = 300
    rounds.look(NOW + 5)
    assert len(rounds.rows()) == 20


def test_what_a_long_thread_does_not_show_is_said(home):
    top = home.says("acme", NOW - DAY)
    asked = [
        home.says(f"p{at}@people.example", NOW - HOUR + at, "Why?", to=top)
        for at in range(75)
    ]
    home.says("acme", NOW - 9, "Sorry", to=asked[70])
    seen = look(task_of(home, NOW))
    assert "cuts long threads short: 14 replies" in seen.problem
    assert seen.refused["replies that are counted and not shown"] == 14
    by = seen.inquiries.group_by("found_by").len().sort("found_by").rows()
    # The one among those not shown is known because it was answered.
    assert by == [(FoundBy.THREAD, 60), (FoundBy.REPLY, 1)]
    home.says("acme", NOW - 9, "Sorry", to=asked[70])
    seen = look(task_of(home, NOW, token=TOKEN))
    assert (seen.problem, seen.refused) == ("", {})
    assert set(seen.inquiries["found_by"]) == {FoundBy.LIST}
    assert len(seen.inquiries) == 75


def test_what_is_deep_in_a_thread_is_asked_for_from_there(home):
    top = home.says("acme", NOW - DAY)
    number = home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    for at in range(30):
        who = ("acme", "eve@people.example")[at % 2]
        number = home.says(who, NOW - HOUR + at + 1, "So", to=number)
    seen = look(task_of(home, NOW))
    assert len(seen.inquiries) == 1
    assert len(seen.responses) == 15
    assert seen.problem == ""


def test_the_top_of_a_very_deep_thread_is_not_in_sight(home):
    number = home.says("eve@people.example", NOW - DAY, "Why?", names=["acme"])
    for at in range(45):
        who = ("dan@people.example", "eve@people.example")[at % 2]
        number = home.says(who, NOW - HOUR + at, "So", to=number)
    home.says("acme", NOW - 9, "Hm", to=number)
    seen = look(task_of(home, NOW))
    assert seen.inquiries.is_empty()
    assert seen.refused == {
        "answers in a thread that does not show its top": 1,
        "messages whose thread does not show its top": 1,
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"moved": {"id": "9", "acct": "acme@new.example"}},
            "moved to acme@new.example",
        ),
        ({"suspended": True}, "is suspended"),
        ({"acct": "acme2"}, f"is called acme2@{NAME} now"),
    ],
)
def test_an_account_that_is_another_now_is_told_and_not_measured(home, changes, said):
    home.accounts["acme"].update(changes)
    with pytest.raises(CollectorError, match=said):
        resolve(*asking(home), BRAND)
    home.says("acme", NOW - 9)
    for external in ("", home.accounts["acme"]["id"]):
        task = task_of(home, NOW)
        watched = collectors.base.Watched(BRAND, external, "acme")
        object.__setattr__(task, "accounts", [watched])
        seen = look(task)
        assert said in seen.unresolved[BRAND]
        assert said in seen.problem
        assert seen.seen == ()
        assert seen.resolved == {}


def asking(home):
    task = task_of(home, NOW)
    return task.http, task.options


def test_an_account_that_is_gone_is_told(home):
    task = task_of(home, NOW)
    watched = collectors.base.Watched(BRAND, "404", "acme")
    object.__setattr__(task, "accounts", [watched])
    assert "is not there any more" in look(task).unresolved[BRAND]
    with pytest.raises(CollectorError, match="404"):
        resolve(*asking(home), f"nobody@{NAME}")


def test_a_server_that_is_not_a_mastodon_server_is_told(home):
    task = task_of(home, NOW)
    watched = collectors.base.Watched(BRAND, "7", "acme")
    object.__setattr__(task, "accounts", [watched])
    home.server.answers["/api/v1/accounts/7"] = lambda h: h.give(500)
    seen = look(task)
    assert "500" in seen.problem
    assert seen.unresolved == {}
    task = task_of(home, NOW)
    object.__setattr__(task, "accounts", [watched])
    home.server.answers["/api/v1/accounts/7"] = lambda h: h.give(403)
    seen = look(task)
    assert "403" in seen.problem
    assert seen.unresolved == {}


def test_a_server_ahead_of_the_time_is_not_believed(home):
    home.says("acme", NOW + HOUR)
    seen = look(task_of(home, NOW))
    assert "a clock is wrong" in seen.problem
    assert seen.seen == ()


def test_a_persons_server_ahead_of_the_time_is_counted(home):
    top = home.says("acme", NOW - DAY)
    home.says("eve@people.example", NOW + HOUR, "Why?", to=top)
    seen = look(task_of(home, NOW))
    assert seen.inquiries.is_empty()
    assert seen.refused == {"messages dated in the future": 1}


def test_what_was_posted_while_we_looked_is_counted_in_the_next_round(home, rounds):
    home.says("acme", NOW - 1)
    home.says("acme", NOW + 2)
    assert rounds.look(NOW).published["posts"].to_list() == [1]
    assert rounds.look(NOW + HOUR).published["posts"].to_list() == [1]
    assert rounds.look(NOW + 2 * HOUR).published.is_empty()


def test_one_account_of_a_brand_answers_for_another(home, sqlite_store):
    home.person("acmecare")
    rounds = Rounds(home, sqlite_store, accounts=(BRAND, f"acmecare@{NAME}"))
    top = home.says("acme", NOW - DAY)
    why = home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    home.says("acmecare", NOW - 60, "We look into it", to=why)
    rounds.look(NOW)
    (row,) = rounds.rows()
    assert (row["answered_at"], row["found_by"]) == (NOW - 60, FoundBy.THREAD)


def test_a_list_longer_than_a_round_is_said(home, monkeypatch):
    monkeypatch.setattr(
        import_module("collectors.channels.mastodon.instance"), "MOST_PAGES", 2
    )
    home.left = 10_000
    for at in range(200):
        home.says("acme", NOW - DAY + at)
        home.says("eve@people.example", NOW - DAY + at, "Why?", names=["acme"])
    seen = look(task_of(home, NOW, token=TOKEN))
    assert "only the last 80 posts were read" in seen.problem
    assert "only its last 80 mentions were read" in seen.problem
    assert seen.seen[0].since == NOW - DAY + 120
    assert seen.published["posts"].sum() == 80


def test_kinds_and_steps_are_told_from_the_words(home, rounds):
    top = home.says("acme", NOW - DAY)
    why = home.says("eve@people.example", NOW - HOUR, "Does it fly?", to=top)
    home.says("acme", NOW - 60, "Your bag was sent to Oslo this morning.", to=why)
    rounds.look(NOW)
    (row,) = rounds.rows()
    assert row["kind"] == Kind.QUESTION
    assert row["step"] > 0


@pytest.mark.parametrize("said", ["", "{", "[1]", '{"replies": {"1": "x"}}'])
def test_a_memory_that_makes_no_sense_is_forgotten(said):
    assert Memory.read(said) == Memory()


def test_a_memory_is_read_as_it_was_said():
    kept = Memory({"1": 2}, {"3": (4, 5)}, {"6": 7})
    assert Memory.read(kept.said()) == kept
    assert kept.forget({"1"}, 5, 8) == {"3": 4}
    assert kept == Memory({"1": 2}, {}, {})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"token": "tok-en-alone"}, "user@server=token"),
        ({"token": "shop.example=tok"}, "user@server=token"),
        ({"instances": "shop.example"}, "name=value"),
        ({"instances": "=https://x.example"}, "name=value"),
    ],
)
def test_a_setting_that_says_nothing_is_told(home, options, said):
    task = task_of(home, NOW)
    for name, value in options.items():
        kind = type(task.options["token"])
        task.options[name] = kind(value) if name == "token" else value
    seen = look(task)
    assert "ANSWERABLE_MASTODON" in seen.problem
    assert "expected" in seen.problem
    assert "tok-en-alone" not in str(seen)


def test_an_instance_is_where_its_name_says(home):
    assert place({}, "Acme@Shop.example") == ("https://shop.example", "", "")


def test_a_status_is_known_by_any_of_its_pages(home):
    number = home.says("eve@people.example", NOW - 9)
    http, options = asking(home)
    options["instances"] += f" people.example={home.url}"
    its_own = f"mastodon|{home.statuses[number]['uri']}"
    for page in (
        f"https://people.example/@eve/{number}",
        f"https://shop.example/@eve@people.example/{number}/?x=1#y",
        f"https://shop.example/statuses/{number}",
        f"https://shop.example/web/statuses/{number}",
    ):
        assert message_at(http, options, page) == its_own
    asked = len(home.asked)
    for page in ("https://shop.example/@eve", "https://shop.example/about", "x"):
        assert message_at(http, options, page) == ""
    assert len(home.asked) == asked
    assert message_at(http, options, "https://shop.example/@eve/123456") == ""


def test_what_an_account_says_to_few_is_nothing_to_us(home):
    home.says("acme", NOW - 9, "To followers", visibility="private")
    home.says("acme", NOW - 8, "To all")
    seen = look(task_of(home, NOW, token=TOKEN))
    assert seen.published["posts"].to_list() == [1]


def test_an_answer_whose_question_is_not_in_sight_yet_is_looked_at_again(home, rounds):
    why = home.says("eve@people.example", NOW - HOUR, "Why?", names=["acme"])
    home.says("acme", NOW - 60, "So", to=why)
    home.statuses[why]["visibility"] = "private"
    rounds.look(NOW)
    home.statuses[why]["visibility"] = "public"
    rounds.look(NOW + HOUR)
    (row,) = rounds.rows()
    assert row["answered_at"] == NOW - 60


def test_what_is_gone_between_two_requests_is_passed_over(home):
    top = home.says("acme", NOW - DAY)
    home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    home.server.answers[f"/api/v1/statuses/{top}/context"] = lambda h: home.no(h)
    seen = look(task_of(home, NOW))
    assert (seen.problem, len(seen.inquiries)) == ("", 0)


def test_mentions_are_read_back_to_the_last_round_and_no_further(home, rounds):
    home.page = 3
    for at in range(20):
        home.says("eve@people.example", NOW - DAY + 3_600 * at, names=["acme"])
    rounds.look(NOW, token=TOKEN)
    assert len(rounds.rows()) == 20
    home.asked.clear()
    rounds.look(NOW + 60, token=TOKEN)
    assert sum("notifications" in path for path in home.asked) < 5


def test_a_server_that_shows_no_hashtags_of_a_profile_has_none(home):
    number = home.accounts["acme"]["id"]
    home.server.answers[f"/api/v1/accounts/{number}/featured_tags"] = lambda h: home.no(
        h
    )
    home.says("eve@people.example", NOW - 9, "Why?", names=["acme"], tags=["acme"])
    seen = look(task_of(home, NOW))
    assert (seen.problem, len(seen.inquiries)) == ("", 1)


def test_a_thread_that_is_refused_for_another_reason_is_said(home):
    top = home.says("acme", NOW - DAY)
    home.says("eve@people.example", NOW - HOUR, "Why?", to=top)
    home.server.answers[f"/api/v1/statuses/{top}/context"] = lambda h: home.no(h, 422)
    seen = look(task_of(home, NOW))
    assert "422" in seen.problem
    assert seen.seen == ()


def test_it_is_a_channel_like_any_other():
    channel = collectors.channels()["mastodon"]
    assert channel.resolve is resolve
    assert channel.pace is not None
