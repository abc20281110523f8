"""A site that sends mail, and the postbox that takes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fixtures_web import fill, site
from model.entries import BrandEntry, IndustryEntry, Registry
from settings import Settings
from smtp_server import Postbox, postbox
from store import Store
from web import filing

SITE = "https://answerable.example"


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as made:
        yield made


@pytest.fixture
def mail_store(tmp_path: Path) -> Iterator[Store]:
    """The small world, with the website of one of its brands."""
    store = Store(Settings(var=tmp_path, database_url="").database)
    fill(store)
    store.put_registry(
        Registry(
            industries=(IndustryEntry(slug="airlines", name="Airlines", nace="H"),),
            brands=(
                BrandEntry(
                    slug="northwind-air",
                    name="Northwind Air",
                    industry="airlines",
                    website="https://www.northwind.example/en",
                ),
            ),
            accounts=(),
        )
    )
    yield store
    store.close()


def mailing(box: Postbox, **more: Any) -> dict[str, Any]:
    """Settings with which mail is sent."""
    given: dict[str, Any] = {
        "public_url": SITE,
        "smtp_host": "127.0.0.1",
        "smtp_port": box.port,
        "smtp_tls": "none",
        "mail_from": "docket@answerable.example",
        "contact": "editor@answerable.example",
    }
    return given | more


def configured(var: Path, box: Postbox, **more: Any) -> Flask:
    return site(var, **mailing(box, **more))


@pytest.fixture
def mail_app(
    mail_store: Store, box: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Flask:
    """A site that sends mail, and takes what is typed fast."""
    monkeypatch.setattr(filing, "FASTEST_S", 0.0)
    return configured(tmp_path, box)
