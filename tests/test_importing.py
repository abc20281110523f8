"""Imports end to end: read, merged, recorded; every failure is a sentence and a run."""

import hashlib
import json
from pathlib import Path

import pytest

from fixtures_store import JANUARY, SHARED, table
from jobs import Failed
from jobs.importing import formats, import_files
from model import DAY
from settings import Settings
from store import Store

HEADER = "channel,account,inquiry_id,author,asked_at,kind,answered_at\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path / "var")


def a_file(folder: Path, *rows: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


def a_row(number: int, answered: str = "") -> str:
    asked = JANUARY + number
    return f"mastodon,@acme@e.x,id-{number},p-{number},{asked},question,{answered}"


def test_a_file_is_imported_reported_and_recorded(
    sqlite_store: Store, settings: Settings, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row(1, str(JANUARY + DAY)), a_row(2), "nowhere,a,b,c,5,,")
    told: list[str] = []
    (report,) = import_files(
        sqlite_store,
        settings,
        "interactions",
        [path],
        progress=lambda _path, what: told.append(what),
    )
    assert (report.path, report.read, report.kept, report.new) == (path, 3, 2, 2)
    assert list(report.refused.values()) == [1]
    assert report.as_of == JANUARY + DAY
    assert [channel for channel, _ in report.unknown_accounts] == ["mastodon"]
    assert told == ["reading", "storing"]
    (run,) = sqlite_store.runs()
    assert (run.what, run.channel, run.outcome) == ("import", "interactions", "ok")
    assert (run.rows_read, run.rows_kept) == (3, 2)
    assert json.loads(run.refused) == report.refused
    assert run.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_file_twice_changes_nothing(
    sqlite_store: Store, settings: Settings, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row(1, str(JANUARY + 60)), a_row(2))
    import_files(sqlite_store, settings, "interactions", [path])
    names = ("inquiry", "account", "brand", "coverage", "publication")
    before = {name: table(sqlite_store, name) for name in names}
    (report,) = import_files(sqlite_store, settings, "interactions", [path])
    assert (report.new, report.changed, report.same) == (0, 0, 2)
    assert before == {name: table(sqlite_store, name) for name in names}
    assert len(sqlite_store.runs()) == 2


def test_a_source_may_be_said_to_stop_knowing(
    sqlite_store: Store, settings: Settings, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row(1))
    later = JANUARY + 30 * DAY
    (report,) = import_files(sqlite_store, settings, "interactions", [path], later)
    assert report.as_of == later
    assert table(sqlite_store, "account", "watched_until") == [(later,)]


def test_a_format_nobody_reads_is_named_with_those_there_are(
    sqlite_store: Store, settings: Settings, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row(1))
    for unknown in ("excel", "bluesky"):
        with pytest.raises(Failed, match=f"no format '{unknown}'.*interactions"):
            import_files(sqlite_store, settings, unknown, [path])
    assert "interactions" in formats()
    assert sqlite_store.runs() == []


def test_a_file_that_is_not_there_stops_the_import_before_it_begins(
    sqlite_store: Store, settings: Settings, tmp_path: Path
) -> None:
    good = a_file(tmp_path, a_row(1))
    with pytest.raises(Failed, match=r"no such file: .*absent\.csv; nothing was"):
        import_files(
            sqlite_store, settings, "interactions", [good, tmp_path / "absent.csv"]
        )
    with pytest.raises(Failed, match="no such file"):
        import_files(sqlite_store, settings, "interactions", [tmp_path])
    assert table(sqlite_store, "inquiry") == []


@pytest.mark.parametrize("content", [b"", b"\0" * 99, b"a,b\n1,2\n", b"PAR1"])
def test_a_file_that_cannot_be_read_is_a_failed_run(
    sqlite_store: Store, settings: Settings, tmp_path: Path, content: bytes
) -> None:
    good = a_file(tmp_path, a_row(1))
    bad = tmp_path / "bad.csv"
    bad.write_bytes(content)
    with pytest.raises(Failed, match=r"bad\.csv: expected"):
        import_files(sqlite_store, settings, "interactions", [good, bad])
    failed, ok = sqlite_store.runs()
    assert (ok.outcome, failed.outcome) == ("ok", "failed")
    assert "bad.csv" in failed.problem
    assert len(table(sqlite_store, "inquiry")) == 1


def test_a_file_without_a_single_good_row_is_imported_as_nothing(
    sqlite_store: Store, settings: Settings, tmp_path: Path
) -> None:
    path = a_file(tmp_path, "nowhere,a,b,c,5,,", ",,,,,,")
    (report,) = import_files(sqlite_store, settings, "interactions", [path])
    assert (report.read, report.kept, report.as_of) == (2, 0, None)
    assert sum(report.refused.values()) == 2
    assert table(sqlite_store, "account") == []


@pytest.mark.slow
def test_real_conversations_are_kept_alike_on_both_databases(
    store: Store, settings: Settings
) -> None:
    folder = SHARED / "data" / "twcs"
    path = folder / "pritul2_twcs_test.csv"
    if "twcs" not in formats() or not path.exists():
        pytest.skip(f"the real file {path.name} is not here")
    (first,) = import_files(store, settings, "twcs", [path])
    (again,) = import_files(store, settings, "twcs", [path])
    assert first.new == first.kept > 300
    assert (again.new, again.changed, again.same) == (0, 0, first.kept)
    slices = list(store.tally_slices(0, 30_000, 2**40))
    assert sum(len(part) for part in slices) == first.kept
