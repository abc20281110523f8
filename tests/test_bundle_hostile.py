"""Bundles that somebody changed, damaged or made to do harm."""

import csv
import io
import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bundles
import jobs
from bundles import cells, change, sign, write_cells
from jobs.bundle import verify
from model.bundle import FILES, TABLES
from store import Store

MAY_CHANGE = {
    "inquiries.csv": {"link", "deleted_at", "addressed"},
}
"""Columns in which a change that alters no reason alters no figure either; the report
says so. Everything else is covered by a digest."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One bundle, to be copied and never changed."""
    place = tmp_path_factory.mktemp("whole")
    store = Store(f"sqlite:///{place / 'answerable.db'}")
    store.migrate()
    bundles.fill(store, 60)
    bundles.edition(store)
    made = bundles.bundled(store, place / "bundle")
    store.close()
    return made


@pytest.fixture
def folder(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "bundle"))


def judged(path):
    """The report on a bundle, or the sentence that says why there is none."""
    try:
        return verify(path), ""
    except jobs.Failed as why:
        return None, str(why)


def refused(path):
    """Why a bundle is not accepted: a sentence, or the report's differences."""
    report, why = judged(path)
    if report is None:
        assert 20 < len(why) < 1_500
        return why
    assert not report.agrees
    return "; ".join(each.words for each in report.differences)


def other(cell: str, choice: int) -> str:
    """Another value, of the same kind where that can be."""
    if cell.isdigit():
        return str(int(cell) + 1 + choice)
    if "T" in cell and cell.endswith("Z"):
        hour = (int(cell[11:13]) + 1 + choice % 23) % 24
        return f"{cell[:11]}{hour:02}{cell[13:]}"
    if cell in ("true", "false"):
        return "false" if cell == "true" else "true"
    if cell.replace(".", "", 1).isdigit():
        return str(round(float(cell) + 0.01 * (1 + choice), 4))
    return ["", "complaint", "question", "list", "1", "0.5", "lost", "x"][choice % 8]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_any_one_cell_that_is_changed_is_noticed(whole, tmp_path_factory, data):
    """Even by somebody who puts the new hash into datapackage.json."""
    folder = tmp_path_factory.mktemp("t") / "b"
    shutil.copytree(whole, folder)
    names = ["inquiries.csv", "standings.csv"] * 3 + [t.file for t in TABLES]
    file = data.draw(st.sampled_from(names))
    rows = cells(folder / file)
    line = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.sampled_from(rows[0]))
    was = rows[line][rows[0].index(column)]
    now = other(was, data.draw(st.integers(0, 30)))
    if now == was:
        return
    change(folder, file, line, column, now)
    report, why = judged(folder)
    if report is None:
        assert ".csv" in why
    elif report.agrees:
        assert column in MAY_CHANGE.get(file, ()), (file, line, column, was, now)
        assert any("the links" in each for each in report.not_covered)
    else:
        assert report.differences


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_any_one_byte_that_is_changed_is_noticed(whole, tmp_path_factory, data):
    """By somebody who does not touch datapackage.json; and never a traceback."""
    folder = tmp_path_factory.mktemp("t") / "b"
    shutil.copytree(whole, folder)
    file = folder / data.draw(st.sampled_from(FILES))
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    report, _ = judged(folder)
    # words of datapackage.json itself are described nowhere else
    assert report is None or not report.agrees or file.name == "datapackage.json"


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_file_of_anything_is_a_sentence(whole, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("t") / "b"
    shutil.copytree(whole, folder)
    file = folder / data.draw(st.sampled_from(FILES))
    whole_file = file.read_bytes()
    cut = data.draw(st.integers(0, len(whole_file)))
    noise = data.draw(
        st.one_of(
            st.binary(max_size=200),
            st.sampled_from([b"", b"{}", b"[]", b"null", b'"', b",,,\n", b"\x00" * 50]),
            st.text(max_size=50).map(lambda text: text.encode("utf-8", "replace")),
        )
    )
    head = whole_file.split(b"\n")[0] + b"\n"
    file.write_bytes(
        data.draw(
            st.sampled_from(
                [
                    noise,
                    head + noise,
                    whole_file[:cut],
                    whole_file[:cut] + noise,
                    whole_file + noise,
                ]  # fmt: skip
            )
        )
    )
    if data.draw(st.booleans()) and file.name != "datapackage.json":
        sign(folder)
    report, why = judged(folder)
    assert report or why


@pytest.mark.parametrize(
    ("file", "column", "value", "said"),
    [
        (
            "inquiries.csv",
            "asked_at",
            "yesterday",
            "line 3, column asked_at: expected a",
        ),
        ("inquiries.csv", "asked_at", "", "line 3, column asked_at: expected a time"),
        ("inquiries.csv", "asked_at", "2031-01-01T00:00:00Z", "line"),
        ("inquiries.csv", "answered_at", "2020-01-01T00:00:00Z", "from asked_at until"),
        ("inquiries.csv", "answered_at", "2030-01-01T00:00:00Z", "from asked_at until"),
        ("inquiries.csv", "watched_until", "2030-01-01T00:00:00Z", "until as_of"),
        ("inquiries.csv", "deleted_at", "2030-01-01T00:00:00Z", "until as_of"),
        ("inquiries.csv", "person", "-1", "at least 0, found '-1'"),
        ("inquiries.csv", "person", "99999999999999999999", "a whole number"),
        ("inquiries.csv", "person", "7", "without a gap"),
        ("inquiries.csv", "kind", "rage", "expected one of unsaid, complaint"),
        ("inquiries.csv", "addressed", "77", "up to 9"),
        ("inquiries.csv", "account", "nobody", "an account of accounts.csv"),
        ("inquiries.csv", "channel", "myspace", "expected one of bluesky"),
        ("inquiries.csv", "not_counted", "because", "several, reply, young"),
        ("coverage.csv", "day", "2031-01-01", "a day of the period"),
        ("coverage.csv", "day", "some day", "a day such as"),
        ("coverage.csv", "seconds", "86401", "numbers that fit"),
        ("coverage.csv", "account", "nobody", "an account of accounts.csv"),
        ("publications.csv", "posts", "-3", "at least 0"),
        ("publications.csv", "posts", "99999999999", "numbers that fit"),
        ("accounts.csv", "brand", "nobody", "do not belong together"),
        ("accounts.csv", "family", "reviews", "of family social"),
        ("accounts.csv", "sampled", "true", "not sampled"),
        ("accounts.csv", "sampled", "1", "true or false"),
        ("brands.csv", "industry", "nothing", "do not belong together"),
        ("brands.csv", "name", "", "expected text, found nothing"),
        ("standings.csv", "score", "nan", "a number of at least 0"),
        ("standings.csv", "score", "1e300", "a number of at least 0"),
        ("standings.csv", "score", "high", "found 'high'"),
        ("standings.csv", "inquiries", "1.5", "a whole number"),
        ("standings.csv", "level", "planet", "one of brand"),
    ],
)
def test_a_cell_that_cannot_be(folder, file, column, value, said):
    line = 2
    if file == "accounts.csv":
        line = next(
            at for at, row in enumerate(cells(folder / file)) if "bluesky" in row
        )
    change(folder, file, line, column, value)
    with pytest.raises(jobs.Failed) as why:
        verify(folder)
    assert said in str(why.value)
    assert file in str(why.value)


def test_a_changed_figure_is_named(folder):
    rows = cells(folder / "standings.csv")
    at = rows[0].index("inquiries")
    was = int(rows[1][at])
    change(folder, "standings.csv", 1, "inquiries", str(was + 1))
    report = verify(folder)
    (one,) = [each for each in report.differences if each.column == "inquiries"]
    assert (one.published, one.recomputed) == (was + 1, was)
    assert one.where == " ".join(word for word in rows[1][:6] + rows[1][7:8] if word
                                 and word != rows[1][5])  # fmt: skip
    wrong = {check.what for check in report.checks if not check.agrees}
    assert wrong == {"standings", "digest of standings.csv and details.csv"}


def test_a_changed_row_is_named_with_all_it_changes(folder):
    rows = cells(folder / "inquiries.csv")
    head = rows[0]
    at = next(
        at
        for at, row in enumerate(rows)
        if row[head.index("not_counted")] == "" and row[head.index("answered_at")]
    )
    change(folder, "inquiries.csv", at, "found_by", "reply")
    report = verify(folder)
    assert report.differences[0].where == f"inquiries.csv, line {at + 1}"
    assert report.differences[0].recomputed == "reply"
    wrong = {check.what for check in report.checks if not check.agrees}
    assert {"rows", "standings", "input digest", "result digest"} <= wrong
    assert {"inquiries", "left out"} <= wrong
    assert "method" not in wrong


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("bundle", 2, "expected bundle 1"),
        ("method", "9", "nothing was compared"),
        ("name", "../../etc", "cannot name an edition"),
        ("day_from", "2027-01-01", "the period is empty"),
        ("day_from", "1950-01-01", "the period"),
        ("day_from", 5, "day_from: expected a str"),
        ("day_to", "2199-01-01", "the period is empty, or too long"),
        ("as_of", "9999-01-01T00:00:00Z", "expected a time"),
        ("as_of", "2026", "expected a time"),
        ("inquiries", True, "inquiries: expected a int"),
        ("inquiries", -1, "inquiries: expected a int"),
        ("messages", 10**30, "messages: expected a int"),
        ("coverage", "much", "coverage: expected a float"),
        ("cuts", {"social": "rage"}, "families and their cuts"),
        ("cuts", {"social": []}, "families and their cuts"),
        ("cuts", {"family": "all"}, "families and their cuts"),
        ("left_out", {"lost": 1}, "left_out: expected a number"),
        ("digest", "abc", "64 hexadecimal digits"),
        ("previous", "abc", "64 hexadecimal digits"),
    ],
)
def test_an_edition_that_cannot_be(folder, name, value, said):
    said_ = json.loads((folder / "edition.json").read_text())
    (folder / "edition.json").write_text(json.dumps(said_ | {name: value}))
    sign(folder)
    assert said in refused(folder)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_documents_that_say_anything(whole, tmp_path_factory, data):
    """A field of another kind is a sentence, or a difference, and no traceback."""
    folder = tmp_path_factory.mktemp("t") / "b"
    shutil.copytree(whole, folder)
    name = data.draw(
        st.sampled_from(["edition.json", "method.json", "datapackage.json"])
    )
    said = json.loads((folder / name).read_text())
    changed = data.draw(st.sampled_from(sorted(said)))
    said[changed] = data.draw(anything)
    (folder / name).write_text(json.dumps(said))
    report, why = judged(folder)
    assert report or why


@pytest.mark.parametrize(
    "name", ["inquiries", "messages", "brands", "coverage", "cuts", "left_out",
             "input_digest", "result_digest", "digest", "previous", "licence",
             "corrects", "provisional", "sample", "code", "as_of"],
)  # fmt: skip
def test_every_field_of_the_edition_is_covered(folder, name):
    """made_at alone is not, and the report says so."""
    said = json.loads((folder / "edition.json").read_text())
    was = said[name]
    if isinstance(was, bool):
        said[name] = not was
    elif isinstance(was, str):
        said[name] = "2026-02-02T00:00:00Z" if name == "as_of" else "0" * 64
    elif isinstance(was, dict):
        said[name] = (
            {"social": "complaint"} if name == "cuts" else was | {"lost": 10**6}
        )
    else:
        said[name] = was + 1
    (folder / "edition.json").write_text(json.dumps(said))
    sign(folder)
    assert refused(folder)


def test_made_at_is_covered_by_nothing_and_said_so(folder):
    said = json.loads((folder / "edition.json").read_text())
    said["made_at"] = "2026-03-03T03:03:03Z"
    (folder / "edition.json").write_text(json.dumps(said))
    assert "edition.json: sha256" in refused(folder)
    sign(folder)
    report = verify(folder)
    assert report.agrees
    assert "made_at" in report.not_covered[0]


def test_another_choice_of_the_method_is_named(folder):
    said = json.loads((folder / "method.json").read_text())
    said["choices"]["weights"]["value"] = [50, 30, 20]
    said["choices"]["luck"] = {"value": 7, "why": "because"}
    (folder / "method.json").write_text(json.dumps(said))
    sign(folder)
    assert "method.json: weights" in refused(folder)
    assert "method.json: luck" in refused(folder)
    (folder / "method.json").write_text('{"version": "1"}')
    assert "expected version, limits, choices" in refused(folder)


def test_lines_that_are_missing_doubled_or_moved(folder):
    rows = cells(folder / "inquiries.csv")
    write_cells(folder / "inquiries.csv", rows[:5] + rows[6:])
    sign(folder)
    assert refused(folder)
    write_cells(folder / "inquiries.csv", [*rows, rows[-1]])
    sign(folder)
    assert "messages" in refused(folder)
    write_cells(folder / "inquiries.csv", [rows[0], *rows[:0:-1]])
    sign(folder)
    assert "expected rows by brand, person, asked_at" in refused(folder)
    write_cells(folder / "inquiries.csv", rows[:1])
    sign(folder)
    assert refused(folder)
    write_cells(folder / "inquiries.csv", rows)
    lines = cells(folder / "standings.csv")
    write_cells(folder / "standings.csv", [lines[0], lines[2], lines[1], *lines[3:]])
    sign(folder)
    assert "order of lines" in refused(folder)
    write_cells(folder / "standings.csv", lines[:-1])
    sign(folder)
    assert "line, nothing, a line" in refused(folder)
    write_cells(folder / "standings.csv", [*lines, lines[1]])
    assert "two lines for" in refused(folder)


def test_columns_that_are_not_the_ones(folder):
    rows = cells(folder / "coverage.csv")
    write_cells(folder / "coverage.csv", [row[:-1] for row in rows])
    assert "coverage.csv: expected the columns" in refused(folder)
    assert "lacking seconds" in refused(folder)
    write_cells(folder / "coverage.csv", [[*rows[0], "secret"], *rows[1:]])
    assert "unknown secret" in refused(folder)
    write_cells(folder / "coverage.csv", [rows[0][::-1], *rows[1:]])
    assert "in this order" in refused(folder)
    write_cells(folder / "coverage.csv", [rows[0], rows[1][:2], *rows[2:]])
    assert "expected a table of 4 columns" in refused(folder)
    (folder / "coverage.csv").write_bytes(b"")
    assert "lacking channel" in refused(folder)


def test_files_that_are_missing_or_strange(folder, tmp_path):
    (folder / "extra.txt").write_text("")
    assert "'extra.txt' is no file of a bundle" in refused(folder)
    (folder / "extra.txt").unlink()
    kept = (folder / "brands.csv").read_bytes()
    (folder / "brands.csv").unlink()
    assert "brands.csv is missing" in refused(folder)
    (folder / "brands.csv").symlink_to("/dev/zero")
    assert "expected a plain file" in refused(folder)
    (folder / "brands.csv").unlink()
    os.mkfifo(folder / "brands.csv")
    assert "expected a plain file" in refused(folder)
    (folder / "brands.csv").unlink()
    (folder / "brands.csv").mkdir()
    assert "expected a plain file" in refused(folder)
    (folder / "brands.csv").rmdir()
    (folder / "brands.csv").write_bytes(kept)
    assert verify(folder).agrees
    assert "there is no bundle at" in refused(tmp_path / "nothing")


@pytest.mark.parametrize(
    "content", ["{", "[1]", "NaN", '{"a": NaN}', '{"a":1,"a":2}', "[" * 100_000, "\x00",
                '{"a": ' + "9" * 5_000 + "}"],
)  # fmt: skip
@pytest.mark.parametrize("file", ["edition.json", "method.json", "datapackage.json"])
def test_json_that_is_none(folder, file, content):
    (folder / file).write_text(content)
    assert file in refused(folder)


def test_a_package_that_describes_something_else(folder):
    package = json.loads((folder / "datapackage.json").read_text())
    for broken in (
        {},
        {"resources": 5},
        {"resources": [1], "documents": [{"path": []}]},
    ):
        (folder / "datapackage.json").write_text(json.dumps(broken))
        assert "expected to find" in refused(folder)
    package["resources"][0]["hash"] = None
    (folder / "datapackage.json").write_text(json.dumps(package))
    assert "standings.csv: sha256" in refused(folder)


class TestZips:
    @pytest.fixture
    def zipped(self, folder, tmp_path):
        def make(change=None, names=None):
            path = tmp_path / "bundle.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for name in FILES:
                    archive.write(folder / name, (names or {}).get(name, name))
                if change:
                    change(archive)
            return path

        return make

    def test_a_good_one(self, zipped):
        assert verify(zipped()).agrees

    @pytest.mark.parametrize(
        "name",
        ["../../escaped", "/etc/escaped", "..\\escaped", "sub/inquiries.csv"],
    )
    def test_names_that_lead_elsewhere(self, zipped, name, tmp_path):
        before = set(tmp_path.iterdir())
        path = zipped(lambda archive: archive.writestr(name, "x"))
        assert "is no file of a bundle" in refused(path)
        assert set(tmp_path.iterdir()) - before <= {path}

    def test_a_name_twice(self, zipped):
        with pytest.warns(UserWarning, match="Duplicate name"):
            path = zipped(lambda archive: archive.writestr("brands.csv", "x"))
        assert "'brands.csv' is in it twice" in refused(path)

    def test_one_that_is_missing(self, zipped):
        assert "is no file of" in refused(zipped(names={"brands.csv": "b.csv"}))

    def test_a_bomb(self, zipped, folder):
        (folder / "README.md").write_bytes(b"\x00" * 40_000_000)
        path = zipped()
        assert path.stat().st_size < 500_000
        assert "was not unpacked" in refused(path)

    def test_one_that_says_it_is_small(self, zipped, folder):
        path = zipped()
        size = (folder / "inquiries.csv").stat().st_size
        content = path.read_bytes()
        lied = content.replace(size.to_bytes(4, "little"), (50).to_bytes(4, "little"))
        path.write_bytes(lied)
        assert refused(path)

    def test_larger_than_a_bundle_may_be(self, zipped, monkeypatch):
        monkeypatch.setattr("jobs.bundle.reading.LARGEST", 10_000)
        assert "larger than it says, or than" in refused(zipped())

    def test_too_many_files(self, zipped):
        def many(archive):
            for at in range(200):
                archive.writestr(f"{at}", "")

        assert f"a bundle has {len(FILES)}" in refused(zipped(many))

    def test_no_zip(self, tmp_path):
        path = tmp_path / "b.zip"
        path.write_bytes(b"PK\x03\x04 but not really")
        assert "that can be read" in refused(path)

    def test_one_with_a_password(self, zipped):
        path = zipped()
        content = bytearray(path.read_bytes())
        for sign_, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = -1
            while (at := content.find(sign_, at + 1)) >= 0:
                content[at + offset] |= 1
        path.write_bytes(content)
        assert "that can be read" in refused(path)

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.data())
    def test_one_that_is_damaged(self, whole, tmp_path_factory, data):
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in FILES:
                archive.write(whole / name, name)
        content = bytearray(raw.getvalue())
        for _ in range(data.draw(st.integers(1, 3))):
            tail = data.draw(st.booleans())  # its list of files stands at the end
            at = data.draw(st.integers(0, 1_000 if tail else len(content) - 1))
            content[-at if tail else at] ^= data.draw(st.integers(1, 255))
        path = tmp_path_factory.mktemp("z") / "b.zip"
        path.write_bytes(content[: data.draw(st.sampled_from([len(content), 5_000]))])
        report, why = judged(path)  # what is not part of a file may change
        assert report or why


def test_tables_too_large_to_be_read_whole(folder, monkeypatch):
    monkeypatch.setattr("jobs.bundle.reading.LARGEST_TABLE", 10)
    assert "larger than" in refused(folder)
    monkeypatch.setattr("jobs.bundle.reading.LARGEST_JSON", 10)
    assert "edition.json: larger than" in refused(folder)


def test_one_line_without_an_end(folder):
    rows = cells(folder / "inquiries.csv")
    rows[3][rows[0].index("link")] = "x" * 20_000_000
    with (folder / "inquiries.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    sign(folder)
    assert "inquiries.csv" in refused(folder) or verify(folder).agrees
