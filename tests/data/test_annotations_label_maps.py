"""Label maps in every kind of file: the same labels come back, and damage is refused in words."""

import io

import numpy as np
import pytest
import scipy.io
from annotation_files import mat, npy, png, tiff
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nucleibench.data.annotations import READERS, ImageFacts, read_annotation
from nucleibench.data.mat_files import encode_array
from nucleibench.errors import DataError

FILES = {
    "a.tif": tiff, "b.TIFF": tiff, "c.png": png, "d.npy": npy, "e.mat": mat,
    "f.mat": lambda values: mat(values, "labels"), "g.mat": encode_array,
}  # fmt: skip


def read(name, content, shape=(40, 50)):
    return read_annotation(name, content, f"x.zip: {name}", ImageFacts("a", shape, 0.25))


def blocks(codes):
    """Nuclei of 8 x 8 pixels, numbered 1, 2, ... without gaps, side by side."""
    distinct = np.unique(codes[codes > 0])
    numbers = np.where(codes > 0, np.searchsorted(distinct, codes) + 1, 0)
    return np.kron(numbers, np.ones((8, 8), int)).astype(np.uint16)


# No value lies in two places, as in any label map.
CODES = st.permutations(range(12)).map(lambda order: np.array(order).reshape(3, 4))


@settings(max_examples=25, deadline=None)
@given(CODES, arrays(bool, (3, 4)))
def test_labels_come_back_from_every_kind(codes, present):
    values = blocks(np.where(present, codes, 0))
    for name, encode in FILES.items():
        annotation = read(name, encode(values), values.shape)
        np.testing.assert_array_equal(annotation.labels, values, err_msg=name)
        assert annotation.labels.dtype == np.int32
        assert annotation.notes == ()


@pytest.mark.parametrize("name", FILES)
def test_mask_of_one_value_is_told(name):
    mask = np.kron(np.eye(3), np.ones((8, 8))).astype(np.uint8) * 255
    mask[8:] = np.roll(mask[8:], 1, axis=1)
    annotation = read(name, FILES[name](mask), mask.shape)
    assert annotation.notes == ("is a mask of one value, so nuclei that touch count as one",)


@pytest.mark.parametrize(
    ("shape", "guess"),
    [((50, 40), "rows and columns seem to be exchanged"), ((20, 25), "0.5 times"), ((40, 51), "")],
)
@pytest.mark.parametrize("name", FILES)
def test_other_size_than_the_image_is_refused(name, shape, guess):
    with pytest.raises(DataError) as caught:
        read(name, FILES[name](np.zeros(shape, np.uint8)))
    expected = f"x.zip: {name}: has {shape[1]} x {shape[0]} pixels, but the image a has 50 x 40"
    assert expected in str(caught.value)
    assert guess in str(caught.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept", [0, 0.3, 0.9])
def test_file_cut_short_is_refused(name, kept, capfd):
    content = FILES[name](np.random.default_rng(0).integers(0, 2, (40, 50)).astype(np.uint8))
    with pytest.raises(DataError, match=rf"x\.zip: {name}: not a readable"):
        read(name, content[: int(kept * len(content))])


def test_python_objects_are_refused_unread():
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(DataError, match="not a readable"):
        read("a.npy", stream.getvalue())


def test_several_arrays_are_refused():
    stream = io.BytesIO()
    np.savez(stream, a=np.zeros(3), b=np.ones(3))
    with pytest.raises(DataError, match="holds several arrays"):
        read("a.npy", stream.getvalue())


def test_stack_of_masks_is_refused():
    with pytest.raises(DataError, match="has 50 x 40 x 7 pixels, but the image a has 50 x 40"):
        read("a.tif", tiff(np.zeros((7, 40, 50), np.uint8)))


def test_colours_are_refused():
    colours = np.zeros((40, 50, 3), np.uint8)
    colours[:9, :9] = (1, 2, 3)
    with pytest.raises(DataError, match="has colours, where a mask or label map was expected"):
        read("a.png", png(colours))


def test_official_consep_file_holds_more():
    values = np.zeros((40, 50))
    values[2:9, 3:12] = 4
    others = {"type_map": values, "inst_type": [[1.0]], "inst_centroid": [[5.0, 7.0]]}
    np.testing.assert_array_equal(read("a.mat", mat(values, **others)).labels, values > 0)


class Thing:
    """Something that MATLAB keeps as a structure."""

    def __init__(self):
        self.inst_map = np.ones((40, 50))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            mat(np.zeros((40, 50)), "a", b=np.zeros((40, 50))),
            r"holds a \(double\), b \(double\); a",
        ),
        (mat("text"), r"holds inst_map \(char\)"),
        (mat(Thing()), r"holds inst_map \(struct\)"),
        (mat(np.array([[1, "x"]], object)), r"holds inst_map \(cell\)"),
        (mat(scipy.sparse.eye(40, format="csc")), r"holds inst_map \(sparse\)"),
        (b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512), "version 7.3; save it with `-v7`"),
        (b"\x89HDF\r\n\x1a\n".ljust(512), "version 7.3; save it with `-v7`"),
        (b"hello".ljust(512), "not a readable MATLAB file"),
    ],
)
def test_matlab_files_of_something_else_are_refused(content, message):
    with pytest.raises(DataError, match=message):
        read("a.mat", content)


def test_same_labels_give_the_same_matlab_file():
    assert encode_array(np.eye(3))[:116] == b"MATLAB 5.0 MAT-file".ljust(116)


def test_unknown_kind_is_refused():
    with pytest.raises(DataError, match=r"x\.zip: a\.roi: no kind of annotation; write it as one"):
        read("a.roi", b"")


def test_every_reader_can_be_imported():
    assert all(callable(READERS[suffix]) for suffix in READERS)
