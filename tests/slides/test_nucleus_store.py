import numpy as np
import pandas as pd
import pytest
from drawn_nuclei import described, draw_ellipses, store_in_strips

from nucleibench.slides.measurements import MEASUREMENTS
from nucleibench.slides.nuclei import NucleusStore
from nucleibench.slides.outlines import concatenate


def test_blocks_come_back_with_the_measurements_that_need_all_nuclei(tmp_path):
    labels = draw_ellipses()
    with (
        store_in_strips(tmp_path, labels) as store,
        store_in_strips(tmp_path, labels, 500) as whole,
    ):
        blocks, (one,) = list(store), list(whole)
        assert len(blocks) > 2
        assert len(store) == len(one) == labels.max()
    assert one.table.columns.tolist() == ["nucleus", *MEASUREMENTS]
    joined = pd.concat([block.table for block in blocks], ignore_index=True)
    pd.testing.assert_frame_equal(joined, one.table, check_exact=True)
    outlines = concatenate([block.outlines for block in blocks])
    np.testing.assert_array_equal(outlines.vertices, one.outlines.vertices)
    assert not list(tmp_path.iterdir())


def test_only_blocks_in_the_rows_are_read(tmp_path):
    with store_in_strips(tmp_path, draw_ellipses()) as store:
        found = np.concatenate([numbers for numbers, _ in store.outlines(0, 10)])
        assert set(found) < set(np.concatenate([block.numbers for block in store]))
        assert not list(store.outlines(1000, 2000))


def test_an_image_without_nuclei_has_no_blocks(tmp_path):
    with NucleusStore(tmp_path) as store:
        store.add(described(np.zeros((4, 5), np.int32)))
        store.finish()
        assert list(store) == []
        assert len(store) == 0


def test_a_store_is_finished_before_it_is_read_and_no_nucleus_comes_twice(tmp_path):
    with NucleusStore(tmp_path) as store:
        store.add(described(draw_ellipses()))
        with pytest.raises(ValueError, match="finish the store"):
            list(store)
        store.add(described(draw_ellipses()))
        with pytest.raises(ValueError, match="came twice"):
            store.finish()
