"""Trustpilot's stage: one business, one page of reviews, one deletion."""

from collections.abc import Iterator
from contextlib import contextmanager

from local_server import Server
from review_servers import Trustpilot, without_end
from stages import Stage


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = Trustpilot(server)
    made.review(now - 400 * 86_400)
    for hours in (30, 20, 10, 5):
        made.review(now - hours * 3_600, replied=now - 3_600)
    made.deleted = [("r9", now - 60)]
    yield Stage(
        accounts=("example.org",),
        settings={
            "trustpilot_api": server.url,
            "trustpilot_key": "a-key-of-the-stage",
        },
        endless=lambda: without_end(made, now),
    )
    made.client().close()
