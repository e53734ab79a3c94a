import pandas as pd
import pytest

from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.evaluate.evaluating import METRICS_COLUMNS
from nucleibench.report.comparisons import describe_comparisons, write_comparisons
from nucleibench.report.markup import MINUS
from nucleibench.report.rows import read_titles


@pytest.fixture
def write(tmp_path):
    """The best row lies 0.1 and 0.3 above two others on each of seven patients."""
    images = [f"i{number}" for number in range(7)]
    rows = {"best": 0.8, "near": 0.7, "far": 0.5}
    metrics = {}
    for row, aji in rows.items():
        table = pd.DataFrame({"image": images, **{name: 1 for name in METRICS_COLUMNS[1:]}})
        table["aji"] = [aji + number / 100 for number in range(7)]
        metrics[row] = tmp_path / f"{row}.csv"
        table.to_csv(metrics[row], index=False)
    sheet = tmp_path / "images.csv"
    write_sheet(sheet, [SheetRow(i, "breast", i, "all", "test", 9, 9, 1, "") for i in images])
    titles = read_titles(
        {
            row: {"name": row.upper(), "short": row, "group": "All", "note": "", "method": row}
            for row in rows
        }
    )
    outputs = [tmp_path / f"comparisons.{suffix}" for suffix in ("csv", "md", "tex")]

    def write(**options):
        write_comparisons(metrics, titles, "colon", sheet, 0, *outputs, **options)
        return outputs

    return write


def test_every_row_but_the_best_is_compared_with_it(write):
    written = write()
    table = pd.read_csv(written[0]).set_index("method")
    assert table.index.tolist() == ["near", "far"]
    assert set(table["reference"]) == {"best"}
    assert table["difference"].tolist() == pytest.approx([-0.1, -0.3])
    assert table["p"].tolist() == [2 / 128, 2 / 128]
    assert table["p_corrected"].tolist() == [2 / 128, 2 / 128]
    assert table["better"].tolist() == [0, 0]


def test_the_table_says_how_and_what_follows(write):
    written = write()
    text = written[1].read_text().replace(MINUS, "-")
    assert "colon: AJI minus that of BEST" in text
    assert "on images of 7 patients" in text
    assert "2 of 2 rows differ from it at 0.05 after the correction" in text
    assert "| NEAR | 0.730 | -0.100 | -0.100 to -0.100 | 0.0156 | **0.0156** | 0% |" in text
    assert "BEST |" not in text
    assert r"\begin{tabular}{lrrrrrrr}" in written[2].read_text()


def test_a_named_reference_is_compared_with_the_named_rows(write):
    paths = write(reference="near", compared=["far"])
    table = pd.read_csv(paths[0]).set_index("method")
    assert table.index.tolist() == ["far"]
    assert table["difference"].tolist() == pytest.approx([-0.2])
    text = paths[1].read_text()
    assert "AJI minus that of NEAR, which was named beforehand" in text
    assert "corrected for these comparisons" in text
    assert "1 of 1 rows differ from it" in text


def test_of_named_rows_the_best_one_is_the_reference(write):
    table = pd.read_csv(write(compared=["near", "far"])[0]).set_index("method")
    assert table["reference"].to_dict() == {"far": "near"}


def test_too_few_patients_are_said_to_show_nothing():
    compared = pd.DataFrame({"p_corrected": [0.25, 0.25]})
    text = describe_comparisons("tnbc", "Best", compared, patients=3, chosen=True)
    assert "From 3 patients no difference can be significant at 0.05" in text
    assert "the smallest possible p is 0.25" in text
