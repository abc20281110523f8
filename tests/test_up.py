"""`answerable up`: website and worker from nothing, and nothing left afterwards."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fixtures_store import free_port

ROOT = Path(__file__).parent.parent
ANSWERABLE = [sys.executable, "-c", "import sys, cli; sys.exit(cli.main())"]
NOWHERE = "http://127.0.0.1:9"  # the discard port: refuses at once
PATIENCE_S = 300  # this machine may be busy

pytestmark = pytest.mark.slow


def environment(var: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ANSWERABLE_")}
    return kept | {
        "ANSWERABLE_VAR": str(var),
        "HTTPS_PROXY": NOWHERE,  # whatever host a channel asks
        "ANSWERABLE_BLUESKY_APPVIEW": NOWHERE,
        "ANSWERABLE_BLUESKY_JETSTREAM": NOWHERE.replace("http", "ws"),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


class Up:
    """A running `answerable up`, and what it has said so far."""

    def __init__(self, var: Path, **more: str) -> None:
        self.port = free_port()
        self.log = var.parent / "up.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [*ANSWERABLE, "up", "--port", str(self.port), "--workers", "1"],
                cwd=ROOT,
                env=environment(var, **more),
                stdout=out,
                stderr=out,
            )

    def said(self) -> str:
        return self.log.read_text()

    def until(self, words: str, times: int = 1) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while self.said().count(words) < times:
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, f"not said: {words}\n{self.said()}"
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE_S
        )
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def children(self) -> dict[int, str]:
        """Process ids and command lines of what it started, and what those did."""
        return _below(self.process.pid)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


def _processes() -> dict[int, tuple[int, str]]:
    """Process id to its parent and its command line, from /proc."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            found[int(folder.name)] = (int(parent), line)
    return found


def _below(pid: int) -> dict[int, str]:
    everything = _processes()
    found: dict[int, str] = {}
    new = {pid}
    while new:
        new = {p for p, (parent, _) in everything.items() if parent in new} - set(found)
        found |= {p: everything[p][1] for p in new}
    return found


def _gone(pids: dict[int, str]) -> bool:
    running = _processes()
    return not any(running.get(p, (0, ""))[1] == line for p, line in pids.items())


def _soon_gone(pids: dict[int, str]) -> bool:
    """Children of children notice that they are orphans, in their time."""
    deadline = time.monotonic() + PATIENCE_S
    while not _gone(pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    return _gone(pids)


@pytest.fixture
def start(tmp_path):
    """Starts it in an empty var folder."""
    started: list[Up] = []

    def go(**more: str) -> Up:
        started.append(Up(tmp_path / "var", **more))
        return started[-1]

    yield go
    for up in started:
        left = up.children()
        if up.process.poll() is None:
            up.process.kill()
            up.process.wait()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def start_quickly(start, sample_var, tmp_path):
    """The same where a sample is there already."""
    (tmp_path / "var").mkdir()
    shutil.copy(sample_var / "sample.db", tmp_path / "var")
    return start


def test_from_nothing_to_a_leaderboard_and_back(start):
    up = start()
    up.until(f"Answerable is at http://127.0.0.1:{up.port}")
    status, page = up.get("/")
    assert status == 200
    assert "sample data" in page.lower()
    assert "Halverdine" in page
    assert up.get("/healthz")[0] == 200
    up.until("worker started")
    children = up.children()
    assert any("gunicorn" in line for line in children.values())
    assert any("-m worker" in line for line in children.values())

    assert up.stop() == 0
    assert "Stopped." in up.said()
    assert "Traceback" not in up.said()
    assert _soon_gone(children)


def test_a_killed_worker_is_started_again_and_the_site_stays(start_quickly):
    up = start_quickly(ANSWERABLE_COLLECT="false")
    up.until("worker started")
    (worker,) = [pid for pid, line in up.children().items() if "-m worker" in line]
    os.kill(worker, signal.SIGKILL)
    up.until("The worker ended (by SIGKILL); it starts again in 1 s.")
    assert up.get("/healthz")[0] == 200
    up.until("worker started", times=2)
    assert up.stop(signal.SIGINT) == 0


def test_without_the_website_nothing_goes_on(start_quickly):
    up = start_quickly(ANSWERABLE_COLLECT="false")
    up.until("worker started")
    children = up.children()
    (website,) = [
        pid
        for pid, line in children.items()
        if "gunicorn" in line and _processes()[pid][0] == up.process.pid
    ]
    os.kill(website, signal.SIGKILL)
    assert up.process.wait(PATIENCE_S) == 1
    assert "The website ended (by SIGKILL)" in up.said()
    assert _soon_gone(children)


def test_without_a_network_each_failed_look_is_one_line(start_quickly):
    up = start_quickly()
    up.until("channel=bluesky outcome=failed")
    lines = [line for line in up.said().splitlines() if "outcome=failed" in line]
    channels = [line.partition("channel=")[2].split()[0] for line in lines]
    assert "bluesky" in channels
    assert len(channels) == len(set(channels))
    assert up.get("/sources")[0] == 200
    assert up.stop() == 0


def test_a_port_in_use_is_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*ANSWERABLE, "up", "--port", str(port)],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"cannot serve on 127.0.0.1 port {port}" in line
    assert f"--port {port + 1}" in line
