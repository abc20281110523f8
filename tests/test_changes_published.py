"""Changes through the store and in bundles: which edition is compared with, what is
kept, and that what a bundle says of it can be held to that edition."""

import json
from dataclasses import replace

import pytest

import jobs
from bundles import change, sign
from collectors.hashing import key
from fixtures_store import inquiries
from jobs import publishing
from jobs.bundle import export, verify
from jobs.publishing import publish
from model import DAY
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from model.looks import Reading
from scoring.method import METHOD

FROM = 20_454
DAYS = 30
BRANDS = ("acme", "bolt", "cove")
SHARES = {"acme": (50, 50, 50), "bolt": (20, 60, 60), "cove": (80, 82, 84)}
"""Answered of a hundred, in each of three periods."""


def registry():
    return Registry(
        industries=(IndustryEntry(slug="banks", name="Banks", nace="K"),),
        brands=tuple(
            BrandEntry(slug=slug, name=slug.title(), industry="banks")
            for slug in BRANDS
        ),
        accounts=tuple(
            AccountEntry(brand=slug, channel=channel, account=f"{slug}.example")
            for slug in BRANDS
            for channel in ("mastodon", "bluesky")
        ),
    )


def written(slug, period, n=200):
    rows = []
    for at in range(n):
        when = (FROM + period * DAYS) * DAY + at * DAYS * DAY // n
        wait = 600 if at % 4 else 9_000
        rows.append(
            {
                "channel": "mastodon" if at % 4 else "bluesky",
                "account": f"{slug}.example",
                "key": key(f"{slug} {period} {at}"),
                "author": key(f"{slug} {period} {at}"),
                "asked_at": when,
                "answered_at": when + wait
                if at * 37 % 100 < SHARES[slug][period]
                else None,
                "kind": 0,
                "found_by": 1,
            }
        )
    return rows


def fill(store):
    store.put_registry(registry())
    rows = [
        row for slug in BRANDS for period in range(3) for row in written(slug, period)
    ]
    end = (FROM + 3 * DAYS) * DAY
    store.merge(
        Reading(
            channel="interactions",
            inquiries=inquiries(*rows),
            since=FROM * DAY,
            as_of=end + 20 * DAY,
        )
    )
    return store


def made(store, period, name, **more):
    first = FROM + period * DAYS
    end = first + DAYS
    return publish(store, first, end, (end + 4) * DAY, name, **more)


def said(store, edition):
    rows = store.detail_lines(edition.id).filter(topic="change")
    return {row[1:5]: json.loads(row[5]) for row in rows.rows()}


def compared(store, edition):
    return said(store, edition).get(("", "", "", ""), {}).get("name")


def test_an_edition_says_what_changed_since_the_one_before(store):
    fill(store)
    assert said(store, made(store, 0, "one")) == {}
    second = made(store, 1, "two")
    found = said(store, second)
    whole = found.pop(("", "", "", ""))
    assert whole["digest"] == store.edition("one").digest
    assert (whole["brands"], whole["method"]) == (3, METHOD.version)
    bolt = found["brand", "social", "", "bolt"]
    assert bolt["called"] == 2
    rate, speed, mix, method = bolt["parts"]
    assert rate > 20
    assert abs(speed) < 1
    assert mix == method == 0
    assert bolt["was"][3] == 200
    assert found["industry", "social", "", "banks"]["rows"][1][0] == "bolt"
    assert said(store, made(store, 2, "three"))["brand", "social", "", "bolt"][
        "called"
    ] == 0  # fmt: skip


def test_only_a_period_that_ended_before_is_compared_with(sqlite_store, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.5)  # all in one second
    fill(sqlite_store)
    made(sqlite_store, 0, "one")
    made(sqlite_store, 1, "two")
    made(sqlite_store, 0, "one-corrected")
    half = FROM + DAYS + DAYS // 2
    rolling = publish(
        sqlite_store, half, half + DAYS, (half + DAYS + 4) * DAY, "r", provisional=True
    )
    assert compared(sqlite_store, rolling) == "one-corrected"
    third = made(sqlite_store, 2, "three")
    assert compared(sqlite_store, third) == "two"
    fiction = made(sqlite_store, 2, "fiction", sample=True)
    assert compared(sqlite_store, fiction) is None
    end = FROM + 3 * DAYS
    late = publish(sqlite_store, end - 1, end, (end + 4) * DAY, "day", provisional=True)
    assert compared(sqlite_store, late) == "two"  # never with a provisional one


def test_the_earlier_edition_is_counted_anew_by_another_method(
    sqlite_store, monkeypatch
):
    fill(sqlite_store)
    with monkeypatch.context() as then:
        then.setattr(publishing, "METHOD", replace(METHOD, version="0"))
        assert made(sqlite_store, 0, "one").method == "0"
    found = said(sqlite_store, made(sqlite_store, 1, "two"))
    assert found["", "", "", ""]["method"] == "0"
    assert found["brand", "social", "", "bolt"]["parts"][3] == 0


@pytest.fixture
def both(sqlite_store, tmp_path):
    """Bundles of the second edition and of the first."""
    fill(sqlite_store)
    for at, name in enumerate(("one", "two")):
        made(sqlite_store, at, name)
        export(sqlite_store, name, tmp_path / name)
    return tmp_path / "two", tmp_path / "one"


def outcome(report):
    return {check.what: check.agrees for check in report.checks}


def test_a_bundle_stands_alone_and_beside_the_one_before(both):
    later, earlier = both
    assert verify(later).agrees
    report = verify(later, before=earlier)
    assert report.agrees, report.differences
    assert {"edition before", "changes"} <= outcome(report).keys()
    assert not any("--before" in each for each in report.not_covered)
    assert any("--before" in each for each in verify(later).not_covered)
    assert verify(earlier).agrees


def details(folder):
    from bundles import cells

    return cells(folder / "details.csv")


def line_of(folder, level, slug):
    rows = details(folder)
    return next(
        at
        for at, row in enumerate(rows)
        if row[0] == "change" and row[1] == level and row[4] == slug
    )


def retold(folder, level, slug, **changes):
    """Alters one body, and signs for it."""
    at = line_of(folder, level, slug)
    body = json.loads(details(folder)[at][5]) | changes
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    change(folder, "details.csv", at, "body", text)


def test_another_edition_before_it_is_found_out(both):
    later, earlier = both
    names = [json.loads((each / "edition.json").read_text())["name"] for each in both]
    says = f"edition {names[0]} says what changed since {names[1]}; .* is edition"
    with pytest.raises(jobs.Failed, match=f"{says} {names[0]}: name the bundle"):
        verify(later, before=later)
    with pytest.raises(jobs.Failed, match="says nothing of an edition before it"):
        verify(earlier, before=later)


def test_a_change_that_is_altered_is_found_out(both):
    later, _ = both
    retold(later, "brand", "bolt", called=0)
    report = verify(later)
    assert not outcome(report)["details"]
    assert not outcome(report)["digest of standings.csv and details.csv"]


def test_an_earlier_score_that_is_altered_is_found_out(both):
    later, earlier = both
    at = line_of(later, "brand", "bolt")
    was = json.loads(details(later)[at][5])["was"]
    retold(later, "brand", "bolt", was=[was[0] + 1, *was[1:]])
    assert not outcome(verify(later))["result digest"]
    report = verify(later, before=earlier)
    assert not outcome(report)["changes"]
    assert outcome(report)["edition before"]


def test_an_earlier_bundle_that_disagrees_with_itself_is_found_out(both):
    later, earlier = both
    change(earlier, "standings.csv", 1, "score", "99.0")
    report = verify(later, before=earlier)
    assert not outcome(report)["edition before"]
    assert outcome(report)["changes"]  # its rows still say the same


def test_an_earlier_bundle_that_cannot_be_read_says_which(both, tmp_path):
    later, earlier = both
    (earlier / "edition.json").write_text("{}")
    sign(earlier)
    with pytest.raises(jobs.Failed, match="the edition before it, .*one: "):
        verify(later, before=earlier)


WRONG = (
    ("", "", {"name": None}),
    ("", "", {"day_from": -1}),
    ("", "", {"day_from": 1.5}),
    ("brand", "bolt", {"was": [1, 2]}),
    ("brand", "bolt", {"was": ["1", 0, 0, 10, 10]}),
    ("brand", "bolt", {"was": [1, 0, 2, 10, 0]}),
    ("brand", "bolt", {"was": [1, 0, 2, -10, 5]}),
    ("brand", "bolt", {"was": [1, 0, 1e300, 10, 5]}),
    ("brand", "bolt", {"published": True}),
    ("brand", "bolt", {"strata": []}),
    ("brand", "bolt", {"strata": [["mastodon", "other", 0, 0, 0, 0]]}),
    ("brand", "bolt", {"strata": [["mastodon", "joke", 0, 0, 0, 9]]}),
    ("brand", "bolt", {"strata": [["mastodon", "other", 9]]}),
    ("brand", "bolt", {"strata": [["nowhere", "other", 1, 1, 1, 1]]}),
    ("brand", "bolt", {"strata": [["mastodon", "other", 1, 1, 1, 10**40]]}),
    ("brand", "bolt", {"strata": [[{}, [], 1, 1, 1, 1]]}),
    ("brand", "bolt", {"strata": 7}),
)


def test_what_cannot_be_an_earlier_edition_is_refused(both):
    later, _ = both
    clean = (later / "details.csv").read_text()
    for level, slug, changes in WRONG:
        retold(later, level, slug, **changes)
        with pytest.raises(jobs.Failed, match=r"details\.csv, topic change"):
            verify(later)
        (later / "details.csv").write_text(clean)
    for body in ("[]", "7", "{", '"x"', "[" * 100_000):
        change(later, "details.csv", line_of(later, "brand", "bolt"), "body", body)
        with pytest.raises(jobs.Failed, match=r"details\.csv, topic change"):
            verify(later)
        (later / "details.csv").write_text(clean)
    change(later, "details.csv", line_of(later, "", ""), "topic", "chance")
    with pytest.raises(jobs.Failed, match="not said once which edition"):
        verify(later)


def test_figures_that_do_not_fit_together_end_in_differences(both):
    """A hostile bundle's earlier score need not follow from its strata."""
    later, _ = both
    retold(later, "brand", "bolt", was=[99.0, 0.0, 12.0, 3, 0.1])
    assert not verify(later).agrees
