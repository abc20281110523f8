"""A file of the US consumer bureau all the way to a page: a rate, never a speed."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fixtures_web import Get, getter, site
from jobs import bundle, registry
from jobs.importing import import_files
from jobs.publishing import publish
from model.words import DAY, RATES_ONLY
from settings import Settings
from store import Store
from web.views.details.timely import WHERE, _percent

FROM = (date(2026, 1, 1) - date(1970, 1, 1)).days
HEADER = (
    "Complaint ID", "Company", "Date received", "Date sent to company",
    "Timely response?",
)  # fmt: skip


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """540 complaints to one bank, one of them answered late; published."""
    var = tmp_path_factory.mktemp("timely")
    path = var / "complaints.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for number in range(540):
            day = (datetime(2026, 1, 1 + number % 27, tzinfo=UTC)).date().isoformat()
            said = "No" if number == 7 else "Yes"
            rows.writerow((number, "EXAMPLE BANK, N.A.", day, day, said))
    settings = Settings(var=var, database_url="")
    store = Store(settings.database)
    store.migrate()
    registry.load(store)
    as_of = (FROM + 90) * DAY
    (report,) = import_files(store, settings, "cfpb", [path], as_of)
    assert report.kept == 540
    publish(store, FROM, FROM + 28, as_of, "one")
    store.close()
    return var


@pytest.fixture
def get(var: Path) -> Get:
    return getter(site(var))


@pytest.fixture
def store(var: Path) -> Iterator[Store]:
    made = Store(Settings(var=var, database_url="").database)
    yield made
    made.close()


def test_every_such_channel_has_a_place_in_a_sentence():
    assert WHERE.keys() == RATES_ONLY.keys()


def test_a_brands_page_says_how_many_and_not_when(get: Get):
    page = get("/brands/example-bank-n-a")
    (heading,) = page.select("h3#timely-complaints")
    assert heading.text == "Answered in time"
    text = " ".join(page.text.split())
    assert (
        "Of 540 complaints that the US consumer bureau (CFPB) passed on to EXAMPLE"
        " BANK, N.A., 539 were answered in time, which there means within 15 days:"
        " 99.8 of 100 (95 % interval" in text
    )
    assert "When, nobody says." in text
    (table,) = page.select('table:has(caption:-soup-contains("answered in time"))')
    cells = [" ".join(cell.text.split()) for cell in table.select("tbody th, tbody td")]
    assert cells[1:4] == ["540", "539", "99.8"]


def test_no_page_gives_it_a_score_a_wait_or_a_place(get: Get):
    text = " ".join(get("/brands/example-bank-n-a").text.split())
    assert "Too few to rank" in text
    assert "Typical wait" not in text
    assert "people had an answer" not in text
    listed = " ".join(get("/?family=complaints").text.split())
    assert "EXAMPLE BANK" in listed


def test_it_is_a_table_too(var: Path):
    client = site(var).test_client()
    lines = client.get("/brands/example-bank-n-a/timely.csv").text.splitlines()
    (said,) = csv.DictReader(lines)
    assert (said["inquiries"], said["answered_in_time"]) == ("540", "539")
    assert said["limit_s"] == str(15 * DAY)
    assert float(said["share_low"]) < float(said["share"]) < float(said["share_high"])
    assert client.get("/brands/nobody/timely.csv").status_code == 404


def test_a_stranger_finds_the_same_from_the_bundle(store: Store, tmp_path: Path):
    bundle.export(store, "one", tmp_path / "bundle")
    found = bundle.verify(tmp_path / "bundle")
    assert found.agrees


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0"), (0.00001, "0.1"), (0.5, "50"), (0.9981, "99.8"), (0.9999, "99.9"),
     (1, "100")],
)  # fmt: skip
def test_only_all_is_a_hundred(share, text):
    assert _percent(share) == text
