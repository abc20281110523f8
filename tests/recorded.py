"""What a page was read as, in the words of an expected.json: each message with what it
says, codes by their names, and without what it leaves open."""

from dataclasses import fields
from enum import Enum
from typing import Any

from collectors.listing import Found


def as_recorded(found: Found) -> dict[str, Any]:
    return {
        "asked": [_said(each) for each in found.asked],
        "answered": [_said(each) for each in found.answered],
        "refused": dict(found.refused),
    }


def _said(message: Any) -> dict[str, Any]:
    values = {each.name: getattr(message, each.name) for each in fields(message)}
    left_open = {each.name: each.default for each in fields(message)}
    return {
        name: value.name.lower() if isinstance(value, Enum) else value
        for name, value in values.items()
        if value != left_open[name]
    }
