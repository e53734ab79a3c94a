"""The table and the heat map of held-out organs."""

import pandas as pd
import pytest
from latex import check_structure

from nucleibench.report.hold_out import plot_hold_out, write_hold_out


@pytest.fixture
def table(write_metrics, titles_of, tmp_path):
    """Otsu on two organs, U-Net on breast alone; three images an organ."""
    titles = titles_of("unet_vgg16", "otsu", notes={"otsu": "a note"})
    metrics = {
        ("unet_vgg16", "breast"): write_metrics("a", aji=(0.2, 0.4, 0.6)),
        ("otsu", "breast"): write_metrics("b", aji=(0.1, 0.2, 0.3)),
        ("otsu", "liver"): write_metrics("c", aji=(0.6, 0.6, 0.9), n_true=(1, 2, 4)),
    }
    outputs = [tmp_path / f"hold_out.{suffix}" for suffix in ("csv", "md", "tex")]
    write_hold_out(metrics, titles, "drawn", *outputs)
    return titles, outputs


def test_a_line_says_the_mean_over_the_images_of_an_organ(table):
    lines = pd.read_csv(table[1][0]).set_index(["method", "organ"])
    assert lines.loc[("otsu", "liver")].drop("overlap").to_dict() == pytest.approx(
        {"images": 3, "nuclei": 7, "aji": 0.7, "deviation": 0.03**0.5}
    )
    assert lines["aji"].tolist() == pytest.approx([0.4, 0.2, 0.7])


def test_rows_are_methods_and_columns_organs(table):
    _, (_, markdown, latex) = table
    text = markdown.read_text()
    assert "| Method | breast, 3 images, 60 nuclei | liver, 3 images, 7 nuclei |" in text
    assert "| Otsu<sup>a</sup> | 0.200 | 0.700 |" in text
    assert "| U-Net (VGG-16) | 0.400 | \N{EN DASH} |" in text
    check_structure(latex.read_text())


def test_the_figure_has_its_data_beside_it(table, tmp_path):
    titles, (csv, _, _) = table
    outputs = [tmp_path / f"figure.{suffix}" for suffix in ("png", "pdf", "csv")]
    plot_hold_out(csv, titles, *outputs)
    data = pd.read_csv(outputs[2], index_col="method")
    assert data.columns.tolist() == ["breast", "liver"]
    assert data.loc["otsu"].tolist() == pytest.approx([0.2, 0.7])
    assert data.loc["unet_vgg16"].isna().tolist() == [False, True]
    assert outputs[1].read_bytes().startswith(b"%PDF")
    first = outputs[0].read_bytes()
    plot_hold_out(csv, titles, *outputs)
    assert outputs[0].read_bytes() == first


def test_a_row_that_saw_an_organ_is_marked_there_alone(table, tmp_path, write_metrics):
    titles, outputs = table
    metrics = {(row, o): write_metrics(f"{row}_{o}") for row in titles for o in ("breast", "liver")}
    saw = {"otsu": {"datasets": ["PanNuke"], "organs": ["Liver"]}, "unet_vgg16": None}
    write_hold_out(metrics, titles, "drawn", *outputs, saw=saw)
    told = pd.read_csv(outputs[0], keep_default_na=False).set_index(["method", "organ"])["overlap"]
    assert told.to_dict() == {
        **{("otsu", "breast"): "", ("otsu", "liver"): "organ"},
        **{("unet_vgg16", "breast"): "unknown", ("unet_vgg16", "liver"): "unknown"},
    }
    text = outputs[1].read_text()
    assert "| Otsu<sup>b</sup> | 0.300 | 0.300 \N{DOUBLE DAGGER}<sup>c</sup> |" in text
    assert "<sup>c</sup> \N{DOUBLE DAGGER} trained on an organ of these images" in text
    plot_hold_out(outputs[0], titles, *(tmp_path / f"f.{kind}" for kind in ("png", "pdf", "csv")))
