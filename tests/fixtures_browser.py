"""A real browser on a real gunicorn, for tests that look at pages as readers do."""

import os
import shutil
import subprocess
import sys
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from fixtures_store import free_port

ROOT = Path(__file__).parent.parent
ARGUMENTS = [
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]  # fmt: skip
PATIENCE_MS = 120_000
"""For whatever a page is to do: the machine may be busy."""
FOCUSED = "e => e === document.activeElement"
MOST_TABS = 400
WIDTHS = {"phone": (360, 740), "desk": (1280, 900)}


@cache
def axe_source() -> str:
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (found,) = Path(spec.submodule_search_locations[0]).rglob("axe.min.js")
    return found.read_text()


def faults(page: Any) -> list[str]:
    """What axe finds wrong with a page: by all its rules in the light, and in the dark,
    where only colours differ, by those of colour. The page's policy is to be bypassed,
    for the scripts are the test's."""
    page.evaluate(axe_source())
    found = []
    for scheme, rules in (("light", ""), ("dark", ", runOnly: ['color-contrast']")):
        page.emulate_media(color_scheme=scheme)
        said = page.evaluate(f"axe.run({{resultTypes: ['violations']{rules}}})")
        found += [
            f"{scheme}: {fault['id']}: {fault['nodes'][0]['html']}"
            f" {fault['nodes'][0]['failureSummary']}"
            for fault in said["violations"]
        ]
    return found


def serve(var: Path, *, public: bool = False, **more: str):
    """A real gunicorn on a free port, ended with the test process. ``public``: it knows
    its own address, as a site does that others link to. ``more``: settings."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app", "-b", f"127.0.0.1:{port}"]
        + ["--log-level", "warning"],
        cwd=ROOT,
        env={
            **os.environ,
            "ANSWERABLE_VAR": str(var),
            "ANSWERABLE_DATABASE_URL": "",
            "ANSWERABLE_PUBLIC_URL": address if public else "",
            **more,
        },
    )
    try:
        wait(f"{address}/healthz", process)
        yield address
    finally:
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:  # a busy machine is no fault of the test's
        process.kill()
        process.wait()


def wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert process.poll() is None, "gunicorn ended at its start"
        try:
            urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("gunicorn did not answer within three minutes")


@pytest.fixture(scope="module")
def served(world_var):
    yield from serve(world_var)


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("the tests need Debian's chromium: make system")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(
            executable_path=chromium, args=ARGUMENTS, timeout=PATIENCE_MS
        )
        made = opened.new_context

        def patient(**options: Any) -> Any:
            context = made(**options)
            context.set_default_timeout(PATIENCE_MS)
            return context

        opened.new_context = patient
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, served):
    """Opens a page and says at the end if the browser had anything to complain of."""
    contexts, complaints = [], []

    def open_one(path: str, width: str = "desk", scheme: str = "light", **options):
        size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
        context = browser.new_context(viewport=size, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"{path}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        response = page.goto(served + path)
        assert response.status == (404 if path == "/nope" else 200)
        return page

    yield open_one
    for context in contexts:
        context.close()
    missing = "the server responded with a status of 404"
    assert [said for said in complaints if missing not in said] == []


class Reader:
    """Somebody with a keyboard and nothing else."""

    def __init__(self, page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, path: str, status: int = 200) -> None:
        where = path if path.startswith("http") else self.address + path
        response = self.page.goto(where)
        assert response.status == status

    def reach(self, selector: str) -> None:
        """Tabs until it has the focus."""
        wanted = self.page.locator(selector).first
        wanted.wait_for(state="attached")
        for _ in range(MOST_TABS):
            if wanted.evaluate(FOCUSED):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"{selector} cannot be reached by keyboard at {self.page.url}")

    def follow(self, selector: str) -> None:
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, selector: str) -> None:
        """One of several, as the arrow keys go through them."""
        group = self.page.locator(selector).get_attribute("name")
        self.reach(f"input[name={group}]")
        for _ in range(9):
            self.page.keyboard.press("Space")
            if self.page.locator(selector).is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"{selector} cannot be chosen by keyboard")

    def type(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.type(text)

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def said(self) -> str:
        return self.page.locator("main").inner_text()
