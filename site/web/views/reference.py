"""/api: what programs can ask, made of the same declarations that answer them."""

from typing import Any

from web import words
from web.api import openapi, schemas
from web.api.operations import OPERATIONS, Operation
from web.api.serving import ROOT
from web.desk import Desk
from web.pages import ApiPage, Call, Described
from web.parts import Cell, Link, Table

EXAMPLES = {
    "brands": "/brands?limit=5",
    "editions": "/editions",
    "industries": "/industries",
    "search": "/search?q=bank",
    "channels": "/channels",
}
"""What can be asked of every edition; of one brand the first of the book is taken."""


def reference(desk: Desk) -> ApiPage:
    return ApiPage(
        frame=desk.frame(),
        title="API",
        description="The same figures for programs: read-only, with every address,"
        " parameter and field explained.",
        crumb=Link("Data", desk.url("/data")),
        root=f"{desk.public}{ROOT}",
        description_url=f"{ROOT}/openapi.json",
        per_minute=words.number(desk.per_minute),
        calls=tuple(_call(desk, each) for each in OPERATIONS),
        things=tuple(
            _described(name, schema) for name, schema in schemas.SCHEMAS.items()
        ),
    )


def _call(desk: Desk, each: Operation) -> Call:
    rows = [
        *(
            (name, "in the address", "its name in addresses", "needed")
            for name in openapi.PATH.findall(each.rule)
        ),
        *(
            (one.name, _values(one.schema), one.says, "needed" if one.needed else "")
            for one in each.parameters
        ),
    ]
    table = Table(
        caption=f"Parameters of {each.name}",
        headings=("Parameter", "Values", "What it is", "Needed"),
        rows=tuple(tuple(Cell(text=text or "no") for text in row) for row in rows),
    )
    return Call(
        id=each.name,
        address=ROOT + openapi.path(each),
        says=each.says,
        more=each.more,
        example=_example(desk, each),
        parameters=table if rows else None,
    )


def _example(desk: Desk, each: Operation) -> Link:
    rule = each.rule
    if "<" in rule:
        edition, book = desk.edition, desk.book if desk.edition else None
        industries = next(iter(book.industry_slugs), "") if book else ""
        brand = next(iter(book.names), "") if book else ""
        named = industries if rule.startswith("/industries/") else brand
        filled = edition.name if edition and "<slug:edition>" in rule else named
        url = ROOT + openapi.PATH.sub(filled, rule)
    else:
        url = ROOT + EXAMPLES[rule.removeprefix("/")]
    return Link(f"GET {url}", url)


def _values(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if schema["type"] == "integer":
        usual = schema.get("default")
        return f"{schema['minimum']} to {schema['maximum']}; {usual} if not said"
    return "text"


def _described(name: str, schema: dict[str, Any]) -> Described:
    rows = tuple(
        (
            Cell(text=field),
            Cell(text=_kind(said)),
            Cell(text=said.get("description", "as described here")),
        )
        for field, said in schema["properties"].items()
    )
    return Described(
        id=f"thing-{name}",
        title=name,
        file=name,
        says=schema["description"],
        table=Table(
            caption=f"Fields of {name}",
            headings=("Field", "Kind", "What it holds"),
            rows=rows,
        ),
    )


def _kind(said: dict[str, Any]) -> str:
    if "$ref" in said:
        return str(said["$ref"]).rpartition("/")[2]
    if said["type"] == "array":
        return f"list of {_kind(said['items'])}"
    kinds = said["type"] if isinstance(said["type"], list) else [said["type"]]
    kind = " or ".join(kinds)
    return f"{kind} ({said['format']})" if "format" in said else kind
