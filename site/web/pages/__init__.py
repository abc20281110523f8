"""What each template may use. One frozen class per page; its docstring is its spec.

The template of a page is ``templates/pages/<template>.html``; a test holds that it
uses every field. Fields of ``Page`` itself are used by the layout.
"""

from web.pages.base import (
    AboutPage,
    EditionNote,
    EmptyPage,
    ErrorPage,
    Frame,
    Page,
    PatternsPage,
)
from web.pages.behind import (
    ApiPage,
    Call,
    DataPage,
    Described,
    EditionsPage,
    MethodLogPage,
    MethodPage,
    Rule,
    SourceLine,
    SourcePage,
    SourcesPage,
    Version,
)
from web.pages.elsewhere import EmbedPage
from web.pages.figures import (
    BrandPage,
    ComparePage,
    Contest,
    CoveragePage,
    FamilySection,
    Found,
    HomePage,
    IndustriesPage,
    IndustryLine,
    IndustryPage,
    Past,
    Presence,
    Say,
    SearchPage,
)
from web.pages.studies import (
    AuditPage,
    AuditsPage,
    StudiesPage,
    Study,
)

__all__ = [
    "AboutPage",
    "ApiPage",
    "AuditPage",
    "AuditsPage",
    "BrandPage",
    "Call",
    "ComparePage",
    "Contest",
    "CoveragePage",
    "DataPage",
    "Described",
    "EditionNote",
    "EditionsPage",
    "EmbedPage",
    "EmptyPage",
    "ErrorPage",
    "FamilySection",
    "Found",
    "Frame",
    "HomePage",
    "IndustriesPage",
    "IndustryLine",
    "IndustryPage",
    "MethodLogPage",
    "MethodPage",
    "Page",
    "Past",
    "PatternsPage",
    "Presence",
    "Rule",
    "Say",
    "SearchPage",
    "SourceLine",
    "SourcePage",
    "SourcesPage",
    "StudiesPage",
    "Study",
    "Version",
]
