"""Accounts and brands that a file names and nobody has entered in the registry."""

import re
import unicodedata
from hashlib import blake2b

from sqlalchemy import Connection, text

UNCLASSIFIED = ("unclassified", "Unclassified")
"""Slug and name of the industry of brands that nobody has placed yet."""


def slugify(name: str) -> str:
    """A name as it stands in an address: a-z, 0-9 and single hyphens.

    A name without any such letter gets a slug made from its bytes.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].strip("-")
    return slug or f"brand-{blake2b(name.encode(), digest_size=4).hexdigest()}"


class Names:
    """Slugs and names to ids, of industries or of brands; new ones are collected."""

    def __init__(self, connection: Connection, table: str) -> None:
        rows = connection.execute(text(f"SELECT id, slug, name FROM {table}")).all()
        self.ids: dict[str, int] = {slug: id_ for id_, slug, _ in rows}
        self._by_name = {name.casefold(): slug for _, slug, name in rows}
        self.new: dict[str, str] = {}  # slug: name

    def place(self, said: str) -> str:
        """The slug of what a file calls by slug or by name; a new one if need be."""
        slug = slugify(said)
        for known in (said, self._by_name.get(said.casefold(), ""), slug):
            if known in self.ids or known in self.new:
                return known
        self.new[slug] = said
        return slug

    def own(self, said: str, suffix: str) -> str:
        """A new slug for something of that name which nobody has said is the same."""
        slug = slugify(said)
        tries = [slug, f"{slug}-{suffix}"]
        tries += [f"{slug}-{suffix}-{number}" for number in range(2, 1_000)]
        free = next(each for each in tries if each not in self.ids | self.new)
        self.new[free] = said
        return free
