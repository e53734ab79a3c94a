"""The names of channels in TIFFs."""

import io

import numpy as np
import pytest
import tifffile
from drawn_images import TISSUE, tiff

from nucleibench.errors import DataError

PLANES = np.moveaxis(TISSUE, 2, 0)


def named(image, *names, **options):
    """An OME-TIFF of one page a channel, with names."""
    metadata = {"axes": "CYX", "Channel": {"Name": names}}
    return tiff(np.moveaxis(image, 2, 0), ome=True, metadata=metadata, **options)


@pytest.mark.parametrize(
    "names", [("Blue", "Green", "Red"), ("G", "R", "B"), ("blue", "RED", "green")]
)
@pytest.mark.parametrize("options", [{}, {"compression": "zlib", "tile": (64, 64)}], ids=str)
def test_channels_are_taken_by_their_names(read, names, options):
    order = ["rgb".index(name[0].lower()) for name in names]
    pixels, notes = read(named(TISSUE[..., order], *names, photometric="minisblack", **options))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert notes == f"channels are taken by their names ({', '.join(names)})"


def test_channels_in_the_usual_order_need_no_word(read):
    pixels, notes = read(named(TISSUE, "Red", "Green", "Blue", photometric="minisblack"))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert notes == ""


def test_labels_of_imagej_are_names(read):
    labels = {"axes": "CYX", "Labels": ["Blue", "Green", "Red"]}
    pixels, _ = read(tiff(PLANES[::-1], imagej=True, metadata=labels))
    np.testing.assert_array_equal(pixels, TISSUE)


NUMBERS = [
    ("Channel 0", "Channel 1", "Channel 2"),
    ("C1", "C2", "C3"),
    ("c:1/3 - a", "c:2/3 - a", "c:3/3 - a"),
    ("Channel:0:0", "Channel:0:1", "2"),
    ("a.tif", "a.tif", "a.tif"),
    ("", "", ""),
]


@pytest.mark.parametrize("names", NUMBERS)
def test_numbers_are_no_names(read, names):
    pixels, notes = read(named(TISSUE, *names, photometric="minisblack"))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert "taken as red, green and blue" in notes


@pytest.mark.parametrize(
    "names",
    [("DAPI", "FITC", "Cy5"), ("Red", "Green", "DAPI"), ("C1", "CD3", "C3"), ("R", "G", "")],
)
def test_channels_of_other_names_are_refused(opened, names):
    said = f"has channels called {', '.join(name or 'nothing' for name in names)}, where H&E"
    with pytest.raises(DataError, match=said):
        opened(named(TISSUE, *names, photometric="minisblack"))


def test_a_name_of_all_three_samples_says_nothing_of_colours(read):
    metadata = {"axes": "YXS", "Channel": {"Name": "Brightfield"}}
    pixels, notes = read(tiff(TISSUE, photometric="rgb", ome=True, metadata=metadata))
    np.testing.assert_array_equal(pixels, TISSUE)
    assert notes == ""


def test_an_image_of_a_laser_scanning_microscope_is_refused(opened):
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        description = (34412, "B", 600, b"LI\0\4" * 150, True)  # CZ_LSMINFO
        options = {"photometric": "rgb", "metadata": None}
        writer.write(TISSUE, extratags=[description], **options)
        writer.write(np.ascontiguousarray(TISSUE[::8, ::8]), subfiletype=1, **options)
    with pytest.raises(DataError, match="is of a laser scanning microscope"):
        opened(stream.getvalue(), "a.lsm")
