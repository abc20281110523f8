"""How to cite an edition: APA, BibTeX, Citation File Format. Pure functions of it."""

import json
from datetime import UTC, datetime

from model.rows import Edition

LICENCES = {
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
}


def released(edition: Edition) -> str:
    """The day it was made, UTC."""
    return datetime.fromtimestamp(edition.made_at, UTC).date().isoformat()


def title_of(edition: Edition) -> str:
    sample = " (sample: fictional brands)" if edition.sample else ""
    return f"Answerable, edition {edition.name}{sample}"


def apa(edition: Edition, url: str) -> str:
    year = released(edition)[:4]
    where = url or f"sha256:{edition.digest}"
    return (
        f"Answerable. ({year}). *{title_of(edition)}* (Method {edition.method})"
        f" [Data set]. {where}"
    )


def bibtex(edition: Edition, url: str) -> str:
    lines = {
        "author": "{Answerable}",
        "title": "{" + title_of(edition).replace("_", "\\_") + "}",
        "year": released(edition)[:4],
        "version": f"method {edition.method}",
        "note": f"Data set, sha256:{edition.digest}",
    }
    if url:
        lines["url"] = url
    said = ",\n".join(f"  {name} = {{{value}}}" for name, value in lines.items())
    return f"@misc{{answerable-{edition.name},\n{said}\n}}"


def cff(edition: Edition, url: str) -> bytes:
    """CITATION.cff, Citation File Format 1.2.0. JSON strings are YAML strings."""
    said = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below.",
        "type": "dataset",
        "title": title_of(edition),
        "version": edition.name,
        "date-released": released(edition),
        "license": edition.licence,
    }
    if url:
        said["url"] = url
    lines = [f"{name}: {json.dumps(value)}" for name, value in said.items()]
    lines.append('authors:\n  - name: "Answerable"')
    lines.append(
        'identifiers:\n  - type: "other"\n'
        f'    value: "sha256:{edition.digest}"\n'
        '    description: "digest of the edition"'
    )
    return ("\n".join(lines) + "\n").encode()
