"""/method/log: the versions of the method, what each changed, and who moved by it."""

from collections.abc import Mapping

from scoring.method import LOG, METHODS, Entry, Method
from web import words
from web.desk import Desk
from web.pages import MethodLogPage, Version
from web.parts import Cell, Link, Table
from web.tongue import t
from web.views.method import title, value


def log(desk: Desk) -> MethodLogPage:
    return MethodLogPage(
        frame=desk.frame("Method"),
        title=t("Method log"),
        description=t(
            "Versions of the method, what each changed, and who moved by it."
        ),
        crumb=Link(t("Method"), desk.url("/method")),
        versions=versions(desk, METHODS, LOG),
    )


def versions(
    desk: Desk, methods: Mapping[str, Method], entries: tuple[Entry, ...]
) -> tuple[Version, ...]:
    """Newest first."""
    found, before = [], None
    for entry in entries:
        method = methods[entry.version]
        found.append(_version(desk, entry, method, before))
        before = method
    return tuple(reversed(found))


def _version(
    desk: Desk, entry: Entry, method: Method, before: Method | None
) -> Version:
    return Version(
        id=f"version-{entry.version}",
        title=t("Version %(version)s", version=entry.version),
        since=words.long_date(words.parsed(entry.since)),
        says=tuple(t(text) for text in entry.says),
        moved=t(entry.moved),
        changes=_changes(before, method) if before else None,
        editions=tuple(
            Link(edition.name, desk.at(edition.name, "/"))
            for edition in desk.library.editions
            if edition.method == entry.version
        ),
        command=f"answerable rescore EDITION --method {entry.version}",
    )


def _changes(before: Method, after: Method) -> Table | None:
    """The numbers that are others than in the version before; None: none is."""
    then, now = before.choices(), after.choices()
    rows = tuple(
        (
            Cell(text=title(name)),
            Cell(text=value(name, then[name].value)),
            Cell(text=value(name, choice.value)),
            Cell(text=t(choice.why)),
        )
        for name, choice in now.items()
        if then[name].value != choice.value
    )
    if not rows:
        return None
    return Table(
        caption=t("Numbers that version %(version)s changed", version=after.version),
        headings=(
            t("What"),
            t("Version %(version)s", version=before.version),
            t("Version %(version)s", version=after.version),
            t("Why"),
        ),
        rows=rows,
    )
