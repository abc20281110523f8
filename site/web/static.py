"""Files of our own host: every address carries a hash of its content.

``plotly.min.js`` is served from the installed package, never from elsewhere. A style
sheet in parts (``look.css``, ``look-charts.css``) is served as one.
"""

from functools import cached_property
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from web.shelf import Entry

FOLDER = Path(__file__).parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def plotly_js() -> Path:
    """Plotly's bundle, found without importing the package (half a second)."""
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
