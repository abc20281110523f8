"""`answerable classify`: a kind for every message of a file, in its order."""

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cli

TEXTS = [
    ("my order is broken, I want a refund", "complaint", "en"),
    ("Unde este magazinul din Cluj?", "question", "ro"),
    ("Merci beaucoup, service parfait !", "compliment", "fr"),
    ("reading the paper, on a bench\nin the park", "other", "en"),
    ("Mijn pakket is kapot en niemand antwoordt mij", "other", "nl"),
]


@pytest.fixture
def run(capsys):
    def run(*arguments) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["classify", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert "a mistake of ours" not in err
        return code, out, err

    return run


@pytest.fixture
def messages(tmp_path):
    path = tmp_path / "messages.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["id", "text"])
        lines.writerows((n, text) for n, (text, _, _) in enumerate(TEXTS))
    return path


def test_csv(run, messages):
    code, out, err = run(messages, "--column", "text")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(r["kind"], r["language"]) for r in rows] == [each[1:] for each in TEXTS]
    assert "1 of 5 messages" in err
    assert "(nl)" in err


def test_json_and_a_language_that_is_said(run, messages):
    code, out, err = run(messages, "--column", "text", "--language", "en-GB",
                         "--format", "json")  # fmt: skip
    assert (code, err) == (0, "")
    rows = json.loads(out)
    assert {row["language"] for row in rows} == {"en"}
    assert [rows[0]["kind"], rows[3]["kind"]] == ["complaint", "other"]


def test_a_file_with_a_header_only(run, tmp_path):
    path = tmp_path / "none.csv"
    path.write_text("text\n")
    assert run(path, "--column", "text")[:2] == (0, "kind,language\n")
    assert run(path, "--column", "text", "--format", "json")[:2] == (0, "[]\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("id,words\n1,hello\n", "text"),
        ("id,text\n1,hello\n2\n", "every message must have its row"),
        ("id,text\n1,hello,you\n", "every message must have its row"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(run, tmp_path, content, said):
    path = tmp_path / "messages.csv"
    path.write_text(content)
    code, out, err = run(path, "--column", "text")
    assert (code, out) == (1, "")
    assert said in err
    assert "messages.csv" in err
    assert err.count("\n") == 1


def test_no_such_file(run, tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        code, out, err = run(path, "--column", "text")
        assert (code, out) == (1, "")
        assert str(path) in err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["x.csv"], "--column"),
        (["--column", "text"], "PATH"),
        (["x.csv", "--column", "text", "--language", "english"], "no language code"),
        (["x.csv", "--column", "text", "--format", "xml"], "xml"),
    ],
)
def test_wrong_use(run, typed, said):
    code, out, err = run(*typed)
    assert (code, out) == (2, "")
    assert said in err


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    content=st.binary(max_size=200)
    | st.binary(max_size=200).map(lambda more: b"id,text\n1,broken\n" + more)
    | st.text(max_size=200).map(lambda text: f"text\n{text}".encode())
)
def test_any_bytes(run, tmp_path, content):
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    code, out, err = run(path, "--column", "text")
    assert code in (0, 1)
    if code:
        assert err.count("\n") == 1
        assert not out
    else:
        assert out.startswith("kind,language\n")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]),
                              min_size=1), min_size=1))  # fmt: skip
def test_as_many_kinds_as_messages(run, tmp_path, texts):
    path = tmp_path / "any.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
            [["text"], *([t] for t in texts)]
        )
    code, out, _ = run(path, "--column", "text")
    assert code == 0
    assert len(list(csv.DictReader(io.StringIO(out)))) == len(texts)
