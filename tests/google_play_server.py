"""Google Play's stage: one app, a list of some pages."""

from collections.abc import Iterator
from contextlib import contextmanager

from local_server import Server
from review_servers import PERSON, REPLY, Play, without_end
from stages import Stage

TEXT = "It never starts, and nobody knows why."


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = Play(server)
    made.review(now - 400 * 86_400, text=TEXT)
    for hours in (30, 20, 10, 5):
        made.review(now - hours * 3_600, replied=now - 3_600, text=TEXT)
    yield Stage(
        accounts=("org.example.app",),
        settings={"google_play_on": True, "google_play_shop": server.url},
        endless=lambda: without_end(made, now),
        people=(TEXT, PERSON, REPLY),
    )
    made.client().close()
