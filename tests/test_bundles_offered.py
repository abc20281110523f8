"""The bundles that the website hands out: made by the worker, and taken by readers."""

import logging
import zipfile
from dataclasses import replace

import pytest

import bundles
from fixtures_web import getter, site
from jobs.bundle import offer, offer_shown, offering, verify
from jobs.publishing import publish
from settings import Settings
from store import Store


@pytest.fixture
def settings(tmp_path):
    return Settings(var=tmp_path, database_url="")


@pytest.fixture
def measured(settings):
    store = Store(settings.database)
    store.migrate()
    bundles.fill(store)
    bundles.edition(store)
    yield store
    store.close()


def plain(tag):
    return " ".join(tag.text.split())


def places(settings, store):
    return [
        settings.bundle(each.name, each.digest, sample=each.sample)
        for each in store.editions()
    ]


def test_an_edition_has_a_bundle_that_agrees_and_holds_no_links(measured, settings):
    (path,) = offer(measured, settings)
    assert [path] == places(settings, measured)
    assert verify(path).agrees
    with zipfile.ZipFile(path) as held:
        head, *rows = held.read("inquiries.csv").decode().splitlines()
    assert head.split(",")[-1] == "link"
    assert rows
    assert all(row.endswith(",") for row in rows)
    assert offer(measured, settings) == []


def test_links_are_in_what_the_operator_writes(measured, tmp_path):
    folder = bundles.bundled(measured, tmp_path / "whole")
    head, *rows = bundles.cells(folder / "inquiries.csv")
    assert any(row[head.index("link")] for row in rows)


def test_of_provisional_editions_the_newest_has_one_and_others_lose_it(
    measured, settings
):
    def provisional(name, day):
        at = (bundles.FROM, day, bundles.KNOWN)
        publish(measured, *at, name=name, provisional=True)

    provisional("first", bundles.TO - 2)
    assert len(offer(measured, settings)) == 2
    provisional("second", bundles.TO - 1)
    (new,) = offer(measured, settings)
    assert new.name.startswith("second.")
    names = sorted(file.name.partition(".")[0] for file in new.parent.iterdir())
    assert names == ["second", "small"]


def test_an_edition_of_another_method_keeps_the_one_it_has(
    measured, settings, monkeypatch
):
    known = replace(offering.METHOD, version="another")
    with monkeypatch.context() as patched:
        patched.setattr(offering, "METHOD", known)
        assert offer(measured, settings) == []
    (path,) = offer(measured, settings)
    monkeypatch.setattr(offering, "METHOD", known)
    assert offer(measured, settings) == []
    assert path.exists()


def test_who_is_asked_to_stop_begins_no_other(measured, settings):
    assert offer(measured, settings, stopped=lambda: True) == []


def test_the_sample_is_offered_while_nothing_is_measured(settings, caplog):
    caplog.set_level(logging.INFO)
    main, sample = Store(settings.database), Store(settings.sample_database)
    for store in (main, sample):
        store.migrate()
    bundles.fill(sample)
    at = (bundles.FROM, bundles.TO, bundles.KNOWN)
    publish(sample, *at, name="small", sample=True)
    (path,) = offer_shown(main, settings, lambda: False)
    assert [path] == places(settings, sample)
    assert path.parent.name == "sample"
    assert "bundle edition=small" in caplog.text
    bundles.fill(main)
    bundles.edition(main)
    (path,) = offer_shown(main, settings, lambda: False)
    assert path.parent.name == "measured"
    for store in (main, sample):
        store.close()


def test_nothing_is_offered_where_there_is_nothing(settings):
    store = Store(settings.database)
    store.migrate()
    assert offer_shown(store, settings, lambda: False) == []
    store.close()


def test_a_page_says_how_to_make_one_until_there_is_one(measured, settings):
    app = site(settings.var)
    missing = plain(getter(app)("/editions/small/bundle.zip", 404))
    assert "Nobody has made the bundle of edition small yet." in missing
    before = getter(app)("/data")
    assert "answerable export small small.zip" in plain(before)
    assert not before.select('a[href$="bundle.zip"]')
    (path,) = offer(measured, settings)
    page = getter(site(settings.var))("/data")
    link = page.select_one('a[href$="bundle.zip"]')
    assert plain(link) == "Download the bundle of small (one zip, 1 MB)"
    with app.test_client().get(link["href"]) as taken:
        assert taken.data == path.read_bytes()
    assert "answerable verify small.zip" in plain(page)
    assert "answerable export" not in plain(page)


def test_a_bundle_is_taken_in_parts_and_again_only_where_it_changed(measured, settings):
    (path,) = offer(measured, settings)
    client, address = site(settings.var).test_client(), "/editions/small/bundle.zip"
    with client.get(address) as whole:
        tag = whole.headers["ETag"]
        assert whole.headers["Content-Type"] == "application/zip"
        assert whole.headers["Content-Disposition"] == "attachment; filename=small.zip"
        assert "default-src 'none'" in whole.headers["Content-Security-Policy"]
    with client.get(address, headers={"Range": "bytes=2-5"}) as part:
        assert (part.status_code, part.data) == (206, path.read_bytes()[2:6])
    with client.get(address, headers={"If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")
    with client.head(address) as head:
        assert (head.status_code, head.data) == (200, b"")


def test_there_is_no_bundle_of_an_edition_that_is_not_there(measured, settings):
    client = site(settings.var).test_client()
    assert client.get("/editions/none/bundle.zip").status_code == 404
