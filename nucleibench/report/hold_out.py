"""The table and the heat map of held-out organs: how well each method does on what it never saw."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.files import atomic_path
from nucleibench.report.drawing import save_figure, styled
from nucleibench.report.grids import (
    DIGITS,
    arrange,
    name_columns,
    summarize_groups,
    tabulate_grid,
)
from nucleibench.report.markup import write_tables
from nucleibench.report.rows import Titles, in_order
from nucleibench.report.saw import OVERLAPS, overlaps_of_organs

CAPTION = (
    "Mean AJI on each organ of {}, by networks trained without it; beside an organ its images and"
    " nuclei. An organ with few images says little, and differences between organs are also"
    " differences between their hospitals and slides"
)


def write_hold_out(
    metrics: Mapping[tuple[str, str], str | Path],
    titles: Titles,
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
    *,
    saw: Mapping[str, Mapping[str, Any] | None] = {},
) -> None:
    """Write the mean AJI of every row on each organ.

    Args:
        metrics: (row, organ) -> metrics file on the images of that organ, by networks trained
            without it. A row can lack organs.
        titles: Titles of these rows, in the order of the tables.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write a line per row and organ: method, organ, images, nuclei (true
            ones), aji (mean over the images), deviation (of the images, n - 1; empty for one),
            overlap of the organ with what the row saw (see :func:`find_overlap`).
        output_md: Rows by organs, for reading.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
        saw: Row -> what it saw beside what this experiment trains: datasets and organs; None where
            that is unknown. A row that is not there saw nothing.
    """
    scores = summarize_groups({key: read_metrics(path) for key, path in metrics.items()}, "organ")
    overlaps = overlaps_of_organs(saw, dataset, scores["organ"].unique())
    keys = zip(scores["method"], scores["organ"], strict=True)
    with atomic_path(output_csv) as temporary:
        told = [overlaps.get(key, "") for key in keys]
        scores.assign(overlap=told).to_csv(temporary, index=False)
    marks = {key: (mark, f"{mark} {meaning}") for key, (mark, meaning) in _marks(overlaps).items()}
    table = tabulate_grid(scores, titles, "organ", CAPTION.format(dataset), marks)
    for output in (output_md, output_tex):
        write_tables(output, [table])


def _marks(overlaps: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], tuple[str, str]]:
    return {key: OVERLAPS[overlap] for key, overlap in overlaps.items()}


def plot_hold_out(
    table_csv: str | Path,
    titles: Titles,
    output_png: str | Path,
    output_pdf: str | Path,
    output_csv: str | Path,
) -> None:
    """Draw the mean AJI as a heat map of rows by organs, with images and nuclei of each organ.

    Args:
        table_csv: What :func:`write_hold_out` wrote.
        titles: Titles of the rows, in the order of the tables.
        output_png: The figure as picture.
        output_pdf: The figure for print.
        output_csv: The data: method, then a column per organ.
    """
    text = dict.fromkeys(("method", "organ", "overlap"), str)
    scores = pd.read_csv(table_csv, dtype=text).fillna({"overlap": ""})
    grid = arrange(scores, "organ").reindex(in_order(titles))
    with atomic_path(output_csv) as temporary:
        grid.to_csv(temporary, index_label="method")
    with styled():
        figure = Figure(figsize=(1.6 + 0.85 * len(grid.columns), 1.2 + 0.3 * len(grid)))
        axes = figure.add_subplot()
        draw_grid(axes, grid, _marks_of_cells(scores, grid))
        axes.set_xticks(range(len(grid.columns)), name_columns(scores, "organ", "\n"))
        axes.set_yticks(range(len(grid)), [titles[row].name for row in grid.index])
        save_figure(figure, output_png, output_pdf)


def _marks_of_cells(scores: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the mark of each cell of a grid, empty for none."""
    marks = {"": "", **{overlap: mark for overlap, (mark, _) in OVERLAPS.items()}}
    overlaps = scores.pivot(index="method", columns="organ", values="overlap")
    return overlaps.reindex(grid.index, columns=grid.columns).fillna("").replace(marks)


def draw_grid(axes: Axes, grid: pd.DataFrame, marks: pd.DataFrame) -> None:
    """Draw values as shades with their numbers, the lowest darkest. Without one, draw nothing.

    Args:
        axes: to draw on.
        grid: values.
        marks: text behind each number, of the shape of the grid.
    """
    low, high = grid.min().min(), grid.max().max()
    axes.imshow(grid.to_numpy(float), cmap="cividis", vmin=low, vmax=high, aspect="auto")
    for y, (_, line) in enumerate(grid.iterrows()):
        for x, value in enumerate(line):
            if pd.notna(value):
                color = "white" if value < (low + high) / 2 else "black"
                label = f"{value:.{DIGITS}f}{marks.iat[y, x]}"
                axes.text(x, y, label, ha="center", va="center", color=color)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
