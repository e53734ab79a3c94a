"""The dataset that a command line names: an archive, or an entry of a configuration."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nucleibench.data.archives import open_archive
from nucleibench.data.formats import FORMATS
from nucleibench.data.settings import Dataset
from nucleibench.errors import ConfigurationError
from nucleibench.experiment.__main__ import ROOT, lay_over
from nucleibench.experiment.messages import describe_errors, raise_for
from nucleibench.experiment.yaml_files import read_yaml

SIGNS = {
    "monuseg": r"(.*/)?Tissue Images/.+",
    "tnbc": r"(.*/)?GT_\d+/.+",
    "consep": r"(.*/)?(Train|Test)/Labels/.+\.mat",
}
"""Format -> names of files that no other format has."""

USUAL = "folder"


@dataclass(frozen=True)
class NamedDataset:
    """A dataset, its name, and the organ that is held out, None where nobody says."""

    name: str
    dataset: Dataset
    test_organ: str | None = None


def take_archive(path: Path, format: str | None, tell: Callable[[str], None]) -> NamedDataset:
    """Return an archive or a folder as a dataset of one part.

    A format that is left out is told by the names of the files, and is said.

    Raises:
        ConfigurationError: there is no such format.
        DataError: the archive is damaged.
    """
    if format is None:
        format = guess_format(path)
        tell(f"taken as the format {format}; --format says otherwise")
    FORMATS[format]
    name = path.resolve().name.removesuffix(".zip")
    archives = {"all": {"path": str(path)}}
    return NamedDataset(name, Dataset.read({"format": format, "archives": archives}))


def guess_format(path: Path) -> str:
    """Return the format that the names of the files in an archive say: ``folder`` if none."""
    with open_archive(path) as archive:
        names = archive.names()
    found = (
        format for format, sign in SIGNS.items() if any(re.fullmatch(sign, name) for name in names)
    )
    return next(found, USUAL)


def read_named(path: Path, name: str | None) -> NamedDataset:
    """Return a dataset of a configuration file, which is laid over config.yaml.

    Raises:
        ConfigurationError: the file is wrong, or has no such dataset.
    """
    config = read_yaml(path)
    shipped = ROOT / "config.yaml"
    if shipped.is_file():
        config = lay_over(read_yaml(shipped), config)
    section = _section(config.get("datasets") or {}, name, path)
    where = f"{path}: datasets.{name}"
    try:
        dataset = Dataset.read(section)
    except ValidationError as error:
        raise_for(list(describe_errors(error, Dataset, section, where)))
        raise
    return NamedDataset(str(name), dataset, config.get("test_organ"))


def _section(datasets: dict[str, Any], name: str | None, path: Path) -> dict[str, Any]:
    if name is None or datasets.get(name) is None:
        known = ", ".join(key for key, value in datasets.items() if value is not None)
        said = "name a dataset" if name is None else f"no dataset {name!r}"
        raise ConfigurationError(f"{path}: {said}; choose one of {known or 'none'}")
    return datasets[name]
