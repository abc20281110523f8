"""Fixtures of all tests; each layer keeps its own in a file beside this one."""

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
        "collecting",
        "crowd",
        "doctor",
        "forgetting",
        "hostile",
        "http",
        "import_files",
        "import_fuzz",
        "importing",
        "kinds",
        "languages",
        "mastodon",
        "migrations",
        "new_channel",
        "privacy",
        "proposing",
        "publishing",
        "reference_checks",
        "registry",
        "registry_live",
        "sample",
        "scoring_edition",
        "scoring_tally",
        "starting",
        "store",
        "store_editions",
        "store_locks",
        "store_look",
        "store_merge",
        "store_opened",
        "store_tally",
        "supervising",
        "tombstones",
        "up",
        "web_agreement",
        "web_hostile",
        "web_rules",
        "web_source",
        "web_tables",
        "week",
        "wire",
        "worker",
    ]
)
"""Files that start servers, databases or commands, or try very many examples: left
out of `make check`, which is to take less than a minute."""


OTHERS = {"subprocess", "threading", "running"}
"""What a file imports that starts processes, threads or servers itself."""

SERVERS = {"postgres_server", "box", "served", "browser"}
"""Fixtures that do."""


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
