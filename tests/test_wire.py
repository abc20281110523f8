"""Connections: to public addresses only, within a time, and bodies within a size."""

import gzip
import socket
import threading
import time
import zlib

import httpcore
import httpx
import pytest

from collectors.http import Http, Manners, Page, Refused, Unreachable
from collectors.wire import (
    Private,
    _Backend,
    _Timed,
    _Until,
    check_literal,
    is_public,
)
from local_server import ok, running

ONE_TRY = Manners(pause=0, errors=1)


@pytest.fixture
def server():
    with running() as made:
        yield made


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),  # where clouds tell their machines secrets
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


def test_an_address_written_out_is_checked_before_anything_else():
    check_literal("example.org", 80, ())
    check_literal("93.184.216.34", 80, ())
    check_literal("10.0.0.7", 80, {"10.0.0.7"})
    check_literal("10.0.0.7", 8080, {"10.0.0.7:8080"})
    with pytest.raises(Private, match=r"10\.0\.0\.7 is an address of a private"):
        check_literal("10.0.0.7", 80, {"10.0.0.7:8080"})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_server_in_the_operators_network_is_not_asked(server, host):
    server.answers["/x"] = ok(b"secret")
    with Http(manners=ONE_TRY, private=()) as http:
        for asking in (http.get, http.ask):
            with pytest.raises(Refused, match="private network") as refused:
                asking(f"http://{host}:{server.server_port}/x")
            assert refused.value.status == 0
    assert not server.seen


@pytest.fixture
def names(monkeypatch):
    """What names stand for in this test, and which were looked up."""
    stand_for: dict[str, list[str]] = {}
    asked: list[str] = []
    real = socket.getaddrinfo

    def found(host, port, *more, **named):
        if host not in stand_for:
            return real(host, port, *more, **named)
        asked.append(host)
        if not stand_for[host]:
            return []
        return [each for a in stand_for[host] for each in real(a, port, *more, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return stand_for, asked


def test_a_name_that_leads_inside_is_not_followed(server, names):
    """What a name stands for is looked up once, checked, and connected to."""
    stand_for, asked = names
    stand_for["shop.example"] = ["127.0.0.1"]
    url = f"http://shop.example:{server.server_port}/x"
    server.answers["/x"] = ok(b"here")
    said = r"shop\.example is 127\.0\.0\.1, an address of a private"
    with (
        Http(manners=ONE_TRY, private=()) as http,
        pytest.raises(Refused, match=said),
    ):
        http.ask(url)
    assert not server.seen
    named = f"shop.example:{server.server_port}"
    with Http(manners=ONE_TRY, private={named}) as http:
        assert http._get(httpx.URL(url)).body == b"here"
    assert asked == ["shop.example"] * 2


def test_one_address_after_the_other_is_tried(server, names):
    names[0]["shop.example"] = ["::1", "127.0.0.1"]
    server.answers["/x"] = ok(b"1")
    with Http(manners=ONE_TRY, private={"shop.example"}) as http:
        assert http.ask(f"http://shop.example:{server.server_port}/x") == 1


def test_a_name_that_nobody_knows(names, monkeypatch):
    names[0]["shop.example"] = []
    with Http(manners=ONE_TRY) as http, pytest.raises(Unreachable, match="no address"):
        http.get("http://shop.example/x")

    def unknown(*_, **__):
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with Http(manners=ONE_TRY) as http, pytest.raises(Unreachable, match="not known"):
        http.get("http://shop.example/x")


def test_headers_that_drip_are_given_up(server):
    """Each wait for a byte is short; all of them together are not."""
    release, finished = threading.Event(), threading.Event()

    def drip(h):
        for _ in range(2_000):
            h.wfile.write(b"H")
            h.wfile.flush()
            if release.wait(0.03):
                break
        else:
            finished.set()

    server.answers["/x"] = drip
    manners = Manners(pause=0, whole=0.3, errors=1)
    with (
        Http(manners=manners) as http,
        pytest.raises(Unreachable, match=r"not finished after 0\.3 seconds"),
    ):
        http.ask(f"{server.url}/x")
    assert not finished.is_set()
    release.set()


def test_what_a_proxy_of_the_operators_connects_to_is_its_business(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    server.answers["/x"] = ok(b"through the proxy")
    with Http(manners=ONE_TRY, private=()) as http:
        assert http.get("http://shop.example/x").body == b"through the proxy"
        with pytest.raises(Refused, match="private network"):
            http.get("http://169.254.169.254/latest")


def test_a_body_that_drips_through_a_proxy_is_given_up(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    release = threading.Event()

    def drip(h):
        h.send_response(200)
        h.send_header("Content-Length", "100000")
        h.end_headers()
        while not release.wait(0.03):
            h.wfile.write(b".")
            h.wfile.flush()

    server.answers["/x"] = drip
    manners = Manners(pause=0, whole=0.2, errors=1)
    with (
        Http(manners=manners) as http,
        pytest.raises(Unreachable, match=r"not finished after 0\.2 seconds"),
    ):
        http.ask("http://shop.example/x")
    release.set()


def test_connections_are_used_again(server):
    doors = set()
    server.answers["/x"] = lambda h: (doors.add(h.client_address), h.give(200, b"1"))
    with Http(manners=ONE_TRY) as http:
        for _ in range(5):
            http.ask(f"{server.url}/x")
    assert len(doors) == 1


def packed(body: bytes, encoding: str):
    return lambda h: h.give(200, body, Content_Encoding=encoding)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"words", mtime=0)),
        ("x-gzip", gzip.compress(b"words", mtime=0)),
        ("deflate", zlib.compress(b"words")),
        ("identity", b"words"),
        ("GZIP", gzip.compress(b"words", mtime=0)),
    ],
)
def test_packed_bodies_are_unpacked(server, encoding, body):
    server.answers["/x"] = packed(body, encoding)
    with Http(manners=ONE_TRY) as http:
        assert http.get(f"{server.url}/x") == Page(f"{server.url}/x", b"words")


@pytest.mark.parametrize(
    ("encoding", "body", "said"),
    [
        ("br", b"anything", "packed as 'br', which we did not ask for"),
        ("gzip", b"no gzip at all", "incorrect header"),
        ("gzip", gzip.compress(b"words" * 99, mtime=0)[:-9], "ends early"),
    ],
)
def test_bodies_that_cannot_be_unpacked(server, encoding, body, said):
    server.answers["/x"] = packed(body, encoding)
    with (
        Http(manners=ONE_TRY) as http,
        pytest.raises((Refused, Unreachable), match=said),
    ):
        http.ask(f"{server.url}/x")


def test_few_bytes_that_stand_for_very_many_are_not_unpacked(server, monkeypatch):
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    most = 0
    real = zlib.decompressobj

    class Watched:
        def __init__(self, *bits):
            self.inner = real(*bits)

        def decompress(self, data, room):
            nonlocal most
            said = self.inner.decompress(data, room)
            most = max(most, len(said))
            return said

        def __getattr__(self, name):
            return getattr(self.inner, name)

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    server.answers["/x"] = packed(bomb, "gzip")
    with (
        Http(manners=Manners(pause=0, largest=100_000, errors=1)) as http,
        pytest.raises(Refused, match="more than 100,000 bytes"),
    ):
        http.ask(f"{server.url}/x")
    assert 0 < most <= 100_001


def test_a_connection_has_what_it_is_asked_for(server):
    """What httpcore asks of a connection, also through our own layer."""
    server.answers["/x"] = ok(b"1")
    with Http(manners=ONE_TRY) as http:
        address = f"{server.url}/x"
        with http._client.stream("GET", address) as response:
            stream = response.extensions["network_stream"]
            assert stream.get_extra_info("server_addr")[1] == server.server_port
            assert isinstance(stream, httpcore.NetworkStream)
            response.read()


class Plain(httpcore.NetworkStream):
    """A stream that notes how long it was given."""

    def __init__(self):
        self.given = []

    def read(self, max_bytes, timeout=None):
        self.given.append(timeout)
        return b"x"

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self.given.append((server_hostname, timeout))
        return self


def test_what_is_left_of_the_time_is_given_to_each_step():
    """Also to the greeting of an encrypted connection, and to what comes after it."""
    until, plain = _Until(), Plain()
    stream = _Timed(plain, until)
    assert stream.read(1, timeout=5) == b"x"
    until.at = time.monotonic() + 60
    secure = stream.start_tls(None, "shop.example", timeout=5)
    secure.read(1)
    until.at = time.monotonic() - 1
    with pytest.raises(httpcore.ReadTimeout):
        secure.read(1)
    first, (host, greeting), left = plain.given
    assert (first, host, greeting) == (5, "shop.example", 5)
    assert 50 < left <= 60


def test_public_names_are_looked_up_and_asked(names):
    names[0]["shop.example"] = ["93.184.216.34", "2606:2800:220:1::1"]
    backend = _Backend((), _Until())
    assert backend._addresses("shop.example", 443) == names[0]["shop.example"]
