import pandas as pd
import pytest
from latex import check_structure

from nucleibench.evaluate.evaluating import METRICS_COLUMNS
from nucleibench.report.mistakes import write_mistakes


@pytest.fixture
def metrics(tmp_path):
    """Two images of 10 and 30 nuclei; each has two merged, one split, three missed nuclei."""
    rows = pd.DataFrame(0, range(2), METRICS_COLUMNS).astype({"image": object})
    rows[["image", "n_true", "n_predicted"]] = [("a", 10, 8), ("b", 30, 32)]
    rows[["merged", "split", "missed", "misdrawn", "invented"]] = [2, 1, 3, 0, 5]
    paths = {method: tmp_path / f"{method}.csv" for method in ("mine", "otsu")}
    for path in paths.values():
        rows.to_csv(path, index=False)
    return paths


def test_counts_are_summed_and_shares_are_of_what_they_belong_to(metrics, tmp_path, titles_of):
    outputs = [tmp_path / f"mistakes.{suffix}" for suffix in ("csv", "md", "tex")]
    titles = titles_of("otsu", "mine", notes={"mine": "a note"})
    write_mistakes(metrics, titles, "drawn", *outputs)
    table = pd.read_csv(outputs[0], index_col="method")
    assert table.index.tolist() == ["otsu", "mine"]
    assert table.loc["mine"].to_dict() == {
        **{"n_true": 40, "found": 28, "merged": 4, "split": 2, "missed": 6, "misdrawn": 0},
        **{"n_predicted": 40, "invented": 10},
    }
    text = outputs[1].read_text()
    assert "| Otsu | 40 | 28 (70%) | 4 (10%) | 2 (5%) | 6 (15%) | 0 (0%) | 40 | 10 (25%) |" in text
    assert "<sup>a</sup> a note" in text
    check_structure(outputs[2].read_text())
