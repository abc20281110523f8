"""What is logged: an event a line, in words or as JSON, and never a key."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

import logs
from fixtures_store import free_port
from settings import Settings

ROOT = Path(__file__).parent.parent


@contextmanager
def logging_to_stderr(settings: Settings):
    before, level = logging.root.handlers[:], logging.root.level
    try:
        logs.to_stderr(settings)
        yield logging.getLogger("a.place")
    finally:
        logging.root.handlers[:] = before
        logging.root.setLevel(level)


@pytest.fixture
def said(tmp_path, capsys):
    """Logs by the settings and gives the lines."""

    def lines(do, form: str = "text", **more) -> list[str]:
        with logging_to_stderr(Settings(var=tmp_path, log_format=form, **more)) as log:
            do(log)
        return capsys.readouterr().err.splitlines()

    return lines


def look(log) -> None:
    log.info(
        "look channel=%s read=%d problem=%s", "bluesky", 12, 'it said "no"\nand went'
    )


def test_words_and_pairs(said):
    (line,) = said(look)
    when, rest = line.split(" ", 1)
    assert (len(when), when[10], when[19]) == (20, "T", "Z")
    assert rest == (
        "INFO a.place look channel=bluesky read=12"
        r' problem="it said \"no\"\nand went"'
    )


def test_the_same_as_json(said):
    (line,) = said(look, "json")
    told = json.loads(line)
    assert told.pop("at").endswith("Z")
    assert told == {
        "level": "INFO",
        "place": "a.place",
        "event": "look",
        "channel": "bluesky",
        "read": 12,
        "problem": 'it said "no"\nand went',
    }


@pytest.mark.parametrize(
    ("words", "values", "event", "named"),
    [
        ("worker stops", (), "worker stops", {}),
        ("the database could not be read: %s", ("gone",),
         "the database could not be read: gone", {}),
        ("of %s named=%s", (1, 2), "of 1 named=2", {}),
        ("job failed job=%s problem=%r", ("look", None), "job failed",
         {"job": "look", "problem": None}),
        ("took seconds=%.2f", (1.5,), "took", {"seconds": 1.5}),
        ("by name %(a)s", ({"a": "x"},), "by name x", {}),
        ("100 %", (), "100 %", {}),
    ],
)  # fmt: skip
def test_values_have_the_names_that_the_words_give_them(words, values, event, named):
    record = logging.LogRecord("x", logging.INFO, "f", 1, words, values, None)
    assert logs.event(record) == (event, named)


def test_an_empty_value_is_told_from_none(said):
    (line,) = said(lambda log: log.info("look problem=%s at=%s", "", None))
    assert line.endswith('look problem="" at=None')
    (line,) = said(lambda log: log.info("look problem=%s at=%s", "", None), "json")
    assert '"problem": "", "at_": null' in line, "beside when it was logged"


def fail(log) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        log.exception("it broke job=%s", "look")


def test_a_trace_is_folded_into_its_line(said):
    (line,) = said(fail)
    assert "ERROR a.place it broke job=look | Traceback" in line
    assert line.endswith("ValueError: two | lines")
    (line,) = said(fail, "json")
    assert json.loads(line)["trace"].endswith("ValueError: two\nlines")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_key_reaches_a_line(said, form):
    def tell(log) -> None:
        log.info("asked at=%s", "https://x.example/?key=tok-en-12345")
        log.info("asked with tok-en-12345")
        log.info("cannot connect problem=%s", "postgresql://us:p%40ss-word@host/db")
        try:
            raise ValueError("refused p@ss-word")
        except ValueError:
            log.exception("failed")

    lines = said(
        tell,
        form,
        github_token="tok-en-12345",
        database_url="postgresql://us:p%40ss-word@host/db",
    )
    text = "\n".join(lines)
    assert text.count(logs.HIDDEN) == 5  # a trace has the line of the code, too
    assert "tok-en-12345" not in text
    assert "ss-word" not in text


def test_a_short_key_is_no_reason_to_spoil_words(tmp_path):
    assert logs.keys(Settings(var=tmp_path, github_token="ok")) == frozenset()


def test_libraries_below_are_quiet(said):
    assert said(lambda _: logging.getLogger("httpx").info("GET ...")) == []


def test_another_form_is_refused(tmp_path):
    with pytest.raises(ValidationError, match="'text' or 'json'"):
        Settings(var=tmp_path, log_format="xml")


@pytest.mark.parametrize(
    "command",
    [["-m", "worker"], ["-m", "gunicorn", "wsgi:app", "--workers", "1", "-b"]],
    ids=["worker", "website"],
)
def test_each_process_logs_as_json_where_asked(tmp_path, command):
    where = [f"127.0.0.1:{free_port()}"] if "-b" in command else []
    environment = {
        **os.environ,
        "ANSWERABLE_VAR": str(tmp_path),
        "ANSWERABLE_DATABASE_URL": "",
        "ANSWERABLE_COLLECT": "false",
        "ANSWERABLE_LOG_FORMAT": "json",
    }
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, *command, *where], cwd=ROOT, env=environment, stderr=out
        )
        try:
            until = time.monotonic() + 180
            while log.read_text().count("\n") < 2 and time.monotonic() < until:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(told) >= 2
    assert all({"at", "level", "place", "event"} <= each.keys() for each in told)
