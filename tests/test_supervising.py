"""Running website and worker side by side, with other processes in their place."""

import os
import signal
import socket
import sys
import threading
import time

import pytest

from fixtures_store import free_port
from jobs import supervising
from jobs.supervising import Child, PortTaken, Supervisor, check_free, own_address

SERVE = (
    "import http.server as h, sys\n"
    "class A(h.BaseHTTPRequestHandler):\n"
    "    def do_GET(self): self.send_response(200); self.end_headers()\n"
    "    def log_message(self, *_): pass\n"
    "h.HTTPServer(('127.0.0.1', int(sys.argv[1])), A).serve_forever()\n"
)
SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "open(sys.argv[1], 'w').close()\n"
    "time.sleep(60)\n"
)


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-S", "-c", code, *map(str, arguments)]


@pytest.fixture
def port() -> int:
    return free_port()


over = threading.Event()
"""The test is, whatever became of it: nobody is asked to stop any more."""


@pytest.fixture
def supervisor(port, monkeypatch):
    over.clear()
    monkeypatch.setattr(supervising, "PAUSES_S", (0.05, 0.1))
    said: list[str] = []
    one = Supervisor("127.0.0.1", port, 1, said.append)
    one.website.command = python(SERVE, port)
    one.worker.command = python(SLEEP)
    one.said = said
    yield one
    over.set()
    for child in (one.website, one.worker):
        if child.process is not None and child.process.poll() is None:
            child.process.kill()
            child.process.wait()


def soon(what, seconds: float = 90) -> None:
    """Does it from another thread, once the supervisor is at work. What never comes is
    the end of the test, not of everybody's patience."""

    def later() -> None:
        deadline = time.monotonic() + seconds
        while not over.is_set() and not what():
            if time.monotonic() > deadline:
                ask(signal.SIGTERM)
                return
            time.sleep(0.05)

    threading.Thread(target=later, daemon=True).start()


def pid(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def ask(number: int) -> bool:
    os.kill(os.getpid(), number)
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_stops_both(supervisor, number):
    before = signal.getsignal(number)
    done = []
    soon(lambda: supervisor.worker.process is not None and ask(number))
    assert supervisor.run(lambda: done.append(True)) == 0
    assert done == [True]
    assert supervisor.said == [f"Answerable is at {supervisor.address}", "Stopped."]
    assert supervisor.website.code() is not None
    assert supervisor.worker.code() is not None
    assert signal.getsignal(number) is before


def test_a_worker_that_ends_is_started_again_after_longer_pauses(supervisor):
    supervisor.worker.command = python("raise SystemExit(3)")
    soon(lambda: len(supervisor.said) >= 4 and ask(signal.SIGTERM))
    assert supervisor.run(lambda: None) == 0
    assert supervisor.said[1:4] == [
        "The worker ended (exit code 3); it starts again in 0.05 s.",
        "The worker ended (exit code 3); it starts again in 0.1 s.",
        "The worker ended (exit code 3); it starts again in 0.1 s.",
    ]


def test_a_worker_that_ran_long_begins_with_the_shortest_pause(supervisor, monkeypatch):
    monkeypatch.setattr(supervising, "STEADY_S", 0)
    supervisor.worker.command = python("raise SystemExit(3)")
    soon(lambda: len(supervisor.said) >= 3 and ask(signal.SIGTERM))
    supervisor.run(lambda: None)
    assert {line.split("again in ")[1] for line in supervisor.said[1:3]} == {"0.05 s."}


def test_a_website_that_ends_is_the_end(supervisor):
    soon(
        lambda: (
            supervisor.worker.process is not None
            and (os.kill(pid(supervisor.website), signal.SIGKILL) or True)
        )
    )
    assert supervisor.run(lambda: None) == 1
    assert "The website ended (by SIGKILL)" in supervisor.said[-1]
    assert supervisor.worker.code() is not None


def test_a_website_that_does_not_start(supervisor):
    supervisor.website.command = python("raise SystemExit(4)")
    assert supervisor.run(lambda: None) == 1
    assert "The website ended (exit code 4)" in supervisor.said[-1]
    assert supervisor.worker.process is None


def test_a_website_that_never_answers(supervisor, monkeypatch):
    monkeypatch.setattr(supervising, "START_S", 0.3)
    supervisor.website.command = python(SLEEP)
    assert supervisor.run(lambda: None) == 1
    assert supervisor.said == ["The website did not answer within 0.3 s."]


def test_what_fails_while_starting_stops_the_website(supervisor):
    def fails() -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        supervisor.run(fails)
    assert supervisor.website.code() is not None


def test_a_process_that_will_not_stop_is_ended(supervisor, monkeypatch, tmp_path):
    monkeypatch.setattr(supervising, "STOP_S", 0.3)
    ready = tmp_path / "ready"
    supervisor.worker.command = python(STUBBORN, ready)
    soon(lambda: ready.exists() and ask(signal.SIGTERM))
    assert supervisor.run(lambda: None) == 0
    assert supervisor.worker.code() == -signal.SIGKILL


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_the_address_is_one_to_click(host, address):
    one = Supervisor(host, 80, 1, lambda _line: None)
    assert one.address == address
    bind = one.website.command[one.website.command.index("--bind") + 1]
    assert bind == (f"[{host}]:80" if ":" in host else f"{host}:80")


def test_a_free_port_is_free_and_a_taken_one_is_not(port):
    check_free("127.0.0.1", port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(PortTaken, match=f"--port {port + 1}"):
            check_free("127.0.0.1", port)


@pytest.mark.parametrize("host", ["198.51.100.7", "x" * 300])
def test_an_address_that_is_not_ours(host):
    with pytest.raises(PortTaken, match="cannot serve on"):
        check_free(host, 65_535)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("localhost", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
        ("0.0.0.0", ""),
        ("192.0.2.7", ""),
        ("answerable.example", ""),
    ],
)
def test_only_a_website_for_this_machine_knows_its_own_address(host, found):
    assert own_address(host, 8_000) == found
