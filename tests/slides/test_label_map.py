import numpy as np
import pytest
import tifffile
from drawn_nuclei import PIXEL_SIZE, draw_ellipses, store_in_strips

from nucleibench.images import read_labels
from nucleibench.slides import label_map
from nucleibench.slides.label_map import write_label_map
from nucleibench.slides.nuclei import NucleusStore


@pytest.mark.parametrize("pyramid", [False, True])
def test_the_label_map_is_that_of_the_nuclei(tmp_path, monkeypatch, pyramid):
    monkeypatch.setattr(label_map, "TILE", 64)
    monkeypatch.setattr(label_map, "SMALLEST", 60)
    labels = draw_ellipses((150, 230))
    path = tmp_path / "a.tif"
    with store_in_strips(tmp_path, labels) as store:
        write_label_map(path, labels.shape, store, PIXEL_SIZE, pyramid=pyramid)
    np.testing.assert_array_equal(read_labels(path), labels)
    with tifffile.TiffFile(path) as file:
        assert file.is_ome
        assert f'PhysicalSizeX="{PIXEL_SIZE}"' in file.ome_metadata
        assert 'PhysicalSizeYUnit="µm"' in file.ome_metadata
        levels = file.series[0].levels
        assert len(levels) == (3 if pyramid else 1)
        for number, level in enumerate(levels):
            assert level.keyframe.is_tiled
            step = 2**number
            np.testing.assert_array_equal(level.asarray(), labels[::step, ::step])


def test_an_image_without_nuclei_has_an_empty_label_map(tmp_path):
    with NucleusStore(tmp_path) as store:
        store.finish()
        write_label_map(tmp_path / "a.tif", (30, 40), store, PIXEL_SIZE, pyramid=True)
    np.testing.assert_array_equal(read_labels(tmp_path / "a.tif"), np.zeros((30, 40)))
