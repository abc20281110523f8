"""Connections to other people's servers: to public addresses only, and within a time.

httpx limits each wait for bytes but not all of them together, and looks names up by
itself, so that a name could lead into the operator's own network. Both are settled
here, in the network backend that httpcore asks for connections.
"""

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.request import getproxies

import httpcore
import httpx

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses whose last four bytes are an IPv4 address (RFC 6052)."""

Options = Iterable[tuple[Any, ...]] | None


class Unfit(Exception):
    """A body that is not taken. A sentence about it, without its address."""


class Private(Exception):
    """A host leads to an address that is nobody else's business. A sentence."""


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet may reach."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            inside = ipaddress.IPv4Address(found.packed[-4:])
        if inside is not None:
            return is_public(str(inside))
    return found.is_global and not found.is_multicast


def check_literal(host: str, port: int, private: Collection[str]) -> None:
    """Raises Private for an address that is written out and is not public."""
    try:
        public = is_public(host)
    except ValueError:  # a name: whoever connects looks it up
        return
    if not public and not named(host, port, private):
        raise Private(_sentence(host, host))


def named(host: str, port: int, private: Collection[str]) -> bool:
    """Whether the operator's settings name a host: alone, or with its port."""
    return host in private or f"{host}:{port}" in private


def _sentence(host: str, address: str) -> str:
    is_ = "is" if host == address else f"is {address},"
    return (
        f"{host} {is_} an address of a private network, so it is not asked; if it is"
        " meant, name it in ANSWERABLE_PRIVATE_HOSTS"
    )


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Reading them takes longer than many a look."""
    return httpx.create_ssl_context()


class _Until(threading.local):
    """The moment (monotonic) by which this thread's request must be done."""

    at = float("inf")

    def left(self, timeout: float | None) -> float:
        """Seconds for the next step. Raises httpcore.ReadTimeout when none are left."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)


class _Timed(httpcore.NetworkStream):
    """A stream that stops when the request's time is over, not only when silent."""

    def __init__(self, stream: httpcore.NetworkStream, until: _Until) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._until.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._until.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._until.left(timeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _Timed(stream, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Looks a name up once, checks what it stands for, and connects to just that."""

    def __init__(self, private: Collection[str], until: _Until) -> None:
        self._private = private
        self._until = until
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            left = self._until.left(timeout)
            try:
                stream = self._plain.connect_tcp(
                    address, port, left, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
                failed = problem
            else:
                return _Timed(stream, self._until)
        raise failed

    def _addresses(self, host: str, port: int) -> list[str]:
        """Every address of a host. Raises Private when one of them is none of ours."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as problem:
            raise httpcore.ConnectError(str(problem)) from problem
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if not named(host, port, self._private):
            for address in addresses:
                if not is_public(address):
                    raise Private(_sentence(host, address))
        return addresses


class Wire(httpx.BaseTransport):
    """Pooled connections. ``private``: hosts, or hosts with a port, that may be asked
    although they are not public."""

    def __init__(self, private: Collection[str], connections: int = 32) -> None:
        self._until = _Until()
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(),
            max_connections=4 * connections,
            max_keepalive_connections=connections,
            keepalive_expiry=10,
            network_backend=_Backend(private, self._until),
        )

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What this thread asks in here is done, all of it, after so many seconds."""
        self._until.at = time.monotonic() + seconds
        try:
            yield
        finally:
            self._until.at = float("inf")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        assert isinstance(request.stream, httpx.SyncByteStream)
        with _as_httpx():
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=url.raw_scheme,
                        host=url.raw_host,
                        port=url.port,
                        target=url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """What fails below httpx, in its words."""
    try:
        yield
    except httpcore.TimeoutException as problem:
        raise httpx.ReadTimeout(str(problem)) from problem
    except (httpcore.NetworkError, httpcore.ProtocolError) as problem:
        raise httpx.NetworkError(str(problem)) from problem


def body_of(response: httpx.Response, largest: int, until: float) -> bytes:
    """A response's body, unpacked as far as it is no larger than ``largest`` bytes.

    A few packed bytes can stand for thousands of times as many, so that what is
    unpacked is limited before it is. Raises Unfit, httpx.ReadTimeout (after the moment
    ``until``) and httpx.DecodingError.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise Unfit(f"packed as {encoding[:20]!r}, which we did not ask for")
    packed = encoding not in ("", "identity")
    if _declared(response.headers) > largest:
        raise Unfit(f"more than {largest:,} bytes, not read")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # of gzip or zlib, as it finds
    body = bytearray()
    for chunk in response.iter_raw():
        body += _unpacked(unpack, chunk, largest - len(body)) if packed else chunk
        if len(body) > largest or unpack.unconsumed_tail:
            raise Unfit(f"more than {largest:,} bytes, not read")
        if time.monotonic() > until:
            raise httpx.ReadTimeout("")
    if packed and not unpack.eof and body:
        raise httpx.DecodingError("its packed body ends early")
    return bytes(body)


def _unpacked(unpack: "zlib._Decompress", chunk: bytes, room: int) -> bytes:
    try:
        return unpack.decompress(chunk, room + 1)
    except zlib.error as problem:
        raise httpx.DecodingError(str(problem)) from problem


def _declared(headers: httpx.Headers) -> int:
    said = headers.get("content-length", "")
    return int(said[:18]) if said.isascii() and said.isdecimal() else 0


def proxied() -> bool:
    """Whether the operator's proxy connects for us. Where to is then its business."""
    return bool(getproxies().keys() & {"http", "https", "all"})
