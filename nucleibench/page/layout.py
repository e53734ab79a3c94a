"""The frame of every page: one HTML file that loads nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from nucleibench import __version__
from nucleibench.files import atomic_path
from nucleibench.page.html import fill

TEMPLATE = "page.html"
OWN_ASSETS = ("page.css", "page.js")


@dataclass(frozen=True)
class Asset:
    """A file that the page embeds: its name, and its text."""

    name: str
    text: str


@dataclass(frozen=True)
class Section:
    """A part of a page: its name in addresses, its heading as plain text, and its HTML."""

    name: str
    title: str
    html: str


def read_assets(package: str, names: Sequence[str]) -> list[Asset]:
    """Return files that lie in a package."""
    folder = files(package)
    return [Asset(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names]


def write_sections(
    template: str,
    title: str,
    sections: Sequence[Section],
    assets: Sequence[Asset],
    output_html: str | Path,
) -> None:
    """Write a page of sections, atomically.

    Args:
        template: ``page.html``, or one that extends it.
        title: of the page, plain text.
        sections: in their order.
        assets: CSS and JavaScript beside those of every page.
        output_html: the file.
    """
    embedded = [*read_assets("nucleibench.page", OWN_ASSETS), *assets]
    with atomic_path(output_html) as temporary:
        text = fill(
            template,
            title=title,
            version=__version__,
            styles=[_style(asset) for asset in _distinct(embedded, ".css")],
            scripts=[_script(asset) for asset in _distinct(embedded, ".js")],
            sections=sections,
        )
        temporary.write_text(text, encoding="utf-8")


def _distinct(assets: list[Asset], suffix: str) -> list[Asset]:
    return [asset for asset in dict.fromkeys(assets) if asset.name.endswith(suffix)]


def _style(asset: Asset) -> Markup:
    return Markup(asset.text.replace("</style", r"<\/style"))


def _script(asset: Asset) -> Markup:
    # A closing tag in a string of the script would end the element.
    return Markup(asset.text.replace("</script", r"<\/script"))
