"""The sections of the page, by name and in their order.

A section is a module with ``TITLE`` (plain text) and ``render(run: Run) -> str``, which returns
HTML, or nothing where there is nothing to show. Its heading is put before it. ``ASSETS``, if it
has any, names CSS and JavaScript files beside the module that the page embeds once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from types import ModuleType

from nucleibench.page.run import Run
from nucleibench.registry import Registry

SECTIONS: Registry[Callable[[Run], str]] = Registry(
    "section of the page",
    {
        "overview": "nucleibench.page.overview:render",
        "data": "nucleibench.page.datasets:render",
        "samples": "nucleibench.page.samples:render",
        "scores": "nucleibench.page.scores:render",
        "tables": "nucleibench.page.tables:render",
        "figures": "nucleibench.page.figures:render",
        "trainings": "nucleibench.page.curves:render",
        "costs": "nucleibench.page.costs:render",
        "deviations": "nucleibench.page.deviations:render",
        "published": "nucleibench.page.published:render",
    },
)


@dataclass(frozen=True)
class Asset:
    """A file that the page embeds: its name, and its text."""

    name: str
    text: str


def title_of(section: str) -> str:
    """Return the heading of a section, plain text."""
    return str(_module_of(section).TITLE)


def assets_of(section: str) -> list[Asset]:
    """Return the CSS and JavaScript of a section."""
    module = _module_of(section)
    folder = files(module.__package__ or "")
    names = getattr(module, "ASSETS", ())
    return [Asset(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names]


def _module_of(section: str) -> ModuleType:
    return import_module(SECTIONS.places[section].partition(":")[0])
