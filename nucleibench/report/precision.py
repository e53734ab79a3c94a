"""The figure of precision (Figure 2): a line per row of the tables over the IoU threshold."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nucleibench.evaluate.summary import precision_by_threshold
from nucleibench.files import atomic_path
from nucleibench.report.drawing import line_styles, save_figure, styled
from nucleibench.report.results import read_results
from nucleibench.report.rows import Titles, in_order


def plot_precision(
    metrics: Mapping[str, str | Path],
    titles: Titles,
    output_png: str | Path,
    output_pdf: str | Path,
    output_csv: str | Path,
) -> None:
    """Draw the average precision, TP / (TP + FP) of the counts pooled over all images.

    Args:
        metrics: Row -> metrics file.
        titles: Titles of these rows, in the order of the tables.
        output_png: The figure as picture.
        output_pdf: The figure for print.
        output_csv: The data: iou, then a column per row.
    """
    results = read_results(metrics, in_order(titles))
    precision = pd.DataFrame(
        {row: precision_by_threshold(images) for row, images in results.items()}
    )
    precision.index = precision.index / 100
    with atomic_path(output_csv) as temporary:
        precision.to_csv(temporary, index_label="iou")
    with styled():
        figure = Figure(figsize=(7.5, 4.6))
        draw_precision(figure.add_subplot(), precision, titles)
        save_figure(figure, output_png, output_pdf)


def draw_precision(axes: Axes, precision: pd.DataFrame, titles: Titles) -> None:
    """Draw a line per column over the index of IoU thresholds; order the legend by the means."""
    styles = dict(zip(precision, line_styles(len(precision.columns)), strict=True))
    means = precision.mean().sort_values(ascending=False, kind="stable")
    for row, mean in means.items():
        label = f"{titles[row].name}  {mean:.3f}"
        axes.plot(precision[row], label=label, markersize=4, linewidth=1.2, **styles[row])
    axes.set(xlabel="IoU threshold", ylabel="Average precision, TP / (TP + FP)")
    axes.set_xticks(precision.index)
    axes.set_ylim(bottom=0)
    axes.legend(title="Method and its mAP", loc="center left", bbox_to_anchor=(1.01, 0.5))
