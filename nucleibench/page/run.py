"""A finished run, as the sections of its page see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nucleibench.report.rows import Titles
from nucleibench.report.saw import mark_titles


@dataclass(frozen=True)
class Run:
    """A folder of results and what they are results of.

    Attributes:
        results: Folder of the results.
        title: Name of the run, plain text.
        datasets: Names of the datasets, in the order of the configuration.
        methods: Compared row -> its title (name, short, group, note), in the order of the tables.
        training_dataset: Name of the dataset that networks are trained on.
        test_organ: Organ that is held out.
        trainings: Names of the trainings that the tables need.
        configuration: Plain values of the configuration.
        deviations: The text, in Markdown, that says where the experiment differs from the paper.
    """

    results: Path
    title: str
    datasets: tuple[str, ...]
    methods: Titles
    training_dataset: str
    test_organ: str
    trainings: tuple[str, ...] = ()
    configuration: Mapping[str, Any] = field(default_factory=dict)
    deviations: Path | None = None

    @classmethod
    def read(cls, plain: Mapping[str, Any], methods: Titles, deviations: Path | None) -> "Run":
        """Return a run from plain values, as a job's parameters give them."""
        values: dict[str, Any] = {**plain, "results": Path(plain["results"])}
        values |= {name: tuple(plain[name]) for name in ("datasets", "trainings")}
        return cls(methods=methods, deviations=deviations, **values)

    def on(self, dataset: str) -> "Run":
        """Return the run with titles that say what rows saw, and mark those that saw a dataset."""
        saw = self.table("saw")
        marked = mark_titles(self.methods, saw, dataset) if saw.is_file() else self.methods
        return replace(self, methods=marked)

    def sheet(self, dataset: str) -> Path:
        """Return the sheet of a dataset, with a line for each image."""
        return self.results / "data" / dataset / "images.csv"

    def image(self, dataset: str, image: str) -> Path:
        """Return an image as it was imported, RGB uint8 PNG."""
        return self.results / "data" / dataset / "images" / f"{image}.png"

    def labels(self, dataset: str, image: str) -> Path:
        """Return the label map of the true nuclei of an image, TIFF."""
        return self.results / "data" / dataset / "labels" / f"{image}.tif"

    def normalized(self, dataset: str, image: str) -> Path:
        """Return a colour-normalised image, RGB uint8 PNG."""
        return self.results / "normalized" / dataset / f"{image}.png"

    def segmentation(self, method: str, dataset: str, image: str) -> Path:
        """Return the label map that a row makes of an image, TIFF."""
        return self.results / "segmentations" / method / dataset / f"{image}.tif"

    def metrics(self, method: str, dataset: str) -> Path:
        """Return the scores of a row, a line for each test image."""
        return self.results / "metrics" / method / f"{dataset}.csv"

    def table(self, name: str) -> Path:
        """Return a table, such as ``table2_monuseg``, as CSV."""
        return self.results / "tables" / f"{name}.csv"

    def figure(self, name: str) -> Path:
        """Return a figure, such as ``figure2``, as PNG."""
        return self.results / "figures" / f"{name}.png"
