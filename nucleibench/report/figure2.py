"""Figure 2: precision against the IoU threshold, a line per method."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nucleibench.evaluate.summary import precision_by_threshold
from nucleibench.files import atomic_path
from nucleibench.report.drawing import line_styles, save_figure, styled
from nucleibench.report.methods import describe_method
from nucleibench.report.results import read_results


def write_figure2(
    metrics: Mapping[str, str | Path],
    output_png: str | Path,
    output_pdf: str | Path,
    output_csv: str | Path,
) -> None:
    """Draw the average precision, TP / (TP + FP) of the counts pooled over all images.

    Args:
        metrics: Method -> metrics file.
        output_png: The figure as picture.
        output_pdf: The figure for print.
        output_csv: The data: iou, then a column per method.
    """
    results = read_results(metrics)
    precision = pd.DataFrame({key: precision_by_threshold(rows) for key, rows in results.items()})
    precision.index = precision.index / 100
    with atomic_path(output_csv) as temporary:
        precision.to_csv(temporary, index_label="iou")
    with styled():
        figure = Figure(figsize=(7.5, 4.6))
        draw_precision(figure.add_subplot(), precision)
        save_figure(figure, output_png, output_pdf)


def draw_precision(axes: Axes, precision: pd.DataFrame) -> None:
    """Draw a line per column over the index of IoU thresholds; order the legend by the means."""
    styles = dict(zip(precision, line_styles(len(precision.columns)), strict=True))
    means = precision.mean().sort_values(ascending=False, kind="stable")
    for method, mean in means.items():
        label = f"{describe_method(method).name}  {mean:.3f}"
        axes.plot(precision[method], label=label, markersize=4, linewidth=1.2, **styles[method])
    axes.set(xlabel="IoU threshold", ylabel="Average precision, TP / (TP + FP)")
    axes.set_xticks(precision.index)
    axes.set_ylim(bottom=0)
    axes.legend(title="Method and its mAP", loc="center left", bbox_to_anchor=(1.01, 0.5))
