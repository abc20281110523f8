"""schema.org descriptions for search engines: what a page's data are, and of whom, in
the language of the page. Addresses and titles are those that are cited, one each.

JSON in an element that is never run, so our policy has nothing against it.
"""

import json
from typing import Any

from model.citation import LICENCES, released, title_of
from web import words
from web.desk import Desk
from web.tongue import t

CONTEXT = "https://schema.org"


def dataset(desk: Desk) -> str:
    """The edition as a Dataset, its tables as what can be taken away."""
    edition = desk.book.edition
    at = f"{desk.public}/editions/{edition.name}"
    first = words.day(edition.day_from).isoformat()
    last = words.day(edition.day_to - 1).isoformat()
    said = {
        "@type": "Dataset",
        "name": title_of(edition),
        "description": t(
            "How brands answer people who write to them in public: shares answered,"
            " waits and places, each with its interval. %(brands)s, %(inquiries)s.",
            brands=words.counted(edition.brands, "brand", "brands"),
            inquiries=words.counted(edition.inquiries, "inquiry", "inquiries"),
        ),
        "url": at,
        "identifier": f"sha256:{edition.digest}",
        "version": f"{edition.name}, method {edition.method}",
        "license": LICENCES[edition.licence][1],
        "isAccessibleForFree": True,
        "datePublished": released(edition),
        "temporalCoverage": f"{first}/{last}",
        "creator": _ourselves(desk),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": f"{at}/brands.{ending}",
            }
            for ending, kind in (("csv", "text/csv"), ("json", "application/json"))
        ],
    }
    return written(said)


def brand(desk: Desk, slug: str, name: str) -> str:
    """A brand's page: a Dataset about an Organization, part of the edition's."""
    edition = desk.book.edition
    at = f"{desk.public}/editions/{edition.name}/brands/{slug}"
    said = {
        "@type": "Dataset",
        "name": f"{name} in {title_of(edition)}",
        "description": t(
            "How %(name)s answers people who write to it in public: shares answered,"
            " waits and places, each with its interval.",
            name=name,
        ),
        "url": at,
        "license": LICENCES[edition.licence][1],
        "isAccessibleForFree": True,
        "about": {"@type": "Organization", "name": name},
        "creator": _ourselves(desk),
        "isPartOf": {
            "@type": "Dataset",
            "name": title_of(edition),
            "url": f"{desk.public}/editions/{edition.name}",
        },
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "text/csv",
                "contentUrl": f"{at}.csv",
            }
        ],
    }
    return written(said)


def _ourselves(desk: Desk) -> dict[str, str]:
    said = {"@type": "Organization", "name": "Answerable"}
    return said | ({"url": desk.public} if desk.public else {})


def written(said: dict[str, Any]) -> str:
    """JSON-LD that no text inside can end."""
    text = json.dumps({"@context": CONTEXT, **said}, ensure_ascii=False)
    return text.replace("<", "\\u003c")
