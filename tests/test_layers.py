"""Who may import whom. Change this table only together with docs/decisions/."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT: dict[str, set[str]] = {
    "settings": set(),
    "logs": {"settings"},
    "mail": {"settings"},
    "speech": set(),
    "model": set(),
    "scoring": {"model"},
    "language": {"model"},
    "collectors": {"model", "language"},
    "store": {"model"},
    "migrations": {"model", "store", "settings"},
    "jobs": {
        "collectors", "language", "mail", "model", "scoring", "settings", "speech",
        "store",
    },
    "web": {"language", "mail", "model", "scoring", "settings", "speech", "store"},
    "wsgi": {"web", "settings"},
    "worker": {"jobs", "logs", "settings"},
    "cli": {"jobs", "logs", "settings", "web"},
}  # fmt: skip
ONLY_THIS = {
    ("web", "scoring"): {"scoring.method", "scoring.trials", "scoring.waits"},
    ("web", "language"): {"language.quality"},
    ("cli", "web"): {"web.app", "web.freezing"},
}
"""Where single modules of a layer are allowed: the site prints the method and how often
it was measured to be right, and reads waits from printed curves (decision 48), nothing
more; a command freezes the site."""

FORBIDDEN_IN_WEB = {
    *("polars", "numpy", "scipy", "pyarrow"),  # columns are for the worker
    "alembic",  # a process that serves pages changes no schema
    *("collectors", "jobs"),
}
SHARED = {"tests", "benchmarks", "tools"}


def layer(path: Path) -> str:
    first, *rest = path.relative_to(ROOT).parts
    return (rest[0] if first == "site" else first).removesuffix(".py")


def sources() -> list[Path]:
    return [
        path
        for path in sorted(ROOT.rglob("*.py"))
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        and layer(path) in MAY_IMPORT
    ]


def imported(source: str) -> set[str]:
    """Every module a file names in an import, in full, functions' own included."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            # `from scoring import method` names a module or a thing in one
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def faults(who: str, source: str) -> list[str]:
    wrong = []
    for name in sorted(imported(source)):
        top = name.partition(".")[0]
        if top not in MAY_IMPORT or top == who:
            continue
        only = ONLY_THIS.get((who, top))
        if top not in MAY_IMPORT[who] or (
            only
            and name != top
            and not any((f"{name}.").startswith(f"{o}.") for o in only)
        ):
            wrong.append(name)
    return wrong


def test_every_layer_is_in_the_table():
    folders = {
        layer(path)
        for path in ROOT.rglob("*.py")
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    }
    assert folders - MAY_IMPORT.keys() <= SHARED | {"gunicorn.conf"}


@pytest.mark.parametrize(
    "path", sources(), ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_import_points_down(path):
    wrong = faults(layer(path), path.read_text())
    assert not wrong, f"{path.relative_to(ROOT)} imports {', '.join(wrong)}"


@pytest.mark.parametrize(
    ("who", "source", "wrong"),
    [
        ("store", "import web", ["web"]),
        ("store", "def f():\n    from jobs.sample import make", ["jobs.sample"]),
        ("web", "from scoring.method import METHOD", []),
        ("web", "from scoring import method", []),
        ("web", "from scoring import edition", ["scoring.edition"]),
        ("web", "import scoring.ranks", ["scoring.ranks"]),
        ("web", "from language.quality import quality", []),
        ("web", "from language import kinds", ["language.kinds"]),
        ("collectors", "from scoring.method import METHOD", ["scoring.method"]),
        ("jobs", "import store, collectors, scoring.tally", []),
        ("model", "import polars", []),
    ],
)
def test_the_table_is_held(who, source, wrong):
    found = faults(who, source)
    assert set(wrong) <= set(found)
    assert bool(found) == bool(wrong)


def test_the_web_process_stays_light():
    """Nothing that a page imports at its top may load the heavy libraries."""
    code = (
        "import sys; sys.path.insert(0, 'site'); import web.app\n"
        f"heavy = {sorted(FORBIDDEN_IN_WEB)!r}\n"
        "sys.exit(' '.join(h for h in heavy if h in sys.modules) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
