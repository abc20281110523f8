"""Embeds in frames of the size that we say: nothing of them is cut off."""

import json
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from fixtures_browser import serve
from web.views.picture import CHARTS

pytestmark = pytest.mark.browser

WITHIN = {"brands": "northwind-air", "industries": "airlines"}
SHOWN = [
    ("/brands/northwind-air", None),
    ("/brands/half-seen", None),
    ("/brands/answered", None),
    *(
        (f"/{under}/{slug}", name)
        for under, slug in WITHIN.items()
        for name in CHARTS[under]
    ),
]


@pytest.fixture(scope="module")
def public(world_var):
    yield from serve(world_var, public=True)


@pytest.mark.parametrize("language", ["", "/fr", "/ro", "/pt"])
@pytest.mark.parametrize("width", [300, 360, 600])
def test_an_embed_fits_the_frame_that_we_describe(public, browser, language, width):
    page = browser.new_page(viewport={"width": width, "height": 200})
    for of, chart in SHOWN:
        url = quote(f"{public}{language}{of}" + (f"/{chart}.svg" if chart else ""))
        with urlopen(f"{public}/oembed?maxwidth={width}&url={url}") as answer:
            said = json.loads(answer.read())
        page.goto(said["html"].partition('src="')[2].partition('"')[0])
        high = page.evaluate("document.documentElement.scrollHeight")
        assert high <= said["height"] < high + 230, (language, of, chart)
    page.close()
