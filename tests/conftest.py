"""Fixtures of all tests; each layer keeps its own in a file beside this one."""

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from collectors import http

# How long an example takes says how busy the machine is, nothing of the code.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")

pytest_plugins = [
    "fixtures_store",
    "fixtures_web",
    "fixtures_sample",
    "fixtures_mail",
    "fixtures_browser",
]


@pytest.fixture(autouse=True)
def loopback(monkeypatch):
    """Servers of tests are on this machine: any client of a test may ask them."""
    monkeypatch.setattr(http, "PRIVATE", frozenset({"127.0.0.1", "::1", "localhost"}))


SLOW = frozenset(
    f"test_{name}"
    for name in [
        "answers",
        "audits_cli",
        "audits_reading",
        "audits_scoring",
        "audits_store",
        "audits_web",
        "bluesky_look",
        "bluesky_store",
        "bluesky_stream",
        "bundle",
        "bundle_hostile",
        "bundles_offered",
        "changes",
        "changes_published",
        "classify",
        "cli",
        "cli_bundle",
        "cli_method",
        "climbing",
        "collecting",
        "confirming",
        "crowd",
        "discourse",
        "docket",
        "doctor",
        "forgetting",
        "freezing",
        "github",
        "github_gone",
        "hostile",
        "http",
        "import_files",
        "import_fuzz",
        "import_twcs",
        "importing",
        "judged_edition",
        "kept",
        "kinds",
        "ladder",
        "languages",
        "languages_blocks",
        "logs",
        "mastodon",
        "mastodon_rounds",
        "migrations",
        "new_channel",
        "pictures_languages",
        "privacy",
        "privacy_channels",
        "proposing",
        "publishing",
        "recordings",
        "reddit",
        "reference_checks",
        "registry",
        "registry_live",
        "replies",
        "reported",
        "rescoring",
        "reviews",
        "rewatch",
        "rolling",
        "sample",
        "scoring_curve",
        "scoring_details",
        "scoring_edition",
        "scoring_substance",
        "scoring_survival",
        "scoring_tally",
        "scoring_timely",
        "sensitivity",
        "settings",
        "simulation",
        "spending",
        "stackexchange",
        "starting",
        "store",
        "store_editions",
        "store_locks",
        "store_look",
        "store_merge",
        "store_notices",
        "store_opened",
        "store_room",
        "store_tally",
        "store_watching",
        "supervising",
        "tombstones",
        "touched",
        "trust",
        "unseen",
        "up",
        "web_agreement",
        "web_api",
        "web_badges",
        "web_changes",
        "web_curve",
        "web_days",
        "web_embed_chart",
        "web_hostile",
        "web_judging",
        "web_ladder",
        "web_markup",
        "web_metrics",
        "web_pictures",
        "web_places",
        "web_rhythm",
        "web_rules",
        "web_source",
        "web_sources",
        "web_tables",
        "web_timely",
        "week",
        "wire",
        "worker",
        "worlds",
        "x",
    ]
)
"""Files that start servers, databases or commands, or try very many examples: left
out of `make check`, which is to take less than a minute."""


OTHERS = {"subprocess", "threading", "running"}
"""What a file imports that starts processes, threads or servers itself."""

SERVERS = {"postgres_server", "box", "served", "browser"}
"""Fixtures that do."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is left out need not be read either, which is a third of a quick run."""
    left_out = "not slow" in config.option.markexpr
    return True if left_out and collection_path.stem in SLOW else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker("slow")
        if _beside_others(item):
            item.add_marker(pytest.mark.flaky(reruns=1))


def _beside_others(item: pytest.Item) -> bool:
    """Whether what it sees depends on when processes, threads or a browser get their
    turn: it may try once more, and the summary says that it did. Nothing else may,
    least of all a property, of which one failing example is enough."""
    if not isinstance(item, pytest.Function) or getattr(
        item.obj, "is_hypothesis_test", False
    ):
        return False
    marked = any(item.get_closest_marker(name) for name in ("browser", "peers"))
    starts = OTHERS & vars(item.module).keys() or SERVERS & set(item.fixturenames)
    return marked or bool(starts)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: Python's search for cycles need not walk
    through it again and again, which is a tenth of a quick run."""
    gc.freeze()
