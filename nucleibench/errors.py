"""Errors that a user can mend: each message says what, where and how."""

from collections.abc import Iterator
from contextlib import contextmanager

PIP = "pip install 'nucleibench[{}]'"
# staintools asks for a second build of OpenCV, which would overwrite the first.
INSTALL = {"staintools": f"{PIP} && pip install --no-deps staintools"}


class NucleiBenchError(Exception):
    """Base of all errors raised on purpose by this package."""


class ConfigurationError(NucleiBenchError):
    """The configuration asks for something that does not exist or cannot be."""


class DataError(NucleiBenchError):
    """An archive, image, annotation or sheet is missing, damaged or contradictory."""


class TrainingError(NucleiBenchError):
    """A training run cannot go on, for example because its loss is not a number."""


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Say how to install an extra of this package where an import within the block fails."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{error.name} is not installed; install it: {INSTALL.get(extra, PIP).format(extra)}"
        ) from error
