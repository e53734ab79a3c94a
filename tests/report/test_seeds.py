import pandas as pd
import pytest
from latex import check_structure

from nucleibench.errors import DataError
from nucleibench.evaluate.summary import MEASURES
from nucleibench.report.seeds import write_seeds


@pytest.fixture
def outputs(tmp_path):
    return [tmp_path / f"seeds.{suffix}" for suffix in ("csv", "md", "tex")]


def test_mean_and_spread_over_the_trainings_of_a_network(write_metrics, outputs):
    # Mean AJIs of 0.3, 0.4 and 0.5: their deviation is 0.1.
    metrics = {
        name: write_metrics(name, aji=(aji - 0.1, aji, aji + 0.1))
        for name, aji in (("first", 0.3), ("second", 0.4), ("third", 0.5))
    }
    names = {"compact_unet": "Compact U-Net"}
    write_seeds(metrics, {"compact_unet": list(metrics)}, names, "drawn", *outputs)
    table = pd.read_csv(outputs[0], index_col=["method", "measure"])
    aji = table.loc[("compact_unet", "aji")]
    assert aji.to_dict() == pytest.approx(
        {"trainings": 3, "mean": 0.4, "deviation": 0.1, "lowest": 0.3, "highest": 0.5}
    )
    assert table.loc[("compact_unet", "recall_50"), "deviation"] == pytest.approx(0)
    assert "| Compact U-Net | 3 | 0.400 ± 0.100 |" in outputs[1].read_text()
    check_structure(outputs[2].read_text())


def test_measures_are_the_columns_of_the_scores_table(write_metrics, outputs):
    metrics = {row: write_metrics(row) for row in ("first", "second")}
    write_seeds(metrics, {"mine": list(metrics)}, {}, "drawn", *outputs)
    table = pd.read_csv(outputs[0])
    assert table["measure"].tolist() == list(MEASURES)
    headings = " | ".join(measure.heading for measure in MEASURES.values())
    text = outputs[1].read_text()
    assert f"| Method | Trainings | {headings} |" in text
    assert "| mine | 2 |" in text  # a method without a name goes by its key


def test_one_training_has_no_spread(write_metrics, outputs):
    with pytest.raises(DataError, match="needs two or more"):
        write_seeds({"a": write_metrics("a")}, {"a": ["a"]}, {"a": "A"}, "drawn", *outputs)
