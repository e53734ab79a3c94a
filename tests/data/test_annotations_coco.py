"""COCO: outlines and masks, one file for one image or for many."""

import json

import numpy as np
import pytest
from annotation_files import coco, masked, outlined, run_lengths
from drawn_members import square
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nucleibench.data.annotations import ImageFacts, read_annotation
from nucleibench.data.coco import images_of
from nucleibench.data.coco_masks import decode_mask
from nucleibench.errors import DataError

IMAGE = ImageFacts("a", (40, 50), 0.25)


def read(value, image=IMAGE):
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_annotation("a.json", content, "x.zip: a.json", image)


def test_outlines_enclose_the_pixels_that_pycocotools_gives_them():
    found = read(coco(outlined(square(3, 5, 4)), outlined(square(20, 10, 5), square(30, 10, 5))))
    expected = np.zeros((40, 50), int)
    expected[5:9, 3:7] = 1
    expected[10:15, 20:25] = expected[10:15, 30:35] = 2
    np.testing.assert_array_equal(found.labels, expected)
    assert found.notes == (
        "region 1 (2 parts): several outlines in one region, counted as one nucleus",
    )


def test_one_file_for_many_images():
    images = [
        {"id": 7, "file_name": "images/a.png", "height": 40, "width": 50},
        {"id": 8, "file_name": "C:\\images\\b.tif", "height": 30, "width": 20},
    ]
    value = coco(
        outlined(square(3, 5, 4), image=7), outlined(square(1, 1, 9), image=8), images=images
    )
    assert read(value).labels.sum() == 16
    assert read(value, ImageFacts("b", (30, 20), 0.25)).labels.sum() == 81
    assert images_of(json.dumps(value).encode(), "x") == {"a", "b"}


def test_image_without_annotations_has_no_nuclei():
    assert not read(coco()).labels.any()


def test_masks():
    mask = np.zeros((40, 50), int)
    mask[3:9, 4:20] = 1
    mask[5, 6] = 0
    found = read(coco(masked(mask), masked(np.roll(mask, 10, axis=0), 2)))
    np.testing.assert_array_equal(found.labels, mask + 2 * np.roll(mask, 10, axis=0))


def test_outlines_come_before_masks():
    mask = np.zeros((40, 50), int)
    mask[4:20, 3:20] = 1
    labels = read(coco(masked(mask), outlined(square(3, 5, 4)))).labels
    assert np.bincount(labels.ravel())[1:].tolist() == [16, 16 * 17 - 16]


def test_crowds_are_left_out_and_told():
    crowd = masked(np.ones((40, 50), int), 9, iscrowd=1)
    found = read(coco(crowd, outlined(square(3, 5, 4))))
    assert found.labels.sum() == 16
    assert found.notes == ("crowd, left out: annotation 9",)


@settings(max_examples=60, deadline=None)
@given(arrays(bool, (5, 6), elements=st.booleans()))
def test_any_mask_comes_back(mask):
    np.testing.assert_array_equal(decode_mask(run_lengths(mask), (5, 6), "a"), mask)


def test_compressed_masks_of_pycocotools():
    y, x = np.mgrid[:40, :50]
    shape = ((x - 20) ** 2 + (y - 15) ** 2 < 150) | (x > 44)
    counts = "]:5P16K4M2N2N2O0O2O000O2O00000001N10001N101N2N2N3L5Jf>S6"
    mask = {"size": [40, 50], "counts": counts}
    np.testing.assert_array_equal(decode_mask(mask, (40, 50), "a"), shape)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (coco(outlined(square(3, 5, 4), segmentation=[])), "annotation 1 has no segmentation"),
        (coco({"id": 5, "image_id": 1, "bbox": [1, 2, 3, 4]}), "5 has no segmentation; export out"),
        (coco(outlined([1, 2, 3])), "the outline of annotation 1 is damaged"),
        (coco(outlined(square(3, 5, 4), segmentation=[["a", 1]])), "annotation 1 is damaged"),
        (coco(outlined([(float("nan"), 1)] * 3)), "annotation 1 has a vertex that is not finite"),
        (coco(outlined(square(300, 5, 4))), "do not fit an image of 50 x 40 pixels"),
        (coco(images=[]), "0 of its images have the file name a"),
        (coco(images=[{"id": 1, "file_name": n} for n in ("a.png", "a.tif")]), "2 of its images"),
        (coco(images=[{"id": 1, "file_name": "a", "height": 50, "width": 40}]), "40 x 50 pixels"),
        (coco(images=[{"id": 1}]), "an image has no file_name"),
        (coco(masked(np.ones((50, 40), int))), "has 2000 pixels and the size (50, 40), but the"),
        (coco(masked(np.ones((40, 50), int)) | {"segmentation": {"size": [40, 50]}}), "is damaged"),
        (
            coco(outlined(square(3, 5, 4), segmentation={"size": [40, 50], "counts": "PP"})),
            "damaged",
        ),
        (coco(3), "its annotations are no list of objects"),
        (coco(outlined(square(3, 5, 4), image=7)), "annotation 1 is of image_id 7, and no image"),
        (coco(outlined(square(3, 5, 4), image="1")), "annotation 1 is of image_id '1', and no"),
        (
            coco(images=[{"id": 1, "file_name": name} for name in ("a.png", "b.png")]),
            "several of its images have the id 1",
        ),
        (coco() | {"images": None}, "its images are no list of objects"),
        (
            coco(outlined(square(3, 5, 4), segmentation={"size": [40, 50], "counts": [3, -3]})),
            "has",
        ),
    ],
)
def test_what_is_missing_or_damaged_is_refused(value, message):
    with pytest.raises(DataError) as caught:
        read(value)
    assert message in str(caught.value)
    assert str(caught.value).startswith("x.zip: a.json")
