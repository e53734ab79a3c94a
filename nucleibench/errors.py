"""Errors that a user can mend: each message says what, where and how."""


class NucleiBenchError(Exception):
    """Base of all errors raised on purpose by this package."""


class ConfigurationError(NucleiBenchError):
    """The configuration asks for something that does not exist or cannot be."""


class DataError(NucleiBenchError):
    """An archive, image, annotation or sheet is missing, damaged or contradictory."""


class TrainingError(NucleiBenchError):
    """A training run cannot go on, for example because its loss is not a number."""
