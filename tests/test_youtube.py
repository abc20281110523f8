"""YouTube: comments as inquiries, the channel's replies as answers; never published."""

from pathlib import Path

import pytest
from pydantic import SecretStr

import collectors
from collectors import hashing
from collectors.base import Watched
from collectors.channels import youtube as module
from collectors.channels.youtube import Thread, look, message_at, number, read, resolve
from collectors.http import Http, Unreachable
from collectors.listing import Found
from collectors.looking import Task
from fixtures_store import table
from jobs.collecting import collect
from jobs.expiring import expire
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.words import UNPUBLISHED_CHANNELS
from open_rows import Told, open_rows
from settings import Settings
from store import Store
from youtube_server import YouTube, youtube

NOW = 1_780_000_000
HOUR, DAY = 3_600, 86_400
DAY_OF_QUOTA = "units 2026-05-28"


@pytest.fixture
def tube():
    with youtube() as made:
        yield made


def a_task(tube: YouTube, **changes):
    options = {
        "api": tube.url,
        "key": SecretStr("the-key-of-youtube"),
        "units": changes.pop("units", 1_000),
        "first_days": 3,
    }
    usual = {
        "accounts": [Watched("acme", "UCacme", "acme")],
        "http": tube.client(),
        "secret": b"a secret of sixteen",
        "started_us": NOW * 1_000_000,
        "cursors": {"acme confirmed": str(NOW)},
        "options": options,
        "known": lambda asked: {},
        "horizon": 3 * DAY,
        "spend": changes.pop("told", Told()).spend,
    }
    return Task(**usual | changes)


def test_a_comment_is_an_inquiry_and_the_channels_reply_its_answer(tube):
    thread = tube.comment(NOW - DAY, "UCperson")
    tube.reply(thread, NOW - DAY + 60, "UCother")
    tube.reply(thread, NOW - HOUR, "UCacme")
    seen = look(a_task(tube, accounts=[Watched("acme", "", "acme")]))
    assert seen.problem == ""
    assert seen.resolved == {"acme": "UCacme"}
    (inquiry,) = seen.inquiries.rows(named=True)
    assert inquiry["asked_at"] == NOW - DAY
    assert inquiry["url"] == f"https://www.youtube.com/watch?v=video-1&lc={thread}"
    (response,) = seen.responses.rows(named=True)
    assert response["key"] == inquiry["key"]
    assert response["responded_at"] == NOW - HOUR
    assert [tuple(each) for each in seen.seen] == [("acme", NOW - 3 * DAY, NOW)]
    assert tube.keys == {"the-key-of-youtube"}
    assert not any("key" in path for path in tube.paths)


def test_comments_of_the_brands_own_are_none(tube):
    tube.comment(NOW - DAY, "UCacme")
    seen = look(a_task(tube))
    assert seen.inquiries.is_empty()
    assert seen.refused == {"comments of the brand's own": 1}


def test_whoever_closed_their_account_is_nobody_twice(tube):
    for at in (1, 2):
        tube.comment(NOW - DAY - at, None)
    assert look(a_task(tube)).inquiries["author"].n_unique() == 2


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Thank you", True),
        ("@UCperson thank you", True),
        ("@ucPERSON\u00a0thank you", True),
        ("@UCother thank you", False),
        (" @UCother", False),
    ],
)
def test_an_answer_to_somebody_else_is_none(tube, text, counts):
    thread = tube.comment(NOW - DAY, "UCperson")
    tube.reply(thread, NOW - HOUR, "UCacme", text)
    assert len(look(a_task(tube)).responses) == counts


def test_all_replies_are_read_where_few_come_with_a_thread(tube, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    thread = tube.comment(NOW - DAY, "UCperson")
    for at in range(7):
        tube.reply(thread, NOW - HOUR + at, "UCacme" if at == 6 else "UCother")
    assert look(a_task(tube)).responses["responded_at"].to_list() == [NOW - HOUR + 6]
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    assert look(a_task(tube)).responses.is_empty()


def test_a_channel_too_busy_for_one_round_says_so(tube, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    for at in range(10):
        tube.comment(NOW - HOUR + at, f"UC{at}")
    seen = look(a_task(tube))
    assert "more than 6 comments were new" in seen.problem
    assert [tuple(each) for each in seen.seen] == [("acme", NOW - HOUR + 4, NOW)]


def test_older_pages_are_not_read(tube, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    for at in range(10):
        tube.comment(NOW - 9 * DAY + at, f"UC{at}")
    told = Told()
    assert look(a_task(tube, told=told)).inquiries.is_empty()
    assert told.of[DAY_OF_QUOTA] == tube.units == 1


def watched(tube: YouTube, *rows: tuple[str, int], **changes):
    """A later round that holds these threads; its cursor is two hours old."""
    page = "https://www.youtube.com/watch?v=video-1&lc="
    held = open_rows(
        *((f"youtube|{n}", f"youtube|{n}", at, page + n) for n, at in rows)
    )
    keys = {("acme", key): at for key, at in held.select("key", "asked_at").rows()}
    return a_task(
        tube,
        cursors={
            "acme": str(NOW - 2 * HOUR),
            "acme since": str(NOW - 9 * DAY),
            "acme confirmed": str(NOW),
        },
        open_since=lambda _: held,
        known=lambda asked: {one: at for one, at in keys.items() if one in asked},
        **changes,
    )


def test_what_is_open_is_looked_at_again(tube):
    """A late answer is found below an old comment, a deleted comment is missed."""
    old = tube.comment(NOW - DAY, "UCperson")
    tube.reply(old, NOW - HOUR, "UCacme")
    rows = [(old, NOW - DAY), ("Ugxgone", NOW - DAY), ("Ugxyoung", NOW - HOUR)]
    seen = look(watched(tube, *rows))
    assert seen.inquiries.is_empty()
    assert seen.responses["responded_at"].to_list() == [NOW - HOUR]
    assert sorted(seen.deletions.rows()) == sorted(
        [
            (hashing.key("youtube|Ugxgone"), NOW - 2 * HOUR - 120),
            (hashing.key("youtube|Ugxyoung"), NOW - HOUR),
        ]
    )


def test_past_its_horizon_nothing_is_looked_at_again(tube):
    told = Told()
    look(watched(tube, ("Ugxold", NOW - 5 * DAY), told=told))
    assert told.of[DAY_OF_QUOTA] == 1


def test_many_that_are_gone_at_once_are_a_fault(tube):
    rows = [(f"Ugx{n}", NOW - DAY) for n in range(12)]
    seen = look(watched(tube, *rows))
    assert "any of 12 threads, found none" in seen.problem
    assert seen.deletions.is_empty()


def test_the_quota_of_the_day_is_kept_to(tube):
    tube.comment(NOW - DAY, "UCperson")
    told = Told()
    seen = look(a_task(tube, units=1, told=told, cursors={}))
    assert "the 1 units of YouTube's quota for 2026-05-28 are used up" in seen.problem
    assert tube.units == told.of[DAY_OF_QUOTA] == 1
    assert seen.seen == ()


def test_a_handle_nobody_has_is_unresolved(tube):
    seen = look(a_task(tube, accounts=[Watched("nobody", "", "acme")]))
    assert "nobody is called @nobody on YouTube" in seen.unresolved["nobody"]


def test_a_handle_that_is_somebody_elses_is_not_measured(tube):
    tube.handles["acme"] = "UCother"
    seen = look(a_task(tube, cursors={"acme confirmed": str(NOW - 8 * DAY)}))
    assert "somebody else's now" in seen.unresolved["acme"]
    assert seen.seen == ()


def test_a_thread_is_read_as_it_is_documented():
    item = {
        "id": "Ugx1",
        "snippet": {
            "topLevelComment": {
                "id": "Ugx1",
                "snippet": {"publishedAt": "2026-05-28T20:00:00Z"},
            }
        },
    }
    found = Found()
    read(Thread.model_validate(item), "UCacme", [], found)
    assert found.asked[0].author == "gone Ugx1"


def test_a_check_of_the_registry_spends_nothing():
    with Http() as http, pytest.raises(Unreachable, match="counts"):
        resolve(http, {}, "acme")


def test_a_page_is_named_by_its_comment():
    with Http() as http:
        for host in ("www.youtube.com", "youtube.com", "m.youtube.com"):
            url = f"https://{host}/watch?v=abc_-1&lc=Ugx-1.2"
            assert message_at(http, {}, url) == "youtube|Ugx-1.2"
        assert message_at(http, {}, "https://www.youtube.com/watch?v=abc") == ""
    assert number(None) == ""


def registered(store: Store, *accounts: tuple[str, str]) -> None:
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="air"),),
            accounts=tuple(
                AccountEntry(brand="acme", channel=channel, account=account)
                for channel, account in accounts
            ),
        )
    )


def test_it_is_measured_and_in_no_edition_and_erased(
    tube, sqlite_store: Store, tmp_path: Path
):
    store = sqlite_store
    registered(store, ("youtube", "acme"), ("github", "acme/app"))
    settings = Settings(
        var=tmp_path,
        youtube_on=True,
        youtube_api=tube.url,
        youtube_key=SecretStr("the-key-of-youtube"),
    )
    thread = tube.comment(NOW - HOUR, "UCperson", "BROKENWORD")
    tube.reply(thread, NOW - 60, "UCacme", "ANSWERWORD")
    (run,) = collect(store, settings, "youtube", now=lambda: NOW, sleep=lambda _: None)
    assert (run.outcome, run.rows_kept) == ("ok", 2)
    day = NOW // DAY
    with store.tallied(day - 9, day + 1, NOW + 9 * DAY, 100) as found:
        assert list(found.slices) == []
        assert found.coverage.is_empty()
        assert found.directory["channel"].to_list() == ["github"]
    assert expire(store, NOW + 27 * DAY) == {}
    assert expire(store, NOW + 28 * DAY + 1) == {"youtube": (0, 2)}
    assert table(store, "inquiry") == table(store, "response") == []
    (account,) = store.accounts("youtube")
    assert (account.external_id, account.resolved_at) == ("", None)
    held = b"".join(path.read_bytes() for path in Path(tmp_path).rglob("*.db*"))
    for word in ("BROKENWORD", "ANSWERWORD", "UCperson", thread, "the-key-of-youtube"):
        assert word.encode() not in held


def test_what_says_that_it_is_not_published_is_not():
    unpublished = {c.slug for c in collectors.channels().values() if not c.published}
    assert unpublished == UNPUBLISHED_CHANNELS
    channel = collectors.channels()["youtube"]
    assert channel.rows_kept is not None
    assert channel.rows_kept.days + 1 < 30
