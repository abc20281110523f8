"""A look at each channel, played from its recording: invented answers in the shape of
the real ones, with what is odd about them.

`tests/recordings/<slug>/look.json` holds what a server answers, path by path, one after
the other; `look-expected.json` what the look must come to, written from the answers.
`{server}` stands for the address at which they are played.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from app_store_server import granted
from collectors import channels
from collectors.hosts import Hosts
from jetstream import jetstream
from jobs.collecting import collect
from local_server import Handler, Server, running
from model import FoundBy, Kind
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from settings import Settings
from store import Store

RECORDINGS = Path(__file__).parent / "recordings"
LOOKED_AT = [slug for slug, each in channels().items() if each.look is not None]
PLAYED = sorted(path.parent.name for path in RECORDINGS.glob("*/look.json"))


class Player:
    """Answers as recorded, and notes what it was asked beyond that."""

    def __init__(
        self, server: Server, answers: dict[str, list[dict[str, Any]]]
    ) -> None:
        self.answers, self.given = answers, Counter[str]()
        self.beyond: list[str] = []
        server.front = lambda _: self.give

    def give(self, h: Handler) -> None:
        path = urlsplit(h.path).path
        place = self.given[path]
        if path == "/robots.txt" or place >= len(self.answers.get(path, [])):
            if path != "/robots.txt":
                self.beyond.append(h.path)
            h.give(404)
            return
        self.given[path] += 1
        said = self.answers[path][place]
        body = json.dumps(said["body"]).encode()
        headers = {"Content-Type": "application/json", **said.get("headers", {})}
        h.give(said.get("status", 200), body, **headers)

    def left(self) -> list[str]:
        """Paths of answers that nobody asked for."""
        return [p for p, each in self.answers.items() if self.given[p] < len(each)]


def recorded(slug: str, name: str, server: str, keys: str) -> Any:
    said = (RECORDINGS / slug / name).read_text()
    return json.loads(said.replace("{server}", server).replace("{keys}", keys))


@contextmanager
def streamed(look: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The settings of a look, with its stream where it has one."""
    settings = dict(look["settings"])
    if "stream" not in look:
        yield settings
        return
    with jetstream() as stream:
        stream.log = look["stream"]
        yield {**settings, "bluesky_jetstream": stream.url}


@pytest.mark.parametrize("slug", LOOKED_AT)
def test_a_channel_that_is_looked_at_has_a_recording(slug: str) -> None:
    held = {path.name for path in (RECORDINGS / slug).glob("*")}
    assert {"look.json", "look-expected.json"} <= held or (
        "expected.json" in held and any(name.startswith("page.") for name in held)
    ), f"put one into tests/recordings/{slug}; docs/add-a-channel.md says how"


@pytest.mark.parametrize("slug", PLAYED)
def test_a_look_comes_to_what_its_recording_says(
    slug: str, sqlite_store: Store, tmp_path: Path
) -> None:
    with running() as server:
        keys = str(granted(tmp_path))
        look = recorded(slug, "look.json", server.url, keys)
        expected = recorded(slug, "look-expected.json", server.url, keys)
        player = Player(server, look["answers"])
        sqlite_store.put_registry(registry(slug, look["accounts"]))
        with streamed(look) as given:
            settings = Settings(var=tmp_path, secret="s" * 16, **given)
            (run,) = collect(
                sqlite_store,
                settings,
                slug,
                now=lambda: look["now"],
                sleep=lambda _: None,
                hosts=Hosts(),
            )
    assert run.problem == expected["problem"]
    assert inquiries(sqlite_store) == [meant(each) for each in expected["inquiries"]]
    assert json.loads(run.refused) == expected["refused"]
    assert (player.beyond, player.left()) == ([], [])


def registry(slug: str, accounts: list[str]) -> Registry:
    return Registry(
        industries=(IndustryEntry(slug="air", name="Air", nace="H"),),
        brands=(BrandEntry(slug="acme", name="Acme", industry="air"),),
        accounts=tuple(
            AccountEntry(brand="acme", channel=slug, account=each) for each in accounts
        ),
    )


def meant(said: dict[str, Any]) -> dict[str, Any]:
    """An expected inquiry, its times in seconds."""
    for name in ("asked_at", "answered_at"):
        if isinstance(said.get(name), str):
            said[name] = int(datetime.fromisoformat(said[name]).timestamp())
    return said


def inquiries(store: Store) -> list[dict[str, Any]]:
    """What is stored, in the words of an expected look."""
    query = text(
        "SELECT a.account, i.asked_at, i.answered_at, i.kind, i.found_by, i.url"
        " FROM inquiry i JOIN account a ON a.id = i.account_id"
        " ORDER BY a.account, i.asked_at"
    )
    with store._database.reading() as session:
        rows = session.connection().execute(query).mappings().all()
    return [
        {
            name: value
            for name, value in {
                **row,
                "kind": Kind(row["kind"]).name.lower(),
                "found_by": FoundBy(row["found_by"]).name.lower(),
            }.items()
            if value is not None
        }
        for row in rows
    ]
