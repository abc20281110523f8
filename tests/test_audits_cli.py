"""`answerable import audit` and `answerable audits`, as they are typed."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

import audit_example
import cli


@pytest.fixture(autouse=True)
def installation(tmp_path, monkeypatch):
    """An installation of its own, with nothing in it."""
    for name in list(os.environ):
        if name.startswith("ANSWERABLE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path / "var"))


@pytest.fixture
def run(capsys):
    """Runs what is typed: exit code, stdout, stderr."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert "a mistake of ours" not in err
        return code, out, err

    return run


@pytest.fixture
def files(tmp_path):
    return audit_example.files(tmp_path)


def test_the_example_from_file_to_figures(run, files):
    code, out, _ = run("import", "audit", *files)
    assert code == 0
    assert "  protocol: new\n" in out
    assert "26 rows read, 26 messages kept (26 new, 0 changed, 0 as they were)" in out
    assert "  result 1: new" in out
    code, out, _ = run("import", "audit", *reversed(files))
    assert code == 0
    assert "  protocol: as it was\n" in out
    assert "(0 new, 0 changed, 26 as they were)" in out
    assert "  result 1: as it was" in out
    code, out, _ = run("audits")
    assert out == (
        "do-they-answer-2026: Do brands answer strangers in public?\n"
        "  2 of 26 messages (7.7 %, 95 % interval 1 to 35 %), 1 of 18 brands"
        " (5.6 %, 95 % interval 1 to 26 %)\n"
    )
    code, out, _ = run("audits", "--audit", audit_example.SLUG)
    assert "How many of 18 brands answer a stranger" in out
    assert "1   5.6 % (1 to 26)" in out
    assert "compliment minus question: +25.0, 95 % interval -19 to +73; may be" in out


def test_figures_as_data(run, files):
    run("import", "audit", *files)
    code, out, _ = run("audits", "--audit", audit_example.SLUG, "--format", "csv")
    assert code == 0
    whole = next(csv.DictReader(io.StringIO(out)))
    assert (whole["answered"], whole["messages"]) == ("2", "26")
    assert (whole["brands_answered"], whole["brands"]) == ("1", "18")
    assert (whole["brand_share"], whole["brand_share_low"]) == ("0.0556", "0.0099")
    assert whole["brand_share_high"] == "0.2576"
    _, out, _ = run("audits", "--audit", audit_example.SLUG, "--format", "json")
    said = json.loads(out)
    assert said["protocol"]["organisation"] == "Example Consumers' Association"
    assert said["result"]["number"] == 1
    assert said["lines"][0]["brand_share"] == 0.0556
    assert len(said["differences"]) == 6
    _, out, _ = run("audits", "--format", "csv")
    (line,) = csv.DictReader(io.StringIO(out))
    assert line["id"] == audit_example.SLUG
    _, out, _ = run("audits", "--format", "json")
    assert json.loads(out)[0]["volunteers"] == 3


def test_the_import_as_json(run, files):
    code, out, _ = run("import", "audit", *files, "--json")
    assert code == 0
    said = json.loads(out)
    assert (said["audit"], said["result"], said["frozen"]) == (
        audit_example.SLUG, 1, True,
    )  # fmt: skip
    assert said["files"][0]["read"] == 26


def test_refused_rows_and_flags_are_printed(run, tmp_path):
    rows = audit_example.rows()
    rows[5]["arm"] = "rage"
    rows[6]["text"] = "What a day!"
    rows = [{"text": "", **row} for row in rows]
    files = audit_example.files(tmp_path, rows, registered_at="2026-02-03T00:00:00Z")
    code, out, _ = run("import", "audit", *files)
    assert code == 0
    assert "  refused 1: arm is not one of the protocol's" in out
    assert "  1 column the format does not have: text." in out
    assert "after the first message was sent" in out
    _, out, _ = run("audits", "--audit", audit_example.SLUG)
    assert "after the first message was sent" in out


def test_a_protocol_alone(run, files):
    code, out, _ = run("import", "audit", files[0])
    assert code == 0
    assert "no message yet: no result" in out
    _, out, _ = run("audits")
    assert "no message that counts has come in yet" in out
    _, out, _ = run("audits", "--audit", audit_example.SLUG)
    assert "No message has come in yet." in out
    _, out, _ = run("audits", "--audit", audit_example.SLUG, "--format", "json")
    assert json.loads(out)["result"] is None
    _, out, _ = run("audits", "--audit", audit_example.SLUG, "--format", "csv")
    assert out.count("\n") == 1


def test_one_arm_alone_is_compared_with_nothing(run, tmp_path):
    files = audit_example.files(tmp_path, audit_example.rows()[:1])
    run("import", "audit", *files)
    _, out, _ = run("audits", "--audit", audit_example.SLUG)
    assert "Difference" not in out
    assert "26 messages were planned and 1 are here." not in out
    assert "26 messages were planned and 1 is here." in out


def test_none(run):
    code, out, _ = run("audits")
    assert code == 0
    assert "No field audit has been imported" in out
    _, out, _ = run("audits", "--format", "json")
    assert json.loads(out) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("audits --audit nobody", "there is no audit 'nobody'"),
        ("import audit results.csv", "found 0 protocols"),
        ("import audit results.csv nowhere.toml", "no such file: nowhere.toml"),
        ("import audit bad.toml results.csv", "expected a protocol in TOML"),
        ("import audit protocol.toml bad.csv", "expected the columns"),
    ],
)
def test_what_cannot_be_done_is_one_line(run, files, monkeypatch, typed, said):
    monkeypatch.chdir(files[0].parent)
    Path("bad.toml").write_text("no protocol at all")
    Path("bad.csv").write_text("when,who\n1,2\n")
    code, out, err = run(*typed.split())
    assert (code, out) == (1, "")
    assert said in err
    assert err.lstrip("\n").count("\n") == 1


def test_the_format_is_named_among_the_others(run, files):
    _, _, err = run("import", "telepathy", *files)
    assert "audit" in err
