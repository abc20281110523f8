"""Who is watched, where, and what became of each look."""

from store.base import Part


class Registrar(Part):
    """Channels, industries, brands, accounts, runs and cursors."""
