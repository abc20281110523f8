"""Discourse: topics as inquiries, the staff's posts as answers, round by round."""

import json
import os
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

from collectors import hashing
from collectors.base import CollectorError, Watched
from collectors.channels.discourse import Post, look, plain, read, resolve, thread
from collectors.listing import Found, records
from collectors.looking import Task
from discourse_server import Forum, forum, give
from fixtures_store import ROOT
from jobs.judging import judged
from model import Kind
from model.frames import empty
from model.looks import OPEN

SHARED = Path(os.environ.get("ANSWERABLE_SHARED", ROOT.parent / "shared"))
PAYLOADS = SHARED / "data" / "payloads" / "discourse"
NOW = 1_780_000_000
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def board():
    with forum() as made:
        yield made


def a_task(board: Forum, *, cursors=None, known=None, now=NOW, open_=None):
    return Task(
        accounts=[Watched(board.url, "", "acme")],
        http=board.client(),
        secret=b"a secret of sixteen",
        started_us=now * 1_000_000,
        cursors=cursors or {},
        options={"first_days": 14},
        known=lambda asked: {
            one: at for one, at in (known or {}).items() if one in asked
        },
        open_since=lambda since: (
            open_.filter(pl.col("asked_at") > since) if open_ is not None else none()
        ),
        horizon=7 * DAY,
    )


def none() -> pl.DataFrame:
    return empty(OPEN)


def held(board: Forum, *topics: tuple[int, int]) -> pl.DataFrame:
    """Inquiries as the store has them: number and second."""
    rows = [
        (board.url, key, key, at, None, f"{board.url}/t/{number}", 2)
        for number, at in topics
        for key in [hashing.key(thread(board.url, number))]
    ]
    return pl.DataFrame(rows, schema=OPEN, orient="row")


def test_a_topic_is_an_inquiry_and_a_post_of_the_staff_its_answer(board):
    number = board.topic(NOW - DAY)
    board.post(number, NOW - DAY + 60)
    board.post(number, NOW - HOUR, staff=True, cooked="<p>Under settings.</p>")
    seen = look(a_task(board))
    assert seen.problem == ""
    (inquiry,) = seen.inquiries.rows(named=True)
    assert inquiry["asked_at"] == NOW - DAY
    assert inquiry["url"] == f"{board.url}/t/{number}"
    assert inquiry["text"] == "A question\nHow do I export my data?"
    (response,) = seen.responses.rows(named=True)
    assert response["responded_at"] == NOW - HOUR
    assert response["text"] == "Under settings."
    assert [tuple(each) for each in seen.seen] == [(board.url, NOW - 14 * DAY, NOW)]
    known = judged(seen).inquiries
    assert "text" not in known.columns
    assert known["kind"].to_list() == [Kind.QUESTION]


def test_whom_an_answer_is_to(board):
    number = board.topic(NOW - DAY, who="ann")
    other = board.post(number, NOW - 90, who="ben")
    again = board.post(number, NOW - 80, who="ann")
    for at, to in ((70, other), (60, again), (50, None), (40, 1), (30, 99)):
        board.post(number, NOW - at, moderator=True, reply_to_post_number=to)
    said = look(a_task(board)).responses["responded_at"].sort().to_list()
    assert said == [NOW - 60, NOW - 50, NOW - 40, NOW - 30]


@pytest.mark.parametrize(
    "changes", [{"post_type": 3}, {"user_deleted": True}, {"staff": False}]
)
def test_what_is_no_answer(board, changes):
    number = board.topic(NOW - DAY)
    board.post(number, NOW - HOUR, **{"staff": True, **changes})
    assert look(a_task(board)).responses.is_empty()


def test_a_topic_of_the_staff_is_none_of_the_publics(board):
    board.topic(NOW - DAY, admin=True)
    seen = look(a_task(board))
    assert seen.inquiries.is_empty()
    assert seen.refused == {"topics of the staff's own": 1}


def test_an_answer_dated_before_its_topic_has_no_wait(board):
    """Posts that are moved to a topic keep their dates."""
    number = board.topic(NOW - DAY)
    board.post(number, NOW - 2 * DAY, staff=True)
    seen = look(a_task(board))
    assert len(seen.inquiries) == 1
    assert seen.responses.is_empty()
    assert seen.refused == {"answers dated before what they answer": 1}


def test_posts_beyond_the_first_page_are_read(board):
    number = board.topic(NOW - DAY)
    for at in range(44):
        board.post(number, NOW - DAY + at + 1)
    board.post(number, NOW - HOUR, staff=True)
    assert look(a_task(board)).responses["responded_at"].to_list() == [NOW - HOUR]
    assert board.server.seen[f"/t/{number}/posts.json"] == 2


def test_pinned_topics_do_not_end_the_list(board):
    for at in range(35):
        board.topic(NOW - 100 * DAY - at, pinned=at < 3)
    for at in range(40):
        board.topic(NOW - DAY + at)
    assert len(look(a_task(board)).inquiries) == 40


def test_only_topics_with_something_new_are_asked_for(board):
    old = board.topic(NOW - 20 * DAY)
    held = board.topic(NOW - DAY)
    first = look(a_task(board))
    assert board.server.seen[f"/t/{old}.json"] == 0
    assert len(first.inquiries) == 1
    key = (board.url, hashing.key(thread(board.url, held)))
    later = {"cursors": first.cursors, "known": {key: NOW - DAY}, "now": NOW + DAY}
    assert look(a_task(board, **later)).responses.is_empty()
    assert board.server.seen[f"/t/{held}.json"] == 1
    board.post(held, NOW + HOUR, staff=True)
    board.post(old, NOW + HOUR, staff=True)
    again = look(a_task(board, **later))
    assert again.responses["responded_at"].to_list() == [NOW + HOUR]
    assert again.refused == {"opened before the watch began": 1}


def test_a_topic_that_is_gone_is_deleted(board):
    number = board.topic(NOW - DAY)
    erased = board.topic(NOW - DAY, user_deleted=True)
    board.remove(number)
    held = {
        (board.url, hashing.key(thread(board.url, each))): NOW - DAY
        for each in (number, erased)
    }
    gone = look(a_task(board, known=held)).deletions
    assert sorted(gone["message"]) == sorted(key for _, key in held)
    assert set(gone["deleted_at"]) == {NOW}


def rounds(board, open_, at, cursors=None):
    """A first look at a second, then one at each of the others."""
    known = {
        (row["account"], row["key"]): row["asked_at"] for row in open_.rows(named=True)
    }
    seen = look(a_task(board, known=known, now=at[0], cursors=cursors, open_=open_))
    yield seen
    for now in at[1:]:
        seen = look(
            a_task(board, known=known, now=now, cursors=seen.cursors, open_=open_)
        )
        yield seen


@pytest.mark.parametrize("how", ["deleted", "withdrawn", "no opening"])
def test_a_topic_that_goes_without_a_trace_is_missed_within_one_rewatch(board, how):
    """No list shows it: it counts as gone from when it was last known to stand."""
    number = board.topic(NOW - HOUR)
    stays = board.topic(NOW - HOUR)
    open_ = held(board, (number, NOW - HOUR), (stays, NOW - HOUR))
    (first,) = rounds(board, open_, [NOW])
    assert first.deletions.is_empty()
    if how == "deleted":
        board.remove(number, silently=True)
    elif how == "withdrawn":
        board.posts[number][0]["user_deleted"] = True
    else:
        board.posts[number][0]["post_number"] = 2
    seen, again = rounds(board, open_, [NOW + HOUR, NOW + 2 * HOUR], first.cursors)
    key = hashing.key(thread(board.url, number))
    # Asked an hour before NOW: due after two hours, last stood after one.
    assert seen.deletions.rows() == [(key, NOW)]
    assert again.deletions.is_empty()  # not before its next turn
    assert seen.problem == again.problem == ""


def test_topics_due_that_one_round_does_not_take_are_asked_for_in_the_next(
    board, monkeypatch
):
    module = import_module("collectors.channels.discourse")
    monkeypatch.setattr(module, "MOST_REVISITED", 2)
    topics = [(board.topic(NOW - 900 + n), NOW - 900 + n) for n in range(5)]
    open_ = held(board, *topics)
    for number, _ in topics:
        board.remove(number, silently=True)
    at = [NOW - 60, NOW + 60, NOW + 120, NOW + 180, NOW + 240]
    gone = [len(seen.deletions) for seen in rounds(board, open_, at)]
    assert gone == [0, 2, 2, 1, 0]


def test_what_could_not_be_asked_for_again_is_said_and_asked_for_in_the_next(board):
    first, second = board.topic(NOW - 900), board.topic(NOW - 899)
    open_ = held(board, (first, NOW - 900), (second, NOW - 899))
    turns = rounds(board, open_, [NOW - 60, NOW + 60, NOW + 120])
    before = next(turns)
    board.remove(first, silently=True)
    answer = board.server.answers[f"/t/{second}.json"]
    board.server.answers[f"/t/{second}.json"] = lambda h: h.give(451)
    broken = next(turns)
    assert len(broken.deletions) == 1
    assert broken.problem.startswith("1 topics were not asked for again: ")
    assert [each.until for each in broken.seen] == [NOW + 60]  # lists say the answers
    board.server.answers[f"/t/{second}.json"] = answer
    board.remove(second, silently=True)
    after = next(turns)
    assert (before.problem, after.problem) == ("", "")
    assert len(after.deletions) == 1


def test_a_list_that_is_what_it_was_is_not_read_again_and_counts_as_seen(board):
    board.tags = True
    number = board.topic(NOW - DAY)
    turns = rounds(board, none(), [NOW, NOW + HOUR, NOW + 2 * HOUR])
    first, second = next(turns), next(turns)
    assert (len(first.inquiries), len(second.inquiries)) == (1, 0)
    assert board.unchanged == 1
    assert [tuple(each) for each in second.seen] == [(board.url, NOW, NOW + HOUR)]
    new = board.topic(NOW + HOUR + 60)
    third = next(turns)
    assert board.unchanged == 1
    assert third.inquiries["url"].to_list() == [f"{board.url}/t/{new}"]
    assert number != new


@pytest.mark.parametrize("why", ["all pinned", "too many", "no end"])
def test_no_tag_is_kept_of_a_list_that_may_hide_something_new(board, monkeypatch, why):
    module = import_module("collectors.channels.discourse")
    board.tags = True
    if why == "too many":
        monkeypatch.setattr(module, "MOST_TOPICS", 1)
    if why == "no end":
        monkeypatch.setattr(module, "MOST_PAGES", 1)
    for n in range(2):
        board.topic(NOW - DAY + n, pinned=why == "all pinned")
    for _ in rounds(board, none(), [NOW, NOW + HOUR]):
        pass
    assert board.unchanged == 0


def test_another_refusal_is_a_problem_and_no_deletion(board):
    number = board.topic(NOW - DAY)
    board.server.answers[f"/t/{number}.json"] = lambda h: h.give(451)
    seen = look(a_task(board))
    assert "451" in seen.problem
    assert seen.seen == ()


def test_a_forum_too_busy_for_one_round_is_read_on_in_the_next(board, monkeypatch):
    module = import_module("collectors.channels.discourse")
    monkeypatch.setattr(module, "MOST_TOPICS", 3)
    for at in range(8):
        board.topic(NOW - DAY + at)
    found, cursors = set(), {}
    for _ in range(4):
        seen = look(a_task(board, cursors=cursors))
        found |= set(seen.inquiries["key"])
        cursors = seen.cursors
    assert len(found) == 8
    assert cursors[board.url] == str(NOW)
    assert cursors[f"{board.url} more"] == "0"


def test_a_list_without_end_is_left(board, monkeypatch):
    module = import_module("collectors.channels.discourse")
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    for at in range(100):
        board.topic(NOW - DAY + at)
    seen = look(a_task(board))
    assert len(seen.inquiries) == 60
    assert "more than 60 topics" in seen.problem
    assert seen.seen[0].since == NOW - DAY + 40


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/latest.json", {"error": "no"}),
        ("/latest.json", {"topic_list": {"topics": [{"id": "x"}]}}),
        ("/t", {"title": "x", "post_stream": {"posts": [], "stream": "all"}}),
        ("/t", {"title": "x"}),
    ],
)
def test_another_shape_is_said_and_not_guessed(board, path, said):
    number = board.topic(NOW - DAY)
    path = f"/t/{number}.json" if path == "/t" else path
    board.server.answers[path] = lambda h: give(h, said)
    seen = look(a_task(board))
    assert "expected" in seen.problem
    assert seen.inquiries.is_empty()
    assert seen.seen == ()


def test_what_is_no_forum_is_told(board):
    assert resolve(board.client(), {}, f"{board.url}/") == board.url
    board.server.answers["/site/basic-info.json"] = lambda h: give(h, {"a": 1})
    with pytest.raises(CollectorError, match="title of each site"):
        resolve(board.client(), {}, board.url)


def test_quotes_and_markup_are_no_words_of_the_writer():
    cooked = '<aside class="quote">Thanks!</aside><p>It &amp; that</p><blockquote>x'
    assert plain(cooked) == "It & that x"


def test_a_recorded_topic_of_22_posts_shows_20_at_first():
    path = PAYLOADS / "perceval" / "discourse_topic_1148.json"
    if not path.exists():
        pytest.skip("the recorded answers of a real forum are not here")
    said = json.loads(path.read_text())
    posts = records(Post, said["post_stream"]["posts"], "recorded")
    assert (len(posts), len(said["post_stream"]["stream"])) == (20, 22)
    found = Found()
    read("https://forum.example", 1148, said["title"], posts, found)
    assert [one.at for one in found.asked] == [1_453_838_869]
    assert found.answered == []
