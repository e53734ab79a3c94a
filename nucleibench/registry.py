"""Registries: names for things that are imported only when they are asked for."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

from nucleibench.errors import ConfigurationError

Thing = TypeVar("Thing")


class Registry(Mapping[str, Thing], Generic[Thing]):
    """Things by name, each given as ``module:attribute`` and imported on first use.

    To register is one line; to list the names imports nothing.
    """

    def __init__(self, kind: str, places: Mapping[str, str]) -> None:
        """Take what the things are called in messages, and name -> ``module:attribute``."""
        self.kind = kind
        self.places = dict(places)

    def __getitem__(self, name: str) -> Thing:
        """Import and return a thing; raise ConfigurationError with the known names."""
        if name not in self.places:
            raise ConfigurationError(
                f"no {self.kind} {name!r}; choose one of {', '.join(self.places)}"
            )
        return load(self.places[name])

    def get(self, name: str, default: Any = None) -> Any:
        """Import and return a thing, or the default where there is none of this name."""
        place = self.places.get(name)
        return load(place) if place else default

    def __contains__(self, name: object) -> bool:
        """Tell whether a name is registered, importing nothing."""
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names in the order of registration."""
        return iter(self.places)

    def __len__(self) -> int:
        """Return the number of names."""
        return len(self.places)


def load(place: str) -> Any:
    """Import the attribute that ``module:attribute`` names."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)
