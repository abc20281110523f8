"""What went wrong, as problem+json (RFC 9457)."""

import json
from dataclasses import dataclass

from web.shelf import Entry, Headers

KIND = "application/problem+json"
STATUS = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One parameter that means nothing."""

    parameter: str
    says: str


class BadQuery(Exception):
    """The parameters of a request say something that nobody can answer."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__("; ".join(each.says for each in wrong))
        self.wrong = wrong


def problem(
    code: int,
    detail: str,
    wrong: list[Wrong] | None = None,
    extra: Headers | None = None,
) -> Entry:
    """A problem as an answer. ``extra``: more headers."""
    title = STATUS.get(code, "Error")
    said = {"type": "about:blank", "title": title, "status": code, "detail": detail}
    if wrong:
        said["errors"] = [
            {"parameter": each.parameter, "detail": each.says} for each in wrong
        ]
    body = json.dumps(said, ensure_ascii=False).encode()
    return Entry(
        body,
        KIND,
        status=f"{code} {title}",
        cache="no-store",
        extra=[*OPEN, *(extra or [])],
    )


OPEN: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset,"
        " Retry-After",
    ),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]
"""Any page may read what anybody may read. Nothing here knows who asks."""
