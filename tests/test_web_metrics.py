"""/metrics, /healthz and /readyz: what those who run an installation ask."""

from contextlib import closing

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import (
    text_string_to_metric_families as plain_families,
)
from sqlalchemy.exc import OperationalError

from fixtures_web import Q3, channels, edition, fill, lines, save, site
from model import DAY, Run
from settings import Settings
from store import Outbox, Store
from test_store_watching import NOW, look, watch
from web import metrics
from web.metrics import KEPT_S, Metrics, Sums
from web.source import POLL_S, Source


def read(body: str) -> dict[tuple[str, ...], float]:
    """Name and label values to value, read by Prometheus' own parser."""
    return {
        (each.name, *each.labels.values()): each.value
        for family in plain_families(body)
        for each in family.samples
    }


@pytest.fixture
def store(tmp_path):
    with closing(Store(Settings(var=tmp_path, database_url="").database)) as store:
        fill(store)
        yield store


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(metrics, "time", lambda: NOW)


def test_every_channel_says_how_its_watch_goes(store, tmp_path):
    watch(store, "bluesky", NOW - DAY, NOW - 200)
    answer = site(tmp_path).test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["Cache-Control"] == "no-store"
    said = read(answer.text)
    assert said["answerable_looks_total", "bluesky", "ok"] == 1
    assert said["answerable_looks_total", "mastodon", "failed"] == 1
    assert said["answerable_rows_read_total", "bluesky"] == 1_200
    assert said["answerable_rows_kept_total", "bluesky"] == 40
    assert said["answerable_rows_refused_total", "bluesky"] == 1_160
    assert said["answerable_look_seconds_total", "mastodon"] == 9 + 39
    assert said["answerable_lag_seconds", "bluesky"] == 200
    assert said["answerable_watched_until_timestamp_seconds", "bluesky"] == NOW - 200
    assert ("answerable_lag_seconds", "mastodon") not in said, "never watched"
    assert said["answerable_accounts_troubled", "mastodon"] == 1
    assert said["answerable_accounts_watched", "bluesky"] == 1
    assert said["answerable_accounts_late", "bluesky"] == 0
    assert said["answerable_channel_on", "x"] == 0
    assert said["answerable_channel_interval_seconds", "bluesky"] == 300
    at = 20_730 * DAY
    assert said["answerable_last_run_complete", "mastodon"] == 0
    assert said["answerable_last_run_timestamp_seconds", "mastodon"] == at + 99
    assert said["answerable_last_complete_run_timestamp_seconds", "mastodon"] == at + 9
    assert said["answerable_database_up",] == 1
    assert said["answerable_edition_info", "2026-Q3", "false"] == 1
    assert said["answerable_edition_until_timestamp_seconds",] == Q3[1] * DAY


def test_how_the_outbox_stands(store, tmp_path, monkeypatch):
    monkeypatch.setattr(
        Store, "outbox", lambda _: Outbox(watching=7, waiting=3, sent=20, given_up=1)
    )
    said = read(site(tmp_path).test_client().get("/metrics").text)
    assert said["answerable_subscriptions",] == 7
    states = {key[1]: said[key] for key in said if key[0] == "answerable_notices"}
    assert states == {"waiting": 3, "sent": 20, "given_up": 1}


def test_what_labels_say_is_escaped(store, tmp_path):
    odd = 'a "quoted" \\ name\nof two lines'
    row = channels()[0]
    row.slug = odd
    store.put_channels([row])
    store.record_run(look(odd, NOW))
    answer = site(tmp_path).test_client().get("/metrics")
    assert read(answer.text)["answerable_looks_total", odd, "ok"] == 1


def test_openmetrics_where_it_is_asked_for(store, tmp_path):
    asked = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = site(tmp_path).test_client().get("/metrics", headers=asked)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    names = {each.name for each in text_string_to_metric_families(answer.text)}
    assert {"answerable_looks", "answerable_lag_seconds"} <= names


def test_no_name_text_or_reason_is_exposed(store, tmp_path):
    body = site(tmp_path).test_client().get("/metrics").text
    for private in ("northwind", "did not answer", "no account of ours", str(tmp_path)):
        assert private not in body


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_kept_some_seconds(store, tmp_path):
    clock = Clock()
    source = Source(Settings(var=tmp_path, database_url=""), Store, clock)
    made = Metrics(source, clock)

    def looks() -> float:
        said = read(made.answer("")[0].decode())
        return said["answerable_looks_total", "bluesky", "ok"]

    assert looks() == 1
    store.record_run(look("bluesky", NOW))
    clock.now += KEPT_S / 2
    assert looks() == 1
    clock.now += KEPT_S / 2
    assert looks() == 2


def test_only_new_runs_are_added_and_late_ones_are_not_lost(store, monkeypatch):
    monkeypatch.setattr(metrics, "TAIL", 2)
    sums, asked = Sums(store), []
    run_sums = store.run_sums
    monkeypatch.setattr(
        store, "run_sums", lambda a, b: asked.append((a, b)) or run_sums(a, b)
    )
    first = store.newest_run()
    assert sums.now()[0]["bluesky", "look", "ok"].runs == 1
    late = Run(id=first + 1, **look("bluesky", NOW).model_dump(exclude={"id"}))
    store.record_run(Run(id=first + 2, **look("x", NOW).model_dump(exclude={"id"})))
    assert ("x", "look", "ok") in sums.now()[0]
    store.record_run(late)  # a lower number, stored later
    runs, refused = sums.now()
    assert runs["bluesky", "look", "ok"].runs == 2
    assert runs["bluesky", "look", "ok"].seconds == 5 + 7
    assert refused["bluesky"] == 1_160
    assert asked[-1][0] == first, "what has settled is not read again"
    assert sums.now() == (runs, refused)


def test_a_sample_is_no_measurement(tmp_path):
    with closing(
        Store(Settings(var=tmp_path, database_url="").sample_database)
    ) as sample:
        fill(sample, sample=True)
    said = read(site(tmp_path).test_client().get("/metrics").text)
    assert not [name for name, *_ in said if name.startswith("answerable_looks")]
    assert said["answerable_edition_info", "2026-Q3", "true"] == 1


def broken(*_):
    raise OperationalError("SELECT", {}, Exception("no such file /secret/place"))


def test_a_database_that_does_not_answer(store, tmp_path, monkeypatch):
    client = site(tmp_path).test_client()
    assert client.get("/readyz").json == {
        "ok": True, "edition": "2026-Q3", "sample": False, "says": "",
    }  # fmt: skip
    for question in ("version", "channels"):
        monkeypatch.setattr(Store, question, broken)
    source = client.application.extensions["answerable"].source
    source._due = 0.0
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["says"] == "the database does not answer; the log says more"
    assert "secret" not in answer.text
    assert client.get("/healthz").status_code == 200, "the process itself is well"
    said = read(client.get("/metrics").text)
    assert said["answerable_database_up",] == 0
    monkeypatch.undo()
    source._due = 0.0
    assert client.get("/readyz").status_code == 200


def test_nothing_to_show_is_not_ready(empty):
    client = empty.test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ok"]) == (503, False)
    assert "no edition" in answer.json["says"]
    assert client.get("/healthz").json["ok"]
    assert client.get("/metrics").status_code == 200


def test_a_broken_database_is_said_once_beside_a_sample(tmp_path, caplog):
    here = Settings(var=tmp_path, database_url="")
    with closing(Store(here.sample_database)) as sample:
        sample.migrate()
        save(sample, edition("made-up", Q3, sample=True), lines())
    (tmp_path / "answerable.db").write_bytes(b"this is no database" * 100)
    clock = Clock()
    source = Source(here, Store, clock)
    for _ in range(3):
        assert source.library().sample
        assert "not a database" in source.problem
        clock.now += POLL_S
    assert caplog.text.count("could not be read") == 1
    (tmp_path / "answerable.db").unlink()
    assert source.library().sample
    assert source.problem == ""
