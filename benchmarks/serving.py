"""`/` as gunicorn serves it, against a bare Flask view of a body as large.

Both run at once under the same gunicorn settings (2 sync workers, this machine's
loopback) and are asked in turn by wrk, so that a busy machine slows both. The floor
does nothing but return a constant: no negotiation, no headers of ours. Body: what a
browser gets that asks for gzip, br and zstd.
"""

import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
ACCEPT = "gzip, deflate, br, zstd"
ROUNDS = 5
SECONDS = 4
TARGET = 0.9
CONNECTIONS = (16, 64)

FLOOR = """
from flask import Flask

app = Flask(__name__)
BODY = bytes(i * 7 % 251 for i in range({size}))


@app.get("/")
def home():
    return BODY
"""


def run() -> list[str]:
    """One line per number of connections: rates, their ratio, the slowest percent."""
    if shutil.which("wrk") is None:
        return ["left out: wrk is not installed (Debian's package wrk)"]
    with tempfile.TemporaryDirectory() as folder:
        _sample(Path(folder))
        with _gunicorn("wsgi:app", ROOT, folder) as site:
            size = len(_body(site))
            (Path(folder) / "floor.py").write_text(FLOOR.format(size=size))
            with _gunicorn("floor:app", Path(folder), folder) as floor:
                return [
                    f"/ of {size} bytes, {_compared(site, floor, number)}"
                    for number in CONNECTIONS
                ]


def _sample(var: Path) -> None:
    from jobs import sample
    from settings import Settings

    sample.make(Settings(var=var, database_url=""))


@contextmanager
def _gunicorn(app: str, cwd: Path, var: str) -> Iterator[str]:
    port = _free_port()
    config = ROOT / "gunicorn.conf.py"
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(config), app]
        + ["--chdir", str(cwd), "-w", "2", "-b", f"127.0.0.1:{port}"]
        + ["--log-level", "error"],
        cwd=cwd,
        env={"ANSWERABLE_VAR": var, "PATH": "/usr/bin:/bin"},
    )
    try:
        address = f"http://127.0.0.1:{port}/"
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(15)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            _body(address)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answered at {address} within a minute")


def _body(address: str) -> bytes:
    request = Request(address, headers={"Accept-Encoding": ACCEPT})
    with urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def _compared(site: str, floor: str, connections: int) -> str:
    for address in (site, floor):
        _wrk(address, connections, 1)  # warm: both workers have rendered
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(_wrk(site, connections, SECONDS))
        bare.append(_wrk(floor, connections, SECONDS))
    rate, least = (statistics.median(r for r, _ in runs) for runs in (ours, bare))
    slow, slow_bare = (statistics.median(p for _, p in runs) for runs in (ours, bare))
    ratio = statistics.median(a / b for (a, _), (b, _) in zip(ours, bare, strict=True))
    verdict = "reached" if ratio >= TARGET else "MISSED"
    return (
        f"{connections} connections: {rate:,.0f}/s, bare view {least:,.0f}/s, ratio"
        f" {ratio:.2f} (target {TARGET}: {verdict}); 99 % within {slow:.1f} ms, bare"
        f" {slow_bare:.1f} ms"
    )


def _wrk(address: str, connections: int, seconds: int) -> tuple[float, float]:
    """Requests per second, and the wait in milliseconds that 99 % stay below."""
    done = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency"]
        + ["-H", f"Accept-Encoding: {ACCEPT}", address],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in done:
        raise RuntimeError(f"{address} answered with errors:\n{done}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", done)
    if rate is None or slowest is None:
        raise RuntimeError(f"wrk said something else than expected:\n{done}")
    unit = {"us": 0.001, "ms": 1.0, "s": 1_000.0}[slowest[2]]
    return float(rate[1]), float(slowest[1]) * unit
