"""Two real, federating servers that speak Mastodon's interface (snac), for tests.

Scripts in the shared folder install and start them and seed them with a known truth:
brands on shop.test, people on people.test. This only finds them a place and free ports,
does on them what people do, and ends what it started. snac names a post by ten digits
and the MD5 of its address, and finds it by the latter alone.
"""

import base64
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from typing import Any

import httpx
import pytest

from bluesky_network import _cache, _ports_in_a_row, _run
from fixtures_store import SHARED

SCRIPTS = SHARED / "peers" / "mastodon"
ARRIVES = 60
"""Seconds within which a post reaches the other server."""


def installed() -> Path:
    """The folder of the installed server; the first time takes some seconds."""
    if not SCRIPTS.exists():
        pytest.skip(f"the scripts of the Mastodon servers are not there: {SCRIPTS}")
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    cache.chmod(0o755)
    place = cache / "snac"
    with (cache / "snac.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one installs, the others wait
        if not (place / "complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            _install(place)
            (place / "complete").touch()
        _nginx()
    return place


def _install(place: Path) -> None:
    """Skips where Debian's bookworm is not at hand, which holds the server."""
    if not shutil.which("apt-get"):
        pytest.skip("the Mastodon servers come as a package of Debian")
    program = place / "root" / "usr" / "bin" / "snac"
    for _ in range(2):
        done = subprocess.run(
            [SCRIPTS / "install.sh", place], capture_output=True, text=True, timeout=600
        )
        # Its last word is the program's, which ends with 1 when it is asked nothing.
        if program.exists():
            return
        if os.getuid():
            break
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True, timeout=600)
    if "no Debian bookworm source" in done.stderr:
        pytest.skip("the Mastodon servers are a package of Debian's bookworm")
    pytest.fail(f"install.sh failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def _nginx() -> None:
    """The servers reach each other through it."""
    if shutil.which("nginx"):
        return
    if os.getuid() or not shutil.which("apt-get"):
        pytest.skip("the Mastodon servers need Debian's package nginx-light")
    _run("apt-get", "update", "-qq")
    _run(
        *("apt-get", "install", "-y", "-qq", "--no-install-recommends"),
        "nginx-light",
        DEBIAN_FRONTEND="noninteractive",
    )


@contextmanager
def network() -> Iterator["Network"]:
    """A seeded network of our own, from the installed programs."""
    programs = installed()
    folder = Path(tempfile.mkdtemp(prefix="snac-"))
    folder.chmod(0o755)  # nginx runs as another user
    (folder / "root").symlink_to(programs / "root")
    log = (folder / "log").open("w")
    started = subprocess.Popen(
        [sys.executable, SCRIPTS / "snac_net.py", folder],
        env=os.environ | {"BASE": str(_ports_in_a_row())},
        stdout=log,
        stderr=log,
    )
    try:
        yield Network(folder, _manifest(folder, started))
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            started.kill()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _manifest(folder: Path, started: "subprocess.Popen[bytes]") -> dict[str, Any]:
    deadline = time.monotonic() + 240
    while not (folder / "manifest.json").exists():
        if started.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the servers did not start: {(folder / 'log').read_text()}")
        time.sleep(0.2)
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    assert found["settled"], "the seed did not federate"
    return found


class Network:
    """What people and brands do, through their own servers."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.truth = manifest["inquiries"]
        self.tokens: dict[str, str] = manifest["tokens"]
        self.accounts: dict[str, str] = manifest["accounts"]  # name: user@server
        self.servers: dict[str, str] = manifest["servers"]
        self._proxy = manifest["proxy"]
        self._passwords: dict[str, str] = {}

    def server(self, name: str) -> str:
        return self.accounts[name].rpartition("@")[2]

    def says(
        self, name: str, text: str, to: str = "", visibility: str = "public"
    ) -> str:
        """The address of a new post. ``to``: the address of what it answers."""
        data = {"status": text, "visibility": visibility}
        if to:
            data["in_reply_to_id"] = self.number(to)
        said = self._ask(name, "POST", "/api/v1/statuses", data)
        assert said.status_code == 200, said.text
        return str(said.json()["uri"])

    def number(self, address: str) -> str:
        return "0" * 10 + md5(address.encode()).hexdigest()

    def post(self, name: str, address: str) -> dict[str, Any] | None:
        """A post as the server of somebody shows it to them; None: it does not."""
        said = self._ask(name, "GET", f"/api/v1/statuses/{self.number(address)}")
        found: dict[str, Any] | None = said.json() if said.status_code == 200 else None
        return found

    def at(self, name: str, address: str) -> int:
        """When a post was written, by its own server."""
        post = self.post(name, address)
        assert post is not None
        stamp = post["created_at"].replace("Z", "+00:00")
        return int(time.mktime(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")))

    def arrive(self, name: str, *addresses: str) -> None:
        """Waits until somebody's server has these posts."""
        for address in addresses:
            self.until(lambda address=address: self.post(name, address) is not None)

    def until(self, true: Any) -> None:
        deadline = time.monotonic() + ARRIVES
        while not true():
            assert time.monotonic() < deadline, "the servers never agreed"
            time.sleep(0.3)

    def edit(self, name: str, address: str, text: str) -> None:
        self._form(name, "note", content=text, edit_id=address, in_reply_to="")

    def delete(self, name: str, address: str) -> None:
        self._form(name, "action", id=address, action="Delete")

    def follow(self, name: str, whom: str) -> None:
        user, _, server = self.accounts[whom].partition("@")
        self._run("follow", name, f"http://{server}/{user}")

    def _run(self, what: str, name: str, *more: str) -> str:
        done = subprocess.run(
            [
                self.folder / "root" / "usr" / "bin" / "snac",
                what,
                self.folder / "data" / self.server(name),
                name,
                *more,
            ],
            env=os.environ | {"http_proxy": self._proxy},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout + done.stderr

    def _form(self, name: str, what: str, **data: str) -> None:
        """A form of the server's own pages, for what its interface cannot do."""
        if name not in self._passwords:
            said = re.search(r"is (\S+)", self._run("resetpwd", name))
            assert said is not None
            self._passwords[name] = said[1]
        key = base64.b64encode(f"{name}:{self._passwords[name]}".encode()).decode()
        self._ask(name, "POST", f"/{name}/admin/{what}", data, f"Basic {key}")

    def _ask(
        self, name: str, method: str, path: str, data: Any = None, key: str = ""
    ) -> httpx.Response:
        headers = {
            "Host": self.server(name),
            "Authorization": key or f"Bearer {self.tokens[name]}",
        }
        address = self.servers[self.server(name)] + path
        return httpx.request(
            method, address, data=data, headers=headers, timeout=30, trust_env=False
        )
