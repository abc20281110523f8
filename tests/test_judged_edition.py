"""From what people write to what an edition says of it, through the real jobs: a look
at a channel that says no kinds, the store, the judge of steps, and publishing."""

import json
import logging
from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest
from pydantic import SecretStr

from collectors.base import Channel
from jobs import collecting
from jobs.collecting import collect
from jobs.publishing import publish
from jobs.standings import standings
from model import DAY, FoundBy, Step
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.frames import conform
from model.looks import HEARD, SPOKEN, Look, Seen
from settings import Settings

FROM = (date(2026, 1, 1) - date(1970, 1, 1)).days
TO = FROM + 31
UNTIL = (TO + 5) * DAY

COMPLAINT = "@acme my zebrafinch parcel never arrived and nobody answers"
QUESTION = "@acme until when is the zebrafinch shop open?"
PRAISE = "thank you so much @acme, excellent service!"
DUTCH = "Mijn zebravink is kapot en niemand antwoordt"

COPY = (
    "Hi {name}, we are sorry for this zebrafinch trouble and will look into it. ^{name}"
)
PRIVATE = "Hi {name}, please send us a private message with your order number."
WORTH = "The line is closed until {name} because of {n} fallen trees near the tunnel."


def told(texts, replies):
    """A look: a message every eight hours, and answers after ten minutes."""
    asked = [
        {
            "channel": "mastodon", "account": "acme.test", "key": n, "author": n,
            "asked_at": FROM * DAY + n * DAY // 3, "found_by": FoundBy.STREAM,
            "message": -n, "text": text, "language": None,
        }
        for n, text in enumerate(texts, 1)
    ]  # fmt: skip
    answers = [
        {
            "account": "acme.test", "message": 1_000 + n, "key": n,
            "responded_at": FROM * DAY + n * DAY // 3 + 600, "step": Step.UNJUDGED,
            "text": text, "language": "en",
        }
        for n, text in enumerate(replies, 1)
        if text
    ]  # fmt: skip
    return Look(
        channel="mastodon",
        inquiries=conform(pl.DataFrame(asked), HEARD),
        responses=conform(pl.DataFrame(answers, infer_schema_length=None), SPOKEN),
        seen=(Seen("acme.test", FROM * DAY, UNTIL),),
        resolved={"acme.test": "1"},
        cursors={"at": "1"},
        finished_at=UNTIL,
    )


@pytest.fixture
def edition(sqlite_store, tmp_path, monkeypatch):
    """What is published of messages and replies; the store beside it."""
    sqlite_store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
            brands=(BrandEntry(slug="acme", name="Acme", industry="air"),),
            accounts=(
                AccountEntry(brand="acme", channel="mastodon", account="acme.test"),
            ),
        )
    )

    def edition(texts, replies=("The shop is open until nine today.",)):
        channel = Channel(
            slug="mastodon", title="", source="", licence="", terms="", cannot_see="",
            look=lambda _task: told(texts, replies),
        )  # fmt: skip
        monkeypatch.setattr(collecting, "channels", lambda: {"mastodon": channel})
        settings = Settings(var=tmp_path, secret=SecretStr("x" * 16))
        (run,) = collect(sqlite_store, settings, now=lambda: UNTIL)
        assert (run.outcome, run.problem) == ("ok", "")
        made = publish(sqlite_store, FROM, TO, UNTIL)
        brand = standings(sqlite_store).to_dicts()
        return SimpleNamespace(
            cut=json.loads(made.cuts)["social"],
            left_out=json.loads(made.left_out),
            brand=brand[0],
            details=sqlite_store.details(made.id, "brand"),
        )

    return edition


def test_the_headline_counts_complaints_and_questions_by_itself(edition):
    found = edition([COMPLAINT] * 30 + [QUESTION] * 20 + [PRAISE] * 10)
    assert found.cut == "needs-answer"
    assert found.brand["inquiries"] == 50
    assert found.left_out["other_kind"] == 10


def test_where_too_many_cannot_be_told_it_counts_all(edition):
    found = edition([COMPLAINT] * 45 + [DUTCH] * 15)
    assert found.cut == "all"
    assert found.brand["inquiries"] == 60
    assert found.left_out["other_kind"] == 0


def test_just_enough_is_enough(edition):
    found = edition([COMPLAINT] * 48 + [DUTCH] * 12)
    assert (found.cut, found.left_out["other_kind"]) == ("needs-answer", 12)


NAMES = ("Anna", "Bob", "Carla", "Dan", "Eve")


def test_answers_stand_on_the_ladder(edition):
    replies = [COPY.format(name=name) for name in NAMES]
    replies += [PRIVATE.format(name=name) for name in NAMES[:3]]
    replies += [
        f"{thing} is what we know of it since {day}, and there is more to come later."
        for thing, day in [("Snow on the runway", "dawn"), ("A strike", "noon")]
    ]
    found = edition([COMPLAINT] * 60, replies)
    (body,) = [json.loads(d.body) for d in found.details if d.topic == "ladder"]
    told = {step: body[step] for step in ("canned", "redirect", "substantive")}
    assert told == {"canned": 5, "redirect": 3, "substantive": 2}
    assert (body["n"], body["unjudged"]) == (60, 0)
    assert found.brand["answered_t3"] == 10


def test_no_word_is_kept_or_logged(edition, sqlite_store, caplog):
    caplog.set_level(logging.DEBUG)
    edition([COMPLAINT, QUESTION, DUTCH] * 20, [COPY.format(name="Anna")] * 9)
    sqlite_store.close()
    path = sqlite_store._database.path
    kept = b"".join(
        file.read_bytes() for file in path.parent.glob("*") if file.is_file()
    )
    assert len(kept) > 50_000
    for word in ("zebrafinch", "zebravink", "Anna"):
        assert word.encode() not in kept
        assert word not in caplog.text
