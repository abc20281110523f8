"""What is typed on the command line, checked as far as it can be on its own."""

import re
from datetime import UTC, date, datetime
from typing import Any

import click

from settings import Settings, complaint

DAY_EXAMPLE = "2026-07-01"
TIME_EXAMPLE = "2026-07-01T00:00:00Z"
FIRST, LAST = datetime(1995, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times outside are typing errors: nobody asked a brand on the web before."""


class Day(click.ParamType[int]):
    """A UTC day, as whole days since the epoch."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        if isinstance(value, int):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as {DAY_EXAMPLE}", param, ctx)
        if not FIRST.date() <= day <= LAST.date():
            self.fail(f"{value!r} is not between 1995 and 2200", param, ctx)
        return day.toordinal() - date(1970, 1, 1).toordinal()


class Moment(click.ParamType[int]):
    """A moment, as whole seconds since the epoch."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        if isinstance(value, int):
            return value
        moment = _moment(value)
        if moment is None:
            self.fail(
                f"{value!r} is no time; write it with its zone, as {TIME_EXAMPLE}, or"
                " as seconds since 1970",
                param,
                ctx,
            )
        if not FIRST.timestamp() <= moment <= LAST.timestamp():
            self.fail(f"{value!r} is not between 1995 and 2200", param, ctx)
        return moment


def _moment(value: str) -> int | None:
    if re.fullmatch(r"\d{1,12}", value):
        return int(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else int(moment.timestamp())


class Name(click.ParamType[str]):
    """The name of an edition: it becomes part of an address."""

    name = "name"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", value):
            self.fail(
                f"{value!r} cannot name an edition; use letters, digits, '_' and"
                " '-', at most 64",
                param,
                ctx,
            )
        return str(value)


class Language(click.ParamType[str]):
    """A language tag: two letters, and a region where one likes."""

    name = "language"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        if not re.fullmatch(r"[A-Za-z]{2}([-_][A-Za-z0-9]+)*", value):
            self.fail(
                f"{value!r} is no language code; write two letters, such as en, or with"
                " a region, such as pt-BR",
                param,
                ctx,
            )
        return str(value)


def settings() -> Settings:
    """What the environment says. Raises click.ClickException naming the variable."""
    from pydantic import ValidationError

    try:
        return Settings()
    except ValidationError as problem:
        raise click.ClickException(complaint(problem)) from None
