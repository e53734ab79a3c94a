from pathlib import Path

import pytest
from browser import CHROMIUM
from made_up_run import make_run
from playwright.sync_api import sync_playwright

from nucleibench.page.run import Run
from nucleibench.page.writing import write_page


@pytest.fixture(scope="session")
def chromium():
    """A real browser without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM} (Debian's package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def page(run) -> Path:
    path = run.results / "report.html"
    write_page(run, path)
    return path
