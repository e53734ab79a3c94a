import pandas as pd
import pytest
from matplotlib.figure import Figure
from pictures import is_drawn

from nucleibench.errors import DataError
from nucleibench.files import write_json
from nucleibench.images import read_rgb
from nucleibench.report.history import draw_measure, plot_history

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3],
        "loss": [3.0, 2.0, 1.0],
        "val_loss": [3.0, 2.0, 2.5],
        "learning_rate": 1e-4,
        "seconds": 10.0,
    }
)


@pytest.fixture
def plot(tmp_path):
    def plot(history, name="history", best_epoch=1):
        paths = [tmp_path / f"{name}.{suffix}" for suffix in ("csv", "json", "png")]
        history.to_csv(paths[0], index=False)
        write_json(paths[1], {"best_epoch": best_epoch})
        plot_history(*paths)
        return paths[2]

    return plot


def test_curves_are_drawn(plot):
    assert is_drawn(plot(HISTORY))


def test_one_epoch_is_enough(plot):
    assert is_drawn(plot(HISTORY.head(1)))


def test_every_measure_with_a_validation_gets_a_panel(plot):
    more = HISTORY.assign(mask_loss=[1, 2, 3], val_mask_loss=[1, 2, 3])
    assert read_rgb(plot(more, "two")).shape[1] > 1.5 * read_rgb(plot(HISTORY)).shape[1]


def test_the_kept_epoch_is_marked_and_not_the_lowest_loss():
    axes = Figure().add_subplot()
    draw_measure(axes, HISTORY, "loss", best_epoch=1)
    mark = axes.lines[-1]
    assert (list(mark.get_xdata()), list(mark.get_ydata())) == ([1], [3.0])
    assert mark.get_label() == "kept weights, epoch 1"


def test_same_history_gives_the_same_bytes(plot):
    assert plot(HISTORY, "one").read_bytes() == plot(HISTORY, "two").read_bytes()


def test_history_without_validation_is_refused(plot):
    with pytest.raises(DataError, match=r"history\.csv: lacks the columns val_loss"):
        plot(HISTORY.drop(columns="val_loss"))


def test_history_without_epochs_is_refused(plot):
    with pytest.raises(DataError, match="holds no epochs"):
        plot(HISTORY.head(0))
