"""What is told of data while the work goes on."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class DataWarning(UserWarning):
    """Something in the data was left out or is not as expected; the work went on."""


def tell(note: str) -> None:
    """Tell a note as a DataWarning."""
    warnings.warn(note, DataWarning, stacklevel=3)


@contextmanager
def warnings_told(tell: Callable[[str], None]) -> Iterator[None]:
    """Hand every DataWarning to ``tell``; others go where they always go."""
    show = warnings.showwarning

    def show_or_tell(message: Warning | str, category: type[Warning], *where: Any) -> None:
        if issubclass(category, DataWarning):
            tell(f"Warning: {message}")
        else:
            show(message, category, *where)

    with warnings.catch_warnings():
        warnings.simplefilter("always", DataWarning)
        warnings.showwarning = show_or_tell  # type: ignore[assignment]  # it passes on the rest
        yield


@contextmanager
def notes_kept(notes: list[str]) -> Iterator[None]:
    """Add the words of every DataWarning to ``notes``, and show none."""
    with warnings_told(lambda told: notes.append(told.removeprefix("Warning: "))):
        yield
