"""Dumps of Google Play reviews: stars, edited reviews, times without a zone."""

import polars as pl
import pytest

from collectors import hashing
from collectors.base import UnreadableFile
from collectors.channels import google_play
from importing import SECRET, read_as
from model.looks import Reading
from model.words import FoundBy, Kind, Step
from scoring.method import METHOD

ROW = {
    "reviewId": "r1",
    "score": "1",
    "at": "2026-03-02 09:00:00",
    "replyContent": "",
    "repliedAt": "",
    "appId": "org.example.app",
}
WRITTEN = 1772442000


def read(*rows: dict[str, str], **options: int) -> Reading:
    full = [ROW | row for row in rows]
    content = pl.DataFrame(
        {name: [row.get(name, "") for row in full] for name in full[0]}
    ).write_csv(quote_style="always")
    return read_as("google_play", content, **options)


def one(**values: str) -> dict[str, object]:
    said = read(values)
    assert said.refused == {}
    (row,) = said.inquiries.rows(named=True)
    return row


def test_a_review_without_a_reply():
    row = one()
    assert row == {
        "channel": "google_play",
        "account": "org.example.app",
        "key": hashing.key("r1"),
        "author": hashing.author("google_play|r1", WRITTEN, SECRET),
        "asked_at": WRITTEN,
        "answered_at": None,
        "automatic_at": None,
        "substantive_at": None,
        "step": Step.NONE,
        "kind": Kind.COMPLAINT,
        "found_by": FoundBy.LIST,
        "addressed": 1,
        "watched_until": None,
        "deleted_at": None,
        "message": None,
        "language": None,
        "url": "https://play.google.com/store/apps/details"
        "?id=org.example.app&reviewId=r1",
        "brand": None,
        "industry": None,
    }


def test_a_reply_is_the_answer():
    row = one(replyContent="Hello", repliedAt="2026-03-02 10:00:00")
    assert (row["answered_at"], row["step"]) == (WRITTEN + 3600, Step.UNJUDGED)
    assert one(repliedAt="2026-03-02 09:00:00")["answered_at"] == WRITTEN


def test_stars_say_the_kind_as_the_method_has_it():
    said = {
        stars: Kind(int(str(one(score=score)["kind"]))).name.lower()
        for stars in METHOD.stars.value
        for score in (str(stars), f" {stars}.0 ")
    }
    assert said == METHOD.stars.value


@pytest.mark.parametrize("name", google_play.APPS)
def test_the_app_may_have_several_names(name):
    row = {key: value for key, value in ROW.items() if key != "appId"} | {name: "A"}
    content = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    said = read_as("google_play", content)
    assert said.inquiries["account"].to_list() == ["A"]
    assert said.inquiries["url"].to_list() == [None]  # no package, no page


def test_a_dump_that_does_not_say_the_app_is_refused():
    with pytest.raises(UnreadableFile, match="one of the columns appId, app_id"):
        read_as("google_play", "reviewId,score,at,replyContent,repliedAt\nr,1,,,\n")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"appId": ""}, "the app is missing"),
        ({"appId": "a" * 301}, "the app is longer than 300 characters"),
        ({"appId": "a\x07"}, "the app holds control characters"),
        ({"reviewId": " "}, "reviewId is missing"),
        ({"score": "0"}, "score is not 1 to 5"),
        ({"score": "4.5"}, "score is not 1 to 5"),
        ({"score": ""}, "score is not 1 to 5"),
        ({"at": ""}, "at is missing"),
        ({"at": "yesterday"}, "at is not a time"),
        ({"at": "2026-03-02"}, "at has no time zone"),
        ({"at": "1969-03-02 00:00:00"}, "at is before 1990"),
        ({"repliedAt": "soon"}, "repliedAt is not a time"),
        ({"replyContent": "Hello"}, "a reply without its time"),
        ({"repliedAt": "2026-03-02 08:59:59"}, google_play.EDITED),
    ],
)
def test_reviews_that_are_refused(values, reason):
    said = read(values)
    ((why, count),) = said.refused.items()
    assert (why.startswith(reason), count, said.read) == (True, 1, 1)
    assert (said.inquiries.height, said.since, said.as_of) == (0, None, None)


@pytest.mark.parametrize("nothing", ["", "nan", "NaT", "None", "null", " NaN "])
def test_what_other_programs_write_for_nothing(nothing):
    row = one(replyContent=nothing, repliedAt=nothing)
    assert (row["answered_at"], row["step"]) == (None, Step.NONE)


def test_what_the_source_cannot_know_is_refused():
    replied = {"reviewId": "r2", "repliedAt": "2026-03-02 09:00:01"}
    said = read({}, replied, as_of=WRITTEN)
    assert said.refused == {"answered after the time the source stops knowing": 1}
    assert said.as_of == WRITTEN
    assert read({}, as_of=WRITTEN - 1).refused == {
        "written after the time the source stops knowing": 1
    }


def test_the_source_knows_until_its_latest_time():
    replied = {"reviewId": "r2", "repliedAt": "2026-03-02 09:00:09"}
    said = read({}, replied)
    assert (said.since, said.as_of) == (WRITTEN, WRITTEN + 9)


def test_versions_of_one_review_are_one_review():
    """Seen before and after an edit, the first time is known after all."""
    first = {"score": "5", "repliedAt": "2026-03-02 10:00:00"}
    second = {
        "score": "2",
        "at": "2026-03-03 09:00:00",
        "repliedAt": "2026-03-02 10:00:00",
    }
    for rows in ((first, second), (second, first)):
        said = read(*rows, {"appId": "org.example.other"})
        assert said.refused == {google_play.MERGED: 1}
        row = said.inquiries.filter(account="org.example.app").row(0, named=True)
        assert (row["asked_at"], row["answered_at"]) == (WRITTEN, WRITTEN + 3600)
        assert row["kind"] == Kind.COMPLAINT


def test_a_review_is_its_own_person():
    rows = [{"reviewId": str(n), "userName": "A Google user"} for n in range(5)]
    assert read(*rows).inquiries["author"].n_unique() == 5


def test_columns_nobody_asked_for_are_named():
    content = ",".join([*ROW, "mood"]) + "\n" + ",".join([*ROW.values(), "x"]) + "\n"
    assert read_as("google_play", content).notes == (
        "1 column the format does not have: mood.",
    )
