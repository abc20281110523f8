"""The OpenAPI 3.1 description, made of what answers: operations, their parameters."""

import re
from typing import Any

from web.api import schemas
from web.api.operations import OPERATIONS, Operation
from web.api.parameters import LONGEST, SLUG
from web.api.problems import KIND
from web.tables import LICENCE, LICENCE_URL

VERSION = "1.0.0"
PATH = re.compile(r"<slug:(\w+)>")
LIMITED = {
    "RateLimit-Limit": "requests a minute",
    "RateLimit-Remaining": "how many are left",
    "RateLimit-Reset": "seconds until one is free again",
}


def document(public: str) -> dict[str, Any]:
    """``public``: the site's address without a slash at its end; '' not known."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Answerable",
            "version": VERSION,
            "summary": "Who answers the public, and how fast.",
            "description": "Read-only. Every figure is of an edition, which never"
            " changes: name one with `edition`, or take the current one. Fields may be"
            " added within version 1; none is renamed or removed.",
            "license": {"name": LICENCE, "url": LICENCE_URL},
        },
        "servers": [{"url": f"{public}/api/v1"}],
        "paths": {path(each): {"get": _operation(each)} for each in OPERATIONS},
        "components": {"schemas": schemas.SCHEMAS, "responses": _responses()},
    }


def path(each: Operation) -> str:
    """An operation's address below the root, as OpenAPI writes it."""
    return PATH.sub(r"{\1}", each.rule)


def _operation(each: Operation) -> dict[str, Any]:
    found = {
        "200": {
            "description": each.says,
            "headers": _headers(paged=each.paged),
            "content": {
                "application/json": {
                    "schema": schemas.answer(each.data, paged=each.paged)
                }
            },
        },
        "304": {"description": "Not changed since `If-None-Match`"},
        "400": {"$ref": "#/components/responses/BadRequest"},
        "404": {"$ref": "#/components/responses/NotFound"},
        "429": {"$ref": "#/components/responses/TooMany"},
    }
    return {
        "operationId": each.name,
        "summary": each.says,
        "description": each.more,
        "parameters": [*_in_path(each), *_in_query(each)],
        "responses": found,
    }


def _in_path(each: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": "its name in addresses",
            "schema": {"type": "string", "pattern": SLUG, "maxLength": LONGEST},
        }
        for name in PATH.findall(each.rule)
    ]


def _in_query(each: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "in": "query",
            "required": one.needed,
            "description": one.says,
            "schema": one.schema,
        }
        for one in each.parameters
    ]


def _headers(*, paged: bool) -> dict[str, Any]:
    said = {
        name: {"description": says, "schema": {"type": "integer"}}
        for name, says in LIMITED.items()
    }
    said["ETag"] = {
        "description": "changes with the answer",
        "schema": {"type": "string"},
    }
    if paged:
        said["Link"] = {
            "description": 'the next page, as rel="next"; not there on the last',
            "schema": {"type": "string"},
        }
    return said


def _responses() -> dict[str, Any]:
    return {
        name: {
            "description": says,
            "content": {KIND: {"schema": schemas.ref("Problem")}},
        }
        for name, says in (
            ("BadRequest", "A parameter is unknown, missing or without meaning"),
            ("NotFound", "Not in this edition"),
            ("TooMany", "Asked too often; `Retry-After` says when to go on"),
        )
    }
