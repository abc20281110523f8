"""What the small world's newer edition says like with like, in funnels, and of the
edition before it: one brand in every state."""

from typing import Any

TOLD: dict[tuple[str, str, str, str, str], dict[str, Any]] = {
    ("change", "", "", "", ""): {
        "name": "2026-Q2", "digest": "", "method": "1",
        "day_from": 20_544, "day_to": 20_635, "brands": 5,
    },
    ("change", "brand", "social", "", "northwind-air"): {
        "was": [60.1, 55.0, 65.0, 900, 700.0], "change": 6.32, "low": -1.25,
        "high": 13.54, "parts": [4.1, 2.32, -0.1, 0.0], "called": 0,
        "strata": [["bluesky", "other", 300, 300, 100, 200]],
    },
    ("change", "brand", "social", "", "credit-elan"): {
        "was": [30.0, 22.0, 38.0, 150, 120.0], "change": 20.5, "low": 6.5,
        "high": 34.2, "parts": [15.0, 5.0, 0.5, 0.0], "called": 1,
        "strata": [["bluesky", "other", 10, 40, 20, 80]],
    },
    ("change", "brand", "social", "", "sly-air"): {
        "was": [41.0, 36.0, 46.0, 110, 90.0], "published": 39.0, "change": -39.0,
        "low": -46.9, "high": -35.1, "parts": [-30.0, -11.5, 0.5, 2.0], "called": 2,
        "strata": [["bluesky", "other", 30, 20, 10, 50]],
    },
    ("change", "industry", "social", "", "airlines"): {
        "was": 49.55, "score": 33.21, "change": -16.34, "low": -21.5, "high": -10.1,
        "parts": [-12.95, -4.59, 0.2, 1.0], "called": 1,
        "rows": [
            ["northwind-air", 60.1, 66.42, 6.32, -1.25, 13.54, 4.1, 2.32, -0.1, 0.0, 0],
            ["sly-air", 39.0, 0.0, -39.0, -46.9, -35.1, -30.0, -11.5, 0.5, 2.0, 2],
        ],
    },
    ("change", "industry", "social", "", "banks"): {
        "rows": [
            ["credit-elan", 30.0, 50.5, 20.5, 6.5, 34.2, 15.0, 5.0, 0.5, 0.0, 1],
        ],
    },
    ("standard", "brand", "social", "", "northwind-air"): {
        "held": 1.0, "standard": [58.21, 50.3, 65.8, 610.2],
        "strata": [
            ["bluesky", "other", 0.4, 300, 240, 12, 48],
            ["mastodon", "complaint", 0.6, 110, 150, 18, 122],
        ],
        "after": {"brands": 1, "slugs": ["sly-air"]},
    },
    ("standard", "brand", "social", "", "sly-air"): {
        "held": 0.85, "standard": [61.0, 49.0, 71.5, 60.5],
        "strata": [["bluesky", "other", 0.4, 0, 0, 0, 90]],
        "before": {"brands": 7, "slugs": ["northwind-air"]},
        "after": {"brands": 1, "slugs": ["one-day-air"]},
    },
    ("standard", "brand", "social", "", "credit-elan"): {
        "held": 1.0, "standard": [50.5, 40.0, 60.0, 150.0],
        "strata": [["bluesky", "other", 0.4, 82, 78, 6, 34]],
    },
    ("standard", "brand", "social", "", "tiny-bank"): {
        "held": 0.4, "strata": [["bluesky", "other", 0.4, 8, 11, 4, 15]],
    },
    ("standard", "brand", "social", "", "one-day-air"): {
        "held": 1.0, "standard": [50.0, 20.0, 80.0, 9.0],
        "strata": [["bluesky", "other", 0.4, 80, 120, 40, 160]],
    },
    ("standard", "industry", "social", "", "airlines"): {
        "brands": 2, "pairs": 1, "reversed": 1, "aparts": 1,
        "apart": [["northwind-air", "sly-air"]],
        "rows": [
            ["northwind-air", 66.42, 58.21, 50.3, 65.8, 610.2],
            ["sly-air", 0.0, 61.0, 49.0, 71.5, 60.5],
        ],
    },
    ("standard", "industry", "social", "", "banks"): {
        "brands": 2, "pairs": 1, "reversed": 0, "aparts": 0, "apart": [],
        "rows": [
            ["credit-elan", 50.5, 50.5, 40.0, 60.0, 150.0],
            ["gone-bank", 40.0, 41.0, 30.0, 50.0, 60.0],
        ],
    },
    ("funnel", "industry", "social", "", "airlines"): {
        "mean": 40.2,
        "brands": [
            ["northwind-air", 66.42, 800.5, 2],
            ["one-day-air", 41.0, 300.0, 0],
            ["sly-air", 0.0, 80.1, -1],
        ],
        "limits": [
            [80.0, 31.0, 26.5, 49.8, 55.4],
            [250.0, 35.0, 32.0, 45.5, 48.6],
            [800.5, 37.3, 35.7, 43.1, 44.9],
        ],
    },
}  # fmt: skip
"""Topic, level, family, channel, slug."""
