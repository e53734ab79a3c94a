"""A real browser that opens pages from the disk, and notes what it should not have to note."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")


@dataclass
class OpenPage:
    """A page in the browser.

    Attributes:
        page: What Playwright drives.
        troubles: Messages of the console and errors of scripts.
        requests: Addresses that the page asked for, without those of its own data.
    """

    page: Page
    troubles: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: Browser, path: Path, width: int = 1400, scheme: str = "light"
) -> Iterator[OpenPage]:
    """Open a page from its file, in a window of this width."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = OpenPage(page)
    page.on("console", lambda message: found.troubles.append(message.text))
    page.on("pageerror", lambda error: found.troubles.append(str(error)))
    page.on("request", lambda request: _note(found, request.url, path))
    page.goto(path.as_uri())
    yield found
    page.close()


def _note(found: OpenPage, url: str, path: Path) -> None:
    if url.partition("#")[0] != path.as_uri() and not url.startswith(("data:", "blob:")):
        found.requests.append(url)


def found_by_axe(page: Page) -> list[tuple[str, str]]:
    """Return what is seriously hard to use for some people: the rule, and where it is broken."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
