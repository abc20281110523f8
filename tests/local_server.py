"""A small web server for tests: it answers as told, and notes what it was asked."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"
    form = ""  # what was sent, when something was

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        with self.server.noting:
            self.server.seen[path] += 1
            self.server.agents.append(self.headers["User-Agent"])
            self.server.at_once += 1
            self.server.most_at_once = max(
                self.server.most_at_once, self.server.at_once
            )
        try:
            answer = self.server.answers.get(path, lambda h: h.give(404))
            self.server.front(answer)(self)
        except OSError:  # the client went away, which some tests are about
            self.close_connection = True
        finally:
            with self.server.noting:
                self.server.at_once -= 1

    def do_POST(self) -> None:
        self.form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.do_GET()

    def give(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.seen: Counter[str] = Counter()
        self.agents: list[str] = []
        self.front: Callable[[Answer], Answer] = lambda answer: answer
        self.noting = threading.Lock()
        self.at_once = self.most_at_once = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ok(body: bytes) -> Answer:
    return lambda h: h.give(200, body)


def first(*answers: Answer) -> Answer:
    """One answer after the other, the last again and again."""
    left = list(answers)
    return lambda h: (left.pop(0) if len(left) > 1 else left[0])(h)
