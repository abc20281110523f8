"""The whole site as static files, for a content delivery network or an archive.

Every address is asked for as a reader would, from the first page on along the links. A
page is kept as ``<address>.html``, anything else under its own name. What needs a
server (a search, a filter, a form) leads to the site that is running.
"""

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug.exceptions import HTTPException

from web.shelf import FRAMED, Headers

LINK = re.compile(rb'(\s(?:href|src|action|data-script)=")(/[^"]*)"')
"""Addresses of our own, as our templates write them: whole, from the root on."""

SEEDS = (
    "/", "/robots.txt", "/sitemap.xml", "/feed.atom", "/brands.csv", "/brands.json",
    "/industries.csv", "/industries.json",
)  # fmt: skip
"""Where reading begins, and what programs know without a page: pages lead to the
tables of the edition that they show."""
SERVED = ("/api/v1",)
"""Answered by a server alone, like everything with a question mark."""
MARK = "frozen.json"
HTML = "text/html"
PROGRESS = 50

Progress = Callable[[int, int], None]
"""Told how many addresses are done, and of how many that are known so far."""


class CannotFreeze(Exception):
    """With what to do about it."""


@dataclass
class Frozen:
    """What was written. ``broken``: addresses that our pages link and that are not
    there, each with the page it stands on."""

    files: int = 0
    size: int = 0
    redirects: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


class Links:
    """Which of our addresses need the running site: those with a question mark, the
    API, and pages with a form to be sent."""

    def __init__(self, app: Any, live: str) -> None:
        self._rules = app.url_map.bind("localhost")
        self.live = live

    def needs_server(self, link: str) -> bool:
        if "?" in link or link.startswith(("//", *SERVED)):
            return True
        try:
            self._rules.match(link.partition("#")[0], method="POST")
        except HTTPException:  # RequestRedirect is one, too
            return False
        return True

    def followed(self, body: bytes) -> list[str]:
        """What a page links that can be frozen."""
        links = (unescape(link.decode()) for _, link in LINK.findall(body))
        mine = (link.partition("#")[0] for link in links if not self.needs_server(link))
        return list(dict.fromkeys(mine))

    def led(self, body: bytes) -> bytes:
        """A page whose forms, and links to what cannot be frozen, lead to the running
        site."""
        return LINK.sub(self._led, body)

    def _led(self, match: "re.Match[bytes]") -> bytes:
        before, link = match.groups()
        if b"action=" in before or self.needs_server(unescape(link.decode())):
            return before + escape(self.live).encode() + link + b'"'
        return bytes(match.group())


def freeze(app: Any, folder: Path, live: str, progress: Progress) -> Frozen:
    """Writes the site that ``app`` serves into a folder, whole or not at all.

    ``live``: where the site runs, for what cannot be frozen. A folder that holds a site
    frozen before is replaced. Raises CannotFreeze.
    """
    _check(folder, live)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside it, so that putting it there is one step.
    part = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        part.chmod(0o755)
        done = _written(app, part, live.rstrip("/"), progress)
        if folder.exists():
            shutil.rmtree(folder)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return done


def _is_address(live: str) -> bool:
    try:
        parts = urlsplit(live)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _check(folder: Path, live: str) -> None:
    if not _is_address(live):
        raise CannotFreeze(
            "searches, filters and forms need the site that is running: say where it"
            " is with --live https://..., or in ANSWERABLE_PUBLIC_URL"
        )
    if not folder.exists():
        return
    if not folder.is_dir():
        raise CannotFreeze(f"{folder} is a file; expected a folder, or nothing yet")
    if any(folder.iterdir()) and not (folder / MARK).is_file():
        raise CannotFreeze(
            f"{folder} holds something else than a frozen site; name an empty folder,"
            " or one that is not there yet"
        )


def _written(app: Any, folder: Path, live: str, progress: Progress) -> Frozen:
    client, links = app.test_client(), Links(app, live)
    if "answerable" in app.extensions:  # its pictures: nobody waits behind them here
        app.extensions["answerable"].easel.most = sys.maxsize
    done = Frozen()
    found = dict.fromkeys(SEEDS, "")  # address: the page that links it
    waiting = list(SEEDS)
    for number, address in enumerate(waiting, 1):
        for linked in _kept(client.get(address), address, folder, links, done, found):
            found[linked] = address
            waiting.append(linked)
        if number % PROGRESS == 0 or number == len(waiting):
            progress(number, len(waiting))
    (folder / "404.html").write_bytes(links.led(client.get("/404").data))
    (folder / "_redirects").write_text(
        "".join(f"{old} {new} 308\n" for old, new in sorted(done.redirects.items()))
    )
    (folder / "_headers").write_text(_headers(live))
    mark = {"files": done.files, "bytes": done.size, "live": live}
    (folder / MARK).write_text(json.dumps(mark, indent=2) + "\n")
    return done


def _kept(
    answer: Any,
    address: str,
    folder: Path,
    links: Links,
    done: Frozen,
    found: dict[str, str],
) -> Iterator[str]:
    """Writes one answer; the addresses it links that were not known."""
    if answer.status_code in (301, 302, 308):
        done.redirects[address] = urlsplit(answer.location).path
        return
    if answer.status_code == 404 and address in SEEDS:
        return  # a sitemap, while the site has not been told its own address
    if answer.status_code == 404:
        done.broken[address] = found[address]
        return
    if answer.status_code != 200:
        raise CannotFreeze(
            f"{address} answers {answer.status}; see the log, and freeze again when it"
            " is mended"
        )
    body = answer.data
    page = answer.mimetype == HTML
    if page:
        yield from (link for link in links.followed(body) if link not in found)
        body = links.led(body)
    path = folder / _file(address, page=page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    done.files += 1
    done.size += len(body)


def _file(address: str, *, page: bool) -> str:
    """Where an answer is kept. Servers of static files find ``/a/b`` as
    ``a/b.html``."""
    path = unquote(address).lstrip("/")
    if ".." in path.split("/"):
        raise CannotFreeze(f"{address} would lie outside of the folder")
    if path == "" or path.endswith("/"):
        return f"{path}index.html"
    return f"{path}.html" if page else path


def _headers(live: str) -> str:
    """The headers of our answers, in the form that hosts of static files read. Forms
    may be sent to the running site. All rules that fit an address are put together
    there, so none can forbid frames and another allow them."""
    ours = {name: value for name, value in FRAMED if not name.startswith("Cross")}
    policy = ours["Content-Security-Policy"]
    ours["Content-Security-Policy"] = policy.replace(
        "form-action 'self'", f"form-action 'self' {live}"
    )
    shared: Headers = [("Access-Control-Allow-Origin", "*")]
    told = {
        "/*": list(ours.items()),
        "/*.csv": shared,
        "/*.json": shared,
        "/static/*": [("Cache-Control", "public, max-age=31536000, immutable")],
    }
    return "".join(
        f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in lines)
        for path, lines in told.items()
    )
