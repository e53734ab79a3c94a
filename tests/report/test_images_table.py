import pandas as pd
import pytest
from latex import check_structure

from nucleibench.report.images import write_images
from nucleibench.report.rows import RowTitle


@pytest.fixture
def write(tmp_path, titles_of):
    def write(metrics, paper_dataset="monuseg", titles=None):
        paths = [tmp_path / "out" / f"table3.{suffix}" for suffix in ("csv", "md", "tex")]
        titles = titles or titles_of(*metrics)
        write_images(metrics, titles, "MoNuSeg", *paths, paper_dataset=paper_dataset)
        check_structure(paths[2].read_text())
        return pd.read_csv(paths[0], index_col="image"), paths[1].read_text()

    return write


def test_data(write, write_metrics):
    table, _ = write(
        {"otsu": write_metrics("otsu"), "fiji": write_metrics("fiji", (0.5, 0.6, 0.7))}
    )

    assert table.columns.tolist() == ["otsu", "fiji", "paper_fiji", "difference_fiji"]
    row = table.loc["TCGA-A7-A13E-01Z-00-DX1"]
    assert row.tolist() == pytest.approx([0.3, 0.5, 0.35, 0.15])
    assert table.loc["other_image"].isna().tolist() == [False, False, True, True]


def test_for_reading(write, write_metrics, titles_of):
    metrics = {
        "otsu": write_metrics("otsu"),
        "fiji": write_metrics("fiji", (0.5, 0.6, 0.1)),
        "gb_unet": write_metrics("gb_unet"),
    }

    _, text = write(metrics, titles=titles_of(*metrics, notes={"fiji": "in scikit-image"}))

    classical, combined = text.split("**AJI on the images of MoNuSeg")[1:]
    assert classical.startswith(": Classical segmentation; in parentheses the paper's**")
    assert "| Image | Otsu | Fiji<sup>a</sup> |" in classical
    assert "| TCGA-A7-A13E-01Z-00-DX1 | 0.300 | **0.500** (0.350) |" in classical
    assert r"| other\_image | **0.400** | 0.100 |" in classical
    # The paper has not the third image, so that its mean would be of others than ours.
    assert "| Mean | 0.300 | **0.400** |" in classical
    assert "<sup>a</sup> in scikit-image" in classical
    assert "| TCGA-E2-A1B5-01Z-00-DX1 | 0.200 (0.432) |" in combined
    assert "in scikit-image" not in combined


def test_the_paper_has_the_values_of_a_rows_method(write, write_metrics):
    titles = {
        row: RowTitle(row, row, "Classical segmentation", method="fiji") for row in ("one", "two")
    }
    table, text = write({row: write_metrics(row) for row in titles}, titles=titles)
    assert table.columns.tolist() == [
        *titles,
        *("paper_one", "paper_two", "difference_one", "difference_two"),
    ]
    assert table.loc["TCGA-A7-A13E-01Z-00-DX1", "paper_two"] == 0.35
    assert "| TCGA-A7-A13E-01Z-00-DX1 | **0.300** (0.350) | **0.300** (0.350) |" in text


def test_other_data_than_the_papers_stand_alone(write, write_metrics):
    table, text = write({"fiji": write_metrics("fiji")}, paper_dataset=None)
    assert table.columns.tolist() == ["fiji"]
    assert "paper" not in text
