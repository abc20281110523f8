"""An edition as files: what is in them, and that they lead back to every figure."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bundles
import jobs
import scoring_world as world
from bundles import cells
from jobs.bundle import export, verify
from model import DAY, Cut, Level
from model.bundle import FILES, NOT_COUNTED, STANDINGS, TABLES, words
from model.frames import FROZEN
from model.rows import Edition, columns
from model.words import FoundBy, Reason
from scoring.book import Period, book
from scoring.edition import make, parquet, thawed
from scoring.freeze import freeze
from scoring.method import METHOD
from scoring.printing import PRINTED
from scoring.rows import asked, reasons_asked, told
from store import Store, UnknownEdition

ROOT = Path(__file__).parent.parent
quick = settings(max_examples=15, deadline=None)


@pytest.fixture
def published(sqlite_store):
    bundles.fill(sqlite_store)
    bundles.edition(sqlite_store)
    return sqlite_store


@pytest.fixture
def folder(published, tmp_path):
    return bundles.bundled(published, tmp_path / "bundle")


def table(folder, name):
    head, *rows = cells(folder / f"{name}.csv")
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_columns_are_those_of_a_standing():
    assert STANDINGS.names == list(PRINTED)


def test_words_of_reasons():
    reasons = tuple(r.name.lower() for r in Reason if r is not Reason.COUNTED)
    assert NOT_COUNTED[: len(reasons)] == reasons
    assert words(FoundBy) == ("stream", "thread", "list", "reply")
    assert words(Level)[0] == "brand"


def test_every_column_says_what_it_is():
    for each in TABLES:
        assert len(set(each.names)) == len(each.names)
        for column in each.columns:
            assert column.says
            assert not column.says.endswith("."), column


def test_a_bundle_agrees_with_itself(published, folder, tmp_path):
    assert sorted(file.name for file in folder.iterdir()) == list(FILES)
    report = verify(folder)
    assert report.agrees, report.differences
    assert (report.rows, report.edition) == (720, "small")
    assert report.standings == len(table(folder, "standings"))
    assert report.differences == []
    path = tmp_path / "bundle.zip"
    done = export(published, "small", path)
    assert (done.rows, done.size) == (720, path.stat().st_size)
    assert verify(path).agrees
    assert json.loads(verify(path).to_json())["agrees"] is True


def test_every_message_is_there_and_why_it_does_not_count(published, folder):
    edition = published.edition("small")
    found = table(folder, "inquiries")
    assert len(found) == edition.messages
    count = dict.fromkeys(NOT_COUNTED, 0)
    for row in found:
        if row["not_counted"]:
            count[row["not_counted"]] += 1
    assert count == json.loads(edition.left_out)
    assert all(count.values()), "the small edition has every reason"
    assert len(found) - sum(count.values()) == edition.inquiries


def test_standings_are_the_published_ones(published, folder):
    lines = published.standings(published.edition("small").id)
    shown = table(folder, "standings")
    assert len(shown) == len(lines)
    for line, row in zip(lines, shown, strict=True):
        for name, cell in row.items():
            value = getattr(line, name)
            if isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, int | float):
                assert float(cell) == value
            else:
                assert cell == (value or "")


def test_the_edition_and_the_method_are_there_whole(published, folder):
    edition = published.edition("small")
    said = json.loads((folder / "edition.json").read_text())
    assert said.keys() == {"bundle", *columns(Edition)} - {"id"}
    assert said["day_from"] == "2026-01-01"
    assert said["as_of"] == "2026-02-01T00:00:00Z"
    assert said["digest"] == edition.digest
    method = json.loads((folder / "method.json").read_text())
    assert method["choices"].keys() == METHOD.choices().keys()
    assert all(choice["why"] for choice in method["choices"].values())


def test_links_lead_to_what_still_stands(published, folder, tmp_path):
    rows = table(folder, "inquiries")
    linked = [row for row in rows if row["link"]]
    assert 300 < len(linked) < 540
    assert not any(row["deleted_at"] for row in linked)
    one = linked[0]
    with published._database.writing() as session:
        from sqlalchemy import text

        session.connection().execute(
            text("UPDATE inquiry SET url = NULL WHERE url = :url AND asked_at = :at"),
            {"url": one["link"], "at": epoch(one["asked_at"])},
        )
        session.connection().execute(
            text("UPDATE inquiry SET url = 'javascript:alert(1)' WHERE url LIKE '%/2'")
        )
    again = bundles.bundled(published, tmp_path / "again")
    later = table(again, "inquiries")
    assert sum(bool(row["link"]) for row in later) < len(linked)
    assert not any("javascript" in row["link"] for row in later)
    place = rows.index(one)
    assert later[place] == one | {"link": ""}
    assert verify(again).agrees


def epoch(moment):
    from datetime import datetime

    return int(datetime.fromisoformat(moment).timestamp())


def test_nothing_of_a_person_is_in_it(published, folder):
    """No author hash, no id, no key of the database; texts are not even stored."""
    with published._database.reading() as session:
        from sqlalchemy import text

        secrets = session.connection().execute(
            text("SELECT author, key, message FROM inquiry")
        )
        known = {str(value) for row in secrets for value in row if value is not None}
    whole = [
        cell for file in TABLES for row in cells(folder / file.file) for cell in row
    ]
    assert not known & set(whole)
    hashes = {format(int(value) % 2**64, "x") for value in known}
    assert not hashes & {cell.lower() for cell in whole}
    people = {}
    for row in table(folder, "inquiries"):
        people.setdefault(row["brand"], set()).add(int(row["person"]))
    for numbers in people.values():
        assert numbers == set(range(len(numbers)))


def test_a_later_rename_changes_no_old_edition(published, folder, tmp_path):
    published.put_registry(
        bundles.registry({"zeta": "Renamed", "acme": "Ácme", "bolt": "Bolt"})
    )
    again = bundles.bundled(published, tmp_path / "again")
    assert contents(again) == contents(folder)


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_twice_the_same_bytes(published, folder, tmp_path):
    again = bundles.bundled(published, tmp_path / "again")
    assert contents(again) == contents(folder)
    for name in ("a.zip", "b.zip"):
        export(published, "small", tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == list(FILES)
        assert {m.date_time for m in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {m.filename: archive.read(m) for m in archive.infolist()} == contents(
            folder
        )


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/St_Johns"])
def test_no_zone_no_language_and_no_hash_seed_shows(published, folder, tmp_path, zone):
    code = (
        "import sys; from pathlib import Path; from store import Store\n"
        "from jobs.bundle import export, verify\n"
        "store = Store(sys.argv[1]); export(store, 'small', Path(sys.argv[2]))\n"
        "sys.exit(not verify(Path(sys.argv[2])).agrees)"
    )
    address = f"sqlite:///{published._database.path}"
    surroundings = os.environ | {
        "TZ": zone, "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7"
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", code, address, str(tmp_path / "there")],
        env=surroundings,
        cwd=ROOT,
        check=True,
    )
    assert contents(tmp_path / "there") == contents(folder)


def test_whatever_database_numbers_it_has(published, folder, tmp_path, open_store):
    """Loaded in another order, into a database with other ids: the same tables."""
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    entries = bundles.registry()
    turned = entries.__class__(
        industries=entries.industries[::-1],
        brands=entries.brands[::-1],
        accounts=entries.accounts[::-1],
    )
    other.put_registry(turned)
    bundles.fill(other)
    bundles.edition(other)
    again = bundles.bundled(other, tmp_path / "again")
    for each in TABLES:
        assert (again / each.file).read_bytes() == (folder / each.file).read_bytes()


def test_the_sample_agrees(sample_store, tmp_path):
    for edition in sample_store.editions()[:1]:
        export(sample_store, edition.name, tmp_path / "sample.zip")
        report = verify(tmp_path / "sample.zip")
        assert report.agrees, report.differences[:3]
        assert report.figures > 10_000


def test_what_cannot_be_exported(published, folder, tmp_path, monkeypatch):
    with pytest.raises(UnknownEdition):
        export(published, "none", tmp_path / "x")
    with pytest.raises(jobs.Failed, match="is there already"):
        export(published, "small", folder)
    with pytest.raises(jobs.Failed, match="there is no folder"):
        export(published, "small", tmp_path / "no" / "where")
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("jobs.bundle.writing._tables", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(published, "small", tmp_path / "half")
    assert sorted(tmp_path.iterdir()) == before


def test_another_method_is_said(published, folder, tmp_path, monkeypatch):
    said = json.loads((folder / "edition.json").read_text())
    said["method"] = "2"
    (folder / "edition.json").write_text(json.dumps(said))
    with pytest.raises(jobs.Failed, match="under method '2'.* knows method '1'"):
        verify(folder)
    newer = replace(METHOD, version="3")
    monkeypatch.setattr("jobs.bundle.writing.METHOD", newer)
    with pytest.raises(jobs.Failed, match="under method 1 and this code knows"):
        export(published, "small", tmp_path / "x")


def test_slices_do_not_show(published, folder, tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.bundle.writing.ROWS", 50)
    monkeypatch.setattr("jobs.bundle.rows.SLICE", 10)
    monkeypatch.setattr("jobs.bundle.reading.BLOCK", 4_000)
    again = bundles.bundled(published, tmp_path / "again")
    assert contents(again) == contents(folder)
    told_ = []
    report = verify(again, lambda done, total: told_.append((done, total)))
    assert report.agrees, report.differences
    assert len(told_) > 1
    assert told_[-1] == (720, 720)


def test_a_citation(published, tmp_path):
    export(published, "small", tmp_path / "b", "https://answerable.example/")
    readme = (tmp_path / "b" / "README.md").read_text()
    address = "https://answerable.example/editions/small"
    assert f"[Data set]. {address}" in readme
    assert f"url = {{{address}}}" in readme
    assert f'url: "{address}"' in (tmp_path / "b" / "CITATION.cff").read_text()
    package = json.loads((tmp_path / "b" / "datapackage.json").read_text())
    assert package["homepage"] == address
    assert {"title", "path"} <= package["sources"][0].keys()


def test_an_edition_from_before_the_columns(published, tmp_path, monkeypatch):
    """Parts that keep neither deletions nor addressees nor ids: still recomputed."""
    parts = {
        name: parquet(thawed(part).drop("addressed", "deleted_s", "inquiry"))
        if name.startswith("inquiry-")
        else part
        for name, part in published.edition_parts("small").items()
    }
    monkeypatch.setattr(published, "edition_parts", lambda _name: parts)
    old = bundles.bundled(published, tmp_path / "old")
    assert {row["addressed"] for row in table(old, "inquiries")} == {""}
    assert {row["link"] for row in table(old, "inquiries")} == {""}
    report = verify(old)
    assert report.agrees, report.differences


@quick
@given(world.inquiries(), st.booleans())
def test_rows_lead_back_to_what_they_were_made_of(found, old):
    """told, then asked, then frozen again: the same rows; reasons are recomputed."""
    names, numbers = book(world.directory(world.ACCOUNTS))
    rows = world.rows(found, world.ACCOUNTS)
    result = make(
        [rows],
        world.directory(world.ACCOUNTS),
        world.covered(world.ACCOUNTS),
        world.posted(),
        world.PERIOD,
    )
    frozen = freeze(rows, names, numbers, world.PERIOD)
    if old:
        frozen = frozen.drop("addressed", "deleted_s", "inquiry")
    shown = told(frozen, names, world.PERIOD, result.cuts)
    account = frozen["account"].to_numpy().astype("int64")
    ids = names.accounts.with_row_index("id").select(
        pl.col("id").cast(pl.Int32),
        "channel",
        "account",
        "slug",
        "name",
        "industry",
        "industry_name",
    )
    again = asked(shown, account, names, world.PERIOD)
    once = freeze(again, names, book(ids)[1], world.PERIOD)
    kept = [name for name in FROZEN if name in frozen.columns and name != "inquiry"]
    assert once.select(kept).equals(frozen.select(kept))
    why = reasons_asked(
        again, frozen["author"].to_numpy(), names, world.PERIOD, result.cuts
    )
    assert why.equals(shown["not_counted"])
    assert why.null_count() == result.inquiries


def test_reasons_of_the_headline():
    """Another kind, and the same person's second that day."""
    accounts = [a for a in world.ACCOUNTS if a.slug == "bolt"]
    names, numbers = book(world.directory(accounts))
    start = world.START * DAY
    one = {"account": 5, "author": 1, "kind": 1, "asked_at": start}
    found = [one, one | {"asked_at": start + 5}, one | {"asked_at": start + DAY}]
    found += [one | {"author": 2, "kind": 3}, one | {"author": 3, "found_by": 4}]
    found += [one | {"author": 4, "watched_until": None}]
    frozen = freeze(world.rows(found, accounts), names, numbers, world.PERIOD)
    shown = told(frozen, names, world.PERIOD, {"social": Cut.NEEDS_ANSWER.value})
    assert sorted(shown["not_counted"].fill_null("").to_list()) == [
        "", "", "other_kind", "reply", "same_day", "young",
    ]  # fmt: skip
    assert shown["watched_until"].null_count() == 1
    everything = told(frozen, names, world.PERIOD, {})
    assert "other_kind" not in everything["not_counted"].to_list()


def test_far_from_now_never_watched_is_still_never():
    from scoring.rows import never

    assert never(Period(10, 11, 12)) == -10 * DAY
    assert never(Period(40_000, 40_001, 12)) == -(2**31 - 1)


def test_it_validates_as_a_data_package(folder):
    """By somebody else's reading: columns, keys, words, limits, hashes."""
    import frictionless

    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]
    bundles.change(folder, "inquiries.csv", 2, "kind", "rage")
    assert not frictionless.validate(str(folder / "datapackage.json")).valid


def test_the_package_by_the_rules_of_the_specification(folder):
    """Data Package 1.0: required properties, names, licences, schema, hashes."""
    import re

    package = json.loads((folder / "datapackage.json").read_text())
    assert package["profile"] == "tabular-data-package"
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    assert all({"name", "path"} & licence.keys() for licence in package["licenses"])
    assert all(source["title"] for source in package["sources"])
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names) == len(TABLES)
    for resource in package["resources"]:
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
        file = folder / resource["path"]
        assert file.stat().st_size == resource["bytes"]
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", resource["hash"])
        fields = resource["schema"]["fields"]
        assert cells(file)[0] == [field["name"] for field in fields]
        assert resource["schema"]["missingValues"] == [""]
        kinds = {"string", "integer", "number", "boolean", "date", "datetime"}
        assert {field["type"] for field in fields} <= kinds
        assert all(field["description"] for field in fields)
        known = {field["name"] for field in fields}
        for key in resource["schema"].get("foreignKeys", ()):
            assert set(key["fields"]) <= known
            assert key["reference"]["resource"] in names


def test_a_bundle_is_read_without_anything_else(folder, tmp_path):
    """No database, no settings, no network: an empty home and a folder of its own."""
    alone = tmp_path / "alone"
    shutil.copytree(folder, alone)
    code = (
        "import socket, sys\n"
        "def never(*_): raise AssertionError('the network was asked')\n"
        "socket.socket.connect = never\n"
        "import cli; sys.exit(cli.main(['verify', sys.argv[1]]))"
    )
    place = tmp_path / "empty"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, str(alone)],
        cwd=place,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "ANSWERABLE_VAR": str(place / "var"),
            "ANSWERABLE_DATABASE_URL": "nonsense://",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Everything agrees." in done.stdout
    assert list(place.iterdir()) == []


def test_a_bundle_of_an_edition_on_either_database(store, tmp_path):
    bundles.fill(store, 40)
    bundles.edition(store)
    assert verify(bundles.bundled(store, tmp_path / "b")).agrees


def test_the_store_is_only_read(published, tmp_path):
    before = Path(published._database.path).read_bytes()
    bundles.bundled(published, tmp_path / "b")
    assert isinstance(published, Store)
    assert Path(published._database.path).read_bytes() == before
