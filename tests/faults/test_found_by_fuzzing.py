"""Files that once ended in a traceback, a crash or a hang: each is refused in words."""

import json
import struct
import sys
import zipfile
from io import BytesIO

import numpy as np
import pytest
import scipy.io
import tifffile
from small_disk import small_disk

from nucleibench.data.annotations import ImageFacts, read_annotation
from nucleibench.data.archives import open_archive
from nucleibench.data.mat_files import read_array
from nucleibench.data.sheets import SheetRow, read_sheet, write_sheet
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.experiment.yaml_files import read_yaml
from nucleibench.images import read_labels, write_rgb
from nucleibench.slides.geojson_reading import read_geojson

FACTS = ImageFacts("a", (40, 50), 0.25)
LABELS = np.eye(40, 50, dtype=np.uint16)
IMAGE_WIDTH, LONG = 256, 4
"""A tag of TIFF, and a type of its value."""


def tiff(**options) -> bytes:
    stream = BytesIO()
    tifffile.imwrite(stream, LABELS, **options)
    return stream.getvalue()


def mat(**options) -> bytes:
    stream = BytesIO()
    scipy.io.savemat(stream, {"inst_map": LABELS}, **options)
    return stream.getvalue()


def with_type(content: bytes, kind: int) -> bytes:
    """Change the type of the numbers of a MATLAB file, uint16 = 4."""
    sign = struct.pack("<II", 4, LABELS.nbytes)
    assert content.count(sign) == 1
    return content.replace(sign, struct.pack("<II", kind, LABELS.nbytes))


@pytest.mark.parametrize("kind", [0, 8, 4000, 2**16 - 1])
def test_numbers_of_an_unknown_type_in_a_matlab_file(kind):
    """SciPy looks the type up outside of its table, and may crash."""
    with pytest.raises(DataError, match="not a readable MATLAB file"):
        read_array(with_type(mat(), kind), "a.mat")


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("version", ["4", "5"])
def test_matlab_files_are_still_read(compressed, version):
    options = {"format": version} | ({"do_compression": compressed} if version == "5" else {})
    np.testing.assert_array_equal(read_array(mat(**options), "a.mat"), LABELS)


def test_a_chain_of_pages_without_end(tmp_path):
    content = bytearray(tiff())
    first = int.from_bytes(content[4:8], "little")
    count = int.from_bytes(content[first : first + 2], "little")
    end = first + 2 + 12 * count
    content[end : end + 4] = first.to_bytes(4, "little")
    (tmp_path / "a.tif").write_bytes(content)
    np.testing.assert_array_equal(read_labels(tmp_path / "a.tif"), LABELS)


def test_a_tiff_that_claims_more_than_it_can_hold(tmp_path):
    content = tiff(compression="zlib")
    with tifffile.TiffFile(BytesIO(content)) as tif:
        at = tif.pages[0].tags["ImageWidth"].valueoffset - 8
    larger = struct.pack("<HHII", IMAGE_WIDTH, LONG, 1, 2**31)
    changed = content[:at] + larger + content[at + 12 :]
    with pytest.raises(DataError, match=r"bytes cannot come out of \d+"):
        read_annotation("a.tif", changed, "a.tif", FACTS)
    (tmp_path / "a.tif").write_bytes(changed)
    with pytest.raises(DataError, match=r"bytes cannot come out of \d+"):
        read_labels(tmp_path / "a.tif")


def test_a_damaged_strip_of_a_label_map(tmp_path):
    content = bytearray(tiff(compression="zlib"))
    with tifffile.TiffFile(BytesIO(content)) as tif:
        at = tif.pages[0].dataoffsets[0]
    content[at + 2 : at + 12] = b"\xff" * 10
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(DataError, match="not a readable label map"):
        read_labels(tmp_path / "a.tif")


def test_a_numpy_file_whose_header_is_no_python():
    header = b"{'descr': (((, 'fortran_order': False, 'shape': (40, 50)"
    content = b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header
    with pytest.raises(DataError, match=r"not a readable \.npy file"):
        read_annotation("a.npy", content, "a.npy", FACTS)


@pytest.mark.parametrize("segmentation", [{"size": 7, "counts": [1]}, {"counts": [1e999]}])
def test_a_mask_of_coco_with_odd_values(segmentation):
    values = {"images": [{"id": 1, "file_name": "a.png", "height": 40, "width": 50}]}
    values["annotations"] = [{"id": 1, "image_id": 1, "segmentation": segmentation}]
    with pytest.raises(DataError, match="damaged"):
        read_annotation("a.json", json.dumps(values).encode(), "a.json", FACTS)


def test_a_feature_whose_properties_are_a_number(tmp_path):
    feature = {"type": "Feature", "geometry": None, "properties": 0.5}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    with pytest.raises(DataError, match="has no properties"):
        read_annotation("a.geojson", content, "a.geojson", FACTS)
    (tmp_path / "a.geojson").write_bytes(content)
    with pytest.raises(DataError, match="its properties are no object"):
        read_geojson(tmp_path / "a.geojson")


def test_brackets_in_brackets_without_end(tmp_path):
    deep = "[" * (20 * sys.getrecursionlimit())
    (tmp_path / "a.geojson").write_text(deep)
    (tmp_path / "a.yaml").write_text(f"a: {deep}")
    with pytest.raises(DataError, match="cannot be read"):
        read_geojson(tmp_path / "a.geojson")
    with pytest.raises(ConfigurationError, match="brackets in brackets without end"):
        read_yaml(tmp_path / "a.yaml")


def test_a_member_without_a_name(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a", b"content")
        archive.filelist[0].filename = ""
    with pytest.raises(DataError, match="has no name"), open_archive(tmp_path / "a.zip"):
        pass


def test_a_number_beyond_64_bits_in_a_sheet(tmp_path):
    row = SheetRow("a", "liver", "p", "all", "train", int("9" * 30), 50, 3, "0")
    write_sheet(tmp_path / "images.csv", [row])
    with pytest.raises(DataError, match="not a sheet of images"):
        read_sheet(tmp_path / "images.csv")


def test_an_image_on_a_full_disk_says_why(tmp_path):
    with small_disk(tmp_path / "small", "4k") as _:
        noise = np.random.default_rng(0).integers(0, 256, (99, 99, 3), np.uint8)
        with pytest.raises(OSError, match="No space left on device"):
            write_rgb(tmp_path / "small" / "a.png", noise)
        assert list((tmp_path / "small").iterdir()) == []
