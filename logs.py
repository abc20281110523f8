"""What every process of ours logs: one event a line, as name=value pairs or as JSON.

An event is logged as words with its values named: ``log.info("look channel=%s", ...)``.
The names are read from those words, so that both forms say the same and nothing is said
twice. Keys never reach a line, whatever says them; what people wrote is never logged.
"""

import json
import logging
import re
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from settings import Settings

NAMED = re.compile(r"\s*\b(\w+)=%[-+ #0]*\d*(?:\.\d+)?[sdrfi]")
PLAIN = re.compile(r"[^\s\"=]+")
"""A value that needs no quotes."""
HIDDEN = "(a key)"
SHORTEST = 6
"""Letters of a key: what is shorter could be any word."""
TALKATIVE = ("apscheduler", "httpx", "httpcore", "alembic", "websockets")


def to_stderr(settings: Settings) -> None:
    """Everything from INFO on, in the form that the settings ask for."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter(settings: Settings) -> logging.Formatter:
    return {"text": Pairs, "json": Json}[settings.log_format](keys(settings))


def keys(settings: Settings) -> frozenset[str]:
    """Whatever opens something: keys of channels, the password of the database."""
    password = urlsplit(settings.database_url).password or ""
    held = settings.secrets | {password, unquote(password)}
    return frozenset(key for key in held if len(key) >= SHORTEST)


def event(record: logging.LogRecord) -> tuple[str, dict[str, Any]]:
    """What happened, and its values by name; everything in words where some value has
    no name."""
    words, values = str(record.msg), record.args
    names = NAMED.findall(words)
    if not isinstance(values, tuple) or len(names) != len(values):
        return record.getMessage(), {}
    return NAMED.sub("", words).strip(), dict(zip(names, values, strict=True))


class _OneLine(logging.Formatter):
    """Times are UTC; a trace is folded into its line; keys are taken out."""

    def __init__(self, hidden: Collection[str] = ()) -> None:
        super().__init__()
        self._hidden = sorted(hidden, key=len, reverse=True)

    def at(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        return at.isoformat(timespec="seconds").replace("+00:00", "Z")

    def trace(self, record: logging.LogRecord) -> str:
        """'' when nothing failed."""
        return self.formatException(record.exc_info) if record.exc_info else ""

    def clean(self, text: str) -> str:
        for key in self._hidden:
            text = text.replace(key, HIDDEN)
        return text


class Pairs(_OneLine):
    """2026-11-22T06:00:00Z INFO jobs.collecting look channel=bluesky outcome=ok"""

    def format(self, record: logging.LogRecord) -> str:
        said, values = event(record)
        pairs = [f"{name}={self._quoted(value)}" for name, value in values.items()]
        line = [self.at(record), record.levelname, record.name, said, *pairs]
        text = " ".join(line)
        if trace := self.trace(record):
            text = f"{text} | {trace}"
        return self.clean(" | ".join(text.splitlines()))

    def _quoted(self, value: Any) -> str:
        text = str(value)
        return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


class Json(_OneLine):
    """{"at": "2026-11-22T06:00:00Z", "level": "INFO", "place": "jobs.collecting",
    "event": "look", "channel": "bluesky", "outcome": "ok"}"""

    def format(self, record: logging.LogRecord) -> str:
        said, values = event(record)
        told: dict[str, Any] = {
            "at": self.at(record),
            "level": record.levelname,
            "place": record.name,
            "event": self.clean(said),
        }
        for name, value in values.items():
            told[f"{name}_" if name in told else name] = self._value(value)
        if trace := self.trace(record):
            told["trace"] = self.clean(trace)
        return json.dumps(told, ensure_ascii=False)

    def _value(self, value: Any) -> Any:
        if isinstance(value, int | float | None):
            return value
        return self.clean(str(value))
