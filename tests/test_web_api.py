"""/api/v1: what it says equals the pages' tables, and keeps to its own description."""

from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from fixtures_web import site
from model.bundle import STANDINGS
from web.api import cursors, parameters, schemas
from web.api.limiting import reader
from web.api.operations import OPERATIONS
from web.api.problems import BadQuery
from web.errors import NotHere
from web.views import reference

ROOT = "/api/v1"
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


def said(client, path, **headers):
    answer = client.get(ROOT + path, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.json


def followed(client, path):
    """Every item of a list, page after page."""
    found = []
    while path:
        answer = said(client, path.removeprefix(ROOT))
        found += answer["data"]
        path = answer["next"]
    return found


@pytest.fixture(scope="module")
def described(world):
    return world.test_client().get(f"{ROOT}/openapi.json").json


def test_the_description_is_openapi_3_1(described):
    assert described["openapi"] == "3.1.0"
    validate(described)
    assert len(described["paths"]) == len(OPERATIONS)


@pytest.mark.slow
def test_no_request_breaks_the_description(world_var):
    """Schemathesis asks what the description allows and what it does not."""
    app = site(world_var, api_per_minute=10**6)
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", app=app)
    tried = []
    for result in schema.get_all_operations():
        operation = result.ok()
        wrong = operation.definition.raw["parameters"]  # nothing can be, without any
        for mode in MODES if wrong else MODES[:1]:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(max_examples=25, derandomize=True, database=None,
                      suppress_health_check=list(HealthCheck))  # fmt: skip
            def holds(case):
                case.call_and_validate(headers={"Accept-Encoding": "identity"})
                tried.append(case.method)

            holds()
    assert len(tried) > 10 * len(OPERATIONS)


@pytest.mark.parametrize("what", ["brands", "industries"])
def test_figures_are_those_of_the_tables(client, what):
    table = client.get(f"/{what}.json?family=social").json["rows"]
    answer = said(client, f"/{what}?family=social")
    same = [{name: row[name] for name in table[0]} for row in answer["data"]]
    assert sorted(same, key=str) == sorted(table, key=str)
    assert answer["about"]["edition"] == "2026-Q3"


def test_a_brand_says_what_its_page_does(client):
    found = said(client, "/brands/northwind-air")["data"]
    assert found["name"] == "Northwind Air"
    assert found["page"] == "/editions/2026-Q3/brands/northwind-air"
    assert client.get(found["page"]).status_code == 200
    assert {row["level"] for row in found["standings"]} == {"brand"}
    assert {row["level"] for row in found["accounts"]} == {"account"}
    table = client.get("/brands/northwind-air/accounts.json").json["rows"]
    assert [row["account"] for row in found["accounts"]] == [
        row["account"] for row in table
    ]


def test_withheld_figures_are_null(client):
    rows = said(client, "/brands?status=low_coverage")["data"]
    assert rows
    assert all(row["score"] is None and row["rank"] is None for row in rows)
    assert {row["status"] for row in rows} == {"low_coverage"}


def test_an_industry_filter_is_that_of_the_pages(client):
    rows = said(client, "/brands?industry=banks")["data"]
    assert rows
    assert {row["industry"] for row in rows} == {"banks"}
    answer = client.get(f"{ROOT}/brands?industry=nothing")
    assert answer.status_code == 404
    assert "no industry" in answer.json["detail"]


@pytest.mark.parametrize(
    "path", ["/brands", "/editions", "/brands/northwind-air/history"]
)
def test_pages_of_a_list_come_to_the_whole_list(client, path):
    whole = said(client, path)
    assert whole["next"] is None
    assert followed(client, f"{path}?limit=1") == whole["data"]


def test_a_list_goes_on_in_the_edition_in_which_it_began(client):
    first = said(client, "/brands?limit=1&edition=2026-Q2")
    again = urlsplit(first["next"])
    assert "edition=2026-Q2" in again.query
    assert said(client, f"/brands?{again.query}")["about"]["edition"] == "2026-Q2"
    bare = "&".join(p for p in again.query.split("&") if not p.startswith("edition"))
    assert said(client, f"/brands?{bare}")["about"]["edition"] == "2026-Q2"
    other = client.get(f"{ROOT}/brands?{bare}&edition=2026-Q3")
    assert other.status_code == 404
    assert "cursor" in other.json["detail"]


def test_the_next_page_is_in_a_header_too(client):
    answer = client.get(f"{ROOT}/brands?limit=1")
    assert answer.headers["Link"] == f'<{answer.json["next"]}>; rel="next"'
    assert "Link" not in client.get(f"{ROOT}/brands").headers


def test_details_are_by_topic(client):
    every = said(client, "/brands/northwind-air/details")["data"]
    topics = {each["topic"] for each in every}
    assert len(topics) > 1
    for topic in topics:
        some = said(client, f"/brands/northwind-air/details?topic={topic}")["data"]
        assert some == [each for each in every if each["topic"] == topic]
    assert said(client, "/industries/airlines/details")["data"]


def test_search_forgives_spelling(client):
    found = said(client, "/search?q=nortwind")["data"]
    assert found[0]["name"] == "Northwind Air"
    pinned = said(client, "/search?q=nortwind&edition=2026-Q2")["data"]
    assert pinned[0]["page"] == "/editions/2026-Q2/brands/northwind-air"


def test_channels_say_why_they_are_off(client):
    rows = said(client, "/channels")["data"]
    assert any(row["off_because"] for row in rows)


def test_an_answer_not_changed_is_not_sent_again(client):
    first = client.get(f"{ROOT}/brands")
    again = client.get(
        f"{ROOT}/brands", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["RateLimit-Limit"] == "300"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/brands?limit=0", ["limit"]),
        ("/brands?limit=501", ["limit"]),
        ("/brands?limit=x&family=y&nonsense=1", ["limit", "family", "nonsense"]),
        ("/brands?limit=2&limit=3", ["limit"]),
        ("/brands?cursor=!", ["cursor"]),
        ("/brands?edition=", ["edition"]),
        ("/search", ["q"]),
        ("/search?q=" + "x" * 201, ["q"]),
        ("/brands?" + "&".join(f"a{n}=1" for n in range(300)), [""]),
    ],
)
def test_what_means_nothing_is_named(client, path, names):
    answer = client.get(ROOT + path)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert [each["parameter"] for each in answer.json["errors"]] == names
    assert all(each["detail"] for each in answer.json["errors"])


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/brands/nobody", "/editions/1999-Q1", "/brands?edition=1999-Q1",
     "/industries/nothing/details", "/brands/nobody/history",
     "/brands?cursor=bm9uc2Vuc2U", "/editions?cursor=WyIiLC0xXQ"],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_in_words(client, path):
    answer = client.get(ROOT + path)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 404
    assert answer.json["detail"].endswith(".")


def test_only_reading_is_possible(client):
    answer = client.post(f"{ROOT}/brands")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.mimetype == "application/problem+json"
    before = client.options(f"{ROOT}/brands")
    assert before.status_code == 204
    assert "If-None-Match" in before.headers["Access-Control-Allow-Headers"]
    assert client.head(f"{ROOT}/brands").data == b""


def test_too_many_requests_are_told_when_to_come_back(world_var):
    app = site(world_var, api_per_minute=2)
    client = app.test_client()
    left = [client.get(f"{ROOT}/editions").headers["RateLimit-Remaining"] for _ in "12"]
    assert left == ["1", "0"]
    stopped = client.get(f"{ROOT}/editions")
    assert stopped.status_code == 429
    assert stopped.mimetype == "application/problem+json"
    assert 1 <= int(stopped.headers["Retry-After"]) <= 60
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    other = client.get(f"{ROOT}/editions", environ_overrides=elsewhere)
    assert other.status_code == 200
    assert client.get("/").status_code == 200  # pages are for everybody


def test_readers_behind_our_proxy_are_told_apart(world_var):
    client = site(world_var, api_per_minute=1, proxies=1).test_client()

    def ask(address):
        headers = {"X-Forwarded-For": address}
        return client.get(f"{ROOT}/editions", headers=headers).status_code

    assert [ask("192.0.2.1"), ask("192.0.2.2"), ask("192.0.2.1")] == [200, 200, 429]
    plain = site(world_var, api_per_minute=1).test_client()
    for address, code in (("192.0.2.1", 200), ("192.0.2.2", 429)):
        headers = {"X-Forwarded-For": address}
        assert plain.get(f"{ROOT}/editions", headers=headers).status_code == code


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("unix", ""),
    ],
)
def test_a_reader_is_an_address_or_a_network(address, who):
    assert reader(address) == who


@given(st.text(max_size=60))
def test_no_cursor_of_others_is_read(text):
    try:
        place = cursors.read(text)
    except NotHere:
        return
    assert isinstance(place.edition, str)
    assert 0 <= place.passed <= cursors.MOST_PASSED


@given(st.text(max_size=40), st.integers(0, cursors.MOST_PASSED))
def test_cursors_come_back_as_they_were(edition, passed):
    place = cursors.Place(edition, passed)
    assert cursors.read(cursors.written(place)) == place


@given(st.text(max_size=300))
def test_any_query_is_read_or_refused_in_words(raw):
    allowed = (parameters.LIMIT, parameters.FAMILY, parameters.TEXT)
    try:
        found = parameters.read(raw, allowed)
    except BadQuery as bad:
        found, said = {}, [each.says for each in bad.wrong]
    else:
        said = list(found)
    assert found.keys() <= {"limit", "family", "q"}
    assert said
    assert all(said)


def test_nothing_measured_is_said(tmp_path):
    client = site(tmp_path).test_client()
    answer = client.get(f"{ROOT}/brands")
    assert answer.status_code == 404
    assert "Nothing has been measured" in answer.json["detail"]
    assert said(client, "/editions")["data"] == []
    assert said(client, "/channels")["data"] == []


def test_every_operation_is_on_the_page_and_its_example_answers(get, client):
    page = get("/api")
    for each in OPERATIONS:
        shown = page.find(id=each.name)
        assert shown is not None, each.name
        example = shown.find_next("a", string=lambda text: text and "GET" in text)
        assert client.get(example["href"]).status_code == 200, example["href"]
    assert page.find("a", href=f"{ROOT}/openapi.json")


def test_the_page_says_of_a_standing_what_the_description_says():
    for column in STANDINGS.columns:
        said = schemas.of_column(column)["description"]
        assert reference.of_column(column) == said


def test_the_description_knows_where_it_is(world_var):
    client = site(world_var, public_url="https://answerable.example/").test_client()
    server = client.get(f"{ROOT}/openapi.json").json["servers"][0]["url"]
    assert server == f"https://answerable.example{ROOT}"
    answer = client.get(f"{ROOT}/brands?limit=1").json
    assert answer["next"].startswith(f"https://answerable.example{ROOT}/brands?")


def test_a_column_that_may_be_empty_may_be_null(described):
    standing = described["components"]["schemas"]["Standing"]["properties"]
    assert standing["score"]["type"] == ["number", "null"]
    assert standing["placed"]["enum"] == ["upper", "lower", None]
    assert standing["inquiries"]["type"] == "integer"
