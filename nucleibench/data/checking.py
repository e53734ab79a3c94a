"""Look at a dataset before it is used: what there is, and what is missing or odd."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nucleibench.data.notices import notes_kept
from nucleibench.data.oddities import describe_dataset
from nucleibench.data.reading import find_samples, read_labelled, split_samples
from nucleibench.data.samples import Sample, count, name_some
from nucleibench.data.settings import Dataset
from nucleibench.data.sheets import SheetRow
from nucleibench.data.spreads import Spread, describe_spreads, measure_spread
from nucleibench.errors import DataError
from nucleibench.parallel import map_in_processes

BY_ORGAN = "by organ"
"""Split of images where it depends on a test organ that nobody named."""


@dataclass(frozen=True)
class DatasetSummary:
    """What a dataset holds.

    Attributes:
        name: of the dataset.
        rows: a line of the sheet for each image that can be read.
        notes: what is missing or odd, in words, by image; by "" what is of no single image.
        faults: why an image cannot be read, in words, by image.
    """

    name: str
    rows: tuple[SheetRow, ...]
    notes: Mapping[str, tuple[str, ...]]
    faults: Mapping[str, str]

    @property
    def nuclei(self) -> int:
        """Number of annotated nuclei."""
        return sum(row.nuclei for row in self.rows)

    def count(self, column: str) -> dict[str, int]:
        """Return how many images have each value of a column of the sheet, the most first."""
        return dict(Counter(str(getattr(row, column)) for row in self.rows).most_common())

    def lines(self) -> list[str]:
        """Return the summary as lines of text."""
        sizes = Counter(f"{row.width} x {row.height}" for row in self.rows)
        counts = [
            ("organs", self.count("organ")),
            ("splits", self.count("split")),
            ("parts", self.count("part")),
            ("pixel sizes (um)", self.count("pixel_size")),
            ("sizes (px)", dict(sizes.most_common())),
        ]
        images, patients = len(self.rows), len({row.patient for row in self.rows})
        head = (
            f"{self.name}: {count(images, 'image')} of {count(patients, 'patient')},"
            f" {count(self.nuclei, 'nucleus', 'nuclei')}"
        )
        told = [
            f"{image}: {note}" for image, notes in self.notes.items() if image for note in notes
        ]
        return [
            head,
            *(f"  {name}: {_join(values)}" for name, values in counts if values),
            *(f"  odd: {note}" for note in (*self.notes.get("", ()), *told)),
            *(f"  cannot be read: {image}: {fault}" for image, fault in self.faults.items()),
        ]


def _join(counts: Mapping[str, int]) -> str:
    return name_some([f"{value} ({count})" for value, count in counts.items()], 10)


def check_dataset(
    name: str, dataset: Dataset, test_organ: str | None = None, workers: int = 1
) -> DatasetSummary:
    """Read all images of a dataset and say what there is.

    An image that cannot be read is a fault of the summary, and the others are read on.

    Args:
        name: name of the dataset.
        dataset: its settings; all of its archives must be local.
        test_organ: organ that is held out, for datasets that are split by it.
        workers: number of processes.

    Raises:
        DataError: an archive is not local, missing, damaged or not of the format, an image has no
            annotation in a format where it must have one, or an organ that decides is unknown.
        ConfigurationError: no image is of the test organ where that decides.
    """
    found: list[str] = []
    with notes_kept(found):
        samples = find_local_samples(name, dataset)
    splits = dict.fromkeys((sample.image for sample in samples), BY_ORGAN)
    if test_organ is not None or dataset.split_rule != "organ":
        splits = split_samples(name, dataset, samples, test_organ or "", None)
    jobs = [_Job(dataset.format, sample, splits[sample.image]) for sample in samples]
    checks = list(map_in_processes(_check_image, jobs, workers))
    found += describe_spreads([check.spread for check in checks])
    return _summarize(name, checks, found, test_organ)


def find_local_samples(name: str, dataset: Dataset) -> list[Sample]:
    """Find the images of a dataset, all of whose archives are local.

    Raises:
        DataError: one is not, or is missing, damaged or not of the format.
    """
    paths = {part: archive.path for part, archive in dataset.archives.items() if archive.path}
    if others := dataset.archives.keys() - paths.keys():
        raise DataError(
            f"{name}: {name_some(sorted(others))} is not local; give the path of the archive or "
            "of its unpacked folder"
        )
    return find_samples(dataset, paths)


@dataclass(frozen=True)
class _Job:
    format: str
    sample: Sample
    split: str


@dataclass(frozen=True)
class _Check:
    """What reading an image gave: a line of the sheet with notes, or a fault."""

    image: str
    row: SheetRow | None = None
    notes: tuple[str, ...] = ()
    fault: str = ""
    spread: Spread | None = None


def _check_image(job: _Job) -> _Check:
    image = job.sample.image
    try:
        found, row = read_labelled(job.format, job.sample, job.split)
    except DataError as error:
        return _Check(image, fault=str(error))
    empty = ("has no nuclei",) if row.nuclei == 0 else ()
    spread = measure_spread(image, found.labels, row.pixel_size)
    return _Check(image, row, found.notes + empty, spread=spread)


def _summarize(
    name: str, checks: Iterable[_Check], found: Sequence[str], test_organ: str | None
) -> DatasetSummary:
    checks = list(checks)
    rows = tuple(check.row for check in checks if check.row)
    together = (*found, *describe_dataset(rows, test_organ or ""))
    notes = {"": together} | {check.image: check.notes for check in checks}
    return DatasetSummary(
        name,
        rows,
        {image: told for image, told in notes.items() if told},
        {check.image: check.fault for check in checks if check.fault},
    )
