"""The table of scores (Table 2): our values, the paper's, and ours less the paper's."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd

from nucleibench.data.samples import count
from nucleibench.data.sheets import read_sheet
from nucleibench.evaluate.comparisons import FEWEST, interval_of_mean
from nucleibench.evaluate.summary import MEASURES, summarize
from nucleibench.files import atomic_path
from nucleibench.report.markup import EN_DASH, MINUS, Cell, Section, Table, write_tables
from nucleibench.report.paper import PAPER_METRICS, paper_table2
from nucleibench.report.results import aji_by_image, read_results
from nucleibench.report.rows import Titles, in_groups, in_order, methods_of

DIGITS = 4


def write_scores(
    metrics: Mapping[str, str | Path],
    titles: Titles,
    dataset: str,
    sheet_csv: str | Path,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
    *,
    seed: int,
    paper_dataset: str | None,
) -> None:
    """Write the scores of every row on one dataset.

    The CSV holds method (the row's key), the columns of ``summarize`` for counts pooled over the
    images, the interval of the AJI (aji_low, aji_high; BCa bootstrap by patient, not a number from
    fewer patients than ``FEWEST``), then ``paper_*`` and
    ``difference_*`` for what the paper prints, and ``per_image_*``, the scores taken image by
    image and averaged.

    Args:
        metrics: Row -> metrics file.
        titles: Titles of these rows, in the order of the tables.
        dataset: Name of the dataset, for the caption.
        sheet_csv: Its sheet, which says the patient of each image.
        output_csv: Where to write all numbers.
        output_md: Where to write them for reading, the best of each group in bold.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
        seed: Seed of the bootstrap.
        paper_dataset: Whose values of the paper to set beside: monuseg or tnbc; None for none.
    """
    results = read_results(metrics, in_order(titles))
    patients = read_sheet(sheet_csv).set_index("image")["patient"]
    ours = _by_row(results, lambda images: _summary(images, patients, seed))
    averaged = _by_row(results, _averages)
    paper = _paper_scores(paper_dataset, ours.index, titles)
    difference = ours[list(PAPER_METRICS)] - paper
    with atomic_path(output_csv) as temporary:
        columns = [ours, paper.add_prefix("paper_"), difference.add_prefix("difference_")]
        columns.append(averaged.add_prefix("per_image_"))
        pd.concat(columns, axis=1).to_csv(temporary, index_label="method")
    tables = [_our_table(dataset, ours, titles, smallest_difference(results, patients, seed))]
    if paper.notna().any(axis=None):
        tables += _paper_tables(paper.dropna(), difference.dropna(), titles)
    tables.append(_averaged_table(averaged, titles))
    for output in (output_md, output_tex):
        write_tables(output, tables)


def _by_row(
    results: Mapping[str, pd.DataFrame], scores: Callable[[pd.DataFrame], dict[str, float]]
) -> pd.DataFrame:
    rows = {row: scores(images) for row, images in results.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def _summary(images: pd.DataFrame, patients: pd.Series, seed: int) -> dict[str, float]:
    """Return the pooled scores of a row, the interval of its AJI, and the number of patients."""
    low, high = _interval(images.set_index("image")["aji"], patients, seed)
    facts = {"aji_low": low, "aji_high": high, "patients": images["image"].map(patients).nunique()}
    return {**summarize(images, "pooled"), **facts}


def _interval(values: pd.Series, patients: pd.Series, seed: int) -> tuple[float, float]:
    """Return the interval of the mean of one value an image, by the patient of each image."""
    grouped = values.groupby(patients.loc[values.index].to_numpy())
    return interval_of_mean(grouped.sum().to_numpy(), grouped.size().to_numpy(), seed)


def smallest_difference(
    results: Mapping[str, pd.DataFrame], patients: pd.Series, seed: int
) -> float:
    """Return about which difference in AJI of two rows can be told from chance.

    It is half the width of the interval of a row's difference from the best row on the same images,
    the median over the rows; not a number where there is no interval, or one row.
    """
    scores = aji_by_image(results)
    best = scores.mean().idxmax()
    bounds = [
        _interval(scores[row] - scores[best], patients, seed) for row in scores if row != best
    ]
    return float(np.median([(high - low) / 2 for low, high in bounds])) if bounds else float("nan")


def _averages(images: pd.DataFrame) -> dict[str, float]:
    """Return the averages over images of those measures that could be pooled instead."""
    scores = summarize(images, "per_image")
    return {name: scores[name] for name, measure in MEASURES.items() if measure.from_counts}


def _paper_scores(paper_dataset: str | None, rows: pd.Index, titles: Titles) -> pd.DataFrame:
    """Return the paper's values of each row's method, not a number where it has none."""
    methods = methods_of(titles)
    return paper_table2(paper_dataset).reindex([methods[row] for row in rows]).set_axis(rows)


def _our_table(dataset: str, ours: pd.DataFrame, titles: Titles, smallest: float) -> Table:
    values = ours[list(MEASURES)]
    texts = values.map(f"{{:.{DIGITS}f}}".format)
    texts.insert(1, "95% interval", _intervals(ours))
    texts["Nuclei"] = ours["n_predicted"].astype(str)
    if any(titles[row].saw for row in texts.index):
        texts["Saw"] = [titles[row].saw for row in texts.index]
    first = ours.iloc[0]
    caption = (
        f"{dataset}: {_describe_size(first)}, with {count(first['n_true'], 'nucleus', 'nuclei')}."
        f" {describe_intervals(ours, smallest)} "
        "mAP is the mean over IoU 0.5 to 0.95 of the precision TP / (TP + FP), mAP (DSB) that of "
        "TP / (TP + FP + FN); these, F1, recall (R) and precision (P) pooled over the images"
    )
    bold = _is_best_in_group(values, titles).reindex(columns=texts.columns, fill_value=False)
    return _table(caption, texts, bold, titles)


def _averaged_table(averaged: pd.DataFrame, titles: Titles) -> Table:
    caption = "The same scores, taken image by image and averaged over the images"
    texts = averaged.map(f"{{:.{DIGITS}f}}".format)
    return _table(caption, texts, _is_best_in_group(averaged, titles), titles)


def _intervals(ours: pd.DataFrame) -> list[str]:
    bounds = zip(ours["aji_low"], ours["aji_high"], strict=True)
    return ["n/a" if isnan(low) else f"{low:.2f}{EN_DASH}{high:.2f}" for low, high in bounds]


def describe_intervals(ours: pd.DataFrame, smallest: float) -> str:
    """Return what the intervals of the AJI are, and what they allow to conclude.

    Args:
        ours: a line per row, with aji_low and aji_high.
        smallest: see :func:`smallest_difference`.
    """
    if ours["aji_low"].isna().all():
        return (
            f"There is no interval from fewer than {FEWEST} patients: these scores say nothing of"
            " other patients."
        )
    method = "Intervals: BCa bootstrap of the mean AJI by patient."
    if not smallest > 0:  # one row, or rows that are alike
        return method
    first = ours.iloc[0]
    return (
        f"{method} With {_describe_size(first)} a"
        f" difference below about {smallest:.2g} between two rows cannot be told from chance; the"
        " table of comparisons has each."
    )


def _describe_size(row: "pd.Series[float]") -> str:
    return f"{count(row['images'], 'image')} of {count(row['patients'], 'patient')}"


def _paper_tables(paper: pd.DataFrame, difference: pd.DataFrame, titles: Titles) -> list[Table]:
    """Return the tables of the paper's values, whose rows need no notes, and the difference."""
    titles = {row: title for row, title in titles.items() if row in paper.index}
    plain_titles = {row: replace(title, note="") for row, title in titles.items()}
    printed = paper.map(f"{{:.{DIGITS}f}}".format)
    away = difference.map(lambda value: f"{value:+.{DIGITS}f}".replace("-", MINUS))
    bold = pd.DataFrame(False, paper.index, paper.columns)
    return [
        _table("The values that the paper prints", printed, bold, plain_titles),
        _table("Difference: ours less the paper's", away, bold, titles),
    ]


def _is_best_in_group(values: pd.DataFrame, titles: Titles) -> pd.DataFrame:
    """Return which printed values are the largest of their group; alone, none is."""
    best = pd.DataFrame(False, values.index, values.columns)
    for _, rows in in_groups(titles):
        printed = values.loc[rows].round(DIGITS)
        best.loc[rows] = (printed == printed.max()) & (len(rows) > 1)
    return best


def _table(caption: str, texts: pd.DataFrame, bold: pd.DataFrame, titles: Titles) -> Table:
    """Return the table of these texts, whose rows are those of ``titles``."""

    def cells(row: str) -> list[Cell]:
        name = Cell(titles[row].name, note=titles[row].note)
        return [name, *map(Cell, texts.loc[row], bold.loc[row])]

    header = [Cell("Method"), *(Cell(_heading(column)) for column in texts)]
    sections = [Section(group, list(map(cells, rows))) for group, rows in in_groups(titles)]
    return Table(caption, header, sections)


def _heading(column: str) -> str:
    return MEASURES[column].heading if column in MEASURES else column
