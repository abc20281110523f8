"""Every channel that is looked at, before servers that do not mean well or do not work.

Whatever a server does, the look is saved as incomplete or failed with the reason, it
claims to have seen nothing that it was not shown, and no key goes anywhere.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import NamedTuple

import pytest

from collectors import channels
from collectors.hosts import Hosts
from jobs.collecting import collect
from local_server import Answer, Handler, running
from model import Run
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from settings import Settings
from stages import Stage, stage_of, staged
from store import Store

NOW = 1_780_000_000
LOOKED_AT = [slug for slug, each in channels().items() if each.look is not None]
STAGED = list(staged(LOOKED_AT))
PLACES = 4
"""Requests of a look before which a fault begins, at most: the first, the last and
some between them."""

Fault = Callable[[Answer], Answer]


def changed(body: bytes | Callable[[bytes], bytes], **headers: str) -> Fault:
    """The same answer with another body, or with other headers, or both."""

    def fault(answer: Answer) -> Answer:
        def meddled(h: Handler) -> None:
            give = h.give

            def other(status: int, said: bytes = b"", **own: str) -> None:
                new = body(said) if callable(body) else body
                give(status, new, **{**own, **headers})

            h.give = other  # type: ignore[method-assign]
            answer(h)

        return meddled

    return fault


def instead(status: int, body: bytes = b"", **headers: str) -> Fault:
    return lambda _: lambda h: h.give(status, body, **headers)


def off_by(seconds: int) -> Fault:
    """The same answer, from a machine whose clock is wrong."""

    def fault(answer: Answer) -> Answer:
        def late(h: Handler) -> None:
            date = formatdate(time.time() + seconds, usegmt=True)
            h.date_time_string = lambda *_: date  # type: ignore[method-assign]
            answer(h)

        return late

    return fault


def broken_off(_: Answer) -> Answer:
    def cut(h: Handler) -> None:
        h.send_response(200)
        h.send_header("Content-Length", "100")
        h.end_headers()
        h.wfile.write(b'{"a": [')
        h.close_connection = True

    return cut


def too_large(_: Answer) -> Answer:
    def pour(h: Handler) -> None:
        h.send_response(200)
        h.send_header("Content-Type", "application/json")
        h.send_header("Content-Length", "999000000")
        h.end_headers()
        h.close_connection = True

    return pour


def tell_tale(_: Answer) -> Answer:
    """Says back everything it was sent, keys included."""
    return lambda h: h.give(
        401, json.dumps({"message": f"{h.path} {dict(h.headers)}"}).encode()
    )


HTML = b"<!doctype html><title>Please log in</title><p>Our site is being improved."

FAULTS: dict[str, Fault] = {
    "larger than we take": too_large,
    "another content type": changed(lambda body: body, Content_Type="text/html"),
    "truncated": changed(lambda body: body[: len(body) // 2] if body else b"{"),
    "broken off": broken_off,
    "an error page with status 200": instead(200, HTML),
    "no JSON": instead(200, b"\x00\xff\xfe garbage"),
    "nothing": instead(200),
    "null": instead(200, b"null"),
    "a number": instead(200, b"5"),
    "nested without end": instead(200, b"[" * 100_000),
    "another machine's clock": off_by(-7_200),
    "a clock ahead": off_by(7_200),
    "errors": instead(500, HTML),
    "no": instead(403, HTML),
    "too many requests": instead(429, Retry_After="3600"),
    "elsewhere": instead(302, Location="http://127.0.0.2:9/"),
    "round in circles": instead(302, Location="?again"),
    "tell-tale": tell_tale,
}
DEEP = {
    "another content type", "truncated", "an error page with status 200", "null",
    "another machine's clock", "errors", "no", "too many requests",
}  # fmt: skip
"""Faults that also begin in the middle of a look; the others differ only in how the
first answer is refused, which all go through the same client."""

REQUESTS: dict[str, int] = {}
"""Of an honest look at a channel."""

CLOCKS = {"another machine's clock", "a clock ahead"}
"""A stream has a time of its own; listed channels are held to this in test_crowd."""

KNOWN_AFTER = {"cfpb": NOW % 86_400 + 20 * 86_400, "x": 60}
"""Seconds until a channel's search knows of a message: no look claims to know more."""


class Seen(NamedTuple):
    run: Run
    requests: int
    watched: dict[str, int]  # account: the second up to which it is known
    inquiries: int
    text: str  # everything that was logged or stored


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the newest schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "answerable.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture
def look(slug: str, template: Path, tmp_path: Path, caplog) -> Iterator[object]:
    """Looks once at a channel whose server is meddled with from a request on."""

    def once(fault: Fault | None = None, place: int = 0, endless: bool = False) -> Seen:
        caplog.clear()
        folder = tmp_path / f"{time.monotonic_ns()}"
        folder.mkdir()
        shutil.copy(template, folder / "answerable.db")
        with running() as server, on(slug)(server, NOW) as stage:
            if endless:
                assert callable(stage.endless)
                stage.endless()
            asked = 0

            def front(answer: Answer) -> Answer:
                nonlocal asked
                asked += 1
                return fault(answer) if fault and asked > place else answer

            server.front = front
            return looked(folder, slug, stage, lambda: asked, caplog)

    with caplog.at_level("DEBUG"):
        yield once


def on(slug: str):
    found = stage_of(slug)
    assert found is not None
    return found


def looked(folder: Path, slug: str, stage: Stage, asked, caplog) -> Seen:
    settings = Settings(var=folder, secret="x" * 16, **stage.settings)
    with opened(settings) as store:
        store.put_registry(
            Registry(
                industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
                brands=(BrandEntry(slug="acme", name="Acme", industry="air"),),
                accounts=tuple(
                    AccountEntry(brand="acme", channel=slug, account=each)
                    for each in stage.accounts
                ),
                staff=stage.staff,
            )
        )
        (run,) = collect(
            store, settings, slug, now=lambda: NOW, sleep=lambda _: None, hosts=Hosts()
        )
        watched = {a.account: a.watched_until or 0 for a in store.accounts(slug)}
        inquiries = len(store.open_since(slug, 0))
    stored = b"".join(path.read_bytes() for path in folder.glob("answerable.db*"))
    return Seen(run, asked(), watched, inquiries, caplog.text + stored.decode("latin1"))


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    store = Store(settings.database)
    try:
        yield store
    finally:
        store.close()


def places(requests: int) -> list[int]:
    """Before which requests a fault begins."""
    every = range(requests)
    step = max(1, -(-requests // PLACES))
    return sorted({*every[::step], requests - 1})


def keys(stage_settings: dict[str, object]) -> list[str]:
    names = Settings.model_fields
    return [
        str(value)
        for name, value in stage_settings.items()
        if "SecretStr" in str(names[name].annotation)
    ]


@pytest.mark.parametrize("slug", LOOKED_AT)
def test_a_channel_that_is_looked_at_has_a_stage(slug):
    assert stage_of(slug) is not None, (
        f"write tests/{slug}_server.py with a function `stage`, as tests/stages.py"
        " says, so that the channel is tried before hostile servers"
    )


@pytest.mark.parametrize("slug", STAGED)
def test_before_an_honest_server_there_is_nothing_to_complain_of(slug, look):
    seen = look()
    assert (seen.run.outcome, seen.run.problem) == ("ok", "")
    assert seen.requests >= 1
    assert seen.inquiries >= 1
    assert set(seen.watched.values()) == {NOW - KNOWN_AFTER.get(slug, 0)}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("slug", STAGED)
def test_a_fault_is_an_incomplete_look_with_its_reason(slug, name, look):
    requests = REQUESTS.get(slug) or REQUESTS.setdefault(slug, look().requests)
    for place in places(requests) if name in DEEP else (0,):
        seen = look(FAULTS[name], place)
        told = f"{name} from request {place + 1} of {requests}: {seen.run}"
        assert seen.run.outcome in ("failed", "incomplete"), told
        assert seen.run.problem, told
        assert "a mistake of ours" not in seen.run.problem, told
        if place == 0 and name not in CLOCKS:
            assert set(seen.watched.values()) == {0}, told


@pytest.mark.parametrize("slug", STAGED)
def test_a_list_without_an_end_is_given_up(slug, look):
    with running() as server, on(slug)(server, NOW) as stage:
        if isinstance(stage.endless, str):
            assert stage.endless.strip(), "say why this channel reads no lists"
            return
    seen = look(endless=True)
    assert seen.run.outcome in ("failed", "incomplete", "ok")
    assert seen.run.problem or max(seen.watched.values()) < NOW, seen.run
    assert "a mistake of ours" not in seen.run.problem
    assert seen.requests < 4_000


@pytest.mark.parametrize("slug", STAGED)
def test_no_key_is_said_logged_or_stored(slug, look):
    with running() as server, on(slug)(server, NOW) as stage:
        held = [*keys(dict(stage.settings)), *stage.never]
    for key in held:
        assert len(key) >= 3, "a key of a stage is long enough to be looked for"
        for fault in (None, tell_tale, off_by(-7_200)):
            assert key not in look(fault).text
