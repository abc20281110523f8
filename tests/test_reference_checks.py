"""Real files, end to end, beside results that other code computed from them."""

import io
import json
import os
from collections import Counter

import pytest

import reference_checks as checks
from convert_twcare_ibm import convert, rows
from fixtures_store import SHARED

NEEDED = [*checks.TWCS.values(), checks.PLAY, checks.IBM, checks.REFERENCE]
MISSING = [path for path in NEEDED if not path.exists()]
with_data = pytest.mark.skipif(
    bool(MISSING), reason=f"the public data sets are not under {SHARED}"
)


@with_data
@pytest.mark.parametrize("name", checks.TABLES)
def test_the_page_prints_what_is_computed(name):
    if os.environ.get("WRITE_TABLES"):
        checks.write(name)
    made = checks.TABLES[name]()
    assert checks.printed(checks.PAGE.read_text(), name) == made


@pytest.mark.parametrize("name", checks.TABLES)
def test_the_page_has_every_table(name):
    assert len(checks.printed(checks.PAGE.read_text(), name)) > 3


@with_data
def test_every_row_of_real_files_is_kept_or_refused_with_a_reason():
    for path in checks.TWCS.values():
        with checks.imported("twcs", path) as (_, report):
            others = [int(note.split(": ")[1].strip(".")) for note in report.notes[:2]]
            assert report.read == report.kept + sum(others) + sum(
                report.refused.values()
            )
            assert report.unknown_accounts == ()  # every handle is in the registry


@with_data
@pytest.mark.parametrize(
    ("format", "path"),
    [("twcs", checks.TWCS["pritul1520"]), ("google_play", checks.PLAY)],
)
def test_the_same_file_again_changes_nothing(format, path, tmp_path):
    from jobs.importing import import_files
    from settings import Settings
    from store import Store

    settings = Settings(var=tmp_path)
    store = Store(settings.database)
    store.migrate()
    (first,) = import_files(store, settings, format, [path])
    before = checks.rows(store)
    (second,) = import_files(store, settings, format, [path])
    assert (second.new, second.changed, second.same) == (0, 0, first.new)
    assert checks.rows(store).equals(before)
    store.close()


@with_data
def test_waits_in_the_ibm_set_are_those_it_says_itself():
    """Of conversations of one question and one answer, the set gives the duration:
    without whole days, and its own rounding may be a second off. Some it prints with
    a minus sign, which means nothing; five it gives as longer."""
    compared: Counter[str] = Counter()
    conversations = json.loads(checks.IBM.read_text())
    for said, row in zip(conversations, rows(conversations), strict=True):
        if len(said["dialogContent"]) == 1:
            duration = said["dialogHeader"]["duration"]
            wait = int(str(row["answered_at"])) - int(str(row["asked_at"]))
            compared[_beside(duration, wait % 86_400)] += 1
    assert compared == {"the same": 427, "negative": 19, "longer": 5}


def _beside(duration: str, wait: int) -> str:
    if duration.startswith("-"):
        return "negative"
    hours, minutes, seconds = duration.split(":")
    said = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if abs(wait - said) <= 1:
        return "the same"
    return "longer" if said > wait else "shorter"


CONVERSATION = {
    "agentURL": {"tweet_ID": str((1_600_000_060_999 - 1_288_834_974_657) << 22)},
    "dialogContent": [
        {"client": "person", "datetime": "2020-09-13T12:26:40.000Z"},
        {"agent": "Brand", "datetime": "2020-09-13T12:26:00.000Z"},
        {"agent": "Brand", "datetime": "2020-09-13T12:28:00.000Z"},
    ],
    "dialogHeader": {"company": "Brand", "sessionID": "s1"},
}


def test_the_earliest_answer_ends_the_wait(tmp_path):
    """Not before the question; the tweet without a time is dated by its id."""
    path = tmp_path / "given.json"
    path.write_text(json.dumps([CONVERSATION]))
    out = io.StringIO(newline="")
    assert convert(path, out) == 1
    assert out.getvalue().splitlines()[1] == (
        "x,Brand,s1,person,1600000000,,1600000060,reply"
    )
