"""Bundles that the website hands out, so that anybody can recompute an edition.

They hold no links: what its author deletes must not stay in a file that is made once.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from jobs.bundle.writing import export
from jobs.sample import is_there
from model import Edition
from scoring.method import METHOD
from settings import Settings
from store import Store

log = logging.getLogger(__name__)


def offer(
    store: Store,
    settings: Settings,
    *,
    sample: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Path]:
    """Writes what is missing, the newest edition first, and removes what no edition has
    any more; the files that are new.

    Of provisional editions, of which there is one a day, only the newest has a file. An
    edition of a method that this code does not know keeps the one it has.
    """
    editions = store.editions(sample=sample)
    newest = [edition for edition in editions if edition.provisional][:1]
    wanted = [each for each in editions if not each.provisional or each in newest]
    places = {_place(settings, edition): edition for edition in wanted}
    folder = _folder(settings, sample)
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.zip"):
        if file not in places:
            file.unlink()
    made = []
    for path, edition in places.items():
        if stopped():
            break
        if edition.method == METHOD.version and not path.exists():
            done = export(store, edition.name, path, settings.public_url, links=False)
            log.info("bundle edition=%s bytes=%d", edition.name, done.size)
            made.append(path)
    return made


def offer_shown(
    store: Store, settings: Settings, stopped: Callable[[], bool]
) -> list[Path]:
    """The same for what the website shows: what was measured or, without that, the
    sample."""
    made = offer(store, settings, stopped=stopped)
    if store.current_edition() is None and is_there(settings):
        sample = Store(settings.sample_database)
        try:
            made += offer(sample, settings, sample=True, stopped=stopped)
        finally:
            sample.close()
    return made


def _place(settings: Settings, edition: Edition) -> Path:
    return settings.bundle(edition.name, edition.digest, sample=edition.sample)


def _folder(settings: Settings, sample: bool) -> Path:
    return settings.bundle("any", "", sample=sample).parent
