"""What a server sends, thing by thing: read strictly, and what is otherwise is said."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from collectors.base import UnreadablePage


class Record(BaseModel):
    """What a server sends of one thing. Fields nobody reads are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Sent = TypeVar("Sent", bound=Record)


def records(kind: type[Sent], items: object, where: str) -> list[Sent]:
    """A list as a server sent it. Raises UnreadablePage where it is something else."""
    if not isinstance(items, list):
        raise UnreadablePage(where, f"a list, found {type(items).__name__}")
    return [record(kind, item, where) for item in items]


def record(kind: type[Sent], item: object, where: str) -> Sent:
    try:
        return kind.model_validate(item)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "it"
        said = f"{name} of each {kind.__name__.lower()} as documented"
        raise UnreadablePage(where, f"{said} ({first['msg']})") from None
