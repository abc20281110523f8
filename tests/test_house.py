"""Rules every file of the project keeps, whatever it holds."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST, LONGEST_TEST = 420, 700
"""Lines. Tests are flat by rule, so a long one cannot become a package."""
TEXT = {
    ".py", ".md", ".toml", ".txt", ".in", ".ini", ".sh", ".html", ".css", ".js",
    ".json", ".csv", ".jsonl", ".mako", ".svg", ".xml", ".yml", "",
}  # fmt: skip


def files() -> list[Path]:
    """What is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = (ROOT / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file()]


def texts() -> list[Path]:
    return [path for path in files() if path.suffix in TEXT]


def found(pattern: str, paths: list[Path], flags: int = 0) -> list[str]:
    """Where a pattern occurs, as file:line: what."""
    wanted = re.compile(pattern, flags)
    return [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in paths
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        )
        for match in wanted.finditer(line)
    ]


def split(*halves: tuple[str, str]) -> str:
    """Words this file must not hold itself, put together."""
    return "|".join(re.escape(a + b) for a, b in halves)


REGISTRIES = split(
    ("pypi.", "org"), ("python", "hosted.org"), ("npm", "js.org"), ("npm", "js.com"),
    ("crates", ".io"), ("deb.deb", "ian.org"), ("proxy.gol", "ang.org"),
)  # fmt: skip


def test_no_package_registry_is_named():
    assert found(REGISTRIES, texts()) == []


def test_no_path_of_one_machine():
    machine = split(("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("/Us", "ers/"))
    assert found(rf"(?<![\w.}}*])(?:{machine})", texts()) == []


def test_no_note_of_unfinished_work():
    assert found(rf"\b(?:{split(('TO', 'DO'), ('FIX', 'ME'), ('XX', 'X'))})\b",
                 [p for p in texts() if p.suffix != ".csv"]) == []  # fmt: skip


PERSONAL = {
    "an e-mail address": r"[\w.+-]+@[\w-]+\.(?!example\b)\w[\w.-]*",
    "a handle": r"(?<![\w/.])@(?!(?:example|person|brand|someone)\w*\b)[A-Za-z]\w+",
    "a phone number": r"(?<![\w.:/-])\+?\d{1,3}[ (-]{1,2}\d{2,4}[ )-]{1,2}"
    r"\d{3,4}[ -]\d{3,4}\b",
}


def recorded() -> list[Path]:
    held = ("recordings", "fixtures")
    return [
        path
        for path in texts()
        if path.relative_to(ROOT).parts[0] == "tests"
        and any(part in held for part in path.relative_to(ROOT).parts)
    ]


@pytest.mark.parametrize("what", PERSONAL)
def test_no_recording_names_a_person(what):
    assert found(PERSONAL[what], recorded()) == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("an e-mail address", "write to jane.roe@mail.test please"),
        ("a handle", "thanks @janeroe for this"),
        ("a phone number", "call +44 (20) 7946 0018"),
    ],
)
def test_a_person_would_be_found(what, text):
    assert re.search(PERSONAL[what], text)


def test_no_file_is_long():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files()
        if path.suffix in {".py", ".html", ".css", ".js"}
        and (lines := path.read_text().count("\n"))
        > (LONGEST_TEST if path.parent == ROOT / "tests" else LONGEST)
    }
    assert long == {}, "make a package of it"


def test_tests_are_flat_and_the_source_root_is_no_package():
    assert not (ROOT / "site" / "__init__.py").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))
