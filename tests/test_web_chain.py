"""The chain of editions, and the data explained where the code has them."""

import pytest
from flask.testing import FlaskClient

from fixtures_web import Q2, Q3, Get, edition, line, save, site
from model import bundle
from model.chain import broken, chained, covered
from settings import Settings
from store import Store


def plain(tag) -> str:
    return " ".join(tag.text.split())


def links(*changes):
    """Editions kept in this order, each following the last that is not provisional."""
    kept, last = [], ""
    for number, change in enumerate(changes, 1):
        made = edition(f"e{number}", Q2, **({"previous": last} | change))
        made.id = number
        kept.append(made)
        last = last if made.provisional else made.digest
    return kept


def test_links_hold():
    kept = links({}, {"provisional": True}, {}, {"sample": True, "previous": ""})
    assert [broken(each, kept) for each in kept] == [""] * 4
    assert kept[1].previous == kept[2].previous == kept[0].digest


def test_a_changed_edition_is_no_link():
    kept = links({}, {})
    kept[0].inquiries += 1
    assert broken(kept[0], kept) == "what it says of itself has another digest"
    assert broken(kept[1], kept) == ""
    kept[0].digest = chained(covered(kept[0]))
    assert broken(kept[0], kept) == ""
    assert broken(kept[1], kept) == "it does not follow e1, which was kept before it"


def test_an_edition_that_is_gone_is_missed():
    kept = links({}, {})
    assert broken(kept[1], kept[1:]) == "the edition it follows is not here"


@pytest.mark.slow
def test_published_editions_are_a_chain(sample_store):
    kept = sample_store.editions()
    assert len(kept) > 2
    assert {broken(each, kept) for each in kept} == {""}


def test_a_broken_chain_is_said(tmp_path):
    store = Store(Settings(var=tmp_path, database_url="").database)
    store.migrate()
    row = line("a", "A", "banks", inquiries=1, authors=1)
    save(store, edition("2026-Q2", Q2), [row])
    save(store, edition("2026-Q3", Q3, previous="0" * 64), [row])
    store.close()
    text = " ".join(site(tmp_path).test_client().get("/editions").text.split())
    assert "Of 2 links, 1 does not hold." in text.replace("\u00a0", " ")
    assert "does not hold: it does not follow 2026-Q2" in text


def test_one_edition_is_one_link(tmp_path):
    store = Store(Settings(var=tmp_path, database_url="").database)
    store.migrate()
    row = line("a", "A", "banks", inquiries=1, authors=1)
    save(store, edition("2026-Q3", Q3), [row])
    store.close()
    assert "The one link holds" in site(tmp_path).test_client().get("/editions").text


@pytest.mark.parametrize("name", ["2026-Q3", "no such one", "a%2Fb"])
def test_a_slash_behind_an_edition_leads_to_it(client: FlaskClient, name):
    answer = client.get(f"/editions/{name}/")
    if "%2F" in name:
        assert answer.status_code == 404
        return
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"/editions/{name}".replace(" ", "%20")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_column_of_the_bundle_is_on_the_page(get: Get):
    page = get("/data")
    for table in bundle.TABLES:
        heading = page.select_one(f"#table-{table.name}")
        assert plain(heading) == table.title
        rows = heading.find_next("table").select("tbody tr")
        assert [plain(row.th) for row in rows] == table.names
        for row, column in zip(rows, table.columns, strict=True):
            said = plain(row)
            assert " ".join(column.says.split()) in said
            assert (column.empty or "does not occur") in said


def test_words_of_a_column_are_listed_where_they_are_few(get: Get):
    text = plain(get("/data"))
    assert "one of: unsaid, complaint, question, compliment, other" in text
    assert " more" in text


def test_how_to_get_check_and_cite_an_edition(get: Get):
    page = get("/editions/2026-Q2/data")
    text = plain(page)
    assert "answerable export 2026-Q2 2026-Q2.zip" in text
    assert "answerable verify 2026-Q2.zip" in text
    assert plain(page.select_one("#apa").find_next("p")).startswith(
        "Answerable. (2026). Answerable, edition 2026-Q2 (Method 1) [Data set]."
    )
    assert page.select_one("#bibtex").find_next("pre").text.startswith("@misc{")


def test_a_citation_has_the_public_address(world_var):
    app = site(world_var, public_url="https://answers.example")
    text = app.test_client().get("/data").text
    assert "[Data set]. https://answers.example/editions/2026-Q3" in text
    assert "url = {https://answers.example/editions/2026-Q3}" in text
