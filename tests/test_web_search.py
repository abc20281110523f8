"""Search: whoever types the first letters of a name sees that name."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pages import _named
from web.views import search
from web.views.search import MOST, Hit, Index, best, plain

NAMES = (
    "Bank of Quillmoor", "Brightmoss Energy", "Dashwren", "Élan Ferries", "Halverdine",
    "Marrowgreen Grocers", "Osterglen Savings", "The Evenfall Post", "Vast Harbour",
    "Zephandry",
)  # fmt: skip
INDUSTRIES = ("Hotels", "Shops", "Banks")
LIMIT_MS = 50


def index(names):
    """Of things that need no book to be shown."""
    things = [Hit(name, f"/brands/{at}", "", "") for at, name in enumerate(names)]
    return Index([plain(name) for name in names], things, None, {})


KNOWN = index([*NAMES, *INDUSTRIES])


def said(asked, known=KNOWN):
    return [hit.name for hit in best(known, asked)]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Ba", "Bank of Quillmoor"),
        ("Br", "Brightmoss Energy"),
        ("Ma", "Marrowgreen Grocers"),
        ("Os", "Osterglen Savings"),
        ("Th", "The Evenfall Post"),
        ("h", "Halverdine"),
        ("Z", "Zephandry"),
        ("el", "Élan Ferries"),
        ("É", "Élan Ferries"),
        ("banks", "Banks"),
        ("bank ", "Bank of Quillmoor"),
        ("even", "The Evenfall Post"),
        ("quill", "Bank of Quillmoor"),
        ("halvardine", "Halverdine"),
    ],
)
def test_the_first_letters_of_a_name_or_of_a_word_find_it(asked, first):
    assert said(asked)[0] == first


def test_a_letter_finds_names_that_begin_with_it_then_words_that_do():
    assert said("h") == ["Halverdine", "Hotels", "Vast Harbour"]
    assert said("e") == ["Élan Ferries", "Brightmoss Energy", "The Evenfall Post"]


def test_what_begins_no_name_finds_those_that_are_like_it():
    assert "Zephandry" in said("andry")
    assert said("qx") == []


WORDS = st.text("abcçéßöœ &'.-AB01Ж", min_size=1, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=60), st.data())
def test_whatever_names_there_are_the_beginning_of_one_finds_it(names, draw):
    known = index(names)
    at = draw.draw(st.integers(0, len(names) - 1))
    asked = names[at][: draw.draw(st.integers(1, len(names[at])))]
    begun = [name for name in known.plain if name.startswith(plain(asked))]
    found = best(known, asked)
    assert len(found) <= MOST
    assert len({hit.path for hit in found}) == len(found)
    if plain(asked):
        assert plain(found[0].name).startswith(plain(asked))
        assert len(begun) > MOST or f"/brands/{at}" in {hit.path for hit in found}


def test_every_beginning_of_every_name_of_the_edition_finds_it(world):
    """Names of today and of before, and industries: all that the index holds."""
    known = search.names(world.extensions["answerable"].library().book())
    every = [*known.book.names.values(), "Southwind Airways", "Old Wind"]
    assert {plain(name) for name in every} < set(known.plain)
    for name in [*every, *known.titles.values()]:
        for end in range(1, len(name) + 1):
            wanted = plain(name[:end])
            found = best(known, name[:end])
            shown = [plain(f"{hit.name} / {hit.why}") for hit in found]
            assert any(plain(name) in each for each in shown), name[:end]
            now = [*known.book.names.values(), *known.titles.values()]
            if any(plain(each).startswith(wanted) for each in now):
                was = plain(found[0].why) == f"formerly {wanted}"  # and nothing more
                assert was or plain(found[0].name).startswith(wanted)


def test_names_of_today_come_before_former_ones(get):
    found = get("/search?q=o").select(".found li a")
    assert [each.text for each in found][:2] == ["One Day Air", "Northwind Air"]
    assert get("/search?q=old+wind").select_one(".found li a").text == "Northwind Air"


def test_a_letter_of_the_first_word_is_suggested_while_one_types(client):
    rows = client.get("/search.json?q=t").json["rows"]
    assert [row["name"] for row in rows] == ["Tiny Bank"]


@pytest.mark.parametrize("asked", ["b", "be", "bel", "quinros hal", "x" * 100])
def test_ten_thousand_names_are_searched_in_time(asked):
    """The least of three: what the processor took, whoever else is at work."""
    known = index([name for _, name, _ in _named(10_000)[1]])
    took = []
    for _ in range(3):
        begun = time.process_time()
        best(known, asked)
        took.append(1_000 * (time.process_time() - begun))
    assert min(took) < LIMIT_MS
