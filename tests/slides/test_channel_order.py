"""Images whose red and blue are exchanged are told."""

import csv
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from drawn_slides import ArrayRaster, stand_in

from nucleibench.data.synthetic import draw_image
from nucleibench.images.decoding import decode_rgb
from nucleibench.slides.channel_order import correlate_red, seem_exchanged
from nucleibench.slides.nuclei import NucleusStore
from nucleibench.slides.options import Options
from nucleibench.slides.segmenting import EXCHANGED, describe_result, find_nuclei
from nucleibench.slides.stains import sample_tissue
from nucleibench.slides.tissue import find_tissue

HEMATOXYLIN, EOSIN = np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11]])
GIVEN = os.environ.get("NUCLEIBENCH_REAL_DATA")


def stain(hematoxylin, eosin):
    """Return colours of amounts of two stains, RGB uint8 (..., 3)."""
    density = hematoxylin[..., None] * HEMATOXYLIN + eosin[..., None] * EOSIN
    return np.rint(255 * np.exp(-density)).astype(np.uint8)


class DrawnRaster(ArrayRaster):
    """A drawn image with what a file states of itself."""

    pixel_size_source, notes = "drawn", ()


def test_dark_hematoxylin_on_pale_eosin_is_in_order_and_its_mirror_image_is_not():
    random = np.random.default_rng(0)
    nuclei = random.random((100, 100)) < 0.3
    image = stain(1.5 * nuclei, 0.4 + 0.2 * random.random((100, 100)))
    # With two amounts of stain alone, the share of red is a function of the darkness.
    assert correlate_red([image]) > 0.9
    assert correlate_red([image[..., ::-1]]) == pytest.approx(-correlate_red([image]), abs=1e-12)


@pytest.mark.parametrize("organ", ["kidney", "colon", "liver"])
def test_drawn_tissue_is_told_only_if_it_is_exchanged(organ):
    image = draw_image(organ, "drawn", 0, 256)[0]
    assert not seem_exchanged([image])
    assert seem_exchanged([image[..., ::-1]])
    patches = [image[:100], image[100:].reshape(-1, 1, 3)]
    assert correlate_red(patches) == pytest.approx(correlate_red([image]))


@pytest.mark.parametrize("value", [0, 128, 255])
def test_nothing_is_said_of_images_without_colour_or_tissue(value):
    grey = np.full((64, 64, 3), value, np.uint8)
    grey[::2] //= 2
    assert correlate_red([grey]) == 0
    assert correlate_red([draw_image("kidney", "drawn", 0, 256)[0][:3, :9]]) == 0


@pytest.mark.parametrize("exchanged", [False, True])
def test_the_warning_is_in_the_record(tmp_path, exchanged):
    image = draw_image("kidney", "drawn", 0, 256)[0]
    raster = DrawnRaster(np.ascontiguousarray(image[..., ::-1]) if exchanged else image)
    with NucleusStore(tmp_path) as store:
        options = Options(threads=1)
        found = find_nuclei(raster, stand_in("none"), options, None, store, lambda *_: None)
        assert (EXCHANGED in describe_result(found, options)["warnings"]) == exchanged


def read_real(archive):
    """Yield the images of an archive that are not breast."""
    with open(Path(GIVEN) / "monuseg_index.csv", encoding="utf-8") as stream:
        breast = {row["image"] for row in csv.DictReader(stream) if row["organ"] == "Breast"}
    with zipfile.ZipFile(Path(GIVEN) / archive) as members:
        for name in members.namelist():
            path = Path(name)
            if path.suffix in (".tif", ".png") and path.stem not in breast:
                yield decode_rgb(members.read(name), name)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("archive", "images", "found"), [("MoNuSegTestData.zip", 12, 12), ("CoNSeP_train.zip", 27, 26)]
)
def test_real_images_are_told_only_if_they_are_exchanged(archive, images, found):
    if not GIVEN:
        pytest.skip("NUCLEIBENCH_REAL_DATA does not name the folder of the real archives")
    told = []
    for image in read_real(archive):
        for pixels in (image, np.ascontiguousarray(image[..., ::-1])):
            raster = ArrayRaster(pixels)
            told.append(seem_exchanged(sample_tissue(raster, find_tissue(raster, 0.25))))
    assert (len(told[::2]), sum(told[::2]), sum(told[1::2])) == (images, 0, found)
