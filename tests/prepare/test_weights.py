import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_weights import weigh_plainly
from skimage.draw import disk

from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.images import write_labels
from nucleibench.images.resampling import resample_labels
from nucleibench.prepare.settings import WeightMap
from nucleibench.prepare.weights import compute_weight_map, write_weight_maps


def draw_nuclei(seed, size=96, nuclei=12):
    generator = np.random.default_rng(seed)
    labels = np.zeros((size, size), np.int32)
    for number in range(1, nuclei + 1):
        center, radius = generator.uniform(0, size, 2), generator.uniform(2, 9)
        labels[disk(center, radius, shape=labels.shape)] = number
    return labels


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("w0", "sigma"), [(10, 5), (0, 5), (50, 2), (1, 12)])
def test_equals_the_plain_loop(seed, w0, sigma):
    labels = draw_nuclei(seed)
    weights = compute_weight_map(labels, w0, sigma)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, weigh_plainly(labels, w0, sigma), rtol=0, atol=1e-5)


@given(st.integers(0, 10_000), st.integers(0, 5))
def test_equals_the_plain_loop_on_scattered_pixels(seed, nuclei):
    labels = np.random.default_rng(seed).integers(0, nuclei + 1, (9, 13)).astype(np.int32)
    expected = weigh_plainly(labels, 10, 5)
    np.testing.assert_allclose(compute_weight_map(labels, 10, 5), expected, rtol=0, atol=1e-5)


def test_gap_between_two_nuclei_has_the_weight_of_the_formula():
    labels = np.zeros((3, 40), np.int32)
    labels[:, :10], labels[:, 14:] = 1, 2
    weights = compute_weight_map(labels, w0=10, sigma=5)
    balance = 120 / (2 * 12)
    gap = 10 * np.exp(-(5**2) / (2 * 5**2))  # 5 pixels from one side to the other, wherever one is
    np.testing.assert_allclose(weights[:, 10:14], balance + gap, rtol=1e-6)


def test_classes_weigh_the_same_in_sum():
    labels = draw_nuclei(0)
    weights = compute_weight_map(labels, w0=0, sigma=5)
    np.testing.assert_allclose(weights[labels > 0].sum(), weights[labels == 0].sum(), rtol=1e-5)
    np.testing.assert_allclose(weights.mean(), 1, rtol=1e-5)


@pytest.mark.parametrize("value", [0, 1])
def test_one_class_alone_weighs_one(value):
    labels = np.full((8, 8), value, np.int32)
    np.testing.assert_array_equal(compute_weight_map(labels, 10, 5), 1)


def test_labels_need_not_be_consecutive():
    labels = draw_nuclei(1)
    np.testing.assert_array_equal(
        compute_weight_map(labels * 7, 10, 5), compute_weight_map(labels, 10, 5)
    )


def test_files_do_not_depend_on_the_number_of_workers(tmp_path):
    rows = []
    for seed in range(3):
        labels = draw_nuclei(seed)
        write_labels(tmp_path / f"labels/0{seed}_1.tif", labels)
        rows.append(
            SheetRow(f"0{seed}_1", "liver", "p", "all", "train", *labels.shape, 12, "0" * 64)
        )
    write_sheet(tmp_path / "images.csv", rows)
    for workers in (1, 2):
        write_weight_maps(
            tmp_path / "images.csv",
            tmp_path / "labels",
            tmp_path / str(workers),
            WeightMap(w0=10, sigma=5),
            workers,
        )
    for seed in range(3):
        one, two = (tmp_path / f"{workers}/0{seed}_1.npy" for workers in (1, 2))
        assert one.read_bytes() == two.read_bytes()
        np.testing.assert_array_equal(np.load(one), compute_weight_map(draw_nuclei(seed), 10, 5))


@pytest.mark.parametrize(("pixel_size", "side"), [(0.5, 192), (0.2, 77), (0.2512, 96)])
def test_weights_have_the_scale_of_the_networks(tmp_path, pixel_size, side):
    labels = draw_nuclei(0)
    write_labels(tmp_path / "labels/a.tif", labels)
    row = SheetRow("a", "liver", "p", "all", "train", 96, 96, 12, "0" * 64, pixel_size)
    write_sheet(tmp_path / "images.csv", [row])
    settings = WeightMap(w0=10, sigma=5)
    write_weight_maps(tmp_path / "images.csv", tmp_path / "labels", tmp_path, settings, 1)
    expected = compute_weight_map(resample_labels(labels, (side, side)), 10, 5)
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), expected)
