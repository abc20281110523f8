"""The database made ready, and mistakes turned into sentences."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

import jobs
from collectors import channels
from collectors.base import Channel, CollectorError
from collectors.http import Http
from jobs import registry, sample
from jobs.collecting import NothingToLookAt, client, off_because
from model import CHANNEL_FAMILY, ChannelRow
from settings import Settings
from store import Store, StoreError

Say = Callable[[str], None]

HINTS = {
    "is full": "free some space where it lies. What was under way was not kept",
    "locked": "somebody else writes into it, so try again when they are done",
    "readonly": "let this user write to the file, and to the folder it lies in",
    "unable to open": "let this user write to the folder it lies in",
    "malformed": "it is damaged, so put back a copy that is whole",
}

OURS = (jobs.Failed, StoreError, CollectorError, NothingToLookAt)
"""What is raised on purpose; its message is a sentence for whoever asked."""


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The main database with the newest schema. Raises StoreError."""
    store = Store(settings.database, settings.var)
    try:
        store.migrate()
        if not store.channels():
            declare(store, settings)  # a new database: its pages list them at once
        yield store
    finally:
        store.close()


def declare(store: Store, settings: Settings) -> None:
    """Tells the database of every channel there is, and whether it is on here."""
    store.put_channels(channel_row(each, settings) for each in channels().values())


def polite(settings: Settings) -> Http:
    """The one client for other people's servers; close it when done."""
    return client(settings)


def sentence(problem: BaseException) -> str | None:
    """What to tell whoever asked; None when it is a mistake of ours."""
    if isinstance(problem, OURS):
        return str(problem)
    if isinstance(problem, SQLAlchemyError):
        cause = getattr(problem, "orig", None) or problem
        said = " ".join(str(cause).split())
        return f"the database cannot be used: {said}; {_hint(said)}"
    if isinstance(problem, OSError):
        where = f"{problem.filename}: " if problem.filename else ""
        return f"{where}{problem.strerror or problem}"
    if isinstance(problem, MemoryError):
        return "there is not enough memory for this; free some, or split the file"
    return None


def _hint(said: str) -> str:
    """What helps, by what the database says of itself."""
    return next(
        (help for words, help in HINTS.items() if words in said.lower()),
        "see ANSWERABLE_DATABASE_URL",
    )


def prepare(settings: Settings) -> None:
    """The main database ready for website and worker: schema, brands, channels."""
    with opened(settings) as store:
        if not store.brands():
            registry.load(store)
        declare(store, settings)


def make_sample_if_needed(settings: Settings, say: Say) -> None:
    """A sample edition, when nothing has been measured and none is there."""
    with opened(settings) as store:
        measured = store.current_edition() is not None
    if measured or sample.is_there(settings):
        return
    say("Nothing has been measured yet: making a sample of fictional brands ...")
    sample.make(settings)


def channel_row(channel: Channel, settings: Settings) -> ChannelRow:
    """What a channel declares of itself, and whether it is on here."""
    why = off_because(channel, settings)
    looked_at = channel.every is not None
    if looked_at and not settings.collect:
        why = "ANSWERABLE_COLLECT is off"
    return ChannelRow(
        slug=channel.slug,
        title=channel.title,
        family=CHANNEL_FAMILY.get(channel.slug, ""),
        source=channel.source,
        licence=channel.licence,
        terms=_terms(channel, why),
        cannot_see=channel.cannot_see,
        how="collected" if looked_at else "imported",
        every_s=int(channel.every.total_seconds()) if channel.every else None,
        key_setting=channel.key_setting and f"ANSWERABLE_{channel.key_setting.upper()}",
        on=not why,
        off_because=why,
    )


def _terms(channel: Channel, why_off: str) -> str:
    """The terms, and what they forbid unless that is already said as why it is off."""
    if not channel.restriction or channel.restriction in why_off:
        return channel.terms
    return f"{channel.terms}: {channel.restriction}"
