import pandas as pd

from nucleibench.report.choices import write_choices


def test_the_best_candidate_of_each_method_and_the_best_method_first(tmp_path):
    candidates = pd.DataFrame({"threshold": [0.4, 0.5], "min_size": [30, 60]})
    tables = {}
    for method, scores in {"low": [0.1, 0.3], "high": [0.6, 0.5]}.items():
        tables[method] = tmp_path / f"{method}.csv"
        candidates.assign(aji=scores).to_csv(tables[method], index=False)

    write_choices(tables, tmp_path / "out.csv", tmp_path / "out.md")

    table = pd.read_csv(tmp_path / "out.csv", index_col="method")
    assert table.index.tolist() == ["high", "low"]
    assert table.loc["high"].tolist() == [0.6, 0.4, 30]
    assert table.loc["low"].tolist() == [0.3, 0.5, 60]
    assert "| high | 0.6000 | 0.4 | 30 |" in (tmp_path / "out.md").read_text()
