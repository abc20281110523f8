"""Runs the website and the worker side by side, and stops both.

The website is what people came for: without it there is nothing, so its end is the
end of all. The worker may fail and is started again, after longer and longer pauses.
"""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from jobs import Failed
from settings import ROOT

Say = Callable[[str], None]

START_S = 60
"""How long the website may take until it answers."""

STOP_S = 15
"""How long a process may take to stop; then it is ended."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")

PAUSES_S = (1, 2, 5, 15, 60)
"""Before the worker is started again. The last is kept."""

STEADY_S = 300
"""A worker that ran this long begins again with the shortest pause."""


class PortTaken(Failed):
    """The website cannot be started at that address."""


def check_free(host: str, port: int) -> None:
    """Raises PortTaken when the website could not be started there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as problem:
        other = port + 1 if port < 65_535 else 8_000
        raise PortTaken(
            f"cannot serve on {host} port {port} ({problem}); stop what runs there, or"
            f" choose another: answerable up --port {other}"
        ) from None


def own_address(host: str, port: int) -> str:
    """Where readers find a website that only this machine reaches; '' of any other,
    which they may know by a name that nobody has told us."""
    if host not in LOOPBACK:
        return ""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass
class Child:
    """One process, started in a session of its own so that Ctrl-C reaches us only."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    again_at: float = 0.0  # not before this moment; monotonic seconds
    failures: int = 0

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.started = time.monotonic()

    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return None if self.process is None else self.process.poll()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.code() is None:
            self.process.terminate()

    def wait_or_end(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Supervisor:
    """Both processes, until one of SIGTERM and SIGINT comes or the website ends."""

    host: str
    port: int
    workers: int
    say: Say
    asked_to_stop: bool = False
    website: Child = field(init=False)
    worker: Child = field(init=False)

    def __post_init__(self) -> None:
        at = f"[{self.host}]" if ":" in self.host else self.host
        serve = ["gunicorn", "wsgi:app", "--bind", f"{at}:{self.port}"]
        serve += ["--workers", str(self.workers)]
        self.website = Child("website", [sys.executable, "-m", *serve])
        self.worker = Child("worker", [sys.executable, "-m", "worker"])

    def run(self, while_starting: Callable[[], None]) -> int:
        """Exit code: 0 stopped when asked to, 1 the website ended by itself.

        ``while_starting`` is done in this process while the website comes up.
        """
        with self._signals():
            try:
                self.website.start()
                while_starting()
                if self._answers():
                    self.say(f"Answerable is at {self.address}")
                    self.worker.start()
                    self._watch()
            finally:
                self._stop()
        if self.asked_to_stop:
            self.say("Stopped.")
            return 0
        return 1

    @property
    def address(self) -> str:
        at = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(
            self.host, self.host
        )
        return f"http://{f'[{at}]' if ':' in at else at}:{self.port}"

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(_signal: int, _frame: object) -> None:
            self.asked_to_stop = True

        before = {s: signal.signal(s, stop) for s in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _answers(self) -> bool:
        """Waits until the website answers; False when it does not come up."""
        deadline = time.monotonic() + START_S
        while not self.asked_to_stop and time.monotonic() < deadline:
            if self._website_ended():
                return False
            if self._asked_for("/healthz"):
                return True
            time.sleep(0.1)
        if not self.asked_to_stop:
            self.say(f"The website did not answer within {START_S} s.")
        return False

    def _asked_for(self, path: str) -> bool:
        host = self.address.removeprefix("http://").rpartition(":")[0].strip("[]")
        connection = http.client.HTTPConnection(host, self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _watch(self) -> None:
        while not self.asked_to_stop and not self._website_ended():
            self._keep_worker()
            time.sleep(0.2)

    def _website_ended(self) -> bool:
        code = self.website.code()
        if code is None or self.asked_to_stop:
            return False
        self.say(f"The website ended ({_how(code)}); its own lines above say why.")
        return True

    def _keep_worker(self) -> None:
        worker, now = self.worker, time.monotonic()
        code = worker.code()
        if code is not None:
            if now - worker.started > STEADY_S:
                worker.failures = 0
            pause = PAUSES_S[min(worker.failures, len(PAUSES_S) - 1)]
            worker.failures += 1
            worker.process, worker.again_at = None, now + pause
            self.say(f"The worker ended ({_how(code)}); it starts again in {pause} s.")
        elif worker.process is None and now >= worker.again_at:
            worker.start()

    def _stop(self) -> None:
        children = (self.worker, self.website)
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_S
        for child in children:
            child.wait_or_end(deadline)


def _how(code: int) -> str:
    if code < 0:
        return f"by {signal.Signals(-code).name}"
    return f"exit code {code}"
