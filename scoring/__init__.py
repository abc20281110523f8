"""From inquiries to an edition: method, tally, intervals, ranks, standings."""
