"""What the experiment's datasets are made of, as the rules of the workflow ask."""

from pathlib import Path
from typing import Any

from nucleibench.data.settings import Archive, Dataset
from nucleibench.errors import ConfigurationError
from nucleibench.experiment.settings import Configuration
from nucleibench.families.interface import Colors


class DataPlan:
    """Archives, datasets and the reference of colour normalisation."""

    def __init__(self, configuration: Configuration) -> None:
        """Take a checked configuration."""
        self.configuration = configuration

    def archive(self, dataset: str, part: str) -> dict[str, Any]:
        """Return where an archive comes from."""
        return _plain(self._archive(dataset, part))

    def synthetic(self, dataset: str, part: str) -> dict[str, Any]:
        """Return what is drawn in place of an archive."""
        return self.archive(dataset, part)["synthetic"]

    def format(self, dataset: str) -> str:
        """Return the format of a dataset."""
        return self._dataset(dataset).format

    def archives(self, dataset: str) -> list[str]:
        """Return where the archives of a dataset are, or will be."""
        return [self._locate(dataset, part) for part in self._dataset(dataset).archives]

    def organs_table(self, dataset: str) -> list[str]:
        """Return the table of organs that a dataset names, if it names one."""
        table = self._dataset(dataset).organs
        return [table] if table else []

    def dataset(self, dataset: str) -> dict[str, Any]:
        """Return what decides the import of a dataset: its section without the licence."""
        section = _plain(self._dataset(dataset))
        return {key: value for key, value in section.items() if key != "licence"}

    @property
    def licences(self) -> dict[str, str]:
        """Dataset -> licence of its images, where its section states one."""
        stated = {name: found.licence for name, found in self.configuration.datasets.items()}
        return {name: licence for name, licence in stated.items() if licence}

    def paper_dataset(self, dataset: str) -> str | None:
        """Return whose values of the paper stand beside ours: nobody's where images are drawn."""
        section = self._dataset(dataset)
        drawn = any(archive.synthetic for archive in section.archives.values())
        return None if drawn else section.format

    @property
    def reference_image(self) -> str | None:
        """The image of the training dataset to whose colours all are brought, unless a file is.

        A path has a slash, the id of an image has none.
        """
        reference = self.configuration.normalization.reference
        return None if "/" in reference else reference

    def reference_in(self, dataset: str) -> str | None:
        """Return the reference image where it is one of a dataset."""
        trains = dataset == self.configuration.training_dataset
        return self.reference_image if trains else None

    def reference_source(self) -> dict[str, str]:
        """Return the file that the configuration names, or the images of the training dataset."""
        if self.reference_image is None:
            return {"path": self.configuration.normalization.reference}
        folder = f"<results>/data/{self.configuration.training_dataset}"
        return {"sheet": f"{folder}/images.csv", "images": f"{folder}/images"}

    def stain_reference(self, colors: Colors) -> list[str]:
        """Return what the colours of images are brought to; nothing where they stay as they are."""
        return ["<results>/normalized/target.json"] if colors == "normalized" else []

    def check_files(self, cached: bool) -> None:
        """Raise ConfigurationError where a file that the configuration names is missing.

        Args:
            cached: whether Snakemake compares the content of inputs, which folders do not have.
        """
        for name, dataset in self.configuration.datasets.items():
            if dataset.organs:
                _check_exists(f"datasets.{name}.organs", dataset.organs, "correct the path")
            for part, archive in dataset.archives.items():
                if archive.path:
                    _check_archive(f"datasets.{name}.archives.{part}", archive.path, cached)
        reference = self.configuration.normalization.reference
        if self.reference_image is None and not Path(reference).is_file():
            raise ConfigurationError(
                f"normalization.reference: there is no file {reference}; correct the path, or name"
                " an image of the training dataset by its id, which has no slash"
            )

    def _dataset(self, dataset: str) -> Dataset:
        return self.configuration.datasets[dataset]

    def _archive(self, dataset: str, part: str) -> Archive:
        return self._dataset(dataset).archives[part]

    def _locate(self, dataset: str, part: str) -> str:
        archive = self._archive(dataset, part)
        if archive.source == "path":
            return str(archive.path)
        kind = "synthetic" if archive.source == "synthetic" else "downloaded"
        return f"<results>/archives/{kind}/{dataset}_{part}.zip"


def _plain(settings: Archive | Dataset) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude_none=True)


def _check_archive(key: str, path: str, cached: bool) -> None:
    _check_exists(key, path, "correct the path, or give url or google_drive to download it")
    if Path(path).is_dir() and cached:
        raise ConfigurationError(
            f"{key}: {path} is a folder, and --cache compares the content of files; "
            "name the archive itself, or run without --cache"
        )


def _check_exists(key: str, path: str, remedy: str) -> None:
    if not Path(path).exists():
        raise ConfigurationError(f"{key}: {path} does not exist; {remedy}")
