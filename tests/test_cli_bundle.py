"""`export` and `verify` as they are typed."""

import json
import os

import pytest

import bundles
import cli
from store import Store


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An installation that has published one small edition."""
    for name in list(os.environ):
        if name.startswith("ANSWERABLE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path / "var"))
    store = Store(f"sqlite:///{tmp_path / 'var' / 'answerable.db'}")
    store.migrate()
    bundles.fill(store, 40)
    bundles.edition(store)
    store.close()
    return tmp_path


@pytest.fixture
def run(capsys):
    """Runs what is typed: exit code, stdout, the one line on stderr."""

    def run(*arguments):
        capsys.readouterr()
        code = cli.main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert err.count("\n") == (1 if code == 1 else err.count("\n"))
        return code, out, err

    return run


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_there_and_back(place, run, name):
    code, out, err = run("export", "small", place / name)
    assert (code, err) == (0, "")
    assert out.startswith(f"Wrote edition small to {place / name}: 240 inquiries,")
    code, out, err = run("verify", place / name)
    assert (code, err) == (0, "")
    assert out.startswith("Edition small, method 1, made by code 0.1.0,")
    assert out.endswith("Everything agrees.\n")
    assert "DIFFERS" not in out
    assert "Not covered:" in out
    code, out, err = run("verify", place / name, "--json")
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert said["agrees"]
    assert said["rows"] == 240


def test_a_bundle_somebody_changed(place, run):
    path = place / "bundle"
    run("export", "small", path)
    rows = bundles.cells(path / "standings.csv")
    at = rows[0].index("t1_s")
    for line in range(1, len(rows)):
        rows[line][at] = "7"
    bundles.write_cells(path / "standings.csv", rows)
    code, out, err = run("verify", path)
    assert code == 1
    assert err.startswith("answerable: the bundle does not agree with itself (standing")
    assert "t1_s, 7, " in err
    assert out.count("t1_s, 7, ") == min(len(rows) - 1, 40)
    assert "standings                DIFFERS" in out
    assert "files                    DIFFERS" in out
    assert out.endswith("Something does not agree.\n")
    code, out, err = run("verify", path, "--json")
    assert code == 1
    said = json.loads(out)
    assert not said["agrees"]
    assert {each["column"] for each in said["differences"]} >= {"t1_s", "sha256"}
    first = said["differences"][0]
    assert (first["published"], first["recomputed"]) != (7, 7)


def test_many_differences_are_counted(place, run, monkeypatch):
    monkeypatch.setattr("cli.editions.SHOWN", 3)
    path = place / "bundle"
    run("export", "small", path)
    rows = bundles.cells(path / "standings.csv")
    for row in rows[1:]:
        row[rows[0].index("t1_s")] = "7"
    bundles.write_cells(path / "standings.csv", rows)
    _, out, _ = run("verify", path)
    assert f"and {len(rows) - 1 + 2 - 3} more" in out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("export none {}/x", "'none'"),
        ("export small {}", "is there already"),
        ("export small {}/no/where", "there is no folder"),
        ("verify {}/nothing", "there is no bundle at"),
        ("verify {}/var/answerable.db", "expected a bundle"),
        ("verify {}/var", "is no file of a bundle"),
    ],
)
def test_what_fails_is_one_line(place, run, typed, said):
    code, out, err = run(*(each.format(place) for each in typed.split()))
    assert (code, out) == (1, "")
    assert said in err


def test_wrong_use(place, run):
    assert run("export", "small")[0] == 2
    assert run("verify")[0] == 2


def test_an_edition_of_the_sample(sample_var, tmp_path, run, monkeypatch):
    """Found where nothing was measured, and said to be what it is."""
    var = tmp_path / "var"
    var.mkdir()
    (var / "sample.db").write_bytes((sample_var / "sample.db").read_bytes())
    monkeypatch.setenv("ANSWERABLE_VAR", str(var))
    code, out, err = run("export", "2026-Q3", tmp_path / "b.zip")
    assert code == 0, err
    assert "(sample: fictional brands)" in out
    assert run("export", "2031-Q3", tmp_path / "c.zip")[0] == 1


def test_a_bar_where_there_is_a_terminal(place, run, monkeypatch):
    from contextlib import contextmanager

    told = []

    @contextmanager
    def counted(unit):
        yield lambda done, total: told.append((unit, done, total))

    monkeypatch.setattr("cli.editions.counted", counted)
    run("export", "small", place / "b")
    run("verify", place / "b")
    assert told == [("inquiries", 240, 240)] * 2
