"""Which conversations are known already, on both kinds of database."""

import polars as pl

from model.frames import IMPORTED, conform
from model.looks import Reading


def test_of_those_asked_for_the_ones_that_are_kept(store):
    said = {
        "channel": ["bluesky", "bluesky", "mastodon"],
        "account": ["a.test", "b.test", "a.test"],
        "key": [1, -(2**63), 1],
        "author": [5, 6, 7],
        "asked_at": [100, 200, 300],
        "found_by": [1, 1, 1],
    }
    store.merge(
        Reading(channel="x", inquiries=conform(pl.DataFrame(said), IMPORTED), as_of=400)
    )
    asked = [("a.test", 1), ("a.test", 2), ("b.test", -(2**63)), ("nobody.test", 1)]
    assert store.opened("bluesky", asked * 2) == {
        ("a.test", 1): 100,
        ("b.test", -(2**63)): 200,
    }
    assert store.opened("mastodon", asked) == {("a.test", 1): 300}
    assert store.opened("bluesky", []) == {}
