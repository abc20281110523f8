"""The website, assembled: ``create_app`` makes what gunicorn serves."""

import gc
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, redirect, request
from jinja2 import StrictUndefined
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WerkzeugResponse

from settings import ROOT, Settings
from store import Store
from web import arrival, bundles, filing, health, query, tongue, watching, words
from web.api import problems, serving
from web.api.limiting import Limiter
from web.desk import Desk, of_edition
from web.door import Door
from web.errors import Busy, NotHere
from web.made import ANYWHERE, PNG, Made
from web.matching import Matched, Slug
from web.pages import Page
from web.pictures.easel import Easel
from web.routes import LIVE_S, ROUTES, Route
from web.shelf import PICTURES_BYTES, SECURITY, Entry, Headers, Shelf
from web.source import Library, Reader, Source
from web.static import Static
from web.tables import Data
from web.views import about, search, sitemap

log = logging.getLogger(__name__)

HTML = "text/html; charset=utf-8"
CSV = "text/csv; charset=utf-8; header=present"
JSON = "application/json"
PINNED = "public, max-age=3600, stale-while-revalidate=86400"
BRIEF = "public, max-age=30"
NEVER = "no-store"


@dataclass
class Site:
    """What the views of one process share."""

    source: Source
    static: Static
    public: str
    limiter: Limiter
    bundle: bundles.Finds
    easel: Easel = field(default_factory=Easel)
    _shelf: Shelf = field(default_factory=lambda: Shelf(""))
    _pictures: Shelf = field(default_factory=lambda: Shelf("", PICTURES_BYTES))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def library(self) -> Library:
        return self.source.library()

    def shelf(self) -> Shelf:
        """The shelf of the current edition; an empty one when that is new."""
        version = self.library().version
        if self._shelf.version != version:
            with self._lock:
                if self._shelf.version != version:
                    self._shelf = Shelf(version)
                    self._pictures = Shelf(version, PICTURES_BYTES)
        return self._shelf

    def pictures(self) -> Shelf:
        """The same for pictures, apart: they never push a page out."""
        self.shelf()
        return self._pictures

    def desk(
        self,
        path: str = "/",
        asked: query.Query | None = None,
        pinned: str | None = None,
        language: str = tongue.ENGLISH,
    ) -> Desk:
        return Desk(
            library=self.library(),
            pinned=pinned,
            path=path,
            query=asked or {},
            public=self.public,
            static=self.static.url,
            per_minute=self.limiter.per_minute,
            bundle=self.bundle,
            language=language,
        )


def create_app(
    settings: Settings | None = None, connect: Callable[[str], Reader] = Store
) -> Flask:
    """The Flask application, with the door in front of it.

    Opens nothing and makes nothing: a database is looked for when a page is asked for.
    """
    settings = settings or Settings()
    app = Flask("web", static_folder=None, template_folder=str(ROOT / "templates"))
    site = Site(
        Source(settings, connect, opens=_opened),
        Static(),
        settings.public_url.rstrip("/"),
        Limiter(settings.api_per_minute),
        bundles.finder(settings),
    )
    app.extensions["answerable"] = site
    app.url_rule_class = Matched
    app.url_map.converters["slug"] = Slug
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["t"] = _said
    app.jinja_env.filters.update(english=words.english, italic=words.italic, file=_file)
    _add_routes(app)
    serving.add(app, site)
    health.add(app, site)
    bundles.add(app, site, site.bundle)
    office = filing.add(app, site, settings, _page)
    watching.add(app, site, office, _page)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(NotHere, _not_here)
    app.register_error_handler(Busy, _busy)
    app.after_request(_secure)
    inner = _trusting(app.wsgi_app, settings.proxies)
    app.wsgi_app = Door(inner, site.shelf, site.static)  # type: ignore[method-assign]
    return app


def _said(message: str, /, **named: object) -> Markup:
    """A sentence in a template. It may hold elements; what is put in is escaped."""
    if not named:
        return _plain(tongue.now(), message)
    put = {name: escape(value) for name, value in named.items()}
    return Markup(tongue.t(message) % put)


@lru_cache(maxsize=4_096)
def _plain(language: tongue.Catalogue | None, message: str) -> Markup:
    """A sentence with nothing to put in; a table says the same one in every line."""
    return Markup(tongue.t(message))


def _file(address: str) -> str:
    """What a link leads to, where it is a file or a chart to embed: "curve.csv",
    "curve"; '' where it is a page."""
    path, _, last = address.partition("?")[0].rpartition("/")
    if last == "embed":
        return path.rpartition("/")[2]
    return last if "." in last else ""


def warm(app: Flask) -> None:
    """Reads the edition, the templates, the patterns of addresses and every language
    before anybody asks for a page: nobody is to be the one who waits."""
    client = app.test_client()
    search = "/search.json?q=a"
    for path in ("/", search, "/editions/of/no/address"):
        client.get(path)
    for language in tongue.OTHERS:
        client.get(f"/{language}{search}")
    _settle()


def _opened(library: Library) -> None:
    """What every page of an edition needs of it, and search, in English."""
    search.names(library.book())
    _settle()


def _settle() -> None:
    """What is there now stays, so Python's search for cycles is not to walk through it
    any more: with ten thousand brands that takes longer than a page, in the middle of
    one. The next call finds what has gone since."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _trusting(inner: Any, proxies: int) -> Any:
    """Readers' addresses as so many proxies of ours say them; nobody else is asked."""
    return ProxyFix(inner, x_for=proxies, x_proto=0) if proxies else inner


def _add_routes(app: Flask) -> None:
    app.url_map.strict_slashes = True
    for route in ROUTES:
        _add_page(app, route, tongue.ENGLISH)
        if route.picture or route.rule in tongue.OFFERED:
            for language in tongue.OTHERS:
                _add_page(app, route, language)
    for ending in ("csv", "json"):
        # The same address with an extension, for an address that is only a slash.
        _add(app, f"/.{ending}", f"root {ending}", _view(_named(f"/brands.{ending}")))
    for language in tongue.OTHERS:
        _add(app, f"/{language}", f"{language} slash", _with_slash)
    _add(app, "/brands", "brands", lambda: redirect("/", 308))
    _add(app, "/editions/<slug:edition>/", "pinned slash", _without_slash)
    _add(app, "/robots.txt", "robots", _robots)


def _add_page(app: Flask, route: Route, language: str) -> None:
    """A page of the current edition, and of any that its address names."""
    view = _view(route, language)
    before = "" if language == tongue.ENGLISH else f"/{language}"
    pinned = route.rule if route.rule != "/" else ""
    _add(app, before + route.rule, f"current {before}{route.rule}", view)
    rule = f"{before}/editions/<slug:edition>{pinned}"
    _add(app, rule, f"pinned {before}{route.rule}", view)


def _robots() -> Entry:
    return Entry(sitemap.robots(_site().public), "text/plain; charset=utf-8")


def _without_slash(edition: str) -> WerkzeugResponse:
    """An edition's address as some write it."""
    return redirect(f"/editions/{quote(edition, safe='')}", 308)


def _with_slash() -> WerkzeugResponse:
    """The first page of a language as some write its address."""
    return redirect(f"{request.path}/", 308)


def _named(rule: str) -> Route:
    return next(route for route in ROUTES if route.rule == rule)


def _add(app: Flask, rule: str, name: str, view: Callable[..., Any]) -> None:
    app.add_url_rule(rule, name, view, methods=["GET"], provide_automatic_options=False)


def _site() -> Site:
    site = current_app.extensions["answerable"]
    assert isinstance(site, Site)
    return site


def _view(route: Route, language: str = tongue.ENGLISH) -> Callable[..., Entry]:
    """Answers an address from the shelf, or makes its page and keeps it there."""

    def view(edition: str | None = None, **path: str) -> Entry:
        site = _site()
        with tongue.speaking(language):
            asked = query.read(
                request.query_string.decode(errors="replace"), route.parameters
            )
            shelf = site.pictures() if route.picture else site.shelf()
            address = query.address(request.path, asked)
            entry = shelf.get(address)
            if entry is None or (
                entry.until is not None and entry.until <= time.monotonic()
            ):
                if route.picture and request.path.endswith(".png"):
                    site.easel.turn(time.monotonic())
                entry = _make(
                    route, site.desk(_inner(edition), asked, edition, language), path
                )
                if route.kept and shelf.version == site.library().version:
                    shelf.put(address, entry)
            return entry

    return view


def _inner(edition: str | None) -> str:
    """The address within its language and edition."""
    _, path = tongue.split(request.path)
    prefix = f"/editions/{edition}" if edition else ""
    return path.removeprefix(prefix) or "/"


def _make(route: Route, desk: Desk, path: dict[str, str]) -> Entry:
    """Raises NotHere."""
    if desk.library.current is None and desk.pinned is None and route.empty:
        return _page(about.empty(desk), cache=NEVER)
    made = route.make(desk, **path)
    cache = PINNED if desk.pinned else "public, max-age=60, stale-while-revalidate=600"
    until = None
    if route.live or not route.kept or desk.library.current is None:
        cache, until = BRIEF, time.monotonic() + LIVE_S
    if isinstance(made, Made):
        extra = [*(ANYWHERE if made.elsewhere else []), *_saved(made.name)]
        packed = made.kind == PNG
        return Entry(
            made.body, made.kind, cache=cache, extra=extra, until=until, packed=packed
        )
    if isinstance(made, Data):
        return _table(
            made, desk, csv=route.rule.endswith(".csv"), cache=cache, until=until
        )
    vary = arrival.VARY if arrival.decides(desk) else ""
    return _page(made, cache=cache, until=until, vary=vary)


def _page(page: Page, status: str = "200 OK", **how: Any) -> Entry:
    template = current_app.jinja_env.get_template(f"pages/{page.template}.html")
    body = template.render(page=page).encode()
    return Entry(body, HTML, status=status, framed=page.framed, **how)


def _table(made: Data, desk: Desk, *, csv: bool, **how: Any) -> Entry:
    """Open to other sites' scripts: it is public data under an open licence."""
    ending = "csv" if csv else "json"
    stem = "-".join(part for part in desk.path.rsplit(".", 1)[0].split("/") if part)
    of = desk.edition if of_edition(desk.path) or not stem else None
    name = f"{of.name}-{stem or 'brands'}.{ending}" if of else f"{stem}.{ending}"
    extra = [*SHARED, *_saved(name)]
    body = made.csv() if csv else made.json()
    return Entry(body, CSV if csv else JSON, extra=extra, **how)


SHARED: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag"),
]


def _saved(name: str) -> Headers:
    """Under which name a browser saves it; one that headers cannot hold is left out."""
    if not name:
        return []
    stem, _, ending = name.rpartition(".")
    plain = stem.isascii() and stem.replace("-", "").replace(".", "").isalnum()
    name = f"answerable-{stem}.{ending}" if plain else f"answerable.{ending}"
    return [("Content-Disposition", f'inline; filename="{name}"')]


def _http_error(problem: HTTPException) -> WerkzeugResponse | Entry:
    if problem.code is None or problem.code < 400:  # a redirect is no error
        return problem.get_response(request.environ)
    if isinstance(problem, InternalServerError):
        log.error("a page failed", exc_info=problem.original_exception)
    return _error(problem.code, "")


def _not_here(problem: NotHere) -> Entry:
    return _error(404, str(problem))


def _busy(problem: Busy) -> Entry:
    return _error(503, str(problem), [("Retry-After", str(problem.after_s))])


def _error(code: int, says: str, more: Headers | None = None) -> Entry:
    if request.path.startswith("/api/"):
        return _api_error(code)
    phrase = InternalServerError.description if code == 500 else ""
    assert phrase is not None
    status = f"{code} {problems.STATUS.get(code, 'Error')}"
    extra = [("Allow", "GET, HEAD")] if code == 405 else more
    language, _ = tongue.split(request.path)
    with tongue.speaking(language):
        page = about.error(_site().desk(language=language), code, says)
        return _page(page, status, cache=NEVER, extra=extra)


def _api_error(code: int) -> Entry:
    says = {
        404: f"There is nothing at this address; {serving.ROOT}/openapi.json lists what"
        " there is.",
        405: f"Only reading is possible here: {serving.METHODS}.",
    }
    said = says.get(code, "This could not be answered. Try again in a minute.")
    extra = [("Allow", serving.METHODS)] if code == 405 else None
    return problems.problem(code, said, extra=extra)


def _secure(response: Response) -> Response:
    """Headers for the few answers that are no ``Entry`` (redirects)."""
    if "Content-Security-Policy" not in response.headers:
        response.headers.extend(SECURITY)
    return response
