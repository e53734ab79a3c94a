"""What ``nucleibench segment`` or the workflow wrote of a slide, as its page needs it."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nucleibench.errors import DataError
from nucleibench.slides.geojson_reading import read_geojson
from nucleibench.slides.outlines import Outlines
from nucleibench.slides.record import OUTLINES, OUTPUTS, RECORD, TABLES, Record, read_record

READERS = {"csv": pd.read_csv, "parquet": pd.read_parquet}
"""Of tables, by the output."""


@dataclass(frozen=True)
class SlideResults:
    """The results of a slide.

    Attributes:
        record: what was done and found.
        nuclei: a row each, with the columns of the table.
        outlines: in the order of the table; None where none were written.
    """

    record: Record
    nuclei: pd.DataFrame
    outlines: Outlines | None

    @property
    def pixel_size(self) -> float:
        """Side of a pixel in micrometres."""
        return float(self.record.pixel_size["um"])


def read_results(record_json: str | Path) -> SlideResults:
    """Read the results that lie beside a record.

    Raises:
        DataError: the record or a file is damaged, or there is no table of nuclei.
    """
    path = Path(record_json)
    record = read_record(path)
    files = {
        kind: path.with_name(path.name.removesuffix(OUTPUTS[RECORD].suffix) + OUTPUTS[kind].suffix)
        for kind in record.outputs
    }
    table = next((kind for kind in TABLES if kind in files), None)
    if table is None:
        raise DataError(
            f"{path}: no table of nuclei was written, and a page needs one; segment the slide with "
            f"{' or '.join(TABLES)} among its outputs"
        )
    outlines = next((read_geojson(files[kind]) for kind in OUTLINES if kind in files), None)
    return SlideResults(record, READERS[table](files[table]), outlines)
