"""Addresses nobody should send are answered by a sentence, never by a fault."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures_web import checked
from web.errors import NotHere
from web.query import address, read

NOTHING = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "airlines", "social", "reviews", "wait", "-wait", "--wait", "1", "0", "-1",
            "1e9", "٣", "999999999999", "'; DROP TABLE edition;--", "<script>", "../..",
            "\x00", "\ud7ff", "%", "%%%", "audit", "a" * 5_000,
        ]
    ),
)  # fmt: skip
NAMES = st.sampled_from(
    ["industry", "family", "sort", "page", "q", "utm_source", "", "Industry", "page[]"]
)
PATHS = st.sampled_from(
    ["/", "/industries", "/industries/banks", "/search", "/brands.csv", "/brands.json",
     "/brands/northwind-air", "/editions/2026-Q2", "/industries/banks.json"]
)  # fmt: skip


CHECKED: set[str] = set()


def checked_once(response) -> None:
    """A page that was held against the rules before need not be again."""
    if response.headers["ETag"] not in CHECKED:
        checked(response)
        CHECKED.add(response.headers["ETag"])


@NOTHING
@given(path=PATHS, asked=st.lists(st.tuples(NAMES, HOSTILE), max_size=4))
def test_no_query_breaks_a_page(client, path, asked):
    response = client.get(path, query_string=asked)
    assert response.status_code in (200, 404)
    if response.mimetype == "text/html":
        checked_once(response)


@NOTHING
@given(raw=st.text("%&=;+?#abcdef0123456789\x7fé", max_size=60), path=PATHS)
def test_no_raw_query_string_breaks_a_page(client, path, raw):
    environ = {"QUERY_STRING": raw.encode().decode("latin-1")}
    response = client.get(path, environ_overrides=environ)
    assert response.status_code in (200, 404)


@NOTHING
@given(
    start=st.sampled_from(["/brands/", "/industries/", "/editions/", "/static/", "/"]),
    rest=HOSTILE,
)
def test_no_path_breaks_the_site(client, start, rest):
    raw = (start + rest).encode("utf-8", "replace").decode("latin-1")
    response = client.get("/", environ_overrides={"PATH_INFO": raw})
    assert response.status_code in (200, 308, 404)
    if response.mimetype == "text/html" and response.status_code != 308:
        checked_once(response)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("industry=nope", "There is no industry “nope” in this edition."),
        ("family=nope", "There is no family “nope”."),
        ("family=audit", "no brands in field studies"),
        ("sort=nope", "There is no sort “nope”."),
        ("page=0", "“0” is not the number of a page."),
        ("page=2", "There is 1 page of this table, and no page 2."),
        ("sort=wait&sort=name", "gives “sort” twice"),
        ("&".join(f"a{n}=1" for n in range(201)), "more than 200 parameters"),
    ],
)
def test_a_value_that_means_nothing_is_answered_by_a_sentence(get, query, says):
    assert says in get(f"/?{query}", 404).select_one("main").text


@given(
    st.dictionaries(st.sampled_from(["industry", "q", "sort"]), st.text(max_size=20))
)
def test_canonical_addresses_read_back_as_they_were(asked):
    given_values = {**asked, "sort": "wait"}
    _, _, raw = address("/", given_values).partition("?")
    try:
        found = read(raw, ("industry", "q", "sort"))
    except NotHere:
        return
    assert address("/", found) == address("/", read(address("/", found)[2:], found))


def test_slugs_that_nobody_has_are_sentences(get):
    for path in ("/brands/nope", "/industries/nope", "/editions/nope"):
        said = get(path, 404).select_one("main").text
        assert "“nope”" in said
    assert "no brand" in get("/editions/2026-Q2/brands/tiny-bank", 404).text
