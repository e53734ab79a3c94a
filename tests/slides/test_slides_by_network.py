"""Whole slides with the network that comes along."""

import io
import os
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import tifffile
from drawn_slides import ArrayRaster, paint, same_nuclei

from nucleibench.data.synthetic import draw_image
from nucleibench.families.unet.release import read_release
from nucleibench.labelling.instances import label_nuclei
from nucleibench.labelling.stitch import predict_map
from nucleibench.slides.sweep import Division
from nucleibench.slides.trained_network import load_trained_network
from nucleibench.slides.whole_slide import SlideSettings, segment_slide, survey_slide
from nucleibench.stain.reference import normalize_image

RELEASE = Path(__file__).parents[2] / "nucleibench" / "pretrained" / "compact_unet"
REAL_DATA = os.environ.get("NUCLEIBENCH_REAL_DATA")
ALL = SlideSettings(tissue="all")


@pytest.fixture(scope="module")
def network():
    return load_trained_network(read_release(RELEASE), turns=1)


def segment(image, network, division=None, chosen=ALL):
    survey = survey_slide(ArrayRaster(image), network.reference, chosen)
    return paint(image.shape[:2], segment_slide(survey, network, chosen, division=division))


def label_at_once(image, network):
    """Label an image as the workflow does."""
    normalized, _ = normalize_image(image, network.reference)
    seen, tiling = np.concatenate([normalized, image], axis=-1), network.inference
    predict = lambda tiles: np.stack(list(network.predict(tiles)))  # noqa: E731
    maps = predict_map(seen, predict, network.tile_size, tiling.overlap, tiling.batch_size)
    return label_nuclei(maps.astype(np.float16).astype(np.float32), network.setting)


def test_a_drawn_image_has_the_nuclei_of_its_whole_maps(network):
    image, _ = draw_image("colon", "drawn", 0, 500)
    expected = label_at_once(image, network)
    assert expected.max() > 100
    assert same_nuclei(segment(image, network), expected)
    assert same_nuclei(segment(image, network, chosen=SlideSettings()), expected)


def test_a_drawn_image_has_the_same_nuclei_in_one_block_and_in_many(network):
    image, _ = draw_image("breast", "drawn", 0, 600)
    at_once = segment(image, network, Division(128, 640, 640))
    assert at_once.max() > 100
    blocked = segment(image, network, Division(128, 128, 640))
    np.testing.assert_array_equal(blocked, at_once)
    assert same_nuclei(segment(image, network, Division(128, 256, 256)), at_once)


@pytest.mark.real_data
@pytest.mark.skipif(not REAL_DATA, reason="NUCLEIBENCH_REAL_DATA is not set")
def test_a_real_image_has_the_nuclei_of_its_whole_maps(network):
    with ZipFile(Path(REAL_DATA) / "MoNuSegTestData.zip") as archive:
        content = archive.read("MoNuSegTestData/TCGA-2Z-A9J9-01A-01-TS1.tif")
    image = np.ascontiguousarray(tifffile.imread(io.BytesIO(content))[..., :3])
    expected = label_at_once(image, network)
    assert expected.max() > 500
    assert same_nuclei(segment(image, network), expected)
    assert same_nuclei(segment(image, network, chosen=SlideSettings()), expected)
