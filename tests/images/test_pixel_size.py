import numpy as np
import pytest
from drawn_images import TISSUE, picture, tiff
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nucleibench.images.pixel_size import Statement, choose_pixel_size

RGB = {"photometric": "rgb"}
APERIO = "Aperio Image Library v10\n320x256 |AppMag = 40|MPP = 0.2520|Left = 25"


def exif_resolution(per_centimetre):
    exif = Image.Exif()
    exif[0x011A] = exif[0x011B] = per_centimetre
    exif[0x0128] = 3
    return exif


def ome(**metadata):
    return tiff(TISSUE, **RGB, ome=True, metadata={"axes": "YXS", **metadata})


STATED = {
    "PNG": (picture(TISSUE, "PNG", dpi=(101_600, 101_600)), 0.25, "PNG pHYs"),
    "JPEG": (
        picture(TISSUE, "JPEG", dpi=(50_800, 50_800)),
        0.5,
        "JPEG JFIF density",
    ),
    "JPEG, EXIF": (picture(TISSUE, "JPEG", exif=exif_resolution(40_000)), 0.25, "EXIF resolution"),
    "WebP": (picture(TISSUE, "WEBP", exif=exif_resolution(40_000)), 0.25, "EXIF resolution"),
    "BMP": (picture(TISSUE, "BMP", dpi=(50_800, 50_800)), 0.5, "BMP resolution"),
    "cm": (
        tiff(TISSUE, **RGB, resolution=(20_000, 20_000), resolutionunit="CENTIMETER"),
        0.5,
        "TIFF resolution",
    ),
    "inch": (
        tiff(TISSUE, **RGB, resolution=(101_600, 101_600), resolutionunit="INCH"),
        0.25,
        "TIFF resolution",
    ),
    "Pillow": (picture(TISSUE, "TIFF", dpi=(101_600, 101_600)), 0.25, "TIFF resolution"),
    "OME": (ome(PhysicalSizeX=0.5, PhysicalSizeY=0.5), 0.5, "OME"),
    "OME, nm": (
        ome(
            PhysicalSizeX=250,
            PhysicalSizeXUnit="nm",
            PhysicalSizeY=250,
            PhysicalSizeYUnit="nm",
        ),
        0.25,
        "OME",
    ),
    "ImageJ": (
        tiff(TISSUE, imagej=True, resolution=(4, 4), metadata={"unit": "um"}),
        0.25,
        "ImageJ",
    ),
    "ImageJ, escaped": (
        tiff(TISSUE, imagej=True, resolution=(2, 2), metadata={"unit": "\\u00B5m"}),
        0.5,
        "ImageJ",
    ),
    "Aperio": (tiff(TISSUE, **RGB, description=APERIO, metadata=None), 0.252, "aperio.mpp"),
    "Aperio, 72 dpi": (
        tiff(
            TISSUE,
            **RGB,
            description=APERIO,
            metadata=None,
            resolution=(72, 72),
            resolutionunit="INCH",
        ),
        0.252,
        "aperio.mpp",
    ),
}


@pytest.mark.parametrize("kind", STATED)
def test_a_stated_pixel_size_is_read(opened, kind):
    content, expected, source = STATED[kind]
    raster = opened(content)
    assert raster.pixel_size == pytest.approx(expected, rel=1e-3)
    assert raster.pixel_size_source == source
    assert raster.notes == ()


@pytest.mark.parametrize(
    "content",
    [
        picture(TISSUE, "PNG"),
        picture(TISSUE, "JPEG"),
        tiff(TISSUE, **RGB),
        tiff(TISSUE, **RGB, resolution=(1, 1), resolutionunit="NONE"),
        tiff(TISSUE, imagej=True, resolution=(4, 4), metadata={"unit": "pixel"}),
        ome(PhysicalSizeX=2, PhysicalSizeXUnit="pixel", PhysicalSizeY=2, PhysicalSizeYUnit="pixel"),
    ],
)
def test_nothing_stated_is_none(opened, content):
    raster = opened(content)
    assert raster.pixel_size is None
    assert raster.pixel_size_source == ""
    assert raster.notes == ()


@pytest.mark.parametrize("dpi", [72, 96, 300, 600])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "BMP"])
def test_the_resolution_of_a_printer_is_none_and_told(opened, format, dpi):
    raster = opened(picture(TISSUE, format, dpi=(dpi, dpi)))
    assert raster.pixel_size is None
    assert "which no slide is scanned at" in raster.notes[0]


def test_pixels_that_are_not_square_are_none_and_told(opened):
    raster = opened(tiff(TISSUE, **RGB, resolution=(20_000, 40_000), resolutionunit="CENTIMETER"))
    assert raster.pixel_size is None
    assert "0.5 x 0.25 micrometres, which are not square" in raster.notes[0]


def test_statements_that_differ_are_told(opened):
    content = tiff(
        TISSUE, **RGB, description=APERIO, metadata=None, resolution=(2e4, 2e4), resolutionunit=3
    )
    raster = opened(content)
    assert raster.pixel_size == 0.252
    assert "TIFF resolution states pixels of 0.5 micrometres, but aperio.mpp" in raster.notes[0]


SIDES = st.floats(0, 1e6, allow_nan=False)


@given(st.lists(st.builds(Statement, st.sampled_from("abc"), SIDES, SIDES), max_size=4))
def test_only_square_pixels_of_microscopes_are_taken(statements):
    size = choose_pixel_size(statements)
    if size.micrometres is None:
        assert len(size.notes) == len(statements)
        assert size.source == ""
    else:
        assert 0.05 <= size.micrometres <= 5
        taken = [statement for statement in statements if statement.side == size.micrometres]
        assert np.isclose(taken[0].height, taken[0].width, rtol=0.0101)
