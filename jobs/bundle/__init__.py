"""An edition as files that anybody can recompute it from, and the recomputation."""

from jobs.bundle.checking import Report, verify
from jobs.bundle.offering import offer, offer_shown
from jobs.bundle.writing import Exported, export, holding

__all__ = ["Exported", "Report", "export", "holding", "offer", "offer_shown", "verify"]
