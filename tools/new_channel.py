"""Writes what a new channel begins with: `make new-channel NAME=foo FAMILY=social`.

A module that declares itself and reads nothing yet, its settings, its family, a folder
for a recording, and a test that fails until there is one. How it goes on is said in
docs/add-a-channel.md.
"""

import argparse
import keyword
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

MODULE = '''"""@TITLE@: who writes what there, and who answers.

Source: where its format is written down (looked at @TODAY@). Read with our own
polite client, because ...

An inquiry is ... Its answer is ...

Known gaps:
- What cannot be seen, and what that does to the figures.

History:
- @MONTH@: first version.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import AwareDatetime

from collectors.base import Channel, Watched
from collectors.http import Http
from collectors.listing import Asked, Found, Record, record, records, round_of
from collectors.looking import Task
from model.looks import Look


class Account(Record):
    """Who an account is."""

    id: int


class Message(Record):
    """What opened a thread. Fields that nobody reads are ignored."""

    id: int
    author: int
    created_at: AwareDatetime
    text: str = ""


def look(task: Task) -> Look:
    """One round over the accounts. What fails is in the look's problem."""
    return round_of(task, CHANNEL.slug, ask, _resolve, int(task.options["first_days"]))


def resolve(http: Http, options: Mapping[str, Any], account: str) -> str:
    """The channel's own stable id of an account; its name is none. Raises
    CollectorError when it is not there, or is another now."""
    url = f"{options['api']}/accounts/{account}"
    return str(record(Account, http.ask(url), url).id)


def _resolve(task: Task, account: Watched) -> str:
    return resolve(task.http, task.options, account.account)


def ask(task: Task, account: Watched, since: int) -> Found:
    """Everything said on an account since a second: asks, and reads nothing. All its
    pages; with ``until`` or ``since`` where that was not all. Raises CollectorError."""
    url = f"{task.options['api']}/accounts/{account.account}/messages"
    return read(account.account, task.http.ask(url, {"since": str(since)}), url)


def read(account: str, page: object, where: str) -> Found:
    """What a page says. Pure: no I/O, no clock. Raises UnreadablePage."""
    messages = records(Message, page, where)
    return Found(asked=[_asked(account, each) for each in messages], read=len(messages))


def _asked(account: str, message: Message) -> Asked:
    return Asked(
        thread=f"@SLUG@|{account}|{message.id}",
        author=str(message.author),
        at=int(message.created_at.timestamp()),
        text=message.text,
    )


CHANNEL = Channel(
    slug="@SLUG@",
    title="@TITLE@",
    source="https://@HOST@.example",
    licence="public messages; none of their text is kept or shown",
    terms="where its terms allow to be read by programs",
    cannot_see="What a reader should know that is missing.",
    every=timedelta(hours=1),
    look=look,
    resolve=resolve,
)
'''

TEST = '''"""@TITLE@: its recording is read as expected."""

import json
from pathlib import Path

from collectors.channels.@SLUG@ import read
from recorded import as_recorded

RECORDED = Path(__file__).parent / "recordings" / "@SLUG@"
UNRECORDED = (
    "@SLUG@ has no recording yet: put one response of the source"
    " into tests/recordings/@SLUG@/page.json, names and texts"
    " replaced, and what must be read from it into expected.json;"
    " docs/add-a-channel.md says how"
)


def test_the_recording_is_read_as_expected():
    page = json.loads((RECORDED / "page.json").read_text())
    assert page is not None, UNRECORDED
    found = as_recorded(read("acme", page, "page.json"))
    assert found == json.loads((RECORDED / "expected.json").read_text())
'''

SETTINGS = """    @SLUG@_api: str = Field(
        "https://@HOST@.example", description="@TITLE@'s interface"
    )
    @SLUG@_first_days: int = Field(
        14, ge=1, description="how far back an account there is read at first"
    )
"""
SETTINGS_END = "    collect: bool = Field("

NEXT = """Written, for @TITLE@:
  collectors/channels/@SLUG@.py
  tests/test_@SLUG@.py, which fails until there is a recording
  tests/recordings/@SLUG@/page.json and expected.json, empty
  settings.py: @SLUG@_api and @SLUG@_first_days
  model/words.py: its family
Go on with docs/add-a-channel.md, step 2."""


class Wrong(Exception):
    """What was asked for cannot be made. The message is a sentence."""


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 written, 1 nothing was written (a line says why)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", help="its slug: small letters, digits, _")
    parser.add_argument("--family", default="", help="of a channel that has none yet")
    parser.add_argument("--title", default="", help="as readers see it")
    given = parser.parse_args(arguments)
    try:
        print(make(given.name, given.family, given.title))  # noqa: T201
    except (Wrong, OSError) as problem:
        print(f"new-channel: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def make(slug: str, family: str = "", title: str = "") -> str:
    """Writes everything, or nothing. Says what to do next. Raises Wrong."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,19}", slug) or keyword.iskeyword(slug):
        raise Wrong(
            f"{slug!r} cannot name a channel; use 2 to 20 small letters, digits and _,"
            " a letter first, as in NAME=my_board"
        )
    if title and not re.fullmatch(r"[\w .+-]{1,30}", title):
        raise Wrong(f"{title!r} is no title: letters, digits and spaces, at most 30")
    today = datetime.now(UTC)
    words = {
        "@SLUG@": slug,
        "@HOST@": slug.replace("_", "-"),
        "@TITLE@": title or slug.replace("_", " ").capitalize(),
        "@TODAY@": f"{today:%Y-%m-%d}",
        "@MONTH@": f"{today:%Y-%m}",
    }
    folder = f"tests/recordings/{slug}"
    made = {
        f"collectors/channels/{slug}.py": _filled(MODULE, words),
        f"tests/test_{slug}.py": _filled(TEST, words),
        f"{folder}/page.json": "null\n",
        f"{folder}/expected.json": '{"asked": [], "answered": [], "refused": {}}\n',
    }
    for name in [f"collectors/channels/{slug}", *made]:
        if (ROOT / name).exists():
            raise Wrong(f"{name} is there already; nothing was written")
    made["model/words.py"] = _in_family(slug, family)
    made["settings.py"] = _with_settings(_filled(SETTINGS, words))
    for name, text in made.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    files = [ROOT / name for name in made if name.endswith(".py")]
    subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--quiet", *files],
        cwd=ROOT,
        check=True,
    )
    return _filled(NEXT, words)


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


def _in_family(slug: str, family: str) -> str:
    """model/words.py with the channel in a family. Raises Wrong."""
    text = (ROOT / "model" / "words.py").read_text(encoding="utf-8")
    start = text.index("CHANNEL_FAMILY: ")
    end = text.index("\n}\n", start)
    if f'\n    "{slug}": ' in text[start:end]:
        return text
    known = dict(re.findall(r"Family\.([A-Z]+)()", text[start:end]))
    if family.upper() not in known:
        raise Wrong(
            f"{slug} is in no family yet, and {family!r} is none; add"
            f" FAMILY= and one of {', '.join(name.lower() for name in known)}"
        )
    return f'{text[:end]}\n    "{slug}": Family.{family.upper()},{text[end:]}'


def _with_settings(fields: str) -> str:
    text = (ROOT / "settings.py").read_text(encoding="utf-8")
    if text.count(SETTINGS_END) != 1:
        raise Wrong(
            f"settings.py: expected a line that begins {SETTINGS_END.strip()!r}"
        )
    return text.replace(SETTINGS_END, fields + SETTINGS_END)


if __name__ == "__main__":
    sys.exit(main())
