"""Reddit: posts as inquiries, the brand's comments as answers, deletions kept to."""

from pathlib import Path

import pytest
from pydantic import SecretStr

import collectors
from collectors import hashing
from collectors.base import CollectorError, Watched
from collectors.channels.reddit import LINKS_KEPT, look, message_at, plan, resolve
from collectors.channels.reddit import asking as module
from collectors.channels.reddit.asking import Api
from collectors.channels.reddit.things import Post, names
from collectors.looking import Task
from fixtures_store import table
from jobs.collecting import collect
from jobs.expiring import expire
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from open_rows import Told, open_rows
from reddit_server import ID, SECRET, Reddit, reddit
from settings import Settings
from store import Store

NOW = 1_780_000_000
HOUR, DAY = 3_600, 86_400
SUB, USER = Watched("r/acme", "id-acme", "acme"), Watched("u/acme_help", "1", "acme")


@pytest.fixture
def place():
    with reddit() as made:
        made.place("r/acme")
        made.place("u/acme_help")
        yield made


def options(place: Reddit, secret: str = SECRET) -> dict[str, object]:
    return {
        "api": place.url,
        "login": place.url,
        "id": ID,
        "secret": SecretStr(secret),
        "first_days": 3,
    }


def a_task(place: Reddit, **changes):
    accounts = changes.pop("accounts", [SUB])
    confirmed = {f"{each.account} confirmed": str(NOW) for each in accounts}
    usual = {
        "accounts": accounts,
        "http": place.client(),
        "secret": b"a secret of sixteen",
        "started_us": NOW * 1_000_000,
        "cursors": confirmed | changes.pop("cursors", {}),
        "options": options(place, changes.pop("key", SECRET)),
        "known": lambda asked: {},
        "horizon": 3 * DAY,
        "spend": Told().spend,
    }
    return Task(**usual | changes)


def test_a_post_is_an_inquiry_and_a_moderators_comment_its_answer(place):
    post = place.post(NOW - DAY, "Person", "It is broken", selftext="at home")
    place.comment(post, NOW - 2 * HOUR, "somebody")
    place.comment(post, NOW - HOUR, "acme_jo", distinguished="moderator")
    seen = look(a_task(place))
    assert seen.problem == ""
    (inquiry,) = seen.inquiries.rows(named=True)
    assert inquiry["asked_at"] == NOW - DAY
    assert inquiry["url"] == f"https://www.reddit.com/comments/{post}"
    (response,) = seen.responses.rows(named=True)
    assert response["key"] == inquiry["key"]
    assert response["responded_at"] == NOW - HOUR
    assert [tuple(each) for each in seen.seen] == [("r/acme", NOW - 3 * DAY, NOW)]
    assert place.keys == {"bearer token-of-an-hour"}


def test_a_registered_user_answers_without_a_mark(place):
    post = place.post(NOW - DAY, "person")
    place.comment(post, NOW - HOUR, "Acme_Help")
    assert look(a_task(place)).responses.is_empty()
    both = look(a_task(place, accounts=[SUB, USER]))
    assert "r/acme" in both.responses["account"].to_list()
    assert set(both.responses["responded_at"]) == {NOW - HOUR}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"who": "acme_help"}, "posts of the brand's own"),
        ({"who": "jo", "distinguished": "moderator"}, "posts of the brand's own"),
        ({"who": "AutoModerator"}, "posts by programs"),
        ({"who": "[deleted]"}, "posts that were deleted before they were seen"),
    ],
)
def test_what_is_no_inquiry_is_counted(place, changes, why):
    place.post(NOW - DAY, **changes)
    seen = look(a_task(place, accounts=[SUB, USER]))
    assert seen.inquiries.is_empty()
    assert seen.refused == {why: 1}


def test_an_answer_is_to_whoever_opened_the_post(place):
    post = place.post(NOW - DAY, "person")
    own = place.comment(post, NOW - 5 * HOUR, "person")
    strange = place.comment(post, NOW - 4 * HOUR, "somebody")
    ours = {"distinguished": "moderator"}
    place.comment(post, NOW - 3 * HOUR, "jo", below=strange, **ours)
    place.comment(post, NOW - 2 * HOUR, "jo", below=own, **ours)
    place.comment(post, NOW - HOUR, "AutoModerator", **ours)
    seen = look(a_task(place))
    assert seen.responses["responded_at"].to_list() == [NOW - 2 * HOUR]


def test_a_post_anywhere_that_names_the_user_is_an_inquiry(place):
    post = place.post(NOW - DAY, "person", "Hello u/Acme_Help", subreddit="elsewhere")
    place.post(NOW - DAY, "other", "about u/acme_helper", subreddit="elsewhere")
    place.comment(post, NOW - HOUR, "acme_help", subreddit="elsewhere")
    seen = look(a_task(place, accounts=[USER]))
    assert seen.inquiries["asked_at"].to_list() == [NOW - DAY]
    assert seen.responses["responded_at"].to_list() == [NOW - HOUR]


@pytest.mark.parametrize(
    ("title", "named"),
    [("/u/acme?", True), ("u/ACME's", True), ("xu/acme", False), ("u/acme-x", False)],
)
def test_a_name_is_a_name(title, named):
    assert names(Post(id="1", created_utc=1, title=title), "acme") == named


def test_lists_are_read_to_what_is_known(place):
    place.post(NOW - 9 * DAY, "mod", "Rules", stickied=True)
    for at in range(250):
        place.post(NOW - DAY + at, f"person-{at}")
    for at in range(300):
        place.post(NOW - 20 * DAY + at, f"person-{at}")
    seen = look(a_task(place))
    assert len(seen.inquiries) == 250
    assert sum("/r/acme/new" in path for path in place.asked) == 4


def test_a_list_that_ends_too_early_was_not_seen_before(place, monkeypatch):
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    for at in range(250):
        place.post(NOW - DAY + at, f"person-{at}")
    seen = look(a_task(place))
    assert "r/acme: more was new than Reddit lists" in seen.problem
    assert [tuple(each) for each in seen.seen] == [("r/acme", NOW - DAY + 50, NOW)]


def later(place: Reddit, *rows: tuple[str, int]):
    """A round that comes a day after the last one, and holds these posts."""
    page = "https://www.reddit.com/comments/"
    held = open_rows(
        *((f"reddit|{n}", f"reddit|{n}", at, page + n) for n, at in rows),
        ("reddit|0", "reddit|0", NOW - 2 * DAY, None),
        account="r/acme",
    )
    cursors = {"r/acme": str(NOW - DAY), "r/acme since": str(NOW - 9 * DAY)}
    return a_task(place, cursors=cursors, open_since=lambda _: held)


def test_what_its_author_deleted_is_deleted_here(place):
    at = NOW - 30 * HOUR
    stands = place.post(at, "person")
    removed = place.post(at, "person", selftext="[removed]")
    gone = place.post(at, "[deleted]", selftext="[deleted]")
    seen = look(later(place, (stands, at), (removed, at), (gone, at), ("77", at)))
    stood_at = at + 4 * HOUR
    assert sorted(seen.deletions.rows()) == sorted(
        [
            (hashing.key(f"reddit|{gone}"), stood_at),
            (hashing.key("reddit|77"), stood_at),
        ]
    )


def test_nothing_is_linked_for_longer_than_a_day_without_a_look():
    """Within the 48 hours that Reddit names, until the link is erased."""
    moments = [0, *plan(3 * DAY).after, int(LINKS_KEPT.total_seconds())]
    steps = [b - a for a, b in zip(moments, moments[1:], strict=False)]
    assert max(steps) <= DAY
    assert plan(3 * DAY).horizon == 3 * DAY
    assert plan(DAY // 2).after[-1] == 3 * DAY


@pytest.mark.parametrize(
    "changes",
    [{"subreddit_type": "private"}, {"is_suspended": True}],
)
def test_what_is_not_public_is_unresolved(place, changes):
    place.place("r/acme", **changes)
    with pytest.raises(CollectorError, match="not public"):
        resolve(place.client(), options(place), "r/acme")
    seen = look(a_task(place, accounts=[Watched("r/acme", "", "acme")]))
    assert "not public" in seen.unresolved["r/acme"]


def test_an_account_is_found_by_its_name(place):
    assert resolve(place.client(), options(place), "u/acme_help") == "id-acme_help"


def test_an_account_that_is_somebody_elses_is_not_measured(place):
    place.place("r/acme", id="another")
    old = {"r/acme confirmed": str(NOW - 8 * DAY)}
    seen = look(a_task(place, cursors=old))
    assert "somebody else's now" in seen.unresolved["r/acme"]
    assert seen.seen == ()


def test_one_token_is_asked_for_in_a_round_and_told_to_nobody(place):
    place.post(NOW - DAY, "person", distinguished=5)
    seen = look(a_task(place, accounts=[SUB, USER]))
    assert place.server.seen["/api/v1/access_token"] == 1
    assert "distinguished of each post" in seen.problem
    for word in (SECRET, "token-of-an-hour"):
        assert word not in str(seen)


def test_a_wrong_secret_is_said_without_it(place):
    seen = look(a_task(place, key="another-secret"))
    assert "401" in seen.problem
    assert "another-secret" not in seen.problem


@pytest.mark.parametrize("said", [b"[]", b'{"error": "invalid_grant"}'])
def test_a_login_that_gives_no_token_is_said(place, said):
    place.server.answers["/api/v1/access_token"] = lambda h: h.give(200, said)
    with pytest.raises(CollectorError, match="are id and secret right"):
        Api(options(place)).place(place.client(), "r/acme")


def test_a_page_is_named_by_its_post():
    for url in (
        "https://www.reddit.com/comments/1abc",
        "https://old.reddit.com/r/acme/comments/1abc/it_is_broken/",
        "https://reddit.com/user/me/comments/1abc/it_is_broken",
    ):
        assert message_at(None, {}, url) == "reddit|1abc"
    assert message_at(None, {}, "https://www.reddit.com/r/acme") == ""


def test_a_week_in_the_store(place, store: Store, tmp_path: Path):
    """Deleted, the post is a tombstone; after four days no link is left."""
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="air"),),
            accounts=(AccountEntry(brand="acme", channel="reddit", account="r/acme"),),
        )
    )
    settings = Settings(
        var=tmp_path,
        reddit_on=True,
        reddit_api=place.url,
        reddit_login=place.url,
        reddit_id=ID,
        reddit_secret=SecretStr(SECRET),
    )
    kept = place.post(NOW - HOUR, "PersonOne", "BROKENWORD")
    gone = place.post(NOW - HOUR, "PersonTwo", "LOSTWORD")
    place.comment(kept, NOW + HOUR, "jo", distinguished="moderator", body="SORRYWORD")
    for now in range(NOW, NOW + 5 * DAY, 12 * HOUR):
        if now > NOW + DAY:
            place.posts[gone]["author"] = "[deleted]"
        (run,) = collect(
            store, settings, "reddit", now=lambda now=now: now, sleep=lambda _: None
        )
        assert (run.outcome, run.problem) == ("ok", "")
    columns = "key, author, asked_at, answered_at, deleted_at, url"
    one, other = sorted(
        table(store, "inquiry", columns), key=lambda row: row[3] is None
    )
    url = f"https://www.reddit.com/comments/{kept}"
    assert one[2:] == (NOW - HOUR, NOW + HOUR, None, url)
    assert other[2:4] == (NOW - HOUR, None)
    assert NOW < other[4] <= NOW + DAY
    assert other[5] is None
    assert other[0] == other[1]
    assert expire(store, NOW + 5 * DAY) == {"reddit": (1, 0)}
    assert table(store, "inquiry", "url") == [(None,), (None,)]
    said = str(table(store, "cursor", "name, value")) + str(table(store, "run"))
    for word in ("BROKENWORD", "SORRYWORD", "PersonOne", "PersonTwo", SECRET):
        assert word not in said


def test_it_is_off_until_somebody_may():
    channel = collectors.channels()["reddit"]
    assert (channel.switch, channel.key_setting) == ("reddit_on", "reddit_secret")
    assert "48 hours" in channel.restriction
