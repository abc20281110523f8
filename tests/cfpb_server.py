"""The Complaint Database's stage: one firm, two pages of complaints."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local_server import Handler, Server
from stages import Stage

PAGE = 1_000


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    numbers = count(1)

    def complaint(number: int) -> dict[str, Any]:
        sent = datetime.fromtimestamp(now - 40 * 86_400, UTC).isoformat()
        source = {
            "complaint_id": number,
            "company": "ACME BANK",
            "date_received": sent,
            "date_sent_to_company": sent,
            "timely": "Yes" if number % 3 else "No",
        }
        return {"_source": source, "sort": [number, str(number)]}

    def give(h: Handler, hits: list[dict[str, Any]], total: int) -> None:
        meta = {
            "last_updated": datetime.fromtimestamp(now, UTC).isoformat(),
            "has_data_issue": False,
        }
        said = {"hits": {"total": {"value": total}, "hits": hits}, "_meta": meta}
        h.give(200, json.dumps(said).encode(), Content_Type="application/json")

    def listed(h: Handler) -> None:
        query = parse_qs(urlsplit(h.path).query)
        after = int(query.get("search_after", ["0_0"])[0].partition("_")[0])
        size = int(query["size"][0])
        give(h, [complaint(n) for n in range(after + 1, 1_201)][:size], 1_200)

    def endless() -> None:
        server.answers["/api/v1/"] = lambda h: give(
            h, [complaint(next(numbers)) for _ in range(PAGE)], 1_200
        )

    server.answers["/api/v1/"] = listed
    yield Stage(
        accounts=("ACME BANK",),
        settings={"cfpb_api": f"{server.url}/api/v1"},
        endless=endless,
    )
