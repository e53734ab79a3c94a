"""Assembly of whole images, with a detector that knows the truth: nuclei are coloured by label."""

from functools import partial
from itertools import pairwise
from math import inf

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.draw import ellipse
from skimage.measure import label

from nucleibench.compute.settings import Computation
from nucleibench.families.interface import PredictionJob
from nucleibench.families.mask_rcnn.family import MaskRCNNMethod
from nucleibench.families.mask_rcnn.finder import Finder
from nucleibench.families.mask_rcnn.label import LabelSetting, label_detections, label_image
from nucleibench.families.mask_rcnn.network import MaskRCNN
from nucleibench.families.mask_rcnn.places import place_tiles, tile_cores
from nucleibench.families.mask_rcnn.predict import predict
from nucleibench.families.mask_rcnn.settings import Detection, MaskRCNNNetwork, NetworkSize
from nucleibench.images import read_labels, write_rgb
from nucleibench.images.resampling import Scale
from nucleibench.labelling.instances import remove_small
from nucleibench.labelling.label_maps import write_label_maps
from nucleibench.labelling.settings import Inference
from nucleibench.prepare.tiles import tile_positions

SIZE = 128
BATCH_SIZE = 4
DETECTION = Detection(overlap=0.5, max_per_tile=300, min_score=0.3, max_iou=0.3)
SETTING = LabelSetting(min_score=0.5, max_iou=0.3, min_size=5)


def draw_nuclei(shape, spacing, largest, seed=0):
    """Draw jittered ellipses on a grid; where they overlap, the later one lies above."""
    generator = np.random.default_rng(seed)
    labels = np.zeros(shape, np.int32)
    for row in np.arange(spacing / 2, shape[0], spacing):
        for column in np.arange(spacing / 2, shape[1], spacing):
            radii, angle = generator.uniform(0.5, 1, 2) * largest, generator.uniform(0, np.pi)
            center = np.array([row, column]) + generator.uniform(-1, 1, 2)
            labels[ellipse(*center, *radii, shape=shape, rotation=angle)] = labels.max() + 1
    labels = remove_small(label(labels), 20)
    return labels, np.stack([labels % 256, labels // 256, 0 * labels], axis=-1).astype(np.uint8)


def detect(tiles):
    """Give every nucleus of each tile, cut or not, in the form of the real detector."""
    labels = np.stack([label(tile[..., 0] + 256 * tile[..., 1].astype(int)) for tile in tiles])
    boxes = np.zeros((len(tiles), DETECTION.max_per_tile, 4), np.float32)
    scores = np.zeros(boxes.shape[:2], np.float32)
    for tile, found in enumerate(map(ndimage.find_objects, labels)):
        for row, (rows, columns) in enumerate(found):
            boxes[tile, row] = rows.start, columns.start, rows.stop, columns.stop
            scores[tile, row] = 0.9 - 0.001 * row
    return {"boxes": boxes, "scores": scores, "pyramid": [labels]}


class UncertainDetector:
    """Sees each nucleus a little differently in each tile, as a network does."""

    def __init__(self):
        self.generator = np.random.default_rng(0)

    def __call__(self, tiles):
        found = detect(tiles)
        there = found["scores"] > 0
        shifts = self.generator.uniform(-1, 1, found["boxes"].shape) * there[..., None]
        scores = self.generator.uniform(0.6, 1, there.shape) * there
        boxes = (found["boxes"] + shifts).clip(0, SIZE).astype(np.float32)
        return found | {"boxes": boxes, "scores": scores.astype(np.float32)}


def outline(inputs):
    """Resize each nucleus to 28 x 28, exactly as far as that goes."""
    labels = inputs["pyramid"][0][0]
    masks = np.zeros((1, inputs["boxes"].shape[1], 28, 28), np.float32)
    for row, box in enumerate(inputs["boxes"][0].round().astype(int)):
        crop = labels[box[0] : box[2], box[1] : box[3]]
        if crop.any():
            most = np.bincount(crop[crop > 0]).argmax()
            masks[0, row] = cv2.resize((crop == most).astype(np.float32), (28, 28))
    return masks


def make_finder(detect, **changes):
    return Finder(detect, outline, SIZE, DETECTION.model_copy(update=changes), BATCH_SIZE)


def assert_same_nuclei(found, truth, min_iou=0.75):
    """Every true nucleus is found once, and nothing else is."""
    areas = np.bincount(found.ravel())
    assert len(areas) - 1 == truth.max()
    matches = set()
    for number, window in enumerate(ndimage.find_objects(truth), start=1):
        mask = truth[window] == number
        shared = np.bincount(found[window][mask], minlength=len(areas))
        shared[0] = 0
        match = shared.argmax()
        assert shared[match] / (mask.sum() + areas[match] - shared[match]) > min_iou
        matches.add(match)
    assert len(matches) == truth.max()


@given(st.integers(64, 900), st.floats(0.05, 0.6))
@settings(max_examples=60, deadline=None)
def test_cores_part_a_side_and_lie_inside_their_tiles(length, overlap):
    cores = tile_cores(length, SIZE, overlap)
    assert [position for position, _, _ in cores] == tile_positions(length, SIZE, overlap)
    assert cores[0][1] == -inf
    assert cores[-1][2] == inf
    for (_, _, last), (_, first, _) in pairwise(cores):
        assert last == first
    for position, first, last in cores:
        assert position <= max(first, position) < min(last, position + SIZE) <= position + SIZE


def test_a_tile_owns_whole_nuclei_just_outside_its_core_but_none_that_it_cuts():
    first, second = place_tiles((SIZE, 229), SIZE, overlap=0.2)
    assert first.core[3] == second.core[1] == 114.5
    inside, outside, cut, far = [
        np.array([[20, middle - radius, 40, middle + radius]])
        for middle, radius in ((110, 8), (118, 6), (118, 10), (124, 1))
    ]
    assert [first.owns(box).item() for box in (inside, outside, cut, far)] == [1, 1, 0, 0]
    assert [first.cuts(box).item() for box in (inside, outside, cut, far)] == [0, 0, 1, 0]
    # The image ends where these do, so that nothing is cut.
    assert not second.cuts(np.array([[0, 50, 128, 128]]))


@pytest.mark.parametrize("overlap", [0.25, 0.5, 0.7])
@pytest.mark.parametrize("spacing", [30, 20], ids=["apart", "touching"])
def test_no_nucleus_is_counted_twice_or_cut_at_a_tile_border(spacing, overlap):
    truth, image = draw_nuclei((311, 257), spacing, largest=11)
    finder = make_finder(detect, overlap=overlap)
    assert_same_nuclei(label_detections(finder.find(image), SETTING), truth)


def test_nor_where_tiles_disagree_a_little():
    truth, image = draw_nuclei((330, 330), spacing=22, largest=11)
    finder = make_finder(UncertainDetector(), overlap=0.2)
    assert_same_nuclei(label_detections(finder.find(image), SETTING), truth, min_iou=0.6)


def test_nuclei_larger_than_the_overlap_give_a_warning():
    _, image = draw_nuclei((256, 256), spacing=85, largest=21)
    finder = make_finder(detect, overlap=0.0)
    with pytest.warns(UserWarning, match=r"^12 of 16 nuclei reach the border .* raise overlap"):
        finder.find(image)


def test_large_nuclei_across_seams_stay_whole():
    truth, image = draw_nuclei((300, 300), spacing=60, largest=21)
    finder = make_finder(detect)
    assert_same_nuclei(label_detections(finder.find(image), SETTING), truth, min_iou=0.9)


def test_an_image_may_hold_thousands_of_nuclei():
    truth, image = draw_nuclei((1000, 1000), spacing=20, largest=10)
    assert truth.max() == 2500
    found = make_finder(detect).find(image)
    assert_same_nuclei(label_detections(found, SETTING), truth)


def test_an_image_smaller_than_a_tile():
    truth, image = draw_nuclei((60, 90), spacing=30, largest=11)
    labels = label_detections(make_finder(detect).find(image), SETTING)
    assert labels.shape == (60, 90)
    assert_same_nuclei(labels, truth)


def test_an_image_without_nuclei():
    found = make_finder(detect).find(np.zeros((150, 150, 3), np.uint8))
    assert found.boxes.shape == (0, 4)
    assert not label_detections(found, SETTING).any()


def test_a_tile_that_gives_all_it_may_gives_a_warning():
    _, image = draw_nuclei((SIZE, SIZE), spacing=30, largest=11)
    found = detect(image[None])
    full = found | {name: found[name][:, :9] for name in ("boxes", "scores")}
    one = Detection(overlap=0.5, max_per_tile=9, min_score=0.3, max_iou=0.3)
    with pytest.warns(UserWarning, match=r"tile at \(0, 0\) gave max_per_tile = 9"):
        Finder(lambda tiles: full, outline, SIZE, one, batch_size=1).find(image)


@pytest.fixture
def two_images(tmp_path):
    for name in ("a", "b"):
        pixels = np.random.default_rng(ord(name)).integers(0, 256, (70, 80, 3), np.uint8)
        write_rgb(tmp_path / "images" / f"{name}.png", pixels)
    return tmp_path


def test_folders_go_through_the_real_network(two_images):
    settings = MaskRCNNNetwork(
        family="mask_rcnn",
        size=NetworkSize(
            blocks=(1, 1, 1, 1),
            pyramid_channels=8,
            head_units=16,
            anchor_sizes=(12, 20, 32, 48, 64),
            train_batch_norm=False,
            candidates=50,
            proposals=20,
            proposal_iou=0.7,
        ),
        detection=Detection(overlap=0.25, max_per_tile=30, min_score=0.0, max_iou=0.9),
    )
    MaskRCNN(settings.size, 64).save_weights(two_images / "model.weights.h5")
    predict(
        PredictionJob(
            network=settings,
            weights=two_images / "model.weights.h5",
            first_stage=(),
            turns=1,
            computation=Computation(),
            inference=Inference(batch_size=3),
            tile_size=64,
            images=["a", "b"],
            images_folder=two_images / "images",
            output=two_images / "detections",
        )
    )
    anything = LabelSetting(min_score=0.0, max_iou=0.9, min_size=1)
    find = partial(
        label_image,
        setting=anything,
        method=MaskRCNNMethod(network="mask_rcnn"),
        sources=[two_images / "detections"],
    )
    scales = dict.fromkeys("ab", Scale((70, 80)))
    write_label_maps(scales, find, two_images / "labels", workers=1)
    for name in ("a", "b"):
        labels = read_labels(two_images / "labels" / f"{name}.tif")
        assert labels.shape == (70, 80)
        assert np.array_equal(np.unique(labels), np.arange(labels.max() + 1))
