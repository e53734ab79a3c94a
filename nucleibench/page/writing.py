"""Writes the page of a run."""

from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from nucleibench import __version__
from nucleibench.files import atomic_path
from nucleibench.page.html import fill
from nucleibench.page.run import Run
from nucleibench.page.sections import SECTIONS, Asset, assets_of, title_of

TEMPLATE = "page.html"
OWN_ASSETS = ("page.css", "page.js")


def write_page(run: Run, output_html: str | Path) -> None:
    """Write the page of a run: one file, which loads nothing.

    Sections that have nothing to show are left out, with their place in the table of contents.
    """
    rendered = {name: render(run) for name, render in SECTIONS.items()}
    shown = {name: html for name, html in rendered.items() if html.strip()}
    assets = _own_assets() + [asset for name in shown for asset in assets_of(name)]
    with atomic_path(output_html) as temporary:
        text = fill(
            TEMPLATE,
            title=run.title,
            version=__version__,
            styles=[_style(asset) for asset in _distinct(assets, ".css")],
            scripts=[_script(asset) for asset in _distinct(assets, ".js")],
            sections=[
                {"name": name, "title": title_of(name), "html": html}
                for name, html in shown.items()
            ],
        )
        temporary.write_text(text, encoding="utf-8")


def _own_assets() -> list[Asset]:
    folder = files("nucleibench.page")
    return [Asset(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in OWN_ASSETS]


def _distinct(assets: list[Asset], suffix: str) -> list[Asset]:
    return [asset for asset in dict.fromkeys(assets) if asset.name.endswith(suffix)]


def _style(asset: Asset) -> Markup:
    return Markup(asset.text.replace("</style", r"<\/style"))


def _script(asset: Asset) -> Markup:
    # A closing tag in a string of the script would end the element.
    return Markup(asset.text.replace("</script", r"<\/script"))
