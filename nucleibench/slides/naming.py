"""Names of results."""

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from nucleibench.errors import ConfigurationError

SUMMARY = "summary.csv"


def name_results(below: Sequence[Path]) -> list[str]:
    """Return the names of results from the paths of images below the given folders.

    A name is the path without its suffix; where two results would have one name, or that of the
    summary, with it. Names that differ in case or accents' encoding alone are one name, because
    some file systems see them so.

    Raises:
        ConfigurationError: two images have one path.
    """
    names = [path.with_suffix("").as_posix() for path in below]
    whole = [path.as_posix() for path in below]
    while True:
        counts = Counter([fold(SUMMARY).removesuffix(".csv"), *map(fold, names)])
        shared = [index for index, name in enumerate(names) if counts[fold(name)] > 1]
        if not shared:
            return names
        if all(names[index] == whole[index] for index in shared):
            raise ConfigurationError(
                f"two images would have results called {names[shared[0]]}; "
                "rename one, or segment them into two folders"
            )
        for index in shared:
            names[index] = whole[index]


def fold(path: str | Path) -> str:
    """Return a path as file systems see it to which case and encoding of accents mean nothing."""
    return unicodedata.normalize("NFC", os.fspath(path)).casefold()
