"""Writes what pages say into the catalogues of site/translations.

Every sentence that ``t``, ``tn``, ``mark`` or ``words.counted`` is given in the code of
the website, or ``t`` in a template, the names of industries, the registry's and the
sample's, what the method says of itself, and what data and the API hold. New ones come
without a translation, and those that nothing says any more go.
"""

import csv
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

from collectors import channels
from jobs.fictional import TRADES
from jobs.sample import channel_rows
from model.bundle import TABLES
from scoring import trials
from scoring.method import LOG, METHODS
from web import tongue
from web.api.operations import OPERATIONS
from web.api.schemas import SCHEMAS
from web.views.questions import QUESTIONS
from web.views.rules import BLIND, RULES

ROOT = Path(__file__).parent.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "t": None,
    "mark": None,
    "tn": (1, 2),
    "counted": (2, 3),
}
JINJA = "jinja2.ext:babel_extract"
OPTIONS = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}

Message = str | tuple[str, str]


def found() -> Iterator[tuple[str, Message]]:
    """Each message, and the file that says it."""
    for folder, method in (("site/web", "python"), ("templates", JINJA)):
        ending = "**.py" if method == "python" else "**.html"
        for name, _, message, _, _ in extract_from_dir(
            ROOT / folder,
            [(ending, method)],
            {ending: OPTIONS if method != "python" else {}},
            KEYWORDS,
        ):
            yield f"{folder}/{name}", message
    letters = ROOT / "jobs/letters.py"
    for _, message, *_ in extract_from_file("python", letters, KEYWORDS):
        yield "jobs/letters.py", message
    with (ROOT / "registry/industries.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield "registry/industries.csv", row["name"]
    for trade in TRADES:
        yield "jobs/fictional.py", trade.name
    yield from _of_channels()
    yield from _of_studies()
    yield from _of_the_method()
    yield from _of_data()


def _of_channels() -> Iterator[tuple[str, Message]]:
    """What channels say of themselves, the sample's as well; not bare addresses, and
    no names."""
    for channel in channels().values():
        said = (channel.licence, channel.terms, channel.cannot_see, channel.restriction)
        for text in (channel.title, *said):
            if " " in text:
                yield f"collectors/channels/{channel.slug}", text
    for row in channel_rows():
        for text in (row.title, row.terms, row.cannot_see):
            yield "jobs/sample.py", text


def _of_studies() -> Iterator[tuple[str, Message]]:
    for path in sorted((ROOT / "docs/studies").glob("*.toml")):
        study = tomllib.loads(path.read_text(encoding="utf-8"))
        name = f"docs/studies/{path.name}"
        for field in ("title", "by", "source", "note"):
            if field in study:
                yield name, study[field]
        for figure in study["figures"]:
            for field in ("says", "because"):
                yield name, figure[field]


def _of_the_method() -> Iterator[tuple[str, Message]]:
    """What /method says that is not in its own code."""
    for version in METHODS.values():
        for choice in version.choices().values():
            yield "scoring/method.py", choice.why
    for entry in LOG:
        yield from (("scoring/method.py", said) for said in (*entry.says, entry.moved))
    for rule in (*RULES, *QUESTIONS):
        yield from (("site/web/views", said) for said in (rule.title, *rule.text))
    yield from (("site/web/views", said) for said in BLIND)
    for kind in trials.measured().kinds:
        yield from (("scoring/trials.json", said) for said in (kind.name, kind.says))


def _of_data() -> Iterator[tuple[str, Message]]:
    """Tables of the bundle and their columns; what the API is asked, and answers."""
    for table in TABLES:
        yield from (("model/bundle", said) for said in (table.title, table.says))
        for column in table.columns:
            told = (column.says, column.unit or column.type, column.empty)
            yield from (("model/bundle", said) for said in told if said)
    for each in OPERATIONS:
        asked = (parameter.says for parameter in each.parameters)
        yield from (("site/web/api", said) for said in (each.says, each.more, *asked))
    for name, thing in SCHEMAS.items():
        fields = thing["properties"].values() if name != "Standing" else ()
        told = (field.get("description", "") for field in fields)
        yield from (
            ("site/web/api", said) for said in (thing["description"], *told) if said
        )


def template() -> Catalog:
    """All of it, in the order of the files."""
    whole = Catalog(project="Answerable", charset="utf-8")
    for name, message in sorted(found(), key=lambda pair: pair[0]):
        whole.add(message, locations=[(name, 0)])
    return whole


def path(language: str) -> Path:
    return tongue.FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue as it is; an empty one where there is none."""
    locale = tongue.LOCALES[language]
    if not path(language).is_file():
        return Catalog(locale=locale, charset="utf-8")
    with path(language).open("rb") as file:
        return read_po(file, locale=locale)


def updated(language: str, whole: Catalog) -> bytes:
    """The catalogue of a language with the messages of ``whole``, and its own words."""
    known = read(language)
    new = Catalog(
        locale=Locale.parse(tongue.LOCALES[language]),
        project="Answerable",
        charset="utf-8",
        fuzzy=False,
    )
    for message in whole:
        if not message.id:
            continue
        old = known.get(message.id)
        string = old.string if old is not None and not old.fuzzy else ""
        if isinstance(string, tuple) != isinstance(message.id, tuple):
            string = ""
        new.add(message.id, string or None, locations=message.locations)
    out = BytesIO()
    write_po(out, new, width=88, omit_header=True, include_lineno=False)
    return out.getvalue()


def main() -> None:
    whole = template()
    for language in tongue.OTHERS:
        path(language).parent.mkdir(parents=True, exist_ok=True)
        path(language).write_bytes(updated(language, whole))


if __name__ == "__main__":
    main()
