"""Tables of nuclei, written block by block, and of images."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from nucleibench.errors import ConfigurationError
from nucleibench.files import atomic_path
from nucleibench.slides.measurements import MEASUREMENTS, NUMBER
from nucleibench.slides.naming import SUMMARY
from nucleibench.slides.nuclei import Nuclei
from nucleibench.slides.record import SUMMARY_COLUMNS, Record, summary_row

DECIMALS = 4

COLUMNS = [NUMBER, *MEASUREMENTS]

NAME = "name"
"""Column of the summary with the path of an image's results below the output folder."""


def write_table(path: str | Path, blocks: Iterable[Nuclei]) -> None:
    """Write a row a nucleus with its number and all measurements, atomically.

    Values have four decimals. Memory does not grow with the number of blocks.

    Args:
        path: ends in ``.csv`` or ``.parquet``.
        blocks: nuclei with all measurements.

    Raises:
        ConfigurationError: there is no such format, or its package is not installed.
    """
    suffix = Path(path).suffix
    check_table_format(suffix)
    tables = (block.table[COLUMNS].round(DECIMALS) for block in blocks)
    with atomic_path(path) as temporary:
        WRITERS[suffix](temporary, tables)


def check_table_format(suffix: str) -> None:
    """Raise ConfigurationError where tables with this suffix cannot be written here."""
    if suffix not in WRITERS:
        raise ConfigurationError(
            f"no tables of kind {suffix!r}; choose one of {', '.join(WRITERS)}"
        )
    if suffix == ".parquet" and find_spec("pyarrow") is None:
        raise ConfigurationError(
            ".parquet needs the package pyarrow, which is not installed: "
            'pip install "nucleibench[parquet]", or choose .csv'
        )


def _write_csv(path: Path, tables: Iterable[pd.DataFrame]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as stream:
        pd.DataFrame(columns=COLUMNS).to_csv(stream, index=False)
        for table in tables:
            table.to_csv(stream, index=False, header=False)


def _write_parquet(path: Path, tables: Iterable[pd.DataFrame]) -> None:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    whole = {NUMBER, *(name for name, entry in MEASUREMENTS.items() if entry.whole)}
    kinds = [(name, pyarrow.int64() if name in whole else pyarrow.float64()) for name in COLUMNS]
    schema = pyarrow.schema(kinds)
    with ParquetWriter(path, schema) as writer:
        for table in tables:
            writer.write_table(pyarrow.Table.from_pandas(table, schema, preserve_index=False))


WRITERS: Mapping[str, Callable[[Path, Iterable[pd.DataFrame]], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
"""Formats of tables by their suffixes."""


def write_summary(folder: str | Path, records: Mapping[str, Record]) -> None:
    """Write ``summary.csv`` from records by the names of results, a row an image, atomically."""
    rows = [{NAME: name, **summary_row(record)} for name, record in records.items()]
    with atomic_path(Path(folder) / SUMMARY) as temporary:
        pd.DataFrame(rows, columns=[NAME, *SUMMARY_COLUMNS]).to_csv(temporary, index=False)


def write_cohort(
    path: str | Path, slides: Sequence[Mapping[str, str]], records: Sequence[Record]
) -> None:
    """Write a row a slide, atomically: what is known of it, then the columns of a summary.

    Args:
        path: of a CSV file.
        slides: columns and values of each slide, such as its patient.
        records: of the slides, in the same order.
    """
    rows = [{**slide, **summary_row(record)} for slide, record in zip(slides, records, strict=True)]
    with atomic_path(path) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False)


def check_summary(folder: Path) -> None:
    """Raise ConfigurationError where another table than a summary would be replaced."""
    path = folder / SUMMARY
    if not path.exists():
        return
    with open(path, encoding="utf-8", errors="replace") as stream:
        columns = stream.readline().strip()
    if columns != ",".join([NAME, *SUMMARY_COLUMNS]):
        raise ConfigurationError(
            f"{path} is not a summary that NucleiBench wrote; move it, or choose another folder"
        )
