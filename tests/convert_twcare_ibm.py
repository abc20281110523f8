"""IBM's Twitter customer-care conversations (2018 to 2020) as an `interactions` table.

    python tests/convert_twcare_ibm.py dev.json > ibm.csv
    answerable import interactions ibm.csv

One-off: the set (Apache 2.0) is a study's, not a channel anyone watches. Every
conversation in it ends with an answer, so every row is found by its reply. The wait
runs from the first turn to the earliest answer by the company: a turn of its own, or
the tweet that carries the link the set is about. That tweet comes without a time; its
id says it (milliseconds since 2010-11-04T01:42:54.657Z in the upper bits). The set's
own ``duration`` is not used: it drops whole days.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

COLUMNS = (
    "channel", "account", "inquiry_id", "author", "asked_at", "kind", "answered_at",
    "found_by",
)  # fmt: skip
TWITTER_BEGAN_MS = 1_288_834_974_657


def rows(conversations: Iterable[dict[str, Any]]) -> Iterator[dict[str, object]]:
    """One `interactions` row a conversation. Times are epoch seconds."""
    for conversation in conversations:
        header, turns = conversation["dialogHeader"], conversation["dialogContent"]
        asked = _said_at(turns[0])
        answers = [_said_at(turn) for turn in turns if "agent" in turn]
        answers.append(_id_at(conversation["agentURL"]["tweet_ID"]))
        yield {
            "channel": "x",
            "account": header["company"],
            "inquiry_id": header["sessionID"],
            "author": turns[0]["client"],
            "asked_at": asked,
            "kind": "",
            "answered_at": min((at for at in answers if at >= asked), default=""),
            "found_by": "reply",
        }


def _said_at(turn: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(turn["datetime"]).astimezone(UTC).timestamp())


def _id_at(tweet: str) -> int:
    return ((int(tweet) >> 22) + TWITTER_BEGAN_MS) // 1_000


def convert(path: Path, out: TextIO) -> int:
    """Writes the table as CSV. Returns the number of its rows."""
    conversations = json.loads(path.read_text(encoding="utf-8"))
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(conversations))
    return len(conversations)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), sys.stdout)
