"""The command as it is typed: exit codes, one line on stderr, no traceback ever."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cli

ROOT = Path(__file__).parent.parent
HEAD = "channel,account,inquiry_id,author,asked_at,kind,answered_at\n"
PERIOD = ["--from", "2026-07-01", "--to", "2026-10-01"]


@pytest.fixture(autouse=True)
def installation(tmp_path, monkeypatch):
    """An installation of its own, with nothing in it."""
    for name in list(os.environ):
        if name.startswith("ANSWERABLE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ANSWERABLE_BLUESKY_APPVIEW", "http://127.0.0.1:9")
    return tmp_path


@pytest.fixture
def run(capsys):
    """Runs what is typed: exit code, stdout, stderr."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        if code == 1:
            err = err.lstrip("\n")  # click ends the line on which ^C is shown
            assert err.count("\n") == 1, f"not one line: {err}"
            assert err.startswith("answerable: ")
        return code, out, err

    return run


def rows(number: int = 120) -> str:
    """Conversations of one brand over the third quarter; every other is answered."""
    lines = []
    for n in range(number):
        day = 1_782_864_000 + n * 66_000  # from 2026-07-01
        answered = day + 1_800 if n % 2 else ""
        lines.append(f"bluesky,acme.example,q{n},person{n},{day},question,{answered}\n")
    return HEAD + "".join(lines)


@pytest.fixture
def conversations(tmp_path) -> Path:
    path = tmp_path / "conversations.csv"
    path.write_text(rows())
    return path


@pytest.fixture
def published(run, conversations):
    """An installation with one measured edition, 2026-Q3."""
    assert (
        run("import", "interactions", conversations, "--as-of", "2026-10-20T00:00Z")[0]
        == 0
    )
    code, out, err = run("publish", *PERIOD)
    assert code == 0, err
    assert "Published 2026-Q3" in out


def commands() -> list[str]:
    def below(command: object, path: str) -> list[str]:
        inner = getattr(command, "commands", {})
        return [
            path,
            *(p for name, c in inner.items() for p in below(c, f"{path} {name}")),
        ]

    return [path.strip() for path in below(cli.answerable, "")]


@pytest.mark.parametrize("command", commands())
def test_every_command_says_what_it_takes(run, command):
    code, out, _ = run(*command.split(), "--help")
    assert code == 0
    assert out.startswith("Usage: answerable")


def test_help_loads_nothing_heavy():
    heavy = ["polars", "scipy", "sqlalchemy", "pyarrow", "store", "scoring"]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, cli; cli.main(['publish', '--help']);"
            f"sys.exit(' '.join(m for m in {heavy} if m in sys.modules) or 0)",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


class TestWrongUse:
    """Exit code 2, before anything is opened or made."""

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("fly", "No such command"),
            ("import", "Missing argument"),
            ("import interactions", "Missing argument"),
            ("import interactions x --as-of yesterday", "is no time"),
            ("import interactions x --as-of 2026-07-01T00:00:00", "with its zone"),
            ("import interactions x --as-of 99999999999999999999", "is no time"),
            ("import interactions x --as-of 0001-01-01T00:00:00Z", "between 1995"),
            ("publish", "Missing option"),
            ("publish --from 2026-07-01", "Missing option"),
            ("publish --from 2026-07-32 --to 2026-10-01", "is no day"),
            ("publish --from 1026-07-01 --to 2026-10-01", "between 1995 and 2200"),
            ("publish --from 2026-07-01 --to 9999-12-31", "between 1995 and 2200"),
            ("publish --from 2026-10-01 --to 2026-07-01", "must be later"),
            ("publish --from 2026-07-01 --to 2026-07-01", "must be later"),
            ("publish --from -5 --to 2026-07-01", "is no day"),
            ("publish --from 2026-07-01 --to 2026-10-01 --name ../x", "cannot name"),
            ("publish --from 2026-07-01 --to 2026-10-01 --name v1.0", "cannot name"),
            ("publish --from 2026-07-01 --to 2026-10-01 --name ''", "cannot name"),
            ("standings --by planet", "is not one of"),
            ("standings --kind rage", "is not one of"),
            ("standings --count cats", "is not one of"),
            ("standings --format xml", "is not one of"),
            ("standings --family unmixed", "is not one of"),
            ("registry fly", "No such command"),
            ("up --port 0", "is not in the range"),
            ("up --port 65536", "is not in the range"),
            ("up --port http", "is not a valid integer"),
            ("up --workers 0", "is not in the range"),
            ("doctor --frown", "No such option"),
        ],
    )
    def test_is_explained(self, run, tmp_path, typed, said):
        import shlex

        code, out, err = run(*shlex.split(typed))
        assert code == 2
        assert said in err
        assert out == ""
        assert not (tmp_path / "var").exists()


BAD_FILES = {
    "empty": b"",
    "nothing but a header": HEAD.encode(),
    "another header": b"when,who\n1,2\n",
    "NUL bytes": b"\0" * 5_000,
    "NUL in a field": rows(3).replace("person1", "per\0son1").encode(),
    "UTF-16": rows(3).encode("utf-16"),
    "Latin-1": rows(3).replace("person1", "p\xe9rson").encode("latin-1"),
    "no text at all": bytes(range(256)) * 64,
    "a line of 10 MB": (HEAD + "bluesky,acme.example," + "x" * 10_000_000).encode(),
    "a quote that never ends": (HEAD + 'bluesky,"acme.example' + "\nx" * 999).encode(),
    "a negative wait": (
        HEAD + "bluesky,a.example,1,p,1782864000,question,5\n"
    ).encode(),
    "an absurd time": (HEAD + "bluesky,a.example,1,p,9e99,question,\n").encode(),
    "an endless number": (HEAD + f"bluesky,a.example,1,p,{'9' * 500},,\n").encode(),
    "a channel nobody knows": (HEAD + "pigeon,acme,1,p,1782864000,,\n").encode(),
    "JSON in a CSV": b'{"channel": "bluesky"}\n' * 20,
    "Parquet that is none": b"PAR1" + b"x" * 100 + b"PAR1",
}


class TestImport:
    @pytest.mark.parametrize(
        ("format", "ending"),
        [
            ("interactions", ".csv"),
            ("interactions", ".jsonl"),
            ("interactions", ".parquet"),
            ("twcs", ".csv"),
            ("google_play", ".csv"),
        ],
    )
    @pytest.mark.parametrize("what", BAD_FILES)
    def test_a_bad_file_is_refused_or_its_rows_are(
        self, run, tmp_path, what, ending, format
    ):
        path = tmp_path / f"bad{ending}"
        path.write_bytes(BAD_FILES[what])
        code, out, err = run("import", format, path)
        assert code in (0, 1)
        if code:
            assert "a mistake of ours" not in err, err
            assert len(err) < 2_000
        else:
            assert "rows read" in out

    def test_a_format_nobody_reads(self, run, conversations):
        code, _, err = run("import", "telepathy", conversations)
        assert code == 1
        assert "there is no format 'telepathy'" in err
        assert "interactions" in err

    def test_a_missing_file_stops_before_anything(self, run, conversations, tmp_path):
        code, out, err = run(
            "import", "interactions", conversations, tmp_path / "no.csv"
        )
        assert code == 1
        assert "no.csv; nothing was imported" in err
        assert out == ""

    def test_a_folder_is_no_file(self, run, tmp_path):
        code, _, err = run("import", "interactions", tmp_path)
        assert code == 1
        assert "no such file" in err

    def test_the_same_file_twice_changes_nothing(self, run, conversations):
        code, out, _ = run("import", "interactions", conversations)
        assert code == 0
        assert "120 rows read, 120 inquiries kept (120 new" in out
        assert "accounts in no registry (unclassified): 1" in out
        _, out, _ = run("import", "interactions", conversations)
        assert "(0 new, 0 changed, 120 as they were)" in out

    def test_refused_rows_are_counted_with_their_reason(self, run, tmp_path):
        path = tmp_path / "some.csv"
        path.write_text(rows(4) + "bluesky,acme.example,q9,p,yesterday,question,\n")
        code, out, _ = run("import", "interactions", path)
        assert code == 0
        assert "5 rows read, 4 inquiries kept" in out
        assert "refused 1: " in out

    def test_json(self, run, conversations):
        _, out, _ = run("import", "interactions", conversations, "--json")
        (report,) = json.loads(out)
        assert report["read"] == report["kept"] == report["new"] == 120
        assert report["unknown_accounts"] == [["bluesky", "acme.example"]]

    def test_what_was_imported_before_a_bad_file_is_said(
        self, run, conversations, tmp_path
    ):
        bad = tmp_path / "bad.csv"
        bad.write_bytes(b"when,who\n1,2\n")
        code, out, err = run("import", "interactions", conversations, bad)
        assert code == 1
        assert "120 inquiries kept" in out
        assert "bad.csv" in err


class TestPublish:
    def test_a_period_without_inquiries(self, run):
        code, _, err = run("publish", *PERIOD)
        assert code == 1
        assert "no inquiry is known" in err

    def test_an_edition_is_never_changed(self, run, published):
        code, _, err = run("publish", *PERIOD)
        assert code == 1
        assert "'2026-Q3' exists and editions are never changed" in err

    def test_a_period_that_is_not_over(self, run, published):
        code, _, err = run("publish", "--from", "2199-01-01", "--to", "2199-04-01")
        assert code == 1
        assert "2199" in err or "expected a day" in err

    def test_json(self, run, published):
        code, out, _ = run("publish", *PERIOD, "--name", "again", "--json")
        assert code == 0
        edition = json.loads(out)
        assert edition["name"] == "again"
        assert edition["sample"] is False


class TestStandings:
    def test_csv(self, run, published):
        code, out, _ = run("standings", "--format", "csv")
        assert code == 0
        head, line = out.splitlines()
        figures = dict(zip(head.split(","), line.split(","), strict=True))
        assert figures["slug"] == "acme-example"
        assert figures["inquiries"] == "120"
        assert figures["share_t1"] == "0.5"
        assert figures["status"] == "ranked"

    @pytest.mark.parametrize("by", ["brand", "industry", "account"])
    @pytest.mark.parametrize("kind", ["all", "needs-answer", "question", "compliment"])
    @pytest.mark.parametrize("count", ["people", "messages"])
    def test_every_cut(self, run, published, by, kind, count):
        code, out, err = run("standings", "--by", by, "--kind", kind, "--count", count,
                             "--format", "json")  # fmt: skip
        assert code == 0, err
        assert isinstance(json.loads(out), list)

    def test_table(self, run, published):
        _, out, _ = run("standings")
        assert "acme.example" in out
        assert "50.0 %" in out

    @pytest.mark.parametrize(
        "name", ["2031-Q1", "'; drop table edition --", "\0", "🙂"]
    )
    def test_an_unknown_edition(self, run, published, name):
        code, _, err = run("standings", "--edition", name)
        assert code == 1
        assert "there is no edition" in err

    def test_an_unknown_channel(self, run, published):
        code, _, err = run("standings", "--channel", "pigeon")
        assert code == 1
        assert "'pigeon' is none of" in err

    def test_nothing_published(self, run):
        code, _, err = run("standings")
        assert code == 1
        assert "nothing has been published yet" in err


class TestRegistry:
    def test_the_projects_own_has_no_problem(self, run):
        code, out, _ = run("registry", "check")
        assert code == 0
        assert "no problem" in out

    def test_problems_are_printed_with_their_line(self, run, tmp_path):
        for name in ("industries", "brands", "accounts"):
            text = (ROOT / "registry" / f"{name}.csv").read_text()
            (tmp_path / f"{name}.csv").write_text(text)
        with (tmp_path / "brands.csv").open("a") as file:
            file.write("zz,No Industry,nowhere,,,,,\n")
        code, out, err = run("registry", "check", tmp_path)
        assert code == 1
        assert "brands.csv:" in out
        assert "nowhere" in out
        assert "printed above" in err
        code, _, err = run("registry", "load", tmp_path)
        assert code == 1
        assert "brands.csv:" in err

    @pytest.mark.parametrize("command", ["check", "load"])
    def test_a_folder_that_is_not_there(self, run, tmp_path, command):
        code, _, err = run("registry", command, tmp_path / "none")
        assert code == 1
        assert "expected the registry's folder" in err

    def test_load(self, run):
        code, out, _ = run("registry", "load")
        assert code == 0
        assert out.startswith("Loaded ")

    def test_live_says_what_exists_and_why_not(self, run, monkeypatch):
        from jobs import registry

        found = [
            registry.Live(
                channel="bluesky",
                resolved={"acme.example": "did:plc:acme"},
                unresolved={"gone.example": "nobody has that handle"},
            ),
            registry.Live(channel="x", left=3, why_left="it needs a key"),
        ]
        monkeypatch.setattr(registry, "check_live", lambda *_a, **_k: found)
        code, out, _ = run("registry", "check", "--live")
        assert code == 0
        assert "bluesky: 1 accounts exist, 1 do not, 0 not asked for\n" in out
        assert "  gone.example: nobody has that handle" in out
        assert "x: 0 accounts exist, 0 do not, 3 not asked for (it needs a key)" in out


class TestCollect:
    def test_a_channel_that_is_not_looked_at(self, run):
        code, _, err = run("collect", "--channel", "pigeon")
        assert code == 1
        assert "'pigeon' is not one that is looked at" in err

    def test_a_brand_nobody_knows(self, run):
        code, _, err = run("collect", "--brand", "nobody")
        assert code == 1
        assert "'nobody' has no account" in err


class TestInstallation:
    def test_migrate(self, run, tmp_path):
        assert run("migrate")[0] == 0
        assert run("migrate")[0] == 0
        assert (tmp_path / "var" / "answerable.db").exists()

    def test_a_wrong_setting_is_named(self, run, monkeypatch):
        monkeypatch.setenv("ANSWERABLE_BLUESKY_RETENTION_HOURS", "many")
        code, _, err = run("migrate")
        assert code == 1
        assert "ANSWERABLE_BLUESKY_RETENTION_HOURS" in err

    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("mysql://host/db", "cannot be used"),
            ("no address", "is no database address"),
            ("sqlite:///:memory:", "a file, not memory"),
            ("postgresql://nobody@127.0.0.1:9/none", "the database cannot be used"),
        ],
    )
    def test_a_database_that_cannot_be_used(self, run, monkeypatch, address, said):
        monkeypatch.setenv("ANSWERABLE_DATABASE_URL", address)
        code, _, err = run("migrate")
        assert code == 1
        assert said in err

    def test_a_file_that_is_no_database(self, run, tmp_path):
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "answerable.db").write_bytes(b"my diary" * 1_000)
        code, _, err = run("standings")
        assert code == 1
        assert "the database cannot be used: file is not a database" in err
        code, out, err = run("doctor")
        assert code == 1
        assert "file is not a database" in out

    def test_a_var_folder_that_is_a_file(self, run, tmp_path):
        (tmp_path / "var").write_text("I was here first")
        code, _, err = run("migrate")
        assert code == 1
        assert "var" in err

    def test_sample(self, run, monkeypatch):
        from jobs import sample

        monkeypatch.setattr(sample, "make", lambda _settings: ["2026-Q2", "2026-Q3"])
        code, out, _ = run("sample")
        assert (code, out) == (0, "Made sample editions 2026-Q2, 2026-Q3.\n")


class TestMistakesOfOurs:
    @pytest.fixture
    def broken(self, monkeypatch):
        def breaks(error: BaseException) -> None:
            def raises(*_args: object, **_more: object) -> None:
                raise error

            from jobs import registry

            monkeypatch.setattr(registry, "check", raises)

        return breaks

    def test_become_a_line(self, run, broken):
        broken(KeyError("cheese"))
        code, _, err = run("registry", "check")
        assert code == 1
        assert "a mistake of ours, KeyError: 'cheese'" in err
        assert "--debug" in err

    def test_show_where_when_asked(self, broken, capsys):
        broken(KeyError("cheese"))
        assert cli.main(["--debug", "registry", "check"]) == 1
        assert "Traceback" in capsys.readouterr().err

    def test_an_interruption_is_no_mistake(self, run, broken):
        broken(KeyboardInterrupt())
        code, _, err = run("registry", "check")
        assert (code, err) == (1, "answerable: stopped before it was done\n")

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (PermissionError(13, "Permission denied", "x.csv"), "x.csv: Permission"),
            (OSError("it is gone"), "it is gone"),
            (MemoryError(), "not enough memory"),
        ],
    )
    def test_what_the_machine_refuses_is_a_sentence(self, run, broken, error, said):
        broken(error)
        code, _, err = run("registry", "check")
        assert code == 1
        assert said in err
        assert "mistake" not in err


def test_a_reader_who_has_seen_enough(tmp_path):
    """`answerable registry check | head -1` says nothing more."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -c 'import sys, cli;"
         " sys.exit(cli.main())' registry check | true"],
        cwd=ROOT,
        env=os.environ | {"ANSWERABLE_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.stderr == ""
