"""Makes a site of the pages: what is on it beside docs/, and where its links lead.

Pages link to files of the repository by relative paths, as GitHub wants it. On the site a linked
file has a page that shows it, so that nothing there leads out of the site by accident.
"""

import contextlib
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from nucleibench.cli import build_parser

ROOT = Path(__file__).resolve().parents[1]
# Pages of the site that are elsewhere in the repository.
PAGES = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changes.md": "CHANGELOG.md",
    "experiments.md": "config/README.md",
    "examples.md": "examples/README.md",
    "files.md": "results/README.md",
    "model_card.md": "nucleibench/pretrained/compact_unet/README.md",
}
PLACES = {source: page for page, source in PAGES.items()}
# Code comes first: what looks like a link in it is none.
LINK = re.compile(r"^```.*?^```$|`[^`\n]+`|\]\(([^)\s]+)\)", re.MULTILINE | re.DOTALL)
LANGUAGES = {".py": "python", ".yaml": "yaml", ".sh": "bash", ".toml": "toml"}
FENCE = "~" * 8


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/, and a page for each file that some page links to."""
    written = {page: (ROOT / source).read_text() for page, source in PAGES.items()}
    written["commands.md"] = write_commands()
    for page, text in written.items():
        files.append(File.generated(config, page, content=text))
    for path in sorted(set(linked_sources(files))):
        files.append(File.generated(config, place_on_site(path), content=show_source(path)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Let the links of a page lead to places of the site."""
    here = page.file.src_uri

    def rewrite(match: re.Match[str]) -> str:
        path, anchor = find_target(here, match[1] or "")
        if path is None:
            return match[0]
        return f"]({os.path.relpath(place_on_site(path), os.path.dirname(here) or '.')}{anchor})"

    return LINK.sub(rewrite, markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Remove the roles of docstrings, such as ``:class:``, before the names that they mark."""
    return re.sub(r":(?:class|func|meth|mod):(?=<code>)", "", html)


def linked_sources(files: Files) -> Iterator[str]:
    """Yield the files and folders of the repository that pages link to and that are no pages."""
    for file in files.documentation_pages():
        for match in LINK.finditer(file.content_string):
            path, _ = find_target(file.src_uri, match[1] or "")
            if path and place_on_site(path).startswith("source/"):
                yield path


def find_target(page: str, link: str) -> tuple[str | None, str]:
    """Return where a link of a page leads in the repository, and its anchor.

    None stands for a link to elsewhere or within the page, and for a page without a source.
    """
    path, mark, anchor = link.partition("#")
    if not path or re.match(r"[a-z]+:", path) or page.startswith("source/"):
        return None, ""
    source = ROOT / PAGES.get(page, f"docs/{page}")
    return os.path.relpath((source.parent / path).resolve(), ROOT), mark + anchor


def place_on_site(path: str) -> str:
    """Return the place on the site of a file of the repository."""
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    # A name that begins with a dot would be left out.
    return PLACES.get(path) or f"source/{path.lstrip('.')}.md"


def show_source(path: str) -> str:
    """Return a page with the text of a file, or with the names in a folder."""
    source = ROOT / path
    if source.is_dir():
        body = "\n".join(f"- `{entry.name}`" for entry in sorted(source.iterdir()))
    else:
        body = f"{FENCE}{LANGUAGES.get(source.suffix, 'text')}\n{source.read_text()}\n{FENCE}"
    return f"---\nsearch: {{exclude: true}}\n---\n# `{path}`\n\n{body}\n"


def write_commands() -> str:
    """Return a page with the targets of make and the help of every command."""
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):.*## (.*)$", makefile, re.MULTILINE)
    rows = "\n".join(f"| `make {name}` | {meaning} |" for name, meaning in targets)
    names = ["", *re.findall(r"^    (\w+) ", build_parser().format_help(), re.MULTILINE)]
    helps = "\n".join(f"## nucleibench {n}\n\n{FENCE}text\n{read_help(n)}{FENCE}\n" for n in names)
    return f"# Commands\n\n## make\n\n| target | what it does |\n|---|---|\n{rows}\n\n{helps}"


def read_help(command: str) -> str:
    """Return the help of a sub-command of ``nucleibench``, or of the command itself."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.suppress(SystemExit):
        build_parser().parse_args([*command.split(), "--help"])
    return told.getvalue()
