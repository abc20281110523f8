"""What one round tells the next about an account: small, and nothing of a person.

Of each own status of the last days: how many replies it had when its thread was read,
so that only threads with something new are read again; and of each own answer what it
is stored under, so that one which is gone is noticed. And of what lists found in the
last hours the hashes of those whose thread has been read, and of lists that were read
to their end the tags that their server gave them, to be told that nothing is new.
"""

import json
from dataclasses import asdict, dataclass, field

from pydantic import BaseModel, ValidationError

LAST = -1
"""Instead of a number of replies: the thread has been read for the last time."""


class _Kept(BaseModel):
    """As it is written down."""

    replies: dict[str, int] = {}
    answers: dict[str, tuple[int, int]] = {}
    heard: dict[str, int] = {}
    lists: dict[str, str] = {}


@dataclass
class Memory:
    replies: dict[str, int] = field(default_factory=dict)
    answers: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Number of an own status: hash of its address, and when it was written."""
    heard: dict[str, int] = field(default_factory=dict)  # hash: when it was written
    lists: dict[str, str] = field(default_factory=dict)  # hashtag: its server's tag

    @classmethod
    def read(cls, said: str) -> "Memory":
        """What was said; nothing, when it is not to be understood: then everything is
        read once more, which changes nothing."""
        try:
            kept = _Kept.model_validate_json(said) if said else _Kept()
        except ValidationError:
            kept = _Kept()
        return cls(kept.replies, kept.answers, kept.heard, kept.lists)

    def said(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    def forget(self, there: set[str], since: int, heard_since: int) -> dict[str, int]:
        """Drops what is too old to matter, and own statuses that are not ``there``; of
        the latter the answers written ``since`` then, with their hashes."""
        missed = {
            number: hash_
            for number, (hash_, at) in self.answers.items()
            if number not in there and at >= since
        }
        self.answers = {n: kept for n, kept in self.answers.items() if n in there}
        self.replies = {n: count for n, count in self.replies.items() if n in there}
        self.heard = {h: at for h, at in self.heard.items() if at >= heard_since}
        return missed
