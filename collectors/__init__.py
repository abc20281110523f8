"""Collectors: one module per public channel, found by being in ``channels/``."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from collectors import channels as _folder
from collectors.base import Channel


@cache
def channels() -> dict[str, Channel]:
    """Every channel, by slug, in alphabetical order."""
    found = {}
    for name in sorted(info.name for info in iter_modules(_folder.__path__)):
        channel: Channel = import_module(f"{_folder.__name__}.{name}").CHANNEL
        if channel.slug != name:
            raise ValueError(f"channels/{name}.py calls itself {channel.slug!r}")
        found[name] = channel
    return found
