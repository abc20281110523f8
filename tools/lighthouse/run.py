"""`make lighthouse`: Google's Lighthouse, as on a phone, against gunicorn with the
sample; fails below 95 of 100 in any of four marks on any of the pages.

A mark for speed says as much of the machine as of the page: each page is tried again
while it misses, at most ``TRIES`` times, and the machine's own mark is printed beside
it (Lighthouse's benchmark index; below about 1,000 it was busy with something else).
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

HOME = Path(__file__).parent
ROOT = HOME.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
LEAST, TRIES, WAIT_S = 95, 4, 60.0
MARKS = ("performance", "accessibility", "best-practices", "seo")
FLAGS = (
    "--headless=new --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)


class Result(NamedTuple):
    marks: dict[str, int]
    index: float
    missed: list[str]  # single checks, of the marks that are too low


def main() -> int:
    if shutil.which("npm") is None or shutil.which("chromium") is None:
        _say("npm and chromium are needed: install both, then try again.")
        return 2
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save"]
    subprocess.run([*install, "--no-package-lock"], cwd=HOME, check=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = _sample(Path(folder))
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            port = int(door.getsockname()[1])
        site = _gunicorn(port, folder)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", site)
            results = [_page(f"http://127.0.0.1:{port}{path}", path) for path in paths]
        finally:
            site.terminate()
            site.wait(15)
    return 0 if all(results) else 1


def _sample(var: Path) -> tuple[str, ...]:
    """The pages of a sample made there: with its best brand and that one's industry."""
    from jobs import sample
    from settings import Settings
    from store import Store

    settings = Settings(var=var, database_url="")
    sample.make(settings)
    store = Store(settings.sample_database)
    current = store.current_edition()
    assert current is not None
    assert current.id is not None
    rows = store.standings(current.id, "brand", headline=True)
    store.close()
    best, *_ = sorted(rows, key=lambda row: (row.rank or 10_000, row.slug))
    return (
        "/",
        f"/industries/{best.industry}",
        f"/brands/{best.slug}",
        "/compare",
        "/method",
    )


def _gunicorn(port: int, var: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app", "-b", f"127.0.0.1:{port}"]
        + ["--log-level", "error"],
        cwd=ROOT,
        env={
            **os.environ,
            "ANSWERABLE_VAR": var,
            "ANSWERABLE_DATABASE_URL": "",
            "ANSWERABLE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        },
    )


def _wait(address: str, site: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + WAIT_S
    while site.poll() is None and time.monotonic() < until:
        try:
            urlopen(address, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"nothing answered at {address} within a minute")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _page(address: str, path: str) -> bool:
    """Whether the page reaches every mark in one of its tries. One in which the browser
    recorded nothing ("please run Lighthouse again") has told nothing."""
    missed = ["nothing was measured"]
    for tried in range(1, TRIES + 1):
        try:
            result = _lighthouse(address)
        except RuntimeError as problem:
            _say(f"{path}: {problem} (try {tried})")
            continue
        missed = result.missed
        marks = ", ".join(f"{name} {mark}" for name, mark in result.marks.items())
        _say(f"{path}: {marks} (try {tried}, machine {result.index:.0f})")
        if min(result.marks.values()) >= LEAST:
            return True
    _say(f"{path}: missed; {'; '.join(missed)}")
    return False


def _lighthouse(address: str) -> Result:
    flags = FLAGS + (" --no-sandbox" if os.geteuid() == 0 else "")
    done = subprocess.run(
        [str(HOME / "node_modules" / ".bin" / "lighthouse"), address, "--quiet"]
        + ["--output=json", f"--only-categories={','.join(MARKS)}"]
        + [f"--chrome-flags={flags}"],
        capture_output=True,
        env={**os.environ, "CHROME_PATH": str(shutil.which("chromium"))},
    )
    if done.returncode:
        raise RuntimeError(f"lighthouse failed: {done.stderr.decode().strip()[-500:]}")
    return _read(json.loads(done.stdout))


def _read(said: dict[str, Any]) -> Result:
    marks = {name: round(100 * said["categories"][name]["score"]) for name in MARKS}
    missed = [
        f"{check['id']} {said['audits'][check['id']].get('displayValue', '')}".strip()
        for name in MARKS
        if marks[name] < LEAST
        for check in said["categories"][name]["auditRefs"]
        if check["weight"] and (said["audits"][check["id"]]["score"] or 0) < 0.9
    ]
    return Result(marks, said["environment"]["benchmarkIndex"], missed)


if __name__ == "__main__":
    sys.exit(main())
