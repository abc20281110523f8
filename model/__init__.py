"""The words every layer shares: what was seen, where, and when.

``model.words`` holds the vocabulary (channels, families, kinds), ``model.rows`` the
tables, ``model.frames`` the columns in which many inquiries travel at once. No other
file declares a field. Only ``store`` touches rows.
"""

from model.audits import Audit, AuditMessage, AuditResult
from model.docket import Filing
from model.notices import Announced, Notice, Subscription
from model.rows import (
    Account,
    Brand,
    ChannelRow,
    Coverage,
    Cursor,
    Edition,
    EditionDetail,
    EditionRows,
    Industry,
    InquiryRow,
    Kept,
    Publication,
    ResponseRow,
    Run,
    Standing,
    Touched,
)
from model.words import (
    CHANNEL_FAMILY,
    DAY,
    FAMILIES,
    Count,
    Cut,
    Family,
    FoundBy,
    Kind,
    Level,
    Reason,
    Status,
    Step,
)

__all__ = [
    "CHANNEL_FAMILY",
    "DAY",
    "FAMILIES",
    "Account",
    "Announced",
    "Audit",
    "AuditMessage",
    "AuditResult",
    "Brand",
    "ChannelRow",
    "Count",
    "Coverage",
    "Cursor",
    "Cut",
    "Edition",
    "EditionDetail",
    "EditionRows",
    "Family",
    "Filing",
    "FoundBy",
    "Industry",
    "InquiryRow",
    "Kept",
    "Kind",
    "Level",
    "Notice",
    "Publication",
    "Reason",
    "ResponseRow",
    "Run",
    "Standing",
    "Status",
    "Step",
    "Subscription",
    "Touched",
]
