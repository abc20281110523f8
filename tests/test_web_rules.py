"""Rules that the code of the site keeps."""

import ast
import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from web import pages

ROOT = Path(__file__).parent.parent


def used_fields() -> dict[str, set[str]]:
    """Template to the fields of ``page`` it uses."""
    found = {}
    for path in (ROOT / "templates" / "pages").glob("*.html"):
        names = re.findall(r"\bpage\.(\w+)", path.read_text())
        found[path.stem] = set(names)
    return found


PAGES = [
    kind for kind in vars(pages).values()
    if isinstance(kind, type) and issubclass(kind, pages.Page) and kind != pages.Page
]  # fmt: skip


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
def test_every_field_of_a_page_is_used_and_it_is_documented(kind):
    base = {field.name for field in dataclasses.fields(pages.Page)}
    fields = {field.name for field in dataclasses.fields(kind)} - base
    used = used_fields()[kind.template]
    unused = fields - used
    assert not unused, f"{kind.template}.html does not use {unused}"
    assert used - base <= fields
    assert kind.__doc__
    assert len(kind.__doc__) > 20


def test_the_layout_uses_every_field_of_page_and_frame():
    text = (ROOT / "templates" / "layouts" / "base.html").read_text()
    for field in dataclasses.fields(pages.Page):
        assert f"page.{field.name}" in text
    everything = text + "".join(
        path.read_text() for path in (ROOT / "templates").rglob("*.html")
    )
    for field in dataclasses.fields(pages.Frame):
        assert f"frame.{field.name}" in everything
    for field in dataclasses.fields(pages.EditionNote):
        assert f"edition.{field.name}" in everything


def test_every_component_is_one_documented_macro_of_its_name():
    for path in (ROOT / "templates" / "components").glob("*.html"):
        text = path.read_text()
        assert text.startswith("{#-"), f"{path.name} does not say what it takes"
        assert f"{{% macro {path.stem}(" in text, path.name
        assert "page." not in re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


def test_every_component_is_on_the_patterns_page_or_on_every_page():
    shown = {path.stem for path in (ROOT / "templates" / "components").glob("*.html")}
    text = (ROOT / "templates" / "pages" / "patterns.html").read_text()
    text += (ROOT / "templates" / "layouts" / "base.html").read_text()
    inside = {
        "row",
        "whisker",
        "place",
        "share",
        "section",
        "history",
        "drawing",
        "links",
        "pictures",
    }
    for name in shown - inside:
        assert f"components/{name}.html" in text, name


def test_views_contain_no_try():
    for path in (ROOT / "site" / "web" / "views").glob("*.py"):
        tree = ast.parse(path.read_text())
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.Try)], path.name


def test_gunicorn_serves_the_application_without_any_database(tmp_path):
    """`gunicorn wsgi:app` loads it; nothing is made or migrated on the way."""
    code = (
        "import sys; sys.path[:0] = ['.', 'site']; import wsgi;"
        "print(wsgi.app.test_client().get('/').status_code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"ANSWERABLE_VAR": str(tmp_path / "var"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "200", done.stderr
    assert not (tmp_path / "var").exists()
