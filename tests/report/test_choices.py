import pandas as pd

from nucleibench.report.choices import write_choices


def test_the_best_candidate_of_each_row_and_the_best_row_first(tmp_path, titles_of):
    candidates = pd.DataFrame({"threshold": [0.4, 0.5], "min_size": [30, 60]})
    tables = {}
    for method, scores in {"low": [0.1, 0.3], "gb_unet": [0.6, 0.5]}.items():
        tables[method] = tmp_path / f"{method}.csv"
        candidates.assign(aji=scores).to_csv(tables[method], index=False)

    titles = titles_of(*tables, notes={"low": "a note"})
    write_choices(tables, titles, tmp_path / "out.csv", tmp_path / "out.md")

    table = pd.read_csv(tmp_path / "out.csv", index_col="method")
    assert table.index.tolist() == ["gb_unet", "low"]
    assert table.loc["gb_unet"].tolist() == [0.6, 0.4, 30]
    assert table.loc["low"].tolist() == [0.3, 0.5, 60]
    text = (tmp_path / "out.md").read_text()
    assert "| GB U-Net | 0.6000 | 0.4 | 30 |" in text
    assert "| low<sup>a</sup> | 0.3000 | 0.5 | 60 |" in text
    assert "<sup>a</sup> a note" in text
