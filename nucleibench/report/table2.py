"""Table 2: a row per method; our values, the paper's, and ours less the paper's."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from nucleibench.evaluate.summary import AVERAGINGS, bootstrap_interval, summarize
from nucleibench.files import atomic_path
from nucleibench.report.markup import EN_DASH, MINUS, Cell, Section, Table, write_tables
from nucleibench.report.methods import describe_method, in_groups
from nucleibench.report.paper import PAPER_METRICS, paper_table2
from nucleibench.report.results import read_results

HEADINGS = {
    "aji": "AJI",
    "map_paper": "mAP",
    "map_dsb": "mAP (DSB)",
    "f1_70": "F1 (0.7)",
    "recall_70": "R (0.7)",
    "precision_70": "P (0.7)",
    "f1_50": "F1 (0.5)",
    "recall_50": "R (0.5)",
    "precision_50": "P (0.5)",
    "pq": "PQ",
}
DIGITS = 4


def write_table2(
    metrics: Mapping[str, str | Path],
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
    *,
    notes: Mapping[str, str],
    seed: int,
    paper_dataset: str | None,
) -> None:
    """Write Table 2 of one dataset.

    The CSV holds method, the columns of ``summarize`` for counts pooled over the images, the
    bootstrap interval of the AJI (aji_low, aji_high), then ``paper_*`` and ``difference_*`` for
    what the paper prints, and ``per_image_*``, the scores taken image by image and averaged.

    Args:
        metrics: Method -> metrics file.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write all numbers.
        output_md: Where to write them for reading, the best of each group in bold.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
        notes: Method -> footnote.
        seed: Seed of the bootstrap.
        paper_dataset: Whose values of the paper to set beside: monuseg or tnbc; None for none.
    """
    results = read_results(metrics)
    ours = _by_method(results, lambda images: _summary(images, seed))
    averaged = _by_method(results, AVERAGINGS["per_image"])
    paper = paper_table2(paper_dataset).reindex(ours.index)
    difference = ours[list(PAPER_METRICS)] - paper
    with atomic_path(output_csv) as temporary:
        columns = [ours, paper.add_prefix("paper_"), difference.add_prefix("difference_")]
        columns.append(averaged.add_prefix("per_image_"))
        pd.concat(columns, axis=1).to_csv(temporary, index_label="method")
    tables = [_our_table(dataset, ours, notes)]
    if paper.notna().any(axis=None):
        tables += _paper_tables(paper.dropna(), difference.dropna(), notes)
    tables.append(_averaged_table(averaged, notes))
    for output in (output_md, output_tex):
        write_tables(output, tables)


def _by_method(
    results: Mapping[str, pd.DataFrame], row: Callable[[pd.DataFrame], dict[str, float]]
) -> pd.DataFrame:
    rows = {method: row(images) for method, images in results.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def _summary(images: pd.DataFrame, seed: int) -> dict[str, float]:
    """Return the pooled scores of a method and the bootstrap interval of its AJI."""
    low, high = bootstrap_interval(images["aji"], seed)
    return {**summarize(images, "pooled"), "aji_low": low, "aji_high": high}


def _our_table(dataset: str, ours: pd.DataFrame, notes: Mapping[str, str]) -> Table:
    values = ours[list(HEADINGS)]
    texts = values.map(f"{{:.{DIGITS}f}}".format)
    texts.insert(1, "95% interval", _intervals(ours))
    texts["Nuclei"] = ours["n_predicted"].astype(str)
    first = ours.iloc[0]
    caption = (
        f"{dataset}: {first['images']:.0f} images with {first['n_true']:.0f} nuclei. "
        "mAP is the mean over IoU 0.5 to 0.95 of the precision TP / (TP + FP), mAP (DSB) that of "
        "TP / (TP + FP + FN); these, F1, recall (R) and precision (P) pooled over the images"
    )
    bold = _is_best_in_group(values).reindex(columns=texts.columns, fill_value=False)
    return _table(caption, texts, bold, notes)


def _averaged_table(averaged: pd.DataFrame, notes: Mapping[str, str]) -> Table:
    values = averaged[[column for column in HEADINGS if column in averaged]]
    caption = "The same scores, taken image by image and averaged over the images"
    texts = values.map(f"{{:.{DIGITS}f}}".format)
    return _table(caption, texts, _is_best_in_group(values), notes)


def _intervals(ours: pd.DataFrame) -> list[str]:
    bounds = zip(ours["aji_low"], ours["aji_high"], strict=True)
    return [f"{low:.2f}{EN_DASH}{high:.2f}" for low, high in bounds]


def _paper_tables(
    paper: pd.DataFrame, difference: pd.DataFrame, notes: Mapping[str, str]
) -> list[Table]:
    printed = paper.map(f"{{:.{DIGITS}f}}".format)
    away = difference.map(lambda value: f"{value:+.{DIGITS}f}".replace("-", MINUS))
    plain = pd.DataFrame(False, paper.index, paper.columns)
    return [
        _table("The values that the paper prints", printed, plain, {}),
        _table("Difference: ours less the paper's", away, plain, notes),
    ]


def _is_best_in_group(values: pd.DataFrame) -> pd.DataFrame:
    """Return which printed values are the largest of their group; alone, none is."""
    best = pd.DataFrame(False, values.index, values.columns)
    for _, methods in in_groups(values.index):
        printed = values.loc[methods].round(DIGITS)
        best.loc[methods] = (printed == printed.max()) & (len(methods) > 1)
    return best


def _table(
    caption: str, texts: pd.DataFrame, bold: pd.DataFrame, notes: Mapping[str, str]
) -> Table:
    header = [Cell(HEADINGS.get(column, column)) for column in texts.columns]

    def row(method: str) -> list[Cell]:
        name = Cell(describe_method(method).name, note=notes.get(method, ""))
        return [name, *map(Cell, texts.loc[method], bold.loc[method])]

    sections = [Section(group, list(map(row, keys))) for group, keys in in_groups(texts.index)]
    return Table(caption, [Cell("Method"), *header], sections)
