"""Which database the site reads: a new edition, the sample, nothing, a broken file."""

import gc
import threading
import weakref

import pytest

import collectors
from fixtures_web import Q3, channels, checked, edition, fill, lines, runs, save, site
from jobs.starting import channel_row
from settings import Settings
from store import Store
from web import app, opening
from web.source import POLL_S, Source


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_new_edition_is_seen_within_two_seconds(tmp_path):
    here = Settings(var=tmp_path, database_url="")
    clock = Clock()
    source = Source(here, Store, clock)
    assert source.library().current is None
    store = Store(here.database)
    store.migrate()
    clock.now += POLL_S
    assert source.library().current is None, "a schema is no edition"
    save(store, edition("2026-Q3", Q3), lines())
    assert source.library().current is None, "not asked again so soon"
    clock.now += POLL_S
    assert source.library().current.name == "2026-Q3"
    before = source.library()
    clock.now += POLL_S
    assert source.library() is before, "nothing new: the same books stay open"
    store.close()


def test_a_measured_edition_takes_the_place_of_the_sample(tmp_path):
    here = Settings(var=tmp_path, database_url="")
    sample = Store(here.sample_database)
    sample.migrate()
    save(sample, edition("made-up", Q3, sample=True), lines())
    clock = Clock()
    source = Source(here, Store, clock)
    assert (source.library().current.name, source.library().sample) == ("made-up", True)
    store = Store(here.database)
    store.migrate()
    save(store, edition("2026-Q3", Q3), lines())
    clock.now += POLL_S
    assert (source.library().current.name, source.library().sample) == (
        "2026-Q3", False,
    )  # fmt: skip
    sample.close()
    store.close()


def test_looks_are_shown_before_there_is_an_edition(tmp_path):
    here = Settings(var=tmp_path, database_url="")
    sample = Store(here.sample_database)
    fill(sample, sample=True)
    sample.close()
    client = site(tmp_path).test_client()
    assert "These are real" not in client.get("/sources").text
    store = Store(here.database)
    store.migrate()
    store.put_channels(channels())
    (failed,) = [run for run in runs() if run.outcome == "failed"]
    store.record_run(failed)
    store.close()
    page = checked(site(tmp_path).test_client().get("/sources"), sample=True)
    said = page.select_one("main").text.replace("\u00a0", " ")
    assert "1 source has a problem now" in said
    assert "These are real" in said
    assert "1 source" not in page.select_one(".edition").text
    (tmp_path / "sample.db").unlink()
    page = checked(site(tmp_path).test_client().get("/sources"))
    assert "social.example did not answer" in page.select_one("main").text


def test_sources_print_every_channel_there_is(tmp_path):
    """What the collectors really declare, not what a fixture says they do."""
    here = Settings(var=tmp_path, database_url="")
    store = Store(here.database)
    store.migrate()
    declared = [channel_row(each, here) for each in collectors.channels().values()]
    store.put_channels(declared)
    save(store, edition("2026-Q3", Q3), lines())
    store.close()
    page = checked(site(tmp_path).test_client().get("/sources"))
    for row in declared:
        assert row.title in page.select_one("main").text
        assert row.cannot_see in page.select_one("main").text


def test_pages_change_with_the_edition(tmp_path, monkeypatch):
    monkeypatch.setattr("web.source.POLL_S", 0.0)
    here = Settings(var=tmp_path, database_url="")
    store = Store(here.database)
    store.migrate()
    save(store, edition("2026-Q2", (20_544, 20_635)), lines())
    client = site(tmp_path).test_client()
    before = client.get("/")
    save(store, edition("2026-Q3", Q3), lines())
    after = client.get("/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "edition 2026-Q3" not in before.text
    assert "July to September 2026" in after.text
    store.close()


def test_a_database_that_fails_for_a_moment_takes_nothing_down(
    world_var, monkeypatch, caplog
):
    from sqlalchemy.exc import OperationalError

    app = site(world_var)
    client = app.test_client()
    assert client.get("/").status_code == 200
    source = app.extensions["answerable"].source

    def fail(*_):
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(Store, "version", fail)
    source._due = 0.0
    assert client.get("/").status_code == 200
    assert client.get("/healthz").json["edition"] == "2026-Q3"
    assert "could not be read" in caplog.text


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100])
def test_a_file_that_is_no_database_is_no_edition(tmp_path, content):
    (tmp_path / "answerable.db").write_bytes(content)
    response = site(tmp_path).test_client().get("/")
    assert "Nothing has been measured yet" in checked(response).h1.text
    assert (tmp_path / "answerable.db").read_bytes() == content


def test_a_large_edition_is_opened_beside_the_one_that_is_shown(tmp_path, monkeypatch):
    """Readers see the one before until all is read, then the new one at once."""
    monkeypatch.setattr(opening, "LARGE", 1)
    here, clock = Settings(var=tmp_path, database_url=""), Clock()
    store = Store(here.database)
    store.migrate()
    save(store, edition("2026-Q2", Q3), lines())
    may, opened = threading.Event(), []

    def opens(library):
        assert may.wait(60)
        opened.append(library.book().edition.name)

    source = Source(here, Store, clock, opens)
    assert source.library().current.name == "2026-Q2", "the first is not waited for"
    save(store, edition("2026-Q3", Q3), lines())
    for _ in range(3):
        clock.now += POLL_S
        assert source.library().current.name == "2026-Q2"
    may.set()
    source.beside.wait()
    assert opened == ["2026-Q3"]
    clock.now += POLL_S
    now = source.library()
    assert now.current.name == "2026-Q3"
    clock.now += POLL_S
    assert source.library() is now
    store.close()


def test_an_edition_that_cannot_be_opened_is_left_to_its_readers(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(opening, "LARGE", 1)
    here, clock = Settings(var=tmp_path, database_url=""), Clock()
    store = Store(here.database)
    store.migrate()
    save(store, edition("2026-Q2", Q3), lines())

    def opens(_library):
        raise OSError("the disk is gone")

    source = Source(here, Store, clock, opens)
    assert source.library().current.name == "2026-Q2"
    save(store, edition("2026-Q3", Q3), lines())
    clock.now += POLL_S
    source.library()
    source.beside.wait()
    clock.now += POLL_S
    assert source.library().current.name == "2026-Q3"
    assert "could not be opened: the disk is gone" in caplog.text
    store.close()


def test_small_editions_are_shown_at_once(tmp_path):
    here, clock = Settings(var=tmp_path, database_url=""), Clock()
    store = Store(here.database)
    store.migrate()
    save(store, edition("2026-Q2", Q3), lines())
    source = Source(here, Store, clock, lambda _library: pytest.fail("opened"))
    source.library()
    save(store, edition("2026-Q3", Q3), lines())
    clock.now += POLL_S
    assert source.library().current.name == "2026-Q3"
    store.close()


def test_the_site_opens_what_its_pages_need(world_var):
    source = Source(Settings(var=world_var, database_url=""), Store)
    library = source.library()
    app._opened(library)
    assert {"listed", "industry_slugs"} <= vars(library.book()).keys()
    assert "names in en" in library.book()._once


def test_what_an_opened_edition_holds_is_not_walked_again(world_var):
    """Nor is what has gone since kept for ever."""

    class Loop:
        pass

    one = Loop()
    one.itself, gone = one, weakref.ref(one)
    made = site(world_var).extensions["answerable"]
    opens, library = made.source.beside._opens, made.library()
    try:
        opens(library)
        assert gc.get_freeze_count() > 1_000
        del one
        gc.collect()
        assert gone() is not None, "what is frozen is not looked at"
        opens(library)
        assert gone() is None
    finally:
        gc.unfreeze()
