import numpy as np
import pandas as pd
import pytest
from drawn_nuclei import draw_ellipses, store_in_strips

from nucleibench.errors import ConfigurationError
from nucleibench.slides import tables
from nucleibench.slides.measurements import MEASUREMENTS
from nucleibench.slides.record import Record
from nucleibench.slides.tables import check_summary, write_summary, write_table

READERS = {".csv": pd.read_csv, ".parquet": pd.read_parquet}


@pytest.mark.parametrize("suffix", READERS)
def test_tables_have_a_row_a_nucleus(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    with store_in_strips(tmp_path, draw_ellipses()) as store:
        write_table(path, store)
        expected = pd.concat([block.table for block in store], ignore_index=True)
    found = READERS[suffix](path)
    assert found.columns.tolist() == ["nucleus", *MEASUREMENTS]
    pd.testing.assert_frame_equal(found, expected.round(4), check_dtype=False, rtol=1e-9)
    assert all(found[name].dtype == np.int64 for name in ("nucleus", "neighbours_50um"))


@pytest.mark.parametrize("suffix", READERS)
def test_an_image_without_nuclei_has_a_table_of_columns(tmp_path, suffix):
    write_table(tmp_path / f"a{suffix}", [])
    found = READERS[suffix](tmp_path / f"a{suffix}")
    assert found.columns.tolist() == ["nucleus", *MEASUREMENTS]
    assert len(found) == 0


def test_formats_that_cannot_be_written_are_refused_in_words(tmp_path, monkeypatch):
    with pytest.raises(ConfigurationError, match=r"kind '.xls'; choose one of .csv, .parquet"):
        write_table(tmp_path / "a.xls", [])
    monkeypatch.setattr(tables, "find_spec", lambda name: None)
    with pytest.raises(
        ConfigurationError, match=r'pip install "nucleibench\[parquet\]", or choose'
    ):
        write_table(tmp_path / "a.parquet", [])
    assert not list(tmp_path.iterdir())


def record(**found):
    return Record("a.svs", "f", ("csv", "record"), "1", {"name": "compact"}, {}).finish(**found)


def test_the_summary_has_a_row_an_image(tmp_path):
    known = record(
        counts={"nuclei": 300, "mean_area_um2": 31.5, "tissue_mm2": 2.0},
        pixel_size={"um": 0.25, "source": "the file"},
        warnings=("pale", "pen marks"),
    )
    records = {"a": known, "below/a": record(counts={"nuclei": 0, "tissue_mm2": None})}
    write_summary(tmp_path, records)
    first, second = pd.read_csv(tmp_path / "summary.csv").to_dict("records")
    assert first == {
        "name": "a",
        "image": "a.svs",
        "nuclei": 300,
        "tissue_mm2": 2,
        "nuclei_per_mm2": 150,
        "mean_area_um2": 31.5,
        "pixel_size_um": 0.25,
        "network": "compact",
        "warnings": "pale; pen marks",
    }
    assert (second["name"], second["image"], second["nuclei"]) == ("below/a", "a.svs", 0)
    assert np.isnan(second["nuclei_per_mm2"])
    check_summary(tmp_path)


def test_another_summary_is_not_replaced(tmp_path):
    check_summary(tmp_path)
    (tmp_path / "summary.csv").write_text("patient,age\n")
    with pytest.raises(ConfigurationError, match="not a summary that NucleiBench wrote"):
        check_summary(tmp_path)
