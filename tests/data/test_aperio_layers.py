"""What else lies in Aperio annotations beside outlines of nuclei."""

import numpy as np
import pytest
from annotation_files import annotation, layer, region
from drawn_members import square
from elementtree_loop import label_map

from nucleibench.data.annotations import ImageFacts
from nucleibench.data.aperio import read_annotation
from nucleibench.data.importing import import_dataset
from nucleibench.data.notices import DataWarning
from nucleibench.data.settings import Dataset
from nucleibench.data.sheets import read_sheet

IMAGE = ImageFacts("a", (100, 120), 0.25)
NUCLEI = [square(10, 10, 8), square(40, 20, 9), square(70, 60, 10)]
REGIONS = [region(outline, number) for number, outline in enumerate(NUCLEI, 1)]
PLAIN = label_map(annotation(layer(*REGIONS)), IMAGE.shape)
FULL = [(0, 0), (120, 0), (120, 100), (0, 100)]


def read(*layers):
    return read_annotation(annotation(*layers), "a.xml", IMAGE)


def assert_nuclei(found, *words):
    np.testing.assert_array_equal(found.labels, PLAIN)
    assert len(found.notes) == bool(words), found.notes
    for word in words:
        assert word in found.notes[0]


def test_nuclei_alone_need_no_words():
    assert_nuclei(read(layer(*REGIONS)))


FRAMES = {
    "over the image": region(FULL),
    "as a rectangle": region(FULL, Type=1),
    "as two corners": region(FULL[::2], Type=1),
    "closed": region([*FULL, FULL[0]]),
    "larger than the image": region([(-99, -99), (300, -99), (300, 300), (-99, 300)]),
    "around the nuclei": region(square(2, 2, 88)),
    "around two of them": region([(5, 5), (60, 5), (60, 35), (5, 35)]),
    "freehand": region([(2, 2), (60, 1), (118, 30), (110, 95), (60, 98), (3, 60)]),
    "an ellipse": region([(-20, -20), (140, 120)], Type=2),
}


@pytest.mark.parametrize("case", FRAMES)
def test_frame_in_a_layer_of_its_own(case):
    found = read(layer(FRAMES[case], name="ROI"), layer(*REGIONS, number=2, name="nuclei"))
    assert_nuclei(found, "layer 1 ROI: region 1 ", "taken for a frame", "nothing else")


@pytest.mark.parametrize("case", FRAMES)
def test_frame_after_the_nuclei_or_among_them(case):
    assert_nuclei(read(layer(*REGIONS), layer(FRAMES[case], number=2)), "layer 2: region 1 ")
    assert_nuclei(read(layer(REGIONS[0], FRAMES[case], *REGIONS[1:])), "taken for a frame")


def test_several_frames_and_a_hole_in_one():
    frames = [region(square(2, 2, 60), 1), region(square(30, 10, 65), 2)]
    hole = region(square(4, 50, 8), 3, NegativeROA=1)
    found = read(layer(*frames, hole), layer(*REGIONS, number=2))
    assert_nuclei(found, "region 1 encloses 2 other(s), region 2 encloses", "frames")


def test_a_frame_alone_holds_no_nuclei():
    found = read(layer(region(FULL)))
    assert not found.labels.any()
    assert "covers 100% of the image" in found.notes[0]


def test_layers_of_classes_are_all_nuclei():
    layers = [layer(one, number=n, name=f"class {n}") for n, one in enumerate(REGIONS, 1)]
    assert_nuclei(read(*layers))


def test_a_nucleus_on_another_is_no_frame():
    found = read(layer(region(square(20, 20, 30), 1), region(square(30, 30, 8), 2)))
    assert found.labels.max() == 1
    assert found.notes == (
        "1 of 2 regions get no pixel: they lie outside the image, between the centres of pixels, "
        "or under regions that come before them",
    )


def test_cells_around_nuclei_are_told():
    cells = [region(np.add(outline, [(-3, -3), (3, -3), (3, 3), (-3, 3)])) for outline in NUCLEI]
    found = read(layer(*REGIONS), layer(*cells, number=2))
    assert "3 of 6 regions lie around another" in found.notes[0]
    assert "are they cells around nuclei?" in found.notes[0]


NUCLEUS, HOLE = region(square(10, 10, 30)), region(square(20, 20, 9), 2, NegativeROA=1)


@pytest.mark.parametrize(
    "layers",
    [
        [layer(NUCLEUS, HOLE)],
        [layer(HOLE, NUCLEUS)],
        [layer(HOLE), layer(NUCLEUS, number=2)],
        [layer(region(FULL)), layer(HOLE, NUCLEUS, number=2)],
        [layer(HOLE, NUCLEUS, region(FULL))],
        [layer(HOLE, region(square(15, 60, 9)), NUCLEUS, region(square(60, 60, 9)))],
    ],
)
def test_negative_region_is_a_hole(layers):
    labels = read(*layers).labels
    nucleus = labels[12, 12]
    assert nucleus > 0
    assert (labels[10:41, 10:41] == nucleus).sum() == 31**2 - 10**2
    assert not labels[20:30, 20:30].any()


def test_holes_belong_to_the_nucleus_that_contains_them():
    touching = region([(41, 10), (60, 10), (60, 40), (41, 40)], 3)
    over_the_edge = region(square(30, 20, 9), 4, NegativeROA=1)
    labels = read(layer(HOLE, touching, over_the_edge, NUCLEUS)).labels
    assert (labels == labels[12, 50]).sum() == 20 * 31
    assert (labels == labels[12, 12]).sum() == 31**2 - 10**2 - 100


def test_nucleus_in_a_hole():
    labels = read(layer(HOLE, NUCLEUS, region(square(22, 22, 4), 5))).labels
    assert labels[24, 24] not in (0, labels[12, 12])
    assert labels[20, 20] == 0


def test_negative_region_in_no_other_is_told():
    found = read(layer(HOLE, *REGIONS[1:]))
    assert found.labels.max() == 2
    assert found.notes[0] == "region 2: negative, but in no other region; left out"


def test_ellipse_is_drawn_from_its_box():
    labels = read(layer(region([(20, 30), (60, 50)], Type=2))).labels
    rows, columns = np.nonzero(labels)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (30, 50, 20, 60)
    assert labels.sum() == pytest.approx(np.pi * 20 * 10, rel=0.03)


def test_rectangle_is_drawn_from_two_corners_or_four():
    two, four = ([(20, 30), (60, 50)], [(20, 30), (60, 30), (60, 50), (20, 50)])
    for corners in (two, four):
        assert (read(layer(region(corners, Type=1))).labels[30:51, 20:61] == 1).all()


def test_marks_are_skipped_and_told():
    arrow, ruler = (region([(50, 50), (80, 80)], number, Type=number) for number in (3, 4))
    found = read(layer(arrow, *REGIONS, ruler))
    np.testing.assert_array_equal(found.labels, PLAIN)
    assert found.notes == ("region 3 is an arrow, and skipped", "region 4 is a ruler, and skipped")


def test_unknown_type_is_an_outline_and_told():
    found = read(layer(region(NUCLEI[0], 1, Type="Polygon"), *REGIONS[1:]))
    assert_nuclei(found, "region 1 is of an unknown type")


def test_short_regions_are_told_by_layer():
    short = region([(1, 1), (2, 2)])
    negative = region([(12, 12), (13, 13)], 9, NegativeROA=1)
    found = read(layer(*REGIONS), layer(short, negative, number=2))
    np.testing.assert_array_equal(found.labels, PLAIN)
    assert found.notes == (
        "region 1 of layer 2 has fewer than three vertices and is skipped",
        "region 9 of layer 2 has fewer than three vertices and is skipped",
    )


def test_import_tells_a_frame(make_archive, monuseg_members, tmp_path):
    name = "Annotations/SYN-LIVER-01.xml"
    frame = layer(region([(0, 0), (30, 0), (30, 20), (0, 20)], Type=1), number=2, name="field")
    xml = monuseg_members[name].decode().replace("<Annotation ", f"{frame}<Annotation ", 1)
    archive = make_archive(monuseg_members | {name: xml})
    dataset = Dataset.read({"format": "monuseg", "archives": {"all": {"path": str(archive)}}})
    with pytest.warns(DataWarning, match="SYN-LIVER-01: layer 2 field: region 1 encloses 2 other"):
        import_dataset("mine", dataset, {"all": archive}, tmp_path, "breast", None, workers=1)
    assert read_sheet(tmp_path / "images.csv").nuclei.tolist() == [2, 2]
