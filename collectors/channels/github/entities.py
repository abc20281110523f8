"""What GitHub's interface gives, as far as we read it."""

from typing import Any

from pydantic import AwareDatetime

from collectors.records import Record
from model import Kind

FAULT = ("bug", "crash", "defect", "regression", "fault", "broken")
"""Words of a label or type that reports a fault."""


class User(Record):
    id: int
    login: str
    type: str = "User"

    @property
    def bot(self) -> bool:
        return self.type == "Bot" or self.login.endswith("[bot]")


class Named(Record):
    name: str = ""


class Issue(Record):
    number: int
    html_url: str
    created_at: AwareDatetime
    updated_at: AwareDatetime
    author_association: str
    title: str | None = None
    user: User | None = None  # deleted accounts have none
    labels: list[Named | str] = []
    type: Named | None = None
    pull_request: dict[str, Any] | None = None

    @property
    def kind(self) -> Kind:
        names = [
            label if isinstance(label, str) else label.name for label in self.labels
        ]
        names += [self.type.name] if self.type else []
        said = " ".join(names).lower()
        return Kind.COMPLAINT if any(word in said for word in FAULT) else Kind.QUESTION


class Comment(Record):
    id: int
    issue_url: str
    html_url: str
    created_at: AwareDatetime
    updated_at: AwareDatetime
    author_association: str
    user: User | None = None
    body: str | None = None

    @property
    def number(self) -> str:
        return self.issue_url.rsplit("/", 1)[-1]


class Repository(Record):
    id: int
    full_name: str
    has_issues: bool = True
