"""An edition, opened: which of its standings are read, and which stay read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.entries import BrandEntry, IndustryEntry, Registry
from settings import Settings
from store import Store
from web import book as opened
from web import tongue
from web.app import warm
from web.book import Book, best_first
from web.views import search


class Counting(Store):
    """A store that remembers what it was asked for."""

    def __init__(self, address):
        super().__init__(address)
        self.asked = []

    def standings(self, edition_id, level=None, **narrowed):
        self.asked.append((level, narrowed.get("slug")))
        return super().standings(edition_id, level, **narrowed)

    def standings_of(self, ids):
        self.asked.append(len(ids))
        return super().standings_of(ids)


@pytest.fixture
def book(world_var):
    store = Counting(Settings(var=world_var, database_url="").database)
    names = {row.slug: row.name for row in store.industries()}
    yield Book(store.current_edition(), store, names)
    store.close()


def test_whole_standings_are_those_listed_in_the_order_asked_for(book):
    every = book.reader.standings(book.edition.id, "brand", headline=True)
    whole = {line.id: line for line in every}
    listed = [row for rows in book.listed.values() for row in rows.values()]
    assert len(listed) == len(whole) > 5
    assert book.lines(listed[::-1]) == [whole[row.id] for row in reversed(listed)]
    assert book.lines(listed) == [whole[row.id] for row in listed]


def test_a_standing_is_read_once(book):
    rows = list(book.listed["social"].values())
    book.lines(rows[:2])
    book.lines(rows[:3])
    book.lines(rows[:3])
    assert book.reader.asked == [2, 1]


def test_of_very_many_all_are_read_and_none_is_kept(book, monkeypatch):
    monkeypatch.setattr(opened, "PICKED", 1)
    rows = list(book.listed["social"].values())
    assert [line.id for line in book.lines(rows)] == [row.id for row in rows]
    assert book.reader.asked == [("brand", None)]
    assert not book._lines


def test_what_stays_read_has_a_bound(book, monkeypatch):
    monkeypatch.setattr(opened, "KEPT_LINES", 2)
    rows = list(book.listed["social"].values())
    assert [line.id for line in book.lines(rows)] == [row.id for row in rows]
    assert list(book._lines) == sorted(row.id for row in rows)[-2:]


def test_channels_and_accounts_are_read_brand_by_brand(book):
    slugs = list(book.names)
    for level, of in (("channel", book.channels), ("account", book.accounts)):
        every = book.reader.standings(book.edition.id, level, headline=True)
        for slug in slugs:
            mine = [row for row in every if row.slug == slug]
            assert of(slug) == sorted(mine, key=best_first)
            assert of(slug) is of(slug)
        assert (level, slugs[0]) in book.reader.asked
    assert book.channels("nobody") == []


def test_families_of_a_brand_and_brands_of_a_family(book):
    both = [s for s in book.names if all(s in rows for rows in book.listed.values())]
    assert both, "a brand of several families"
    assert [row.family for row in book.of_brand(both[0])] == list(book.families)
    assert book.of_brand("nobody") == []
    slugs = list(book.listed["social"])[:2]
    chosen = book.chosen("social", [*reversed(slugs), "nobody"])
    assert list(chosen) == slugs[::-1]
    assert all(row.family == "social" for row in chosen.values())
    assert book.chosen("audit", slugs) == {}


def test_former_names_are_of_those_that_have_any(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.migrate()
    brands = (
        BrandEntry(slug="a", name="A", industry="i", former_names="B; C"),
        BrandEntry(slug="d", name="D", industry="i"),
    )
    industries = (IndustryEntry(slug="i", name="I", nace="K"),)
    store.put_registry(Registry(industries=industries, brands=brands, accounts=()))
    assert store.former_names() == {"a": "B; C"}
    store.close()


@given(st.text(max_size=30))
def test_plain_letters_are_those_of_the_definition(text):
    """Small letters and figures, without accents; all else parts words."""
    split = unicodedata.normalize("NFKD", text.casefold())
    kept = (
        mark if mark.isalnum() else " "
        for mark in split
        if ord(mark) < 768 or not unicodedata.combining(mark)
    )
    assert search.plain(text) == " ".join("".join(kept).split())


def test_a_site_that_is_warm_has_read_its_edition(world):
    warm(world)
    book = world.extensions["answerable"].library().book()
    assert {"listed", "names"} <= vars(book).keys()
    assert {f"names in {language}" for language in tongue.NAMES} <= book._once.keys()


def test_names_of_brands_are_made_plain_once_for_all_languages(world):
    book = world.extensions["answerable"].library().book()
    english = search.names(book)
    with tongue.speaking("fr"):
        french = search.names(book)
    brands = len(book.once("names of brands", search._brands)[0])
    assert list(map(id, french.plain[:brands])) == list(map(id, english.plain[:brands]))
    assert french.titles["banks"] == "Banques"
    assert "banks" in french.plain
    assert "banques" in french.plain
