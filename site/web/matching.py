"""How addresses are matched to the views that answer them."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import BaseConverter, Rule


class Slug(BaseConverter):
    """A name in an address: no slash, and no point, which begins an extension."""

    regex = "[^/.]+"


class Matched(Rule):
    """A rule that compiles what turns names back into an address when that is first
    asked for: never by this site, whose pages write addresses from their words. Of
    all rules at once it is nine tenths of the time in which the application is made."""

    def _compile_builder(
        self, append_unknown: bool = True
    ) -> Callable[..., tuple[str, str]]:
        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            made = Rule._compile_builder(rule, append_unknown)
            return made.__get__(rule, None)(**values)  # type: ignore[no-any-return]

        return build
