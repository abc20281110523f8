"""What answers hold, as JSON Schema: from the column dictionary of the bundle where
that describes a thing, so that no column is ever explained twice."""

from collections.abc import Mapping
from typing import Any

from model.bundle import STANDINGS, Column

Schema = dict[str, Any]

TYPES: dict[str, Schema] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}


def of_column(column: Column) -> Schema:
    """A column as a property: null where its cell would be empty."""
    said = dict(TYPES[column.type])
    if column.words:
        said["enum"] = list(column.words)
    if column.least is not None:
        said["minimum"] = column.least
    says = column.says + (f"; {column.unit}" if column.unit else "")
    if column.empty:
        said["type"] = [said["type"], "null"]
        if "enum" in said:
            said["enum"] = [*said["enum"], None]
        says += f". null: {column.empty}"
    return said | {"description": says}


def thing(properties: Mapping[str, Schema], says: str, **more: Any) -> Schema:
    """An object of which every property is always there."""
    return {
        "type": "object",
        "description": says,
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
        **more,
    }


def text(says: str, **more: Any) -> Schema:
    return {"type": "string", "description": says, **more}


def number(says: str, kind: str = "integer", *, unknown: str = "") -> Schema:
    """``unknown``: what null means; '': it is never null."""
    if unknown:
        return {"type": [kind, "null"], "description": f"{says}. null: {unknown}"}
    return {"type": kind, "description": says}


def flag(says: str) -> Schema:
    return {"type": "boolean", "description": says}


def many(what: str) -> Schema:
    return {"type": "array", "items": ref(what)}


def ref(what: str) -> Schema:
    return {"$ref": f"#/components/schemas/{what}"}


DATE = {"format": "date"}
TIME = {"format": "date-time"}
MAYBE_TEXT = {"type": ["string", "null"]}

ABOUT = thing(
    {
        "licence": text("licence of the data, as SPDX names it"),
        "licence_url": text("the licence", format="uri"),
        "sample": flag("true: the brands are fictional and nothing was measured"),
        "edition": {**MAYBE_TEXT, "description": "edition the answer is of"},
        "day_from": {**MAYBE_TEXT, **DATE, "description": "first day of its period"},
        "day_to": {
            **MAYBE_TEXT,
            **DATE,
            "description": "first day that is no longer part of it",
        },
        "method": {**MAYBE_TEXT, "description": "version of the method"},
        "provisional": {
            "type": ["boolean", "null"],
            "description": "true: not kept for good, and may still change",
        },
        "digest": {**MAYBE_TEXT, "description": "the edition's link in the chain"},
    },
    "Where the figures of an answer come from. null: the answer is of no edition.",
)

EDITION = thing(
    {
        "name": text("its name, also in addresses"),
        "day_from": text("first UTC day of its period", **DATE),
        "day_to": text("first UTC day after it", **DATE),
        "as_of": text("what was known then counts", **TIME),
        "made_at": text("when it was made", **TIME),
        "method": text("version of the method"),
        "code": text("version of the code that made it"),
        "provisional": flag("removed again after some days"),
        "sample": flag("of fictional brands"),
        "inquiries": number("inquiries counted in the headline cuts"),
        "messages": number("messages known in the period, counted or not"),
        "brands": number("brands with a standing"),
        "coverage": number(
            "mean share of the period that accounts were watched",
            "number",
            unknown="no account was",
        ),
        "input_digest": text("SHA-256 of everything it was made of"),
        "result_digest": text("SHA-256 of all its figures"),
        "previous": text("digest of the edition before it; empty: the first"),
        "digest": text("SHA-256 over all of the above: its link in the chain"),
        "licence": text("licence of its data, as SPDX names it"),
        "corrects": text("name of the edition it corrects; empty: none"),
    },
    "An edition: frozen figures of one period.",
)

BRAND = thing(
    {
        "slug": text("the brand's name in addresses"),
        "name": text("its name"),
        "industry": text("the industry's slug"),
        "industry_name": text("the industry's name"),
        "page": text("address of its page, pinned to this edition"),
        "standings": many("Standing"),
        "channels": many("Standing"),
        "accounts": many("Standing"),
    },
    "A brand in one edition: its standing in each family, channel and account.",
)

DETAIL = thing(
    {
        "topic": text("what it is about"),
        "family": text("family of channels"),
        "channel": text("of this channel alone; empty: of all of the family"),
        "body": {
            "type": "object",
            "description": "as in details.csv of the bundle; it differs by topic",
        },
    },
    "What an edition says of a brand or an industry beside its standing.",
)

PAST = thing(
    {"edition": ref("Edition"), "standing": ref("Standing")},
    "A brand's standing in one edition.",
)

FOUND = thing(
    {
        "name": text("the name found"),
        "page": text("address of its page"),
        "about": text("the brand's industry, or that it is one"),
        "why": text("the former name that was found; empty: the name itself"),
    },
    "A brand or an industry whose name is like what was asked.",
)

CHANNEL = thing(
    {
        "slug": text("the channel's name in addresses"),
        "title": text("as readers see it"),
        "family": text("its family; empty: that of each row's channel"),
        "source": text("where a reader can check us; may be empty"),
        "licence": text("under which its messages are there"),
        "terms": text("its terms of use, or how we keep to them"),
        "cannot_see": text("what we cannot see there"),
        "how": text("looked at, or imported"),
        "every_s": number("seconds between looks", unknown="it is imported"),
        "on": flag("whether this installation looks at it"),
        "off_because": text("why not; empty where it does"),
    },
    "A channel, and whether it is watched now.",
)

PROBLEM = thing(
    {
        "type": text("always about:blank: the status says which kind it is"),
        "title": text("the status in words"),
        "status": number("the status"),
        "detail": text("what is wrong, and what to do"),
    },
    "Something went wrong (RFC 9457).",
)
PROBLEM["properties"]["errors"] = {
    "type": "array",
    "description": "each parameter that was wrong",
    "items": thing(
        {"parameter": text("its name"), "detail": text("what was expected")},
        "A parameter that means nothing.",
    ),
}

STANDING = thing(
    {column.name: of_column(column) for column in STANDINGS.columns}, STANDINGS.says
)

SCHEMAS: dict[str, Schema] = {
    "About": ABOUT,
    "Brand": BRAND,
    "Channel": CHANNEL,
    "Detail": DETAIL,
    "Edition": EDITION,
    "Found": FOUND,
    "Past": PAST,
    "Problem": PROBLEM,
    "Standing": STANDING,
}


def answer(data: Schema, *, paged: bool) -> Schema:
    """The envelope of an answer."""
    properties = {"about": ref("About"), "data": data}
    if paged:
        properties["next"] = {
            "type": ["string", "null"],
            "format": "uri-reference",
            "description": "address of the next page. null: this is the last",
        }
    return thing(properties, "An answer: where it is from, and what it says.")
