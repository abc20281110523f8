"""The files of a bundle: every table, every column, what it holds and in what unit.

The one source for what is written, what is read back, how both are described, and what
the page on data prints. An empty cell means what its column says of it, and never
nought.
"""

from model.bundle.layout import Column, Table, Type, words
from model.bundle.results import DETAILS, STANDINGS
from model.bundle.rows import (
    ACCOUNTS,
    BRANDS,
    COVERAGE,
    INDUSTRIES,
    INQUIRIES,
    NOT_COUNTED,
    PUBLICATIONS,
)

__all__ = [
    "ACCOUNTS",
    "BRANDS",
    "COVERAGE",
    "DETAILS",
    "DOCUMENTS",
    "FILES",
    "FORMAT",
    "INDUSTRIES",
    "INQUIRIES",
    "NOT_COUNTED",
    "PACKAGE",
    "PUBLICATIONS",
    "STANDINGS",
    "TABLES",
    "Column",
    "Table",
    "Type",
    "words",
]

FORMAT = 1
"""The version of this layout."""

TABLES = (
    STANDINGS,
    DETAILS,
    INQUIRIES,
    COVERAGE,
    PUBLICATIONS,
    ACCOUNTS,
    BRANDS,
    INDUSTRIES,
)

DOCUMENTS = ("CITATION.cff", "README.md", "edition.json", "method.json")
PACKAGE = "datapackage.json"
FILES = tuple(sorted([PACKAGE, *DOCUMENTS, *(table.file for table in TABLES)]))
"""Every file of a bundle, and there is no other."""
