"""What only some brands, industries and sites have, in every language too: charts with
scripts, editions side by side, complaints in time, embeds, a sample, nothing at all."""

import json
import re
from html import escape
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from bs4 import BeautifulSoup

from fixtures_web import (
    Q2,
    Q3,
    REGISTRY,
    VOLUME,
    channels,
    details,
    edition,
    lines,
    save,
    site,
)
from model import DAY
from model.rows import Account
from pseudo import Pseudo, leaks
from settings import Settings
from store import DayLooks, Store
from test_languages import NAMES
from web import tongue
from web.tongue import OTHERS, speaking
from web.views.details.days import Day, Known, why

Q1 = (20_454, 20_544)
PUBLIC = "https://who.example"
TIMELY = {
    "n": 540, "timely": 539, "limit": 15 * DAY, "n_eff": 540.0,
    "share": [0.9981, 0.985, 0.9999],
}  # fmt: skip
SHOWN = ("text", "customdata", "hovertext", "hovertemplate", "ticktext")
"""Where a figure of Plotly's holds what somebody reads."""


def more(*rows: tuple[str, str, str, dict[str, Any]]) -> pl.DataFrame:
    """Details as an edition keeps them: topic, level, slug and what is said."""
    columns = ("topic", "level", "family", "channel", "slug", "body")
    return pl.DataFrame(
        [
            (topic, level, "social", "cfpb" if topic == "timely" else "", slug,
             json.dumps(said))
            for topic, level, slug, said in rows
        ],
        columns,
        orient="row",
    )  # fmt: skip


def old(**changes: Any) -> pl.DataFrame:
    said = {**VOLUME, **changes}
    return more(*(("volume", "industry", slug, said) for slug in ("airlines", "")))


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample of three editions, the newest with all that there is to say."""
    var = tmp_path_factory.mktemp("rich")
    store = Store(Settings(var=var, database_url="").sample_database)
    store.migrate()
    store.put_registry(REGISTRY)
    store.put_channels(channels())
    newest = pl.concat([details(), more(("timely", "brand", "tiny-bank", TIMELY))])
    for name, period, told in (
        ("2026-Q1", Q1, old(per_day=10.0, silent=[0.5, 0.4, 0.6])),
        ("2026-Q2", Q2, old(per_day=8.0, silent=[0.3, 0.2, 0.4])),
        ("2026-Q3", Q3, newest),
    ):
        save(store, edition(name, period, sample=True), lines(), told)
    store.close()
    return var


@pytest.fixture
def pseudo(monkeypatch):
    """A language that nobody speaks in place of French."""
    monkeypatch.setattr(
        tongue, "catalogue", lambda name: Pseudo() if name == "fr" else None
    )


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("/industries", "volume"),
        ("/industries", "study"),
        ("/brands/tiny-bank", "timely-social"),
        ("/brands/northwind-air/coverage", "account-1"),
        ("/embed/brands/northwind-air", ""),
    ],
)
def test_no_word_of_them_passes_its_catalogue_by(pseudo, rich, address, block):
    text = site(rich).test_client().get(f"/fr{address}").text
    page = BeautifulSoup(text, "html.parser")
    assert page.select(".notice")
    assert not block or page.select(f"#{block}")
    assert leaks(text, NAMES) == set()


def test_a_site_with_nothing_to_show_says_so(pseudo, tmp_path):
    text = site(tmp_path).test_client().get("/fr/").text
    assert "⟦" in text
    assert leaks(text, NAMES) == set()


@pytest.mark.parametrize(
    "address",
    [
        "/brands/northwind-air",
        "/brands/answered",
        "/brands/northwind-air/coverage",
        "/industries/airlines",
    ],
)
def test_no_word_of_a_drawn_figure_passes_its_catalogue_by(pseudo, rich, address):
    page = BeautifulSoup(
        site(rich).test_client().get(f"/fr{address}").text, "html.parser"
    )
    figures = page.select("script.chart__data")
    assert figures
    for figure in figures:
        said = "\n".join(shown(json.loads(figure.text)))
        assert "⟦" in said
        plain = re.sub(r"<extra></extra>|%\{\w+\}", "", said.replace("<br>", " "))
        assert leaks(f"<p>{escape(plain)}</p>", (*NAMES, *escaped())) == set()


def escaped() -> list[str]:
    """Names as Plotly reads them."""
    return [name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            for name in NAMES]  # fmt: skip


def shown(part: Any, key: str = "") -> list[str]:
    """Every text of a figure."""
    if isinstance(part, str):
        return [part] if key in SHOWN else []
    if isinstance(part, list):
        return [text for each in part for text in shown(each, key)]
    if isinstance(part, dict):
        return [text for name, each in part.items() for text in shown(each, name)]
    return []


@pytest.mark.parametrize(
    ("day", "changes"),
    [
        (0, {"imported": True}),
        (0, {"account": None}),
        (0, {"account": Account(brand_id=1, channel="x", account="a")}),
        (0, {}),
        (1, {}),
        (2, {"since": 1}),
        (2, {}),
        (4, {}),
        (5, {}),
        (2, {"looks": {2: DayLooks(1, 1, "[Errno -2] Name not known")}}),
        (2, {"looks": {2: DayLooks(8, 3, "[Errno 111] Connection refused")}}),
    ],
)
def test_why_a_day_was_not_seen_is_said_in_each_language(pseudo, day, changes):
    verified = Account(brand_id=1, channel="bluesky", account="a", resolved_at=1)
    usual = {"account": verified, "imported": False, "looks": {}, "since": None}
    with speaking("fr"):
        said = why(Day(day, 9), Known(**(usual | changes)), (1, 4))
    assert said.startswith("⟦")
    assert leaks(f"<p>{said}</p>", ()) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_an_embed_speaks_the_language_of_the_page_it_was_taken_from(rich, language):
    client = site(rich, public_url=PUBLIC).test_client()
    page = BeautifulSoup(
        client.get(f"/{language}/brands/northwind-air").text, "html.parser"
    )
    pasted = BeautifulSoup(page.find(id="embed").find_next("pre").text, "html.parser")
    at = f"{PUBLIC}/{language}/editions/2026-Q3"
    assert pasted.iframe["src"] == f"{at}/embed/brands/northwind-air"
    assert "measured by" not in pasted.iframe["title"]
    described = page.find("link", type="application/json+oembed")["href"]
    said = client.get(described.removeprefix(PUBLIC)).json
    assert "in public" not in said["title"]
    assert BeautifulSoup(said["html"], "html.parser").iframe == pasted.iframe
    shown = client.get(pasted.iframe["src"].removeprefix(PUBLIC))
    inner = BeautifulSoup(shown.text, "html.parser")
    assert inner.html["lang"] == language
    link = inner.select_one(".embed__source a")
    assert link["href"] == f"{at}/brands/northwind-air"


def test_an_older_embed_points_to_the_newer_edition_in_its_language(rich):
    client = site(rich, public_url=PUBLIC).test_client()
    text = client.get("/ro/editions/2026-Q1/embed/brands/northwind-air").text
    links = BeautifulSoup(text, "html.parser").select(".embed__source a")
    assert links[1]["href"] == f"{PUBLIC}/ro/brands/northwind-air"
