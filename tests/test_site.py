"""The site of the pages: it builds without a warning, is whole, and asks for nothing elsewhere."""

import os
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from mkdocs.config import load_config

import nucleibench

ROOT = Path(__file__).parents[1]
KINDS = ["Tutorials", "How-to guides", "Reference", "Explanation"]


class PageReader(HTMLParser):
    """Collects what a page links to, what it loads, and the ids of its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links, self.loaded, self.ids = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids.add(values.get("id"))
        self.links |= {values.get("href")} if tag == "a" else set()
        loaded = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src"}
        self.loaded |= {values.get(loaded[tag])} if tag in loaded else set()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return {page: PageReader(page.read_text()) for page in folder.rglob("*.html")}


def target(page: Path, link: str, root: Path) -> tuple[Path, str]:
    """Return the file that a link within the site leads to, and its anchor."""
    parts = urlsplit(link)
    base = root if parts.path.startswith("/") else page.parent
    path = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else page
    return (path / "index.html" if path.is_dir() else path), unquote(parts.fragment)


def test_every_link_leads_to_a_page_and_a_heading(site):
    root = min(site, key=lambda page: len(page.parts)).parent
    checked = 0
    for page, content in site.items():
        for link in content.links | content.loaded:
            if not link or urlsplit(link).scheme or page.name == "404.html":
                continue
            file, anchor = target(page, link, root)
            assert file.is_file(), f"{page}: {link} leads nowhere"
            assert not anchor or anchor in site[file].ids, f"{page}: {link}: no such heading"
            checked += 1
    assert checked > 1000


def test_nothing_is_asked_for_elsewhere(site):
    for page, content in site.items():
        for link in filter(None, content.loaded):
            assert not urlsplit(link).netloc, f"{page} loads {link}"
    # A canonical address would be one, and fonts come with styles.
    folder = min(site, key=lambda page: len(page.parts)).parent
    for style in folder.rglob("*.css"):
        assert "//fonts." not in style.read_text(), style


def test_the_four_kinds_of_pages_are_apart():
    settings = load_config(str(ROOT / "mkdocs.yml"))
    kinds = {name: pages for entry in settings.nav for name, pages in entry.items()}
    assert list(kinds) == ["Home", *KINDS]
    pages = [page for kind in KINDS for entry in kinds[kind] for page in entry.values()]
    assert len(pages) == len(set(pages))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= set(pages)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("api", ["segment", "Segmentation", "evaluate", "Family", "Network", "Method", "Labels"]),
        ("commands", ["make demo", "usage: nucleibench segment", "usage: nucleibench evaluate"]),
        ("configuration", ["minimum_size", "learning_rate"]),
        ("changes", [nucleibench.__version__]),
    ],
)
def test_a_generated_page_has_what_it_is_for(site, page, names):
    (path,) = [path for path in site if path.parent.name == page and "source" not in path.parts]
    text = path.read_text()
    assert [name for name in names if name not in text] == []


def test_the_packages_of_the_site_are_a_group_of_their_own():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert {"include-group": "docs"} in groups["dev"]
    assert any(package.startswith("mkdocs-material") for package in groups["docs"])
