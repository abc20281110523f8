"""GitHub: issues as inquiries, staff's comments as answers, round by round."""

import json
import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import SecretStr

import collectors
from collectors import hashing
from collectors.base import CollectorError, UnreadablePage, Watched
from collectors.channels.github import Comment, Issue, look, read, resolve
from collectors.http import Unreachable
from collectors.listing import Found, records, round_of
from collectors.looking import Task
from fixtures_store import ROOT
from github_server import GitHub, github, user
from jobs.judging import judged
from model import Kind, Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from store import Store

SHARED = Path(os.environ.get("ANSWERABLE_SHARED", ROOT.parent / "shared"))
NOW = 1_780_000_000
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def hub():
    with github() as made:
        made.repository("acme/app")
        yield made


def a_task(hub: GitHub, *, cursors=None, accounts=("acme/app",), known=None, now=NOW):
    return Task(
        accounts=[Watched(name, "", "acme") for name in accounts],
        http=hub.client(),
        secret=b"a secret of sixteen",
        started_us=now * 1_000_000,
        cursors=cursors or {},
        options={"api": hub.url, "token": SecretStr(""), "first_days": 14},
        known=lambda asked: {
            one: at for one, at in (known or {}).items() if one in asked
        },
    )


def test_an_issue_is_an_inquiry_and_a_members_comment_its_answer(hub):
    number = hub.issue("acme/app", NOW - DAY, labels=[{"name": "Bug report"}], who=5)
    hub.comment("acme/app", number, NOW - DAY + 60, role="NONE", who=9)
    hub.comment("acme/app", number, NOW - HOUR)
    seen = look(a_task(hub))
    assert seen.problem == ""
    (inquiry,) = seen.inquiries.rows(named=True)
    assert inquiry["asked_at"] == NOW - DAY
    assert inquiry["kind"] == Kind.COMPLAINT
    assert inquiry["url"] == f"https://github.com/acme/app/issues/{number}"
    (response,) = seen.responses.rows(named=True)
    assert response["key"] == inquiry["key"]
    assert response["responded_at"] == NOW - HOUR
    assert [tuple(each) for each in seen.seen] == [("acme/app", NOW - 14 * DAY, NOW)]
    assert seen.cursors["acme/app"] == str(NOW)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"pull_request": {"url": "x"}}, "pull requests"),
        ({"role": "COLLABORATOR"}, "issues of the staff's own"),
        ({"user": user(3, type="Bot")}, "issues opened by programs"),
        ({"user": user(3, login="dependabot[bot]")}, "issues opened by programs"),
    ],
)
def test_what_is_no_inquiry_is_counted(hub, changes, why):
    hub.issue("acme/app", NOW - DAY, **changes)
    seen = look(a_task(hub))
    assert seen.inquiries.is_empty()
    assert seen.refused == {why: 1}


def test_kinds_come_from_what_the_tracker_says(hub):
    hub.issue("acme/app", NOW - 5, labels=["question"])
    hub.issue("acme/app", NOW - 4, type={"name": "Bug"})
    hub.issue("acme/app", NOW - 3)
    kinds = look(a_task(hub)).inquiries.sort("asked_at")["kind"].to_list()
    assert kinds == [Kind.QUESTION, Kind.COMPLAINT, Kind.QUESTION]


def test_a_deleted_person_is_no_other_deleted_person(hub):
    for at in (1, 2):
        hub.issue("acme/app", NOW - at, who=None)
    number = hub.issue("acme/app", NOW - 3, who=4)
    hub.comment("acme/app", number, NOW - 2, who=None)
    seen = look(a_task(hub))
    assert seen.inquiries["author"].n_unique() == 3
    assert seen.responses.is_empty()


def test_what_was_opened_before_the_watch_is_none_of_ours(hub):
    """It would be known because it was answered."""
    number = hub.issue("acme/app", NOW - 20 * DAY)
    hub.comment("acme/app", number, NOW - DAY)
    seen = look(a_task(hub))
    assert seen.inquiries.is_empty()
    assert seen.responses.is_empty()
    assert seen.refused == {"opened before the watch began": 1}


def test_an_answer_to_what_is_held_is_found_in_a_later_round(hub):
    number = hub.issue("acme/app", NOW - DAY)
    first = look(a_task(hub))
    (held,) = first.inquiries.select("account", "key", "asked_at").rows()
    hub.comment("acme/app", number, NOW + HOUR)
    later = a_task(hub, cursors=first.cursors, known={held[:2]: held[2]}, now=NOW + DAY)
    again = look(later)
    assert again.inquiries.is_empty()
    assert again.refused == {}
    assert again.responses["responded_at"].to_list() == [NOW + HOUR]
    assert [tuple(each) for each in again.seen] == [("acme/app", NOW, NOW + DAY)]


def test_many_pages_are_read_to_their_end_and_each_issue_once(hub):
    for at in range(250):
        hub.issue("acme/app", NOW - DAY + at // 3)
    seen = look(a_task(hub))
    assert len(seen.inquiries) == 250
    assert seen.inquiries["key"].n_unique() == 250
    assert seen.seen[0].until == NOW


def test_a_repository_too_busy_for_one_round_is_read_on_in_the_next(hub, monkeypatch):
    monkeypatch.setattr(import_module("collectors.channels.github"), "MOST_PAGES", 2)
    for at in range(400):
        hub.issue("acme/app", NOW - DAY + at)
    first = look(a_task(hub))
    assert first.seen[0].until < NOW
    found, cursors = set(first.inquiries["key"]), first.cursors
    for _ in range(5):
        seen = look(a_task(hub, cursors=cursors))
        found |= set(seen.inquiries["key"])
        cursors = seen.cursors
    assert len(found) == 400
    assert cursors["acme/app"] == str(NOW)


def test_a_hundred_changes_in_one_second_do_not_hold_it_up(hub):
    for _ in range(130):
        hub.issue("acme/app", NOW - DAY)
    assert look(a_task(hub)).seen[0].until == NOW


def test_a_round_ends_before_the_limit_does_and_the_rest_come_first(hub):
    names = [f"acme/{name}" for name in "abcdef"]
    for name in names:
        hub.repository(name)
    hub.left = 10
    first = look(a_task(hub, accounts=names))
    assert "limit of requests" in first.problem
    assert "3 accounts wait" in first.problem
    assert hub.left >= 1
    done = [each.account for each in first.seen]
    assert done == names[:3]
    hub.left, hub.asked = 60, []
    look(a_task(hub, accounts=names, cursors=first.cursors, now=NOW + HOUR))
    assert hub.asked[0] == "/repos/acme/d"


def test_what_says_when_it_was_written_in_the_future_is_not_before_its_time(hub):
    """A clock that runs ahead: the round covers what it covers."""
    hub.issue("acme/app", NOW + DAY)
    seen = look(a_task(hub, cursors={"acme/app": str(NOW)}))
    assert len(seen.inquiries) == 1
    assert seen.seen == ()
    assert seen.cursors["acme/app"] == str(NOW)
    assert "acme/app since" not in seen.cursors


def test_a_repository_that_fails_does_not_stop_the_others(hub):
    seen = look(a_task(hub, accounts=("acme/gone", "acme/app")))
    assert "404" in seen.problem
    assert [each.account for each in seen.seen] == ["acme/app"]
    assert set(seen.unresolved) == {"acme/gone"}
    assert set(seen.resolved) == {"acme/app"}
    assert "acme/gone" not in seen.cursors


def test_of_many_problems_three_are_told(hub):
    names = [f"acme/gone{at}" for at in range(5)]
    assert "2 more such problems" in look(a_task(hub, accounts=names)).problem


def test_a_problem_of_all_is_told_once(hub):
    def ask(task, account, since):
        raise AssertionError("not asked")

    def resolve_(task, account):
        raise Unreachable("nobody answers")

    task = a_task(hub, accounts=[f"acme/{at}" for at in range(5)])
    assert round_of(task, "github", ask, resolve_, 14).problem == "nobody answers"


def test_a_stop_keeps_what_was_learnt(hub):
    hub.repository("acme/other")
    task = a_task(hub, accounts=("acme/app", "acme/other"))
    stops = iter([False, True])
    object.__setattr__(task, "stopped", lambda: next(stops))
    seen = look(task)
    assert [each.account for each in seen.seen] == ["acme/app"]
    assert "1 accounts wait" in seen.problem


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"full_name": "new/app"}, "is called new/app now"),
        ({"has_issues": False}, "has no issues"),
        ({"id": None}, "id of each repository"),
    ],
)
def test_a_repository_that_is_another_now_is_told(hub, changes, said):
    hub.repository("acme/app", **changes)
    with pytest.raises(CollectorError) as told:
        resolve(hub.client(), {"api": hub.url}, "acme/app")
    assert said in str(told.value)
    seen = look(a_task(hub))
    assert said in seen.unresolved["acme/app"]
    assert seen.seen == ()


def test_a_token_is_sent_and_told_to_nobody(hub):
    hub.issue("acme/app", NOW - DAY, html_url=None)
    task = a_task(hub)
    task.options["token"] = SecretStr("ghp_secret")
    seen = look(task)
    assert hub.keys == {"Bearer ghp_secret"}
    assert "html_url of each issue" in seen.problem
    assert "ghp_secret" not in str(seen)


@pytest.mark.parametrize("said", [{"message": "no"}, [3], [{"number": "x"}], None])
def test_another_shape_is_said_and_not_guessed(said):
    with pytest.raises(UnreadablePage, match="https://api: expected"):
        records(Issue, said, "https://api")


def test_threads_that_are_gone_are_deleted_when_they_were_held(hub):
    def ask(task, account, since):
        return Found(gone=["held", "never seen"], problem="half of it", until=NOW - 60)

    held = {("acme/app", hashing.key("held")): NOW - DAY}
    task = a_task(hub, known=held)
    seen = round_of(task, "github", ask, lambda task, account: "1", 14)
    assert seen.deletions.rows() == [(hashing.key("held"), NOW)]
    assert seen.problem == "half of it"
    assert seen.seen[0].until == NOW - 60


def test_a_network_that_is_down_says_nothing_of_an_account(hub):
    def ask(task, account, since):
        raise AssertionError("not asked")

    def resolve_(task, account):
        raise Unreachable("nobody answers")

    seen = round_of(a_task(hub), "github", ask, resolve_, 14)
    assert seen.unresolved == {}
    assert seen.problem == "nobody answers"


def test_a_resolved_account_is_not_resolved_again(hub):
    task = a_task(hub)
    object.__setattr__(task, "accounts", [Watched("acme/app", "12", "acme")])
    assert look(task).resolved == {}
    assert "/repos/acme/app" not in hub.asked


def test_a_whole_round_in_the_store(hub, sqlite_store: Store):
    """Twice the same round, then an answer: one inquiry, one answer."""
    store = sqlite_store
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="tools", name="Tools", nace="J"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="tools"),),
            accounts=(
                AccountEntry(brand="acme", channel="github", account="acme/app"),
            ),
        )
    )
    number = hub.issue("acme/app", NOW - DAY)
    for now in (NOW, NOW + HOUR, NOW + 2 * HOUR):
        if now == NOW + 2 * HOUR:
            hub.comment("acme/app", number, NOW + HOUR + 60)
        task = a_task(hub, cursors=store.cursors("github"), now=now)
        object.__setattr__(task, "known", lambda asked: store.opened("github", asked))
        seen = judged(look(task))
        run = Run(
            what="look", channel="github", started_at=now, finished_at=now, outcome="ok"
        )
        store.apply(seen, run)
    (slice_,) = store.tally_slices(NOW // DAY - 5, NOW // DAY + 1, NOW + 9 * DAY)
    (row,) = slice_.rows(named=True)
    assert row["answered_at"] == NOW + HOUR + 60
    assert row["watched_until"] == NOW + 2 * HOUR


def recorded(name: str) -> list[object]:
    path = SHARED / "data" / "payloads" / "github" / "perceval" / name
    if not path.exists():
        pytest.skip("the recorded answers of the real GitHub are not here")
    said: list[object] = json.loads(path.read_text())
    return said


def test_recorded_answers_of_the_real_one_are_read():
    items = recorded("github_request.json")
    issues = [
        Issue.model_validate({"author_association": "NONE", **item}) for item in items
    ]
    found = read("acme/app", issues, [], None)
    pulls = sum("pull_request" in item for item in items)
    assert len(found.asked) + pulls == len(items) > 0
    comments = records(Comment, recorded("github_issue_comments_1.json"), "recorded")
    assert read("acme/app", [], comments, None).read == len(comments) > 0


def test_it_is_a_channel_like_any_other():
    channel = collectors.channels()["github"]
    assert channel.says_kind
    assert channel.resolve is resolve


def test_a_repository_that_has_moved_is_reported_and_not_measured(hub):
    hub.issue("acme/app", NOW - DAY)
    hub.move("acme/app", "other/app")
    account = Watched("acme/app", "17", "acme")
    seen = look(replace(a_task(hub), accounts=[account]))
    assert "/repos/acme/app/issues has moved for good" in seen.problem
    assert seen.unresolved.keys() == {"acme/app"}
    assert seen.inquiries.is_empty()
    assert seen.seen == ()


def rounds(hub: GitHub, *, every: int = HOUR):
    """Looks one after the other, as the worker takes them."""
    cursors, known, now = {}, {}, NOW
    while True:
        seen = look(a_task(hub, cursors=cursors, known=known, now=now))
        rows = seen.inquiries.select("account", "key", "asked_at").rows()
        known |= {row[:2]: row[2] for row in rows}
        cursors, now = seen.cursors, now + every
        yield seen


def test_what_did_not_change_is_not_counted_against_the_limit(hub):
    """And is watched all the same; what comes next is not missed."""
    number = hub.issue("acme/app", NOW - DAY)
    looks = rounds(hub)
    first, second = next(looks), next(looks)  # the second finds the lasting address
    assert (first.read, hub.unchanged) == (1, 1)  # there are no comments yet
    left = hub.left
    third = next(looks)
    assert (hub.unchanged, hub.left) == (3, left - 1)  # who it is was asked as well
    assert third.read == 0
    assert third.problem == second.problem == ""
    assert [tuple(each) for each in third.seen] == [
        ("acme/app", NOW + HOUR, NOW + 2 * HOUR)
    ]
    hub.comment("acme/app", number, NOW + 2 * HOUR + 5)
    fourth = next(looks)
    assert fourth.responses["responded_at"].to_list() == [NOW + 2 * HOUR + 5]
    assert fourth.inquiries.is_empty()
    fifth, sixth = next(looks), next(looks)
    assert fifth.responses.height == 1  # the overlap; what comes twice changes nothing
    assert sixth.responses.is_empty()


def test_a_list_read_in_part_is_asked_for_by_the_cursor(hub, monkeypatch):
    monkeypatch.setattr(import_module("collectors.channels.github"), "MOST_PAGES", 1)
    for second in range(150):
        hub.issue("acme/app", NOW - DAY + second)
    looks = rounds(hub)
    assert next(looks).inquiries.height == 100
    assert next(looks).inquiries.height == 50
    next(looks)
    assert hub.unchanged == 2
    assert next(looks).read == 0
    assert hub.unchanged == 4
