"""`answerable simulate` and `answerable sensitivity` as they are typed."""

import json
import os
import shutil

import pytest

import cli

CALM = ["simulate", "--worlds", "3", "--world", "no clumps"]


@pytest.fixture(autouse=True)
def installation(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith("ANSWERABLE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = cli.main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return run


def test_worlds_are_drawn_and_told(run):
    code, out, err = run(*CALM)
    assert code == 0, err
    assert err == ""  # no bar where no terminal is
    assert "3 worlds of each kind, seed 1, method 1" in out
    assert "places" in out
    assert "industry" in out
    again = run(*CALM, "--workers", 1)
    assert again == (0, out, "")


def test_one_kind_of_brand_and_another_layout(run):
    chosen = [*CALM, "--shape", "good", "--n", 100, "--by", "shape", "--seed", 4]
    code, out, _ = run(*chosen, "--format", "csv")
    assert code == 0
    head, *rows = out.splitlines()
    assert head == "world,n,shape,figure,cases,held,width,share,error"
    assert {row.split(",")[2] for row in rows} == {"good"}
    code, out, _ = run(*chosen, "--format", "json")
    said = json.loads(out)
    assert (code, said["seed"], len(said["lines"])) == (0, 4, len(rows))


def test_a_world_there_is_not(run):
    code, out, err = run("simulate", "--world", "storms")
    assert (code, out) == (1, "")
    assert err.startswith("answerable: no world is called 'storms'; there are: ")
    assert err.count("\n") == 1
    assert run("simulate", "--worlds", 0)[0] == 2
    assert run("simulate", "--seed", "x")[0] == 2


def test_the_order_under_other_choices(run, installation, sample_var):
    code, _, err = run("sensitivity")
    assert code == 1
    assert "nothing has been published yet" in err
    installation.mkdir(exist_ok=True)
    shutil.copy(sample_var / "sample.db", installation / "sample.db")
    code, out, err = run("sensitivity", "--edition", "2026-Q3", "--format", "json")
    assert code == 0, err
    rows = {(row["family"], row["variant"]): row for row in json.loads(out)}
    assert rows["social", "messages"]["tau"] > 0.9
    assert "of those surely apart" in run("sensitivity", "--edition", "2026-Q3")[1]
    assert run("sensitivity", "--edition", "1999-Q1")[0] == 1
