"""What a bundle says of itself: the edition, the method, the citation, the columns.

Pure functions of an edition, so that the same edition gives the same bytes anywhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from collectors import channels
from model import Edition
from model.bundle import FORMAT, PACKAGE, TABLES, Column, Table
from model.citation import LICENCES, apa, bibtex, title_of
from model.rows import columns
from scoring.method import LIMITS, METHOD

EPOCH = date(1970, 1, 1)
DAYS = ("day_from", "day_to")
MOMENTS = ("as_of", "made_at")
NESTED = ("cuts", "left_out")


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a bundle."""

    path: str
    size: int
    sha256: str


def day(days: int) -> str:
    return (EPOCH + timedelta(days=days)).isoformat()


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def edition_said(edition: Edition) -> dict[str, Any]:
    """Everything an edition says of itself, its times as people write them."""
    said = {name: getattr(edition, name) for name in columns(Edition) if name != "id"}
    said |= {name: day(said[name]) for name in DAYS}
    said |= {name: moment(said[name]) for name in MOMENTS}
    said |= {name: json.loads(said[name]) for name in NESTED}
    return {"bundle": FORMAT, **said}


def method_said() -> dict[str, Any]:
    """Every choice of the method, with its reason, as JSON has it."""
    said = {
        "version": METHOD.version,
        "limits": {
            family.value: [limits.t1, limits.t2, limits.t3]
            for family, limits in LIMITS.items()
        },
        "choices": {
            name: {"value": choice.value, "why": choice.why}
            for name, choice in METHOD.choices().items()
        },
    }
    plain: dict[str, Any] = json.loads(json.dumps(said))
    return plain


def to_json(said: Any) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def package(
    edition: Edition, slugs: Sequence[str], files: Mapping[str, Written], url: str
) -> dict[str, Any]:
    """The Tabular Data Package (datapackage.json, Frictionless, version 1) of a bundle.

    ``slugs``: channels whose accounts it has; ``url``: of the edition, or ''.
    """
    title, licence_url = LICENCES.get(edition.licence, (edition.licence, ""))
    licence = {"name": edition.licence, "title": title}
    if licence_url:
        licence["path"] = licence_url
    said: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"answerable-{edition.name}".lower(),
        "id": f"sha256:{edition.digest}",
        "title": title_of(edition),
        "description": description(edition),
        "version": edition.name,
        "created": moment(edition.made_at),
        "keywords": ["customer service", "response time", "transparency"],
        "licenses": [licence],
        "sources": [source(slug, edition.sample) for slug in slugs],
        "resources": [resource(table, files[table.file]) for table in TABLES],
        "documents": [
            {"path": file.path, "bytes": file.size, "hash": f"sha256:{file.sha256}"}
            for file in sorted(files.values(), key=lambda file: file.path)
            if not file.path.endswith(".csv")
        ],
    }
    if url:
        said["homepage"] = url
    return said


def description(edition: Edition) -> str:
    return (
        "Who answers the public, and how fast: inquiries asked from"
        f" {day(edition.day_from)} to {day(edition.day_to - 1)} (UTC), as known at"
        f" {moment(edition.as_of)}, method {edition.method}. {edition.messages}"
        f" messages, {edition.inquiries} of them inquiries of the headline tables."
    )


def source(slug: str, sample: bool) -> dict[str, str]:
    """Where a channel's messages are from."""
    if sample:
        return {"title": f"{slug}, simulated"}
    known = channels().get(slug)
    said = {"title": known.title if known else slug}
    if known and known.source.startswith(("http://", "https://")):
        said["path"] = known.source
    return said


def resource(table: Table, file: Written) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.key and not any(c.empty for c in table.columns if c.name in table.key):
        schema["primaryKey"] = list(table.key)
    if table.refers:
        schema["foreignKeys"] = [
            {"fields": list(own), "reference": {"resource": of, "fields": list(theirs)}}
            for own, of, theirs in table.refers
        ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.file,
        "title": table.title,
        "description": table.says,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"'},
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "schema": schema,
    }


def field(column: Column) -> dict[str, Any]:
    """A field descriptor; ``unit`` and ``empty`` are ours."""
    limits: dict[str, Any] = {} if column.empty else {"required": True}
    if column.words:
        limits["enum"] = list(column.words)
    if column.least is not None:
        limits["minimum"] = column.least
    says = column.says + (f". Empty: {column.empty}" if column.empty else "")
    said: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": says,
        "constraints": limits,
    }
    if column.unit:
        said["unit"] = column.unit
    return said


README = """# {title}

{description}
{sample}
Licence: {licence}. Made by code {code}; digest `{digest}`.

## How to cite

APA:

> {apa}

BibTeX:

```bibtex
{bibtex}
```

## What is here

| file | what it is |
| --- | --- |
{files}

Times are UTC. An empty cell is not known, or does not apply, and is never nought; what
it means stands beside each column in `{package}`.

## How to recompute it

    answerable verify PATH-TO-THIS-BUNDLE

needs no network and no database. It counts every standing anew from `inquiries.csv`,
`coverage.csv` and `publications.csv` with the code that published it, and says which
figures agree. By hand: the rows of `inquiries.csv` whose `not_counted` is empty are the
inquiries of the headline tables. Of a person's messages to a brand on one UTC day that
is the first of the kinds counted, and its answer is the first answer, not before it, to
any of them. The limits of each family, the weights of the score and every other choice
stand in `method.json`, each with its reason.

## What it does not hold

No names, no texts, and of people only numbers that mean nothing outside one brand and
this edition. A link leads to a public message, for as long as its author leaves it
there.
"""


def readme(edition: Edition, url: str) -> bytes:
    files = [
        *((f"`{table.file}`", table.says) for table in TABLES),
        ("`edition.json`", "The edition: period, digests, what was left out and why."),
        ("`method.json`", "Every number chosen, and the reason for it."),
        (f"`{PACKAGE}`", "Every column: type, meaning, unit (Frictionless)."),
        ("`CITATION.cff`", "How to cite it, for machines."),
    ]
    fiction = "\nThis is a sample. Its brands are fictional and nobody wrote to them.\n"
    return README.format(
        title=title_of(edition),
        description=description(edition),
        sample=fiction if edition.sample else "",
        licence=" ".join([edition.licence, *LICENCES.get(edition.licence, ())[1:]]),
        code=edition.code,
        digest=edition.digest,
        apa=apa(edition, url),
        bibtex=bibtex(edition, url),
        files="\n".join(f"| {name} | {says} |" for name, says in files),
        package=PACKAGE,
    ).encode()
