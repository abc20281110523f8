"""Google Play: who reviews an app, and when its developer replies.

From files (``dump``) everywhere, and from the shop itself (``live``) where an operator
has switched that on: its terms forbid it. Each says what it cannot see.
"""

from datetime import timedelta

from collectors.base import Channel
from collectors.channels.google_play.dump import (
    APPS,
    MERGED,
    SLUG,
    message_at,
    read_file,
)
from collectors.channels.google_play.live import look, resolve
from collectors.reviews import EDITED

__all__ = [
    "APPS",
    "CHANNEL",
    "EDITED",
    "MERGED",
    "look",
    "message_at",
    "read_file",
    "resolve",
]

CHANNEL = Channel(
    slug=SLUG,
    title="Google Play",
    source="https://play.google.com/store/apps",
    licence="Reviews belong to their writers; only times and stars are kept.",
    terms="https://play.google.com/about/consumer-conduct-policy.html",
    cannot_see=(
        "When an edited review was first written; reviews in languages that are not"
        " asked for; reviews that the shop, or whoever made a file, left out. Files do"
        " not say which zone their times are in: they are read as UTC."
    ),
    says_kind=True,
    every=timedelta(hours=6),
    switch="google_play_on",
    restriction=(
        "the shop's rules of conduct ask that nothing it shows be collected by machine"
        " (https://play.google.com/about/consumer-conduct-policy.html); there is no"
        " official way to read the reviews of somebody else's app. Files are imported"
        " whether it is on or off"
    ),
    look=look,
    resolve=resolve,
    message_at=message_at,
    read_file=read_file,
)
