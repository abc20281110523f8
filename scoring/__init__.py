"""From inquiries to an edition: method, tally, intervals, ranks, standings."""

VERSION = "0.1.0"
"""Of the code that makes an edition; the same as in pyproject.toml (a test)."""
