"""/sources and /sources/<slug>: where we look, what we cannot see there, and how the
watch goes.

The pages that are not of an edition: they say what is so now. They are about the
measured database as soon as that is there, also while only the sample can be shown.
"""

from web.views.sources.every import sources
from web.views.sources.one import source
from web.views.sources.reading import RECENT_DAYS
from web.views.sources.tables import days_table, source_table, table
from web.views.sources.taken import Taken

__all__ = [
    "RECENT_DAYS",
    "Taken",
    "days_table",
    "source",
    "source_table",
    "sources",
    "table",
]
