"""/api: what programs can ask, made of the same declarations that answer them."""

from typing import Any

from model.bundle import STANDINGS, Column
from web import words
from web.api import openapi, schemas
from web.api.operations import OPERATIONS, Operation
from web.api.serving import ROOT
from web.desk import Desk
from web.pages import ApiPage, Call, Described
from web.parts import Cell, Link, Table
from web.tongue import mark, t

EXAMPLES = {
    "brands": "/brands?limit=5",
    "editions": "/editions",
    "industries": "/industries",
    "search": "/search?q=bank",
    "channels": "/channels",
}
"""What can be asked of every edition; of one brand the first of the book is taken."""

COLUMNS = {column.name: column for column in STANDINGS.columns}
HERE = mark("as described here")
KINDS = {
    "string": mark("string"),
    "integer": mark("integer"),
    "number": mark("number"),
    "boolean": mark("boolean"),
    "object": mark("object"),
}
"""JSON's, as JSON Schema calls them."""


def reference(desk: Desk) -> ApiPage:
    return ApiPage(
        frame=desk.frame(),
        title=t("API"),
        description=t(
            "The same figures for programs: read-only, with every address, parameter"
            " and field explained."
        ),
        crumb=Link(t("Data"), desk.url("/data")),
        root=f"{desk.public}{ROOT}",
        description_url=f"{ROOT}/openapi.json",
        per_minute=words.number(desk.per_minute),
        calls=tuple(_call(desk, each) for each in OPERATIONS),
        things=tuple(
            _described(name, schema) for name, schema in schemas.SCHEMAS.items()
        ),
    )


def _call(desk: Desk, each: Operation) -> Call:
    needed, optional = Cell(text=t("needed")), Cell(text=t("optional"))
    rows = (
        *(
            (
                Cell(text=name, code=True),
                Cell(text=t("in the address")),
                Cell(text=t("its name in addresses")),
                needed,
            )
            for name in openapi.PATH.findall(each.rule)
        ),
        *(
            (
                Cell(text=one.name, code=True),
                _values(one.schema),
                Cell(text=t(one.says)),
                needed if one.needed else optional,
            )
            for one in each.parameters
        ),
    )
    table = Table(
        caption=t("Parameters of %(name)s", name=each.name),
        headings=(t("Parameter"), t("Values"), t("What it is"), t("Needed")),
        rows=rows,
    )
    return Call(
        id=each.name,
        address=ROOT + openapi.path(each),
        says=t(each.says),
        more=t(each.more),
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


def _values(schema: dict[str, Any]) -> Cell:
    if "enum" in schema:
        return Cell(text=", ".join(schema["enum"]), code=True)
    if schema["type"] != "integer":
        return Cell(text=t("text"))
    said = t(
        "%(least)s to %(most)s; %(usual)s if not said",
        least=schema["minimum"],
        most=schema["maximum"],
        usual=schema.get("default"),
    )
    return Cell(text=said)


def _described(name: str, schema: dict[str, Any]) -> Described:
    rows = tuple(
        (
            Cell(text=field, code=True),
            Cell(text=_kind(said), code="$ref" in said),
            Cell(text=_says(name, field, said)),
        )
        for field, said in schema["properties"].items()
    )
    says = schema["description"]
    return Described(
        id=f"thing-{name}",
        title=name,
        file=name,
        says=t(says),
        table=Table(
            caption=t("Fields of %(name)s", name=name),
            headings=(t("Field"), t("Kind"), t("What it holds")),
            rows=rows,
        ),
    )


def _says(thing: str, field: str, said: dict[str, Any]) -> str:
    """What a field holds. A standing's are the columns of the bundle, and the page on
    data says those."""
    if thing != "Standing":
        says = said.get("description", HERE)
        return t(says)
    return of_column(COLUMNS[field])


def of_column(column: Column) -> str:
    """As ``schemas.of_column`` has it in English."""
    says = t(column.says)
    if column.unit:
        says = t("%(what)s; %(unit)s", what=says, unit=t(column.unit))
    if column.empty:
        says = t("%(what)s. null: %(empty)s", what=says, empty=t(column.empty))
    return says


def _kind(said: dict[str, Any]) -> str:
    if "$ref" in said:
        return str(said["$ref"]).rpartition("/")[2]
    if said["type"] == "array":
        return t("list of %(things)s", things=_kind(said["items"]))
    kinds = said["type"] if isinstance(said["type"], list) else [said["type"]]
    kind = t(KINDS[kinds[0]])
    if len(kinds) > 1:
        kind = t("%(kind)s or null", kind=kind)
    if "format" in said:
        return t("%(kind)s (%(format)s)", kind=kind, format=said["format"])
    return kind
