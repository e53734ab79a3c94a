"""The nuclei of an image, block by block, on disk until all are known.

Some measurements need all nuclei of an image, and every output needs these measurements. So blocks
wait in files, and no more than one block and all centroids are in memory.
"""

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import pandas as pd

from nucleibench.slides.measurements import (
    NUMBER,
    OF_REGIONS,
    Neighbourhood,
    measure,
    measure_neighbourhood,
)
from nucleibench.slides.outlines import Outlines
from nucleibench.slides.polygons import trace_outlines
from nucleibench.slides.regions import Regions


@dataclass(frozen=True)
class Nuclei:
    """Nuclei of a block.

    Attributes:
        table: a row each: ``nucleus``, its number in the image, and the measurements.
        outlines: exact outlines in the whole image, in the order of the rows.
    """

    table: pd.DataFrame
    outlines: Outlines

    def __len__(self) -> int:
        """Return how many nuclei there are."""
        return len(self.table)

    @property
    def numbers(self) -> np.ndarray:
        """Numbers of the nuclei in the image, integers (n,)."""
        return self.table[NUMBER].to_numpy()


def describe(regions: Regions) -> Nuclei:
    """Measure and outline the nuclei of a block."""
    return Nuclei(measure(regions), trace_outlines(regions.labels, regions.origin))


class NucleusStore:
    """Nuclei of one image in a temporary folder, which goes when the ``with`` block ends.

    Add all blocks, then :meth:`finish`; then iterate, as often as need be, over the blocks with
    all measurements.
    """

    def __init__(self, folder: Path) -> None:
        """Take an existing folder with room for about a kilobyte a nucleus."""
        self._temporary = tempfile.TemporaryDirectory(prefix=".nuclei_", dir=folder)
        self._rows: list[tuple[int, int]] = []
        self._begins = [0]
        self._places: list[np.ndarray] = []
        self._numbers: list[np.ndarray] = []
        self._around: pd.DataFrame | None = None

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the folder."""
        self._temporary.cleanup()

    def __len__(self) -> int:
        """Return how many nuclei have been added."""
        return self._begins[-1]

    def add(self, nuclei: Nuclei) -> None:
        """Store the nuclei of a block; none of them may be in another block as well."""
        if not len(nuclei):
            return
        outlines, table = nuclei.outlines, nuclei.table
        stream = BytesIO()  # what NumPy says of a full disk is no reason
        for level in (*vars(outlines).values(), table[list(OF_REGIONS)].to_numpy(float)):
            np.save(stream, level)
        self._file(len(self._rows)).write_bytes(stream.getbuffer())
        rows = outlines.vertices[:, 1]
        self._rows.append((int(rows.min()), int(rows.max())))
        self._places.append(table[["x_um", "y_um"]].to_numpy())
        self._numbers.append(nuclei.numbers)
        self._begins.append(len(self) + len(nuclei))

    def finish(self, workers: int = 1) -> None:
        """Measure what needs all nuclei of the image, with this number of threads.

        Raises:
            ValueError: a nucleus came twice.
        """
        numbers = np.concatenate([np.empty(0, int), *self._numbers])
        if len(np.unique(numbers)) < len(numbers):
            raise ValueError("a number of a nucleus came twice; each nucleus belongs to one block")
        places = np.concatenate([np.empty((0, 2)), *self._places])
        self._around = measure_neighbourhood(Neighbourhood(places, workers))

    def __iter__(self) -> Iterator[Nuclei]:
        """Yield the blocks in the order in which they came."""
        return map(self._load, range(len(self._rows)))

    def outlines(
        self, top: int = 0, bottom: float = math.inf
    ) -> Iterator[tuple[np.ndarray, Outlines]]:
        """Yield numbers and outlines of the blocks with nuclei in ``top`` <= row < ``bottom``."""
        for block, (first, last) in enumerate(self._rows):
            if first < bottom and last > top:
                with open(self._file(block), "rb") as stream:
                    yield self._numbers[block], _read_outlines(stream)

    def _load(self, block: int) -> Nuclei:
        if self._around is None:
            raise ValueError("finish the store before you read it")
        with open(self._file(block), "rb") as stream:
            outlines, values = _read_outlines(stream), np.load(stream)
        table = pd.DataFrame(values, columns=list(OF_REGIONS))
        table.insert(0, NUMBER, self._numbers[block])
        own = slice(self._begins[block], self._begins[block + 1])
        around = self._around.iloc[own].reset_index(drop=True)
        return Nuclei(pd.concat([table, around], axis=1), outlines)

    def _file(self, block: int) -> Path:
        return Path(self._temporary.name) / f"{block}.npy"


def _read_outlines(stream: BinaryIO) -> Outlines:
    return Outlines(*(np.load(stream) for _ in fields(Outlines)))
