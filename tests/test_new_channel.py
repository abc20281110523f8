"""`make new-channel`: what it writes is sound, and fails until somebody goes on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from test_house import files

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is, without its history, environment and data."""
    made = tmp_path_factory.mktemp("project")
    for path in files():
        there = made / path.relative_to(ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, there)
    return made


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "COV", "ANSWERABLE"))
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
    )


def new(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(copy, "tools/new_channel.py", *arguments)


@pytest.fixture(scope="module")
def made(copy: Path) -> Path:
    done = new(
        copy, SLUG, "--family", "support", "--title", "A Board Where Sprockets Are Po"
    )
    assert done.returncode == 0, done.stderr
    assert (
        "tests/test_a_board_of_sprockets.py, which fails until there is" in done.stdout
    )
    assert "docs/add-a-channel.md, step 2" in done.stdout
    return copy


SLUG = "a_board_of_sprockets"
"""As long as one may be, so that every line fits."""
QUIET = ["-p", "no:cacheprovider", "--noconftest"]
WRITTEN = [
    "collectors/channels/a_board_of_sprockets.py",
    "tests/test_a_board_of_sprockets.py",
]
CHANGED = ["settings.py", "model/words.py"]


def test_it_is_laid_out_and_linted(made: Path) -> None:
    for check in (["format", "--check", *CHANGED], ["check"]):
        done = run(made, "-m", "ruff", *check, "--no-cache", *WRITTEN)
        assert done.returncode == 0, done.stdout


def test_its_types_are_right(made: Path) -> None:
    done = run(made, "-m", "mypy", WRITTEN[0])
    assert done.returncode == 0, done.stdout


def test_it_fails_for_want_of_a_recording(made: Path) -> None:
    done = run(made, "-m", "pytest", "-q", *QUIET, WRITTEN[1])
    assert done.returncode == 1, done.stdout
    assert "1 failed" in done.stdout
    assert "a_board_of_sprockets has no recording yet: put one response" in done.stdout


def test_it_is_a_channel_like_the_others(made: Path) -> None:
    ours = ["tests/test_channels.py", "-k", "a_board_of_sprockets or every_recording"]
    done = run(made, "-m", "pytest", "-q", *QUIET, *ours)
    assert done.returncode == 0, done.stdout
    code = (
        "from settings import Settings; from model import CHANNEL_FAMILY as f;"
        "print(f['a_board_of_sprockets'], Settings().a_board_of_sprockets_first_days)"
    )
    assert run(made, "-c", code).stdout == "support 14\n"


def test_a_recording_makes_its_test_pass(made: Path) -> None:
    folder = made / "tests" / "recordings" / "a_board_of_sprockets"
    page = '[{"id": 5, "author": 9, "created_at": "2026-03-01T10:00:00Z"}]'
    (folder / "page.json").write_text(page)
    test = ["-m", "pytest", "-q", *QUIET, WRITTEN[1]]
    assert "has no recording yet" not in run(made, *test).stdout
    expected = {
        "asked": [{"thread": f"{SLUG}|acme|5", "author": "9", "at": 1_772_359_200}],
        "answered": [],
        "refused": {},
    }
    (folder / "expected.json").write_text(json.dumps(expected))
    assert run(made, *test).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["Sprocket"], "cannot name a channel; use 2 to 20 small letters"),
        (["class"], "cannot name a channel"),
        (["../sprocket"], "cannot name a channel"),
        (["github"], "collectors/channels/github is there already"),
        (["bluesky"], "collectors/channels/bluesky is there already"),
        (["gadget"], "gadget is in no family yet, and '' is none; add FAMILY="),
        (["gadget", "--family", "zoo"], "one of social, support, reviews"),
        (["gadget", "--family", "social", "--title", 'a"b'], "is no title"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_written(
    copy: Path, arguments: list[str], why: str
) -> None:
    before = {p: p.stat().st_mtime_ns for p in copy.rglob("*.py")}
    done = new(copy, *arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert why in done.stderr
    assert done.stderr.count("\n") == 1
    assert {p: p.stat().st_mtime_ns for p in copy.rglob("*.py")} == before
