"""The table of comparisons: every row beside the best one, or beside a chosen one."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from nucleibench.data.sheets import read_sheet
from nucleibench.evaluate.comparisons import compare_scores, smallest_p
from nucleibench.files import atomic_path
from nucleibench.report.markup import MINUS, Cell, Section, Table, write_tables
from nucleibench.report.results import aji_by_image, read_results
from nucleibench.report.rows import RowTitle, Titles, in_groups, in_order

SIGNIFICANT = 0.05
HEADINGS = ("Method", "AJI", "Difference", "95% interval", "p", "p (corrected)", "Better", "d")
# Whether the same scores chose the row that others are compared with -> what the caption says.
REFERENCES = {
    True: "which has the highest mean AJI (this choice favours it)",
    False: "which was named beforehand",
}
CORRECTED = {
    True: "all pairs of rows, because any row could have been the best",
    False: "these comparisons",
}


def write_comparisons(
    metrics: Mapping[str, str | Path],
    titles: Titles,
    dataset: str,
    sheet_csv: str | Path,
    seed: int,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
    reference: str | None = None,
    compared: Sequence[str] = (),
) -> None:
    """Write how the AJI of each row differs from that of another one.

    Args:
        metrics: Row -> metrics file.
        titles: Titles of these rows, in the order of the tables.
        dataset: Name of the dataset, for the caption.
        sheet_csv: Its sheet, which says the patient of each image.
        seed: Of the resampling.
        output_csv: Where to write the numbers.
        output_md: The same for reading.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
        reference: Row that all others are compared with. Without one it is that with the highest
            mean AJI.
        compared: Rows to compare with it; without any, all.
    """
    scores = aji_by_image(read_results(metrics, in_order(titles)))
    patients = read_sheet(sheet_csv).set_index("image")["patient"].loc[scores.index]
    if compared:
        scores = scores[[row for row in scores if row in {*compared, reference}]]
    best = reference or str(scores.mean().idxmax())
    columns = {row: scores[row].to_numpy() for row in scores}
    found = compare_scores(columns, patients.to_numpy(), best, seed, chosen=not reference)
    found.insert(0, "aji", scores.mean())
    with atomic_path(output_csv) as temporary:
        found.assign(reference=best).to_csv(temporary, index_label="method")
    sections = [
        Section(group, [_cells(titles[row], found.loc[row]) for row in rows if row in found.index])
        for group, rows in in_groups(titles)
    ]
    name, number = titles[best].name, patients.nunique()
    caption = describe_comparisons(dataset, name, found, number, chosen=not reference)
    shown = [section for section in sections if section.rows]
    for output in (output_md, output_tex):
        write_tables(output, [Table(caption, [*map(Cell, HEADINGS)], shown)])


def describe_comparisons(
    dataset: str, best: str, compared: pd.DataFrame, patients: int, chosen: bool
) -> str:
    """Return the caption: what is compared, how, and what may be concluded."""
    different = int((compared["p_corrected"] < SIGNIFICANT).sum())
    reachable = smallest_p(patients)
    verdict = (
        f"From {patients} patients no difference can be significant at {SIGNIFICANT}: the smallest"
        f" possible p is {reachable:.2g}"
        if reachable >= SIGNIFICANT
        else f"{different} of {len(compared)} rows differ from it at {SIGNIFICANT} after the"
        " correction. This does not show that the others are equal to it"
    )
    return (
        f"{dataset}: AJI minus that of {best}, {REFERENCES[chosen]}, on images of {patients}"
        " patients. Intervals: BCa bootstrap by patient, from 6 patients on, and somewhat too"
        " narrow below 25. p: paired permutation test by patient, two-sided; in the next column"
        f" corrected for {CORRECTED[chosen]}, by the step-down maximum. Better: share of patients."
        f" d: Cohen's d_z. {verdict}"
    )


def _cells(title: RowTitle, found: pd.Series) -> list[Cell]:
    return [
        Cell(title.name, note=title.note),
        Cell(f"{found['aji']:.3f}"),
        Cell(_signed(found["difference"])),
        Cell(_interval(found["low"], found["high"])),
        Cell(_p(found["p"])),
        Cell(_p(found["p_corrected"]), bold=found["p_corrected"] < SIGNIFICANT),
        Cell(f"{found['better']:.0%}"),
        Cell(_signed(found["effect"], 1)),
    ]


def _interval(low: float, high: float) -> str:
    return "n/a" if math.isnan(low) else f"{_signed(low)} to {_signed(high)}"


def _signed(value: float, digits: int = 3) -> str:
    return "n/a" if math.isnan(value) else f"{value:+.{digits}f}".replace("-", MINUS)


def _p(value: float) -> str:
    return f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
