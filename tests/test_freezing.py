"""The site as files: what is there, what it links, what is left alone."""

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask

import cli
from fixtures_web import site
from web import freezing
from web.freezing import CannotFreeze, freeze

LIVE = "https://answerable.example"


@pytest.fixture(scope="module")
def frozen(world_var, tmp_path_factory):
    """The small world, frozen once. To be read only."""
    folder = tmp_path_factory.mktemp("frozen") / "site"
    told: list[tuple[int, int]] = []
    app = site(world_var, public_url=LIVE)
    done = freeze(app, folder, LIVE, lambda *so_far: told.append(so_far))
    return folder, done, told


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_bytes(), "html.parser")


def kept(folder: Path, address: str) -> bool:
    path = unquote(address).lstrip("/")
    places = (path, f"{path}.html", f"{path}index.html", f"{path}/index.html")
    return any((folder / place).is_file() for place in places)


def test_every_link_of_every_page_leads_somewhere(frozen):
    folder, done, _ = frozen
    assert done.broken == {}
    pages = list(folder.rglob("*.html"))
    assert len(pages) > 30
    for path in pages:
        page = soup(path)
        for element in page.select("[href], [src], [data-script]"):
            link = next(
                element[name]
                for name in ("href", "src", "data-script")
                if element.has_attr(name)
            )
            if link.startswith("/"):
                assert "?" not in link, (path, link)
                address = link.partition("#")[0]
                there = kept(folder, address) or address in done.redirects
                assert there, (path, link)


def test_what_needs_a_server_leads_to_the_running_site(frozen):
    folder, _, _ = frozen
    actions, queries = set(), 0
    for path in folder.rglob("*.html"):
        page = soup(path)
        actions |= {form["action"] for form in page.select("form[action]")}
        queries += len(page.select(f'a[href^="{LIVE}/"][href*="?"]'))
    assert f"{LIVE}/search" in actions
    assert {f"{(u := urlsplit(action)).scheme}://{u.netloc}" for action in actions} == {
        LIVE
    }
    assert queries > 0
    reply = soup(folder / "brands" / "northwind-air.html").select('a[href$="/reply"]')
    assert [link["href"] for link in reply] == [f"{LIVE}/brands/northwind-air/reply"]


def test_files_are_what_the_site_answers(frozen, world_var):
    folder, _, _ = frozen
    client = site(world_var, public_url=LIVE).test_client()
    for address in ("/brands.csv", "/industries.json", "/feed.atom", "/robots.txt"):
        assert (folder / address[1:]).read_bytes() == client.get(address).data
    said = BeautifulSoup(client.get("/").data, "html.parser").get_text()
    assert soup(folder / "index.html").get_text() == said
    assert "no such page" in soup(folder / "404.html").h1.text


def test_it_says_what_it_wrote(frozen):
    folder, done, told = frozen
    mark = json.loads((folder / "frozen.json").read_text())
    assert mark == {"files": done.files, "bytes": done.size, "live": LIVE}
    own = {"_headers", "_redirects", "frozen.json", "404.html"}
    files = [each for each in folder.rglob("*") if each.is_file()]
    assert len([each for each in files if each.name not in own]) == done.files
    assert told[-1][0] == told[-1][1] > done.files / 2
    headers = (folder / "_headers").read_text()
    assert f"form-action 'self' {LIVE};" in headers
    assert "default-src 'none'" in headers


def small(answers: dict[str, object]) -> Flask:
    """A site of few addresses; a number is the status of one that fails."""
    app = Flask("small", static_folder=None)

    def answer(path: str = "") -> object:
        found = answers.get(f"/{path}", 404)
        return ("", found) if isinstance(found, int) else found

    app.add_url_rule("/", "root", answer)
    app.add_url_rule("/<path:path>", "rest", answer)
    return app


def silent(_done: int, _of: int) -> None: ...


def test_links_that_lead_nowhere_are_told(tmp_path):
    app = small({"/": '<a href="/gone">x</a><a href="/there#part">y</a>', "/there": ""})
    done = freeze(app, tmp_path / "site", LIVE, silent)
    assert done.broken == {"/gone": "/"}
    assert (tmp_path / "site" / "there.html").read_bytes() == b""


def test_redirects_are_kept_as_such(tmp_path):
    moved = ("", 308, {"Location": "/new"})
    app = small({"/": '<a href="/old">x</a>', "/old": moved, "/new": "<p>new</p>"})
    done = freeze(app, tmp_path / "site", LIVE, silent)
    assert done.redirects == {"/old": "/new"}
    assert (tmp_path / "site" / "_redirects").read_text() == "/old /new 308\n"


def test_a_page_that_fails_leaves_the_folder_as_it_was(tmp_path):
    folder = tmp_path / "site"
    freeze(small({"/": "<p>first</p>"}), folder, LIVE, silent)
    with pytest.raises(CannotFreeze, match=r"/bad answers 500 INTERNAL SERVER ERROR"):
        freeze(small({"/": '<a href="/bad">x</a>', "/bad": 500}), folder, LIVE, silent)
    assert (folder / "index.html").read_text() == "<p>first</p>"
    assert [each.name for each in tmp_path.iterdir()] == ["site"]
    freeze(small({"/": "<p>second</p>"}), folder, LIVE, silent)
    assert (folder / "index.html").read_text() == "<p>second</p>"


def test_an_address_cannot_leave_the_folder(tmp_path):
    app = small({"/": '<a href="/a/%2e%2e/%2e%2e/b">x</a>', "/a/../../b": "<p>b</p>"})
    with pytest.raises(CannotFreeze, match="would lie outside"):
        freeze(app, tmp_path / "deep" / "site", LIVE, silent)
    assert not (tmp_path / "b.html").exists()


@pytest.mark.parametrize(
    "live", ["", "answerable.example", "ftp://answerable.example", "http://["]
)
def test_where_the_site_runs_must_be_said(tmp_path, live):
    with pytest.raises(CannotFreeze, match="--live https"):
        freeze(small({"/": ""}), tmp_path / "site", live, silent)


def test_folders_of_others_are_left_alone(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep")
    with pytest.raises(CannotFreeze, match="holds something else"):
        freeze(small({"/": ""}), mine, LIVE, silent)
    with pytest.raises(CannotFreeze, match="is a file"):
        freeze(small({"/": ""}), mine / "letter.txt", LIVE, silent)
    assert (mine / "letter.txt").read_text() == "keep"
    (tmp_path / "empty").mkdir()
    assert freeze(small({"/": ""}), tmp_path / "empty", LIVE, silent).files == 1


def test_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path / "var"))
    app = small({"/": '<a href="/gone">x</a>'})
    monkeypatch.setattr("web.app.create_app", lambda _settings: app)
    folder = tmp_path / "site"
    assert cli.main(["freeze", str(folder)]) == 1
    assert "ANSWERABLE_PUBLIC_URL" in capsys.readouterr().err
    assert cli.main(["freeze", str(folder), "--live", LIVE]) == 0
    said = capsys.readouterr()
    assert said.out == f"Wrote 1 files, 21 bytes, to {folder}.\n"
    assert said.err == "Nothing is at /gone, which / links.\n"
    assert freezing.MARK in {each.name for each in folder.iterdir()}
