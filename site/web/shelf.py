"""Ready answers: rendered once, kept compressed with their headers, few enough.

An ``Entry`` is one body and every encoding of it that was asked for. A ``Shelf`` keeps
entries of one edition by canonical address, the least recently used out first.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from threading import Lock
from typing import Any, NamedTuple

from web.compression import compress, negotiate

Headers = list[tuple[str, str]]
SHELF_BYTES = 96 * 1024 * 1024
"""Of bodies, per process. A page of a hundred rows takes some 150 kB in all."""
PICTURES_BYTES = 32 * 1024 * 1024
"""The same of pictures, which so never push a page out."""

SECURITY: Headers = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    ),
]
"""On every answer. Nothing inline, nothing from elsewhere, in nobody's frame."""

FRAMED: Headers = [
    *(
        (name, value.replace("frame-ancestors 'none'", "frame-ancestors *"))
        for name, value in SECURITY
        if name != "X-Frame-Options"
    ),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]
"""The same for what is made to be shown inside the pages of others."""


UNCHANGED = ("Cache-Control", "Vary", "Access-Control-", "Cross-Origin-Resource-")
"""How the headers begin that are said again where nothing has changed: what is kept for
how long, and who may read it, without which browsers keep the answer from scripts of
other sites."""


class Variant(NamedTuple):
    """One encoding of a body, with the headers of a full answer and of a 304."""

    body: bytes
    etag: str
    headers: Headers
    unchanged: Headers


class Entry:
    """An answer that is ready to be sent to anybody. It is also a WSGI application."""

    def __init__(
        self,
        body: bytes,
        kind: str,
        *,
        status: str = "200 OK",
        cache: str = "public, max-age=60, stale-while-revalidate=600",
        extra: Headers | None = None,
        until: float | None = None,
        framed: bool = False,
        vary: str = "",
        packed: bool = False,
    ) -> None:
        self.plain = body
        self.status = status
        self.until = until  # monotonic time; None: as long as the edition
        self._packed = packed  # already: to compress it again would not help
        self._digest = blake2b(body, digest_size=12).hexdigest()
        self._fixed = [
            ("Content-Type", kind),
            ("Cache-Control", cache),
            ("Vary", vary or "Accept-Encoding"),
            *(extra or []),
            *(FRAMED if framed else SECURITY),
        ]
        self._variants: dict[str, Variant] = {}

    @property
    def size(self) -> int:
        """Bytes held, all encodings counted whether asked for yet or not."""
        return len(self.plain) if self._packed else 2 * len(self.plain)

    def variant(self, encoding: str) -> Variant:
        encoding = "identity" if self._packed else encoding
        found = self._variants.get(encoding)
        if found is None:
            found = self._variants[encoding] = self._make(encoding)
        return found

    def _make(self, encoding: str) -> Variant:
        body = compress(self.plain, encoding)
        tag = f'"{self._digest}-{encoding}"'
        headers = [*self._fixed, ("ETag", tag), ("Content-Length", str(len(body)))]
        if encoding != "identity":
            headers.append(("Content-Encoding", encoding))
        short = [pair for pair in self._fixed if pair[0].startswith(UNCHANGED)]
        return Variant(body, tag, headers, [*short, ("ETag", tag)])

    def __call__(
        self, environ: Mapping[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        variant = self.variant(negotiate(environ.get("HTTP_ACCEPT_ENCODING", "")))
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if (
            asked is not None
            and self.status == "200 OK"
            and matches(asked, variant.etag)
        ):
            start_response("304 Not Modified", variant.unchanged)
            return ()
        start_response(self.status, variant.headers)
        return (variant.body,) if environ["REQUEST_METHOD"] != "HEAD" else ()


def matches(if_none_match: str, etag: str) -> bool:
    """Whether a reader already holds the body: lists, weak tags and ``*`` included."""
    if if_none_match == etag:
        return True
    for tag in if_none_match.split(","):
        stripped = tag.strip()
        if stripped == "*" or stripped.removeprefix("W/") == etag:
            return True
    return False


class Shelf:
    """Entries of one edition by canonical address; bounded, oldest use out first."""

    def __init__(self, version: str, limit: int = SHELF_BYTES) -> None:
        self.version = version
        self._limit = limit
        self._held = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, address: str) -> Entry | None:
        entry = self._entries.get(address)
        if entry is not None:
            with suppress(KeyError):  # put out by another thread: still good
                self._entries.move_to_end(address)
        return entry

    def put(self, address: str, entry: Entry) -> None:
        if entry.size > self._limit:
            return
        with self._lock:
            self._take(address)
            self._entries[address] = entry
            self._held += entry.size
            while self._held > self._limit:
                self._take(next(iter(self._entries)))

    def _take(self, address: str) -> None:
        entry = self._entries.pop(address, None)
        if entry is not None:
            self._held -= entry.size
