"""A real Bluesky network on loopback, for tests: its own PDS, PLC and AppView.

Scripts in the shared folder install and start it; this only finds it a place and free
ports, and ends what it started.
"""

import fcntl
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from fixtures_store import SHARED, free_port

SCRIPTS = SHARED / "peers" / "bluesky"
PORTS = 8  # in a row: control, introspection, PLC, PDS, AppView, Jetstream, ...


def _cache() -> Path:
    """Where the network is installed once, and found again."""
    given = os.environ.get("ANSWERABLE_PEERS_DIR")
    return Path(given or Path(tempfile.gettempdir()) / "answerable-peers")


def _run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    if done.returncode:
        name = Path(command[0]).name
        pytest.fail(f"{name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def _redis() -> None:
    if shutil.which("redis-server"):
        return
    if os.getuid() or not shutil.which("apt-get"):
        pytest.skip("the Bluesky network needs Debian's package redis-server")
    _run("apt-get", "update", "-qq")
    _run(
        *("apt-get", "install", "-y", "-qq", "--no-install-recommends"),
        "redis-server",
        DEBIAN_FRONTEND="noninteractive",
    )


def installed() -> Path:
    """The folder of the installed network; the first time takes some minutes."""
    if not SCRIPTS.exists():
        pytest.skip(f"the scripts of the Bluesky network are not there: {SCRIPTS}")
    _redis()
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    cache.chmod(0o755)
    place = cache / "bluesky"
    with (cache / "bluesky.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one installs, the others wait
        if not (place / "complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            _run(SCRIPTS / "install.sh", place)
            (place / "complete").touch()
    return place


def _ports_in_a_row() -> int:
    """Below the range from which the system hands ports out by itself."""
    for _ in range(100):
        base = random.randrange(15_000, 32_000, PORTS)
        try:
            for port in range(base, base + PORTS):
                with socket.socket() as door:
                    door.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise RuntimeError(f"no {PORTS} free ports in a row")


@contextmanager
def network() -> Iterator["Network"]:
    """A seeded network of our own, from the installed programs."""
    programs = installed()
    # PostgreSQL runs as another user, who must be able to come here.
    folder = Path(tempfile.mkdtemp(prefix="bluesky-"))
    folder.chmod(0o755)
    (folder / "app").mkdir()
    for name in ("nbin", "app/node_modules", "app/package.json"):
        (folder / name).symlink_to(programs / name)
    try:
        _run(
            SCRIPTS / "start.sh",
            folder,
            JETSTREAM_SHIM="1",
            PORT_BASE=str(_ports_in_a_row()),
            PG_PORT=str(free_port()),
            REDIS_PORT=str(free_port()),
        )
        made = Network(json.loads((folder / "run" / "manifest.json").read_text()))
        made.wait_for_seed()
        yield made
    finally:
        subprocess.run([SCRIPTS / "stop.sh", folder], capture_output=True, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


class Network:
    """What people and brands do on it, through their own server."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.truth = manifest["inquiries"]
        self.appview = manifest["appview"]
        self.pds = manifest["pds"]
        self.jetstream = f"ws://localhost:{manifest['ports']['jetstream']}/subscribe"
        self.control = f"http://localhost:{manifest['ports']['control']}"
        self.accounts = {each["name"]: each for each in manifest["accounts"]}
        self._tokens: dict[str, str] = {}
        self._unseen: set[tuple[str, str]] = set()
        """What we did, (record key, operation), and the stream has not shown yet."""
        self.posted: dict[str, tuple[float, float]] = {}
        """Address of a post: the wall clock before and after it was made."""

    def wait_for_seed(self) -> None:
        """Until its stream holds everything that was posted before we came."""
        missing = {told["uri"].rpartition("/")[2] for told in self.truth}
        missing |= {
            told["reply"]["uri"].rpartition("/")[2]
            for told in self.truth
            if told["reply"]
        }
        deadline = time.monotonic() + 60
        while missing:
            assert time.monotonic() < deadline, f"the stream never showed {missing}"
            try:
                with closing(
                    connect(f"{self.jetstream}?cursor=1", legacy=True)
                ) as stream:
                    while missing:
                        said = json.loads(stream.recv(timeout=2))
                        missing.discard(said.get("commit", {}).get("rkey"))
            except (OSError, TimeoutError):
                time.sleep(0.5)
        time.sleep(1)  # what was deleted comes last

    def did(self, name: str) -> str:
        return str(self.accounts[name]["did"])

    def handle(self, name: str) -> str:
        return str(self.accounts[name]["handle"])

    def _do(self, name: str, what: str, **body: Any) -> dict[str, Any]:
        headers = {}
        if what != "server.createSession":
            headers["authorization"] = f"Bearer {self._token(name)}"
        answer = httpx.post(
            f"{self.pds}/xrpc/com.atproto.{what}",
            json=body if body or what != "server.activateAccount" else None,
            headers=headers,
            timeout=30,
        )
        assert answer.is_success, f"{what}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def _token(self, name: str) -> str:
        if name not in self._tokens:
            who = {"identifier": self.handle(name)}
            who["password"] = self.accounts[name]["password"]
            session = self._do(name, "server.createSession", **who)
            self._tokens[name] = session["accessJwt"]
        return self._tokens[name]

    def _record(
        self,
        text: str,
        mention: str = "",
        parent: dict[str, str] | None = None,
        root: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "langs": ["en"],
        }
        if mention:
            record["facets"] = [
                {
                    "index": {"byteStart": 0, "byteEnd": 4},
                    "features": [
                        {
                            "$type": "app.bsky.richtext.facet#mention",
                            "did": self.did(mention),
                        }
                    ],
                }
            ]
        if parent:
            record["reply"] = {"parent": parent, "root": root or parent}
        return record

    def post(self, name: str, text: str, **what: Any) -> dict[str, str]:
        """Makes a post; its address and content id."""
        before = time.time()
        made = self._do(
            name,
            "repo.createRecord",
            repo=self.did(name),
            collection="app.bsky.feed.post",
            record=self._record(text, **what),
        )
        self.posted[made["uri"]] = (before, time.time())
        self._unseen.add((made["uri"].rpartition("/")[2], "create"))
        return {"uri": made["uri"], "cid": made["cid"]}

    def edit(self, name: str, post: dict[str, str], text: str, **what: Any) -> None:
        self._do(
            name,
            "repo.putRecord",
            repo=self.did(name),
            collection="app.bsky.feed.post",
            rkey=post["uri"].rpartition("/")[2],
            record=self._record(text, **what),
        )
        self._unseen.add((post["uri"].rpartition("/")[2], "update"))

    def delete(self, name: str, post: dict[str, str]) -> None:
        self._do(
            name,
            "repo.deleteRecord",
            repo=self.did(name),
            collection="app.bsky.feed.post",
            rkey=post["uri"].rpartition("/")[2],
        )
        self._unseen.add((post["uri"].rpartition("/")[2], "delete"))

    def deactivate(self, name: str) -> None:
        """Its owner hides the account, and everything on it."""
        self._do(name, "server.deactivateAccount")

    def activate(self, name: str) -> None:
        self._do(name, "server.activateAccount")

    def rename(self, name: str, handle: str) -> None:
        self._do(name, "identity.updateHandle", handle=handle)

    def settle(self) -> None:
        """Waits until everybody has everything."""
        httpx.get(f"{self.control}/flush", timeout=60).raise_for_status()
        deadline = time.monotonic() + 60
        while self._unseen:
            assert time.monotonic() < deadline, f"never shown: {self._unseen}"
            self._see()
        time.sleep(1.5)  # who is who comes beside it

    def _see(self) -> None:
        """Reads the stream from its beginning until it says nothing new."""
        with (
            suppress(OSError, TimeoutError),
            closing(connect(f"{self.jetstream}?cursor=1", legacy=True)) as stream,
        ):
            while self._unseen:
                commit = json.loads(stream.recv(timeout=5)).get("commit", {})
                self._unseen.discard((commit.get("rkey"), commit.get("operation")))

    def indexed_at(self, uri: str) -> float:
        """When the AppView saw a post."""
        answer = httpx.get(
            f"{self.appview}/xrpc/app.bsky.feed.getPosts",
            params={"uris": [uri]},
            timeout=30,
        )
        (post,) = answer.json()["posts"]
        return datetime.fromisoformat(post["indexedAt"]).timestamp()
