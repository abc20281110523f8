"""Who answers for a brand where a channel does not say: declared, checked, kept."""

import pytest

from collectors import registry
from collectors.registry import UnreadableRegistry
from jobs import registry as job
from jobs.collecting import _accounts
from model.entries import StaffEntry
from store import Store

INDUSTRIES = "slug,name,nace\ntools,Tools,J\nunclassified,Not classified,\n"
BRANDS = """slug,name,industry,country,website,wikidata,former_names,note
acme,Acme,tools,,,,,
"""
ACCOUNTS = """brand,channel,account,role,confidence,evidence,note
acme,github,acme/app,support,high,seen,
acme,stackexchange,stackoverflow|Acme-api,support,high,seen,
"""
STAFF = """channel,account,user,evidence,note
stackexchange,stackoverflow|acme-api,105,https://acme.example/people,
stackexchange,stackoverflow|acme-api,22656,https://acme.example/people,since May
"""


def folder(path, staff: str | None = STAFF):
    for name, text in (
        ("industries", INDUSTRIES),
        ("brands", BRANDS),
        ("accounts", ACCOUNTS.replace("Acme-api", "acme-api")),
        ("staff", staff),
    ):
        if text is not None:
            (path / f"{name}.csv").write_text(text)
    return path


def test_a_registry_needs_no_staff(tmp_path):
    assert registry.read(folder(tmp_path, None)).staff == ()


def test_staff_is_read_as_it_is_written(tmp_path):
    first, second = registry.read(folder(tmp_path)).staff
    assert first == StaffEntry(
        channel="stackexchange",
        account="stackoverflow|acme-api",
        user="105",
        evidence="https://acme.example/people",
    )
    assert second.note == "since May"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("stackexchange,stackoverflow|acme-api,Jo,https://a.example,", "user's number"),
        (
            "stackexchange,stackoverflow|acme-api,007,https://a.example,",
            "user's number",
        ),
        ("stackexchange,stackoverflow|acme-api,7,from memory,", "the brand itself"),
        ("stackexchange,stackoverflow|other,7,https://a.example,", "accounts.csv"),
        ("github,acme/app,7,https://a.example,", "listed only of stackexchange"),
        (
            "stackexchange,stackoverflow|acme-api,105,https://a.example,",
            "is in line 2 already",
        ),
        ("stackexchange,stackoverflow|acme-api,1,https://a.example,", "out of order"),
        ("stackexchange,stackoverflow|acme-api,7", "5 fields belong here"),
    ],
)
def test_mistakes_in_staff(tmp_path, line, what):
    problems = job.check(folder(tmp_path, f"{STAFF}{line}\n"))
    assert any("staff.csv:4" in each and what in each for each in problems), problems
    with pytest.raises(UnreadableRegistry):
        registry.read(tmp_path)


def test_staff_reaches_whoever_looks_and_leaves_with_the_list(
    tmp_path, sqlite_store: Store
):
    job.load(sqlite_store, folder(tmp_path))
    (account,) = _accounts(sqlite_store, "stackexchange")
    assert account.staff == ("105", "22656")
    (other,) = _accounts(sqlite_store, "github")
    assert other.staff == ()
    (tmp_path / "staff.csv").unlink()
    job.load(sqlite_store, tmp_path)
    (account,) = _accounts(sqlite_store, "stackexchange")
    assert account.staff == ()
