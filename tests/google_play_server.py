"""Google Play's stage: one app, a list of some pages."""

from collections.abc import Iterator
from contextlib import contextmanager

from local_server import Server
from review_servers import Play, without_end
from stages import Stage


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = Play(server)
    made.review(now - 400 * 86_400)
    for hours in (30, 20, 10, 5):
        made.review(now - hours * 3_600, replied=now - 3_600)
    yield Stage(
        accounts=("org.example.app",),
        settings={"google_play_on": True, "google_play_shop": server.url},
        endless=lambda: without_end(made, now),
    )
    made.client().close()
