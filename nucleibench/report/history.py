"""Learning curves of one training."""

from math import ceil
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nucleibench.errors import DataError
from nucleibench.report.drawing import BLUE, VERMILION, save_figure, styled

MOST_COLUMNS = 3


def plot_history(history_csv: str | Path, output_png: str | Path) -> None:
    """Draw each measure that was taken on training and on validation data against the epoch.

    The epoch of lowest validation loss is marked.

    Args:
        history_csv: A row per epoch: epoch, loss, val_loss, perhaps further pairs ``name`` and
            ``val_name``; other columns are not drawn.
        output_png: The figure to write.

    Raises:
        DataError: If the history lacks a column or has no rows.
    """
    history = pd.read_csv(history_csv)
    if missing := [name for name in ("epoch", "loss", "val_loss") if name not in history]:
        raise DataError(f"{history_csv}: lacks the columns {', '.join(missing)}; train again")
    if history.empty:
        raise DataError(f"{history_csv}: holds no epochs; train again")
    measures = [name for name in history if f"val_{name}" in history]
    columns = min(len(measures), MOST_COLUMNS)
    lines = ceil(len(measures) / columns)
    with styled():
        figure = Figure(figsize=(1 + 4 * columns, 3.2 * lines), layout="constrained")
        places = figure.subplots(lines, columns, squeeze=False).ravel()
        for axes, measure in zip(places, measures, strict=False):
            _draw(axes, history, measure)
        for axes in places[len(measures) :]:
            axes.set_axis_off()
        save_figure(figure, output_png)


def _draw(axes: Axes, history: pd.DataFrame, measure: str) -> None:
    best = history.loc[history["val_loss"].idxmin()]
    epochs = history["epoch"]
    # The dots show a history of one epoch.
    axes.plot(epochs, history[measure], ".--", color=BLUE, label="training")
    axes.plot(epochs, history[f"val_{measure}"], ".-", color=VERMILION, label="validation")
    label = f"lowest validation loss, epoch {best['epoch']:.0f}"
    axes.plot(best["epoch"], best[f"val_{measure}"], "o", color=VERMILION, label=label)
    axes.set(xlabel="Epoch", ylabel=measure, xlim=(epochs.min() - 0.5, epochs.max() + 0.5))
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.legend(fontsize="small")
