"""Writes the page of a run."""

from pathlib import Path

from nucleibench.page.layout import TEMPLATE, Section, write_sections
from nucleibench.page.run import Run
from nucleibench.page.sections import SECTIONS, assets_of, title_of


def write_page(run: Run, output_html: str | Path) -> None:
    """Write the page of a run: one file, which loads nothing.

    Sections that have nothing to show are left out, with their place in the table of contents.
    """
    rendered = {name: render(run) for name, render in SECTIONS.items()}
    shown = {name: html for name, html in rendered.items() if html.strip()}
    sections = [Section(name, title_of(name), html) for name, html in shown.items()]
    assets = [asset for name in shown for asset in assets_of(name)]
    write_sections(TEMPLATE, run.title, sections, assets, output_html)
