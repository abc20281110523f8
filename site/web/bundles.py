"""Bundles that are there to be handed out. The worker makes them; see jobs/bundle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, send_file

from model.rows import Edition
from settings import Settings
from web.errors import NotHere
from web.source import Library
from web.tongue import t

ZIP = "application/zip"
KEPT_S = 3_600

Finds = Callable[[Edition], Path | None]


class Site(Protocol):
    """What is needed of the site."""

    def library(self) -> Library: ...


def finder(settings: Settings) -> Finds:
    """Where the bundle of an edition is; None while there is none."""

    def find(edition: Edition) -> Path | None:
        path = settings.bundle(edition.name, edition.digest, sample=edition.sample)
        return path if path.is_file() else None

    return find


def add(app: Flask, site: Site, find: Finds) -> None:
    """``/editions/<name>/bundle.zip``: also in parts, again only where it changed."""

    def bundle(edition: str) -> Any:
        its_own = site.library().book(edition).edition
        path = find(its_own)
        if path is None:
            raise NotHere(
                t("Nobody has made the bundle of edition %(name)s yet.", name=edition)
            )
        return send_file(
            path,
            ZIP,
            as_attachment=True,
            download_name=f"{edition}.zip",
            etag=its_own.digest,
            max_age=KEPT_S,
        )

    app.add_url_rule(
        "/editions/<slug:edition>/bundle.zip",
        "bundle",
        bundle,
        methods=["GET"],
        provide_automatic_options=False,
    )
