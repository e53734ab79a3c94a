"""The tables of scores by organ and by patient."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from nucleibench.data.sheets import read_sheet
from nucleibench.files import atomic_path
from nucleibench.report.grids import summarize_groups, tabulate_grid
from nucleibench.report.markup import Cell, Table, write_tables
from nucleibench.report.results import read_results
from nucleibench.report.rows import Titles, in_order

CAPTIONS = {
    "organ": "mean AJI on each organ. An organ with few images says little",
    "patient": "mean AJI on each patient. Images of one patient are not independent: patients are"
    " what can be counted",
}
"""Column of a sheet by which images are grouped -> what the caption says behind the dataset."""
ALONE = "all images are of one {}; Table 2 has their scores"


def write_groups(
    metrics: Mapping[str, str | Path],
    titles: Titles,
    dataset: str,
    sheet_csv: str | Path,
    outputs: Mapping[str, Sequence[str | Path]],
) -> None:
    """Write the mean AJI of every row on each group of images, where there is more than one.

    Args:
        metrics: Row -> metrics file.
        titles: Titles of these rows, in the order of the tables.
        dataset: Name of the dataset, for the captions.
        sheet_csv: Its sheet.
        outputs: Key of ``CAPTIONS`` -> files to write: CSV with a line per row and group (see
            :func:`nucleibench.report.grids.summarize_groups`), Markdown and LaTeX.
    """
    results, sheet = read_results(metrics, in_order(titles)), read_sheet(sheet_csv)
    for group, (output_csv, *texts) in outputs.items():
        found = _summarize(results, sheet.set_index("image")[group], group)
        with atomic_path(output_csv) as temporary:
            found.to_csv(temporary, index=False)
        caption = f"{dataset}: {CAPTIONS[group]}"
        alone = Table(f"{dataset}: {ALONE.format(group)}", [Cell("Method")], [])
        table = alone if found.empty else tabulate_grid(found, titles, group, caption)
        for output in texts:
            write_tables(output, [table])


def _summarize(results: Mapping[str, pd.DataFrame], groups: pd.Series, group: str) -> pd.DataFrame:
    """Return the scores of each row on each group; no line where all images are of one."""
    parts = {
        (row, str(name)): images
        for row, scores in results.items()
        for name, images in scores.groupby(scores["image"].map(groups))
    }
    several = len({name for _, name in parts}) > 1
    return summarize_groups(parts if several else {}, group)
