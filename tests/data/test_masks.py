"""Masks and label maps as tools write them: the right nuclei, or a refusal in words."""

import cv2
import numpy as np
import pytest

from nucleibench.data.masks import label_nuclei
from nucleibench.errors import DataError

CENTRES = [(20, 20), (60, 25), (100, 30), (30, 90), (90, 100)]


def discs(value=255, count=5, radius=9, kind=np.uint8):
    mask = np.zeros((128, 128), kind)
    for centre in CENTRES[:count]:
        cv2.circle(mask, centre, radius, value, -1)
    return mask


def numbered(count=5, kind=np.uint8, step=1):
    labels = np.zeros((128, 128), kind)
    for number, centre in enumerate(CENTRES[:count], 1):
        cv2.circle(labels, centre, 9, number * step, -1)
    return labels


def grid(count, kind, side=12):
    """Squares 1, 2, ... of 8 x 8 pixels."""
    columns = 32
    labels = np.zeros((side * (count // columns + 1), side * columns), np.int64)
    for number in range(count):
        row, column = divmod(number, columns)
        labels[row * side : row * side + 8, column * side : column * side + 8] = number + 1
    return labels.astype(kind)


def with_stray(mask, value, place=(64, 64)):
    mask = mask.copy()
    mask[place] = value
    return mask


def blurred(mask, sigma=1.5):
    return cv2.GaussianBlur(mask, (0, 0), sigma)


def antialiased(count=5):
    mask = np.zeros((128, 128), np.uint8)
    for x, y in CENTRES[:count]:
        cv2.circle(mask, (x * 16 + 5, y * 16 + 3), 9 * 16, 255, -1, cv2.LINE_AA, 4)
    return mask


def through_jpeg(mask):
    return cv2.imdecode(cv2.imencode(".jpg", mask)[1], cv2.IMREAD_GRAYSCALE)


def classes():
    """A map of two classes, not of nuclei."""
    return np.maximum(discs(1), np.roll(discs(2), 60, axis=0))


DOUBTFUL = {
    "one pixel of another value": with_stray(discs(), 254),
    "one pixel, fewer discs": with_stray(discs(count=2), 254),
    "one pixel, one disc": with_stray(discs(count=1), 254),
    "one pixel in a mask of ones": with_stray(discs(1), 2),
    "one pixel in a mask of grey, few discs": with_stray(discs(128, count=2), 127),
    "many stray pixels": np.where(
        np.random.default_rng(0).random((128, 128)) < 0.003,
        np.random.default_rng(1).integers(1, 255, (128, 128)),
        discs(),
    ).astype(np.uint8),
    "16 bits": with_stray(discs(65535, kind=np.uint16), 65534),
    "blurred": blurred(discs()),
    "blurred strongly": blurred(discs(), 6),
    "one disc, blurred": blurred(discs(count=1)),
    "one small disc, blurred": blurred(discs(count=1, radius=2)),
    "blurred in 16 bits": blurred(discs(65535, kind=np.uint16)),
    "smooth edges": antialiased(),
    "one disc with smooth edges": antialiased(1),
    "scaled with interpolation": cv2.resize(discs(), (100, 100), interpolation=cv2.INTER_LINEAR),
    "through JPEG": through_jpeg(discs()),
    "classes": classes(),
    "labels cut at 255": np.minimum(grid(300, np.int64), 255).astype(np.uint8),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_what_may_be_either_is_refused(case):
    with pytest.raises(DataError, match=r"^a\.png: is neither a mask of one value nor a label map"):
        label_nuclei(DOUBTFUL[case], "a.png")


MASKS = {
    "white": discs(),
    "ones": discs(1),
    "bool": discs() > 0,
    "floats": discs(1).astype(np.float32),
    "16 bits": discs(65535, kind=np.uint16),
    "thresholded": cv2.threshold(blurred(discs()), 127, 255, cv2.THRESH_BINARY)[1],
}


@pytest.mark.parametrize("case", MASKS)
def test_mask_of_one_value(case):
    annotation = label_nuclei(MASKS[case], "a.png")
    assert annotation.labels.max() == 5
    assert annotation.labels.dtype == np.int32
    np.testing.assert_array_equal(annotation.labels > 0, MASKS[case] > 0)
    assert annotation.notes == ()


LABEL_MAPS = {
    "8 bits": numbered(),
    "spread over the greys": numbered(step=51),
    "16 bits": numbered(kind=np.uint16, step=1000),
    "32 bits": numbered(kind=np.int32, step=10_000_000),
    "floats": numbered().astype(float),
    "one value of two": numbered(2),
    "a nucleus cut in two": np.where(np.arange(128) == 20, 0, numbered()),
    "a stray pixel of a nucleus": with_stray(numbered(), 3),
}


@pytest.mark.parametrize("case", LABEL_MAPS)
def test_label_map(case):
    values = LABEL_MAPS[case]
    labels = label_nuclei(values, "a.png").labels
    distinct = np.unique(values)
    np.testing.assert_array_equal(labels, np.searchsorted(distinct, values))


def test_label_map_that_fills_its_type_is_told():
    annotation = label_nuclei(grid(255, np.uint8), "a.png")
    assert annotation.labels.max() == 255
    assert "exactly 1 to 255, all that its type can hold" in annotation.notes[0]
    assert label_nuclei(grid(255, np.uint16), "a.png").notes == ()
    assert label_nuclei(grid(254, np.uint8), "a.png").notes == ()


def test_label_map_that_ran_over_its_type_is_told():
    annotation = label_nuclei((grid(300, np.int64) % 256).astype(np.uint8), "a.png")
    assert "44 of its 255 labels lie in separate pieces" in " ".join(annotation.notes)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (discs() / 200, "numbers that are not whole, as a probability map does"),
        (np.full((3, 4), np.nan), "not whole"),
        (np.full((3, 4), np.inf), "not whole"),
        (np.full((3, 4), -1), "values from -1 to -1"),
        (np.full((3, 4), 2**31), "values from 2147483648"),
        (np.zeros((2, 3, 4), np.uint8), r"shape (2, 3, 4), where (height, width)"),
        (np.full((3, 4), 1j), "holds complex128"),
        (np.full((3, 4), "1"), "holds <U1"),
    ],
)
def test_what_is_no_label_is_refused(values, message):
    with pytest.raises(DataError) as caught:
        label_nuclei(values, "a.npy")
    assert message in str(caught.value)
    assert str(caught.value).startswith("a.npy: ")


@pytest.mark.parametrize("values", [(1, 2), (1, 0)])
def test_background_that_is_not_0_is_told(values):
    labels = np.repeat(values, [90, 10]).reshape(10, 10)
    (note,) = [note for note in label_nuclei(labels, "a.png").notes if "covers" in note]
    assert note == "one nucleus covers 90% of the image; is it the background? Background is 0"
