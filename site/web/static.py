"""Files of our own host: every address carries a hash of its content.

Plotly is served from what is installed, never from elsewhere: the bundle with only the
charts we draw where set-up could fetch it, else the whole one of the package. A style
sheet in parts (``look.css``, ``look-charts.css``) is served as one.
"""

import re
from functools import cached_property
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from settings import ROOT
from web.shelf import Entry

FOLDER = Path(__file__).parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


SMALL = ROOT / "node_modules" / "plotly.js-basic-dist-min" / "plotly-basic.min.js"
"""Bars, lines and pies: 364 kB to a reader instead of 1,290."""
VERSION = re.compile(rb"plotly\.js.* v([0-9.]+)")


def plotly_js(small: Path = SMALL) -> Path:
    """The bundle for readers: the small one if it is there and of the same version as
    the package, which our figures are checked with; else the package's."""
    whole = packaged()
    same = small.is_file() and _version(small) == _version(whole)
    return small if same else whole


def _version(bundle: Path) -> bytes:
    with bundle.open("rb") as opened:
        found = VERSION.search(opened.read(400))
    return found[1] if found else b""


def packaged() -> Path:
    """The package's bundle, found without importing it (half a second)."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the plotly package is not installed: make setup")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


class Static:
    """The files, by address. Read and compressed once, when first asked for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._entries: dict[str, Entry] = {}

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """Name to its parts, each named like the whole, a dash, and more."""
        files: dict[str, list[Path]] = {}
        for path in sorted(self._folder.iterdir(), key=lambda path: path.stem):
            if path.is_file():
                stem = path.stem.partition("-")[0]
                files.setdefault(f"{stem}{path.suffix}", []).append(path)
        return {**files, "plotly.js": [plotly_js()]}

    def _body(self, name: str) -> bytes:
        return b"".join(path.read_bytes() for path in self._files[name])

    @cached_property
    def urls(self) -> dict[str, str]:
        """File name to its address: ``look.css`` -> ``/static/look.0c5e...css``."""
        return {name: self._url(name) for name in self._files}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {url: name for name, url in self.urls.items()}

    def _url(self, name: str) -> str:
        digest = blake2b(self._body(name), digest_size=8).hexdigest()
        stem, dot, ending = name.rpartition(".")
        return f"/static/{stem}.{digest}{dot}{ending}"

    def url(self, name: str) -> str:
        """The address of a file; KeyError for a name that is not there."""
        return self.urls[name]

    def entry(self, address: str) -> Entry | None:
        if address not in self._entries:
            name = self._names.get(address)
            if name is None:
                return None
            kind = TYPES[Path(name).suffix]
            self._entries[address] = Entry(self._body(name), kind, cache=FOREVER)
        return self._entries[address]
