"""The table and the heat map of held-out organs: how well each method does on what it never saw."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.files import atomic_path
from nucleibench.report.drawing import save_figure, styled
from nucleibench.report.markup import EN_DASH, Cell, Section, Table, write_tables
from nucleibench.report.rows import Titles, in_groups, in_order

DIGITS = 3


def write_hold_out(
    metrics: Mapping[tuple[str, str], str | Path],
    titles: Titles,
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
) -> None:
    """Write the mean AJI of every row on each organ.

    Args:
        metrics: (row, organ) -> metrics file on the images of that organ, by networks trained
            without it. A row can lack organs.
        titles: Titles of these rows, in the order of the tables.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write a line per row and organ: method, organ, images, nuclei (true
            ones), aji (mean over the images), deviation (of the images, n - 1; empty for one).
        output_md: Rows by organs, for reading.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
    """
    scores = summarize_organs({key: read_metrics(path) for key, path in metrics.items()})
    with atomic_path(output_csv) as temporary:
        scores.to_csv(temporary, index=False)
    table = _table(scores, titles, dataset)
    for output in (output_md, output_tex):
        write_tables(output, [table])


def summarize_organs(metrics: Mapping[tuple[str, str], pd.DataFrame]) -> pd.DataFrame:
    """Return a line per (row, organ), of metrics with a line per image."""
    lines = [
        (row, organ, len(images), images["n_true"].sum(), images["aji"].mean(), images["aji"].std())
        for (row, organ), images in metrics.items()
    ]
    columns = ["method", "organ", "images", "nuclei", "aji", "deviation"]
    return pd.DataFrame(lines, columns=columns)


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
    scores = pd.read_csv(table_csv, dtype={"method": str, "organ": str})
    grid = arrange(scores, "aji").reindex(in_order(titles))
    with atomic_path(output_csv) as temporary:
        grid.to_csv(temporary, index_label="method")
    with styled():
        figure = Figure(figsize=(1.6 + 0.85 * len(grid.columns), 1.2 + 0.3 * len(grid)))
        axes = figure.add_subplot()
        draw_grid(axes, grid)
        axes.set_xticks(range(len(grid.columns)), _headings(scores, "\n").values())
        axes.set_yticks(range(len(grid)), [titles[row].name for row in grid.index])
        save_figure(figure, output_png, output_pdf)


def arrange(scores: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a column of :func:`summarize_organs` as rows by organs, each in its first order."""
    grid = scores.pivot(index="method", columns="organ", values=column)
    return grid.loc[scores["method"].unique(), scores["organ"].unique()]


def draw_grid(axes: Axes, grid: pd.DataFrame) -> None:
    """Draw values as shades with their numbers, the lowest darkest. Without one, draw nothing."""
    low, high = grid.min().min(), grid.max().max()
    axes.imshow(grid.to_numpy(float), cmap="cividis", vmin=low, vmax=high, aspect="auto")
    for y, (_, line) in enumerate(grid.iterrows()):
        for x, value in enumerate(line):
            if pd.notna(value):
                color = "white" if value < (low + high) / 2 else "black"
                axes.text(x, y, f"{value:.{DIGITS}f}", ha="center", va="center", color=color)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _table(scores: pd.DataFrame, titles: Titles, dataset: str) -> Table:
    caption = (
        f"Mean AJI on each organ of {dataset}, by networks trained without it; beside an organ its "
        "images and nuclei. An organ with few images says little, and differences between organs "
        "are also differences between their hospitals and slides"
    )
    grid = arrange(scores, "aji")
    sections = [
        Section(group, [_cells(titles[row].name, titles[row].note, grid.loc[row]) for row in rows])
        for group, rows in in_groups(titles)
    ]
    header = [Cell("Method"), *map(Cell, _headings(scores, ", ").values())]
    return Table(caption, header, sections)


def _headings(scores: pd.DataFrame, between: str) -> dict[str, str]:
    """Return organ -> its name with its images and nuclei."""
    first = scores.drop_duplicates("organ").set_index("organ")
    return {
        str(organ): between.join(
            [str(organ), _count(line["images"], "image"), f"{line['nuclei']} nuclei"]
        )
        for organ, line in first.iterrows()
    }


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _cells(name: str, note: str, values: pd.Series) -> list[Cell]:
    scores = [Cell(EN_DASH if pd.isna(v) else f"{v:.{DIGITS}f}") for v in values]
    return [Cell(name, note=note), *scores]
