"""Learning curves of one training."""

from math import ceil
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nucleibench.errors import DataError
from nucleibench.files import read_json
from nucleibench.report.drawing import BLUE, VERMILION, save_figure, styled

MOST_COLUMNS = 3
STEPS = [1, 2, 2.5, 5, 10]  # between ticks, times a power of ten


def plot_history(history_csv: str | Path, card_json: str | Path, output_png: str | Path) -> None:
    """Draw each measure that was taken on training and on validation data against the epoch.

    The epoch whose weights are kept is marked: that of the last improvement, which is not always
    that of lowest validation loss, because a fall below ``min_change`` is no improvement.

    Args:
        history_csv: A row per epoch: epoch, loss, val_loss, perhaps further pairs ``name`` and
            ``val_name``; other columns are not drawn.
        card_json: The model card, for its ``best_epoch``.
        output_png: The figure to write.

    Raises:
        DataError: If the history lacks a column or has no rows.
    """
    history = pd.read_csv(history_csv)
    if missing := [name for name in ("epoch", "loss", "val_loss") if name not in history]:
        raise DataError(f"{history_csv}: lacks the columns {', '.join(missing)}; train again")
    if history.empty:
        raise DataError(f"{history_csv}: holds no epochs; train again")
    best_epoch = read_json(card_json)["best_epoch"]
    measures = [name for name in history if f"val_{name}" in history]
    columns = min(len(measures), MOST_COLUMNS)
    lines = ceil(len(measures) / columns)
    with styled():
        figure = Figure(figsize=(1 + 4 * columns, 3.2 * lines), layout="constrained")
        places = figure.subplots(lines, columns, squeeze=False).ravel()
        for axes, measure in zip(places, measures, strict=False):
            draw_measure(axes, history, measure, best_epoch)
        for axes in places[len(measures) :]:
            axes.set_axis_off()
        save_figure(figure, output_png)


def draw_measure(axes: Axes, history: pd.DataFrame, measure: str, best_epoch: int) -> None:
    """Draw one measure of both parts of the data, and mark the epoch whose weights are kept."""
    epochs = history["epoch"]
    best = history.loc[epochs == best_epoch, f"val_{measure}"]
    # The dots show a history of one epoch.
    axes.plot(epochs, history[measure], ".--", color=BLUE, label="training")
    axes.plot(epochs, history[f"val_{measure}"], ".-", color=VERMILION, label="validation")
    label = f"kept weights, epoch {best_epoch}"
    axes.plot([best_epoch], best.to_numpy(), "o", color=VERMILION, label=label)
    axes.set(xlabel="Epoch", ylabel=measure, xlim=(epochs.min() - 0.5, epochs.max() + 0.5))
    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=STEPS, integer=True, min_n_ticks=1))
    axes.legend(fontsize="small")
