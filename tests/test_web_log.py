"""The method log: versions, what they changed, who moved by them."""

from dataclasses import replace

from fixtures_web import Get
from scoring.method import LOG, METHOD, METHODS, Choice, Entry
from web.views.log import versions


def plain(tag) -> str:
    return " ".join(tag.text.split())


def test_the_log_has_every_version(get: Get):
    page = get("/method/log")
    headings = [plain(tag) for tag in page.select("h2")]
    assert headings == [f"Version {version}" for version in reversed(METHODS)]
    text = plain(page)
    assert "Since 21 November 2026." in text
    assert "Editions published under it: 2026-Q3, 2026-Q2." in text
    assert "answerable rescore EDITION --method 1" in text
    assert get("/editions/2026-Q2/method/log")


def test_the_method_leads_to_its_log(get: Get):
    assert get("/method").select('main a[href="/method/log"]')


def test_editions_lead_to_their_version(get: Get):
    links = [a["href"] for a in get("/editions").select("tbody a")]
    assert "/method/log#version-1" in links


def test_a_new_version_says_what_it_changed(world):
    second = replace(
        METHOD, version="2", weights=Choice((40, 40, 20), "Another survey.")
    )
    entry = Entry("2", "2027-01-15", ("Weights of another survey.",), "Three brands.")
    desk = world.extensions["answerable"].desk()
    newest, first = versions(desk, {**METHODS, "2": second}, (*LOG, entry))
    assert newest.title == "Version 2"
    assert newest.since == "15 January 2027"
    assert newest.editions == ()
    assert newest.changes is not None
    (row,) = newest.changes.rows
    assert [cell.text for cell in row] == [
        "Weights of the three limits in the score", "42, 42, 16", "40, 40, 20",
        "Another survey.",
    ]  # fmt: skip
    assert first.changes is None
    same = replace(METHOD, version="2")
    newest, _ = versions(desk, {**METHODS, "2": same}, (*LOG, entry))
    assert newest.changes is None
