"""The sections of the page, by name and in their order.

A section is a module with ``TITLE`` (plain text) and ``render(run: Run) -> str``, which returns
HTML, or nothing where there is nothing to show. Its heading is put before it. ``ASSETS``, if it
has any, names CSS and JavaScript files beside the module that the page embeds once.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from nucleibench.page.layout import Asset, read_assets
from nucleibench.page.run import Run
from nucleibench.registry import Registry

SECTIONS: Registry[Callable[[Run], str]] = Registry(
    "section of the page",
    {
        "overview": "nucleibench.page.overview:render",
        "data": "nucleibench.page.datasets:render",
        "samples": "nucleibench.page.samples:render",
        "scores": "nucleibench.page.scores:render",
        "viewer": "nucleibench.page.viewer.section:render",
        "slides": "nucleibench.page.slides.section:render",
        "tables": "nucleibench.page.tables:render",
        "figures": "nucleibench.page.figures:render",
        "trainings": "nucleibench.page.curves:render",
        "costs": "nucleibench.page.costs:render",
        "deviations": "nucleibench.page.deviations:render",
        "published": "nucleibench.page.published:render",
    },
)


def title_of(section: str) -> str:
    """Return the heading of a section, plain text."""
    return str(_module_of(section).TITLE)


def assets_of(section: str) -> list[Asset]:
    """Return the CSS and JavaScript of a section."""
    module = _module_of(section)
    return read_assets(module.__package__ or "", getattr(module, "ASSETS", ()))


def _module_of(section: str) -> ModuleType:
    return import_module(SECTIONS.places[section].partition(":")[0])
