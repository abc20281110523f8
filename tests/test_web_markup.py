"""What search engines are told a page is."""

import json

import pytest
from bs4 import BeautifulSoup

from fixtures_web import site

PUBLIC = "https://answerable.example"


@pytest.fixture(scope="module")
def public(world_var):
    return site(world_var, public_url=PUBLIC).test_client()


def said(client, path):
    page = BeautifulSoup(client.get(path).text, "html.parser")
    return json.loads(page.find("script", type="application/ld+json").text)


def test_the_data_are_a_dataset_that_can_be_taken_away(public):
    found = said(public, "/data")
    assert (found["@context"], found["@type"]) == ("https://schema.org", "Dataset")
    assert found["temporalCoverage"] == "2026-07-01/2026-09-30"
    assert found["license"].startswith("https://creativecommons.org/")
    for each in found["distribution"]:
        assert public.get(each["contentUrl"].removeprefix(PUBLIC)).status_code == 200
    older = said(public, "/editions/2026-Q2/data")
    assert older["temporalCoverage"] == "2026-04-01/2026-06-30"


def test_a_brand_is_an_organization_that_a_dataset_is_about(public):
    found = said(public, "/brands/sly-air")
    assert found["about"] == {"@type": "Organization", "name": "Sly <Air> & Söhne"}
    assert public.get(found["url"].removeprefix(PUBLIC)).status_code == 200
    address = found["distribution"][0]["contentUrl"].removeprefix(PUBLIC)
    assert public.get(address).mimetype == "text/csv"
    assert "<Air" not in public.get("/brands/sly-air").text.partition("<body>")[0]


def test_a_description_is_in_the_language_of_the_page(public):
    english, french = (
        said(public, "/brands/sly-air"),
        said(public, "/fr/brands/sly-air"),
    )
    assert english["description"].startswith("How Sly <Air> & Söhne answers people")
    assert french["description"].startswith("Comment Sly <Air> & Söhne répond à ceux")
    for whole in ("url", "name", "isPartOf", "distribution"):
        assert english[whole] == french[whole]


def test_without_an_address_of_its_own_the_site_names_none(client):
    assert "url" not in said(client, "/data")["creator"]


@pytest.mark.parametrize("path", ["/data", "/brands/northwind-air"])
def test_pages_keep_the_house_rules_with_it(get, path):
    assert get(path).find("script", type="application/ld+json")
