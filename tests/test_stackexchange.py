"""Stack Exchange: questions as inquiries, listed staff's words as answers."""

import json
import os
from importlib import import_module
from pathlib import Path

import pytest

import collectors
from collectors import hashing
from collectors.base import CollectorError, Watched
from collectors.channels.stackexchange import (
    Answer,
    Comment,
    Question,
    Wrapper,
    look,
    message_at,
    read,
    resolve,
)
from collectors.listing import record, records
from fixtures_store import ROOT
from jobs.judging import judged
from model import Kind, Run
from model.entries import (
    AccountEntry,
    BrandEntry,
    IndustryEntry,
    Registry,
    StaffEntry,
)
from recorded import as_recorded
from stackexchange_server import STAFF, TAG, exchange, task_of
from store import Store

SHARED = Path(os.environ.get("ANSWERABLE_SHARED", ROOT.parent / "shared"))
NOW = 1_780_000_000
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def site():
    with exchange() as made:
        yield made


def test_a_question_is_an_inquiry_and_listed_staffs_word_its_answer(site):
    number = site.question(NOW - DAY, who=7)
    site.question(NOW - DAY + 5, who=8)
    site.question(NOW - DAY + 9, tag="other-api")
    site.answer(number, NOW - DAY + 60, who=999)  # a stranger
    site.comment(number, NOW - 2 * HOUR, who=22656)
    site.answer(number, NOW - HOUR)
    seen = look(task_of(site, NOW))
    assert (seen.problem, seen.refused) == ("", {})
    first, second = seen.inquiries.sort("asked_at").rows(named=True)
    assert first["asked_at"] == NOW - DAY
    assert first["kind"] == second["kind"] == Kind.QUESTION
    # Its page by number: the address that is sent holds the question's words.
    assert first["url"] == f"https://stackoverflow.com/q/{number}"
    assert first["text"] is None
    answers = seen.responses.sort("responded_at").rows(named=True)
    assert [each["key"] for each in answers] == [first["key"]] * 2
    assert [each["responded_at"] for each in answers] == [NOW - 2 * HOUR, NOW - HOUR]
    assert answers[0]["text"] == "Try this ."
    assert [tuple(each) for each in seen.seen] == [(TAG, NOW - 14 * DAY, NOW)]
    assert [path for path, _ in site.asked] == [
        "/2.3/tags/acme-api/info",
        "/2.3/questions",
        "/2.3/users/105;22656/answers",
        "/2.3/users/105;22656/comments",
    ]


def test_a_tag_without_a_list_of_staff_is_not_looked_at_and_said(site):
    site.question(NOW - DAY)
    accounts = [
        Watched(TAG, "", "acme", None, STAFF),
        Watched("stackoverflow|nova", "", "nova"),
    ]
    seen = look(task_of(site, NOW, accounts=accounts))
    assert [each.account for each in seen.seen] == [TAG]
    assert seen.problem == ""
    assert "names no staff" in seen.unresolved["stackoverflow|nova"]
    assert not any("nova" in str(asked) for asked in site.asked)
    seen = look(task_of(site, NOW, accounts=accounts[1:]))
    assert "none of the tags names its staff" in seen.problem
    assert seen.seen == ()


def test_staff_in_comments_on_answers_and_staffs_own_questions_are_none(site):
    site.question(NOW - DAY, who=105)
    number = site.question(NOW - DAY, who=7)
    site.comment(number, NOW - HOUR, on="answer")
    seen = look(task_of(site, NOW))
    assert seen.refused == {"questions of the staff's own": 1}
    assert len(seen.inquiries) == 1
    assert seen.responses.is_empty()


def test_a_deleted_person_is_no_other_and_a_program_none(site):
    for at in (1, 2):
        site.question(NOW - at, who=None)
    site.question(NOW - 3, who=-1)
    seen = look(task_of(site, NOW))
    assert seen.inquiries["author"].n_unique() == 2
    assert seen.refused == {"questions by programs": 1}


def test_long_lists_are_read_to_their_end_and_each_question_once(site):
    for at in range(250):
        site.question(NOW - DAY + at // 3)
    seen = look(task_of(site, NOW))
    assert len(seen.inquiries) == 250
    assert seen.seen[0].until == NOW


def test_a_hundred_questions_in_one_second_do_not_hold_it_up(site):
    for _ in range(130):
        site.question(NOW - DAY)
    assert look(task_of(site, NOW)).seen[0].until == NOW


def test_a_tag_too_busy_for_one_round_is_read_on_in_the_next(site, monkeypatch):
    monkeypatch.setattr(
        import_module("collectors.channels.stackexchange"), "MOST_PAGES", 2
    )
    for at in range(400):
        site.question(NOW - DAY + at)
    cursors: dict[str, str] = {}
    found: set[int] = set()
    for _ in range(4):
        seen = look(task_of(site, NOW, cursors=cursors))
        found |= set(seen.inquiries["key"])
        cursors = seen.cursors
    assert len(found) == 400
    assert cursors[TAG] == str(NOW)


def test_it_waits_when_it_is_told_to(site):
    site.question(NOW - DAY)
    site.extra = {"backoff": 7}
    task = task_of(site, NOW)
    assert look(task).problem == ""
    assert [each for each in site.slept if each] == [7.0] * 4
    site.extra = {"backoff": 1_000}
    seen = look(task_of(site, NOW))
    assert "left alone for 1000 seconds; 1 accounts wait" in seen.problem
    assert site.slept.count(1_000.0) == 0


def test_a_round_ends_before_the_quota_does(site):
    accounts = [
        Watched(f"stackoverflow|acme-api{at or ''}", "t", "a", None, STAFF)
        for at in range(6)
    ]
    site.left = 14
    seen = look(task_of(site, NOW, accounts=accounts))
    assert "quota of requests is used up for today" in seen.problem
    assert "3 accounts wait" in seen.problem
    assert site.left >= 4
    assert len(seen.seen) == 3


def test_being_throttled_ends_the_round(site):
    number = iter(range(9))
    site.server.answers["/2.3/questions"] = lambda h: site.no(
        h, 502, "throttle_violation", f"too many requests from this IP {next(number)}"
    )
    accounts = [Watched(TAG, "t", "a", None, STAFF)] * 2
    seen = look(task_of(site, NOW, accounts=accounts))
    assert "too many requests" in seen.problem
    assert "2 accounts wait" in seen.problem
    assert next(number) == 1


def test_a_mistake_in_the_site_is_told(site):
    accounts = [Watched("nowhere|acme-api", "", "a", None, STAFF)]
    seen = look(task_of(site, NOW, accounts=accounts))
    assert "No site found for name" in seen.unresolved["nowhere|acme-api"]


def test_a_key_is_sent_and_told_to_nobody(site):
    site.question(NOW - DAY)
    site.server.answers["/2.3/users/105;22656/answers"] = lambda h: h.give(404)
    seen = look(task_of(site, NOW, key="the-key-of-ours"))
    assert {query["key"] for _, query in site.asked} == {"the-key-of-ours"}
    assert "404" in seen.problem
    assert "the-key-of-ours" not in str(seen)


@pytest.mark.parametrize(
    ("tags", "said"),
    [([], "has no tag acme-api"), (["acme.api"], "has no tag acme-api")],
)
def test_a_tag_that_is_not_there_is_told(site, tags, said):
    site.tags = tags
    task = task_of(site, NOW)
    with pytest.raises(CollectorError, match=said):
        resolve(task.http, task.options, TAG)
    assert said in look(task_of(site, NOW)).unresolved[TAG]


def test_a_tag_that_is_called_otherwise_is_told(site):
    site.server.answers["/2.3/tags/acme-api/info"] = lambda h: site.give(
        h, [{"name": "acme"}]
    )
    task = task_of(site, NOW)
    with pytest.raises(CollectorError, match="is called acme now"):
        resolve(task.http, task.options, TAG)


def test_a_site_is_the_same_however_it_is_written(site):
    task = task_of(site, NOW)
    assert resolve(task.http, task.options, "stackoverflow.com|acme-api") == (
        "stackoverflow|acme-api"
    )


def rounds(site, store: Store):
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="tools", name="Tools", nace="J"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="tools"),),
            accounts=(
                AccountEntry(brand="acme", channel="stackexchange", account=TAG),
            ),
            staff=tuple(
                StaffEntry(
                    channel="stackexchange",
                    account=TAG,
                    user=user,
                    evidence="https://a",
                )
                for user in STAFF
            ),
        )
    )

    def once(now: int):
        seen = look(
            task_of(
                site,
                now,
                cursors=store.cursors("stackexchange"),
                known=lambda asked: store.opened("stackexchange", asked),
                open_since=lambda since: store.open_since("stackexchange", since),
            )
        )
        run = Run(
            what="look",
            channel="stackexchange",
            started_at=now,
            finished_at=now,
            outcome="ok",
        )
        store.apply(judged(seen), run)
        slices = store.tally_slices(NOW // DAY - 60, NOW // DAY + 9, NOW + 99 * DAY)
        return seen, [row for each in slices for row in each.rows(named=True)]

    return once


def test_late_answers_and_deleted_questions_are_known(site, sqlite_store: Store):
    once = rounds(site, sqlite_store)
    number, gone = site.question(NOW - HOUR), site.question(NOW - HOUR)
    once(NOW)
    site.answer(number, NOW + 60)
    del site.questions[gone]
    _, rows = once(NOW + HOUR)
    by_deleted = {row["deleted_at"] is None: row for row in rows}
    assert by_deleted[True]["answered_at"] == NOW + 60
    assert by_deleted[True]["watched_until"] == NOW + HOUR
    assert by_deleted[False]["deleted_at"] == NOW  # when it was last known to stand
    seen, again = once(NOW + 2 * HOUR)
    assert again == [{**row, "watched_until": NOW + 2 * HOUR} for row in rows]
    assert seen.inquiries.is_empty()


def test_an_open_question_that_is_there_stays(site, sqlite_store: Store):
    once = rounds(site, sqlite_store)
    site.question(NOW - HOUR)
    once(NOW)
    _, (row,) = once(NOW + HOUR)
    assert row["deleted_at"] is None
    assert row["watched_until"] == NOW + HOUR


def test_a_list_that_is_short_once_deletes_nothing(site, sqlite_store: Store):
    once = rounds(site, sqlite_store)
    number = site.question(NOW - HOUR)
    once(NOW)
    path = f"/2.3/questions/{number}"
    whole = site.server.answers.get(path)
    given = iter([lambda h: site.give(h, []), whole])
    site.server.answers[path] = lambda h: next(given)(h)
    _, (row,) = once(NOW + HOUR)
    assert row["deleted_at"] is None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://stackoverflow.com/questions/12/how-to?x=1#3", "stackoverflow|12"),
        ("https://www.stackoverflow.com/q/12/345", "stackoverflow|12"),
        ("https://unix.stackexchange.com/questions/12", "unix|12"),
        ("https://mathoverflow.net/q/12", "mathoverflow.net|12"),
        ("https://stackoverflow.com/a/12", ""),
        ("https://stackoverflow.com/questions/tagged/x", ""),
        ("x", ""),
    ],
)
def test_a_question_is_known_by_its_page(site, url, key):
    task = task_of(site, NOW)
    its_own = message_at(task.http, task.options, url)
    assert its_own == (f"stackexchange|{key}" if key else "")
    assert site.asked == []
    assert hashing.key(its_own) != 0


def test_the_recording_is_read_as_expected():
    folder = Path(__file__).parent / "recordings" / "stackexchange"
    page = json.loads((folder / "page.json").read_text())
    lists = {
        name: records(kind, record(Wrapper, page[name], "page.json").items, "page.json")
        for name, kind in (
            ("questions", Question),
            ("answers", Answer),
            ("comments", Comment),
        )
    }
    found = as_recorded(read("stackoverflow", ["105"], **lists))
    assert found == json.loads((folder / "expected.json").read_text())


def recorded(name: str) -> Wrapper:
    path = SHARED / "data" / "payloads" / "stackexchange" / name
    if not path.exists():
        pytest.skip("the recorded answers of the real one are not here")
    return record(Wrapper, json.loads(path.read_text()), "recorded")


@pytest.mark.parametrize(
    ("name", "more", "backoff"),
    [
        ("stackexchange_question_page.json", True, None),
        ("stackexchange_question_backoff_page.json", True, 0.2),
        ("stackexchange_question_page_2.json", False, None),
    ],
)
def test_recorded_pages_are_read(name, more, backoff):
    page = recorded(name)
    assert (page.has_more, page.backoff, page.quota_remaining) == (more, backoff, 9989)
    found = read("stackoverflow", ["1"], records(Question, page.items, "r"), [], [])
    assert len(found.asked) == len(page.items) == found.read


def test_a_recorded_question_with_its_answers_is_read():
    (item,) = recorded("stackexchange_question.json").items
    answers = records(
        Answer, [{**each, "body": "x"} for each in item["answers"]], "recorded"
    )
    comments = records(Comment, item["comments"], "recorded")
    found = read("stackoverflow", ["1", "2"], [record(Question, item, "r")], answers,
                 comments)  # fmt: skip
    (asked,) = found.asked
    assert asked.at == 1_459_908_076
    assert asked.url is None  # the recording holds no address
    assert {each.thread for each in found.answered} == {asked.thread}
    assert [each.at for each in found.answered] == [1_459_975_066, 1_459_909_111]


def test_it_is_a_channel_like_any_other():
    channel = collectors.channels()["stackexchange"]
    assert channel.says_kind
    assert channel.resolve is resolve
