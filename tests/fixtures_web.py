"""The website for tests: a small measured world, and a client that guards the house
rules on every page that any test fetches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import html5lib
import polars as pl
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from numpy import interp
from werkzeug.test import TestResponse

import audit_example
from fixtures_changes import TOLD
from model import DAY, ChannelRow, Edition, Run
from model.chain import chained, covered
from model.entries import AccountEntry, BrandEntry, IndustryEntry, Registry
from settings import Settings
from store import Store
from web import tongue
from web.app import create_app

HOUR = 3_600
Q2, Q3 = (20_544, 20_635), (20_635, 20_727)  # April to June, July to September 2026
SOCIAL = {"t1_s": HOUR, "t2_s": DAY, "t3_s": 3 * DAY}
REVIEWS = {"t1_s": DAY, "t2_s": 3 * DAY, "t3_s": 7 * DAY}
BLANK: dict[str, Any] = {
    "level": "brand", "family": "social", "channel": "", "account": "",
    "cut": "all", "headline": True, "status": "ranked", "rank": None,
    "rank_low": None, "rank_high": None, "placed": "", "of": None,
    "industry_rank_low": None, "industry_rank_high": None, "industry_of": None,
    "industry_placed": "", "score": None, "score_low": None, "score_high": None,
    "inquiries": 0, "authors": 0, "days": None, "median_wait_s": None,
    "p90_wait_s": None, "posts_per_reply": None, "n_eff": None, "lost": 0,
    "coverage": 1.0, "brands": None, "waits": "",
    **{f"answered_t{n}": None for n in (1, 2, 3)},
    **{f"share_t{n}{end}": None for n in (1, 2, 3) for end in ("", "_low", "_high")},
    **SOCIAL,
}  # fmt: skip
"""Every column a test edition gives, as it is where nothing is known."""


def shares(first: float, second: float, third: float, n: int) -> dict[str, Any]:
    """Counts, shares and (for tests) five points of interval either way."""
    found: dict[str, Any] = {}
    for number, share in enumerate((first, second, third), 1):
        found[f"answered_t{number}"] = round(share * n)
        found[f"share_t{number}"] = share
        found[f"share_t{number}_low"] = round(max(0.0, share - 0.05), 4)
        found[f"share_t{number}_high"] = round(min(1.0, share + 0.05), 4)
    return found


def line(slug: str, name: str, industry: str, **changes: Any) -> dict[str, Any]:
    return {**BLANK, "slug": slug, "name": name, "industry": industry, **changes}


WAITS = "100,200,100,10,0,40,50,300,20,10,0,0,0,170"
NORTHWIND = {
    "rank": 1, "rank_low": 1, "rank_high": 2, "of": 3, "placed": "upper",
    "industry_rank_low": 1, "industry_rank_high": 1, "industry_of": 2,
    "score": 66.42, "score_low": 60.6, "score_high": 71.4,
    "inquiries": 1_000, "authors": 900, "median_wait_s": 11_400, "p90_wait_s": None,
    "posts_per_reply": 2.4, "n_eff": 800.5, "lost": 7, "coverage": 0.98,
    "waits": WAITS, **shares(0.41, 0.8, 0.83, 1_000),
}  # fmt: skip


def lines() -> list[dict[str, Any]]:
    """A brand in every state, in two families and two industries."""
    return [
        line("northwind-air", "Northwind Air", "airlines", **NORTHWIND),
        line("credit-elan", "Crédit Élan", "banks",
             **{**NORTHWIND, "rank": 2, "rank_low": 1, "rank_high": 3, "placed": "",
                "industry_of": 1, "score": 50.5, "score_low": 40.0, "score_high": 60.0,
                "median_wait_s": 600, "inquiries": 200, "authors": 150}),
        line("sly-air", "Sly <Air> & Söhne", "airlines",
             **{**NORTHWIND, "rank": 3, "rank_low": 2, "rank_high": 3,
                "industry_rank_low": 2, "industry_rank_high": 2,
                "placed": "lower", "score": 0.0, "score_low": 0.0, "score_high": 3.1,
                "median_wait_s": None, "waits": "0,0,0,0,0,0,0,0,0,0,0,0,0,90",
                "inquiries": 90, "authors": 80, **shares(0.0, 0.0, 0.0, 90)}),
        line("tiny-bank", "Tiny Bank", "banks", status="too_few", inquiries=38,
             authors=23, score=50.0, score_low=30.0, score_high=70.0,
             **shares(0.2, 0.5, 0.6, 38)),
        line("one-day-air", "One Day Air", "airlines", status="few_days", days=4.21,
             inquiries=400, authors=380, score=50.0, score_low=10.0, score_high=90.0,
             median_wait_s=7_200, **shares(0.2, 0.5, 0.6, 400)),
        line("half-seen", "Half Seen", "banks", status="low_coverage", coverage=0.634,
             inquiries=306, authors=286, lost=2),
        line("answered", "Answered & Co", "banks", status="answered_only",
             inquiries=174, authors=151, median_wait_s=3_540, p90_wait_s=35_460,
             waits="4,18,27,38,26,20,21,11,7,1,0,0,0,1"),
        line("northwind-air", "Northwind Air", "airlines", family="reviews",
             **{**NORTHWIND, **REVIEWS, "rank": 1, "rank_low": 1, "rank_high": 1,
                "of": 1, "industry_of": 1, "cut": "needs-answer",
                "inquiries": 60, "authors": 55}),
        line("northwind-air", "Northwind Air", "airlines", level="channel",
             channel="bluesky", **{**NORTHWIND, **shares(0.5, 0.9, 0.92, 600),
                                   "inquiries": 600}),
        line("northwind-air", "Northwind Air", "airlines", level="channel",
             channel="mastodon", **{**NORTHWIND, **shares(0.3, 0.6, 0.7, 400),
                                    "inquiries": 400, "median_wait_s": 32_400}),
        line("northwind-air", "Northwind Air", "airlines", level="account",
             channel="bluesky", account="northwind.example",
             **{**NORTHWIND, "inquiries": 600}),
        line("northwind-air", "Northwind Air", "airlines", level="account",
             channel="mastodon", account="northwind@social.example",
             **{**NORTHWIND, "inquiries": 300}),
        line("northwind-air", "Northwind Air", "airlines", level="account",
             channel="mastodon", account="help@social.example",
             **{**NORTHWIND, "inquiries": 100}),
        line("airlines", "Airlines", "airlines", level="industry", brands=3,
             score=40.2, score_low=35.0, score_high=45.5, inquiries=1_500,
             rank=1, rank_low=1, rank_high=2, of=2,
             authors=1_300, median_wait_s=54_000, **shares(0.3, 0.5, 0.6, 1_500)),
        line("banks", "Banks", "banks", level="industry", brands=1, inquiries=200,
             authors=150, **shares(0.3, 0.5, 0.6, 200)),
    ]  # fmt: skip


def curve(n: int, scale: float = 1.0, upto: int = 33, **more: Any) -> dict[str, Any]:
    """A response curve through the shares of NORTHWIND, times ``scale``: ``upto`` of
    the 40 times at which curves are read, 28 of them within three days."""
    knots = {0: 200, 4: 1_000, 7: 3_000, 11: 4_100, 16: 5_500, 22: 8_000, 27: 8_300}
    share = [
        round(scale * interp(at, list(knots), list(knots.values())))
        for at in range(upto)
    ]
    late = range(max(0, upto - 28))
    return {
        "n": n,
        "share": [point + 10 * max(0, at - 27) for at, point in enumerate(share)],
        "low": [max(0, point - 500) for point in share],
        "high": [min(10_000, point + 500) for point in share],
        "seen": [n - 10 * at for at in late],
        **more,
    }


def only(n: int, of: str) -> dict[str, Any]:
    """A curve without a band: of the answered, or the mean of industries."""
    share = curve(n, 1 / 0.83 if of == "answered" else 0.8, 28)["share"]
    return {"n": n, "of": of, "share": share}


def cells(hours: int, rows: int, **columns: Callable[[int], int]) -> dict[str, Any]:
    """Cells of a week, each column a function of the cell's number."""
    size = range(rows * 24 // hours)
    return {"hours": hours, "rows": rows} | {
        name: [figure(at) for at in size] for name, figure in columns.items()
    }


RHYTHM: dict[str, Any] = {
    "cells": cells(4, 7, n=lambda at: 5 + at, t1=lambda at: at // 2,
                   t2=lambda at: at, t3=lambda at: at + 1),
    "given": cells(4, 2, n=lambda at: 3 * at),
    "times": {"weekday": [500, 300, 400, 450, 5572, 6407, 7643, 8326, 8711, 9237],
              "night": [300, 60, 200, 220, 1582, 2499, 6113, 7181, 6804, 7803],
              "weekend": [200, 120, 160, 160, 5302, 6658, 7380, 8497, 7380, 8497]},
    "gaps": {"night": [-4600, -3380, -1995, -680, -2214, -1120],
             "weekend": [-780, 795, -652, 640, -1650, -310]},
}  # fmt: skip
VOLUME: dict[str, Any] = {
    "posts": 2_400, "replies": 1_000, "ratio": 2.4, "reply_share": 0.2941,
    "inquiries": 1_000, "per_day": 10.87, "unanswered": 170,
    "silent": [0.17, 0.12, 0.22], "wait": 11_400,
}  # fmt: skip

DETAILS: dict[tuple[str, str, str, str, str], dict[str, Any]] = {
    ("rhythm", "brand", "social", "", "northwind-air"): RHYTHM,
    ("rhythm", "brand", "reviews", "", "northwind-air"): {
        "times": {"weekday": [52, 9, 20, 30, 900, 2900, 2600, 5200, 4400, 7000],
                  "night": [8, 1, 2, 3]},
    },
    ("rhythm", "brand", "social", "", "sly-air"): {
        "times": {"weekday": [50, 0, 0, 0, 0, 714, 0, 714, 0, 714],
                  "weekend": [40, 30, 30, 30, 5972, 8580, 5972, 8580, 5972, 8580]},
        "gaps": {"weekend": [5200, 8580, 5200, 8580, 5200, 8580]},
    },
    ("rhythm", "brand", "social", "", "answered"): {"given": RHYTHM["given"]},
    ("rhythm", "industry", "social", "", "airlines"): {
        **RHYTHM,
        "gaps": {"night": [-9, 8, 0, 0, 0, 0], "weekend": [0, 5, 0, 0, 0, 0]},
    },
    ("volume", "brand", "social", "", "northwind-air"): VOLUME,
    ("volume", "brand", "social", "", "half-seen"): {
        "posts": 7, "replies": 0, "ratio": None, "reply_share": 0.0,
    },
    ("volume", "brand", "reviews", "", "northwind-air"): {
        "inquiries": 60, "per_day": 0.65, "unanswered": 30,
        "silent": [0.5, 0.38, 0.62],
    },
    ("volume", "industry", "social", "", "airlines"): VOLUME,
    ("volume", "industry", "social", "", "banks"): {
        "posts": 12, "replies": 0, "ratio": None, "reply_share": 0.0,
    },
    ("volume", "industry", "social", "", ""): {**VOLUME, "silent": [0.2, 0.15, 0.25]},
    ("curve", "brand", "social", "", "northwind-air"): curve(1_000),
    ("curve", "brand", "social", "", "sly-air"): curve(90, 0, 28),
    ("curve", "brand", "reviews", "", "northwind-air"): curve(60, upto=36),
    ("curve", "brand", "social", "", "answered"): only(173, "answered"),
    ("curve", "channel", "social", "bluesky", "northwind-air"): curve(600, 1.1),
    ("curve", "channel", "social", "mastodon", "northwind-air"): curve(400, 0.8, 30),
    ("curve", "industry", "social", "", "airlines"): curve(1_500, 0.7),
    ("curve", "industry", "social", "", "banks"): curve(200, 0.7, 28),
    ("curve", "industry", "social", "", ""): only(2, "industries"),
    ("places", "brand", "social", "", ""): {
        "slugs": ["northwind-air", "credit-elan", "sly-air"],
        "above": [[], [], [0, 0]],
    },
    ("places", "industry", "social", "", "airlines"): {
        "slugs": ["northwind-air", "sly-air"],
        "above": [[], [0, 0]],
    },
    ("whatif", "brand", "social", "", "northwind-air"): {
        "of": 3, "now": [66.0, 61.0, 71.0, 1], "more": [72.2, 67.0, 77.0, 1],
        "sooner": [68.4, 63.0, 73.0, 1],
    },
    ("whatif", "brand", "social", "", "sly-air"): {
        "of": 3, "now": [20.0, 12.0, 31.0, 3], "sooner": [20.4, 12.0, 31.0, 3],
    },
    ("ladder", "brand", "social", "", "northwind-air"): {
        "n": 1_000, "canned": 130, "redirect": 200, "substantive": 470,
        "unjudged": 30, "limits": [[1_010, 1_660], [1_620, 2_440], [4_180, 5_230]],
    },
    ("ladder", "brand", "social", "", "sly-air"): {
        "n": 90, "canned": 1, "redirect": 0, "substantive": 0, "unjudged": 9,
    },
    ("ladder", "brand", "social", "", "answered"): {
        "n": 173, "canned": 20, "redirect": 60, "substantive": 93, "unjudged": 0,
        "of": "answered",
    },
    ("ladder", "brand", "reviews", "", "northwind-air"): {
        "n": 60, "canned": 6, "redirect": 12, "substantive": 30, "unjudged": 0,
        "limits": [[400, 2_100], [1_100, 3_300], [3_700, 6_300]],
    },
    ("ladder", "channel", "social", "bluesky", "northwind-air"): {
        "n": 600, "canned": 30, "redirect": 100, "substantive": 370,
        "unjudged": 0, "limits": [[310, 800], [1_200, 2_240], [5_500, 6_830]],
    },
    ("ladder", "channel", "social", "mastodon", "northwind-air"): {
        "n": 400, "canned": 100, "redirect": 100, "substantive": 100, "unjudged": 30,
    },
    ("ladder", "industry", "social", "", "airlines"): {
        "n": 1_400, "canned": 131, "redirect": 200, "substantive": 500,
        "unjudged": 39, "brands": 3,
        "limits": [[700, 1_200], [1_200, 1_700], [3_100, 4_050]],
    },
    ("substance", "brand", "social", "", "northwind-air"): {
        "n": 1_000, "within": [210, 450, 520], "address": [412, 800, 4_700, 5_600],
        "limits": [[1_800, 2_430], [4_100, 4_900], [4_750, 5_640]],
    },
    ("substance", "brand", "social", "", "answered"): {
        "n": 173, "within": [40, 80, 96], "of": "answered",
        "address": [0, 12, 0, 2_600],
    },
    ("substance", "channel", "social", "bluesky", "northwind-air"): {
        "n": 600, "within": [170, 360, 400], "copies": [90, 500, 1_400, 2_400, 60],
        "limits": [[2_400, 3_300], [5_500, 6_500], [6_030, 7_280]],
    },
    ("substance", "channel", "social", "mastodon", "northwind-air"): {
        "n": 400, "within": [40, 90, 120], "copies": [150, 300, 4_400, 5_600, 50],
    },
    ("substance", "industry", "social", "", "airlines"): {
        "n": 1_400, "within": [220, 480, 560], "brands": 3,
        "copies": [180, 831, 1_800, 2_600, 49],
        "limits": [[1_300, 1_900], [3_000, 3_900], [3_500, 4_500]],
    },
    ("ledger", "brand", "social", "", "northwind-air"): {
        "accounts": [
            {
                "channel": "bluesky",
                "account": "northwind.example",
                "seen": [5, 60, DAY, 65, 1, DAY // 2, 70, 22, DAY],
            },
            {"channel": "mastodon", "account": "northwind@social.example", "seen": []},
        ]
    },
    ("sensitivity", "brand", "social", "", ""): {
        "brands": 3, "pairs": 3, "apart": 2,
        "variants": {
            "only_t2": {"tau": 0.3333, "swapped": 1, "apart": 0, "moved": 1.0,
                        "most": 1},
            "impatient": {"tau": 1.0, "swapped": 0, "apart": 0, "moved": 0.0,
                          "most": 0},
            "speed_alone": {"tau": None, "swapped": 0, "apart": 0, "moved": 0.5,
                            "most": 2},
        },
    },
    **TOLD,
    ("watching", "brand", "social", "", "northwind-air"): {"answers": 40, "blind": 10},
    ("watching", "brand", "social", "", "credit-elan"): {"answers": 7, "blind": 0},
    ("watching", "brand", "social", "", "answered"): {"answers": 173, "blind": 172},
}  # fmt: skip
"""Topic, level, family, channel, slug: what the newer edition says beside lines."""


def details() -> pl.DataFrame:
    columns = ("topic", "level", "family", "channel", "slug", "body")
    rows = [(*key, json.dumps(body)) for key, body in DETAILS.items()]
    return pl.DataFrame(rows, columns, orient="row")


def edition(name: str, period: tuple[int, int], **changes: Any) -> Edition:
    values: dict[str, Any] = {
        "name": name, "day_from": period[0], "day_to": period[1],
        "as_of": (period[1] + 3) * DAY, "made_at": (period[1] + 4) * DAY,
        "method": "1", "code": "0.1.0", "provisional": False, "sample": False,
        "inquiries": 1_290, "messages": 1_500, "brands": 7, "coverage": 0.97,
        "cuts": '{"social": "all", "reviews": "needs-answer"}',
        "left_out": '{"reply": 174, "same_day": 36}', "input_digest": "1" * 64,
        "result_digest": "2" * 64, "previous": "", "digest": "",
        "licence": "CC-BY-4.0",
    }  # fmt: skip
    made = Edition(**values | changes)
    made.digest = made.digest or chained(covered(made))
    return made


REGISTRY = Registry(
    industries=(
        IndustryEntry(slug="airlines", name="Airlines", nace="H"),
        IndustryEntry(slug="banks", name="Banks", nace="K"),
    ),
    brands=(
        BrandEntry(
            slug="northwind-air",
            name="Northwind Air",
            industry="airlines",
            former_names="Southwind Airways; Old Wind",
        ),
        BrandEntry(slug="credit-elan", name="Crédit Élan", industry="banks"),
        BrandEntry(slug="sly-air", name="Sly <Air> & Söhne", industry="airlines"),
    ),
    accounts=(
        AccountEntry(
            brand="northwind-air", channel="bluesky", account="northwind.example"
        ),
        AccountEntry(
            brand="northwind-air",
            channel="mastodon",
            account="northwind@social.example",
        ),
    ),
)


def channels() -> list[ChannelRow]:
    usual = {
        "family": "social",
        "source": "https://source.example",
        "licence": "public",
        "terms": "may be read",
        "cannot_see": "private messages",
        "how": "collected",
        "every_s": 300,
        "on": True,
    }
    return [
        ChannelRow(slug="bluesky", title="Bluesky", **usual),
        ChannelRow(slug="mastodon", title="Mastodon", **usual),
        ChannelRow(slug="x", title="X", **{**usual, "on": False,
                   "off_because": "no budget is set", "source": "javascript:no"}),
    ]  # fmt: skip


def runs() -> list[Run]:
    at = 20_730 * DAY
    return [
        Run(what="look", channel="bluesky", started_at=at, finished_at=at + 5,
            outcome="ok", rows_read=1_200, rows_kept=40,
            refused='{"no account of ours": 1160}'),
        Run(what="look", channel="mastodon", started_at=at, finished_at=at + 9,
            outcome="ok", rows_read=2, rows_kept=2),
        Run(what="look", channel="mastodon", started_at=at + 60, finished_at=at + 99,
            outcome="failed", problem="social.example did not answer <in time>"),
    ]  # fmt: skip


def fill(store: Store, *, sample: bool = False) -> None:
    """The small world: a registry, channels, looks, and two editions of it."""
    store.migrate()
    store.put_registry(REGISTRY)
    store.put_channels(channels())
    for run in runs():
        store.record_run(run)
    older = [
        {**row, "score": 60.1, "score_low": 55.0, "score_high": 65.0}
        for row in lines()
        if row["slug"] in ("northwind-air", "credit-elan", "sly-air")
        and (row["level"], row["family"]) == ("brand", "social")
    ]
    before = edition("2026-Q2", Q2, sample=sample)
    save(store, before, older)
    newer = edition("2026-Q3", Q3, previous=before.digest, sample=sample)
    save(store, newer, lines(), details())
    if not sample:
        audit_example.put(store)


def save(
    store: Store,
    of: Edition,
    rows: list[dict[str, Any]],
    more: pl.DataFrame | None = None,
) -> None:
    store.save_edition(of, pl.DataFrame(rows, infer_schema_length=None), [], more)


@pytest.fixture(scope="session")
def world_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var folder with the small world in its database. To be read only."""
    var = tmp_path_factory.mktemp("world")
    store = Store(Settings(var=var, database_url="").database)
    fill(store)
    store.close()
    return var


@pytest.fixture(scope="session")
def world(world_var: Path) -> Flask:
    """The site on the small world."""
    return site(world_var)


def site(var: Path, **changes: Any) -> Flask:
    """The site on whatever databases are in a folder."""
    app = create_app(Settings(var=var, database_url="", **changes))
    app.extensions["answerable"].easel.most = 10_000  # tests ask for every picture
    app.testing = False  # a fault of ours must end as a page, as for a reader
    return app


Get = Callable[..., BeautifulSoup]


@pytest.fixture
def get(world: Flask) -> Get:
    """Fetch a page of the small world; no page may break the house rules."""
    return getter(world)


def getter(app: Flask) -> Get:
    client = app.test_client()

    def get(path: str, status: int = 200) -> BeautifulSoup:
        response = client.get(path)
        assert response.status_code == status, response.text[:500]
        return checked(response, sample=app_shows_sample(app))

    return get


def app_shows_sample(app: Flask) -> bool:
    return bool(app.extensions["answerable"].library().sample)


def checked(response: TestResponse, *, sample: bool = False) -> BeautifulSoup:
    """The page, after every house rule has been held against it."""
    assert response.mimetype == "text/html"
    html5lib.HTMLParser(strict=True).parse(response.text)
    page = BeautifulSoup(response.text, "html.parser")
    (heading,) = page.select("h1")
    assert page.title is not None
    assert page.title.text.startswith(heading.text)
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids)), "an id is used twice"
    _check_accessible(page, set(ids))
    _check_strict(page, response)
    assert bool(page.select(".notice")) is sample
    return page


def _check_accessible(page: BeautifulSoup, ids: set[str]) -> None:
    assert page.html is not None
    assert page.html["lang"] in tongue.NAMES
    assert not page.select("img:not([alt])")
    assert not page.select('svg:not([aria-hidden="true"]):not([aria-label])')
    for field in page.select("input:not([type=hidden]), select"):
        assert page.select(f'label[for="{field["id"]}"]'), f"no label: {field}"
    for tag in page.select("[aria-labelledby]"):
        assert tag["aria-labelledby"] in ids
    for link in page.select('a[href^="#"]'):
        assert str(link["href"])[1:] in ids, f"leads nowhere: {link}"
    for link in page.select("a"):
        assert link.text.strip(), f"says nothing: {link}"
    for table in page.select("table"):
        assert table.select("caption"), "a table without a caption"


def _check_strict(page: BeautifulSoup, response: TestResponse) -> None:
    assert not page.select("style, [style]")
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        assert not str(tag.get("href", "")).startswith("javascript:")
    for script in page.select("script"):
        assert script.get("type") in ("application/json", "application/ld+json") or (
            str(script["src"]).startswith("/static/") and not script.text
        )
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture
def client(world: Flask) -> FlaskClient:
    return world.test_client()


@pytest.fixture
def empty(tmp_path: Path) -> Flask:
    """The site where nothing was ever measured or made."""
    return site(tmp_path / "nowhere")
