"""The table of comparisons: every row beside the best one, on the same images."""

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nucleibench.data.sheets import read_sheet
from nucleibench.evaluate.comparisons import compare_scores, smallest_p
from nucleibench.files import atomic_path
from nucleibench.report.markup import MINUS, Cell, Section, Table, write_tables
from nucleibench.report.results import aji_by_image, read_results
from nucleibench.report.rows import RowTitle, Titles, in_groups, in_order

SIGNIFICANT = 0.05
HEADINGS = ("Method", "AJI", "Difference", "95% interval", "p", "p (Holm)", "Better", "d")


def write_comparisons(
    metrics: Mapping[str, str | Path],
    titles: Titles,
    dataset: str,
    sheet_csv: str | Path,
    seed: int,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
) -> None:
    """Write how the AJI of each row differs from that of the row with the highest mean.

    Args:
        metrics: Row -> metrics file.
        titles: Titles of these rows, in the order of the tables.
        dataset: Name of the dataset, for the caption.
        sheet_csv: Its sheet, which says the patient of each image.
        seed: Of the resampling.
        output_csv: Where to write the numbers.
        output_md: The same for reading.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
    """
    scores = aji_by_image(read_results(metrics, in_order(titles)))
    patients = read_sheet(sheet_csv).set_index("image")["patient"].loc[scores.index]
    best = str(scores.mean().idxmax())
    columns = {row: scores[row].to_numpy() for row in scores}
    compared = compare_scores(columns, patients.to_numpy(), best, seed)
    compared.insert(0, "aji", scores.mean())
    with atomic_path(output_csv) as temporary:
        compared.assign(reference=best).to_csv(temporary, index_label="method")
    sections = [
        Section(group, [_cells(titles[row], compared.loc[row]) for row in rows if row != best])
        for group, rows in in_groups(titles)
    ]
    caption = describe_comparisons(dataset, titles[best].name, compared, patients.nunique())
    shown = [section for section in sections if section.rows]
    for output in (output_md, output_tex):
        write_tables(output, [Table(caption, [*map(Cell, HEADINGS)], shown)])


def describe_comparisons(dataset: str, best: str, compared: pd.DataFrame, patients: int) -> str:
    """Return the caption: what is compared, how, and what may be concluded."""
    worse = int((compared["p_holm"] < SIGNIFICANT).sum())
    reachable = smallest_p(patients) * len(compared)
    verdict = (
        f"From {patients} patients no difference can be significant at {SIGNIFICANT} after the"
        f" correction: the smallest possible p is {min(reachable, 1):.2g}"
        if reachable >= SIGNIFICANT
        else f"{worse} of {len(compared)} rows differ from it at {SIGNIFICANT} after the correction"
    )
    return (
        f"{dataset}: AJI less that of {best}, which has the highest mean, on images of {patients}"
        " patients. Intervals: BCa bootstrap by patient, from 6 patients on, and somewhat too"
        " narrow below 25. p: paired permutation test by patient, two-sided; beside it after Holm's"
        " correction. Better: share of patients. d: Cohen's d_z."
        f" The best row was chosen by these same scores, so that its lead is flattered. {verdict}"
    )


def _cells(title: RowTitle, found: pd.Series) -> list[Cell]:
    return [
        Cell(title.name, note=title.note),
        Cell(f"{found['aji']:.3f}"),
        Cell(_signed(found["difference"])),
        Cell(_interval(found["low"], found["high"])),
        Cell(_p(found["p"])),
        Cell(_p(found["p_holm"]), bold=found["p_holm"] < SIGNIFICANT),
        Cell(f"{found['better']:.0%}"),
        Cell(_signed(found["effect"], 1)),
    ]


def _interval(low: float, high: float) -> str:
    return "n/a" if math.isnan(low) else f"{_signed(low)} to {_signed(high)}"


def _signed(value: float, digits: int = 3) -> str:
    return "n/a" if math.isnan(value) else f"{value:+.{digits}f}".replace("-", MINUS)


def _p(value: float) -> str:
    return f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
