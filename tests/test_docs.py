"""The documents say what there is, all of it, and no more."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from collectors import channels
from settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))

sys.path.append(str(ROOT / "tools"))
import docs  # noqa: E402  # tools/docs.py, no part of the project's own path


@pytest.mark.parametrize("name", docs.GENERATED)
def test_what_is_generated_is_up_to_date(name):
    written = (ROOT / "docs" / name).read_text()
    assert written == docs.GENERATED[name](), "run `make docs`"


def test_every_setting_is_in_the_table():
    table = (ROOT / "docs" / "settings.md").read_text()
    for name in Settings.model_fields:
        assert f"`ANSWERABLE_{name.upper()}`" in table


def test_no_setting_is_named_that_is_none():
    known = {f"ANSWERABLE_{name.upper()}" for name in Settings.model_fields}
    for path in DOCS:
        named = set(re.findall(r"ANSWERABLE_[A-Z_]+", path.read_text()))
        assert named <= known, path


def test_every_make_target_is_explained_and_every_named_one_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert targets - explained <= {"lint", "types"}  # parts of `make check`
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(phony.split()) == targets
    for path in DOCS:
        # in code only: prose says "make" too
        for code in re.findall(r"`make ([a-z-]+)|^    make ([a-z-]+)", path.read_text(),
                               re.MULTILINE):  # fmt: skip
            assert {name for name in code if name} <= targets, path


def test_every_channel_is_documented():
    text = "\n".join(path.read_text() for path in DOCS)
    for slug in channels():
        assert f"`{slug}`" in text, f"no document names channel {slug}"


def test_every_command_named_exists():
    import cli

    known = set(cli.answerable.commands)
    for path in DOCS:
        named = set(re.findall(r"answerable ([a-z]+)\b(?!\.db)", _code(path)))
        assert named <= known, path


def _code(path: Path) -> str:
    """What stands between backticks, or is indented as code."""
    text = path.read_text()
    ticked = re.findall(r"`([^`\n]+)`", text)
    return "\n".join([*ticked, *re.findall(r"^    (.*)$", text, re.MULTILINE)])


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        if "://" not in link:
            assert (path.parent / link).exists(), link


def test_the_readme_is_read_in_a_minute():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 75
    assert "make run" in text
    assert "make test" in text


def test_readme_commands_are_make_targets():
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", "run", "test"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_decisions_keep_their_form(path):
    text = path.read_text()
    number = int(path.stem[:4])
    assert text.startswith(f"# {number}. ")
    assert re.search(r"^20\d\d-\d\d-\d\d\. (Accepted|Replaced by \d+)\.$", text, re.M)
    parts = ["**Context.**", "**Decision.**", "**Consequences.**"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert len(text.splitlines()) <= 45, "a decision fits on a screen"


def test_decisions_are_numbered_without_gaps():
    numbers = [int(path.stem[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
