"""CFPB: complaints to financial firms, passed on by the US consumer bureau.

The Consumer Complaint Database of the Consumer Financial Protection Bureau, from its
CSV files (``complaints``) or its open interface (``live``), in its own words
(cfpb.github.io/api/ccdb/fields.html, looked at 2026-11-22). An inquiry is a complaint,
asked on the day on which the Bureau sent it to the firm, which has 15 days from then.

Whether it answered within them is said ("Timely response?"), when it did is not. So a
complaint here carries the end of those 15 days as the moment by which it had been
answered, and is said to have been watched only on the day it was sent: it enters no
share within one of our limits, no score and no typical wait, of nobody. What can be
said, the share answered in time, is counted apart (``scoring.details.timely``).

Known gaps
----------
- No time of any answer: a firm that takes an hour is like one that takes two weeks.
- "In time" is the Bureau's own finding. A firm that only reports to be working on it
  ("In progress") has responded, and one that asks for more time may get it.
- Complaints become public when the firm responds, or after 15 days, whichever is first:
  the young ones are those answered. Whatever was sent in the last 20 days of a file, or
  of the database, is left out, answered or not.
- Complaints that the Bureau passes on to other authorities are not in it; small banks
  are not its own.
- Firms are named as the Bureau writes them, which changes over the years.
- Nobody is named, so that every complaint is its own person.
- What is corrected later stays as it was first read.

History
-------
2026-11: first version.
"""

import re
from datetime import timedelta

from collectors.base import Channel
from collectors.channels.cfpb.complaints import SLUG, read_file
from collectors.channels.cfpb.live import look, resolve

__all__ = ["CHANNEL", "look", "message_at", "read_file", "resolve"]

DETAIL = re.compile(
    r"https://www\.consumerfinance\.gov/data-research/consumer-complaints/search"
    r"/detail/([0-9]{1,12})/?(?:[?#].*)?"
)


def message_at(_http: object, _options: object, url: str) -> str:
    """The complaint on a page; "" for the page of anything else."""
    match = DETAIL.fullmatch(url)
    return f"{SLUG}|{match[1]}" if match else ""


CHANNEL = Channel(
    slug=SLUG,
    title="Complaints to the US consumer bureau (CFPB)",
    source="https://www.consumerfinance.gov/data-research/consumer-complaints/",
    licence="CC0: the database is in the public domain",
    terms="Open data, free to use; of a complaint only days and timeliness are kept",
    cannot_see=(
        "When a firm answered: only whether it did within 15 days. Complaints younger"
        " than 20 days, and those that the Bureau passes on to other authorities."
    ),
    says_kind=True,
    every=timedelta(days=1),
    look=look,
    resolve=resolve,
    message_at=message_at,
    read_file=read_file,
)
